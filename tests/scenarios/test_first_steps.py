"""G13: connecting a shop is checked by what really arrived, and the way to the launch has its dates."""

from __future__ import annotations

import asyncio
from typing import Any

from telling import Teller

from puntal.access.model import OrganizationId, Permission
from puntal.access.operations import keys


async def a_shop(story: Teller) -> dict[str, str]:
    """Return the headers of a key of the shop's own."""
    async with story.database.transaction() as tx:
        row = await (await tx.execute("SELECT organization_id FROM program WHERE slug = %s", [story.slug])).fetchone()
        assert row is not None
        scopes = frozenset({Permission.EVENTS_WRITE})
        made = await keys.create_first_key(tx, OrganizationId(row[0]), name="Online", now=story.clock.at, scopes=scopes)
    return {"authorization": f"Bearer {made.token}"}


def an_order(id: str, at: str, **more: Any) -> dict[str, Any]:
    lines = [{"id": "1", "category": "food", "amount_minor": 2_000}]
    return {
        "id": id,
        "type": "order.paid",
        "occurred_at": at,
        "source": "shop",
        "member": {"email": "anna@example.org"},
        "order": {"id": id, "currency": "EUR", "lines": lines},
    } | more


async def first_events(story: Teller) -> dict[str, str | None]:
    found = await story.call("GET", "/v1/organization/keys")
    return {each["name"]: each["first_event_at"] for each in found["items"]}


async def test_a_key_is_connected_once_an_event_came_with_it(story: Teller) -> None:
    await story.open("cafe")
    await story.at("2025-02-03 10:00")
    shop = await a_shop(story)
    gate = story.app.state.gate
    # What is refused, asked, or no event, connects nothing.
    await story.call("POST", "events", json={"id": "x"}, headers=shop, status=422)
    await story.call("POST", "events?dry_run=true", json=an_order("dry", "2025-02-03T09:00:00Z"), headers=shop)
    await gate.ring.flush()
    assert (await first_events(story))["Online"] is None

    flusher = asyncio.create_task(gate.run_flusher(every_seconds=600))
    await story.call("POST", "events", json=an_order("a-1", "2025-02-03T09:00:00Z"), headers=shop)
    for _ in range(100):
        if (await first_events(story))["Online"] is not None:
            break
        await asyncio.sleep(0.05)
    flusher.cancel()
    assert (await first_events(story))["Online"] == "2025-02-03T09:00:00Z", "written at once, not in a minute"

    # Later events do not move it.
    await story.at("2025-02-04 10:00")
    batch = {"events": [an_order("a-2", "2025-02-04T08:00:00Z")]}
    await story.call("POST", "events/batch", json=batch, headers=shop)
    await gate.ring.flush()
    assert (await first_events(story))["Online"] == "2025-02-03T09:00:00Z"


async def test_what_arrived_is_seen_newest_first_with_what_became_of_it(story: Teller) -> None:
    await story.open("cafe")
    await story.at("2025-02-03 10:00")
    assert (await story.call("GET", "events"))["items"] == []
    anna = await story.call("POST", "members", json={"name": "Anna", "ids": {"email": "anna@example.org"}}, status=201)
    await story.call("POST", "events", json=an_order("a-1", "2025-02-03T08:00:00Z"))
    await story.at("2025-02-03 10:01", nights=False)
    stranger = an_order("b-1", "2025-02-03T08:30:00Z", member={"email": "ben@example.org"})
    await story.call("POST", "events", json=stranger)
    found = await story.call("GET", "events")
    assert [each["id"] for each in found["items"]][:2] == ["b-1", "a-1"]
    assert found["items"][1]["member_id"] == anna["id"]
    assert [award["points"] for award in found["items"][1]["awards"]] == [20]
    assert found["items"][0]["member_id"] is None
    assert found["items"][0]["message"]
    assert len((await story.call("GET", "events?limit=1"))["items"]) == 1
    # A day later it is history.
    await story.at("2025-02-04 10:02", nights=False)
    assert (await story.call("GET", "events"))["items"] == []


async def test_the_way_to_the_launch_has_dates(story: Teller) -> None:
    await story.open("cafe")
    await story.at("2025-02-03 10:00")
    steps = {each["id"]: each for each in (await story.call("GET", "launch"))["steps"]}
    assert steps["published"]["done"]
    assert steps["rewards"]["done"]
    assert [steps[id]["done"] for id in ("named", "key", "order", "member")] == [False] * 4
    assert "factor" not in steps, "a key has no phone"

    planned = await story.call("PUT", "launch", json={"launch_on": "2025-03-03"})
    due = {each["id"]: each["due_on"] for each in planned["steps"]}
    assert (planned["launch_on"], due["key"], due["order"]) == ("2025-03-03", "2025-02-17", "2025-02-24")
    assert due["published"] is None, "what is done is due no more"

    shop = await a_shop(story)
    await story.call("POST", "members", json={"name": "Anna", "ids": {"email": "anna@example.org"}}, status=201)
    await story.call("POST", "events", json=an_order("a-1", "2025-02-03T08:00:00Z"), headers=shop)
    await story.app.state.gate.ring.flush()
    after = {each["id"]: each for each in (await story.call("GET", "launch"))["steps"]}
    for id in ("key", "order", "member"):
        assert (after[id]["done"], after[id]["done_on"], after[id]["due_on"]) == (True, "2025-02-03", None), id
    assert (await story.call("PUT", "launch", json={"launch_on": None}))["launch_on"] is None
    log = await story.call("GET", "audit")
    assert [each["detail"] for each in log["items"] if each["action"] == "program.launch_planned"] == [
        {"launch_on": None},
        {"launch_on": "2025-03-03"},
    ]
