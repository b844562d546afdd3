"""SQL of `till_action`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from puntal.checkout.model_till import Action
from puntal.kit.db import Transaction

_COLUMNS = "id, kind, state, store, actor, at, recorded_at, undo_until, fingerprint, detail::text, undone_at"

ADD = """
-- Claims the id: of two who try at once the second waits here, and then finds what the first did.
INSERT INTO till_action (program_id, id, kind, state, store, actor, at, recorded_at, undo_until, fingerprint, detail)
VALUES (%(program_id)s, %(id)s, %(kind)s, %(state)s, %(store)s, %(actor)s, %(at)s, %(recorded_at)s, %(undo_until)s,
  %(fingerprint)s, %(detail)s)
ON CONFLICT (program_id, id) DO NOTHING
RETURNING id
"""

FIND = f"""
-- Without a lock: to be shown.
SELECT {_COLUMNS} FROM till_action WHERE program_id = %(program_id)s AND id = %(id)s
"""  # noqa: S608 - our own column list

LOCK = f"""
-- Held until it is committed or undone, so that either is done once; before the rows of members.
SELECT {_COLUMNS} FROM till_action WHERE program_id = %(program_id)s AND id = %(id)s
ORDER BY id
FOR NO KEY UPDATE
"""  # noqa: S608 - our own column list

DONE_BY = f"""
-- What somebody did at a store and can still undo, newest first; along `till_action_done`. What is only set aside is
-- not done: the sale it is for names it.
SELECT {_COLUMNS} FROM till_action
WHERE program_id = %(program_id)s AND store = %(store)s AND actor = %(actor)s
  AND (recorded_at, id) < (%(before)s, %(before_id)s) AND undo_until > %(now)s AND state <> 'held'
ORDER BY recorded_at DESC, id DESC
LIMIT %(limit)s
"""  # noqa: S608 - our own column list

SAVE = """
UPDATE till_action SET state = %(state)s, detail = %(detail)s, undone_at = %(undone_at)s
WHERE program_id = %(program_id)s AND id = %(id)s
"""


async def add(tx: Transaction, program_id: int, action: Action) -> bool:
    """Write a new action; False when there is one of the id."""
    names = {
        "program_id": program_id,
        "id": action.id,
        "kind": action.kind,
        "state": action.state,
        "store": action.store,
        "actor": action.actor,
        "at": action.at,
        "recorded_at": action.recorded_at,
        "undo_until": action.undo_until,
        "fingerprint": action.fingerprint,
        "detail": _written(action),
    }
    return await (await tx.execute(ADD, names)).fetchone() is not None


async def find(tx: Transaction, program_id: int, id: UUID, *, lock: bool = False) -> Action | None:
    """Return an action, locked until `tx` ends where asked for."""
    row = await (await tx.execute(LOCK if lock else FIND, {"program_id": program_id, "id": id})).fetchone()
    return None if row is None else _action(row)


async def done_by(
    tx: Transaction,
    program_id: int,
    *,
    store: str,
    actor: str,
    before: tuple[datetime, UUID],
    now: datetime,
    limit: int,
) -> list[Action]:
    """Return what somebody did at a store and can still undo, or undid, newest first."""
    names = {
        "program_id": program_id,
        "store": store,
        "actor": actor,
        "before": before[0],
        "before_id": before[1],
        "now": now,
        "limit": limit,
    }
    return [_action(row) for row in await (await tx.execute(DONE_BY, names)).fetchall()]


def _action(row: Sequence[Any]) -> Action:
    return Action(
        id=row[0],
        kind=row[1],
        state=row[2],
        store=row[3],
        actor=row[4],
        at=row[5],
        recorded_at=row[6],
        undo_until=row[7],
        fingerprint=row[8],
        detail=msgspec.json.decode(row[9]),
        undone_at=row[10],
    )


async def save(tx: Transaction, program_id: int, action: Action) -> None:
    """Write how an action is now; it is locked by the caller."""
    names = {
        "program_id": program_id,
        "id": action.id,
        "state": action.state,
        "detail": _written(action),
        "undone_at": action.undone_at,
    }
    await tx.execute(SAVE, names)


def _written(action: Action) -> str:
    return msgspec.json.encode(action.detail).decode()
