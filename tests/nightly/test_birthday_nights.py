"""Birthdays and anniversaries: once, on the member's own day, whatever was moved or runs twice."""

from __future__ import annotations

from nights import PROGRAM, madrid_day, nights, quietly, skip
from telling import Teller, gave


async def birthdays(story: Teller, member: str) -> list[str]:
    """The days by Madrid's clock at which her birthday was celebrated."""
    found = await story.get(f"members/{member}/events")
    return sorted(madrid_day(one["occurred_at"]) for one in found["items"] if one["type"] == "member.birthday")


async def test_a_birthday_that_was_moved_counts_from_the_next(story: Teller) -> None:
    """X40: 10 March paid; moved on 1 September to 5 December: the next is that of the year after."""
    await story.open(PROGRAM)
    await quietly(story, "2025-01-02 12:00")
    anna = await story.joins(birthday="1990-03-10")
    await quietly(story, "2025-03-10 07:00")
    assert (await nights(story))["birthdays"] == 1
    assert await nights(story) == {}
    assert await story.balance(anna) == 100
    await quietly(story, "2025-09-01 12:00")
    await nights(story)
    await story.call("PATCH", f"members/{anna}", json={"birthday": "1990-12-05"})
    await skip(story, "2025-12-01")
    await quietly(story, "2025-12-06 12:00")
    await nights(story)
    assert await birthdays(story, anna) == ["2025-03-10"]
    await skip(story, "2026-12-01")
    await quietly(story, "2026-12-06 12:00")
    await nights(story)
    assert await birthdays(story, anna) == ["2025-03-10", "2026-12-05"]
    assert await story.wrong() == {}


async def test_birthdays_are_those_of_the_members_own_day(story: Teller) -> None:
    """X41: in Lagos, in Auckland, in Honolulu, on the night summer time ends; each is paid once."""
    await story.open(PROGRAM)
    await quietly(story, "2025-06-02 12:00")
    born = "1990-10-26"
    people = {
        zone: await story.joins(f"{n}@example.com", birthday=born, zone=zone)
        for n, zone in enumerate(("Africa/Lagos", "Pacific/Auckland", "Pacific/Honolulu", "Europe/Madrid"))
    }
    await skip(story, "2025-10-20")
    for day in ("24", "25", "26", "27", "28", "29"):
        await quietly(story, f"2025-10-{day} 00:30")
        await nights(story)
    kept = {zone: await birthdays(story, member) for zone, member in people.items()}
    assert kept == {
        # 23:00 of the 25th when the 26th begins in Madrid; 25 hours later her 26th is over: made up for then.
        "Africa/Lagos": ["2025-10-27"],
        # Already 12 hours into the 26th when the 26th begins in Madrid.
        "Pacific/Auckland": ["2025-10-26"],
        # Still the 26th when the 27th begins in Madrid.
        "Pacific/Honolulu": ["2025-10-27"],
        "Europe/Madrid": ["2025-10-26"],
    }
    assert [await story.balance(member) for member in people.values()] == [100] * 4


async def test_a_birthday_on_29_february_is_kept_on_the_28th(story: Teller) -> None:
    await story.open(PROGRAM)
    await quietly(story, "2025-01-02 12:00")
    anna = await story.joins(birthday="1992-02-29")
    await quietly(story, "2025-03-02 12:00")
    await nights(story)
    assert await birthdays(story, anna) == ["2025-02-28"]


async def test_a_birthday_is_celebrated_once_whatever_runs_twice(story: Teller) -> None:
    """The memory of steps is lost, and still nothing is given twice."""
    await story.open(PROGRAM)
    await quietly(story, "2025-01-02 12:00")
    anna = await story.joins(birthday="1990-03-10")
    await quietly(story, "2025-03-12 12:00")
    await nights(story)
    async with story.database.owner_transaction() as tx:
        await tx.execute("DELETE FROM nightly_step WHERE program_id = %s", [story.program_id])
        await tx.execute("UPDATE program SET nightly_through = '2025-02-20' WHERE id = %s", [story.program_id])
    assert await nights(story) == {}
    assert await story.balance(anna) == 100
    assert await story.wrong() == {}


async def test_anniversaries_come_once_a_year(story: Teller) -> None:
    await story.open(PROGRAM)
    await quietly(story, "2025-02-03 23:30")
    anna = await story.joins()
    await skip(story, "2026-01-20")
    await quietly(story, "2026-02-02 23:59")
    await nights(story)
    assert await story.balance(anna) == 0
    await quietly(story, "2026-02-03 00:00")
    assert (await nights(story))["anniversaries"] == 1
    assert await nights(story) == {}
    assert await story.balance(anna) == 30


async def test_a_birthday_in_a_spend_only_program_gives_nothing(story: Teller) -> None:
    await story.open(PROGRAM | {"phase": {"live": "2025-01-01", "spend_only": "2025-03-01"}})
    anna = await story.joins(birthday="1990-03-10")
    await story.at("2025-03-12 12:00")
    assert await birthdays(story, anna) == ["2025-03-10"]
    assert await story.balance(anna) == 0
    assert gave((await story.get(f"members/{anna}/events"))["items"][0]) == {}
