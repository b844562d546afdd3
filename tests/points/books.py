"""Wallets and books with dull defaults, for the tests of this folder."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from puntal.ledger.model import DEBT, MEMBER_ACCOUNTS
from puntal.points import policy
from puntal.points.model import Books, Cause, Lot, Terms
from puntal.programs.document.wallets import Wallet

MADRID = ZoneInfo("Europe/Madrid")
ANNA, BEN, POOL = UUID(int=1), UUID(int=2), UUID(int=3)
WHY = Cause(event_id="because")


def utc(text: str) -> datetime:
    """Read `2026-02-10 12:00` as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def madrid(text: str) -> datetime:
    """Read `2026-02-10 12:00` as Madrid's wall clock."""
    return datetime.fromisoformat(text).replace(tzinfo=MADRID).astimezone(UTC)


def counting(start: int = 1000) -> Callable[[], UUID]:
    """Make ids in order."""
    last = start

    def following() -> UUID:
        nonlocal last
        last += 1
        return UUID(int=last)

    return following


def a_wallet(ordinal: int = 0, id: str = "points", **document: Any) -> Terms:
    return policy.compile_terms(ordinal, id, Wallet.model_validate({"kind": "points"} | document), MADRID)


def books_of(holder: UUID = ANNA, now: datetime | None = None, wallets: int = 1) -> Books:
    return Books.opened(holder, wallets, now or utc("2026-01-01"), counting(holder.int * 1_000_000))


def earn(books: Books, terms: Terms, amount: int, at: datetime, event: str = "e", **more: Any) -> Lot:
    """Settle and earn, as an event that arrives at once does."""
    now = more.pop("now", at)
    policy.settle(books, [terms], now)
    cause = Cause(event_id=event, order_key=more.pop("order", None))
    return policy.earn(books, terms, amount, cause=cause, at=at, now=now, **more)


def refund(books: Books, terms: Terms, lot: Lot, amount: int, at: str) -> int:
    """Settle and take back, by Madrid's wall clock; returns what the member had to give."""
    now = madrid(at)
    policy.settle(books, [terms], now)
    taken = policy.take_back(books, terms, lot.id, amount, cause=WHY, at=now, now=now)
    assert_books_add_up(books)
    return taken.from_member


def spend(books: Books, terms: Terms, amount: int, at: str) -> None:
    """Settle and spend, by Madrid's wall clock."""
    now = madrid(at)
    policy.settle(books, [terms], now)
    policy.spend(books, terms, amount, kind="points.redeemed", cause=WHY, at=now, now=now)


def assert_books_add_up(books: Books, opening: dict[tuple[str, int], int] | None = None) -> None:
    """Check everything `puntal.points` promises to be always true."""
    for wallet in range(len(books.available)):
        for account in MEMBER_ACCOUNTS:
            moved = sum(t.amount for t in books.transfers if t.wallet == wallet and t.destination == account) - sum(
                t.amount for t in books.transfers if t.wallet == wallet and t.source == account
            )
            moved = -moved if account == DEBT else moved
            balance = getattr(books, account)[wallet]
            assert balance == moved + (opening or {}).get((account, wallet), 0), account
            assert balance >= 0, account
        lots = [lot for lot in books.lots.values() if lot.wallet == wallet]
        assert books.available[wallet] == sum(lot.remaining for lot in lots if policy.started(books, lot))
        assert books.pending[wallet] == sum(lot.remaining for lot in lots if not policy.started(books, lot))
        assert books.held[wallet] == sum(lot.held for lot in lots)
        assert not (books.available[wallet] and books.debt[wallet])
    takes = {t.id: t.source in MEMBER_ACCOUNTS for t in books.transfers}
    for lot in books.lots.values():
        consumed = sum(
            c.amount if takes[c.transfer_id] else -c.amount for c in books.consumptions if c.lot_id == lot.id
        )
        assert lot.consumed == consumed
        assert min(lot.remaining, lot.held, lot.expired, lot.reversed, lot.noted) >= 0
    due = policy.due_at(books)
    assert books.due_at is None or due is None or books.due_at <= due
