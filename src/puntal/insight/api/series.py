"""Figures over time, for charts."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import Query, Response
from pydantic import BaseModel, Field

from puntal.insight import queries
from puntal.insight.api.kpis import DaysOut
from puntal.insight.api.routing import FILE, READ, REFUSALS, Asked, Period, Reported, router, shaped
from puntal.insight.model_home import Every, SeriesPoint
from puntal.insight.model_kpis import FigureUnit, Span
from puntal.insight.phrases import FORMULAS

_FINE = FILE | REFUSALS | {422: {"description": "`insight.bad_period`, `insight.too_fine`, `request.faulty`"}}
_DAYS, _WEEKS = 62, 400
"""Up to how many days there is a point for each day, and for each week."""


class SeriesQuery(Period):
    """Which period, in which steps."""

    every: Every | None = Field(
        default=None, description="Not said: days up to 62 days, weeks up to 400, months beyond. Weeks begin on Monday."
    )


class WalletMovesOut(BaseModel):
    """What moved through one wallet."""

    wallet: str = Field(examples=["points"])
    earned: int
    spent: int
    expired: int


class SeriesPointOut(BaseModel):
    """The figures of one day, week or month. Money in minor units."""

    since: date = Field(alias="from", description="First local day; a first or last point is cut to the period.")
    through: date
    new_members: int
    orders: int
    sales_minor: int
    member_orders: int
    member_sales_minor: int
    guest_orders: int
    guest_sales_minor: int
    wallets: list[WalletMovesOut]

    @classmethod
    def of(cls, point: SeriesPoint) -> SeriesPointOut:
        """Return it as the API shows it."""
        same = {name: getattr(point, name) for name in cls.model_fields if name not in ("since", "wallets")}
        moves = [shaped(WalletMovesOut, one) for one in point.wallets]
        return cls.model_validate({"from": point.since, **same, "wallets": moves})


class SeriesFigureOut(BaseModel):
    """What a line of the chart is: its name in the points, its formula, where its rows are."""

    name: str = Field(description="Of the field in a point, or in a point's wallets.", examples=["member_sales_minor"])
    figure: str = Field(description="The key figure that the points of a period add up to.", examples=["member_sales"])
    wallet: str | None
    unit: FigureUnit
    formula: str
    rows: str = Field(description="Below the program's address; add `&from=` and `&through=` of a point.")
    sql: str = Field(description="Where SQL is that adds its points up anew; add the same.")


class SeriesOut(BaseModel):
    """Points, oldest first, without gaps."""

    period: DaysOut
    every: Every
    currency: str
    figures: list[SeriesFigureOut]
    points: list[SeriesPointOut]


_FIGURES: tuple[tuple[str, str, FigureUnit, str], ...] = (
    ("new_members", "new_members", "count", "members"),
    ("orders", "orders", "count", "orders"),
    ("sales_minor", "sales", "money", "orders"),
    ("member_orders", "member_orders", "count", "orders"),
    ("member_sales_minor", "member_sales", "money", "orders"),
    ("guest_orders", "guest_orders", "count", "orders"),
    ("guest_sales_minor", "guest_sales", "money", "orders"),
)
_MOVES = ("earned", "spent", "expired")


def steps(period: Span) -> Every:
    """Return how a period is cut when nobody said."""
    days = (period.through - period.since).days + 1
    return "day" if days <= _DAYS else "week" if days <= _WEEKS else "month"


def series_of(asked: Reported, period: Span, every: Every, points: list[SeriesPoint]) -> SeriesOut:
    """Return a series as the API shows it."""
    said = asked.language
    figures = [
        SeriesFigureOut(
            name=name,
            figure=figure,
            wallet=None,
            unit=unit,
            formula=FORMULAS[figure][said],
            rows=f"reports/kpis/{rows}?of={'orders' if figure == 'sales' else figure.replace('_sales', '_orders')}",
            sql=f"reports/kpis/sql?figure={figure}",
        )
        for name, figure, unit, rows in _FIGURES
    ]
    figures += [
        SeriesFigureOut(
            name=name,
            figure=name,
            wallet=terms.id,
            unit="money" if terms.kind == "money" else "points",
            formula=FORMULAS[name][said],
            rows=f"reports/kpis/transfers?of={name}&wallet={terms.id}",
            sql=f"reports/kpis/sql?figure={name}&wallet={terms.id}",
        )
        for terms in asked.program.terms
        for name in _MOVES
    ]
    return SeriesOut(
        period=DaysOut.of(period),
        every=every,
        currency=asked.program.currency,
        figures=figures,
        points=[SeriesPointOut.of(point) for point in points],
    )


@router.get(
    "/reports/series",
    summary="Tell figures per day, week or month",
    dependencies=READ,
    responses=_FINE,
    response_model=SeriesOut,
)
async def report_series(asked: Asked, query: Annotated[SeriesQuery, Query()]) -> SeriesOut | Response:
    """Tell new members, purchases and what moved through wallets, per day, week or month of a period.

    The points of a period add up to its key figures.
    """
    period = asked.span(query)
    every = query.every or steps(period)
    rest = await queries.opened(asked.tx, asked.program)
    points = await queries.series(asked.tx, asked.program, period, every=every, rest=rest)
    if asked.as_csv:
        names = [name for name, *_ in _FIGURES]
        wallets = [f"{terms.id}_{name}" for terms in asked.program.terms for name in _MOVES]
        cells = (
            [
                one.since,
                one.through,
                *(getattr(one, name) for name in names),
                *(getattr(moves, name) for moves in one.wallets for name in _MOVES),
            ]
            for one in points
        )
        return asked.file(f"series-{period.since}-{period.through}", ("from", "through", *names, *wallets), cells)
    return series_of(asked, period, every, points)
