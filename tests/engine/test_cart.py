"""What a cart is answered: rewards, the best of them together, what is missing, what it earns."""

from __future__ import annotations

from typing import Any

import pytest
from playing import Player, a_program, at, lines

from puntal.engine.cart import evaluate_cart
from puntal.engine.model import Compiled, Event
from puntal.engine.model_carts import Cart, Evaluation, Offer, Shown
from puntal.orders.model import Line, Order
from puntal.rewards.model import Ask


def forever() -> bool:
    return True


FIFTEEN = {"id": "fifteen", "kind": "percent_off", "value": "15%"}
TWENTY = {"id": "twenty", "kind": "percent_off", "value": "20%", "cost": {"wallet": "points", "points": 500}}
FREE_SHIPPING = {
    "id": "free_shipping",
    "kind": "shipping",
    "group": "shipping",
    "when": {"order.net": {"at_least": "50.00 EUR"}},
}
PAYING = {"points": {"kind": "points", "worth": {"value": "0.01 EUR", "step": 100, "min": 500, "max_share": "50%"}}}


class Till:
    """Anna, with points, at a checkout."""

    def __init__(self, points: int = 0, **sections: Any) -> None:
        self.program: Compiled = a_program(**sections)
        self.anna = Player(self.program)
        if points:
            self.anna.buy(*lines(points * 100), day="2026-01-10")

    def ask(
        self,
        *of: Line,
        asks: tuple[Ask, ...] = (),
        vouchers: tuple[Shown, ...] = (),
        offers: dict[int, int] | None = None,
        channel: str | None = "online",
        **order: Any,
    ) -> Evaluation:
        now = at("2026-03-03")
        body = {"currency": "EUR"} | order
        event = Event(
            id="cart",
            type=self.program.earns_on,
            source="shop",
            occurred_at=now,
            channel=channel,
            order=Order(id="cart", lines=of, **body),
            order_id="cart",
        )
        cart = Cart(event, asks, vouchers, offers or {})
        return evaluate_cart(self.program, self.anna.state(event, now), cart, now, forever)


def by_id(found: Evaluation) -> dict[str, Offer]:
    return {offer.id: offer for offer in (*found.offers, *found.vouchers)}


def earned(found: Evaluation) -> int:
    return sum(reason.points for reason in found.decision.reasons)


def test_x48_points_are_spent_only_where_they_gain() -> None:
    """X48: free 15 % or 20 % for 500 points on a cart of 30.00: 15 %, unless she picks the other."""
    till = Till(900, rewards=[FIFTEEN, TWENTY])

    found = till.ask(*lines(3000), offers={0: 500})

    assert found.discounts == (450, 0)
    assert by_id(found)["twenty"].code == "reward.not_together"
    assert earned(found) == 25

    picked = till.ask(*lines(3000), asks=(Ask("twenty"),))

    assert picked.discounts == (600, 0)
    assert (by_id(picked)["twenty"].units, by_id(picked)["twenty"].outcome) == (500, "used")
    assert by_id(picked)["fifteen"].outcome == "available"


def test_points_nobody_offered_are_not_spent() -> None:
    found = Till(900, rewards=[TWENTY]).ask(*lines(90_000))

    offer = by_id(found)["twenty"]
    assert (offer.outcome, offer.code, offer.discount_minor) == ("available", "reward.points_not_offered", 18_000)
    assert found.total_minor == 90_000


def test_too_few_points_are_said_with_how_many_are_missing() -> None:
    found = Till(300, rewards=[TWENTY]).ask(*lines(3000), asks=(Ask("twenty"),))

    offer = by_id(found)["twenty"]
    assert (offer.outcome, offer.code) == ("refused", "reward.short_of_points")
    assert offer.verdict is not None
    assert offer.verdict.short_by == 200


def test_what_is_missing_for_free_shipping_is_said() -> None:
    """8.50 more for free shipping."""
    till = Till(rewards=[FREE_SHIPPING])

    found = till.ask(*lines(4150), shipping_minor=490)

    offer = by_id(found)["free_shipping"]
    assert (offer.outcome, offer.code) == ("refused", "reward.condition")
    assert offer.missing is not None
    assert (offer.missing.of, offer.missing.amount) == ("order.net", 850)

    enough = till.ask(*lines(4150, 850), shipping_minor=490)
    assert enough.discounts == (0, 0, 490)
    assert (enough.total_minor, enough.order.shipping_minor) == (5000, 0)


def test_a_cart_without_shipping_has_none_to_take_off() -> None:
    found = Till(rewards=[FREE_SHIPPING]).ask(*lines(6000))

    assert (by_id(found)["free_shipping"].outcome, by_id(found)["free_shipping"].code) == (
        "refused",
        "reward.nothing_left",
    )


def test_discounts_of_groups_that_go_together_add_up() -> None:
    till = Till(
        rewards=[FIFTEEN | {"group": "loyalty"}, FREE_SHIPPING],
        stacking={"groups": {"loyalty": {"with": ["shipping"]}}, "order": ["loyalty", "shipping"]},
    )

    found = till.ask(*lines(3333, 3333, 3334), shipping_minor=490)

    assert found.discounts == (500, 500, 500, 490)
    assert found.total_minor == 8500


def test_paying_with_points_goes_in_steps() -> None:
    """B8: steps of 100 points, at least 500, at most half the cart."""
    till = Till(5000, wallets=PAYING)

    found = till.ask(*lines(2250), asks=(Ask("pay:points", portions=20),))

    assert (found.payments, found.total_minor) == ((1100, 0), 1150)
    assert by_id(found)["pay:points"].units == 1100
    assert earned(found) == 11
    assert found.order.paid_points_minor == 1100

    few = till.ask(*lines(2250), asks=(Ask("pay:points", portions=4),))
    assert (few.payments, by_id(few)["pay:points"].code) == ((0, 0), "reward.portions")

    shown = by_id(till.ask(*lines(2250)))["pay:points"]
    assert (shown.outcome, shown.units, shown.discount_minor) == ("available", 1100, 1100)


def test_points_pay_what_discounts_left() -> None:
    found = Till(5000, wallets=PAYING, rewards=[FIFTEEN]).ask(*lines(2000), asks=(Ask("pay:points", portions=10),))

    assert (found.discounts, found.payments, found.total_minor) == ((300, 0), (1000, 0), 700)
    assert earned(found) == 7


def test_products_in_the_cart_become_free() -> None:
    free = {"id": "mug", "kind": "product", "product": {"ids": ["mug"]}}
    till = Till(rewards=[free])

    found = till.ask(*lines(1000, 999, product=["tea", "mug"], quantity=[1, 3]))

    assert found.discounts == (0, 333, 0)
    assert by_id(till.ask(*lines(1000, product=["tea"])))["mug"].code == "reward.no_lines"


def test_gift_cards_that_are_bought_are_not_discounted() -> None:
    found = Till(rewards=[FIFTEEN]).ask(*lines(1000, 5000, gift_card=[False, True]))

    assert found.discounts == (150, 0, 0)


def test_what_is_no_discount_is_picked_beside() -> None:
    sample = {
        "id": "sample",
        "kind": "product",
        "product": {"ids": ["serum"], "delivery": "sample"},
        "cost": {"wallet": "points", "points": 50},
    }
    till = Till(520, rewards=[FIFTEEN, sample, TWENTY])

    found = till.ask(*lines(3000), asks=(Ask("sample"), Ask("twenty")))

    offers = by_id(found)
    assert (offers["sample"].outcome, offers["sample"].units) == ("used", 50)
    assert (offers["twenty"].outcome, offers["twenty"].code) == ("available", "reward.points_short")
    assert found.discounts == (450, 0)


def test_added_tax_falls_with_what_it_is_on() -> None:
    found = Till(rewards=[FIFTEEN]).ask(*lines(1000), tax_minor=210)

    assert (found.order.tax_minor, found.total_minor) == (179, 1029)


def test_the_shops_own_discounts_come_first() -> None:
    found = Till(rewards=[FIFTEEN]).ask(*lines(1000, 1000, discount_minor=[100, 0]), discount_minor=190)

    assert found.amounts == (810, 900, 0)
    assert found.discounts == (122, 135, 0)
    assert [line.discount_minor for line in found.order.lines] == [312, 235]
    assert found.order.discount_minor == 0


@pytest.mark.parametrize(
    ("reward", "code"),
    [
        ({"channels": ["store"]}, "reward.channel"),
        ({"enabled": False}, "reward.off"),
        ({"retired": True}, "reward.retired"),
        ({"stock": 0}, "reward.sold_out"),
        ({"from": "2026-04-01"}, "reward.not_now"),
        ({"when": {"member.country": "DE"}}, "reward.condition"),
    ],
)
def test_every_refusal_has_its_reason(reward: dict[str, Any], code: str) -> None:
    """B9: a code for machines."""
    offer = by_id(Till(rewards=[FIFTEEN | reward]).ask(*lines(1000)))["fifteen"]

    assert (offer.outcome, offer.code, offer.missing) == ("refused", code, None)


def test_a_reward_nobody_knows_is_a_reason() -> None:
    offer = by_id(Till().ask(*lines(1000), asks=(Ask("nothing"),)))["nothing"]

    assert (offer.outcome, offer.code) == ("refused", "reward.unknown")


def test_another_currency_earns_and_uses_nothing() -> None:
    found = Till(rewards=[FIFTEEN]).ask(*lines(1000), currency="USD")

    assert by_id(found)["fifteen"].code == "reward.other_currency"
    assert found.decision.code == "order.other_currency"


def test_an_empty_cart_is_answered() -> None:
    found = Till(rewards=[FIFTEEN]).ask()

    assert (found.amounts, found.total_minor) == ((0,), 0)
    assert by_id(found)["fifteen"].code == "reward.nothing_left"


def test_a_voucher_keeps_the_terms_of_its_revision() -> None:
    """B9: editing a rule changes future redemptions only."""
    before = a_program(rewards=[{"id": "coupon", "kind": "amount_off", "value": "5.00 EUR", "listed": False}])
    till = Till(rewards=[{"id": "coupon", "kind": "amount_off", "value": "1.00 EUR", "listed": False}])

    found = till.ask(*lines(3000), vouchers=(Shown("AB12", None, before.rewards["coupon"], before),))

    assert found.discounts == (500, 0)
    assert by_id(found)["voucher:AB12"].outcome == "used"


def test_two_codes_that_do_not_go_together() -> None:
    """B6: the better one is used, the other says why."""
    codes = [
        {"id": "fifteen", "kind": "percent_off", "value": "15%", "listed": False},
        {"id": "twenty", "kind": "percent_off", "value": "20%", "listed": False},
    ]
    till = Till(rewards=codes)
    shown = tuple(Shown(id.upper(), None, till.program.rewards[id], till.program) for id in ("fifteen", "twenty"))

    offers = by_id(till.ask(*lines(10_000), vouchers=shown))

    assert offers["voucher:TWENTY"].outcome == "used"
    assert (offers["voucher:FIFTEEN"].code, offers["voucher:FIFTEEN"].by) == ("reward.not_together", "voucher:TWENTY")


def test_a_gift_card_pays_what_is_left() -> None:
    till = Till(rewards=[FIFTEEN])

    found = till.ask(*lines(1000), shipping_minor=490, vouchers=(Shown("CARD", money_minor=1000),))

    assert (found.gift_cards, found.total_minor) == ((("CARD", 1000),), 340)
    assert found.order.paid_gift_card_minor == 1000


def test_the_state_is_left_as_it_was() -> None:
    till = Till(900, rewards=[FIFTEEN, TWENTY])
    before = till.anna.books.available, till.anna.running.totals.orders

    till.ask(*lines(3000), asks=(Ask("twenty"),))

    assert (till.anna.books.available, till.anna.running.totals.orders) == before


def test_a_thousand_lines_add_up() -> None:
    found = Till(rewards=[FIFTEEN]).ask(*lines(*(333 + n % 7 for n in range(1000))))

    whole = sum(found.amounts)
    assert sum(found.discounts) == (whole * 15 + 50) // 100
    assert (
        whole - sum(found.discounts)
        == found.total_minor
        == sum(line.amount_minor - line.discount_minor for line in found.order.lines)
    )
