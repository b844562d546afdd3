"""Compiled limits and budgets, and what is used of them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal, NamedTuple

from msgspec import Struct

from puntal.kit.calendar import Period

Measure = Literal["times", "points", "value", "members", "discount"]


class Bound(Struct, frozen=True):
    """One number that may not be passed within one window.

    `scope` m: per member; b: of all members together. `days` > 0: a rolling window of that many local days;
    `months` > 0: of that many local months.
    """

    key: str
    scope: Literal["m", "b"]
    measure: Measure
    most: int
    period: Period = "lifetime"
    days: int = 0
    months: int = 0
    truncate: bool = True
    alerts: tuple[int, ...] = ()
    """Amounts whose crossing is announced."""

    @property
    def rolling(self) -> bool:
        """Whether the window moves with the day."""
        return self.days > 0 or self.months > 0


class Cooldown(Struct, frozen=True):
    """The least time between two awards of one member."""

    key: str
    span: timedelta


class Counter(Struct, array_like=True, gc=False):
    """What a member used in one window (or on one day of a rolling window)."""

    times: int = 0
    points: int = 0
    value: int = 0


Used = dict[str, dict[date, Counter]]
"""Limit key to window start to what is used."""

BudgetKey = tuple[str, str, date]
"""Budget key, measure, first local day of the period."""


class Window(NamedTuple):
    """Where what is used under a bound on some local day counts."""

    bound: Bound
    start: date
    """The period's first day, or the day itself when it is rolling."""
    counter: BudgetKey
    """Of a bound that all members share."""
    first: bool
    """Of those asked together, the first of its limit: the numbers of one limit share a counter."""
