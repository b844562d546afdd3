"""What waits for somebody: deliveries, jobs, approvals, and books that disagree."""

from __future__ import annotations

from puntal.engine.model import Compiled
from puntal.insight.model_home import Waiting
from puntal.kit.db import Transaction

WAITING = """
-- Locks nothing. Indexes of what waits, the few jobs that are kept, and last night's check of the books.
SELECT
  (SELECT count(*) FROM webhook_delivery WHERE program_id = %(program_id)s AND state = 'parked'),
  (SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed' AND args ->> 'program_id' = %(program_id)s::text),
  (SELECT count(*) FROM approval WHERE program_id = %(program_id)s AND state = 'waiting'),
  coalesce((
    SELECT (counts ->> 'wrong')::bigint FROM nightly_step
    WHERE program_id = %(program_id)s AND step = 'books' ORDER BY day DESC LIMIT 1
  ), 0)
"""


async def waiting(tx: Transaction, program: Compiled) -> Waiting:
    """Return how much waits."""
    row = await (await tx.execute(WAITING, {"program_id": program.program_id})).fetchone()
    assert row is not None
    return Waiting(*(int(value) for value in row))
