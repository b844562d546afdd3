"""A server that listens, with a published program in it, for tests that knock from outside."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn

from puntal.access.operations import keys, organization
from puntal.entrypoints.server import create_app
from puntal.kit import clock, ids, logging
from puntal.kit.db import Database
from puntal.kit.settings import Settings
from puntal.programs import operations as programs
from puntal.programs import templates


class Served:
    """Where it listens, what opens it, and the program that may be tried."""

    def __init__(self, base: str, token: str, slug: str, document: dict[str, Any]) -> None:
        self.base = base
        self.token = token
        self.slug = slug
        self.document = document


async def _furnish(uri: str, slug: str) -> str:
    database = await Database.open(uri, size=1)
    now = clock.now()
    document = templates.load_template("supermarket")
    async with database.transaction() as tx:
        own = await organization.ensure_organization(tx, "Tienda", now=now)
        key = await keys.create_first_key(tx, own.id, name="Knocking", now=now)
        made = await programs.create_program(tx, organization_id=own.id, slug=slug, document=document, now=now)
        await programs.publish(tx, made, document, by="test", now=now, note="", effective_from=None)
    await database.close()
    return key.token


@pytest.fixture(autouse=True)
def _logging() -> None:
    """As a server logs; the library's default prints every local of every frame."""
    logging.configure(Settings(log_level="error"))


@pytest.fixture(scope="session")
def served(database_uri: str) -> Iterator[Served]:
    chosen = Settings(log_level="error", max_body_bytes=200_000)
    slug = f"club-{ids.new_id()}"
    token = asyncio.run(_furnish(database_uri, slug))

    @asynccontextmanager
    async def opener() -> Any:
        database = await Database.open(database_uri, size=8)
        yield database
        await database.close()

    app = create_app(opener, settings=chosen)
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_config=None, access_log=False, loop="uvloop", http="httptools", lifespan="on")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    yield Served(f"http://127.0.0.1:{listening.getsockname()[1]}", token, slug, app.openapi())
    server.should_exit = True
    thread.join(30)
