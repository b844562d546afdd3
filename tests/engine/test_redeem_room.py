"""What a redemption uses once its order is known."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from puntal.engine.redeem_room import asked_by, count_order, worth_of
from puntal.kit.calendar import BEGINNING
from puntal.limits.model import Bound
from puntal.orders.model import Line, Order, Use
from puntal.rewards.model import Redemption, Reward

DAY = date(2026, 3, 2)
KEY = ("reward:five", "value", BEGINNING)
SMALL = st.integers(0, 20_000)


def a_reward(most: int) -> Reward:
    bounds = (Bound("reward:five:stock", "b", "times", 9), Bound("reward:five", "b", "value", most))
    return Reward(0, "five", "amount_off", None, budgets=bounds)


def a_redemption(reserved: int = 0, order_key: str | None = None) -> Redemption:
    uses = [Use("m", "reward:five", "value", BEGINNING, 500), Use("b", "reward:five:stock", "times", BEGINNING, 1)]
    if reserved:
        uses.append(Use("b", "reward:five", "value", BEGINNING, reserved))
    return Redemption(
        UUID(int=1),
        UUID(int=2),
        "five",
        "amount_off",
        1,
        "held",
        datetime(2026, 3, 2, 9, tzinfo=UTC),
        order_minor=reserved,
        order_key=order_key,
        uses=tuple(uses),
    )


@given(reserved=SMALL, others=SMALL, worth=SMALL, most=st.integers(1, 40_000), again=st.booleans())
def test_a_budget_is_never_passed_and_always_says_what_its_uses_say(
    *, reserved: int, others: int, worth: int, most: int, again: bool
) -> None:
    """C4: also where the budget was lowered below what is used."""
    made = a_redemption(reserved, "shop:1" if again else None)
    used = reserved + others

    counted = count_order(a_reward(most), made, worth, day=DAY, used={KEY: used})

    change = counted.budgets.get(KEY, 0)
    assert change <= 0 or used + change <= most
    assert sum(use.amount for use in counted.uses if use.measure == "value" and use.scope == "b") == reserved + change
    assert counted.uses[:2] == made.uses[:2]
    assert (counted.short is not None) == (worth - reserved > max(most - used, 0))
    if counted.short is None:
        assert reserved + change == (max(worth, reserved) if again else worth)
    assert not change or set(counted.budgets) == asked_by(a_reward(most), made, [DAY])


def test_a_reward_that_is_no_more_bounds_nothing() -> None:
    counted = count_order(None, a_redemption(4000), 9000, day=DAY, used={KEY: 4000})

    assert (counted.budgets, counted.bounds, counted.short) == ({KEY: 5000}, {}, None)


@pytest.mark.parametrize(
    ("discount", "off", "worth"),
    [
        pytest.param(500, 500, 4000, id="as the cart was"),
        pytest.param(900, 500, 3600, id="another discount beside it"),
        pytest.param(0, 500, 4000, id="a discount the order does not tell of"),
    ],
)
def test_an_order_is_worth_what_its_cart_was(discount: int, off: int, worth: int) -> None:
    order = Order("o", "EUR", (Line("1", 3000), Line("2", 1000)), discount_minor=discount)

    assert worth_of(order, off=off) == worth
