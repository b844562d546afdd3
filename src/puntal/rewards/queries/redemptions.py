"""Reads of redemptions for lists, screens and checks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import msgspec

from puntal.kit.db import Transaction
from puntal.ledger.model import Disagreement
from puntal.orders.model import Use
from puntal.rewards.model import Redemption
from puntal.rewards.store import redemptions as store

LIST = f"""
-- A page of redemptions, newest first; every filter may be missing.
SELECT {store.COLUMNS} FROM redemption
WHERE program_id = %(program_id)s AND (%(members)s::uuid[] IS NULL OR member_id = ANY(%(members)s::uuid[]))
  AND (%(reward)s::text IS NULL OR reward = %(reward)s) AND (%(state)s::text IS NULL OR state = %(state)s)
  AND (%(fulfilment)s::text IS NULL OR fulfilment = %(fulfilment)s)
  AND (%(order_key)s::text IS NULL OR order_key = %(order_key)s)
  AND (%(session)s::text IS NULL OR session = %(session)s)
  AND (%(before)s::uuid IS NULL OR id < %(before)s)
ORDER BY id DESC
LIMIT %(limit)s
"""  # noqa: S608 - constants

POOLS = """
-- Imported codes by the name of their pool, the oldest first.
SELECT id FROM voucher_batch
WHERE program_id = %(program_id)s AND name = %(name)s AND kind = 'imported' AND state = 'done'
ORDER BY created_at, id
"""


async def pools_named(tx: Transaction, program_id: int, name: str) -> list[UUID]:
    """Return the batches of imported codes of a pool, the oldest first."""
    rows = await (await tx.execute(POOLS, {"program_id": program_id, "name": name})).fetchall()
    return [row[0] for row in rows]


USES = """
-- Room that redemptions of a slice of members use.
SELECT member_id, uses FROM redemption
WHERE program_id = %(program_id)s AND member_id > %(after)s AND member_id <= %(through)s
  AND state IN ('held', 'committed')
"""

WITHOUT_HOLD = """
-- Redemptions that say something is held for them, beside what is.
SELECT d.member_id, d.wallet, d.id, d.units, coalesce(h.amount, 0)
FROM redemption d
LEFT JOIN hold h ON h.program_id = d.program_id AND h.id = d.hold_id AND h.state = 'open'
WHERE d.program_id = %(program_id)s AND d.state = 'held' AND d.units > 0 AND h.amount IS DISTINCT FROM d.units
UNION ALL
SELECT h.holder_id, h.wallet, h.id, 0, h.amount
FROM hold h
LEFT JOIN redemption d ON d.program_id = h.program_id AND d.id = h.id AND d.state = 'held'
WHERE h.program_id = %(program_id)s AND h.state = 'open' AND starts_with(h.reference, 'redemption:') AND d.id IS NULL
"""

WITHOUT_SPEND = """
-- Redemptions that say something was spent for them, beside what was.
SELECT d.member_id, d.wallet, d.id, d.units, coalesce(t.amount, 0)
FROM redemption d
LEFT JOIN transfer t ON t.program_id = d.program_id AND t.id = d.transfer_id AND t.kind = 'points.redeemed'
WHERE d.program_id = %(program_id)s AND d.committed_at IS NOT NULL AND d.units > 0
  AND t.amount IS DISTINCT FROM d.units
"""


async def uses(tx: Transaction, program_id: int, *, after: UUID, through: UUID) -> list[tuple[UUID, Sequence[Use]]]:
    """Return by member the room that redemptions use, of those with ids in `(after, through]`."""
    names = {"program_id": program_id, "after": after, "through": through}
    rows = await (await tx.execute(USES, names)).fetchall()
    return [(row[0], msgspec.convert(row[1], tuple[Use, ...])) for row in rows]


async def disagreements(tx: Transaction, program_id: int) -> list[Disagreement]:
    """Return redemptions that do not say what wallets say was held or spent for them."""
    found = []
    for account, statement in (("held", WITHOUT_HOLD), ("redeemed", WITHOUT_SPEND)):
        rows = await (await tx.execute(statement, {"program_id": program_id})).fetchall()
        found += [Disagreement("redemption", row[0], row[1], account, row[3], row[4], row[2]) for row in rows]
    return found


async def listing(  # noqa: PLR0913 - one per filter
    tx: Transaction,
    program_id: int,
    *,
    members: Collection[UUID] | None = None,
    reward: str | None = None,
    state: str | None = None,
    fulfilment: str | None = None,
    order_key: str | None = None,
    session: str | None = None,
    before: UUID | None = None,
    limit: int = 50,
) -> list[Redemption]:
    """Return a page of redemptions, newest first; `before` is the id of the last one seen."""
    names: dict[str, Any] = {
        "program_id": program_id,
        "members": None if members is None else list(members),
        "reward": reward,
        "state": state,
        "fulfilment": fulfilment,
        "order_key": order_key,
        "session": session,
        "before": before,
        "limit": limit,
    }
    return [store.redemption_of(row) for row in await (await tx.execute(LIST, names)).fetchall()]


async def find(tx: Transaction, program_id: int, id: UUID) -> Redemption | None:
    """Return one redemption."""
    return (await store.load(tx, program_id, [id])).get(id)
