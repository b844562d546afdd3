"""Room under limits, caps and budgets: how much fits, taking it, giving it back. Pure."""

from __future__ import annotations

from puntal.earning.model import Given
from puntal.engine.work import Work
from puntal.limits import policy as limits
from puntal.limits.model import Counter, Window
from puntal.orders.model import OrderAward, Use
from puntal.points import policy as points

BALANCE = "balance"
"""What cut an award that the wallet's balance cap left no room for."""


def payable(work: Work, given: Given) -> tuple[int, str | None]:
    """Return how much of an award fits under everything, and what cut it."""
    amount, by = given.points, None
    counted = given.rule.id in work.times
    used, shared, taken = work.running.used, work.state.budgets, work.budgets
    for window in work.program.windows_of(given.rule.id, given.wallet, work.day):
        bound = window.bound
        # The second award of a rule for one event is not another time, nor other money.
        if counted and bound.measure != "points":
            continue
        if bound.measure == "members" and _member_count(work, window):
            continue
        fits = limits.cut(amount, given.base, bound, limits.left(window, used, shared, taken))
        if fits < amount:
            amount, by = fits, bound.key
    left = points.room(work.books, work.program.terms[given.wallet])
    if left is not None and amount > left:
        amount, by = left, BALANCE
    return amount, by


def take(work: Work, given: Given) -> list[Use]:
    """Take the room in every counter; return what to give back when the award is reversed."""
    uses: list[Use] = []
    windows = work.program.windows_of(given.rule.id, given.wallet, work.day)
    if not windows:
        return uses
    first = given.rule.id not in work.times
    # Of an award that was cut, the money that the rest was earned on: that much there was room for.
    times, value = (1, given.base * given.points // given.uncut) if first else (0, 0)
    for window in windows:
        bound, start = window.bound, window.start
        if bound.scope == "b":
            amount = given.points if bound.measure == "points" else value if bound.measure == "value" else times
            if amount:
                uses.append(Use("b", bound.key, bound.measure, start, amount))
                if bound.measure != "members" or _join(work, window):
                    work.budgets[window.counter] = work.budgets.get(window.counter, 0) + amount
                    work.budget_bounds[window.counter] = bound
        elif window.first:
            limits.take(work.running.used, bound.key, start, Counter(times, given.points, value))
            limits.prune(work.running.used, bound.key, bound, work.day, work.program.late_days)
            uses.append(Use("m", bound.key, "points", start, given.points))
            if value:
                uses.append(Use("m", bound.key, "value", start, value))
            if first:
                uses.append(Use("m", bound.key, "times", start, 1))
    return uses


def adjust(work: Work, given: OrderAward, taken: int) -> None:
    """Give room back as points are taken, or take it again as they are given again.

    Args:
        work: The decision in the making.
        given: The award, as it is now.
        taken: How many of its units had been taken back before.
    """
    for use in given.uses:
        change = given.still_used(use, sum(given.taken)) - given.still_used(use, taken)
        if change:
            _change(work, use, change)


def _change(work: Work, use: Use, amount: int) -> None:
    if use.scope == "m":
        counter = {
            "points": Counter(0, amount, 0),
            "value": Counter(0, 0, amount),
            "times": Counter(amount, 0, 0),
        }[use.measure]
        limits.take(work.running.used, use.key, use.start, counter)
        return
    if use.measure == "members":
        mark = _mark(use.key)
        before = _times(work, mark, use)
        limits.take(work.running.used, mark, use.start, Counter(amount))
        after = _times(work, mark, use)
        amount = int(after > 0) - int(before > 0)
    if amount:
        key = (use.key, use.measure, use.start)
        work.budgets[key] = work.budgets.get(key, 0) + amount


def _mark(key: str) -> str:
    """Return under which key a member's own awards under a budget of members are counted."""
    return f"member:{key}"


def _times(work: Work, key: str, use: Use) -> int:
    counter = work.running.used.get(key, {}).get(use.start)
    return 0 if counter is None else counter.times


def _member_count(work: Work, window: Window) -> int:
    counter = work.running.used.get(_mark(window.bound.key), {}).get(window.start)
    return 0 if counter is None else counter.times


def _join(work: Work, window: Window) -> bool:
    """Count one more award of this member under a budget of members; return whether she is new to it."""
    new, bound = not _member_count(work, window), window.bound
    limits.take(work.running.used, _mark(bound.key), window.start, Counter(1))
    limits.prune(work.running.used, _mark(bound.key), bound, work.day, work.program.late_days)
    return new
