"""Moving units between accounts and lots together. Pure; everything else in this folder is built of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Literal
from uuid import UUID

from msgspec.structs import replace

from puntal.ledger.model import AVAILABLE, DEBT, EXPIRED, ISSUED, MEMBER_ACCOUNTS, PENDING, Transfer
from puntal.points.model import PAID_IN, Books, Cause, Consumption, Lot, Share, Terms
from puntal.points.policy.terms import returned_end

if TYPE_CHECKING:
    from collections.abc import Callable

NEVER: Final = datetime.max.replace(tzinfo=UTC)
NOBODY: Final = Cause()
"""The clock did it."""

Counter = Literal["consumed", "held", "expired", "reversed"]
"""Where units were that come back to a lot."""


def put(books: Books, lot: Lot) -> None:
    """Keep a lot's new state."""
    books.lots[lot.id] = lot
    if lot.id not in books.added:
        books.changed.add(lot.id)


def move(  # noqa: PLR0913 - the columns of a transfer
    books: Books,
    wallet: int,
    source: str,
    destination: str,
    amount: int,
    *,
    kind: str,
    cause: Cause,
    at: datetime,
    now: datetime,
    other_holder_id: UUID | None = None,
) -> Transfer:
    """Post one transfer and keep the balances it touches."""
    transfer = Transfer(
        id=books.next_id(),
        holder_id=books.holder_id,
        wallet=wallet,
        kind=kind,
        source=source,
        destination=destination,
        amount=amount,
        effective_at=at,
        recorded_at=now,
        event_id=cause.event_id,
        rule=cause.rule,
        order_key=cause.order_key,
        revision=cause.revision,
        other_holder_id=other_holder_id,
        note=cause.note,
    )
    books.transfers.append(transfer)
    if source in MEMBER_ACCOUNTS:
        # A debt is kept positive: taking from it makes it grow.
        _balances(books, source)[wallet] += amount if source == DEBT else -amount
    if destination in MEMBER_ACCOUNTS:
        _balances(books, destination)[wallet] += -amount if destination == DEBT else amount
    return transfer


def _balances(books: Books, account: str) -> list[int]:
    found: list[int] = getattr(books, account)
    return found


def started(books: Books, lot: Lot) -> bool:
    """Return whether a lot is available rather than pending, as far as the books are settled."""
    return lot.starts_at <= books.settled_to


def end_of(books: Books, lot: Lot) -> datetime | None:
    """Return when a lot ends as things stand; a renewable one not before its wallet's inactivity does."""
    if lot.renewable and lot.ends_at is not None:
        alive = books.alive.get(lot.wallet)
        if alive is not None and alive > lot.ends_at:
            return alive
    return lot.ends_at


def spending_order(books: Books) -> Callable[[Lot], tuple[bool, datetime, datetime, UUID]]:
    """Return the sort key of spending: soonest end first, never-ending last; ties by earned time, then id.

    Of money, what was granted goes before what was paid in.
    """

    def key(lot: Lot) -> tuple[bool, datetime, datetime, UUID]:
        return lot.origin == PAID_IN, end_of(books, lot) or NEVER, lot.earned_at, lot.id

    return key


def spendable(books: Books, wallet: int, *, pending: bool = False) -> list[Lot]:
    """Return the lots of a wallet with something available (or pending) left, in spending order."""
    lots = [
        lot
        for lot in books.lots.values()
        if lot.wallet == wallet and lot.remaining and started(books, lot) is not pending
    ]
    lots.sort(key=spending_order(books))
    return lots


def pick(lots: Iterable[Lot], amount: int) -> list[Share]:
    """Return which lots pay an amount, in the order given; they must have enough."""
    shares: list[Share] = []
    for lot in lots:
        if not amount:
            break
        part = min(amount, lot.remaining)
        shares.append((lot.id, part))
        amount -= part
    if amount:
        raise ValueError(f"the lots are {amount} short of the balance; they are not all loaded")
    return shares


def consume(books: Books, transfer: Transfer, shares: Sequence[Share]) -> None:
    """Let lots pay for a transfer that is already posted."""
    for lot_id, part in shares:
        lot = books.lots[lot_id]
        put(books, replace(lot, remaining=lot.remaining - part))
        books.consumptions.append(Consumption(transfer.id, lot_id, part))


def take(  # noqa: PLR0913 - a transfer and its lots
    books: Books,
    wallet: int,
    destination: str,
    shares: Sequence[Share],
    *,
    source: str = AVAILABLE,
    kind: str,
    cause: Cause,
    at: datetime,
    now: datetime,
    other_holder_id: UUID | None = None,
) -> Transfer:
    """Take units out of lots with one transfer."""
    amount = sum(part for _, part in shares)
    transfer = move(
        books,
        wallet,
        source,
        destination,
        amount,
        kind=kind,
        cause=cause,
        at=at,
        now=now,
        other_holder_id=other_holder_id,
    )
    consume(books, transfer, shares)
    return transfer


def pay_debt(books: Books, wallet: int, *, cause: Cause, at: datetime, now: datetime) -> int:
    """Let what is available pay what is owed; a wallet never has both. Returns how much was paid."""
    owed = min(books.debt[wallet], books.available[wallet])
    if owed:
        shares = pick(spendable(books, wallet), owed)
        take(books, wallet, DEBT, shares, kind="points.debt_paid", cause=cause, at=at, now=now)
    return owed


def expire(books: Books, wallet: int, lots: Sequence[Lot], *, cause: Cause, at: datetime, now: datetime) -> None:
    """End lots: what remains of them is gone, with one transfer for all."""
    total = sum(lot.remaining for lot in lots)
    if not total:
        return
    for lot in lots:
        # A renewable lot keeps when it really ended: a late event must know whether it was alive then.
        ended = end_of(books, lot)
        put(books, replace(lot, remaining=0, expired=lot.expired + lot.remaining, ends_at=ended))
        if lot.renewable and ended is not None:
            books.lapsed[wallet] = max(ended, books.lapsed.get(wallet, ended))
    move(books, wallet, AVAILABLE, EXPIRED, total, kind="points.expired", cause=cause, at=at, now=now)


def bring_back(  # noqa: PLR0913 - a transfer and its lots
    books: Books,
    terms: Terms,
    shares: Sequence[Share],
    *,
    source: str,
    counter: Counter,
    extend: bool,
    kind: str,
    cause: Cause,
    at: datetime,
    now: datetime,
) -> None:
    """Return units to their lots, even above caps.

    What a reversal left noted on a lot is taken first, then debt is paid. In a lot that has ended the rest
    lives on (`extend`) for the time the program gives, or expires at once.
    """
    wallet = terms.ordinal
    for destination, part in ((PENDING, False), (AVAILABLE, True)):
        back = [(lot_id, n) for lot_id, n in shares if n and started(books, books.lots[lot_id]) is part]
        if not back:
            continue
        total = sum(n for _, n in back)
        transfer = move(books, wallet, source, destination, total, kind=kind, cause=cause, at=at, now=now)
        collected = 0
        for lot_id, n in back:
            lot = books.lots[lot_id]
            if counter == "consumed":
                books.consumptions.append(Consumption(transfer.id, lot_id, n))
            noted = min(lot.noted, n)
            collected += noted
            put(
                books,
                replace(
                    lot,
                    remaining=lot.remaining + n - noted,
                    held=lot.held - (n if counter == "held" else 0),
                    expired=lot.expired - (n if counter == "expired" else 0),
                    reversed=lot.reversed - (n if counter == "reversed" else 0) + noted,
                    noted=lot.noted - noted,
                ),
            )
        if collected:
            move(books, wallet, destination, ISSUED, collected, kind="points.reversed", cause=cause, at=at, now=now)
        if not part:
            continue
        ended = [lot_id for lot_id, _ in back if (end := end_of(books, books.lots[lot_id])) is not None and end <= now]
        if extend:
            for lot_id in ended:
                put(books, replace(books.lots[lot_id], ends_at=returned_end(terms, now)))
        pay_debt(books, wallet, cause=cause, at=at, now=now)
        if not extend:
            # Back before its end or after it: it expires no sooner than either.
            for lot in (books.lots[lot_id] for lot_id in ended):
                gone = max(at, end_of(books, lot) or at)
                expire(books, wallet, [lot], cause=cause, at=gone, now=now)


def returning(shares: Sequence[Share], amount: int, *, before: int) -> list[Share]:
    """Return which lots get an amount back of what they paid when `before` came back to them already."""
    gone = dict(backwards(shares, before))
    return backwards([(lot_id, part - gone.get(lot_id, 0)) for lot_id, part in shares], amount)


def backwards(shares: Sequence[Share], amount: int) -> list[Share]:
    """Return which lots get an amount back of what they paid: the last to be spent first."""
    chosen: list[Share] = []
    for lot_id, part in reversed(shares):
        back = min(part, amount)
        if back:
            chosen.append((lot_id, back))
            amount -= back
    if amount:
        raise ValueError(f"{amount} more would be returned than was taken")
    return chosen
