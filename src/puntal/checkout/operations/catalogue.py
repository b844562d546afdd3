"""The catalogue as it stands: how much of each reward's room is used."""

from __future__ import annotations

from datetime import datetime

from puntal.engine.bounding import counters
from puntal.intake.operations import Programs
from puntal.kit.calendar import local_day
from puntal.kit.db import Transaction
from puntal.limits import operations as limits
from puntal.limits.model import BudgetKey


async def used(tx: Transaction, programs: Programs, *, now: datetime) -> dict[BudgetKey, int]:
    """Return what is used of the shared counters of all rewards in the periods that hold `now`."""
    newest = programs.newest
    bounds = [(*reward.budgets, *(session.places for session in reward.sessions)) for reward in newest.rewards.values()]
    return await limits.load(tx, newest.program_id, counters(bounds, [local_day(newest.zone, now)]), lock=False)
