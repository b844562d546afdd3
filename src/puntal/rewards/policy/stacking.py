"""Which discounts of a cart are used together. Pure.

A discount goes together with one of another group if either group names the other as joint and neither is exclusive;
of one group as many are used as it allows. `best_for_member` looks for what gains her most: the discounts less the
worth of points spent. What she picked comes first: nobody else's discount may keep it out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from puntal.programs.document.rewards import Stacking as Written
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
    Combination,
    Group,
    Parts,
    Patience,
    Purse,
    Refused,
    Stacking,
)
from puntal.rewards.policy.allocation import half_up
from puntal.rewards.policy.discounts import take, total_of

SURELY = 12
"""Up to so many candidates the best is found however long it takes."""
_ASKED_EVERY = 16
_CENT = 1 << 20
"""One minor unit in the scores that are compared; below it, ties: without points before with, few before many."""
_SPENDS = 1 << 10


def combine(
    candidates: Sequence[Candidate], cart: Parts, stacking: Stacking, purse: Purse, patience: Patience
) -> Combination:
    """Return the discounts to use on a cart and why each other one is not.

    Args:
        candidates: What the member may have, in the order presented; ids are unique.
        cart: The parts before any of them.
        stacking: How they combine.
        purse: What she has and what she offers.
        patience: Of the search among more than `SURELY` candidates.
    """
    ranked = sorted(enumerate(candidates), key=lambda each: _rank(stacking, *each))
    table = _Table([each for _, each in ranked], cart, stacking, purse)
    presented = {at: place for at, (place, _) in enumerate(ranked)}
    live = table.live()
    while True:
        exact = True
        if stacking.conflict == "best_for_member":
            search = _Search(table, live, patience if len(live) > SURELY else None)
            exact, members = search.run(), search.best
        else:
            first = stacking.conflict == "first"
            members = table.one_after_another(sorted(live, key=presented.__getitem__) if first else live)
        used, left = table.apply(members)
        idle = {at for at in members if table.all[at].id not in {one.id for one in used}}
        if not idle:
            return Combination(used, table.refused(used, exact=exact), left, exact)
        # What the others leave nothing for must not keep out anything either.
        live = [at for at in live if at not in idle]


def _rank(stacking: Stacking, presented: int, candidate: Candidate) -> tuple[bool, int, int, int]:
    order = stacking.order
    place = order.index(candidate.group) if candidate.group in order else len(order)
    return candidate.payment, place, -candidate.priority, presented


def compile_stacking(written: Written | None) -> Stacking:
    """Return how a document combines discounts; without a word about it, one per order."""
    if written is None:
        return Stacking()
    return Stacking(
        groups={
            id: Group(exclusive=group.exclusive, joint=frozenset(group.with_), limit=group.limit)
            for id, group in written.groups.items()
        },
        order=written.order,
        conflict=written.conflict,
        limit=written.limit,
        by_line=written.per == "line",
        initial=written.amounts == "initial",
    )


def together(stacking: Stacking, one: str, other: str) -> bool:
    """Return whether discounts of two different groups may both be used."""
    groups = stacking.groups
    first, second = groups.get(one), groups.get(other)
    if (first is not None and first.exclusive) or (second is not None and second.exclusive):
        return False
    return (first is not None and other in first.joint) or (second is not None and one in second.joint)


Spent = dict[tuple[int, bool], int]
"""Units by wallet, and whether on something that was picked."""


class _EnoughError(Exception):
    """The search has no more time."""


class _Taken(NamedTuple):
    """What one discount does where it stands: what is left after it, its sum, units spent, their worth."""

    left: Sequence[int]
    parts: Sequence[int]
    total: int
    units: int
    worth: int


class _Table:
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

    def _alone(self, at: int) -> _Taken:
        """Return what a candidate takes of the whole cart, without saying of which part."""
        whole = self.cart.amounts
        total, count = total_of(self.all[at].discount, self.cart, whole, self._steps(at, {}))
        units, worth = self._price(at, count)
        return _Taken(whole, (), total, units, worth)

    def take(self, at: int, left: Sequence[int], spent: Spent) -> _Taken:
        """Return what a candidate takes of what is left, when so much of each wallet is spent already."""
        parts, count = take(self.all[at].discount, self.cart, left, self._steps(at, spent))
        if not count:
            return _Taken(left, parts, 0, 0, 0)
        units, worth = self._price(at, count)
        return _Taken([had - part for had, part in zip(left, parts, strict=True)], parts, sum(parts), units, worth)

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
        return units, half_up(mine.cost.worth * units)

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


class _Search:
    """Branch and bound over the live candidates in the order of applying."""

    def __init__(self, table: _Table, live: Sequence[int], patience: Patience | None) -> None:
        self.table = table
        self.patience = patience
        self.looked = 0
        self.chosen = [at for at in live if table.all[at].chosen]
        self.forced = self._forced()
        """All that was picked, where that is possible together: then every combination has it."""
        self.live = [at for at in live if at in self.forced or table.barred(at, self.forced) is None]
        self.most = {at: self._most(at) for at in self.live}
        self.by_most = sorted(self.live, key=lambda at: (-self.most[at], at))
        groups = {table.all[at].group for at in self.live}
        self.beside = {
            one: [other for other in groups if other != one and together(table.stacking, one, other)] for one in groups
        }
        self.best: list[int] = []
        self.best_score: int | None = None

    def run(self) -> bool:
        """Find the best; return whether it is proved to be."""
        self._begin()
        try:
            self._go(0, [], self.table.cart.amounts, {}, 0)
        except _EnoughError:
            return False
        return True

    def _forced(self) -> list[int]:
        members: list[int] = []
        spent = Spent()
        for at in self.chosen:
            if self.table.barred(at, members) is not None or not self.table.pay(at, self.table.alone[at].units, spent):
                return []
            members.append(at)
        return members

    def _most(self, at: int) -> int:
        """Return the most a candidate can add to the score, wherever it stands: what is left only falls."""
        alone = self.table.alone[at]
        worth = 0 if self.table.all[at].discount.kind == "portions" else alone.worth
        return max((alone.total - worth) * _CENT - (_SPENDS if alone.units else 0) - 1, 0)

    def _begin(self) -> None:
        """Have something good from the start: what was picked, then the others, the best first."""
        members: list[int] = []
        score, spent = 0, Spent()
        for at in sorted(self.live, key=lambda at: (not self.table.all[at].chosen, -self.most[at], at)):
            if self.table.barred(at, members) is not None:
                continue
            tried = sorted((*members, at))
            found = self._score(tried)
            if found is not None and (self.table.all[at].chosen or found[0] > score):
                members, (score, spent) = tried, found
        if self._keeps_what_was_picked(members, spent):
            self.best, self.best_score = members, score

    def _score(self, members: Sequence[int]) -> tuple[int, Spent] | None:
        """Return what a combination is worth to the member and what it spends; None where that is too much."""
        left: Sequence[int] = self.table.cart.amounts
        score, spent = 0, Spent()
        for at in members:
            taken = self.table.take(at, left, spent)
            if not self.table.pay(at, taken.units, spent):
                return None
            left, score = taken.left, score + self._gain(taken)
        return score, spent

    @staticmethod
    def _gain(taken: _Taken) -> int:
        if not taken.total:
            return 0
        return (taken.total - taken.worth) * _CENT - (_SPENDS if taken.units else 0) - 1

    def _go(self, place: int, members: list[int], left: Sequence[int], spent: Spent, score: int) -> None:
        """Try every candidate from a place on beside these members; then these members alone."""
        for next_, at in enumerate(self.live[place:], place + 1):
            self.looked += 1
            if self.patience is not None and self.looked % _ASKED_EVERY == 0 and not self.patience():
                raise _EnoughError
            if self.best_score is not None and score + self._bound(at, members, left) <= self.best_score:
                return
            if self.table.barred(at, members) is None:
                taken, paid = self.table.take(at, left, spent), dict(spent)
                if (taken.total or self.table.all[at].chosen) and self.table.pay(at, taken.units, paid):
                    self._go(next_, [*members, at], taken.left, paid, score + self._gain(taken))
            if at in self.forced:
                return
        better = self.best_score is None or score > self.best_score
        if better and self._keeps_what_was_picked(members, spent):
            self.best, self.best_score = list(members), score

    def _bound(self, at: int, members: Sequence[int], left: Sequence[int]) -> int:
        """Return the most that a candidate and those after it can add."""
        table = self.table
        room = table.stacking.limit - sum(not table.all[one].payment for one in members)
        apart = 0
        for one in members:
            apart |= table.apart[one]
        counts: dict[str, int] = {}
        for one in members:
            counts[table.all[one].group] = counts.get(table.all[one].group, 0) + 1
        most, payments = 0, 0
        tops: dict[str, int] = {}
        for other in self.by_most:
            if other < at or apart >> other & 1:
                continue
            mine = table.all[other]
            if mine.payment:
                payments += self.most[other]
            elif table.stacking.by_line:
                most, room = most + (self.most[other] if room > 0 else 0), room - 1
            elif counts.get(mine.group, 0) < table.limits[other]:
                counts[mine.group] = counts.get(mine.group, 0) + 1
                most, room = most + (self.most[other] if room > 0 else 0), room - 1
                tops[mine.group] = tops.get(mine.group, 0) + self.most[other]
        if tops:
            # Whatever is used, some group of it is used, and with that one only those that go together with it.
            most = min(most, max(top + sum(tops.get(other, 0) for other in self.beside[g]) for g, top in tops.items()))
        return min(most + payments, sum(left) * _CENT)

    def _keeps_what_was_picked(self, members: Sequence[int], spent: Spent) -> bool:
        """Return whether nothing that the member picked was left out although it goes with the rest of it."""
        picked = [at for at in members if self.table.all[at].chosen]
        if len(picked) == len(self.chosen):
            return True
        on_picked = {key: units for key, units in spent.items() if key[1]}
        return all(
            at in picked
            or self.table.barred(at, picked) is not None
            or self.table.short(at, self._least(at), on_picked) is not None
            for at in self.chosen
        )

    def _least(self, at: int) -> int:
        """Return the fewest units a candidate can be had for."""
        mine = self.table.all[at]
        if mine.cost is None:
            return 0
        return mine.cost.units * (mine.discount.least_steps if mine.discount.kind == "portions" else 1)
