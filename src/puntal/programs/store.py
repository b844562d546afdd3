"""Statements that write and lock programs, revisions, wallets and kill switches."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from psycopg.rows import class_row

from puntal.kit.db import Transaction, encode
from puntal.programs.document.program import Program
from puntal.programs.model import KillSwitch, ProgramRow, Revision

CHANNEL = "puntal_program"
"""Workers listen here; the payload is the program's id. It only warms caches: `head` tells the truth."""

INSERT_PROGRAM = """
-- Locks nothing; a taken slug gives no row.
INSERT INTO program (organization_id, slug, created_at, draft, draft_version)
VALUES (%(organization_id)s, %(slug)s, %(now)s, %(draft)s::json, 1)
ON CONFLICT (slug) DO NOTHING
RETURNING id
"""

LOCK_PROGRAM = """
-- Held to the end of the transaction by everything that changes what the program is, so publications, drafts and
-- switches of one program come one after another. Events do not lock it.
SELECT id, organization_id, slug, created_at, revision, switch_version,
       make_interval(secs => clock_offset_seconds) AS clock_offset, draft_version, first_event_at
FROM program
WHERE id = %(program_id)s
ORDER BY id
FOR NO KEY UPDATE
"""

SAVE_DRAFT = """
-- The row is locked by LOCK_PROGRAM.
UPDATE program SET draft = %(draft)s::json, draft_version = draft_version + 1
WHERE id = %(program_id)s
RETURNING draft_version
"""

INSERT_REVISION = """
-- The program's row is locked: nobody else can take this number.
INSERT INTO revision (program_id, number, document, digest, published_at, published_by, effective_from, note)
VALUES (%(program_id)s, %(number)s, %(document)s::json, %(digest)s, %(now)s, %(by)s, %(effective_from)s, %(note)s)
"""

SET_REVISION = """
-- The row is locked by LOCK_PROGRAM.
UPDATE program SET revision = %(number)s WHERE id = %(program_id)s
"""

REGISTER_WALLETS = """
-- The program's row is locked, so ordinals come in order; a wallet of an earlier revision keeps its own.
INSERT INTO wallet (program_id, ordinal, id, kind, scale, currency)
SELECT %(program_id)s, known.next + row_number() OVER (ORDER BY r.position) - 1, r.id, r.kind, r.scale, r.currency
FROM json_to_recordset(%(rows)s::json) AS r (position integer, id text, kind text, scale smallint, currency text),
     (SELECT coalesce(max(ordinal) + 1, 0) AS next FROM wallet WHERE program_id = %(program_id)s) AS known
WHERE NOT EXISTS (SELECT FROM wallet w WHERE w.program_id = %(program_id)s AND w.id = r.id)
"""

SET_SWITCH = """
-- One switch per target is in force (unique index); setting it again may only change its mode and reason.
INSERT INTO kill_switch (program_id, id, target_kind, target_id, mode, reason, set_at, set_by)
VALUES (%(program_id)s, %(id)s, %(target_kind)s, %(target_id)s, %(mode)s, %(reason)s, %(now)s, %(by)s)
ON CONFLICT (program_id, target_kind, target_id) WHERE lifted_at IS NULL
DO UPDATE SET mode = excluded.mode, reason = excluded.reason
RETURNING id, target_kind, target_id, mode, reason, set_at, set_by, lifted_at, lifted_by
"""

LIFT_SWITCH = """
-- The program's row is locked; a switch already lifted gives no row.
UPDATE kill_switch SET lifted_at = %(now)s, lifted_by = %(by)s
WHERE program_id = %(program_id)s AND id = %(id)s AND lifted_at IS NULL
RETURNING id
"""

BUMP_SWITCH_VERSION = """
-- The row is locked by LOCK_PROGRAM.
UPDATE program SET switch_version = switch_version + 1 WHERE id = %(program_id)s
"""

SET_CLOCK_OFFSET = """
-- Locks the program's row; every worker reads the offset with the next `head`.
UPDATE program SET clock_offset_seconds = %(seconds)s WHERE id = %(program_id)s
"""

NOTE_FIRST_EVENT = """
-- Writes once in a program's life; later calls find the column set and lock nothing.
UPDATE program SET first_event_at = %(at)s WHERE id = %(program_id)s AND first_event_at IS NULL
"""

NOTIFY = """
-- Delivered when the transaction commits.
SELECT pg_notify(%(channel)s, %(payload)s)
"""


async def insert_program(tx: Transaction, *, organization_id: UUID, slug: str, draft: str, now: datetime) -> int | None:
    """Return the new program's id; None when the slug is taken."""
    cursor = await tx.execute(
        INSERT_PROGRAM, {"organization_id": organization_id, "slug": slug, "draft": draft, "now": now}
    )
    row = await cursor.fetchone()
    return None if row is None else int(row[0])


async def enter_program(tx: Transaction, program_id: int) -> None:
    """Let the rest of the transaction see and write this program's rows."""
    # Citus hands on SET LOCAL and not set_config(); the number cannot be a parameter of SET.
    await tx.execute(f"SET LOCAL app.program_id = '{int(program_id)}'".encode())


async def lock_program(tx: Transaction, program_id: int) -> ProgramRow | None:
    """Return the program, locked until `tx` ends."""
    async with tx.cursor(row_factory=class_row(ProgramRow)) as cursor:
        await cursor.execute(LOCK_PROGRAM, {"program_id": program_id})
        return await cursor.fetchone()


async def save_draft(tx: Transaction, program_id: int, draft: str) -> int:
    """Return the draft's new version."""
    cursor = await tx.execute(SAVE_DRAFT, {"program_id": program_id, "draft": draft})
    row = await cursor.fetchone()
    assert row is not None, "the program's row is locked"
    return int(row[0])


async def insert_revision(tx: Transaction, revision: Revision, document: str) -> None:
    """Write a revision and make it the newest."""
    await tx.execute(
        INSERT_REVISION,
        {
            "program_id": revision.program_id,
            "number": revision.number,
            "document": document,
            "digest": revision.digest,
            "now": revision.published_at,
            "by": revision.published_by,
            "effective_from": revision.effective_from,
            "note": revision.note,
        },
    )
    await tx.execute(SET_REVISION, {"program_id": revision.program_id, "number": revision.number})


async def register_wallets(tx: Transaction, program_id: int, program: Program) -> None:
    """Give every wallet that has none an ordinal."""
    rows = [
        {
            "position": position,
            "id": identifier,
            "kind": wallet.kind,
            "scale": wallet.scale,
            "currency": wallet.currency,
        }
        for position, (identifier, wallet) in enumerate(program.wallets.items())
    ]
    await tx.execute(REGISTER_WALLETS, {"program_id": program_id, "rows": encode(rows)})


async def set_switch(tx: Transaction, program_id: int, switch: KillSwitch) -> KillSwitch:
    """Return the switch in force for the target: this one, or an earlier one with the new mode."""
    async with tx.cursor(row_factory=class_row(KillSwitch)) as cursor:
        await cursor.execute(
            SET_SWITCH,
            {
                "program_id": program_id,
                "id": switch.id,
                "target_kind": switch.target_kind,
                "target_id": switch.target_id,
                "mode": switch.mode,
                "reason": switch.reason,
                "now": switch.set_at,
                "by": switch.set_by,
            },
        )
        row = await cursor.fetchone()
        assert row is not None, "an upsert returns its row"
        return row


async def lift_switch(tx: Transaction, program_id: int, id: UUID, *, by: str, now: datetime) -> bool:
    """Return whether the switch was in force until now."""
    cursor = await tx.execute(LIFT_SWITCH, {"program_id": program_id, "id": id, "by": by, "now": now})
    return await cursor.fetchone() is not None


async def bump_switch_version(tx: Transaction, program_id: int) -> None:
    """Make every worker read the switches again."""
    await tx.execute(BUMP_SWITCH_VERSION, {"program_id": program_id})


async def set_clock_offset(tx: Transaction, program_id: int, offset: timedelta) -> None:
    """Set how far the program's clock is behind the real one."""
    await tx.execute(SET_CLOCK_OFFSET, {"program_id": program_id, "seconds": offset // timedelta(seconds=1)})


async def note_first_event(tx: Transaction, program_id: int, at: datetime) -> None:
    """Fix the program's time zone."""
    await tx.execute(NOTE_FIRST_EVENT, {"program_id": program_id, "at": at})


async def notify(tx: Transaction, program_id: int) -> None:
    """Tell every worker, once `tx` commits, that the program changed."""
    await tx.execute(NOTIFY, {"channel": CHANNEL, "payload": str(program_id)})
