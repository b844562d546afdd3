"""Three wallets in a real database, and what is in them, for the tests of this folder."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from books import a_wallet, madrid

from puntal.access.model import Caller, OrganizationId
from puntal.kit.ids import new_id
from puntal.ledger import queries as ledger
from puntal.points import operations, policy, queries
from puntal.points.model import Cause, Terms

if TYPE_CHECKING:
    from datetime import datetime

    from puntal.kit.db import Transaction

NOON = madrid("2026-03-01 12:00")
YEAR = {"after": "12 months", "end_of": "month"}


def some_terms(**points: object) -> list[Terms]:
    convert = [{"to": "miles", "take": 3, "give": 2}]
    document = {"transferable": True, "convert": convert, "expiry": YEAR, "if_already_spent": "debt"} | points
    return [
        a_wallet(0, "points", **document),
        a_wallet(1, "miles"),
        a_wallet(2, "stamps", kind="stamps", card={"size": 9, "reward": "coffee"}),
    ]


TERMS = some_terms()


def a_caller(limit: int | None = None) -> Caller:
    return Caller(
        kind="staff",
        organization_id=OrganizationId(new_id()),
        program_id=None,
        id=new_id(),
        name="Carla",
        permissions=frozenset(),
        adjust_limit=limit,
    )


async def earn(
    tx: Transaction,
    program_id: int,
    holder: UUID,
    amount: int,
    at: datetime = NOON,
    wallet: int = 0,
    terms: list[Terms] = TERMS,
) -> UUID:
    opened = await operations.open_books(tx, program_id, terms, [holder], now=at)
    cause = Cause(event_id=str(new_id()), order_key=f"shop:{new_id()}")
    lot = policy.earn(opened[holder], terms[wallet], amount, cause=cause, at=at, now=at)
    policy.finish_cards(opened[holder], terms[wallet], cause=cause, at=at, now=at)
    await opened.write(tx, program_id)
    return lot.id


async def wallets(
    tx: Transaction, program_id: int, holder: UUID, now: datetime = NOON
) -> dict[str, tuple[int, int, int]]:
    books = await operations.read_books(tx, program_id, TERMS, [holder], now=now)
    return {view.wallet: (view.balance, view.pending, view.held) for view in queries.view(books[holder], TERMS)}


async def assert_everything_adds_up(tx: Transaction, program_id: int) -> None:
    assert await ledger.disagreeing_balances(tx, program_id) == []
    assert await queries.disagreements(tx, program_id) == []
