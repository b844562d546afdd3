"""Writes of merges: whose rows become whose, and back. Both members are held by LOAD_LOCKED."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from puntal.kit.db import Transaction, encode

MOVE_IDENTITIES = """
UPDATE identity SET member_id = %(to)s
WHERE program_id = %(program_id)s AND member_id = %(from)s
RETURNING kind, value
"""

MOVE_IDENTITIES_BACK = """
-- Those that the survivor still has; what she gave up meanwhile stays given up.
UPDATE identity i SET member_id = %(to)s
FROM json_to_recordset(%(rows)s::json) AS r (kind text, value text)
WHERE i.program_id = %(program_id)s AND i.kind = r.kind AND i.value = r.value AND i.member_id = %(from)s
"""

MOVE_CONSENTS = """
UPDATE consent SET member_id = %(to)s
WHERE program_id = %(program_id)s AND member_id = %(from)s
RETURNING id
"""

MOVE_CONSENTS_BACK = """
UPDATE consent SET member_id = %(to)s
WHERE program_id = %(program_id)s AND member_id = %(from)s AND id = ANY(%(ids)s::uuid[])
"""

DROP_CONSENTS = """
-- Records that only the merge made.
DELETE FROM consent
WHERE program_id = %(program_id)s AND member_id = %(from)s AND id = ANY(%(ids)s::uuid[])
"""

REDIRECT = """
-- Those merged into the one before answer with the new survivor at once: one step, never a chain.
UPDATE member SET merged_into = %(to)s
WHERE program_id = %(program_id)s AND merged_into = %(from)s
RETURNING id
"""

REDIRECT_BACK = """
UPDATE member SET merged_into = %(to)s
WHERE program_id = %(program_id)s AND id = ANY(%(ids)s::uuid[]) AND merged_into = %(from)s
"""

END_MERGED = """
UPDATE member SET status = 'merged', merged_into = %(to)s, claim_until = NULL, updated_at = %(now)s
WHERE program_id = %(program_id)s AND id = %(from)s
"""

BRING_BACK = """
UPDATE member SET status = %(status)s, merged_into = NULL, claim_until = %(claim_until)s, updated_at = %(now)s
WHERE program_id = %(program_id)s AND id = %(to)s
"""

WRITE_COMBINED = """
UPDATE member
SET status = %(status)s, enrolled_at = %(enrolled_at)s, name = %(name)s, locale = %(locale)s, country = %(country)s,
  zone = %(zone)s, birthday = %(birthday)s, birthday_set_at = %(birthday_set_at)s,
  birthday_counts_from = %(birthday_counts_from)s, birthday_paid_on = %(birthday_paid_on)s,
  email_verified_at = %(email_verified_at)s, phone_verified_at = %(phone_verified_at)s,
  attributes = %(attributes)s::jsonb, referrer_id = %(referrer_id)s, claim_until = %(claim_until)s,
  updated_at = %(now)s
WHERE program_id = %(program_id)s AND id = %(id)s
"""

MOVE_POOL = """
-- Only when the survivor is in none: the key allows one pool per member.
UPDATE pool_member SET member_id = %(to)s
WHERE program_id = %(program_id)s AND member_id = %(from)s
  AND NOT EXISTS (SELECT FROM pool_member WHERE program_id = %(program_id)s AND member_id = %(to)s)
RETURNING pool_id
"""

LEAVE_POOL = """
-- Both were in the same pool: the survivor's place is enough.
DELETE FROM pool_member WHERE program_id = %(program_id)s AND member_id = %(from)s RETURNING pool_id, adult, joined_at
"""

REJOIN_POOL = """
INSERT INTO pool_member (program_id, member_id, pool_id, adult, joined_at)
SELECT %(program_id)s, %(to)s, r.pool_id, r.adult, r.joined_at
FROM json_to_recordset(%(rows)s::json) AS r (pool_id uuid, adult boolean, joined_at timestamptz)
ON CONFLICT (program_id, member_id) DO NOTHING
"""

MOVE_TOKENS = """
DELETE FROM member_token WHERE program_id = %(program_id)s AND member_id = %(from)s
"""

DROP_CANDIDATE = """
DELETE FROM merge_candidate
WHERE program_id = %(program_id)s AND member_id = ANY(%(pair)s::uuid[]) AND other_id = ANY(%(pair)s::uuid[])
"""

INSERT_MERGE = """
INSERT INTO member_merge (program_id, id, survivor_id, merged_id, at, by, undo_until, moves)
VALUES (%(program_id)s, %(id)s, %(survivor)s, %(merged)s, %(now)s, %(by)s, %(undo_until)s, %(moves)s::jsonb)
"""

LOCK_MERGE = """
-- Held so that it is undone once.
SELECT id, survivor_id, merged_id, at, by, undo_until, undone_at, moves
FROM member_merge
WHERE program_id = %(program_id)s AND id = %(id)s
ORDER BY id
FOR NO KEY UPDATE
"""

LATER_MERGE = """
-- A later merge of either must be undone first: it moved what this one would look for.
SELECT id FROM member_merge
WHERE program_id = %(program_id)s AND undone_at IS NULL AND id <> %(id)s AND at >= %(at)s
  AND (survivor_id = ANY(%(pair)s::uuid[]) OR merged_id = ANY(%(pair)s::uuid[]))
LIMIT 1
"""

MARK_UNDONE = """
UPDATE member_merge SET undone_at = %(now)s WHERE program_id = %(program_id)s AND id = %(id)s
"""


async def run(tx: Transaction, statement: str, program_id: int, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Execute one of the statements above; return its rows, if it gives any."""
    cursor = await tx.execute(statement, {"program_id": program_id, **values})
    return await cursor.fetchall() if cursor.description else []


async def move_back(
    tx: Transaction, program_id: int, survivor: UUID, merged: UUID, moved: dict[str, Any], now: datetime
) -> None:
    """Give the merged member back what `moved` says was hers."""
    both: dict[str, Any] = {"from": survivor, "to": merged}
    identities: Sequence[Sequence[str]] = moved["identities"]
    rows = encode([{"kind": kind, "value": value} for kind, value in identities])
    await run(tx, MOVE_IDENTITIES_BACK, program_id, {**both, "rows": rows})
    await run(tx, DROP_CONSENTS, program_id, {"from": survivor, "ids": moved["withdrawals"]})
    await run(tx, MOVE_CONSENTS_BACK, program_id, {**both, "ids": moved["consents"]})
    await run(tx, REDIRECT_BACK, program_id, {**both, "ids": moved["redirected"]})
    if moved["pool_moved"]:
        await run(tx, MOVE_POOL, program_id, both)
    elif moved["pool_left"]:
        await run(tx, REJOIN_POOL, program_id, {"to": merged, "rows": encode(moved["pool_left"])})
    await run(
        tx,
        BRING_BACK,
        program_id,
        {"to": merged, "status": moved["merged_status"], "claim_until": moved["merged_claim_until"], "now": now},
    )
