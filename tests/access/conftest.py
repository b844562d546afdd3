"""The access routes alone and a whole server, an organization with one program, its people, and keys to knock with."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import httpx2
import pytest
from fastapi import FastAPI
from offices import DOCUMENT, Office
from signers import PHRASE, Hire, MakeKey, Open, sign_in

from puntal.access import api
from puntal.access.gate import Gate, KeyRing
from puntal.access.issuers import Issuers
from puntal.access.model import ALL_PERMISSIONS, Caller, NewKey, NewStaff, OrganizationId, Permission, Staff
from puntal.access.operations import keys, staff
from puntal.entrypoints.cards import Cards
from puntal.entrypoints.server import create_app
from puntal.kit import clock, http, ids
from puntal.kit.db import Database, ProgramId
from puntal.kit.sealing import Sealer
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
def slug(organization_id: OrganizationId) -> str:
    return f"tienda-{organization_id}"


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


@pytest.fixture
def app(database: Database) -> FastAPI:
    served = FastAPI()
    http.install(served)
    served.state.database = database
    served.state.gate = Gate(database)
    served.state.sealer = Sealer(lambda: [bytes(range(32))])
    served.state.issuers = Issuers()
    served.state.program_cards = Cards(database)
    http.add_routes(served, *api.ROUTERS)
    return served


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app, client=("203.0.113.7", 40000))
    async with httpx2.AsyncClient(transport=transport, base_url="http://puntal") as opened:
        yield opened


@pytest.fixture
def hire(database: Database, owner: Caller) -> Hire:
    async def hired(name: str = "Anna", role: str = "admin", *, password: str | None = PHRASE) -> Staff:
        person = NewStaff(email=f"{name.lower()}-{ids.new_id()}@example.org", name=name, role=role, locale="es")
        async with database.transaction() as tx:
            return await staff.add(tx, person, by=owner, password=password, now=clock.now())

    return hired


@pytest.fixture
async def browser(app: FastAPI) -> AsyncIterator[Open]:
    """Open a browser of its own, on a page of ours, each with its own address."""
    async with AsyncExitStack() as stack:

        async def opened(base: str = "https://puntal", address: str | None = None) -> httpx2.AsyncClient:
            transport = httpx2.ASGITransport(app, client=(address or f"2001:db8:{ids.new_id().hex[-4:]}::7", 40000))
            headers = {"Sec-Fetch-Site": "same-origin", "User-Agent": "Firefox"}
            fresh = httpx2.AsyncClient(transport=transport, base_url=base, headers=headers)
            return await stack.enter_async_context(fresh)

        yield opened


@pytest.fixture
def ring(database: Database) -> KeyRing:
    return KeyRing(database)


@pytest.fixture
async def served(database: Database) -> AsyncIterator[FastAPI]:
    """Every route, as a server runs them."""
    app = create_app(database, settings=Settings(log_level="error"))
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def office(served: FastAPI, hire: Hire, database: Database, program_id: int, slug: str) -> AsyncIterator[Office]:
    async with database.program_transaction(program_id) as tx:
        await programs.publish(tx, program_id, DOCUMENT, by="tests", now=clock.now())
    transport = httpx2.ASGITransport(served, client=("203.0.113.40", 40000))
    headers = {"sec-fetch-site": "same-origin"}
    async with (
        httpx2.AsyncClient(transport=transport, base_url="https://puntal", headers=headers) as anna,
        httpx2.AsyncClient(transport=transport, base_url="https://puntal", headers=headers) as ben,
    ):
        await sign_in(anna, await hire("Anna", "admin"))
        await sign_in(ben, await hire("Ben", "owner"))
        yield Office(anna, ben, f"/v1/programs/{slug}")
