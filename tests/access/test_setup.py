"""Setting up in the browser: once, from the machine itself or with the token it printed (F9)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import httpx2
import psycopg
import pytest
from fastapi import FastAPI
from psycopg import sql
from signers import PHRASE

from puntal.access import api
from puntal.access.cookies import PLAIN
from puntal.access.gate import Gate
from puntal.access.operations import keys, organization, setup, staff
from puntal.entrypoints.cards import Cards
from puntal.kit import clock, db, http, ids
from puntal.kit.db import Database
from puntal.kit.postgres import Server
from puntal.kit.sealing import Sealer
from puntal.kit.settings import Settings

HERE = "http://127.0.0.1:8000"
ANNA = {"organization": "Café Aurora", "email": "Anna@example.org", "name": "Anna", "password": PHRASE, "locale": "es"}
Knock = Callable[..., Awaitable[httpx2.AsyncClient]]


@pytest.fixture
async def fresh(server: Server) -> AsyncIterator[Database]:
    """An installation nobody has used yet."""
    name = f"setup_{ids.new_id().hex[-12:]}"
    with psycopg.connect(server.uri, autocommit=True) as connection:
        connection.execute(
            sql.SQL(
                "CREATE DATABASE {} TEMPLATE template0 LOCALE_PROVIDER builtin BUILTIN_LOCALE 'PG_UNICODE_FAST'"
                " LOCALE 'C'"
            ).format(sql.Identifier(name))
        )
        await asyncio.to_thread(db.migrate, server.uri_of(name))
        opened = await Database.open(server.uri_of(name), size=8)
        yield opened
        await opened.close()
        connection.execute(sql.SQL("DROP DATABASE {} (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
async def knock(fresh: Database) -> AsyncIterator[Knock]:
    """Open a browser at the fresh installation, from some address under some name."""
    async with AsyncExitStack() as stack:

        async def opened(
            base: str = HERE, address: str = "127.0.0.1", public: str | None = None, **headers: str
        ) -> httpx2.AsyncClient:
            served = FastAPI()
            http.install(served, Settings(public_url=public))
            served.state.database = fresh
            served.state.gate = Gate(fresh)
            served.state.sealer = Sealer(lambda: [bytes(range(32))])
            served.state.program_cards = Cards(fresh)
            http.add_routes(served, *api.ROUTERS)
            said = {"sec-fetch-site": "same-origin"} | {
                name.replace("_", "-"): value for name, value in headers.items()
            }
            client = httpx2.AsyncClient(
                transport=httpx2.ASGITransport(served, client=(address, 40000)), base_url=base, headers=said
            )
            return await stack.enter_async_context(client)

        yield opened


async def test_whoever_sits_at_the_machine_owns_it_and_is_signed_in(knock: Knock, fresh: Database) -> None:
    client = await knock()
    before = (await client.get("/v1/setup")).json()

    answer = await client.post("/v1/setup", json=ANNA)

    assert (before["owned"], before["token_required"], before["demo"]) == (False, False, False)
    assert before["locales"] == ["en", "es"]
    assert answer.status_code == 201, answer.text
    assert answer.headers["set-cookie"].startswith(f"{PLAIN}=")
    me = (await client.get("/v1/auth/me")).json()
    assert me == answer.json()
    assert (me["staff"]["role"], me["staff"]["email"], me["staff"]["locale"]) == ("owner", "anna@example.org", "es")
    assert me["organization"]["name"] == "Café Aurora"
    after = (await client.get("/v1/setup")).json()
    assert (after["owned"], after["token_required"]) == (True, False)
    again = await client.post("/v1/setup", json=ANNA | {"email": "ben@example.org"})
    assert (again.status_code, again.json()["type"]) == (409, "access.set_up_already")
    async with fresh.transaction() as tx:
        assert await setup.make_token(tx, now=clock.now()) is None
        found = await tx.execute("SELECT action FROM organization_audit_entry ORDER BY id")
        assert [row[0] for row in await found.fetchall()] == [
            "organization.created",
            "staff.added",
            "organization.set_up",
        ]


async def test_of_a_crowd_one_owns_it(knock: Knock, fresh: Database) -> None:
    clients = [await knock() for _ in range(6)]

    answers = await asyncio.gather(
        *(client.post("/v1/setup", json=ANNA | {"email": f"anna{n}@example.org"}) for n, client in enumerate(clients))
    )

    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409, 409]
    async with fresh.transaction() as tx:
        row = await (await tx.execute("SELECT count(*), (SELECT count(*) FROM organization) FROM staff")).fetchone()
    assert row == (1, 1)


@pytest.mark.parametrize(
    "where",
    [
        {"base": "http://10.0.0.5:8000", "address": "10.0.0.9"},
        {"base": "http://10.0.0.5:8000"},
        {"base": "http://evil.example:8000"},
        {"x_forwarded_for": "203.0.113.9"},
        {"forwarded": "for=203.0.113.9"},
        {"public": "https://club.example"},
    ],
)
async def test_from_elsewhere_it_takes_the_token_that_was_printed(
    knock: Knock, fresh: Database, where: dict[str, Any]
) -> None:
    client = await knock(**where)
    now = clock.now()
    async with fresh.transaction() as tx:
        late = await setup.make_token(tx, now=now - setup.TOKEN_LASTS - timedelta(seconds=1))
        token = await setup.make_token(tx, now=now)
        other = await setup.make_token(tx, now=now)
    assert (await client.get("/v1/setup")).json()["token_required"] is True

    for sent in (None, "", "guess", late):
        answer = await client.post("/v1/setup", json=ANNA | {"token": sent})
        assert (answer.status_code, answer.json()["type"]) == (403, "access.setup_token_required")
    answer = await client.post("/v1/setup", json=ANNA | {"token": token})

    assert answer.status_code == 201, answer.text
    again = await client.post("/v1/setup", json=ANNA | {"token": other})
    assert again.json()["type"] == "access.set_up_already"
    async with fresh.transaction() as tx:
        assert await (await tx.execute("SELECT FROM setup_token")).fetchone() is None


async def test_another_sites_page_sets_nothing_up(knock: Knock) -> None:
    client = await knock()

    answer = await client.post("/v1/setup", json=ANNA, headers={"sec-fetch-site": "cross-site"})

    assert (answer.status_code, answer.json()["type"]) == (403, "access.foreign_origin")


async def test_a_weak_password_leaves_it_unowned(knock: Knock) -> None:
    client = await knock()

    answer = await client.post("/v1/setup", json=ANNA | {"password": "aaaaaaaaaaaaa"})

    assert (answer.status_code, answer.json()["type"]) == (422, "access.password_weak")
    assert (await client.get("/v1/setup")).json()["owned"] is False


async def test_the_organization_that_a_first_key_made_gets_its_name(knock: Knock, fresh: Database) -> None:
    async with fresh.transaction() as tx:
        own = await organization.ensure_organization(tx, organization.FIRST_NAME, now=clock.now())
        await keys.create_first_key(tx, own.id, name="First key", now=clock.now())
    client = await knock()

    me = (await client.post("/v1/setup", json=ANNA)).json()

    assert me["organization"] == {"id": str(own.id), "name": "Café Aurora"}


async def test_an_owner_who_was_disabled_keeps_it_closed(knock: Knock, fresh: Database) -> None:
    async with fresh.transaction() as tx:
        await staff.ensure_owner(tx, email="ben@example.org", name="Ben", password=PHRASE, now=clock.now())
        await tx.execute("UPDATE staff SET disabled_at = now()")
    client = await knock()

    assert (await client.get("/v1/setup")).json()["owned"] is True
    assert (await client.post("/v1/setup", json=ANNA)).json()["type"] == "access.set_up_already"


async def test_a_demo_says_so(knock: Knock, fresh: Database) -> None:
    async with fresh.transaction() as tx:
        own = await organization.ensure_organization(tx, "Complete Journey", now=clock.now())
        await organization.mark_demo(tx, own.id)

    assert (await (await knock()).get("/v1/setup")).json()["demo"] is True
