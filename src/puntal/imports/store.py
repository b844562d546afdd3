"""The table of imports."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from msgspec import structs
from psycopg.rows import kwargs_row

from puntal.imports.model import Import, Kind, Moved, State
from puntal.kit.db import Transaction

_COLUMNS = "id, kind, name, state, total, done, added, known, refused, asked_by, asked_at, moved_at, ended_at"

INSERT = """
-- A new key: locks nothing that is there.
INSERT INTO import_run (program_id, id, kind, name, state, total, asked_by, asked_at, moved_at)
VALUES (%(program_id)s, %(id)s, %(kind)s, %(name)s, 'running', %(total)s, %(by)s, %(now)s, %(now)s)
"""

LOAD = f"""
-- Locks nothing. Along the key.
SELECT {_COLUMNS} FROM import_run WHERE program_id = %(program_id)s AND id = %(id)s
"""  # noqa: S608 - our own text, no input

LOCK = f"""
-- Locks the one row, so that parts of one import are counted one after the other.
SELECT {_COLUMNS} FROM import_run WHERE program_id = %(program_id)s AND id = %(id)s
ORDER BY id FOR UPDATE
"""  # noqa: S608 - our own text, no input

MOVE = """
-- Locks the one row. Nothing moves of what is over; the answer says whether it goes on.
UPDATE import_run
SET done = %(done)s, added = %(added)s, known = %(known)s, refused = %(refused)s, moved_at = %(now)s
WHERE program_id = %(program_id)s AND id = %(id)s AND state = 'running'
RETURNING true
"""

END = f"""
-- Locks the one row. What is over stays as it ended.
UPDATE import_run
SET state = %(state)s, ended_at = %(now)s, moved_at = %(now)s, total = coalesce(total, done)
WHERE program_id = %(program_id)s AND id = %(id)s AND state = 'running'
RETURNING {_COLUMNS}
"""  # noqa: S608 - our own text, no input


async def insert(
    tx: Transaction, program_id: int, id: UUID, kind: Kind, name: str, *, total: int | None, by: str, now: datetime
) -> None:
    """Begin one."""
    names = {"program_id": program_id, "id": id, "kind": kind, "name": name, "total": total, "by": by, "now": now}
    await tx.execute(INSERT, names)


async def load(tx: Transaction, program_id: int, id: UUID, *, lock: bool = False) -> Import | None:
    """Return one; with `lock` nobody else moves or ends it until the caller commits."""
    async with tx.cursor(row_factory=kwargs_row(Import)) as cursor:
        await cursor.execute((LOCK if lock else LOAD).encode(), {"program_id": program_id, "id": id})
        return await cursor.fetchone()


async def move(tx: Transaction, program_id: int, id: UUID, moved: Moved, *, now: datetime) -> bool:
    """Note how far one has got; returns whether it still goes on."""
    names = structs.asdict(moved) | {"program_id": program_id, "id": id, "now": now}
    return await (await tx.execute(MOVE, names)).fetchone() is not None


async def end(tx: Transaction, program_id: int, id: UUID, state: State, *, now: datetime) -> Import | None:
    """End one that goes on; None: it was over."""
    async with tx.cursor(row_factory=kwargs_row(Import)) as cursor:
        await cursor.execute(END.encode(), {"program_id": program_id, "id": id, "state": state, "now": now})
        return await cursor.fetchone()
