"""Tiers given by hand."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from puntal.access.operations import audit
from puntal.kit import calendar, ids
from puntal.kit.db import ProgramId, Transaction
from puntal.ledger import operations as ledger
from puntal.outbox import operations as outbox
from puntal.outbox.model import Happening
from puntal.tiers import policy
from puntal.tiers.errors import FloorOver, TierRetired, UnknownTier
from puntal.tiers.model import Change, Climb, Floor
from puntal.tiers.operations import standings


async def set_floor(  # noqa: PLR0913 - what, until when, why, and who says so
    tx: Transaction,
    program_id: ProgramId,
    member: UUID,
    *,
    ladder: str,
    tier: str,
    through: date | None,
    reason: str,
    actor: str,
    now: datetime,
) -> None:
    """Give a member at least a tier, by hand; another floor on the ladder is replaced.

    Args:
        tx: An open transaction on the program; the caller commits.
        program_id: Whose member.
        member: Who.
        ladder: On which ladder.
        tier: The least she has from now on.
        through: Last local day of it; None for good.
        reason: Why, for staff and auditors.
        actor: Who gives it, for the log.
        now: When it begins.

    Raises:
        UnknownMember: No such member, or erased or merged.
        NotEnrolled: A guest has no tiers.
        UnknownLadder: The published program has no such ladder.
        UnknownTier: The ladder has no such tier.
        TierRetired: The tier is there for those who have it.
        FloorOver: `through` is in the past.
    """
    climb = await standings.ladder_of(tx, program_id, ladder, now=now)
    if tier not in climb.ranks:
        raise UnknownTier(ladder=ladder, tier=tier)
    if climb.ranks[tier] in climb.retired:
        raise TierRetired(tier=tier)
    if through is not None and through < calendar.local_day(climb.zone, now):
        raise FloorOver(through=through.isoformat())
    floor = Floor(tier, None if through is None else through + timedelta(days=1), reason)
    await _change_floor(tx, program_id, member, climb, floor, now=now)
    await audit.record(
        tx,
        actor=actor,
        action="tier.floor_set",
        subject=f"member:{member}",
        now=now,
        program_id=program_id,
        detail={
            "ladder": ladder,
            "tier": tier,
            "through": through.isoformat() if through else None,
            "reason": reason,
        },
    )


async def lift_floor(
    tx: Transaction, program_id: ProgramId, member: UUID, *, ladder: str, actor: str, now: datetime
) -> None:
    """Take back a tier given by hand; the earned one stands. A second call changes nothing.

    Raises:
        UnknownMember: No such member, or erased or merged.
        NotEnrolled: A guest has no tiers.
        UnknownLadder: The published program has no such ladder.
    """
    climb = await standings.ladder_of(tx, program_id, ladder, now=now)
    if await _change_floor(tx, program_id, member, climb, None, now=now):
        await audit.record(
            tx,
            actor=actor,
            action="tier.floor_lifted",
            subject=f"member:{member}",
            now=now,
            program_id=program_id,
            detail={"ladder": ladder},
        )


async def _change_floor(
    tx: Transaction, program_id: ProgramId, member: UUID, climb: Climb, floor: Floor | None, *, now: datetime
) -> bool:
    """Put the floor, or its absence, into the member's standing; tell whether it was another one."""
    profile = await standings.member_of(tx, program_id, member, lock=True)
    enrolled, today = standings.enrolled_on(climb, profile), calendar.local_day(climb.zone, now)
    holder = (await ledger.open_and_lock(tx, program_id, [member], now=now))[member]
    standing = standings.standings_of(holder).get(climb.id) or policy.start(climb, enrolled)
    if standing.floor == floor:
        return False
    if floor is None:
        standing, change = policy.lift_floor(climb, standing, at=now)
    else:
        standing, change = policy.set_floor(climb, standing, floor, at=now)
    due = policy.next_due(climb, standing, enrolled=enrolled, today=today)
    at = None if due is None else calendar.midnight(climb.zone, due)
    holder = standings.with_standings(holder, {climb.id: standing}, at)
    await ledger.write(tx, program_id, holders=[holder], transfers=[])
    if change is not None:
        await standings.record(tx, program_id, [(member, change)], now=now)
        await outbox.append(tx, program_id, [_happening(climb, member, change, now)])
    return True


def _happening(climb: Climb, member: UUID, change: Change, now: datetime) -> Happening:
    rises = policy.rank(climb, change.to_tier) > policy.rank(climb, change.from_tier)
    return Happening(
        id=ids.new_id(),
        kind="tier.upgraded" if rises else "tier.downgraded",
        member_id=member,
        effective_at=change.at,
        recorded_at=now,
        payload={"ladder": change.ladder, "from": change.from_tier, "to": change.to_tier, "reason": change.reason},
    )
