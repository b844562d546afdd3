"""Reads of the daily figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from puntal.activity.model import Count
from puntal.activity.store import EVENTS_COUNTED, ORDERS_COUNTED
from puntal.kit.db import Transaction, array, encode
from puntal.ledger import queries as ledger
from puntal.ledger.model import Disagreement

LOAD = """
-- Locks nothing: the caller holds the members. LATERAL, so that each member and figure is one range of the key
-- whatever the planner believes of the sizes.
SELECT m.id, r.name, s.total::bigint
FROM unnest(%(members)s::uuid[]) AS m (id)
CROSS JOIN json_to_recordset(%(reads)s::json)
  AS r (name text, metric text, key text, counted boolean, since date, until date)
CROSS JOIN LATERAL (
  SELECT sum(CASE WHEN r.counted THEN a.count ELSE a.amount END) AS total
  FROM activity a
  WHERE a.program_id = %(program_id)s AND a.member_id = m.id AND a.metric = r.metric AND a.key = r.key
    AND a.day >= r.since AND a.day < r.until
) AS s
WHERE s.total IS NOT NULL
"""

OF_MEMBERS = """
-- Locks nothing. Everything kept about these members.
SELECT member_id, metric, key, day, count, amount
FROM activity
WHERE program_id = %(program_id)s AND member_id = ANY(%(members)s::uuid[])
ORDER BY member_id, metric, key, day
"""

MEMBERS_AFTER = """
-- Locks nothing. The next members in the order of their ids. Who has no holder yet has done nothing; who was merged
-- into another has no figures of her own.
SELECT m.id
FROM member m
JOIN holder h ON h.program_id = %(program_id)s AND h.id = m.id
WHERE m.program_id = %(program_id)s AND m.id > %(after)s AND m.merged_into IS NULL
ORDER BY m.id
LIMIT %(limit)s
"""

MERGED_SINCE = """
-- Locks nothing. Members who are somebody's survivor, or their own again, since then.
SELECT m.id
FROM member m
WHERE m.program_id = %(program_id)s AND m.merged_into IS NULL AND m.id IN (
  SELECT unnest(ARRAY[g.survivor_id, g.merged_id])
  FROM member_merge g
  WHERE g.program_id = %(program_id)s AND (g.at >= %(since)s OR g.undone_at >= %(since)s))
ORDER BY m.id
"""

DESCRIBED = """
-- Locks nothing: orders are kept still by their members' holders. What a line is was said by the event its order earned
-- on, or by one that told of it before or after; a later event's words hold.
WITH told AS (
  SELECT o.source, o.order_id, o.member_id, o.event_id
  FROM unnest(%(sources)s::text[], %(orders)s::text[]) AS r (source, order_id)
  JOIN shop_order o ON o.program_id = %(program_id)s AND o.source = r.source AND o.order_id = r.order_id
), words AS (
  SELECT t.source, t.order_id, e.body, e.occurred_at AS at
  FROM told t JOIN event e ON e.program_id = %(program_id)s AND e.id = t.event_id
  UNION ALL
  SELECT t.source, t.order_id, u.body, u.occurred_at
  FROM told t
  JOIN event u ON u.program_id = %(program_id)s AND u.member_id = t.member_id
    AND u.type IN ('order.created', 'order.updated')
    AND u.source = t.source AND u.body->'order'->>'id' = t.order_id
)
SELECT DISTINCT ON (w.source, w.order_id, d.id) w.source, w.order_id, d.id, d.category, d.product, d.brand
FROM words w,
  json_to_recordset(coalesce(w.body->'order'->'lines', '[]')) AS d (id text, category text, product text, brand text)
ORDER BY w.source, w.order_id, d.id, w.at DESC
"""

HISTORY = """
-- Locks nothing. How many orders and events there are, up to a number of each.
SELECT
  (SELECT count(*) FROM (SELECT FROM shop_order WHERE program_id = %(program_id)s LIMIT %(most)s) AS o),
  (SELECT count(*) FROM (SELECT FROM event WHERE program_id = %(program_id)s LIMIT %(most)s) AS e)
"""

DISAGREEING_TOTALS = """
-- Reads a slice of holders and their orders. An order counts from the event it earned on; all of it gone back, it is
-- none. That of a referee counts nowhere with the referrer. Who was merged or erased has no running figures.
WITH kept AS (
  SELECT h.id, coalesce((h.running->'totals'->>'orders')::bigint, 0) AS orders,
    coalesce((h.running->'totals'->>'spend')::bigint, 0) AS spend
  FROM holder h
  WHERE h.program_id = %(program_id)s AND h.id > %(after)s AND h.id <= %(through)s
), added AS (
  SELECT o.member_id AS id, sum(o.net_minor - o.refunded_minor) AS spend,
    count(*) FILTER (WHERE NOT (o.refunded_minor >= o.net_minor AND (o.refunded_minor > 0 OR o.state = 'cancelled'
      OR EXISTS (SELECT FROM json_array_elements(coalesce(o.refunds->0, '[]')) AS done
        WHERE NOT coalesce((done->>'withdrawn')::boolean, false))))) AS orders
  FROM shop_order o
  WHERE o.program_id = %(program_id)s AND o.member_id > %(after)s AND o.member_id <= %(through)s
    AND o.event_id IS NOT NULL AND o.source <> 'referral' AND o.currency = %(currency)s
  GROUP BY o.member_id
)
SELECT id, coalesce(added.orders, 0)::bigint, coalesce(kept.orders, 0)::bigint, coalesce(added.spend, 0)::bigint,
  coalesce(kept.spend, 0)::bigint
FROM kept FULL JOIN added USING (id)
WHERE (coalesce(added.orders, 0) <> coalesce(kept.orders, 0) OR coalesce(added.spend, 0) <> coalesce(kept.spend, 0))
  AND NOT EXISTS (SELECT FROM member m WHERE m.program_id = %(program_id)s AND m.id = coalesce(kept.id, added.id)
    AND m.status IN ('merged', 'erased'))
ORDER BY id
"""

COUNTED = f"""
-- Some members' daily figures of orders, counted from the orders; what is kept is not looked at.
WITH {ORDERS_COUNTED}
SELECT member_id, metric, key, day, count::bigint, amount::bigint
FROM counted
ORDER BY member_id, metric, key, day
"""  # noqa: S608 - our own text, no input

DISAGREEING_ORDERS = f"""
-- Some members' daily figures of orders as they are, beside those counted again.
WITH {ORDERS_COUNTED}, present AS (
  SELECT a.member_id, a.metric, a.key, a.day, a.count, a.amount
  FROM activity a JOIN wanted w ON w.metric = a.metric AND w.key = a.key
  WHERE a.program_id = %(program_id)s AND a.member_id = ANY(%(members)s::uuid[])
)
SELECT member_id, metric || ' ' || key || ' ' || day, coalesce(c.count, 0)::bigint, coalesce(k.count, 0)::bigint,
  coalesce(c.amount, 0)::bigint, coalesce(k.amount, 0)::bigint
FROM counted c FULL JOIN present k USING (member_id, metric, key, day)
WHERE coalesce(c.count, 0) <> coalesce(k.count, 0) OR coalesce(c.amount, 0) <> coalesce(k.amount, 0)
ORDER BY member_id, metric, key, day
"""  # noqa: S608 - our own text, no input

DISAGREEING_EVENTS = f"""
-- Some members' daily figures of events as they are, beside the events.
SELECT member_id, metric || ' ' || day, coalesce(c.count, 0)::bigint, coalesce(k.count, 0)::bigint, 0::bigint, 0::bigint
FROM ({EVENTS_COUNTED}) AS c FULL JOIN (
  SELECT a.member_id, a.metric, a.key, a.day, a.count
  FROM activity a
  WHERE a.program_id = %(program_id)s AND a.member_id = ANY(%(members)s::uuid[])
    AND a.metric IN (SELECT 'events.' || t.name FROM unnest(%(types)s::text[]) AS t (name))
) AS k USING (member_id, metric, key, day)
WHERE coalesce(c.count, 0) <> coalesce(k.count, 0)
ORDER BY member_id, metric, day
"""  # noqa: S608 - our own text, no input

_MEMBERS_A_SLICE = 500


async def disagreeing_totals(tx: Transaction, program_id: int, *, currency: str) -> list[Disagreement]:
    """Return every member whose running orders or spend are not what her orders add up to."""
    wrong = []
    async for after, through in ledger.slices(tx, program_id):
        names = {"program_id": program_id, "after": after, "through": through, "currency": currency}
        for id, *figures in await (await tx.execute(DISAGREEING_TOTALS, names)).fetchall():
            wrong += _both("total", id, None, ("orders", "spend"), figures)
    return wrong


async def disagreements(
    tx: Transaction,
    program_id: int,
    kinds: Sequence[tuple[str, str]],
    events: Sequence[str],
    *,
    currency: str,
    earns_on: str,
    zone: str,
) -> list[Disagreement]:
    """Return every daily figure that is not what orders and events add up to.

    Args:
        tx: An open transaction on the program.
        program_id: Whose figures.
        kinds: Metric and key of the figures of orders that the program reads.
        events: Types of events it counts.
        currency: Of the program.
        earns_on: Type of the event that orders earn on.
        zone: Of the program.
    """
    wrong: list[Disagreement] = []
    reads = encode([{"metric": metric, "key": key} for metric, key in kinds])
    last: UUID | None = ledger.NOBODY
    while last is not None:
        members = await members_after(tx, program_id, last, _MEMBERS_A_SLICE)
        last = members[-1] if len(members) == _MEMBERS_A_SLICE else None
        names: dict[str, Any] = {"program_id": program_id, "members": members, "reads": reads, "types": list(events)}
        names |= {"currency": currency, "earns_on": earns_on, "zone": zone}
        for wanted, statement in ((kinds, DISAGREEING_ORDERS), (events, DISAGREEING_EVENTS)):
            if members and wanted:
                for id, subject, *figures in await (await tx.execute(statement, names)).fetchall():
                    wrong += _both("activity", id, subject, ("count", "amount"), figures)
    return wrong


def _both(
    check: str, id: UUID, subject: str | None, accounts: Sequence[str], figures: Sequence[int]
) -> list[Disagreement]:
    return [
        Disagreement(check, id, -1, account, expected, found, subject)
        for account, expected, found in zip(accounts, figures[::2], figures[1::2], strict=True)
        if expected != found
    ]


async def load(
    tx: Transaction, program_id: int, members: Sequence[UUID], reads: Sequence[Mapping[str, object]]
) -> list[tuple[UUID, str, int]]:
    """Return member, field and sum where there is any."""
    cursor = await tx.execute(LOAD, {"program_id": program_id, "members": array(members), "reads": encode(reads)})
    return [(row[0], row[1], row[2]) for row in await cursor.fetchall()]


async def of_members(tx: Transaction, program_id: int, members: Sequence[UUID]) -> list[Count]:
    """Return every figure of the members."""
    cursor = await tx.execute(OF_MEMBERS, {"program_id": program_id, "members": list(members)})
    return [Count(*row) for row in await cursor.fetchall()]


async def members_after(tx: Transaction, program_id: int, after: UUID, limit: int) -> list[UUID]:
    """Return the next members by id."""
    cursor = await tx.execute(MEMBERS_AFTER, {"program_id": program_id, "after": after, "limit": limit})
    return [row[0] for row in await cursor.fetchall()]


async def merged_since(tx: Transaction, program_id: int, since: datetime) -> list[UUID]:
    """Return members whose figures a merge, or the undo of one, has moved since then."""
    cursor = await tx.execute(MERGED_SINCE, {"program_id": program_id, "since": since})
    return [row[0] for row in await cursor.fetchall()]


async def has_more(tx: Transaction, program_id: int, most: int) -> bool:
    """Return whether a program has more orders, or more events, than `most`."""
    cursor = await tx.execute(HISTORY, {"program_id": program_id, "most": most + 1})
    row = await cursor.fetchone()
    assert row is not None
    return bool(row[0] > most or row[1] > most)


async def described(
    tx: Transaction, program_id: int, orders: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], dict[str, dict[str, str | None]]]:
    """Return what the lines of orders (source and id) are, by line id: `category`, `product`, `brand`."""
    names = {"sources": [source for source, _ in orders], "orders": [order for _, order in orders]}
    found: dict[tuple[str, str], dict[str, dict[str, str | None]]] = {}
    cursor = await tx.execute(DESCRIBED, {"program_id": program_id, **names})
    for source, order, line, category, product, brand in await cursor.fetchall():
        of_order = found.setdefault((source, order), {})
        of_order[line] = {"category": category, "product": product, "brand": brand}
    return found


async def counted(
    tx: Transaction,
    program_id: int,
    members: Sequence[UUID],
    kinds: Sequence[tuple[str, str]],
    *,
    currency: str,
    earns_on: str,
) -> list[Count]:
    """Return daily figures of orders (metric and key) that are kept nowhere, as they would be if they were."""
    reads = encode([{"metric": metric, "key": key} for metric, key in kinds])
    names: dict[str, Any] = {"program_id": program_id, "members": list(members), "reads": reads}
    cursor = await tx.execute(COUNTED, names | {"currency": currency, "earns_on": earns_on})
    return [Count(*row) for row in await cursor.fetchall()]
