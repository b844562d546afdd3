"""Runs of nights: catching up, running twice, two workers, being cut short."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from nights import PROGRAM, nights, rows, through
from telling import Teller

from puntal.entrypoints import nights as entry
from puntal.entrypoints.nights import run_due, run_night

TABLES = {
    "transfers": "SELECT wallet, kind, source, destination, amount, effective_at, rule FROM transfer"
    " WHERE program_id = %(id)s ORDER BY effective_at, wallet, kind, source, amount, rule",
    "lots": "SELECT wallet, amount, remaining, expired, reversed, starts_at, ends_at FROM lot"
    " WHERE program_id = %(id)s ORDER BY earned_at, wallet, amount, starts_at",
    "tiers": "SELECT ladder, from_tier, to_tier, reason, effective_at FROM tier_change"
    " WHERE program_id = %(id)s ORDER BY effective_at, from_tier, to_tier",
    "events": "SELECT type, occurred_at, outcome::text FROM event WHERE program_id = %(id)s AND source = 'puntal'"
    " AND type <> 'member.enrolled' ORDER BY occurred_at, type, outcome::text",
    "outbox": "SELECT kind, effective_at, payload::text FROM outbox"
    " WHERE program_id = %(id)s AND kind IN ('tier.changed', 'tier.ending', 'points.expiring')"
    " ORDER BY effective_at, kind, payload::text",
    "nights": "SELECT day, step FROM nightly_step WHERE program_id = %(id)s ORDER BY day, step",
}


async def people(story: Teller) -> None:
    """Anna and Ben buy now and then, a guest once; the last thing happens on 20 February."""
    await story.at("2025-01-02 10:00", nights=False)
    anna = await story.joins(birthday="1990-03-10")
    ben = await story.joins("ben@example.com", birthday="1985-02-28")
    await story.at("2025-01-20 10:00", nights=False)
    await story.buys(anna, 35_000)
    await story.buys(ben, 5_000, order="B1")
    await story.buys(None, 3_000, member={"card": "9"})
    await story.at("2025-02-20 10:00", nights=False)
    await story.buys(anna, 2_500)
    await story.refunds("B1", 2_000)


async def left(story: Teller) -> dict[str, Any]:
    return {name: await rows(story, select) for name, select in TABLES.items()}


async def test_catching_up_is_the_same_as_day_by_day(story: Teller) -> None:
    """Downtime of seven weeks leaves what 49 nights in time leave, each transfer at its own instant."""
    seen = []
    for daily in (True, False):
        story.clock.at = story.clock.at.replace(year=2025, month=1, day=1)
        await story.open(PROGRAM)
        await people(story)
        if daily:
            for month, day in [(2, day) for day in range(21, 29)] + [(3, day) for day in range(1, 32)]:
                await story.at(f"2025-{month:02}-{day:02} 03:00", nights=False)
                await nights(story)
        await story.at("2025-04-10 12:00", nights=False)
        await nights(story)
        assert str(await through(story)) == "2025-04-10"
        assert await story.wrong() == {}
        seen.append(await left(story))
    for name in TABLES:
        assert seen[0][name] == seen[1][name], name
    assert {row[1] for row in seen[0]["transfers"]} >= {"points.activated", "points.expired", "points.cancelled"}


async def test_two_workers_at_once_run_a_night_once(story: Teller) -> None:
    await story.open(PROGRAM)
    await people(story)
    await story.at("2025-03-12 12:00", nights=False)
    both = await asyncio.gather(nights(story), nights(story))
    assert sorted(map(bool, both)) == [False, True]
    done = next(filter(None, both))
    assert done["birthdays"] == 2
    assert await story.wrong() == {}


async def test_a_second_run_changes_nothing(story: Teller) -> None:
    await story.open(PROGRAM)
    await people(story)
    await story.at("2025-04-10 12:00", nights=False)
    await nights(story)
    once = await left(story)
    assert await nights(story) == {}
    day = await through(story)
    assert day is not None
    assert await run_night(story.database, story.app.state.programs, story.program_id, day) == {}
    async with story.database.owner_transaction() as tx:
        await tx.execute("DELETE FROM nightly_step WHERE program_id = %s AND day = %s", [story.program_id, day])
    again = await run_night(story.database, story.app.state.programs, story.program_id, day)
    assert not any(again.values())
    assert await left(story) == once


@pytest.mark.parametrize("step", ["holds", "tiers", "birthdays", "guests", "reminders"])
async def test_a_run_that_was_cut_short_goes_on_where_it_stopped(
    story: Teller, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    await story.open(PROGRAM)
    await people(story)
    await story.at("2025-03-12 12:00", nights=False)
    real, repeat = entry._STEPS[step]  # noqa: SLF001 - to break one
    calls = 0

    async def breaking(tx: Any, programs: Any, day: Any) -> int:
        nonlocal calls
        calls += 1
        if calls == 60:
            await real(tx, programs, day)
            raise ConnectionResetError("the worker was killed before it could commit")
        return await real(tx, programs, day)

    with monkeypatch.context() as patched:
        patched.setitem(entry._STEPS, step, (breaking, repeat))  # noqa: SLF001 - to break one
        with pytest.raises(ConnectionResetError):
            await run_due(story.database, story.app.state.programs, story.program_id, story.clock.at)
    stopped = await through(story)
    assert stopped is not None
    assert stopped < story.clock.at.date()
    await nights(story)
    assert await through(story) == story.clock.at.date()
    assert [await story.balance(member) for member in await _members(story)] == [350 + 25 + 100, 50 - 20 + 100]
    assert await story.wrong() == {}
    once = await rows(story, "SELECT count(*), count(DISTINCT (day, step)) FROM nightly_step WHERE program_id = %(id)s")
    assert once[0][0] == once[0][1]


async def _members(story: Teller) -> list[str]:
    found = await story.get("members")
    return [row["id"] for row in reversed(found["items"])]


async def test_a_night_that_runs_late_does_not_undo_what_the_day_brought(story: Teller) -> None:
    """Orders of the day come before its night is run: nothing is lost, nothing is given twice."""
    await story.open(PROGRAM)
    await people(story)
    await story.at("2025-03-09 12:00", nights=False)
    await nights(story)
    await story.at("2025-03-14 12:00", nights=False)
    anna, _ = await _members(story)
    await story.buys(anna, 70_000)
    assert await story.tier(anna) == "gold"
    await nights(story)
    assert await story.tier(anna) == "gold"
    shown = await story.wallet(anna)
    assert (shown["available"], shown["pending"]) == (350 + 25 + 100, 700)
    assert await nights(story) == {}
    assert await story.wrong() == {}
