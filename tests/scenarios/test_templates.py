"""Every ready-made program, lived in: what its own words promise comes out."""

from __future__ import annotations

from telling import Teller, gave, template, why_not

COFFEE = {"amount_minor": 250, "category": "coffee"}


async def test_a_cafe_with_stamps(story: Teller) -> None:
    """X34 without its voucher: 8 stamps and 3 coffees are a full card and 2; the refund opens the card again."""
    await story.open("cafe")
    await story.at("2025-02-03 09:00")
    anna = await story.joins()
    assert await story.balance(anna, "coffee_card") == 1, "a stamp to begin with"
    await story.buys(anna, COFFEE | {"amount_minor": 1750, "quantity": 7}, {"amount_minor": 480, "category": "pastry"})
    assert await story.balance(anna, "coffee_card") == 8
    assert await story.balance(anna) == 4

    await story.at("2025-02-04 16:00")
    quiet = await story.buys(
        anna, COFFEE | {"amount_minor": 750, "quantity": 3}, {"amount_minor": 600, "category": "pastry"}, order="C2",
        header={"tags": ["own_cup"]},
    )  # fmt: skip
    assert gave(quiet) == {"coffees": 3, "food": 6, "quiet_hours": 6, "own_cup": 2}
    assert await story.balance(anna, "coffee_card") == 2
    moves = (await story.get(f"members/{anna}/transfers", params={"wallet": "coffee_card"}))["items"]
    assert sum(row["amount"] for row in moves if row["destination"] == "redeemed") == 9
    assert await story.wrong() == {}

    await story.at("2025-02-05 10:00")
    await story.refunds("C2")
    assert await story.balance(anna, "coffee_card") == 8
    assert await story.balance(anna) == 4

    # Nothing bought for a year: stamps and beans are gone; a birthday in between does not keep them.
    await story.at("2026-02-05 10:00")
    assert await story.balance(anna, "coffee_card") == 0
    assert await story.balance(anna) == 0
    assert await story.wrong() == {}


async def test_a_cashback_wallet(story: Teller) -> None:
    """B18: money comes back in cents, waits 14 days, rises with the spend of the year, and is owed back on a refund."""
    document = template("cashback")
    document["campaigns"][0]["holdout"] = "0%"
    await story.open(document)
    await story.at("2025-03-03 10:00")
    anna = await story.joins(birthday="1990-08-01")
    first = await story.buys(anna, 3999, order="W1")
    assert gave(first) == {"cashback": 79, "first_order": 500, "settling_in_extra": 119}
    assert (await story.wallet(anna, "monedero"))["pending"] == 698
    await story.at("2025-03-18 00:00")
    assert (await story.wallet(anna, "monedero"))["available"] == 698

    # Over 500 in a year: plus, and half as much again from the next order.
    await story.at("2025-06-02 10:00")
    large = await story.buys(anna, 50000, order="W2")
    assert gave(large) == {"cashback": 1000, "large_order": 500}
    assert await story.tier(anna) == "plus"
    assert gave(await story.buys(anna, 10000)) == {"cashback": 300}

    # What she spent of it is owed when its order comes back: debt is paid by the next cashback.
    await story.at("2025-07-01 10:00")
    took = {"wallet": "monedero", "amount": -2498, "reason": "Paid at the till", "internal_reason": "till 3"}
    await story.post(f"members/{anna}/adjustments", took, status=201)
    await story.at("2025-07-02 10:00")
    await story.refunds("W2")
    wallet = await story.wallet(anna, "monedero")
    assert (wallet["available"], wallet["debt"]) == (0, 1500)

    # A gift on her birthday comes at once and pays what she owes first.
    await story.at("2025-08-01 10:00")
    wallet = await story.wallet(anna, "monedero")
    assert (wallet["available"], wallet["debt"]) == (0, 1000)
    assert await story.wrong() == {}


async def test_cashback_is_rounded_once(story: Teller) -> None:
    """X35: 5 % of 19.99."""
    award = {"wallet": "purse", "rate": "5%"}
    await story.open(
        {
            "puntal": 1,
            "name": "Purse",
            "timezone": "Europe/Madrid",
            "currency": "EUR",
            "wallets": {"purse": {"kind": "money", "currency": "EUR"}},
            "earning": [
                {"id": "floor", "on": "purchase", "award": award},
                {"id": "half_up", "on": "purchase", "award": award | {"rounding": "half_up"}},
            ],
        }
    )
    anna = await story.joins()
    assert gave(await story.buys(anna, 1999)) == {"floor": 99, "half_up": 100}
    assert await story.wrong() == {}


async def test_trade_customers(story: Teller) -> None:
    """Points wait for the delivery, tiers follow the year's volume, and what is never delivered is cancelled."""
    await story.open("b2b")
    await story.at("2025-02-03 10:00")
    firm = await story.joins(ids={"external": {"erp": "K-77"}}, attributes={"sector": "construction", "contract": True})
    stranger = await story.sends(
        "order.paid", member={"external": {"erp": "K-0"}},
        order={"id": "X", "currency": "EUR", "lines": [{"id": "1", "amount_minor": 100}]},
    )  # fmt: skip
    assert (stranger["code"], stranger["member_id"]) == ("member.unknown", None)

    first = await story.buys(
        firm, {"amount_minor": 1_500_000}, {"amount_minor": 1_100_000, "tags": ["strategic"]}, order="B1",
        header={"attributes": {"advance_days": 20}},
    )  # fmt: skip
    assert gave(first) == {
        "orders": 13_000, "volume": 26_000, "complete_pallets": 1_300, "planned": 500, "strategic_lines": 5_500,
    }  # fmt: skip
    assert await story.tier(firm) == "preferred"
    wallet = await story.wallet(firm)
    assert (wallet["available"], wallet["pending"]) == (0, 20_300)

    await story.at("2025-02-10 10:00")
    await story.sends("order.delivered", firm, order_id="B1")
    wallet = await story.wallet(firm)
    assert (wallet["available"], wallet["pending"]) == (20_300, 0)

    # The next order at the rate of the tier; it is never delivered.
    await story.buys(firm, 100_000, order="B2")
    assert (await story.wallet(firm))["pending"] == 625 + 50
    await story.at("2025-04-12 10:00")
    assert (await story.wallet(firm))["pending"] == 0
    assert gave(await story.sends("training.completed", firm, data={"course": "roofs", "score": 80})) == {
        "training": 1000
    }
    assert await story.balance(firm) == 21_300

    # All ends with the year; the tier is kept through the next one.
    await story.at("2026-01-01 00:10")
    assert await story.balance(firm) == 0
    assert await story.tier(firm) == "preferred"
    await story.at("2026-12-15 10:00")
    ending = await story.outbox("tier.ending")
    assert [(row["tier"], row["to_tier"], row["missing"]) for row in ending] == [("preferred", "partner", 25_000)]
    await story.at("2027-03-05 10:00")
    assert await story.tier(firm) == "partner"
    assert await story.tier_changes(firm) == [("partner", "preferred", "reached"), ("preferred", "partner", "fallen")]
    assert await story.wrong() == {}


async def test_fashion(story: Teller) -> None:
    """Tiers by spend over 12 rolling months with a gift, reviews within a shared limit, points after the returns."""
    await story.open("fashion")
    await story.at("2025-02-03 10:00")
    anna = await story.joins(birthday="1988-09-15")
    ben = await story.joins("ben@example.com")
    order = await story.buys(anna, 20_000, {"amount_minor": 6_000, "tags": ["new_season"]}, order="F1")
    assert gave(order) == {"purchases": 520, "new_season": 120}
    assert await story.tier(anna) == "insider"
    wallet = await story.wallet(anna)
    # The gift waits like everything in the wallet.
    assert (wallet["available"], wallet["pending"]) == (0, 890)
    assert gave(await story.buys(anna, 1_000, order="F2")) == {"purchases": 30}

    review = {"rating": 5, "photos": 2}
    got = [
        gave(await story.sends("review.created", ben, data=review | {"product_id": product}))
        for product in ("a", "b", "c", "d")
    ]
    assert got == [{"review": 100}, {"review": 100}, {"review": 100}, {}]
    assert gave(await story.sends("newsletter.subscribed", ben)) == {"newsletter": 100}
    again = await story.sends("newsletter.subscribed", ben)
    assert (again["awards"], why_not(again, "newsletter")) == ([], ["limit"])

    # All of it back: the gift of the tier too, and the tier ends a grace after the next night.
    await story.at("2025-02-20 10:00")
    await story.refunds("F1")
    assert (await story.wallet(anna))["pending"] == 30
    await story.at("2025-02-21 10:00")
    assert (await story.get(f"members/{anna}/tiers"))["items"][0]["in_grace"]
    await story.at("2025-03-24 10:00")
    assert await story.tier(anna) == "friend"
    assert await story.tier_changes(anna) == [("friend", "insider", "reached"), ("insider", "friend", "refund")]

    # Half a year of silence, then "we missed you"; the birthday is there at once.
    await story.at("2025-09-16 10:00")
    assert await story.balance(anna) == 30 + 500
    back = await story.buys(anna, 2_000)
    assert gave(back) == {"purchases": 40, "come_back": 300}
    assert await story.wrong() == {}


async def test_a_supermarket(story: Teller) -> None:
    """Fresh Wednesdays, big baskets within their limits, exclusions, guests who join, and reminders."""
    await story.open("supermarket")
    await story.at("2025-02-05 10:00")
    guest = await story.sends(
        "order.paid", member={"card": "77"},
        order={"id": "S1", "currency": "EUR", "lines": [
            {"id": "1", "amount_minor": 4_000, "category": "produce"},
            {"id": "2", "amount_minor": 3_000, "category": "grocery", "brand": "private"},
            {"id": "3", "amount_minor": 2_000, "category": "tobacco"},
        ]},
    )  # fmt: skip
    assert gave(guest) == {
        "purchases": 70, "tier_points": 70, "fresh_wednesday": 40, "own_brand": 7, "big_basket": 50, "welcome": 100,
    }  # fmt: skip
    assert (await story.get("reports/liability"))[0]["cost_minor"] == 0, "a guest's points are no liability"

    await story.at("2025-02-10 10:00")
    anna = await story.joins(ids={"card": "77", "email": "anna@example.com"}, status=200)
    assert anna == guest["member_id"]
    wallet = await story.wallet(anna)
    assert (wallet["available"], wallet["pending"]) == (267, 0), "hers from joining on"

    for day in ("2025-02-12", "2025-02-13", "2025-02-14"):
        await story.at(f"{day} 10:00")
        await story.buys(anna, {"amount_minor": 8_000, "category": "grocery"}, order=day)
    (last, *_) = (await story.get(f"members/{anna}/events"))["items"]
    assert why_not(last, "big_basket") == ["limit"]
    assert await story.balance(anna, "status") == 70 + 240

    await story.at("2026-02-08 10:00")
    reminders = [(row["in"], row["ends_on"]) for row in await story.outbox("points.expiring")]
    assert ("30 days", "2026-03-01") in reminders
    await story.at("2026-03-01 00:00")
    assert await story.balance(anna) == 80, "of 14 February: there from March 2025, so to the end of March"
    assert await story.wrong() == {}
