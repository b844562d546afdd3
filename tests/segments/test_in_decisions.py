"""Segments in rules: decided from facts, whatever was stored (D2)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from puntal.engine.compile import compile as compile_program
from puntal.engine.decide import decide
from puntal.engine.model import Event, Running, State
from puntal.kit.ids import family
from puntal.members.model import Profile
from puntal.orders.model import Line, Order
from puntal.points.model import Books
from puntal.programs.document.program import Program

ANNA = UUID(int=1)
MONDAY, TUESDAY = datetime(2026, 3, 2, 12, tzinfo=UTC), datetime(2026, 3, 3, 12, tzinfo=UTC)
DOCUMENT: dict[str, Any] = {
    "puntal": 1,
    "name": "Club",
    "timezone": "Europe/Madrid",
    "currency": "EUR",
    "wallets": {"points": {"kind": "points"}},
    "segments": {
        "germans": {"when": {"member.country": "DE"}},
        "friends": {"list": True},
        "german_friends": {"when": {"all": [
            {"member.segments": {"contains": "germans"}}, {"member.segments": {"contains": "friends"}},
        ]}},
    },
}  # fmt: skip


def points_for(audience: str, at: datetime, *, country: str | None, lists: frozenset[str] = frozenset()) -> int:
    """Return the points of an order of 10 EUR where the audience gets double on Mondays."""
    rules = [
        {"id": "base", "on": "purchase", "award": {"wallet": "points", "points": 1, "per": "1.00 EUR"}},
        {
            "id": "double_monday",
            "on": "purchase",
            "during": {"rrule": "FREQ=WEEKLY;BYDAY=MO"},
            "audience": {"any": [audience]},
            "multiply": {"rules": ["base"], "times": 2},
        },
    ]
    program = compile_program(
        Program.model_validate(DOCUMENT | {"earning": rules}), program_id=1, revision=1, ordinals={"points": 0}
    )
    event = Event(
        id="e-1",
        type="order.paid",
        source="shop",
        occurred_at=at,
        order=Order(id="o-1", currency="EUR", lines=(Line(id="1", amount_minor=1_000),)),
    )
    state = State(
        profile=Profile(id=ANNA, status="active", country=country, enrolled_at=at, created_at=at, updated_at=at),
        books=Books.opened(ANNA, 1, at, family("e-1", at)),
        running=Running(),
        today=at.date(),
        lists=lists,
    )
    return decide(program, state, event, at).books.available[0]


@pytest.mark.parametrize(
    ("at", "country", "expected"),
    [
        pytest.param(MONDAY, "DE", 20, id="a German on Monday"),
        pytest.param(TUESDAY, "DE", 10, id="a German on Tuesday"),
        pytest.param(MONDAY, "ES", 10, id="a Spaniard on Monday"),
        pytest.param(MONDAY, None, 10, id="somebody of unknown country"),
    ],
)
def test_germans_get_double_on_mondays_without_being_put_anywhere(
    at: datetime, country: str | None, expected: int
) -> None:
    """D2: the segment's condition is asked of the member who orders, a new German's first order included."""
    assert points_for("germans", at, country=country) == expected


def test_a_segment_made_of_segments_is_asked_of_the_facts_too() -> None:
    friends = frozenset({"friends"})

    assert points_for("german_friends", MONDAY, country="DE", lists=friends) == 20
    assert points_for("german_friends", MONDAY, country="ES", lists=friends) == 10
    assert points_for("german_friends", MONDAY, country="DE") == 10
