"""What people did, as the books have it now, and who did something since: what the sums of days are made from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from puntal.engine.model import Compiled
from puntal.insight.policy_rollups import Subject, is_nobody, nobody_of
from puntal.insight.queries.incentives import LED_FROM, campaigns_of
from puntal.insight.queries.parts import ORDINAL, PURCHASE
from puntal.kit.db import Transaction
from puntal.members.model import MEMBERS

TOUCHED = """
-- Locks nothing. People about whom something was recorded since: indexes by time and block ranges, no table as a whole.
-- Of those merged both are named. Pools are named too and left out by whoever looks for people.
WITH touched AS (
  SELECT e.member_id AS id FROM event e
  WHERE e.program_id = %(program_id)s AND e.recorded_at >= %(real_from)s::timestamptz
  UNION
  SELECT t.holder_id FROM transfer t
  WHERE t.program_id = %(program_id)s AND t.recorded_at >= %(program_from)s::timestamptz
    AND (t.source = 'issued' OR t.destination IN ('redeemed', 'spent'))
  UNION
  SELECT r.member_id FROM redemption r
  WHERE r.program_id = %(program_id)s AND r.committed_at >= %(program_from)s::timestamptz
  UNION
  SELECT r.member_id FROM redemption r
  WHERE r.program_id = %(program_id)s AND r.ended_at >= %(program_from)s::timestamptz
  UNION
  SELECT m.id FROM member m
  WHERE m.program_id = %(program_id)s AND m.updated_at >= %(program_from)s::timestamptz
  UNION
  SELECT unnest(ARRAY[g.survivor_id, g.merged_id]) FROM member_merge g
  WHERE g.program_id = %(program_id)s
    AND (g.at >= %(program_from)s::timestamptz OR g.undone_at >= %(program_from)s::timestamptz)
)
SELECT t.id FROM touched t WHERE t.id IS NOT NULL
UNION
SELECT m.merged_into FROM touched t
JOIN member m ON m.program_id = %(program_id)s AND m.id = t.id
WHERE m.merged_into IS NOT NULL
"""

TOUCHED_ORDERS = f"""
-- Locks nothing. Whose orders, and of which days, something recorded since is about: each found by its key.
WITH keys AS (
  SELECT e.source, coalesce(e.body #>> '{{order,id}}', e.body ->> 'order_id', e.body #>> '{{refund,order}}') AS order_id
  FROM event e
  WHERE e.program_id = %(program_id)s AND e.recorded_at >= %(real_from)s::timestamptz AND e.type LIKE 'order.%%'
  UNION
  SELECT split_part(r.order_key, ':', 1), substr(r.order_key, strpos(r.order_key, ':') + 1) FROM redemption r
  WHERE r.program_id = %(program_id)s AND r.committed_at >= %(program_from)s::timestamptz
  UNION
  SELECT split_part(r.order_key, ':', 1), substr(r.order_key, strpos(r.order_key, ':') + 1) FROM redemption r
  WHERE r.program_id = %(program_id)s AND r.ended_at >= %(program_from)s::timestamptz
  UNION
  SELECT split_part(u.order_key, ':', 1), substr(u.order_key, strpos(u.order_key, ':') + 1) FROM voucher_use u
  WHERE u.program_id = %(program_id)s AND u.order_key IS NOT NULL AND u.at >= %(program_from)s::timestamptz
  UNION
  SELECT split_part(u.order_key, ':', 1), substr(u.order_key, strpos(u.order_key, ':') + 1) FROM voucher_use u
  WHERE u.program_id = %(program_id)s AND u.order_key IS NOT NULL AND u.ended_at >= %(program_from)s::timestamptz
)
SELECT DISTINCT o.member_id, {ORDINAL.format("o.day")}
FROM keys k JOIN shop_order o ON o.program_id = %(program_id)s AND o.source = k.source AND o.order_id = k.order_id
"""  # noqa: S608 - our own text, no input

PEOPLE = f"""
-- Locks nothing. Along the key.
SELECT m.id, m.status = ANY(%(statuses)s::text[]),
  {ORDINAL.format("(m.enrolled_at AT TIME ZONE %(zone)s)::date")}
FROM member m
WHERE m.program_id = %(program_id)s AND m.id = ANY(%(ids)s::uuid[])
"""  # noqa: S608 - our own text, no input

_AN_ORDER = f"""
'[' || {ORDINAL.format("o.day")} || ',' || (o.net_minor - o.refunded_minor) || ','
    || CASE WHEN {PURCHASE} THEN 1 ELSE 0 END || ']'"""
_COUNTED = "o.source <> 'referral' AND o.state IN ('earned', 'cancelled')"

ORDERS = f"""
-- Locks nothing. Along the index of members' orders.
SELECT o.member_id, string_agg({_AN_ORDER}, ',' ORDER BY o.day)
FROM shop_order o
WHERE o.program_id = %(program_id)s AND o.member_id = ANY(%(ids)s::uuid[]) AND {_COUNTED}
GROUP BY o.member_id
"""  # noqa: S608 - our own text, no input

NOBODYS = f"""
-- Locks nothing. Along the index of members' orders, where nobody is a member too.
SELECT {ORDINAL.format("o.day")}, string_agg({_AN_ORDER}, ',')
FROM shop_order o
WHERE o.program_id = %(program_id)s AND o.member_id IS NULL AND o.day = ANY(%(days)s::date[]) AND {_COUNTED}
GROUP BY o.day
"""  # noqa: S608 - our own text, no input

PARTS = f"""
-- Locks nothing. Days on which somebody earned or redeemed: by transfers of hers and of those merged into her, by
-- rewards she took, and through pools, as far as that is noted and what is not noted yet.
WITH who AS (
  SELECT m.id, coalesce(m.merged_into, m.id) AS subject FROM member m
  WHERE m.program_id = %(program_id)s AND m.id = ANY(%(ids)s::uuid[])
  UNION
  SELECT m.id, m.merged_into FROM member m
  WHERE m.program_id = %(program_id)s AND m.merged_into = ANY(%(ids)s::uuid[])
), parts AS (
  SELECT w.subject, (t.recorded_at AT TIME ZONE %(zone)s)::date AS day
  FROM who w
  JOIN transfer t ON t.program_id = %(program_id)s AND t.holder_id = w.id
  WHERE t.source = 'issued' OR t.destination IN ('redeemed', 'spent')
  UNION
  SELECT w.subject, (r.committed_at AT TIME ZONE %(zone)s)::date
  FROM who w
  JOIN redemption r ON r.program_id = %(program_id)s AND r.member_id = w.id
  WHERE r.state = 'committed'
  UNION
  SELECT w.subject, p.day
  FROM who w
  JOIN figure_pool_part p ON p.program_id = %(program_id)s AND p.member_id = w.id
  UNION
  SELECT w.subject, (t.recorded_at AT TIME ZONE %(zone)s)::date
  FROM transfer t
  JOIN pool p ON p.program_id = %(program_id)s AND p.id = t.holder_id
  JOIN event e ON e.program_id = %(program_id)s AND e.id = t.event_id
  JOIN who w ON w.id = e.member_id
  WHERE t.program_id = %(program_id)s AND t.recorded_at >= %(program_from)s::timestamptz
    AND (t.source = 'issued' OR t.destination IN ('redeemed', 'spent'))
)
SELECT subject, array_agg({ORDINAL.format("day")} ORDER BY day) FROM parts GROUP BY subject
"""  # noqa: S608 - our own text, no input

LED = f"""
-- Locks nothing. Orders that used an incentive, with what they used.
WITH asked AS (
  SELECT o.source || ':' || o.order_id AS key, o.member_id, o.day, o.net_minor - o.refunded_minor AS sales, o.awards
  FROM shop_order o
  WHERE o.program_id = %(program_id)s AND o.member_id = ANY(%(ids)s::uuid[]) AND {_COUNTED}
  UNION ALL
  SELECT o.source || ':' || o.order_id, NULL, o.day, o.net_minor - o.refunded_minor, o.awards
  FROM shop_order o
  WHERE o.program_id = %(program_id)s AND o.member_id IS NULL AND o.day = ANY(%(days)s::date[]) AND {_COUNTED}
), {LED_FROM}
SELECT a.member_id, {ORDINAL.format("a.day")}, a.key, a.sales, l.kind || ':' || l.id || ':' || l.wallet,
  sum(l.discount), sum(l.units)
FROM led l JOIN asked a USING (key)
GROUP BY a.member_id, a.day, a.key, a.sales, 5
ORDER BY a.day, a.key, 5
"""  # noqa: S608 - our own text, no input

NEXT_PEOPLE = """
-- Locks nothing. The next slice of everybody, along the key.
SELECT id FROM member
WHERE program_id = %(program_id)s AND id > %(after)s ORDER BY id LIMIT %(limit)s
"""

DAYS_OF_NOBODY = f"""
-- Locks nothing. Days with purchases of nobody, along the index of members' orders.
SELECT DISTINCT {ORDINAL.format("o.day")} FROM shop_order o
WHERE o.program_id = %(program_id)s AND o.member_id IS NULL
"""  # noqa: S608 - our own text, no input

_orders = msgspec.json.Decoder(list[tuple[int, int, int]]).decode


async def touched(tx: Transaction, program_id: int, *, real_from: datetime, program_from: datetime) -> list[UUID]:
    """Return everybody about whom something was recorded since, and days with purchases of nobody, as ids."""
    said = {"program_id": program_id, "real_from": real_from, "program_from": program_from}
    people = {row[0] for row in await (await tx.execute(TOUCHED, said)).fetchall()}
    for buyer, day in await (await tx.execute(TOUCHED_ORDERS.encode(), said)).fetchall():
        # Whoever has it now; and nobody, whose it is or may have been.
        people |= {nobody_of(day)} if buyer is None else {buyer, nobody_of(day)}
    return sorted(people)


async def next_people(tx: Transaction, program_id: int, *, after: UUID, limit: int) -> list[UUID]:
    """Return the next people by id."""
    said = {"program_id": program_id, "after": after, "limit": limit}
    return [row[0] for row in await (await tx.execute(NEXT_PEOPLE, said)).fetchall()]


async def days_of_nobody(tx: Transaction, program_id: int) -> list[UUID]:
    """Return every day with purchases of nobody, as ids."""
    rows = await (await tx.execute(DAYS_OF_NOBODY.encode(), {"program_id": program_id})).fetchall()
    return sorted(nobody_of(row[0]) for row in rows)


async def subjects(
    tx: Transaction, program: Compiled, ids: Collection[UUID], *, program_from: datetime
) -> dict[UUID, Subject]:
    """Return what these people, and nobody on these days, did; who did nothing is left out.

    Args:
        tx: An open transaction on the program.
        program: As it stands: its zone, and which rules are a campaign's.
        ids: Of people and of days.
        program_from: From when on what was done through pools is not noted yet.
    """
    said = campaigns_of(program) | {
        "program_id": program.program_id,
        "zone": program.document.timezone,
        "statuses": list(MEMBERS),
        "ids": [id for id in ids if not is_nobody(id)],
        "days": [date.fromordinal(id.int) for id in ids if is_nobody(id)],
        "program_from": program_from,
    }
    found: defaultdict[UUID, Subject] = defaultdict(Subject)
    for id, member, joined in await _read(tx, PEOPLE, said):
        if joined is not None:
            found[id].joined, found[id].member = joined, member
    for id, orders in await _read(tx, ORDERS, said):
        found[id].orders = _orders(f"[{orders}]")
    for day, orders in await _read(tx, NOBODYS, said):
        found[nobody_of(day)].orders = _orders(f"[{orders}]")
    for id, days in await _read(tx, PARTS, said):
        found[id].parts = days
    last: tuple[UUID, str] | None = None
    for id, day, key, sales, name, discount, units in await _read(tx, LED, said):
        subject = nobody_of(day) if id is None else id
        if last != (subject, key):
            found[subject].led.append((day, int(sales), []))
            last = (subject, key)
        found[subject].led[-1][2].append((name, int(discount), int(units)))
    return {id: subject for id, subject in found.items() if not subject.is_empty()}


async def _read(tx: Transaction, statement: str, said: Mapping[str, Any]) -> Sequence[tuple[Any, ...]]:
    return await (await tx.execute(statement.encode(), said)).fetchall()
