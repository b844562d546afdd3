"""What rules ask and give: events, branches, formulas, groups, schedules, audiences, limits, budgets, tiers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from playing import BASE_RULE, Player, a_program, codes, given, lines

from puntal.engine.award import held_out
from puntal.engine.model import Event
from puntal.orders.model import Order


def fixed(id: str, points: int = 10, on: str = "purchase", **more: Any) -> dict[str, Any]:
    return {"id": id, "on": on, "award": {"wallet": "points", "points": points}, **more}


def test_a_custom_event_counts_once_per_value() -> None:
    """B2."""
    events = {"review.created": {"fields": {"product_id": "text", "photos": "number"}, "once_per": "product_id"}}
    rule = fixed("review", on="review.created", when={"event.photos": {"at_least": 1}})
    anna = Player(a_program(events=events, earning=[rule]))

    decisions = [
        anna.happen("review.created", product_id=product, photos=photos)
        for product, photos in (("tea", 1), ("tea", 2), ("milk", 0), ("salt", 1))
    ]

    assert [given(decision) for decision in decisions] == [{"review": 10}, {}, {}, {"review": 10}]
    assert [decision.code for decision in decisions] == [None, "event.repeated", None, None]


def test_the_first_branch_that_holds_counts() -> None:
    ways = [
        {"when": {"order.net": {"at_least": "100.00 EUR"}}, "award": {"wallet": "points", "points": 50}},
        {"when": {"order.net": {"at_least": "50.00 EUR"}}, "award": {"wallet": "points", "points": 20}},
        {"otherwise": "nothing"},
    ]
    anna = Player(a_program(earning=[{"id": "ways", "on": "purchase", "branches": ways}]))

    decisions = [anna.buy(*lines(amount)) for amount in (10000, 9999, 4999)]

    assert [given(decision) for decision in decisions] == [{"ways": 50}, {"ways": 20}, {}]
    assert codes(decisions[2]) == ["otherwise"]


@pytest.mark.parametrize(("stars", "points"), [({"stars": 3}, 15), ({"stars": 9}, 25), ({}, 4)])
def test_formulas_are_exact_and_have_a_fallback(stars: dict[str, Any], points: int) -> None:
    award = {"wallet": "points", "formula": {"min": [{"*": [{"var": "event.stars"}, 5]}, 25]}, "fallback": 4}
    rule = {"id": "f", "on": "rated.service", "award": award}
    anna = Player(a_program(events={"rated.service": {"fields": {"stars": "number"}}}, earning=[rule]))

    assert given(anna.happen("rated.service", **stars)) == {"f": points}


@pytest.mark.parametrize(("per", "points"), [("item", 14), ("line", 4)])
def test_awards_per_item_and_line(per: str, points: int) -> None:
    """B3."""
    rule = {"id": "each", "on": "purchase", "award": {"wallet": "points", "points": 2, "per": per},
            "except_lines": {"line.category": "bag"}}  # fmt: skip
    anna = Player(a_program(earning=[rule]))

    assert given(anna.buy(*lines(100, 200, 5, quantity=[3, 4, 9], category=["tea", "tea", "bag"]))) == {"each": points}


def test_the_best_of_a_group_counts() -> None:
    anna = Player(a_program(earning=[fixed("a", 10, group="g"), fixed("b", 30, group="g"), fixed("c", 5)]))

    decision = anna.buy(*lines(1000))

    assert given(decision) == {"b": 30, "c": 5}
    assert codes(decision, "a") == ["group"]


def test_the_best_multiplier_of_a_group_counts_also_when_they_add_up() -> None:
    rules = [
        BASE_RULE,
        *(
            {"id": f"x{times}", "on": "purchase", "multiply": {"times": times}, "group": group}
            for times, group in ((2, "g"), (3, "g"), (5, None))
        ),
    ]
    anna = Player(a_program(earning=rules, policies={"multipliers": "add"}))

    decision = anna.buy(*lines(1000))

    assert given(decision) == {"purchases": 10, "x3": 20, "x5": 40}
    assert codes(decision, "x2") == ["group"]


def test_an_exclusive_multiplier_shuts_out_others_on_its_lines_only() -> None:
    rules = [
        BASE_RULE,
        {"id": "x3", "on": "purchase", "multiply": {"times": 3}},
        {"id": "tea", "on": "purchase", "multiply": {"times": 2, "only_lines": {"line.category": "tea"}},
         "exclusive": True},
    ]  # fmt: skip
    anna = Player(a_program(earning=rules, policies={"multipliers": "add"}))

    assert given(anna.buy(*lines(1000, 500, category=["tea", "food"]))) == {"purchases": 15, "x3": 10, "tea": 10}


@pytest.mark.parametrize(
    ("day", "on"),
    [
        ("2026-03-27 21:59", False),
        ("2026-03-27 22:00", True),
        ("2026-03-28 01:59", True),
        ("2026-03-28 02:00", False),
        # The night of 29 March has no 02:00 to 03:00; Saturday's span ends where the clock jumps.
        ("2026-03-28 23:00", False),
        ("2026-10-24 01:59", True),
    ],
)
def test_a_happy_night_belongs_to_the_day_it_starts(day: str, on: bool) -> None:  # noqa: FBT001
    """B11: Fridays 22:00 to 02:00."""
    rule = fixed("night", during={"rrule": "FREQ=WEEKLY;BYDAY=FR", "hours": "22:00-02:00"})
    anna = Player(a_program(earning=[rule], orders={"late_events": "3650 days"}))

    decision = anna.buy(*lines(1000), day=day)

    assert codes(decision) == (["awarded"] if on else ["not_now"])


@pytest.mark.parametrize(
    ("utc", "on"),
    [
        # 29 March 2026: 01:59 CET is followed by 03:00 CEST.
        ("2026-03-29T00:59:59+00:00", True),
        ("2026-03-29T01:00:00+00:00", False),
        # 25 October 2026: 02:00 to 03:00 comes twice, and both times it is half past two.
        ("2026-10-25T00:30:00+00:00", True),
        ("2026-10-25T01:30:00+00:00", True),
        ("2026-10-25T02:00:00+00:00", False),
    ],
)
def test_hours_at_both_edges_of_summer_time(utc: str, on: bool) -> None:  # noqa: FBT001
    """B11: Saturdays 23:00 to 03:00, by the clock on the wall."""
    rule = fixed("night", during={"rrule": "FREQ=WEEKLY;BYDAY=SA", "hours": "23:00-03:00"})
    anna = Player(a_program(earning=[rule]))
    order = Order(id="A", currency="EUR", lines=lines(1000))

    decision = anna.play(Event("e", "order.paid", "shop", datetime.fromisoformat(utc), order=order, order_id="A"))

    assert codes(decision) == (["awarded"] if on else ["not_now"])


@pytest.mark.parametrize(
    ("day", "on"),
    [("2026-03-09", False), ("2026-03-10 00:00", True), ("2026-03-12 23:59", True), ("2026-03-13", False)],
)
def test_from_and_through_are_whole_days(day: str, on: bool) -> None:  # noqa: FBT001
    anna = Player(a_program(earning=[fixed("week") | {"from": "2026-03-10", "through": "2026-03-12"}]))
    assert bool(given(anna.buy(*lines(100), day=day))) is on


@pytest.mark.parametrize(
    ("country", "lists", "points"), [("DE", [], 10), ("ES", [], 0), ("ES", ["vip"], 10), ("DE", ["staff"], 0)]
)
def test_audiences(country: str, lists: list[str], points: int) -> None:
    """D2."""
    segments = {"germans": {"when": {"member.country": "DE"}}, "vip": {"list": True}, "staff": {"list": True}}
    rule = fixed("r", audience={"any": ["germans", "vip"], "none": ["staff"]})
    anna = Player(a_program(segments=segments, earning=[rule]), country=country)
    anna.lists = frozenset(lists)

    decision = anna.buy(*lines(100))

    assert anna.balance() == points
    assert codes(decision) == (["awarded"] if points else ["audience"])


def test_a_cooldown_lies_between_two_awards() -> None:
    rule = fixed("visit", on="visit", limit={"cooldown": "4 hours"})
    anna = Player(a_program(earning=[rule]))

    days = ("2026-03-03 10:00", "2026-03-03 13:59", "2026-03-03 14:00")

    assert [codes(anna.happen("visit", day=day)) for day in days] == [["awarded"], ["cooldown"], ["awarded"]]


def test_limits_of_times_points_and_value() -> None:
    """C1, C4, C5."""
    rules = [
        fixed("often", 1, limit={"times": 2, "per": "day"}),
        fixed("points", 7, limit={"points": 10, "per": "week"}),
        fixed("whole", 7, limit={"points": 10, "per": "week", "when_short": "none"}),
        BASE_RULE | {"limit": {"value": "25.00 EUR", "per": {"rolling": "7 days"}}},
    ]
    anna = Player(a_program(earning=rules))

    three = [given(anna.buy(*lines(1000), day=f"2026-03-03 1{n}:00")) for n in range(3)]
    later = given(anna.buy(*lines(1000), day="2026-03-10"))

    assert three == [
        {"often": 1, "points": 7, "whole": 7, "purchases": 10},
        {"often": 1, "points": 3, "purchases": 10},
        {"purchases": 5},
    ]
    assert later == {"often": 1, "points": 7, "whole": 7, "purchases": 10}


def test_a_rule_of_two_awards_counts_once() -> None:
    award = [{"wallet": wallet, "points": 5} for wallet in ("points", "gold")]
    rule = {"id": "both", "on": "purchase", "award": award, "limit": {"times": 1, "value": "10.00 EUR"},
            "budget": {"times": 1, "members": 1}}  # fmt: skip
    anna = Player(a_program(wallets={"points": {"kind": "points"}, "gold": {"kind": "points"}}, earning=[rule]))

    assert (given(anna.buy(*lines(1000))), anna.balance("points"), anna.balance("gold")) == ({"both": 10}, 5, 5)
    assert sorted(anna.budgets.values()) == [1, 1]


def test_limits_shared_by_rules_cooldowns_too() -> None:
    """C5."""
    rules = [fixed("like", 60, on="social.liked"), fixed("share", 60, on="social.shared")]
    shared = {"social": {"points": 100, "per": "month", "cooldown": "1 hours", "rules": ["like", "share"]}}
    anna = Player(a_program(events={"social.liked": {}, "social.shared": {}}, earning=rules, limits=shared))

    assert given(anna.happen("social.liked", day="2026-03-03 10:00")) == {"like": 60}
    assert codes(anna.happen("social.shared", day="2026-03-03 10:30")) == ["cooldown"]
    assert given(anna.happen("social.shared", day="2026-03-03 11:00")) == {"share": 40}


def test_a_day_long_gone_keeps_its_limit_for_late_events() -> None:
    anna = Player(a_program(earning=[fixed("daily", limit={"times": 1, "per": "day"})]))
    for day in range(2, 12):
        anna.buy(*lines(100), day=f"2026-03-{day:02}")

    late = anna.buy(*lines(100), day="2026-03-03", now="2026-03-12")

    assert codes(late) == ["limit"]


def test_a_budget_of_members_counts_each_once() -> None:
    """C2: and gives a place back when the last of her awards is gone."""
    rule = fixed("first", budget={"members": 1})
    anna, ben = Player(a_program(earning=[rule])), Player(a_program(earning=[rule]))
    ben.budgets = anna.budgets
    anna.buy(*lines(1000), id="A")
    anna.buy(*lines(1000), id="B")
    assert codes(ben.buy(*lines(1000))) == ["limit"]

    anna.refund("A")
    assert codes(ben.buy(*lines(1000))) == ["limit"]
    anna.refund("B")

    assert codes(ben.buy(*lines(1000))) == ["awarded"]
    assert codes(anna.buy(*lines(1000))) == ["limit"]


def test_budgets_of_times_and_order_value() -> None:
    """C2, C4."""
    rules = [fixed("ten", budget={"times": 2}), BASE_RULE | {"budget": {"order_value": "25.00 EUR", "per": "month"}}]
    anna = Player(a_program(earning=rules))

    bought = [given(anna.buy(*lines(1000), id=f"O{n}")) for n in range(3)]

    assert bought == [{"ten": 10, "purchases": 10}, {"ten": 10, "purchases": 10}, {"purchases": 5}]
    for n in range(3):
        anna.refund(f"O{n}")
    assert set(anna.budgets.values()) == {0}


@pytest.mark.parametrize("measure", [{"spend": "order.net"}, {"earned": "points"}, {"orders": True}])
def test_rates_of_the_tier_the_event_reaches(measure: dict[str, Any]) -> None:
    """B4: `same_event`."""
    line = {"spend": "30.00 EUR", "earned": 30, "orders": 1}[next(iter(measure))]
    ladder = {"id": "c", "measure": measure, "rates_apply": "same_event",
              "tiers": [{"id": "base"}, {"id": "silver", "from": line}]}  # fmt: skip
    rules = [BASE_RULE | {"by_tier": {"silver": {"times": 2}}}, {"id": "no", "on": "purchase", "branches": [
        {"otherwise": "nothing"}]}]  # fmt: skip
    anna = Player(a_program(ladders=[ladder], earning=rules))

    decision = anna.buy(*lines(3000))

    assert given(decision) == {"purchases": 60}
    assert codes(decision) == ["otherwise", "awarded"]


def test_the_gift_of_a_tier_comes_once_a_year() -> None:
    gift = {"kind": "gift", "wallet": "points", "points": 25}
    ladder = {"id": "c", "measure": {"spend": "order.net"}, "refund_below_line": "at_once",
              "tiers": [{"id": "base"}, {"id": "silver", "from": "10.00 EUR", "benefits": [gift]}]}  # fmt: skip
    reached = fixed("hurray", 3, on="tier.reached")
    anna = Player(a_program(ladders=[ladder], earning=[reached]))

    anna.buy(*lines(1000), id="A")
    assert anna.balance() == 28
    anna.refund("A")
    anna.buy(*lines(1000), id="B")

    assert [change[2] for change in anna.changes] == ["reached", "refund", "reached"]
    assert anna.balance() == 28
    anna.refund("B", 1)
    anna.buy(*lines(1), id="C")
    assert [change[2] for change in anna.changes][-2:] == ["refund", "reached"]
    assert anna.balance() == 31


def test_an_award_may_wait_for_its_own_event() -> None:
    award = {"wallet": "points", "points": 10, "available": {"on": "order.delivered"}}
    anna = Player(a_program(earning=[{"id": "r", "on": "purchase", "award": award}]))
    anna.buy(*lines(1000), id="A")
    assert (anna.balance(), anna.pending()) == (0, 10)

    anna.order("order.delivered", id="A", day="2026-03-08")

    assert (anna.balance(), anna.pending()) == (10, 0)


def test_the_control_group_is_stable_and_only_grows() -> None:
    """X42, B20."""
    people = [str(n) for n in range(2000)]
    small = {person for person in people if held_out("spring", person, 1000)}
    large = {person for person in people if held_out("spring", person, 3000)}

    assert small < large
    assert 150 < len(small) < 250
    assert {person for person in people if held_out("other", person, 1000)} != small
