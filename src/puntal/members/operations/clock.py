"""What the clock brings to members: birthdays, anniversaries, and guests who did not join in time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from puntal.kit.calendar import add_months, midnight
from puntal.kit.db import Transaction, encode
from puntal.members import birthdays, queries, store
from puntal.members.store import changes

_FARTHEST_ZONE = timedelta(hours=14)
_MOST_YEARS = 100
_FIRST_YEAR = 1900
_FEBRUARY = 2
_LEAP_DAY = (2, 29)


async def due_birthdays(
    tx: Transaction, program_id: int, *, since: datetime, until: datetime, zone: ZoneInfo
) -> dict[UUID, date]:
    """Return who celebrates in the run at `until`, and on which day of her own zone.

    Args:
        tx: An open transaction on the program.
        program_id: Whose members.
        since: When the run before looked. Every local day falls to one run, in every zone.
        until: When this one looks.
        zone: The program's.
    """
    first, last = (since - _FARTHEST_ZONE).date(), (until + _FARTHEST_ZONE).date()
    days = [first + timedelta(days=at) for at in range((last - first).days + 1)]
    # Those of 29 February keep the 28th in other years; they are few, so they are always looked at.
    marks = {(day.month, day.day) for day in days}
    candidates = await queries.born_on(tx, program_id, sorted(marks | {_LEAP_DAY}), through=last.year)
    profiles = await store.load(tx, program_id, candidates, lock=False)
    due = {member: birthdays.due_between(profile, since, until, zone) for member, profile in sorted(profiles.items())}
    return {member: day for member, day in due.items() if day is not None}


async def celebrated(tx: Transaction, program_id: int, days: Mapping[UUID, date]) -> set[UUID]:
    """Remember birthdays as celebrated, and return for whom they were not yet: only they get anything."""
    return await changes.pay_birthdays(tx, program_id, days) if days else set()


async def due_anniversaries(tx: Transaction, program_id: int, *, day: date, zone: ZoneInfo) -> dict[UUID, int]:
    """Return whose day of joining comes round on a day of the program's zone, and for which time."""
    windows = []
    # In years without 29 February those who joined on one are remembered on the 28th.
    ends_february = day.month == _FEBRUARY and (day + timedelta(days=1)).month != _FEBRUARY
    for years in range(1, min(_MOST_YEARS, day.year - _FIRST_YEAR) + 1):
        joined = add_months(day, -12 * years)
        if joined.day != day.day:
            continue
        following = joined + timedelta(days=1)
        if ends_february and following.month == _FEBRUARY:
            following += timedelta(days=1)
        windows.append({"years": years, "since": midnight(zone, joined), "until": midnight(zone, following)})
    return await queries.joined_within(tx, program_id, encode(windows))


async def lapse_guests(tx: Transaction, program_id: int, *, now: datetime, limit: int = 1000) -> list[UUID]:
    """Forget guests whose time to claim is over, and return them: what they earned lapses too.

    Call it until it returns none.
    """
    rows = await changes.run(tx, changes.LAPSED_GUESTS, program_id, now=now, limit=limit)
    members: list[UUID] = [row[0] for row in rows]
    if members:
        await changes.forget(tx, program_id, members, now)
    return members
