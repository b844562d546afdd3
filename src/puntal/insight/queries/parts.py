"""Parts of statements that reports share: what a purchase is, who took part, which transfers count.

Each is a common table expression; `%(begins)s` to `%(ends)s` are instants, `%(since)s` to `%(through)s` the same days.
The bound on `occurred_at` is wider than the day's and only lets the index by time leave out what is far away.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from puntal.engine.model import Compiled
from puntal.insight.model_kpis import Span
from puntal.members.model import MEMBERS

PURCHASE = "o.source <> 'referral' AND o.state = 'earned' AND (o.refunded_minor < o.net_minor OR o.net_minor = 0)"
SALES = "greatest(o.net_minor - o.refunded_minor, 0)"

ORDINAL = "({} - DATE '0001-01-01' + 1)"
"""Python's ordinal of a day."""

BOUGHT = f"""
bought AS (
  SELECT o.source, o.order_id, o.member_id, o.occurred_at, o.day, {SALES} AS sales,
    coalesce((m.enrolled_at AT TIME ZONE %(zone)s)::date <= o.day, false) AS joined
  FROM shop_order o
  LEFT JOIN member m ON m.program_id = %(program_id)s AND m.id = o.member_id
  WHERE o.program_id = %(program_id)s AND {PURCHASE}
    AND o.day >= %(since)s::date AND o.day <= %(through)s::date
    AND o.occurred_at >= %(begins)s::timestamptz - interval '2 days'
    AND o.occurred_at < %(ends)s::timestamptz + interval '2 days'
)"""  # noqa: S608 - our own text, no input

KNOWN = f"""
known AS (
  SELECT b.*, EXISTS (
    SELECT FROM shop_order o
    WHERE o.program_id = %(program_id)s AND o.member_id = b.member_id AND o.day <= b.day AND {PURCHASE}
      AND (o.occurred_at, o.source, o.order_id) < (b.occurred_at, b.source, b.order_id)
  ) AS returning_buyer
  FROM bought b
)"""  # noqa: S608 - our own text, no input

CUSTOMERS = """
customers AS (
  SELECT b.member_id AS id, count(*) AS orders, sum(b.sales) AS sales, bool_or(b.joined) AS joined
  FROM bought b WHERE b.member_id IS NOT NULL
  GROUP BY b.member_id
)"""

TOOK_PART = """
moved AS (
  SELECT t.holder_id, t.event_id, (t.recorded_at AT TIME ZONE %(zone)s)::date AS day FROM transfer t
  WHERE t.program_id = %(program_id)s
    AND t.recorded_at >= %(begins)s::timestamptz AND t.recorded_at < %(ends)s::timestamptz
    AND (t.source = 'issued' OR t.destination IN ('redeemed', 'spent'))
), took_part AS (
  SELECT DISTINCT s.id
  FROM (
    SELECT holder_id AS id, day FROM moved
    UNION
    SELECT e.member_id, moved.day FROM moved
    JOIN pool p ON p.program_id = %(program_id)s AND p.id = moved.holder_id
    JOIN event e ON e.program_id = %(program_id)s AND e.id = moved.event_id
    UNION
    SELECT r.member_id, (r.committed_at AT TIME ZONE %(zone)s)::date FROM redemption r
    WHERE r.program_id = %(program_id)s AND r.state = 'committed'
      AND r.committed_at >= %(begins)s::timestamptz AND r.committed_at < %(ends)s::timestamptz
  ) AS who
  JOIN member m ON m.program_id = %(program_id)s AND m.id = who.id
  JOIN member s ON s.program_id = %(program_id)s AND s.id = coalesce(m.merged_into, m.id)
  WHERE (s.enrolled_at AT TIME ZONE %(zone)s)::date <= who.day
)"""

IS_MEMBER = "m.status = ANY(%(statuses)s::text[]) AND m.enrolled_at < %(ends)s::timestamptz"

ACTIVE = """
active AS (
  SELECT id FROM took_part UNION SELECT member_id FROM bought WHERE joined
)"""

PEOPLE_OF = f"""member m
WHERE m.program_id = %(program_id)s AND {IS_MEMBER}"""

PEOPLE_COUNTED: Mapping[str, str] = {
    "members": "count(*)",
    "new_members": "count(*) FILTER (WHERE m.enrolled_at >= %(begins)s::timestamptz)",
    "active_members": "count(*) FILTER (WHERE m.id IN (SELECT id FROM active))",
    "participating_members": "count(*) FILTER (WHERE m.id IN (SELECT id FROM took_part))",
}
"""In the order of `People`."""

PURCHASES_COUNTED: Mapping[str, str] = {
    "orders": "count(*)",
    "sales": "coalesce(sum(sales), 0)",
    "member_orders": "count(*) FILTER (WHERE joined)",
    "member_sales": "coalesce(sum(sales) FILTER (WHERE joined), 0)",
    "known_orders": "count(member_id)",
    "returning_orders": "count(*) FILTER (WHERE returning_buyer)",
    "buyers": "(SELECT count(*) FROM customers)",
    "member_buyers": "(SELECT count(*) FROM customers WHERE joined)",
    "repeat_buyers": "(SELECT count(*) FROM customers WHERE orders > 1)",
}
"""In the order of `Purchases`, of what is `known`."""


def names(program: Compiled, period: Span) -> dict[str, Any]:
    """Return the parameters that the parts share."""
    return {
        "program_id": program.program_id,
        "zone": program.document.timezone,
        "since": period.since,
        "through": period.through,
        "begins": period.begins,
        "ends": period.ends,
        "open_from": datetime.min.replace(tzinfo=UTC),
        "statuses": list(MEMBERS),
    }
