"""Who came back: people by the month in which they joined, and in which months since they bought."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from uuid import UUID

from puntal.engine.model import Compiled
from puntal.insight.model_breakdowns import Cohort
from puntal.insight.model_kpis import MemberRow, Span
from puntal.insight.queries.parts import PURCHASE, SALES, names
from puntal.kit.calendar import add_months
from puntal.kit.db import Transaction

COHORT = """
cohort AS (
  SELECT m.id, m.status, m.enrolled_at, (m.enrolled_at AT TIME ZONE %(zone)s)::date AS joined_on,
    date_trunc('month', m.enrolled_at AT TIME ZONE %(zone)s)::date AS month
  FROM member m
  WHERE m.program_id = %(program_id)s AND m.status <> 'merged'
    AND m.enrolled_at >= %(begins)s::timestamptz AND m.enrolled_at < %(ends)s::timestamptz
)"""

COHORTS = f"""
-- Locks nothing. Along the orders of each member; what was bought before joining brought nobody back. Whoever left
-- since is counted, or those who stayed would look better than they are.
WITH {COHORT}, sizes AS (
  SELECT month, count(*) AS members FROM cohort GROUP BY month
), came AS (
  SELECT c.month AS joined, date_trunc('month', o.day)::date AS month, count(DISTINCT c.id) AS buyers
  FROM cohort c
  JOIN shop_order o ON o.program_id = %(program_id)s AND o.member_id = c.id AND o.day >= c.joined_on
  WHERE {PURCHASE} AND o.day <= %(today)s::date
  GROUP BY 1, 2
)
SELECT s.month AS cohort, s.members, (row_number() OVER (PARTITION BY s.month ORDER BY m.month) - 1)::integer AS month,
  coalesce(c.buyers, 0) AS buyers, round(coalesce(c.buyers, 0)::numeric / s.members, 6) AS rate
FROM sizes s
CROSS JOIN LATERAL (
  SELECT g::date AS month FROM generate_series(s.month::timestamp, %(today)s::timestamp, interval '1 month') AS g
) AS m
LEFT JOIN came c ON c.joined = s.month AND c.month = m.month
ORDER BY s.month, m.month
"""  # noqa: S608 - our own text, no input

OF_COHORT = f"""
-- Locks nothing. Those of a cohort who bought from one day to another, or all of it; pages by member id.
WITH {COHORT}, came AS (
  SELECT c.id, count(o.order_id) AS orders, coalesce(sum({SALES}), 0) AS sales
  FROM cohort c
  JOIN shop_order o ON o.program_id = %(program_id)s AND o.member_id = c.id AND o.day >= c.joined_on
  WHERE {PURCHASE} AND o.day >= %(first)s::date AND o.day < %(next)s::date
  GROUP BY c.id
)
SELECT c.id, c.status, c.enrolled_at, coalesce(came.orders, 0), coalesce(came.sales, 0)
FROM cohort c LEFT JOIN came ON came.id = c.id
WHERE (NOT %(bought)s::boolean OR came.id IS NOT NULL) AND (%(after)s::uuid IS NULL OR c.id > %(after)s::uuid)
ORDER BY c.id
LIMIT %(limit)s
"""  # noqa: S608 - our own text, no input


async def cohorts(tx: Transaction, program: Compiled, period: Span, *, today: date) -> list[Cohort]:
    """Return the months of joining in a period with those who bought in each month since, oldest first.

    Month 0 is the calendar month of joining, month 1 the next; today's month is the last and not yet over. Retention
    in month k is buyers by members of the cohort (common; "activity" being a purchase).
    """
    rows = await (await tx.execute(COHORTS.encode(), names(program, period) | {"today": today})).fetchall()
    return [
        Cohort(month, lines[0][1], [line[3] for line in lines])
        for month, lines in ((month, list(group)) for month, group in groupby(rows, key=lambda row: row[0]))
    ]


async def cohort_members(
    tx: Transaction, program: Compiled, period: Span, *, month: int | None, after: UUID | None, limit: int
) -> list[MemberRow]:
    """Return the people of a cohort by id.

    Args:
        tx: An open transaction on the program.
        program: As it stands.
        period: The month of joining.
        month: Only who bought in this month since, with what she bought in it; None: all, with the month of joining.
        after: The last id of the page before.
        limit: Rows of a page.
    """
    first = add_months(period.since.replace(day=1), month or 0)
    said = names(program, period) | {
        "first": first,
        "next": add_months(first, 1),
        "bought": month is not None,
        "after": after,
        "limit": limit,
    }
    rows = await (await tx.execute(OF_COHORT.encode(), said)).fetchall()
    return [MemberRow(row[0], row[1], row[2], row[3], int(row[4])) for row in rows]
