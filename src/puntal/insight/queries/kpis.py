"""Key figures of a period, read from members, orders and transfers as they are.

Nothing is added up beforehand: daily rollups come with the dashboard, and will have to equal these. Purchases are cut
by their local day, units by when they were recorded (as statements are), both in the program's zone on its clock.
"""

from __future__ import annotations

from datetime import datetime

from puntal.engine.model import Compiled
from puntal.insight.model import Days
from puntal.insight.model_kpis import Kpis, People, Purchases, Span
from puntal.insight.queries.ending import ending
from puntal.insight.queries.flows import flows
from puntal.insight.queries.incentives import influence
from puntal.insight.queries.parts import BOUGHT, CUSTOMERS, IS_MEMBER, KNOWN, TOOK_PART, names
from puntal.kit.db import Transaction
from puntal.points import queries as points

PEOPLE = f"""
-- Locks nothing. Members at the end of the period, by what they did in it. Asked by IN, so that who did something is
-- hashed once also where the planner knows nothing of the tables yet.
WITH {BOUGHT}, {TOOK_PART}, active AS (
  SELECT id FROM took_part UNION SELECT member_id FROM bought WHERE member_id IS NOT NULL
)
SELECT count(*), count(*) FILTER (WHERE m.enrolled_at >= %(begins)s::timestamptz),
  count(*) FILTER (WHERE m.id IN (SELECT id FROM active)), count(*) FILTER (WHERE m.id IN (SELECT id FROM took_part))
FROM member m
WHERE m.program_id = %(program_id)s AND {IS_MEMBER}
"""  # noqa: S608 - our own text, no input

PURCHASES = f"""
-- Locks nothing. Purchases of the period, and the customers who made them.
WITH {BOUGHT}, {KNOWN}, {CUSTOMERS}
SELECT count(*), coalesce(sum(sales), 0), count(*) FILTER (WHERE joined),
  coalesce(sum(sales) FILTER (WHERE joined), 0), count(member_id), count(*) FILTER (WHERE returning_buyer),
  (SELECT count(*) FROM customers), (SELECT count(*) FROM customers WHERE joined),
  (SELECT count(*) FROM customers WHERE orders > 1)
FROM known
"""  # noqa: S608 - our own text, no input


async def kpis(tx: Transaction, program: Compiled, period: Span, *, now: datetime) -> Kpis:
    """Return the key figures of a period; the formulas are those of `model_kpis`.

    Args:
        tx: An open transaction on the program.
        program: As it stands: its wallets and zone.
        period: Local days.
        now: On the program's clock: what ends soon is as of then.
    """
    said = names(program, period)
    people = await (await tx.execute(PEOPLE.encode(), said)).fetchone()
    bought = await (await tx.execute(PURCHASES.encode(), said)).fetchone()
    assert people is not None
    assert bought is not None
    lines = await points.liability(tx, program.program_id, program.terms)
    return Kpis(
        span=period,
        people=People(*people),
        purchases=Purchases(*(int(value) for value in bought)),
        influence=await influence(tx, program, Days(period.since, period.through)),
        flows=await flows(tx, program, period),
        ending=await ending(tx, program, lines, now=now),
        liability=[line for terms, line in zip(program.terms, lines, strict=True) if terms.kind != "qualifying"],
    )
