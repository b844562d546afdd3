"""Recurring days in words: what people choose of the recurrence rules of RFC 5545. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from babel import Locale
from babel.dates import get_day_names, get_month_names
from babel.lists import format_list

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_NTH = re.compile(r"(-1|[1-5])(MO|TU|WE|TH|FR|SA|SU)")
_ORDER = {
    "en": {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", -1: "last"},
    "es": {1: "primer", 2: "segundo", 3: "tercer", 4: "cuarto", 5: "quinto", -1: "último"},
}
_FRAMES = {
    "en": {
        "nth": "on the {v} of the month",
        "span": "on days {a} to {b} of the month",
        "days": "on days {v} of the month",
    },
    "es": {"nth": "el {v} del mes", "span": "los días {a} a {b} del mes", "days": "los días {v} del mes"},
}


def told(rrule: str, locale: Locale) -> str | None:
    """Return days of the month, or months of the year, in words; None for every other rule."""
    parts = dict(part.partition("=")[::2] for part in rrule.upper().split(";"))
    frequency, language = parts.pop("FREQ", ""), "es" if locale.language == "es" else "en"
    if frequency == "MONTHLY" and set(parts) == {"BYDAY"}:
        return _nth_days(parts["BYDAY"].split(","), locale, language)
    if frequency == "MONTHLY" and set(parts) == {"BYMONTHDAY"}:
        return _days_of_month(parts["BYMONTHDAY"].split(","), locale, language)
    if frequency == "YEARLY" and set(parts) == {"BYMONTH", "BYDAY"} and set(parts["BYDAY"].split(",")) == set(DAYS):
        return _months(parts["BYMONTH"].split(","), locale)
    return None


def weekdays(days: Sequence[str], locale: Locale) -> str:
    """Return days of every week in words: `Mondays and Fridays`."""
    names = [get_day_names("wide", locale=locale)[DAYS.index(day)] for day in days]
    # Both languages add an s, but for the Spanish days that have one.
    return str(format_list([name if name.endswith("s") else name + "s" for name in names], locale=locale))


def _nth_days(days: Sequence[str], locale: Locale, language: str) -> str | None:
    found = [_NTH.fullmatch(day) for day in days]
    names = get_day_names("wide", locale=locale)
    each = [f"{_ORDER[language][int(day[1])]} {names[DAYS.index(day[2])]}" for day in found if day is not None]
    if len(each) < len(days):
        return None
    # In Spanish each has its article, the first one in the frame.
    each[1:] = [f"el {day}" if language == "es" else day for day in each[1:]]
    return _FRAMES[language]["nth"].format(v=format_list(each, locale=locale))


def _days_of_month(days: Sequence[str], locale: Locale, language: str) -> str | None:
    if not all(day.isdigit() for day in days):
        return None
    numbers = sorted(int(day) for day in days)
    if len(numbers) > 1 and numbers == list(range(numbers[0], numbers[-1] + 1)):
        return _FRAMES[language]["span"].format(a=numbers[0], b=numbers[-1])
    return _FRAMES[language]["days"].format(v=format_list([str(number) for number in numbers], locale=locale))


def _months(months: Sequence[str], locale: Locale) -> str | None:
    names = get_month_names("wide", locale=locale)
    if not all(month.isdigit() and int(month) in names for month in months):
        return None
    listed = format_list([names[int(month)] for month in months], locale=locale)
    return f"{'en' if locale.language == 'es' else 'in'} {listed}"
