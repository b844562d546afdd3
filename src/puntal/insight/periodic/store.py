"""Reads and writes of `report_schedule`, `report` and `report_file`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from puntal.insight.periodic.model import Cycle, Format, Language, Report, Schedule
from puntal.kit.db import Transaction, encode

SCHEDULES = """
-- Locks nothing. Three at most.
SELECT s.every, s.language, s.since, s.set_at, s.set_by FROM report_schedule s
WHERE s.program_id = %(program_id)s ORDER BY s.every
"""

SET_SCHEDULES = """
-- Three rows at most, in the order of the key; what was on stays on since when it was.
INSERT INTO report_schedule (program_id, every, language, since, set_at, set_by)
SELECT %(program_id)s, r.every, %(language)s, r.since, %(now)s, %(by)s
FROM json_to_recordset(%(rows)s::json) AS r (every text, since date)
ORDER BY r.every
ON CONFLICT (program_id, every) DO UPDATE
SET language = excluded.language, set_at = excluded.set_at, set_by = excluded.set_by
"""

DROP_SCHEDULES = """
-- Three rows at most.
DELETE FROM report_schedule WHERE program_id = %(program_id)s AND NOT every = ANY(%(kept)s::text[])
"""

ADD = """
-- What is there already stays: a period is reported of once.
INSERT INTO report (program_id, id, every, since, through, language, state, asked_by, asked_at)
SELECT %(program_id)s, r.id, r.every, r.since, r.through, r.language, 'waiting', %(by)s, %(now)s
FROM json_to_recordset(%(rows)s::json) AS r (id uuid, every text, since date, through date, language text)
ORDER BY r.every, r.since
ON CONFLICT (program_id, every, since) DO NOTHING
RETURNING id
"""

AGAIN = """
-- One row by its period; the files stay until the new ones are there.
UPDATE report SET state = 'waiting', language = %(language)s, asked_by = %(by)s, asked_at = %(now)s, error = NULL
WHERE program_id = %(program_id)s AND every = %(every)s AND since = %(since)s
RETURNING id
"""

_COLUMNS = """r.id, r.every, r.since, r.through, r.language, r.state, r.asked_by, r.asked_at, r.made_at, r.expires_at,
  r.secret, r.error, coalesce((SELECT array_agg(f.format ORDER BY f.format DESC) FROM report_file f
    WHERE f.program_id = %(program_id)s AND f.report_id = r.id), '{}')"""

FIND = f"""
-- Locks nothing.
SELECT {_COLUMNS} FROM report r WHERE r.program_id = %(program_id)s AND r.id = %(id)s
"""  # noqa: S608 - our own text, no input

PAGE = f"""
-- Locks nothing. Newest periods first, along the index of periods or a few hundred rows.
SELECT {_COLUMNS} FROM report r
WHERE r.program_id = %(program_id)s
  AND (%(day)s::date IS NULL OR (r.through, r.id) < (%(day)s::date, %(before)s::uuid))
ORDER BY r.through DESC, r.id DESC
LIMIT %(limit)s
"""  # noqa: S608 - our own text, no input

WAITING = """
-- Locks nothing.
SELECT count(*) FROM report WHERE program_id = %(program_id)s AND state = 'waiting'
"""

KEEP_FILES = """
-- Rows by their keys.
INSERT INTO report_file (program_id, report_id, format, data)
SELECT %(program_id)s, %(id)s, r.format, r.data
FROM unnest(%(formats)s::text[], %(data)s::bytea[]) AS r (format, data)
ORDER BY r.format
ON CONFLICT (program_id, report_id, format) DO UPDATE SET data = excluded.data
"""

END = """
-- One row. Nothing where somebody asked for it anew meanwhile: that is made by a job of its own.
UPDATE report SET state = 'done', made_at = %(now)s, expires_at = %(expires_at)s, secret = %(secret)s, error = NULL
WHERE program_id = %(program_id)s AND id = %(id)s AND state = 'waiting' AND asked_at = %(asked_at)s
"""

FAIL = """
-- One row.
UPDATE report SET state = 'failed', error = %(error)s
WHERE program_id = %(program_id)s AND id = %(id)s AND state = 'waiting'
"""

EXPIRED = """
-- Files of reports whose time is over.
DELETE FROM report_file f
USING report r
WHERE f.program_id = %(program_id)s AND r.program_id = %(program_id)s AND r.id = f.report_id AND r.expires_at <= %(now)s
"""

FILE = """
-- Locks nothing.
SELECT f.data FROM report_file f
WHERE f.program_id = %(program_id)s AND f.report_id = %(id)s AND f.format = %(format)s
"""


async def schedules(tx: Transaction, program_id: int) -> list[Schedule]:
    """Return what is made by itself."""
    return [Schedule(*row) for row in await (await tx.execute(SCHEDULES, {"program_id": program_id})).fetchall()]


async def set_schedules(
    tx: Transaction, program_id: int, wanted: Mapping[Cycle, date], language: Language, *, by: str, now: datetime
) -> None:
    """Make these by themselves, each since a day, and no others."""
    await tx.execute(DROP_SCHEDULES, {"program_id": program_id, "kept": list(wanted)})
    rows = encode([{"every": every, "since": since} for every, since in wanted.items()])
    said = {"program_id": program_id, "rows": rows, "language": language, "by": by, "now": now}
    await tx.execute(SET_SCHEDULES, said)


async def add(tx: Transaction, program_id: int, reports: Sequence[Report]) -> list[UUID]:
    """Add reports that wait; returns the ids of those whose periods had none."""
    if not reports:
        return []
    names = ("id", "every", "since", "through", "language")
    rows = encode([{name: getattr(one, name) for name in names} for one in reports])
    said = {"program_id": program_id, "rows": rows, "by": reports[0].asked_by, "now": reports[0].asked_at}
    return [row[0] for row in await (await tx.execute(ADD, said)).fetchall()]


async def again(tx: Transaction, program_id: int, one: Report) -> UUID | None:
    """Let a period's report wait again; returns its id, None where it has none."""
    names = {"language": one.language, "by": one.asked_by, "now": one.asked_at}
    said = {"program_id": program_id, "every": one.every, "since": one.since, **names}
    row = await (await tx.execute(AGAIN, said)).fetchone()
    return None if row is None else row[0]


async def find(tx: Transaction, program_id: int, id: UUID) -> Report | None:
    """Return a report."""
    row = await (await tx.execute(FIND.encode(), {"program_id": program_id, "id": id})).fetchone()
    return None if row is None else _of(row)


async def page(tx: Transaction, program_id: int, *, before: tuple[date, UUID] | None, limit: int) -> list[Report]:
    """Return some, newest periods first."""
    day, id = before or (None, None)
    said = {"program_id": program_id, "day": day, "before": id, "limit": limit}
    return [_of(row) for row in await (await tx.execute(PAGE.encode(), said)).fetchall()]


async def waiting(tx: Transaction, program_id: int) -> int:
    """Return how many wait."""
    row = await (await tx.execute(WAITING, {"program_id": program_id})).fetchone()
    assert row is not None
    return int(row[0])


async def end(
    tx: Transaction,
    program_id: int,
    one: Report,
    files: Mapping[Format, bytes],
    *,
    now: datetime,
    expires_at: datetime,
    secret: bytes,
) -> bool:
    """Keep a report's files and end it; False where it does not wait, or was asked for anew since it was loaded."""
    names: dict[str, Any] = {"program_id": program_id, "id": one.id}
    said = names | {"asked_at": one.asked_at, "now": now, "expires_at": expires_at, "secret": secret}
    if not (await tx.execute(END, said)).rowcount:
        return False
    await tx.execute(KEEP_FILES, names | {"formats": list(files), "data": list(files.values())})
    return True


async def fail(tx: Transaction, program_id: int, id: UUID, *, error: str) -> bool:
    """End one that cannot be made; False where it does not wait."""
    cursor = await tx.execute(FAIL, {"program_id": program_id, "id": id, "error": error})
    return cursor.rowcount > 0


async def expire(tx: Transaction, program_id: int, *, now: datetime) -> int:
    """Delete the files whose time is over; returns how many."""
    return (await tx.execute(EXPIRED, {"program_id": program_id, "now": now})).rowcount


async def file(tx: Transaction, program_id: int, id: UUID, format: Format) -> bytes | None:
    """Return a file; None where there is none."""
    row = await (await tx.execute(FILE, {"program_id": program_id, "id": id, "format": format})).fetchone()
    return None if row is None else bytes(row[0])


def _of(row: Sequence[Any]) -> Report:
    values: dict[str, Any] = dict(zip(Report.__struct_fields__, row, strict=True))
    return Report(**values | {"formats": tuple(values["formats"])})
