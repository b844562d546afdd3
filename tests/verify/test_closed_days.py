"""Every night closes a day and checks from there: what is altered later is found at once, older errors in full."""

from __future__ import annotations

import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from structlog.testing import capture_logs

from puntal.entrypoints.following import wiring
from puntal.entrypoints.intake import Intake
from puntal.entrypoints.programs import Programs
from puntal.entrypoints.verifying import verify
from puntal.ledger import operations as ledger
from puntal.ledger import queries

sys.path.insert(0, str(Path(__file__).parents[1] / "stress"))
from stress_shop import an_order, compiled_of, document, open_program, ready, rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from puntal.kit.db import Database

MADRID = ZoneInfo("Europe/Madrid")
OPENED = datetime(2026, 1, 10, tzinfo=MADRID)
SPOIL = "UPDATE transfer SET amount = amount + 1 WHERE program_id = %(p)s AND event_id = %(e)s"
RESTORE = "UPDATE transfer SET amount = amount - 1 WHERE program_id = %(p)s AND event_id = %(e)s"


def names(found: Mapping[str, Sequence[object]]) -> set[str]:
    return {name for name, wrong in found.items() if wrong}


async def buy(database: Database, program: int, id: str, at: datetime) -> None:
    order = ready(an_order(id, "anna", 1000, at), await compiled_of(database, program))
    await Intake(database, Programs()).run(program, [order])


async def night(database: Database, program: int, at: datetime) -> list[Any]:
    """Run the nights that are due as the worker does; return what the log says of the books."""
    due = wiring(database, Programs()).run_due
    assert due is not None
    with capture_logs() as log:
        await due(program, at)
    return [(line["event"], line.get("wrong")) for line in log if line["event"].startswith("books.")]


@pytest.fixture
async def program(database: Database) -> int:
    """An order on a day that is closed, and one after it."""
    opened = await open_program(database, document(), effective_from=OPENED)
    await buy(database, opened, "early", OPENED + timedelta(hours=12))
    assert await night(database, opened, OPENED + timedelta(days=1, minutes=30)) == [("books.agree", None)]
    await buy(database, opened, "late", OPENED + timedelta(days=1, hours=12))
    return opened


@pytest.fixture
def owner(database_uri: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database_uri, autocommit=True) as opened:
        yield opened


async def test_a_night_closes_the_day_that_is_over(database: Database, program: int) -> None:
    async with database.program_transaction(program) as tx:
        closed = await queries.latest_checkpoint(tx, program)

    assert closed == (date(2026, 1, 10), OPENED + timedelta(days=1))
    assert names(await verify(database, program, recent=True)) == names(await verify(database, program)) == set()


async def test_a_day_is_closed_no_sooner_than_its_transactions_can_have_ended(database: Database, program: int) -> None:
    second = OPENED + timedelta(days=2)
    await night(database, program, second + timedelta(minutes=1))
    async with database.program_transaction(program) as tx:
        assert await queries.latest_checkpoint(tx, program) == (date(2026, 1, 10), OPENED + timedelta(days=1))

    await buy(database, program, "just before midnight", second - timedelta(seconds=1))
    assert await night(database, program, second + timedelta(days=1, minutes=1)) == [("books.agree", None)]


async def test_an_error_before_the_closed_day_is_found_in_full_only(
    database: Database, program: int, owner: psycopg.Connection[Any]
) -> None:
    owner.execute(SPOIL.encode(), {"p": program, "e": "early"})

    assert names(await verify(database, program, recent=True)) == set()
    assert "balances" in names(await verify(database, program))


async def test_an_error_after_the_closed_day_is_found_by_both_and_each_night_until_it_is_gone(
    database: Database, program: int, owner: psycopg.Connection[Any]
) -> None:
    owner.execute(SPOIL.encode(), {"p": program, "e": "late"})

    assert names(await verify(database, program, recent=True)) == {"balances"}
    assert "balances" in names(await verify(database, program))
    for day in (2, 3):
        told = await night(database, program, OPENED + timedelta(days=day, minutes=30))
        assert told == [("books.disagree", {"balances": 2})], "both wallets of the order"
    noted = "SELECT day, (counts->>'wrong')::integer FROM nightly_step WHERE program_id = %(p)s AND step = 'books'"
    assert await rows(database, program, noted + " ORDER BY day") == [
        (date(2026, 1, 11), 0), (date(2026, 1, 12), 2), (date(2026, 1, 13), 2),
    ]  # fmt: skip

    owner.execute(RESTORE.encode(), {"p": program, "e": "late"})
    assert await night(database, program, OPENED + timedelta(days=4, minutes=30)) == [("books.agree", None)]


async def test_a_closing_that_was_wrong_is_told_of_once(
    database: Database, program: int, owner: psycopg.Connection[Any]
) -> None:
    owner.execute("UPDATE checkpoint SET available = available + 5 WHERE program_id = %(p)s", {"p": program})

    first = await night(database, program, OPENED + timedelta(days=2, minutes=30))
    second = await night(database, program, OPENED + timedelta(days=3, minutes=30))

    assert first == [("books.disagree", {"balances": 2})]
    assert second == [("books.agree", None)]


async def test_lots_are_checked_every_night_whatever_their_age(
    database: Database, program: int, owner: psycopg.Connection[Any]
) -> None:
    owner.execute("UPDATE lot SET remaining = remaining - 1 WHERE program_id = %(p)s AND event_id = 'early'",
                  {"p": program})  # fmt: skip

    assert names(await verify(database, program, recent=True)) == {"lots"}


async def test_without_a_closed_day_everything_is_read(database: Database, program: int) -> None:
    async with database.program_transaction(program) as tx:
        await ledger.reopen_days(tx, program)
        assert await queries.latest_checkpoint(tx, program) is None

    assert names(await verify(database, program, recent=True)) == set()
