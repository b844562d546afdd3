"""Local days of a time zone: midnights, month arithmetic, periods. Pure.

Midnight is the first instant of the local day, also where a zone skips 00:00. Months clamp: 31 January
plus one month is the last of February.
"""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

Period = Literal["day", "week", "month", "quarter", "year", "lifetime"]
Unit = Literal["minutes", "hours", "days", "weeks", "months", "years"]
BEGINNING = date(1, 1, 1)


@lru_cache(maxsize=16384)
def midnight(zone: ZoneInfo, day: date) -> datetime:
    """Return the first instant of a local day, in UTC."""
    first = datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)
    # A zone that skips midnight maps 00:00 into the day before; the day begins where the clock jumps to.
    while first.astimezone(zone).date() < day:
        first += timedelta(minutes=15)
    return first


def local_day(zone: ZoneInfo, at: datetime) -> date:
    """Return the zone's calendar day of an instant."""
    return at.astimezone(zone).date()


def share_of_day(zone: ZoneInfo, at: datetime) -> Fraction:
    """Return how much of its local day has passed at an instant, 0 to 1; days may have 23 or 25 hours."""
    day = local_day(zone, at)
    begun, ends = midnight(zone, day), midnight(zone, day + timedelta(days=1))
    return Fraction((at - begun) // timedelta(seconds=1), (ends - begun) // timedelta(seconds=1))


def add_months(day: date, months: int) -> date:
    """Return the same day `months` later, clamped to the month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def add(day: date, count: int, unit: Unit) -> date:
    """Return the day `count` units later; hours and minutes move no day."""
    match unit:
        case "days":
            return day + timedelta(days=count)
        case "weeks":
            return day + timedelta(weeks=count)
        case "months":
            return add_months(day, count)
        case "years":
            return add_months(day, 12 * count)
        case _:
            return day


def after(zone: ZoneInfo, at: datetime, count: int, unit: Unit) -> datetime:
    """Return the end of the last day of "`count` units after `at`": 1 March + 14 days is 16 March 00:00.

    Minutes and hours are exact spans.
    """
    if unit == "minutes":
        return at + timedelta(minutes=count)
    if unit == "hours":
        return at + timedelta(hours=count)
    return midnight(zone, add(local_day(zone, at), count, unit) + timedelta(days=1))


@lru_cache(maxsize=16384)
def period_start(day: date, period: Period) -> date:
    """Return the first day of the calendar period holding `day`; weeks begin on Monday."""
    match period:
        case "day":
            return day
        case "week":
            return day - timedelta(days=day.weekday())
        case "month":
            return day.replace(day=1)
        case "quarter":
            return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
        case "year":
            return date(day.year, 1, 1)
        case "lifetime":
            return BEGINNING


def period_end(day: date, period: Period) -> date | None:
    """Return the first day after the calendar period holding `day`; None for a lifetime."""
    start = period_start(day, period)
    match period:
        case "day":
            return start + timedelta(days=1)
        case "week":
            return start + timedelta(weeks=1)
        case "month":
            return add_months(start, 1)
        case "quarter":
            return add_months(start, 3)
        case "year":
            return add_months(start, 12)
        case "lifetime":
            return None
