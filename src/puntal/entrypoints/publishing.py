"""Publishing: at once where what a revision reads is counted quickly, else as soon as it has been.

From the moment a revision waits, every batch counts what it reads too; then the past is counted, member by member, and
then it takes effect in one transaction. So its figures are exact with the first event it decides.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from puntal.access.operations import audit
from puntal.activity import operations as activity
from puntal.activity import queries as history
from puntal.activity.operations import Kind
from puntal.engine.model import Compiled
from puntal.entrypoints.programs import Programs, compiled_as_if
from puntal.kit.db import Database, ProgramId, Transaction
from puntal.kit.errors import Refusal
from puntal.kit.pages import LAST_ID
from puntal.ledger import operations as ledger
from puntal.programs import operations, preparing
from puntal.programs.document.program import Program
from puntal.programs.errors import EffectiveInThePast
from puntal.programs.model import Publication, Revision
from puntal.programs.preparing import Preparation
from puntal.programs.source import digest
from puntal.rules.model import MetricRead
from puntal.segments.jobs import PATIENCE

FEW = 2_000
"""Up to so many orders, and events, the figures a revision reads are counted while it is being published."""
_LONGEST_BATCH_SECONDS = 60.0
_LOOK_AGAIN_SECONDS = 0.05
_log = structlog.get_logger(__name__)


class Publisher:
    """Publishes documents of any program."""

    def __init__(self, programs: Programs, *, few: int = FEW) -> None:
        self._programs = programs
        self._few = few

    async def __call__(
        self,
        tx: Transaction,
        program_id: int,
        document: Mapping[str, Any],
        *,
        by: str,
        now: datetime,
        note: str = "",
        effective_from: datetime | None = None,
    ) -> Publication:
        """Make the document a revision, now or when what it reads is counted; another one that waited is given up.

        Raises:
            ProgramFaulty: With every fault.
            EffectiveInThePast: Only the first revision may begin before `now`.
        """
        row = await operations.lock(tx, program_id)
        program, faults = await operations.check(tx, program_id, document)
        reads: list[MetricRead] = []
        if row.revision and program is not None and not faults:
            published = await operations.load_published(tx, program_id)
            before = await self._programs.numbered(tx, program_id, row.revision)
            reads = missing(compiled_as_if(published, program), before)
        waiting = await preparing.find(tx, program_id)
        if not reads or program is None or not await history.has_more(tx, program_id, self._few):
            if waiting is not None:
                await preparing.end(tx, program_id)
            if reads and program is not None:
                await _count_everybody(tx, program_id, reads, program)
            return await operations.publish(
                tx, program_id, document, by=by, now=now, note=note, effective_from=effective_from
            )
        if effective_from is not None and effective_from < now:
            raise EffectiveInThePast(earliest=now.isoformat(), asked=effective_from.isoformat())
        created = waiting is None or (waiting.digest, waiting.effective_from) != (digest(program), effective_from)
        if waiting is None or created:
            waiting = await preparing.begin(
                tx, program_id, program, by=by, now=now, note=note, effective_from=effective_from
            )
        revision = Revision(
            program_id=program_id,
            number=row.revision + 1,
            digest=waiting.digest,
            published_at=waiting.asked_at,
            published_by=waiting.asked_by,
            effective_from=waiting.effective_from or waiting.asked_at,
            note=waiting.note,
        )
        return Publication(revision=revision, created=created, taking_effect=True)


async def take_effect(database: Database, programs: Programs, program_id: int, *, now: datetime) -> int | None:
    """Count what a waiting revision reads and let it take effect; returns its number, None when none waits any more.

    Cut short, it goes on where it was. A second run at the same time changes nothing.
    """
    async with database.program_transaction(program_id) as tx:
        waiting = await preparing.find(tx, program_id)
        if waiting is None:
            return None
        program, _ = operations.check_words(waiting.document)
        assert program is not None, "it was checked before it began to wait"
        published = await operations.load_published(tx, program_id)
        before = await programs.numbered(tx, program_id, published.number)
    reads = missing(compiled_as_if(published, program), before)
    await wait_for_readers(database, program_id)
    last: UUID | None = waiting.counted_through
    while last is not None and last != LAST_ID:
        async with database.program_transaction(program_id) as tx:
            await tx.execute(PATIENCE)
            last = await activity.backfill(tx, program_id, reads, program, after=last)
            if not await preparing.move_on(tx, program_id, waiting.id, through=last or LAST_ID):
                return None
    try:
        async with database.program_transaction(program_id) as tx:
            return await _publish(tx, program_id, waiting, reads, program, now)
    except Refusal as refusal:
        # Members hold something today that it has no more: it never takes effect, and whoever asked finds out why.
        _log.warning("program.not_published", program_id=program_id, code=refusal.code)
        async with database.program_transaction(program_id) as tx:
            await operations.lock(tx, program_id)
            await preparing.end(tx, program_id)
            await audit.record(
                tx,
                program_id=ProgramId(program_id),
                action="program.not_published",
                subject=f"preparation:{waiting.id}",
                actor=waiting.asked_by,
                now=now,
                detail={"code": refusal.code, "note": waiting.note},
            )
            await operations.refresh(tx, program_id)
        return None


async def _publish(
    tx: Transaction,
    program_id: int,
    waiting: Preparation,
    reads: list[MetricRead],
    program: Program,
    now: datetime,
) -> int | None:
    await operations.lock(tx, program_id)
    present = await preparing.find(tx, program_id)
    if present is None or present.id != waiting.id:
        return None
    # A merge carries half-counted figures to members who were counted, and back.
    moved = await history.merged_since(tx, program_id, waiting.asked_at)
    if moved:
        await ledger.lock_holders(tx, program_id, moved)
        await activity.count_again(tx, program_id, moved, kinds_of(reads), program)
    await preparing.end(tx, program_id)
    start = waiting.effective_from
    publication = await operations.publish(
        tx,
        program_id,
        waiting.document,
        by=waiting.asked_by,
        now=now,
        note=waiting.note,
        effective_from=None if start is None else max(start, now),
        counted=True,
    )
    return publication.revision.number


async def wait_for_readers(database: Database, program_id: int) -> None:
    """Wait until nobody decides any more by what the program said before this moment.

    Raises:
        RuntimeError: It takes longer than any batch: try again later.
    """
    until = time.monotonic() + _LONGEST_BATCH_SECONDS
    waiting: set[str] | None = None
    while waiting is None or waiting:
        async with database.program_transaction(program_id) as tx:
            present = set(await preparing.readers(tx))
        waiting = present if waiting is None else waiting & present
        if waiting:
            if time.monotonic() > until:
                raise RuntimeError(f"{len(waiting)} transactions that began before are still open")
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)


def missing(new: Compiled, before: Compiled) -> list[MetricRead]:
    """Return what a revision reads whose figures the one before has not counted."""
    known = kinds_of(before.metrics)
    return [read for read in new.metrics if (read.metric, read.key) not in known]


def kinds_of(reads: Iterable[MetricRead]) -> list[Kind]:
    """Return the daily figures that are read."""
    return sorted({(read.metric, read.key) for read in reads})


async def _count_everybody(tx: Transaction, program_id: int, reads: list[MetricRead], program: Program) -> None:
    last: UUID | None = activity.FIRST
    while last is not None:
        last = await activity.backfill(tx, program_id, reads, program, after=last)
