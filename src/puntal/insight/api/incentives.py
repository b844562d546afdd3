"""What led to orders, and how far budgets are used."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from puntal.access.dependencies import Now, ProgramTx
from puntal.insight import queries
from puntal.insight.api.routing import READ, REFUSALS, CurrentProgram, router
from puntal.insight.model import Days, IncentiveKind, IncentiveOrder, Incentives
from puntal.kit.pages import Page, cut, read_cursor


class Period(BaseModel):
    """Local days of orders, both in it; from the beginning and to the end when not said."""

    model_config = ConfigDict(extra="forbid")

    since: date | None = Field(default=None, alias="from", examples=["2026-03-01"])
    through: date | None = Field(default=None, examples=["2026-03-31"])


class RowsQuery(Period):
    """Which rows."""

    kind: IncentiveKind | None = None
    id: str | None = Field(default=None, max_length=200, description="The reward or campaign.")
    order: str | None = Field(default=None, max_length=400, description="Source and id of one order, as `web:1001`.")
    limit: int = Field(default=50, ge=1, le=500)
    cursor: str | None = Field(default=None, max_length=2000)


class IncentiveOut(BaseModel):
    """What one reward, voucher or campaign led to. Money in minor units."""

    kind: IncentiveKind
    id: str = Field(examples=["five_euro"])
    wallet: str | None
    orders: int = Field(description="Orders that used it, each once.", examples=[120])
    sales_minor: int = Field(description="What they brought, net of refunds.", examples=[480000])
    discount_minor: int = Field(description="What it took off them.", examples=[60000])
    units: int = Field(description="Of the wallet: paid for a reward, given by a campaign.", examples=[60000])
    cost_minor: int = Field(
        description="Discount, and of a campaign its units at their expected cost, as in the liability; rounded once.",
        examples=[60000],
    )


class IncentivesOut(BaseModel):
    """Incentives beside all orders of the period."""

    currency: str
    orders: int
    sales_minor: int
    influenced_orders: int = Field(description="Orders that used at least one incentive, each once.")
    influenced_sales_minor: int
    discount_minor: int
    cost_minor: int
    cost_per_influenced_order_minor: int | None = Field(description="Cost by influenced orders, rounded half up.")
    redemption_rate: dict[str, float | None] = Field(
        description="By wallet: units redeemed by units earned, both recorded in the period; null when none was earned."
    )
    incentives: list[IncentiveOut]

    @classmethod
    def of(cls, found: Incentives) -> IncentivesOut:
        """Return it as the API shows it."""
        same = {name: getattr(found, name) for name in cls.model_fields if hasattr(found, name)}
        return cls(
            **same
            | {
                "redemption_rate": {wallet: found.redemption_rate(wallet) for wallet in found.earned},
                "incentives": [
                    IncentiveOut(**{name: getattr(one, name) for name in IncentiveOut.model_fields})
                    for one in found.incentives
                ],
            }
        )


class IncentiveOrderOut(BaseModel):
    """One order and one thing that led to it."""

    source: str
    order_id: str
    member_id: UUID | None
    occurred_at: datetime
    sales_minor: int
    kind: IncentiveKind
    id: str
    wallet: str | None
    discount_minor: int
    units: int
    cost_minor: int

    @classmethod
    def of(cls, row: IncentiveOrder) -> IncentiveOrderOut:
        """Return it as the API shows it."""
        return cls(**{name: getattr(row, name) for name in cls.model_fields})


class BurnDownOut(BaseModel):
    """How far a budget or stock is used in its present period."""

    budget: str = Field(examples=["campaign:spring"])
    measure: str = Field(description="What it counts; value and discount are minor units.", examples=["points"])
    period_from: date | None = Field(description="First local day; null: it is for always.")
    period_through: date | None
    used: int = Field(examples=[410000])
    most: int = Field(examples=[500000])
    left: int = Field(examples=[90000])
    share: int = Field(description="Used of the whole, in percent, rounded down.", examples=[82])
    since: date = Field(description="The day the pace is counted from: when the period, campaign or program began.")
    runs_out_on: date | None = Field(
        description="Left by (used by days since then, today included); null when the period ends before."
    )


class BudgetsOut(BaseModel):
    """Every budget and stock of the program document."""

    items: list[BurnDownOut]


@router.get(
    "/reports/incentives",
    summary="Tell what led to orders, and what it cost",
    dependencies=READ,
    responses=REFUSALS,
)
async def report_incentives(program: CurrentProgram, tx: ProgramTx, asked: Annotated[Period, Query()]) -> IncentivesOut:
    """Tell which rewards, vouchers and campaigns the orders of a period used, what these brought and what it cost.

    An order that used several counts for each of them, and once in the totals.
    """
    return IncentivesOut.of(await queries.incentives(tx, program, Days(asked.since, asked.through)))


@router.get(
    "/reports/incentives/orders",
    summary="Show the rows behind it: orders and what led to them",
    dependencies=READ,
    responses=REFUSALS | {400: {"description": "`request.bad_cursor`"}},
)
async def report_incentive_orders(
    program: CurrentProgram, tx: ProgramTx, asked: Annotated[RowsQuery, Query()]
) -> Page[IncentiveOrderOut]:
    """Show each order with each incentive it used, newest first; with `order`, what one order used."""
    rows = await queries.orders_of(
        tx,
        program,
        Days(asked.since, asked.through),
        kind=asked.kind,
        id=asked.id,
        order=asked.order,
        before=read_cursor(asked.cursor, tuple[datetime, str, str, str]) if asked.cursor else None,
        limit=asked.limit + 1,
    )
    page, following = cut(
        rows, asked.limit, lambda row: (row.occurred_at, f"{row.source}:{row.order_id}", row.kind, row.id)
    )
    return Page(items=[IncentiveOrderOut.of(row) for row in page], next=following)


@router.get(
    "/reports/budgets",
    summary="Tell how far budgets are used and when they run out",
    dependencies=READ,
    responses=REFUSALS,
)
async def report_budgets(program: CurrentProgram, tx: ProgramTx, now: Now) -> BudgetsOut:
    """Tell of every budget and stock of the document in its present period, what is nearest its end first."""
    found = await queries.budgets(tx, program, now=now)
    return BudgetsOut(
        items=[BurnDownOut(**{name: getattr(one, name) for name in BurnDownOut.model_fields}) for one in found]
    )
