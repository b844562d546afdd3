"""Units coming in. Pure, and the hot path: nothing needs to be loaded for it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from puntal.ledger.model import AVAILABLE, ISSUED, PENDING, Transfer
from puntal.points.model import Books, Cause, Ending, Lot, Starting, Terms
from puntal.points.policy.lots import end_of, pay_debt
from puntal.points.policy.terms import lot_dates


def earn(  # noqa: PLR0913 - what a lot is
    books: Books,
    terms: Terms,
    amount: int,
    *,
    cause: Cause,
    at: datetime,
    now: datetime,
    kind: str = "points.earned",
    source: str = ISSUED,
    expiry: Ending | None = None,
    available: Starting | None = None,
    origin: str | None = None,
    earner_id: UUID | None = None,
    dates: tuple[datetime, datetime | None, bool, str | None] | None = None,
) -> Lot:
    """Bring units in as a lot: pending until its start, else available, paying debt first.

    Awards of one event with the same dates share a lot, each with a transfer of its own. Debt is paid by
    consumption, so the lot keeps its amount. Caps are for the caller: see `room` and `truncate`.

    Args:
        amount: At least 1, in the wallet's smallest unit.
        at: When it was earned.
        now: When it is recorded; the books must be settled to it.
        expiry: An award's own, instead of the wallet's.
        available: An award's own, instead of the wallet's.
        origin: Of money: `paid_in`, or `granted` (what is earned is, when nothing is said).
        dates: Start, end, renewable and awaited event as they were elsewhere: transfers and imports.
    """
    if terms.kind == "money" and origin is None:
        origin = "granted"
    wallet = terms.ordinal
    starts_at, ends_at, renewable, awaits = dates or lot_dates(
        terms, at, now, expiry, available, paid_in=origin == "paid_in"
    )
    event_id, order_key = cause.event_id, cause.order_key
    books.transfers.append(
        Transfer(
            books.next_id(),
            books.holder_id,
            wallet,
            kind,
            source,
            AVAILABLE if starts_at <= books.settled_to else PENDING,
            amount,
            at,
            now,
            event_id,
            cause.rule,
            order_key,
            cause.revision,
            None,
            cause.note,
        )
    )
    key = (wallet, event_id, order_key, starts_at, ends_at, renewable, earner_id, origin, awaits, source)
    lot_id = books.merging.get(key) if event_id is not None else None
    if lot_id is not None:
        shared = books.lots[lot_id]
        lot = replace(shared, amount=shared.amount + amount, remaining=shared.remaining + amount)
    else:
        lot_id = books.next_id()
        lot = Lot(
            lot_id,
            wallet,
            amount,
            amount,
            at,
            starts_at,
            ends_at,
            renewable=renewable,
            earner_id=earner_id,
            event_id=event_id,
            order_key=order_key,
            origin=origin,
            awaits=awaits,
        )
        books.added[lot_id] = None
        books.merging[key] = lot_id
    books.lots[lot_id] = lot
    if starts_at <= books.settled_to:
        books.available[wallet] += amount
        if books.debt[wallet]:
            pay_debt(books, wallet, cause=cause, at=at, now=now)
            lot = books.lots[lot_id]
        due = end_of(books, lot) if lot.remaining else None
    else:
        books.pending[wallet] += amount
        due = starts_at
    if due is not None and (books.due_at is None or due < books.due_at):
        books.due_at = due
    return lot


def room(books: Books, terms: Terms) -> int | None:
    """Return how much a member may still earn under the wallet's balance cap; None without one.

    Pending and held units count, and debt makes room: earnings will pay it. Returned units are not earned
    and go above the cap.
    """
    if terms.balance_cap is None:
        return None
    wallet = terms.ordinal
    net = books.available[wallet] + books.pending[wallet] + books.held[wallet] - books.debt[wallet]
    return max(0, terms.balance_cap - net)


def balance_shown(books: Books, ordinal: int) -> int:
    """Return what a member sees: available less debt."""
    return books.available[ordinal] - books.debt[ordinal]
