"""What moves money in and out of wallets. References, limits by time and the callers' retries are for `payments`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from puntal.kit.db import Transaction
from puntal.ledger.model import LOADED, SPENT, Transfer
from puntal.members import operations as members
from puntal.points import policy, store
from puntal.points.errors import InsufficientPoints, NotMoney, OverCap, WalletRetired
from puntal.points.model import PAID_IN, Cause, MoneyCaps, Starting, Terms
from puntal.points.operations.books import open_books
from puntal.points.operations.corrections import wallet_named


def money_wallet(terms: Sequence[Terms], wallet: str) -> Terms:
    """Return a money wallet's terms by its id.

    Raises:
        UnknownWallet: There is none.
        NotMoney: It keeps something else.
    """
    each = wallet_named(terms, wallet)
    if each.kind != "money":
        raise NotMoney(wallet=wallet)
    return each


async def caps_for(tx: Transaction, program_id: int, terms: Terms, members_: Sequence[UUID]) -> list[MoneyCaps]:
    """Return what each of some members may have and move, by the country in her profile."""
    if not terms.countries:
        return [terms.caps for _ in members_]
    profiles = await members.load(tx, program_id, members_)
    return [policy.caps_of(terms, profiles[member].country if member in profiles else None) for member in members_]


async def bring_money(  # noqa: PLR0913 - where it comes from and whose it is
    tx: Transaction,
    program_id: int,
    terms: Sequence[Terms],
    *,
    holder_id: UUID,
    wallet: str,
    amount: int,
    kind: str,
    cause: Cause,
    now: datetime,
    source: str = LOADED,
    origin: str = PAID_IN,
    most: int | None = None,
    earner_id: UUID | None = None,
    other: UUID | None = None,
) -> list[Transfer]:
    """Bring money into a wallet, available at once; it pays debt first.

    Args:
        source: Where it comes from: `loaded`, `transferred` from a gift card.
        origin: `paid_in`, or `granted`.
        most: What the wallet may have at most; None: whatever comes.
        other: The gift card whose money it was.

    Raises:
        WalletRetired: Nothing new comes into it.
        OverCap: It would have more than that.
    """
    each = money_wallet(terms, wallet)
    if each.retired:
        raise WalletRetired(wallet=wallet)
    opened = await open_books(tx, program_id, terms, [holder_id], now=now)
    books = opened[holder_id]
    room = policy.room_under(books, each.ordinal, most)
    if room is not None and amount > room:
        raise OverCap(room=room)
    settled = len(books.transfers)
    policy.earn(
        books,
        each,
        amount,
        cause=cause,
        at=now,
        now=now,
        kind=kind,
        source=source,
        available=Starting(),
        origin=origin,
        earner_id=earner_id,
    )
    if other is not None:
        books.transfers[settled] = replace(books.transfers[settled], other_holder_id=other)
    await opened.write(tx, program_id)
    return books.transfers[settled:]


async def pay_with_money(  # noqa: PLR0913 - a payment
    tx: Transaction,
    program_id: int,
    terms: Sequence[Terms],
    *,
    holder_id: UUID,
    wallet: str,
    amount: int,
    partly: bool,
    cause: Cause,
    now: datetime,
) -> Transfer:
    """Spend money, what was granted first.

    Args:
        partly: Take what there is where that is less.

    Raises:
        InsufficientPoints: Less is available; partly: nothing is.
    """
    each = money_wallet(terms, wallet)
    opened = await open_books(tx, program_id, terms, [holder_id], now=now)
    books = opened[holder_id]
    taken = min(amount, books.available[each.ordinal]) if partly else amount
    if not taken:
        raise InsufficientPoints(short_by=amount, wallet=each.id)
    spent = policy.spend(books, each, taken, kind="money.paid", destination=SPENT, cause=cause, at=now, now=now)
    await opened.write(tx, program_id)
    return spent


async def return_money(  # noqa: PLR0913 - what comes back and why
    tx: Transaction,
    program_id: int,
    terms: Sequence[Terms],
    *,
    holder_id: UUID,
    wallet: str,
    transfer_id: UUID,
    amount: int,
    returned_before: int,
    cause: Cause,
    now: datetime,
) -> list[Transfer]:
    """Return part of what was paid to the lots that paid it, what was paid in first.

    Granted money whose end has passed meanwhile lives on for the time the program gives.

    Args:
        transfer_id: The payment's.
        returned_before: How much of it came back before.
    """
    each = money_wallet(terms, wallet)
    shares = await store.consumed_by(tx, program_id, holder=holder_id, transfer=transfer_id)
    opened = await open_books(tx, program_id, terms, [holder_id], now=now, lots=[lot_id for lot_id, _ in shares])
    books = opened[holder_id]
    settled = len(books.transfers)
    policy.give_back_all(
        books,
        each,
        shares,
        amount,
        before=returned_before,
        kind="money.refunded",
        source=SPENT,
        origin=PAID_IN,
        cause=cause,
        at=now,
        now=now,
    )
    await opened.write(tx, program_id)
    return books.transfers[settled:]


async def pay_money_out(
    tx: Transaction,
    program_id: int,
    terms: Sequence[Terms],
    *,
    holder_id: UUID,
    wallet: str,
    amount: int | None,
    cause: Cause,
    now: datetime,
) -> Transfer:
    """Give paid-in money back to the member in cash or to her account: all there is, when no amount is given.

    Raises:
        InsufficientPoints: Less was paid in and is available.
    """
    each = money_wallet(terms, wallet)
    opened = await open_books(tx, program_id, terms, [holder_id], now=now)
    books = opened[holder_id]
    owed = policy.owed(books, each.ordinal)
    made = policy.pay_out(books, each, amount or max(owed, 1), cause=cause, at=now, now=now)
    await opened.write(tx, program_id)
    return made


async def money_owed(
    tx: Transaction, program_id: int, terms: Sequence[Terms], holder_id: UUID, *, now: datetime
) -> dict[str, int]:
    """Return how much paid-in money a locked holder has by wallet, held too; wallets with none are left out."""
    if not any(each.kind == "money" for each in terms):
        return {}
    opened = await open_books(tx, program_id, terms, [holder_id], now=now)
    sums: dict[str, int] = {}
    for lot in opened[holder_id].lots.values():
        if lot.origin == PAID_IN and lot.remaining + lot.held:
            name = terms[lot.wallet].id
            sums[name] = sums.get(name, 0) + lot.remaining + lot.held
    return sums
