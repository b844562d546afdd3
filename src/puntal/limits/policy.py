"""How much room is left under limits and budgets, and using it. Pure.

Windows are those of the local day the event happened; what is used of them is as of now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from puntal.kit.calendar import BEGINNING, add_months, period_start
from puntal.limits.model import Bound, BudgetKey, Cooldown, Counter, Measure, Used, Window
from puntal.programs.document.earning import Budget, Limit, RollingWindow
from puntal.programs.document.values import Span

_KEPT_WINDOWS = 4
"""Calendar windows per limit that are kept without asking whether late events still reach them."""
_SPANS = {"minutes": 60, "hours": 3600, "days": 86400, "weeks": 604800, "months": 2678400, "years": 31622400}


def _rolling(span: Span) -> tuple[int, int]:
    match span.unit:
        case "months":
            return 0, span.count
        case "years":
            return 0, 12 * span.count
        case "weeks":
            return 7 * span.count, 0
        case _:
            return span.count, 0


def compile_limits(key: str, limits: Sequence[Limit]) -> tuple[tuple[Bound, ...], tuple[Cooldown, ...]]:
    """Compile a rule's (or shared) limits per member; `key` must be the same in every revision."""
    bounds = []
    cooldowns = []
    for index, limit in enumerate(limits):
        name = key if index == 0 else f"{key}#{index}"
        days, months = _rolling(limit.per.rolling) if isinstance(limit.per, RollingWindow) else (0, 0)
        period = "lifetime" if isinstance(limit.per, RollingWindow) else limit.per
        measures: list[tuple[Measure, int | None]] = [
            ("times", limit.times),
            ("points", limit.points),
            ("value", None if limit.value is None else limit.value.minor),
        ]
        bounds += [
            Bound(name, "m", measure, most, period, days, months, truncate=limit.when_short == "truncate")
            for measure, most in measures
            if most is not None
        ]
        if limit.cooldown is not None:
            seconds = limit.cooldown.count * _SPANS[limit.cooldown.unit]
            cooldowns.append(Cooldown(name, timedelta(seconds=seconds)))
    return tuple(bounds), tuple(cooldowns)


def compile_budget(key: str, budget: Budget) -> tuple[Bound, ...]:
    """Compile a budget of all members together."""
    measures: list[tuple[Measure, int | None]] = [
        ("points", budget.points),
        ("times", budget.times),
        ("members", budget.members),
        ("value", None if budget.order_value is None else budget.order_value.minor),
    ]
    return tuple(
        Bound(
            key,
            "b",
            measure,
            most,
            budget.per,
            truncate=budget.when_short == "truncate",
            alerts=tuple(sorted(share.of(most) for share in budget.alert)),
        )
        for measure, most in measures
        if most is not None
    )


def window(bound: Bound, day: date) -> date:
    """Return where what is used on `day` is counted: the period's first day, or the day itself when rolling."""
    return day if bound.days or bound.months else period_start(day, bound.period)


def windows(bounds: Sequence[Bound], day: date) -> tuple[Window, ...]:
    """Return the windows of several bounds that what is used on a local day counts in."""
    starts = [window(bound, day) for bound in bounds]
    return tuple(
        Window(bound, start, (bound.key, bound.measure, start), bound.key not in {each.key for each in bounds[:n]})
        for n, (bound, start) in enumerate(zip(bounds, starts, strict=True))
    )


def used_by_member(bound: Bound, used: Used, start: date) -> int:
    """Return what the member used of a bound in one of its windows, named as by `window`."""
    windows = used.get(bound.key)
    if not windows:
        return 0
    if not bound.days and not bound.months:
        counter = windows.get(start)
        return 0 if counter is None else _figure(counter, bound.measure)
    since = add_months(start, -bound.months) if bound.months else start - timedelta(days=bound.days)
    return sum([_figure(counter, bound.measure) for at, counter in windows.items() if since < at <= start])


def _figure(counter: Counter, measure: Measure) -> int:
    if measure == "points":
        return counter.points
    return counter.value if measure == "value" else counter.times


def left(window: Window, used: Used, budgets: Mapping[BudgetKey, int], taken: Mapping[BudgetKey, int]) -> int:
    """Return the room under one bound, at least 0. `taken` is what this decision took already."""
    bound = window.bound
    if bound.scope == "m":
        gone = used_by_member(bound, used, window.start)
    else:
        gone = budgets.get(window.counter, 0) + taken.get(window.counter, 0)
    return bound.most - gone if bound.most > gone else 0


def cut(points: int, value: int, bound: Bound, room: int) -> int:
    """Return how many of `points` fit under a bound with `room` left; `value` is the money they were earned on."""
    if bound.measure == "points":
        needed, fits = points, room
    elif bound.measure == "value":
        needed, fits = value, points if value <= room else points * room // value
    else:
        needed, fits = 1, points if room >= 1 else 0
    if needed <= room:
        return points
    return fits if bound.truncate else 0


def take(used: Used, key: str, start: date, counter: Counter) -> None:
    """Add to what a member used in one window; negative gives back. Changes `used`, and none of its windows."""
    windows = used[key] = dict(used.get(key, ()))
    before = windows.get(start)
    if counter.times >= 0 and counter.points >= 0 and counter.value >= 0:
        windows[start] = counter if before is None else Counter(
            before.times + counter.times, before.points + counter.points, before.value + counter.value
        )  # fmt: skip
    elif before is None:
        # A window that was forgotten has nothing to give back to.
        windows[start] = Counter(max(counter.times, 0), max(counter.points, 0), max(counter.value, 0))
    else:
        windows[start] = Counter(
            max(before.times + counter.times, 0),
            max(before.points + counter.points, 0),
            max(before.value + counter.value, 0),
        )


def prune(used: Used, key: str, bound: Bound, day: date, late_days: int) -> None:
    """Forget windows that no event can reach any more."""
    windows = used.get(key)
    if windows is None:
        return
    if bound.days or bound.months:
        if len(windows) <= _KEPT_WINDOWS:
            return
        since = (add_months(day, -bound.months) if bound.months else day - timedelta(days=bound.days)) - timedelta(
            days=late_days
        )
        used[key] = {at: counter for at, counter in windows.items() if at >= since or at == BEGINNING}
    elif len(windows) > _KEPT_WINDOWS:
        since = period_start(day - timedelta(days=late_days), bound.period)
        used[key] = {at: counter for at, counter in windows.items() if at >= since}
