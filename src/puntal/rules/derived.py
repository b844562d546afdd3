"""Facts computed from dates and totals, defined once; `fields` says the same in SQL."""

from __future__ import annotations

from datetime import date


def month_day(day: date) -> str:
    """Return `MMDD`, with 28 February of a common year as 0229: leap-day birthdays are kept on it."""
    leap = day.year % 4 == 0 and (day.year % 100 != 0 or day.year % 400 == 0)
    if (day.month, day.day) == (2, 28) and not leap:
        return "0229"
    return f"{day.month:02}{day.day:02}"


def age(birthday: date, today: date) -> int:
    """Return the completed years of life."""
    return today.year - birthday.year - (month_day(today) < f"{birthday.month:02}{birthday.day:02}")


def days_since(day: date, today: date) -> int:
    """Return the local days from `day` to `today`, negative when it is still to come."""
    return (today - day).days


def average_order(spend_minor: int, orders: int) -> int | None:
    """Return the lifetime spend per order in minor units, cut toward zero; None before the first order."""
    if orders == 0:
        return None
    quotient = abs(spend_minor) // orders
    return quotient if spend_minor >= 0 else -quotient
