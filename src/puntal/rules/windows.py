"""Windows of program-local days, shared by the loader of facts and the SQL."""

from __future__ import annotations

import re
from datetime import date, timedelta

from puntal.rules.model import Window

MAX_DAYS = 1095
LIFETIME = "lifetime"
_MONTHS_OF_QUARTER = 3
_ALIASES = {"this_year": "this_calendar_year", "last_year": "last_calendar_year"}
CALENDAR = (
    "this_month",
    "last_month",
    "this_quarter",
    "last_quarter",
    "this_calendar_year",
    "last_calendar_year",
)
_LAST_DAYS = re.compile(r"last_([1-9]\d{0,3})_days")


def parse_window(text: str) -> Window | None:
    """Return the window of that name, or None: `last_N_days` (N up to 1095), a calendar one, or `lifetime`."""
    name = _ALIASES.get(text, text)
    if name in CALENDAR or name == LIFETIME:
        return Window(name)
    if (match := _LAST_DAYS.fullmatch(name)) and int(match[1]) <= MAX_DAYS:
        return Window(name, int(match[1]))
    return None


def window_bounds(window: Window, today: date) -> tuple[date, date]:
    """Return the first day and the day after the last.

    `last_N_days` are N days with today as the last. Calendar windows are whole, so `this_month` reaches to the
    end of the month.
    """
    if window.days:
        return today - timedelta(days=window.days - 1), today + timedelta(days=1)
    match window.name:
        case "this_month":
            return _month(today, 0), _month(today, 1)
        case "last_month":
            return _month(today, -1), _month(today, 0)
        case "this_quarter" | "last_quarter":
            start = _month(today, -((today.month - 1) % _MONTHS_OF_QUARTER))
            if window.name == "last_quarter":
                return _month(start, -_MONTHS_OF_QUARTER), start
            return start, _month(start, _MONTHS_OF_QUARTER)
        case "this_calendar_year":
            return date(today.year, 1, 1), date(today.year + 1, 1, 1)
        case "last_calendar_year":
            return date(today.year - 1, 1, 1), date(today.year, 1, 1)
        case "lifetime":
            return date.min, date.max
        case _:
            raise ValueError(f"{window.name} is not a window")


def _month(day: date, months: int) -> date:
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(years, month + 1, 1)
