"""What the tests of this folder start and kill: servers and processes that write."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import psutil

from puntal.kit.db import migrate
from puntal.kit.postgres import Server, ensure_server

HERE = Path(__file__).parent
SOAK_SECONDS = float(os.environ.get("PUNTAL_SOAK", "0"))
"""How long each test that takes a time goes on; 0: its short form."""
PATIENCE_SECONDS = 60
PARAMETERS = {"shared_buffers": "128MB", "max_connections": "150", "max_wal_size": "1GB"}


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


class Command:
    """`puntal` with some arguments in a process group of its own, on somebody's database; it may be killed."""

    def __init__(self, uri: str, folder: Path, *arguments: str) -> None:
        self.environment = os.environ | {
            "PUNTAL_DATABASE_URL": uri,
            "PUNTAL_DATA_DIR": str(folder),
            "PUNTAL_LOG_LEVEL": "warning",
        }
        self.log = folder / f"{arguments[0]}.log"
        self.arguments = arguments
        self.start()

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "puntal.entrypoints.cli", *self.arguments],
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self) -> None:
        """Kill it with all its processes, as a machine that loses its power does."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=60)

    def complaints(self) -> str:
        """Return the end of what it said."""
        return self.log.read_text()[-3000:]


class WebServer(Command):
    """`puntal serve` with two processes."""

    def __init__(self, uri: str, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        super().__init__(uri, folder, "serve", "--port", str(port), "--workers", "2")

    def start(self) -> None:
        super().start()
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            assert self.process.poll() is None, self.complaints()
            assert time.monotonic() < deadline, self.complaints()
            with contextlib.suppress(httpx2.HTTPError):
                if httpx2.get(f"{self.address}/readyz", timeout=2).status_code == 200:
                    return
            time.sleep(0.1)

    def kill_one(self) -> None:
        """Kill one of the processes that serve; the one above them starts another."""
        serving = [
            child
            for child in psutil.Process(self.process.pid).children()
            if "spawn_main" in " ".join(child.cmdline()) and "resource_tracker" not in " ".join(child.cmdline())
        ]
        assert len(serving) == 2, [child.cmdline() for child in serving]
        serving[0].kill()


async def answered(running: Sequence[Writer], more: int) -> None:
    """Return when each of them was answered so many times more; fail at once when one of them ended."""
    before = [len(writer.answered) for writer in running]
    deadline = time.monotonic() + PATIENCE_SECONDS
    while any(len(writer.answered) < count + more for writer, count in zip(running, before, strict=True)):
        for writer in running:
            assert writer.process.poll() is None, writer.complaints.decode()
        assert time.monotonic() < deadline, [(len(writer.sent), writer.failed[-3:]) for writer in running]
        await asyncio.sleep(0.02)
