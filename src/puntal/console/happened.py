"""What happened to a member beside her events: what staff did, what she redeemed, what time took, in one order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct

from puntal.engine.model import Compiled
from puntal.kit.db import Transaction
from puntal.points import operations as points

What = Literal["moved", "redeemed", "ended", "tier", "done"]

HAPPENED = """
-- One member's own rows along their indexes, with those merged into her and her pool's, the newest first. What is
-- booked under an event is told with the event, and what a redemption moves with the redemption. Locks nothing.
WITH moved AS (
  SELECT (array_agg(t.id ORDER BY t.id))[1] AS id, t.effective_at AS at, 'moved' AS what, t.kind AS code, t.wallet,
    sum(CASE WHEN t.destination IN ('available', 'pending') THEN t.amount
      WHEN t.destination = 'debt' THEN t.amount ELSE 0 END
      - CASE WHEN t.source IN ('available', 'pending') THEN t.amount
      WHEN t.source = 'debt' THEN t.amount ELSE 0 END)::bigint AS amount,
    t.note->>'by' AS actor, t.note->>'approved_by' AS second, t.note->>'reason' AS reason,
    t.note->>'internal' AS internal, NULL::text AS subject, NULL::text AS came_from, NULL::text AS place
  FROM transfer t
  WHERE t.program_id = %(program_id)s AND t.holder_id = ANY(%(holders)s::uuid[]) AND t.event_id IS NULL
    AND t.kind <> ALL(%(told)s::text[])
  GROUP BY t.effective_at, t.kind, t.wallet, t.note->>'by', t.note->>'approved_by', t.note->>'reason',
    t.note->>'internal'
), redeemed AS (
  SELECT r.id, r.held_at, 'redeemed', r.state, nullif(r.wallet, -1), -r.units, r.actor, NULL, NULL, nullif(r.note, ''),
    r.reward, r.order_key, coalesce(r.store, r.channel)
  FROM redemption r WHERE r.program_id = %(program_id)s AND r.member_id = ANY(%(holders)s::uuid[])
), ended AS (
  SELECT r.id, r.ended_at, 'ended', r.state, nullif(r.wallet, -1), r.returned, NULL, NULL, NULL, NULL,
    r.reward, r.order_key, coalesce(r.store, r.channel)
  FROM redemption r
  WHERE r.program_id = %(program_id)s AND r.member_id = ANY(%(holders)s::uuid[]) AND r.ended_at IS NOT NULL
), tier AS (
  SELECT c.id, c.effective_at, 'tier', c.reason, NULL::smallint, NULL::bigint, NULL, NULL, NULL, NULL,
    c.to_tier, c.from_tier, c.ladder
  FROM tier_change c
  WHERE c.program_id = %(program_id)s AND c.member_id = ANY(%(holders)s::uuid[]) AND c.event_id IS NULL
), done AS (
  SELECT a.id, a.at, 'done', a.action, NULL::smallint, NULL::bigint, a.actor, NULL, NULL, a.detail->>'reason',
    a.detail->>'tier', NULL, a.detail->>'ladder'
  FROM audit_entry a
  WHERE a.program_id = %(program_id)s AND a.subject = ANY(%(subjects)s::text[]) AND a.action = ANY(%(deeds)s::text[])
), everything AS (
  SELECT * FROM moved WHERE amount <> 0
  UNION ALL SELECT * FROM redeemed UNION ALL SELECT * FROM ended
  UNION ALL SELECT * FROM tier UNION ALL SELECT * FROM done
)
SELECT id, at, what, code, wallet, amount, actor, second, reason, internal, subject, came_from, place
FROM everything
WHERE %(before_at)s::timestamptz IS NULL OR (at, id) < (%(before_at)s, %(before_id)s::uuid)
ORDER BY at DESC, id DESC
LIMIT %(limit)s
"""
_WITH_REDEMPTIONS = ["points.redeemed", "points.held", "points.released", "points.returned", "points.cancelled"]
_WITHIN = ["points.activated"]
"""Moves what was counted when it was earned."""
_DEEDS = [
    "tier.floor_set", "tier.floor_lifted", "member.merged", "member.parted", "member.paused", "member.resumed",
    "member.blocked", "member.left", "member.erased",
]  # fmt: skip


class Happened(Struct, frozen=True):
    """Something that changed a balance or a standing, and was no event.

    Attributes:
        what: `moved` in a wallet, `redeemed`, a redemption that `ended`, a `tier` that changed, or `done` by staff.
        code: The kind of the movement, the redemption's state, why the tier changed, or what was done.
        amount: In the wallet's smallest unit, below 0 what went.
        actor: Who, as `staff:<id>`; `second` who approved it.
        reason: What the member reads; `internal` what staff noted.
        subject: The reward, or the tier; `came_from` the order it was used on, or the tier before.
        place: The store or channel of a redemption, or the ladder.
    """

    id: UUID
    at: datetime
    what: What
    code: str
    wallet: int | None
    amount: int | None
    actor: str | None
    second: str | None
    reason: str | None
    internal: str | None
    subject: str | None
    came_from: str | None
    place: str | None


async def happened(
    tx: Transaction, program: Compiled, member: UUID, *, before: tuple[datetime, UUID] | None, limit: int
) -> Sequence[Happened]:
    """Return what happened to a member beside her events, newest first.

    Raises:
        UnknownMember: Nobody here has that id.
    """
    holders = await points.readers_of(tx, program.program_id, program.terms, member)
    said: dict[str, Any] = {
        "program_id": program.program_id,
        "holders": holders,
        "subjects": [f"member:{one}" for one in holders],
        "told": [*_WITH_REDEMPTIONS, *_WITHIN],
        "deeds": _DEEDS,
        "before_at": None if before is None else before[0],
        "before_id": None if before is None else before[1],
        "limit": limit,
    }
    cursor = await tx.execute(HAPPENED, said)
    return [Happened(*row) for row in await cursor.fetchall()]
