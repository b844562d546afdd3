"""A server of a module's own, on disk and with fsync, because it is going to be killed."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from puntal.kit.db import Database, migrate
from puntal.kit.postgres import Server, ensure_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

HERE = Path(__file__).parent
SOAK_SECONDS = float(os.environ.get("PUNTAL_SOAK", "0"))
"""How long each test that takes a time goes on; 0: its short form."""
PARAMETERS = {"shared_buffers": "128MB", "max_connections": "150", "max_wal_size": "1GB"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is in this folder."""
    for each in items:
        if HERE in each.path.parents:
            each.add_marker(pytest.mark.stress)


class OwnServer:
    """A server that may be killed and comes back where it was."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server: Server = ensure_server(folder, parameters=PARAMETERS)
        migrate(self.server.uri)

    @property
    def uri(self) -> str:
        return self.server.uri

    def kill(self) -> None:
        """Kill the postmaster as nothing can be killed harder."""
        os.kill(self.server.pid, signal.SIGKILL)
        self.server.release()

    def restart(self) -> None:
        """Start it again: it recovers from its log."""
        self.server = ensure_server(self.folder, parameters=PARAMETERS)

    def remove(self) -> None:
        self.server.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)


@pytest.fixture(scope="module")
def own_server() -> Iterator[OwnServer]:
    folder = Path(f"/tmp/puntal-stress-{os.getpid()}-{time.monotonic_ns() % 10**6}")
    server = OwnServer(folder)
    yield server
    server.remove()


@pytest.fixture
async def own_database(own_server: OwnServer) -> AsyncIterator[Database]:
    opened = await Database.open(own_server.uri, size=60)
    yield opened
    await opened.close()


class Writer:
    """A process that writes, and what it said so far."""

    def __init__(self, uri: str, program: int, number: int, concurrency: int, seconds: float | None) -> None:
        more = [] if seconds is None else [str(seconds)]
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "stress_writer.py"), uri, str(program), str(number), str(concurrency), *more],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.sent: dict[str, dict[str, Any]] = {}
        self.answered: dict[str, Any] = {}
        self.failed: list[tuple[str, str]] = []
        self.complaints = b""
        self._readers = [threading.Thread(target=self._read), threading.Thread(target=self._listen)]
        for reader in self._readers:
            reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with contextlib.suppress(msgspec.DecodeError):
                match msgspec.json.decode(line):
                    case ["sends", said]:
                        self.sent[said["id"]] = said
                    case ["answered", id, _, outcome]:
                        self.answered[id] = outcome
                    case ["failed", id, name]:
                        self.failed.append((id, name))

    def _listen(self) -> None:
        assert self.process.stderr is not None
        self.complaints = self.process.stderr.read()

    def kill(self) -> None:
        self.process.kill()
        self.wait()

    def stop(self) -> None:
        """Let it finish what it began."""
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        self.wait()

    def wait(self) -> None:
        self.process.wait(timeout=60)
        for reader in self._readers:
            reader.join()


@pytest.fixture
def writers() -> Iterator[Any]:
    """Start writing processes; what is left of them is killed."""
    started: list[Writer] = []

    def start(uri: str, program: int, *, count: int, concurrency: int, seconds: float | None = None) -> list[Writer]:
        new = [Writer(uri, program, len(started) + n, concurrency, seconds) for n in range(count)]
        started.extend(new)
        return new

    yield start
    for writer in started:
        if writer.process.poll() is None:
            writer.kill()
        assert writer.process.stdout is not None
        assert writer.process.stderr is not None
        writer.process.stdout.close()
        writer.process.stderr.close()
