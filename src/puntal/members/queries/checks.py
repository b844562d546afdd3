"""What foreign keys would check."""

from __future__ import annotations

from puntal.kit.db import Transaction
from puntal.ledger.model import Disagreement

DANGLING = """
-- What foreign keys would check: rows that name a member, or a holder, that is not there.
WITH named AS (
  SELECT 'identity' AS place, member_id FROM identity WHERE program_id = %(program_id)s
  UNION ALL SELECT 'consent', member_id FROM consent WHERE program_id = %(program_id)s
  UNION ALL SELECT 'pool_member', member_id FROM pool_member WHERE program_id = %(program_id)s
  UNION ALL SELECT 'tier_change', member_id FROM tier_change WHERE program_id = %(program_id)s
  UNION ALL SELECT 'activity', member_id FROM activity WHERE program_id = %(program_id)s
  UNION ALL SELECT 'event', member_id FROM event WHERE program_id = %(program_id)s
  UNION ALL SELECT 'shop_order', member_id FROM shop_order WHERE program_id = %(program_id)s
  UNION ALL SELECT 'segment_member', member_id FROM segment_member WHERE program_id = %(program_id)s
  UNION ALL SELECT 'merged_into', merged_into FROM member WHERE program_id = %(program_id)s
  UNION ALL SELECT 'referrer', referrer_id FROM member WHERE program_id = %(program_id)s
)
SELECT 'dangling', n.member_id, -1, n.place, 1, 0
FROM (SELECT DISTINCT place, member_id FROM named WHERE member_id IS NOT NULL) AS n
WHERE NOT EXISTS (SELECT FROM member m WHERE m.program_id = %(program_id)s AND m.id = n.member_id)
UNION ALL
SELECT 'dangling', h.id, -1, 'holder', 1, 0
FROM holder h
WHERE h.program_id = %(program_id)s
  AND NOT EXISTS (SELECT FROM member m WHERE m.program_id = %(program_id)s AND m.id = h.id)
  AND NOT EXISTS (SELECT FROM pool p WHERE p.program_id = %(program_id)s AND p.id = h.id)
UNION ALL
SELECT 'dangling', p.pool_id, -1, 'pool of member', 1, 0
FROM pool_member p
WHERE p.program_id = %(program_id)s
  AND NOT EXISTS (SELECT FROM pool o WHERE o.program_id = %(program_id)s AND o.id = p.pool_id)
ORDER BY 4, 2
"""


async def dangling(tx: Transaction, program_id: int) -> list[Disagreement]:
    """Return every row that names a member who is not there."""
    cursor = await tx.execute(DANGLING, {"program_id": program_id})
    return [Disagreement(*row) for row in await cursor.fetchall()]
