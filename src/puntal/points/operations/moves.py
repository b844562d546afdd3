"""Units that change hands or wallets: transfers between members, conversions, merges and leavers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from puntal.kit.db import Transaction
from puntal.ledger.model import Transfer
from puntal.points import policy, store
from puntal.points.errors import (
    HoldsOpen,
    NotConvertible,
    NotTransferable,
    OverCap,
    OverTransferLimit,
    SameHolder,
    WalletRetired,
)
from puntal.points.model import Cause, Terms
from puntal.points.operations.books import open_books
from puntal.points.operations.corrections import wallet_named
from puntal.points.operations.money import caps_for


async def transfer(  # noqa: PLR0913 - what a transfer is
    tx: Transaction,
    program_id: int,
    terms: Sequence[Terms],
    *,
    giver_id: UUID,
    receiver_id: UUID,
    wallet: str,
    amount: int,
    now: datetime,
    note: dict[str, object] | None = None,
    event_id: str | None = None,
    earner_id: UUID | None = None,
) -> list[Transfer]:
    """Give available units to another member; the lots keep their ends. Both are locked in the order of their ids.

    Args:
        earner_id: The member who receives, where the receiver is her pool.

    Raises:
        UnknownWallet: The program has no such wallet.
        NotTransferable: Members may not give this wallet's units away.
        SameHolder: To oneself.
        OverTransferLimit: More money than the giver may give at a time.
        OverCap: The receiver's wallet has no room.
        InsufficientPoints: The giver has fewer available.
    """
    each = wallet_named(terms, wallet)
    if not each.transferable:
        raise NotTransferable(wallet=wallet)
    if giver_id == receiver_id:
        raise SameHolder
    opened = await open_books(tx, program_id, terms, [giver_id, receiver_id], now=now)
    giver, receiver = opened[giver_id], opened[receiver_id]
    room = policy.room(receiver, each)
    if each.kind == "money":
        gives, takes = await caps_for(tx, program_id, each, [giver_id, earner_id or receiver_id])
        if gives.transfer is not None and amount > gives.transfer:
            raise OverTransferLimit(most=gives.transfer)
        room = policy.room_under(receiver, each.ordinal, takes.balance)
    if room is not None and amount > room:
        raise OverCap(room=room)
    settled = len(giver.transfers)
    cause = Cause(event_id=event_id, note=note)
    policy.send(giver, receiver, each, amount, cause=cause, at=now, now=now, earner_id=earner_id)
    await opened.write(tx, program_id)
    return giver.transfers[settled:]


async def convert(  # noqa: PLR0913 - what a conversion is
    tx: Transaction,
    program_id: int,
    terms: Sequence[Terms],
    *,
    holder_id: UUID,
    wallet: str,
    into: str,
    amount: int,
    now: datetime,
    event_id: str | None = None,
    earner_id: UUID | None = None,
) -> list[Transfer]:
    """Turn available units of one wallet into another's at the program's rate; the lots keep their ends.

    Args:
        earner_id: The member who asks, where the holder is her pool.

    Raises:
        UnknownWallet: The program has no such wallet.
        NotConvertible: The program has no rate between the two.
        WalletRetired: Nothing new comes into the second.
        WrongPortion: Not a multiple of the portion the rate takes.
        OverCap: The second wallet has no room.
        InsufficientPoints: Fewer are available.
    """
    source, target = wallet_named(terms, wallet), wallet_named(terms, into)
    if into not in source.conversions:
        raise NotConvertible(wallet=wallet, to=into)
    if target.retired:
        raise WalletRetired(wallet=into)
    opened = await open_books(tx, program_id, terms, [holder_id], now=now)
    books = opened[holder_id]
    portion, gives = source.conversions[into]
    room = policy.room(books, target)
    if room is not None and amount // portion * gives > room:
        raise OverCap(room=room)
    settled = len(books.transfers)
    cause = Cause(event_id=event_id)
    policy.convert(books, source, target, amount, cause=cause, at=now, now=now, earner_id=earner_id)
    await opened.write(tx, program_id)
    return books.transfers[settled:]


async def reassign(  # noqa: PLR0913 - what moves, and from whom to whom
    tx: Transaction,
    program_id: int,
    terms: Sequence[Terms],
    *,
    giver_id: UUID,
    receiver_id: UUID,
    now: datetime,
    earner_id: UUID | None = None,
    only: Collection[UUID] | None = None,
    orders: Collection[str] = (),
    debts: Sequence[int] = (),
) -> list[UUID]:
    """Re-point lots to another holder, spent ones too, so that refunds find them: a merge, or a pool's leaver.

    Without `earner_id` and `only` everything moves, debt too, and is paid at once where the receiver can.
    Transfers keep the old holder.

    Args:
        earner_id: Only what this member earned: what a leaver takes of a pool.
        only: Only these lots, those of them the giver has: undoing a merge. Cards made of nothing else go along.
        orders: Beside them the lots of these orders, whenever they were earned.
        debts: How much of the giver's debt goes along, by wallet ordinal, as far as there still is that much.

    Returns:
        The lots that moved; naming them the other way round undoes it.

    Raises:
        HoldsOpen: A redemption is under way; it must end first.
    """
    opened = await open_books(tx, program_id, terms, [giver_id, receiver_id], now=now)
    giver, receiver = opened[giver_id], opened[receiver_id]
    # Closed lots too.
    for lot in await store.all_lots(tx, program_id, giver_id):
        giver.lots.setdefault(lot.id, lot)
    everything = earner_id is None and only is None
    lots = [
        lot
        for lot in giver.lots.values()
        if (earner_id is None or lot.earner_id == earner_id)
        and (only is None or lot.id in only or lot.order_key in orders)
    ]
    held = sum(lot.held for lot in lots)
    if held:
        raise HoldsOpen(held=held)
    cause = Cause(note={"moved_to": str(receiver_id), "moved_from": str(giver_id)})
    policy.move_lots(giver, receiver, lots, cause=cause, at=now, now=now)
    if everything or debts:
        policy.move_debt(giver, receiver, cause=cause, at=now, now=now, most=None if everything else debts)
    if everything:
        for clock, own in ((giver.alive, receiver.alive), (giver.lapsed, receiver.lapsed)):
            own.update({wallet: max(at, own.get(wallet, at)) for wallet, at in clock.items()})
    moved = [lot.id for lot in lots]
    # The rows must have their new holder before they are updated under it.
    await store.repoint_lots(
        tx, program_id, giver=giver_id, receiver=receiver_id, lots=moved, cards=everything, own_cards=only is not None
    )
    await opened.write(tx, program_id)
    return moved
