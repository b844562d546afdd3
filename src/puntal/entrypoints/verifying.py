"""`puntal verify`: re-adding the books of a program, every slice its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from puntal.kit.db import Database, Transaction
from puntal.ledger import queries as ledger
from puntal.ledger.model import Disagreement
from puntal.points import queries as points

Check = Callable[[Transaction, int], Awaitable[Sequence[Disagreement]]]
CHECKS: dict[str, Check] = {
    "balances": ledger.disagreeing_balances,
    "lots": points.disagreements,
}
"""Name to what returns the places where two sides differ; none is right."""


async def verify(database: Database, program_id: int) -> dict[str, list[Disagreement]]:
    """Run every check on one program in one snapshot of it and return what disagrees, by check."""
    async with database.program_transaction(program_id) as tx:
        await tx.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        await tx.execute("SET LOCAL statement_timeout = 0")
        return {name: list(await check(tx, program_id)) for name, check in CHECKS.items()}
