"""Periods, what is compared with them, and what is said of each figure."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from puntal.insight import policy_kpis as policy
from puntal.insight.errors import BadPeriod
from puntal.insight.model_kpis import Ending, Flow, Influence, Kpis, People, Purchases, Share, Span
from puntal.insight.phrases import FORMULAS
from puntal.kit.calendar import share_of_day
from puntal.points.model import LiabilityLine

MADRID = ZoneInfo("Europe/Madrid")
days = st.dates(date(2000, 1, 1), date(2100, 12, 31))


def a_span(since: date, through: date) -> Span:
    return policy.span(MADRID, since, through)


@pytest.mark.parametrize(
    ("since", "through", "before"),
    [
        pytest.param(date(2026, 3, 1), date(2026, 3, 31), (date(2026, 2, 1), date(2026, 2, 28)), id="a month"),
        pytest.param(date(2026, 1, 1), date(2026, 3, 31), (date(2025, 10, 1), date(2025, 12, 31)), id="a quarter"),
        pytest.param(date(2026, 1, 1), date(2026, 12, 31), (date(2025, 1, 1), date(2025, 12, 31)), id="a year"),
        pytest.param(date(2026, 3, 2), date(2026, 3, 8), (date(2026, 2, 23), date(2026, 3, 1)), id="a week"),
        pytest.param(date(2026, 3, 1), date(2026, 3, 30), (date(2026, 1, 30), date(2026, 2, 28)), id="almost a month"),
    ],
)
def test_whole_months_are_compared_with_whole_months_and_days_with_days(
    since: date, through: date, before: tuple[date, date]
) -> None:
    found = policy.before(MADRID, a_span(since, through))

    assert (found.since, found.through) == before


@given(since=days, length=st.integers(0, 800))
def test_the_period_before_ends_where_the_period_begins(since: date, length: int) -> None:
    period = a_span(since, since + timedelta(days=length))

    before = policy.before(MADRID, period)

    assert before.ends == period.begins
    assert before.begins < before.ends


def test_a_day_begins_at_midnight_of_the_programs_zone() -> None:
    period = a_span(date(2026, 3, 29), date(2026, 3, 29))

    # The clock turns: a day of 23 hours.
    assert period.begins == datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert period.ends == datetime(2026, 3, 29, 22, tzinfo=UTC)


def test_a_period_that_nobody_named_is_the_last_thirty_days() -> None:
    found = policy.asked(MADRID, None, None, today=date(2026, 3, 30))

    assert (found.since, found.through) == (date(2026, 3, 1), date(2026, 3, 30))
    with pytest.raises(BadPeriod):
        policy.asked(MADRID, date(2026, 4, 1), None, today=date(2026, 3, 30))
    with pytest.raises(BadPeriod):
        policy.asked(MADRID, None, date.min, today=date(2026, 3, 30))


def test_every_figure_has_its_formula_in_both_languages() -> None:
    found = policy.figures(
        Kpis(
            span=a_span(date(2026, 3, 1), date(2026, 3, 31)),
            people=People(0, 0, 0, 0),
            purchases=Purchases(0, 0, 0, 0, 0, 0, 0, 0, 0),
            influence=Influence(0, 0),
            flows=[Flow("points", "points", 0, 0, 0, 0, 0, 0, 0, 0), Flow("purse", "money", 0, 0, 0, 0, 0, 0, 0, 0)],
            ending=[Ending("points", "points", 0, 0), Ending("purse", "money", 0, 0)],
            liability=[LiabilityLine("points", 0, 0, 0, 0, 0, "EUR")],
        )
    )

    assert {one.id for one in found} == set(FORMULAS)
    assert all(words.keys() == {"en", "es"} and all(words.values()) for words in FORMULAS.values())
    assert len({(one.id, one.wallet) for one in found}) == len(found)
    # Of nothing there is no rate.
    assert all(one.value is None for one in found if one.share is not None)
    assert {one.unit for one in found if one.wallet == "purse" and one.share is None} == {"money"}


def test_averages_are_rounded_half_up_and_rates_stay_exact() -> None:
    assert policy.half_up(Share(7, 2).value) == 4
    assert policy.half_up(Share(-7, 2).value) == -3
    assert policy.half_up(Share(7, 0).value) is None
    assert Share(1, 3).value == Fraction(1, 3)


@pytest.mark.parametrize(
    ("at", "passed"),
    [
        pytest.param(datetime(2026, 3, 10, 11, tzinfo=UTC), Fraction(1, 2), id="noon"),
        pytest.param(datetime(2026, 3, 9, 23, tzinfo=UTC), Fraction(0), id="midnight"),
        pytest.param(datetime(2026, 3, 29, 10, tzinfo=UTC), Fraction(11, 23), id="noon of a day of 23 hours"),
        pytest.param(datetime(2026, 10, 25, 11, tzinfo=UTC), Fraction(13, 25), id="noon of a day of 25 hours"),
    ],
)
def test_of_a_day_has_passed_what_its_clock_says(at: datetime, passed: Fraction) -> None:
    assert share_of_day(MADRID, at) == passed
