"""Benchmarks: what others have beside our figures, what closing the gap is worth, and files of them. F6, G20."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telling import Teller
from test_home_screen import DOCUMENT, a_history

from puntal.insight.benchmarks import policy, reading
from puntal.insight.benchmarks.errors import BenchmarksFaulty, BenchmarksUnreadable
from puntal.insight.benchmarks.model import Worth
from puntal.insight.model_kpis import Purchases

REPEAT = {
    "metric": "repeat_customer_rate",
    "value": 0.75,
    "label": "Cafés, Spain",
    "source": "Trade survey",
    "year": 2024,
}
BOUGHT = Purchases(
    orders=200,
    sales_minor=500_000,
    member_orders=150,
    member_sales_minor=400_000,
    known_orders=180,
    returning_orders=90,
    buyers=100,
    member_buyers=60,
    repeat_buyers=30,
)


@pytest.mark.parametrize(
    ("metric", "theirs", "worth"),
    [
        # Ten more of a hundred buyers come back once, at 25.00 each.
        pytest.param("repeat_customer_rate", Fraction(40, 100), Worth(25_000, Fraction(10)), id="customers"),
        # 90 first orders are 40 % of 225: 45 more.
        pytest.param("repeat_purchase_rate", Fraction(60, 100), Worth(112_500, Fraction(45)), id="orders"),
        pytest.param("purchase_frequency", Fraction(2), Worth(50_000, Fraction(20)), id="frequency"),
        pytest.param("average_order", Fraction(2600), Worth(20_000, None), id="average order"),
        pytest.param("repeat_customer_rate", Fraction(30, 100), None, id="no gap"),
        pytest.param("repeat_purchase_rate", Fraction(1), None, id="nothing leads there"),
        pytest.param("active_rate", Fraction(1), None, id="no honest formula"),
    ],
)
def test_what_closing_a_gap_is_worth(metric: str, theirs: Fraction, worth: Worth | None) -> None:
    assert policy.worth(metric, theirs, BOUGHT) == worth


@given(target=st.fractions(0, 2), metric=st.sampled_from(["repeat_customer_rate", "repeat_purchase_rate"]))
def test_with_the_extra_orders_the_rate_is_theirs(target: Fraction, metric: str) -> None:
    worth = policy.worth(metric, target, BOUGHT)
    if worth is None or worth.orders is None:
        return
    if metric == "repeat_customer_rate":
        assert (BOUGHT.repeat_buyers + worth.orders) / BOUGHT.buyers == target
    else:
        assert (BOUGHT.returning_orders + worth.orders) / (BOUGHT.known_orders + worth.orders) == target


def test_rates_and_commas_are_read_as_spreadsheets_write_them() -> None:
    file = "\ufeffMetric;Value;Label;Source;Year\nactive_rate;41,5%;Fashion;Survey;2025\n\n"

    [one] = reading.read(file, [], language="en")

    assert (one.metric, one.value, one.wallet, one.year) == ("active_rate", Fraction(415, 1000), None, 2025)


@pytest.mark.parametrize(
    ("row", "faults"),
    [
        ("liability,,1,A,B,2025", [("/1/metric", "unknown_metric")]),
        ("active_rate,points,1,A,B,2025", [("/1/metric", "unknown_metric")]),
        ("earned,other,1,A,B,2025", [("/1/wallet", "unknown_wallet")]),
        ("active_rate,,1e9,,,20x5", [
            ("/1/value", "not_a_number"), ("/1/label", "missing"), ("/1/source", "missing"),
            ("/1/year", "not_a_number"),
        ]),
        ("active_rate,,1,A,B,1066", [("/1/year", "out_of_range")]),
        (f"active_rate,,1,{'A' * 121},B,2025", [("/1/label", "too_long")]),
        ("active_rate,,1,A,B,2025\nactive_rate,,2,A,C,2025", [("/2/label", "twice")]),
        ("active_rate,,1,A,B,2025,more", [("/1", "too_many_cells")]),
    ],
)  # fmt: skip
def test_every_fault_of_a_file_is_named_by_its_row(row: str, faults: list[tuple[str, str]]) -> None:
    with pytest.raises(BenchmarksFaulty) as refused:
        reading.read(f"metric,wallet,value,label,source,year\n{row}\n", ["points"], language="es")

    assert [(fault.path, fault.code) for fault in refused.value.faults] == faults


@given(text=st.text(max_size=200))
def test_whatever_is_sent_is_read_or_refused(text: str) -> None:
    for file in (text, f"metric,value,label,source,year\n{text}"):
        try:
            reading.read(file, [], language="en")
        except (BenchmarksFaulty, BenchmarksUnreadable):
            continue


async def test_our_figure_stands_beside_theirs(story: Teller) -> None:
    """F6: gap in points and percent, who is better off, what closing it is worth; G20."""
    await a_history(story)
    await story.at("2025-04-02")

    made = await story.post("reports/benchmarks", REPEAT, status=201)

    # Of two known customers one came back: five points of a half, and one order of 45.00 on average.
    assert (made["ours"], made["gap"], made["gap_share"]) == (0.5, -0.25, -0.333333)
    assert (made["better"], made["verdict"], made["unit"]) == ("higher", "worse", "rate")
    assert made["worth"]["sales_minor"] == 2250
    assert made["worth"]["orders"] == 0.5
    found = await story.get("reports/benchmarks")
    assert found["period"] == {"from": "2024-04-01", "through": "2025-03-31"}
    march = await story.get("reports/benchmarks?from=2025-03-01&through=2025-03-31", locale="es")
    assert march["items"][0]["formula"].startswith("Clientes con dos o más")
    changed = await story.call("PUT", f"reports/benchmarks/{made['id']}", json=REPEAT | {"value": 0.4, "year": 2025})
    assert (changed["verdict"], changed["worth"], changed["year"]) == ("better", None, 2025)
    await story.call("DELETE", f"reports/benchmarks/{made['id']}", status=204)
    assert (await story.get("reports/benchmarks"))["items"] == []
    done = [one["action"] for one in (await story.get("audit"))["items"]]
    assert [one for one in done if one.startswith("benchmark")] == [
        "benchmark.dropped", "benchmark.set", "benchmark.set",
    ]  # fmt: skip


async def test_what_cannot_be_compared_is_refused(story: Teller) -> None:
    await story.open(DOCUMENT)
    made = await story.post("reports/benchmarks", REPEAT, status=201)

    async def refused(status: int, **more: Any) -> str:
        return str((await story.post("reports/benchmarks", REPEAT | more, status=status))["type"])

    assert await refused(409) == "insight.benchmark_exists"
    assert await refused(422, metric="liability") == "insight.benchmark_metric"
    assert await refused(422, metric="earned") == "insight.benchmark_metric"
    assert await refused(422, metric="earned", wallet="other") == "points.unknown_wallet"
    other = await story.post("reports/benchmarks", REPEAT | {"label": "Others"}, status=201)
    path = f"reports/benchmarks/{other['id']}"
    assert (await story.call("PUT", path, json=REPEAT, status=409))["type"] == "insight.benchmark_exists"
    await story.call("DELETE", path, status=204)
    assert (await story.call("DELETE", path, status=404))["type"] == "insight.benchmark_unknown"
    assert (await story.call("PUT", path, json=REPEAT, status=404))["type"] == "insight.benchmark_unknown"
    assert [one["id"] for one in (await story.get("reports/benchmarks"))["items"]] == [made["id"]]


async def test_a_file_is_taken_whole_or_not_at_all_and_comes_back(story: Teller) -> None:
    await story.open(DOCUMENT)
    await story.post("reports/benchmarks", REPEAT, status=201)
    head = "metric,wallet,value,label,source,year\n"

    async def sends(text: str, status: int = 200, whole: str = "false") -> Any:
        headers = {"content-type": "text/csv"}
        path = f"reports/benchmarks/import?whole={whole}"
        return await story.call("POST", path, content=text.encode(), headers=headers, status=status)

    wrong = await sends(f"{head}active_rate,,30%,A,B,2025\nactive_rate,,much,C,B,2025\n", status=422)
    assert (wrong["type"], wrong["count"]) == ("insight.benchmarks_faulty", 1)
    assert wrong["errors"][0]["path"] == "/2/value"
    assert len((await story.get("reports/benchmarks"))["items"]) == 1, "nothing half"
    right = f'{head}repeat_customer_rate,,50%,"Cafés, Spain",=1+1,2025\nearned,points,12000,A,B,2025\n'
    assert await sends(right) == {"added": 1, "replaced": 1, "deleted": 0}
    assert await sends(right) == {"added": 0, "replaced": 2, "deleted": 0}
    answered = await story.client.get(f"{story.path}/reports/benchmarks", headers={"accept": "text/csv"})
    assert "'=1+1" in answered.text
    before = (await story.get("reports/benchmarks"))["items"]
    assert await sends(answered.text, whole="true") == {"added": 0, "replaced": 2, "deleted": 0}
    same = ("id", "metric", "wallet", "value", "label", "source", "year")
    assert [[one[name] for name in same] for one in (await story.get("reports/benchmarks"))["items"]] == [
        [one[name] for name in same] for one in before
    ]
    assert await sends(f"{head}members,,5,A,B,2025\n", whole="true") == {"added": 1, "replaced": 0, "deleted": 2}
    assert (await sends("nothing,here\n1,2\n", status=422))["type"] == "insight.benchmarks_unreadable"
    raw = await story.client.post(f"{story.path}/reports/benchmarks/import", json={})
    assert raw.status_code == 415
