"""Who was in which tier before a period and at its end, and who moved in it, from the recorded changes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from puntal.engine.model import Compiled
from puntal.insight.model_breakdowns import TierChangeRow, TierMemberRow, TierMove, TierStand
from puntal.insight.model_kpis import Span
from puntal.insight.queries.parts import names
from puntal.kit.db import Transaction
from puntal.members.model import MEMBERS

_STOOD = """
{name} AS (
  SELECT DISTINCT ON (c.member_id, c.ladder) c.member_id, c.ladder, c.to_tier
  FROM tier_change c
  WHERE c.program_id = %(program_id)s AND c.effective_at < {at}::timestamptz
  ORDER BY c.member_id, c.ladder, c.id DESC
)"""
_LADDERS = """
ladders AS (
  SELECT * FROM unnest(%(ladders)s::text[], %(firsts)s::text[]) AS l (ladder, first)
)"""

TIERS = f"""
-- Locks nothing. The last change of a member tells the tier in effect; who never changed is in the first.
WITH {_LADDERS}, {_STOOD.format(name="stood_before", at="%(begins)s")},
{_STOOD.format(name="stood_after", at="%(ends)s").strip()}, told AS (
  SELECT l.ladder, coalesce(b.to_tier, l.first) AS tier_before, coalesce(a.to_tier, l.first) AS tier_after,
    m.enrolled_at < %(begins)s::timestamptz AS joined_before
  FROM member m
  CROSS JOIN ladders l
  LEFT JOIN stood_before b ON b.member_id = m.id AND b.ladder = l.ladder
  LEFT JOIN stood_after a ON a.member_id = m.id AND a.ladder = l.ladder
  WHERE m.program_id = %(program_id)s AND m.status = ANY(%(statuses)s::text[]) AND m.enrolled_at < %(ends)s::timestamptz
), counted AS (
  SELECT ladder, tier, 0 AS before, 0 AS after
  FROM unnest(%(of_ladders)s::text[], %(tiers)s::text[]) AS t (ladder, tier)
  UNION ALL
  SELECT ladder, tier_before, count(*), 0 FROM told WHERE joined_before GROUP BY ladder, tier_before
  UNION ALL
  SELECT ladder, tier_after, 0, count(*) FROM told GROUP BY ladder, tier_after
)
SELECT ladder, tier, sum(before)::bigint AS before, sum(after)::bigint AS after
FROM counted
GROUP BY ladder, tier
ORDER BY ladder, array_position(%(tiers)s::text[], tier), tier
"""  # noqa: S608 - our own text, no input

STANDING_THERE = f"""
-- Locks nothing. Members who are in one tier; pages by id.
WITH {_LADDERS}, {_STOOD.format(name="stood", at="%(at)s")}
SELECT m.id
FROM member m
CROSS JOIN ladders l
LEFT JOIN stood s ON s.member_id = m.id AND s.ladder = l.ladder
WHERE m.program_id = %(program_id)s AND m.status = ANY(%(statuses)s::text[]) AND m.enrolled_at < %(at)s::timestamptz
  AND coalesce(s.to_tier, l.first) = %(tier)s AND (%(after)s::uuid IS NULL OR m.id > %(after)s::uuid)
ORDER BY m.id
LIMIT %(limit)s
"""  # noqa: S608 - our own text, no input

MOVED = """
-- Locks nothing. Changes in a period; renewals move nobody.
SELECT c.ladder, c.from_tier, c.to_tier, count(*) AS changes, count(DISTINCT c.member_id) AS members
FROM tier_change c
WHERE c.program_id = %(program_id)s AND c.from_tier <> c.to_tier
  AND c.effective_at >= %(begins)s::timestamptz AND c.effective_at < %(ends)s::timestamptz
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3
"""

CHANGES = """
-- Locks nothing. Newest first.
SELECT c.id, c.member_id, c.ladder, c.from_tier, c.to_tier, c.reason, c.effective_at
FROM tier_change c
WHERE c.program_id = %(program_id)s AND c.from_tier <> c.to_tier
  AND c.effective_at >= %(begins)s::timestamptz AND c.effective_at < %(ends)s::timestamptz
  AND (%(ladder)s::text IS NULL OR c.ladder = %(ladder)s::text)
  AND (%(from_tier)s::text IS NULL OR c.from_tier = %(from_tier)s::text)
  AND (%(to_tier)s::text IS NULL OR c.to_tier = %(to_tier)s::text)
  AND (%(before_at)s::timestamptz IS NULL OR (c.effective_at, c.id) < (%(before_at)s::timestamptz, %(before)s::uuid))
ORDER BY c.effective_at DESC, c.id DESC
LIMIT %(limit)s
"""


async def tiers(tx: Transaction, program: Compiled, period: Span) -> tuple[list[TierStand], list[TierMove]]:
    """Return members per tier before a period and at its end, lowest tier first, and the moves in it.

    Members are those who had joined by then and have not left until now.
    """
    told = await (await tx.execute(TIERS.encode(), tier_names(program, period))).fetchall()
    found = {(row[0], row[1]): (row[2], row[3]) for row in told}
    stands = [
        TierStand(climb.id, tier, *found[climb.id, tier])
        for climb in program.climbs
        for tier in _in_order(climb.tiers, (tier for ladder, tier in found if ladder == climb.id))
    ]
    ranks = {climb.id: climb.ranks for climb in program.climbs}
    rows = await (await tx.execute(MOVED, names(program, period))).fetchall()
    moves = [
        TierMove(
            ladder=row[0],
            from_tier=row[1],
            to_tier=row[2],
            up=ranks.get(row[0], {}).get(row[2], -1) > ranks.get(row[0], {}).get(row[1], -1),
            changes=row[3],
            members=row[4],
        )
        for row in rows
    ]
    return stands, moves


async def members_of_tier(
    tx: Transaction, program: Compiled, *, at: datetime, ladder: str, tier: str, after: UUID | None, limit: int
) -> list[TierMemberRow]:
    """Return who was in a tier just before an instant, by id; nobody where there is no such ladder."""
    climbs = [climb for climb in program.climbs if climb.id == ladder]
    said = {
        "program_id": program.program_id,
        "at": at,
        "statuses": list(MEMBERS),
        "ladders": [climb.id for climb in climbs],
        "firsts": [climb.tiers[0] for climb in climbs],
        "tier": tier,
        "after": after,
        "limit": limit,
    }
    return [TierMemberRow(row[0]) for row in await (await tx.execute(STANDING_THERE.encode(), said)).fetchall()]


async def tier_changes(
    tx: Transaction,
    program: Compiled,
    period: Span,
    *,
    ladder: str | None,
    from_tier: str | None,
    to_tier: str | None,
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> list[TierChangeRow]:
    """Return the changes behind the moves, newest first."""
    at = before or (None, None)
    said = names(program, period) | {
        "ladder": ladder,
        "from_tier": from_tier,
        "to_tier": to_tier,
        "before_at": at[0],
        "before": at[1],
        "limit": limit,
    }
    return [TierChangeRow(*row) for row in await (await tx.execute(CHANGES, said)).fetchall()]


def tier_names(program: Compiled, period: Span) -> dict[str, object]:
    """Return the parameters of who stood where, and who moved."""
    return names(program, period) | {
        "ladders": [climb.id for climb in program.climbs],
        "firsts": [climb.tiers[0] for climb in program.climbs],
        "of_ladders": [climb.id for climb in program.climbs for _ in climb.tiers],
        "tiers": [tier for climb in program.climbs for tier in climb.tiers],
    }


def _in_order(known: tuple[str, ...], found: Iterable[str]) -> list[str]:
    # A tier that the document no longer has comes after those it has.
    return [*known, *sorted(set(found) - set(known))]
