"""SQL behind the key figures, for whoever wants to add them up herself."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, Field

from puntal.insight import queries
from puntal.insight.api.kpis import DaysOut
from puntal.insight.api.routing import READ, REFUSALS, Asked, Period, router
from puntal.insight.phrases import FORMULAS


class RecountQuery(Period):
    """Of which figure."""

    figure: str = Field(max_length=63, examples=["repeat_purchase_rate"], description="The id of a key figure.")
    wallet: str | None = Field(default=None, max_length=63, description="Of figures of a wallet: which.")


class RecountOut(BaseModel):
    """How to add a figure up anew."""

    figure: str
    wallet: str | None
    period: DaysOut
    formula: str = Field(description="In the language of the request.")
    sql: str = Field(
        description="One row: `value`, and of rates and averages `numerator` and `denominator`. It changes nothing.",
        examples=["WITH counted AS (...) SELECT members AS value FROM counted;"],
    )


@router.get(
    "/reports/kpis/sql",
    summary="Show the SQL that adds a figure up anew",
    dependencies=READ,
    responses=REFUSALS
    | {
        404: {"description": "`insight.figure_unknown`, `access.program_unknown`"},
        422: {"description": "`insight.bad_period`, `request.faulty`"},
    },
)
async def report_sql(asked: Asked, query: Annotated[RecountQuery, Query()]) -> RecountOut:
    """Show a statement for PostgreSQL that adds one key figure up from the books, its parameters filled in.

    Run it as the owner of the database, whom row security lets pass, or as `puntal_app` after saying which program
    (`SET app.program_id`). What it answers is the figure, to the last digit, as long as nothing new came.
    """
    period = asked.span(query)
    text = queries.recount(asked.program, query.figure, query.wallet, period, now=asked.now, language=asked.language)
    return RecountOut(
        figure=query.figure,
        wallet=query.wallet,
        period=DaysOut.of(period),
        formula=FORMULAS[query.figure][asked.language],
        sql=text,
    )
