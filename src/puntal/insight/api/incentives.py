"""What led to orders, and how far budgets are used."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Query, Response
from pydantic import BaseModel, ConfigDict, Field

from puntal.insight import queries
from puntal.insight.api.routing import FILE, NAMED, PAGES, READ, REFUSALS, Asked, Period, router, shaped
from puntal.insight.errors import BadPeriod, BudgetUnknown
from puntal.insight.model import BurnDown, Days, IncentiveKind, Incentives
from puntal.kit.pages import Page, read_cursor


class OrderDays(Period):
    """Local days of orders, both in it; from the beginning and to the end when not said."""

    since: date | None = Field(
        default=None, alias="from", examples=["2026-03-01"], description="Not said: from the beginning."
    )
    through: date | None = Field(default=None, examples=["2026-03-31"], description="Not said: to the end.")


class RowsQuery(OrderDays):
    """Which rows."""

    kind: IncentiveKind | None = None
    id: str | None = Field(default=None, max_length=200, description="The reward or campaign.")
    order: str | None = Field(default=None, max_length=400, description="Source and id of one order, as `web:1001`.")
    limit: int = Field(default=50, ge=1, le=5000)
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
                "incentives": [shaped(IncentiveOut, one) for one in found.incentives],
            }
        )


class IncentiveOrderOut(BaseModel):
    """One order and one thing that led to it."""

    source: str
    order_id: str
    member_id: UUID | None
    member_name: str | None = Field(description=NAMED)
    occurred_at: datetime
    sales_minor: int
    kind: IncentiveKind
    id: str
    wallet: str | None
    discount_minor: int
    units: int
    cost_minor: int


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
    rows: str = Field(
        description="Where the awards or redemptions that use it are read, below the program; held ones are not there.",
        examples=["reports/budgets/rows?budget=campaign%3Aspring&from=2026-03-01&through=2026-03-31"],
    )

    @classmethod
    def of(cls, one: BurnDown, today: date) -> BurnDownOut:
        """Return it as the API shows it."""
        kind, _, rest = one.budget.partition(":")
        days = {"from": one.period_from or one.since, "through": one.period_through or today}
        rows = (
            # Of a reward's stock the key ends with what of it is counted.
            f"reports/rewards/redemptions?{urlencode({'reward': rest.partition(':')[0], **days})}"
            if kind == "reward"
            else f"reports/budgets/rows?{urlencode({'budget': one.budget, **days})}"
        )
        return shaped(cls, one, rows=rows)


class BudgetsOut(BaseModel):
    """Every budget and stock of the program document."""

    items: list[BurnDownOut]


class BudgetPointOut(BaseModel):
    """What was used by the end of a day."""

    day: date
    used: int


class BudgetSeriesOut(BaseModel):
    """One budget burning down."""

    budget: BurnDownOut
    points: list[BudgetPointOut] = Field(description="Oldest first; the last is today, so far.")


class BudgetQuery(BaseModel):
    """Which budget."""

    model_config = ConfigDict(extra="forbid")

    budget: str = Field(max_length=200, examples=["campaign:spring"])
    measure: str = Field(max_length=63, examples=["points"])


@router.get(
    "/reports/incentives",
    summary="Tell what led to orders, and what it cost",
    dependencies=READ,
    responses=FILE | REFUSALS,
    response_model=IncentivesOut,
)
async def report_incentives(asked: Asked, query: Annotated[OrderDays, Query()]) -> IncentivesOut | Response:
    """Tell which rewards, vouchers and campaigns the orders of a period used, what these brought and what it cost.

    An order that used several counts for each of them, and once in the totals. The file has the incentives.
    """
    rest = await queries.opened(asked.tx, asked.program)
    found = await queries.incentives(asked.tx, asked.program, _days(query), rest=rest)
    if asked.as_csv:
        return asked.table("incentives", IncentiveOut, found.incentives)
    return IncentivesOut.of(found)


@router.get(
    "/reports/incentives/orders",
    summary="Show the rows behind it: orders and what led to them",
    dependencies=READ,
    responses=PAGES,
    response_model=Page[IncentiveOrderOut],
)
async def report_incentive_orders(
    asked: Asked, query: Annotated[RowsQuery, Query()]
) -> Page[IncentiveOrderOut] | Response:
    """Show each order with each incentive it used, newest first; with `order`, what one order used."""
    rows = await queries.orders_of(
        asked.tx,
        asked.program,
        _days(query),
        kind=query.kind,
        id=query.id,
        order=query.order,
        before=read_cursor(query.cursor, tuple[datetime, str, str, str]) if query.cursor else None,
        limit=query.limit + 1,
    )
    return await asked.paged(
        "incentive-orders",
        IncentiveOrderOut,
        rows,
        query.limit,
        key=lambda row: (row.occurred_at, f"{row.source}:{row.order_id}", row.kind, row.id),
        whose=lambda row: row.member_id,
    )


@router.get(
    "/reports/budgets",
    summary="Tell how far budgets are used and when they run out",
    dependencies=READ,
    responses=FILE | REFUSALS,
    response_model=BudgetsOut,
)
async def report_budgets(asked: Asked) -> BudgetsOut | Response:
    """Tell of every budget and stock of the document in its present period, what is nearest its end first."""
    found = await queries.budgets(asked.tx, asked.program, now=asked.now)
    items = [BurnDownOut.of(one, asked.today) for one in found]
    if asked.as_csv:
        return asked.table("budgets", BurnDownOut, items)
    return BudgetsOut(items=items)


@router.get(
    "/reports/budgets/series",
    summary="Tell how a budget burned down",
    dependencies=READ,
    responses=FILE | REFUSALS | {404: {"description": "`insight.budget_unknown`, `access.program_unknown`"}},
    response_model=BudgetSeriesOut,
)
async def report_budget_series(asked: Asked, query: Annotated[BudgetQuery, Query()]) -> BudgetSeriesOut | Response:
    """Tell what was used of one budget by the end of each day of its present period, with the forecast.

    The line is kept from the day on which the budget came into force; days on which no worker ran are missing.
    """
    found = await queries.budget_days(asked.tx, asked.program, query.budget, query.measure, now=asked.now)
    if found is None:
        raise BudgetUnknown
    burned, points = found
    if asked.as_csv:
        return asked.file("budget", ("day", "used"), ([one.day, one.used] for one in points))
    return BudgetSeriesOut(
        budget=BurnDownOut.of(burned, asked.today), points=[shaped(BudgetPointOut, one) for one in points]
    )


def _days(query: OrderDays) -> Days:
    since, through = query.since, query.through
    if since is not None and through is not None and since > through:
        raise BadPeriod
    return Days(since, through)
