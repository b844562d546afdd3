"""Faults of a document beside what is published and held: what never changes, what cannot be dropped. Pure."""

from __future__ import annotations

from puntal.programs.document.program import Program
from puntal.programs.model import Held
from puntal.programs.policy.collector import Place
from puntal.programs.policy.rewards import rewards_of


def check_changes(program: Program, previous: Program, held: Held, root: Place) -> None:
    """Collect the faults of replacing the previous document."""
    if held.zone_fixed and program.timezone != previous.timezone:
        (root / "timezone").fault(
            "timezone_fixed",
            "days were already counted in the old zone: it is fixed from the first event on",
            previous.timezone,
        )
    if program.currency != previous.currency:
        (root / "currency").fault("currency_fixed", "a program's currency never changes", previous.currency)
    for registered in held.registered:
        wallet = program.wallets.get(registered.id)
        if wallet is None:
            continue
        place = root / "wallets" / registered.id
        for key, before, after in (
            ("kind", registered.kind, wallet.kind),
            ("scale", registered.scale, wallet.scale),
            ("currency", registered.currency, wallet.currency),
        ):
            if before != after:
                (place / key).fault(
                    "never_changes",
                    f"balances of '{registered.id}' are kept with {key} {before}, which never changes",
                    f"{key}: {before}, or a new wallet",
                )
    for name in sorted(held.wallets - set(program.wallets)):
        (root / "wallets" / name).fault(
            "still_held", f"members still have something in '{name}'", "keep it with 'retired: true'"
        )
    tiers = {(ladder.id, tier.id) for ladder in program.ladders for tier in ladder.tiers}
    for ladder, tier in sorted(held.tiers - tiers):
        (root / "ladders").fault(
            "still_held", f"members are in the tier '{tier}' of '{ladder}'", "keep it with 'retired: true'"
        )
    kept = {reward.id for reward, _, _ in rewards_of(program, root)}
    for name in sorted(held.rewards - kept):
        (root / "rewards").fault(
            "still_held", f"members still have a right to the reward '{name}'", "keep it with 'retired: true'"
        )
