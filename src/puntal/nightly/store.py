"""Statements of the nightly run."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from puntal.kit.db import Transaction, encode

STATE = """
-- Where the program's nights stand; no lock, for one worker runs a program's night at a time.
SELECT nightly_through, first_event_at, created_at FROM program WHERE id = %(program_id)s
"""

ONE_AT_A_TIME = """
-- Whoever holds this runs the program's night; it is let go with the transaction.
SELECT pg_try_advisory_xact_lock(%(space)s::integer, %(program_id)s::integer)
"""

FINISHED = """
-- Steps of a night that are done.
SELECT step FROM nightly_step WHERE program_id = %(program_id)s AND day = %(day)s
"""

FINISH = """
-- Notes that a step is done; a second note changes nothing.
INSERT INTO nightly_step (program_id, day, step, finished_at, counts)
VALUES (%(program_id)s, %(day)s, %(step)s, %(now)s, %(counts)s::jsonb)
ON CONFLICT (program_id, day, step) DO NOTHING
"""

THROUGH = """
-- Never backwards.
UPDATE program SET nightly_through = greatest(nightly_through, %(day)s::date) WHERE id = %(program_id)s
"""

NEXT_DUE = """
-- The next instant at which a lot, and the next day on which a tier, may change; index heads only.
SELECT (SELECT min(due_at) FROM holder WHERE program_id = %(program_id)s AND due_at IS NOT NULL),
  (SELECT min(review_on) FROM holder WHERE program_id = %(program_id)s AND review_on IS NOT NULL)
"""

TO_REVIEW = """
-- Some of the holders whose tiers are to be looked at; they are locked in order of their ids afterwards.
SELECT id FROM holder
WHERE program_id = %(program_id)s AND review_on <= %(day)s
ORDER BY review_on, id
LIMIT %(limit)s
"""

REMIND = """
-- What ends within the window, once per member, wallet and day of ending; `reminder` remembers who was told.
WITH ending AS (
  SELECT l.holder_id, l.wallet, (l.ends_at AT TIME ZONE %(zone)s)::date AS day, sum(l.remaining) AS amount
  FROM lot l
  WHERE l.program_id = %(program_id)s AND l.remaining > 0 AND l.ends_at >= %(since)s AND l.ends_at < %(until)s
  GROUP BY l.holder_id, l.wallet, (l.ends_at AT TIME ZONE %(zone)s)::date
), told AS (
  INSERT INTO reminder (program_id, member_id, kind, subject, day)
  SELECT %(program_id)s, e.holder_id, %(kind)s, e.wallet::text, e.day FROM ending e
  ON CONFLICT (program_id, member_id, kind, subject, day) DO NOTHING
  RETURNING member_id, subject, day
)
SELECT t.member_id, e.wallet, e.day, e.amount
FROM told t JOIN ending e ON e.holder_id = t.member_id AND e.wallet::text = t.subject AND e.day = t.day
"""

REMIND_OF_VOUCHERS = """
-- Members' vouchers that end within the window, each once per span; `reminder` remembers who was told.
WITH ending AS (
  SELECT v.id, v.member_id, v.reward, v.code, v.remaining, v.currency, (v.ends_at AT TIME ZONE %(zone)s)::date AS day
  FROM voucher v
  WHERE v.program_id = %(program_id)s AND v.state = 'issued' AND v.member_id IS NOT NULL
    AND v.ends_at >= %(since)s AND v.ends_at < %(until)s
), told AS (
  INSERT INTO reminder (program_id, member_id, kind, subject, day)
  SELECT %(program_id)s, e.member_id, %(kind)s, e.id::text, e.day FROM ending e
  ON CONFLICT (program_id, member_id, kind, subject, day) DO NOTHING
  RETURNING subject
)
SELECT e.id, e.member_id, e.reward, right(e.code, 3), e.remaining, e.currency, e.day
FROM told t JOIN ending e ON e.id = t.subject::uuid
ORDER BY e.id
"""

FIRST_UNKNOWN = """
-- Of events older than the nights that were run: one that is not stored yet.
SELECT wanted.id FROM unnest(%(ids)s::text[]) AS wanted (id)
WHERE NOT EXISTS (SELECT 1 FROM event e WHERE e.program_id = %(program_id)s AND e.id = wanted.id)
LIMIT 1
"""

SPACE = 7301
"""Of advisory locks: nightly runs."""


async def state(tx: Transaction, program_id: int) -> tuple[date | None, datetime | None, datetime]:
    """Return the last night done, the first event, and when the program was made."""
    row = await (await tx.execute(STATE, {"program_id": program_id})).fetchone()
    assert row is not None
    return row[0], row[1], row[2]


async def alone(tx: Transaction, program_id: int) -> bool:
    """Take the night of a program for this transaction; False when another worker has it."""
    row = await (await tx.execute(ONE_AT_A_TIME, {"space": SPACE, "program_id": program_id})).fetchone()
    return row is not None and bool(row[0])


async def finished(tx: Transaction, program_id: int, day: date) -> set[str]:
    """Return the steps of a night that are done."""
    cursor = await tx.execute(FINISHED, {"program_id": program_id, "day": day})
    return {row[0] for row in await cursor.fetchall()}


async def finish(tx: Transaction, program_id: int, day: date, step: str, counts: dict[str, int], now: datetime) -> None:
    """Note that a step is done."""
    await tx.execute(
        FINISH,
        {"program_id": program_id, "day": day, "step": step, "now": now, "counts": encode(counts)},  # type: ignore[arg-type] # any JSON
    )


async def through(tx: Transaction, program_id: int, day: date) -> None:
    """Note that a night is done."""
    await tx.execute(THROUGH, {"program_id": program_id, "day": day})


async def next_due(tx: Transaction, program_id: int) -> tuple[datetime | None, date | None]:
    """Return the next instant of a lot and the next day of a tier."""
    row = await (await tx.execute(NEXT_DUE, {"program_id": program_id})).fetchone()
    assert row is not None
    return row[0], row[1]


async def to_review(tx: Transaction, program_id: int, day: date, limit: int) -> list[UUID]:
    """Return some of the members whose tiers are to be looked at."""
    cursor = await tx.execute(TO_REVIEW, {"program_id": program_id, "day": day, "limit": limit})
    return [row[0] for row in await cursor.fetchall()]


async def remind(
    tx: Transaction, program_id: int, *, kind: str, since: datetime, until: datetime, zone: str
) -> list[tuple[UUID, int, date, int]]:
    """Return member, wallet, day and amount of what ends in a window and was not announced yet."""
    params: dict[str, Any] = {
        "program_id": program_id, "kind": kind, "since": since, "until": until, "zone": zone,
    }  # fmt: skip
    cursor = await tx.execute(REMIND, params)
    return [(row[0], row[1], row[2], int(row[3])) for row in await cursor.fetchall()]


async def remind_of_vouchers(
    tx: Transaction, program_id: int, *, kind: str, since: datetime, until: datetime, zone: str
) -> list[tuple[UUID, UUID, str, str, int, str | None, date]]:
    """Return id, member, reward, last characters, rest, currency and day of vouchers not announced yet."""
    params: dict[str, Any] = {
        "program_id": program_id, "kind": kind, "since": since, "until": until, "zone": zone,
    }  # fmt: skip
    cursor = await tx.execute(REMIND_OF_VOUCHERS, params)
    return [(row[0], row[1], row[2], row[3], row[4], row[5], row[6]) for row in await cursor.fetchall()]


async def first_unknown(tx: Transaction, program_id: int, ids: list[str]) -> str | None:
    """Return one of the event ids that is not stored; None when all are."""
    row = await (await tx.execute(FIRST_UNKNOWN, {"program_id": program_id, "ids": ids})).fetchone()
    return None if row is None else str(row[0])
