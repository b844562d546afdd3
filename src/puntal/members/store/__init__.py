"""Writes and locks of who members are: `member`, `identity`, `member_token`, `merge_candidate`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from puntal.kit.db import Transaction, array, encode
from puntal.members.model import Identity, Profile

FIND = """
-- Who each identity and id means, one statement for all asks. Nothing is locked: an identity that appears or
-- moves meanwhile is found by the writer that loses the race for it.
SELECT a.ask, a.rank, i.member_id
FROM unnest(%(asks)s::integer[], %(ranks)s::integer[], %(kinds)s::text[], %(values)s::text[])
  AS a (ask, rank, kind, value)
JOIN identity i ON i.program_id = %(program_id)s AND i.kind = a.kind AND i.value = a.value
UNION ALL
SELECT a.ask, a.rank, coalesce(m.merged_into, m.id)
FROM json_to_recordset(%(ids)s::json) AS a (ask integer, rank integer, id uuid)
JOIN member m ON m.program_id = %(program_id)s AND m.id = a.id
"""

TAKE_IDENTITIES = """
-- The unique key decides a race: whoever waits here for another's insert and loses gets no row back. Sorted, so
-- that two batches wait for each other in one direction only.
INSERT INTO identity (program_id, kind, value, member_id, added_at, verified_at, mailbox)
SELECT %(program_id)s, r.kind, r.value, r.member_id, r.added_at, r.verified_at, r.mailbox
FROM json_to_recordset(%(rows)s::json)
  AS r (kind text, value text, member_id uuid, added_at timestamptz, verified_at timestamptz, mailbox text)
ORDER BY r.kind, r.value
ON CONFLICT (program_id, kind, value) DO NOTHING
RETURNING kind, value, member_id
"""

DROP_IDENTITIES = """
-- Locks nothing that another transaction can see when the rows are this transaction's own.
DELETE FROM identity i
USING json_to_recordset(%(rows)s::json) AS r (kind text, value text)
WHERE i.program_id = %(program_id)s AND i.kind = r.kind AND i.value = r.value AND i.member_id = ANY(%(members)s::uuid[])
"""

INSERT_MEMBERS = """
-- New rows under new ids; an id the caller chose may exist, then it is left alone.
INSERT INTO member (program_id, id, status, enrolled_at, name, locale, country, zone, birthday, birthday_set_at,
  birthday_counts_from, email_verified_at, phone_verified_at, attributes, referrer_id, claim_until, created_at,
  updated_at)
SELECT %(program_id)s, r.id, r.status, r.enrolled_at, r.name, r.locale, r.country, r.zone, r.birthday,
  r.birthday_set_at, r.birthday_counts_from, r.email_verified_at, r.phone_verified_at, coalesce(r.attributes, '{}'),
  r.referrer_id, r.claim_until, r.created_at, r.created_at
FROM json_to_recordset(%(rows)s::json)
  AS r (id uuid, status text, enrolled_at timestamptz, name text, locale text, country text, zone text,
    birthday date, birthday_set_at timestamptz, birthday_counts_from date, email_verified_at timestamptz,
    phone_verified_at timestamptz, attributes jsonb, referrer_id uuid, claim_until timestamptz, created_at timestamptz)
ORDER BY r.id
ON CONFLICT (program_id, id) DO NOTHING
RETURNING id
"""

_PROFILE = """
SELECT m.id, m.status, m.enrolled_at, m.name, m.locale, m.country, m.zone, m.birthday, m.birthday_set_at,
  m.birthday_counts_from, m.birthday_paid_on, m.email_verified_at, m.phone_verified_at, m.attributes, m.merged_into,
  m.referrer_id, m.claim_until, m.created_at, m.updated_at, p.pool_id
FROM member m
LEFT JOIN pool_member p ON p.program_id = %(program_id)s AND p.member_id = m.id
WHERE m.program_id = %(program_id)s AND m.id = ANY(%(ids)s::uuid[])
"""

LOAD = f"""
-- Reads without a lock.
{_PROFILE}
"""

LOAD_LOCKED = f"""
-- Holds the members until the transaction ends, so that status, merges and pools stand still. In the order of their
-- ids, which is the order everybody locks in. NO KEY: rows that name a member may still be written.
{_PROFILE}
ORDER BY m.id
FOR NO KEY UPDATE OF m
"""

NOTE_CANDIDATES = """
-- Counts how often one caller named both.
INSERT INTO merge_candidate (program_id, member_id, other_id, first_seen_at, last_seen_at)
SELECT %(program_id)s, r.member_id, r.other_id, %(now)s, %(now)s
FROM json_to_recordset(%(rows)s::json) AS r (member_id uuid, other_id uuid)
ORDER BY r.member_id, r.other_id
ON CONFLICT (program_id, member_id, other_id) DO UPDATE
SET times = merge_candidate.times + 1, last_seen_at = excluded.last_seen_at
"""

WRITE_TOKENS = """
-- The words of new names.
INSERT INTO member_token (program_id, token, member_id)
SELECT %(program_id)s, r.token, r.member_id
FROM json_to_recordset(%(rows)s::json) AS r (token text, member_id uuid)
ORDER BY r.token, r.member_id
ON CONFLICT DO NOTHING
"""

FORGET_TOKENS = """
-- The words of names that changed or are to be forgotten.
DELETE FROM member_token WHERE program_id = %(program_id)s AND member_id = ANY(%(ids)s::uuid[])
"""


async def find(
    tx: Transaction, program_id: int, identities: Sequence[dict[str, Any]], ids: Sequence[dict[str, Any]]
) -> list[tuple[int, int, UUID]]:
    """Return (ask, rank, member) for every identity and id that is known."""
    columns = {f"{name}s": array([row[name] for row in identities]) for name in ("ask", "rank", "kind", "value")}
    cursor = await tx.execute(FIND, {"program_id": program_id, "ids": encode(ids), **columns})
    return [(ask, rank, member) for ask, rank, member in await cursor.fetchall()]


async def take_identities(tx: Transaction, program_id: int, rows: Sequence[dict[str, Any]]) -> dict[Identity, UUID]:
    """Give identities to members; return those that were free."""
    if not rows:
        return {}
    cursor = await tx.execute(TAKE_IDENTITIES, {"program_id": program_id, "rows": encode(rows)})
    return {(kind, value): member for kind, value, member in await cursor.fetchall()}


async def drop_identities(
    tx: Transaction, program_id: int, identities: Iterable[Identity], members: Iterable[UUID]
) -> None:
    """Take identities from these members."""
    rows = [{"kind": kind, "value": value} for kind, value in identities]
    if rows:
        await tx.execute(DROP_IDENTITIES, {"program_id": program_id, "rows": encode(rows), "members": list(members)})


async def insert_members(tx: Transaction, program_id: int, rows: Sequence[dict[str, Any]]) -> set[UUID]:
    """Add members; return the ids that were new."""
    if not rows:
        return set()
    cursor = await tx.execute(INSERT_MEMBERS, {"program_id": program_id, "rows": encode(rows)})
    return {row[0] for row in await cursor.fetchall()}


async def load(tx: Transaction, program_id: int, ids: Iterable[UUID], *, lock: bool) -> dict[UUID, Profile]:
    """Return the profiles, locked until `tx` ends if asked."""
    wanted = list(ids)
    if not wanted:
        return {}
    cursor = await tx.execute(LOAD_LOCKED if lock else LOAD, {"program_id": program_id, "ids": array(wanted)})
    return {row[0]: _profile(row) for row in await cursor.fetchall()}


def _profile(row: tuple[Any, ...]) -> Profile:
    return Profile(
        id=row[0],
        status=row[1],
        enrolled_at=row[2],
        name=row[3],
        locale=row[4],
        country=row[5],
        zone=row[6],
        birthday=row[7],
        birthday_set_at=row[8],
        birthday_counts_from=row[9],
        birthday_paid_on=row[10],
        email_verified_at=row[11],
        phone_verified_at=row[12],
        attributes=row[13],
        merged_into=row[14],
        referrer_id=row[15],
        claim_until=row[16],
        created_at=row[17],
        updated_at=row[18],
        pool_id=row[19],
    )


async def note_candidates(tx: Transaction, program_id: int, pairs: Iterable[tuple[UUID, UUID]], now: datetime) -> None:
    """Remember who may be the same person."""
    rows = [{"member_id": first, "other_id": second} for first, second in {tuple(sorted(pair)) for pair in pairs}]
    if rows:
        await tx.execute(NOTE_CANDIDATES, {"program_id": program_id, "rows": encode(rows), "now": now})


async def write_tokens(tx: Transaction, program_id: int, rows: Sequence[dict[str, Any]]) -> None:
    """Make names findable by their words."""
    if rows:
        await tx.execute(WRITE_TOKENS, {"program_id": program_id, "rows": encode(rows)})


async def forget_tokens(tx: Transaction, program_id: int, ids: Sequence[UUID]) -> None:
    """Make these members' names unfindable."""
    await tx.execute(FORGET_TOKENS, {"program_id": program_id, "ids": list(ids)})


ACTIVATE_MEMBERS = """
-- Guests and those who left, held by LOAD_LOCKED: what they say of themselves now fills what was empty.
UPDATE member m
SET status = 'active', enrolled_at = coalesce(m.enrolled_at, r.enrolled_at), claim_until = NULL,
  name = coalesce(r.name, m.name), locale = coalesce(r.locale, m.locale), country = coalesce(r.country, m.country),
  zone = coalesce(r.zone, m.zone), birthday = coalesce(m.birthday, r.birthday),
  birthday_set_at = coalesce(m.birthday_set_at, r.birthday_set_at),
  birthday_counts_from = CASE WHEN m.birthday IS NULL THEN r.birthday_counts_from ELSE m.birthday_counts_from END,
  attributes = m.attributes || r.attributes, referrer_id = coalesce(m.referrer_id, r.referrer_id),
  updated_at = %(now)s
FROM json_to_recordset(%(rows)s::json)
  AS r (id uuid, enrolled_at timestamptz, name text, locale text, country text, zone text, birthday date,
    birthday_set_at timestamptz, birthday_counts_from date, attributes jsonb, referrer_id uuid)
WHERE m.program_id = %(program_id)s AND m.id = r.id
"""

INSERT_CONSENTS = """
-- Only ever added to.
INSERT INTO consent (program_id, member_id, id, purpose, channel, given, at, evidence)
SELECT %(program_id)s, r.member_id, r.id, r.purpose, r.channel, r.given, r.at, r.evidence
FROM json_to_recordset(%(rows)s::json)
  AS r (member_id uuid, id uuid, purpose text, channel text, given boolean, at timestamptz, evidence jsonb)
"""


async def activate_members(tx: Transaction, program_id: int, rows: Sequence[dict[str, Any]], now: datetime) -> None:
    """Make members of guests and of those who left."""
    if rows:
        await tx.execute(ACTIVATE_MEMBERS, {"program_id": program_id, "rows": encode(rows), "now": now})


async def insert_consents(tx: Transaction, program_id: int, rows: Sequence[dict[str, Any]]) -> None:
    """Add consents."""
    if rows:
        await tx.execute(INSERT_CONSENTS, {"program_id": program_id, "rows": encode(rows)})
