"""Money that members keep: what was paid in, and what was granted. Pure.

Paid-in money never ends and is owed in full; it is spent after what was granted, and it alone is paid out.
"""

from __future__ import annotations

from datetime import datetime

from puntal.ledger.model import PAID_OUT, Transfer
from puntal.points.errors import InsufficientPoints
from puntal.points.model import PAID_IN, Books, Cause, MoneyCaps, Terms
from puntal.points.policy.clockwork import due_at
from puntal.points.policy.lots import pick, spendable, take


def caps_of(terms: Terms, country: str | None) -> MoneyCaps:
    """Return what a member of a country may have and move."""
    return terms.countries.get(country or "", terms.caps)


def room_under(books: Books, wallet: int, most: int | None) -> int | None:
    """Return how much more the wallet may have; None without a cap. Pending and held count, debt makes room."""
    if most is None:
        return None
    net = books.available[wallet] + books.pending[wallet] + books.held[wallet] - books.debt[wallet]
    return max(0, most - net)


def owed(books: Books, wallet: int) -> int:
    """Return how much of what is available was paid in."""
    return sum(lot.remaining for lot in spendable(books, wallet) if lot.origin == PAID_IN)


def pay_out(books: Books, terms: Terms, amount: int, *, cause: Cause, at: datetime, now: datetime) -> Transfer:
    """Give paid-in money back to the member; granted money stays where it is.

    Raises:
        InsufficientPoints: Less was paid in and is available.
    """
    wallet = terms.ordinal
    paid_in = [lot for lot in spendable(books, wallet) if lot.origin == PAID_IN]
    there = sum(lot.remaining for lot in paid_in)
    if amount > there:
        raise InsufficientPoints(short_by=amount - there, wallet=terms.id)
    shares = pick(paid_in, amount)
    made = take(books, wallet, PAID_OUT, shares, kind="money.paid_out", cause=cause, at=at, now=now)
    books.due_at = due_at(books)
    return made
