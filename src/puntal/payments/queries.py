"""Reads of payments, and whether they agree with the books."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from psycopg.rows import args_row

from puntal.kit.db import Transaction
from puntal.ledger.model import Disagreement

DISAGREEING_PAYMENTS = """
-- Every payment has its movement in the books, of its amount; a refund may need several, the first of them is its own.
SELECT 'payment', p.holder_id, p.wallet, p.kind, coalesce(t.amount, 0)::bigint, p.amount, p.reference
FROM payment p
LEFT JOIN transfer t ON t.program_id = %(program_id)s AND t.id = p.transfer_id
WHERE p.program_id = %(program_id)s
  AND (t.id IS NULL OR t.wallet <> p.wallet OR (p.kind <> 'refund' AND t.amount <> p.amount))
ORDER BY p.kind, p.reference
"""

DISAGREEING_REFUNDS = """
-- What came back of a payment is the sum of its refunds.
SELECT 'refund', p.holder_id, p.wallet, p.kind, coalesce(r.amount, 0)::bigint, p.returned, p.reference
FROM payment p
LEFT JOIN (
  SELECT of, wallet, sum(amount) AS amount FROM payment
  WHERE program_id = %(program_id)s AND kind = 'refund' AND of IS NOT NULL
  GROUP BY of, wallet
) AS r ON r.of = p.reference AND r.wallet = p.wallet
WHERE p.program_id = %(program_id)s AND p.kind = 'pay' AND coalesce(r.amount, 0) <> p.returned
ORDER BY p.reference
"""

HELD = """
-- Everything these members did with their money, oldest first.
SELECT to_jsonb(p) - 'program_id' FROM payment p
WHERE p.program_id = %(program_id)s AND p.holder_id = ANY(%(members)s::uuid[])
ORDER BY p.at, p.kind, p.reference
"""


async def held_about(tx: Transaction, program_id: int, members: Sequence[UUID]) -> list[dict[str, Any]]:
    """Return the payments of a member, given with the ids merged into hers, as JSON values."""
    cursor = await tx.execute(HELD, {"program_id": program_id, "members": list(members)})
    return [row[0] for row in await cursor.fetchall()]


async def disagreements(tx: Transaction, program_id: int) -> list[Disagreement]:
    """Return every payment that is not what the books say; nothing is the answer to want."""
    wrong: list[Disagreement] = []
    async with tx.cursor(row_factory=args_row(Disagreement)) as cursor:
        for statement in (DISAGREEING_PAYMENTS, DISAGREEING_REFUNDS):
            await cursor.execute(statement.encode(), {"program_id": program_id})
            wrong += await cursor.fetchall()
    return wrong
