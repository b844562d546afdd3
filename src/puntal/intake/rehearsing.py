"""Batches of which nothing is written, each deciding on what the ones before would have left."""

from __future__ import annotations

from uuid import UUID

from puntal.engine.model import Running
from puntal.intake.batch import Batch
from puntal.limits.model import BudgetKey
from puntal.points.model import Books


class Rehearsal:
    """What previewed batches did to members, pools and shared counters, in memory.

    It is for batches whose orders are all different: what they did to an order is not remembered.
    """

    def __init__(self) -> None:
        self._books: dict[UUID, Books] = {}
        self._running: dict[UUID, Running] = {}
        self._used: dict[BudgetKey, int] = {}

    def enter(self, batch: Batch) -> None:
        """Let a batch that was just loaded begin where the one before ended."""
        for books in (batch.books, {} if batch.pools is None else batch.pools.books):
            for id in books.keys() & self._books.keys():
                known, loaded = self._books[id], books[id]
                for lot in loaded.lots.values():
                    known.lots.setdefault(lot.id, lot)
                known.loaded |= loaded.loaded
                books[id] = known
        for id in batch.running.keys() & self._running.keys():
            batch.running[id] = self._running[id]
        for key, amount in self._used.items():
            batch.budgets[key] = batch.budgets.get(key, 0) + amount

    def leave(self, batch: Batch) -> None:
        """Remember how a decided batch ended."""
        touched = {id: batch.books[id] for id in batch.touched}
        if batch.pools is not None:
            touched |= batch.pools.books
        for id, books in touched.items():
            # What would have been written is of no more use; the lots stay.
            books.transfers, books.consumptions, books.changed, books.added = [], [], set(), {}
            self._books[id] = books
        self._running |= {id: batch.running[id] for id in batch.touched}
        for key, amount in batch.used.items():
            self._used[key] = self._used.get(key, 0) + amount
