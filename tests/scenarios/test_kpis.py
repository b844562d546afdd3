"""Key figures of a period on a small history whose figures a person can check. F1, F3, A12."""

from __future__ import annotations

import csv
import io
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
    "ladders": [
        {
            "id": "club",
            "measure": {"earned": "points"},
            "window": "calendar_year",
            "keep": "end_of_next_period",
            "tiers": [{"id": "base"}, {"id": "silver", "from": 100}],
        }
    ],
    "rewards": [
        {
            "id": "mug",
            "kind": "product",
            "product": {"ids": ["mug"]},
            "cost": {"wallet": "points", "points": 30},
        },
        {"id": "tea", "kind": "product", "product": {"ids": ["tea"]}, "cost": {"wallet": "points", "points": 5}},
    ],
}
MARCH = "from=2025-03-01&through=2025-03-31"


async def a_history(story: Teller) -> tuple[str, str]:
    """Two join in February and one in March; somebody buys without joining; Anna's largest order is refunded."""
    await story.at("2025-02-03")
    await story.open(DOCUMENT)
    anna = await story.joins("anna@example.com")
    ben = await story.joins("ben@example.com")
    await story.buys(anna, 4000, order="A1")
    await story.at("2025-03-02")
    await story.joins("carla@example.com")
    await story.buys(anna, 8000, order="A2")
    await story.buys(ben, 2000, order="B1")
    await story.buys("guest@example.com", 3000, order="G1")
    await story.at("2025-03-04")
    await story.buys(ben, 1000, order="B2")
    await story.buys(anna, 5000, order="A3")
    await story.refunds("A3")
    await story.post("redemptions", {"member_id": anna, "reward": "mug", "commit": True}, status=201)
    # One o'clock at night of the first of April in Madrid is March in UTC.
    await story.at("2025-04-01 01:00")
    await story.buys(anna, 900, order="A4")
    return anna, ben


async def figures(story: Teller, asked: str) -> dict[str, Any]:
    return {one["id"]: one for one in (await story.get(f"reports/kpis?{asked}"))["figures"]}


async def test_the_figures_of_a_month_are_those_a_person_counts(story: Teller) -> None:
    """F1, F3: each formula of `insight.model_kpis` once."""
    await a_history(story)

    found = await figures(story, MARCH)

    assert {id: one["value"] for id, one in found.items()} == {
        "members": 3,
        "new_members": 1,
        "active_members": 2,
        "active_rate": 0.666667,
        "participating_members": 2,
        "participation_rate": 0.666667,
        "orders": 4,
        "sales": 14000,
        "average_order": 3500,
        "member_orders": 3,
        "member_sales": 11000,
        "member_average_order": 3667,
        "guest_orders": 1,
        "guest_sales": 3000,
        "guest_average_order": 3000,
        # Members' orders are 3667 on average, guests' 3000.
        "average_order_uplift": 0.222222,
        "buyers": 3,
        "membership_rate": 0.666667,
        # A2, for A1 was before it, and B2.
        "repeat_purchase_rate": 0.5,
        "repeat_customer_rate": 0.333333,
        "purchase_frequency": 1.333333,
        "opening": 40,
        # 80 + 20 + 10 and the guest's 30; the 50 of A3 came and went.
        "earned": 140,
        "spent": 30,
        "expired": 0,
        "other": 0,
        "closing": 150,
        "redemption_rate_period": 0.214286,
        "redemption_rate_lifetime": 0.166667,
        "breakage_rate": 0.0,
        # No order used anything: the mug was not for one.
        "influenced_orders": 0,
        "influenced_sales": 0,
        "incentive_cost": 0,
        "incentive_roi": None,
        "ending_soon": 0,
        "ending_soon_rate": 0.0,
        # Now: Anna has 99, Ben 30; the guest's 30 wait. Half of 129 is redeemed, for a cent each.
        "liability": 65,
    }
    assert found["repeat_purchase_rate"]["share"] == {"numerator": 2, "denominator": 4}
    assert found["redemption_rate_lifetime"]["share"] == {"numerator": 30, "denominator": 180}


async def test_whole_months_are_compared_with_the_months_before(story: Teller) -> None:
    await a_history(story)

    answer = await story.get(f"reports/kpis?{MARCH}&compare=previous")

    assert answer["compared"] == {"from": "2025-02-01", "through": "2025-02-28"}
    by_name = {one["id"]: one for one in answer["figures"]}
    assert (by_name["orders"]["previous"], by_name["orders"]["change"]) == (1, 3)
    assert (by_name["average_order"]["previous"], by_name["average_order"]["change"]) == (4000, -500)
    assert by_name["repeat_purchase_rate"]["previous"] == 0.0
    assert by_name["opening"]["value"] == by_name["closing"]["previous"]
    # What was owed then nobody kept.
    assert by_name["redemption_rate_period"]["previous"] == 0.0
    assert by_name["liability"]["previous"] is None


async def test_every_figure_has_rows_that_add_up_to_it_and_a_formula_in_the_readers_language(story: Teller) -> None:
    """A12: what is counted can be shown."""
    await a_history(story)

    found = (await story.get(f"reports/kpis?{MARCH}", locale="es"))["figures"]

    for one in found:
        assert one["formula"]
        if one["rows"] is None:
            assert one["id"] in {"opening", "closing"}
            continue
        rows = (await story.get(one["rows"]))["items"]
        match one["unit"], one["id"]:
            case "count", _:
                assert len(rows) == one["value"], one
            case _, "liability":
                units = sum(row["available"] + row["pending"] + row["held"] for row in rows)
                assert (units + 1) // 2 == one["value"]
            case "points", _:
                assert sum(row["units"] for row in rows) == one["value"], one
            case _, "influenced_sales" | "incentive_cost" | "incentive_roi" | "ending_soon_rate":
                assert rows == []
            case _, "average_order_uplift":
                assert len(rows) == 4
            case "money", _ if one["share"] is None:
                assert sum(row["sales_minor"] for row in rows) == one["value"], one
            case "money" | "ratio", _:
                assert len(rows) in (one["share"]["numerator"], one["share"]["denominator"]), one
            case _:
                total = sum(row["units"] for row in rows) if one["wallet"] else len(rows)
                assert total in (one["share"]["numerator"], one["share"]["denominator"]), one
    assert found[0]["formula"].startswith("Quienes")


async def test_rows_go_on_where_the_page_ended_also_in_a_file(story: Teller) -> None:
    await a_history(story)

    for of, key in (("orders?of=orders", "order_id"), ("members?of=buyers", "member_id")):
        whole = (await story.get(f"reports/kpis/{of}&{MARCH}"))["items"]
        seen, cursor = [], ""
        while True:
            page = await story.get(f"reports/kpis/{of}&{MARCH}&limit=1{cursor}")
            seen += page["items"]
            if page["next"] is None:
                break
            cursor = f"&cursor={page['next']}"
        assert seen == whole
        assert len({row[key] for row in seen}) == len(whole) > 1
    file = await story.client.get(f"{story.path}/reports/kpis/orders?{MARCH}&limit=2", headers={"accept": "text/csv"})
    assert file.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(file.text)))
    assert [row["order_id"] for row in rows] == ["B2", "G1"]
    path = file.headers["link"].split(">")[0].removeprefix("<")
    following = await story.client.get(path, headers={"accept": "text/csv"})
    assert [row["order_id"] for row in csv.DictReader(io.StringIO(following.text))] == ["B1", "A2"]
    assert "link" not in following.headers


async def test_a_file_runs_no_formula_of_somebody_elses(story: Teller) -> None:
    await story.at("2025-03-02")
    await story.open(DOCUMENT)
    anna = await story.joins("anna@example.com")
    await story.buys(anna, 100, order="=HYPERLINK(1)")

    file = await story.client.get(f"{story.path}/reports/kpis/orders", headers={"accept": "text/csv"})
    kpis = await story.client.get(f"{story.path}/reports/kpis", headers={"accept": "text/csv"})

    assert "'=HYPERLINK(1)" in file.text
    assert ",=HYPERLINK" not in file.text
    orders = next(row for row in csv.DictReader(io.StringIO(kpis.text)) if row["figure"] == "orders")
    assert orders["value"] == "1"


async def test_cohorts_tell_who_came_back_by_month_of_joining(story: Teller) -> None:
    """F3."""
    anna, ben = await a_history(story)

    answer = await story.get("reports/cohorts?from=2025-02-01&through=2025-03-31")
    back = await story.get("reports/cohorts/members?from=2025-02-01&through=2025-02-28&month=1")
    whole = await story.get("reports/cohorts/members?from=2025-02-01&through=2025-02-28")

    assert [(one["cohort"], one["members"], one["buyers"]) for one in answer["items"]] == [
        ("2025-02-01", 2, [1, 2, 1]),
        ("2025-03-01", 1, [0, 0]),
    ]
    assert answer["items"][0]["rates"] == [0.5, 1.0, 0.5]
    assert {row["member_id"] for row in back["items"]} == {anna, ben} == {row["member_id"] for row in whole["items"]}
    assert {row["sales_minor"] for row in back["items"]} == {8000, 3000}


async def test_tiers_tell_who_stands_where_and_who_moved(story: Teller) -> None:
    anna, _ = await a_history(story)

    answer = await story.get(f"reports/tiers?{MARCH}")
    there = await story.get(f"reports/tiers/members?{MARCH}&ladder=club&tier=silver")
    moved = await story.get(f"reports/tiers/changes?{MARCH}&to_tier=silver")

    assert [(one["tier"], one["before"], one["after"]) for one in answer["tiers"]] == [("base", 2, 2), ("silver", 0, 1)]
    [move] = answer["moves"]
    assert (move["from_tier"], move["to_tier"], move["up"], move["changes"]) == ("base", "silver", True, 1)
    assert [row["member_id"] for row in there["items"]] == [anna] == [row["member_id"] for row in moved["items"]]
    # Who has no name is called by what she is recognised by.
    [called] = {row["member_name"] for row in (*there["items"], *moved["items"])}
    assert called == "anna@example.com"


async def test_rewards_are_ranked_and_those_that_nobody_took_are_last(story: Teller) -> None:
    anna, _ = await a_history(story)

    items = (await story.get(f"reports/rewards?{MARCH}"))["items"]
    rows = (await story.get(f"reports/rewards/redemptions?{MARCH}&reward=mug"))["items"]

    assert [(one["reward"], one["redemptions"], one["members"], one["units"]) for one in items] == [
        ("mug", 1, 1, 30),
        ("tea", 0, 0, 0),
    ]
    assert [(row["member_id"], row["units"]) for row in rows] == [(anna, 30)]


async def test_a_period_that_cannot_be_is_refused(story: Teller) -> None:
    await story.at("2025-03-02")
    await story.open(DOCUMENT)

    for report in ("kpis", "cohorts", "tiers", "rewards", "kpis/orders"):
        wrong = await story.get(f"reports/{report}?from=2025-03-02&through=2025-03-01", status=422)
        assert wrong["type"] == "insight.bad_period"
        far = await story.get(f"reports/{report}?through=0001-01-01", status=422)
        assert far["type"] == "insight.bad_period"
    unknown = await story.get("reports/kpis/transfers?wallet=gold", status=422)
    assert unknown["type"] == "points.unknown_wallet"
    assert (await story.get("reports/kpis/orders?cursor=AAA", status=400))["type"] == "request.bad_cursor"
