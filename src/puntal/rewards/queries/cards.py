"""Gift cards for reports and for checking the books."""

from __future__ import annotations

from uuid import UUID

from psycopg.rows import args_row

from puntal.kit.db import Transaction
from puntal.ledger.model import Disagreement
from puntal.rewards.model_cards import CardLeft, CardTotals
from puntal.rewards.store import cards as store

TOTALS = store.TOTALS
"""Reports show it too."""

DISAGREEING_CARDS = """
-- What the books have of each card is what its voucher has left and held; nothing of one that has ended. Of transfers
-- only those of cards are read, by their holders.
SELECT 'gift_card', g.id, g.wallet, 'gift_cards', coalesce(t.amount, 0)::bigint,
  CASE WHEN v.state IN ('issued', 'held') THEN v.remaining + v.held ELSE 0 END, g.id
FROM gift_card g
JOIN voucher v ON v.program_id = g.program_id AND v.id = g.id
LEFT JOIN LATERAL (
  SELECT sum(CASE 'gift_cards' WHEN m.destination THEN m.amount WHEN m.source THEN -m.amount ELSE 0 END) AS amount
  FROM transfer m
  WHERE m.program_id = %(program_id)s AND m.holder_id = g.id AND m.wallet = g.wallet
) AS t ON true
WHERE g.program_id = %(program_id)s
  AND coalesce(t.amount, 0) <> CASE WHEN v.state IN ('issued', 'held') THEN v.remaining + v.held ELSE 0 END
ORDER BY g.id
"""

CARDS_WITHOUT_VOUCHER = """
-- What a foreign key would check.
SELECT 'gift_card', g.id, g.wallet, 'voucher of card', 1, 0, g.id
FROM gift_card g
WHERE g.program_id = %(program_id)s
  AND NOT EXISTS (SELECT FROM voucher v WHERE v.program_id = %(program_id)s AND v.id = g.id)
ORDER BY g.id
"""


async def disagreements(tx: Transaction, program_id: int) -> list[Disagreement]:
    """Return every gift card that is not what the books say; nothing is the answer to want."""
    wrong: list[Disagreement] = []
    async with tx.cursor(row_factory=args_row(Disagreement)) as cursor:
        for statement in (DISAGREEING_CARDS, CARDS_WITHOUT_VOUCHER):
            await cursor.execute(statement.encode(), {"program_id": program_id})
            wrong += await cursor.fetchall()
    return wrong


async def is_sold(tx: Transaction, program_id: int, reference: str) -> bool:
    """Tell whether a card was sold, or activated, under a reference."""
    return bool(await store.sold_as(tx, program_id, reference))


async def totals(tx: Transaction, program_id: int) -> list[CardTotals]:
    """Return what is left on cards that have not ended, by wallet, currency, and whether they were sold."""
    return await store.totals(tx, program_id)


async def left(
    tx: Transaction,
    program_id: int,
    *,
    currency: str,
    origin: str,
    wallet: int | None,
    before: UUID | None,
    limit: int,
) -> list[CardLeft]:
    """Return the cards behind one line of the totals, newest first; `wallet` None: codes of batches."""
    return await store.left(tx, program_id, currency=currency, origin=origin, wallet=wallet, before=before, limit=limit)
