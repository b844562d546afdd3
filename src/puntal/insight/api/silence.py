"""Who fell silent, by month of joining, and the members behind it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Response
from pydantic import BaseModel, Field

from puntal.insight import queries
from puntal.insight.api.kpis import DaysOut, ShareOut, number
from puntal.insight.api.recounts import RecountOut
from puntal.insight.api.routing import FILE, NAMED, PAGES, READ, REFUSALS, Asked, Paged, Period, router
from puntal.insight.model_silence import SilentCohort
from puntal.insight.phrases import CHURN
from puntal.kit.pages import Page, last_id

TIMES = Field(default=3, ge=1, le=12, description="How many times her usual gap a member's silence may last.")


class ChurnQuery(Period):
    """Which period, and how patient."""

    times: int = TIMES
    months: int = Field(default=12, ge=1, le=36, description="Months of joining, that of the end included.")


class SilentCohortOut(BaseModel):
    """Who joined in a month, at the end of each month since."""

    cohort: date = Field(description="First day of the month of joining.", examples=["2026-03-01"])
    members: int
    customers: list[int] = Field(description="Who had bought by the end of each month; the first is that of joining.")
    silent: list[int] = Field(description="Who of these was silent then.")
    rates: list[float | None] = Field(description="Silent by customers; null where nobody had bought.")
    ends: list[date] = Field(description="The last day of each month; the last one is that of the period.")

    @classmethod
    def of(cls, found: SilentCohort, ends: list[date]) -> SilentCohortOut:
        """Return it as the API shows it."""
        rates = [
            round(silent / customers, 6) if customers else None
            for silent, customers in zip(found.silent, found.customers, strict=True)
        ]
        return cls(
            cohort=found.month,
            members=found.members,
            customers=found.customers,
            silent=found.silent,
            rates=rates,
            ends=[day for day in ends if day >= found.month],
        )


class ChurnOut(BaseModel):
    """Who fell silent in a period, and the chart of months of joining."""

    period: DaysOut
    times: int
    usual_days: int | None = Field(description="The program's median gap between purchases; null: nobody bought twice.")
    active_at_start: int
    lost: int = Field(description="Who of these was silent at the end of the period.")
    churn_rate: float | None = Field(examples=[0.082])
    share: ShareOut
    formula: str
    rows: str = Field(description="Where those who were lost are, below the program's address.")
    sql: str = Field(description="Where SQL is that adds the rate up anew, below the program's address.")
    items: list[SilentCohortOut]


class SilentQuery(Paged):
    """Which silent members."""

    times: int = TIMES
    cohort: date | None = Field(
        default=None,
        description="First day of a month of joining: who of it was silent. Not said: who was lost in the period.",
    )
    on: date | None = Field(default=None, description="Not said: the last day of the period.")
    of: Literal["silent", "customers"] = Field(
        default="silent",
        description="`customers`: who of the cohort had bought by that day, or who was active as the period began.",
    )


class SilentMemberOut(BaseModel):
    """A silent member, or a customer beside them."""

    member_id: UUID
    member_name: str | None = Field(description=NAMED)
    last_purchase: date
    purchases: int = Field(description="Days on which she bought.")
    usual_days: int | None = Field(description="The median of her gaps; null where she has fewer than two.")
    patience_days: int | None = Field(
        description="How long her silence might have lasted; null: nobody bought twice yet."
    )
    silent_days: int


@router.get(
    "/reports/churn",
    summary="Tell who fell silent",
    dependencies=READ,
    responses=FILE | REFUSALS,
    response_model=ChurnOut,
)
async def report_churn(asked: Asked, query: Annotated[ChurnQuery, Query()]) -> ChurnOut | Response:
    """Tell how many members who were active as the period began were silent at its end, and each cohort's silent ones.

    Nobody says that she leaves a shop: a member is silent when her last purchase is longer ago than `times` her own
    median gap, or than twice the program's where she has bought on fewer than three days. The file has the chart.
    """
    period = asked.span(query)
    found = await queries.silence(asked.tx, asked.program, period, times=query.times, months=query.months)
    items = [SilentCohortOut.of(one, found.ends) for one in found.cohorts]
    if asked.as_csv:
        cells = (
            (one.cohort, one.members, k, one.ends[k], one.customers[k], one.silent[k], one.rates[k])
            for one in items
            for k in range(len(one.silent))
        )
        return asked.file("churn", ("cohort", "members", "month", "end", "customers", "silent", "rate"), cells)
    days = f"from={period.since}&through={period.through}&times={query.times}"
    return ChurnOut(
        period=DaysOut.of(period),
        times=found.times,
        usual_days=found.usual_days,
        active_at_start=found.active_at_start,
        lost=found.lost,
        churn_rate=number(found.churn_rate.value),
        share=ShareOut(numerator=found.lost, denominator=found.active_at_start),
        formula=CHURN[asked.language].format(times=found.times),
        rows=f"reports/churn/members?{days}",
        sql=f"reports/churn/sql?{days}",
        items=items,
    )


@router.get(
    "/reports/churn/members",
    summary="Show who fell silent",
    dependencies=READ,
    responses=PAGES,
    response_model=Page[SilentMemberOut],
)
async def report_silent_members(
    asked: Asked, query: Annotated[SilentQuery, Query()]
) -> Page[SilentMemberOut] | Response:
    """Show who was lost in the period, or who of a cohort was silent on a day, by id; or the customers beside them."""
    period = asked.span(query)
    behind = queries.silent_members if query.of == "silent" else queries.customers_behind
    found = await behind(
        asked.tx,
        asked.program,
        period,
        times=query.times,
        cohort=query.cohort,
        on=query.on or period.through,
        after=last_id(query.cursor),
        limit=query.limit + 1,
    )
    return await asked.paged(
        "silent", SilentMemberOut, found, query.limit, key=lambda row: (row.member_id,), whose=lambda row: row.member_id
    )


class ChurnSqlQuery(Period):
    """Which period, and how patient."""

    times: int = TIMES


@router.get(
    "/reports/churn/sql",
    summary="Show the SQL that adds churn up anew",
    dependencies=READ,
    responses=REFUSALS | {422: {"description": "`insight.bad_period`, `request.faulty`"}},
)
async def report_churn_sql(asked: Asked, query: Annotated[ChurnSqlQuery, Query()]) -> RecountOut:
    """Show a statement for PostgreSQL that counts who was active and who was lost, its parameters filled in."""
    period = asked.span(query)
    return RecountOut(
        figure="churn_rate",
        wallet=None,
        period=DaysOut.of(period),
        formula=CHURN[asked.language].format(times=query.times),
        sql=queries.churn_sql(asked.program, period, times=query.times),
    )
