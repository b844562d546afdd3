"""A process that writes events and tells its parent, line by line, what was acknowledged. It is there to be killed.

Usage: stress_writer.py URI PROGRAM WRITER CONCURRENCY [SECONDS]

Lines are JSON: `["sends", event]` before the first try, `["answered", id, replayed, outcome]` only once the answer was
given, as over HTTP; `["failed", id, name]` when there was none, or a refusal.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from typing import Any

import msgspec
import psycopg
from psycopg_pool import PoolTimeout
from stress_shop import compiled_of, nth_event, ready

from puntal.entrypoints.intake import Intake
from puntal.entrypoints.programs import Programs
from puntal.intake.model import Answer
from puntal.kit import clock
from puntal.kit.db import Database

OUTAGES = (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout)


def tell(line: list[Any]) -> None:
    """Write a line in one piece."""
    os.write(1, msgspec.json.encode(line) + b"\n")


async def main() -> None:
    """Write until told to stop."""
    uri, program, writer, concurrency = sys.argv[1], *(int(each) for each in sys.argv[2:5])
    until = time.monotonic() + float(sys.argv[5]) if len(sys.argv) > 5 else float("inf")
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    database = await Database.open(uri, size=4)
    compiled = await compiled_of(database, program)
    intake = Intake(database, Programs())
    numbers = iter(range(10**9))

    async def customer() -> None:
        for number in numbers:
            if stop.is_set() or time.monotonic() > until:
                return
            said = nth_event(writer, number)
            # As it is sent now, so that what is decided in between can be told apart.
            said["occurred_at"] = clock.now().isoformat()
            tell(["sends", said])
            while not stop.is_set():
                try:
                    answer = await intake.waiting.submit(program, ready(said, compiled))
                except OUTAGES as outage:
                    tell(["failed", said["id"], type(outage).__name__])
                    await asyncio.sleep(0.2)
                    continue
                if isinstance(answer, Answer):
                    tell(["answered", said["id"], answer.replayed, answer.outcome])
                else:
                    tell(["failed", said["id"], answer.code])
                break

    await asyncio.gather(*(customer() for _ in range(concurrency)))
    await intake.waiting.drain()
    await database.close()


if __name__ == "__main__":
    asyncio.run(main())
