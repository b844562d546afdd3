"""How far budgets and stock are used, and when they run out at the pace so far."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from puntal.engine.bounding import counters
from puntal.engine.model import Compiled
from puntal.insight.model import BurnDown
from puntal.insight.model_home import BudgetPoint
from puntal.insight.model_kpis import Span, TransferRow
from puntal.insight.policy import burn_down
from puntal.insight.queries.parts import names
from puntal.insight.store.rollups import FLOWED
from puntal.kit.calendar import BEGINNING, local_day, period_end
from puntal.kit.db import Transaction
from puntal.limits import operations as limits
from puntal.limits.model import Bound
from puntal.programs import queries as programs

BUDGET_DAYS = """
-- Locks nothing. One budget's days, along the key.
SELECT day, used FROM budget_day
WHERE program_id = %(program_id)s AND budget = %(budget)s AND measure = %(measure)s AND period_start = %(start)s
ORDER BY day
"""


BUDGET_ROWS = f"""
-- Locks nothing. Newest first, by block ranges of time: what rules under a budget gave, less what was taken back.
WITH {FLOWED}
SELECT id, holder_id, wallet::integer, kind, change, recorded_at, effective_at, rule, order_key
FROM flowed
WHERE rule = ANY(%(rules)s::text[]) AND account = 'issued' AND recorded_at >= %(begins)s::timestamptz
  AND (%(before_at)s::timestamptz IS NULL OR (recorded_at, id) < (%(before_at)s::timestamptz, %(before_id)s::uuid))
ORDER BY recorded_at DESC, id DESC
LIMIT %(limit)s
"""  # noqa: S608 - our own text, no input


def _bounds(program: Compiled) -> dict[tuple[str, str], Bound]:
    return {
        (bound.key, bound.measure): bound
        for group in (
            *program.budgets.values(),
            *((*one.budgets, *(each.places for each in one.sessions)) for one in program.rewards.values()),
        )
        for bound in group
        if not bound.rolling
    }


def budget_keys(program: Compiled, day: date) -> list[tuple[str, str, date]]:
    """Return name, measure and first day of the present period of every budget and stock of the document."""
    return sorted(counters([_bounds(program).values()], [day]))


async def budgets(tx: Transaction, program: Compiled, *, now: datetime) -> list[BurnDown]:
    """Return every budget and stock of the document in the period that holds `now`, what is nearest its end first.

    Args:
        tx: An open transaction on the program.
        program: As it stands: what is written there is what is told of.
        now: On the program's clock.
    """
    today = local_day(program.zone, now)
    bounds = _bounds(program)
    used = await limits.load(tx, program.program_id, counters([bounds.values()], [today]), lock=False)
    row = await programs.find(tx, program.program_id)
    first = None if row is None else row.first_event_at
    began = today if first is None else min(local_day(program.zone, first), today)
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


async def budget_behind(
    tx: Transaction,
    program: Compiled,
    budget: str,
    *,
    period: Span,
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> list[TransferRow] | None:
    """Return what the rules under a budget gave in a period, newest first; what was taken back is negative.

    None: no rule of the document is under it.
    """
    rules = [rule for rule, bounds in program.budgets.items() if any(bound.key == budget for bound in bounds)]
    if not rules:
        return None
    at = before or (None, None)
    said = names(program, period) | {"rules": rules, "before_at": at[0], "before_id": at[1], "limit": limit}
    rows = await (await tx.execute(BUDGET_ROWS.encode(), said)).fetchall()
    return [TransferRow(row[0], row[1], program.terms[row[2]].id, *row[3:]) for row in rows]


async def budget_days(
    tx: Transaction, program: Compiled, budget: str, measure: str, *, now: datetime
) -> tuple[BurnDown, list[BudgetPoint]] | None:
    """Return how far one budget is used, and by the end of each day of its present period; today is as of now.

    Days on which nobody kept house are missing. None: the document has no such budget.
    """
    found = next(
        (one for one in await budgets(tx, program, now=now) if (one.budget, one.measure) == (budget, measure)), None
    )
    if found is None:
        return None
    today = local_day(program.zone, now)
    said = {
        "program_id": program.program_id,
        "budget": budget,
        "measure": measure,
        "start": found.period_from or BEGINNING,
    }
    rows = await (await tx.execute(BUDGET_DAYS, said)).fetchall()
    return found, [*(BudgetPoint(*row) for row in rows if row[0] < today), BudgetPoint(today, found.used)]
