"""What each discount of a cart takes and costs, and which may stand beside which. Pure.

A discount goes together with one of another group if either group names the other as joint and neither is exclusive;
of one group as many are used as it allows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from puntal.rewards.model_carts import (
    EXCLUDED,
    NOT_BEST,
    NOT_OFFERED,
    NOT_WORTH_IT,
    NOTHING_LEFT,
    TOO_FEW_POINTS,
    TOO_MANY,
    Applied,
    Candidate,
    Parts,
    Purse,
    Refused,
    Stacking,
)
from puntal.rewards.policy.allocation import part_of
from puntal.rewards.policy.discounts import take, total_of

Spent = dict[tuple[int, bool], int]
"""Units by wallet, and whether on something that was picked."""


def together(stacking: Stacking, one: str, other: str) -> bool:
    """Return whether discounts of two different groups may both be used."""
    groups = stacking.groups
    first, second = groups.get(one), groups.get(other)
    if (first is not None and first.exclusive) or (second is not None and second.exclusive):
        return False
    return (first is not None and other in first.joint) or (second is not None and one in second.joint)


class Taken(NamedTuple):
    """What one discount does where it stands: what is left after it, its sum, units spent, their worth."""

    left: Sequence[int]
    parts: Sequence[int]
    total: int
    units: int
    worth: int


class Table:
    """The candidates in the order of applying, by position, and what may stand beside what."""

    def __init__(self, ranked: Sequence[Candidate], cart: Parts, stacking: Stacking, purse: Purse) -> None:
        self.all = ranked
        self.cart = cart
        self.stacking = stacking
        self.purse = purse
        self.touches = [set(each.discount.covers) for each in ranked]
        self.alone = [self._alone(at) for at in range(len(ranked))]
        self.limits = [self._limit(each.group) for each in ranked]
        self.apart = self._apart()

    def _limit(self, group: str) -> int:
        known = self.stacking.groups.get(group)
        return 1 if known is None else known.limit

    def _apart(self) -> list[int]:
        """Return, as bits, which others of other groups each candidate may not stand beside."""
        of_group: dict[str, int] = {}
        for at, each in enumerate(self.all):
            if not each.payment:
                of_group[each.group] = of_group.get(each.group, 0) | 1 << at
        apart = {
            group: sum(
                bits for other, bits in of_group.items() if other != group and not together(self.stacking, group, other)
            )
            for group in of_group
        }
        out = [0 if each.payment else apart[each.group] for each in self.all]
        if self.stacking.by_line:
            for at, bits in enumerate(out):
                meeting = sum(1 << other for other, parts in enumerate(self.touches) if parts & self.touches[at])
                out[at] = bits & meeting
        return out

    def _alone(self, at: int) -> Taken:
        """Return what a candidate takes of the whole cart, without saying of which part."""
        whole = self.cart.amounts
        total, count = total_of(self.all[at].discount, self.cart, whole, self._steps(at, {}))
        units, worth = self._price(at, count)
        return Taken(whole, (), total, units, worth)

    def take(self, at: int, left: Sequence[int], spent: Spent) -> Taken:
        """Return what a candidate takes of what is left, when so much of each wallet is spent already."""
        parts, count = take(self.all[at].discount, self.cart, left, self._steps(at, spent))
        if not count:
            return Taken(left, parts, 0, 0, 0)
        units, worth = self._price(at, count)
        return Taken([had - part for had, part in zip(left, parts, strict=True)], parts, sum(parts), units, worth)

    def _steps(self, at: int, spent: Spent) -> int | None:
        """Return for how many portions the points suffice."""
        mine = self.all[at]
        if mine.cost is None or not mine.cost.units or mine.discount.kind != "portions":
            return None
        return self._room(at, mine.cost.wallet, spent) // mine.cost.units

    def _price(self, at: int, count: int) -> tuple[int, int]:
        """Return what so many portions cost, in units and in what those are worth."""
        mine = self.all[at]
        if mine.cost is None or not count:
            return 0, 0
        units = mine.cost.units * (count if mine.discount.kind == "portions" else 1)
        return units, part_of(mine.cost.worth, units)

    def live(self) -> list[int]:
        """Return the candidates that take something and can be paid for, on their own."""
        return [at for at, alone in enumerate(self.alone) if alone.total and self.short(at, alone.units, {}) is None]

    def _room(self, at: int, wallet: int, spent: Spent) -> int:
        """Return how many units a candidate may cost."""
        on_others = spent.get((wallet, False), 0)
        room = self.purse.has.get(wallet, 0) - spent.get((wallet, True), 0) - on_others
        return room if self.all[at].chosen else min(room, self.purse.offers.get(wallet, 0) - on_others)

    def short(self, at: int, units: int, spent: Spent) -> str | None:
        """Return why points do not suffice for so many units."""
        mine = self.all[at]
        if mine.cost is None or units <= self._room(at, mine.cost.wallet, spent):
            return None
        whole = spent.get((mine.cost.wallet, True), 0) + spent.get((mine.cost.wallet, False), 0) + units
        return TOO_FEW_POINTS if whole > self.purse.has.get(mine.cost.wallet, 0) else NOT_OFFERED

    def pay(self, at: int, units: int, spent: Spent) -> bool:
        """Note what a candidate costs in `spent`; False where it may not be spent."""
        cost = self.all[at].cost
        if cost is None or units == 0:
            return True
        if self.short(at, units, spent) is not None:
            return False
        key = (cost.wallet, self.all[at].chosen)
        spent[key] = spent.get(key, 0) + units
        return True

    def barred(self, at: int, members: Sequence[int]) -> tuple[str, str | None] | None:
        """Return why a candidate may not stand beside these, and which of them is in the way."""
        mine = self.all[at]
        if mine.payment:
            return None
        for other in members:
            if self.apart[at] >> other & 1:
                return EXCLUDED, self.all[other].id
        same = [other for other in members if self.all[other].group == mine.group and not self.all[other].payment]
        if len(same) >= self.limits[at] and self._full(at, same):
            return EXCLUDED, self.all[same[0]].id
        if sum(not self.all[other].payment for other in members) >= self.stacking.limit:
            return TOO_MANY, None
        return None

    def _full(self, at: int, same: Sequence[int]) -> bool:
        if not self.stacking.by_line:
            return True
        return any(sum(part in self.touches[other] for other in same) >= self.limits[at] for part in self.touches[at])

    def one_after_another(self, order: Sequence[int]) -> list[int]:
        """Return what stands when each in turn is used if it may be."""
        members: list[int] = []
        spent: Spent = {}
        for at in order:
            alone = self.alone[at]
            if not self.all[at].chosen and alone.units and alone.total <= alone.worth:
                continue
            if self.barred(at, members) is None and self.pay(at, alone.units, spent):
                members.append(at)
        return sorted(members)

    def apply(self, members: Sequence[int]) -> tuple[tuple[Applied, ...], tuple[int, ...]]:
        """Return what these take one after the other, without those that take nothing, and what is left."""
        left: Sequence[int] = self.cart.amounts
        spent: Spent = {}
        used = []
        for at in members:
            cost = self.all[at].cost
            taken = self.take(at, left, spent)
            # What a portion leaves in the purse may be too little for what comes after it.
            if not taken.total or not self.pay(at, taken.units, spent):
                continue
            left = taken.left
            wallet = None if cost is None or not taken.units else cost.wallet
            used.append(Applied(self.all[at].id, tuple(taken.parts), taken.total, wallet, taken.units, taken.worth))
        return tuple(used), tuple(left)

    def refused(self, used: Sequence[Applied], *, exact: bool) -> tuple[Refused, ...]:
        """Return why each of the others is not used."""
        applied = {one.id: one for one in used}
        standing = [at for at, each in enumerate(self.all) if each.id in applied]
        spent: Spent = {}
        for at in standing:
            self.pay(at, applied[self.all[at].id].units, spent)
        out = []
        for at, each in enumerate(self.all):
            if each.id not in applied:
                code, by = self._why_not(at, standing, spent, exact=exact)
                out.append(Refused(each.id, code, by))
        return tuple(out)

    def _why_not(self, at: int, standing: Sequence[int], spent: Spent, *, exact: bool) -> tuple[str, str | None]:
        alone = self.alone[at]
        if not alone.total:
            return self._nothing(at), None
        short = self.short(at, alone.units, {})
        if short is not None:
            return short, None
        barred = self.barred(at, standing)
        if barred is not None:
            return barred
        short = self.short(at, alone.units, spent)
        if short is not None:
            return short, None
        if not self.all[at].chosen and alone.units and alone.total <= alone.worth:
            return NOT_WORTH_IT, None
        _, left = self.apply(sorted((*standing, at)))
        before = self.apply(standing)[1]
        return (NOTHING_LEFT if exact and sum(left) >= sum(before) else NOT_BEST), None

    def _nothing(self, at: int) -> str:
        """Return why a candidate takes nothing of the whole cart: it holds too little, or the member does."""
        mine = self.all[at]
        if mine.cost is None or mine.discount.kind != "portions":
            return NOTHING_LEFT
        return TOO_FEW_POINTS if take(mine.discount, self.cart, self.cart.amounts)[1] else NOTHING_LEFT
