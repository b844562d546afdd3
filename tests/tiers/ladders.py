"""Ladders for tests, and one recomputed the slow way: by nights and days, from the whole history."""

from __future__ import annotations

import copy
import functools
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from puntal.programs.document.ladders import Ladder
from puntal.tiers import policy
from puntal.tiers.model import Climb

MADRID = ZoneInfo("Europe/Madrid")
DAY = timedelta(days=1)
NEVER = date(9999, 1, 1)


def a_ladder(*, zone: ZoneInfo = MADRID, **changes: Any) -> Climb:
    words: dict[str, Any] = {
        "id": "club",
        "measure": {"earned": "status"},
        "tiers": [{"id": "base"}, {"id": "silver", "from": 300}, {"id": "gold", "from": 1000}],
    }
    ladder = Ladder.model_validate(words | changes)
    return policy.compile_ladder(0, ladder, wallets={"points": 0, "status": 1}, currency="EUR", zone=zone)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


@functools.cache
def _months(day: date, months: int) -> date:
    """Step month by month's last day, another way than the calendar of the kit."""
    index = day.year * 12 + (day.month - 1) + months
    year, month = index // 12, index % 12 + 1
    for number in (day.day, 30, 29, 28):
        try:
            return date(year, month, min(number, day.day))
        except ValueError:
            continue
    raise AssertionError


@functools.cache
def _membership_year(enrolled: date, day: date) -> tuple[date, date]:
    number = 0
    while _months(enrolled, 12 * (number + 1)) <= day:
        number += 1
    return _months(enrolled, 12 * number), _months(enrolled, 12 * (number + 1))


@dataclass
class Slow:
    """One member, told day by day; every question reads the whole history."""

    climb: Climb
    enrolled: date
    history: list[tuple[date, int]] = field(default_factory=list)
    rank: int = 0
    granted: date | None = None
    grace: date | None = None
    twice: list[tuple[date, date, date]] = field(default_factory=list)
    at_line: dict[int, date] = field(default_factory=dict)
    today: date = date.min

    def __post_init__(self) -> None:
        self.today = self.enrolled

    def year(self, day: date) -> tuple[date, date]:
        if self.climb.window == "calendar_year":
            return date(day.year, 1, 1), date(day.year + 1, 1, 1)
        return _membership_year(self.enrolled, day)

    def measure(self, day: date) -> int:
        if self.climb.window == "lifetime":
            return sum(amount for _, amount in self.history)
        if self.climb.window == "rolling":
            assert self.climb.span is not None
            after = _months(day, -self.climb.span[0])
            return sum(amount for earned, amount in self.history if after < earned <= day)
        first, end = self.year(day)
        return sum(amount for earned, amount in self.history if first <= earned < end)

    def measure_lasts(self, day: date) -> date:
        """The day on which what is earned on `day` no longer counts in a rolling window."""
        assert self.climb.span is not None
        return _months(day, self.climb.span[0])

    def closed(self) -> tuple[date, int] | None:
        """The last day of the period that profits from the present grace, and what it measures."""
        if self.grace is None or not self.twice:
            return None
        last, since, until = self.twice[-1]
        first, end = self.year(last)
        return last, sum(a for d, a in self.history if first <= d < end or since <= d < until)

    def ends(self, day: date) -> date:
        keep, window = self.climb.keep, self.climb.window
        if keep == "forever" or (keep != "months" and window == "lifetime"):
            return NEVER
        if keep == "months":
            return _months(day, self.climb.keep_months) + DAY
        if window == "rolling":
            assert self.climb.span is not None
            return day + DAY if keep == "end_of_period" else _months(day, self.climb.span[0]) + DAY
        end = self.year(day)[1]
        return end if keep == "end_of_period" else self.year(end)[1]

    def look(self) -> None:
        measure = self.measure(self.today)
        for rank, line in enumerate(self.climb.lines):
            if measure >= line:
                self.at_line[rank] = self.today

    def kept(self, rank: int) -> date | None:
        """First day without the rank if nothing but what was earned so far keeps it; None if nothing does today."""
        days = [self.at_line[rank]] if rank in self.at_line else []
        closed = self.closed()
        if closed is not None and closed[1] >= self.climb.lines[rank]:
            days.append(closed[0])
        ends = max((self.ends(day) for day in days), default=self.today)
        return ends if ends > self.today else None

    def top(self) -> int:
        return max((rank for rank in range(1, len(self.climb.lines)) if self.kept(rank)), default=0)

    def earn(self, amount: int) -> None:
        self.history.append((self.today, amount))
        self.look()
        top = self.top()
        if top >= self.rank > 0 and self.grace is not None:
            # What counted for the closed period goes on to keep the tier.
            closed = self.closed()
            if closed is not None:
                for rank in range(1, top + 1):
                    if closed[1] >= self.climb.lines[rank]:
                        self.at_line[rank] = max(closed[0], self.at_line.get(rank, closed[0]))
            self.grace = None
        if top > self.rank:
            self.rank, self.granted = top, None

    def night(self) -> None:
        self.today += DAY
        self.look()
        if self.rank == 0:
            return
        if self.grace is not None:
            if self.today >= self.grace:
                self.fall()
            return
        if self.kept(self.rank) or (self.granted is not None and self.granted > self.today):
            return
        if self.climb.grace is None:
            self.fall()
            return
        last = self.today - DAY
        number, unit = self.climb.grace
        self.grace = (_months(last, number) if unit == "months" else last + timedelta(days=number)) + DAY
        self.twice = []
        if self.climb.keep == "end_of_next_period" and self.climb.window in {"calendar_year", "membership_year"}:
            self.twice.append((last, self.today, self.grace))

    def fall(self) -> None:
        # The grace is over, but what it added to the closed period stays added.
        closed = self.closed()
        if closed is not None:
            for rank in range(1, len(self.climb.lines)):
                if closed[1] >= self.climb.lines[rank]:
                    self.at_line[rank] = max(closed[0], self.at_line.get(rank, closed[0]))
        self.grace = None
        self.rank = min(self.rank, self.top()) if self.climb.downgrade == "measure" else self.rank - 1
        self.granted = None
        if self.rank and self.climb.downgrade == "one_below":
            self.granted = self.fallen_ends()

    def fallen_ends(self) -> date:
        if self.climb.keep == "forever":
            return NEVER
        if self.climb.window in {"calendar_year", "membership_year"}:
            return self.year(self.today)[1]
        if self.climb.keep == "months":
            return _months(self.today, self.climb.keep_months)
        return NEVER if self.climb.span is None else _months(self.today, self.climb.span[0])

    def on(self, day: date) -> Slow:
        """What becomes of the member by a day if nothing more is earned."""
        later = copy.copy(self)
        later.history, later.twice, later.at_line = list(self.history), list(self.twice), dict(self.at_line)
        while later.today < day:
            later.night()
        return later

    def lost(self, within: date, rank: int | None = None) -> date | None:
        """The first day a rank (the present one) is no longer held if nothing more is earned; looks until `within`."""
        later = self.on(self.today)
        while later.today < within:
            later.night()
            if later.rank < (self.rank if rank is None else rank):
                return later.today
        return None

    def settled(self, day: date) -> str:
        """The tier once a day has come and a grace running then has passed."""
        later = self.on(day)
        while later.grace is not None:
            later.night()
        return later.climb.tiers[later.rank]
