"""Standings: the ladders in force, where members stand on them, and the history of their changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec
from msgspec import Raw, Struct, structs

from puntal.kit import calendar, ids
from puntal.kit.db import Transaction
from puntal.ledger import operations as ledger
from puntal.ledger.model import Holder
from puntal.members import operations as members
from puntal.members.errors import UnknownMember
from puntal.members.model import Profile
from puntal.programs import operations as programs
from puntal.programs.model import number_at
from puntal.tiers import policy, store
from puntal.tiers.errors import NotEnrolled, UnknownLadder
from puntal.tiers.model import Change, Climb, Progress, Recorded, Standing


class _Tiers(Struct):
    """The part of a holder's running state that is ours; the rest is passed through as it is."""

    tiers: dict[str, Standing] = {}


_KEY = "tiers"
_decode_ours = msgspec.json.Decoder(_Tiers).decode
_decode_all = msgspec.json.Decoder(dict[str, Raw]).decode
_encode = msgspec.json.Encoder().encode


async def ladders(tx: Transaction, program_id: int, *, now: datetime) -> dict[str, Climb]:
    """Return the ladders of the revision in force by id, in the document's order.

    Raises:
        NotPublished: The program has no revision yet.
    """
    published = await programs.load_published(tx, program_id)
    number = number_at(published.starts, now)
    if number is not None and number != published.number:
        # The newest is still to take effect.
        published = await programs.load_published(tx, program_id, number=number)
    compiled = policy.compile_ladders(published.document, published.wallets)
    return {climb.id: climb for climb in compiled}


async def record(
    tx: Transaction,
    program_id: int,
    changes: Sequence[tuple[UUID, Change]],
    *,
    now: datetime,
    events: Sequence[str] | None = None,
) -> None:
    """Add changes of members to the history in one statement.

    Args:
        tx: An open transaction on the program; the caller commits.
        program_id: Whose members.
        changes: Member and change.
        now: When they are written.
        events: The event that caused each, in the same order; None where the clock or staff did.
    """
    causes: Sequence[str | None] = [None] * len(changes) if events is None else events
    rows = [
        Recorded(
            id=ids.new_id(),
            member_id=member,
            ladder=change.ladder,
            from_tier=change.from_tier,
            to_tier=change.to_tier,
            reason=change.reason,
            effective_at=change.at,
            recorded_at=now,
            event_id=event_id,
        )
        for (member, change), event_id in zip(changes, causes, strict=True)
    ]
    if rows:
        await store.insert_changes(tx, program_id, rows)


async def ladder_of(tx: Transaction, program_id: int, ladder: str, *, now: datetime) -> Climb:
    """Return one published ladder.

    Raises:
        UnknownLadder: The published program has none of this id.
    """
    found = (await ladders(tx, program_id, now=now)).get(ladder)
    if found is None:
        raise UnknownLadder(ladder=ladder)
    return found


async def outlook(
    tx: Transaction, program_id: int, member: UUID, *, now: datetime
) -> list[tuple[Climb, Standing, Progress]]:
    """Return where a member stands on every ladder, as if last midnight's night had run.

    Raises:
        UnknownMember: No such member, or erased or merged.
        NotEnrolled: A guest has no tiers.
    """
    climbs = await ladders(tx, program_id, now=now)
    profile = await member_of(tx, program_id, member)
    holder = (await ledger.read_holders(tx, program_id, [member])).get(member)
    standings = standings_of(holder)
    found = []
    for climb in climbs.values():
        enrolled, today = enrolled_on(climb, profile), calendar.local_day(climb.zone, now)
        standing = standings.get(climb.id) or policy.start(climb, enrolled)
        found.append((climb, standing, policy.progress(climb, standing, today=today, enrolled=enrolled)))
    return found


async def member_of(tx: Transaction, program_id: int, member: UUID, *, lock: bool = False) -> Profile:
    """Return an enrolled member.

    Raises:
        UnknownMember: No such member, or erased or merged.
        NotEnrolled: A guest has no tiers.
    """
    profile = (await members.load(tx, program_id, [member], lock=lock)).get(member)
    if profile is None or profile.status in {"erased", "merged"}:
        raise UnknownMember
    if profile.status == "guest":
        raise NotEnrolled
    return profile


def enrolled_on(climb: Climb, profile: Profile) -> date:
    """Return the local day membership years begin on."""
    at = profile.enrolled_at or profile.created_at
    return calendar.local_day(climb.zone, at)


def standings_of(holder: Holder | None) -> Mapping[str, Standing]:
    """Return where a holder stands, by ladder; missing where she never began."""
    return {} if holder is None else _decode_ours(holder.running).tiers


def with_standings(holder: Holder, standings: Mapping[str, Standing], due: datetime | None) -> Holder:
    """Return a locked holder's row to write back: these ladders changed, all else as it was.

    Args:
        holder: As it was locked.
        standings: By ladder; those not named stay.
        due: When the clock next changes one of them; an earlier work of the clock stays due first.
    """
    running = _decode_all(holder.running)
    ours = dict(standings_of(holder)) | dict(standings)
    running[_KEY] = Raw(_encode(ours))
    waits = [at for at in (holder.due_at, due) if at is not None]
    return structs.replace(holder, running=Raw(_encode(running)), due_at=min(waits, default=None))
