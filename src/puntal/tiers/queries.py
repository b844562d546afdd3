"""Reads of tiers: a member's history, who is in which tier, and what history gives a ladder to measure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from puntal.kit.db import Transaction
from puntal.kit.pages import LAST_ID
from puntal.ledger import queries as ledger
from puntal.ledger.model import Disagreement
from puntal.members.model import MEMBERS, Status
from puntal.tiers.model import Climb, Enrolled, Recorded

HISTORY = """
-- Locks nothing. Newest first; ids grow with time.
SELECT id, member_id, ladder, from_tier, to_tier, reason, effective_at, recorded_at, event_id
FROM tier_change
WHERE program_id = %(program_id)s AND member_id = %(member_id)s
  AND (%(before)s::uuid IS NULL OR id < %(before)s::uuid)
ORDER BY id DESC
LIMIT %(limit)s
"""

MEMBERS_PER_TIER = """
-- Locks nothing. The last change of a member tells the tier in effect; who never changed is in the first, so that one
-- is what the others leave.
SELECT newest.to_tier, count(*)
FROM (
  SELECT DISTINCT ON (member_id) member_id, to_tier
  FROM tier_change
  WHERE program_id = %(program_id)s AND ladder = %(ladder)s
  ORDER BY member_id, id DESC
) AS newest
JOIN member ON member.program_id = %(program_id)s AND member.id = newest.member_id
  AND member.status IN ('active', 'paused', 'blocked')
GROUP BY 1
UNION ALL
SELECT NULL, count(*) FROM member WHERE program_id = %(program_id)s AND status IN ('active', 'paused', 'blocked')
"""

MEMBERS_OF_FIRST_TIER = """
-- Locks nothing. A page of the first tier, newest members first: who never changed, or fell back to it. That is most
-- of them, so the way through all members is short.
SELECT m.id
FROM member m
LEFT JOIN LATERAL (
  SELECT c.to_tier FROM tier_change c
  WHERE c.program_id = %(program_id)s AND c.member_id = m.id AND c.ladder = %(ladder)s
  ORDER BY c.id DESC
  LIMIT 1
) AS newest ON true
WHERE m.program_id = %(program_id)s AND m.status = ANY(%(statuses)s::text[]) AND m.status <> 'guest'
  AND m.id < %(before)s AND coalesce(newest.to_tier, %(tier)s) = %(tier)s
ORDER BY m.id DESC
LIMIT %(limit)s
"""

MEMBERS_OF_TIER = """
-- Locks nothing. A page of a tier above the first, newest members first: who came into it and has not changed since.
-- Both sides are bounded, for they may be walked together.
SELECT c.member_id
FROM tier_change c
JOIN member m ON m.program_id = %(program_id)s AND m.id = c.member_id AND m.id < %(before)s
  AND m.status = ANY(%(statuses)s::text[]) AND m.status <> 'guest'
WHERE c.program_id = %(program_id)s AND c.ladder = %(ladder)s AND c.to_tier = %(tier)s AND c.member_id < %(before)s
  AND NOT EXISTS (
    SELECT FROM tier_change n
    WHERE n.program_id = %(program_id)s AND n.member_id = c.member_id AND n.ladder = %(ladder)s AND n.id > c.id)
ORDER BY c.member_id DESC
LIMIT %(limit)s
"""

ENROLLED = """
-- Locks nothing: a member who joins meanwhile starts on the published ladder anyway.
SELECT id, coalesce(enrolled_at, created_at)
FROM member
WHERE program_id = %(program_id)s AND status IN ('active', 'paused', 'blocked')
  AND (%(after)s::uuid IS NULL OR id > %(after)s::uuid)
ORDER BY id
LIMIT %(limit)s
"""

EARNED_BY_DAY = """
-- Locks nothing. What was issued or imported, by local day; what was taken back counts on the day of its order.
SELECT moved.holder_id, moved.day, sum(moved.amount)::bigint
FROM (
  SELECT transfer.holder_id,
    coalesce(
      CASE WHEN transfer.destination IN ('issued', 'imported') THEN bought.day END,
      (transfer.effective_at AT TIME ZONE %(zone)s)::date
    ) AS day,
    CASE WHEN transfer.source IN ('issued', 'imported') THEN transfer.amount ELSE -transfer.amount END AS amount
  FROM transfer
  LEFT JOIN shop_order AS bought
    ON bought.program_id = %(program_id)s AND bought.member_id = transfer.holder_id
    AND bought.source || ':' || bought.order_id = transfer.order_key
  WHERE transfer.program_id = %(program_id)s AND transfer.holder_id = ANY(%(members)s::uuid[])
    AND transfer.wallet = %(wallet)s
    AND (transfer.source IN ('issued', 'imported') OR transfer.destination IN ('issued', 'imported'))
) AS moved
GROUP BY 1, 2
"""

BOUGHT_BY_DAY = """
-- Locks nothing. Spend without shipping and net of refunds, and the orders not fully refunded.
SELECT member_id, day, sum(greatest(net_minor - refunded_minor, 0))::bigint,
  count(*) FILTER (WHERE refunded_minor < net_minor OR net_minor = 0)
FROM shop_order
WHERE program_id = %(program_id)s AND member_id = ANY(%(members)s::uuid[]) AND state = 'earned'
GROUP BY 1, 2
"""

UNTOLD = """
-- A slice of members: the tier that was last recorded beside the last one her standing remembers. The standing's
-- memory (`p`) begins with the tier before the first change.
WITH stands AS (
  SELECT h.id, t.key AS ladder, t.value->'p'->-1->>1 AS tier
  FROM holder h, json_each(coalesce(h.running->'tiers', '{}')) AS t
  WHERE h.program_id = %(program_id)s AND h.id > %(after)s AND h.id <= %(through)s
), told AS (
  SELECT DISTINCT ON (c.member_id, c.ladder) c.member_id AS id, c.ladder, c.to_tier AS tier
  FROM tier_change c
  WHERE c.program_id = %(program_id)s AND c.member_id > %(after)s AND c.member_id <= %(through)s
    AND c.from_tier <> c.to_tier
  ORDER BY c.member_id, c.ladder, c.id DESC
)
SELECT id, ladder, coalesce(told.tier, '') || ' told, ' || coalesce(stands.tier, '') || ' held'
FROM stands FULL JOIN told USING (id, ladder)
WHERE stands.tier IS DISTINCT FROM told.tier
  AND NOT EXISTS (SELECT FROM member m WHERE m.program_id = %(program_id)s AND m.id = coalesce(stands.id, told.id)
    AND m.status IN ('merged', 'erased'))
ORDER BY id, ladder
"""


async def untold(tx: Transaction, program_id: int) -> list[Disagreement]:
    """Return every standing whose last change is not the last of the history."""
    wrong = []
    async for after, through in ledger.slices(tx, program_id):
        names = {"program_id": program_id, "after": after, "through": through}
        rows = await (await tx.execute(UNTOLD, names)).fetchall()
        wrong += [Disagreement("tier", id, -1, ladder, 1, 0, words) for id, ladder, words in rows]
    return wrong


async def history(tx: Transaction, program_id: int, member: UUID, *, before: UUID | None, limit: int) -> list[Recorded]:
    """Return a member's changes on all ladders, newest first."""
    cursor = await tx.execute(
        HISTORY, {"program_id": program_id, "member_id": member, "before": before, "limit": limit}
    )
    return [
        Recorded(
            id=row[0],
            member_id=row[1],
            ladder=row[2],
            from_tier=row[3],
            to_tier=row[4],
            reason=row[5],
            effective_at=row[6],
            recorded_at=row[7],
            event_id=row[8],
        )
        for row in await cursor.fetchall()
    ]


async def members_per_tier(tx: Transaction, program_id: int, climb: Climb) -> dict[str, int]:
    """Return how many members are in each tier, the empty ones too, lowest first."""
    cursor = await tx.execute(MEMBERS_PER_TIER, {"program_id": program_id, "ladder": climb.id})
    found: dict[str | None, int] = dict(await cursor.fetchall())
    above = {tier: found.get(tier, 0) for tier in climb.tiers[1:]}
    return {climb.tiers[0]: found[None] - sum(above.values()), **above}


async def members_of_tier(
    tx: Transaction,
    program_id: int,
    climb: Climb,
    tier: str,
    *,
    before: UUID | None,
    limit: int,
    statuses: Sequence[Status] = MEMBERS,
) -> list[UUID]:
    """Return members in a tier, newest first; of these statuses, never guests, who are in none."""
    cursor = await tx.execute(
        MEMBERS_OF_FIRST_TIER if tier == climb.tiers[0] else MEMBERS_OF_TIER,
        {
            "program_id": program_id,
            "ladder": climb.id,
            "tier": tier,
            "statuses": list(statuses),
            "before": before or LAST_ID,
            "limit": limit,
        },
    )
    return [row[0] for row in await cursor.fetchall()]


async def count_of_tier(
    tx: Transaction, program_id: int, climb: Climb, tier: str, *, most: int, statuses: Sequence[Status] = MEMBERS
) -> int:
    """Return how many members of these statuses are in a tier, counted up to `most`."""
    page = MEMBERS_OF_FIRST_TIER if tier == climb.tiers[0] else MEMBERS_OF_TIER
    cursor = await tx.execute(
        f"SELECT count(*) FROM ({page}) AS found".encode(),  # noqa: S608 - of a constant
        {
            "program_id": program_id,
            "ladder": climb.id,
            "tier": tier,
            "statuses": list(statuses),
            "before": LAST_ID,
            "limit": most,
        },
    )
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])


async def enrolled(tx: Transaction, program_id: int, *, after: UUID | None, limit: int) -> list[Enrolled]:
    """Return members and the instant their membership years begin, by id."""
    cursor = await tx.execute(ENROLLED, {"program_id": program_id, "after": after, "limit": limit})
    return [Enrolled(*row) for row in await cursor.fetchall()]


async def measured_by_day(
    tx: Transaction, program_id: int, climb: Climb, members: Collection[UUID]
) -> dict[UUID, list[tuple[date, int]]]:
    """Return what a ladder measures, from the books and orders, by member and local day."""
    found: dict[UUID, list[tuple[date, int]]] = {}
    rows: Sequence[tuple[UUID, date, int]]
    if climb.measure == "earned":
        cursor = await tx.execute(
            EARNED_BY_DAY,
            {"program_id": program_id, "members": list(members), "wallet": climb.wallet, "zone": climb.zone.key},
        )
        rows = [(row[0], row[1], row[2]) for row in await cursor.fetchall()]
    else:
        cursor = await tx.execute(BOUGHT_BY_DAY, {"program_id": program_id, "members": list(members)})
        column = 2 if climb.measure == "spend" else 3
        rows = [(row[0], row[1], row[column]) for row in await cursor.fetchall()]
    for member, day, amount in rows:
        found.setdefault(member, []).append((day, amount))
    return found
