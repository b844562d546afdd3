"""What no single slice holds about a person: events with their words, orders, transfers, lots, tier changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from puntal.kit.db import Transaction

HELD = {
    "events": """
-- Everything that happened to these members.
SELECT to_jsonb(e) - 'program_id' FROM event e
WHERE e.program_id = %(program_id)s AND e.member_id = ANY(%(members)s::uuid[])
ORDER BY e.occurred_at, e.id
""",
    "orders": """
-- Their orders.
SELECT to_jsonb(o) - 'program_id' FROM shop_order o
WHERE o.program_id = %(program_id)s AND o.member_id = ANY(%(members)s::uuid[])
ORDER BY o.day, o.source, o.order_id
""",
    "transfers": """
-- Every movement of their wallets.
SELECT to_jsonb(t) - 'program_id' FROM transfer t
WHERE t.program_id = %(program_id)s AND t.holder_id = ANY(%(members)s::uuid[])
ORDER BY t.recorded_at, t.id
""",
    "lots": """
-- What they have of what they earned, in pools too.
SELECT to_jsonb(l) - 'program_id' FROM lot l
WHERE l.program_id = %(program_id)s AND (l.holder_id = ANY(%(members)s::uuid[]) OR (
  l.earner_id = ANY(%(members)s::uuid[]) AND l.holder_id IN (
    SELECT p.pool_id FROM pool_member p
    WHERE p.program_id = %(program_id)s AND p.member_id = ANY(%(members)s::uuid[]))))
ORDER BY l.earned_at, l.id
""",
    "tier_changes": """
-- Their way on the ladders.
SELECT to_jsonb(c) - 'program_id' FROM tier_change c
WHERE c.program_id = %(program_id)s AND c.member_id = ANY(%(members)s::uuid[])
ORDER BY c.effective_at, c.id
""",
}

SCRUB_EVENTS = """
-- The words of the shop about a person go; what was decided stays, and the fingerprint still recognises a retry.
-- Amounts and lines are no personal data and stay for reports.
UPDATE event
SET body = json_strip_nulls(json_build_object(
  'id', body->'id', 'type', body->'type', 'source', body->'source', 'occurred_at', body->'occurred_at',
  'channel', body->'channel', 'store', body->'store',
  'order', CASE WHEN body->'order' IS NOT NULL THEN (body->'order')::jsonb - 'attributes' END,
  'refund', body->'refund', 'erased', true))
WHERE program_id = %(program_id)s AND member_id = ANY(%(members)s::uuid[])
"""


async def held_about(tx: Transaction, program_id: int, members: Sequence[UUID]) -> dict[str, list[dict[str, Any]]]:
    """Return what is held about these members, by kind; one statement per kind."""
    found = {}
    for kind, statement in HELD.items():
        cursor = await tx.execute(statement.encode(), {"program_id": program_id, "members": list(members)})
        found[kind] = [row[0] for row in await cursor.fetchall()]
    return found


async def scrub_events(tx: Transaction, program_id: int, members: Sequence[UUID]) -> None:
    """Take the person out of what events said."""
    await tx.execute(SCRUB_EVENTS, {"program_id": program_id, "members": list(members)})
