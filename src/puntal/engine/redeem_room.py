"""What a redemption uses of stock, budgets and limits: giving it back, and counting the order that came. Pure.

What was taken is remembered as uses, so that `restore` gives back exactly that, to the windows it came from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from msgspec import Struct

from puntal.engine.bounding import counters
from puntal.engine.model import Running
from puntal.limits import policy as limits
from puntal.limits.model import Bound, BudgetKey, Counter, Used
from puntal.orders.model import Order, Use
from puntal.orders.policy import amounts
from puntal.rewards.model import Redemption, Reward


class Taken(Struct, frozen=True):
    """What a redemption took beside units: remembered with it, and given back when it ends unused."""

    uses: tuple[Use, ...]
    budgets: Mapping[BudgetKey, int]
    """To add to shared counters."""
    bounds: Mapping[BudgetKey, Bound]
    cooled: Mapping[str, datetime | None]
    """Cooldowns that began, and when the one before had."""


class Counted(Struct, frozen=True):
    """What a redemption uses now that its order is known.

    Attributes:
        order_minor: What the order is worth to budgets of order value.
        budgets: To add to shared counters; negative gives back.
        short: The budget that has no room for all of it; of that one only what there is room for is among `uses`.
    """

    order_minor: int
    uses: tuple[Use, ...]
    budgets: Mapping[BudgetKey, int]
    bounds: Mapping[BudgetKey, Bound]
    short: str | None


def bounds_of(reward: Reward, session: str | None) -> tuple[Bound, ...]:
    """Return everything a redemption is under: the member's limits, stock, places, budgets."""
    places = tuple(each.places for each in reward.sessions if each.id == session)
    return (*reward.bounds, *places, *reward.budgets)


def restore(running: Running, uses: Sequence[Use]) -> dict[BudgetKey, int]:
    """Give back what a redemption took; `running` is changed. Returns what to add to shared counters."""
    budgets: dict[BudgetKey, int] = {}
    for use in uses:
        amount = use.amount
        if use.scope == "m":
            counter = {
                "times": Counter(-amount),
                "points": Counter(0, -amount, 0),
                "value": Counter(0, 0, -amount),
            }[use.measure]
            limits.take(running.used, use.key, use.start, counter)
            continue
        if use.measure == "members":
            windows = running.used.get(mark(use.key), {})
            before = windows[use.start].times if use.start in windows else 0
            limits.take(running.used, mark(use.key), use.start, Counter(-amount))
            amount = int(before == amount)
        if amount:
            key = (use.key, use.measure, use.start)
            budgets[key] = budgets.get(key, 0) - amount
    return budgets


def used_by(uses: Iterable[Use]) -> Used:
    """Return what redemptions use of their member's own counters."""
    used: Used = {}
    for use in uses:
        if use.scope == "m":
            counter = Counter(**{use.measure: use.amount})
            limits.take(used, use.key, use.start, counter)
        elif use.measure == "members":
            limits.take(used, mark(use.key), use.start, Counter(use.amount))
    return used


def cool_again(running: Running, cooled: Mapping[str, datetime | None], began: datetime) -> None:
    """Let cooldowns that a redemption began be as before it."""
    for key, before in cooled.items():
        if running.last.get(key) == began:
            if before is None:
                del running.last[key]
            else:
                running.last[key] = before


def lowered(uses: Sequence[Use], *, reserved: int, taken: int) -> tuple[tuple[Use, ...], tuple[Use, ...]]:
    """Part uses of money where less was taken off than reserved: what stays taken, and what to give back."""
    kept: list[Use] = []
    back: list[Use] = []
    for use in uses:
        money = use.measure == "discount" or (use.scope == "m" and use.measure == "value")
        over = min(reserved - taken, use.amount) if money else 0
        if over <= 0:
            kept.append(use)
            continue
        back.append(Use(use.scope, use.key, use.measure, use.start, over))
        if use.amount > over:
            kept.append(Use(use.scope, use.key, use.measure, use.start, use.amount - over))
    return tuple(kept), tuple(back)


def worth_of(order: Order, *, off: int) -> int:
    """Return what an order is worth to budgets of order value: like the carts that were held, its rewards not off yet.

    Args:
        off: What the rewards it names take off its goods, in minor units.
    """
    of = amounts(order)
    return min(sum(of.net) + off, sum(of.subtotal))


def asked_by(reward: Reward | None, made: Redemption, days: Iterable[date]) -> set[BudgetKey]:
    """Return the shared counters that `count_order` may read on some local days."""
    reserved = {(use.key, use.measure, use.start) for use in _reserved(made)}
    if reserved or made.order_minor or reward is None:
        return reserved
    return counters([[bound for bound in reward.budgets if bound.measure == "value"]], days)


def _reserved(made: Redemption) -> list[Use]:
    return [use for use in made.uses if use.measure == "value" and use.scope == "b"]


def count_order(
    reward: Reward | None, made: Redemption, worth: int, *, day: date, used: Mapping[BudgetKey, int]
) -> Counted:
    """Return what a redemption uses of budgets of order value, with the order it was really used on.

    What the order is worth beyond the cart that was held is asked of each budget; what it is worth less goes back,
    unless the redemption was used on it before: orders give back no room. One that was held without a cart asks now.

    Args:
        reward: As it is now; None where the program has it no more.
        made: The redemption.
        worth: Of the order, in minor units.
        day: The local day on which what was not reserved yet counts.
        used: What is used of shared counters.
    """
    asked = () if reward is None else reward.budgets
    bounds = {bound.key: bound for bound in asked if bound.measure == "value"}
    kept: list[Use] = []
    budgets: dict[BudgetKey, int] = {}
    under: dict[BudgetKey, Bound] = {}
    reserved = _reserved(made)
    if not reserved and not made.order_minor:
        reserved = [Use("b", key, "value", limits.window(bound, day), 0) for key, bound in bounds.items()]
    short = None
    for use in reserved:
        key, bound = (use.key, use.measure, use.start), bounds.get(use.key)
        more = worth - use.amount
        if made.order_key is not None:
            more = max(more, 0)
        if bound is not None and more > 0:
            room = max(bound.most - used.get(key, 0), 0)
            if more > room:
                more, short = room, use.key
            under[key] = bound
        if more:
            budgets[key] = more
        if use.amount + more:
            kept.append(Use(use.scope, use.key, use.measure, use.start, use.amount + more))
    others = [use for use in made.uses if use not in reserved]
    return Counted(worth, (*others, *kept), budgets, under, short)


def mark(key: str) -> str:
    """Return under which key a member's own redemptions under a budget of members are counted."""
    return f"member:{key}"


def times(running: Running, bound: Bound, day: date) -> int:
    """Return how often a member redeemed under a budget of members, in the window that holds a day."""
    counter = running.used.get(mark(bound.key), {}).get(limits.window(bound, day))
    return 0 if counter is None else counter.times
