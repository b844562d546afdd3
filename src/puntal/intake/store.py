"""Reads and writes of `event`: a batch is one statement."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Raw

from puntal.intake.model import Stored
from puntal.kit.db import Transaction, Written, array, array_of_json

FIND = """
-- Recognises retries before anything is locked or looked at.
SELECT id, type, source, member_id, occurred_at, recorded_at, revision, fingerprint, body::text, outcome::text
FROM event
WHERE program_id = %(program_id)s AND id = ANY(%(ids)s::text[])
"""

INSERT = """
-- In the order of ids, so that two batches with the same events wait for each other in one direction. An id that
-- another batch wrote meanwhile is missing from what is returned: roll back and run again.
INSERT INTO event (program_id, id, type, source, member_id, occurred_at, recorded_at, revision, fingerprint, body,
  outcome)
SELECT %(program_id)s, r.id, r.type, r.source, r.member_id, r.occurred_at, %(recorded_at)s, r.revision, r.fingerprint,
  r.body::json, r.outcome::json
FROM unnest(%(id)s::text[], %(type)s::text[], %(source)s::text[], %(member_id)s::uuid[], %(occurred_at)s::timestamptz[],
  %(revision)s::integer[], %(fingerprint)s::text[], %(body)s::text[], %(outcome)s::text[])
  AS r (id, type, source, member_id, occurred_at, revision, fingerprint, body, outcome)
ORDER BY r.id
ON CONFLICT (program_id, id) DO NOTHING
"""

OF_MEMBER = """
-- A page of a member's events, newest first.
SELECT id, type, source, member_id, occurred_at, recorded_at, revision, fingerprint, body::text, outcome::text
FROM event
WHERE program_id = %(program_id)s AND member_id = ANY(%(members)s::uuid[])
  AND (occurred_at, id) < (%(before_at)s, %(before_id)s)
ORDER BY occurred_at DESC, id DESC
LIMIT %(limit)s
"""

RECENT = """
-- Locks nothing. What others said last, and not the platform itself; the index by time of recording leads to the
-- last stretch of the table.
SELECT id, type, source, member_id, occurred_at, recorded_at, revision, fingerprint, body::text, outcome::text
FROM event
WHERE program_id = %(program_id)s AND recorded_at >= %(since)s AND source <> 'puntal'
ORDER BY recorded_at DESC, id DESC
LIMIT %(limit)s
"""

COUNT = """
-- How many events are stored; for summaries, not for the hot path.
SELECT count(*) FROM event WHERE program_id = %(program_id)s
"""

LATEST = """
-- The newest event, to refuse a replay into a program that lives already.
SELECT max(occurred_at) FROM event WHERE program_id = %(program_id)s
"""


Row = tuple[str, str, str, UUID | None, datetime, int, str, bytes, bytes]
"""Id, type, source, member, when it occurred, revision, fingerprint, body, outcome."""
_PLAIN = ("id", "type", "source", "member_id", "occurred_at", "revision", "fingerprint")


def _stored(row: Sequence[Any]) -> Stored:
    id, type, source, member, occurred, recorded, revision, print_, body, outcome = row
    return Stored(
        id, type, source, member, occurred, recorded, revision, print_, Raw(body.encode()), Raw(outcome.encode())
    )


async def find(tx: Transaction, program_id: int, ids: Collection[str]) -> dict[str, Stored]:
    """Return those of the events that are stored."""
    cursor = await tx.execute(FIND, {"program_id": program_id, "ids": array(list(ids))})
    return {row[0]: _stored(row) for row in await cursor.fetchall()}


async def insert(tx: Transaction, program_id: int, rows: Sequence[Row], recorded_at: datetime) -> Written:
    """Write events; the row count, known when the pipeline is synced, says how many were new."""
    columns = list(zip(*rows, strict=True))
    names = {name: array(column) for name, column in zip(_PLAIN, columns, strict=False)}
    names |= {"body": array_of_json(columns[-2]), "outcome": array_of_json(columns[-1])}
    return await tx.execute(INSERT, {"program_id": program_id, "recorded_at": recorded_at, **names})


async def of_member(
    tx: Transaction, program_id: int, members: Collection[UUID], *, before: tuple[datetime, str], limit: int
) -> list[Stored]:
    """Return a page of the events of a member and of those merged into her."""
    cursor = await tx.execute(
        OF_MEMBER,
        {
            "program_id": program_id,
            "members": list(members),
            "before_at": before[0],
            "before_id": before[1],
            "limit": limit,
        },
    )
    return [_stored(row) for row in await cursor.fetchall()]


async def recent(tx: Transaction, program_id: int, *, since: datetime, limit: int) -> list[Stored]:
    """Return what callers sent last, newest first."""
    cursor = await tx.execute(RECENT, {"program_id": program_id, "since": since, "limit": limit})
    return [_stored(row) for row in await cursor.fetchall()]


async def count(tx: Transaction, program_id: int) -> int:
    """Return how many events are stored."""
    row = await (await tx.execute(COUNT, {"program_id": program_id})).fetchone()
    assert row is not None
    return int(row[0])


async def latest(tx: Transaction, program_id: int) -> datetime | None:
    """Return when the newest event happened."""
    row = await (await tx.execute(LATEST, {"program_id": program_id})).fetchone()
    return None if row is None else row[0]
