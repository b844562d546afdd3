"""Points that were spent and come back: after a refund, a cancelled redemption or order, late, or to somebody else."""

from __future__ import annotations

from datetime import timedelta

from redeeming import BASE, earns, pays, redeem, with_reward, with_wallet
from telling import Teller


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
