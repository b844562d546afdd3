"""SQL of `voucher` and `voucher_use`: locks, issues, changes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from puntal.kit.db import Transaction, array, encode
from puntal.rewards.model_vouchers import Issue, Use, Voucher, VoucherTerms

COLUMNS = """
SELECT v.id, v.code, v.shown, v.reward, v.state, v.member_id, v.batch_id, v.origin, v.cause, v.issued_at,
  v.valid_from, v.ends_at, v.currency, v.amount, v.remaining, v.held, coalesce(v.terms, b.terms)::text, v.ended_at,
  v.ended_because
FROM voucher v
LEFT JOIN voucher_batch b ON b.program_id = %(program_id)s AND b.id = v.batch_id
WHERE v.program_id = %(program_id)s
"""

LOAD = f"""
-- Reads without a lock.
{COLUMNS} AND v.id = ANY(%(ids)s::uuid[])
ORDER BY v.id
"""

FIND = f"""
-- By code, without a lock: whoever acts on what it finds locks by id and looks again.
{COLUMNS} AND v.code = ANY(%(codes)s::text[])
"""

LOCK = f"""
-- Holds the vouchers until the transaction ends: of the till and the web shop one waits here for the other. In the
-- order of ids, after holders and before events. NO KEY: nothing changes what a voucher is found by.
{COLUMNS} AND v.id = ANY(%(ids)s::uuid[])
ORDER BY v.id
FOR NO KEY UPDATE OF v
"""

LOAD_USES = """
-- What is held of locked vouchers, and what the callers name.
SELECT u.voucher_id, u.reference, u.state, u.amount, u.at, u.lapses_at, u.ended_at, u.member_id, u.order_key, u.channel,
  u.store, u.actor, u.discount_minor
FROM voucher_use u
WHERE u.program_id = %(program_id)s AND u.voucher_id = ANY(%(ids)s::uuid[])
  AND (u.state = 'held' OR u.reference = ANY(%(references)s::text[]))
ORDER BY u.voucher_id, u.at, u.reference
"""

INSERT = """
-- A known id is a retry, a known code a drawn twice: both are left alone, and the caller sees which are missing.
INSERT INTO voucher (program_id, id, code, reward, state, member_id, batch_id, origin, cause, issued_at, valid_from,
  ends_at, currency, amount, remaining, terms)
SELECT %(program_id)s, r.id, r.code, r.reward, 'issued', r.member_id, r.batch_id, r.origin, r.cause, %(now)s,
  r.valid_from, r.ends_at, r.currency, r.amount, r.amount, r.terms
FROM json_to_recordset(%(rows)s::json)
  AS r (id uuid, code text, reward text, member_id uuid, batch_id uuid, origin text, cause text,
    valid_from timestamptz, ends_at timestamptz, currency text, amount bigint, terms json)
ORDER BY r.code
ON CONFLICT DO NOTHING
RETURNING id
"""

WRITE = """
-- Vouchers held by LOCK. That nothing is used twice the lock decides and the constraints repeat.
UPDATE voucher v
SET state = r.state, remaining = r.remaining, held = r.held, member_id = r.member_id, ended_at = r.ended_at,
  ended_because = r.ended_because
FROM unnest(%(id)s::uuid[], %(state)s::text[], %(remaining)s::bigint[], %(held)s::bigint[], %(member_id)s::uuid[],
  %(ended_at)s::timestamptz[], %(ended_because)s::text[])
  AS r (id, state, remaining, held, member_id, ended_at, ended_because)
WHERE v.program_id = %(program_id)s AND v.id = r.id
"""

WRITE_USES = """
-- Uses of locked vouchers: new ones, and those that went on.
INSERT INTO voucher_use (program_id, voucher_id, reference, state, amount, at, lapses_at, ended_at, member_id,
  order_key, channel, store, actor, discount_minor)
SELECT %(program_id)s, r.voucher_id, r.reference, r.state, r.amount, r.at, r.lapses_at, r.ended_at, r.member_id,
  r.order_key, r.channel, r.store, r.actor, r.discount_minor
FROM json_to_recordset(%(rows)s::json)
  AS r (voucher_id uuid, reference text, state text, amount bigint, at timestamptz, lapses_at timestamptz,
    ended_at timestamptz, member_id uuid, order_key text, channel text, store text, actor text, discount_minor bigint)
ORDER BY r.voucher_id, r.reference
ON CONFLICT (program_id, voucher_id, reference) DO UPDATE
SET state = excluded.state, amount = excluded.amount, at = excluded.at, lapses_at = excluded.lapses_at,
  ended_at = excluded.ended_at, member_id = excluded.member_id, order_key = excluded.order_key,
  channel = excluded.channel, store = excluded.store, actor = excluded.actor,
  discount_minor = excluded.discount_minor
"""

ACTIVATE = """
-- A card that was printed gets its value; it is locked. Its terms are those of its sale.
UPDATE voucher
SET state = 'issued', amount = %(amount)s, remaining = %(amount)s, ends_at = %(ends_at)s, member_id = %(member_id)s,
  issued_at = %(now)s, terms = %(terms)s::json
WHERE program_id = %(program_id)s AND id = %(id)s AND state = 'inactive'
"""

OVERDUE_HOLDS = """
-- Vouchers with something held for too long; they are locked by id afterwards.
SELECT DISTINCT u.voucher_id FROM voucher_use u
WHERE u.program_id = %(program_id)s AND u.state = 'held' AND u.lapses_at <= %(now)s
LIMIT %(limit)s
"""

DUE = f"""
-- Some of the vouchers whose time is over; a look without a lock.
{COLUMNS} AND v.state = 'issued' AND v.held = 0 AND v.ends_at <= %(now)s
ORDER BY v.ends_at, v.id
LIMIT %(limit)s
"""

UNUSED_OF_REWARD = f"""
-- Some of what is left of a reward, for a kill switch; a look without a lock.
{COLUMNS} AND v.reward = %(reward)s AND v.state IN ('issued', 'held') AND v.id > %(after)s
ORDER BY v.id
LIMIT %(limit)s
"""

UNUSED = f"""
-- Some of what is left in a program that is closed; a look without a lock. Of money only what was given: what was paid
-- for is owed.
{COLUMNS} AND v.state IN ('issued', 'held') AND v.id > %(after)s
  AND (v.currency IS NULL OR EXISTS (
    SELECT FROM gift_card g WHERE g.program_id = %(program_id)s AND g.id = v.id AND g.origin = 'granted'))
ORDER BY v.id
LIMIT %(limit)s
"""

UNUSED_OF_CAUSES = f"""
-- What is left of the vouchers that redemptions or events gave; a look without a lock.
{COLUMNS} AND v.cause = ANY(%(causes)s::text[]) AND v.state IN ('issued', 'held')
ORDER BY v.id
"""

CAUSES_WITH_CODE = """
-- Which causes got a code, whatever became of it.
SELECT DISTINCT cause FROM voucher WHERE program_id = %(program_id)s AND cause = ANY(%(causes)s::text[]) ORDER BY cause
"""

REASSIGN = """
-- Vouchers that belong to another member from now on, and what she used of them; both members are locked.
WITH uses AS (
  UPDATE voucher_use SET member_id = %(target)s
  WHERE program_id = %(program_id)s AND member_id = %(source)s AND (%(all)s OR voucher_id = ANY(%(only)s::uuid[]))
)
UPDATE voucher SET member_id = %(target)s
WHERE program_id = %(program_id)s AND member_id = %(source)s AND (%(all)s OR id = ANY(%(only)s::uuid[]))
RETURNING id
"""

FOLLOW_CARDS = """
-- Stamp cards moved with their stamps; what they gave follows. Both holders are locked.
UPDATE voucher v SET cause = f.holder_id::text
FROM finished_card f
WHERE v.program_id = %(program_id)s AND f.program_id = %(program_id)s AND v.origin = 'card' AND f.id = v.id
  AND v.cause = ANY(ARRAY[%(source)s::uuid::text, %(target)s::uuid::text]) AND v.cause <> f.holder_id::text
"""

_read_terms = msgspec.json.Decoder(VoucherTerms).decode


async def load(tx: Transaction, program_id: int, ids: Collection[UUID]) -> dict[UUID, Voucher]:
    """Return vouchers by id, unlocked."""
    return {one.id: one for one in await read(tx, LOAD, program_id, ids=list(ids))} if ids else {}


async def find(tx: Transaction, program_id: int, codes: Collection[str]) -> dict[str, Voucher]:
    """Return vouchers by code, unlocked; always one statement, so that a miss takes as long as a hit."""
    return {one.code: one for one in await read(tx, FIND, program_id, codes=list(codes))}


async def lock(tx: Transaction, program_id: int, ids: Collection[UUID]) -> dict[UUID, Voucher]:
    """Return vouchers by id, locked until `tx` ends."""
    return {one.id: one for one in await read(tx, LOCK, program_id, ids=list(ids))} if ids else {}


async def load_uses(
    tx: Transaction, program_id: int, ids: Collection[UUID], references: Collection[str]
) -> dict[UUID, list[Use]]:
    """Return by voucher what is held of it, and what stands under the references."""
    if not ids:
        return {}
    names = {"program_id": program_id, "ids": list(ids), "references": list(references)}
    found: dict[UUID, list[Use]] = {}
    for row in await (await tx.execute(LOAD_USES, names)).fetchall():
        found.setdefault(row[0], []).append(Use(**dict(zip(_USE, row, strict=True))))
    return found


async def insert(tx: Transaction, program_id: int, issues: Sequence[tuple[Issue, str]], now: datetime) -> set[UUID]:
    """Add vouchers under their codes; return the ids that were added."""
    rows = [
        {name: getattr(issue, name) for name in _ISSUE} | {"code": code, "terms": issue.terms} for issue, code in issues
    ]
    cursor = await tx.execute(INSERT, {"program_id": program_id, "rows": encode(rows), "now": now})
    return {row[0] for row in await cursor.fetchall()}


async def write(tx: Transaction, program_id: int, vouchers: Sequence[Voucher], uses: Sequence[Use]) -> None:
    """Write locked vouchers and their uses back: one statement each, none for what is empty."""
    if vouchers:
        columns: dict[str, Any] = {name: array([getattr(one, name) for one in vouchers]) for name in _CHANGES}
        await tx.execute(WRITE, {"program_id": program_id, **columns})
    if uses:
        await tx.execute(WRITE_USES, {"program_id": program_id, "rows": encode(list(uses))})


async def activate(tx: Transaction, program_id: int, card: Issue, now: datetime) -> None:
    """Give a locked card that was printed its value."""
    names = {
        "program_id": program_id, "id": card.id, "amount": card.amount, "ends_at": card.ends_at,
        "member_id": card.member_id, "terms": msgspec.json.encode(card.terms).decode(), "now": now,
    }  # fmt: skip
    await tx.execute(ACTIVATE, names)


async def overdue_holds(tx: Transaction, program_id: int, *, now: datetime, limit: int) -> list[UUID]:
    """Return vouchers with something held for too long."""
    cursor = await tx.execute(OVERDUE_HOLDS, {"program_id": program_id, "now": now, "limit": limit})
    return [row[0] for row in await cursor.fetchall()]


async def due(tx: Transaction, program_id: int, *, now: datetime, limit: int) -> list[Voucher]:
    """Return some vouchers whose time is over."""
    return await read(tx, DUE, program_id, now=now, limit=limit)


async def unused_of_reward(tx: Transaction, program_id: int, reward: str, *, after: UUID, limit: int) -> list[Voucher]:
    """Return some of what is left of a reward, by id."""
    return await read(tx, UNUSED_OF_REWARD, program_id, reward=reward, after=after, limit=limit)


async def unused(tx: Transaction, program_id: int, *, after: UUID, limit: int) -> list[Voucher]:
    """Return some of what is left of any reward and is not money, by id."""
    return await read(tx, UNUSED, program_id, after=after, limit=limit)


async def unused_of_causes(tx: Transaction, program_id: int, causes: Collection[str]) -> list[Voucher]:
    """Return what is left of what redemptions or events gave."""
    return await read(tx, UNUSED_OF_CAUSES, program_id, causes=list(causes)) if causes else []


async def causes_with_code(tx: Transaction, program_id: int, causes: Collection[str]) -> set[str]:
    """Return those of the causes that got a code."""
    cursor = await tx.execute(CAUSES_WITH_CODE, {"program_id": program_id, "causes": list(causes)})
    return {row[0] for row in await cursor.fetchall()}


async def reassign(
    tx: Transaction, program_id: int, *, source: UUID, target: UUID, only: Collection[UUID] | None
) -> list[UUID]:
    """Make vouchers another member's; return which."""
    names = {
        "program_id": program_id, "source": source, "target": target, "all": only is None, "only": list(only or ()),
    }  # fmt: skip
    moved = [row[0] for row in await (await tx.execute(REASSIGN, names)).fetchall()]
    await tx.execute(FOLLOW_CARDS, {"program_id": program_id, "source": source, "target": target})
    return moved


async def read(tx: Transaction, statement: str, program_id: int, **names: object) -> list[Voucher]:
    """Return the vouchers that a statement of this store, one that begins with `COLUMNS`, finds."""
    cursor = await tx.execute(statement.encode(), {"program_id": program_id, **names})
    return [_voucher(row) for row in await cursor.fetchall()]


_VOUCHER = (
    "id", "code", "shown", "reward", "state", "member_id", "batch_id", "origin", "cause", "issued_at", "valid_from",
    "ends_at", "currency", "amount", "remaining", "held", "terms", "ended_at", "ended_because",
)  # fmt: skip
_USE = Use.__struct_fields__
_ISSUE = (
    "id", "reward", "member_id", "batch_id", "origin", "cause", "valid_from", "ends_at", "currency", "amount",
)  # fmt: skip
_CHANGES = ("id", "state", "remaining", "held", "member_id", "ended_at", "ended_because")


def _voucher(row: tuple[Any, ...]) -> Voucher:
    named = dict(zip(_VOUCHER, row, strict=True))
    named["terms"] = _read_terms(named["terms"])
    return Voucher(**named)
