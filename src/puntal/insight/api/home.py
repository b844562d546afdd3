"""Everything the home screen shows, in one answer."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, Field

from puntal.insight import policy_advice, queries
from puntal.insight import policy_kpis as policy
from puntal.insight.api.goals import GoalOut
from puntal.insight.api.kpis import DaysOut, FigureOut, comparable, shown
from puntal.insight.api.routing import READ, REFUSALS, Asked, Period, Reported, router
from puntal.insight.api.series import SeriesOut, series_of, steps
from puntal.insight.model_home import Advice, AdviceKind, Alert, AlertKind, Severity, Target
from puntal.insight.phrases_home import words_of

SHOWN = [
    "members",
    "new_members",
    "active_rate",
    "participation_rate",
    "sales",
    "orders",
    "repeat_purchase_rate",
    "purchase_frequency",
    "average_order",
    "member_average_order",
    "guest_average_order",
    "influenced_sales",
    "incentive_cost",
    "incentive_roi",
    "earned",
    "spent",
    "expired",
    "ending_soon",
    "ending_soon_rate",
    "redemption_rate_period",
    "redemption_rate_lifetime",
    "breakage_rate",
    "liability",
]
"""In the order they are shown in; those of wallets once for each."""


class NumberOut(BaseModel):
    """One number of a sentence; money in minor units."""

    name: str = Field(examples=["percent"])
    value: int | str


class AlertOut(BaseModel):
    """Something that wants looking at."""

    kind: AlertKind
    severity: Severity
    title: str
    reason: str = Field(description="With its numbers, in the language of the request.")
    target: Target = Field(description="The screen where something can be done about it.")
    about: str | None = Field(description="The budget, wallet or goal.")
    numbers: list[NumberOut]

    @classmethod
    def of(cls, found: Alert, asked: Reported) -> AlertOut:
        """Return it as the API shows it."""
        title, reason = words_of(found, asked.names, asked.language, asked.program.currency)
        return cls(
            kind=found.kind,
            severity=found.severity,
            title=title,
            reason=reason,
            target=found.target,
            about=found.about,
            numbers=_numbers(found),
        )


class RecommendationOut(BaseModel):
    """What might help, and the figures that say so."""

    kind: AdviceKind
    title: str
    reason: str = Field(
        description="With its numbers, in the language of the request.",
        examples=["72 % of what is available in Points ends within thirty days: 48,200"],
    )
    target: Target = Field(description="The screen where it is done.")
    about: str | None = Field(description="The wallet, reward or campaign.")
    numbers: list[NumberOut]

    @classmethod
    def of(cls, found: Advice, asked: Reported) -> RecommendationOut:
        """Return it as the API shows it."""
        title, reason = words_of(found, asked.names, asked.language, asked.program.currency)
        return cls(
            kind=found.kind,
            title=title,
            reason=reason,
            target=found.target,
            about=found.about,
            numbers=_numbers(found),
        )


class HomeOut(BaseModel):
    """The home screen."""

    period: DaysOut
    compared: DaysOut
    currency: str
    as_of: datetime = Field(description="On the program's clock.")
    figures: list[FigureOut] = Field(description="The key figures of the home screen, in its order.")
    series: SeriesOut
    goals: list[GoalOut] = Field(description="Those that run today, what ends first first.")
    alerts: list[AlertOut] = Field(description="Worst first.")
    recommendations: list[RecommendationOut]


def _numbers(found: Alert | Advice) -> list[NumberOut]:
    return [NumberOut(name=name, value=value) for name, value in found.numbers.items()]


@router.get("/reports/home", summary="Tell all of the home screen", dependencies=READ, responses=REFUSALS)
async def report_home(asked: Asked, query: Annotated[Period, Query()]) -> HomeOut:
    """Tell key figures beside the period before, their series, goals, alerts and recommendations, in one answer.

    Each figure says its formula and where its rows are, as in `reports/kpis`. Recommendations follow from the figures
    by plain rules; each says the numbers it was computed from.
    """
    tx, program, period = asked.tx, asked.program, asked.span(query)
    compared = policy.before(program.zone, period)
    rest = await queries.opened(tx, program)
    now = await queries.kpis(tx, program, period, now=asked.now, rest=rest)
    then = await queries.kpis(tx, program, compared, now=asked.now, rest=rest, standing=False)
    figures, earlier = policy.figures(now), comparable(policy.figures(then))
    ranked = sorted((one for one in figures if one.id in SHOWN), key=lambda one: SHOWN.index(one.id))
    running = [one for one in await queries.goals(tx, program.program_id) if one.since <= asked.today <= one.through]
    goals = await queries.progress(
        tx, program, running, now=asked.now, known={(period.since, period.through): figures}, rest=rest
    )
    every = steps(period)
    rewards = await queries.rewards(tx, program, period)
    return HomeOut(
        period=DaysOut.of(period),
        compared=DaysOut.of(compared),
        currency=program.currency,
        as_of=asked.now,
        figures=[shown(one, earlier.get((one.id, one.wallet)), period, asked.language) for one in ranked],
        series=series_of(asked, period, every, await queries.series(tx, program, period, every=every, rest=rest)),
        goals=[GoalOut.of(one, asked) for one in goals],
        alerts=[
            AlertOut.of(one, asked)
            for one in policy_advice.alerts(
                now, await queries.budgets(tx, program, now=asked.now), goals, await queries.waiting(tx, program)
            )
        ],
        recommendations=[
            RecommendationOut.of(one, asked)
            for one in policy_advice.advice(
                now, then, rewards, now.influence.incentives, reminds=bool(program.document.policies.reminders)
            )
        ],
    )
