"""Key figures of a period, from the sums of days and what is not in them yet, else from the books themselves.

Both ways have the same answer; `puntal verify` and tests see to it. Purchases are cut by their local day, units by when
they were recorded (as statements are), both in the program's zone on its clock.
"""

from __future__ import annotations

from datetime import datetime

from puntal.engine.model import Compiled
from puntal.insight.model import Days
from puntal.insight.model_kpis import Influence, Kpis, People, Purchases, Span
from puntal.insight.policy_rollups import Totals
from puntal.insight.queries import rollups
from puntal.insight.queries.ending import ending
from puntal.insight.queries.flows import flows, liability
from puntal.insight.queries.incentives import influence, influence_of
from puntal.insight.queries.parts import (
    ACTIVE,
    BOUGHT,
    CUSTOMERS,
    KNOWN,
    PEOPLE_COUNTED,
    PEOPLE_OF,
    PURCHASES_COUNTED,
    TOOK_PART,
    names,
)
from puntal.insight.queries.rollups import Open
from puntal.kit.db import Transaction

PEOPLE = f"""
-- Locks nothing. Members at the end of the period, by what they did in it. Asked by IN, so that who did something is
-- hashed once also where the planner knows nothing of the tables yet.
WITH {BOUGHT}, {TOOK_PART}, {ACTIVE}
SELECT {", ".join(PEOPLE_COUNTED.values())}
FROM {PEOPLE_OF}
"""  # noqa: S608 - our own text, no input

PURCHASES = f"""
-- Locks nothing. Purchases of the period, and the customers who made them.
WITH {BOUGHT}, {KNOWN}, {CUSTOMERS}
SELECT {", ".join(PURCHASES_COUNTED.values())}
FROM known
"""  # noqa: S608 - our own text, no input


async def kpis(
    tx: Transaction, program: Compiled, period: Span, *, now: datetime, rest: Open | None = None, standing: bool = True
) -> Kpis:
    """Return the key figures of a period; the formulas are those of `model_kpis`.

    Args:
        tx: An open transaction on the program.
        program: As it stands: its wallets and zone.
        period: Local days.
        now: On the program's clock: what ends soon is as of then.
        rest: What `rollups.opened` returned in this transaction; None: the books themselves are read.
        standing: Whether what is as of now whatever the period is wanted too.
    """
    found = None if rest is None else await rollups.totals(tx, program, period, rest)
    flows_to = None if rest is None or found is None else rest.flows_to
    moved = await flows(tx, program, period, flows_to=flows_to)
    if found is not None and await rollups.usable(tx, program) is None:
        # The sums were begun anew while they were read.
        found, moved = None, await flows(tx, program, period)
    if found is None:
        people, bought, led = await _from_the_books(tx, program, period)
    else:
        people, bought, led = people_of(found), purchases_of(found), influence_of(program, found)
    lines = await liability(tx, program, flows_to=flows_to) if standing else []
    return Kpis(
        span=period,
        people=people,
        purchases=bought,
        influence=led,
        flows=moved,
        ending=await ending(tx, program, lines, now=now) if standing else [],
        liability=[line for terms, line in zip(program.terms, lines, strict=False) if terms.kind != "qualifying"],
    )


async def _from_the_books(tx: Transaction, program: Compiled, period: Span) -> tuple[People, Purchases, Influence]:
    said = names(program, period)
    people = await (await tx.execute(PEOPLE.encode(), said)).fetchone()
    bought = await (await tx.execute(PURCHASES.encode(), said)).fetchone()
    assert people is not None
    assert bought is not None
    led, _, _ = await influence(tx, program, Days(period.since, period.through))
    return People(*people), Purchases(*(int(value) for value in bought)), led


def people_of(totals: Totals) -> People:
    """Return the members of a period from the sums of days."""
    new, _ = totals.of("joined")
    return People(totals.members, new, totals.distinct.get("active", 0), totals.distinct.get("part", 0))


def purchases_of(totals: Totals) -> Purchases:
    """Return the purchases of a period from the sums of days."""
    known, _ = totals.of("known_orders")
    buyers = totals.distinct.get("buyers", 0)
    return Purchases(
        *totals.of("orders"),
        *totals.of("member_orders"),
        known_orders=known,
        returning_orders=known - totals.first.get("buyers", 0),
        buyers=buyers,
        member_buyers=totals.distinct.get("member_buyers", 0),
        repeat_buyers=totals.distinct.get("buyers_2", 0) - buyers,
    )
