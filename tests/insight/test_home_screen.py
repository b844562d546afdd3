"""The home screen, series and goals over HTTP, on a history a person can check. F4, F5, F7, A12."""

from __future__ import annotations

from datetime import date
from typing import Any

from telling import MADRID, POINTS, Teller

from puntal.insight import policy_kpis as policy
from puntal.insight import queries as insight
from puntal.insight.model import Days

DOCUMENT: dict[str, Any] = {
    "puntal": 1,
    "name": "Aurora",
    "timezone": "Europe/Madrid",
    "currency": "EUR",
    "wallets": {
        "points": {
            "kind": "points",
            "expiry": {"after": "2 months"},
            "liability": {"cost_per_point": "0.01 EUR", "expected_redemption": "50%"},
        }
    },
    "earning": [{"id": "purchases", "on": "purchase", "award": POINTS, "budget": {"points": 200}}],
    "rewards": [
        {"id": "mug", "kind": "product", "product": {"ids": ["mug"]}, "cost": {"wallet": "points", "points": 30}},
        {"id": "tea", "kind": "product", "product": {"ids": ["tea"]}, "cost": {"wallet": "points", "points": 5}},
    ],
}
MARCH = "from=2025-03-01&through=2025-03-31"


async def a_history(story: Teller) -> str:
    """Anna joins and buys in February, buys twice in March and takes a mug; somebody buys without joining."""
    await story.at("2025-02-03")
    await story.open(DOCUMENT)
    anna = await story.joins("anna@example.com")
    await story.buys(anna, 4000, order="A1")
    await story.at("2025-03-04")
    await story.buys(anna, 6000, order="A2")
    await story.buys("guest@example.com", 3000, order="G1")
    await story.at("2025-03-12")
    await story.buys(anna, 5000, order="A3")
    await story.post("redemptions", {"member_id": anna, "reward": "mug", "commit": True}, status=201)
    return anna


async def test_a_series_has_no_gaps_and_adds_up_to_the_key_figures(story: Teller) -> None:
    await a_history(story)
    points: list[dict[str, Any]] = []

    for every, count in (("day", 31), ("week", 6), ("month", 1)):
        found = await story.get(f"reports/series?{MARCH}&every={every}")

        assert len(found["points"]) == count
        points = found["points"]
        assert (points[0]["from"], points[-1]["through"]) == ("2025-03-01", "2025-03-31")
        figures = {one["id"]: one["value"] for one in (await story.get(f"reports/kpis?{MARCH}"))["figures"]}
        for line in found["figures"]:
            values = [
                point[line["name"]]
                if line["wallet"] is None
                else next(one for one in point["wallets"] if one["wallet"] == line["wallet"])[line["name"]]
                for point in points
            ]
            assert sum(values) == figures[line["figure"]], line
            assert line["formula"]
    bought = {point["from"]: point["member_sales_minor"] for point in points if point["member_sales_minor"]}
    assert bought == {"2025-03-01": 11000}
    assert (await story.get("reports/series?from=2000-01-01&every=day", status=422))["type"] == "insight.too_fine"


async def test_the_home_screen_is_one_answer(story: Teller) -> None:
    await a_history(story)
    goal = {"name": "Sales", "metric": "sales", "target": 20000, "from": "2025-03-01", "through": "2025-03-31"}
    await story.post("goals", goal, status=201)

    home = await story.get(f"reports/home?{MARCH}")
    kpis = {one["id"]: one for one in (await story.get(f"reports/kpis?{MARCH}&compare=previous"))["figures"]}

    assert all(one == kpis[one["id"]] for one in home["figures"])
    assert home["compared"] == {"from": "2025-02-01", "through": "2025-02-28"}
    assert (home["series"]["every"], len(home["series"]["points"])) == ("day", 31)
    [told] = home["goals"]
    # 14000 of 20000 by noon of the twelfth of 31 days: 11 of 31 of the way were its morning, 31 by 11.5 its pace.
    assert (told["value"], told["share"], told["pace"], told["expected"]) == (14000, 70, "ahead", 7096.774194)
    assert told["forecast"] == 37739.130435
    [budget] = [one for one in home["alerts"] if one["kind"] == "budget_ending"]
    assert (budget["about"], budget["target"], budget["severity"]) == ("rule:purchases", "program", "warning")
    assert {"name": "percent", "value": 90} in budget["numbers"]
    # 40 - 30 of February's points end with the month of April's first week; the others later.
    [ending] = [one for one in home["figures"] if one["id"] == "ending_soon"]
    rows = (await story.get(ending["rows"]))["items"]
    assert sum(row["units"] for row in rows) == ending["value"]


async def test_a_rate_leads_to_the_rows_of_both_its_parts(story: Teller) -> None:
    await a_history(story)

    figures = (await story.get(f"reports/kpis?{MARCH}"))["figures"]

    [rate] = [one for one in figures if one["id"] == "redemption_rate_period"]
    spent = (await story.get(rate["rows"]))["items"]
    earned = (await story.get(rate["whole_rows"]))["items"]
    assert sum(row["units"] for row in spent) == rate["share"]["numerator"]
    assert sum(row["units"] for row in earned) == rate["share"]["denominator"]
    assert [(row["rule"], row["reward"]) for row in spent] == [(None, "mug")]
    assert {(row["rule"], row["reward"]) for row in earned} == {("purchases", None)}
    [back] = [one for one in figures if one["id"] == "repeat_purchase_rate"]
    assert len((await story.get(back["whole_rows"]))["items"]) == back["share"]["denominator"]


async def test_recommendations_say_their_numbers_and_where_to_go(story: Teller) -> None:
    """F4: "72 % of points expire within 30 days: send a reminder"."""
    await a_history(story)
    await story.at("2025-04-20")

    home = await story.get("reports/home", locale="es")

    [said] = [one for one in home["recommendations"] if one["kind"] == "remind_of_ending"]
    assert (said["target"], said["about"]) == ("campaigns", "points")
    assert said["title"] == "Envía un recordatorio"
    assert "100 %" in said["reason"]


async def test_goals_are_set_changed_and_dropped(story: Teller) -> None:
    """F5."""
    await a_history(story)
    goal = {"name": "Members", "metric": "members", "target": 5, "from": "2025-03-01", "through": "2025-03-31"}

    made = await story.post("goals", goal, status=201)
    rate = goal | {"metric": "redemption_rate_period", "wallet": "points", "target": 0.2, "name": "Redeemed"}
    changed = await story.call("PUT", f"goals/{made['id']}", json=rate)

    # From one member to five.
    assert (made["value"], made["share"], made["pace"]) == (1, 0, "behind")
    assert (changed["value"], changed["target"], changed["unit"]) == (0.214286, 0.2, "rate")
    assert changed["pace"] == "on_track"
    assert [one["name"] for one in (await story.get("goals"))["items"]] == ["Redeemed"]
    for wrong in ({"metric": "opening"}, {"metric": "earned"}, {"wallet": "points"}):
        assert (await story.post("goals", goal | wrong, status=422))["type"] == "insight.metric_unknown"
    assert (await story.post("goals", goal | {"through": "2025-02-01"}, status=422))["type"] == "insight.bad_period"
    await story.call("DELETE", f"goals/{made['id']}", status=204)
    assert (await story.get(f"goals/{made['id']}", status=404))["type"] == "insight.goal_unknown"


async def test_every_report_is_a_file_too(story: Teller) -> None:
    """A12."""
    await a_history(story)

    for report in ("kpis", "series", "incentives", "incentives/orders", "budgets", "rewards", "tiers", "cohorts"):
        file = await story.client.get(f"{story.path}/reports/{report}", headers={"accept": "text/csv"})
        assert file.headers["content-type"].startswith("text/csv"), report
        assert file.text.count("\n") >= 1


async def test_goals_are_told_of_once_and_budgets_are_kept_by_day(story: Teller) -> None:
    """F5, F7."""
    await story.at("2025-03-02")
    await story.open(DOCUMENT)
    anna = await story.joins("anna@example.com")
    goal = {"name": "Sales", "metric": "sales", "target": 10000, "from": "2025-03-01", "through": "2025-03-31"}
    await story.post("goals", goal, status=201)
    await story.buys(anna, 6000, order="A1")
    await story.at("2025-03-03")
    await story.at("2025-03-04")

    [half] = await story.outbox("goal.progressed")
    assert (half["percent"], half["name"], half["metric"]) == (60, "Sales", "sales")
    await story.buys(anna, 5000, order="A2")
    await story.at("2025-03-05")
    assert [one["percent"] for one in await story.outbox("goal.progressed")] == [60, 110]
    kept = await story.get("reports/budgets/series?budget=rule:purchases&measure=points")
    assert [(one["day"], one["used"]) for one in kept["points"]][-3:] == [
        ("2025-03-03", 60),
        ("2025-03-04", 60),
        ("2025-03-05", 110),
    ]
    assert kept["budget"]["runs_out_on"] == "2025-03-09"
    unknown = await story.get("reports/budgets/series?budget=rule:other&measure=points", status=404)
    assert unknown["type"] == "insight.budget_unknown"
    assert await story.wrong() == {}


async def test_sums_of_days_are_the_books_through_a_whole_story(story: Teller) -> None:
    """Late orders, refunds, a pool, a merge that is undone, somebody who is erased: read both ways every time."""
    await story.at("2025-02-03")
    await story.open(DOCUMENT)
    anna, ben = await story.joins("anna@example.com"), await story.joins("ben@example.com")
    carla = await story.joins("carla@example.com")
    await story.buys(anna, 4000, order="A1")
    await story.buys(ben, 2000, order="B1")
    await story.buys("guest@example.com", 3000, order="G1")
    await story.buys(None, 1000, order="N1")
    await story.at("2025-03-04")
    await _both_ways(story)
    await story.buys(anna, 5000, order="A2", occurred_at="2025-02-20T10:00:00Z")
    await story.refunds("A1", 1500)
    await story.refunds("N1")
    await _both_ways(story)
    await story.at("2025-03-05")
    await _both_ways(story)
    merge = await story.post(f"members/{anna}/merge", {"merged_id": ben})
    await _both_ways(story)
    await story.buys(carla, 700, order="C1")
    await story.at("2025-03-06")
    await _both_ways(story)
    await story.post(f"merges/{merge['id']}/undo", {})
    await _both_ways(story)
    await story.joins("guest@example.com", status=200)
    await story.post(f"members/{carla}/erase", status=204)
    await story.at("2025-03-07")
    await _both_ways(story)
    await story.at("2025-03-08")
    await _both_ways(story)
    assert await story.wrong() == {}


async def _both_ways(story: Teller) -> None:
    async with story.database.program_transaction(story.program_id) as tx:
        program = (await story.app.state.programs.current(tx, story.program_id)).newest
        rest = await insight.opened(tx, program)
        assert rest is not None
        for since in (date(2025, 2, 1), date(2025, 3, 4), date(2025, 2, 20)):
            period = policy.span(MADRID, since, date(2025, 3, 31))
            direct = await insight.kpis(tx, program, period, now=story.clock.at)
            assert await insight.kpis(tx, program, period, now=story.clock.at, rest=rest) == direct
            days = Days(period.since, period.through)
            assert await insight.incentives(tx, program, days, rest=rest) == await insight.incentives(tx, program, days)
