"""What a worker does for reports every minute: folds what is new, tells of budgets and goals, notes what is due."""

from __future__ import annotations

from datetime import datetime

from puntal.entrypoints.programs import Programs
from puntal.insight import operations as insight
from puntal.insight.operations import rollups
from puntal.insight.periodic import operations as reports
from puntal.kit import clock
from puntal.kit.db import Database
from puntal.programs.errors import NotPublished

PATIENCE = """
-- A portion of a large first fold, or of a morning after an import, may take a while; nobody waits for it.
SET LOCAL statement_timeout = '15min'
"""


async def keep_figures(database: Database, programs: Programs, program_id: int, *, now: datetime) -> None:
    """Bring the sums of days up to date, portion by portion, each in a transaction; then at goals and reports.

    Args:
        database: Of the program.
        programs: Those of this process.
        program_id: Its number.
        now: The program's time.
    """
    more = True
    while more:
        async with database.program_transaction(program_id) as tx:
            await tx.execute(PATIENCE)
            try:
                program = (await programs.current(tx, program_id)).newest
            except NotPublished:
                return
            more = await rollups.fold(tx, program, now=now, real=clock.now())
    async with database.program_transaction(program_id) as tx:
        await tx.execute(PATIENCE)
        program = (await programs.current(tx, program_id)).newest
        await insight.keep_budgets(tx, program, now=now)
        await insight.watch_budgets(tx, program, now=now, recorded_at=clock.now())
        await insight.watch_goals(tx, program, now=now, recorded_at=clock.now())
        await reports.fall_due(tx, program, recorded_at=clock.now())
