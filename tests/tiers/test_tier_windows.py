"""How long tiers last: every window, leap days, clock changes, nights that were missed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from climbing import Anna
from hypothesis import given, settings
from hypothesis import strategies as st
from ladders import a_ladder

from puntal.kit.calendar import midnight
from puntal.tiers import policy
from puntal.tiers.model import Change, Floor, Notice, Standing


def test_a_leap_day_counts_through_the_28th_of_the_next_february() -> None:
    """X30."""
    anna = Anna(a_ladder(window={"rolling": "12 months"}, keep="end_of_period"), date(2024, 1, 1))
    anna.earns(300, date(2024, 2, 29))

    assert anna.measure(date(2025, 2, 28)) == 300
    assert anna.measure(date(2025, 3, 1)) == 0
    assert anna.tier(date(2025, 2, 28)) == "silver"
    assert anna.tier(date(2025, 3, 1)) == "base"


def test_a_year_cannot_be_kept_for_months() -> None:
    """X31."""
    with pytest.raises(ValueError, match="begins again each year"):
        a_ladder(window="calendar_year", keep={"months": 12})


MEASURES: list[tuple[dict[str, Any], list[Any]]] = [
    ({"earned": "points"}, [300, 1000]),
    ({"earned": "status"}, [300, 1000]),
    ({"spend": "order.net"}, ["3.00 EUR", "10.00 EUR"]),
    ({"orders": True}, [300, 1000]),
]


@pytest.mark.parametrize(("measure", "lines"), MEASURES, ids=str)
@pytest.mark.parametrize(
    ("window", "keep", "falls"),
    [
        ("lifetime", "forever", None),
        ({"rolling": "12 months"}, {"months": 3}, date(2026, 1, 14)),
        ({"rolling": "12 months"}, "end_of_period", date(2025, 10, 14)),
        ({"rolling": "12 months"}, "end_of_next_period", date(2026, 10, 14)),
        ("calendar_year", "end_of_period", date(2025, 1, 1)),
        ("calendar_year", "end_of_next_period", date(2026, 1, 1)),
        ("calendar_year", "forever", None),
        ("membership_year", "end_of_period", date(2025, 2, 28)),
        ("membership_year", "end_of_next_period", date(2026, 2, 28)),
        ("lifetime", "end_of_next_period", None),
    ],
    ids=str,
)
def test_every_window_keeps_every_measure_as_long_as_it_says(
    measure: dict[str, Any], lines: list[Any], window: Any, keep: Any, falls: date | None
) -> None:
    """B4: measures x windows across the year's end; enrolled on a leap day."""
    tiers = [{"id": "base"}, {"id": "silver", "from": lines[0]}, {"id": "gold", "from": lines[1]}]
    anna = Anna(a_ladder(measure=measure, window=window, keep=keep, tiers=tiers), date(2024, 2, 29))
    anna.earns(200, date(2024, 9, 1))
    assert anna.tier(date(2024, 10, 13)) == "base"
    anna.earns(100, date(2024, 10, 14))
    if window == {"rolling": "12 months"}:
        # Only the second order is left after a year.
        anna.earns(200, date(2024, 10, 14))

    assert anna.standing.tier == "silver"
    if falls is None:
        assert anna.tier(date(2034, 1, 1)) == "silver"
    else:
        assert anna.tier(falls - timedelta(days=1)) == "silver"
        assert anna.tier(falls) == "base"


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        pytest.param("Europe/Madrid", date(2026, 3, 29), 23, id="the clock goes forward"),
        pytest.param("Europe/Madrid", date(2026, 10, 25), 25, id="the clock goes back"),
        pytest.param("America/Santiago", date(2026, 9, 6), 23, id="midnight does not exist"),
    ],
)
def test_a_floor_ends_at_the_first_instant_of_its_day_also_when_the_clock_changes(
    zone: str, day: date, hours: int
) -> None:
    """B4: DST edges."""
    climb = a_ladder(zone=ZoneInfo(zone))
    anna = Anna(climb)
    floor = Floor("gold", day + timedelta(days=1), "goodwill")
    anna.standing, _ = policy.set_floor(climb, anna.standing, floor, at=datetime(2026, 1, 2, tzinfo=UTC))

    end = midnight(ZoneInfo(zone), day) + timedelta(hours=hours)

    assert policy.held(climb, anna.standing, end - timedelta(seconds=1)) == "gold"
    assert policy.held(climb, anna.standing, end) == "base"


WORDS = st.sampled_from(
    [
        {"window": "calendar_year", "downgrade": {"grace": "30 days", "notice": "45 days"}},
        {"window": "membership_year", "keep": "end_of_period", "downgrade": {"to": "measure", "notice": "10 days"}},
        {"window": {"rolling": "6 months"}, "keep": {"months": 4}, "downgrade": {"grace": "1 month"}},
        {"window": {"rolling": "90 days"}, "keep": "end_of_period", "downgrade": {"notice": "20 days"}},
        {"window": {"rolling": "3 months"}, "keep": "end_of_next_period", "refund_below_line": "at_once"},
        {"window": "lifetime", "keep": "forever"},
    ]
)

STEPS = st.lists(
    st.tuples(st.sampled_from(["earn", "refund"]), st.integers(0, 200), st.sampled_from([50, 290, 300, 700])),
    max_size=8,
)


@settings(max_examples=150, deadline=None)
@given(words=WORDS, steps=STEPS, ahead=st.integers(0, 900))
def test_a_night_repeated_or_missed_makes_no_difference(
    words: dict[str, Any], steps: list[tuple[str, int, int]], ahead: int
) -> None:
    """B4: idempotent; day by day, at once, and by the days that are due come to the same."""
    anna = Anna(a_ladder(**words))
    day, orders = date(2025, 1, 1), []
    for what, days, amount in steps:
        day += timedelta(days=days)
        if what == "earn":
            anna.earns(amount, day)
            orders.append((amount, day))
        elif orders:
            taken, of = orders.pop()
            anna.refunds(taken, of=of, on=day)
    end = day + timedelta(days=ahead)
    climb, begin = anna.climb, anna.standing

    def run(standing: Standing, *days: date) -> tuple[Standing, list[Change], list[Notice]]:
        moves: list[Change] = []
        said: list[Notice] = []
        for night in days:
            standing, changes, notices = policy.nightly(climb, standing, day=night, enrolled=anna.enrolled)
            moves += changes
            said += notices
        return standing, moves, said

    at_once = run(begin, end)
    daily = run(begin, *(day + timedelta(days=n) for n in range(ahead + 1)))
    due: list[date] = []
    standing = begin
    while (on := policy.next_due(climb, standing, enrolled=anna.enrolled, today=day)) is not None and on <= end:
        due.append(on)
        standing, _, _ = run(standing, on)

    assert at_once == daily == run(begin, *due)
    assert run(at_once[0], end) == (at_once[0], [], [])
    assert msgspec.json.decode(msgspec.json.encode(at_once[0]), type=Standing) == at_once[0]


@pytest.mark.parametrize(
    ("window", "counts_from", "counts_until"),
    [
        ("calendar_year", date(2026, 1, 1), date(2027, 1, 1)),
        ("membership_year", date(2025, 6, 15), date(2026, 6, 15)),
        ({"rolling": "12 months"}, date(2025, 3, 3), None),
        ("lifetime", None, None),
    ],
)
def test_it_is_said_since_when_something_counts_and_when_the_count_begins_anew(
    window: Any, counts_from: date | None, counts_until: date | None
) -> None:
    ladder = a_ladder(window=window, keep="forever" if window == "lifetime" else "end_of_period")
    enrolled = date(2024, 6, 15)

    found = policy.progress(ladder, policy.start(ladder, enrolled), today=date(2026, 3, 2), enrolled=enrolled)

    assert (found.counts_from, found.counts_until) == (counts_from, counts_until)
