"""Taking finished stamp cards apart: what they gave is void, so their stamps are returned."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from puntal.kit.db import Transaction
from puntal.points import policy
from puntal.points.model import Cause, Terms
from puntal.points.operations.books import open_books


async def reopen_cards(
    tx: Transaction,
    program_id: int,
    terms: Sequence[Terms],
    cards: Collection[tuple[UUID, UUID]],
    *,
    reason: str,
    now: datetime,
) -> int:
    """Return the stamps of unused cards (holder, id), also to lots that have ended; returns of how many.

    Used ones, and those that came apart before, are left alone. The holders are locked here, before whatever the cards
    gave is.
    """
    if not cards:
        return 0
    opened = await open_books(tx, program_id, terms, {holder for holder, _ in cards}, now=now)
    done = 0
    for holder, id in sorted(cards):
        books = opened[holder]
        card = books.finished_cards.get(id)
        if card is not None and card.state == "unused":
            cause = Cause(note={"reason": reason})
            policy.reopen_card(books, terms[card.wallet], card, cause=cause, at=now, now=now)
            done += 1
    await opened.write(tx, program_id)
    return done
