"""Spreading what a discount takes over the parts of a cart, exactly. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from puntal.kit.shares import share


def part_of(share: Fraction, amount: int) -> int:
    """Return a share of an amount as a whole number, halves up."""
    twice = 2 * share.denominator
    return (2 * share.numerator * amount + share.denominator) // twice


def spread(total: int, covers: Sequence[int], left: Sequence[int]) -> list[int]:
    """Return what each part gives of `total`: by largest remainder, never more than is left of it.

    Only the parts at the positions `covers` give. If they hold less than `total`, they give all they hold.
    """
    out = [0] * len(left)
    held = [left[at] for at in covers]
    for at, part in zip(covers, share(min(total, sum(held)), held), strict=True):
        out[at] = part
    return out


def prices(amount: int, quantity: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return what the items of a part cost: a price and how many have it, then one unit more and how many have that.

    They add up to the amount: three for 10.00 are two for 3.33 and one for 3.34. Nothing counted as an item is one.
    """
    quantity = max(quantity, 1)
    low, more = divmod(amount, quantity)
    return (low, quantity - more), (low + 1, more)


def in_proportion(total: int, left: int, whole: int) -> int:
    """Return what stays of `total`, such as a tax, when `left` stays of the `whole` it is on; halves up."""
    return 0 if whole == 0 else (2 * total * left + whole) // (2 * whole)
