"""How much more a cart needs for a reward."""

from __future__ import annotations

from typing import Any

from puntal.engine.thresholds import Missing, missing
from puntal.rules.evaluator import ConditionSet, compile_condition

NET = {"var": "order.net"}
CART = {"order.net": 4150, "order.subtotal": 4500, "order.total": 4640, "order.items": 3, "member.orders": 2}


def asked(*logic: Any) -> dict[int, Missing]:
    conditions = ConditionSet([compile_condition(each) for each in logic])
    return missing(conditions, CART, range(len(logic)))


def test_what_is_missing_is_said_to_the_cent() -> None:
    """8.50 more for free shipping from 50.00."""
    assert asked({">=": [NET, 5000]}) == {0: Missing("order.net", 850)}
    assert asked({">": [NET, 5000]}) == {0: Missing("order.net", 851)}
    assert asked({"<=": [5000, NET, 9000]}) == {0: Missing("order.net", 850)}


def test_items_are_counted_as_items() -> None:
    assert asked({">=": [{"var": "order.items"}, 5]}) == {0: Missing("order.items", 2)}


def test_amounts_rise_together() -> None:
    total = {">=": [{"var": "order.total"}, 5000]}

    assert asked(total, {"and": [total, {">=": [NET, 4500]}]}) == {
        0: Missing("order.net", 360),
        1: Missing("order.net", 360),
    }


def test_of_several_ways_the_nearest_counts() -> None:
    either = {"or": [{">=": [NET, 9000]}, {">=": [NET, 4200]}]}

    assert asked(either) == {0: Missing("order.net", 50)}


def test_what_more_in_the_cart_does_not_help_is_not_promised() -> None:
    first = {"===": [{"var": "member.orders"}, 0]}

    assert asked(first, {"and": [first, {">=": [NET, 5000]}]}, {"<": [NET, 1000]}) == {}


def test_an_amount_that_is_not_known_is_no_amount() -> None:
    conditions = ConditionSet([compile_condition({">=": [NET, 5000]})])

    assert missing(conditions, {"order.net": None}, [0]) == {}
