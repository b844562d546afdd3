"""Which parts of a draft run on other days than a simulation looks at, and their dates moved by whole weeks. Pure."""

from __future__ import annotations

import copy
from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from shops import PROGRAM

from puntal.insight.simulation import dated
from puntal.programs import operations as programs
from puntal.programs import source
from puntal.programs.document.program import Program

SINCE, THROUGH = date(2025, 3, 1), date(2025, 3, 30)


def read(document: dict[str, Any]) -> Program:
    program, faults = programs.check_words(document)
    assert program is not None, faults
    return program


def weekend(first: date | None, last: date | None) -> dict[str, Any]:
    """A draft with a campaign of these days, and a rule in it that has the same."""
    span = {name: day.isoformat() for name, day in (("from", first), ("through", last)) if day is not None}
    rule = {"id": "double", "on": "purchase", "award": {"wallet": "points", "points": 5}, **span}
    return copy.deepcopy(PROGRAM) | {"campaigns": [{"id": "weekend", "earning": [rule], **span}]}


def test_a_weekend_to_come_is_told_once_and_moved_back_by_weeks() -> None:
    draft = read(weekend(date(2025, 4, 12), date(2025, 4, 13)))
    (found,) = dated.outside(read(PROGRAM), draft, since=SINCE, through=THROUGH)
    assert (found.section, found.id, found.weeks) == ("campaigns", "weekend", 0)

    document, (told,) = dated.moved(source.plain(draft), [found], since=SINCE, through=THROUGH)
    campaign = document["campaigns"][0]
    assert (campaign["from"], campaign["through"], told.weeks) == ("2025-03-29", "2025-03-30", -2)
    assert campaign["earning"][0]["from"] == "2025-03-29"
    assert told.from_day == date(2025, 4, 12)
    assert source.plain(draft)["campaigns"][0]["from"] == "2025-04-12"


def test_what_was_published_before_or_touches_the_period_is_not_told() -> None:
    later = read(weekend(date(2025, 4, 12), date(2025, 4, 13)))
    assert dated.outside(later, later, since=SINCE, through=THROUGH) == []
    now = read(weekend(date(2025, 3, 30), date(2025, 4, 13)))
    assert dated.outside(read(PROGRAM), now, since=SINCE, through=THROUGH) == []


def test_a_time_of_day_stays_as_it_is() -> None:
    document = weekend(date(2025, 4, 12), None)
    document["campaigns"][0]["from"] = "2025-04-12T17:00"
    draft = read(document)
    moved, _ = dated.moved(
        source.plain(draft),
        dated.outside(read(PROGRAM), draft, since=SINCE, through=THROUGH),
        since=SINCE,
        through=THROUGH,
    )
    assert moved["campaigns"][0]["from"] == "2025-03-01T17:00:00"
    assert read(moved).campaigns[0].from_ is not None


@settings(deadline=None, max_examples=40)
@given(
    away=st.integers(1, 400),
    long=st.none() | st.integers(0, 90),
    before=st.booleans(),
    days=st.sampled_from([7, 30, 90]),
)
def test_weekdays_stay_and_something_is_in_the_period(away: int, long: int | None, days: int, *, before: bool) -> None:
    since = THROUGH - timedelta(days=days - 1)
    if before:
        last = since - timedelta(days=away)
        first = None if long is None else last - timedelta(days=long)
        span: tuple[date | None, date | None] = (first, last)
    else:
        start = THROUGH + timedelta(days=away)
        span = (start, None if long is None else start + timedelta(days=long))
    draft = read(weekend(*span))
    (found,) = dated.outside(read(PROGRAM), draft, since=since, through=THROUGH)
    document, (told,) = dated.moved(source.plain(draft), [found], since=since, through=THROUGH)

    assert told.weeks != 0
    assert dated.outside(read(PROGRAM), read(document), since=since, through=THROUGH) == []
    known, moved = draft.campaigns[0].from_ or draft.campaigns[0].through, read(document).campaigns[0]
    there = moved.from_ or moved.through
    assert known is not None
    assert there is not None
    assert (there - known) == timedelta(weeks=told.weeks)
