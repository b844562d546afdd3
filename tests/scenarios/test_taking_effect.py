"""A revision that reads a figure nobody counted so far takes effect when it has been counted."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from telling import POINTS, Teller, gave

from puntal.entrypoints import publishing
from puntal.entrypoints.publishing import Publisher
from puntal.kit import clock
from puntal.programs import preparing

ANNA, BEN = "anna@example.com", "ben@example.com"
PURCHASES = {"id": "purchases", "on": "purchase", "award": POINTS}


def rule(when: dict[str, Any], id: str = "big", points: int = 100) -> dict[str, Any]:
    return {"id": id, "on": "purchase", "when": when, "award": {"wallet": "points", "points": points}}


BIG = rule({"member.spend.last_90_days": {"at_least": "100.00 EUR"}})


def a_document(*rules: dict[str, Any]) -> dict[str, Any]:
    return {
        "puntal": 1,
        "name": "Aurora",
        "timezone": "Europe/Madrid",
        "currency": "EUR",
        "joining": {"unknown_customer": "enrol"},
        "wallets": {"points": {"kind": "points"}},
        "earning": [PURCHASES, *rules],
    }


async def large(story: Teller) -> None:
    """Make every program too large to be counted while it is published."""
    story.app.state.publisher = Publisher(story.app.state.programs, few=0)


async def effective(story: Teller) -> int | None:
    return await publishing.take_effect(
        story.database, story.app.state.programs, story.program_id, now=clock.now()
    )  # fmt: skip


async def test_in_a_small_program_it_takes_effect_at_once(story: Teller) -> None:
    await story.at("2026-03-01", nights=False)
    await story.open(a_document())
    await story.buys(ANNA, 9_000)
    await story.buys(ANNA, 5_000, order="back")
    await story.refunds("back")

    # Without a worker.
    made = await story.post("program/publish", {"document": a_document(BIG)})

    assert (made["taking_effect"], made["revision"]["number"]) == (False, 2)
    assert gave(await story.buys(ANNA, 2_000)) == {"purchases": 20}
    assert gave(await story.buys(ANNA, 2_000)) == {"purchases": 20, "big": 100}
    assert await story.wrong() == {}


async def test_in_a_large_one_it_waits_and_counts_what_happens_meanwhile(story: Teller) -> None:
    await story.at("2026-03-01", nights=False)
    await story.open(a_document())
    await large(story)
    await story.buys(ANNA, 6_000)
    document = a_document(BIG)

    made = await story.post("program/publish", {"document": document, "note": "Big"})
    again = await story.post("program/publish", {"document": document, "note": "Big"})

    assert (made["taking_effect"], made["created"], made["revision"]["number"]) == (True, True, 2)
    assert (again["taking_effect"], again["created"]) == (True, False)
    assert (await story.get("program/taking-effect"))["revision"]["note"] == "Big"
    assert (await story.get("program/revisions"))["items"][0]["number"] == 1
    # Decided by the revision before, and counted for the one that waits.
    await story.client.post(f"{story.path}/events", json=paid(story, ANNA, 5_000))
    await story.client.post(f"{story.path}/events", json=paid(story, BEN, 50_000, order="bens"))
    assert await story.wrong() == {}

    await story.errands()

    assert (await story.get("program/taking-effect"))["revision"] is None
    assert (await story.get("program/revisions"))["items"][0]["note"] == "Big"
    assert gave(await story.buys(ANNA, 1_000)) == {"purchases": 10, "big": 100}
    await story.refunds("bens")
    assert gave(await story.buys(BEN, 1_000)) == {"purchases": 10}
    assert await story.wrong() == {}


def paid(story: Teller, who: str, amount: int, order: str = "meanwhile") -> dict[str, Any]:
    lines = [{"id": "1", "amount_minor": amount}]
    return {
        "id": f"{order}-{who}",
        "type": "order.paid",
        "occurred_at": story.clock.at.isoformat(),
        "source": "shop",
        "member": {"email": who},
        "order": {"id": order, "currency": "EUR", "lines": lines},
    }


async def test_a_job_that_was_cut_short_goes_on_and_two_at_once_do_no_harm(
    story: Teller, monkeypatch: pytest.MonkeyPatch
) -> None:
    await story.at("2026-03-01", nights=False)
    await story.open(a_document())
    await large(story)
    for who in (ANNA, BEN):
        await story.buys(who, 12_000)
    await story.post("program/publish", {"document": a_document(BIG)})

    async def dies(*_: object) -> bool:
        raise ConnectionError("the worker was killed")

    with monkeypatch.context() as patch:
        patch.setattr(preparing, "end", dies)
        with pytest.raises(ConnectionError):
            await effective(story)
    assert (await story.get("program/taking-effect"))["revision"] is not None
    answer = await story.post("events", paid(story, ANNA, 1_000))
    assert gave(answer) == {"purchases": 10}

    numbers = await asyncio.gather(effective(story), effective(story))

    assert sorted(numbers, key=str) == [2, None]
    assert gave(await story.buys(ANNA, 1_000)) == {"purchases": 10, "big": 100}
    assert await effective(story) is None
    assert await story.wrong() == {}


async def test_another_publication_gives_up_the_one_that_waits(story: Teller) -> None:
    await story.at("2026-03-01", nights=False)
    await story.open(a_document())
    await large(story)
    await story.buys(ANNA, 12_000)
    await story.post("program/publish", {"document": a_document(BIG)})

    instead = rule({"order.net": {"at_least": "10.00 EUR"}}, id="ten", points=5)
    made = await story.post("program/publish", {"document": a_document(instead)})
    await story.errands()

    assert (made["taking_effect"], made["revision"]["number"]) == (False, 2)
    assert (await story.get("program/taking-effect"))["revision"] is None
    assert [row["number"] for row in (await story.get("program/revisions"))["items"]] == [2, 1]
    assert gave(await story.buys(ANNA, 1_000)) == {"purchases": 10, "ten": 5}


async def test_members_merged_meanwhile_are_counted_whole(story: Teller) -> None:
    await story.at("2026-03-01", nights=False)
    await story.open(a_document())
    await large(story)
    anna, ben = await story.joins(ANNA), await story.joins(BEN)
    await story.buys(ANNA, 6_000)
    await story.buys(BEN, 6_000)
    await story.post("program/publish", {"document": a_document(BIG)})
    await story.client.post(f"{story.path}/members/{anna}/merge", json={"merged_id": ben})

    await story.errands()

    assert gave(await story.buys(ANNA, 1_000)) == {"purchases": 10, "big": 100}
    assert await story.wrong() == {}


async def test_a_late_event_reads_the_figures_of_its_own_revision(story: Teller) -> None:
    """X27: the revision of its day decides, and knows what that one asks; what is counted is as of now."""
    await story.at("2026-03-01", nights=False)
    await story.open(a_document(BIG))
    await story.buys(ANNA, 6_000)
    await story.at("2026-03-05", nights=False)
    await story.publish(a_document())
    await story.at("2026-03-06", nights=False)
    await story.buys(ANNA, 6_000)

    late = paid(story, ANNA, 1_000, order="late") | {"occurred_at": "2026-03-03T12:00:00Z"}
    answer = await story.post("events", late)

    assert gave(answer) == {"purchases": 10, "big": 100}
    assert gave(await story.buys(ANNA, 1_000)) == {"purchases": 10}


async def test_a_refund_lowers_figures_of_lines_that_nothing_read_when_it_was_bought(story: Teller) -> None:
    await story.at("2026-03-01", nights=False)
    await story.open(a_document())
    await story.buys(
        ANNA, {"amount_minor": 8_000, "category": "dairy"}, {"amount_minor": 5_000, "category": "wine"}, order="mixed"
    )
    dairy = rule({"member.spend.category.dairy.last_90_days": {"at_least": "50.00 EUR"}})
    await story.publish(a_document(dairy))

    await story.sends("order.refunded", refund={"order": "mixed", "id": "r1", "lines": [{"id": "1"}]})

    assert await story.wrong() == {}
    assert gave(await story.buys(ANNA, 1_000)) == {"purchases": 10}
    await story.sends("order.refund_withdrawn", refund={"order": "mixed", "id": "r1"})
    assert await story.wrong() == {}
    assert gave(await story.buys(ANNA, 1_000)) == {"purchases": 10, "big": 100}
