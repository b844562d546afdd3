"""Rewards redeemed: held, committed, refused, named by orders, waited for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from redeeming import BASE, NOTHING, ONE, earns, pays, redeem, used, with_reward
from telling import Teller

from puntal.kit import ids


async def test_a_hold_sets_everything_aside_and_a_commit_spends_it(story: Teller) -> None:
    await story.open(BASE)
    anna = await story.joins()
    await earns(story, anna, 700)

    held = await redeem(story, anna)
    wallet = await story.wallet(anna)
    assert (held["state"], held["units"], held["discount_minor"]) == ("held", 500, 500)
    assert (wallet["available"], wallet["held"]) == (200, 500)
    assert await used(story) == ONE

    done = await story.post(f"redemptions/{held['id']}/commit")
    again = await story.post(f"redemptions/{held['id']}/commit")
    wallet = await story.wallet(anna)
    assert (done["state"], again["state"]) == ("committed", "committed")
    assert (wallet["available"], wallet["held"]) == (200, 0)
    assert await used(story) == ONE
    assert await story.wrong() == {}


async def test_the_same_id_is_one_redemption(story: Teller) -> None:
    await story.open(BASE)
    anna = await story.joins()
    await earns(story, anna, 2000)
    id = str(ids.new_id())

    first = await redeem(story, anna, id=id)
    again = await redeem(story, anna, id=id, status=200)
    other = await redeem(story, anna, "voucher", id=id, status=409)

    assert (first["id"], again["id"]) == (id, id)
    assert other["type"] == "redemption.id_reused"
    keyed = {"idempotency-key": "till-7"}
    one = await story.post("redemptions", {"member_id": anna, "reward": "five"}, headers=keyed, status=201)
    two = await story.post("redemptions", {"member_id": anna, "reward": "five"}, headers=keyed, status=201)
    assert one == two
    assert await used(story) == {
        "stock redemptions": 2,
        "budget members": 1,
        "budget discount": 1000,
        "budget points": 1000,
    }


async def test_each_refusal_has_its_code_and_numbers(story: Teller) -> None:
    """D3, B9: a machine code for each no, and by how much she is short."""
    await story.open(BASE)
    anna, ben, carla = [await story.joins(f"{name}@example.com") for name in ("anna", "ben", "carla")]
    await earns(story, anna, 470)

    short = await redeem(story, anna, status=409)
    assert (short["type"], short["short_by"]) == ("reward.short_of_points", 30)
    await earns(story, anna, 5000)
    for who in (ben, carla):
        await earns(story, who, 5000)
    await redeem(story, anna)
    await redeem(story, anna)
    assert (await redeem(story, anna, status=409))["type"] == "reward.limit"
    refused = await redeem(story, ben, status=409)
    assert (refused["type"], refused["by"]) == ("reward.budget", "reward:five")
    assert (await redeem(story, ben, "none", status=404))["type"] == "reward.unknown"
    assert (await redeem(story, ben, "pay:points", points=150, status=409))["type"] == "reward.portions"
    first = await redeem(story, ben, "towel", commit=True)
    assert (await redeem(story, carla, "towel", status=409))["type"] == "reward.sold_out"
    assert (first["fulfilment"], first["units"]) == ("waiting", 0)
    assert await story.wrong() == {}


async def test_a_rehearsal_answers_the_same_and_writes_nothing(story: Teller) -> None:
    await story.open(BASE)
    anna = await story.joins()
    await earns(story, anna, 700)

    said = await story.post("redemptions", {"member_id": anna, "reward": "five"}, params={"dry_run": "true"})

    assert (said["state"], said["units"]) == ("held", 500)
    assert await used(story) == NOTHING
    assert (await story.get("redemptions"))["items"] == []
    assert (await story.wallet(anna))["held"] == 0


async def test_an_order_says_of_each_redemption_it_names_what_came_of_it(story: Teller) -> None:
    """Orders are facts: what cannot be committed is said, and the order earns all the same."""
    await story.open(BASE)
    anna, ben = await story.joins(), await story.joins("ben@example.com")
    await earns(story, anna, 3000)
    await earns(story, ben, 3000)
    mine, his, back = await redeem(story, anna), await redeem(story, ben), await redeem(story, anna, "back")
    gone = await redeem(story, anna, "pay:points", points=100)
    await story.post(f"redemptions/{gone['id']}/cancel")
    nobody = str(ids.new_id())

    order, answer = await pays(
        story, anna, 2000, mine["id"], his["id"], back["id"], gone["id"], nobody, discount_minor=500
    )

    codes = [reason["code"] for reason in answer["reasons"]]
    wanted = ["redeemed", "redemption_unknown", "redemption_apart", "redemption_ended", "redemption_unknown", "awarded"]
    assert codes == wanted
    told = await story.get(f"members/{anna}/explain", params={"event": answer["id"]})
    assert told["rules"][0]["sentences"] == ["The reward 'five' was used."]
    _, again = await pays(story, anna, 2000, mine["id"])
    assert again["reasons"][0]["code"] == "redemption_used"
    assert (await story.post(f"redemptions/{mine['id']}/cancel", status=409))["type"] == "redemption.used"
    await story.sends("order.fulfilled", anna, order={
        "id": order, "currency": "EUR", "lines": [{"id": "1", "amount_minor": 2000}], "redemptions": [mine["id"]]
    })  # fmt: skip
    await story.at("2025-01-01 10:00", nights=False)
    late = await redeem(story, anna, "pay:points", points=100)
    await story.at("2025-01-01 11:00", nights=False)
    _, answer = await pays(story, anna, 2000, late["id"])
    assert answer["reasons"][0]["code"] == "redemption_lapsed"
    assert await story.wrong() == {}


async def test_a_household_pays_from_the_wallet_it_shares(story: Teller) -> None:
    """A hold on a shared wallet is committed by the order of whoever held it, and returns to the pool."""
    await story.open(BASE | {"pools": {"household": {"wallets": ["points"]}}})
    anna, ben = await story.joins(), await story.joins("ben@example.com")
    adults = [{"member_id": who, "adult": True} for who in (anna, ben)]
    await story.post("pools", {"kind": "household", "members": adults}, status=201)
    await earns(story, ben, 500)
    held = await redeem(story, anna)
    order, _ = await pays(story, anna, 2000, held["id"], discount_minor=500)
    assert await story.balance(anna) == await story.balance(ben) == 15

    await story.refunds(order)

    assert await story.balance(ben) == 500
    assert await story.wrong() == {}


async def test_a_reward_somebody_has_a_right_to_is_not_dropped(story: Teller) -> None:
    """A reward that members still hold can be retired, not dropped."""
    await story.open(BASE)
    anna = await story.joins()
    await earns(story, anna, 1000)
    await redeem(story, anna, "voucher", commit=True)
    without = BASE | {"rewards": [each for each in BASE["rewards"] if each["id"] != "voucher"]}

    refused = await story.call("POST", "program/publish", json={"document": without}, status=422)
    retired = [each | ({"retired": True} if each["id"] == "voucher" else {}) for each in BASE["rewards"]]
    await story.publish(BASE | {"rewards": retired})

    assert [fault["path"] for fault in refused["errors"]] == ["/rewards"]
    assert (await redeem(story, anna, "voucher", status=409))["type"] == "reward.retired"
    switch = {"target_kind": "reward", "target_id": "fiv", "mode": "stop_new", "reason": "?"}
    assert (await story.post("kill-switches", switch, status=422))["type"] == "programs.switch_target_unknown"


async def test_redeeming_is_something_rules_can_listen_to(story: Teller) -> None:
    """`reward.redeemed` is decided after the commit, once."""
    thanks = {"id": "thanks", "on": "reward.redeemed", "award": {"wallet": "points", "points": 7}}
    await story.open(BASE | {"earning": [*BASE["earning"], thanks]})
    anna = await story.joins()
    await earns(story, anna, 500)
    held = await redeem(story, anna)
    await story.post(f"redemptions/{held['id']}/commit")
    await story.errands()
    await story.errands()

    assert await story.balance(anna) == 7
    forged = {"id": "x", "type": "reward.redeemed", "occurred_at": "2025-01-01T08:00:00Z", "member": {"id": anna}}
    assert (await story.post("events", forged, status=422))["type"] == "event.invalid"
    assert await story.wrong() == {}


async def test_an_order_uses_the_vouchers_it_names(story: Teller) -> None:
    """X13 the other way round: a voucher of points is used on an order, whose refund returns half of its cost."""
    await story.open(BASE)
    anna, ben = await story.joins(), await story.joins("ben@example.com")
    await earns(story, anna, 1000)
    made, other = [await redeem(story, anna, "voucher", commit=True) for _ in range(2)]
    code, second = made["vouchers"][0]["code"], other["vouchers"][0]["code"]

    order = f"O{ids.new_id()}"
    header = {"vouchers": [code, "NOSUCHCODE"], "discount_minor": 500}
    answer = await story.buys(anna, 2500, order=order, header=header)
    assert [(reason["rule"], reason["code"]) for reason in answer["reasons"]] == [
        (f"voucher:…{code[-4:]}", "redeemed"), ("voucher:…CODE", "voucher_refused"), ("purchases", "awarded")
    ]  # fmt: skip
    again = await story.buys(ben, 2500, header={"vouchers": [second]})
    assert [reason["code"] for reason in again["reasons"]] == ["voucher_refused", "awarded"]
    assert (await story.get(f"redemptions/{made['id']}"))["order"] == f"shop:{order}"
    assert (await story.get(f"redemptions/{made['id']}"))["vouchers"][0]["state"] == "used"
    assert await story.balance(anna) == 20

    await story.refunds(order, 1000)
    assert await story.balance(anna) == 10 + 250
    assert (await story.post(f"redemptions/{made['id']}/cancel", status=409))["type"] == "redemption.used"
    assert (await story.post(f"redemptions/{other['id']}/cancel"))["state"] == "cancelled"
    assert await story.wrong() == {}


async def test_a_tier_gives_a_reward_once_as_a_voucher(story: Teller) -> None:
    """A tier's gift once per tier and period: reaching silver issues a voucher in the same event."""
    gift = [{"kind": "gift", "reward": "voucher"}]
    tiers = [{"id": "base"}, {"id": "silver", "from": "100.00 EUR", "benefits": gift}]
    ladder = {"id": "club", "measure": {"spend": "order.net"}, "tiers": tiers}
    await story.open(BASE | {"ladders": [ladder]})
    anna = await story.joins()

    await earns(story, anna, 120)
    await earns(story, anna, 120)

    found = (await story.get("vouchers", params={"member_id": anna}))["items"]
    assert [(each["reward"], each["state"]) for each in found] == [("voucher", "issued")]
    assert await story.wrong() == {}


async def test_a_budget_of_order_value_is_reserved_with_the_cart(story: Teller) -> None:
    """C4: at most 100.00 of orders: two carts of 40.00 fit, the third does not; without a cart nobody can tell."""
    await story.open(with_reward(budget={"order_value": "100.00 EUR"}, limit={"times": 9}))
    anna = await story.joins()
    await earns(story, anna, 3000)
    cart: dict[str, Any] = {"order": {"currency": "EUR", "lines": [{"id": "1", "amount_minor": 4000}]}}

    assert [(await redeem(story, anna, **cart))["state"] for _ in range(2)] == ["held", "held"]
    refused = await redeem(story, anna, status=409, **cart)
    assert (refused["type"], refused["by"]) == ("reward.budget", "reward:five")
    assert (await redeem(story, anna, status=409))["type"] == "reward.order_needed"
    assert await used(story) == {"stock redemptions": 2, "budget order_value": 8000}
    assert await story.wrong() == {}


async def test_who_waits_for_a_place_is_told_in_turn(story: Teller) -> None:
    """B17: an experience with capacity, dates, waiting list and check-in."""
    sessions = [{"id": "may", "at": "2025-05-01T19:00", "capacity": 1}]
    wine = {"id": "wine", "kind": "experience", "experience": {"sessions": sessions, "waitlist": True}}
    await story.open(BASE | {"rewards": [wine, *BASE["rewards"]]})
    anna, ben, carla = [await story.joins(f"{name}@example.com") for name in ("anna", "ben", "carla")]
    mine = await redeem(story, anna, "wine", session="may", commit=True)
    assert (await redeem(story, ben, "wine", session="may", status=409))["type"] == "reward.session_full"
    await story.post("rewards/wine/waitlist", {"member_id": ben, "session": "may"}, status=201)
    listed = await story.post("rewards/wine/waitlist", {"member_id": carla, "session": "may"}, status=201)
    assert [each["member_id"] for each in listed["items"]] == [ben, carla]
    no = await story.post("rewards/five/waitlist", {"member_id": carla, "session": "may"}, status=409)
    assert no["type"] == "reward.no_waitlist"

    await story.post(f"redemptions/{mine['id']}/cancel")

    assert [each["session"] for each in await story.outbox("reward.place_free")] == ["may"]
    told = (await story.get("rewards/wine/waitlist"))["items"]
    assert [each["told_at"] is not None for each in told] == [True, False]
    his = await redeem(story, ben, "wine", session="may", commit=True)
    assert [each["member_id"] for each in (await story.get("rewards/wine/waitlist"))["items"]] == [carla]
    came = await story.post(f"redemptions/{his['id']}/fulfilment", {"fulfilment": "done", "note": "came"})
    assert came["fulfilment"] == "done"
    assert await story.wrong() == {}


async def test_a_merge_and_its_undoing_leave_redemptions_with_whose_they_are(story: Teller) -> None:
    """X38: used limits are summed; parted again, each has her own."""
    await story.open(with_reward(limit={"times": 3, "per": "month"}, stock=9, budget={"discount": "90.00 EUR"}))
    anna, ben = await story.joins(), await story.joins("ben@example.com")
    for who in (anna, ben):
        await earns(story, who, 1500)
        # Hers are older, so she spends her own first.
        story.clock.at += timedelta(hours=1)
    hers, his = await redeem(story, anna, commit=True), await redeem(story, ben, commit=True)

    merged = await story.post(f"members/{anna}/merge", {"merged_id": ben})
    assert (await story.get(f"redemptions/{his['id']}"))["member_id"] == anna
    both = await redeem(story, anna, commit=True)
    assert (await redeem(story, anna, status=409))["type"] == "reward.limit"
    assert await story.wrong() == {}

    await story.post(f"merges/{merged['id']}/undo")
    assert (await story.get(f"redemptions/{his['id']}"))["member_id"] == ben
    for made in (hers, his, both):
        await story.post(f"redemptions/{made['id']}/cancel")
    assert await used(story) == {"stock redemptions": 0, "budget discount": 0}
    assert await story.wrong() == {}
