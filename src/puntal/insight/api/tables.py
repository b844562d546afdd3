"""SQL behind the tables of reports, for whoever wants to make them herself."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, Field

from puntal.insight import queries
from puntal.insight.api.kpis import DaysOut
from puntal.insight.api.routing import READ, REFUSALS, Asked, Period, router
from puntal.insight.api.series import steps
from puntal.insight.api.silence import TIMES
from puntal.insight.model_breakdowns import Table
from puntal.insight.model_home import Every
from puntal.insight.queries.tables import Wanted


class TableSqlQuery(Period):
    """Of which table; days as the report itself was asked for."""

    table: Table = Field(examples=["rewards"], description="`moves`: of tiers. `influence`: orders beside incentives.")
    every: Every | None = Field(default=None, description="Of `series`; not said: as the report does.")
    times: int = TIMES
    months: int = Field(default=12, ge=1, le=36, description="Of `churn`.")
    budget: str = Field(default="", max_length=200, examples=["campaign:spring"], description="Of `budget_days`.")
    measure: str = Field(default="", max_length=63, examples=["points"], description="Of `budget_days`.")


class TableSqlOut(BaseModel):
    """How to make a table anew."""

    table: Table
    period: DaysOut
    formula: str = Field(description="What each column is, in the language of the request.")
    sql: str = Field(
        description="Its rows are the report's; columns are called as in its file. It changes nothing.",
        examples=["WITH taken AS (...) SELECT reward, redemptions, ... FROM told;"],
    )


@router.get(
    "/reports/tables/sql",
    summary="Show the SQL that makes a table of a report",
    dependencies=READ,
    responses=REFUSALS
    | {
        404: {"description": "`insight.budget_unknown`, `access.program_unknown`"},
        422: {"description": "`insight.bad_period`, `request.faulty`"},
    },
)
async def report_table_sql(asked: Asked, query: Annotated[TableSqlQuery, Query()]) -> TableSqlOut:
    """Show a statement for PostgreSQL whose rows are those of a report, its parameters filled in.

    It is run as that of a key figure is. Budgets, the liability and gift cards are as of now, whatever the period.
    """
    period = asked.span(query)
    wanted = Wanted(
        table=query.table,
        period=period,
        every=query.every or steps(period),
        times=query.times,
        months=query.months,
        counter=(query.budget, query.measure),
    )
    text = await queries.table_sql(asked.tx, asked.program, wanted, now=asked.now, language=asked.language)
    return TableSqlOut(
        table=query.table,
        period=DaysOut.of(period),
        formula=queries.formula_of(wanted, asked.language),
        sql=text,
    )
