"""What one discount takes from what is left of a cart. Pure.

Each amount is rounded once, for the discount as a whole, halves up, and then spread over the parts; so it is never
more than a part or the cart holds, and the parts add up to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from puntal.rewards.model_carts import Discount, Parts
from puntal.rewards.policy.allocation import half_up, prices, spread


def take(discount: Discount, cart: Parts, left: Sequence[int], steps: int | None = None) -> tuple[list[int], int]:
    """Return what a discount takes per part, and how many portions it took (1 where it has none; 0: nothing).

    Args:
        discount: What it is.
        cart: The parts as they were before any discount.
        left: What the discounts before left of them; taking is what the caller does.
        steps: Most portions that the member's points pay for.
    """
    if discount.kind == "product":
        return _items(discount, cart, left)
    if discount.kind == "portions":
        return _portions(discount, left, discount.steps if steps is None else min(steps, discount.steps))
    if discount.kind == "amount":
        total = discount.value
    else:
        of = cart.amounts if discount.initial else left
        total = half_up(discount.share * sum(of[at] for at in discount.covers))
    parts = spread(_capped(total, discount.most), discount.covers, left)
    return parts, 1 if any(parts) else 0


def _capped(total: int, most: int | None) -> int:
    return total if most is None else min(total, most)


def _portions(discount: Discount, left: Sequence[int], steps: int) -> tuple[list[int], int]:
    room = _capped(sum(left[at] for at in discount.covers), discount.most)
    if discount.share > 0:
        steps = min(steps, int(Fraction(room) / discount.share))
    if steps < discount.least_steps:
        return [0] * len(left), 0
    parts = spread(min(half_up(discount.share * steps), room), discount.covers, left)
    return parts, steps if any(parts) else 0


def _items(discount: Discount, cart: Parts, left: Sequence[int]) -> tuple[list[int], int]:
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
    return out, 1 if any(out) else 0
