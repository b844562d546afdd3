"""Each step of a night on a real database: once, at the right instant, however often it runs."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from nights import PROGRAM, madrid_day, moves, nights, quietly, rows, skip, through
from telling import Teller, wall

from puntal.points import operations as points
from puntal.points import policy
from puntal.points.model import Cause


async def test_points_become_available_and_end_at_local_midnight(story: Teller) -> None:
    """Due over the night summer time begins: the transfers are effective at midnight by the wall clock."""
    await story.open(PROGRAM)
    await quietly(story, "2025-03-16 12:00")
    anna = await story.joins()
    await nights(story)
    await story.buys(anna, 5000)

    await quietly(story, "2025-03-30 23:30")
    assert (await nights(story)).get("settle") is None, "14 days after the 16th are over at the end of the 30th"
    await quietly(story, "2025-03-31 04:00")
    assert (await nights(story))["settle"] == 1
    assert await nights(story) == {}
    assert await moves(story, "points.activated") == [(50, "2025-03-31 00:00")]

    await quietly(story, "2025-06-01 00:00")
    assert (await nights(story))["settle"] == 1
    assert await moves(story, "points.expired") == [(50, "2025-06-01 00:00")]
    assert await story.wrong() == {}


@pytest.mark.parametrize(
    ("zone", "day", "before", "after"),
    [
        # The clocks go from 24:00 to 01:00: the day begins at one.
        ("America/Santiago", "2025-09-07", "2025-09-07T03:59:59Z", "2025-09-07T04:00:00Z"),
        # They go back at midnight to 23:00: that hour comes twice before the day begins.
        ("America/Santiago", "2025-04-06", "2025-04-06T03:59:59Z", "2025-04-06T04:00:00Z"),
        ("Europe/Madrid", "2025-10-27", "2025-10-26T22:59:59Z", "2025-10-26T23:00:00Z"),
    ],
)
async def test_a_night_begins_with_the_first_instant_of_the_day(
    story: Teller, zone: str, day: str, before: str, after: str
) -> None:
    """Both DST edges: in every zone a local date has one night, at its first instant."""
    story.clock.at = story.clock.at.fromisoformat(before) - timedelta(days=9)
    await story.open(PROGRAM | {"timezone": zone})
    story.clock.at = story.clock.at.fromisoformat(before)
    await nights(story)
    assert str(await through(story)) < day
    story.clock.at = story.clock.at.fromisoformat(after)
    await nights(story)
    assert str(await through(story)) == day
    seen = await rows(story, "SELECT count(*), count(DISTINCT day) FROM nightly_step WHERE program_id = %(id)s")
    assert seen[0][0] == 8 * seen[0][1]


async def test_a_tier_ends_with_notice_and_grace(story: Teller) -> None:
    """X29: the period ends, the grace begins; through 30 January silver, then one below; announced 45 days before."""
    await story.open(PROGRAM)
    await quietly(story, "2025-06-02 12:00")
    anna = await story.joins()
    await story.buys(anna, 30_000)
    assert await story.tier(anna) == "silver"

    await skip(story, "2025-11-01")
    await story.at("2025-11-16 23:59")
    assert await story.outbox("tier.ending") == []
    await story.at("2025-11-17 00:00")
    await story.at("2025-11-19 00:00")
    (notice,) = await story.outbox("tier.ending")
    assert (notice["tier"], notice["to_tier"], notice["missing"], notice["until"], notice["at"]) == (
        "silver", "base", 0, "2026-01-01", "2025-11-17",
    )  # fmt: skip

    await story.at("2026-01-30 23:59")
    assert await story.tier(anna) == "silver"
    assert await story.outbox("tier.changed") == []
    await story.at("2026-01-31 00:00")
    assert await story.tier(anna) == "base"
    (changed,) = await story.outbox("tier.changed")
    assert (changed["from"], changed["to"], changed["reason"], changed["at"]) == (
        "silver", "base", "fallen", "2026-01-31",
    )  # fmt: skip
    assert await story.tier_changes(anna) == [("base", "silver", "reached"), ("silver", "base", "fallen")]
    assert await story.wrong() == {}


async def test_what_is_earned_in_the_grace_keeps_the_tier(story: Teller) -> None:
    """B5: in grace earnings count for the closed and the new period."""
    await story.open(PROGRAM | {"ladders": [PROGRAM["ladders"][0] | {"keep": "end_of_next_period"}]})
    await quietly(story, "2025-06-02 12:00")
    anna = await story.joins()
    await story.buys(anna, 30_000)
    # Silver through 2026; in 2026 only 200, and 100 more in the grace of January 2027.
    await skip(story, "2026-05-01")
    await quietly(story, "2026-05-04 12:00")
    await nights(story)
    await story.buys(anna, 20_000)
    await skip(story, "2026-10-01")
    await quietly(story, "2027-01-05 12:00")
    await nights(story)
    shown = (await story.get(f"members/{anna}/tiers"))["items"][0]
    assert (shown["tier"], shown["in_grace"], shown["missing_to_keep"]) == ("silver", True, 100)
    await story.buys(anna, 10_000)
    await quietly(story, "2027-02-15 12:00")
    await nights(story)
    shown = (await story.get(f"members/{anna}/tiers"))["items"][0]
    assert (shown["tier"], shown["in_grace"]) == ("silver", False)
    assert await story.wrong() == {}


async def test_guests_who_do_not_join_lapse(story: Teller) -> None:
    """Unclaimed points are cancelled when the time to claim is over; the card is nobody's again."""
    await story.open(PROGRAM)
    await quietly(story, "2025-02-03 12:00")
    await nights(story)
    guest = (await story.buys(None, 2000, member={"card": "77"}))["member_id"]
    until = (await story.get(f"members/{guest}"))["claim_until"]
    assert until is not None
    await quietly(story, "2025-03-05 00:00")
    await nights(story)
    assert (await story.get(f"members/{guest}"))["status"] == "guest", until
    await quietly(story, "2025-03-07 00:00")
    done = await nights(story)
    assert done["guests"] == 1
    assert (await story.get(f"members/{guest}"))["status"] == "erased"
    assert (await story.wallet(guest))["pending"] == 0
    assert [amount for amount, _ in await moves(story, "points.cancelled")] == [20, 20]
    assert await story.wrong() == {}


async def test_reminders_come_once_per_end(story: Teller) -> None:
    """E2: 30 and 7 days before, what ends on one day together, however often the night runs."""
    await story.open(PROGRAM)
    await quietly(story, "2025-02-03 12:00")
    anna, ben = await story.joins(), await story.joins("ben@example.com")
    await story.buys(anna, 2000)
    await story.buys(anna, 3000)
    await story.buys(ben, 1000)
    # Available on 18 February, gone with 18 April: the first day without them is the 19th.
    ends = (await story.wallet(anna))["starts"][0]["at"]
    assert madrid_day(ends) == "2025-02-18"
    for _ in range(2):
        await quietly(story, "2025-04-20 12:00")
        await nights(story)
        async with story.database.owner_transaction() as tx:
            await tx.execute("DELETE FROM nightly_step WHERE program_id = %s", [story.program_id])
            await tx.execute("UPDATE program SET nightly_through = '2025-03-10' WHERE id = %s", [story.program_id])
    told = [(row["at"], row["in"], row["ends_on"], row["amount"]) for row in await story.outbox("points.expiring")]
    assert sorted(told) == [
        ("2025-03-20", "30 days", "2025-04-19", 10),
        ("2025-03-20", "30 days", "2025-04-19", 50),
        ("2025-04-12", "7 days", "2025-04-19", 10),
        ("2025-04-12", "7 days", "2025-04-19", 50),
    ]


async def test_holds_lapse(story: Teller) -> None:
    """X22: what was held past its lot's end is given back and expires; one within its time stays."""
    await story.open(PROGRAM)
    await quietly(story, "2025-02-03 12:00")
    anna = await story.joins()
    await story.buys(anna, 5000)
    await quietly(story, "2025-04-18 23:50")
    await nights(story)
    program_id = story.program_id
    async with story.database.program_transaction(program_id) as tx:
        terms = (await story.app.state.programs.current(tx, program_id)).newest.terms
        (holder,) = await points.holders_of(tx, program_id, UUID(anna))
        for amount, lapses in ((20, "2025-04-18 23:59"), (10, "2025-04-25 12:00")):
            await points.hold(
                tx, program_id, terms, holder_id=holder, wallet="points", amount=amount, reference="till",
                lapses_at=wall(lapses), now=story.clock.at,
            )  # fmt: skip
    await quietly(story, "2025-04-19 00:00")
    assert (await nights(story))["holds"] == 1
    wallet = await story.wallet(anna)
    assert (wallet["available"], wallet["held"]) == (0, 10)
    assert sorted(amount for amount, _ in await moves(story, "points.expired")) == [20, 20]
    assert await nights(story) == {}
    assert await story.wrong() == {}


async def test_a_closed_program_winds_up(story: Teller) -> None:
    """C8: pending is cancelled, lots end, paid-in money stays owed; afterwards nothing is earned or posted."""
    purse = {"kind": "money", "currency": "EUR", "granted_expires": {"after": "12 months"}}
    cashback = {"id": "cashback", "on": "purchase", "award": {"wallet": "purse", "rate": "5%"}}
    document = PROGRAM | {
        "wallets": PROGRAM["wallets"] | {"purse": purse},
        "earning": [*PROGRAM["earning"], cashback],
        "phase": {"live": "2025-01-01", "spend_only": "2025-05-01", "closed": "2025-06-01"},
    }
    await story.open(document)
    await quietly(story, "2025-04-02 12:00")
    anna = await story.joins()
    await story.buys(anna, 10_000)
    program_id = story.program_id
    async with story.database.program_transaction(program_id) as tx:
        terms = (await story.app.state.programs.current(tx, program_id)).newest.terms
        (holder,) = await points.holders_of(tx, program_id, UUID(anna))
        opened = await points.open_books(tx, program_id, terms, [holder], now=story.clock.at)
        at = story.clock.at
        loaded = next(each for each in terms if each.id == "purse")
        policy.earn(opened[holder], loaded, 2000, cause=Cause(note={"reason": "load"}), at=at, now=at,
                    kind="money.loaded", origin="paid_in")  # fmt: skip
        await opened.write(tx, program_id)

    await story.at("2025-04-28 12:00")
    await story.buys(anna, 4_000, order="late")
    await story.at("2025-05-05 12:00")
    refused = await story.buys(anna, 1_000)
    assert refused["code"] == "program.spend_only"
    await story.at("2025-06-01 00:00")
    assert (await story.wallet(anna))["available"] == 0
    wallet = await story.wallet(anna, "purse")
    assert (wallet["available"], wallet["pending"]) == (2000, 0)
    transfers = await rows(story, "SELECT count(*) FROM transfer WHERE program_id = %(id)s")
    closed = await story.buys(anna, 1_000)
    assert (closed["status"], closed["code"]) == ("nothing", "program.closed")
    await story.at("2025-07-20 12:00")
    assert await rows(story, "SELECT count(*) FROM transfer WHERE program_id = %(id)s") == transfers
    assert (await story.wallet(anna, "purse"))["available"] == 2000
    assert await story.wrong() == {}
