"""SQL of `voucher_batch`, and of the many vouchers of one: staged by COPY, handed out one by one.

COPY cannot write into tables under row security; a temporary table has none, and vanishes with the transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from puntal.kit.db import Transaction, encode
from puntal.rewards.model_vouchers import Batch, Issue, Voucher, VoucherTerms
from puntal.rewards.store import vouchers

INSERT = """
-- A known id is a retry.
INSERT INTO voucher_batch (program_id, id, name, reward, kind, state, prefix, length, wanted, valid_from, ends_at,
  currency, amount, terms, low_at, created_at, created_by, done_at)
SELECT %(program_id)s, r.id, r.name, r.reward, r.kind, r.state, r.prefix, r.length, r.wanted, r.valid_from, r.ends_at,
  r.currency, r.amount, r.terms, r.low_at, r.created_at, r.created_by, r.done_at
FROM json_to_recordset(%(rows)s::json)
  AS r (id uuid, name text, reward text, kind text, state text, prefix text, length smallint, wanted bigint,
    valid_from timestamptz, ends_at timestamptz, currency text, amount bigint, terms json, low_at integer,
    created_at timestamptz, created_by text, done_at timestamptz)
ON CONFLICT (program_id, id) DO NOTHING
RETURNING id
"""

_COLUMNS = """
SELECT id, name, reward, kind, state, prefix, length, wanted, made, valid_from, ends_at, currency, amount,
  terms::text, low_at, created_at, created_by, done_at
FROM voucher_batch
WHERE program_id = %(program_id)s
"""

LOAD = f"""
-- Reads without a lock.
{_COLUMNS} AND id = %(id)s
"""

LIST = f"""
-- Newest first: ids grow with time.
{_COLUMNS} AND id < %(before)s
ORDER BY id DESC
LIMIT %(limit)s
"""

LOCK = f"""
-- Holds the batch until the transaction ends: two that fill it follow one another.
{_COLUMNS} AND id = %(id)s
ORDER BY id
FOR NO KEY UPDATE
"""

ADVANCE = """
-- The batch is locked. Of an imported one `wanted` follows, for nobody said how many there would be.
UPDATE voucher_batch
SET made = made + %(added)s, wanted = greatest(wanted, made + %(added)s), state = %(state)s,
  done_at = CASE WHEN %(state)s = 'done' THEN coalesce(done_at, %(now)s) END,
  low_told_at = CASE WHEN %(added)s > 0 AND kind = 'imported' THEN NULL ELSE low_told_at END
WHERE program_id = %(program_id)s AND id = %(id)s
"""

DROP = """
-- Its codes end with it, portion by portion; nothing is added or handed out from now on.
UPDATE voucher_batch SET state = 'void' WHERE program_id = %(program_id)s AND id = %(id)s AND state <> 'void'
RETURNING id
"""

STAGE = """
CREATE TEMPORARY TABLE IF NOT EXISTS stage_voucher (
  line bigint NOT NULL, id uuid NOT NULL, code text NOT NULL, shown text, member_id uuid, ends_at timestamptz
) ON COMMIT DROP;
TRUNCATE stage_voucher
"""

COPY = "COPY stage_voucher (line, id, code, shown, member_id, ends_at) FROM STDIN"

MEASURE = """
-- Without figures the planner takes the staged rows for a few.
ANALYZE stage_voucher
"""

INSERT_STAGED = """
-- In the order of codes, so that parallel fillings wait for each other in one direction; a code that is there is left
-- to whoever has it.
INSERT INTO voucher (program_id, id, code, shown, reward, state, member_id, batch_id, origin, issued_at, valid_from,
  ends_at, currency, amount, remaining)
SELECT %(program_id)s, s.id, s.code, s.shown, b.reward, CASE b.amount WHEN 0 THEN 'inactive' ELSE 'issued' END,
  s.member_id, b.id,
  CASE b.kind WHEN 'imported' THEN 'import' ELSE 'batch' END, %(now)s, b.valid_from, coalesce(s.ends_at, b.ends_at),
  b.currency, b.amount, b.amount
FROM stage_voucher s
JOIN voucher_batch b ON b.program_id = %(program_id)s AND b.id = %(batch)s
ORDER BY s.code
ON CONFLICT (program_id, code) DO NOTHING
"""

TAKEN = """
-- Staged codes that are another's: of the same batch they are known, of anybody else's taken.
SELECT s.line, v.batch_id IS NOT DISTINCT FROM %(batch)s::uuid
FROM stage_voucher s
JOIN voucher v ON v.program_id = %(program_id)s AND v.code = s.code
WHERE v.id <> s.id
ORDER BY s.line
"""

STRANGERS = """
-- Lines that name somebody who is not a member.
SELECT s.line FROM stage_voucher s
WHERE s.member_id IS NOT NULL AND NOT EXISTS (
  SELECT FROM member m WHERE m.program_id = %(program_id)s AND m.id = s.member_id AND m.status IN ('active', 'paused')
)
ORDER BY s.line
"""

DROP_STAGED = """
DELETE FROM stage_voucher WHERE line = ANY(%(lines)s::bigint[])
"""

HAND_OUT = """
-- As many free codes as there are takers; those another redemption is just taking are passed over, so nobody waits.
WITH free AS (
  SELECT v.id FROM voucher v
  JOIN voucher_batch b ON b.program_id = %(program_id)s AND b.id = v.batch_id AND b.state <> 'void'
  WHERE v.program_id = %(program_id)s AND v.batch_id = %(batch)s AND v.member_id IS NULL AND v.cause IS NULL
    AND v.state = 'issued' AND v.held = 0 AND v.remaining = v.amount AND (v.ends_at IS NULL OR v.ends_at > %(now)s)
  ORDER BY v.id
  LIMIT (SELECT count(*) FROM json_array_elements(%(takers)s::json))
  FOR NO KEY UPDATE OF v SKIP LOCKED
), numbered AS (
  SELECT id, row_number() OVER (ORDER BY id) AS n FROM free
), taker AS (
  SELECT t.n, r.member_id, r.origin, r.cause, r.valid_from, r.ends_at, r.terms
  FROM json_array_elements(%(takers)s::json) WITH ORDINALITY AS t (item, n),
    json_to_record(t.item) AS r (member_id uuid, origin text, cause text, valid_from timestamptz,
      ends_at timestamptz, terms json)
)
UPDATE voucher v
SET member_id = t.member_id, origin = t.origin, cause = t.cause, issued_at = %(now)s, valid_from = t.valid_from,
  ends_at = least(v.ends_at, t.ends_at), terms = t.terms
FROM numbered n
JOIN taker t ON t.n = n.n
WHERE v.program_id = %(program_id)s AND v.id = n.id
RETURNING v.id, t.n
"""

HANDED = f"""
-- What causes were given of a batch before.
{vouchers.COLUMNS} AND v.batch_id = %(batch)s AND v.cause = ANY(%(causes)s::text[])
ORDER BY v.id
"""

FALL_LOW = """
-- Told once until codes are added. Counts no further than the mark.
UPDATE voucher_batch b SET low_told_at = %(now)s
FROM (
  SELECT count(*) AS left_over FROM (
    SELECT FROM voucher v
    WHERE v.program_id = %(program_id)s AND v.batch_id = %(batch)s AND v.member_id IS NULL AND v.cause IS NULL
      AND v.state = 'issued'
    LIMIT (SELECT low_at FROM voucher_batch WHERE program_id = %(program_id)s AND id = %(batch)s)
  ) AS free
) AS counted
WHERE b.program_id = %(program_id)s AND b.id = %(batch)s AND b.low_told_at IS NULL AND counted.left_over < b.low_at
RETURNING counted.left_over
"""

PAGE = f"""
-- Codes of a batch in the order of ids, for a file.
{vouchers.COLUMNS} AND v.batch_id = %(batch)s AND v.id > %(after)s
ORDER BY v.id
LIMIT %(limit)s
"""

UNUSED = """
-- Some of what is left of a batch; locked by id afterwards.
SELECT id FROM voucher
WHERE program_id = %(program_id)s AND batch_id = %(batch)s AND state IN ('issued', 'held', 'inactive')
ORDER BY id
LIMIT %(limit)s
"""

_read_terms = msgspec.json.Decoder(VoucherTerms).decode
_BATCH = (
    "id", "name", "reward", "kind", "state", "prefix", "length", "wanted", "made", "valid_from", "ends_at",
    "currency", "amount", "terms", "low_at", "created_at", "created_by", "done_at",
)  # fmt: skip


async def insert(tx: Transaction, program_id: int, batch: Batch) -> bool:
    """Add a batch; False when its id is known."""
    cursor = await tx.execute(INSERT, {"program_id": program_id, "rows": encode([batch])})
    return await cursor.fetchone() is not None


async def load(tx: Transaction, program_id: int, id: UUID) -> Batch | None:
    """Return a batch, unlocked."""
    return next(iter(await _batches(tx, LOAD, program_id, id=id)), None)


async def lock(tx: Transaction, program_id: int, id: UUID) -> Batch | None:
    """Return a batch, locked until `tx` ends."""
    return next(iter(await _batches(tx, LOCK, program_id, id=id)), None)


async def listing(tx: Transaction, program_id: int, *, before: UUID, limit: int) -> list[Batch]:
    """Return batches, newest first."""
    return await _batches(tx, LIST, program_id, before=before, limit=limit)


async def advance(tx: Transaction, program_id: int, id: UUID, *, added: int, state: str, now: datetime) -> None:
    """Note that codes were added to a locked batch."""
    await tx.execute(ADVANCE, {"program_id": program_id, "id": id, "added": added, "state": state, "now": now})


async def drop(tx: Transaction, program_id: int, id: UUID) -> bool:
    """Make a batch void; whether it was not."""
    cursor = await tx.execute(DROP, {"program_id": program_id, "id": id})
    return await cursor.fetchone() is not None


async def stage(tx: Transaction, rows: Iterable[tuple[Any, ...]]) -> None:
    """COPY lines (line, id, code, shown, member, end) into the staging table, emptied before."""
    await tx.execute(STAGE)
    async with tx.cursor() as cursor, cursor.copy(COPY) as staged:
        for row in rows:
            await staged.write_row(row)
    await tx.execute(MEASURE)


async def insert_staged(tx: Transaction, program_id: int, batch: UUID, now: datetime) -> int:
    """Make vouchers of the staged lines whose codes are free; return how many."""
    return (await tx.execute(INSERT_STAGED, {"program_id": program_id, "batch": batch, "now": now})).rowcount


async def taken(tx: Transaction, program_id: int, batch: UUID) -> list[tuple[int, bool]]:
    """Return the staged lines whose code is another voucher's, and whether that is of the same batch."""
    cursor = await tx.execute(TAKEN, {"program_id": program_id, "batch": batch})
    return [(row[0], row[1]) for row in await cursor.fetchall()]


async def strangers(tx: Transaction, program_id: int) -> list[int]:
    """Return the staged lines that name nobody we know, and take them off the stage."""
    lines = [row[0] for row in await (await tx.execute(STRANGERS, {"program_id": program_id})).fetchall()]
    if lines:
        await tx.execute(DROP_STAGED, {"lines": lines})
    return lines


async def hand_out(tx: Transaction, program_id: int, batch: UUID, takers: Sequence[Issue], now: datetime) -> list[UUID]:
    """Give takers free codes; return theirs in order, fewer where there were fewer."""
    rows = [{name: getattr(one, name) for name in _TAKER} for one in takers]
    cursor = await tx.execute(HAND_OUT, {"program_id": program_id, "batch": batch, "takers": encode(rows), "now": now})
    return [row[0] for row in sorted(await cursor.fetchall(), key=lambda row: int(row[1]))]


_TAKER = ("member_id", "origin", "cause", "valid_from", "ends_at", "terms")


async def handed(tx: Transaction, program_id: int, batch: UUID, causes: Collection[str]) -> list[Voucher]:
    """Return what these causes were given of a batch."""
    if not causes:
        return []
    return await vouchers.read(tx, HANDED, program_id, batch=batch, causes=list(causes))


async def fall_low(tx: Transaction, program_id: int, batch: UUID, now: datetime) -> int | None:
    """Return how many are left where that was not told before and is below the mark."""
    row = await (await tx.execute(FALL_LOW, {"program_id": program_id, "batch": batch, "now": now})).fetchone()
    return None if row is None else int(row[0])


async def page(tx: Transaction, program_id: int, batch: UUID, *, after: UUID, limit: int) -> list[Voucher]:
    """Return vouchers of a batch by id."""
    return await vouchers.read(tx, PAGE, program_id, batch=batch, after=after, limit=limit)


async def unused(tx: Transaction, program_id: int, batch: UUID, *, limit: int) -> list[UUID]:
    """Return some of what is left of a batch."""
    cursor = await tx.execute(UNUSED, {"program_id": program_id, "batch": batch, "limit": limit})
    return [row[0] for row in await cursor.fetchall()]


async def _batches(tx: Transaction, statement: str, program_id: int, **names: object) -> list[Batch]:
    cursor = await tx.execute(statement.encode(), {"program_id": program_id, **names})
    found = []
    for row in await cursor.fetchall():
        named = dict(zip(_BATCH, row, strict=True))
        named["terms"] = _read_terms(named["terms"])
        found.append(Batch(**named))
    return found
