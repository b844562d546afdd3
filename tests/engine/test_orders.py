"""Orders on their way: when they earn, what changes and refunds do."""

from __future__ import annotations

from typing import Any

import pytest
from playing import BASE_RULE, Player, a_program, codes, given, lines

FIXED = {"id": "big", "on": "purchase", "when": {"order.net": {"at_least": "50.00 EUR"}},
         "award": {"wallet": "points", "points": 100}}  # fmt: skip


def test_an_order_earns_once() -> None:
    anna = Player(a_program())
    first, second = anna.buy(*lines(1000), id="A"), anna.buy(*lines(1000), id="A")

    assert (first.code, second.code) == (None, "order.already_earned")
    assert (anna.balance(), anna.running.totals.orders) == (10, 1)


@pytest.mark.parametrize("named_only", [True, False])
def test_an_order_earns_when_it_is_delivered(named_only: bool) -> None:  # noqa: FBT001
    """Its delivery may only name it: it earns on the lines sent before."""
    anna = Player(a_program(orders={"earn_when": "delivered"}))
    sold = lines(1000, 599)
    assert anna.order("order.paid", *sold, id="A").code == "order.not_earning_yet"
    assert anna.running.totals.orders == 0

    decision = anna.order("order.delivered", *(() if named_only else sold), id="A", day="2026-03-06")

    assert (decision.code, anna.balance(), anna.running.totals.orders) == (None, 15, 1)
    assert anna.orders["A"].sent is None
    assert anna.order("order.delivered", id="A", day="2026-03-07").code == "order.already_earned"


def test_an_order_may_change_before_it_earns() -> None:
    anna = Player(a_program())
    anna.order("order.created", *lines(1000), id="A")
    anna.order("order.updated", *lines(1000, 1000), id="A")

    anna.buy(*lines(1000, 1000, 1000), id="A")

    assert anna.balance() == 30
    assert [line.net for line in anna.orders["A"].lines] == [1000, 1000, 1000]


def test_what_was_given_before_an_order_earns_belongs_to_it() -> None:
    placed = {"id": "placed", "on": "order.created", "award": {"wallet": "points", "points": 7}}
    anna = Player(a_program(earning=[BASE_RULE, placed]))
    assert anna.order("order.created", *lines(1000), id="A").code is None
    anna.buy(*lines(1000, 1000), id="A")
    assert anna.balance() == 27

    anna.refund("A")

    assert anna.balance() == 0


@pytest.mark.parametrize("way", ["refund", "cancel"])
def test_gone_before_it_earned(way: str) -> None:
    """X26."""
    anna = Player(a_program())
    anna.order("order.created", *lines(1000), id="A")
    if way == "refund":
        anna.refund("A", 400)
    else:
        anna.order("order.cancelled", id="A")
    anna.buy(*lines(1000), id="A", day="2026-03-05")

    assert anna.balance() == (6 if way == "refund" else 0)
    assert anna.running.totals.spend == (600 if way == "refund" else 0)


def test_a_refund_withdrawn_before_its_order_never_was() -> None:
    anna = Player(a_program())
    anna.refund("A", id="R", day="2026-03-01")
    anna.withdraw("A", "R", day="2026-03-02")
    anna.buy(*lines(1000), id="A", day="2026-03-03")

    assert anna.balance() == 10


def test_a_cancelled_order_earns_no_more() -> None:
    anna = Player(a_program())
    anna.buy(*lines(1000), id="A")
    cancelled = anna.order("order.cancelled", id="A", day="2026-03-04")
    added = anna.order("order.updated", *lines(1000, 500), id="A", day="2026-03-05")

    assert given(cancelled) == {"purchases": -10}
    assert (added.code, anna.balance(), anna.running.totals.orders) == ("order.cancelled", 0, 0)


def test_a_free_order_gives_back_its_stamps() -> None:
    stamps = {"id": "stamp", "on": "purchase", "award": {"wallet": "points", "points": 1, "per": "item"}}
    anna = Player(a_program(earning=[stamps]))
    anna.buy(*lines(1000, quantity=[3]), id="A", discount_minor=1000)
    assert anna.balance() == 3

    anna.order("order.cancelled", id="A", day="2026-03-04")

    assert (anna.balance(), anna.running.totals.orders) == (0, 0)


def test_more_on_an_order_earns_the_addition() -> None:
    anna = Player(a_program(earning=[BASE_RULE, FIXED]))
    anna.buy(*lines(4000), id="A")
    assert anna.balance() == 40

    more = anna.order("order.updated", *lines(4000, 2000), id="A", day="2026-03-04")
    again = anna.order("order.updated", *lines(4000, 8000), id="A", day="2026-03-05")

    assert given(more) == {"purchases": 20, "big": 100}
    assert given(again) == {"purchases": 60}
    assert codes(again, "big") == ["once_per_order"]
    assert anna.running.totals.spend == 12000
    assert anna.order("order.updated", *lines(4000, 8000), id="A", day="2026-03-06").code == "order.unchanged"
    anna.refund("A", day="2026-03-07")
    assert (anna.balance(), anna.running.totals.spend, anna.running.totals.items) == (0, 0, 0)


def test_items_added_earn_as_items() -> None:
    stamps = {"id": "stamp", "on": "purchase", "award": {"wallet": "points", "points": 1, "per": "item"}}
    anna = Player(a_program(earning=[stamps]))
    anna.buy(*lines(1000, quantity=[2]), id="A")

    more = anna.order("order.updated", *lines(1500, 500, quantity=[3, 4]), id="A")

    assert given(more) == {"stamp": 5}
    assert anna.running.totals.items == 7


def test_less_on_an_order_is_a_refund() -> None:
    anna = Player(a_program())
    anna.buy(*lines(2000, 2000), id="A")

    fewer = anna.order("order.updated", *lines(2000, 500), id="A", day="2026-03-04")
    swapped = anna.order("order.updated", *lines(1000), id="A", day="2026-03-05")

    assert [given(fewer), given(swapped)] == [{"purchases": -15}, {"purchases": -15}]
    assert (anna.balance(), anna.running.totals.orders) == (10, 1)


def test_swapping_lines_is_no_return_of_everything() -> None:
    anna = Player(a_program(), referrer_id=None)
    first, second = lines(2000, 2000)
    anna.buy(first, id="A")

    anna.order("order.updated", second, id="A", day="2026-03-04")

    assert (anna.balance(), anna.running.totals.orders, anna.running.totals.spend) == (20, 1, 2000)


def test_refunding_too_much_takes_no_more() -> None:
    anna = Player(a_program())
    anna.buy(*lines(1999), id="A")
    anna.refund("A", 99900)

    assert anna.balance() == 0
    assert anna.refund("A", 100).code == "refund.nothing_left"
    assert anna.refund("A", line="9").code == "refund.nothing_left"
    assert anna.running.totals.spend == 0


def test_the_same_refund_twice_is_one() -> None:
    anna = Player(a_program())
    anna.buy(*lines(2000), id="A")
    anna.refund("A", 500, id="R")

    assert anna.refund("A", 500, id="R").code == "refund.already_applied"
    assert anna.balance() == 15


@pytest.mark.parametrize("spent", [False, True])
def test_a_withdrawn_refund_gives_back_exactly(spent: bool) -> None:  # noqa: FBT001
    sections: dict[str, Any] = {
        "earning": [
            BASE_RULE | {"limit": {"times": 5, "per": "month"}, "budget": {"members": 3, "points": 500, "times": 9}},
            {"id": "double", "on": "purchase", "multiply": {"times": 2}, "budget": {"order_value": "500.00 EUR"}},
        ],
        "ladders": [{"id": "c", "measure": {"spend": "order.net"}, "refund_below_line": "at_once",
                     "tiers": [{"id": "base"}, {"id": "silver", "from": "30.00 EUR"}]}],
    }  # fmt: skip
    anna = Player(a_program(**sections))
    anna.buy(*lines(2000, 2000), id="A")
    if spent:
        anna.order("order.paid", *lines(500), id="B")
    before = anna.balance(), dict(anna.budgets), anna.running.used, anna.running.totals

    anna.refund("A", id="R")
    assert anna.running.tiers["c"].tier == "base"
    anna.withdraw("A", "R")

    assert (anna.balance(), anna.budgets, anna.running.used) == before[:3]
    assert anna.running.totals == before[3].__class__(
        **{name: getattr(before[3], name) for name in before[3].__struct_fields__}
    )
    assert anna.running.tiers["c"].tier == "silver"
    assert anna.withdraw("A", "R").code == "refund.unknown"


def test_a_review_of_an_order_goes_back_with_it() -> None:
    """Every later award caused by an event naming the order belongs to it."""
    review = {"id": "review", "on": "review.created", "award": {"wallet": "points", "points": 50}}
    anna = Player(a_program(events={"review.created": {}}, earning=[BASE_RULE, review]))
    anna.buy(*lines(1000, 1000), id="A")
    anna.happen("review.created", about="A")
    assert anna.balance() == 70

    assert given(anna.refund("A", 1000)) == {"purchases": -10, "review": -24}
    assert given(anna.refund("A")) == {"purchases": -10, "review": -26}


def test_the_gift_of_a_tier_goes_back_only_with_the_whole_order() -> None:
    gift = {"kind": "gift", "wallet": "points", "points": 25}
    ladder = {"id": "c", "measure": {"spend": "order.net"},
              "tiers": [{"id": "base"}, {"id": "silver", "from": "10.00 EUR", "benefits": [gift]}]}  # fmt: skip
    anna = Player(a_program(ladders=[ladder]))
    anna.buy(*lines(2000), id="A")
    assert anna.balance() == 45

    anna.refund("A", 500)
    assert anna.balance() == 40
    anna.refund("A")
    assert anna.balance() == 0


def test_gift_cards_earn_only_when_named() -> None:
    named = {"id": "cards", "on": "purchase", "only_lines": {"line.gift_card": True},
             "award": {"wallet": "points", "points": 1, "per": "10.00 EUR"}}  # fmt: skip
    anna = Player(a_program(earning=[BASE_RULE, named]))

    decision = anna.buy(*lines(1000, 5000, gift_card=[False, True]))

    assert given(decision) == {"purchases": 10, "cards": 5}


def test_another_currency_earns_nothing() -> None:
    anna = Player(a_program())
    decision = anna.buy(*lines(1000), currency="USD")
    assert (decision.code, anna.balance(), anna.running.totals.spend) == ("order.other_currency", 0, 0)


@pytest.mark.parametrize("type", ["order.delivered", "order.cancelled", "order.refund_withdrawn"])
def test_an_unknown_order(type: str) -> None:
    anna = Player(a_program())
    decision = anna.order(type, id="Z")
    assert decision.code == ("order.awaited" if type == "order.cancelled" else "order.unknown")


def test_counts_of_items_and_categories_are_net_of_refunds() -> None:
    """Metrics are net of refunds at the order's date."""
    asked = [
        {"member.items.last_30_days": {"over": 0}},
        {"member.orders.category.tea.last_30_days": {"over": 0}},
        {"member.spend.category.tea.last_30_days": {"over": "0.00 EUR"}},
    ]
    rules = [BASE_RULE | {"id": f"r{n}", "when": when} for n, when in enumerate(asked)]
    anna = Player(a_program(earning=rules))
    bought = anna.buy(*lines(1000, 500, quantity=[2, 3], category=["tea", "food"]), id="A")
    back = anna.refund("A", line="1", day="2026-03-20")

    counted = {(each.metric, each.key): (each.count, each.amount) for each in bought.counts}
    assert counted[("items", "")][0] == 5
    totals: dict[tuple[str, str], tuple[int, int]] = {}
    for each in (*bought.counts, *back.counts):
        count, amount = totals.get((each.metric, each.key), (0, 0))
        totals[each.metric, each.key] = count + each.count, amount + each.amount
    assert totals[("items", "")] == (3, 500)
    assert totals[("orders", "category:tea")] == (0, 0)
    assert totals[("spend", "category:tea")] == (0, 0)
    assert {each.day for each in back.counts} == {anna.orders["A"].day}
