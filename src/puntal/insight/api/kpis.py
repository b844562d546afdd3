"""Key figures of a period beside the period before."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Annotated, Literal

from fastapi import Query, Response
from pydantic import BaseModel, Field

from puntal.insight import policy_kpis as policy
from puntal.insight import queries
from puntal.insight.api.routing import FILE, READ, REFUSALS, Asked, Period, router
from puntal.insight.model_kpis import Figure, FigureUnit, RowsOf, Share, Span
from puntal.insight.phrases import FORMULAS


class KpisQuery(Period):
    """Which period, beside which."""

    compare: Literal["previous"] | None = Field(
        default=None, description="The period before: as many whole months where it is whole months, else days."
    )


class DaysOut(BaseModel):
    """Local days, both in it."""

    since: date = Field(alias="from")
    through: date

    @classmethod
    def of(cls, span: Span) -> DaysOut:
        """Return it as the API shows it."""
        return cls.model_validate({"from": span.since, "through": span.through})


class ShareOut(BaseModel):
    """What a rate or an average was computed from, exactly."""

    numerator: int
    denominator: int

    @classmethod
    def of(cls, share: Share | None) -> ShareOut | None:
        """Return it as the API shows it."""
        return None if share is None else cls(numerator=share.numerator, denominator=share.denominator)


class FigureOut(BaseModel):
    """One figure."""

    id: str = Field(examples=["repeat_purchase_rate"])
    wallet: str | None
    unit: FigureUnit = Field(
        description="`money` is minor units, `points` the wallet's smallest; a `rate` of 1 is 100 %."
    )
    value: int | float | None = Field(description="Rates to six places; null where there is nothing to divide by.")
    share: ShareOut | None
    previous: int | float | None = Field(description="The same of the period before, where it was asked for.")
    previous_share: ShareOut | None
    change: int | float | None = Field(description="Value less previous.")
    formula: str = Field(description="In the language of the request.")
    rows: str | None = Field(
        description="Where the rows behind it are, below the program's address; null: other figures add up to it."
    )
    whole_rows: str | None = Field(
        description="Of a rate: where the rows are of what it is a part of, such as all that was earned."
    )
    sql: str = Field(description="Where SQL is that adds it up anew from the books, below the program's address.")


class KpisOut(BaseModel):
    """Every figure of a period."""

    period: DaysOut
    compared: DaysOut | None
    currency: str
    figures: list[FigureOut]


AS_OF_NOW = frozenset({"liability", "ending_soon", "ending_soon_rate"})
"""Nobody keeps what these were."""

_COLUMNS = ("figure", "wallet", "unit", "value", "numerator", "denominator", "previous", "change", "formula")


@router.get(
    "/reports/kpis",
    summary="Tell the key figures of a period",
    dependencies=READ,
    responses=FILE | REFUSALS,
    response_model=KpisOut,
)
async def report_kpis(asked: Asked, query: Annotated[KpisQuery, Query()]) -> KpisOut | Response:
    """Tell members, purchases, units and rates of a period, each with its formula; the liability is as of now."""
    period = asked.span(query)
    rest = await queries.opened(asked.tx, asked.program)
    found = policy.figures(await queries.kpis(asked.tx, asked.program, period, now=asked.now, rest=rest))
    earlier: dict[tuple[str, str | None], Figure] = {}
    compared = policy.before(asked.program.zone, period) if query.compare else None
    if compared is not None:
        past = policy.figures(
            await queries.kpis(asked.tx, asked.program, compared, now=asked.now, rest=rest, standing=False)
        )
        earlier = comparable(past)
    figures = [shown(one, earlier.get((one.id, one.wallet)), period, asked.language) for one in found]
    if asked.as_csv:
        return asked.file(f"kpis-{period.since}-{period.through}", _COLUMNS, map(_cells, figures))
    return KpisOut(
        period=DaysOut.of(period),
        compared=None if compared is None else DaysOut.of(compared),
        currency=asked.program.currency,
        figures=figures,
    )


def comparable(past: list[Figure]) -> dict[tuple[str, str | None], Figure]:
    """Return figures of another period by name, without those that are as of now whatever the period."""
    return {(one.id, one.wallet): one for one in past if one.id not in AS_OF_NOW}


def shown(one: Figure, past: Figure | None, period: Span, language: str) -> FigureOut:
    """Return a figure as the API shows it, beside the one before."""
    changed = None if past is None or past.value is None or one.value is None else one.value - past.value
    return FigureOut(
        id=one.id,
        wallet=one.wallet,
        unit=one.unit,
        value=number(one.value),
        share=ShareOut.of(one.share),
        previous=None if past is None else number(past.value),
        previous_share=None if past is None else ShareOut.of(past.share),
        change=number(changed),
        formula=FORMULAS[one.id][language],
        rows=rows_of(one, period),
        whole_rows=None if one.whole is None else _rows(one, *one.whole, period),
        sql=sql_of(one.id, one.wallet, period),
    )


def sql_of(figure: str, wallet: str | None, period: Span) -> str:
    """Return where SQL is that adds a figure up anew."""
    return _below("reports/kpis/sql", period, wallet, figure=figure)


def rows_of(one: Figure, period: Span) -> str | None:
    """Return where the rows behind a figure are; None: other figures add up to it."""
    return None if one.rows is None else _rows(one, one.rows, one.of, period)


def _rows(one: Figure, rows: RowsOf, of: str | None, period: Span) -> str:
    if rows in ("holders", "ending"):
        return f"reports/kpis/{rows}?wallet={one.wallet}"
    if rows == "incentives":
        return f"reports/incentives/orders?from={period.since}&through={period.through}"
    return _below(f"reports/kpis/{rows}", period, one.wallet, of=of)


def _below(path: str, period: Span, wallet: str | None, **said: str | None) -> str:
    first = "&".join(f"{name}={value}" for name, value in said.items())
    last = "" if wallet is None else f"&wallet={wallet}"
    return f"{path}?{first}&from={period.since}&through={period.through}{last}"


def number(value: int | Fraction | None) -> int | float | None:
    """Return a figure's value as JSON has it: rates to six places."""
    # JSON has no fractions; what is exact is in the share.
    return float(round(value, 6)) if isinstance(value, Fraction) else value


def _cells(one: FigureOut) -> list[object]:
    share = (None, None) if one.share is None else (one.share.numerator, one.share.denominator)
    return [one.id, one.wallet, one.unit, one.value, *share, one.previous, one.change, one.formula]
