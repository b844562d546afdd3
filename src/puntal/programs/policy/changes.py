"""Faults of a document beside what is published and held: what never changes, what cannot be dropped. Pure."""

from __future__ import annotations

from puntal.kit.words import Words
from puntal.programs.document.program import Program
from puntal.programs.model import Held
from puntal.programs.policy.collector import Place
from puntal.programs.policy.rewards import rewards_of

_KEEP = Words("keep it with 'retired: true'", "consérvalo con 'retired: true'")
_KEEP_HER = Words(_KEEP.en, "consérvala con 'retired: true'")


def check_changes(program: Program, previous: Program, held: Held, root: Place) -> None:
    """Collect the faults of replacing the previous document."""
    if held.zone_fixed and program.timezone != previous.timezone:
        (root / "timezone").fault(
            "timezone_fixed",
            Words(
                "days were already counted in the old zone: it is fixed from the first event on",
                "ya se contaron días en la zona anterior: queda fija desde el primer evento",
            ),
            previous.timezone,
        )
    if program.currency != previous.currency:
        reason = Words("a program's currency never changes", "la moneda de un programa no cambia nunca")
        (root / "currency").fault("currency_fixed", reason, previous.currency)
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
                    Words(
                        f"balances of '{registered.id}' are kept with {key} {before}, which never changes",
                        f"los saldos de '{registered.id}' se llevan con {key} {before}, que no cambia nunca",
                    ),
                    Words(f"{key}: {before}, or a new wallet", f"{key}: {before}, o un monedero nuevo"),
                )
    for name in sorted(held.wallets - set(program.wallets)):
        (root / "wallets" / name).fault(
            "still_held",
            Words(f"members still have something in '{name}'", f"hay miembros que aún tienen algo en '{name}'"),
            _KEEP,
        )
    tiers = {(ladder.id, tier.id) for ladder in program.ladders for tier in ladder.tiers}
    for ladder, tier in sorted(held.tiers - tiers):
        (root / "ladders").fault(
            "still_held",
            Words(
                f"members are in the tier '{tier}' of '{ladder}'", f"hay miembros en el nivel '{tier}' de '{ladder}'"
            ),
            _KEEP,
        )
    kept = {reward.id for reward, _, _ in rewards_of(program, root)}
    for name in sorted(held.rewards - kept):
        (root / "rewards").fault(
            "still_held",
            Words(
                f"members still have a right to the reward '{name}'",
                f"hay miembros que aún tienen derecho a la recompensa '{name}'",
            ),
            _KEEP_HER,
        )
