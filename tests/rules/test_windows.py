from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from puntal.rules.catalogue import Catalogue, metrics_read
from puntal.rules.derived import age, average_order
from puntal.rules.model import MetricRead, Window
from puntal.rules.windows import parse_window, window_bounds

MARCH = date(2026, 3, 31)


@pytest.mark.parametrize(
    ("name", "first", "until"),
    [
        ("last_1_days", date(2026, 3, 31), date(2026, 4, 1)),
        ("last_30_days", date(2026, 3, 2), date(2026, 4, 1)),
        ("this_month", date(2026, 3, 1), date(2026, 4, 1)),
        ("last_month", date(2026, 2, 1), date(2026, 3, 1)),
        ("this_quarter", date(2026, 1, 1), date(2026, 4, 1)),
        ("last_quarter", date(2025, 10, 1), date(2026, 1, 1)),
        ("this_calendar_year", date(2026, 1, 1), date(2027, 1, 1)),
        ("last_year", date(2025, 1, 1), date(2026, 1, 1)),
    ],
)
def test_a_window_is_whole_days(name: str, first: date, until: date) -> None:
    window = parse_window(name)

    assert window is not None
    assert window_bounds(window, MARCH) == (first, until)


@pytest.mark.parametrize("name", ["last_0_days", "last_1096_days", "last_030_days", "next_month", "", "last_days"])
def test_other_windows_do_not_exist(name: str) -> None:
    assert parse_window(name) is None


def test_a_metric_names_the_rows_it_sums() -> None:
    catalogue = Catalogue.build(currency="EUR", events={"review.created": {}})
    logic: Any = {
        "and": [
            {">": [{"var": "member.spend.category.Café. 1.5 l.last_90_days"}, 1]},
            {">": [{"var": "member.events.review.created.this_year"}, 1]},
            {">": [{"var": "member.spend"}, 1]},
        ]
    }

    assert metrics_read(logic, catalogue) == [
        MetricRead(
            "member.events.review.created.this_year",
            "events.review.created",
            "",
            "count",
            Window("this_calendar_year"),
        ),
        MetricRead(
            "member.spend.category.Café. 1.5 l.last_90_days",
            "spend",
            "category:Café. 1.5 l",
            "amount",
            Window("last_90_days", 90),
        ),
    ]


@pytest.mark.parametrize(
    ("birthday", "today", "years"),
    [
        (date(2000, 2, 29), date(2026, 2, 27), 25),
        (date(2000, 2, 29), date(2026, 2, 28), 26),
        (date(2000, 2, 29), date(2028, 2, 28), 27),
        (date(2000, 2, 29), date(2028, 2, 29), 28),
        (date(2000, 3, 1), date(2026, 2, 28), 25),
    ],
)
def test_leap_day_birthdays_are_kept_on_28_february(birthday: date, today: date, years: int) -> None:
    assert age(birthday, today) == years


def test_an_average_needs_an_order_and_is_cut_toward_zero() -> None:
    assert (average_order(1000, 0), average_order(1000, 3), average_order(-1000, 3)) == (None, 333, -333)
