"""Redemptions under way: set aside, spent, let go; and what comes back of what was spent."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from puntal.kit import ids
from puntal.kit.db import Transaction
from puntal.ledger.model import Transfer
from puntal.members import operations as members
from puntal.points import policy, store
from puntal.points.errors import UnknownHold
from puntal.points.model import Books, Cause, Hold, HoldState, Share, Terms
from puntal.points.operations.access import check_verified
from puntal.points.operations.books import Opened, open_books
from puntal.points.operations.corrections import wallet_named


async def hold(  # noqa: PLR0913 - what a hold is
    tx: Transaction,
    program_id: int,
    terms: Sequence[Terms],
    *,
    holder_id: UUID,
    wallet: str,
    amount: int,
    reference: str,
    lapses_at: datetime,
    now: datetime,
    id: UUID | None = None,
    spender_id: UUID | None = None,
) -> Hold:
    """Set available units aside until they are committed, released, or `lapses_at`.

    Args:
        reference: What for, in the caller's words.
        id: Chosen by the caller before the first try; ours when not given.
        spender_id: The member who spends, where the holder is her pool.

    Raises:
        UnknownWallet: The program has no such wallet.
        Unverified: She has not verified what the program asks for.
        InsufficientPoints: Fewer are available.
    """
    opened = await open_books(tx, program_id, terms, [holder_id], now=now)
    if terms[0].needs:
        spender = spender_id or holder_id
        profile = (await members.load(tx, program_id, [spender])).get(spender)
        if profile is None:
            raise ValueError("a hold on a pool's wallet names the member who spends")
        check_verified(terms, profile)
    made = policy.hold(
        opened[holder_id],
        wallet_named(terms, wallet),
        amount,
        id=id or ids.new_id(),
        reference=reference,
        lapses_at=lapses_at,
        cause=Cause(note={"reference": reference}),
        at=now,
        now=now,
    )
    await opened.write(tx, program_id)
    return made


async def commit(
    tx: Transaction, program_id: int, terms: Sequence[Terms], *, hold_id: UUID, cause: Cause, now: datetime
) -> Transfer:
    """Spend what is held, also when its lots have ended meanwhile. Committing again answers with a refusal.

    Raises:
        UnknownHold: There is no such hold.
        HoldEnded: It is over.
    """
    opened, books, held = await _open(tx, program_id, terms, hold_id, now)
    spent = policy.commit(books, held, cause=cause, at=now, now=now)
    await opened.write(tx, program_id)
    return spent


async def release(
    tx: Transaction,
    program_id: int,
    terms: Sequence[Terms],
    *,
    hold_id: UUID,
    now: datetime,
    state: HoldState = "released",
    extend: bool = False,
) -> Hold:
    """Return what is held to its lots.

    Args:
        state: `released`, or `voided` by a kill switch.
        extend: What returns to a lot that has ended lives on for a while: not on the member's own wish.

    Raises:
        UnknownHold: There is no such hold.
        HoldEnded: It is over already.
    """
    opened, books, held = await _open(tx, program_id, terms, hold_id, now)
    cause = Cause(note={"reference": held.reference})
    policy.release(books, terms[held.wallet], held, state=state, extend=extend, cause=cause, at=now, now=now)
    await opened.write(tx, program_id)
    return books.holds[hold_id]


async def lapse_due(
    tx: Transaction, program_id: int, terms: Sequence[Terms], *, now: datetime, limit: int = 500
) -> int:
    """End up to `limit` holds whose time is over; returns how many. Doing it again changes nothing.

    What returns to a lot that has ended expires at once.
    """
    overdue = await store.overdue_holds(tx, program_id, now=now, limit=limit)
    if not overdue:
        return 0
    hold_ids = [hold_id for hold_id, _ in overdue]
    opened = await _open_holds(tx, program_id, terms, hold_ids, sorted({holder for _, holder in overdue}), now)
    lapsed = 0
    for books in opened.books.values():
        for held in list(books.holds.values()):
            # Committed or released between the look and the lock: theirs.
            if held.state == "open" and held.lapses_at <= now:
                cause = Cause(note={"reference": held.reference})
                policy.release(
                    books,
                    terms[held.wallet],
                    held,
                    state="lapsed",
                    cause=cause,
                    at=max(held.lapses_at, held.held_at),
                    now=now,
                )
                lapsed += 1
    await opened.write(tx, program_id)
    return lapsed


async def give_back(  # noqa: PLR0913 - what comes back and why
    tx: Transaction,
    program_id: int,
    terms: Sequence[Terms],
    *,
    holder_id: UUID,
    wallet: str,
    transfer_id: UUID,
    amount: int,
    returned_before: int = 0,
    extend: bool = True,
    cause: Cause,
    now: datetime,
) -> None:
    """Return part of a spend to the lots that paid it, the last to be spent first.

    Args:
        transfer_id: The spend.
        returned_before: How much of it came back before: the caller remembers.
        extend: What returns to a lot that has ended lives on for a while: not on the member's own wish.
    """
    shares = await store.consumed_by(tx, program_id, holder=holder_id, transfer=transfer_id)
    back = policy.returning(shares, amount, before=returned_before)
    opened = await open_books(tx, program_id, terms, [holder_id], now=now, lots=[lot_id for lot_id, _ in back])
    policy.give_back(opened[holder_id], wallet_named(terms, wallet), back, extend=extend, cause=cause, at=now, now=now)
    await opened.write(tx, program_id)


async def find_holds(tx: Transaction, program_id: int, ids: Collection[UUID]) -> dict[UUID, list[Hold]]:
    """Return some holds by their holders; whoever ends them has locked those, and puts them into their books."""
    return await store.load_holds(tx, program_id, ids) if ids else {}


async def paid_by(
    tx: Transaction, program_id: int, *, holders: Collection[UUID], spends: Collection[UUID]
) -> dict[UUID, list[Share]]:
    """Return by spend (its transfer) the lots that paid it and how much of each, in spending order."""
    return await store.paid_by(tx, program_id, holders=holders, transfers=spends) if spends else {}


async def _open(
    tx: Transaction, program_id: int, terms: Sequence[Terms], hold_id: UUID, now: datetime
) -> tuple[Opened, Books, Hold]:
    holder_id = await store.find_hold(tx, program_id, hold_id)
    if holder_id is None:
        raise UnknownHold
    opened = await _open_holds(tx, program_id, terms, [hold_id], [holder_id], now)
    books = opened[holder_id]
    return opened, books, books.holds[hold_id]


async def _open_holds(
    tx: Transaction,
    program_id: int,
    terms: Sequence[Terms],
    hold_ids: Sequence[UUID],
    holders: Sequence[UUID],
    now: datetime,
) -> Opened:
    """Open the books of holds; they are read once their holders are locked, and with their ended lots."""
    named = await store.load_holds(tx, program_id, hold_ids)
    lots = [lot_id for held in named.values() for each in held for lot_id, _ in each.lots]
    opened = await open_books(tx, program_id, terms, holders, now=now, lots=lots)
    for holder_id, held in (await store.load_holds(tx, program_id, hold_ids)).items():
        opened[holder_id].holds.update((each.id, each) for each in held)
    return opened
