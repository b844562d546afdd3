"""Writes and locks of `holder` and `transfer`: a batch is one statement and one JSON parameter each."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Raw
from msgspec.structs import astuple

from puntal.kit.db import Transaction, array, array_of_arrays, array_of_json
from puntal.ledger.model import MEMBER_ACCOUNTS, Holder, Transfer

OPEN_HOLDERS = """
-- Makes rows that LOCK_HOLDERS did not find. Two statements, not one: a statement cannot lock a row that another
-- transaction committed after the statement began. Sorted, so that two batches wait for each other in one direction
-- only.
INSERT INTO holder (program_id, id, settled_to)
SELECT %(program_id)s, wanted.id, %(now)s
FROM unnest(%(ids)s::uuid[]) AS wanted (id)
ORDER BY wanted.id
ON CONFLICT (program_id, id) DO NOTHING
"""

LOCK_HOLDERS = """
-- Holds the rows until the transaction ends; the order is what rules out deadlock. NO KEY: nothing refers to them.
SELECT id, available, pending, held, debt, settled_to, due_at, convert_to(running::text, 'UTF8')
FROM holder
WHERE program_id = %(program_id)s AND id = ANY(%(ids)s::uuid[])
ORDER BY id
FOR NO KEY UPDATE
"""

READ_HOLDERS = """
-- As they are, locking nothing.
SELECT id, available, pending, held, debt, settled_to, due_at, convert_to(running::text, 'UTF8')
FROM holder
WHERE program_id = %(program_id)s AND id = ANY(%(ids)s::uuid[])
ORDER BY id
"""

WRITE_HOLDERS = """
-- The rows are locked by LOCK_HOLDERS already. No index is touched unless `due_at` changes.
UPDATE holder
SET available = r.available::bigint[], pending = r.pending::bigint[], held = r.held::bigint[], debt = r.debt::bigint[],
    settled_to = r.settled_to, due_at = r.due_at, running = r.running::json,
    review_on = coalesce(r.review_on, holder.review_on)
FROM unnest(%(id)s::uuid[], %(available)s::text[], %(pending)s::text[], %(held)s::text[], %(debt)s::text[],
  %(settled_to)s::timestamptz[], %(due_at)s::timestamptz[], %(running)s::text[], %(review_on)s::date[])
  AS r (id, available, pending, held, debt, settled_to, due_at, running, review_on)
WHERE holder.program_id = %(program_id)s AND holder.id = r.id
"""

INSERT_TRANSFERS = """
-- Append-only; waits for nobody.
INSERT INTO transfer (program_id, holder_id, id, wallet, kind, source, destination, amount, effective_at, recorded_at,
  event_id, rule, order_key, revision, other_holder_id, note)
SELECT %(program_id)s, r.holder_id, r.id, r.wallet, r.kind, r.source, r.destination, r.amount, r.effective_at,
  r.recorded_at, r.event_id, r.rule, r.order_key, r.revision, r.other_holder_id, r.note::json
FROM unnest(%(holder_id)s::uuid[], %(id)s::uuid[], %(wallet)s::smallint[], %(kind)s::text[], %(source)s::text[],
  %(destination)s::text[], %(amount)s::bigint[], %(effective_at)s::timestamptz[], %(recorded_at)s::timestamptz[],
  %(event_id)s::text[], %(rule)s::text[], %(order_key)s::text[], %(revision)s::integer[], %(other_holder_id)s::uuid[],
  %(note)s::text[])
  AS r (holder_id, id, wallet, kind, source, destination, amount, effective_at, recorded_at, event_id, rule, order_key,
    revision, other_holder_id, note)
"""

SINCE_DAY = """
  SELECT holder_id, wallet, available, pending, held, debt
  FROM checkpoint WHERE program_id = %(program_id)s AND day = %(before)s
  UNION ALL
  SELECT holder_id, wallet,
    CASE 'available' WHEN destination THEN amount WHEN source THEN -amount ELSE 0 END,
    CASE 'pending' WHEN destination THEN amount WHEN source THEN -amount ELSE 0 END,
    CASE 'held' WHEN destination THEN amount WHEN source THEN -amount ELSE 0 END,
    CASE 'debt' WHEN destination THEN -amount WHEN source THEN amount ELSE 0 END
  FROM transfer
  WHERE program_id = %(program_id)s AND recorded_at >= %(recorded_from)s
"""
"""A closed day and the transfers recorded since, to be added up."""

CLOSE_DAY = f"""
-- What the checkpoint before and the transfers recorded since add up to. The second of two closings writes nothing.
INSERT INTO checkpoint (program_id, day, recorded_to, holder_id, wallet, available, pending, held, debt)
SELECT %(program_id)s, %(day)s, %(recorded_to)s, holder_id, wallet, sum(available), sum(pending), sum(held), sum(debt)
FROM ({SINCE_DAY} AND recorded_at < %(recorded_to)s) AS parts
GROUP BY holder_id, wallet
ON CONFLICT (program_id, day, holder_id, wallet) DO NOTHING
"""  # noqa: S608 - our own constant

DROP_CHECKPOINTS = """
-- Older ones have been added into newer ones.
DELETE FROM checkpoint WHERE program_id = %(program_id)s AND day < %(before)s
"""

REOPEN_DAYS = """
-- The next closing adds up every transfer again.
DELETE FROM checkpoint WHERE program_id = %(program_id)s
"""


_HOLDER_ACCOUNTS = MEMBER_ACCOUNTS
_HOLDER_PLAIN = ("id", "settled_to", "due_at", "review_on")
*_TRANSFER_PLAIN, _LAST = Transfer.__struct_fields__
assert _LAST == "note", "columns and fields go side by side"
_note = msgspec.json.Encoder(decimal_format="number").encode


async def close_day(
    tx: Transaction, program_id: int, *, day: date, recorded_to: datetime, before: tuple[date, datetime] | None
) -> int:
    """Write the checkpoint of a day upon the one before and drop those before that; returns its rows."""
    last_day, recorded_from = before or (date.min, datetime(1, 1, 1, tzinfo=UTC))
    names = {"program_id": program_id, "day": day, "recorded_to": recorded_to}
    closed = await tx.execute(CLOSE_DAY, names | {"before": last_day, "recorded_from": recorded_from})
    await tx.execute(DROP_CHECKPOINTS, {"program_id": program_id, "before": last_day})
    return closed.rowcount


async def reopen_days(tx: Transaction, program_id: int) -> None:
    """Drop every checkpoint."""
    await tx.execute(REOPEN_DAYS, {"program_id": program_id})


async def open_holders(tx: Transaction, program_id: int, ids: Collection[UUID], now: datetime) -> None:
    """Make the rows that are not there yet, with nothing in them."""
    await tx.execute(OPEN_HOLDERS, {"program_id": program_id, "ids": list(ids), "now": now})


async def lock_holders(tx: Transaction, program_id: int, ids: Collection[UUID]) -> dict[UUID, Holder]:
    """Return those of the holders that exist, locked until `tx` ends."""
    return await _holders(tx, LOCK_HOLDERS, program_id, ids)


async def read_holders(tx: Transaction, program_id: int, ids: Collection[UUID]) -> dict[UUID, Holder]:
    """Return those of the holders that exist, as committed."""
    return await _holders(tx, READ_HOLDERS, program_id, ids)


async def _holders(tx: Transaction, statement: str, program_id: int, ids: Collection[UUID]) -> dict[UUID, Holder]:
    # Binary: arrays and ids need no parsing.
    async with tx.cursor(binary=True) as cursor:
        await cursor.execute(statement, {"program_id": program_id, "ids": array(list(ids))})
        return {
            id: Holder(id, available, pending, held, debt, settled_to, due_at, Raw(running))
            for id, available, pending, held, debt, settled_to, due_at, running in await cursor.fetchall()
        }


async def write_holders(tx: Transaction, program_id: int, holders: Sequence[Holder]) -> None:
    """Write the rows of locked holders back."""
    names = {name: array([getattr(holder, name) for holder in holders]) for name in _HOLDER_PLAIN}
    names |= {name: array_of_arrays([getattr(holder, name) for holder in holders]) for name in _HOLDER_ACCOUNTS}
    names["running"] = array_of_json([bytes(holder.running) for holder in holders])
    await tx.execute(WRITE_HOLDERS, {"program_id": program_id, **names})


async def insert_transfers(tx: Transaction, program_id: int, transfers: Sequence[Transfer]) -> None:
    """Append transfers."""
    *plain, notes = zip(*map(astuple, transfers), strict=True)
    names = {name: array(column) for name, column in zip(_TRANSFER_PLAIN, plain, strict=True)}
    await tx.execute(
        INSERT_TRANSFERS, {"program_id": program_id, "note": array([_noted(note) for note in notes]), **names}
    )


def _noted(note: dict[str, Any] | None) -> str | None:
    return None if note is None else _note(note).decode()
