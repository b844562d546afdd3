"""What can happen to a program and its people on the way: switches, revisions, budgets, merges, second persons."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
import time_machine
from receiver import Receiver, a_receiver
from standardwebhooks import Webhook
from telling import POINTS, Teller, gave, why_not

BASE: dict[str, Any] = {
    "puntal": 1,
    "name": "Aurora",
    "timezone": "Europe/Madrid",
    "currency": "EUR",
    "locales": ["es", "en"],
    "wallets": {"points": {"kind": "points", "worth": "0.01 EUR"}},
    "earning": [{"id": "purchases", "on": "purchase", "award": POINTS}],
}


def with_rules(*rules: dict[str, Any], **sections: Any) -> dict[str, Any]:
    return BASE | {"earning": list(rules)} | sections


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with a_receiver() as opened:
        yield opened


async def test_an_order_is_decided_by_the_revision_of_its_day(story: Teller) -> None:
    """X27: 2 points through 4 March, 1 from 5 March; the order of 1 March arrives on the 6th."""
    await story.at("2025-02-20 10:00")
    await story.open(with_rules({"id": "purchases", "on": "purchase", "award": POINTS | {"points": 2}}))
    anna = await story.joins()
    await story.at("2025-03-03 10:00")
    published = await story.publish(BASE, effective_from="2025-03-05T00:00:00+01:00")
    assert published["revision"]["number"] == 2
    await story.at("2025-03-04 23:59")
    assert gave(await story.buys(anna, 1000)) == {"purchases": 20}
    await story.at("2025-03-06 10:00")
    late = await story.buys(anna, 5000, occurred_at="2025-03-01T12:00:00+01:00")
    assert (gave(late), late["revision"]) == ({"purchases": 100}, 1)
    today = await story.buys(anna, 5000)
    assert (gave(today), today["revision"]) == ({"purchases": 50}, 2)
    asked = await story.post(
        "events", {"id": "q", "type": "order.paid", "occurred_at": "2025-03-02T12:00:00+01:00", "source": "shop",
                   "member": {"id": anna}, "order": {"id": "Q", "currency": "EUR",
                                                     "lines": [{"id": "1", "amount_minor": 1000}]}},
        params={"dry_run": "true"},
    )  # fmt: skip
    assert (gave(asked), asked["dry_run"]) == ({"purchases": 20}, True)
    assert await story.balance(anna) == 170
    assert await story.wrong() == {}


async def test_a_kill_switch_stops_new_awards_and_lifting_lets_them_through(story: Teller) -> None:
    """B23: effective with the next event; what came meanwhile is not decided again, refunds reverse all the same."""
    await story.open(
        with_rules(BASE["earning"][0], {"id": "extra", "on": "purchase", "award": {"wallet": "points", "points": 5}})
    )
    anna = await story.joins()
    await story.buys(anna, 1000, order="K1")
    switch = await story.post(
        "kill-switches", {"target_kind": "rule", "target_id": "extra", "reason": "Typo in the newsletter"}, status=201
    )
    off = await story.buys(anna, 1000, order="K2")
    assert (gave(off), why_not(off, "extra")) == ({"purchases": 10}, ["off"])
    assert gave(await story.refunds("K1")) == {"purchases": -10, "extra": -5}
    whole = await story.post(
        "kill-switches", {"target_kind": "program", "target_id": story.slug, "reason": "Till update"}, status=201
    )
    stored = await story.buys(anna, 1000, order="K3")
    assert (stored["status"], stored["code"]) == ("nothing", "program.off")
    await story.call("DELETE", f"kill-switches/{switch['id']}", status=204)
    await story.call("DELETE", f"kill-switches/{whole['id']}", status=204)
    assert gave(await story.buys(anna, 1000, order="K4")) == {"purchases": 10, "extra": 5}
    assert await story.balance(anna) == 25
    assert await story.wrong() == {}


async def test_a_budget_runs_out_and_says_so(story: Teller) -> None:
    """X45 and B3: paid in part, alerts once per mark, room comes back with a refund."""
    await story.open(
        with_rules({"id": "promo", "on": "purchase", "award": POINTS,
                    "budget": {"points": 100, "per": "month", "alert": ["80%", "100%"]}})
    )  # fmt: skip
    await story.at("2025-03-03 10:00")
    anna, ben = await story.joins(), await story.joins("ben@example.com")
    assert gave(await story.buys(anna, 7000)) == {"promo": 70}
    assert await story.outbox("budget.alert") == []
    assert gave(await story.buys(ben, 2000)) == {"promo": 20}
    cut = await story.buys(ben, 1900, order="B1")
    assert (gave(cut), why_not(cut, "promo")) == ({"promo": 10}, ["cut"])
    none = await story.buys(anna, 1900)
    assert (gave(none), why_not(none, "promo")) == ({}, ["limit"])
    assert sorted((row["used"], row["most"]) for row in await story.outbox("budget.alert")) == [(90, 100), (100, 100)]
    assert gave(await story.refunds("B1")) == {"promo": -10}
    assert gave(await story.buys(anna, 1900)) == {"promo": 10}
    assert len(await story.outbox("budget.alert")) == 2
    await story.at("2025-04-01 00:00")
    assert gave(await story.buys(anna, 1900)) == {"promo": 19}
    assert await story.wrong() == {}


async def test_a_guest_and_a_member_become_one(story: Teller) -> None:
    """D5, E6: a guest's purchases lapse or are claimed; two records are merged after a preview, ids redirect, undo."""
    await story.open(BASE)
    await story.at("2025-02-03 10:00")
    anna = await story.joins("anna@example.com")
    await story.buys(anna, 3000)
    by_card = await story.buys(None, 2000, order="G1", member={"card": "77"})
    guest = by_card["member_id"]
    assert guest != anna
    await story.joins(ids={"card": "77"}, status=200)
    assert await story.balance(guest) == 20

    preview = await story.post("members/merge/preview", {"survivor_id": anna, "merged_id": guest})
    assert preview["balances"]["points"]["available"] == 50
    assert await story.balance(anna) == 30
    merge = await story.post(f"members/{anna}/merge", {"merged_id": guest})
    assert await story.balance(anna) == 50
    assert await story.balance(guest) == 50, "the old id redirects"
    later = await story.buys(None, 1000, member={"card": "77"})
    assert later["member_id"] == anna
    assert await story.balance(anna) == 60
    assert await story.wrong() == {}

    await story.post(f"merges/{merge['id']}/undo")
    assert await story.balance(anna) == 40, "what she earned since is hers"
    assert await story.balance(guest) == 20
    back = await story.refunds("G1", 1000)
    assert (gave(back), back["member_id"]) == ({"purchases": -10}, guest)
    assert await story.balance(guest) == 10
    assert await story.wrong() == {}


async def test_what_nobody_claims_lapses(story: Teller) -> None:
    """A guest's points are unclaimed for 90 days, then cancelled, and the card is nobody's."""
    await story.open(BASE)
    await story.at("2025-02-03 10:00")
    first = await story.buys(None, 2000, member={"card": "77"})
    guest = first["member_id"]
    assert (await story.wallet(guest))["pending"] == 20
    await story.at("2025-05-06 10:00")
    wallet = await story.wallet(guest)
    assert (wallet["available"], wallet["pending"]) == (0, 0)
    moves = (await story.get(f"members/{guest}/transfers"))["items"]
    assert [(row["kind"], row["amount"]) for row in moves] == [("points.cancelled", 20), ("points.earned", 20)]
    assert (await story.get(f"members/{guest}"))["status"] == "erased"
    again = await story.joins(ids={"card": "77"})
    assert again != guest
    assert await story.balance(again) == 0
    assert await story.wrong() == {}


async def test_a_large_adjustment_takes_two_people(story: Teller) -> None:
    """F10: above the limit of the role a second person is asked; one's own word is not enough."""
    await story.open(BASE)
    anna = await story.joins()
    eva = await story.call(
        "POST", "/v1/organization/staff", json={"email": "eva@example.com", "name": "Eva", "role": "support"},
        status=201,
    )  # fmt: skip
    desk = await story.call(
        "POST", "/v1/organization/keys", status=201,
        json={"name": "Desk", "scopes": ["members:read", "points:adjust"], "staff_id": eva["id"]},
    )  # fmt: skip
    hers = {"authorization": f"Bearer {desk['token']}"}

    async def adjusts(amount: int) -> httpx2.Response:
        return await story.client.post(
            f"{story.path}/members/{anna}/adjustments", headers=hers,
            json={"wallet": "points", "amount": amount, "reason": "Sorry for the wait", "internal_reason": "Ticket 81"},
        )  # fmt: skip

    small = await adjusts(500)
    assert (small.status_code, small.json()["approval_id"]) == (201, None)
    assert await story.balance(anna) == 500
    large = await adjusts(5000)
    assert (large.status_code, large.json()["transfers"]) == (202, [])
    assert await story.balance(anna) == 500
    approval = large.json()["approval_id"]
    refused = await story.client.post(
        f"{story.path}/approvals/{approval}/decision", headers=hers, json={"decision": "approve"}
    )
    assert refused.status_code == 403
    decided = await story.post(f"approvals/{approval}/decision", {"decision": "approve"})
    assert decided["state"] == "approved"
    assert await story.balance(anna) == 5500
    again = await story.post(f"approvals/{approval}/decision", {"decision": "approve"}, status=409)
    assert again["type"] == "access.approval_decided"
    assert await story.balance(anna) == 5500
    assert await story.wrong() == {}


async def test_another_system_hears_of_points_with_a_valid_signature(story: Teller, receiver: Receiver) -> None:
    """A webhook endpoint is told once of what it asked for, signed with its secret."""
    await story.open(BASE)
    endpoint = await story.post(
        "webhooks/endpoints", {"url": receiver.url, "kinds": ["points.earned", "points.reversed"]}, status=201
    )
    anna = await story.joins()
    bought = await story.buys(anna, 1999, order="H1")
    await story.refunds("H1")
    await story.deliver()
    await story.deliver()
    assert [got.said["type"] for got in receiver.got] == ["points.earned", "points.reversed"]
    with time_machine.travel(story.clock.at, tick=False):
        for got in receiver.got:
            assert Webhook(endpoint["secret"]).verify(got.body, got.headers) == got.said
    told = receiver.got[0].said
    assert told["data"]["event"] == bought["id"]
    assert anna in receiver.got[0].body.decode()
    log = await story.get("webhooks/deliveries")
    assert {row["state"] for row in log["items"]} == {"delivered"}
    assert await story.wrong() == {}


async def test_orders_of_one_batch_see_each_other(story: Teller) -> None:
    """Metrics describe the member before each event, whether it came alone or with others."""
    await story.open(
        with_rules(
            {"id": "third", "on": "purchase", "when": {"member.orders.last_30_days": 2},
             "award": {"wallet": "points", "points": 7}},
            {"id": "big_spender", "on": "purchase", "when": {"member.spend.this_month": {"over": "50.00 EUR"}},
             "award": {"wallet": "points", "points": 1}},
        )
    )  # fmt: skip
    anna, ben = await story.joins(), await story.joins("ben@example.com")
    sent: list[dict[str, Any]] = [
        {"id": f"{who}-{n}", "type": "order.paid", "occurred_at": story.clock.at.isoformat(), "source": "shop",
         "member": {"id": who}, "order": {"id": f"{who}-{n}", "currency": "EUR",
                                          "lines": [{"id": "1", "amount_minor": 3000}]}}
        for n in range(4) for who in (anna, ben)
    ]  # fmt: skip
    together = await story.post("events/batch", {"events": [one for one in sent if one["member"]["id"] == anna]})
    got = [gave(item.get("answer", item)) for item in together["items"]]
    assert got == [{}, {}, {"third": 7, "big_spender": 1}, {"big_spender": 1}]
    alone = [gave(await story.post("events", one)) for one in sent if one["member"]["id"] == ben]
    assert alone == got
    assert await story.wrong() == {}
