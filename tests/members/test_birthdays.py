"""Birthdays and anniversaries (B13): the anti-gaming rules, leap days, zones."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from people import MEMBERSHIP, NOON, a_member, a_person, join

from puntal.kit.calendar import midnight
from puntal.members import birthdays, operations
from puntal.members.model import Profile
from puntal.programs.document.values import Span

if TYPE_CHECKING:
    from puntal.kit.db import Transaction

MADRID = ZoneInfo("Europe/Madrid")
MONTH = Span("30 days")
ZONES = [
    "Europe/Madrid",
    "Africa/Lagos",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "America/New_York",
    "Asia/Kathmandu",
]
days = st.dates(min_value=date(2024, 1, 1), max_value=date(2030, 12, 31))


def a_profile(birthday: date | None, **more: Any) -> Profile:
    known: dict[str, Any] = {"id": UUID(int=1), "status": "active", "created_at": NOON, "updated_at": NOON} | more
    return Profile(birthday=birthday, **known)


def celebrate(profile: Profile, first: date, last: date, zone: ZoneInfo = MADRID) -> list[date]:
    """Run every night of the program from `first` to `last`."""
    found = []
    while first < last:
        tomorrow = first + timedelta(days=1)
        day = birthdays.due_between(profile, midnight(zone, first), midnight(zone, tomorrow), zone)
        if day is not None:
            found.append(day)
            profile = structs.replace(profile, birthday_paid_on=day)
        first = tomorrow
    return found


def test_a_leap_birthday_is_kept_on_the_28th_in_other_years() -> None:
    leap = a_profile(date(1996, 2, 29))

    assert celebrate(leap, date(2026, 1, 1), date(2029, 1, 1)) == [
        date(2026, 2, 28),
        date(2027, 2, 28),
        date(2028, 2, 29),
    ]


def test_a_day_that_falls_between_two_nights_of_the_program_is_paid_once() -> None:
    """X41: the clocks change in Madrid that night and never in Lagos."""
    lagos = a_profile(date(1990, 10, 25), zone="Africa/Lagos")

    assert celebrate(lagos, date(2026, 10, 20), date(2026, 11, 1)) == [date(2026, 10, 25)]


async def test_a_birthday_moved_within_the_year_waits_for_the_next(tx: Transaction, program_id: int) -> None:
    """X40: 10 March paid; changed on 1 September to 5 December; next 5 December 2027."""
    anna = await a_member(tx, program_id, birthday=date(1990, 3, 10), enrolled_at=datetime(2020, 1, 1, tzinfo=UTC))
    assert await operations.celebrated(tx, program_id, {anna: date(2026, 3, 10)}) == {anna}
    assert await operations.celebrated(tx, program_id, {anna: date(2026, 3, 10)}) == set()

    changed = await operations.update_member(
        tx,
        program_id,
        anna,
        {"birthday": date(1990, 12, 5)},
        membership=MEMBERSHIP,
        now=datetime(2026, 9, 1, 12, tzinfo=UTC),
    )

    assert celebrate(changed, date(2026, 9, 1), date(2028, 2, 1)) == [date(2027, 12, 5)]


@given(
    born=st.dates(min_value=date(1950, 1, 1), max_value=date(2005, 12, 31)),
    changes=st.lists(st.tuples(days, st.dates(min_value=date(1950, 1, 1), max_value=date(2005, 12, 31))), max_size=5),
)
def test_whatever_is_changed_one_birthday_a_year_and_none_within_300_days(
    born: date, changes: list[tuple[date, date]]
) -> None:
    profile, paid = a_profile(born), []
    changes = sorted(changes)
    start = date(2024, 1, 1)
    for at, birthday in [*changes, (date(2031, 1, 1), born)]:
        found = celebrate(profile, start, max(at, start))
        paid += found
        last = found[-1] if found else profile.birthday_paid_on
        starts = birthdays.counts_from(birthday, at, MONTH)
        profile = a_profile(birthday, birthday_paid_on=last, birthday_counts_from=starts)
        start = max(at, start)

    assert all((later - earlier).days >= 300 for earlier, later in itertools.pairwise(paid))
    assert len({day.year for day in paid}) == len(paid)


@given(day=days, zone=st.sampled_from(ZONES), program=st.sampled_from(ZONES))
def test_in_every_zone_a_birthday_comes_once_a_year(day: date, zone: str, program: str) -> None:
    profile = a_profile(date(1992, day.month, day.day), zone=zone)

    found = celebrate(profile, day - timedelta(days=3), day + timedelta(days=3), ZoneInfo(program))

    assert found == [birthdays.kept_on(date(1992, day.month, day.day), day.year)] if day.day != 29 else len(found) == 1


def test_set_before_counts_whole_days() -> None:
    today = date(2026, 3, 1)

    assert birthdays.counts_from(date(1990, 3, 31), today, MONTH) is None
    assert birthdays.counts_from(date(1990, 3, 30), today, MONTH) == date(2026, 3, 31)
    assert birthdays.counts_from(date(1990, 3, 1), today, MONTH) == date(2026, 3, 2)
    assert birthdays.counts_from(date(1990, 2, 28), today, MONTH) is None


async def test_a_night_finds_those_whose_day_it_is(tx: Transaction, program_id: int) -> None:
    joined = datetime(2020, 1, 1, tzinfo=UTC)
    dates = {"anna": (3, 10), "ben": (3, 11), "leap": (2, 29), "lagos": (10, 25)}
    members = {
        name: await a_member(
            tx,
            program_id,
            f"{name}@example.com",
            birthday=date(1992, *dates[name]),
            enrolled_at=joined,
            zone="Africa/Lagos" if name == "lagos" else None,
        )
        for name in dates
    }
    guest = a_person("guest@example.com", birthday=date(1992, 3, 10), enrolled_at=joined)
    [answer] = await join(tx, program_id, guest)
    await operations.change_status(tx, program_id, answer.id, "paused", now=NOON, reason="asked", by="test")

    async def night(day: date) -> dict[UUID, date]:
        since, until = midnight(MADRID, day - timedelta(days=1)), midnight(MADRID, day)
        return await operations.due_birthdays(tx, program_id, since=since, until=until, zone=MADRID)

    assert await night(date(2026, 3, 10)) == {members["anna"]: date(2026, 3, 10)}
    assert await night(date(2026, 2, 28)) == {members["leap"]: date(2026, 2, 28)}
    assert await night(date(2026, 10, 25)) == {}
    assert await night(date(2026, 10, 26)) == {members["lagos"]: date(2026, 10, 25)}


async def test_anniversaries_come_round_on_the_programs_day(tx: Transaction, program_id: int) -> None:
    # 1 March 2024 in Madrid already, 29 February still in UTC.
    late = await a_member(tx, program_id, enrolled_at=datetime(2024, 2, 29, 23, 30, tzinfo=UTC))
    leap = await a_member(tx, program_id, "ben@example.com", enrolled_at=datetime(2024, 2, 29, 12, tzinfo=UTC))

    async def on(day: date) -> dict[UUID, int]:
        return await operations.due_anniversaries(tx, program_id, day=day, zone=MADRID)

    assert await on(date(2025, 3, 1)) == {late: 1}
    assert await on(date(2025, 2, 28)) == {leap: 1}
    assert await on(date(2028, 2, 28)) == {}
    assert await on(date(2028, 2, 29)) == {leap: 4}
