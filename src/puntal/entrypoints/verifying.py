"""`puntal verify`: re-adding the books of a program, every slice its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from puntal.activity import queries as activity
from puntal.entrypoints.programs import Loaded, Programs
from puntal.intake import queries as intake
from puntal.kit.db import Database, Transaction
from puntal.ledger import queries as ledger
from puntal.ledger.model import Disagreement
from puntal.limits import queries as limits
from puntal.members import queries as members
from puntal.orders import queries as orders
from puntal.points import queries as points
from puntal.programs.errors import NotPublished
from puntal.tiers import queries as tiers

Check = Callable[[Transaction, int], Awaitable[Sequence[Disagreement]]]
CHECKS: dict[str, Check] = {
    "balances": ledger.disagreeing_balances,
    "lots": points.disagreements,
    "members": members.dangling,
    "events": intake.disagreements,
    "orders": orders.disagreements,
    "tiers": tiers.untold,
}
"""Name to what returns the places where two sides differ; none is right."""


async def _totals(tx: Transaction, program: Loaded) -> Sequence[Disagreement]:
    return await activity.disagreeing_totals(tx, program.program_id, currency=program.newest.currency)


async def _activity(tx: Transaction, program: Loaded) -> Sequence[Disagreement]:
    newest = program.newest
    return await activity.disagreements(
        tx,
        program.program_id,
        newest.counted,
        [metric.removeprefix("events.") for metric in sorted(newest.counted_events)],
        currency=newest.currency,
        earns_on=newest.earns_on,
        zone=newest.zone.key,
    )


async def _limits(tx: Transaction, program: Loaded) -> Sequence[Disagreement]:
    budgets = {compiled.revision: compiled.budgets for compiled in program.revisions}
    return await limits.disagreements(tx, program.program_id, budgets, zone=program.newest.zone.key)


PROGRAM_CHECKS: dict[str, Callable[[Transaction, Loaded], Awaitable[Sequence[Disagreement]]]] = {
    "totals": _totals,
    "activity": _activity,
    "limits": _limits,
}
"""Those that need to know what the program says; a program never published has nothing to check."""


async def verify(database: Database, program_id: int) -> dict[str, list[Disagreement]]:
    """Run every check on one program in one snapshot of it and return what disagrees, by check."""
    async with database.program_transaction(program_id) as tx:
        await tx.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        await tx.execute("SET LOCAL statement_timeout = 0")
        # Slices are cut to fit: their sorts and hashes need no disk.
        await tx.execute("SET LOCAL work_mem = '64MB'")
        wrong = {name: list(await check(tx, program_id)) for name, check in CHECKS.items()}
        try:
            program = await Programs().current(tx, program_id)
        except NotPublished:
            return wrong
        return wrong | {name: list(await check(tx, program)) for name, check in PROGRAM_CHECKS.items()}
