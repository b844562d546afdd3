"""Taking back what an order gave, and giving it again when the refund is withdrawn. Pure."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from puntal.ledger.model import AVAILABLE, DEBT, EXPIRED, ISSUED, PENDING
from puntal.points.model import PAID_IN, Books, Cause, Lot, Taken, Terms
from puntal.points.policy.cards import reopen_card_of
from puntal.points.policy.clockwork import due_at
from puntal.points.policy.lots import bring_back, move, pick, put, spendable, started, take


def take_back(
    books: Books,
    terms: Terms,
    lot_id: UUID,
    amount: int,
    *,
    cause: Cause,
    at: datetime,
    now: datetime,
    kind: str = "points.reversed",
) -> Taken:
    """Reverse part of what a lot was given, as far as it can be found.

    What remains of the lot goes first, and what already expired counts as taken. What was spent or is held
    is taken from other lots as the wallet's policy allows: `only_pending` from other pending lots and no
    more; `stop_at_zero` from available ones, the rest staying noted on the lot; `debt` from available ones,
    the rest being owed. Stamps on an unused finished card come back first.

    In a pool only lots of the same earner pay, and what they cannot pay is noted where it would be owed: nobody
    pays or owes for another. Paid-in money pays for granted money only where the wallet's policy is `debt`.

    The caller remembers what it asked of an award before and never asks for more than the award in all.

    Args:
        amount: In smallest units; 0 takes nothing.
    """
    lot = books.lots[lot_id]
    own = _take_own(books, lot_id, amount, kind=kind, cause=cause, at=at, now=now)
    left = amount - own
    while left and reopen_card_of(books, terms, lot_id, cause=cause, at=at, now=now):
        again = _take_own(books, lot_id, left, kind=kind, cause=cause, at=at, now=now)
        own += again
        left -= again
    lot = books.lots[lot_id]
    expired = min(left, lot.expired)
    if expired:
        # Units that nobody was owed are no breakage either.
        move(books, lot.wallet, EXPIRED, ISSUED, expired, kind=kind, cause=cause, at=at, now=now)
        lot = replace(lot, expired=lot.expired - expired, reversed=lot.reversed + expired)
        put(books, lot)
        left -= expired
    # More than was spent of it can only have been reversed before, which counts as taken too.
    reversed_before = max(0, left - (lot.consumed + lot.held - lot.noted))
    left -= reversed_before

    pending = terms.if_already_spent == "only_pending"
    account = PENDING if pending else AVAILABLE
    paying = spendable(books, lot.wallet, pending=pending)
    there = books.pending[lot.wallet] if pending else books.available[lot.wallet]
    if lot.earner_id is not None:
        paying = [each for each in paying if each.earner_id == lot.earner_id]
        there = sum(each.remaining for each in paying)
    if lot.origin is not None and terms.if_already_spent != "debt":
        # What was granted is taken back from what was granted: paid-in money is hers.
        paying = [each for each in paying if each.origin != PAID_IN]
        there = sum(each.remaining for each in paying)
    other = min(left, there)
    others = pick(paying, other)
    if other:
        take(books, lot.wallet, ISSUED, others, source=account, kind=kind, cause=cause, at=at, now=now)
        left -= other
    debt = left if terms.if_already_spent == "debt" and lot.earner_id is None else 0
    if debt:
        move(books, lot.wallet, DEBT, ISSUED, debt, kind=kind, cause=cause, at=at, now=now)
    noted = left - debt if terms.if_already_spent != "only_pending" else 0
    if noted:
        lot = books.lots[lot_id]
        put(books, replace(lot, noted=lot.noted + noted))
    books.due_at = due_at(books)
    return Taken(
        own=own,
        gone=expired + reversed_before,
        other=other,
        debt=debt,
        noted=noted,
        forgiven=left - debt - noted,
        expired=expired,
        others=tuple(others),
    )


def _take_own(books: Books, lot_id: UUID, amount: int, *, kind: str, cause: Cause, at: datetime, now: datetime) -> int:
    lot = books.lots[lot_id]
    own = min(amount, lot.remaining)
    if own:
        account = AVAILABLE if started(books, lot) else PENDING
        move(books, lot.wallet, account, ISSUED, own, kind=kind, cause=cause, at=at, now=now)
        put(books, replace(lot, remaining=lot.remaining - own, reversed=lot.reversed + own))
    return own


def give_again(
    books: Books,
    terms: Terms,
    lot_id: UUID,
    taken: Taken,
    *,
    cause: Cause,
    at: datetime,
    now: datetime,
    kind: str = "points.reinstated",
) -> None:
    """Undo one `take_back`: a refund that is withdrawn gives back exactly what it took.

    A debt that was paid meanwhile comes back as units of the lot, as does what was noted and has been
    collected since, and what other lots paid that are not the holder's any more. Lots that ended meanwhile live on as
    returned units do.
    """
    wallet = terms.ordinal
    lot = books.lots[lot_id]
    noted = min(lot.noted, taken.noted)
    put(books, replace(lot, noted=lot.noted - noted))
    collected = taken.noted - noted
    if taken.expired:
        lot = books.lots[lot_id]
        put(books, replace(lot, expired=lot.expired + taken.expired, reversed=lot.reversed - taken.expired))
        move(books, wallet, ISSUED, EXPIRED, taken.expired, kind=kind, cause=cause, at=at, now=now)
    owed = min(books.debt[wallet], taken.debt)
    if owed:
        move(books, wallet, ISSUED, DEBT, owed, kind=kind, cause=cause, at=at, now=now)
    if taken.own + collected:
        bring_back(
            books,
            terms,
            [(lot_id, taken.own + collected)],
            source=ISSUED,
            counter="reversed",
            extend=True,
            kind=kind,
            cause=cause,
            at=at,
            now=now,
        )
    others = [(other, amount) for other, amount in taken.others if other in books.lots]
    paid = taken.debt - owed + taken.other - sum(amount for _, amount in others)
    spent = [*others, *([(lot_id, paid)] if paid else [])]
    if spent:
        bring_back(
            books,
            terms,
            spent,
            source=ISSUED,
            counter="consumed",
            extend=True,
            kind=kind,
            cause=cause,
            at=at,
            now=now,
        )
    books.due_at = due_at(books)


def lots_of_order(books: Books, wallet: int, order_key: str) -> list[Lot]:
    """Return an order's lots of a wallet that are loaded, pending ones first, as a reversal goes through them."""
    found = [lot for lot in books.lots.values() if lot.wallet == wallet and lot.order_key == order_key]
    return sorted(found, key=lambda lot: (started(books, lot), lot.earned_at, lot.id))
