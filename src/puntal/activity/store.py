"""Writes of the daily figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from puntal.activity.model import Count
from puntal.kit.db import Transaction, array, encode

RECORD = """
-- Adds to each figure; the rows stay locked until the transaction ends. Sorted, so that two batches that count for
-- one member wait for each other in one direction only.
INSERT INTO activity (program_id, member_id, metric, key, day, count, amount)
SELECT %(program_id)s, r.member_id, r.metric, r.key, r.day, r.count, r.amount
FROM unnest(%(member_id)s::uuid[], %(metric)s::text[], %(key)s::text[], %(day)s::date[], %(count)s::bigint[],
  %(amount)s::bigint[]) AS r (member_id, metric, key, day, count, amount)
ORDER BY r.member_id, r.metric, r.key, r.day
ON CONFLICT (program_id, member_id, metric, key, day) DO UPDATE
SET count = activity.count + excluded.count, amount = activity.amount + excluded.amount
"""

CLEAR = """
-- The members are locked; nobody else writes these rows.
DELETE FROM activity a
USING json_to_recordset(%(reads)s::json) AS r (metric text, key text)
WHERE a.program_id = %(program_id)s AND a.member_id = ANY(%(members)s::uuid[])
  AND a.metric = r.metric AND a.key = r.key
"""

ORDERS_COUNTED = """
-- What orders were, at their dates, less what was refunded; an order that was refunded in full is none, and that of a
-- referee counts nowhere with the referrer. Category, product, brand and quantity are in the event that told of the
-- order, or of a line that came later; a later event's words on a line hold.
wanted AS (
  SELECT r.metric, r.key, split_part(r.key, ':', 1) AS dimension, substr(r.key, strpos(r.key, ':') + 1) AS value
  FROM json_to_recordset(%(reads)s::json) AS r (metric text, key text)
), told AS (
  SELECT o.source, o.order_id, o.member_id, o.day, o.channel, o.store, o.lines, e.body, e.occurred_at AS at,
    o.state = 'cancelled' OR EXISTS (SELECT FROM json_array_elements(coalesce(o.refunds->0, '[]')) AS done
      WHERE NOT coalesce((done->>'withdrawn')::boolean, false)) AS returned
  FROM shop_order o
  LEFT JOIN event e ON e.program_id = %(program_id)s AND e.id = o.event_id
  WHERE o.program_id = %(program_id)s AND o.member_id = ANY(%(members)s::uuid[]) AND o.currency = %(currency)s
    AND o.source <> 'referral'
    AND (o.state IN ('earned', 'cancelled') OR (o.state = 'seen' AND e.type = %(earns_on)s))
), words AS (
  SELECT t.source, t.order_id, t.body, t.at FROM told t
  UNION ALL
  SELECT t.source, t.order_id, u.body, u.occurred_at
  FROM told t
  JOIN event u ON u.program_id = %(program_id)s AND u.member_id = t.member_id
    AND u.type IN ('order.created', 'order.updated')
    AND u.source = t.source AND u.body->'order'->>'id' = t.order_id
), described AS (
  SELECT DISTINCT ON (w.source, w.order_id, d.id) w.source, w.order_id, d.id, d.category, d.product, d.brand, d.quantity
  FROM words w,
    json_to_recordset(coalesce(w.body->'order'->'lines', '[]'))
      AS d (id text, category text, product text, brand text, quantity bigint)
  ORDER BY w.source, w.order_id, d.id, w.at DESC
), line AS (
  SELECT t.source, t.order_id, t.returned, l->>0 AS id, (l->>1)::bigint AS net, (l->>2)::bigint AS refunded
  FROM told t, json_array_elements(t.lines) AS l
  WHERE l->>0 <> 'shipping'
), kept AS (
  SELECT source, order_id, NOT (bool_and(refunded >= net) AND bool_or(refunded > 0 OR returned)) AS kept
  FROM line
  GROUP BY source, order_id
), per_order AS (
  SELECT w.metric, w.key, t.member_id, t.day, sum(l.net - l.refunded) AS amount,
    -- Of some lines only, it is none when those went back.
    bool_and(k.kept) AND NOT (bool_and(l.refunded >= l.net) AND bool_or(l.refunded > 0)) AS kept,
    coalesce(sum(coalesce(d.quantity, 1)) FILTER (WHERE l.refunded < l.net OR l.net = 0), 0) AS items
  FROM told t
  JOIN kept k USING (source, order_id)
  JOIN line l USING (source, order_id)
  LEFT JOIN described d ON d.source = t.source AND d.order_id = t.order_id AND d.id = l.id
  JOIN wanted w ON CASE w.dimension
    WHEN '' THEN true
    WHEN 'channel' THEN t.channel = w.value
    WHEN 'store' THEN t.store = w.value
    WHEN 'category' THEN d.category = w.value
    WHEN 'product' THEN d.product = w.value
    WHEN 'brand' THEN d.brand = w.value
  END
  GROUP BY w.metric, w.key, t.member_id, t.day, t.source, t.order_id
), counted AS (
  SELECT member_id, metric, key, day, sum(CASE WHEN metric = 'items' THEN items ELSE kept::integer END) AS count,
    sum(amount) AS amount
  FROM per_order
  GROUP BY member_id, metric, key, day
)
"""

COUNT_ORDERS = f"""
-- The members are locked.
WITH {ORDERS_COUNTED}INSERT INTO activity (program_id, member_id, metric, key, day, count, amount)
SELECT %(program_id)s, member_id, metric, key, day, count, amount
FROM counted
WHERE count <> 0 OR amount <> 0
"""  # noqa: S608 - our own text, no input

EVENTS_COUNTED = """
SELECT coalesce(m.merged_into, m.id) AS member_id, 'events.' || e.type AS metric, '' AS key,
  (e.occurred_at AT TIME ZONE %(zone)s)::date AS day, count(*) AS count, 0 AS amount
FROM member m
JOIN event e ON e.program_id = %(program_id)s AND e.member_id = m.id AND e.type = ANY(%(types)s::text[])
WHERE m.program_id = %(program_id)s
  AND (m.id = ANY(%(members)s::uuid[]) OR m.merged_into = ANY(%(members)s::uuid[]))
GROUP BY 1, 2, 4
"""

COUNT_EVENTS = f"""
-- The members are locked. Events keep the id of a member who was merged since; they count for who is left.
INSERT INTO activity (program_id, member_id, metric, key, day, count, amount)
SELECT %(program_id)s, c.member_id, c.metric, c.key, c.day, c.count, c.amount FROM ({EVENTS_COUNTED}) AS c
"""  # noqa: S608 - our own text, no input

REASSIGN = """
-- Both members are locked by the caller. What the one did, the other did.
WITH moved AS (
  DELETE FROM activity WHERE program_id = %(program_id)s AND member_id = %(source)s
  RETURNING metric, key, day, count, amount
), added AS (
  INSERT INTO activity (program_id, member_id, metric, key, day, count, amount)
  SELECT %(program_id)s, %(target)s, metric, key, day, count, amount FROM moved
  ON CONFLICT (program_id, member_id, metric, key, day) DO UPDATE
  SET count = activity.count + excluded.count, amount = activity.amount + excluded.amount
)
SELECT %(source)s::uuid, metric, key, day, count, amount FROM moved ORDER BY metric, key, day
"""

FORGET = """
-- Of members that are being erased and are locked by the caller.
DELETE FROM activity WHERE program_id = %(program_id)s AND member_id = ANY(%(members)s::uuid[])
"""


async def record(tx: Transaction, program_id: int, counts: Sequence[Count]) -> None:
    """Add to figures; each at most once in `counts`."""
    columns = {name: array([getattr(count, name) for count in counts]) for name in Count.__struct_fields__}
    await tx.execute(RECORD, {"program_id": program_id, **columns})


async def clear(tx: Transaction, program_id: int, members: Sequence[UUID], kinds: Sequence[tuple[str, str]]) -> None:
    """Delete the figures of these kinds (metric and key)."""
    await tx.execute(CLEAR, {"program_id": program_id, "members": list(members), "reads": _rows(kinds)})


def _rows(kinds: Sequence[tuple[str, str]]) -> str:
    return encode([{"metric": metric, "key": key} for metric, key in kinds])


async def count_orders(
    tx: Transaction,
    program_id: int,
    members: Sequence[UUID],
    kinds: Sequence[tuple[str, str]],
    *,
    currency: str,
    earns_on: str,
) -> None:
    """Write the figures of these kinds from the orders; there are none yet."""
    params: dict[str, Any] = {"currency": currency, "earns_on": earns_on, "reads": _rows(kinds)}
    await tx.execute(COUNT_ORDERS, params | {"program_id": program_id, "members": list(members)})


async def count_events(
    tx: Transaction, program_id: int, members: Sequence[UUID], types: Sequence[str], *, zone: str
) -> None:
    """Write the figures of these event types; there are none yet."""
    params: dict[str, Any] = {"types": list(types), "zone": zone}
    await tx.execute(COUNT_EVENTS, params | {"program_id": program_id, "members": list(members)})


async def reassign(tx: Transaction, program_id: int, *, source: UUID, target: UUID) -> list[Count]:
    """Move every figure; return what was moved, as the source had it."""
    cursor = await tx.execute(REASSIGN, {"program_id": program_id, "source": source, "target": target})
    return [Count(*row) for row in await cursor.fetchall()]


async def forget(tx: Transaction, program_id: int, members: Sequence[UUID]) -> None:
    """Delete every figure of the members."""
    await tx.execute(FORGET, {"program_id": program_id, "members": list(members)})
