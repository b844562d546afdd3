"""What the rows about events share: events to send, and sending them as one process or another."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from bench import program
from puntal.entrypoints.intake import Intake
from puntal.entrypoints.programs import Programs
from puntal.intake.model import Answer
from puntal.intake.policy import item, parse
from puntal.kit import clock, garbage
from puntal.kit.db import Database

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BATCH = 500
STREAMS = 2
"""While one batch is with the database, another is decided."""
CHUNK_BATCHES = 40


class RefusedError(RuntimeError):
    """An event of the benchmark was not taken: whatever was measured, it was not that."""


class Stream:
    """New events for one program, taken through `Intake` in this process."""

    def __init__(self, database: Database, prepared: program.Prepared, *, first: int = 0) -> None:
        self.intake = Intake(database, Programs())
        self.prepared = prepared
        self.following = first

    async def start(self) -> None:
        """Load the program, and prepare statements on every connection used."""
        await self.take(self.next_batches(2 * STREAMS * 4))
        garbage.settle()

    def next_batches(self, count: int, size: int = BATCH) -> list[list[bytes]]:
        """Return that many batches nobody has sent."""
        at = clock.now() - timedelta(seconds=30)
        made: list[list[bytes]] = []
        for _ in range(count):
            numbers = range(self.following, self.following + size)
            made.append([program.event(number, self.prepared.members, at) for number in numbers])
            self.following += size
        return made

    async def take(self, batches: Sequence[Sequence[bytes]]) -> int:
        """Take all of them, some at the same time; return how many events that was."""
        waiting = iter(batches)
        done = await asyncio.gather(*(self._stream(waiting) for _ in range(STREAMS)))
        return sum(done)

    async def _stream(self, waiting: Iterator[Sequence[bytes]]) -> int:
        done = 0
        program_id = self.prepared.program_id
        document = (await self.intake.known(program_id)).newest.document
        for batch in waiting:
            now = clock.now()
            items = [item(parse(raw), document, now) for raw in batch]
            answers = await self.intake.run(program_id, items)
            refused = [answer for answer in answers if not isinstance(answer, Answer)]
            if refused:
                raise RefusedError(repr(refused[0]))
            done += len(answers)
        return done
