"""What staff do to wallets: adjustments, under their role's limit or with a second person; debt written off."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from puntal.access.model import ApprovalId
from puntal.access.operations import approvals, audit
from puntal.kit import ids
from puntal.kit.db import ProgramId, Transaction
from puntal.kit.words import Words
from puntal.ledger.model import ADJUSTED
from puntal.members import queries as people
from puntal.points import policy
from puntal.points.errors import AmountZero, InsufficientPoints, UnknownWallet, WalletRetired
from puntal.points.model import Adjustment, Cause, Starting, Terms
from puntal.points.operations.books import open_books

if TYPE_CHECKING:
    from puntal.access.model import Approval, Caller

ADJUST = "points.adjust"
"""The action under which an adjustment waits for a second person."""


def wallet_named(terms: Sequence[Terms], wallet: str) -> Terms:
    """Return a wallet's terms by its id.

    Raises:
        UnknownWallet: There is none.
    """
    for each in terms:
        if each.id == wallet:
            return each
    raise UnknownWallet(wallet=wallet)


async def adjust(  # noqa: PLR0913 - what an adjustment is
    tx: Transaction,
    program_id: int,
    terms: Sequence[Terms],
    *,
    holder_id: UUID,
    wallet: str,
    amount: int,
    public_reason: str,
    internal_reason: str,
    by: Caller,
    now: datetime,
    allow_debt: bool = False,
    event_id: str | None = None,
    earner_id: UUID | None = None,
) -> Adjustment:
    """Add units to a wallet or take them, for a reason; above the role's limit a second person is asked.

    What is added lives as earnings do and goes above caps, but does not count for tiers. What is taken comes
    from available units, soonest end first.

    Args:
        amount: Smallest units, negative to take.
        public_reason: What the member reads.
        internal_reason: What staff read.
        allow_debt: Owe what is not there; otherwise such an adjustment is refused.
        event_id: Chosen by the caller; makes a name for the transfers.
        earner_id: The member it is for, where the holder is her pool.

    Raises:
        AmountZero: Neither more nor less was asked for.
        UnknownWallet: The program has no such wallet.
        WalletRetired: Nothing new comes into it.
        InsufficientPoints: Less is available than was to be taken; of money, less was granted.
    """
    if not amount:
        raise AmountZero
    each = wallet_named(terms, wallet)
    if by.adjust_limit is not None and abs(amount) > by.adjust_limit:
        approval = await approvals.ask(
            tx,
            program_id=ProgramId(program_id),
            id=ApprovalId(ids.new_id()),
            action=ADJUST,
            subject=f"member:{earner_id or holder_id}",
            payload={
                "holder_id": str(holder_id),
                "earner_id": None if earner_id is None else str(earner_id),
                "wallet": wallet,
                "amount": amount,
                "public_reason": public_reason,
                "internal_reason": internal_reason,
                "allow_debt": allow_debt,
                "by": by.actor,
            },
            by=by,
            now=now,
            summary=_words(each, amount, public_reason),
        )
        return Adjustment(approval_id=approval.id)
    note = {"reason": public_reason, "internal": internal_reason, "by": by.actor}
    await audit.record(
        tx,
        program_id=ProgramId(program_id),
        actor=by.actor,
        action=ADJUST,
        subject=f"member:{earner_id or holder_id}",
        now=now,
        detail={"wallet": wallet, "amount": amount, "reason": internal_reason},
    )
    cause = Cause(event_id=event_id, note=note)
    return await _post(
        tx,
        program_id,
        terms,
        each,
        holder_id,
        amount=amount,
        cause=cause,
        now=now,
        allow_debt=allow_debt,
        earner_id=earner_id,
    )


async def _post(  # noqa: PLR0913 - what an adjustment is
    tx: Transaction,
    program_id: int,
    terms: Sequence[Terms],
    wallet: Terms,
    holder_id: UUID,
    *,
    amount: int,
    cause: Cause,
    now: datetime,
    allow_debt: bool,
    earner_id: UUID | None,
) -> Adjustment:
    if wallet.retired and amount > 0:
        raise WalletRetired(wallet=wallet.id)
    opened = await open_books(tx, program_id, terms, [holder_id], now=now)
    books = opened[holder_id]
    settled = len(books.transfers)
    granted = books.available[wallet.ordinal] - policy.owed(books, wallet.ordinal)
    if wallet.kind == "money" and not allow_debt and -amount > granted:
        # What was paid in is given back, never taken away.
        raise InsufficientPoints(short_by=-amount - granted, wallet=wallet.id)
    if amount > 0:
        policy.earn(
            books,
            wallet,
            amount,
            cause=cause,
            at=now,
            now=now,
            kind="points.adjusted",
            source=ADJUSTED,
            available=Starting(),
            earner_id=earner_id,
        )
    else:
        policy.spend(
            books,
            wallet,
            -amount,
            kind="points.adjusted",
            destination=ADJUSTED,
            cause=cause,
            at=now,
            now=now,
            allow_debt=allow_debt,
        )
    await opened.write(tx, program_id)
    return Adjustment(transfers=tuple(books.transfers[settled:]))


def _words(wallet: Terms, amount: int, reason: str) -> Words:
    shown = f"{Decimal(abs(amount)).scaleb(-wallet.scale):,f}"
    spanish = shown.translate(str.maketrans(",.", ".,"))
    return Words(
        f"{'Add' if amount > 0 else 'Take'} {shown} of {wallet.id}: {reason}",
        f"{'Añadir' if amount > 0 else 'Quitar'} {spanish} de {wallet.id}: {reason}",
    )


def adjusting(
    current: Callable[[Transaction, int], Coroutine[Any, Any, Sequence[Terms]]],
) -> Callable[[Transaction, ProgramId, Approval, datetime], Coroutine[Any, Any, None]]:
    """Return the doer of approved adjustments, for the entry point's table of actions under `ADJUST`.

    Args:
        current: Gives a program's terms as of now.
    """

    async def perform(tx: Transaction, program_id: ProgramId, approval: Approval, now: datetime) -> None:
        asked: Mapping[str, Any] = approval.payload
        terms = await current(tx, program_id)
        note = {
            "reason": asked["public_reason"],
            "internal": asked["internal_reason"],
            "by": asked["by"],
            "approved_by": approval.decided_by,
            "approval": str(approval.id),
        }
        holder, earner = UUID(asked["holder_id"]), asked.get("earner_id")
        if earner is not None:
            # She may have left her pool since it was asked for, or joined another.
            pools = await people.pools_of(tx, program_id, [UUID(earner)])
            holder, _ = pools.get(UUID(earner), (UUID(earner), True))
        await _post(
            tx,
            program_id,
            terms,
            wallet_named(terms, asked["wallet"]),
            holder,
            amount=asked["amount"],
            cause=Cause(note=note),
            now=now,
            allow_debt=asked["allow_debt"],
            earner_id=None if earner is None or holder == UUID(earner) else UUID(earner),
        )

    return perform


async def write_off(  # noqa: PLR0913 - what a write-off is
    tx: Transaction,
    program_id: int,
    terms: Sequence[Terms],
    *,
    holder_id: UUID,
    wallet: str,
    amount: int | None,
    reason: str,
    actor: str,
    now: datetime,
) -> int:
    """Forgive debt of a wallet, all of it when no amount is given; returns how much.

    Raises:
        UnknownWallet: The program has no such wallet.
        NoDebt: There is less debt than that.
    """
    each = wallet_named(terms, wallet)
    opened = await open_books(tx, program_id, terms, [holder_id], now=now)
    books = opened[holder_id]
    forgiven = books.debt[each.ordinal] if amount is None else amount
    if forgiven:
        policy.write_off(books, each, forgiven, cause=Cause(note={"internal": reason, "by": actor}), at=now, now=now)
        await audit.record(
            tx,
            program_id=ProgramId(program_id),
            actor=actor,
            action="points.write_off",
            subject=f"member:{holder_id}",
            now=now,
            detail={"wallet": wallet, "amount": forgiven, "reason": reason},
        )
    await opened.write(tx, program_id)
    return forgiven
