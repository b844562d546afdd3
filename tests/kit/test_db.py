from __future__ import annotations

import asyncio
import contextlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

import psycopg
import pytest

from puntal.kit import db
from puntal.kit.db import Database, SwallowedError

if TYPE_CHECKING:
    from puntal.kit.db import Transaction


async def one(tx: Transaction, query: str) -> object:
    row = await (await tx.execute(query.encode())).fetchone()
    assert row is not None
    return row[0]


async def test_a_program_transaction_sees_its_program_as_the_application(database: Database) -> None:
    async with database.program_transaction(7) as tx:
        assert await one(tx, "SELECT current_setting('app.program_id')") == "7"
        assert await one(tx, "SELECT current_user") == "puntal_app"
        assert not await one(tx, "SELECT rolbypassrls OR rolsuper FROM pg_roles WHERE rolname = current_user")


async def test_the_program_is_forgotten_when_the_transaction_ends(database_uri: str) -> None:
    database = await Database.open(database_uri, size=1)
    async with database.program_transaction(7):
        pass

    async with database.transaction() as tx:
        assert await one(tx, "SELECT nullif(current_setting('app.program_id', true), '') IS NULL")
    await database.close()


async def test_rows_of_another_program_are_not_there(database: Database, program_id: int) -> None:
    async with database.program_transaction(program_id) as tx:
        await tx.execute("INSERT INTO pool VALUES (%s, gen_random_uuid(), 'household', now())", [program_id])

    async with database.program_transaction(program_id) as tx:
        assert await one(tx, "SELECT count(*) FROM pool") == 1
    async with database.program_transaction(program_id + 1) as tx:
        assert await one(tx, "SELECT count(*) FROM pool") == 0
    async with database.transaction() as tx:
        assert await one(tx, "SELECT count(*) FROM pool") == 0


async def test_an_error_rolls_back_and_the_connection_serves_on(database_uri: str) -> None:
    database = await Database.open(database_uri, size=1)
    with pytest.raises(ZeroDivisionError):  # noqa: PT012 - the block is what is tested
        async with database.transaction() as tx:
            await tx.execute("INSERT INTO organization VALUES (gen_random_uuid(), 'Gone', now())")
            raise ZeroDivisionError

    async with database.transaction() as tx:
        assert await one(tx, "SELECT count(*) FROM organization WHERE name = 'Gone'") == 0
    await database.close()


async def test_a_swallowed_error_does_not_look_like_a_commit(database: Database) -> None:
    with pytest.raises(SwallowedError):  # noqa: PT012 - the block is what is tested
        async with database.transaction() as tx:
            with contextlib.suppress(psycopg.errors.DivisionByZero):
                await tx.execute("SELECT 1/0")


async def test_a_cancelled_task_leaves_a_usable_connection(database_uri: str) -> None:
    database = await Database.open(database_uri, size=1)

    async def slow() -> None:
        async with database.transaction() as tx:
            await tx.execute("SELECT pg_sleep(30)")

    task = asyncio.create_task(slow())
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    async with database.transaction() as tx:
        assert await one(tx, "SELECT 1") == 1
    await database.close()


async def test_the_owner_is_not_the_application(database: Database) -> None:
    async with database.owner_transaction() as tx:
        assert await one(tx, "SELECT current_user") == "puntal"


def test_rows_travel_as_one_json_text() -> None:
    rows = [{"id": UUID(int=1), "at": datetime(2026, 3, 1, 12, tzinfo=UTC), "points": 2**62}]

    assert db.encode(rows) == (
        '[{"id":"00000000-0000-0000-0000-000000000001","at":"2026-03-01T12:00:00Z","points":4611686018427387904}]'
    )


async def test_listening_hears_what_is_notified_and_survives_a_lost_connection(
    database: Database, database_uri: str
) -> None:
    heard = db.listen(database_uri, "programs")
    assert await anext(heard) == ""

    async with database.transaction() as tx:
        await tx.execute("SELECT pg_notify('programs', 'seven')")
    assert await anext(heard) == "seven"

    async with database.owner_transaction() as tx:
        await tx.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'")
    assert await anext(heard) == ""
    await heard.aclose()
