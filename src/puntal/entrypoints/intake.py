"""Running intake: a transaction per batch, run again when told to, bisected when a defect hits one of its events."""

from __future__ import annotations

import time
from collections.abc import Sequence
from uuid import UUID

import structlog
from psycopg import errors

from puntal.entrypoints import metrics
from puntal.entrypoints.programs import Loaded, Programs
from puntal.intake import operations
from puntal.intake.errors import Again, IntakeFailed
from puntal.intake.model import Answer, Item
from puntal.kit import clock
from puntal.kit.coalesce import Coalescer
from puntal.kit.db import Database
from puntal.kit.errors import Refusal
from puntal.programs import operations as programs

log = structlog.get_logger(__name__)
MOST_TRIES = 8
PASSING = (errors.DeadlockDetected, errors.SerializationFailure, errors.LockNotAvailable, errors.UniqueViolation)
"""Another transaction was in the way; the next try finds it done."""


class Intake:
    """Takes events of any program; every answer given is committed."""

    def __init__(
        self,
        database: Database,
        programs: Programs,
        *,
        newest_only: bool = False,
        most: int = 250,
        most_waiting: int = 5_000,
    ) -> None:
        self.database = database
        self.programs = programs
        self.newest_only = newest_only
        self.waiting: Coalescer[Item, Answer | Refusal] = Coalescer(self._counted, most=most, most_waiting=most_waiting)

    async def known(self, program_id: int) -> Loaded:
        """Return the program as this process knows it, read only when it does not; a batch looks again itself."""
        known = self.programs.known(program_id)
        return await self.current(program_id) if known is None else known

    async def current(self, program_id: int) -> Loaded:
        """Return the program as it stands in the database."""
        async with self.database.program_transaction(program_id) as tx:
            return await self.programs.current(tx, program_id)

    async def _counted(self, program_id: int, items: Sequence[Item]) -> list[Answer | Refusal]:
        began = time.perf_counter()
        answers = await self.run(program_id, items)
        metrics.count(answers, time.perf_counter() - began)
        metrics.WAITING.set(self.waiting.waiting)
        return answers

    async def run(self, program_id: int, items: Sequence[Item]) -> list[Answer | Refusal]:
        """Decide and write a batch; a defect is narrowed down to the event that causes it.

        Only defects come here: what is refused was refused before, and an outage is raised to every caller.
        """
        try:
            return await self._write(program_id, items)
        except (errors.OperationalError, errors.InterfaceError):
            raise
        except Exception as found:  # noqa: BLE001 - whatever it is, one of these events causes it
            defect = found
        # Outside the handler: the halves' defects would else be told as caused by this one.
        if len(items) == 1:
            if isinstance(defect, Refusal):
                return [defect]
            said = items[0].said
            log.error("intake.failed", event_id=said.id, type=said.type, reason=repr(defect), exc_info=defect)
            return [IntakeFailed(id=said.id)]
        middle = len(items) // 2
        return [*await self.run(program_id, items[:middle]), *await self.run(program_id, items[middle:])]

    async def _write(self, program_id: int, items: Sequence[Item]) -> list[Answer | Refusal]:
        lock_budgets, lock_members = False, frozenset[UUID]()
        for attempt in range(MOST_TRIES):
            try:
                return await self._once(program_id, items, lock_budgets=lock_budgets, lock_members=lock_members)
            except Again as again:
                lock_budgets |= again.lock_budgets
                lock_members |= again.lock_members
            except PASSING:
                if attempt == MOST_TRIES - 1:
                    raise
        raise errors.LockNotAvailable("the batch met newer truths too often")

    async def _once(
        self, program_id: int, items: Sequence[Item], *, lock_budgets: bool, lock_members: frozenset[UUID]
    ) -> list[Answer | Refusal]:
        dry = any(item.dry_run for item in items)
        async with self.database.program_transaction(program_id) as tx:
            loaded = await self.programs.current(tx, program_id)
            answers = await operations.take(
                tx,
                loaded,
                items,
                recorded_at=clock.now(),
                lock_budgets=lock_budgets,
                lock_members=lock_members,
                newest_only=self.newest_only,
            )
            if not dry and not loaded.begun:
                # The first event fixes the zone. Every process says so once; only the first of them writes.
                await programs.note_first_event(tx, program_id, min(item.event.occurred_at for item in items))
            if dry:
                # A question leaves nothing, not even the guest it would have opened.
                await tx.execute("ROLLBACK; BEGIN", prepare=False)
        loaded.begun |= not dry
        return answers
