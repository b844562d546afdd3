"""Who fell silent: one statement over the purchases of members, and the members behind each of its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from puntal.engine.model import Compiled
from puntal.insight.model_kpis import Span
from puntal.insight.model_silence import Silence, SilentCohort, SilentRow
from puntal.insight.queries.parts import PURCHASE, names
from puntal.insight.queries.recounts import filled
from puntal.kit.calendar import add_months
from puntal.kit.db import Transaction

USUAL_TIMES = 3
USUAL_MONTHS = 12
LEAST_GAPS = 2
"""Fewer say nothing about a person's rhythm."""
OF_PROGRAM = 2
"""How often the program's median the silence of such a person may last."""

_SPANS = f"""
joined AS (
  SELECT m.id, m.status, (m.enrolled_at AT TIME ZONE %(zone)s)::date AS joined_on,
    date_trunc('month', m.enrolled_at AT TIME ZONE %(zone)s)::date AS month
  FROM member m
  WHERE m.program_id = %(program_id)s AND m.status <> 'merged' AND m.enrolled_at < %(ends)s::timestamptz
), spans AS (
  SELECT d.id, d.month, d.day, lead(d.day) OVER (PARTITION BY d.id ORDER BY d.day) AS next
  FROM (
    SELECT DISTINCT j.id, j.month, o.day
    FROM shop_order o
    JOIN joined j ON j.id = o.member_id AND o.day >= j.joined_on
    WHERE o.program_id = %(program_id)s AND {PURCHASE} AND o.day <= %(through)s::date
  ) AS d
), usual AS (
  SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY next - day) AS days FROM spans WHERE next IS NOT NULL
), rhythm AS (
  SELECT s.id, s.month, min(s.day) AS first_day, count(*) AS purchases,
    CASE WHEN count(s.next) >= %(least)s THEN percentile_disc(0.5) WITHIN GROUP (ORDER BY s.next - s.day) END AS own
  FROM spans s
  GROUP BY s.id, s.month
), patient AS (
  SELECT r.id, r.month, r.first_day, r.purchases, r.own,
    coalesce(%(times)s * r.own, %(of_program)s * u.days) AS patience
  FROM rhythm r CROSS JOIN usual u
), silences AS (
  SELECT s.id, p.month, s.day, s.day + p.patience AS quiet_after, s.next
  FROM spans s JOIN patient p ON p.id = s.id
  WHERE s.next IS NULL OR s.next - s.day > p.patience
)"""  # noqa: S608 - our own text, no input

_SILENT_ON = "{day} > s.quiet_after AND (s.next IS NULL OR s.next > {day})"

_LOST = f"""
lost AS (
  SELECT p.id FROM patient p
  WHERE p.first_day < %(since)s::date
    AND p.id IN (SELECT s.id FROM silences s WHERE {_SILENT_ON.format(day="%(through)s::date")})
    AND p.id NOT IN (SELECT s.id FROM silences s WHERE {_SILENT_ON.format(day="(%(since)s::date - 1)")})
)"""  # noqa: S608 - our own text, no input

SILENCE = f"""
-- Locks nothing. Every member's purchases once, in her order; then her gaps, and the silences among them.
WITH {_SPANS}, {_LOST}
SELECT 'usual', NULL::date, NULL::date, u.days FROM usual u
UNION ALL
SELECT 'bought', NULL, NULL, count(*) FROM patient p WHERE p.first_day < %(since)s::date
UNION ALL
SELECT 'silent', NULL, NULL, count(DISTINCT s.id)
FROM silences s WHERE {_SILENT_ON.format(day="(%(since)s::date - 1)")}
UNION ALL
SELECT 'lost', NULL, NULL, count(*) FROM lost
UNION ALL
SELECT 'members', j.month, NULL, count(*) FROM joined j WHERE j.month >= %(first)s::date GROUP BY j.month
UNION ALL
SELECT 'customers', p.month, date_trunc('month', p.first_day)::date, count(*)
FROM patient p WHERE p.month >= %(first)s::date GROUP BY 2, 3
UNION ALL
SELECT 'cohort', s.month, e.day, count(*)
FROM silences s JOIN unnest(%(days)s::date[]) AS e (day) ON {_SILENT_ON.format(day="e.day")}
WHERE s.month >= %(first)s::date
GROUP BY s.month, e.day
"""  # noqa: S608 - our own text, no input

CHURN = f"""
WITH {_SPANS}, {_LOST}, counted AS (
  SELECT
    (SELECT count(*) FROM lost) AS lost,
    (SELECT count(*) FROM patient p WHERE p.first_day < %(since)s::date)
    - (SELECT count(DISTINCT s.id) FROM silences s WHERE {_SILENT_ON.format(day="(%(since)s::date - 1)")}) AS active
)
SELECT lost AS numerator, active AS denominator, lost::numeric / nullif(active, 0) AS value, u.days AS usual_days
FROM counted CROSS JOIN usual u
"""  # noqa: S608 - our own text, no input

CHART = f"""
WITH {_SPANS}, ends AS (
  SELECT * FROM unnest(%(days)s::date[]) AS e (day)
), sizes AS (
  SELECT month, count(*) AS members FROM joined WHERE month >= %(first)s::date GROUP BY month
), bought AS (
  SELECT p.month, e.day, count(*) AS customers
  FROM patient p JOIN ends e ON e.day >= p.first_day
  GROUP BY p.month, e.day
), quiet AS (
  SELECT s.month, e.day, count(*) AS silent
  FROM silences s JOIN ends e ON {_SILENT_ON.format(day="e.day")}
  GROUP BY s.month, e.day
)
SELECT z.month AS cohort, z.members, row_number() OVER (PARTITION BY z.month ORDER BY e.day) - 1 AS month,
  e.day AS "end",
  coalesce(b.customers, 0) AS customers, coalesce(q.silent, 0) AS silent,
  round(coalesce(q.silent, 0)::numeric / b.customers, 6) AS rate
FROM sizes z
JOIN ends e ON e.day >= z.month
LEFT JOIN bought b ON b.month = z.month AND b.day = e.day
LEFT JOIN quiet q ON q.month = z.month AND q.day = e.day
ORDER BY z.month, e.day
"""  # noqa: S608 - our own text, no input

CUSTOMERS = f"""
-- Locks nothing. Who had bought by a day: of a cohort, or those active before the period. Pages by member id.
WITH {_SPANS}
SELECT p.id, max(s.day), p.purchases, p.own, p.patience, %(on)s::date - max(s.day)
FROM patient p JOIN spans s ON s.id = p.id
WHERE s.day <= %(on)s::date
  AND (%(cohort)s::date IS NULL OR p.month = %(cohort)s::date)
  AND (%(cohort)s::date IS NOT NULL
    OR p.id NOT IN (SELECT s.id FROM silences s WHERE {_SILENT_ON.format(day="%(on)s::date")}))
  AND (%(after)s::uuid IS NULL OR p.id > %(after)s::uuid)
GROUP BY p.id, p.purchases, p.own, p.patience
ORDER BY p.id
LIMIT %(limit)s
"""  # noqa: S608 - our own text, no input

MEMBERS = f"""
-- Locks nothing. Who was silent on a day: of a cohort, or of those active before the period. Pages by member id.
WITH {_SPANS}, {_LOST}
SELECT p.id, s.day, p.purchases, p.own, p.patience, %(on)s::date - s.day
FROM silences s JOIN patient p ON p.id = s.id
WHERE {_SILENT_ON.format(day="%(on)s::date")}
  AND (%(cohort)s::date IS NULL OR p.month = %(cohort)s::date)
  AND (%(cohort)s::date IS NOT NULL OR p.id IN (SELECT id FROM lost))
  AND (%(after)s::uuid IS NULL OR p.id > %(after)s::uuid)
ORDER BY p.id
LIMIT %(limit)s
"""  # noqa: S608 - our own text, no input


async def silence(
    tx: Transaction, program: Compiled, period: Span, *, times: int = USUAL_TIMES, months: int = USUAL_MONTHS
) -> Silence:
    """Return who fell silent in a period, and the chart of the months of joining before its end.

    A person's median is that of all her gaps up to the end of the period, also where the chart looks at months before:
    what is usual for her is known best at the end. Of an even number of gaps it is the shorter one in the middle.

    Args:
        tx: An open transaction on the program.
        program: As it stands.
        period: Whose end is the last day looked at.
        times: Of a person's median gap.
        months: How many months of joining, that of the end included.
    """
    first = add_months(period.through.replace(day=1), 1 - months)
    ends = _ends(first, period.through)
    said = _said(program, period, times) | {"first": first, "days": ends}
    rows = await (await tx.execute(SILENCE.encode(), said)).fetchall()
    one = {row[0]: row[3] for row in rows if row[1] is None}
    return Silence(
        span=period,
        times=times,
        usual_days=one.get("usual"),
        active_at_start=one["bought"] - one["silent"],
        lost=one["lost"],
        ends=ends,
        cohorts=_cohorts(rows, ends),
    )


def _cohorts(rows: Sequence[Sequence[Any]], ends: Sequence[date]) -> list[SilentCohort]:
    found = []
    for _, month, _, members in sorted((row for row in rows if row[0] == "members"), key=lambda row: row[1]):
        since = [day for day in ends if day >= month]
        new = {row[2]: row[3] for row in rows if row[0] == "customers" and row[1] == month}
        quiet = {row[2]: row[3] for row in rows if row[0] == "cohort" and row[1] == month}
        customers = [sum(count for bought, count in new.items() if bought <= day) for day in since]
        found.append(SilentCohort(month, members, customers, [quiet.get(day, 0) for day in since]))
    return found


def _ends(first: date, through: date) -> list[date]:
    days = []
    while first <= through:
        following = add_months(first, 1)
        days.append(min(following - timedelta(days=1), through))
        first = following
    return days


async def silent_members(
    tx: Transaction,
    program: Compiled,
    period: Span,
    *,
    times: int,
    cohort: date | None,
    on: date,
    after: UUID | None,
    limit: int,
) -> list[SilentRow]:
    """Return who was silent at the end of a day, by id.

    Args:
        tx: An open transaction on the program.
        program: As it stands.
        period: To its end a person's gaps are known, as in `silence`.
        times: Of a person's median gap.
        cohort: Who joined in this month, whenever she fell silent; None: who was active before the period and silent
            at its end.
        on: The day, in the period or before.
        after: The last id of the page before.
        limit: Rows of a page.
    """
    said = _said(program, period, times) | {"cohort": cohort, "on": on, "after": after, "limit": limit}
    return [SilentRow(*row) for row in await (await tx.execute(MEMBERS.encode(), said)).fetchall()]


async def customers_behind(
    tx: Transaction,
    program: Compiled,
    period: Span,
    *,
    times: int,
    cohort: date | None,
    on: date,
    after: UUID | None,
    limit: int,
) -> list[SilentRow]:
    """Return who of a cohort had bought by a day, or who was active as the period began; parameters as above."""
    day = on if cohort is not None else period.since - timedelta(days=1)
    said = _said(program, period, times) | {"cohort": cohort, "on": day, "after": after, "limit": limit}
    return [SilentRow(*row) for row in await (await tx.execute(CUSTOMERS.encode(), said)).fetchall()]


def churn_sql(program: Compiled, period: Span, *, times: int) -> str:
    """Return SQL whose one row has churn as `value`, `numerator` and `denominator`, and the program's usual gap."""
    return filled(CHURN, _said(program, period, times))


def chart_sql(program: Compiled, period: Span, *, times: int, months: int = USUAL_MONTHS) -> str:
    """Return SQL whose rows are the months of joining at the end of each month since."""
    first = add_months(period.through.replace(day=1), 1 - months)
    said = {"first": first, "days": _ends(first, period.through)}
    return filled(CHART, _said(program, period, times) | said)


def _said(program: Compiled, period: Span, times: int) -> dict[str, Any]:
    return names(program, period) | {"times": times, "least": LEAST_GAPS, "of_program": OF_PROGRAM}
