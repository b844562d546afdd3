"""A process of many writers at once, each with a connection of its own and a list of events to say one by one.

Usage: stress_crowd.py URI, then a line of JSON `[program, size, [list of events, ...]]` for each crowd; `size` events
are said at once. Answers each with a line `[[id, replayed, code or status], ...]`; a refusal or an error says its name
instead of a status.
"""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Any

import msgspec
from stress_shop import compiled_of, ready

from puntal.entrypoints.intake import Intake
from puntal.entrypoints.programs import Programs
from puntal.intake.model import Answer
from puntal.kit.db import Database


async def crowd(database: Database, program: int, size: int, lists: list[list[dict[str, Any]]]) -> list[list[Any]]:
    """Say everything, all lists at once."""
    compiled = await compiled_of(database, program)
    intake = Intake(database, Programs())
    told: list[list[Any]] = []

    async def say(events: list[dict[str, Any]]) -> None:
        for at in range(0, len(events), size):
            batch = events[at : at + size]
            # Not through the coalescer: each is a transaction of its own, in the way of all the others.
            try:
                answers = await intake.run(program, [ready(said, compiled) for said in batch])
            except Exception as error:  # noqa: BLE001 - whatever it is, the test must hear of it
                told.extend([said["id"], None, repr(error)] for said in batch)
                continue
            for said, answer in zip(batch, answers, strict=True):
                if isinstance(answer, Answer):
                    told.append([answer.id, answer.replayed, answer.outcome.code or answer.outcome.status])
                else:
                    told.append([said["id"], None, answer.code])

    await asyncio.gather(*(say(events) for events in lists))
    return told


async def main() -> None:
    """Answer lines until there are no more."""
    database = await Database.open(sys.argv[1], size=12)
    while line := await asyncio.to_thread(sys.stdin.buffer.readline):
        program, size, lists = msgspec.json.decode(line)
        os.write(1, msgspec.json.encode(await crowd(database, program, size, lists)) + b"\n")
    await database.close()


if __name__ == "__main__":
    asyncio.run(main())
