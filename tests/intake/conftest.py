"""The whole server on a real database, a published program, and Anna's shop with its key."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from selling import DOCUMENT, MakeKey, MakeProgram, Shop

from puntal.access.model import ALL_PERMISSIONS, Caller, NewKey, OrganizationId, Permission
from puntal.access.operations import keys
from puntal.entrypoints.server import create_app
from puntal.kit import clock, ids, logging
from puntal.kit.db import Database, ProgramId
from puntal.kit.settings import Settings
from puntal.programs import operations as programs


@pytest.fixture
async def organization_id(database: Database, program_id: int) -> OrganizationId:
    async with database.transaction() as tx:
        found = await tx.execute("SELECT organization_id FROM program WHERE id = %s", [program_id])
        row = await found.fetchone()
    assert row is not None
    return OrganizationId(row[0])


@pytest.fixture
def owner(organization_id: OrganizationId) -> Caller:
    return keys.administrator(organization_id)


@pytest.fixture
def a_key(database: Database, organization_id: OrganizationId) -> MakeKey:
    """Make a committed key of the organization."""

    async def make(scopes: frozenset[Permission] = ALL_PERMISSIONS, *, program_id: ProgramId | None = None) -> NewKey:
        async with database.transaction() as tx:
            return await keys.create_first_key(
                tx, organization_id, name="Online shop", now=clock.now(), scopes=scopes, program_id=program_id
            )

    return make


@pytest.fixture(autouse=True)
def _logging() -> None:
    """As a server logs; the library's default prints every local of every frame."""
    logging.configure(Settings(log_level="error"))


@pytest.fixture
def chosen() -> Settings:
    return Settings(max_body_bytes=500_000)


@pytest.fixture
async def app(database: Database, chosen: Settings) -> AsyncIterator[FastAPI]:
    served = create_app(database, settings=chosen)
    async with served.router.lifespan_context(served):
        yield served


@pytest.fixture
async def client(app: FastAPI, a_key: MakeKey) -> AsyncIterator[httpx2.AsyncClient]:
    headers = {"authorization": f"Bearer {(await a_key()).token}"}
    transport = httpx2.ASGITransport(app, client=("203.0.113.7", 40000))
    async with httpx2.AsyncClient(transport=transport, base_url="http://puntal", headers=headers) as opened:
        yield opened


@pytest.fixture
def a_program(client: httpx2.AsyncClient, database: Database, organization_id: OrganizationId) -> MakeProgram:
    """Publish a program; sections of the document can be given."""

    async def make(**sections: Any) -> Shop:
        slug = f"aurora-{ids.new_id()}"
        document = DOCUMENT | sections
        async with database.transaction() as tx:
            made = await programs.create_program(
                tx, organization_id=organization_id, slug=slug, document=document, now=clock.now()
            )
        async with database.program_transaction(made) as tx:
            await programs.publish(tx, made, document, by="test", now=clock.now(), note="", effective_from=None)
        return Shop(client, made, slug)

    return make


@pytest.fixture
async def shop(a_program: MakeProgram) -> Shop:
    return await a_program()
