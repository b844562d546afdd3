"""Recurring days, whatever the year they are asked of."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from puntal.earning.schedule import Schedule
from puntal.programs.document.earning import During

MADRID = ZoneInfo("Europe/Madrid")


@pytest.mark.parametrize("year", [1990, 2017, 2024, 2026])
def test_a_recurrence_without_a_first_day_holds_in_every_year(year: int) -> None:
    weekdays = Schedule(MADRID, None, None, During(rrule="FREQ=WEEKLY;BYDAY=WE"))

    held = [day for day in range(2, 9) if weekdays.holds(datetime(year, 1, day, 12, tzinfo=UTC))]

    assert [datetime(year, 1, day, tzinfo=UTC).strftime("%a") for day in held] == ["Wed"]


def test_every_other_week_keeps_its_rhythm() -> None:
    fortnightly = Schedule(MADRID, None, None, During(rrule="FREQ=WEEKLY;INTERVAL=2;BYDAY=MO"))

    held = [day for day in (1, 8, 15, 22, 29) if fortnightly.holds(datetime(2024, 1, day, 12, tzinfo=UTC))]

    assert held == [1, 15, 29]
