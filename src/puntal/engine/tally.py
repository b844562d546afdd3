"""What a member's orders say of her running state: figures, measures of ladders and room used. Pure.

Whatever else she did is not in it, so only the difference of two tallies means something: what changed about some
orders between two instants.
"""

from __future__ import annotations

from collections import Counter as Sums
from collections.abc import Iterable
from datetime import date

from msgspec import Struct, field

from puntal.limits.model import Counter
from puntal.orders.model import SHIPPING, OrderAward, OrderRecord, Use
from puntal.orders.policy import fully_refunded
from puntal.points.model import Terms

MEMBER_MARK = "member:"
"""How a member's own awards under a budget of members are named among what she used."""


class Measured(Struct, frozen=True, array_like=True):
    """An amount that ladders measure; `wallet` says whose earnings, None otherwise."""

    measure: str
    wallet: int | None
    day: date
    amount: int


class Room(Struct, frozen=True, array_like=True):
    """Room that awards use in one window of the member's own."""

    key: str
    start: date
    counter: Counter


class Tally(Struct, frozen=True):
    """Sums over some orders, net of refunds.

    Attributes:
        earned: By wallet id.
        owed: Debt that standing refunds made, paid or not, by wallet id.
    """

    orders: int = 0
    spend: int = 0
    items: int = 0
    refunded: int = 0
    earned: dict[str, int] = field(default_factory=dict)
    owed: dict[str, int] = field(default_factory=dict)
    measured: tuple[Measured, ...] = ()
    used: tuple[Room, ...] = ()


def tally(terms: tuple[Terms, ...], records: Iterable[OrderRecord]) -> Tally:
    """Return what these orders of one member add up to."""
    figures: Sums[str] = Sums()
    earned: Sums[str] = Sums()
    owed: Sums[str] = Sums()
    measured: Sums[tuple[str, int | None, date]] = Sums()
    used: dict[tuple[str, date], Counter] = {}
    for record in records:
        if record.event_id is not None:
            _count(record, figures, measured)
        for award in record.awards:
            left = sum(award.lines) - sum(award.taken)
            earned[terms[award.wallet].id] += left
            if award.counted and award.day is not None:
                measured["earned", award.wallet, award.day] += left
            _use(award, used)
        for took in (took for refund in record.refunds if not refund.withdrawn for took in refund.took):
            owed[terms[record.awards[took.award].wallet].id] += took.units.get("debt", 0)
    return Tally(
        orders=figures["orders"],
        spend=figures["spend"],
        items=figures["items"],
        refunded=figures["refunded"],
        earned=dict(earned),
        owed=dict(owed),
        measured=tuple(Measured(*key, amount) for key, amount in measured.items() if amount),
        used=tuple(Room(*key, counter) for key, counter in used.items()),
    )


def change(before: Tally, after: Tally) -> Tally:
    """Return what was added (negative: taken back) from one tally to another."""
    measured: Sums[tuple[str, int | None, date]] = Sums()
    used: dict[tuple[str, date], Counter] = {}
    for side, sign in ((after, 1), (before, -1)):
        for one in side.measured:
            measured[one.measure, one.wallet, one.day] += sign * one.amount
        for room in side.used:
            _add(used, (room.key, room.start), room.counter, sign)
    return Tally(
        orders=after.orders - before.orders,
        spend=after.spend - before.spend,
        items=after.items - before.items,
        refunded=after.refunded - before.refunded,
        earned=_less(after.earned, before.earned),
        owed=_less(after.owed, before.owed),
        measured=tuple(Measured(*key, amount) for key, amount in measured.items() if amount),
        used=tuple(Room(*key, counter) for key, counter in used.items() if counter != Counter()),
    )


def _less(one: dict[str, int], other: dict[str, int]) -> dict[str, int]:
    return {id: one.get(id, 0) - other.get(id, 0) for id in {**one, **other}}


def _count(record: OrderRecord, figures: Sums[str], measured: Sums[tuple[str, int | None, date]]) -> None:
    kept = not fully_refunded(record)
    spend = record.net_minor - record.refunded_minor
    figures["orders"] += kept
    figures["spend"] += spend
    figures["refunded"] += record.refunded_minor
    figures["items"] += sum(
        line.quantity
        for line in record.lines
        if line.id != SHIPPING and (kept if line.net <= 0 else line.refunded < line.net)
    )
    measured["spend", None, record.day] += spend
    measured["orders", None, record.day] += kept


def _use(award: OrderAward, used: dict[tuple[str, date], Counter]) -> None:
    taken = sum(award.taken)
    for use in award.uses:
        left = award.still_used(use, taken)
        if use.scope == "m":
            _add(used, (use.key, use.start), _counter(use, left), 1)
        elif use.measure == "members":
            _add(used, (MEMBER_MARK + use.key, use.start), Counter(int(left > 0)), 1)


def _counter(use: Use, amount: int) -> Counter:
    match use.measure:
        case "points":
            return Counter(0, amount, 0)
        case "value":
            return Counter(0, 0, amount)
        case _:
            return Counter(amount)


def _add(used: dict[tuple[str, date], Counter], key: tuple[str, date], counter: Counter, sign: int) -> None:
    known = used.get(key, Counter())
    used[key] = Counter(
        known.times + sign * counter.times, known.points + sign * counter.points, known.value + sign * counter.value
    )
