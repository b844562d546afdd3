"""Reads and writes of `simulation`."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from puntal.insight.simulation.dated import Dated
from puntal.insight.simulation.model import Simulation
from puntal.kit.db import Transaction

_dated = msgspec.json.Decoder(tuple[Dated, ...]).decode

INSERT = """
-- Waits for nobody.
INSERT INTO simulation (program_id, id, state, revision, document, digest, days, since, through, until, note, asked_by,
  asked_at, dated)
VALUES (%(program_id)s, %(id)s, 'waiting', %(revision)s, %(document)s::json, %(digest)s, %(days)s, %(since)s,
  %(through)s, %(until)s, %(note)s, %(asked_by)s, %(asked_at)s, %(dated)s::json)
"""

_COLUMNS = (
    "s.id, s.state, s.revision, s.digest, s.days, s.since, s.through, s.note, s.asked_by, s.asked_at, s.started_at,"
    " s.ended_at, s.events_total, s.events_done, s.error"
)
_NAMED = """
FROM simulation s
LEFT JOIN LATERAL (
  SELECT r.number FROM revision_simulation r
  WHERE r.program_id = %(program_id)s AND r.simulation_id = s.id
  ORDER BY r.number LIMIT 1
) AS n ON true
WHERE s.program_id = %(program_id)s
"""

FIND = f"""
-- Locks nothing.
SELECT {_COLUMNS}, s.result::text, s.dated::text, n.number
{_NAMED} AND s.id = %(id)s
"""

PAGE = f"""
-- Locks nothing. Newest first; ids grow with time. Without the results.
SELECT {_COLUMNS}, NULL::text, s.dated::text, n.number
{_NAMED} AND (%(before)s::uuid IS NULL OR s.id < %(before)s::uuid)
ORDER BY s.id DESC
LIMIT %(limit)s
"""

ACTIVE = """
-- Locks nothing.
SELECT count(*) FROM simulation WHERE program_id = %(program_id)s AND state IN ('waiting', 'running')
"""

BEGIN = """
-- One row: a run that is overtaken finds another number in it. Nothing where it is over.
UPDATE simulation
SET state = 'running', run = run + 1, started_at = coalesce(started_at, %(now)s), events_done = 0, events_total = NULL
WHERE program_id = %(program_id)s AND id = %(id)s AND state IN ('waiting', 'running')
RETURNING run, revision, document::text, since, until
"""

DRAWN = """
-- Locks nothing.
SELECT revision, document::text FROM simulation WHERE program_id = %(program_id)s AND id = %(id)s
"""

TOTAL = """
-- One row. What callers said in the period; what decisions caused comes with it.
UPDATE simulation SET events_total = (
  SELECT count(*) FROM event e
  WHERE e.program_id = %(program_id)s AND e.occurred_at >= %(since)s AND e.occurred_at < %(until)s
    AND NOT starts_with(e.body::text, '{"cause":'))
WHERE program_id = %(program_id)s AND id = %(id)s AND run = %(run)s
RETURNING events_total
"""

ADVANCE = """
-- One row. Nothing where it was cancelled or overtaken.
UPDATE simulation SET events_done = events_done + %(events)s
WHERE program_id = %(program_id)s AND id = %(id)s AND run = %(run)s AND state = 'running'
RETURNING run
"""

END = """
-- One row. Nothing where it was cancelled or overtaken.
UPDATE simulation SET state = %(state)s, ended_at = %(now)s, error = %(error)s, result = %(result)s::json
WHERE program_id = %(program_id)s AND id = %(id)s AND run = %(run)s AND state = 'running'
RETURNING asked_by
"""

FAIL = """
-- One row.
UPDATE simulation SET state = 'failed', ended_at = %(now)s, error = %(error)s
WHERE program_id = %(program_id)s AND id = %(id)s AND state IN ('waiting', 'running')
RETURNING asked_by
"""

CANCEL = """
-- One row.
UPDATE simulation SET state = 'cancelled', ended_at = %(now)s
WHERE program_id = %(program_id)s AND id = %(id)s AND state IN ('waiting', 'running')
"""


async def insert(tx: Transaction, program_id: int, one: Simulation, *, document: str, until: datetime) -> None:
    """Add one that waits."""
    names = {name: getattr(one, name) for name in ("id", "revision", "digest", "days", "since", "through", "note")}
    await tx.execute(
        INSERT,
        names
        | {"program_id": program_id, "document": document, "until": until}
        | {"asked_by": one.asked_by, "asked_at": one.asked_at, "dated": msgspec.json.encode(one.dated).decode()},
    )


def _of(row: tuple[Any, ...]) -> Simulation:
    names = Simulation.__struct_fields__
    values: dict[str, Any] = dict(zip(names, row, strict=True))
    if values["result"] is not None:
        values["result"] = msgspec.json.decode(values["result"])
    values["dated"] = _dated(values["dated"])
    return Simulation(**values)


async def find(tx: Transaction, program_id: int, id: UUID) -> Simulation | None:
    """Return one with its result."""
    row = await (await tx.execute(FIND, {"program_id": program_id, "id": id})).fetchone()
    return None if row is None else _of(row)


async def page(tx: Transaction, program_id: int, *, before: UUID | None, limit: int) -> list[Simulation]:
    """Return some, newest first, without their results."""
    cursor = await tx.execute(PAGE, {"program_id": program_id, "before": before, "limit": limit})
    return [_of(row) for row in await cursor.fetchall()]


async def active(tx: Transaction, program_id: int) -> int:
    """Return how many wait or run."""
    row = await (await tx.execute(ACTIVE, {"program_id": program_id})).fetchone()
    assert row is not None
    return int(row[0])


async def begin(
    tx: Transaction, program_id: int, id: UUID, *, now: datetime
) -> tuple[int, int, str, date, datetime] | None:
    """Begin a run: its number, the live revision, the draft, the first day and the end. None where it is over."""
    row = await (await tx.execute(BEGIN, {"program_id": program_id, "id": id, "now": now})).fetchone()
    return None if row is None else (row[0], row[1], row[2], row[3], row[4])


async def drawn(tx: Transaction, program_id: int, id: UUID) -> tuple[int, str]:
    """Return the live revision and the draft of one that was begun."""
    row = await (await tx.execute(DRAWN, {"program_id": program_id, "id": id})).fetchone()
    assert row is not None, "it was begun"
    return int(row[0]), str(row[1])


async def count(tx: Transaction, program_id: int, id: UUID, run: int, *, since: datetime, until: datetime) -> int:
    """Note how many events there are to decide."""
    names: dict[str, Any] = {"program_id": program_id, "id": id, "run": run, "since": since, "until": until}
    row = await (await tx.execute(TOTAL, names)).fetchone()
    return 0 if row is None else int(row[0])


async def advance(tx: Transaction, program_id: int, id: UUID, run: int, *, events: int) -> bool:
    """Note that events were decided; False where nobody wants it any more."""
    names: dict[str, Any] = {"program_id": program_id, "id": id, "run": run, "events": events}
    return await (await tx.execute(ADVANCE, names)).fetchone() is not None


async def end(
    tx: Transaction,
    program_id: int,
    id: UUID,
    run: int,
    *,
    state: str,
    now: datetime,
    error: str | None = None,
    result: str | None = None,
) -> str | None:
    """End a run; returns who asked, None where nobody wants it any more."""
    names: dict[str, Any] = {"program_id": program_id, "id": id, "run": run, "state": state, "now": now}
    row = await (await tx.execute(END, names | {"error": error, "result": result})).fetchone()
    return None if row is None else str(row[0])


async def cancel(tx: Transaction, program_id: int, id: UUID, *, now: datetime) -> bool:
    """Cancel one that waits or runs; False where it is over."""
    return bool((await tx.execute(CANCEL, {"program_id": program_id, "id": id, "now": now})).rowcount)


async def fail(tx: Transaction, program_id: int, id: UUID, *, error: str, now: datetime) -> str | None:
    """End one that cannot be done; returns who asked, None where it is over."""
    row = await (await tx.execute(FAIL, {"program_id": program_id, "id": id, "error": error, "now": now})).fetchone()
    return None if row is None else str(row[0])
