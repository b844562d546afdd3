"""Periods, what is compared with them, and the figures of a period as a list. Pure."""

from __future__ import annotations

import math
from datetime import date, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from puntal.insight.errors import BadPeriod
from puntal.insight.model_kpis import (
    Ending,
    Figure,
    FigureUnit,
    Flow,
    Influence,
    Kpis,
    People,
    Purchases,
    RowsOf,
    Share,
    Span,
)
from puntal.kit.calendar import add_months, midnight

USUAL_DAYS = 30
"""A period that nobody named: the last so many days, today included."""

_DAY = timedelta(days=1)
EARLIEST, LATEST = date(1900, 1, 1), date(2999, 12, 31)


def span(zone: ZoneInfo, since: date, through: date) -> Span:
    """Return the local days with the instants they begin and end at.

    Raises:
        BadPeriod: They are the wrong way round, or out of reach.
    """
    if not EARLIEST <= since <= through <= LATEST:
        raise BadPeriod
    return Span(since, through, midnight(zone, since), midnight(zone, through + _DAY))


def asked(zone: ZoneInfo, since: date | None, through: date | None, *, today: date) -> Span:
    """Return the period asked for; without its end it goes to today, without its beginning it has the usual days."""
    last = today if through is None else through
    if not EARLIEST <= last <= LATEST:
        raise BadPeriod
    return span(zone, last - (USUAL_DAYS - 1) * _DAY if since is None else since, last)


def before(zone: ZoneInfo, period: Span) -> Span:
    """Return the period before: as many whole months where it is whole months, else as many days."""
    through = period.since - _DAY
    after = period.through + _DAY
    if period.since.day == 1 and after.day == 1:
        months = (after.year - period.since.year) * 12 + after.month - period.since.month
        return span(zone, add_months(period.since, -months), through)
    return span(zone, through - (period.through - period.since), through)


def figures(kpis: Kpis) -> list[Figure]:
    """Return every figure, each with what it was computed from and which rows stand behind it."""
    found = [*_of_people(kpis.people), *_of_purchases(kpis.purchases), *_of_incentives(kpis.influence)]
    for flow in kpis.flows:
        found += _of_flow(flow)
    for ending in kpis.ending:
        found += _of_ending(ending)
    found += [
        Figure("liability", "money", line.cost_minor, wallet=line.wallet, rows="holders") for line in kpis.liability
    ]
    return found


def _count(id: str, value: int) -> Figure:
    return Figure(id, "count", value, rows="members", of=id)


def _rate(id: str, share: Share, of: str, whole: str | None = None) -> Figure:
    among: tuple[RowsOf, str | None] | None = None if whole is None else ("members", whole)
    return Figure(id, "rate", share.value, share=share, rows="members", of=of, whole=among)


def _of_people(people: People) -> list[Figure]:
    return [
        _count("members", people.members),
        _count("new_members", people.new_members),
        _count("active_members", people.active_members),
        _rate("active_rate", people.active_rate, "active_members", "members"),
        _count("participating_members", people.participating_members),
        _rate("participation_rate", people.participation_rate, "participating_members", "members"),
    ]


def _of_purchases(bought: Purchases) -> list[Figure]:
    orders: list[Figure] = []
    for prefix, count, sales, average in (
        ("", bought.orders, bought.sales_minor, bought.average_order),
        ("member_", bought.member_orders, bought.member_sales_minor, bought.member_average_order),
        ("guest_", bought.guest_orders, bought.guest_sales_minor, bought.guest_average_order),
    ):
        of = f"{prefix}orders"
        orders += [
            Figure(of, "count", count, rows="orders", of=of),
            Figure(f"{prefix}sales", "money", sales, rows="orders", of=of),
            Figure(f"{prefix}average_order", "money", half_up(average.value), share=average, rows="orders", of=of),
        ]
    repeated, frequency, uplift = bought.repeat_purchase_rate, bought.purchase_frequency, bought.average_order_uplift
    return [
        *orders,
        Figure("average_order_uplift", "rate", uplift.value, share=uplift, rows="orders", of="orders"),
        _count("buyers", bought.buyers),
        _rate("membership_rate", bought.membership_rate, "buyers"),
        Figure(
            "repeat_purchase_rate",
            "rate",
            repeated.value,
            share=repeated,
            rows="orders",
            of="returning_orders",
            whole=("orders", "known_orders"),
        ),
        _rate("repeat_customer_rate", bought.repeat_customer_rate, "repeat_buyers", "buyers"),
        Figure(
            "purchase_frequency",
            "ratio",
            frequency.value,
            share=frequency,
            rows="orders",
            of="known_orders",
            whole=("members", "buyers"),
        ),
    ]


def _of_flow(flow: Flow) -> list[Figure]:
    unit: FigureUnit = "money" if flow.kind == "money" else "points"
    found = [
        Figure("opening", unit, flow.opening, wallet=flow.wallet),
        *(
            Figure(id, unit, value, wallet=flow.wallet, rows="transfers", of=id)
            for id, value in (
                ("earned", flow.earned),
                ("spent", flow.spent),
                ("expired", flow.expired),
                ("other", flow.other),
            )
        ),
        Figure("closing", unit, flow.closing, wallet=flow.wallet),
    ]
    if flow.kind in ("money", "qualifying"):
        # Money is paid in, and what qualifies is not spent: neither has a rate of redemption.
        return found
    for id, share in (
        ("redemption_rate_period", flow.redemption_rate_period),
        ("redemption_rate_lifetime", flow.redemption_rate_lifetime),
    ):
        found.append(_of_earned(id, share, flow.wallet, "spent"))
    return [*found, _of_earned("breakage_rate", flow.breakage_rate, flow.wallet, "expired")]


def _of_earned(id: str, share: Share, wallet: str, of: str) -> Figure:
    whole: tuple[RowsOf, str | None] = ("transfers", "earned")
    return Figure(id, "rate", share.value, wallet=wallet, share=share, rows="transfers", of=of, whole=whole)


def _of_incentives(influence: Influence) -> list[Figure]:
    returned = influence.return_on_cost
    return [
        Figure("influenced_orders", "count", influence.orders, rows="incentives"),
        Figure("influenced_sales", "money", influence.sales_minor, rows="incentives"),
        Figure("incentive_cost", "money", influence.cost_minor, rows="incentives"),
        Figure("incentive_roi", "ratio", returned.value, share=returned, rows="incentives"),
    ]


def _of_ending(ending: Ending) -> list[Figure]:
    unit: FigureUnit = "money" if ending.kind == "money" else "points"
    return [
        Figure("ending_soon", unit, ending.units, wallet=ending.wallet, rows="ending"),
        Figure(
            "ending_soon_rate",
            "rate",
            ending.rate.value,
            wallet=ending.wallet,
            share=ending.rate,
            rows="ending",
            whole=("holders", None),
        ),
    ]


def half_up(exact: Fraction | None) -> int | None:
    """Return the nearest whole number, halves up."""
    return None if exact is None else math.floor(exact + Fraction(1, 2))
