"""Faults of how rewards meet: groups of discounts, and the gifts and stamp cards that give a reward. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from puntal.kit.words import Words
from puntal.programs.document.program import Program
from puntal.programs.document.rewards import Reward
from puntal.programs.policy.collector import Place

_GIVEN = frozenset({"amount_off", "percent_off", "product", "shipping", "gift_card", "partner_code", "custom"})
"""Kinds that tiers and stamp cards can give: their voucher says everything."""


def check_stacking(program: Program, root: Place) -> None:
    """Collect the faults of how discounts combine."""
    stacking = program.stacking
    if stacking is None:
        return
    here = root / "stacking"
    for name, group in stacking.groups.items():
        place = here / "groups" / name
        for index, other in enumerate(group.with_):
            there = place / "with" / index
            if there.known(other, stacking.groups, "group") and other == name:
                reason = Words(
                    "a group is always with itself; how often says 'limit'",
                    "un grupo siempre va consigo mismo; cuántas veces, lo dice 'limit'",
                )
                there.fault("contradiction", reason, "limit: 2")
        if group.exclusive and group.with_:
            (place / "with").fault(
                "contradiction",
                Words("an exclusive group shuts out every other", "un grupo exclusivo excluye a todos los demás"),
                Words("remove one of both", "quita una de las dos cosas"),
            )
    for index, name in enumerate(stacking.order):
        (here / "order" / index).known(name, stacking.groups, "group")
    if len(set(stacking.order)) < len(stacking.order):
        (here / "order").fault("duplicate_id", Words("a group stands twice", "un grupo está dos veces"), None)


def check_given(program: Program, rewards: Mapping[str, Reward], root: Place) -> None:
    """Collect the faults of gifts and stamp cards that name a reward."""
    for reward_id, place in _named(program, root):
        if not place.known(reward_id, rewards, "reward"):
            continue
        reward = rewards[reward_id]
        if reward.retired:
            place.fault("retired", Words(f"'{reward_id}' is retired", f"'{reward_id}' está retirada"), None)
        if reward.kind not in _GIVEN:
            place.fault(
                "not_a_voucher",
                Words(
                    f"it is given as a voucher, and a {reward.kind} is none",
                    f"se da como vale, y una recompensa de tipo {reward.kind} no lo es",
                ),
                Words("'wallet' and 'points'", "'wallet' y 'points'") if reward.kind == "credit" else None,
            )


def _named(program: Program, root: Place) -> list[tuple[str, Place]]:
    named: list[tuple[str, Place]] = []
    for index, ladder in enumerate(program.ladders):
        for number, tier in enumerate(ladder.tiers):
            for position, benefit in enumerate(tier.benefits):
                if benefit.reward is not None:
                    place = root / "ladders" / index / "tiers" / number / "benefits" / position / "reward"
                    named.append((benefit.reward, place))
    for name, wallet in program.wallets.items():
        if wallet.card is not None and wallet.card.reward is not None:
            named.append((wallet.card.reward, root / "wallets" / name / "card" / "reward"))
    return named
