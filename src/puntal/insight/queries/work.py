"""Long work of a program, whatever its kind: what goes on, and what is over."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from puntal.insight.model_work import Work, WorkKind
from puntal.kit.db import Transaction

PAGE = """
-- Locks nothing. Newest first, of each kind along its key: ids grow with time. A file that was deleted was made.
SELECT w.id, w.kind, w.what, w.state, w.done, w.total, w.asked_by, w.asked_at, w.started_at, w.ended_at
FROM (
  (SELECT s.id, 'simulation' AS kind, s.days::text AS what, s.state, s.events_done AS done, s.events_total AS total,
     s.asked_by, s.asked_at, s.started_at, s.ended_at
   FROM simulation s
   WHERE s.program_id = %(program_id)s AND 'simulation' = ANY(%(kinds)s::text[])
     AND (%(before)s::uuid IS NULL OR s.id < %(before)s::uuid)
     AND (NOT %(active)s OR s.state IN ('waiting', 'running'))
   ORDER BY s.id DESC LIMIT %(limit)s)
  UNION ALL
  (SELECT x.id, 'export', x.kind, CASE x.state WHEN 'expired' THEN 'done' ELSE x.state END, x.rows_done, x.rows_total,
     x.asked_by, x.asked_at, x.started_at, x.ended_at
   FROM export x
   WHERE x.program_id = %(program_id)s AND 'export' = ANY(%(kinds)s::text[])
     AND (%(before)s::uuid IS NULL OR x.id < %(before)s::uuid)
     AND (NOT %(active)s OR x.state IN ('waiting', 'running'))
   ORDER BY x.id DESC LIMIT %(limit)s)
  UNION ALL
  (SELECT b.id, 'voucher_batch', b.name,
     CASE WHEN b.state = 'void' THEN 'cancelled' WHEN b.state = 'done' THEN 'done' WHEN b.made > 0 THEN 'running'
       ELSE 'waiting' END,
     b.made, b.wanted, b.created_by, b.created_at, NULL, b.done_at
   FROM voucher_batch b
   WHERE b.program_id = %(program_id)s AND 'voucher_batch' = ANY(%(kinds)s::text[]) AND b.kind = 'generated'
     AND (%(before)s::uuid IS NULL OR b.id < %(before)s::uuid)
     AND (NOT %(active)s OR b.state = 'making')
   ORDER BY b.id DESC LIMIT %(limit)s)
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
) -> list[Work]:
    """Return some, newest first; with `active` only what waits or runs."""
    names = {"program_id": program_id, "kinds": list(kinds), "active": active, "before": before, "limit": limit}
    found = await (await tx.execute(PAGE, names)).fetchall()
    return [Work(**dict(zip(Work.__struct_fields__, row, strict=True))) for row in found]
