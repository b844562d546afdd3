"""Vouchers for lists, for a person's file, and for checking the books."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from puntal.kit.db import Transaction
from puntal.ledger.model import Disagreement
from puntal.ledger.queries import NOBODY
from puntal.rewards.model_vouchers import Batch, Use, Voucher
from puntal.rewards.store import batches as batch_store
from puntal.rewards.store import vouchers as store

_FILTERS = """
  AND v.id < %(before)s
  AND (%(batch)s::uuid IS NULL OR v.batch_id = %(batch)s::uuid)
  AND (%(reward)s::text IS NULL OR v.reward = %(reward)s::text)
  AND (%(state)s::text IS NULL OR %(state)s::text = CASE
    WHEN v.state = 'issued' AND v.ends_at <= %(now)s THEN 'expired' ELSE v.state END)
ORDER BY v.id DESC
LIMIT %(limit)s
"""

LIST = f"""
-- Newest first: ids grow with time. What has ended by the clock is listed as expired, as it is shown.
{store.COLUMNS} {_FILTERS}
"""

LIST_OF_MEMBER = f"""
-- The same of one member, by her own index: of a million codes she has a few.
{store.COLUMNS} AND v.member_id = %(member)s {_FILTERS}
"""

USES = """
-- What was done with a voucher, oldest first.
SELECT voucher_id, reference, state, amount, at, lapses_at, ended_at, member_id, order_key, channel, store, actor,
  discount_minor
FROM voucher_use
WHERE program_id = %(program_id)s AND voucher_id = %(id)s
ORDER BY at, reference
LIMIT 200
"""

HELD = """
-- Every voucher of these members.
SELECT to_jsonb(v) - 'program_id' FROM voucher v
WHERE v.program_id = %(program_id)s AND v.member_id = ANY(%(members)s::uuid[])
ORDER BY v.id
"""

HELD_USES = """
-- What these members used, also of vouchers that were nobody's.
SELECT to_jsonb(u) - 'program_id' FROM voucher_use u
WHERE u.program_id = %(program_id)s AND u.member_id = ANY(%(members)s::uuid[])
ORDER BY u.at, u.voucher_id, u.reference
"""

UNUSED_OF_MEMBERS = """
-- What members have left, of money only what was given to them; locked by id afterwards.
SELECT v.id FROM voucher v
WHERE v.program_id = %(program_id)s AND v.member_id = ANY(%(members)s::uuid[]) AND v.state IN ('issued', 'held')
  AND (v.currency IS NULL OR EXISTS (
    SELECT FROM gift_card g WHERE g.program_id = %(program_id)s AND g.id = v.id AND g.origin = 'granted'))
ORDER BY v.id
"""

USES_THAT_DISAGREE = """
-- What a voucher says is held and used must be the sum of its uses.
SELECT v.id, v.held, coalesce(sum(u.amount) FILTER (WHERE u.state = 'held'), 0),
  v.amount - v.remaining - v.held, coalesce(sum(u.amount) FILTER (WHERE u.state = 'used'), 0)
FROM voucher v
LEFT JOIN voucher_use u ON u.program_id = %(program_id)s AND u.voucher_id = v.id
WHERE v.program_id = %(program_id)s
GROUP BY v.id, v.held, v.amount, v.remaining
HAVING v.held <> coalesce(sum(u.amount) FILTER (WHERE u.state = 'held'), 0)
  OR v.amount - v.remaining - v.held <> coalesce(sum(u.amount) FILTER (WHERE u.state = 'used'), 0)
ORDER BY v.id
LIMIT 1000
"""

STRAYS = """
-- Uses without a voucher, vouchers without their batch or member, and finished cards that say otherwise than theirs.
SELECT 'use', u.voucher_id::text || '/' || u.reference FROM voucher_use u
WHERE u.program_id = %(program_id)s AND NOT EXISTS (
  SELECT FROM voucher v WHERE v.program_id = %(program_id)s AND v.id = u.voucher_id)
UNION ALL
SELECT 'batch', v.id::text FROM voucher v
WHERE v.program_id = %(program_id)s AND v.batch_id IS NOT NULL AND NOT EXISTS (
  SELECT FROM voucher_batch b WHERE b.program_id = %(program_id)s AND b.id = v.batch_id)
UNION ALL
SELECT 'member', v.id::text FROM voucher v
WHERE v.program_id = %(program_id)s AND v.member_id IS NOT NULL AND NOT EXISTS (
  SELECT FROM member m WHERE m.program_id = %(program_id)s AND m.id = v.member_id)
UNION ALL
SELECT 'card', v.id::text FROM voucher v
JOIN finished_card f ON f.program_id = %(program_id)s AND f.id = v.id
WHERE v.program_id = %(program_id)s AND v.origin = 'card'
  AND (f.state = 'unused' AND v.state <> 'issued' OR f.state = 'used' AND v.state = 'issued'
    OR f.state = 'void' AND v.state <> 'void')
ORDER BY 1, 2
LIMIT 1000
"""

COUNTS = """
-- Made, against what there is.
SELECT b.id, b.made, count(v.id)
FROM voucher_batch b
LEFT JOIN voucher v ON v.program_id = %(program_id)s AND v.batch_id = b.id
WHERE b.program_id = %(program_id)s
GROUP BY b.id, b.made
HAVING b.made <> count(v.id)
ORDER BY b.id
"""

STATES = """
-- How many of a batch are in which state, and how many of them nobody has.
SELECT state, count(*), count(*) FILTER (WHERE member_id IS NULL AND cause IS NULL) FROM voucher
WHERE program_id = %(program_id)s AND batch_id = %(batch)s
GROUP BY state
"""


async def listing(  # noqa: PLR0913 - the filters of a list
    tx: Transaction,
    program_id: int,
    *,
    before: UUID,
    limit: int,
    now: datetime,
    member: UUID | None = None,
    batch: UUID | None = None,
    reward: str | None = None,
    state: str | None = None,
) -> list[Voucher]:
    """Return vouchers, newest first."""
    return await store.read(
        tx,
        LIST if member is None else LIST_OF_MEMBER,
        program_id,
        before=before,
        limit=limit,
        now=now,
        member=member,
        batch=batch,
        reward=reward,
        state=state,
    )


async def uses(tx: Transaction, program_id: int, id: UUID) -> list[Use]:
    """Return what was done with a voucher."""
    rows = await (await tx.execute(USES, {"program_id": program_id, "id": id})).fetchall()
    return [Use(**dict(zip(Use.__struct_fields__, row, strict=True))) for row in rows]


async def load(tx: Transaction, program_id: int, ids: Collection[UUID]) -> dict[UUID, Voucher]:
    """Return vouchers by id."""
    return await store.load(tx, program_id, ids)


async def batch(tx: Transaction, program_id: int, id: UUID) -> Batch | None:
    """Return a batch."""
    return await batch_store.load(tx, program_id, id)


async def batches(tx: Transaction, program_id: int, *, before: UUID, limit: int) -> list[Batch]:
    """Return batches, newest first."""
    return await batch_store.listing(tx, program_id, before=before, limit=limit)


async def page(tx: Transaction, program_id: int, batch: UUID, *, after: UUID, limit: int) -> list[Voucher]:
    """Return vouchers of a batch in the order of ids."""
    return await batch_store.page(tx, program_id, batch, after=after, limit=limit)


async def states(tx: Transaction, program_id: int, batch: UUID) -> dict[str, int]:
    """Return how many of a batch are in each state, and under `free` how many nobody has yet."""
    rows = await (await tx.execute(STATES, {"program_id": program_id, "batch": batch})).fetchall()
    counts = {state: int(count) for state, count, _ in rows}
    return counts | {"free": sum(int(free) for state, _, free in rows if state == "issued")}


async def held_about(tx: Transaction, program_id: int, members: Collection[UUID]) -> dict[str, list[dict[str, Any]]]:
    """Return the vouchers of members and what they used, as JSON values."""
    names = {"program_id": program_id, "members": list(members)}
    vouchers = await (await tx.execute(HELD, names)).fetchall()
    used = await (await tx.execute(HELD_USES, names)).fetchall()
    return {"vouchers": [row[0] for row in vouchers], "voucher_uses": [row[0] for row in used]}


async def unused_of_members(tx: Transaction, program_id: int, members: Collection[UUID]) -> list[UUID]:
    """Return what members have left that is not money."""
    cursor = await tx.execute(UNUSED_OF_MEMBERS, {"program_id": program_id, "members": list(members)})
    return [row[0] for row in await cursor.fetchall()]


async def disagreements(tx: Transaction, program_id: int) -> Sequence[Disagreement]:
    """Return where vouchers, their uses, batches and stamp cards do not say the same."""
    names = {"program_id": program_id}
    wrong = []
    for id, held, sum_held, used, sum_used in await (await tx.execute(USES_THAT_DISAGREE, names)).fetchall():
        wrong.append(Disagreement("voucher", NOBODY, -1, "held", int(sum_held), held, str(id)))
        wrong.append(Disagreement("voucher", NOBODY, -1, "used", int(sum_used), used, str(id)))
    for kind, id in await (await tx.execute(STRAYS, names)).fetchall():
        wrong.append(Disagreement("voucher", NOBODY, -1, kind, 1, 0, id))
    for id, made, count in await (await tx.execute(COUNTS, names)).fetchall():
        wrong.append(Disagreement("voucher_batch", NOBODY, -1, "made", count, made, str(id)))
    return [each for each in wrong if each.expected != each.found]
