"""The report of what led to orders: incentives beside all orders, from the sums of days or from the books."""

from __future__ import annotations

from puntal.engine.model import Compiled
from puntal.insight.model import ALWAYS, Days, Incentives
from puntal.insight.policy_kpis import EARLIEST, LATEST, span
from puntal.insight.queries import rollups
from puntal.insight.queries.flows import flows
from puntal.insight.queries.incentives import influence, influence_of
from puntal.insight.queries.rollups import Open
from puntal.kit.db import Transaction


async def incentives(
    tx: Transaction, program: Compiled, days: Days = ALWAYS, *, rest: Open | None = None
) -> Incentives:
    """Return what led to the orders of a period, and what it cost.

    Args:
        tx: An open transaction on the program.
        program: As it stands: which rules are a campaign's.
        days: Of the orders.
        rest: What `rollups.opened` returned in this transaction; None: the books themselves are read.
    """
    since, through = max(days.since or EARLIEST, EARLIEST), min(days.through or LATEST, LATEST)
    period = span(program.zone, since, through)
    totals = None if rest is None else await rollups.totals(tx, program, period, rest)
    flows_to = None if rest is None or totals is None else rest.flows_to
    moved = await flows(tx, program, period, flows_to=flows_to)
    if totals is not None and await rollups.usable(tx, program) is None:
        # The sums were begun anew while they were read.
        totals, moved = None, await flows(tx, program, period)
    if totals is None:
        led, orders, sales = await influence(tx, program, days)
    else:
        led, (orders, sales) = influence_of(program, totals), totals.of("asked")
    # What is paid in and what only qualifies have no rate of redemption, here as in the key figures.
    spendable = [flow for flow in moved if flow.kind not in ("money", "qualifying")]
    return Incentives(
        currency=program.currency,
        orders=orders,
        sales_minor=sales,
        influenced_orders=led.orders,
        influenced_sales_minor=led.sales_minor,
        incentives=led.incentives,
        earned={flow.wallet: flow.earned for flow in spendable},
        redeemed={flow.wallet: flow.spent for flow in spendable},
    )
