"""What one discount takes: exact to the cent, never more than there is."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from puntal.rewards.model_carts import Discount, Parts
from puntal.rewards.policy.allocation import in_proportion, prices, spread
from puntal.rewards.policy.discounts import take


def cart(*amounts: int, quantities: tuple[int, ...] | None = None) -> Parts:
    return Parts(amounts, quantities or (1,) * len(amounts))


def taken(discount: Discount, of: Parts, left: tuple[int, ...] | None = None) -> list[int]:
    return take(discount, of, of.amounts if left is None else left)[0]


def test_three_thirds_of_one_euro_add_up() -> None:
    assert taken(Discount("amount", (0, 1, 2), value=100), cart(333, 333, 334)) == [33, 33, 34]
    assert taken(Discount("amount", (0, 1, 2), value=100), cart(5, 5, 5)) == [5, 5, 5]
    assert spread(1, (0, 1, 2), (333, 333, 333)) == [1, 0, 0]
    assert spread(2, (0, 1, 2), (1, 1, 1)) == [1, 1, 0]


def test_a_percentage_is_rounded_once_halves_up() -> None:
    # 15 % of 9.99 is 1.4985; of 0.10, 0.015.
    fifteen = Discount("percent", (0, 1), share=Fraction(15, 100))

    assert sum(taken(fifteen, cart(500, 499))) == 150
    assert sum(taken(fifteen, cart(5, 5))) == 2
    # A third of three lines of 0.333 each would be rounded three times; it is rounded once.
    assert taken(Discount("percent", (0, 1, 2), share=Fraction(1, 3)), cart(33, 33, 34)) == [11, 11, 11]


def test_a_percentage_stops_at_its_most() -> None:
    half = Discount("percent", (0, 1), share=Fraction(1, 2), most=1000)

    assert sum(taken(half, cart(3000, 1000))) == 1000
    assert sum(taken(half, cart(300, 100))) == 200


def test_a_percentage_is_of_what_is_left_or_of_the_first_price() -> None:
    of_left = Discount("percent", (0,), share=Fraction(1, 2))
    of_first = Discount("percent", (0,), share=Fraction(1, 2), initial=True)

    assert taken(of_left, cart(1000), (600,)) == [300]
    assert taken(of_first, cart(1000), (600,)) == [500]
    assert taken(of_first, cart(1000), (400,)) == [400]


def test_only_covered_parts_give() -> None:
    assert taken(Discount("amount", (1,), value=500), cart(1000, 300, 700)) == [0, 300, 0]
    assert taken(Discount("percent", (2,), share=Fraction(1)), cart(1000, 300, 700)) == [0, 0, 700]


def test_free_items_are_the_cheapest_unless_said() -> None:
    goods = cart(900, 1000, quantities=(3, 2))

    assert taken(Discount("product", (0, 1), items=2), goods) == [600, 0]
    assert taken(Discount("product", (0, 1), items=4), goods) == [900, 500]
    assert taken(Discount("product", (0, 1), items=3, dearest=True), goods) == [300, 1000]


def test_items_of_an_odd_line_add_up_to_it() -> None:
    third = cart(1000, quantities=(3,))

    assert prices(1000, 3) == ((333, 2), (334, 1))
    assert [taken(Discount("product", (0,), items=n), third) for n in (1, 2, 3, 9)] == [[333], [666], [1000], [1000]]


def test_an_item_at_a_price_gives_only_what_is_above_it() -> None:
    assert taken(Discount("product", (0, 1), value=100, items=2), cart(350, 80)) == [250, 0]
    assert taken(Discount("product", (0,), value=400, items=1), cart(350)) == [0]


def test_what_is_counted_as_no_item_is_one() -> None:
    assert taken(Discount("product", (0,), items=1), cart(350, quantities=(0,))) == [350]


def test_portions_stop_where_a_whole_one_no_longer_fits() -> None:
    """B8: pay with points in steps, between a least and a most."""
    pay = Discount("portions", (0, 1), share=Fraction(100), steps=20, least_steps=5)

    assert take(pay, cart(1234, 0), (1234, 0)) == ([1200, 0], 12)
    assert take(pay, cart(1234, 0), (1234, 0), 7) == ([700, 0], 7)
    assert take(pay, cart(9999, 0), (9999, 0)) == ([2000, 0], 20)
    assert take(pay, cart(499, 0), (499, 0)) == ([0, 0], 0)
    assert take(pay, cart(1234, 0), (1234, 0), 4) == ([0, 0], 0)


def test_portions_keep_to_their_share_of_the_cart() -> None:
    half = Discount("portions", (0,), share=Fraction(100), steps=50, most=617)

    assert take(half, cart(1234), (1234,)) == ([600], 6)


def test_portions_of_an_odd_worth_are_rounded_once() -> None:
    assert take(Discount("portions", (0,), share=Fraction(1, 3), steps=100), cart(500), (500,)) == ([33], 100)


@pytest.mark.parametrize(
    "discount",
    [
        Discount("amount", (0, 1, 2), value=100),
        Discount("percent", (0, 1, 2), share=Fraction(1, 2)),
        Discount("product", (0, 1, 2), items=2),
        Discount("portions", (0, 1, 2), share=Fraction(10), steps=3),
    ],
)
def test_an_empty_cart_gives_nothing(discount: Discount) -> None:
    assert take(discount, cart(0, 0, 0), (0, 0, 0)) == ([0, 0, 0], 0)


def test_a_thousand_lines_add_up() -> None:
    amounts = tuple(1 + n * 37 % 997 for n in range(1000))

    parts = taken(Discount("amount", tuple(range(1000)), value=12_345), cart(*amounts))

    assert sum(parts) == 12_345
    assert all(part <= amount for part, amount in zip(parts, amounts, strict=True))


def test_tax_falls_with_what_it_is_on() -> None:
    assert in_proportion(210, 850, 1000) == 179
    assert in_proportion(210, 0, 1000) == 0
    assert in_proportion(0, 0, 0) == 0


discounts = st.builds(
    Discount,
    st.sampled_from(("amount", "percent", "product", "portions")),
    st.sets(st.integers(0, 4), min_size=1).map(lambda at: tuple(sorted(at))),
    value=st.integers(0, 3000),
    share=st.fractions(0, 1, max_denominator=100),
    most=st.none() | st.integers(0, 2000),
    initial=st.booleans(),
    items=st.integers(1, 6),
    dearest=st.booleans(),
    steps=st.integers(0, 50),
    least_steps=st.integers(1, 3),
)
amounts = st.lists(st.integers(0, 5000), min_size=5, max_size=5)


@given(discounts, amounts, st.lists(st.integers(0, 4), min_size=5, max_size=5), st.data())
def test_nothing_gives_more_than_it_holds(
    discount: Discount, whole: list[int], quantities: list[int], data: st.DataObject
) -> None:
    left = [data.draw(st.integers(0, amount)) for amount in whole]

    parts, steps = take(discount, Parts(whole, quantities), left)

    assert all(0 <= part <= had for part, had in zip(parts, left, strict=True))
    assert all(part == 0 for at, part in enumerate(parts) if at not in discount.covers)
    assert discount.most is None or sum(parts) <= discount.most
    assert (steps > 0) == (sum(parts) > 0)


@given(discounts, amounts, st.lists(st.integers(0, 4), min_size=5, max_size=5), st.data())
def test_less_in_the_cart_never_gives_more(
    discount: Discount, whole: list[int], quantities: list[int], data: st.DataObject
) -> None:
    """The search for the best combination relies on it."""
    left = [data.draw(st.integers(0, amount)) for amount in whole]

    assert sum(take(discount, Parts(whole, quantities), left)[0]) <= sum(
        take(discount, Parts(whole, quantities), whole)[0]
    )
