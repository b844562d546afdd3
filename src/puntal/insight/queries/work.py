"""Long work of a program, whatever its kind: what goes on, and what is over."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from puntal.insight.model_work import Work, WorkKind
from puntal.kit.db import Transaction

SILENCE = timedelta(minutes=5)
"""An import that did not move for so long has stopped: its sender is gone."""

PAGE = """
-- Locks nothing. Newest first, of each kind along its key: ids grow with time. A file that was deleted was made;
-- an import that does not move any more has stopped.
SELECT w.id, w.kind, w.what, w.state, w.done, w.total, w.asked_by, w.asked_at, w.started_at, w.ended_at, w.file,
  w.added, w.known, w.refused
FROM (
  (SELECT s.id, 'simulation' AS kind, s.days::text AS what, s.state, s.events_done AS done, s.events_total AS total,
     s.asked_by, s.asked_at, s.started_at, s.ended_at, NULL::text AS file, NULL::bigint AS added, NULL::bigint AS known,
     NULL::bigint AS refused
   FROM simulation s
   WHERE s.program_id = %(program_id)s AND 'simulation' = ANY(%(kinds)s::text[])
     AND (%(before)s::uuid IS NULL OR s.id < %(before)s::uuid)
     AND (NOT %(active)s OR s.state IN ('waiting', 'running'))
   ORDER BY s.id DESC LIMIT %(limit)s)
  UNION ALL
  (SELECT x.id, 'export', x.kind, CASE x.state WHEN 'expired' THEN 'done' ELSE x.state END, x.rows_done, x.rows_total,
     x.asked_by, x.asked_at, x.started_at, x.ended_at,
     CASE x.state WHEN 'done' THEN x.kind || '-' || (x.asked_at AT TIME ZONE 'UTC')::date || '.' || x.format END,
     NULL, NULL, NULL
   FROM export x
   WHERE x.program_id = %(program_id)s AND 'export' = ANY(%(kinds)s::text[])
     AND (%(before)s::uuid IS NULL OR x.id < %(before)s::uuid)
     AND (NOT %(active)s OR x.state IN ('waiting', 'running'))
   ORDER BY x.id DESC LIMIT %(limit)s)
  UNION ALL
  (SELECT b.id, 'voucher_batch', b.name,
     CASE WHEN b.state = 'void' THEN 'cancelled' WHEN b.state = 'done' THEN 'done' WHEN b.made > 0 THEN 'running'
       ELSE 'waiting' END,
     b.made, b.wanted, b.created_by, b.created_at, NULL, b.done_at, NULL, NULL, NULL, NULL
   FROM voucher_batch b
   WHERE b.program_id = %(program_id)s AND 'voucher_batch' = ANY(%(kinds)s::text[]) AND b.kind = 'generated'
     AND (%(before)s::uuid IS NULL OR b.id < %(before)s::uuid)
     AND (NOT %(active)s OR b.state = 'making')
   ORDER BY b.id DESC LIMIT %(limit)s)
  UNION ALL
  (SELECT i.id, 'import_' || i.kind, i.name,
     CASE WHEN i.state = 'running' AND i.moved_at < %(silent)s::timestamptz THEN 'failed' ELSE i.state END,
     i.done, i.total, i.asked_by, i.asked_at, i.asked_at, i.ended_at, NULL, i.added, i.known, i.refused
   FROM import_run i
   WHERE i.program_id = %(program_id)s AND 'import_' || i.kind = ANY(%(kinds)s::text[])
     AND (%(before)s::uuid IS NULL OR i.id < %(before)s::uuid)
     AND (NOT %(active)s OR (i.state = 'running' AND i.moved_at >= %(silent)s::timestamptz))
   ORDER BY i.id DESC LIMIT %(limit)s)
) AS w
ORDER BY w.id DESC
LIMIT %(limit)s
"""


async def work(
    tx: Transaction,
    program_id: int,
    kinds: Collection[WorkKind],
    *,
    active: bool,
    before: UUID | None,
    limit: int,
    now: datetime,
) -> list[Work]:
    """Return some, newest first; with `active` only what waits or runs. `now` is real time."""
    names = {
        "program_id": program_id,
        "kinds": list(kinds),
        "active": active,
        "before": before,
        "limit": limit,
        "silent": now - SILENCE,
    }
    found = await (await tx.execute(PAGE, names)).fetchall()
    return [Work(**dict(zip(Work.__struct_fields__, row, strict=True))) for row in found]
