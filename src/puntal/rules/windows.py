"""Windows of program-local days, shared by the loader of facts and the SQL."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta

from puntal.kit.calendar import Period, period_end, period_start
from puntal.rules.model import Window

MAX_DAYS = 1095
LIFETIME = "lifetime"
_ALIASES = {"this_year": "this_calendar_year", "last_year": "last_calendar_year"}
_PERIODS: Mapping[str, Period] = {
    "this_month": "month",
    "last_month": "month",
    "this_quarter": "quarter",
    "last_quarter": "quarter",
    "this_calendar_year": "year",
    "last_calendar_year": "year",
}
_LAST_DAYS = re.compile(r"last_([1-9]\d{0,3})_days")


def parse_window(text: str) -> Window | None:
    """Return the window of that name, or None: `last_N_days` (N up to 1095), a calendar one, or `lifetime`."""
    name = _ALIASES.get(text, text)
    if name in _PERIODS or name == LIFETIME:
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
        case "lifetime":
            return date.min, date.max
        case "this_month" | "this_quarter" | "this_calendar_year":
            start = period_start(today, _PERIODS[window.name])
            end = period_end(today, _PERIODS[window.name])
            assert end is not None
            return start, end
        case "last_month" | "last_quarter" | "last_calendar_year":
            end = period_start(today, _PERIODS[window.name])
            return period_start(end - timedelta(days=1), _PERIODS[window.name]), end
        case _:
            raise ValueError(f"{window.name} is not a window")
