"""A server of a module's own, on disk and with fsync, because it is going to be killed."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from stress_own import HERE, OwnServer, Writer

from puntal.kit.db import Database

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is in this folder."""
    for each in items:
        if HERE in each.path.parents:
            each.add_marker(pytest.mark.stress)


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
