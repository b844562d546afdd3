"""The whole server on a real database, and a program with rewards."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx2
import pytest
from counters import Shop
from fastapi import FastAPI
from tills import DOCUMENT, Till

from puntal.access.model import OrganizationId
from puntal.access.operations import keys
from puntal.entrypoints.server import create_app
from puntal.kit import clock, ids, logging
from puntal.kit.db import Database
from puntal.kit.settings import Settings
from puntal.programs import operations as programs


@pytest.fixture(autouse=True)
def _logging() -> None:
    logging.configure(Settings(log_level="error"))


@pytest.fixture
async def organization_id(database: Database, program_id: int) -> OrganizationId:
    async with database.transaction() as tx:
        found = await tx.execute("SELECT organization_id FROM program WHERE id = %s", [program_id])
        row = await found.fetchone()
    assert row is not None
    return OrganizationId(row[0])


@pytest.fixture
async def app(database: Database) -> AsyncIterator[FastAPI]:
    served = create_app(database, settings=Settings(max_body_bytes=500_000))
    async with served.router.lifespan_context(served):
        yield served


@pytest.fixture
async def client(
    app: FastAPI, database: Database, organization_id: OrganizationId
) -> AsyncIterator[httpx2.AsyncClient]:
    async with database.transaction() as tx:
        key = await keys.create_first_key(tx, organization_id, name="Till", now=clock.now())
    transport = httpx2.ASGITransport(app, client=("203.0.113.7", 40000))
    headers = {"authorization": f"Bearer {key.token}"}
    async with httpx2.AsyncClient(transport=transport, base_url="http://puntal", headers=headers) as opened:
        yield opened


@pytest.fixture
def a_till(
    client: httpx2.AsyncClient, database: Database, organization_id: OrganizationId
) -> Callable[..., Awaitable[Till]]:
    """Publish a program; sections of the document can be given."""

    async def make(**sections: Any) -> Till:
        slug = f"aurora-{ids.new_id()}"
        document = DOCUMENT | sections
        async with database.transaction() as tx:
            made = await programs.create_program(
                tx, organization_id=organization_id, slug=slug, document=document, now=clock.now()
            )
        async with database.program_transaction(made) as tx:
            await programs.publish(tx, made, document, by="test", now=clock.now(), note="", effective_from=None)
        return Till(client, made, slug)

    return make


@pytest.fixture
async def till(a_till: Callable[..., Awaitable[Till]]) -> Till:
    return await a_till()


@pytest.fixture
async def shop(app: FastAPI, client: httpx2.AsyncClient, database: Database, organization_id: OrganizationId) -> Shop:
    """A program with stores; hire cashiers for them."""
    opened = Shop(app, client, database, organization_id)
    await opened.open()
    return opened
