"""Redemptions that end unused: cancelled, lapsed, voided; and what they give back."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from redeeming import BASE, COST, NOTHING, earns, redeem, used, with_reward, with_wallet
from telling import Teller

from puntal.kit import clock
from puntal.rewards.model_vouchers import Ask as VoucherAsk
from puntal.rewards.operations import vouchers


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
