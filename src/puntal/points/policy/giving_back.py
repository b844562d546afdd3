"""Returning what was spent to the lots that paid it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from puntal.ledger.model import REDEEMED
from puntal.points.model import Books, Cause, Share, Starting, Terms
from puntal.points.policy.clockwork import due_at
from puntal.points.policy.earning import earn
from puntal.points.policy.lots import bring_back, returning


def give_back(  # noqa: PLR0913 - a transfer and its cause
    books: Books,
    terms: Terms,
    shares: Sequence[Share],
    *,
    kind: str = "points.returned",
    source: str = REDEEMED,
    extend: bool = True,
    cause: Cause,
    at: datetime,
    now: datetime,
) -> None:
    """Return spent units to their lots: a cancelled redemption, the points part of a returned order.

    Args:
        shares: The lots and how much of each; `backwards` picks them for a part of what was spent.
        extend: As for `release`.
    """
    bring_back(
        books,
        terms,
        shares,
        source=source,
        counter="consumed",
        extend=extend,
        kind=kind,
        cause=cause,
        at=at,
        now=now,
    )
    books.due_at = due_at(books)


def give_back_all(  # noqa: PLR0913 - a transfer and its cause
    books: Books,
    terms: Terms,
    shares: Sequence[Share],
    units: int,
    *,
    before: int,
    kind: str = "points.returned",
    source: str = REDEEMED,
    extend: bool = True,
    origin: str | None = None,
    cause: Cause,
    at: datetime,
    now: datetime,
) -> Share | None:
    """Return part of what was spent to the lots that paid it; what is left over comes as a new lot: which, how much.

    Lots that paid may have gone to another holder's row with whom they belonged to, when a merge was undone.

    Args:
        shares: The lots that paid and are in the books, and how much of each, in spending order.
        units: How many, at most what was spent less `before`.
        before: How many came back before.
        extend: As for `release`.
        origin: Of money that comes as a new lot.
    """
    paid = sum(part for _, part in shares)
    gone = min(before, paid)
    back = returning(shares, min(units, paid - gone), before=gone)
    if back:
        give_back(books, terms, back, kind=kind, source=source, extend=extend, cause=cause, at=at, now=now)
    rest = units - sum(part for _, part in back)
    if not rest:
        return None
    lot = earn(
        books,
        terms,
        rest,
        cause=cause,
        at=at,
        now=now,
        kind=kind,
        source=source,
        available=Starting(),
        origin=origin,
    )
    return lot.id, rest
