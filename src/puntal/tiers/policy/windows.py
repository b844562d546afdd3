"""Windows: which bucket a day counts in, what a window measures, how long a line once reached keeps. Pure.

A measure reaches a line on a day if the window ending that day holds enough. Calendar and membership years
are buckets of their own; a rolling window is kept by day and summed; a lifetime is one bucket.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import lru_cache
from itertools import groupby

from puntal.kit import calendar
from puntal.tiers.model import Climb

LIFETIME = ""
ONE_DAY = timedelta(days=1)


@lru_cache(maxsize=65536)
def membership_year(enrolled: date, day: date) -> tuple[date, date]:
    """Return the membership year holding `day`, half-open; 29 February is kept on the 28th in other years."""
    years = day.year - enrolled.year
    if calendar.add_months(enrolled, 12 * years) > day:
        years -= 1
    return calendar.add_months(enrolled, 12 * years), calendar.add_months(enrolled, 12 * (years + 1))


def bucket(climb: Climb, day: date, enrolled: date) -> str:
    """Return the key in `Standing.counts` of what was earned on a local day."""
    window = climb.window
    if window == "calendar_year":
        return str(day.year)
    if window == "rolling":
        return day.isoformat()
    if window == "lifetime":
        return LIFETIME
    return membership_year(enrolled, day)[0].isoformat()


def period(climb: Climb, day: date, enrolled: date) -> tuple[date, date] | None:
    """Return the calendar or membership year holding `day`, half-open; other windows have no periods."""
    if climb.window == "calendar_year":
        return date(day.year, 1, 1), date(day.year + 1, 1, 1)
    if climb.window == "membership_year":
        return membership_year(enrolled, day)
    return None


def period_key(climb: Climb, day: date, enrolled: date) -> str:
    """Return the name of the period that holds a day: of windows without periods, its calendar year."""
    return str(day.year) if period(climb, day, enrolled) is None else bucket(climb, day, enrolled)


def window_start(climb: Climb, day: date) -> date:
    """Return the last day that no longer counts in the rolling window ending on `day`."""
    assert climb.span is not None
    count, unit = climb.span
    return calendar.add(day, -count, unit)


def rolls_off(climb: Climb, day: date) -> date:
    """Return the first local day on which what was earned on `day` no longer counts."""
    assert climb.span is not None
    candidate = calendar.add(day, *climb.span)
    # A clamped month may hold the day a little longer: 29 February counts through the next 28th.
    return candidate if window_start(climb, candidate) >= day else candidate + ONE_DAY


def measured(climb: Climb, counts: Mapping[str, int], day: date, enrolled: date) -> int:
    """Return what the window holding (or, rolling, ending on) `day` measures."""
    if climb.window != "rolling":
        return counts.get(bucket(climb, day, enrolled), 0)
    after, through = window_start(climb, day).isoformat(), day.isoformat()
    return sum([amount for key, amount in counts.items() if after < key <= through])


def running(climb: Climb, counts: Mapping[str, int], day: date, enrolled: date) -> tuple[tuple[str, int], ...]:
    """Return the buckets, with their measure, that keep a tier on `day`; the running one first."""
    key = bucket(climb, day, enrolled)
    if climb.window in {"lifetime", "rolling"}:
        return ((key, measured(climb, counts, day, enrolled)),)
    now = (key, counts.get(key, 0))
    if climb.keep == "end_of_period":
        return (now,)
    if climb.keep == "forever":
        return (now, *((other, counts[other]) for other in sorted(counts, reverse=True) if other != key))
    span = period(climb, day, enrolled)
    assert span is not None
    before = bucket(climb, span[0] - ONE_DAY, enrolled)
    return (now, (before, counts.get(before, 0)))


def keeps_until(climb: Climb, day: date, enrolled: date) -> date | None:  # noqa: PLR0911 - one answer per case
    """Return the first day a tier whose line was reached on `day` is no longer kept; None for ever.

    A lifetime and a rolling window of its own have no periods: the period of a rolling window is the window that
    ends on the day, its next one the same length again; a lifetime never ends.
    """
    if climb.keep == "forever":
        return None
    if climb.keep == "months":
        return calendar.add_months(day, climb.keep_months) + ONE_DAY
    if climb.window == "lifetime":
        return None
    if climb.window == "rolling":
        if climb.keep == "end_of_period":
            return day + ONE_DAY
        assert climb.span is not None
        return calendar.add(day, *climb.span) + ONE_DAY
    span = period(climb, day, enrolled)
    assert span is not None
    if climb.keep == "end_of_period":
        return span[1]
    following = period(climb, span[1], enrolled)
    assert following is not None
    return following[1]


def fallen_until(climb: Climb, day: date, enrolled: date) -> date | None:
    """Return the end of a tier reached by falling on `day`: that of the running period.

    Where no calendar cuts periods, one of the ladder's own length begins with the fall.
    """
    span = period(climb, day, enrolled)
    if climb.keep == "forever":
        return None
    if span is not None:
        return span[1]
    if climb.keep == "months":
        return calendar.add_months(day, climb.keep_months)
    if climb.window == "lifetime" or climb.span is None:
        return None
    return calendar.add(day, *climb.span)


def last_day_at(climb: Climb, counts: Mapping[str, int], line: int) -> date | None:
    """Return the last day on which a rolling window holds at least `line` if nothing more is earned."""
    steps: list[tuple[date, int]] = []
    for key, amount in counts.items():
        day = date.fromisoformat(key)
        steps += ((day, amount), (rolls_off(climb, day), -amount))
    steps.sort()
    total, reached, last = 0, False, None
    for day, group in groupby(steps, key=lambda step: step[0]):
        if reached:
            last = day - ONE_DAY
        total += sum(amount for _, amount in group)
        reached = total >= line
    return last


def _holds_through(climb: Climb, counts: Mapping[str, int], line: int, day: date) -> date | None:
    """Return the answer of `last_day_at` where the line is reached on `day`, which takes only a few steps."""
    after = window_start(climb, day).isoformat()
    total = sum(amount for key, amount in counts.items() if key > after)
    if total < line or min(counts.values(), default=0) < 0:
        return None
    for key in sorted(counts):
        if key > after:
            total -= counts[key]
            if total < line:
                return rolls_off(climb, date.fromisoformat(key)) - ONE_DAY
    return None


def kept_by(
    climb: Climb, counts: Mapping[str, int], rank: int, *, day: date, enrolled: date
) -> tuple[str, date | None] | None:
    """Return what keeps a tier on `day` and until when, or None if nothing earned does."""
    line = climb.lines[rank]
    if climb.window == "rolling":
        last = _holds_through(climb, counts, line, day) or last_day_at(climb, counts, line)
        if last is None:
            return None
        until = keeps_until(climb, last, enrolled)
        return None if until is not None and until <= day else (last.isoformat(), until)
    if climb.window == "lifetime":
        if counts.get(LIFETIME, 0) < line:
            return None
        # A lifetime does not shrink: the line is reached on every day to come.
        return LIFETIME, None
    for key, amount in running(climb, counts, day, enrolled):
        if amount >= line:
            first = date(int(key), 1, 1) if climb.window == "calendar_year" else date.fromisoformat(key)
            return key, keeps_until(climb, first, enrolled)
    return None


def entitled(climb: Climb, counts: Mapping[str, int], *, day: date, enrolled: date) -> int:
    """Return the highest rank, of those not retired, that something earned keeps on `day`."""
    for rank in range(len(climb.lines) - 1, 0, -1):
        if rank not in climb.retired and kept_by(climb, counts, rank, day=day, enrolled=enrolled) is not None:
            return rank
    return 0


def pruned(climb: Climb, counts: dict[str, int], day: date) -> dict[str, int]:
    """Return what can still matter on `day`: the rolling window's days and, before it, as many as it keeps a tier."""
    kept = window_start(climb, day)
    if climb.keep == "months":
        kept = calendar.add_months(kept, -climb.keep_months)
    elif climb.keep != "end_of_period":
        kept = window_start(climb, kept)
    limit = (kept - ONE_DAY).isoformat()
    return {key: amount for key, amount in counts.items() if key > limit and amount}


def folded(climb: Climb, days: Iterable[tuple[date, int]], enrolled: date) -> dict[str, int]:
    """Return the buckets of a history given by local day."""
    counts: dict[str, int] = {}
    for day, amount in days:
        key = bucket(climb, day, enrolled)
        counts[key] = counts.get(key, 0) + amount
    return counts
