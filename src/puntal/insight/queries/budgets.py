"""How far budgets and stock are used, and when they run out at the pace so far."""

from __future__ import annotations

from datetime import date, datetime

from msgspec import Struct

from puntal.engine.bounding import counters
from puntal.engine.model import Compiled
from puntal.insight.model import BurnDown
from puntal.insight.model_home import BudgetPoint
from puntal.insight.policy import burn_down
from puntal.kit.calendar import BEGINNING, local_day, period_end
from puntal.kit.db import Transaction
from puntal.limits import operations as limits
from puntal.limits.model import Bound, BudgetKey
from puntal.programs import queries as programs

BUDGET_DAYS = """
-- Locks nothing. One budget's days, along the key.
SELECT day, used FROM budget_day
WHERE program_id = %(program_id)s AND budget = %(budget)s AND measure = %(measure)s AND period_start = %(start)s
ORDER BY day
"""


class Running(Struct, frozen=True):
    """A budget in its present period.

    Attributes:
        ends: The first day after it; None: it is for always.
        since: The day the pace is counted from.
    """

    counter: BudgetKey
    most: int
    ends: date | None
    since: date


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
    found = await running(tx, program, today=today)
    used = await limits.load(tx, program.program_id, [one.counter for one in found], lock=False)
    told = [
        burn_down(
            one.counter[0],
            one.counter[1],
            period=(one.counter[2], one.ends),
            used=used.get(one.counter, 0),
            most=one.most,
            since=one.since,
            today=today,
        )
        for one in found
    ]
    return sorted(told, key=lambda one: (-one.share, one.budget, one.measure))


async def running(tx: Transaction, program: Compiled, *, today: date) -> list[Running]:
    """Return the present period of every budget and stock of the document."""
    row = await programs.find(tx, program.program_id)
    first = None if row is None else row.first_event_at
    began = today if first is None else min(local_day(program.zone, first), today)
    campaigns = {
        f"campaign:{campaign.id}": campaign.from_.date() if isinstance(campaign.from_, datetime) else campaign.from_
        for campaign in program.document.campaigns
        if campaign.from_ is not None
    }
    found = []
    for (key, _), bound in _bounds(program).items():
        (counter,) = counters([[bound]], [today])
        start = counter[2]
        begun = max(began, campaigns.get(key, start)) if start == BEGINNING else max(began, start)
        found.append(Running(counter, bound.most, period_end(today, bound.period), min(begun, today)))
    return found


def rules_under(program: Compiled, budget: str) -> list[str]:
    """Return the rules whose awards count towards a budget; of a reward's budget, and of none, there are none."""
    return [rule for rule, bounds in program.budgets.items() if any(bound.key == budget for bound in bounds)]


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
