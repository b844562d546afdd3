"""How far budgets and stock are used, and when they run out at the pace so far."""

from __future__ import annotations

from datetime import datetime

from puntal.engine.bounding import counters
from puntal.engine.model import Compiled
from puntal.insight.model import BurnDown
from puntal.insight.policy import burn_down
from puntal.kit.calendar import BEGINNING, local_day, period_end
from puntal.kit.db import Transaction
from puntal.limits import operations as limits

BEGAN = """
-- When the program's first event happened; its own row and no other.
SELECT first_event_at FROM program WHERE id = %(program_id)s
"""


async def budgets(tx: Transaction, program: Compiled, *, now: datetime) -> list[BurnDown]:
    """Return every budget and stock of the document in the period that holds `now`, what is nearest its end first.

    Args:
        tx: An open transaction on the program.
        program: As it stands: what is written there is what is told of.
        now: On the program's clock.
    """
    today = local_day(program.zone, now)
    bounds = {
        (bound.key, bound.measure): bound
        for group in (
            *program.budgets.values(),
            *((*one.budgets, *(each.places for each in one.sessions)) for one in program.rewards.values()),
        )
        for bound in group
        if not bound.rolling
    }
    used = await limits.load(tx, program.program_id, counters([bounds.values()], [today]), lock=False)
    row = await (await tx.execute(BEGAN, {"program_id": program.program_id})).fetchone()
    began = today if row is None or row[0] is None else min(local_day(program.zone, row[0]), today)
    campaigns = {
        f"campaign:{campaign.id}": campaign.from_.date() if isinstance(campaign.from_, datetime) else campaign.from_
        for campaign in program.document.campaigns
        if campaign.from_ is not None
    }
    found = []
    for (key, measure), bound in bounds.items():
        (counter,) = counters([[bound]], [today])
        start = counter[2]
        begun = max(began, campaigns.get(key, start)) if start == BEGINNING else max(began, start)
        found.append(
            burn_down(
                key,
                measure,
                period=(start, period_end(today, bound.period)),
                used=used.get(counter, 0),
                most=bound.most,
                since=min(begun, today),
                today=today,
            )
        )
    return sorted(found, key=lambda one: (-one.share, one.budget, one.measure))
