"""Room under limits, caps and budgets: how much fits, taking it, giving it back. Pure."""

from __future__ import annotations

from puntal.earning.model import Given
from puntal.engine.work import Work
from puntal.limits import policy as limits
from puntal.limits.model import Bound, Counter
from puntal.orders.model import OrderAward, Use
from puntal.points import policy as points

BALANCE = "balance"
"""What cut an award that the wallet's balance cap left no room for."""


def payable(work: Work, given: Given) -> tuple[int, str | None]:
    """Return how much of an award fits under everything, and what cut it."""
    amount, by = given.points, None
    counted = given.rule.id in work.times
    for bound in work.program.bounds_of(given.rule.id, given.wallet):
        # The second award of a rule for one event is not another time, nor other money.
        if counted and bound.measure != "points":
            continue
        if bound.measure == "members" and _member_count(work, bound):
            continue
        room = limits.left(bound, work.day, work.running.used, work.state.budgets, work.budgets)
        fits = limits.cut(amount, given.base, bound, room)
        if fits < amount:
            amount, by = fits, bound.key
    left = points.room(work.books, work.program.terms[given.wallet])
    if left is not None and amount > left:
        amount, by = left, BALANCE
    return amount, by


def take(work: Work, given: Given) -> list[Use]:
    """Take the room in every counter; return what to give back when the award is reversed."""
    uses: list[Use] = []
    bounds = work.program.bounds_of(given.rule.id, given.wallet)
    if not bounds:
        return uses
    first = given.rule.id not in work.times
    # Of an award that was cut, the money that the rest was earned on: that much there was room for.
    times, value = (1, given.base * given.points // given.uncut) if first else (0, 0)
    counted: set[str] = set()
    for bound in bounds:
        start = limits.window(bound, work.day)
        if bound.scope == "b":
            amount = {"points": given.points, "value": value, "times": times, "members": times}[bound.measure]
            if amount:
                uses.append(Use("b", bound.key, bound.measure, start, amount))
                if bound.measure != "members" or _join(work, bound):
                    _add(work, bound, amount)
        elif bound.key not in counted:
            counted.add(bound.key)
            limits.take(work.running.used, bound.key, start, Counter(times, given.points, value))
            limits.prune(work.running.used, bound.key, bound, work.day, work.program.late_days)
            uses.append(Use("m", bound.key, "points", start, given.points))
            if first:
                uses.append(Use("m", bound.key, "value", start, value))
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


def _member_count(work: Work, bound: Bound) -> int:
    windows = work.running.used.get(_mark(bound.key))
    if windows is None:
        return 0
    counter = windows.get(limits.window(bound, work.day))
    return 0 if counter is None else counter.times


def _join(work: Work, bound: Bound) -> bool:
    """Count one more award of this member under a budget of members; return whether she is new to it."""
    new = not _member_count(work, bound)
    limits.take(work.running.used, _mark(bound.key), limits.window(bound, work.day), Counter(1))
    limits.prune(work.running.used, _mark(bound.key), bound, work.day, work.program.late_days)
    return new


def _add(work: Work, bound: Bound, amount: int) -> None:
    shared = (bound.key, bound.measure, limits.window(bound, work.day))
    work.budgets[shared] = work.budgets.get(shared, 0) + amount
    work.budget_bounds[shared] = bound
