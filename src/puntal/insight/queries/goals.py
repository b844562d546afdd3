"""Goals, and how far each is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from puntal.engine.model import Compiled
from puntal.insight import policy_goals
from puntal.insight import policy_kpis as policy
from puntal.insight.model_home import Goal, Progress
from puntal.insight.model_kpis import Figure
from puntal.insight.queries.kpis import kpis
from puntal.insight.queries.rollups import Open
from puntal.kit.calendar import local_day, share_of_day
from puntal.kit.db import Transaction

Days = tuple[date, date]

COLUMNS = "id, name, metric, wallet, target, direction, since, through, created_at, created_by, told"

GOALS = f"""
-- Locks nothing. A program has a few; what ends first is first.
SELECT {COLUMNS} FROM goal WHERE program_id = %(program_id)s ORDER BY through, id
"""  # noqa: S608 - our own text, no input

GOAL = f"""
-- Locks nothing.
SELECT {COLUMNS} FROM goal WHERE program_id = %(program_id)s AND id = %(id)s
"""  # noqa: S608 - our own text, no input


async def goals(tx: Transaction, program_id: int) -> list[Goal]:
    """Return every goal, what ends first first."""
    return [_goal(row) for row in await (await tx.execute(GOALS, {"program_id": program_id})).fetchall()]


async def goal(tx: Transaction, program_id: int, id: UUID) -> Goal | None:
    """Return one goal."""
    row = await (await tx.execute(GOAL, {"program_id": program_id, "id": id})).fetchone()
    return None if row is None else _goal(row)


async def progress(
    tx: Transaction,
    program: Compiled,
    found: Sequence[Goal],
    *,
    now: datetime,
    known: Mapping[Days, Sequence[Figure]] | None = None,
    rest: Open | None = None,
) -> list[Progress]:
    """Return how far goals are, in the order given.

    A period's figures are read once however many goals share it. Goals about a wallet that the program no longer has
    are left out.

    Args:
        tx: An open transaction on the program.
        program: As it stands.
        found: Goals.
        now: On the program's clock.
        known: Figures of periods the caller has already.
        rest: As of `kpis`.
    """
    today = local_day(program.zone, now)
    passed = share_of_day(program.zone, now)
    wallets = {terms.id for terms in program.terms} | {None}
    figures: dict[Days, Sequence[Figure]] = dict(known or {})
    told = []
    for one in found:
        if one.wallet not in wallets:
            continue
        days = (one.since, max(one.since, min(one.through, today)))
        if days not in figures:
            figures[days] = policy.figures(
                await kpis(tx, program, policy.span(program.zone, *days), now=now, rest=rest, standing=False)
            )
        told.append(policy_goals.progress(one, figures[days], today=today, passed=passed))
    return told


def _goal(row: Sequence[Any]) -> Goal:
    id, name, metric, wallet, target, direction, since, through, created_at, created_by, told = row
    return Goal(
        id=id,
        name=name,
        metric=metric,
        wallet=wallet,
        target=Fraction(target),
        direction=direction,
        since=since,
        through=through,
        created_at=created_at,
        created_by=created_by,
        told=tuple(told),
    )
