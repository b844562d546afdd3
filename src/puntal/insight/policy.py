"""What figures say of days to come. Pure."""

from __future__ import annotations

from datetime import date, timedelta

from puntal.insight.model import BurnDown
from puntal.kit.calendar import BEGINNING


def runs_out_on(used: int, most: int, *, since: date, today: date, ends: date | None) -> date | None:
    """Return the local day on which a budget is used up if it goes on as it did since `since`.

    A straight line: used by days that have passed, today included; the day on which the rest is used at that pace.

    Args:
        used: So far, 0 or more.
        most: Of the whole period.
        since: The first day that used something.
        today: The local day.
        ends: First day after the period; None for a lifetime.

    Returns:
        None when nothing was used yet, or the period ends before. A budget that is used up ran out today at the latest.
    """
    left = most - used
    if left <= 0:
        return today
    days = (today - since).days + 1
    if used <= 0 or days < 1:
        return None
    # The least number of days in which the pace, used / days, makes up what is left.
    ahead = -(-left * days // used)
    if ahead > (date.max - today).days:
        return None
    on = today + timedelta(days=ahead)
    return None if ends is not None and on >= ends else on


def burn_down(
    budget: str, measure: str, *, period: tuple[date, date | None], used: int, most: int, since: date, today: date
) -> BurnDown:
    """Return how far a budget is used and when it runs out; `since` is when the period, or its use, began."""
    start, ends = period
    return BurnDown(
        budget=budget,
        measure=measure,
        period_from=None if start == BEGINNING else start,
        period_through=None if ends is None else ends - timedelta(days=1),
        used=used,
        most=most,
        left=max(most - used, 0),
        share=min(used * 100 // most, 100) if most else 100,
        since=since,
        runs_out_on=runs_out_on(used, most, since=since, today=today, ends=ends),
    )
