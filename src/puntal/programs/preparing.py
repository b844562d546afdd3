"""A revision that waits until what it reads has been counted: asked for, looked at, given up. The caller commits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from puntal.kit import ids
from puntal.kit.db import Transaction
from puntal.outbox import operations as outbox
from puntal.outbox.model import Happening
from puntal.programs import source, store
from puntal.programs.document.program import Program
from puntal.programs.model import Publication

NOBODY = UUID(int=0)
KIND = "program.preparing"
"""What the outbox says of a revision that has to be prepared."""

PREPARATION = """
-- Locks nothing. As text: numbers must not pass through binary floats.
SELECT id, document::text, digest, asked_at, asked_by, note, effective_from, counted_through
FROM preparation
WHERE program_id = %(program_id)s
"""

SET = """
-- The program's row is locked: one that was waiting is replaced.
INSERT INTO preparation (program_id, id, document, digest, asked_at, asked_by, note, effective_from, counted_through)
VALUES (%(program_id)s, %(id)s, %(document)s::json, %(digest)s, %(asked_at)s, %(asked_by)s, %(note)s,
  %(effective_from)s, %(counted_through)s)
ON CONFLICT (program_id) DO UPDATE
SET id = excluded.id, document = excluded.document, digest = excluded.digest, asked_at = excluded.asked_at,
  asked_by = excluded.asked_by, note = excluded.note, effective_from = excluded.effective_from,
  counted_through = excluded.counted_through
"""

MOVE_ON = """
-- With the figures of these members, so that both are there or neither is. Not when another revision waits instead.
UPDATE preparation SET counted_through = %(through)s WHERE program_id = %(program_id)s AND id = %(id)s
"""

END = """
-- The program's row is locked.
DELETE FROM preparation WHERE program_id = %(program_id)s RETURNING id
"""

READERS = """
-- Transactions that may have read what the program was before this moment: they hold its table until they end.
SELECT DISTINCT l.virtualtransaction
FROM pg_locks l
JOIN pg_database d ON d.oid = l.database AND d.datname = current_database()
WHERE l.locktype = 'relation' AND l.relation = 'program'::regclass AND l.pid <> pg_backend_pid()
ORDER BY l.virtualtransaction
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation:
    """A revision that is taking effect.

    Attributes:
        asked_at: On the program's clock.
        effective_from: As asked for; it takes effect then, or when it is ready, whichever is later.
        counted_through: Members up to this id have their figures.
    """

    id: UUID
    document: dict[str, Any]
    digest: str
    asked_at: datetime
    asked_by: str
    note: str
    effective_from: datetime | None
    counted_through: UUID


class Publish(Protocol):
    """Publishes a document, or begins to: what entry points hand to routes that publish."""

    async def __call__(
        self,
        tx: Transaction,
        program_id: int,
        document: Mapping[str, Any],
        *,
        by: str,
        now: datetime,
        note: str = "",
        effective_from: datetime | None = None,
    ) -> Publication:
        """Return what was published, or is taking effect."""
        ...


async def find(tx: Transaction, program_id: int) -> Preparation | None:
    """Return the revision that is taking effect, if one is."""
    row = await (await tx.execute(PREPARATION, {"program_id": program_id})).fetchone()
    if row is None:
        return None
    return Preparation(
        id=row[0],
        document=source.load_json(row[1]),
        digest=row[2],
        asked_at=row[3],
        asked_by=row[4],
        note=row[5],
        effective_from=row[6],
        counted_through=row[7],
    )


async def begin(
    tx: Transaction,
    program_id: int,
    program: Program,
    *,
    by: str,
    now: datetime,
    note: str,
    effective_from: datetime | None,
) -> Preparation:
    """Let a checked revision wait until it is ready, and every worker count for it from now on.

    The program's row is locked by the caller. One that was waiting is given up.
    """
    preparation = Preparation(
        id=ids.new_id(),
        document=source.plain(program),
        digest=source.digest(program),
        asked_at=now,
        asked_by=by,
        note=note,
        effective_from=effective_from,
        counted_through=NOBODY,
    )
    values = {name: getattr(preparation, name) for name in Preparation.__slots__}
    values |= {"document": source.dump_json(program), "program_id": program_id}
    await tx.execute(SET, values)
    happening = Happening(id=preparation.id, kind=KIND, effective_at=now, recorded_at=now, payload={"note": note})
    await outbox.append(tx, program_id, [happening])
    await store.bump_switch_version(tx, program_id)
    await store.notify(tx, program_id)
    return preparation


async def move_on(tx: Transaction, program_id: int, id: UUID, *, through: UUID) -> bool:
    """Remember up to whom a preparation has counted; False when it is no longer this one."""
    return (await tx.execute(MOVE_ON, {"program_id": program_id, "id": id, "through": through})).rowcount > 0


async def end(tx: Transaction, program_id: int) -> bool:
    """Give up the revision that is taking effect, because it does or another one takes its place; whether one was."""
    if (await tx.execute(END, {"program_id": program_id})).rowcount == 0:
        return False
    await store.bump_switch_version(tx, program_id)
    return True


async def readers(tx: Transaction) -> Sequence[str]:
    """Return the transactions under way that may go by what the program was before; they end one by one."""
    return [row[0] for row in await (await tx.execute(READERS)).fetchall()]
