"""Writes and locks of membership: `segment_member`, `segment_evaluation`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from puntal.kit.db import Transaction, encode
from puntal.rules.sql import Compiled, compile_sql
from puntal.segments.model import Change, Evaluation, Question, Segments

OPEN_EVALUATIONS = """
-- Makes sure every row exists before LOCK_EVALUATIONS looks for it.
INSERT INTO segment_evaluation (program_id, segment)
SELECT %(program_id)s, segment FROM unnest(%(segments)s::text[]) AS s (segment) ORDER BY segment
ON CONFLICT (program_id, segment) DO NOTHING
"""

LOCK_EVALUATIONS = """
-- Holds the segments until the transaction ends: one evaluation at a time, each seeing what the other did. In the
-- order of their names, so that two never wait for each other.
SELECT segment, digest, evaluated_at
FROM segment_evaluation
WHERE program_id = %(program_id)s AND segment = ANY(%(segments)s::text[])
ORDER BY segment
FOR UPDATE
"""

NOTE_EVALUATIONS = """
-- The rows are held by this transaction.
UPDATE segment_evaluation e SET digest = r.digest, evaluated_at = %(now)s
FROM json_to_recordset(%(rows)s::json) AS r (segment text, digest text)
WHERE e.program_id = %(program_id)s AND e.segment = r.segment
"""

DROP_EVALUATIONS = """
-- Segments that the document no longer has as dynamic. A list keeps who was in it; of the others nothing is left.
WITH gone AS (
  DELETE FROM segment_evaluation
  WHERE program_id = %(program_id)s AND segment <> ALL(%(dynamic)s::text[])
  RETURNING segment
), days AS (
  DELETE FROM segment_day d
  USING gone
  WHERE d.program_id = %(program_id)s AND d.segment = gone.segment AND d.segment <> ALL(%(lists)s::text[])
)
DELETE FROM segment_member s
USING gone
WHERE s.program_id = %(program_id)s AND s.segment = gone.segment AND s.segment <> ALL(%(lists)s::text[])
"""

ADD = """
-- Waits only for another adding of the same members. Merged members are added as who they are now.
WITH named AS (
  SELECT DISTINCT coalesce(m.merged_into, m.id) AS id
  FROM member m
  WHERE m.program_id = %(program_id)s AND m.id = ANY(%(members)s::uuid[]) AND m.status <> 'erased'
)
INSERT INTO segment_member (program_id, segment, member_id, entered_at)
SELECT %(program_id)s, %(segment)s, id, %(now)s FROM named ORDER BY id
ON CONFLICT (program_id, segment, member_id) DO NOTHING
RETURNING member_id
"""

REMOVE = """
-- Waits only for another removal of the same members. Merged members are removed as who they are now.
DELETE FROM segment_member s
WHERE s.program_id = %(program_id)s AND s.segment = %(segment)s AND s.member_id IN (
  SELECT coalesce(m.merged_into, m.id) FROM member m
  WHERE m.program_id = %(program_id)s AND m.id = ANY(%(members)s::uuid[]))
RETURNING s.member_id
"""

REASSIGN = """
-- Both members are locked by the caller. The survivor is on the lists of both.
WITH moved AS (
  DELETE FROM segment_member
  WHERE program_id = %(program_id)s AND member_id = %(source)s
  RETURNING segment, entered_at
), added AS (
  INSERT INTO segment_member (program_id, segment, member_id, entered_at)
  SELECT %(program_id)s, segment, %(target)s, entered_at FROM moved WHERE segment = ANY(%(lists)s::text[])
  ON CONFLICT (program_id, segment, member_id) DO NOTHING
  RETURNING segment
)
SELECT moved.segment, added.segment IS NOT NULL FROM moved LEFT JOIN added USING (segment) ORDER BY moved.segment
"""

FORGET = """
-- Of members that are being erased and are locked by the caller.
DELETE FROM segment_member WHERE program_id = %(program_id)s AND member_id = ANY(%(members)s::uuid[])
"""

KEEP_SIZES = """
-- What was kept of a day before stands: whoever comes later would count another day.
INSERT INTO segment_day (program_id, segment, day, members)
SELECT %(program_id)s, g.segment, %(day)s, count(s.member_id)
FROM unnest(%(segments)s::text[]) AS g (segment)
LEFT JOIN segment_member s ON s.program_id = %(program_id)s AND s.segment = g.segment
GROUP BY g.segment
ORDER BY g.segment
ON CONFLICT (program_id, segment, day) DO NOTHING
"""

_WHO = """
FROM member m LEFT JOIN holder h ON h.program_id = m.program_id AND h.id = m.id
WHERE m.program_id = %(program_id)s"""


def compiled(segments: Segments, question: Question, today: date, prefix: str = "rule") -> Compiled:
    """Return `FROM` and `WHERE` of the members for whom the condition holds; `m` is the member."""
    text, params = compile_sql(question.logic, segments.catalogue, today=today, zone=segments.zone, prefix=prefix)
    who = f"{_WHO} AND m.status = ANY(%({prefix}_statuses)s::text[]) AND {text}"
    return Compiled(who, {**params, f"{prefix}_statuses": list(question.statuses)})


def difference(segments: Segments, ids: Sequence[str], today: date, *, of_some: bool) -> Compiled:
    """Return the statement that makes stored membership follow the conditions, and tells who entered and left.

    Locks the rows it inserts and deletes. The caller holds the segments, so nobody else inserts or deletes them.
    """
    some = "AND {}.{} = ANY(%(members)s::uuid[])" if of_some else ""
    holding, params = [], dict[str, Any]()
    for number, id in enumerate(ids):
        prefix = f"rule{number}"
        who = compiled(segments, segments.dynamic[id], today, prefix)
        holding.append(f"SELECT %({prefix}_segment)s::text AS segment, m.id {who.text} {some.format('m', 'id')}")
        params |= who.params | {f"{prefix}_segment": id}
    # The texts come from the field catalogue, whose names are identifiers; every value is a parameter.
    text = f"""
WITH holds AS MATERIALIZED (
{" UNION ALL ".join(holding)}
), entered AS (
  INSERT INTO segment_member (program_id, segment, member_id, entered_at)
  SELECT %(program_id)s, n.segment, n.id, %(now)s
  FROM holds n
  WHERE NOT EXISTS (
    SELECT FROM segment_member s
    WHERE s.program_id = %(program_id)s AND s.segment = n.segment AND s.member_id = n.id)
  ON CONFLICT (program_id, segment, member_id) DO NOTHING
  RETURNING segment, member_id
), gone AS (
  DELETE FROM segment_member s
  WHERE s.program_id = %(program_id)s AND s.segment = ANY(%(segments)s::text[]) {some.format("s", "member_id")}
    AND NOT EXISTS (SELECT FROM holds n WHERE n.segment = s.segment AND n.id = s.member_id)
  RETURNING segment, member_id
)
SELECT segment, member_id, true FROM entered WHERE segment = ANY(%(told)s::text[])
UNION ALL
SELECT segment, member_id, false FROM gone WHERE segment = ANY(%(told)s::text[])
"""  # noqa: S608 - see above
    return Compiled(text, params | {"segments": list(ids)})


async def follow(
    tx: Transaction,
    program_id: int,
    segments: Segments,
    ids: Sequence[str],
    *,
    members: Sequence[UUID] | None,
    told: Collection[str],
    today: date,
    now: datetime,
) -> list[Change]:
    """Make the stored membership of these segments follow their conditions, for some members or for all.

    Returns who entered and left those segments that are in `told`.
    """
    text, params = difference(segments, ids, today, of_some=members is not None)
    given: dict[str, Any] = {**params, "program_id": program_id, "now": now, "told": sorted(told)}
    if members is not None:
        given["members"] = list(members)
    cursor = await tx.execute(text.encode(), given)
    return [Change(*row) for row in await cursor.fetchall()]


async def lock_evaluations(tx: Transaction, program_id: int, segments: Collection[str]) -> dict[str, Evaluation]:
    """Hold the segments until `tx` ends; return what is remembered of each."""
    params: dict[str, Any] = {"program_id": program_id, "segments": sorted(segments)}
    await tx.execute(OPEN_EVALUATIONS, params)
    cursor = await tx.execute(LOCK_EVALUATIONS, params)
    return {row[0]: Evaluation(row[1], row[2]) for row in await cursor.fetchall()}


async def note_evaluations(tx: Transaction, program_id: int, digests: Mapping[str, str], now: datetime) -> None:
    """Note that these segments were evaluated for everybody, by the condition of this digest."""
    rows = [{"segment": segment, "digest": digest} for segment, digest in digests.items()]
    await tx.execute(NOTE_EVALUATIONS, {"program_id": program_id, "rows": encode(rows), "now": now})


async def drop_evaluations(tx: Transaction, program_id: int, segments: Segments) -> None:
    """Forget segments that are no longer dynamic."""
    await tx.execute(
        DROP_EVALUATIONS,
        {"program_id": program_id, "dynamic": sorted(segments.dynamic), "lists": sorted(segments.lists)},
    )


async def add(tx: Transaction, program_id: int, segment: str, members: Iterable[UUID], now: datetime) -> list[UUID]:
    """Put members on a list; return those who were not on it."""
    params: dict[str, Any] = {"program_id": program_id, "segment": segment, "members": list(members), "now": now}
    cursor = await tx.execute(ADD, params)
    return [row[0] for row in await cursor.fetchall()]


async def remove(tx: Transaction, program_id: int, segment: str, members: Iterable[UUID]) -> list[UUID]:
    """Take members off a list; return those who were on it."""
    params: dict[str, Any] = {"program_id": program_id, "segment": segment, "members": list(members)}
    cursor = await tx.execute(REMOVE, params)
    return [row[0] for row in await cursor.fetchall()]


async def reassign(
    tx: Transaction, program_id: int, *, source: UUID, target: UUID, lists: Collection[str]
) -> dict[str, bool]:
    """Move what lists say; return the source's segments and whether the target is new on each."""
    params: dict[str, Any] = {"program_id": program_id, "source": source, "target": target, "lists": sorted(lists)}
    cursor = await tx.execute(REASSIGN, params)
    return {row[0]: row[1] for row in await cursor.fetchall()}


async def forget(tx: Transaction, program_id: int, members: Sequence[UUID]) -> None:
    """Take members out of every segment."""
    await tx.execute(FORGET, {"program_id": program_id, "members": list(members)})


async def keep_sizes(tx: Transaction, program_id: int, segments: Collection[str], day: date) -> None:
    """Note how many members these segments have, as the end of a day."""
    await tx.execute(KEEP_SIZES, {"program_id": program_id, "segments": sorted(segments), "day": day})


async def keep_counts(tx: Transaction, program_id: int, segments: Segments, day: date) -> None:
    """Note for how many members each condition holds now, as the end of a day; in one statement."""
    if not segments.dynamic:
        return
    counting, params = [], dict[str, Any]()
    for number, (id, question) in enumerate(sorted(segments.dynamic.items())):
        prefix = f"rule{number}"
        who = compiled(segments, question, day, prefix)
        counting.append(f"SELECT %({prefix}_segment)s::text, %(day)s::date, count(*) {who.text}")
        params |= who.params | {f"{prefix}_segment": id}
    # The texts come from the field catalogue, whose names are identifiers; every value is a parameter.
    text = f"""
INSERT INTO segment_day (program_id, segment, day, members)
SELECT %(program_id)s, c.segment, c.day, c.members
FROM ({" UNION ALL ".join(counting)}) AS c (segment, day, members)
ORDER BY c.segment
ON CONFLICT (program_id, segment, day) DO NOTHING
"""  # noqa: S608 - see above
    await tx.execute(text.encode(), params | {"program_id": program_id, "day": day})
