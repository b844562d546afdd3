"""Goals: which figures can be one, how far one is, and what is told of it when. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction

from puntal.insight.model_home import Goal, Growth, Pace, Progress
from puntal.insight.model_kpis import Figure

MARKS = (50, 80, 100)
"""Percent of the way at which a goal is told of."""

MOST_GOALS = 50
COMFORT = Fraction(5, 100)
"""A forecast so much of the way beyond its target is ahead, and not only on track."""
FIRST_WORD = Fraction(1)
"""Days before anything is forecast: the sales of one morning, made a quarter, say nothing."""

_SUMS = (
    "new_members active_members participating_members orders sales member_orders member_sales guest_orders guest_sales"
    " buyers influenced_orders influenced_sales incentive_cost"
)
_RATES = (
    "active_rate participation_rate average_order member_average_order guest_average_order average_order_uplift"
    " membership_rate repeat_purchase_rate repeat_customer_rate purchase_frequency incentive_roi"
)
OF_PROGRAM: Mapping[str, Growth] = {
    **dict.fromkeys(_SUMS.split(), "sum"),
    **dict.fromkeys(_RATES.split(), "rate"),
    "members": "level",
}
OF_WALLET: Mapping[str, Growth] = {
    "earned": "sum",
    "spent": "sum",
    "expired": "sum",
    "closing": "level",
    "redemption_rate_period": "rate",
    "redemption_rate_lifetime": "rate",
    "breakage_rate": "rate",
}


def growth(metric: str) -> Growth | None:
    """Return how a figure grows; None: no figure that can be a goal."""
    return OF_PROGRAM.get(metric) or OF_WALLET.get(metric)


def progress(goal: Goal, figures: Sequence[Figure], *, today: date, passed: Fraction) -> Progress:
    """Return how far a goal is.

    Args:
        goal: With its period.
        figures: Of the part of its period that has come: from its first day to today or its last.
        today: The program's local day.
        passed: Of today, 0 to 1: what was sold by noon was sold in half a day.
    """
    found = next(one for one in figures if (one.id, one.wallet) == (goal.metric, goal.wallet))
    value = None if found.value is None else Fraction(found.value)
    total = (goal.through - goal.since).days + 1
    over = min(max((today - goal.since).days, 0), total)
    elapsed = min(over + passed, Fraction(total)) if today >= goal.since else Fraction(0)
    kind = growth(goal.metric)
    start = Fraction(0)
    if kind == "level":
        by = {(one.id, one.wallet): one.value for one in figures}
        before = by.get(("opening", goal.wallet))
        start = Fraction(before if before is not None else (by["members", None] or 0) - (by["new_members", None] or 0))
    way = goal.target - start
    expected = goal.target if kind == "rate" else start + way * Fraction(over, total)
    running = goal.since <= today <= goal.through
    forecast = None
    if kind != "rate" and value is not None and elapsed >= FIRST_WORD:
        forecast = start + (value - start) * total / elapsed
    share = 0 if value is None else 100 if way == 0 else max(math.floor((value - start) * 100 / way), 0)
    return Progress(
        goal=goal,
        figure=found,
        unit=found.unit,
        value=None if today < goal.since else value,
        expected=expected,
        forecast=forecast,
        share=share if today >= goal.since else 0,
        pace=_pace(goal, kind or "rate", value, forecast, way=way, today=today),
        days_left=(goal.through - today).days if running else 0 if today > goal.through else total,
    )


def meets(goal: Goal, value: Fraction) -> bool:
    """Return whether a value is what the goal wants."""
    return value <= goal.target if goal.direction == "at_most" else value >= goal.target


def _pace(
    goal: Goal, kind: Growth, value: Fraction | None, forecast: Fraction | None, *, way: Fraction, today: date
) -> Pace:
    if today < goal.since:
        return "not_begun"
    met = value is not None and meets(goal, value)
    if today > goal.through:
        return "reached" if met else "missed"
    if value is None or kind == "rate":
        return "begun" if value is None else "on_track" if met else "behind"
    return _course(goal, kind, forecast, met=met, way=way)


def _course(goal: Goal, kind: Growth, forecast: Fraction | None, *, met: bool, way: Fraction) -> Pace:
    """Return where a running goal stands: what stands already, or else what its forecast says and nothing more."""
    limited = goal.direction == "at_most"
    if kind == "sum" and met != limited:
        # There already; or beyond a limit, and what was counted does not go down again.
        return "reached" if met else "missed"
    if forecast is None:
        return "begun"
    if not meets(goal, forecast):
        return "behind"
    if met and not limited:
        # Of a level that falls the forecast says whether it stays there.
        return "reached"
    return "ahead" if abs(forecast - goal.target) > abs(way) * COMFORT else "on_track"


def untold(found: Progress, *, today: date) -> list[tuple[str, str]]:
    """Return what to tell of a goal now: the kind of happening, and the word under which it is told once.

    Marks only where more is wanted: of a limit, being half used up is no news. Being behind is told once a week.
    """
    goal, said = found.goal, []
    if goal.direction == "at_least" and goal.since <= today and found.value is not None:
        said += [("goal.progressed", f"mark:{mark}") for mark in MARKS if found.share >= mark][-1:]
    if found.pace == "behind":
        said.append(("goal.behind", f"behind:{today - timedelta(days=today.weekday())}"))
    if found.pace == "missed":
        said.append(("goal.missed", "missed"))
    return [(kind, word) for kind, word in said if word not in goal.told]
