"""What one discount takes from what is left of a cart. Pure.

Each amount is rounded once, for the discount as a whole, halves up, and then spread over the parts; so it is never
more than a part or the cart holds, and the parts add up to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from puntal.rewards.model_carts import Discount, Parts
from puntal.rewards.policy.allocation import part_of, prices, spread


def take(discount: Discount, cart: Parts, left: Sequence[int], steps: int | None = None) -> tuple[list[int], int]:
    """Return what a discount takes per part, and how many portions it took (1 where it has none; 0: nothing).

    Args:
        discount: What it is.
        cart: The parts as they were before any discount.
        left: What the discounts before left of them; taking is what the caller does.
        steps: Most portions that the member's points pay for.
    """
    if discount.kind == "product":
        parts = _items(discount, cart, left)
        return parts, 1 if any(parts) else 0
    total, count = total_of(discount, cart, left, steps)
    return spread(total, discount.covers, left) if count else [0] * len(left), count


def total_of(discount: Discount, cart: Parts, left: Sequence[int], steps: int | None = None) -> tuple[int, int]:
    """Return what `take` takes in all, without saying of which part, and how many portions."""
    if discount.kind == "product":
        total = sum(_items(discount, cart, left))
        return total, 1 if total else 0
    covers = discount.covers
    held = sum([left[at] for at in covers])
    most = held if discount.most is None or discount.most > held else discount.most
    if discount.kind == "portions":
        return _portions(discount, most, discount.steps if steps is None else min(steps, discount.steps))
    if discount.kind == "amount":
        total = discount.value
    else:
        total = part_of(discount.share, sum([cart.amounts[at] for at in covers]) if discount.initial else held)
    total = min(total, most)
    return total, 1 if total else 0


def _portions(discount: Discount, room: int, steps: int) -> tuple[int, int]:
    if discount.share > 0:
        steps = min(steps, int(Fraction(room) / discount.share))
    if steps < discount.least_steps:
        return 0, 0
    total = min(part_of(discount.share, steps), room)
    return total, steps if total else 0


def _items(discount: Discount, cart: Parts, left: Sequence[int]) -> list[int]:
    """Take items by the price each has now, the cheapest or the dearest of all covered parts first."""
    out = [0] * len(left)
    items = discount.items
    offered = [
        (price, count, at) for at in discount.covers for price, count in prices(left[at], cart.quantities[at]) if count
    ]
    for price, count, at in sorted(offered, key=lambda each: -each[0] if discount.dearest else each[0]):
        if items == 0:
            break
        out[at] += min(items, count) * max(price - discount.value, 0)
        items -= min(items, count)
    if discount.most is not None and sum(out) > discount.most:
        out = spread(discount.most, range(len(out)), out)
    return out
