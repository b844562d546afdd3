"""Reading members: lists, identities, consents, pools."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct, convert

from puntal.access.model import Caller, Permission
from puntal.kit.db import Transaction
from puntal.ledger.model import Disagreement
from puntal.members.model import Consent, Evidence, KnownIdentity, Status
from puntal.members.tokens import after, tokens_of

MAILBOXES = """
-- Members whose e-mail is delivered to these mailboxes.
SELECT value, member_id FROM identity
WHERE program_id = %(program_id)s AND kind = 'email' AND value = ANY(%(boxes)s::text[])
UNION
SELECT mailbox, member_id FROM identity
WHERE program_id = %(program_id)s AND mailbox = ANY(%(boxes)s::text[])
"""

IDENTITIES = """
-- Identities of the members, in the order they were added.
SELECT member_id, kind, value, added_at, verified_at, evidence
FROM identity
WHERE program_id = %(program_id)s AND member_id = ANY(%(members)s::uuid[])
ORDER BY member_id, added_at, kind, value
"""

CONSENT_STATE = """
-- The newest word for each purpose and channel.
SELECT DISTINCT ON (member_id, purpose, channel) member_id, purpose, channel, given, at, evidence
FROM consent
WHERE program_id = %(program_id)s AND member_id = ANY(%(members)s::uuid[])
ORDER BY member_id, purpose, channel, at DESC, id DESC
"""

CONSENT_HISTORY = """
-- Every word, oldest first.
SELECT member_id, purpose, channel, given, at, evidence
FROM consent
WHERE program_id = %(program_id)s AND member_id = ANY(%(members)s::uuid[])
ORDER BY member_id, at, id
"""

LIST_MEMBERS = """
-- Newest first by enrolment; who has none (guests), where she is wanted, by when she was first seen. A page of each
-- status along its part of the index `member_since`, written as there, then the newest of these. Locks nothing.
SELECT m.id, m.status, m.enrolled_at, m.name, m.country, m.locale, m.since
FROM unnest(%(statuses)s::text[]) AS s (status)
CROSS JOIN LATERAL (
  SELECT o.id, o.status, o.enrolled_at, o.name, o.country, o.locale,
    CASE WHEN o.enrolled_at IS NULL THEN o.created_at ELSE o.enrolled_at END AS since
  FROM member o
  WHERE o.program_id = %(program_id)s AND o.status = s.status
    AND CASE WHEN o.enrolled_at IS NULL THEN o.created_at ELSE o.enrolled_at END >= %(since)s
    -- One upper bound: beside another one this would not be where the walk of the index begins.
    AND (CASE WHEN o.enrolled_at IS NULL THEN o.created_at ELSE o.enrolled_at END, o.id)
      < (%(before_at)s, %(before_id)s)
    AND (%(unenrolled)s OR o.enrolled_at IS NOT NULL)
  ORDER BY CASE WHEN o.enrolled_at IS NULL THEN o.created_at ELSE o.enrolled_at END DESC, o.id DESC
  LIMIT %(limit)s
) AS m
ORDER BY m.since DESC, m.id DESC
LIMIT %(limit)s
"""

SEARCH_NAMES = """
-- Walks a range of words, so that the index is used under row security and gives the order; further words narrow it.
SELECT m.id, m.status, m.enrolled_at, m.name, m.country, m.locale, t.token
FROM member_token t
JOIN member m ON m.program_id = %(program_id)s AND m.id = t.member_id
WHERE t.program_id = %(program_id)s AND t.token < %(high)s
  -- One lower bound: beside another one this would not be where the walk of the index begins.
  AND (t.token, t.member_id) > (%(after_token)s, %(after_id)s) AND m.status = ANY(%(statuses)s::text[])
  -- A member two of whose words fit comes once, under the first.
  AND NOT EXISTS (
    SELECT FROM member_token s
    WHERE s.program_id = %(program_id)s AND s.member_id = t.member_id AND s.token >= %(low)s AND s.token < t.token)
  AND NOT EXISTS (
    SELECT FROM unnest(%(lows)s::text[], %(highs)s::text[]) AS w (low, high)
    WHERE NOT EXISTS (
      SELECT FROM member_token o
      WHERE o.program_id = %(program_id)s AND o.member_id = t.member_id AND o.token >= w.low AND o.token < w.high))
ORDER BY t.token, t.member_id
LIMIT %(limit)s
"""

RAREST = """
-- Which of these beginnings the fewest words have; no more of them are counted than tell rare ones from common ones.
-- Locks nothing.
SELECT w.low
FROM unnest(%(lows)s::text[], %(highs)s::text[]) AS w (low, high)
CROSS JOIN LATERAL (
  SELECT count(*) AS words FROM (
    SELECT FROM member_token t
    WHERE t.program_id = %(program_id)s AND t.token >= w.low AND t.token < w.high LIMIT 1000) AS counted
) AS c
ORDER BY c.words, length(w.low) DESC, w.low
LIMIT 1
"""

NAMES = """
-- Locks nothing. Of a page of a list: the name, else what the person is recognised by; devices say nothing to people.
SELECT m.id, coalesce(m.name, i.value)
FROM member m
LEFT JOIN LATERAL (
  SELECT k.value FROM identity k
  WHERE m.name IS NULL AND k.program_id = %(program_id)s AND k.member_id = m.id AND k.kind <> 'device'
  ORDER BY array_position(ARRAY['email', 'phone', 'card'], k.kind), k.kind, k.value
  LIMIT 1
) AS i ON true
WHERE m.program_id = %(program_id)s AND m.id = ANY(%(members)s::uuid[]) AND coalesce(m.name, i.value) IS NOT NULL
"""

DANGLING = """
-- What foreign keys would check: rows that name a member, or a holder, that is not there.
WITH named AS (
  SELECT 'identity' AS place, member_id FROM identity WHERE program_id = %(program_id)s
  UNION ALL SELECT 'consent', member_id FROM consent WHERE program_id = %(program_id)s
  UNION ALL SELECT 'pool_member', member_id FROM pool_member WHERE program_id = %(program_id)s
  UNION ALL SELECT 'tier_change', member_id FROM tier_change WHERE program_id = %(program_id)s
  UNION ALL SELECT 'activity', member_id FROM activity WHERE program_id = %(program_id)s
  UNION ALL SELECT 'event', member_id FROM event WHERE program_id = %(program_id)s
  UNION ALL SELECT 'shop_order', member_id FROM shop_order WHERE program_id = %(program_id)s
  UNION ALL SELECT 'segment_member', member_id FROM segment_member WHERE program_id = %(program_id)s
  UNION ALL SELECT 'merged_into', merged_into FROM member WHERE program_id = %(program_id)s
  UNION ALL SELECT 'referrer', referrer_id FROM member WHERE program_id = %(program_id)s
)
SELECT 'dangling', n.member_id, -1, n.place, 1, 0
FROM (SELECT DISTINCT place, member_id FROM named WHERE member_id IS NOT NULL) AS n
WHERE NOT EXISTS (SELECT FROM member m WHERE m.program_id = %(program_id)s AND m.id = n.member_id)
UNION ALL
SELECT 'dangling', h.id, -1, 'holder', 1, 0
FROM holder h
WHERE h.program_id = %(program_id)s
  AND NOT EXISTS (SELECT FROM member m WHERE m.program_id = %(program_id)s AND m.id = h.id)
  AND NOT EXISTS (SELECT FROM pool p WHERE p.program_id = %(program_id)s AND p.id = h.id)
UNION ALL
SELECT 'dangling', p.pool_id, -1, 'pool of member', 1, 0
FROM pool_member p
WHERE p.program_id = %(program_id)s
  AND NOT EXISTS (SELECT FROM pool o WHERE o.program_id = %(program_id)s AND o.id = p.pool_id)
ORDER BY 4, 2
"""

LIST_GUESTS = """
-- People who bought without joining, those who may claim longest first.
SELECT id, status, enrolled_at, name, country, locale
FROM member
WHERE program_id = %(program_id)s AND status = 'guest' AND claim_until IS NOT NULL
  AND (claim_until, id) > (%(after_at)s, %(after_id)s)
ORDER BY claim_until, id
LIMIT %(limit)s
"""

WAITING_GUESTS = """
-- Guests who may still claim, in the order of their ids. Locks nothing.
SELECT id FROM member
WHERE program_id = %(program_id)s AND status = 'guest' AND id > %(after)s
  AND (claim_until IS NULL OR claim_until > %(now)s)
ORDER BY id
LIMIT %(limit)s
"""

CANDIDATES = """
-- Pairs somebody should look at, most often seen first.
SELECT member_id, other_id, first_seen_at, last_seen_at, times
FROM merge_candidate
WHERE program_id = %(program_id)s AND dismissed_at IS NULL
ORDER BY times DESC, member_id, other_id
LIMIT %(limit)s
"""

POOL_MEMBERS = """
-- Who shares with a pool.
SELECT member_id, adult, joined_at FROM pool_member
WHERE program_id = %(program_id)s AND pool_id = %(pool)s
ORDER BY joined_at, member_id
"""

POOLS_OF = """
-- Which pools some members share with, and whether they may spend there.
SELECT member_id, pool_id, adult FROM pool_member
WHERE program_id = %(program_id)s AND member_id = ANY(%(members)s::uuid[])
"""


OLDEST = """
-- The end of the index on birthdays. Locks nothing.
SELECT min(birthday) FROM member WHERE program_id = %(program_id)s AND birthday IS NOT NULL
"""

BORN_ON = """
-- By whole dates, one look at the index for each: row security would not let a sum of month and day use one. The rest
-- of the rule is `birthdays.is_due`.
SELECT id FROM member
WHERE program_id = %(program_id)s AND birthday = ANY(%(days)s::date[]) AND status = 'active'
"""

JOINED_WITHIN = """
-- One range of the index on `enrolled_at` per year.
SELECT m.id, r.years
FROM json_to_recordset(%(windows)s::json) AS r (years integer, since timestamptz, until timestamptz)
JOIN member m ON m.program_id = %(program_id)s AND m.enrolled_at >= r.since AND m.enrolled_at < r.until
WHERE m.status = 'active'
ORDER BY m.id
"""


REDIRECTED = """
-- Ids that answer with this member.
SELECT id FROM member WHERE program_id = %(program_id)s AND merged_into = %(member)s ORDER BY id
"""


class Listed(Struct, frozen=True):
    """A member as lists show her."""

    id: UUID
    status: Status
    enrolled_at: datetime | None
    name: str | None
    country: str | None
    locale: str | None


class Candidate(Struct, frozen=True):
    """Two members that callers named as one."""

    member_id: UUID
    other_id: UUID
    first_seen_at: datetime
    last_seen_at: datetime
    times: int


class Pooled(Struct, frozen=True):
    """One member of a pool."""

    member_id: UUID
    adult: bool
    joined_at: datetime


async def waiting_guests(tx: Transaction, program_id: int, *, after: UUID, now: datetime, limit: int) -> list[UUID]:
    """Return guests whose time to claim is not over, by id."""
    params = {"program_id": program_id, "after": after, "now": now, "limit": limit}
    return [row[0] for row in await (await tx.execute(WAITING_GUESTS, params)).fetchall()]


async def mailboxes(tx: Transaction, program_id: int, boxes: Iterable[str]) -> dict[str, set[UUID]]:
    """Return the members of each mailbox, see `identities.mailbox`."""
    wanted = sorted(boxes)
    found: dict[str, set[UUID]] = {}
    if wanted:
        cursor = await tx.execute(MAILBOXES, {"program_id": program_id, "boxes": wanted})
        for box, member in await cursor.fetchall():
            found.setdefault(box, set()).add(member)
    return found


async def identities(tx: Transaction, program_id: int, members: Collection[UUID]) -> dict[UUID, list[KnownIdentity]]:
    """Return the identities of the members."""
    cursor = await tx.execute(IDENTITIES, {"program_id": program_id, "members": list(members)})
    found: dict[UUID, list[KnownIdentity]] = {}
    for member, kind, value, added_at, verified_at, said in await cursor.fetchall():
        evidence = None if said is None else convert(said, Evidence)
        known = KnownIdentity(kind=kind, value=value, added_at=added_at, verified_at=verified_at, evidence=evidence)
        found.setdefault(member, []).append(known)
    return found


async def consents(
    tx: Transaction, program_id: int, members: Collection[UUID], *, history: bool = False
) -> dict[UUID, list[Consent]]:
    """Return what holds for each purpose and channel, or every record ever made, oldest first."""
    cursor = await tx.execute(
        CONSENT_HISTORY if history else CONSENT_STATE, {"program_id": program_id, "members": list(members)}
    )
    found: dict[UUID, list[Consent]] = {}
    for member, purpose, channel, given, at, evidence in await cursor.fetchall():
        found.setdefault(member, []).append(
            Consent(purpose=purpose, channel=channel, given=given, at=at, evidence=convert(evidence, Evidence))
        )
    return found


async def list_members(
    tx: Transaction,
    program_id: int,
    *,
    statuses: Collection[Status],
    since: datetime,
    until: datetime,
    before: tuple[datetime, UUID],
    limit: int,
    unenrolled: bool = False,
) -> list[tuple[Listed, datetime]]:
    """Return members enrolled in `[since, until)`, newest first, that come after `before` in that order.

    Each comes with the instant she is listed under: that and the id are the key of the next page. With `unenrolled`
    also those who never enrolled, under the instant they were first seen.
    """
    before_at, before_id = min(before, (until, UUID(int=0)))
    cursor = await tx.execute(
        LIST_MEMBERS,
        {
            "program_id": program_id,
            "statuses": list(dict.fromkeys(statuses)),
            "since": since,
            "before_at": before_at,
            "before_id": before_id,
            "limit": limit,
            "unenrolled": unenrolled,
        },
    )
    return [(Listed(*row[:-1]), row[-1]) for row in await cursor.fetchall()]


async def names(tx: Transaction, program_id: int, members: Collection[UUID]) -> dict[UUID, str]:
    """Return what members are called: by name, else e-mail, phone, card or id elsewhere; who has none has no entry."""
    cursor = await tx.execute(NAMES, {"program_id": program_id, "members": list(set(members))})
    return {row[0]: str(row[1]) async for row in cursor}


async def names_for(
    tx: Transaction, program_id: int, caller: Caller, members: Iterable[UUID | None]
) -> dict[UUID, str]:
    """Return what members are called, as `names` does, for a caller who may read members; for another, nothing."""
    ids = {id for id in members if id is not None}
    return await names(tx, program_id, ids) if ids and caller.may(Permission.MEMBERS_READ) else {}


async def search_names(
    tx: Transaction,
    program_id: int,
    words: str,
    *,
    statuses: Collection[Status],
    after_key: tuple[str, UUID] | None,
    limit: int,
) -> list[tuple[Listed, str]]:
    """Return members whose names have, for each of the words, one that begins with it.

    Each comes with the word it was found by: that and the id are the key of the next page.
    """
    bounds = {prefix: after(prefix) or "\U0010ffff" for prefix in tokens_of(words)}
    if not bounds:
        return []
    # The pages after the first follow the same word.
    known = {prefix: bounds[prefix] for prefix in bounds if after_key is not None and after_key[0].startswith(prefix)}
    low = await _rarest(tx, program_id, known or bounds)
    after_token, after_id = after_key or (low, UUID(int=0))
    high = bounds[low]
    others = [(prefix, end) for prefix, end in bounds.items() if prefix != low]
    cursor = await tx.execute(
        SEARCH_NAMES,
        {
            "program_id": program_id,
            "low": low,
            "high": high,
            "lows": [bound[0] for bound in others],
            "highs": [bound[1] for bound in others],
            "statuses": list(statuses),
            "after_token": after_token,
            "after_id": after_id,
            "limit": limit,
        },
    )
    return [(Listed(*row[:-1]), row[-1]) for row in await cursor.fetchall()]


async def _rarest(tx: Transaction, program_id: int, bounds: Mapping[str, str]) -> str:
    """Return the beginning that the fewest words have."""
    if len(bounds) == 1:
        return next(iter(bounds))
    names = {"program_id": program_id, "lows": list(bounds), "highs": list(bounds.values())}
    row = await (await tx.execute(RAREST, names)).fetchone()
    assert row is not None, "one of them is the rarest"
    return str(row[0])


async def list_guests(
    tx: Transaction, program_id: int, *, after_key: tuple[datetime, UUID], limit: int
) -> list[Listed]:
    """Return guests who may still claim, the first to lapse first."""
    return await _listed(
        tx,
        LIST_GUESTS,
        {"program_id": program_id, "after_at": after_key[0], "after_id": after_key[1], "limit": limit},
    )


async def merge_candidates(tx: Transaction, program_id: int, *, limit: int) -> list[Candidate]:
    """Return pairs of members that may be one person."""
    cursor = await tx.execute(CANDIDATES, {"program_id": program_id, "limit": limit})
    return [Candidate(*row) for row in await cursor.fetchall()]


async def pool_members(tx: Transaction, program_id: int, pool: UUID) -> list[Pooled]:
    """Return who shares with the pool."""
    cursor = await tx.execute(POOL_MEMBERS, {"program_id": program_id, "pool": pool})
    return [Pooled(*row) for row in await cursor.fetchall()]


async def pools_of(tx: Transaction, program_id: int, members: Iterable[UUID]) -> dict[UUID, tuple[UUID, bool]]:
    """Return those of the members who share with a pool: the pool, and whether they are adults, who may spend."""
    cursor = await tx.execute(POOLS_OF, {"program_id": program_id, "members": list(members)})
    return {member: (pool, adult) for member, pool, adult in await cursor.fetchall()}


async def _listed(tx: Transaction, statement: str, values: dict[str, Any]) -> list[Listed]:
    cursor = await tx.execute(statement, values)
    return [Listed(*row) for row in await cursor.fetchall()]


async def born_on(tx: Transaction, program_id: int, marks: Collection[tuple[int, int]], *, through: int) -> list[UUID]:
    """Return active members born on these days (month, day) of any year up to `through`."""
    row = await (await tx.execute(OLDEST, {"program_id": program_id})).fetchone()
    if row is None or row[0] is None:
        return []
    days = [
        date(year, month, day)
        for year in range(row[0].year, through + 1)
        for month, day in marks
        if day <= monthrange(year, month)[1]
    ]
    cursor = await tx.execute(BORN_ON, {"program_id": program_id, "days": days})
    return [row[0] for row in await cursor.fetchall()]


async def joined_within(tx: Transaction, program_id: int, windows: str) -> dict[UUID, int]:
    """Return active members enrolled in the windows (JSON: years, since, until), with the years."""
    cursor = await tx.execute(JOINED_WITHIN, {"program_id": program_id, "windows": windows})
    return {row[0]: row[1] for row in await cursor.fetchall()}


async def redirected_to(tx: Transaction, program_id: int, member: UUID) -> list[UUID]:
    """Return the ids that were merged into a member."""
    cursor = await tx.execute(REDIRECTED, {"program_id": program_id, "member": member})
    return [row[0] for row in await cursor.fetchall()]


async def dangling(tx: Transaction, program_id: int) -> list[Disagreement]:
    """Return every row that names a member who is not there."""
    cursor = await tx.execute(DANGLING, {"program_id": program_id})
    return [Disagreement(*row) for row in await cursor.fetchall()]
