"""Goals over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from puntal.access.dependencies import Now, ProgramCaller, requires
from puntal.access.model import Permission
from puntal.insight import operations, queries
from puntal.insight import policy_kpis as policy
from puntal.insight.api.kpis import number, rows_of, sql_of
from puntal.insight.api.routing import FILE, READ, REFUSALS, Asked, Reported, router
from puntal.insight.errors import GoalUnknown
from puntal.insight.model_home import Direction, Goal, Pace, Progress
from puntal.insight.model_kpis import FigureUnit
from puntal.insight.phrases import FORMULAS

_WRITE = [requires(Permission.PROGRAM_WRITE)]
_UNKNOWN: dict[int | str, dict[str, Any]] = {404: {"description": "`insight.goal_unknown`, `access.program_unknown`"}}
_WRONG: dict[int | str, dict[str, Any]] = {
    409: {"description": "`programs.not_published`, `insight.too_many_goals`, `idempotency.key_reused`"},
    422: {"description": "`insight.metric_unknown`, `insight.bad_period`, `points.unknown_wallet`, `request.faulty`"},
}
_EXAMPLE: dict[str, JsonValue] = {
    "name": "Members buy more often",
    "metric": "repeat_purchase_rate",
    "target": 0.35,
    "from": "2026-01-01",
    "through": "2026-12-31",
}


class GoalIn(BaseModel):
    """What a figure is to be."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})

    name: str = Field(min_length=1, max_length=120)
    metric: str = Field(max_length=63, description="The id of a key figure.")
    wallet: str | None = Field(default=None, max_length=63, description="Of figures of a wallet: which.")
    target: Decimal = Field(
        ge=-(10**12),
        le=10**12,
        max_digits=19,
        decimal_places=6,
        description="In the figure's unit: money in minor units, a rate of 1 is 100 %.",
    )
    direction: Direction = Field(default="at_least", description="`at_most` for what is not to grow.")
    since: date = Field(alias="from")
    through: date

    def wanted(self) -> operations.Wanted:
        """Return it as the operation takes it."""
        return operations.Wanted(
            name=self.name,
            metric=self.metric,
            wallet=self.wallet,
            target=Fraction(self.target),
            direction=self.direction,
            since=self.since,
            through=self.through,
        )


class GoalOut(BaseModel):
    """A goal and how far it is."""

    id: UUID
    name: str
    metric: str = Field(examples=["repeat_purchase_rate"])
    wallet: str | None
    direction: Direction
    since: date = Field(alias="from")
    through: date
    unit: FigureUnit
    target: int | float
    value: int | float | None = Field(description="So far; null before it begins, or of nothing.")
    expected: int | float = Field(description="By the end of yesterday on a straight line; of rates the target.")
    forecast: int | float | None = Field(
        description="At the end, at the present pace; null for rates and on the first day."
    )
    share: int = Field(description="Of the way, in percent, rounded down.", examples=[62])
    pace: Pace = Field(
        description="While it runs, by the forecast: `on_track` meets the target, `ahead` by more than five percent,"
        " `behind` does not; `begun`: too early for a forecast."
    )
    days_left: int
    formula: str
    rows: str | None = Field(
        description="Where the rows behind `value` are, below the program's address; null: other figures add up to it."
    )
    sql: str = Field(description="Where SQL is that adds `value` up anew, below the program's address.")
    created_at: datetime
    created_by: str

    @classmethod
    def of(cls, found: Progress, asked: Reported) -> GoalOut:
        """Return it as the API shows it."""
        goal = found.goal
        counted = policy.span(asked.program.zone, goal.since, max(goal.since, min(goal.through, asked.today)))
        return cls.model_validate(
            {
                "id": goal.id,
                "name": goal.name,
                "metric": goal.metric,
                "wallet": goal.wallet,
                "direction": goal.direction,
                "from": goal.since,
                "through": goal.through,
                "unit": found.unit,
                "target": _plain(goal.target),
                "value": None if found.value is None else _plain(found.value),
                "expected": _plain(found.expected),
                "forecast": None if found.forecast is None else _plain(found.forecast),
                "share": found.share,
                "pace": found.pace,
                "days_left": found.days_left,
                "formula": FORMULAS[goal.metric][asked.language],
                "rows": rows_of(found.figure, counted),
                "sql": sql_of(goal.metric, goal.wallet, counted),
                "created_at": goal.created_at,
                "created_by": goal.created_by,
            }
        )


class GoalsOut(BaseModel):
    """Every goal of the program, what ends first first."""

    items: list[GoalOut]


def _plain(value: Fraction) -> int | float | None:
    return int(value) if value.denominator == 1 else number(value)


async def _progress(asked: Reported, goals: list[Goal]) -> list[Progress]:
    rest = await queries.opened(asked.tx, asked.program) if goals else None
    return await queries.progress(asked.tx, asked.program, goals, now=asked.now, rest=rest)


async def _shown(asked: Asked, id: UUID) -> GoalOut:
    found = await queries.goal(asked.tx, asked.program.program_id, id)
    told = [] if found is None else await _progress(asked, [found])
    if not told:
        raise GoalUnknown
    return GoalOut.of(told[0], asked)


@router.get(
    "/goals",
    summary="List goals and how far they are",
    dependencies=READ,
    responses=FILE | REFUSALS,
    response_model=GoalsOut,
)
async def list_goals(asked: Asked) -> GoalsOut | Response:
    """List every goal with its progress and pace; a program has at most fifty."""
    found = await queries.goals(asked.tx, asked.program.program_id)
    told = [GoalOut.of(one, asked) for one in await _progress(asked, found)]
    if asked.as_csv:
        return asked.table("goals", GoalOut, told)
    return GoalsOut(items=told)


@router.get("/goals/{goal_id}", summary="Show a goal", dependencies=READ, responses=_UNKNOWN | REFUSALS)
async def show_goal(goal_id: UUID, asked: Asked) -> GoalOut:
    """Show one goal with its progress and pace."""
    return await _shown(asked, goal_id)


@router.post("/goals", status_code=201, summary="Set a goal", dependencies=_WRITE, responses=_WRONG)
async def set_goal(body: GoalIn, asked: Asked, caller: ProgramCaller, now: Now) -> GoalOut:
    """Set a goal: a key figure, what it is to be, over which days.

    Webhooks tell of it at 50, 80 and 100 percent (`goal.progressed`), once a week while it is behind (`goal.behind`),
    and when it was missed (`goal.missed`).
    """
    goal = await operations.set_goal(asked.tx, asked.program, body.wanted(), by=caller.actor, now=now)
    return await _shown(asked, goal.id)


@router.put("/goals/{goal_id}", summary="Change a goal", dependencies=_WRITE, responses=_WRONG | _UNKNOWN)
async def change_goal(goal_id: UUID, body: GoalIn, asked: Asked, caller: ProgramCaller, now: Now) -> GoalOut:
    """Replace a goal; its alerts begin anew."""
    await operations.change_goal(asked.tx, asked.program, goal_id, body.wanted(), by=caller.actor, now=now)
    return await _shown(asked, goal_id)


@router.delete(
    "/goals/{goal_id}", status_code=204, summary="Delete a goal", dependencies=_WRITE, responses=_UNKNOWN | REFUSALS
)
async def delete_goal(goal_id: UUID, asked: Asked, caller: ProgramCaller, now: Now) -> None:
    """Delete a goal; what was told of it stays told."""
    await operations.drop_goal(asked.tx, asked.program, goal_id, by=caller.actor, now=now)
