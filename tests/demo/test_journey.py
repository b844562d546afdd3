"""The whole year of data, once, and the traps in it one by one."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import islice
from typing import TYPE_CHECKING

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from puntal.entrypoints.demo import journey, tables

if TYPE_CHECKING:
    from pathlib import Path

FREE_FOR_THE_CARD = ("31198840153", "7138817")


@dataclass
class Year:
    """What one pass over every event leaves behind."""

    report: journey.Report = field(default_factory=journey.Report)
    ids: set[str] = field(default_factory=set)
    cards: set[str] = field(default_factory=set)
    unsorted: int = 0
    lines_out_of_bounds: int = 0
    line_ids_wrong: int = 0
    largest_quantity: Counter[str] = field(default_factory=Counter)
    by_category: Counter[str] = field(default_factory=Counter)
    orders: dict[str, journey.OrderPaid] = field(default_factory=dict)
    in_march_night: list[str] = field(default_factory=list)
    first: str = ""
    last: str = ""


def _remember(year: Year, event: journey.OrderPaid) -> None:
    lines = event.order.lines
    year.unsorted += event.occurred_at < year.last
    year.first = year.first or event.occurred_at
    year.last = event.occurred_at
    year.ids.add(event.id)
    year.cards.add(event.member["card"])
    year.line_ids_wrong += [line.id for line in lines] != [str(n + 1) for n in range(len(lines))]
    for line in lines:
        year.lines_out_of_bounds += not 0 <= line.discount_minor <= line.amount_minor
        year.largest_quantity[line.category] = max(year.largest_quantity[line.category], line.quantity)
        year.by_category[line.category] += line.amount_minor - line.discount_minor
    if year.report.baskets < 2_000 or event.order.id == "40684825377":
        year.orders[event.order.id] = event
    if event.occurred_at.startswith("2017-03-12T07"):
        year.in_march_night.append(event.occurred_at)


@pytest.fixture(scope="module")
def year() -> Year:
    seen = Year()
    for event in journey.orders(seen.report):
        _remember(seen, event)
    return seen


def _sum_of(column: str) -> int:
    """Add a column in cents by way of decimals, independently of the adapter."""
    values = pq.read_table(tables.file("transactions"), columns=[column])[column]
    total = Decimal(0)
    for entry in pc.value_counts(values).to_pylist():
        cents = (Decimal(repr(entry["values"])) * 100).quantize(Decimal(1), ROUND_HALF_UP)
        total += cents * entry["counts"]
    return int(total)


def test_accounts_for_every_row_basket_and_household(year: Year) -> None:
    report = year.report

    assert (report.rows, report.baskets, report.households) == (1_469_307, 155_848, 2_469)
    assert report.rows == report.lines + report.rows_dropped
    assert len(year.ids) == 155_848
    assert len(year.cards) == 2_469


def test_every_basket_is_an_event_even_one_of_nothing(year: Year) -> None:
    assert (year.report.baskets_empty, year.report.baskets_free) == (328, 527)
    assert year.report.rows_dropped == 8_840 - 328


def test_adds_up_to_the_cent_with_the_three_discount_columns(year: Year) -> None:
    sales, retail, coupons, matched = map(_sum_of, ("sales_value", "retail_disc", "coupon_disc", "coupon_match_disc"))
    report = year.report

    on_dropped_rows = 183
    assert report.amount_minor == sales + retail + matched - on_dropped_rows
    assert report.net_minor == sales - coupons + report.coupon_lapsed_minor
    assert report.amount_minor - report.discount_minor == report.net_minor
    assert (sales, retail, coupons, matched) == (459_603_958, 79_165_064, 2_635_990, 454_265)
    assert (report.net_minor, report.coupon_lapsed_minor) == (456_970_626, 2_658)
    assert sum(year.by_category.values()) == report.net_minor


def test_every_value_of_the_data_becomes_the_cents_its_decimals_say() -> None:
    rows = pq.read_table(tables.file("transactions"), columns=["sales_value", "retail_disc", "coupon_disc"])

    for column in rows.columns:
        values = pc.unique(column)
        expected = [
            int((Decimal(repr(value)) * 100).quantize(Decimal(1), ROUND_HALF_UP)) for value in values.to_pylist()
        ]
        assert tables.cents(values).to_pylist() == expected


def test_a_line_never_costs_less_than_nothing_nor_more_than_its_price(year: Year) -> None:
    assert year.lines_out_of_bounds == 0
    assert year.line_ids_wrong == 0


def test_events_come_in_the_order_of_time(year: Year) -> None:
    assert year.unsorted == 0
    assert (year.first, year.last) == ("2017-01-01T16:53:26Z", "2018-01-01T09:01:20Z")


def test_fuel_is_one_purchase_not_thousands_of_pieces(year: Year) -> None:
    assert year.largest_quantity["fuel"] == 1
    assert year.report.quantities_measured == 13_520
    assert max(year.largest_quantity.values()) == 144, "corn on the cob, three cases of it"


def test_a_value_without_a_quantity_is_one_piece(year: Year) -> None:
    assert year.report.quantities_missing == 29


def test_what_the_card_made_free_is_a_line_with_its_whole_price_off(year: Year) -> None:
    basket, product = FREE_FOR_THE_CARD
    line = next(line for line in year.orders[basket].order.lines if line.product == product)

    assert (line.quantity, line.amount_minor, line.discount_minor) == (1, 399, 399)


def test_a_matched_coupon_comes_off_the_shelf_price_and_not_twice_off_what_was_paid(year: Year) -> None:
    line = next(line for line in year.orders["40684825377"].order.lines if line.product == "1849707")

    assert line.amount_minor == 120 + 174 + 80
    assert line.amount_minor - line.discount_minor == 120 - 40


def test_a_coupon_on_a_row_of_its_own_is_taken_off_the_rest_of_the_basket(year: Year) -> None:
    """Basket 31198795316 of household 1519 holds a coupon of 2.00 on a row where nothing was sold."""
    order = year.orders["31198795316"].order
    source = pq.read_table(tables.file("transactions"), filters=[("basket_id", "=", int(order.id))])
    paid = pc.sum(source["sales_value"]).as_py() - pc.sum(source["coupon_disc"]).as_py()

    assert "5978656" not in {line.product for line in order.lines}
    assert sum(line.amount_minor - line.discount_minor for line in order.lines) == round(paid * 100)


def test_the_hour_that_the_clock_skipped_moves_forward(year: Year) -> None:
    """In New York 2017-03-12 02:mm did not exist; it is 03:mm summer time, 07:mm UTC."""
    assert year.report.baskets_in_missing_hour == 20
    assert len(year.in_march_night) == 20 + 12
    assert year.in_march_night == sorted(year.in_march_night)


def test_an_hour_that_the_clock_showed_twice_is_the_first_of_them() -> None:
    wall = pc.cast(
        pc.strptime(
            ["2017-03-12 01:59:59", "2017-03-12 02:30:00", "2017-03-12 03:00:00", "2017-11-05 01:30:00"],
            format="%Y-%m-%d %H:%M:%S",
            unit="s",
        ),
        "int64",
    )
    shown = pc.strftime(pc.cast(tables.instants(wall, tables.ZONE), "timestamp[s]"), format="%d %H:%M:%S")

    assert shown.to_pylist() == ["12 06:59:59", "12 07:30:00", "12 07:00:00", "05 05:30:00"]
    assert tables.skipped(wall, tables.ZONE).to_pylist() == [False, True, False, False]


def test_the_same_events_come_in_the_same_order_again(year: Year) -> None:
    again = list(islice(journey.orders(), 500))

    assert again == list(islice(year.orders.values(), 500))


@pytest.mark.parametrize(
    ("department", "section", "kind", "category"),
    [
        ("DRUG GM", "CANDY - CHECKLANE", "MINTS", "drug_gm"),
        ("CNTRL/STORE SUP", None, None, "cntrl_store_sup"),
        ("ELECT &PLUMBING", "COUPON", "DONATIONS", "elect_plumbing"),
        ("MISCELLANEOUS", "COUPON/MISC ITEMS", "GASOLINE-REG UNLEADED", "fuel"),
        ("MISCELLANEOUS", "COUPON/MISC ITEMS", "AMERICAN EXPRESS GIFT CARD", "giftcard"),
        ("DRUG GM", "GREETING CARDS/WRAP/PARTY SPLY", "GIFT-WRAP EVERYDAY", "drug_gm"),
        ("DRUG GM", "CIGARETTES", "CIGARETTES", "tobacco"),
    ],
)
def test_categories_are_departments_except_what_programs_exclude(
    department: str, section: str | None, kind: str | None, category: str
) -> None:
    assert tables.category(department, section, kind) == category


def test_every_household_can_be_enrolled_and_801_are_known_better() -> None:
    members = list(journey.members())

    assert len({member.card for member in members}) == 2_469
    assert sum(bool(member.attributes) for member in members) == 801
    assert members[0] == journey.Household(
        card="CJ000001",
        attributes={
            "age_band": "65+",
            "income_band": "35-49K",
            "home_ownership": "Homeowner",
            "marital_status": "Married",
            "household_size": "2",
            "household_composition": "2 Adults No Kids",
            "kids": "0",
        },
    )


def test_coupon_redemptions_are_there_for_later() -> None:
    used = list(journey.coupon_redemptions())

    assert len(used) == 2_102
    assert used[0] == journey.CouponRedemption(
        card="CJ001029", coupon="51380041013", campaign="26", on=date(2017, 1, 1)
    )


def test_an_event_reads_as_the_api_takes_it() -> None:
    event = json.loads(next(journey.events()))

    assert event == {
        "id": "cj:31198570044",
        "type": "order.paid",
        "occurred_at": "2017-01-01T16:53:26Z",
        "source": "store",
        "channel": "store",
        "store": "330",
        "member": {"card": "CJ000900"},
        "order": {
            "id": "31198570044",
            "currency": "USD",
            "lines": [
                {
                    "id": "1",
                    "product": "1095275",
                    "category": "pastry",
                    "quantity": 1,
                    "amount_minor": 50,
                    "discount_minor": 0,
                    "brand": "national",
                }
            ],
        },
    }


def test_streams_the_year_to_a_file_in_little_memory(tmp_path: Path) -> None:
    program = """
import pathlib, sys
from puntal.entrypoints.demo import journey
report = journey.write_jsonl(pathlib.Path(sys.argv[1]))
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(report.baskets, peak.split()[1])
"""
    target = tmp_path / "journey.jsonl"
    run = subprocess.run(  # a fresh process, so that the peak is its own
        [sys.executable, "-c", program, str(target)], capture_output=True, text=True, check=True
    )
    baskets, peak_kib = run.stdout.split()

    with target.open("rb") as lines:
        assert sum(1 for _ in lines) == int(baskets) == 155_848
    assert int(peak_kib) < 400 * 1024
