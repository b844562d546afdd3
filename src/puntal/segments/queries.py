"""Reads of membership: as stored, and as the conditions have it right now."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from puntal.kit.db import Transaction
from puntal.segments import store
from puntal.segments.model import Belonging, Evaluation, Question, Seen, Segments

LISTS_OF = """
-- Locks nothing: lists are as of now.
SELECT member_id, segment
FROM segment_member
WHERE program_id = %(program_id)s AND member_id = ANY(%(members)s::uuid[]) AND segment = ANY(%(lists)s::text[])
"""

SIZES = """
-- Locks nothing.
SELECT segment, count(*) FROM segment_member WHERE program_id = %(program_id)s GROUP BY segment
"""

EVALUATIONS = """
-- Locks nothing.
SELECT segment, digest, evaluated_at FROM segment_evaluation WHERE program_id = %(program_id)s
"""

BELONGING = """
-- Locks nothing. A page in the order of ids, from the index alone but for the names.
SELECT s.member_id, m.name, s.entered_at
FROM segment_member s
JOIN member m ON m.program_id = %(program_id)s AND m.id = s.member_id
WHERE s.program_id = %(program_id)s AND s.segment = %(segment)s AND s.member_id > %(after)s
ORDER BY s.member_id
LIMIT %(limit)s
"""

DAYS = """
-- Locks nothing. Oldest first.
SELECT day, members FROM segment_day
WHERE program_id = %(program_id)s AND segment = %(segment)s AND day >= %(since)s
ORDER BY day
"""

OF_MEMBERS = """
-- Locks nothing. Everything kept about these members.
SELECT member_id, segment, entered_at
FROM segment_member
WHERE program_id = %(program_id)s AND member_id = ANY(%(members)s::uuid[])
ORDER BY member_id, segment
"""

KNOWN = """
-- Locks nothing.
SELECT id FROM member WHERE program_id = %(program_id)s AND id = ANY(%(members)s::uuid[]) AND status <> 'erased'
"""


async def lists_of(
    tx: Transaction, program_id: int, members: Sequence[UUID], lists: Collection[str]
) -> list[tuple[UUID, str]]:
    """Return which of these segments' rows name these members."""
    params: dict[str, Any] = {"program_id": program_id, "members": list(members), "lists": sorted(lists)}
    cursor = await tx.execute(LISTS_OF, params)
    return [(row[0], row[1]) for row in await cursor.fetchall()]


async def sizes(tx: Transaction, program_id: int) -> dict[str, int]:
    """Return how many members each segment has, as stored; one without any is missing."""
    cursor = await tx.execute(SIZES, {"program_id": program_id})
    return {row[0]: row[1] for row in await cursor.fetchall()}


async def evaluations(tx: Transaction, program_id: int) -> dict[str, Evaluation]:
    """Return what is remembered of each dynamic segment that was evaluated."""
    cursor = await tx.execute(EVALUATIONS, {"program_id": program_id})
    return {row[0]: Evaluation(row[1], row[2]) for row in await cursor.fetchall()}


async def belonging(tx: Transaction, program_id: int, segment: str, *, after: UUID, limit: int) -> list[Belonging]:
    """Return members of a segment, as stored, in the order of their ids."""
    params: dict[str, Any] = {"program_id": program_id, "segment": segment, "after": after, "limit": limit}
    cursor = await tx.execute(BELONGING, params)
    return [Belonging(*row) for row in await cursor.fetchall()]


async def days(tx: Transaction, program_id: int, segment: str, since: date) -> list[tuple[date, int]]:
    """Return how many members a segment had at the end of each day on which that was kept."""
    cursor = await tx.execute(DAYS, {"program_id": program_id, "segment": segment, "since": since})
    return [(row[0], row[1]) for row in await cursor.fetchall()]


async def of_members(tx: Transaction, program_id: int, members: Sequence[UUID]) -> list[dict[str, Any]]:
    """Return every segment the members are in."""
    cursor = await tx.execute(OF_MEMBERS, {"program_id": program_id, "members": list(members)})
    return [
        {"member_id": member, "segment": segment, "entered_at": since}
        for member, segment, since in await cursor.fetchall()
    ]


async def known(tx: Transaction, program_id: int, members: Collection[UUID]) -> set[UUID]:
    """Return which of these ids are members', merged ones included."""
    cursor = await tx.execute(KNOWN, {"program_id": program_id, "members": list(members)})
    return {row[0] for row in await cursor.fetchall()}


async def count(tx: Transaction, program_id: int, segments: Segments, question: Question, today: date) -> int:
    """Return for how many members the condition holds right now."""
    who = store.compiled(segments, question, today)
    # The text comes from the field catalogue; every value is a parameter.
    text = f"SELECT count(*) {who.text}"
    cursor = await tx.execute(text.encode(), {**who.params, "program_id": program_id})
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])


async def sample(
    tx: Transaction, program_id: int, segments: Segments, question: Question, today: date, limit: int
) -> list[Seen]:
    """Return some of the members for whom the condition holds right now, newest first."""
    who = store.compiled(segments, question, today)
    # The text comes from the field catalogue; every value is a parameter.
    text = f"SELECT m.id, m.name, m.status, m.country {who.text} ORDER BY m.id DESC LIMIT %(limit)s"
    cursor = await tx.execute(text.encode(), {**who.params, "program_id": program_id, "limit": limit})
    return [Seen(*row) for row in await cursor.fetchall()]


async def among(
    tx: Transaction, program_id: int, segments: Segments, question: Question, today: date, members: Collection[UUID]
) -> set[UUID]:
    """Return for which of these members the condition holds right now."""
    who = store.compiled(segments, question, today)
    # The text comes from the field catalogue; every value is a parameter.
    text = f"SELECT m.id {who.text} AND m.id = ANY(%(members)s::uuid[])"
    params = {**who.params, "program_id": program_id, "members": list(members)}
    cursor = await tx.execute(text.encode(), params)
    return {row[0] for row in await cursor.fetchall()}
