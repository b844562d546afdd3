"""An order is found by its number with the word before it that people write."""

from __future__ import annotations

import pytest

from puntal.console.finding import _ORDER


@pytest.mark.parametrize(
    "written",
    [
        "41413644041",
        "#41413644041",
        "Order 41413644041",
        "order #41413644041",
        "Pedido 41413644041",
        "pedido nº 41413644041",
    ],
)
def test_words_before_the_number_of_an_order_are_left_out(written: str) -> None:
    assert _ORDER.sub("", written) == "41413644041"


@pytest.mark.parametrize("written", ["ana", "nora", "order", "Pedido", "north 5"])
def test_names_stay_whole(written: str) -> None:
    assert _ORDER.sub("", written) == written
