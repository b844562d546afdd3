"""A draft over the past: the live program against itself differs in nothing and gives what the books have."""

from __future__ import annotations

import copy
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from shops import BEGINNING, PROGRAM, history, jsonl
from telling import Teller

from puntal.entrypoints.replay import Replay
from puntal.insight.simulation import running, waiting
from puntal.kit import jobs
from puntal.kit.jobs import Work
from puntal.points import operations as points

Json = dict[str, Any]


@pytest.fixture
async def shop(story: Teller) -> Teller:
    """A shop with a history of two months."""
    story.clock.at = BEGINNING - timedelta(days=1)
    await story.open(PROGRAM)
    story.clock.at = BEGINNING + timedelta(days=500)
    await Replay(story.database, story.app.state.programs, story.program_id).run(jsonl(history()))
    story.clock.at += timedelta(hours=20)
    return story


async def now_of(shop: Teller) -> datetime:
    """Return the time by the program's clock."""
    async with shop.database.program_transaction(shop.program_id) as tx:
        offset: timedelta = (await shop.app.state.programs.current(tx, shop.program_id)).clock_offset
        return shop.clock.at - offset


async def closing(shop: Teller) -> list[int]:
    """Return what the books have now: available and pending, less debt, by wallet."""
    async with shop.database.program_transaction(shop.program_id) as tx:
        program = (await shop.app.state.programs.current(tx, shop.program_id)).newest
        cursor = await tx.execute("SELECT id FROM holder WHERE program_id = %s", [shop.program_id])
        ids = [row[0] for row in await cursor.fetchall()]
        books = await points.read_books(tx, shop.program_id, program.terms, ids, now=await now_of(shop))
    return [sum(each.available[n] + each.pending[n] - each.debt[n] for each in books.values()) for n in (0, 1)]


async def worked(shop: Teller) -> None:
    """Run the jobs that wait."""
    queue = jobs.runner(shop.database.uri, connections=2)
    async with queue.open_async():
        await jobs.run(queue, Work(database=shop.database, parts=shop.work.parts), concurrency=1, wait=False)


async def simulated(shop: Teller, draft: Json, days: int = 30, **more: Any) -> Json:
    asked = await shop.post("program/simulate", {"document": draft, "days": days, **more}, status=202)
    assert asked["state"] == "waiting"
    await worked(shop)
    found: Json = await shop.get(f"program/simulations/{asked['id']}")
    assert found["state"] == "done", found["error"]
    assert found["progress"]["percent"] == 100
    return found


def drafted(**sections: Any) -> Json:
    return copy.deepcopy(PROGRAM) | sections


def without_budgets() -> Json:
    return drafted(earning=[rule for rule in PROGRAM["earning"] if "budget" not in rule])


@pytest.mark.parametrize("days", [7, 45])
async def test_the_live_program_against_itself_differs_in_nothing(shop: Teller, days: int) -> None:
    result = (await simulated(shop, PROGRAM, days))["result"]

    assert result["events"] > days
    assert result["same"]
    assert result["members_differing"] == 0
    assert (result["rules"], result["tiers"], result["winners"], result["losers"]) == ([], [], [], [])
    for wallet in result["wallets"]:
        assert wallet["earned"]["difference"] == wallet["closing"]["difference"] == 0


@pytest.mark.parametrize("days", [5, 20, 45, 80])
async def test_the_live_program_gives_what_the_books_have(shop: Teller, days: int) -> None:
    """From the state that was re-added, every event gives again what it gave."""
    result = (await simulated(shop, PROGRAM, days))["result"]

    rows = await closing(shop)
    for wallet, left in zip(result["wallets"], rows, strict=True):
        assert (wallet["wallet"], wallet["earned"]["live"]) == (wallet["wallet"], wallet["books_earned"])
        assert (wallet["wallet"], wallet["taken_back"]["live"]) == (wallet["wallet"], wallet["books_taken_back"])
        assert (wallet["wallet"], wallet["closing"]["live"]) == (wallet["wallet"], left)


async def apart(shop: Teller, document: dict[str, Any], days: int) -> dict[str, Any]:
    """Simulate in processes, however few events there are."""
    asked = await shop.post("program/simulate", {"document": document, "days": days}, status=202)
    few, running.FEW = running.FEW, 0
    try:
        await running.run(shop.database, shop.program_id, UUID(asked["id"]), now=await now_of(shop))
    finally:
        running.FEW = few
    found: dict[str, Any] = await shop.get(f"program/simulations/{asked['id']}")
    return found


async def test_members_live_apart_without_a_shared_budget_and_in_parts(shop: Teller) -> None:
    """Two processes, each with half of the members, tell what one tells."""
    draft = without_budgets()
    draft["wallets"]["points"]["liability"] = {"cost_per_point": "0.01 EUR"}
    await shop.post("program/publish", {"document": draft})
    richer = copy.deepcopy(draft)
    richer["earning"][0]["award"]["points"] = 2
    whole = (await simulated(shop, richer, 60))["result"]

    asked = await apart(shop, richer, 60)
    parts = asked["result"]

    assert not whole["in_order_of_time"]
    assert parts == whole
    assert not whole["same"]
    assert whole["cost_minor"]["difference"] > 0
    points_ = next(one for one in whole["wallets"] if one["wallet"] == "points")
    assert points_["cost_minor"]["difference"] == points_["earned"]["difference"] - points_["taken_back"]["difference"]
    assert next(one["rule"] for one in whole["rules"]) in {"often", "purchases"}
    winner = whole["winners"][0]
    assert winner["worth_minor"] >= whole["winners"][-1]["worth_minor"] > 0
    assert {reason["text"] for reason in winner["moment"]["draft"]} - {""}
    assert whole["losers"] == [] or whole["losers"][0]["worth_minor"] <= 0
    assert winner["member_name"] != "Anna Alba"
    async with shop.database.program_transaction(shop.program_id) as tx:
        await tx.execute("UPDATE member SET name = 'Anna Alba' WHERE id = %s", [winner["member_id"]])
    told = (await shop.get(f"program/simulations/{asked['id']}"))["result"]["winners"][0]
    assert (told["member_id"], told["member_name"]) == (winner["member_id"], "Anna Alba")


async def test_lives_that_lie_in_a_file_go_on_as_they_were(shop: Teller, monkeypatch: pytest.MonkeyPatch) -> None:
    at_hand = (await simulated(shop, PROGRAM, 45))["result"]
    monkeypatch.setattr(waiting, "MOST_AT_HAND", 3)

    assert (await simulated(shop, PROGRAM, 45))["result"] == at_hand
    assert at_hand["in_order_of_time"]


async def test_a_budget_for_all_runs_out_when_it_would(shop: Teller) -> None:
    """Twice the budget gives as much more as it covers, to whoever came while there was room."""
    draft = drafted()
    rule = next(rule for rule in draft["earning"] if "budget" in rule)
    rule["budget"]["points"] = 300
    result = (await simulated(shop, draft, 60))["result"]

    (found,) = [one for one in result["rules"] if one["rule"] == "first_hundred"]
    assert found["points"]["difference"] > 0
    assert result["in_order_of_time"]


@pytest.mark.parametrize(("points", "runs"), [(60, 2), (1_000_000, 1)])
async def test_members_live_apart_as_long_as_no_budget_runs_out(shop: Teller, points: int, runs: int) -> None:
    """Two processes tell what one tells in the order of time; where somebody came too late, they begin again."""
    live = copy.deepcopy(PROGRAM)
    draft = drafted()
    for document in (live, draft):
        rule = next(rule for rule in document["earning"] if "budget" in rule)
        rule["budget"]["points"] = points
    draft["earning"][0]["award"]["points"] = 2
    await shop.post("program/publish", {"document": live})
    whole = await simulated(shop, draft, 60)

    parts = await apart(shop, draft, 60)

    assert parts["result"] == whole["result"]
    assert whole["result"]["in_order_of_time"]
    assert not whole["result"]["same"]
    async with shop.database.program_transaction(shop.program_id) as tx:
        row = await (await tx.execute("SELECT run FROM simulation WHERE id = %s", [parts["id"]])).fetchone()
    assert row == (runs,)


async def test_a_new_line_moves_members_up_and_down(shop: Teller) -> None:
    draft = drafted()
    draft["ladders"][0]["tiers"][2]["from"] = 5000
    result = (await simulated(shop, draft, 30))["result"]

    assert [(one["live"], one["draft"], one["direction"]) for one in result["tiers"]] == [("gold", "silver", "down")]
    assert result["members_down"] == result["tiers"][0]["members"] > 0
    assert result["losers"][0]["tiers"] == [{"ladder": "club", "live": "gold", "draft": "silver"}]


async def test_what_moved_beside_events_is_taken_over(shop: Teller) -> None:
    """What staff took is taken in both lives; of less, as much as is there."""
    async with shop.database.program_transaction(shop.program_id) as tx:
        cursor = await tx.execute(
            "SELECT id FROM holder WHERE program_id = %s ORDER BY available[1] DESC LIMIT 1", [shop.program_id]
        )
        row = await cursor.fetchone()
    assert row is not None
    wallets = (await shop.get(f"members/{row[0]}/wallets"))["items"]
    taken = next(one for one in wallets if one["wallet"] == "points")["available"]
    said = {"wallet": "points", "amount": -taken, "internal_reason": "taken by mistake", "reason": "correction"}
    await shop.post(f"members/{row[0]}/adjustments", said, status=201)
    shop.clock.at += timedelta(minutes=5)
    poorer = drafted(earning=[rule for rule in PROGRAM["earning"] if rule["id"] != "purchases"])
    poorer["wallets"]["points"]["liability"] = {"cost_per_point": "0.01 EUR"}

    live = (await simulated(shop, PROGRAM, 60))["result"]
    assert live["same"]
    assert await closing(shop) == [one["closing"]["live"] for one in live["wallets"]]
    result = (await simulated(shop, poorer, 60))["result"]
    assert not result["same"]
    assert next(one for one in result["rules"] if one["rule"] == "purchases")["points"]["draft"] == 0


async def test_what_was_given_by_hand_and_taken_again_ends_as_in_the_books(shop: Teller) -> None:
    """A gift by hand can be taken at once, whatever purchases wait for; what was not there to take is owed."""
    async with shop.database.program_transaction(shop.program_id) as tx:
        cursor = await tx.execute("SELECT id FROM holder WHERE program_id = %s ORDER BY id LIMIT 2", [shop.program_id])
        anna, ben = [row[0] for row in await cursor.fetchall()]

    async def adjust(who: UUID, amount: int, **more: Any) -> None:
        said = {"wallet": "points", "amount": amount, "internal_reason": "a mistake", "reason": "correction"}
        await shop.post(f"members/{who}/adjustments", said | more, status=201)
        shop.clock.at += timedelta(minutes=1)

    await adjust(anna, 99_999_999)
    await adjust(anna, -99_999_000)
    await adjust(ben, 500)
    await adjust(ben, -700_000, allow_debt=True)

    live = (await simulated(shop, PROGRAM, 60))["result"]
    assert live["same"]
    assert [one["closing"]["live"] for one in live["wallets"]] == await closing(shop)
    assert await closing(shop) != [0, 0]
    without = drafted(earning=[rule for rule in PROGRAM["earning"] if rule["id"] != "purchases"])
    poorer = (await simulated(shop, without, 60))["result"]
    assert poorer["wallets"][0]["closing"]["draft"] < live["wallets"][0]["closing"]["live"]


@pytest.mark.parametrize("days", [20, 80])
async def test_gifts_of_tiers_are_given_again(story: Teller, days: int) -> None:
    """What a tier gave since is forgotten when the past begins again, so that the live program gives it as it did."""
    program = drafted()
    for tier, points_ in zip(program["ladders"][0]["tiers"][1:], (20, 50), strict=True):
        tier["benefits"] = [{"kind": "gift", "wallet": "points", "points": points_}]
    story.clock.at = BEGINNING - timedelta(days=1)
    await story.open(program)
    story.clock.at = BEGINNING + timedelta(days=500)
    await Replay(story.database, story.app.state.programs, story.program_id).run(jsonl(history()))
    story.clock.at += timedelta(hours=20)

    live = (await simulated(story, program, days))["result"]
    assert live["same"]
    for wallet, left in zip(live["wallets"], await closing(story), strict=True):
        assert (wallet["wallet"], wallet["earned"]["live"]) == (wallet["wallet"], wallet["books_earned"])
        assert (wallet["wallet"], wallet["closing"]["live"]) == (wallet["wallet"], left)
    async with story.database.program_transaction(story.program_id) as tx:
        cursor = await tx.execute(
            "SELECT count(*) FROM transfer WHERE program_id = %s AND rule LIKE 'gift:%%' AND effective_at >= %s",
            [story.program_id, (await now_of(story)) - timedelta(days=days - 1)],
        )
        row = await cursor.fetchone()
    assert row is not None
    assert row[0] > 0


async def test_a_weekend_to_come_is_told_and_tried_on_one_that_was(shop: Teller) -> None:
    """It runs on none of the days looked at: that is said, and on request its dates are moved by whole weeks."""
    day = (await now_of(shop)).date() + timedelta(days=3)
    span = {"from": day.isoformat(), "through": (day + timedelta(days=6)).isoformat()}
    rule = {"id": "extra", "on": "purchase", "award": {"wallet": "points", "points": 7}}
    draft = drafted(campaigns=[{"id": "week", **span, "earning": [rule]}])

    told = await simulated(shop, draft, 30)
    assert told["result"]["same"]
    (one,) = told["dated"]
    assert (one["section"], one["id"], one["from_day"], one["weeks"]) == ("campaigns", "week", span["from"], 0)

    moved = await simulated(shop, draft, 30, move_dates=True)
    assert moved["digest"] == told["digest"]
    assert (moved["dated"][0]["from_day"], moved["dated"][0]["weeks"]) == (span["from"], -2)
    assert not moved["result"]["same"]
    assert {each["rule"] for each in moved["result"]["rules"]} >= {"extra"}
    assert (await simulated(shop, drafted(), 30))["dated"] == []


async def test_it_is_listed_cancelled_and_named_by_a_revision(shop: Teller) -> None:
    draft = without_budgets()
    done = await simulated(shop, draft, 7, note="fewer")
    given_up = await shop.post("program/simulate", {"document": draft, "days": 7}, status=202)
    cancelled = await shop.post(f"program/simulations/{given_up['id']}/cancel")
    assert cancelled["state"] == "cancelled"
    await worked(shop)
    assert (await shop.get(f"program/simulations/{given_up['id']}"))["state"] == "cancelled"
    listed = (await shop.get("program/simulations"))["items"]
    assert [one["id"] for one in listed] == [given_up["id"], done["id"]]

    published = await shop.post("program/publish", {"document": draft, "simulation_id": done["id"]})
    assert published["revision"]["simulation_id"] == done["id"]
    revisions = (await shop.get("program/revisions"))["items"]
    assert [one["simulation_id"] for one in revisions] == [done["id"], None]
    assert (await shop.get(f"program/simulations/{done['id']}"))["published_as"] == 2


async def test_what_cannot_be_simulated_is_refused(shop: Teller) -> None:
    faulty = drafted(earning=[{"id": "x", "on": "purchase", "award": {"wallet": "none", "points": 1}}])
    refused = await shop.post("program/simulate", {"document": faulty}, status=422)
    assert refused["type"].endswith("programs.faulty")
    await shop.post("program/simulate", {"days": 366}, status=422)
    await shop.post("program/simulate", {"days": 0}, status=422)
    unknown = "00000000-0000-7000-8000-000000000000"
    await shop.get(f"program/simulations/{unknown}", status=404)
    refused = await shop.post("program/publish", {"document": without_budgets(), "simulation_id": unknown}, status=422)
    assert refused["type"].endswith("programs.simulation_unknown")
    for _ in range(3):
        await shop.post("program/simulate", {"document": PROGRAM}, status=202)
    await shop.post("program/simulate", {"document": PROGRAM}, status=409)
