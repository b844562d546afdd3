"""Writes of `tier_change`."""

from __future__ import annotations

from collections.abc import Sequence

from puntal.kit.db import Transaction, encode
from puntal.tiers.model import Recorded

INSERT_CHANGES = """
-- Append-only; an id that is there already is the same change told twice.
INSERT INTO tier_change (program_id, member_id, id, ladder, from_tier, to_tier, reason, effective_at, recorded_at,
  event_id)
SELECT %(program_id)s, r.member_id, r.id, r.ladder, r.from_tier, r.to_tier, r.reason, r.effective_at, r.recorded_at,
  r.event_id
FROM json_to_recordset(%(rows)s::json) AS r (member_id uuid, id uuid, ladder text, from_tier text, to_tier text,
  reason text, effective_at timestamptz, recorded_at timestamptz, event_id text)
ON CONFLICT (program_id, member_id, id) DO NOTHING
"""


async def insert_changes(tx: Transaction, program_id: int, rows: Sequence[Recorded]) -> None:
    """Append to the history."""
    await tx.execute(INSERT_CHANGES, {"program_id": program_id, "rows": encode(rows)})
