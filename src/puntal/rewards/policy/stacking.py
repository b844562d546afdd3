"""Which discounts of a cart are used together. Pure.

`best_for_member` looks for what gains her most: the discounts less the worth of points spent. What she picked comes
first: nobody else's discount may keep it out. `standing` says what may stand beside what, `searching` finds the best.
"""

from __future__ import annotations

from collections.abc import Sequence

from puntal.programs.document.rewards import Stacking as Written
from puntal.rewards.model_carts import Candidate, Combination, Group, Parts, Patience, Purse, Stacking
from puntal.rewards.policy.searching import Search
from puntal.rewards.policy.standing import Table

SURELY = 12
"""Up to so many candidates the best is found however long it takes."""


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
    table = Table([each for _, each in ranked], cart, stacking, purse)
    presented = {at: place for at, (place, _) in enumerate(ranked)}
    live = table.live()
    while True:
        exact = True
        if stacking.conflict == "best_for_member":
            search = Search(table, live, patience if len(live) > SURELY else None)
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
