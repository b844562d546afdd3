"""Which events make lots available, and which keep wallets alive that end by inactivity. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from puntal.engine.model import Trigger
from puntal.programs.document.builtin import PURCHASE
from puntal.programs.document.program import Program
from puntal.programs.document.wallets import Expiry


def awaited_by(
    document: Program, ordinals: Mapping[str, int], triggers: Iterable[Trigger]
) -> dict[str, tuple[int, ...]]:
    """Return per event type the wallets whose lots wait for it: by the wallet's word or an award's own."""
    awaited: dict[str, tuple[int, ...]] = {}
    for id, wallet in document.wallets.items():
        _add(awaited, wallet.available.on, ordinals[id])
    for rule in (rule for trigger in triggers for rule in trigger.rules):
        for award in (*rule.awards, *(award for branch in rule.branches for award in branch.awards)):
            _add(awaited, None if award.available is None else award.available.on, award.wallet)
    return awaited


def fading_of(document: Program, ordinals: Mapping[str, int]) -> dict[int, Expiry]:
    """Return the wallets that end by inactivity, by ordinal, and how; of money, what is granted ends."""
    endings = {
        ordinals[id]: wallet.expiry if wallet.granted_expires is None else wallet.granted_expires
        for id, wallet in document.wallets.items()
    }
    return {ordinal: ending for ordinal, ending in endings.items() if ending.inactive is not None}


def renewing_of(document: Program, ordinals: Mapping[str, int]) -> dict[str, tuple[int, ...]]:
    """Return per event type the wallets it keeps alive.

    Orders, and events declared to renew, keep all of them alive; other events the wallets that name them.
    """
    fading = fading_of(document, ordinals)
    declared = (name for name, event in document.events.items() if event.renews)
    renewing = dict.fromkeys((PURCHASE, *declared), tuple(fading))
    for ordinal, ending in fading.items():
        for name in ending.events:
            _add(renewing, name, ordinal)
    return renewing


def _add(wallets: dict[str, tuple[int, ...]], event: str | None, ordinal: int) -> None:
    if event is not None and ordinal not in wallets.get(event, ()):
        wallets[event] = (*wallets.get(event, ()), ordinal)
