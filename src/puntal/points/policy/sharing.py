"""A wallet that several share: what is the pool's and what is a member's own, as one and apart again. Pure.

In a pool's books every lot remembers its earner; in a member's own books none does.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from puntal.ledger.model import MEMBER_ACCOUNTS
from puntal.points.model import Books, Cause, Terms
from puntal.points.policy.clockwork import due_at, settle
from puntal.points.policy.spending import move_lots


def settle_both(own: Books, shared: Books, terms: Sequence[Terms], now: datetime) -> datetime:
    """Settle a member's books and her pool's to one instant, so that a lot is pending in both or in none.

    Returns:
        That instant: `now`, or later when one of them was settled further.
    """
    at = max(now, own.settled_to, shared.settled_to)
    settle(own, terms, at)
    settle(shared, terms, at)
    return at


def bring_in(own: Books, shared: Books, wallets: Collection[int], now: datetime) -> list[UUID] | None:
    """Move what a member had before she joined into the pool, remembered as hers; debt stays her own.

    Both are settled to `now`, and all open lots are loaded.

    Returns:
        The lots that moved, whose rows must be re-pointed; None when some are held, and nothing moved.
    """
    lots = [lot for lot in own.lots.values() if lot.wallet in wallets]
    if any(lot.held for lot in lots):
        return None
    if lots:
        cause = Cause(note={"moved_to": str(shared.holder_id), "moved_from": str(own.holder_id)})
        move_lots(own, shared, lots, cause=cause, at=now, now=now)
        for lot in lots:
            shared.lots[lot.id] = replace(shared.lots[lot.id], earner_id=own.holder_id)
    return [lot.id for lot in lots]


def together(own: Books, shared: Books, wallets: Collection[int]) -> Books:
    """Return working books of a member of a pool: the shared wallets are the pool's, all others her own.

    Both are settled to the same instant and have their lots. Nothing of what is to be written yet is in them.
    """

    def of(account: str) -> list[int]:
        mine, ours = getattr(own, account), getattr(shared, account)
        return [ours[n] if n in wallets else amount for n, amount in enumerate(mine)]

    both = [(own, False), (shared, True)]
    dues = [due for due in (own.due_at, shared.due_at) if due is not None]
    return Books(
        holder_id=own.holder_id,
        next_id=own.next_id,
        available=of("available"),
        pending=of("pending"),
        held=of("held"),
        debt=of("debt"),
        settled_to=own.settled_to,
        due_at=min(dues, default=None),
        alive={wallet: at for books, ours in both for wallet, at in books.alive.items() if (wallet in wallets) is ours},
        lapsed={
            wallet: at for books, ours in both for wallet, at in books.lapsed.items() if (wallet in wallets) is ours
        },
        loaded=True,
        lots={id: lot for books, ours in both for id, lot in books.lots.items() if (lot.wallet in wallets) is ours},
        added={id: None for books, ours in both for id in books.added if (books.lots[id].wallet in wallets) is ours},
        finished_cards={
            id: card
            for books, ours in both
            for id, card in books.finished_cards.items()
            if (card.wallet in wallets) is ours
        },
    )


def part(worked: Books, own: Books, shared: Books, wallets: Collection[int]) -> None:
    """Write what was done to books of `together` into the two they were made of; new shared lots get their earner."""
    for id in worked.added:
        lot = worked.lots[id]
        if lot.wallet in wallets and lot.earner_id is None:
            worked.lots[id] = replace(lot, earner_id=own.holder_id)
    _take_over(worked, own, {n for n in range(len(worked.available)) if n not in wallets})
    _take_over(worked, shared, wallets)


def _take_over(worked: Books, books: Books, wallets: Collection[int]) -> None:
    for account in MEMBER_ACCOUNTS:
        after, balances = getattr(worked, account), getattr(books, account)
        for wallet in wallets:
            if wallet < len(after):
                balances[wallet] = after[wallet]
    for clock, known in ((worked.alive, books.alive), (worked.lapsed, books.lapsed)):
        known.update({wallet: at for wallet, at in clock.items() if wallet in wallets})
    books.settled_to = worked.settled_to
    books.lots.update((id, lot) for id, lot in worked.lots.items() if lot.wallet in wallets)
    books.added.update((id, None) for id in worked.added if worked.lots[id].wallet in wallets)
    books.changed.update(id for id in worked.changed if worked.lots[id].wallet in wallets)
    books.transfers += [
        replace(transfer, holder_id=books.holder_id) for transfer in worked.transfers if transfer.wallet in wallets
    ]
    books.consumptions += [each for each in worked.consumptions if worked.lots[each.lot_id].wallet in wallets]
    books.finished_cards.update((id, card) for id, card in worked.finished_cards.items() if card.wallet in wallets)
    books.changed_cards.update(id for id in worked.changed_cards if worked.finished_cards[id].wallet in wallets)
    books.due_at = due_at(books)
