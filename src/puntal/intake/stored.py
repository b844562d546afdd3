"""Reads of stored events, for whoever asks what was decided."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from puntal.intake import store
from puntal.intake.errors import EventNotFound
from puntal.intake.model import Stored
from puntal.intake.operations import find
from puntal.kit.db import Transaction
from puntal.points import operations as points

RECENTLY = timedelta(days=1)
END_OF_TIME = (datetime(9999, 1, 1, tzinfo=UTC), "\U0010ffff")


async def of_member(
    tx: Transaction, program_id: int, member: UUID, *, before: tuple[datetime, str] | None, limit: int
) -> list[Stored]:
    """Return a member's events, newest first, those of members merged into her among them.

    Args:
        tx: Of the program.
        program_id: Whose member.
        member: A merged member's id is read as her survivor's.
        before: `occurred_at` and id of the last event seen.
        limit: Most events.

    Raises:
        UnknownMember: There is none.
    """
    persons = await points.holders_of(tx, program_id, member)
    return await store.of_member(tx, program_id, persons, before=before or END_OF_TIME, limit=limit)


async def recent(tx: Transaction, program_id: int, *, now: datetime, limit: int) -> list[Stored]:
    """Return the events that came within the last day, newest first, without those that decisions caused."""
    return await store.recent(tx, program_id, since=now - RECENTLY, limit=limit)


async def about_member(tx: Transaction, program_id: int, member: UUID, id: str) -> Stored:
    """Return an event of this member.

    Raises:
        UnknownMember: There is none.
        EventNotFound: No event of this id, or of somebody else.
    """
    persons = await points.holders_of(tx, program_id, member)
    found = await find(tx, program_id, id)
    if found.member_id not in persons:
        raise EventNotFound(id=id)
    return found
