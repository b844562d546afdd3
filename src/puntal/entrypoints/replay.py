"""Replaying history: each event decided as of its own time, with the program's nights performed in between."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import ClassVar

from puntal.engine.model import Compiled
from puntal.entrypoints.intake import Intake
from puntal.entrypoints.nights import run_night
from puntal.entrypoints.programs import Programs
from puntal.intake.model import Answer, Item
from puntal.intake.operations import item, parse
from puntal.kit import clock
from puntal.kit.db import Database
from puntal.kit.errors import Conflict, Refusal
from puntal.nightly import operations as nightly
from puntal.programs import operations as programs_operations

Evening = Callable[[date], Awaitable[None]]
BATCH = 500
READ_AHEAD = 4
ANALYZE_FROM = 2_000
_HOT = "ANALYZE holder, transfer, lot, event, shop_order, member, identity"


class HistoryTooLate(Conflict):
    """The program has lived past the history that is to be replayed into it."""

    code = "replay.too_late"
    messages: ClassVar[dict[str, str]] = {
        "en": "Event {id} of {day} is new, but the nights through {through} were run already",
        "es": "El evento {id} del {day} es nuevo, pero ya se ejecutaron las noches hasta el {through}",
    }


class HistoryUnsorted(Conflict):
    """The history is not in the order of time."""

    code = "replay.unsorted"
    messages: ClassVar[dict[str, str]] = {
        "en": "Event {id} happened before the one in front of it; sort the file by occurred_at",
        "es": "El evento {id} ocurrió antes que el anterior; ordena el archivo por occurred_at",
    }


@dataclass
class Progress:
    """What a replay did so far."""

    events: int = 0
    replayed: int = 0
    nights: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)
    last: datetime | None = None


class Replay:
    """One writer, so that the result depends on the history alone."""

    def __init__(
        self, database: Database, programs: Programs, program_id: int, *, evening: Evening | None = None
    ) -> None:
        """Replay into one program; `evening` is called with each local day that is over, before its night."""
        self._evening = evening
        self.database = database
        self.programs = programs
        self.program_id = program_id
        self.intake = Intake(database, programs, newest_only=True)
        self.progress = Progress()
        self._day: date | None = None
        self._next_analyze = ANALYZE_FROM

    async def run(
        self, events: Iterable[bytes], *, report: Callable[[Progress], None] = lambda _: None, set_clock: bool = True
    ) -> Progress:
        """Replay events in the order of time; a second run of the same history changes nothing.

        Args:
            events: One JSON event each, as `POST events` takes it, sorted by `occurred_at`.
            report: Called after each batch.
            set_clock: Let the program's clock go on from the last event.

        Raises:
            HistoryTooLate: An event is new and older than nights that were run.
            HistoryUnsorted: An event is older than the one in front of it.
            EventFaulty: An event is not valid. This and the one before name the `line`; those before it are written.
        """
        async with self.database.program_transaction(self.program_id) as tx:
            loaded = await self.programs.current(tx, self.program_id)
            done, _, _ = await nightly.state(tx, self.program_id)
        self._day = None if done is None else done
        async for batch in _ahead(self._batches(events, loaded.newest)):
            await self._write(batch)
            report(self.progress)
        if self.progress.last is not None:
            # The last day is over too, though its night belongs to whoever goes on.
            await self._close(self.progress.last.astimezone(loaded.newest.zone).date())
            if set_clock:
                await self._set_clock(self.progress.last)
        return self.progress

    def _batches(self, events: Iterable[bytes], program: Compiled) -> Iterator[list[Item]]:
        """Parse ahead of the writer; a batch never spans a local midnight.

        What is before a faulty event is handed out first: it is written whether or not its day had ended.
        """
        batch: list[Item] = []
        day: date | None = None
        before: datetime | None = None
        for number, raw in enumerate(events, 1):
            try:
                said = parse(raw)
                if before is not None and said.occurred_at < before:
                    raise HistoryUnsorted(id=said.id)
                one = item(said, program.document, said.occurred_at, trusted=True)
            except Refusal as fault:
                if batch:
                    yield batch
                fault.numbers["line"] = number
                raise
            before = said.occurred_at
            local = said.occurred_at.astimezone(program.zone).date()
            if batch and (local != day or len(batch) >= BATCH):
                yield batch
                batch = []
            day = local
            batch.append(one)
        if batch:
            yield batch

    async def _write(self, batch: list[Item]) -> None:
        async with self.database.program_transaction(self.program_id) as tx:
            loaded = await self.programs.current(tx, self.program_id)
        day = batch[0].now.astimezone(loaded.newest.zone).date()
        if self._day is None:
            self._day = day
            async with self.database.program_transaction(self.program_id) as tx:
                await nightly.through(tx, self.program_id, day)
        while self._day < day:
            await self._close(self._day)
            self._day += timedelta(days=1)
            await run_night(self.database, self.programs, self.program_id, self._day, history=True)
            self.progress.nights += 1
        if day < self._day:
            await self._refuse_new(batch, day)
        answers = await self.intake.run(self.program_id, batch)
        for one, answer in zip(batch, answers, strict=True):
            if isinstance(answer, Answer):
                self.progress.replayed += answer.replayed
            else:
                self.progress.refused.append((one.said.id, answer.code))
        self.progress.events += len(batch)
        self.progress.last = batch[-1].said.occurred_at
        await self._analyze()

    async def _close(self, day: date) -> None:
        if self._evening is not None:
            await self._evening(day)

    async def _refuse_new(self, batch: list[Item], day: date) -> None:
        async with self.database.program_transaction(self.program_id) as tx:
            unknown = await nightly.first_unknown(tx, self.program_id, [one.said.id for one in batch])
        if unknown is not None:
            raise HistoryTooLate(id=unknown, day=day.isoformat(), through=str(self._day))

    async def _analyze(self) -> None:
        """Tell the planner of tables that were empty a moment ago; a plan made for those is many times slower."""
        if self.progress.events - self.progress.replayed >= self._next_analyze:
            self._next_analyze *= 4
            async with self.database.owner_transaction() as tx:
                await tx.execute(_HOT)

    async def _set_clock(self, last: datetime) -> None:
        offset = timedelta(seconds=int((clock.now() - last).total_seconds()))
        async with self.database.program_transaction(self.program_id) as tx:
            loaded = await self.programs.current(tx, self.program_id)
            if loaded.clock_offset == timedelta(0):
                await programs_operations.set_clock_offset(tx, self.program_id, offset)


async def _ahead(batches: Iterator[list[Item]]) -> AsyncIterator[list[Item]]:
    """Yield batches that a thread reads and parses while the database is at work on the ones before."""
    queue: asyncio.Queue[list[Item] | BaseException | None] = asyncio.Queue(READ_AHEAD)
    loop = asyncio.get_running_loop()

    def put(one: list[Item] | BaseException | None) -> None:
        asyncio.run_coroutine_threadsafe(queue.put(one), loop).result()

    def produce() -> None:
        try:
            for batch in batches:
                put(batch)
            put(None)
        except BaseException as error:  # noqa: BLE001 - handed to the reader
            put(error)

    producer = loop.run_in_executor(None, produce)
    try:
        while (one := await queue.get()) is not None:
            if isinstance(one, BaseException):
                raise one
            yield one
    finally:
        while not producer.done():
            while not queue.empty():
                queue.get_nowait()
            await asyncio.sleep(0)
