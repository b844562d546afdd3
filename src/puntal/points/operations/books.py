"""Opening books on the database's rows and writing them back: what every use case begins and ends with."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

import msgspec

from puntal.kit import ids
from puntal.kit.db import Transaction
from puntal.ledger import operations as ledger
from puntal.ledger.model import Holder, Transfer
from puntal.ledger.queries import NOBODY
from puntal.points import policy, store
from puntal.points.model import Books, Lot, Terms

LATEST_EVENT = timedelta(days=400)
"""Lots that inactivity ended longer ago are not brought back, however late an event comes."""


class Clocks(msgspec.Struct, omit_defaults=True):
    """What `points` keeps in a holder's running state; the rest there is not ours."""

    alive: dict[int, datetime] = msgspec.field(default_factory=dict)
    lapsed: dict[int, datetime] = msgspec.field(default_factory=dict)


class Clocked(Protocol):
    """A running state, of which only this is read here."""

    alive: dict[int, datetime]
    lapsed: dict[int, datetime]


_read_clocks = msgspec.json.Decoder(Clocks)
_read_running = msgspec.json.Decoder(dict[str, msgspec.Raw])
_encoder = msgspec.json.Encoder()


def books_of(holder: Holder, wallets: int, clocks: Clocked | None = None) -> Books:
    """Return books on one row, without its lots; `clocks` where the caller has read the running state already."""
    if clocks is None:
        clocks = _read_clocks.decode(holder.running)
    books = Books(
        holder_id=holder.id,
        next_id=ids.new_id,
        available=list(holder.available),
        pending=list(holder.pending),
        held=list(holder.held),
        debt=list(holder.debt),
        settled_to=holder.settled_to,
        due_at=holder.due_at,
        alive=dict(clocks.alive),
        lapsed=dict(clocks.lapsed),
    )
    books.grow(wallets)
    return books


def holder_of(books: Books, running: bytes, others_due: datetime | None = None) -> Holder:
    """Return the row to write, everything in `running` that is not ours left as it is.

    `others_due` is when lots that were not loaded are due next, where only some were.
    """
    due = policy.due_at(books)
    if others_due is not None and (due is None or others_due < due):
        due = others_due
    kept: dict[str, Any] = dict(_read_running.decode(running))
    clocks = {"alive": books.alive, "lapsed": books.lapsed}
    kept.update({name: clock for name, clock in clocks.items() if clock})
    return Holder(
        id=books.holder_id,
        available=books.available,
        pending=books.pending,
        held=books.held,
        debt=books.debt,
        settled_to=books.settled_to,
        due_at=due,
        running=msgspec.Raw(_encoder.encode(kept)),
    )


async def load_lots(
    tx: Transaction,
    program_id: int,
    books: Mapping[UUID, Books],
    *,
    now: datetime,
    lots: Collection[UUID] = (),
    orders: Collection[str] = (),
    cards: bool = False,
) -> None:
    """Put the open lots (and those named) into books on locked holders; after it they are `loaded`.

    Args:
        orders: Order keys whose lots are needed, open or not.
        cards: Also unused finished cards: the program has a stamp wallet and something may be taken back.
    """
    if not books:
        return
    named = set(lots)
    if cards:
        for holder_id, finished in (await store.load_cards(tx, program_id, books.keys())).items():
            books[holder_id].finished_cards.update((card.id, card) for card in finished)
            named.update(lot_id for card in finished for lot_id, _ in card.lots)
    found = await store.load_lots(
        tx, program_id, books.keys(), lapsed_since=now - LATEST_EVENT, lots=named, orders=orders
    )
    for holder_id, each in books.items():
        for lot in found.get(holder_id, ()):
            # What was changed since it was loaded stays.
            each.lots.setdefault(lot.id, lot)
        each.loaded = True


async def record(tx: Transaction, program_id: int, books: Iterable[Books]) -> None:
    """Write lots, consumptions, holds and cards of several books: one statement each, none for what is empty.

    The balances and transfers are for the ledger to write.
    """
    new: list[tuple[UUID, Lot]] = []
    changed: list[tuple[UUID, Lot]] = []
    consumptions: list[dict[str, Any]] = []
    holds: list[dict[str, Any]] = []
    cards: list[dict[str, Any]] = []
    for each in books:
        holder = {"holder_id": each.holder_id}
        new += [(each.holder_id, lot) for lot_id in each.added if (lot := each.lots.get(lot_id)) is not None]
        changed += [(each.holder_id, each.lots[lot_id]) for lot_id in each.changed]
        consumptions += [_row(consumption, holder) for consumption in each.consumptions]
        holds += [_row(each.holds[hold_id], holder) for hold_id in each.changed_holds]
        cards += [_row(each.finished_cards[card_id], holder) for card_id in each.changed_cards]
    await store.insert_lots(tx, program_id, new)
    await store.update_lots(tx, program_id, changed)
    await store.write_rows(tx, store.INSERT_CONSUMPTIONS, program_id, consumptions)
    await store.write_rows(tx, store.WRITE_HOLDS, program_id, holds)
    await store.write_rows(tx, store.WRITE_CARDS, program_id, cards)


async def mark_cards(tx: Transaction, program_id: int, cards: Sequence[tuple[UUID, UUID, bool]]) -> None:
    """Say of finished cards (holder, id) whether what they gave is used: then a refund no longer takes them apart.

    Their holders are locked. A card that came apart stays so.
    """
    if cards:
        await store.mark_cards(tx, program_id, cards)


def _row(noun: msgspec.Struct, holder: dict[str, Any]) -> dict[str, Any]:
    return holder | {name: getattr(noun, name) for name in noun.__struct_fields__}


class Opened:
    """Books of locked holders, all lots loaded, settled to now, until `write`."""

    def __init__(self, books: dict[UUID, Books], holders: Mapping[UUID, Holder]) -> None:
        self.books = books
        self._holders = holders

    def __getitem__(self, holder_id: UUID) -> Books:
        return self.books[holder_id]

    async def write(self, tx: Transaction, program_id: int) -> list[Transfer]:
        """Write everything back; returns the transfers that were posted, settling included."""
        transfers = [transfer for each in self.books.values() for transfer in each.transfers]
        rows = [holder_of(each, self._holders[id].running) for id, each in self.books.items()]
        await ledger.write(tx, program_id, holders=rows, transfers=transfers)
        await record(tx, program_id, self.books.values())
        return transfers


async def open_books(
    tx: Transaction,
    program_id: int,
    terms: Sequence[Terms],
    holders: Collection[UUID],
    *,
    now: datetime,
    lots: Collection[UUID] = (),
    orders: Collection[str] = (),
) -> Opened:
    """Lock holders in the order of their ids, load their lots, and settle them to `now`."""
    rows = await ledger.open_and_lock(tx, program_id, holders, now=now)
    books = {id: books_of(row, len(terms)) for id, row in rows.items()}
    stamps = any(each.card_size for each in terms)
    await load_lots(tx, program_id, books, now=now, lots=lots, orders=orders, cards=stamps)
    for each in books.values():
        policy.settle(each, terms, now)
    return Opened(books, rows)


async def read_books(
    tx: Transaction, program_id: int, terms: Sequence[Terms], holders: Collection[UUID], *, now: datetime
) -> dict[UUID, Books]:
    """Return settled books for showing; nothing is locked and nothing may be written."""
    rows = await ledger.read_holders(tx, program_id, holders)
    books = {id: books_of(row, len(terms)) for id, row in rows.items()}
    await load_lots(tx, program_id, books, now=now)
    for each in books.values():
        policy.settle(each, terms, now)
    return books


async def settle_due(
    tx: Transaction, program_id: int, terms: Sequence[Terms], *, now: datetime, limit: int = 500
) -> tuple[int, list[Transfer]]:
    """Settle up to `limit` holders for whom something is due, each transfer effective as of its own instant.

    The nightly run calls it until there are none left; doing it again changes nothing.

    Returns:
        How many holders were due, and what was posted.
    """
    due = await store.due_holders(tx, program_id, now=now, limit=limit)
    if not due:
        return 0, []
    if any(each.ending.inactive or each.card_size for each in terms):
        opened = await open_books(tx, program_id, terms, due, now=now)
        return len(due), await opened.write(tx, program_id)
    return len(due), await _settle_lots(tx, program_id, terms, due, now)


async def _settle_lots(
    tx: Transaction, program_id: int, terms: Sequence[Terms], holders: Collection[UUID], now: datetime
) -> list[Transfer]:
    """Settle holders with the lots that are due alone: a member of years has many that are not."""
    rows = await ledger.lock_holders(tx, program_id, holders)
    found, following = await store.due_lots(tx, program_id, rows, now=now)
    books = {id: books_of(row, len(terms)) for id, row in rows.items()}
    for id, each in books.items():
        each.lots = {lot.id: lot for lot in found.get(id, ())}
        each.loaded = True
        policy.settle(each, terms, now)
    transfers = [transfer for each in books.values() for transfer in each.transfers]
    written = [holder_of(each, rows[id].running, following.get(id)) for id, each in books.items()]
    await ledger.write(tx, program_id, holders=written, transfers=transfers)
    await record(tx, program_id, books.values())
    return transfers


async def wind_up(
    tx: Transaction,
    program_id: int,
    terms: Sequence[Terms],
    *,
    now: datetime,
    after: UUID = NOBODY,
    limit: int = 500,
) -> UUID | None:
    """End what up to `limit` holders of a closed program have; doing it again changes nothing.

    Returns:
        The last holder, to go on after; None when there was nobody left.
    """
    holders = await store.holders_with_something(tx, program_id, after=after, limit=limit)
    if not holders:
        return None
    opened = await open_books(tx, program_id, terms, holders, now=now)
    for books in opened.books.values():
        policy.wind_up(books, now)
    await opened.write(tx, program_id)
    return holders[-1]


__all__ = [
    "Opened",
    "books_of",
    "holder_of",
    "load_lots",
    "mark_cards",
    "open_books",
    "read_books",
    "record",
    "settle_due",
    "wind_up",
]
