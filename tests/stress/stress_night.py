"""A process that runs the nights of a program that are due. It is there to be killed.

Usage: stress_night.py URI PROGRAM INSTANT
"""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime

from puntal.entrypoints.nights import run_due
from puntal.entrypoints.programs import Programs
from puntal.kit.db import Database


async def main() -> None:
    """Run them, and say so when they are done."""
    database = await Database.open(sys.argv[1], size=2)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await run_due(database, Programs(), int(sys.argv[2]), datetime.fromisoformat(sys.argv[3]))
    await database.close()


if __name__ == "__main__":
    asyncio.run(main())
