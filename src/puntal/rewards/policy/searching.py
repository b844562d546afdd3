"""Looking for the combination of discounts that gains a member most: branch and bound. Pure.

Why it may prune: less in a cart never gives a discount more, so what a candidate takes of the whole cart is the most it
can add anywhere.
"""

from __future__ import annotations

from collections.abc import Sequence

from puntal.rewards.model_carts import Patience
from puntal.rewards.policy.standing import Spent, Table, Taken, together

_ASKED_EVERY = 16
_CENT = 1 << 20
"""One minor unit in the scores that are compared; below it, ties: without points before with, few before many."""
_SPENDS = 1 << 10


class _EnoughError(Exception):
    """The search has no more time."""


class Search:
    """Branch and bound over the live candidates in the order of applying."""

    def __init__(self, table: Table, live: Sequence[int], patience: Patience | None) -> None:
        self.table = table
        self.patience = patience
        self.looked = 0
        self.chosen = [at for at in live if table.all[at].chosen]
        self.forced = self._forced()
        """All that was picked, where that is possible together: then every combination has it."""
        self.live = [at for at in live if at in self.forced or table.barred(at, self.forced) is None]
        self.most = {at: self._most(at) for at in self.live}
        self.payments = [at for at in self.live if table.all[at].payment]
        self.by_group: dict[str, list[int]] = {}
        for at in sorted(self.live, key=lambda at: (-self.most[at], at)):
            if not table.all[at].payment:
                self.by_group.setdefault(table.all[at].group, []).append(at)
        self.beside = {
            one: [other for other in self.by_group if other != one and together(table.stacking, one, other)]
            for one in self.by_group
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
    def _gain(taken: Taken) -> int:
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
        counts: dict[str, int] = {}
        apart, room = 0, table.stacking.limit
        for one in members:
            apart |= table.apart[one]
            if not table.all[one].payment:
                room -= 1
                counts[table.all[one].group] = counts.get(table.all[one].group, 0) + 1
        tops: dict[str, list[int]] = {}
        for group, ordered in self.by_group.items():
            fits = room if table.stacking.by_line else min(room, table.limits[ordered[0]] - counts.get(group, 0))
            best: list[int] = []
            for other in ordered:
                if len(best) >= fits:
                    break
                if other >= at and not apart >> other & 1:
                    best.append(self.most[other])
            if best:
                tops[group] = best
        most = sum(sorted((each for best in tops.values() for each in best), reverse=True)[:room]) if room > 0 else 0
        if tops and not table.stacking.by_line:
            # Whatever is used, some group of it is used, and with that one only those that go together with it.
            sums = {group: sum(best) for group, best in tops.items()}
            most = min(most, max(top + sum(sums.get(other, 0) for other in self.beside[g]) for g, top in sums.items()))
        return min(most + sum(self.most[other] for other in self.payments if other >= at), sum(left) * _CENT)

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
