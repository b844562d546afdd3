"""Members as lists show them: by when they joined, by the words of their names, guests by when they lapse."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from puntal.kit.db import Transaction
from puntal.members.model import Status
from puntal.members.tokens import after, tokens_of

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

SEARCH_EMAILS = """
-- Walks e-mail addresses from one bound on, no further than some hundreds, so that row security lets the key be used,
-- and a page costs what is on it. Whom her name finds by the same words is left out.
-- Locks nothing.
SELECT m.id, m.status, m.enrolled_at, m.name, m.country, m.locale, i.value
FROM (
  SELECT value, member_id FROM identity
  WHERE program_id = %(program_id)s AND kind = 'email' AND value > %(after)s AND value < %(high)s
  ORDER BY value LIMIT 500
) AS i
JOIN member m ON m.program_id = %(program_id)s AND m.id = i.member_id AND m.status = ANY(%(statuses)s::text[])
WHERE NOT EXISTS (
    SELECT FROM identity s
    WHERE s.program_id = %(program_id)s AND s.member_id = i.member_id AND s.kind = 'email'
      AND s.value > %(low)s AND s.value < i.value)
  AND EXISTS (
    SELECT FROM unnest(%(lows)s::text[], %(highs)s::text[]) AS w (low, high)
    WHERE NOT EXISTS (
      SELECT FROM member_token o
      WHERE o.program_id = %(program_id)s AND o.member_id = i.member_id AND o.token >= w.low AND o.token < w.high))
ORDER BY i.value
LIMIT %(limit)s
"""

BY_VALUE = """
-- Whose these identities are, in the order asked; by their key. Locks nothing.
SELECT i.member_id
FROM unnest(%(kinds)s::text[], %(values)s::text[]) WITH ORDINALITY AS w (kind, value, at)
JOIN identity i ON i.program_id = %(program_id)s AND i.kind = w.kind AND i.value = w.value
ORDER BY w.at
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

LIST_GUESTS = """
-- People who bought without joining, those who may claim longest first.
SELECT id, status, enrolled_at, name, country, locale
FROM member
WHERE program_id = %(program_id)s AND status = 'guest' AND claim_until IS NOT NULL
  AND (claim_until, id) > (%(after_at)s, %(after_id)s)
ORDER BY claim_until, id
LIMIT %(limit)s
"""


class Listed(Struct, frozen=True):
    """A member as lists show her."""

    id: UUID
    status: Status
    enrolled_at: datetime | None
    name: str | None
    country: str | None
    locale: str | None


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


async def search_emails(
    tx: Transaction,
    program_id: int,
    beginning: str,
    *,
    statuses: Collection[Status],
    after_value: str | None,
    limit: int,
) -> list[tuple[Listed, str]]:
    """Return members with an e-mail address that begins so, but whom the same words do not find by name.

    Each comes with the address: that is the key of the next page.
    """
    words = {prefix: after(prefix) or "\U0010ffff" for prefix in tokens_of(beginning)}
    if not words:
        return []
    cursor = await tx.execute(
        SEARCH_EMAILS,
        {
            "program_id": program_id,
            "low": beginning,
            "after": after_value or beginning,
            "high": after(beginning) or "\U0010ffff",
            "lows": list(words),
            "highs": list(words.values()),
            "statuses": list(statuses),
            "limit": limit,
        },
    )
    return [(Listed(*row[:-1]), row[-1]) for row in await cursor.fetchall()]


async def known_as(tx: Transaction, program_id: int, identities: Iterable[tuple[str, str]]) -> list[UUID]:
    """Return whose these identities are, by kind and value as they are kept."""
    wanted = list(dict.fromkeys(identities))
    if not wanted:
        return []
    said = {"program_id": program_id, "kinds": [one[0] for one in wanted], "values": [one[1] for one in wanted]}
    return [row[0] for row in await (await tx.execute(BY_VALUE, said)).fetchall()]


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


async def _listed(tx: Transaction, statement: str, values: dict[str, Any]) -> list[Listed]:
    cursor = await tx.execute(statement, values)
    return [Listed(*row) for row in await cursor.fetchall()]
