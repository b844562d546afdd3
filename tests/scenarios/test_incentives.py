"""What led to orders, and what it cost: figures that add up to their rows. F2, F1."""

from __future__ import annotations

from typing import Any

from telling import POINTS, Teller

DOCUMENT: dict[str, Any] = {
    "puntal": 1,
    "name": "Aurora",
    "timezone": "Europe/Madrid",
    "currency": "EUR",
    "wallets": {
        "points": {
            "kind": "points",
            "liability": {"cost_per_point": "0.01 EUR", "expected_redemption": "50%"},
        }
    },
    "earning": [{"id": "purchases", "on": "purchase", "award": POINTS}],
    "campaigns": [
        {
            "id": "spring",
            "from": "2025-03-01",
            "through": "2025-03-31",
            "earning": [
                {
                    "id": "spring_extra",
                    "on": "purchase",
                    "when": {"order.net": {"at_least": "50.00 EUR"}},
                    "award": {"wallet": "points", "points": 25},
                }
            ],
        }
    ],
    "rewards": [{"id": "five_euro", "kind": "amount_off", "value": "5.00 EUR", "voucher": {}}],
}


async def use(story: Teller, member: str, order: str, discount: int) -> None:
    issued = (await story.post("vouchers", {"reward": "five_euro", "member_id": member}, status=201))["items"][0]
    body = {"reference": order, "member_id": member, "order": f"shop:{order}", "discount_minor": discount}
    await story.post(f"vouchers/{issued['code']}/redeem", body)


async def test_each_order_says_what_led_to_it_and_the_sums_are_those_of_the_rows(story: Teller) -> None:
    """F2: the sum by incentive is the sum of its orders; an order with two incentives counts once in the totals."""
    await story.at("2025-03-02")
    await story.open(DOCUMENT)
    anna = await story.joins("anna@example.com")
    ben = await story.joins("ben@example.com")
    await use(story, anna, "A1", 500)
    await story.buys(anna, 6000, order="A1")
    await story.buys(ben, 8000, order="B1")
    await story.buys(ben, 1000, order="B2")
    await use(story, ben, "B3", 400)
    await story.buys(ben, 2000, order="B3")
    await story.refunds("B1", 4000)

    report = await story.get("reports/incentives")
    rows = (await story.get("reports/incentives/orders"))["items"]
    of_a1 = (await story.get("reports/incentives/orders?order=shop:A1"))["items"]

    by_name = {(one["kind"], one["id"]): one for one in report["incentives"]}
    voucher, campaign = by_name["voucher", "five_euro"], by_name["campaign", "spring"]
    assert (voucher["orders"], voucher["sales_minor"], voucher["discount_minor"]) == (2, 8000, 900)
    # Of 25 points on the order that was half refunded 12 went back; points cost a cent, and half of them are redeemed.
    assert (campaign["orders"], campaign["units"], campaign["cost_minor"]) == (2, 38, 19)
    assert (report["orders"], report["sales_minor"]) == (4, 13000)
    assert (report["influenced_orders"], report["influenced_sales_minor"]) == (3, 12000)
    assert (report["discount_minor"], report["cost_minor"]) == (900, 919)
    assert report["cost_per_influenced_order_minor"] == 306
    for (kind, id), one in by_name.items():
        of_it = [row for row in rows if (row["kind"], row["id"]) == (kind, id)]
        assert sum(row["discount_minor"] for row in of_it) == one["discount_minor"]
        assert sum(row["units"] for row in of_it) == one["units"]
        assert len(of_it) == one["orders"]
    assert {row["kind"] for row in of_a1} == {"voucher", "campaign"}


async def test_a_period_cuts_by_the_days_of_orders_and_pages_go_on_where_they_ended(story: Teller) -> None:
    await story.at("2025-03-02")
    await story.open(DOCUMENT)
    anna = await story.joins("anna@example.com")
    for number in range(5):
        await story.at(f"2025-03-0{number + 3}")
        await story.buys(anna, 6000, order=f"O{number}")

    march_5 = await story.get("reports/incentives?from=2025-03-05&through=2025-03-05")
    seen: list[str] = []
    cursor = ""
    while True:
        page = await story.get(f"reports/incentives/orders?limit=2{cursor}")
        seen += [row["order_id"] for row in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"

    assert march_5["influenced_orders"] == 1
    assert seen == ["O4", "O3", "O2", "O1", "O0"]
    assert (await story.get("reports/incentives/orders?cursor=AAA", status=400))["type"] == "request.bad_cursor"
    assert (await story.get("reports/incentives?from=soon", status=422))["type"]


async def test_the_redemption_rate_is_what_was_redeemed_by_what_was_earned(story: Teller) -> None:
    """F1: units redeemed in the period by units earned in it."""
    await story.at("2025-03-02")
    cost = {"wallet": "points", "points": 30}
    await story.open(
        DOCUMENT | {"rewards": [{"id": "mug", "kind": "product", "product": {"ids": ["mug"]}, "cost": cost}]}
    )
    anna = await story.joins("anna@example.com")
    await story.buys(anna, 4000, order="A1")
    await story.post("redemptions", {"member_id": anna, "reward": "mug", "commit": True}, status=201)

    report = await story.get("reports/incentives")

    assert report["redemption_rate"] == {"points": 0.75}
    assert report["cost_per_influenced_order_minor"] is None


async def test_budgets_and_stock_say_how_far_they_are_used_and_when_they_run_out(story: Teller) -> None:
    """F7: what is nearest its end comes first."""
    await story.at("2025-03-02")
    spring = DOCUMENT["campaigns"][0] | {"budget": {"points": 100}}
    mug = {"id": "mug", "kind": "product", "product": {"ids": ["mug"]}, "stock": 10}
    await story.open(DOCUMENT | {"campaigns": [spring], "rewards": [mug]})
    anna = await story.joins("anna@example.com")
    await story.buys(anna, 6000)
    await story.at("2025-03-04")
    await story.buys(anna, 6000)
    await story.post("redemptions", {"member_id": anna, "reward": "mug", "commit": True}, status=201)

    items = (await story.get("reports/budgets"))["items"]

    campaign, stock = items
    assert (campaign["budget"], campaign["measure"], campaign["used"], campaign["share"]) == (
        "campaign:spring", "points", 50, 50,
    )  # fmt: skip
    # 50 in three days, from the first event on: the other 50 in three more.
    assert (campaign["since"], campaign["runs_out_on"]) == ("2025-03-02", "2025-03-07")
    assert (stock["used"], stock["left"], stock["runs_out_on"]) == (1, 9, "2025-03-31")
    given = (await story.get(campaign["rows"]))["items"]
    assert (len(given), sum(row["units"] for row in given)) == (2, campaign["used"])
    assert {row["rule"] for row in given} == {spring["earning"][0]["id"]}
    assert [row["reward"] for row in (await story.get(stock["rows"]))["items"]] == ["mug"]
    first = await story.get(f"{campaign['rows']}&limit=1")
    second = await story.get(f"{campaign['rows']}&limit=1&cursor={first['next']}")
    assert ([*first["items"], *second["items"]], second["next"]) == (given, None)
    unknown = await story.call("GET", "reports/budgets/rows?budget=campaign:none", status=404)
    assert unknown["type"] == "insight.budget_unknown"
