"""What is told of things done at a till beside what they consist of: for whom, how much, and what it earned."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import Struct

from puntal.checkout.operations.till.acting import Acted
from puntal.checkout.operations.till.programs import Programs
from puntal.intake import operations as intake
from puntal.intake.model import Outcome, Said, Stored
from puntal.kit.db import Transaction
from puntal.members import queries as members
from puntal.orders.model import Order
from puntal.points import queries as points

_outcome = msgspec.json.Decoder(Outcome).decode
_said = msgspec.json.Decoder(Said).decode
_AMOUNT, _WALLET = 2, 3
_WITH_POINTS = 4


class Earned(Struct, frozen=True):
    """What a sale earned in one wallet.

    Attributes:
        pending: How much of it is not available yet.
        available_at: From when; None where nothing is pending, or where it waits for something that may never come.
    """

    wallet: int
    units: int
    pending: int = 0
    available_at: datetime | None = None


class Told(Struct, frozen=True):
    """Something done, as a cashier reads it.

    Attributes:
        minor: What was paid, of a sale.
        earned: Of a sale: what it earned when it was taken in, undone or not.
        called: For whom; None where nobody is known.
    """

    acted: Acted
    minor: int | None
    currency: str | None
    earned: Sequence[Earned]
    called: members.Called | None


async def tell(tx: Transaction, programs: Programs, some: Sequence[Acted], *, now: datetime) -> list[Told]:
    """Return what is told of things that were done; the number of statements does not grow with theirs.

    Args:
        tx: An open transaction on the program; nothing is locked or written.
        programs: The compiled revisions.
        some: As `show` and `own` return them.
        now: On the program's clock.
    """
    program_id = programs.program_id
    sales = {one.action.id: str(one.action.detail["event"]) for one in some if one.action.kind == "sale"}
    stored = await intake.find_all(tx, program_id, list(sales.values()))
    people = {one.member_id for one in some if one.member_id is not None}
    names = await members.called(tx, program_id, people)
    starting: dict[tuple[str, int], tuple[int, datetime | None]] = {}
    buyers = {event.member_id for event in stored.values() if event.member_id is not None}
    if buyers:
        pools = await members.pools_of(tx, program_id, buyers)
        holders = buyers | {pool for pool, _ in pools.values()}
        starting = await points.starting(tx, program_id, holders=holders, events=list(stored), now=now)
    return [_told(one, stored.get(sales.get(one.action.id, "")), names, starting) for one in some]


def _told(
    one: Acted,
    event: Stored | None,
    names: dict[UUID, members.Called],
    starting: dict[tuple[str, int], tuple[int, datetime | None]],
) -> Told:
    who = None if one.member_id is None else names.get(one.member_id)
    order = None if event is None else _said(event.body).order
    if event is None or order is None:
        return Told(one, None, None, (), who)
    earned = []
    for wallet, units in earned_by(event).items():
        waiting, starts_at = starting.get((event.id, wallet), (0, None))
        earned.append(Earned(wallet, units, min(waiting, units), starts_at))
    return Told(one, _owed(order), order.currency, earned, who)


def _owed(order: Order) -> int:
    goods = sum(line.amount_minor - line.discount_minor for line in order.lines)
    return goods - order.discount_minor + order.shipping_minor + order.tax_minor


def earned_by(event: Stored) -> dict[int, int]:
    """Return by wallet ordinal what an event earned."""
    earned: dict[int, int] = {}
    for reason in _outcome(event.outcome).reasons:
        if len(reason) >= _WITH_POINTS and reason[_AMOUNT] > 0:
            earned[reason[_WALLET]] = earned.get(reason[_WALLET], 0) + reason[_AMOUNT]
    return earned
