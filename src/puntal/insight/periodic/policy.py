"""Which periods are over and to be reported of. Pure."""

from __future__ import annotations

from datetime import date, timedelta

from puntal.insight.periodic.model import Cycle
from puntal.kit.calendar import period_end, period_start

MOST_MADE_UP = 12
"""After a long pause the newest so many of each kind are made."""

_DAY = timedelta(days=1)


def period_of(day: date, every: Cycle) -> tuple[date, date]:
    """Return the first and the last day of the week, month or quarter that holds a day; weeks begin on Monday."""
    ends = period_end(day, every)
    assert ends is not None, "weeks, months and quarters end"
    return period_start(day, every), ends - _DAY


def due(every: Cycle, *, since: date, night: date) -> list[tuple[date, date]]:
    """Return the periods to be reported of, oldest first.

    Args:
        every: How long they are.
        since: They end on this day or later.
        night: The last local day that has begun and whose night was run: they end before it.
    """
    found: list[tuple[date, date]] = []
    first, last = period_of(night - _DAY, every)
    if last >= night:
        first, last = period_of(first - _DAY, every)
    while last >= since and len(found) < MOST_MADE_UP:
        found.append((first, last))
        first, last = period_of(first - _DAY, every)
    return found[::-1]


def following(today: date, every: Cycle) -> date:
    """Return the first day after the period under way: in its night the report is made."""
    return period_of(today, every)[1] + _DAY
