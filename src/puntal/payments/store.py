"""Writes of `payment`; the holder of a payment is locked by its caller."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from psycopg.rows import kwargs_row

from puntal.kit.db import Transaction
from puntal.payments.model import Payment, PaymentKind

COLUMNS = ", ".join(Payment.__struct_fields__)

FIND = f"""
-- One payment by its reference. The holder is locked: whoever writes one of hers waits.
SELECT {COLUMNS}
FROM payment WHERE program_id = %(program_id)s AND kind = %(kind)s AND reference = %(reference)s
"""  # noqa: S608 - our own constant

INSERT = """
-- A reference that somebody else's payment took a moment ago writes nothing, and the caller sees it.
INSERT INTO payment (program_id, kind, reference, holder_id, member_id, wallet, asked, amount, transfer_id, means, of,
  to_member, order_key, store, at, actor)
VALUES (%(program_id)s, %(kind)s, %(reference)s, %(holder_id)s, %(member_id)s, %(wallet)s, %(asked)s, %(amount)s,
  %(transfer_id)s, %(means)s, %(of)s, %(to_member)s, %(order_key)s, %(store)s, %(at)s, %(actor)s)
ON CONFLICT (program_id, kind, reference) DO NOTHING
"""

RETURN = """
-- The holder of the payment is locked; that no more comes back than was paid, the constraint repeats.
UPDATE payment SET returned = returned + %(amount)s
WHERE program_id = %(program_id)s AND kind = 'pay' AND reference = %(reference)s
"""

LOADED_SINCE = """
-- What was paid into a wallet since each of some instants, along the index of holders.
SELECT coalesce(sum(p.amount), 0)::bigint
FROM unnest(%(since)s::timestamptz[]) WITH ORDINALITY AS w (since, place)
LEFT JOIN payment p ON p.program_id = %(program_id)s AND p.holder_id = ANY(%(holders)s::uuid[])
  AND p.wallet = %(wallet)s AND p.kind = 'load' AND p.means <> 'goodwill' AND p.at >= w.since
GROUP BY w.place
ORDER BY w.place
"""


async def find(tx: Transaction, program_id: int, kind: PaymentKind, reference: str) -> Payment | None:
    """Return what was done under a reference."""
    names = {"program_id": program_id, "kind": kind, "reference": reference}
    async with tx.cursor(row_factory=kwargs_row(Payment)) as cursor:
        return await (await cursor.execute(FIND.encode(), names)).fetchone()


async def insert(tx: Transaction, program_id: int, payment: Payment) -> bool:
    """Write a payment; False where the reference is taken."""
    names = {name: getattr(payment, name) for name in Payment.__struct_fields__}
    return (await tx.execute(INSERT, {"program_id": program_id, **names})).rowcount == 1


async def give_back(tx: Transaction, program_id: int, reference: str, amount: int) -> None:
    """Note that so much of a payment came back."""
    await tx.execute(RETURN, {"program_id": program_id, "reference": reference, "amount": amount})


async def loaded_since(
    tx: Transaction, program_id: int, holders: Collection[UUID], wallet: int, since: Sequence[datetime]
) -> list[int]:
    """Return what was loaded since each instant."""
    names = {"program_id": program_id, "holders": list(holders), "wallet": wallet, "since": list(since)}
    return [row[0] for row in await (await tx.execute(LOADED_SINCE, names)).fetchall()]
