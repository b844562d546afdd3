"""How far budgets are used and when they run out. F7."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from puntal.insight.policy import runs_out_on

MARCH = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("used", "most", "today", "ends", "on"),
    [
        pytest.param(100, 300, date(2026, 3, 10), date(2026, 4, 1), date(2026, 3, 30), id="ten a day: twenty days"),
        pytest.param(100, 300, date(2026, 3, 10), date(2026, 3, 30), None, id="the period ends that day"),
        pytest.param(100, 10_000, date(2026, 3, 10), date(2026, 4, 1), None, id="it lasts"),
        pytest.param(0, 300, date(2026, 3, 10), None, None, id="nothing was used"),
        pytest.param(300, 300, date(2026, 3, 10), date(2026, 4, 1), date(2026, 3, 10), id="it is used up"),
        pytest.param(301, 300, date(2026, 3, 10), None, date(2026, 3, 10), id="the total was lowered below it"),
        pytest.param(299, 300, MARCH, None, date(2026, 3, 2), id="a part of a day is a day"),
        pytest.param(1, 10**15, date(2026, 3, 10), None, None, id="beyond the calendar"),
    ],
)
def test_a_budget_runs_out_at_the_pace_so_far(
    used: int, most: int, today: date, ends: date | None, on: date | None
) -> None:
    assert runs_out_on(used, most, since=MARCH, today=today, ends=ends) == on


@given(used=st.integers(1, 10**6), more=st.integers(1, 10**6), days=st.integers(1, 400))
def test_at_that_pace_it_is_used_up_on_the_day_named_and_not_the_day_before(used: int, more: int, days: int) -> None:
    # Beyond the calendar there is no day to name.
    assume(more * days < used * 10**6)
    today = MARCH + timedelta(days=days - 1)

    on = runs_out_on(used, used + more, since=MARCH, today=today, ends=None)

    assert on is not None
    ahead = (on - today).days
    assert used * ahead >= more * days > used * (ahead - 1)
