"""PUNTAL_ADMIN_PASSWORD makes the first owner: once, for whoever the settings name, and nobody else later."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import psycopg
import pytest
from psycopg import sql
from pydantic import SecretStr

from puntal.access import queries
from puntal.access.errors import EmailTaken, PasswordWeak
from puntal.access.model import NewStaff, Staff
from puntal.access.operations import keys, organization, staff
from puntal.access.queries import sign_in
from puntal.entrypoints import serving
from puntal.kit import clock, db, ids
from puntal.kit.db import Database
from puntal.kit.postgres import Server
from puntal.kit.settings import Settings

FIRST, SECOND = "nine lives of a cat", "two hands full of rain"
ANNA = "anna@example.com"


@pytest.fixture
async def fresh(server: Server) -> AsyncIterator[Database]:
    """An installation nobody has used yet."""
    name = f"owner_{ids.new_id().hex[-12:]}"
    with psycopg.connect(server.uri, autocommit=True) as connection:
        connection.execute(
            sql.SQL(
                "CREATE DATABASE {} TEMPLATE template0 LOCALE_PROVIDER builtin BUILTIN_LOCALE 'PG_UNICODE_FAST'"
                " LOCALE 'C'"
            ).format(sql.Identifier(name))
        )
        await asyncio.to_thread(db.migrate, server.uri_of(name))
        opened = await Database.open(server.uri_of(name), size=4)
        yield opened
        await opened.close()
        connection.execute(sql.SQL("DROP DATABASE {} (FORCE)").format(sql.Identifier(name)))


async def _ensure(database: Database, password: str = FIRST, email: str = ANNA) -> Staff | None:
    async with database.transaction() as tx:
        return await staff.ensure_owner(tx, email=email, name="Anna", password=password, now=clock.now())


async def _signs_in(database: Database, password: str, email: str = ANNA) -> Staff | None:
    async with database.transaction() as tx:
        claimed = await sign_in.find_claimed(tx, email)
        if not await staff.is_password(password, claimed.password_hash):
            return None
        return await queries.find_staff_by_email(tx, email)


async def test_the_first_owner_is_made_once(fresh: Database) -> None:
    made = await _ensure(fresh)
    assert made is not None
    assert made.role == "owner"

    assert await _ensure(fresh, SECOND) is None
    assert await _ensure(fresh, SECOND, "ben@example.com") is None

    assert await _signs_in(fresh, FIRST) == made
    assert await _signs_in(fresh, SECOND) is None


async def test_processes_that_start_together_make_one(fresh: Database) -> None:
    made = await asyncio.gather(*(_ensure(fresh) for _ in range(4)))
    assert sum(one is not None for one in made) == 1


async def test_an_owner_without_a_password_gets_this_one(fresh: Database) -> None:
    async with fresh.transaction() as tx:
        own = await organization.ensure_organization(tx, "Aurora", now=clock.now())
        person = NewStaff(email=ANNA, name="Anna", role="owner")
        added = await staff.add(tx, person, by=keys.administrator(own.id), password=None, now=clock.now())
    made = await _ensure(fresh)
    assert made is not None
    assert made.id == added.id
    assert await _signs_in(fresh, FIRST) is not None


async def test_an_address_of_somebody_else_is_refused(fresh: Database) -> None:
    async with fresh.transaction() as tx:
        own = await organization.ensure_organization(tx, "Aurora", now=clock.now())
        person = NewStaff(email=ANNA, name="Anna", role="analyst")
        await staff.add(tx, person, by=keys.administrator(own.id), password=FIRST, now=clock.now())
    with pytest.raises(EmailTaken):
        await _ensure(fresh)
    with pytest.raises(PasswordWeak):
        await _ensure(fresh, "aaaaaaaaaaaaaa", "ben@example.com")


def _chosen(password: str | None) -> Settings:
    secret = None if password is None else SecretStr(password)
    return Settings(host="0.0.0.0", admin_password=secret, admin_email=ANNA)


async def test_a_server_beyond_this_machine_starts_with_the_password_and_then_without(fresh: Database) -> None:
    """The owner it made answers for the installation, so the setting can be taken away again."""
    uri = fresh.uri
    with pytest.raises(serving.ExposedError):
        await serving.check(_chosen(None), uri, insecure=False)
    await serving.check(_chosen(FIRST), uri, insecure=False)
    await serving.check(_chosen(FIRST), uri, insecure=False)
    await serving.check(_chosen(None), uri, insecure=False)
    assert await _signs_in(fresh, FIRST) is not None
    async with fresh.transaction() as tx:
        own = await queries.first_organization(tx)
        assert own is not None
        people = await queries.list_staff(tx, own.id, before=None, limit=10)
    assert [person.email for person in people] == [ANNA]


async def test_a_password_that_is_guessed_first_keeps_the_server_from_starting(fresh: Database) -> None:
    with pytest.raises(serving.NoOwnerError, match="PUNTAL_ADMIN_PASSWORD"):
        await serving.check(_chosen("aaaaaaaaaaaaaa"), fresh.uri, insecure=False)
