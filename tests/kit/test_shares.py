"""Sharing a whole number over parts: sums, proportion, ties, and nothing to share by."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from puntal.kit.shares import share

amounts = st.integers(min_value=0, max_value=10**9)


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        pytest.param(1, [1, 1, 1], [1, 0, 0], id="a tie goes to the earlier part"),
        pytest.param(2, [1, 1, 1], [1, 1, 0], id="two are missing"),
        pytest.param(100, [1, 1, 1], [34, 33, 33], id="a third each"),
        pytest.param(10, [1, 2, 1], [3, 5, 2], id="the largest remainder, the earlier of two"),
        pytest.param(5, [0, 0], [5, 0], id="nothing to share by"),
        pytest.param(0, [3, 4], [0, 0], id="nothing to share"),
        pytest.param(0, [], [], id="nobody"),
        pytest.param(7, [3, 4], [3, 4], id="exactly what they weigh"),
    ],
)
def test_shares_by_largest_remainder(total: int, weights: list[int], parts: list[int]) -> None:
    assert share(total, weights) == parts


@given(total=amounts, weights=st.lists(amounts, min_size=1, max_size=12))
def test_parts_add_up_and_are_less_than_one_from_their_proportion(total: int, weights: list[int]) -> None:
    parts = share(total, weights)

    assert sum(parts) == total
    whole = sum(weights)
    if whole:
        for part, weight in zip(parts, weights, strict=True):
            assert abs(part - Fraction(total * weight, whole)) < 1


@given(total=amounts, weights=st.lists(amounts, min_size=2, max_size=12))
def test_whoever_gets_the_odd_unit_has_no_smaller_remainder_than_one_who_does_not(
    total: int, weights: list[int]
) -> None:
    whole = sum(weights)
    if not whole:
        return
    got = [part - total * weight // whole for part, weight in zip(share(total, weights), weights, strict=True)]
    remainders = [total * weight % whole for weight in weights]

    assert set(got) <= {0, 1}
    with_one = [rest for rest, odd in zip(remainders, got, strict=True) if odd]
    without = [rest for rest, odd in zip(remainders, got, strict=True) if not odd]
    if with_one and without:
        assert min(with_one) >= max(without)
