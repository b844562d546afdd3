"""Rewards redeemed: held, committed, cancelled, lapsed, voided, and what orders and refunds do to them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from telling import POINTS, Teller

from puntal.kit import clock, ids
from puntal.rewards.model_vouchers import Ask as VoucherAsk
from puntal.rewards.operations import vouchers

COST = {"wallet": "points", "points": 500}
BASE: dict[str, Any] = {
    "puntal": 1,
    "name": "Aurora",
    "timezone": "Europe/Madrid",
    "currency": "EUR",
    "locales": ["es", "en"],
    "wallets": {
        "points": {"kind": "points", "worth": {"value": "0.01 EUR", "step": 100}},
        "purse": {"kind": "money", "currency": "EUR"},
    },
    "earning": [{"id": "purchases", "on": "purchase", "award": POINTS}],
    "rewards": [
        {
            "id": "five",
            "kind": "amount_off",
            "name": {"es": "5 euros", "en": "5 euros off"},
            "value": "5.00 EUR",
            "cost": {"wallet": "points", "points": 500},
            "stock": 3,
            "budget": {"discount": "12.00 EUR", "members": 2, "points": 5000},
            "limit": {"times": 2, "per": "month"},
        },
        {
            "id": "voucher",
            "kind": "amount_off",
            "value": "5.00 EUR",
            "cost": {"wallet": "points", "points": 500},
            "valid": {"for": "30 days"},
        },
        {"id": "back", "kind": "credit", "into": "purse", "value": "3.00 EUR", "cost": COST | {"points": 300}},
        {"id": "towel", "kind": "product", "product": {"ids": ["towel"], "delivery": "shipped"}, "stock": 1},
    ],
}  # fmt: skip


def with_wallet(**points: Any) -> dict[str, Any]:
    """The program with other terms of its points."""
    return BASE | {"wallets": BASE["wallets"] | {"points": BASE["wallets"]["points"] | points}}


def with_reward(**fields: Any) -> dict[str, Any]:
    """The program with its first reward changed."""
    return BASE | {"rewards": [BASE["rewards"][0] | fields, *BASE["rewards"][1:]]}


async def earns(story: Teller, member: str, points: int) -> str:
    """Buy for so many euros; returns the order."""
    order = f"O{ids.new_id()}"
    await story.buys(member, points * 100, order=order)
    return order


async def redeem(story: Teller, member: str, reward: str = "five", *, status: int = 201, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = await story.post(
        "redemptions", {"member_id": member, "reward": reward, **more}, status=status
    )
    return found


async def used(story: Teller, reward: str = "five") -> dict[str, int]:
    """What is used of a reward's room, by name and measure."""
    items = (await story.get("rewards"))["items"]
    room = next(each["room"] for each in items if each["id"] == reward)
    return {f"{each['name']} {each['measure']}": each["used"] for each in room}


NOTHING = {"stock redemptions": 0, "budget members": 0, "budget discount": 0, "budget points": 0}
ONE = {"stock redemptions": 1, "budget members": 1, "budget discount": 500, "budget points": 500}


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


async def test_cancelling_restores_exactly_what_it_took(story: Teller) -> None:
    """C1-C3: stock, budgets, limits and lots, of a hold and of what was committed."""
    await story.open(with_reward(limit={"times": 1, "cooldown": "2 hours"}))
    anna = await story.joins()
    await earns(story, anna, 700)

    for commit in (False, True):
        made = await redeem(story, anna, commit=commit)
        refused = await redeem(story, anna, status=409)
        assert refused["type"] in ("reward.cooldown", "reward.limit")
        done = await story.post(f"redemptions/{made['id']}/cancel")
        twice = await story.post(f"redemptions/{made['id']}/cancel")
        assert (done["state"], twice["state"]) == ("cancelled", "cancelled")
        assert done["returned"] == (500 if commit else 0)
        assert await used(story) == NOTHING
        assert await story.balance(anna) == 700
    assert await story.wrong() == {}


async def test_a_hold_lapses_by_itself(story: Teller) -> None:
    """B8: abandoned reservations return the points after the hold's time; B17."""
    await story.open(BASE)
    anna, ben = await story.joins(), await story.joins("ben@example.com")
    await earns(story, anna, 500)
    await earns(story, ben, 500)
    mine, his = await redeem(story, anna), await redeem(story, ben)

    await story.at("2025-01-01 09:31", nights=False)
    late = await story.post(f"redemptions/{mine['id']}/commit", status=409)
    second = await redeem(story, anna)
    assert (late["type"], late["state"]) == ("redemption.ended", "lapsed")
    assert (await story.get(f"redemptions/{mine['id']}"))["state"] == "lapsed"
    assert second["state"] == "held"

    await story.at("2025-01-02 09:00")
    assert (await story.get(f"redemptions/{his['id']}"))["state"] == "lapsed"
    assert (await story.get(f"redemptions/{second['id']}"))["state"] == "lapsed"
    assert await used(story) == NOTHING
    assert (await story.balance(anna), await story.balance(ben)) == (500, 500)
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


async def test_a_credit_arrives_at_once_and_goes_back_when_cancelled(story: Teller) -> None:
    """B7: wallet credit."""
    await story.open(BASE)
    anna = await story.joins()
    await earns(story, anna, 300)

    made = await redeem(story, anna, "back", commit=True)
    assert (await story.balance(anna), await story.balance(anna, "purse")) == (0, 300)
    await story.post(f"redemptions/{made['id']}/cancel")
    assert (await story.balance(anna), await story.balance(anna, "purse")) == (300, 0)
    assert await story.wrong() == {}


async def test_what_is_delivered_can_no_longer_be_cancelled(story: Teller) -> None:
    """B7: a physical item with its fulfilment state."""
    await story.open(BASE)
    anna = await story.joins()
    made = await redeem(story, anna, "towel", commit=True)

    sent = await story.post(f"redemptions/{made['id']}/fulfilment", {"fulfilment": "under_way", "note": "parcel 1"})
    assert (sent["fulfilment"], sent["note"]) == ("under_way", "parcel 1")
    assert (await story.post(f"redemptions/{made['id']}/cancel", status=409))["type"] == "redemption.used"
    await story.post(f"redemptions/{made['id']}/fulfilment", {"fulfilment": "failed"})
    assert (await story.post(f"redemptions/{made['id']}/cancel"))["state"] == "cancelled"
    assert (await used(story, "towel")) == {"stock redemptions": 0}


async def test_points_swapped_for_a_voucher_of_a_refunded_order_are_gone_when_they_return(story: Teller) -> None:
    """X13: earn 500, swap for a voucher, refund the order, cancel the voucher (`stop_at_zero`): 0."""
    await story.open(BASE)
    anna = await story.joins()
    order = await earns(story, anna, 500)
    made = await redeem(story, anna, "voucher", commit=True)
    assert (len(made["vouchers"]), made["valid_until"]) == (1, "2025-01-31T23:00:00Z")

    await story.refunds(order)
    assert await story.balance(anna) == 0
    await story.post(f"redemptions/{made['id']}/cancel")

    assert await story.balance(anna) == 0
    assert (await story.get(f"redemptions/{made['id']}"))["vouchers"][0]["state"] == "void"
    assert await story.wrong() == {}


async def test_under_debt_the_returned_points_pay_it(story: Teller) -> None:
    """X14: the same under `debt`: 0 available, no debt."""
    await story.open(with_wallet(if_already_spent="debt"))
    anna = await story.joins()
    order = await earns(story, anna, 500)
    made = await redeem(story, anna, "voucher", commit=True)

    await story.refunds(order)
    assert (await story.wallet(anna))["debt"] == 500
    await story.post(f"redemptions/{made['id']}/cancel")

    wallet = await story.wallet(anna)
    assert (wallet["available"], wallet["debt"]) == (0, 0)
    assert await story.wrong() == {}


async def test_what_is_held_does_not_expire(story: Teller) -> None:
    """X22: hold 23:50, lot ends 00:00, commit 00:05: commits; had it lapsed, the lot expires."""
    await story.open(with_wallet(expiry={"after": "31 days"}))
    anna, ben = await story.joins(), await story.joins("ben@example.com")
    await earns(story, anna, 500)
    await earns(story, ben, 500)
    await story.at("2025-02-01 23:50")
    mine, his = await redeem(story, anna), await redeem(story, ben)

    await story.at("2025-02-02 00:05")
    done = await story.post(f"redemptions/{mine['id']}/commit")
    await story.at("2025-02-03 09:00")

    assert done["state"] == "committed"
    assert (await story.get(f"redemptions/{his['id']}"))["state"] == "lapsed"
    assert (await story.balance(anna), await story.balance(ben)) == (0, 0)
    assert await story.wrong() == {}


async def test_returned_points_go_above_the_cap(story: Teller) -> None:
    """X23: cap 100,000 reached: redeem 500, earn 500, cancel the redemption: 100,500."""
    await story.open(with_wallet(limits={"balance": 100000}))
    anna = await story.joins()
    await earns(story, anna, 100_000)
    made = await redeem(story, anna, commit=True)
    await earns(story, anna, 500)
    assert await story.balance(anna) == 100_000

    await story.post(f"redemptions/{made['id']}/cancel")

    assert await story.balance(anna) == 100_500
    assert await story.wrong() == {}


async def test_a_voucher_that_ends_unused_gives_its_room_back_and_points_only_where_said(story: Teller) -> None:
    """What ends unused returns stock and budget, not points, unless `on_end: return_points`."""
    kept = {"id": "kept", "kind": "amount_off", "value": "5.00 EUR", "cost": COST, "valid": {"for": "30 days"}}
    back = kept | {"id": "back", "on_end": "return_points"}
    await story.open(BASE | {"rewards": [kept | {"stock": 5}, back | {"stock": 5}]})
    anna = await story.joins()
    await earns(story, anna, 1000)
    for reward in ("kept", "back"):
        await redeem(story, anna, reward, commit=True)
    assert await used(story, "kept") == {"stock redemptions": 1}

    await story.at("2025-02-01 09:00")

    assert await story.balance(anna) == 500
    assert [each["state"] for each in (await story.get("redemptions"))["items"]] == ["lapsed", "lapsed"]
    assert await used(story, "kept") == await used(story, "back") == {"stock redemptions": 0}
    assert await story.wrong() == {}


async def test_a_kill_switch_voids_what_is_unused_and_leaves_what_was_used(story: Teller) -> None:
    """X43: 120 vouchers at 500 points: 30 used, 10 in open carts, 80 free; stop and void, then lift: 90 x 500 back."""
    await story.open(BASE)
    anna = await story.joins()
    await earns(story, anna, 60_500)
    made = [await redeem(story, anna, "voucher", commit=True) for _ in range(120)]
    for each in made[:30]:
        code = each["vouchers"][0]["code"]
        await story.post(f"vouchers/{code}/redeem", {"member_id": anna, "reference": f"order-{code}"}, status=200)
    now = clock.now()
    async with story.database.program_transaction(story.program_id) as tx:
        for each in made[30:40]:
            code = each["vouchers"][0]["code"]
            ask = VoucherAsk(
                code=code,
                reference=f"cart-{code}",
                member_id=UUID(anna),
                lapses_at=now + timedelta(hours=1),
                actor="till",
            )
            await vouchers.take(tx, story.program_id, ask, now=now)
    assert await story.balance(anna) == 500

    switch = {"target_kind": "reward", "target_id": "voucher", "mode": "stop_and_void", "reason": "wrong price"}
    off = await story.post("kill-switches", switch, status=201)
    await story.errands()

    assert await story.balance(anna) == 500 + 90 * 500
    assert (await redeem(story, anna, "voucher", status=409))["type"] == "reward.off"
    states = [each["state"] for each in (await story.get("redemptions", params={"limit": 200}))["items"]]
    assert (states.count("voided"), states.count("committed")) == (90, 30)

    await story.call("DELETE", f"kill-switches/{off['id']}", status=204)
    assert await story.balance(anna) == 500 + 90 * 500
    assert (await redeem(story, anna, "voucher", commit=True))["state"] == "committed"
    assert await story.wrong() == {}


async def pays(story: Teller, member: str, minor: int, *redemptions: str, **header: Any) -> tuple[str, dict[str, Any]]:
    """Buy one thing, naming redemptions; returns the order and the answer."""
    order = f"O{ids.new_id()}"
    header |= {"redemptions": list(redemptions)}
    return order, await story.buys(member, minor, order=order, header=header)


async def test_points_that_return_to_a_lot_that_has_ended_live_on_for_a_while(story: Teller) -> None:
    """X17: 600 points spent on an order refunded 10 Feb; their lot ended 1 Feb: new end 13 Mar 00:00."""
    await story.open(with_wallet(expiry={"after": "30 days"}))
    anna = await story.joins()
    await earns(story, anna, 600)
    await story.at("2025-01-20 12:00")
    offers = {locale: (await story.get(f"members/{anna}/offers", locale=locale))["items"] for locale in ("en", "es")}
    named = {one["name"] for items in offers.values() for one in items if one["reward"] == "pay:points"}
    assert named == {"Pay with points", "Pagar con points"}
    held = await redeem(story, anna, "pay:points", points=600)
    order, _ = await pays(story, anna, 600, held["id"], paid_points_minor=600)

    await story.at("2025-02-10 12:00")
    await story.refunds(order)

    wallet = await story.wallet(anna)
    assert wallet["ends"] == [{"amount": 600, "at": "2025-03-12T23:00:00Z"}]
    assert await story.wrong() == {}


async def test_an_order_paid_with_points_returns_them_in_proportion(story: Teller) -> None:
    """X36: 40.00 paid with 1,000 points + 30.00 in money; half refunded: earned 30; 500 + 15.00 back, 15 taken."""
    await story.open(BASE)
    anna = await story.joins()
    await earns(story, anna, 1000)
    held = await redeem(story, anna, "pay:points", points=1000)
    order, answer = await pays(story, anna, 4000, held["id"], paid_points_minor=1000)
    assert (sum(award["points"] for award in answer["awards"]), await story.balance(anna)) == (30, 30)
    assert [reason["code"] for reason in answer["reasons"]] == ["redeemed", "awarded"]
    done = await story.get(f"redemptions/{held['id']}")
    assert (done["state"], done["order"], done["returned"]) == ("committed", f"shop:{order}", 0)

    await story.sends("order.refunded", refund={"order": order, "id": "half", "amount_minor": 1500})
    assert (await story.get(f"redemptions/{held['id']}"))["returned"] == 500
    assert await story.balance(anna) == 30 - 15 + 500

    await story.sends("order.refund_withdrawn", refund={"order": order, "id": "half"})
    assert (await story.get(f"redemptions/{held['id']}"))["returned"] == 0
    assert await story.balance(anna) == 30
    await story.refunds(order)
    assert (await story.get(f"redemptions/{held['id']}"))["returned"] == 1000
    assert await story.balance(anna) == 1000
    assert await story.wrong() == {}


async def test_a_reward_that_keeps_its_cost_returns_nothing(story: Teller) -> None:
    """`refund: keep` opts out."""
    await story.open(with_reward(refund="keep"))
    anna = await story.joins()
    await earns(story, anna, 500)
    held = await redeem(story, anna)
    order, _ = await pays(story, anna, 2000, held["id"], discount_minor=500)

    await story.refunds(order)

    assert await story.balance(anna) == 0
    assert await story.wrong() == {}


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


async def test_a_cancelled_order_returns_the_whole_cost(story: Teller) -> None:
    await story.open(BASE)
    anna = await story.joins()
    await earns(story, anna, 500)
    held = await redeem(story, anna)
    order, _ = await pays(story, anna, 2000, held["id"], discount_minor=500)
    assert await story.balance(anna) == 15

    await story.sends("order.cancelled", anna, order_id=order)

    assert await story.balance(anna) == 500
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


async def test_a_closed_program_ends_what_is_unused(story: Teller) -> None:
    """C8: `closed`: lots expire, vouchers and holds end; nothing can be redeemed any more."""
    await story.open(BASE | {"phase": {"live": "2024-12-01", "closed": "2025-01-03"}})
    anna = await story.joins()
    await earns(story, anna, 1500)
    made = await redeem(story, anna, "voucher", commit=True)

    await story.at("2025-01-03 09:00")

    assert (await story.get(f"redemptions/{made['id']}"))["vouchers"][0]["state"] == "void"
    assert await story.balance(anna) == 0
    assert (await redeem(story, anna, status=409))["type"] == "reward.program_closed"
    assert await story.wrong() == {}


async def test_what_was_paid_with_anothers_points_comes_back_as_a_new_lot(story: Teller) -> None:
    """Undoing the merge returned the lots to Ben as they were then: cancelling is possible, and the books add up."""
    await story.open(with_reward(stock=9, limit={"times": 9}))
    anna, ben = await story.joins(), await story.joins("ben@example.com")
    await earns(story, anna, 200)
    story.clock.at += timedelta(hours=1)
    await earns(story, ben, 1500)
    merged = await story.post(f"members/{anna}/merge", {"merged_id": ben})
    mixed, his = await redeem(story, anna, commit=True), await redeem(story, anna, commit=True)
    await story.post(f"merges/{merged['id']}/undo")
    assert (await story.balance(anna), await story.balance(ben)) == (0, 700)

    for made, has in ((mixed, 500), (his, 1000)):
        done = await story.post(f"redemptions/{made['id']}/cancel")
        assert (done["state"], done["returned"], await story.balance(anna)) == ("cancelled", 500, has)
        assert await story.wrong() == {}

    assert await story.balance(ben) == 700
    # Whatever they are now, they are hers: spent, and back again in their lots.
    again = await redeem(story, anna, commit=True)
    await story.post(f"redemptions/{again['id']}/cancel")
    assert await story.balance(anna) == 1000
    assert await story.wrong() == {}


async def test_a_refund_returns_what_anothers_points_paid(story: Teller) -> None:
    """In parts, before and after the merge is undone; withdrawn, it is taken again."""
    await story.open(with_reward(stock=9))
    anna, ben = await story.joins(), await story.joins("ben@example.com")
    await earns(story, anna, 200)
    story.clock.at += timedelta(hours=1)
    await earns(story, ben, 1500)
    merged = await story.post(f"members/{anna}/merge", {"merged_id": ben})
    held = await redeem(story, anna)
    header = {"redemptions": [held["id"]], "discount_minor": 500}
    await story.buys(anna, 2500, order="O", header=header)
    await story.refunds("O", 500)
    assert (await story.get(f"redemptions/{held['id']}"))["returned"] == 125
    await story.post(f"merges/{merged['id']}/undo")
    before = await story.balance(anna)

    await story.sends("order.refunded", refund={"order": "O", "id": "R2", "amount_minor": 1500})

    assert (await story.get(f"redemptions/{held['id']}"))["returned"] == 500
    # 375 came back, and 15 that the order had earned are gone.
    assert await story.balance(anna) == before + 375 - 15
    assert await story.wrong() == {}
    await story.sends("order.refund_withdrawn", refund={"order": "O", "id": "R2"})
    assert (await story.get(f"redemptions/{held['id']}"))["returned"] == 125
    assert await story.balance(anna) == before
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
