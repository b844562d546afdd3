"""Running a simulation: member by member in several processes or, where a shared budget runs out, in order of time.

Memory stays the same however many members there are: some hundred at a time are read, lived twice and forgotten.
"""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import AsyncIterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import replace

from puntal.access.operations import notifications
from puntal.engine.model import Compiled, Switches
from puntal.insight.simulation import budgets, comparing, opening, outcome, programs, store
from puntal.insight.simulation.comparing import Watch
from puntal.insight.simulation.lives import Life
from puntal.insight.simulation.model import Ask, Part
from puntal.insight.simulation.opening import Wanted
from puntal.insight.simulation.waiting import Waiting
from puntal.kit import garbage
from puntal.kit.calendar import midnight
from puntal.kit.db import Database
from puntal.limits.model import BudgetKey
from puntal.programs import source

PROCESSES = 2
PORTION = 200
"""Members that are read together."""
FEW = 2_000
"""Up to so many events another process is not worth its start."""
AHEAD = 1_000
"""Events whose members are read together, in order of time."""
NOBODY = UUID(int=0)
PATIENCE = """
-- Reads of a portion, or of a whole period to be sorted; nobody waits for the answer.
SET LOCAL statement_timeout = '15min'; SET LOCAL idle_in_transaction_session_timeout = 0
"""
ORDER_OF_TIME = """
-- Locks nothing. Whose turn it is, through the whole period; the server keeps the sorted rows.
SELECT coalesce(m.merged_into, m.id)
FROM event e
JOIN member m ON m.program_id = %(program_id)s AND m.id = e.member_id
WHERE e.program_id = %(program_id)s AND e.occurred_at >= %(since)s AND e.occurred_at < %(until)s
  AND NOT starts_with(e.body::text, '{"cause":') AND e.type <> 'tier.lost'
  AND m.status <> 'erased'
ORDER BY e.occurred_at, e.recorded_at, e.id
"""

_encode = msgspec.json.Encoder().encode
_part = msgspec.json.Decoder(Part).decode


class OvertakenError(Exception):
    """It was cancelled, or another run of the same simulation has begun."""


class Work:
    """One part of a simulation at work."""

    def __init__(self, database: Database, ask: Ask, live: Compiled, draft: Compiled, switches: Switches) -> None:
        self.database = database
        self.ask = ask
        self.live = live
        self.draft = draft
        self.switches = switches
        self.part = Part()
        since = midnight(live.zone, ask.since)
        self.wanted = Wanted.of(live, draft, since=since, until=ask.now, first_day=ask.since)
        self.live_budgets: dict[BudgetKey, int] = {}
        self.draft_budgets: dict[BudgetKey, int] = {}
        self._told = 0

    async def by_member(self) -> Part:
        """Live every member of the part, one after the other."""
        async for watches in self._everybody({}):
            for watch in watches:
                for _, step in watch.life.steps():
                    watch.step(step)
                    if self.ask.unbounded:
                        self.live_budgets.clear()
                        self.draft_budgets.clear()
                watch.close(self.ask.now)
        await self._tell()
        return self.part

    async def in_order_of_time(self) -> Part:
        """Live everybody's events in one order, as they happened, so that shared budgets run out when they would."""
        then = await self.used_before()
        self.live_budgets |= then
        self.draft_budgets |= then
        with Waiting(self) as waiting:
            async for turns in self._turns():
                unknown = list(dict.fromkeys(id for id in turns if id not in waiting))
                for at in range(0, len(unknown), PORTION):
                    for watch in await self._read(unknown[at : at + PORTION]):
                        waiting.put(watch, watch.life.steps())
                for id in turns:
                    waiting.happen(id)
                await self._tell()
            async for watches in self._everybody(waiting):
                for watch in watches:
                    for _, step in watch.life.steps():
                        watch.step(step)
                    watch.close(self.ask.now)
        await self._tell()
        return self.part

    async def used_before(self) -> dict[BudgetKey, int]:
        """Return what was used of shared budgets when the period began."""
        async with self.database.program_transaction(self.ask.program_id) as tx:
            await tx.execute(PATIENCE)
            return await budgets.then(tx, self.live, since=self.wanted.since, day=self.ask.since)

    async def _turns(self) -> AsyncIterator[list[UUID]]:
        names: dict[str, Any] = {
            "program_id": self.ask.program_id,
            "since": self.wanted.since,
            "until": self.wanted.until,
        }
        async with self.database.program_transaction(self.ask.program_id) as tx:
            await tx.execute(PATIENCE)
            async with tx.cursor(name="order_of_time") as cursor:
                await cursor.execute(ORDER_OF_TIME, names)
                while rows := await cursor.fetchmany(AHEAD):
                    yield [row[0] for row in rows]

    async def _everybody(self, waiting: Waiting | Mapping[UUID, object]) -> AsyncIterator[list[Watch]]:
        """Yield those who have not begun to live; those who have are ended."""
        after = NOBODY
        while True:
            async with self.database.program_transaction(self.ask.program_id) as tx:
                await tx.execute(PATIENCE)
                ids = await opening.people(
                    tx,
                    self.ask.program_id,
                    after=after,
                    part=self.ask.part,
                    parts=self.ask.parts,
                    limit=self.ask.portion,
                )
            if not ids:
                return
            after = ids[-1]
            if isinstance(waiting, Waiting):
                for id in ids:
                    waiting.end(id, self.ask.now)
            yield await self._read([id for id in ids if id not in waiting])
            await self._tell()

    async def _read(self, ids: list[UUID]) -> list[Watch]:
        if not ids:
            return []
        async with self.database.program_transaction(self.ask.program_id) as tx:
            await tx.execute(PATIENCE)
            persons = await opening.read(tx, self.ask.program_id, self.wanted, ids)
        return [
            Watch(Life(one, self.wanted, self.switches, self.live_budgets, self.draft_budgets), self.part)
            for one in persons
        ]

    def bare(self, id: UUID) -> Watch:
        """Return somebody with nothing of her own yet, to be furnished by whoever kept it."""
        return Watch(Life.bare(id, self.wanted, self.switches, self.live_budgets, self.draft_budgets), self.part)

    async def _tell(self) -> None:
        done = self.part.events - self._told
        if not done:
            return
        self._told = self.part.events
        async with self.database.program_transaction(self.ask.program_id) as tx:
            if not await store.advance(tx, self.ask.program_id, self.ask.simulation_id, self.ask.run, events=done):
                raise OvertakenError


async def run(database: Database, program_id: int, id: UUID, *, now: datetime, processes: int = PROCESSES) -> bool:
    """Run a simulation to its end; returns whether it got there. Cut short, the next run begins anew.

    Args:
        database: Open; its address is handed to the processes.
        program_id: Whose.
        id: Of the simulation.
        now: By the program's clock, for the times it is told of.
        processes: At most so many at a time.
    """
    async with database.program_transaction(program_id) as tx:
        begun = await store.begin(tx, program_id, id, now=now)
    if begun is None:
        return False
    number, revision, document, since, until = begun
    async with database.program_transaction(program_id) as tx:
        await tx.execute(PATIENCE)
        live, draft, switches = await programs.both(tx, program_id, revision, source.load_json(document))
        events = await store.count(tx, program_id, id, number, since=midnight(live.zone, since), until=until)
    ordered = bound_together(live) or bound_together(draft)
    ask = Ask(
        uri=database.uri,
        program_id=program_id,
        simulation_id=id,
        run=number,
        since=since,
        now=until,
        part=0,
        parts=1,
        portion=PORTION,
    )
    work = Work(database, ask, live, draft, switches)
    try:
        if events <= FEW:
            found = [await (work.in_order_of_time() if ordered else work.by_member())]
        else:
            found = await _apart(ask, processes, unbounded=ordered)
            if ordered and not comparing.lasted(comparing.joined(found).used, await work.used_before(), live, draft):
                # Some had what others would have left nothing of: from the beginning, in the order of time.
                async with database.program_transaction(program_id) as tx:
                    again = await store.begin(tx, program_id, id, now=now)
                    if again is None:
                        return False
                    number = again[0]
                    await store.count(tx, program_id, id, number, since=midnight(live.zone, since), until=until)
                found = await _apart(replace(ask, run=number), 1)
    except OvertakenError:
        return False
    said = outcome.told(comparing.joined(found), live, draft, in_order_of_time=ordered)
    async with database.program_transaction(program_id) as tx:
        ended = await store.end(tx, program_id, id, number, state="done", now=now, result=said.model_dump_json())
        if ended is not None:
            await notifications.tell(
                tx,
                program_id,
                ended,
                "simulation.done",
                target=("simulation", id),
                now=now,
                days=(until.astimezone(live.zone).date() - since).days + 1,
                members=said.members_differing,
            )
    return ended is not None


def bound_together(program: Compiled) -> bool:
    """Return whether some rule is under a budget that all members share."""
    return any(program.budgets.values())


async def _apart(ask: Ask, parts: int, *, unbounded: bool = False) -> list[Part]:
    """Do each part in a process of its own: deciding is work for a processor, and one process has but one."""
    asks = [replace(ask, part=part, parts=parts, unbounded=unbounded) for part in range(parts)]
    loop = asyncio.get_running_loop()
    # Started anew, not forked: the parent has threads and open connections.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(parts, mp_context=context) as pool:
        outcomes = await asyncio.gather(
            *(loop.run_in_executor(pool, live_part, _encode(each)) for each in asks), return_exceptions=True
        )
    for one in outcomes:
        if isinstance(one, BaseException):
            raise one
    return [_part(one) for one in outcomes if isinstance(one, bytes)]


def live_part(asked: bytes) -> bytes:
    """Do one part, in the process it is called in, with a connection of its own."""
    return asyncio.run(_live(msgspec.json.decode(asked, type=Ask)))


async def _live(ask: Ask) -> bytes:
    database = await Database.open(ask.uri, size=2)
    try:
        async with database.program_transaction(ask.program_id) as tx:
            found = await store.drawn(tx, ask.program_id, ask.simulation_id)
            live, draft, switches = await programs.both(tx, ask.program_id, found[0], source.load_json(found[1]))
        garbage.settle()
        work = Work(database, ask, live, draft, switches)
        ordered = not ask.unbounded and (bound_together(live) or bound_together(draft))
        return _encode(await (work.in_order_of_time() if ordered else work.by_member()))
    finally:
        await database.close()
