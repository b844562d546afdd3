"""A server of its own for the HTTP rows, with its key, and what is sent to it."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import urllib.request
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import psutil

from bench import program, wrk
from puntal.access.operations import keys, organization
from puntal.kit import clock
from puntal.kit.db import Database, ProgramId

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator

    from bench.wrk import Load

COMMAND = "from puntal.entrypoints.cli import app; app()"
HOST = "127.0.0.1"
START_SECONDS = 120
STOP_SECONDS = 60
UNLIMITED = 1_000_000
"""Requests a second of one key."""
SHARE_BROKEN = 0.001


class ServerFailedError(RuntimeError):
    """The server did not start, or did not answer what it was sent."""


@dataclass(frozen=True, slots=True)
class Served:
    """A running server; `pid` is the top of its processes."""

    pid: int
    port: int

    def url(self, path: str) -> str:
        """Return the address of a path."""
        return f"http://{HOST}:{self.port}{path}"

    def largest_mib(self) -> float:
        """Return the resident memory of its largest process."""
        top = psutil.Process(self.pid)
        sizes = [0]
        for process in (top, *top.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                sizes.append(process.memory_info().rss)
        return max(sizes) / 1024**2


async def make_key(prepared: program.Prepared) -> str:
    """Return a new key to the program."""
    database = await Database.open(prepared.uri, size=1)
    try:
        async with database.transaction() as tx:
            owner = await organization.ensure_organization(tx, program.OWNER, now=clock.now())
            made = await keys.create_first_key(
                tx, owner.id, name="bench", now=clock.now(), program_id=ProgramId(prepared.program_id)
            )
            return made.token
    finally:
        await database.close()


def headers(key: str) -> dict[str, str]:
    """Return what every request carries."""
    return {"Authorization": f"Bearer {key}"}


def single_bodies(prepared: program.Prepared, count: int) -> Iterator[bytes]:
    """Yield events for wrk, which makes their ids unique."""
    at = clock.now() - timedelta(minutes=1)
    for number in range(count):
        yield program.event(number, prepared.members, at, id=wrk.ID)


def batch_bodies(prepared: program.Prepared, count: int, size: int) -> Iterator[bytes]:
    """Yield batches for wrk, which makes the ids in them unique."""
    at = clock.now() - timedelta(minutes=1)
    for batch in range(count):
        first = batch * size
        events = (program.event(first + n, prepared.members, at, id=f"{wrk.ID}-{n}") for n in range(size))
        yield b'{"events":[' + b",".join(events) + b"]}"


def check(load: Load) -> None:
    """Raise when the server refused anything, or broke off more than a connection at the end."""
    if load.refused or load.broken > load.requests * SHARE_BROKEN + 1 or not load.requests:
        raise ServerFailedError(f"the server did not take the load: {load}")


@asynccontextmanager
async def served(uri: str, *, workers: int) -> AsyncGenerator[Served]:
    """Run `puntal serve` on a database, with so many processes, until the end of the block."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        "PUNTAL_DATABASE_URL": uri,
        "PUNTAL_HOST": HOST,
        "PUNTAL_PORT": str(port),
        "PUNTAL_WORKERS": str(workers),
        "PUNTAL_REQUESTS_PER_SECOND": str(UNLIMITED),
        "PUNTAL_LOG_LEVEL": "warning",
    }
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", COMMAND, "serve", env=environment)
    server = Served(process.pid, port)
    try:
        await _ready(server, process)
        yield server
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), STOP_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()


async def _ready(server: Served, process: asyncio.subprocess.Process) -> None:
    loop = asyncio.get_running_loop()
    until = loop.time() + START_SECONDS
    while loop.time() < until:
        if process.returncode is not None:
            raise ServerFailedError(f"the server ended with {process.returncode}")
        with suppress(OSError):
            await asyncio.to_thread(_ask, server.url("/readyz"))
            return
        await asyncio.sleep(0.2)
    raise ServerFailedError(f"the server did not answer within {START_SECONDS} s")


def _ask(url: str) -> None:
    with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - our own server
        answer.read()
