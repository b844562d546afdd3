"""SQL of `gift_card`; the vouchers are locked, or new, when it is written."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from psycopg.rows import kwargs_row

from puntal.kit.db import Transaction, array
from puntal.rewards.model_cards import CardLeft, CardTotals, GiftCard

LOAD = """
-- The books of some vouchers; those of uses have none.
SELECT id, wallet, origin, reference, order_key, line, at, actor
FROM gift_card WHERE program_id = %(program_id)s AND id = ANY(%(ids)s::uuid[])
ORDER BY id
"""

INSERT = """
-- Books of vouchers that were just issued, in the same transaction.
INSERT INTO gift_card (program_id, id, wallet, origin, reference, order_key, line, at, actor)
SELECT %(program_id)s, r.id, r.wallet, r.origin, r.reference, r.order_key, r.line, r.at, r.actor
FROM unnest(%(id)s::uuid[], %(wallet)s::smallint[], %(origin)s::text[], %(reference)s::text[], %(order_key)s::text[],
  %(line)s::text[], %(at)s::timestamptz[], %(actor)s::text[])
  AS r (id, wallet, origin, reference, order_key, line, at, actor)
"""

SOLD_ON_LINE = """
-- What cards were sold for on a line of an order, along the index of orders; whoever sells one holds the order's owner.
SELECT coalesce(sum(v.amount), 0)::bigint
FROM gift_card g JOIN voucher v ON v.program_id = g.program_id AND v.id = g.id
WHERE g.program_id = %(program_id)s AND g.order_key = %(order_key)s AND g.line = %(line)s
"""

OF_ORDERS = """
-- The cards that lines of some orders sold, along the index of orders; whoever sells one holds the order's owner.
SELECT g.id, g.wallet, g.origin, g.reference, g.order_key, g.line, g.at, g.actor, v.state <> 'void' AS standing
FROM gift_card g JOIN voucher v ON v.program_id = g.program_id AND v.id = g.id
WHERE g.program_id = %(program_id)s AND v.program_id = %(program_id)s AND g.order_key = ANY(%(orders)s::text[])
  AND g.line IS NOT NULL
ORDER BY g.order_key, g.line, g.id
"""

ACTIVATED_AS = """
-- The cards that were activated, or sold, under a reference; of one order hardly ever more than one.
SELECT id, wallet, origin, reference, order_key, line, at, actor
FROM gift_card WHERE program_id = %(program_id)s AND reference = %(reference)s AND origin = 'paid_in'
ORDER BY id
"""

RETURNS = """
-- Under which references refunds took something of some cards back.
SELECT DISTINCT reference FROM voucher_use
WHERE program_id = %(program_id)s AND voucher_id = ANY(%(ids)s::uuid[]) AND channel = 'returned' AND state = 'used'
ORDER BY reference
"""

TOTALS = """
-- What is left on cards that have not ended, in one pass over the vouchers that are open. Codes of batches have no
-- books.
SELECT g.wallet, v.currency, coalesce(g.origin, 'granted') AS origin, count(*) AS cards,
  sum(v.remaining + v.held)::bigint AS left
FROM voucher v
LEFT JOIN gift_card g ON g.program_id = v.program_id AND g.id = v.id
WHERE v.program_id = %(program_id)s AND v.currency IS NOT NULL AND v.state IN ('issued', 'held')
GROUP BY g.wallet, v.currency, coalesce(g.origin, 'granted')
ORDER BY v.currency, g.wallet, origin
"""

LEFT = """
-- Locks nothing. The cards behind one line of the totals, newest first along the key of vouchers.
SELECT v.id, v.code, (v.remaining + v.held)::bigint AS left, v.amount, v.currency, v.issued_at, v.ends_at, v.member_id
FROM voucher v
LEFT JOIN gift_card g ON g.program_id = v.program_id AND g.id = v.id
WHERE v.program_id = %(program_id)s AND v.currency = %(currency)s AND v.state IN ('issued', 'held')
  AND coalesce(g.origin, 'granted') = %(origin)s AND g.wallet IS NOT DISTINCT FROM %(wallet)s::smallint
  AND (%(before)s::uuid IS NULL OR v.id < %(before)s::uuid)
ORDER BY v.id DESC
LIMIT %(limit)s
"""

_COLUMNS = GiftCard.__struct_fields__


async def load(tx: Transaction, program_id: int, ids: Collection[UUID]) -> dict[UUID, GiftCard]:
    """Return those of the vouchers whose books are kept, by id."""
    async with tx.cursor(row_factory=kwargs_row(GiftCard)) as cursor:
        await cursor.execute(LOAD, {"program_id": program_id, "ids": list(ids)})
        return {card.id: card for card in await cursor.fetchall()}


async def insert(tx: Transaction, program_id: int, cards: Sequence[GiftCard]) -> None:
    """Begin the books of cards."""
    names = {name: array([getattr(card, name) for card in cards]) for name in _COLUMNS}
    await tx.execute(INSERT, {"program_id": program_id, **names})


async def sold_on_line(tx: Transaction, program_id: int, order_key: str, line: str) -> int:
    """Return what cards were sold for on a line."""
    names = {"program_id": program_id, "order_key": order_key, "line": line}
    row = await (await tx.execute(SOLD_ON_LINE, names)).fetchone()
    return 0 if row is None else row[0]


async def of_orders(tx: Transaction, program_id: int, orders: Collection[str]) -> list[tuple[GiftCard, bool]]:
    """Return what lines of orders sold, and whether it still stands, by order and line."""
    names = {"program_id": program_id, "orders": list(orders)}
    rows = await (await tx.execute(OF_ORDERS, names)).fetchall()
    return [(GiftCard(**dict(zip(_COLUMNS, row[:-1], strict=True))), row[-1]) for row in rows]


async def sold_as(tx: Transaction, program_id: int, reference: str) -> list[GiftCard]:
    """Return the cards that were sold under a reference."""
    async with tx.cursor(row_factory=kwargs_row(GiftCard)) as cursor:
        await cursor.execute(ACTIVATED_AS, {"program_id": program_id, "reference": reference})
        return await cursor.fetchall()


async def returns(tx: Transaction, program_id: int, ids: Collection[UUID]) -> list[str]:
    """Return the references under which refunds took something of cards."""
    cursor = await tx.execute(RETURNS, {"program_id": program_id, "ids": list(ids)})
    return [row[0] for row in await cursor.fetchall()]


async def totals(tx: Transaction, program_id: int) -> list[CardTotals]:
    """Return what is left on cards by wallet and origin."""
    async with tx.cursor(row_factory=kwargs_row(CardTotals)) as cursor:
        return await (await cursor.execute(TOTALS, {"program_id": program_id})).fetchall()


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
    """Return cards on which something is left, of one line of the totals."""
    names = {
        "program_id": program_id,
        "currency": currency,
        "origin": origin,
        "wallet": wallet,
        "before": before,
        "limit": limit,
    }
    async with tx.cursor(row_factory=kwargs_row(CardLeft)) as cursor:
        return await (await cursor.execute(LEFT, names)).fetchall()
