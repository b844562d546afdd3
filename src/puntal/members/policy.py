"""Deciding who is meant, what may change, and when a birthday counts. Pure: values in, values out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from puntal.members.model import Identity, Match, MatchKind, Status


def rank(kind: str, match_order: Sequence[MatchKind]) -> int:
    """Return where a kind of identity stands in the program's order; what is not in it comes last."""
    name = "external" if kind.startswith("external:") else kind
    return match_order.index(name) if name in match_order else len(match_order)


def deciding(identities: Sequence[Identity], match_order: Sequence[MatchKind]) -> tuple[Identity, ...]:
    """Return the identities that tell who is meant: those in the program's order, or a lone device."""
    usable = tuple(identity for identity in identities if rank(identity[0], match_order) < len(match_order))
    if usable or any(kind != "device" for kind, _ in identities):
        return usable
    return tuple(identities)


def first_match(found: Iterable[tuple[int, UUID]]) -> Match:
    """Return the member of the best rank, and the next one that differs as the conflict."""
    ordered = sorted(found)
    if not ordered:
        return Match(None)
    member = ordered[0][1]
    return Match(member, next((other for _, other in ordered if other != member), None))


def grouped(asks: Sequence[Iterable[Identity]]) -> list[int]:
    """Return for each ask the number of its group: asks that share an identity, directly or not, are one person."""
    parent = list(range(len(asks)))

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    seen: dict[Identity, int] = {}
    for at, identities in enumerate(asks):
        for identity in identities:
            first, second = root(seen.setdefault(identity, at)), root(at)
            parent[max(first, second)] = min(first, second)
    return [root(at) for at in range(len(asks))]


MAY_BECOME: Mapping[Status, frozenset[Status]] = {
    "active": frozenset({"paused", "blocked", "left"}),
    "paused": frozenset({"active", "blocked", "left"}),
    "blocked": frozenset({"active", "guest", "left"}),
    "guest": frozenset({"blocked"}),
    "left": frozenset({"blocked"}),
    "erased": frozenset(),
    "merged": frozenset(),
}
"""Guests join, and who left comes back, by enrolling."""
