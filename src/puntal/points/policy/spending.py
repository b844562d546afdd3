"""Units going out: spends, holds, what returns, and what moves to other holders and wallets. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from puntal.kit.shares import share
from puntal.ledger.model import (
    AVAILABLE,
    CONVERTED,
    DEBT,
    HELD,
    PENDING,
    REDEEMED,
    TRANSFERRED,
    WRITTEN_OFF,
    Transfer,
)
from puntal.points.errors import HoldEnded, HoldsOpen, InsufficientPoints, NoDebt, WrongPortion
from puntal.points.model import Books, Cause, Consumption, Hold, HoldState, Lot, Terms
from puntal.points.policy.clockwork import due_at
from puntal.points.policy.earning import earn
from puntal.points.policy.lots import bring_back, end_of, move, pay_debt, pick, put, spendable, started, take


def spend(  # noqa: PLR0913 - a transfer and its cause
    books: Books,
    terms: Terms,
    amount: int,
    *,
    kind: str,
    destination: str = REDEEMED,
    cause: Cause,
    at: datetime,
    now: datetime,
    allow_debt: bool = False,
) -> Transfer:
    """Take available units for good, soonest end first.

    Args:
        allow_debt: Owe what is not there. Never for spending by members, only for corrections.

    Raises:
        InsufficientPoints: Fewer are available. Nothing was taken.
    """
    wallet = terms.ordinal
    enough = min(amount, books.available[wallet])
    if enough < amount and not allow_debt:
        raise InsufficientPoints(short_by=amount - enough, wallet=terms.id)
    transfer = None
    if enough:
        shares = pick(spendable(books, wallet), enough)
        transfer = take(books, wallet, destination, shares, kind=kind, cause=cause, at=at, now=now)
    if enough < amount or transfer is None:
        owed = move(books, wallet, DEBT, destination, amount - enough, kind=kind, cause=cause, at=at, now=now)
        transfer = transfer or owed
    return transfer


def hold(  # noqa: PLR0913 - a hold and its cause
    books: Books,
    terms: Terms,
    amount: int,
    *,
    id: UUID,
    reference: str,
    lapses_at: datetime,
    cause: Cause,
    at: datetime,
    now: datetime,
) -> Hold:
    """Set available units aside for a redemption under way. Held units do not expire.

    Raises:
        InsufficientPoints: Fewer are available.
    """
    wallet = terms.ordinal
    if books.available[wallet] < amount:
        raise InsufficientPoints(short_by=amount - books.available[wallet], wallet=terms.id)
    shares = pick(spendable(books, wallet), amount)
    move(books, wallet, AVAILABLE, HELD, amount, kind="points.held", cause=cause, at=at, now=now)
    for lot_id, part in shares:
        lot = books.lots[lot_id]
        put(books, replace(lot, remaining=lot.remaining - part, held=lot.held + part))
    held = Hold(
        id=id,
        wallet=wallet,
        amount=amount,
        state="open",
        held_at=now,
        lapses_at=lapses_at,
        reference=reference,
        lots=tuple(shares),
    )
    books.holds[id] = held
    books.changed_holds.add(id)
    return held


def commit(
    books: Books, held: Hold, *, cause: Cause, at: datetime, now: datetime, destination: str = REDEEMED
) -> Transfer:
    """Spend what is held, also from lots that have ended meanwhile.

    Raises:
        HoldEnded: It is no longer open, or its time is over.
    """
    if held.state != "open" or now >= held.lapses_at:
        raise HoldEnded(state=held.state if held.state != "open" else "lapsed")
    transfer = move(
        books, held.wallet, HELD, destination, held.amount, kind="points.redeemed", cause=cause, at=at, now=now
    )
    for lot_id, part in held.lots:
        lot = books.lots[lot_id]
        put(books, replace(lot, held=lot.held - part))
        books.consumptions.append(Consumption(transfer.id, lot_id, part))
    _end(books, held, "committed", now)
    return transfer


def release(
    books: Books,
    terms: Terms,
    held: Hold,
    *,
    state: HoldState = "released",
    extend: bool = False,
    cause: Cause,
    at: datetime,
    now: datetime,
) -> None:
    """Return what is held to its lots.

    Args:
        state: `released`, `lapsed`, or `voided` by a kill switch.
        extend: What returns to a lot that has ended lives on for a while. Not after a lapse or the member's
            own cancelling: then it expires at once.

    Raises:
        HoldEnded: It is no longer open.
    """
    if held.state != "open":
        raise HoldEnded(state=held.state)
    bring_back(
        books,
        terms,
        held.lots,
        source=HELD,
        counter="held",
        extend=extend,
        kind="points.released",
        cause=cause,
        at=at,
        now=now,
    )
    _end(books, held, state, now)


def _end(books: Books, held: Hold, state: HoldState, now: datetime) -> None:
    books.holds[held.id] = replace(held, state=state, ended_at=now)
    books.changed_holds.add(held.id)
    books.due_at = due_at(books)


def send(
    giver: Books,
    receiver: Books,
    terms: Terms,
    amount: int,
    *,
    cause: Cause,
    at: datetime,
    now: datetime,
    earner_id: UUID | None = None,
) -> list[Lot]:
    """Move available units to another holder; the new lots keep the ends of the old ones.

    Raises:
        InsufficientPoints: The giver has fewer available.
    """
    wallet = terms.ordinal
    if giver.available[wallet] < amount:
        raise InsufficientPoints(short_by=amount - giver.available[wallet], wallet=terms.id)
    sent = [(giver.lots[lot_id], part) for lot_id, part in pick(spendable(giver, wallet), amount)]
    take(
        giver,
        wallet,
        TRANSFERRED,
        [(lot.id, part) for lot, part in sent],
        kind="points.sent",
        cause=cause,
        at=at,
        now=now,
        other_holder_id=receiver.holder_id,
    )
    move(
        receiver,
        wallet,
        TRANSFERRED,
        AVAILABLE,
        amount,
        kind="points.received",
        cause=cause,
        at=at,
        now=now,
        other_holder_id=giver.holder_id,
    )
    received = []
    for lot, part in sent:
        copy = Lot(
            id=receiver.next_id(),
            wallet=wallet,
            amount=part,
            remaining=part,
            earned_at=lot.earned_at,
            starts_at=lot.starts_at,
            ends_at=end_of(giver, lot),
            renewable=lot.renewable,
            origin=lot.origin,
            event_id=cause.event_id,
            earner_id=earner_id,
        )
        receiver.added[copy.id] = None
        receiver.lots[copy.id] = copy
        received.append(copy)
    pay_debt(receiver, wallet, cause=cause, at=at, now=now)
    giver.due_at = due_at(giver)
    _lower_due(receiver)
    return [receiver.lots[lot.id] for lot in received]


def convert(
    books: Books,
    terms: Terms,
    into: Terms,
    amount: int,
    *,
    cause: Cause,
    at: datetime,
    now: datetime,
    earner_id: UUID | None = None,
) -> list[Lot]:
    """Turn available units of one wallet into another's at the program's rate; the lots keep their ends.

    Raises:
        WrongPortion: Not a multiple of the rate's portion.
        InsufficientPoints: Fewer are available.
    """
    wallet = terms.ordinal
    portion, gives = terms.conversions[into.id]
    if amount % portion:
        raise WrongPortion(step=portion)
    if books.available[wallet] < amount:
        raise InsufficientPoints(short_by=amount - books.available[wallet], wallet=terms.id)
    shares = pick(spendable(books, wallet), amount)
    sources = [(books.lots[lot_id], part) for lot_id, part in shares]
    take(books, wallet, CONVERTED, shares, kind="points.converted", cause=cause, at=at, now=now)
    made = []
    for (lot, _), given in zip(sources, share(amount // portion * gives, [part for _, part in sources]), strict=True):
        if given:
            dates = (lot.starts_at, end_of(books, lot), False, None)
            made.append(
                earn(
                    books,
                    into,
                    given,
                    cause=cause,
                    at=lot.earned_at,
                    now=now,
                    kind="points.converted",
                    source=CONVERTED,
                    dates=dates,
                    earner_id=earner_id,
                )
            )
    books.due_at = due_at(books)
    return made


def move_lots(giver: Books, receiver: Books, lots: Sequence[Lot], *, cause: Cause, at: datetime, now: datetime) -> None:
    """Re-point whole lots to another holder, with what was spent of them: a pool's leaver, a merge.

    They are the same lots afterwards, so a later refund of their order finds them. They leave `giver` (the
    store re-points the rows) and are `changed` in `receiver`.

    Raises:
        HoldsOpen: Part of them is held.
    """
    held = sum(lot.held for lot in lots)
    if held:
        raise HoldsOpen(held=held)
    for wallet in sorted({lot.wallet for lot in lots}):
        of_wallet = [lot for lot in lots if lot.wallet == wallet]
        for account, part in ((AVAILABLE, True), (PENDING, False)):
            total = sum(lot.remaining for lot in of_wallet if started(giver, lot) is part)
            if total:
                for books, other, source, destination, kind in (
                    (giver, receiver, account, TRANSFERRED, "points.sent"),
                    (receiver, giver, TRANSFERRED, account, "points.received"),
                ):
                    move(
                        books,
                        wallet,
                        source,
                        destination,
                        total,
                        kind=kind,
                        cause=cause,
                        at=at,
                        now=now,
                        other_holder_id=other.holder_id,
                    )
        for lot in of_wallet:
            del giver.lots[lot.id]
            giver.changed.discard(lot.id)
            # An end by the giver's inactivity goes with the lot.
            put(receiver, replace(lot, ends_at=end_of(giver, lot)))
        pay_debt(receiver, wallet, cause=cause, at=at, now=now)
    moved = {lot.id for lot in lots}
    receiver.consumptions += [each for each in giver.consumptions if each.lot_id in moved]
    giver.consumptions = [each for each in giver.consumptions if each.lot_id not in moved]
    giver.due_at = due_at(giver)
    _lower_due(receiver)


def move_debt(
    giver: Books, receiver: Books, *, cause: Cause, at: datetime, now: datetime, most: Sequence[int] | None = None
) -> None:
    """Let another holder owe what this one owes, and pay it at once as far as there is something available.

    Args:
        most: By wallet ordinal, how much at most; everything when not given.
    """
    for wallet, debt in enumerate(list(giver.debt)):
        owed = debt if most is None else min(debt, most[wallet] if wallet < len(most) else 0)
        if owed:
            for books, source, destination in ((giver, TRANSFERRED, DEBT), (receiver, DEBT, TRANSFERRED)):
                move(books, wallet, source, destination, owed, kind="points.debt_moved", cause=cause, at=at, now=now)
            pay_debt(receiver, wallet, cause=cause, at=at, now=now)


def write_off(books: Books, terms: Terms, amount: int, *, cause: Cause, at: datetime, now: datetime) -> Transfer:
    """Forgive debt, as staff and erasure may.

    Raises:
        NoDebt: There is less.
    """
    owed = books.debt[terms.ordinal]
    if amount > owed:
        raise NoDebt(debt=owed)
    return move(
        books, terms.ordinal, WRITTEN_OFF, DEBT, amount, kind="points.debt_written_off", cause=cause, at=at, now=now
    )


def _lower_due(books: Books) -> None:
    """Mind new lots in books whose other lots may not be loaded."""
    for lot in books.lots.values():
        due = end_of(books, lot) if started(books, lot) else lot.starts_at
        if lot.remaining and due is not None and (books.due_at is None or due < books.due_at):
            books.due_at = due
