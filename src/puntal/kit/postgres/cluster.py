"""One data folder: made whole or not at all, configured, started, adopted."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import psutil
import psycopg
import structlog
from psycopg import sql

from puntal.kit.postgres.account import Account
from puntal.kit.postgres.errors import ServerUnavailableError
from puntal.kit.postgres.processes import POLL_SECONDS, alive, clear_after_crash, postmaster
from puntal.kit.postgres.server import DATABASE, Server

if TYPE_CHECKING:
    from collections.abc import Mapping

SUPERUSER = "puntal"

_PORT = 5432
"""Names the socket file; nothing listens on TCP unless asked."""
_PORT_LINE = re.compile(r"^port = '(\d+)'$", re.MULTILINE)
_REPORT_SECONDS = 5
_MEGABYTE = 1024 * 1024
_log = structlog.get_logger(__name__)


class Cluster:
    """One data folder, seen by the process that wants its server."""

    def __init__(self, data_dir: Path, account: Account, binaries: Path) -> None:
        self.data_dir = data_dir
        self.pgdata = data_dir / "pgdata"
        self.account = account
        self.binaries = binaries

    def open_as_owner(self, lock: int, parameters: dict[str, str], tcp_port: int | None) -> Server:
        """Return its server, which the holder of `lock` owns: adopted, else started, after a crash as well."""
        pid = self._adopt()
        if pid is None:
            password = self._password()
            if not (self.pgdata / "PG_VERSION").exists():
                self._initialise(password)
            self._refuse_other_version()
            clear_after_crash(self.pgdata)
            self._configure(_for_this_machine() | parameters, tcp_port)
            pid = self._launch()
            self._wait(pid)
            _log.info("postgres.started", pid=pid, data_dir=str(self.data_dir))
        self._make_database()
        return Server(self._uri(DATABASE), self.binaries, pid, self.data_dir, lock)

    def _adopt(self) -> int | None:
        """Return the live server an owner left behind; None when there is none, or it was on its way out."""
        pid = postmaster(self.pgdata)
        if pid is None:
            return None
        try:
            self._wait(pid)
        except ServerUnavailableError:
            if alive(pid):
                raise
            return None
        _log.info("postgres.adopted", pid=pid, data_dir=str(self.data_dir))
        return pid

    def shared(self) -> Server | None:
        """Return the server another process owns, None while that one is still at it."""
        pid = postmaster(self.pgdata)
        if pid is None or not (self.data_dir / "postgres.password").exists():
            return None
        try:
            psycopg.connect(self._uri(DATABASE)).close()
        except psycopg.OperationalError:
            return None
        return Server(self._uri(DATABASE), self.binaries, pid, self.data_dir, None)

    def _uri(self, database: str) -> str:
        password = (self.data_dir / "postgres.password").read_text().strip()
        port = _PORT_LINE.search((self.pgdata / "puntal.conf").read_text())
        assert port is not None, "we write the port into every puntal.conf"
        return f"postgresql://{SUPERUSER}:{password}@/{database}?host={quote(str(self.pgdata))}&port={port[1]}"

    def _password(self) -> str:
        path = self.data_dir / "postgres.password"
        if not path.exists():
            fresh = self.data_dir / "postgres.password.new"
            fresh.unlink(missing_ok=True)
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(32))
            fresh.rename(path)
        return path.read_text().strip()

    def _initialise(self, password: str) -> None:
        """Make the cluster beside its place and move it there whole: a crash leaves nothing half made."""
        fresh = self.data_dir / "pgdata.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        secret = self.data_dir / "initdb.password"
        secret.unlink(missing_ok=True)
        with os.fdopen(os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(password)
        try:
            for path in (fresh, secret):
                os.chown(path, self.account.uid, self.account.gid)
            done = subprocess.run(  # noqa: S603 - our own arguments
                [
                    str(self.binaries / "initdb"),
                    *("-D", str(fresh), "-U", SUPERUSER, f"--pwfile={secret}", "--auth=scram-sha-256"),
                    *("--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
                    *("--locale=C", "--no-instructions"),
                ],
                **self.account.as_process(self.data_dir),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
        finally:
            secret.unlink()
        if done.returncode != 0:
            raise ServerUnavailableError(f"initdb failed: {done.stdout.strip()}")
        with (fresh / "postgresql.conf").open("a") as file:
            file.write("\ninclude_if_exists 'puntal.conf'\n")
        fresh.rename(self.pgdata)

    def _refuse_other_version(self) -> None:
        cluster = (self.pgdata / "PG_VERSION").read_text().strip()
        shown = subprocess.run(  # noqa: S603 - our own arguments
            [str(self.binaries / "postgres"), "--version"],
            **self.account.as_process(self.data_dir),
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        if f" {cluster}." not in shown:
            raise ServerUnavailableError(
                f"{self.pgdata} was made by PostgreSQL {cluster}, this is{shown.rpartition(')')[2].rstrip()}:"
                " `puntal backup` with the old release, `puntal restore` with this one."
            )

    def _configure(self, parameters: Mapping[str, str], tcp_port: int | None) -> None:
        values = dict(parameters) | {
            "listen_addresses": "127.0.0.1" if tcp_port else "",
            # One number for both: it also names the socket.
            "port": str(tcp_port or _PORT),
            "unix_socket_directories": str(self.pgdata),
            "unix_socket_permissions": "0700",
        }
        lines = [f"{name} = '{value.replace(chr(39), chr(39) * 2)}'\n" for name, value in values.items()]
        path = self.pgdata / "puntal.conf"
        path.write_text("".join(lines))
        os.chown(path, self.account.uid, self.account.gid)

    def _launch(self) -> int:
        """Start the postmaster as nobody's child, so that it outlives us and is never our zombie."""
        with (self.data_dir / "postgres.log").open("ab") as log:
            shell = subprocess.run(  # noqa: S603 - our own arguments
                [
                    *("/bin/sh", "-c", '"$0" "$@" </dev/null >&2 & echo $!'),
                    *(str(self.binaries / "postgres"), "-D", str(self.pgdata)),
                ],
                **self.account.as_process(self.data_dir),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
                text=True,
                check=True,
            )
        return int(shell.stdout)

    def _wait(self, pid: int) -> None:
        """Return once it takes connections; for ever, as long as it lives: recovery takes what it takes."""
        began = told = time.monotonic()
        while True:
            try:
                psycopg.connect(self._uri("postgres"), connect_timeout=5).close()
            except psycopg.OperationalError as refused:
                if "password authentication failed" in str(refused):
                    raise ServerUnavailableError(
                        f"{self.data_dir}/postgres.password is not the password of this server"
                    ) from refused
            else:
                return
            if not alive(pid):
                raise ServerUnavailableError(f"the database ended while starting: {self._last_words()}")
            if time.monotonic() - told > _REPORT_SECONDS:
                told = time.monotonic()
                _log.info("postgres.starting", seconds=round(told - began), log=self._last_words(1))
            time.sleep(POLL_SECONDS)

    def _last_words(self, lines: int = 5) -> str:
        with contextlib.suppress(OSError):
            return " | ".join((self.data_dir / "postgres.log").read_text(errors="replace").splitlines()[-lines:])
        return "(no log)"

    def _make_database(self) -> None:
        with psycopg.connect(self._uri("postgres"), autocommit=True) as connection:
            known = connection.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if known is None:
                connection.execute(
                    sql.SQL(
                        "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER builtin"
                        " BUILTIN_LOCALE 'PG_UNICODE_FAST' LOCALE 'C'"
                    ).format(sql.Identifier(DATABASE))
                )


def _for_this_machine() -> dict[str, str]:
    """Return the settings that follow from its memory: a quarter for the server, modest for the rest."""
    memory = psutil.virtual_memory().total // _MEGABYTE
    shared = max(128, min(memory // 4, 8192))
    return {
        "shared_buffers": f"{shared}MB",
        "effective_cache_size": f"{max(256, memory // 2)}MB",
        "maintenance_work_mem": f"{max(64, min(memory // 16, 1024))}MB",
        "max_wal_size": f"{max(1024, min(memory // 2, 8192))}MB",
        "max_connections": "200",
        "random_page_cost": "1.1",
        "password_encryption": "scram-sha-256",
        "timezone": "UTC",
        "log_timezone": "UTC",
    }
