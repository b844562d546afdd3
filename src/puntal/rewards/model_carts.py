"""The nouns of discounts on one cart: what a discount takes, which may go together, what was chosen. Pure.

A cart's *parts* are its lines in order and, last, its shipping. Amounts are minor units of the cart's currency.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Literal, NamedTuple

from msgspec import Struct

Conflict = Literal["best_for_member", "priority", "first"]
Patience = Callable[[], bool]
"""Asked now and then by a long search: whether it may go on."""
UNGROUPED = ""
"""The group of discounts that name none: one of them per order, with nothing else."""


class Parts(NamedTuple):
    """What discounts are taken from: amounts after the lines' own discounts, and how many items each part has."""

    amounts: Sequence[int]
    quantities: Sequence[int]


class Discount(Struct, frozen=True):
    """What one reward or voucher takes, asked of one cart.

    `amount` takes `value`; `percent` takes `share` of what it covers; `product` leaves each of `items` at the price
    `value`; `portions` takes `share` (an amount) for each of up to `steps` portions, and stops where a whole one no
    longer fits.
    """

    kind: Literal["amount", "percent", "product", "portions"]
    covers: tuple[int, ...]
    """Positions of parts."""
    value: int = 0
    share: Fraction = Fraction(0)
    most: int | None = None
    initial: bool = False
    """A percentage is of the price at first, not of what other discounts left."""
    items: int = 0
    dearest: bool = False
    """The dearest items first; else the cheapest."""
    steps: int = 0
    least_steps: int = 1


class Cost(Struct, frozen=True):
    """What a discount costs in a wallet's smallest units; of portions: each."""

    wallet: int
    units: int
    worth: Fraction = Fraction(0)
    """Of one unit, in minor units."""


class Candidate(Struct, frozen=True):
    """One discount that the member may have on this cart, if it goes together with the others."""

    id: str
    discount: Discount
    group: str = UNGROUPED
    priority: int = 0
    """Higher goes first inside its group."""
    cost: Cost | None = None
    chosen: bool = False
    """The member picked it: her points are offered for it, and it goes before what nobody picked."""
    payment: bool = False
    """Points used as payment: no discount, so outside groups and limits, and taken last."""


class Group(Struct, frozen=True):
    """Which other groups a group goes together with, and how many of it one order (or line) may have."""

    exclusive: bool = False
    joint: frozenset[str] = frozenset()
    limit: int = 1


class Stacking(Struct, frozen=True):
    """How discounts combine. By default one per order, the best for the member."""

    groups: Mapping[str, Group] = {}
    order: tuple[str, ...] = ()
    """Of applying, by group; groups not named come last."""
    conflict: Conflict = "best_for_member"
    limit: int = 5
    by_line: bool = False
    """Two that do not go together may still take from different lines."""
    initial: bool = False


class Purse(NamedTuple):
    """Units by wallet ordinal: what the member could spend, and what she offered beside what she picked."""

    has: Mapping[int, int]
    offers: Mapping[int, int]


class Applied(Struct, frozen=True):
    """One discount as used: per part, its sum, and what is paid for it."""

    id: str
    parts: tuple[int, ...]
    total: int
    wallet: int | None = None
    units: int = 0
    worth: int = 0
    """Of the units, in minor units."""


class Refused(Struct, frozen=True):
    """One discount that was not used, why, and which other was in the way."""

    id: str
    code: str
    by: str | None = None


class Combination(Struct, frozen=True):
    """The discounts used, in the order they are taken; `left` is what stays of each part."""

    used: tuple[Applied, ...]
    refused: tuple[Refused, ...]
    left: tuple[int, ...]
    exact: bool
    """Provably the best allowed one; else the best found in time."""

    @property
    def total(self) -> int:
        """What all of them take."""
        return sum(one.total for one in self.used)

    @property
    def gain(self) -> int:
        """What the member gains: discounts less the worth of points spent on them."""
        return sum(one.total - one.worth for one in self.used)


EXCLUDED = "reward.not_together"
TOO_MANY = "reward.too_many"
NOTHING_LEFT = "reward.nothing_left"
NOT_OFFERED = "reward.points_not_offered"
TOO_FEW_POINTS = "reward.points_short"
NOT_WORTH_IT = "reward.not_worth_it"
NOT_BEST = "reward.not_best"
