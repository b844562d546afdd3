"""Writes to members who exist: profile, status, identities, pools, birthdays, guests that lapse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from puntal.kit.db import Transaction, encode

UPDATE_PROFILE = """
-- One member, held by LOAD_LOCKED; every column is written, changed or not.
UPDATE member
SET name = %(name)s, locale = %(locale)s, country = %(country)s, zone = %(zone)s, birthday = %(birthday)s,
  birthday_set_at = %(birthday_set_at)s, birthday_counts_from = %(birthday_counts_from)s,
  attributes = %(attributes)s::jsonb, updated_at = %(now)s
WHERE program_id = %(program_id)s AND id = %(id)s
"""

SET_STATUS = """
-- One member, held by LOAD_LOCKED.
UPDATE member SET status = %(status)s, updated_at = %(now)s WHERE program_id = %(program_id)s AND id = %(id)s
"""

VERIFY_IDENTITY = """
-- The first proof counts, with its evidence; a second changes nothing.
UPDATE identity
SET verified_at = coalesce(verified_at, %(now)s),
  evidence = CASE WHEN verified_at IS NULL THEN %(evidence)s::jsonb ELSE evidence END
WHERE program_id = %(program_id)s AND member_id = %(member)s AND kind = %(kind)s AND value = %(value)s
RETURNING verified_at
"""

COPY_VERIFIED = """
-- The member's row repeats which kinds are proven, for decisions; she is held by LOAD_LOCKED.
UPDATE member m
SET email_verified_at = v.email, phone_verified_at = v.phone, updated_at = %(now)s
FROM (
  SELECT min(verified_at) FILTER (WHERE kind = 'email') AS email,
    min(verified_at) FILTER (WHERE kind = 'phone') AS phone
  FROM identity WHERE program_id = %(program_id)s AND member_id = %(member)s
) v
WHERE m.program_id = %(program_id)s AND m.id = %(member)s
"""

OWNERS = """
-- Whose these identities are; read after losing them, so whoever has them has committed.
SELECT i.kind, i.value, i.member_id
FROM json_to_recordset(%(rows)s::json) AS r (kind text, value text)
JOIN identity i ON i.program_id = %(program_id)s AND i.kind = r.kind AND i.value = r.value
"""

INSERT_POOL = """
INSERT INTO pool (program_id, id, kind, created_at) VALUES (%(program_id)s, %(id)s, %(kind)s, %(now)s)
ON CONFLICT (program_id, id) DO NOTHING
"""

LOCK_POOL = """
-- Held while its members are counted and changed, so that two who join at once do not both take the last place.
SELECT kind FROM pool WHERE program_id = %(program_id)s AND id = %(pool)s ORDER BY id FOR NO KEY UPDATE
"""

COUNT_POOL = """
-- After LOCK_POOL, in a statement of its own, which sees who joined while that one waited.
SELECT count(*) FROM pool_member WHERE program_id = %(program_id)s AND pool_id = %(pool)s
"""

JOIN_POOL = """
-- The key allows one pool per member.
INSERT INTO pool_member (program_id, member_id, pool_id, adult, joined_at)
SELECT %(program_id)s, r.member_id, %(pool)s, r.adult, %(now)s
FROM json_to_recordset(%(rows)s::json) AS r (member_id uuid, adult boolean)
ORDER BY r.member_id
ON CONFLICT (program_id, member_id) DO NOTHING
RETURNING member_id
"""

LEAVE_POOL = """
DELETE FROM pool_member WHERE program_id = %(program_id)s AND member_id = %(member)s RETURNING pool_id
"""

PAY_BIRTHDAYS = """
-- The day is remembered once: the run that finds it remembered celebrates nothing.
UPDATE member m SET birthday_paid_on = r.day
FROM json_to_recordset(%(rows)s::json) AS r (id uuid, day date)
WHERE m.program_id = %(program_id)s AND m.id = r.id AND m.birthday_paid_on IS DISTINCT FROM r.day
  AND (m.birthday_paid_on IS NULL OR m.birthday_paid_on < r.day)
RETURNING m.id
"""

LAPSED_GUESTS = """
-- Held until they are gone, those that lapsed first; who is claiming right now is passed over.
SELECT id FROM member
WHERE program_id = %(program_id)s AND claim_until IS NOT NULL AND claim_until <= %(now)s AND status = 'guest'
ORDER BY claim_until, id
LIMIT %(limit)s
FOR UPDATE SKIP LOCKED
"""

FORGET_PEOPLE = """
-- The row stays: the books name it. Held by the caller.
UPDATE member
SET status = 'erased', name = NULL, locale = NULL, country = NULL, zone = NULL, birthday = NULL,
  birthday_set_at = NULL, birthday_counts_from = NULL, birthday_paid_on = NULL, email_verified_at = NULL,
  phone_verified_at = NULL, attributes = '{}', referrer_id = NULL, claim_until = NULL, updated_at = %(now)s
WHERE program_id = %(program_id)s AND id = ANY(%(members)s::uuid[])
"""

FORGET_IDENTITIES = """
DELETE FROM identity WHERE program_id = %(program_id)s AND member_id = ANY(%(members)s::uuid[])
"""

FORGET_EVIDENCE = """
-- That somebody agreed stays countable; what pointed at the person goes.
UPDATE consent SET evidence = '{"source": "erased"}'
WHERE program_id = %(program_id)s AND member_id = ANY(%(members)s::uuid[])
"""

FORGET_CANDIDATES = """
DELETE FROM merge_candidate
WHERE program_id = %(program_id)s AND (member_id = ANY(%(members)s::uuid[]) OR other_id = ANY(%(members)s::uuid[]))
"""

FORGET_MERGES = """
-- What a merge moved names addresses; without it there is nothing to give back.
UPDATE member_merge SET moves = '{}', undo_until = least(undo_until, %(now)s)
WHERE program_id = %(program_id)s
  AND (survivor_id = ANY(%(members)s::uuid[]) OR merged_id = ANY(%(members)s::uuid[]))
"""

FORGET_POOL = """
DELETE FROM pool_member WHERE program_id = %(program_id)s AND member_id = ANY(%(members)s::uuid[])
"""


async def run(tx: Transaction, statement: str, program_id: int, **values: object) -> list[tuple[Any, ...]]:
    """Execute one of the statements above; return its rows, if it gives any."""
    cursor = await tx.execute(statement, {"program_id": program_id, **values})
    return await cursor.fetchall() if cursor.description else []


async def join_pool(
    tx: Transaction, program_id: int, pool: UUID, members: Mapping[UUID, bool], now: datetime
) -> set[UUID]:
    """Add members (adult or not) to a pool; return those who were in none."""
    rows = encode([{"member_id": member, "adult": adult} for member, adult in members.items()])
    return {row[0] for row in await run(tx, JOIN_POOL, program_id, pool=pool, rows=rows, now=now)}


async def pay_birthdays(tx: Transaction, program_id: int, days: Mapping[UUID, date]) -> set[UUID]:
    """Remember the days as celebrated; return the members for whom they were not yet."""
    rows = encode([{"id": member, "day": day} for member, day in days.items()])
    return {row[0] for row in await run(tx, PAY_BIRTHDAYS, program_id, rows=rows)}


async def forget(tx: Transaction, program_id: int, members: Sequence[UUID], now: datetime) -> None:
    """Take from the members everything that says who they are."""
    for statement in (
        FORGET_IDENTITIES,
        FORGET_PEOPLE,
        FORGET_EVIDENCE,
        FORGET_CANDIDATES,
        FORGET_MERGES,
        FORGET_POOL,
    ):
        await run(tx, statement, program_id, members=list(members), now=now)
