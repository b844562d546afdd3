"""Adding figures up by day so that any period can be read from them, distinct people too. Pure.

Sums over days do not tell how many different people did something from A to B. But each of them has exactly one time
in the period whose time before was not in it: so per day we keep how many there were by the day of the time before,
and count those whose day is from A to B and whose day before is earlier than A. Who did it twice or more is found the
same way by the time before the last but one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

import msgspec
from msgspec import Struct

NEVER = 1
"""Instead of a day before the first time: the ordinal of 1 January of the year 1."""

ADDITIVE = ("asked", "orders", "member_orders", "known_orders", "joined", "led", "led_by")
GAPS = ("buyers", "buyers_2", "member_buyers", "active", "part")

DayKey = tuple[str, int, str]
"""Series, ordinal of the day, and what within the series."""
GapKey = tuple[str, int, int]
"""Series, ordinal of the day, and of the day before."""


class Subject(Struct, array_like=True):
    """What one person did, as far as figures ask; days are ordinals, everything in the order of days.

    Attributes:
        joined: The day of joining; None: a guest.
        member: Joined and did not leave.
        orders: Day, what was paid less refunds, and whether it is a purchase; of those that earned or were cancelled.
        parts: Days on which she earned or redeemed, each once.
        led: Day, sales, and of each incentive name, discount and units, of the orders that used one.
    """

    joined: int | None = None
    member: bool = False
    orders: list[tuple[int, int, int]] = []
    parts: list[int] = []
    led: list[tuple[int, int, list[tuple[str, int, int]]]] = []

    def is_empty(self) -> bool:
        """Tell whether nothing is counted of her."""
        return not (self.orders or self.parts or self.led or (self.member and self.joined))


class Sums(Struct):
    """Contributions: of days count and amount, of gaps a count."""

    counts: Counter[DayKey] = msgspec.field(default_factory=Counter)
    amounts: Counter[DayKey] = msgspec.field(default_factory=Counter)
    gaps: Counter[GapKey] = msgspec.field(default_factory=Counter)

    def add(self, other: Sums, *, times: int = 1) -> None:
        """Add what another has, or with `times` of -1 take it out."""
        for mine, theirs in ((self.counts, other.counts), (self.amounts, other.amounts)):
            for day_key, value in theirs.items():
                mine[day_key] += times * value
        for gap_key, value in other.gaps.items():
            self.gaps[gap_key] += times * value


def nobody_of(day: int) -> UUID:
    """Return the id under which the purchases of nobody on a day are kept; no person has one like it."""
    return UUID(int=day)


def is_nobody(id: UUID) -> bool:
    """Tell whether an id is that of a day."""
    return id.int <= date.max.toordinal()


def sums_of(subject: Subject, *, known: bool) -> Sums:
    """Return what one person contributes; `known` is False of the purchases of nobody."""
    sums = Sums()
    joined = subject.joined
    before = before_2 = as_member = NEVER
    active = set()
    for day, value, purchase in subject.orders:
        _count(sums, "asked", day, value)
        if not purchase:
            continue
        sales = max(value, 0)
        _count(sums, "orders", day, sales)
        if known:
            _count(sums, "known_orders", day, sales)
            sums.gaps["buyers", day, before] += 1
            sums.gaps["buyers_2", day, before_2] += 1
            before, before_2 = day, before
        if joined is not None and joined <= day:
            _count(sums, "member_orders", day, sales)
            sums.gaps["member_buyers", day, as_member] += 1
            as_member = day
            active.add(day)
    for day, sales, used in subject.led:
        names = sorted(name for name, _, _ in used)
        _count(sums, "led", day, sales, msgspec.json.encode(names).decode())
        for name, discount, units in used:
            sums.counts["led_by", day, name] += units
            sums.amounts["led_by", day, name] += discount
    if subject.member and joined is not None:
        _count(sums, "joined", joined, 0)
        took_part = [day for day in subject.parts if day >= joined]
        _gaps(sums, "part", took_part)
        _gaps(sums, "active", sorted(active | set(took_part)))
    return sums


def _count(sums: Sums, series: str, day: int, amount: int, key: str = "") -> None:
    sums.counts[series, day, key] += 1
    sums.amounts[series, day, key] += amount


def _gaps(sums: Sums, series: str, days: Iterable[int]) -> None:
    before = NEVER
    for day in days:
        sums.gaps[series, day, before] += 1
        before = day


class Totals(Struct):
    """Sums of a period: by series and key count and amount; of gaps who did it in it, and for the first time ever.

    Attributes:
        members: Who had joined by its end.
    """

    days: dict[tuple[str, str], tuple[int, int]] = {}
    distinct: dict[str, int] = {}
    first: dict[str, int] = {}
    members: int = 0

    def of(self, series: str, key: str = "") -> tuple[int, int]:
        """Return count and amount."""
        return self.days.get((series, key), (0, 0))


def totals_of(sums: Sums, since: date, through: date) -> Totals:
    """Return the sums of a period."""
    first_day, last_day = since.toordinal(), through.toordinal()
    counts: Counter[tuple[str, str]] = Counter()
    amounts: Counter[tuple[str, str]] = Counter()
    distinct: Counter[str] = Counter()
    first: Counter[str] = Counter()
    members = 0
    for (series, day, key), value in sums.counts.items():
        if first_day <= day <= last_day:
            counts[series, key] += value
        if series == "joined" and day <= last_day:
            members += value
    for (series, day, key), value in sums.amounts.items():
        if first_day <= day <= last_day:
            amounts[series, key] += value
    for (series, day, before), value in sums.gaps.items():
        if first_day <= day <= last_day and before < first_day:
            distinct[series] += value
            if before == NEVER:
                first[series] += value
    days = {name: (counts[name], amounts[name]) for name in counts.keys() | amounts.keys()}
    return Totals(days=days, distinct=dict(distinct), first=dict(first), members=members)


def together(one: Totals, other: Totals) -> Totals:
    """Return the totals of two that have nothing in common."""
    return Totals(
        days={
            name: (one.of(*name)[0] + other.of(*name)[0], one.of(*name)[1] + other.of(*name)[1])
            for name in one.days.keys() | other.days.keys()
        },
        distinct=_both(one.distinct, other.distinct),
        first=_both(one.first, other.first),
        members=one.members + other.members,
    )


def _both(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {name: one.get(name, 0) + other.get(name, 0) for name in one.keys() | other.keys()}
