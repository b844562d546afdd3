"""Stamp cards: full ones become a right to a reward, and come apart again when a stamp is taken back. Pure."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from puntal.ledger.model import REDEEMED
from puntal.points.model import Books, Cause, FinishedCard, Terms
from puntal.points.policy.clockwork import due_at
from puntal.points.policy.lots import bring_back, pick, spendable, take


def finish_cards(books: Books, terms: Terms, *, cause: Cause, at: datetime, now: datetime) -> int:
    """Spend stamps on as many cards as are full; the rest stays. Returns how many were finished."""
    size, wallet = terms.card_size, terms.ordinal
    if size is None or books.available[wallet] < size:
        return 0
    finished = books.available[wallet] // size
    for _ in range(finished):
        shares = pick(spendable(books, wallet), size)
        transfer = take(books, wallet, REDEEMED, shares, kind="points.card_finished", cause=cause, at=at, now=now)
        card = FinishedCard(
            id=books.next_id(),
            wallet=wallet,
            stamps=size,
            transfer_id=transfer.id,
            finished_at=at,
            state="unused",
            reward=terms.card_reward,
            lots=tuple(shares),
        )
        books.finished_cards[card.id] = card
        books.changed_cards.add(card.id)
    if books.loaded:
        books.due_at = due_at(books)
    return finished


def reopen_card_of(books: Books, terms: Terms, lot_id: UUID, *, cause: Cause, at: datetime, now: datetime) -> bool:
    """Void the newest unused card that a lot's stamps are on and return its stamps.

    Returns:
        Whether there was one. A used card stays.
    """
    unused = [
        card
        for card in books.finished_cards.values()
        if card.wallet == terms.ordinal and card.state == "unused" and any(lot == lot_id for lot, _ in card.lots)
    ]
    if not unused:
        return False
    card = max(unused, key=lambda each: (each.finished_at, each.id))
    reopen_card(books, terms, card, cause=cause, at=at, now=now)
    return True


def reopen_card(books: Books, terms: Terms, card: FinishedCard, *, cause: Cause, at: datetime, now: datetime) -> None:
    """Void an unused card and return its stamps to their lots."""
    books.finished_cards[card.id] = replace(card, state="void")
    books.changed_cards.add(card.id)
    bring_back(
        books,
        terms,
        card.lots,
        source=REDEEMED,
        counter="consumed",
        extend=True,
        kind="points.card_voided",
        cause=cause,
        at=at,
        now=now,
    )
