"""Reads and writes of `export` and `export_piece`."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from psycopg.types.json import Jsonb

from puntal.insight.exports.model import Export, Filters
from puntal.kit.db import Transaction

_COLUMNS = (
    "x.id, x.kind, x.format, x.filters, x.state, x.asked_by, x.asked_at, x.started_at, x.ended_at, x.expires_at,"
    " x.rows_total, x.rows_done, x.bytes, x.error, x.secret"
)

INSERT = """
-- Waits for nobody.
INSERT INTO export (program_id, id, kind, format, filters, state, asked_by, asked_at)
VALUES (%(program_id)s, %(id)s, %(kind)s, %(format)s, %(filters)s, 'waiting', %(asked_by)s, %(asked_at)s)
"""

FIND = f"""
-- Locks nothing.
SELECT {_COLUMNS} FROM export x WHERE x.program_id = %(program_id)s AND x.id = %(id)s
"""  # noqa: S608 - our own text, no input

PAGE = f"""
-- Locks nothing. Newest first; ids grow with time.
SELECT {_COLUMNS} FROM export x
WHERE x.program_id = %(program_id)s AND (%(before)s::uuid IS NULL OR x.id < %(before)s::uuid)
ORDER BY x.id DESC
LIMIT %(limit)s
"""  # noqa: S608 - our own text, no input

ACTIVE = """
-- Locks nothing.
SELECT count(*) FROM export WHERE program_id = %(program_id)s AND state IN ('waiting', 'running')
"""

BEGIN = """
-- One row: a run that is overtaken finds another number in it. Nothing where it is over.
UPDATE export SET state = 'running', run = run + 1, started_at = coalesce(started_at, %(now)s), rows_done = 0,
  rows_total = NULL, bytes = 0
WHERE program_id = %(program_id)s AND id = %(id)s AND state IN ('waiting', 'running')
RETURNING run
"""

TOTAL = """
-- One row.
UPDATE export SET rows_total = %(rows)s WHERE program_id = %(program_id)s AND id = %(id)s AND run = %(run)s
"""

CLEAR = """
-- Pieces of a run before, of exports that were cancelled, or whose time is over.
DELETE FROM export_piece WHERE program_id = %(program_id)s AND export_id = ANY(%(ids)s::uuid[])
"""

ADVANCE = """
-- One row. Nothing where it was cancelled or overtaken.
UPDATE export SET rows_done = %(rows)s, bytes = bytes + %(bytes)s
WHERE program_id = %(program_id)s AND id = %(id)s AND run = %(run)s AND state = 'running'
RETURNING run
"""

ADD_PIECE = """
-- Waits for nobody.
INSERT INTO export_piece (program_id, export_id, number, data)
VALUES (%(program_id)s, %(id)s, %(number)s, %(data)s)
"""

END = """
-- One row. Nothing where it was cancelled or overtaken.
UPDATE export SET state = 'done', ended_at = %(now)s, expires_at = %(expires_at)s, secret = %(secret)s,
  rows_total = rows_done
WHERE program_id = %(program_id)s AND id = %(id)s AND run = %(run)s AND state = 'running'
RETURNING asked_by, kind, rows_done
"""

FAIL = """
-- One row.
UPDATE export SET state = 'failed', ended_at = %(now)s, error = %(error)s
WHERE program_id = %(program_id)s AND id = %(id)s AND state IN ('waiting', 'running')
RETURNING asked_by, kind
"""

CANCEL = """
-- One row.
UPDATE export SET state = 'cancelled', ended_at = %(now)s
WHERE program_id = %(program_id)s AND id = %(id)s AND state IN ('waiting', 'running')
"""

EXPIRE = """
-- The oldest first, along the partial index.
UPDATE export SET state = 'expired', secret = NULL
WHERE program_id = %(program_id)s AND state = 'done' AND expires_at <= %(now)s
RETURNING id
"""

PIECE = """
-- Locks nothing.
SELECT data FROM export_piece WHERE program_id = %(program_id)s AND export_id = %(id)s AND number = %(number)s
"""


def _of(row: tuple[Any, ...]) -> Export:
    values: dict[str, Any] = dict(zip(Export.__struct_fields__, row, strict=True))
    values["filters"] = msgspec.convert(values["filters"], Filters, strict=False)
    return Export(**values)


async def insert(tx: Transaction, program_id: int, one: Export) -> None:
    """Add one that waits."""
    await tx.execute(
        INSERT,
        {
            "program_id": program_id,
            "id": one.id,
            "kind": one.kind,
            "format": one.format,
            "filters": Jsonb(msgspec.to_builtins(one.filters)),
            "asked_by": one.asked_by,
            "asked_at": one.asked_at,
        },
    )


async def find(tx: Transaction, program_id: int, id: UUID) -> Export | None:
    """Return one."""
    row = await (await tx.execute(FIND, {"program_id": program_id, "id": id})).fetchone()
    return None if row is None else _of(row)


async def page(tx: Transaction, program_id: int, *, before: UUID | None, limit: int) -> list[Export]:
    """Return some, newest first."""
    cursor = await tx.execute(PAGE, {"program_id": program_id, "before": before, "limit": limit})
    return [_of(row) for row in await cursor.fetchall()]


async def active(tx: Transaction, program_id: int) -> int:
    """Return how many wait or run."""
    row = await (await tx.execute(ACTIVE, {"program_id": program_id})).fetchone()
    assert row is not None
    return int(row[0])


async def begin(tx: Transaction, program_id: int, id: UUID, *, now: datetime) -> int | None:
    """Begin a run, without the pieces of those before; None where it is over."""
    row = await (await tx.execute(BEGIN, {"program_id": program_id, "id": id, "now": now})).fetchone()
    await clear(tx, program_id, [id])
    return None if row is None else int(row[0])


async def total(tx: Transaction, program_id: int, id: UUID, run: int, rows: int) -> None:
    """Note how many rows there will be."""
    await tx.execute(TOTAL, {"program_id": program_id, "id": id, "run": run, "rows": rows})


async def advance(
    tx: Transaction, program_id: int, id: UUID, run: int, *, rows: int, piece: tuple[int, bytes] | None
) -> bool:
    """Note how many rows are done and keep a piece; False where nobody wants it any more."""
    size = 0 if piece is None else len(piece[1])
    names: dict[str, Any] = {"program_id": program_id, "id": id, "run": run, "rows": rows, "bytes": size}
    if await (await tx.execute(ADVANCE, names)).fetchone() is None:
        return False
    if piece is not None:
        await tx.execute(ADD_PIECE, {"program_id": program_id, "id": id, "number": piece[0], "data": piece[1]})
    return True


async def end(
    tx: Transaction, program_id: int, id: UUID, run: int, *, now: datetime, expires_at: datetime, secret: bytes
) -> tuple[str, str, int] | None:
    """End a run; returns who asked, what kind and how many rows. None where nobody wants it any more."""
    names: dict[str, Any] = {"program_id": program_id, "id": id, "run": run, "now": now}
    row = await (await tx.execute(END, names | {"expires_at": expires_at, "secret": secret})).fetchone()
    return None if row is None else (row[0], row[1], row[2])


async def fail(tx: Transaction, program_id: int, id: UUID, *, error: str, now: datetime) -> tuple[str, str] | None:
    """End one that cannot be made; returns who asked and what kind. None where it is over."""
    await clear(tx, program_id, [id])
    row = await (await tx.execute(FAIL, {"program_id": program_id, "id": id, "error": error, "now": now})).fetchone()
    return None if row is None else (row[0], row[1])


async def cancel(tx: Transaction, program_id: int, id: UUID, *, now: datetime) -> bool:
    """Cancel one that waits or runs; False where it is over."""
    if not (await tx.execute(CANCEL, {"program_id": program_id, "id": id, "now": now})).rowcount:
        return False
    await clear(tx, program_id, [id])
    return True


async def clear(tx: Transaction, program_id: int, ids: list[UUID]) -> None:
    """Delete pieces."""
    await tx.execute(CLEAR, {"program_id": program_id, "ids": ids})


async def expire(tx: Transaction, program_id: int, *, now: datetime) -> int:
    """Delete the files whose time is over; returns how many."""
    rows = await (await tx.execute(EXPIRE, {"program_id": program_id, "now": now})).fetchall()
    if rows:
        await clear(tx, program_id, [row[0] for row in rows])
    return len(rows)


async def piece(tx: Transaction, program_id: int, id: UUID, number: int) -> bytes | None:
    """Return a piece; None behind the last."""
    row = await (await tx.execute(PIECE, {"program_id": program_id, "id": id, "number": number})).fetchone()
    return None if row is None else bytes(row[0])
