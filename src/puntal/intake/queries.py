"""Reads of events for the books: whether orders and the events that told of them agree."""

from __future__ import annotations

from puntal.kit.db import Transaction
from puntal.ledger.model import Disagreement
from puntal.ledger.queries import NOBODY

WITHOUT_EVENT = """
-- Orders whose event is not there, is another member's without a merge between them, or is no order's.
SELECT o.source || ':' || o.order_id, o.member_id, (e.id IS NOT NULL)::integer
FROM shop_order o
LEFT JOIN event e ON e.program_id = %(program_id)s AND e.id = o.event_id
LEFT JOIN member m ON m.program_id = %(program_id)s AND m.id = e.member_id
WHERE o.program_id = %(program_id)s AND o.event_id IS NOT NULL
  AND (e.id IS NULL OR e.type NOT LIKE 'order.%%' OR o.member_id IS DISTINCT FROM coalesce(m.merged_into, e.member_id))
ORDER BY o.source, o.order_id
"""

WITHOUT_ORDER = """
-- Events that carried an order of a member, and no order; events on which an order earned, and the order says another.
-- An outcome without a code is one in which nothing stood in the way.
SELECT e.id, e.member_id, CASE WHEN o.order_id IS NULL THEN 'order' ELSE 'earned' END
FROM event e
JOIN revision r ON r.program_id = %(program_id)s AND r.number = e.revision
LEFT JOIN shop_order o ON o.program_id = %(program_id)s AND o.source = e.source
  AND o.order_id = coalesce(e.body->'order'->>'id', e.body->>'order_id')
WHERE e.program_id = %(program_id)s AND e.member_id IS NOT NULL
  AND e.type IN ('order.created', 'order.paid', 'order.fulfilled', 'order.delivered', 'order.updated')
  AND (
    (o.order_id IS NULL AND e.outcome->>'code' IS DISTINCT FROM 'order.unknown')
    OR (o.order_id IS NOT NULL AND e.outcome->>'code' IS NULL AND o.event_id IS DISTINCT FROM e.id
      AND e.type = 'order.' || coalesce(r.document->'orders'->>'earn_when', 'paid'))
  )
ORDER BY e.id
"""

WITHOUT_CAUSE = """
-- Transfers that name an event that is not there: half of an event was written.
SELECT t.holder_id, t.event_id, count(*)::bigint
FROM transfer t
WHERE t.program_id = %(program_id)s AND t.event_id IS NOT NULL
  AND NOT EXISTS (SELECT FROM event e WHERE e.program_id = %(program_id)s AND e.id = t.event_id)
GROUP BY t.holder_id, t.event_id
ORDER BY t.event_id, t.holder_id
"""


async def disagreements(tx: Transaction, program_id: int) -> list[Disagreement]:
    """Return every order without the event it earned on, every event without its order, and transfers without one."""
    orders = await (await tx.execute(WITHOUT_EVENT, {"program_id": program_id})).fetchall()
    events = await (await tx.execute(WITHOUT_ORDER, {"program_id": program_id})).fetchall()
    causes = await (await tx.execute(WITHOUT_CAUSE, {"program_id": program_id})).fetchall()
    return [
        *(Disagreement("event", holder, -1, "transfers", 0, count, id) for holder, id, count in causes),
        *(Disagreement("event", member or NOBODY, -1, "event", 1, found, key) for key, member, found in orders),
        *(Disagreement("event", member or NOBODY, -1, account, 1, 0, id) for id, member, account in events),
    ]
