"""What the worker runs after a publication."""

from __future__ import annotations

from datetime import datetime

from puntal.kit.db import Database
from puntal.programs import operations as programs
from puntal.programs.model import Published
from puntal.tiers import operations, policy
from puntal.tiers.model import Climb


async def place(database: Database, *, program_id: int, number: int, now: datetime) -> int:
    """Put everybody on the ladders that a revision brought or changed, page by page; a second run changes nothing.

    Args:
        database: Each page is a transaction of its own.
        program_id: Whose members.
        number: Of the revision; what the one before it had decides which ladders changed.
        now: On the program's clock.

    Returns:
        How many members moved, counted once a ladder.
    """
    async with database.program_transaction(program_id) as tx:
        after = _ladders(await programs.load_published(tx, program_id, number=number))
        before = _ladders(await programs.load_published(tx, program_id, number=number - 1)) if number > 1 else ()
    climbs, recount = policy.to_place(before, after)
    moved, page, last = 0, bool(climbs), None
    while page:
        async with database.program_transaction(program_id) as tx:
            placed = await operations.place_page(tx, program_id, climbs, recount=recount, after=last, now=now)
        moved += len(placed.moves)
        last = placed.next
        page = last is not None
    return moved


def _ladders(published: Published) -> tuple[Climb, ...]:
    return policy.compile_ladders(published.document, published.wallets)
