"""Worked examples X1 to X11, X24 to X26, X33, X42, X44, X45: earning, multipliers, refunds, limits."""

from __future__ import annotations

from typing import Any

import pytest
from playing import BASE_RULE, Player, a_program, given, lines

from puntal.tiers.model import Floor
from puntal.tiers.policy import set_floor, start

LADDER = {
    "id": "club",
    "measure": {"earned": "points"},
    "window": "lifetime",
    "keep": "forever",
    "tiers": [
        {"id": "base"},
        {"id": "silver", "from": 300},
        {"id": "gold", "from": 1000},
        {"id": "platinum", "from": 5000},
    ],
}


def holding(player: Player, tier: str) -> None:
    climb = player.program.climbs[0]
    joined = player.profile.enrolled_at
    assert joined is not None
    standing, _ = set_floor(climb, start(climb, joined.date()), Floor(tier), at=joined)
    player.running.tiers[climb.id] = standing


def test_x1_discount_tier_and_monday() -> None:
    """X1, B1, B3, B12."""
    program = a_program(
        ladders=[LADDER],
        earning=[
            BASE_RULE | {"by_tier": {"silver": {"points": "1.5"}}, "except_lines": {"line.category": "tobacco"}},
            {"id": "monday", "on": "purchase", "during": {"rrule": "FREQ=WEEKLY;BYDAY=MO"}, "multiply": {"times": 2}},
        ],
    )
    anna = Player(program)
    holding(anna, "silver")

    decision = anna.buy(
        *lines(1099, 549, 700, category=["food", "food", "tobacco"]), day="2026-03-02", discount_minor=200
    )

    assert [line.net for line in anna.orders["O1"].lines] == [1006, 502, 640]
    assert given(decision) == {"purchases": 22, "monday": 22}
    assert anna.balance() == 44


@pytest.mark.parametrize(("full_only", "points"), [(False, 19), (True, 10)])
def test_x2_proportional_or_complete_amounts(full_only: bool, points: int) -> None:  # noqa: FBT001
    """X2."""
    rule = BASE_RULE | {"award": {"wallet": "points", "points": 10, "per": "10.00 EUR", "full_only": full_only}}
    anna = Player(a_program(earning=[rule]))

    anna.buy(*lines(1999))

    assert anna.balance() == points


def test_x3_a_multiplier_pays_line_points_of_its_lines() -> None:
    """X3."""
    double = {"id": "double", "on": "purchase", "multiply": {"times": 2, "only_lines": {"line.category": "tea"}}}
    anna = Player(a_program(earning=[BASE_RULE, double]))

    decision = anna.buy(*lines(1099, 549, category=["food", "tea"]))

    assert anna.orders["O1"].awards[0].lines == [11, 5]
    assert given(decision) == {"purchases": 16, "double": 5}


@pytest.mark.parametrize(("how", "total"), [("add", 76), ("multiply", 114), ("best", 57)])
def test_x4_several_multipliers(how: str, total: int) -> None:
    """X4, B11."""
    twice = {"id": "twice", "on": "purchase", "multiply": {"times": 2}}
    thrice = {"id": "thrice", "on": "purchase", "multiply": {"times": 3}}
    anna = Player(a_program(earning=[BASE_RULE, twice, thrice], policies={"multipliers": how}))

    anna.buy(*lines(1999))

    assert anna.balance() == total


def test_x5_best_is_what_would_be_paid() -> None:
    """X5."""
    twice = {"id": "twice", "on": "purchase", "multiply": {"times": 2}}
    thrice = {"id": "thrice", "on": "purchase", "multiply": {"times": 3}, "budget": {"points": 5}}
    anna = Player(a_program(earning=[BASE_RULE, twice, thrice]))

    assert given(anna.buy(*lines(1999))) == {"purchases": 19, "twice": 19}


@pytest.mark.parametrize(("tier", "points"), [("base", 20), ("silver", 15), ("gold", 40), ("platinum", 40)])
def test_x6_tier_rates(tier: str, points: int) -> None:
    """X6, B4."""
    rule = BASE_RULE | {
        "award": {"wallet": "points", "points": 2, "per": "1.00 EUR"},
        "by_tier": {"silver": {"points": "1.5"}, "gold": {"times": 2}},
    }
    anna = Player(a_program(ladders=[LADDER], earning=[rule]))
    holding(anna, tier)

    assert given(anna.buy(*lines(1000))) == {"purchases": points}


@pytest.mark.parametrize(("each", "points"), [("award", 2), ("line", 0)])
def test_x7_rounded_once(each: str, points: int) -> None:
    """X7, B1."""
    rule: dict[str, Any] = BASE_RULE | {"award": {**BASE_RULE["award"], "round_each": each}}  # type: ignore[dict-item]
    anna = Player(a_program(earning=[rule]))

    anna.buy(*lines(99, 99, 99))

    assert anna.balance() == points


def test_x8_the_fraction_is_carried() -> None:
    """X8."""
    rule: dict[str, Any] = BASE_RULE | {"award": {**BASE_RULE["award"], "carry_fraction": True}}  # type: ignore[dict-item]
    anna = Player(a_program(earning=[rule]))

    points = [sum(given(anna.buy(*lines(199), id=f"O{n}")).values()) for n in (1, 2, 3)]
    anna.refund("O2")

    assert points == [1, 2, 2]
    assert anna.running.carry == {"purchases": (97, 100)}
    assert anna.balance() == 3


def test_x9_partial_refunds_add_up() -> None:
    """X9."""
    anna = Player(a_program())
    anna.buy(*lines(1999), id="A")

    taken = [sum(given(anna.refund("A", amount)).values()) for amount in (666, 666, 667)]

    assert taken == [-6, -6, -7]
    assert anna.balance() == 0


def test_x10_refunds_of_several_lines_and_shipping() -> None:
    """X10, C3: the budget gets back what the bonus gives back."""
    double = {"id": "double", "on": "purchase", "multiply": {"times": 2}, "budget": {"points": 10}}
    anna = Player(a_program(earning=[BASE_RULE, double]))
    anna.buy(*lines(2000, 2000), id="A", shipping_minor=800)

    first = given(anna.refund("A", line="1"))
    second = given(anna.refund("A", 1400))
    third = given(anna.refund("A", 1400))

    assert [first, second, third] == [
        {"purchases": -20, "double": -5},
        {"purchases": -10, "double": -2},
        {"purchases": -10, "double": -3},
    ]
    assert set(anna.budgets.values()) == {0}


def test_x11_a_fixed_award_is_taken_in_proportion() -> None:
    """X11."""
    rule = {"id": "big", "on": "purchase", "when": {"order.net": {"at_least": "50.00 EUR"}},
            "award": {"wallet": "points", "points": 100}}  # fmt: skip
    anna = Player(a_program(earning=[rule]))
    anna.buy(*lines(6000), id="A")

    assert given(anna.refund("A", 2000)) == {"big": -33}


def test_x24_a_monthly_cap_truncates_base_before_bonus() -> None:
    """X24, C5."""
    double = {"id": "double", "on": "purchase", "multiply": {"times": 2}, "from": "2026-03-10"}
    wallet = {"kind": "points", "limits": {"earn": {"points": 5000, "per": "month"}}}
    anna = Player(a_program(wallets={"points": wallet}, earning=[BASE_RULE, double]))
    anna.buy(*lines(490000), day="2026-03-02")

    assert given(anna.buy(*lines(8000), day="2026-03-11")) == {"purchases": 80, "double": 20}


@pytest.mark.parametrize(("first", "total"), [(30000, 450), (10000, 400)])
def test_x25_the_order_that_crosses_keeps_its_rate(first: int, total: int) -> None:
    """X25, B4."""
    rule = BASE_RULE | {"by_tier": {"silver": {"points": "1.5"}}}
    anna = Player(a_program(ladders=[LADDER], earning=[rule]))
    anna.buy(*lines(first))
    anna.buy(*lines(40000 - first))

    assert anna.balance() == total


def test_x26_a_refund_before_its_order() -> None:
    """X26."""
    anna = Player(a_program())
    anna.refund("A", day="2026-03-01")
    anna.buy(*lines(10000), id="A", day="2026-03-02")

    assert anna.balance() == 0


def test_x33_a_multiplier_leaves_status_points_alone() -> None:
    """X33."""
    rule = BASE_RULE | {
        "award": [{"wallet": w, "points": 1, "per": "1.00 EUR"} for w in ("points", "status")],
    }
    monday = {"id": "monday", "on": "purchase", "during": {"rrule": "FREQ=WEEKLY;BYDAY=MO"}, "multiply": {"times": 2}}
    wallets = {"points": {"kind": "points"}, "status": {"kind": "qualifying"}}
    anna = Player(a_program(wallets=wallets, earning=[rule, monday]))

    anna.buy(*lines(1999), day="2026-03-02")

    assert (anna.balance(), anna.balance("status")) == (38, 19)


def test_x42_the_control_group_gets_the_standing_rules() -> None:
    """X42."""
    campaign = {
        "id": "spring",
        "holdout": "100%",
        "earning": [{"id": "week", "on": "purchase", "multiply": {"times": 2}}],
    }
    anna = Player(a_program(campaigns=[campaign]))

    decision = anna.buy(*lines(10000))

    assert anna.balance() == 100
    assert [r.code for r in decision.reasons if r.rule == "week"] == ["control_group"]


def test_x44_a_limit_counts_in_its_own_month() -> None:
    """X44, C5."""
    rule = {"id": "like", "on": "social.liked", "award": {"wallet": "points", "points": 50},
            "limit": {"points": 100, "per": "month"}}  # fmt: skip
    other = {"id": "big", "on": "social.shared", "award": {"wallet": "points", "points": 80}}
    shared = {"social": {"points": 100, "per": "month", "rules": ["like", "big"]}}
    events: dict[str, Any] = {"social.liked": {}, "social.shared": {}}
    anna = Player(a_program(events=events, earning=[rule, other], limits=shared))
    anna.happen("social.shared")
    ben = Player(a_program(events=events, earning=[rule, other], limits=shared))

    assert given(anna.happen("social.liked")) == {"like": 20}
    assert given(ben.happen("social.liked", day="2026-01-31")) == {"like": 50}
    assert given(ben.happen("social.liked", day="2026-02-01")) == {"like": 50}


def test_x45_the_last_points_of_a_budget_and_their_return() -> None:
    """X45, C2."""
    double = {"id": "double", "on": "purchase", "multiply": {"times": 2}, "budget": {"points": 10}}
    anna = Player(a_program(earning=[BASE_RULE, double]))

    assert given(anna.buy(*lines(1999), id="A"))["double"] == 10
    assert given(anna.refund("A")) == {"purchases": -19, "double": -10}
    assert set(anna.budgets.values()) == {0}
