"""What holds of every cart: it adds up, nothing is below zero, and the order earns what was promised."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from playing import Player, a_program, at

from puntal.engine.cart import evaluate_cart
from puntal.engine.model import Compiled, Event
from puntal.engine.model_carts import Cart, Evaluation
from puntal.orders.model import Line, Order
from puntal.rewards.model import Ask

PROGRAM: Compiled = a_program(
    wallets={"points": {"kind": "points", "worth": {"value": "0.01 EUR", "step": 50, "max_share": "60%"}}},
    rewards=[
        {"id": "third", "kind": "percent_off", "value": "33.3%", "group": "codes", "max_discount": "7.77 EUR"},
        {"id": "seven", "kind": "amount_off", "value": "0.07 EUR", "group": "loyalty", "portions": {"max": 30}}
        | {"cost": {"wallet": "points", "points": 3}},
        {"id": "mug", "kind": "product", "product": {"ids": ["mug"], "quantity": 2}, "group": "gifts"},
        {"id": "cheap_mug", "kind": "product", "product": {"ids": ["mug"], "price": "1.00 EUR"}, "group": "loyalty"},
        {"id": "tea", "kind": "percent_off", "value": "12.5%", "applies_to": {"lines": {"line.product": "tea"}}},
        {"id": "shipping", "kind": "shipping", "max_discount": "3.33 EUR", "group": "shipping"},
        {"id": "large", "kind": "amount_off", "value": "9.99 EUR", "when": {"order.net": {"at_least": "30.00 EUR"}}},
    ],
    stacking={
        "groups": {
            "codes": {"with": ["shipping", "gifts"]},
            "loyalty": {"with": ["gifts"], "limit": 2},
            "gifts": {"with": ["shipping"]},
            "shipping": {},
        },
        "order": ["gifts", "codes", "loyalty"],
        "limit": 3,
    },
)
NOW = at("2026-03-03")


@st.composite
def orders(draw: st.DrawFn) -> Order:
    lines = []
    for number in range(draw(st.integers(0, 6))):
        amount = draw(st.integers(0, 4000))
        lines.append(
            Line(
                id=str(number),
                amount_minor=amount,
                product=draw(st.sampled_from(("mug", "tea", None))),
                quantity=draw(st.integers(0, 5)),
                discount_minor=draw(st.integers(0, amount)),
                gift_card=draw(st.integers(0, 9)) == 0,
            )
        )
    goods = sum(line.amount_minor - line.discount_minor for line in lines)
    return Order(
        id="cart",
        currency="EUR",
        lines=tuple(lines),
        discount_minor=draw(st.integers(0, goods)),
        shipping_minor=draw(st.integers(0, 990)),
        tax_minor=draw(st.integers(0, 500)),
    )


asks = st.lists(
    st.builds(Ask, st.sampled_from((*PROGRAM.rewards, "nothing")), portions=st.integers(0, 40)),
    max_size=4,
    unique_by=lambda ask: ask.reward,
).map(tuple)


def event_of(order: Order) -> Event:
    return Event(
        id="cart", type="order.paid", source="shop", occurred_at=NOW, channel="online", order=order, order_id=order.id
    )


def ask(anna: Player, order: Order, picked: tuple[Ask, ...], offers: int) -> Evaluation:
    event = event_of(order)
    return evaluate_cart(
        PROGRAM, anna.state(event, NOW), Cart(event, picked, (), {0: offers}), NOW, patience=lambda: True
    )


def earned(decision: Any) -> int:
    return sum(reason.points for reason in decision.reasons)


@settings(max_examples=150, deadline=None)
@given(orders(), asks, st.integers(0, 3000), st.integers(0, 3000))
def test_every_cart_adds_up(order: Order, picked: tuple[Ask, ...], has: int, offers: int) -> None:
    anna = Player(PROGRAM)
    if has:
        anna.buy(Line(id="1", amount_minor=has * 100), day="2026-01-10")

    found = ask(anna, order, picked, offers)

    whole = [line.amount_minor for line in order.lines]
    net = [line.amount_minor - line.discount_minor for line in found.order.lines]
    assert all(0 <= left <= amount for left, amount in zip(net, whole, strict=True))
    assert sum(found.amounts) == sum(whole) + order.shipping_minor - order.discount_minor - sum(
        line.discount_minor for line in order.lines
    )
    assert net == [had - off for had, off in zip(found.amounts[:-1], found.discounts[:-1], strict=True)]
    assert all(paid <= had - off for had, off, paid in zip(found.amounts, found.discounts, found.payments, strict=True))
    assert found.total_minor == (
        sum(found.amounts) - sum(found.discounts) - sum(found.payments) + found.order.tax_minor
    )
    assert 0 <= found.order.tax_minor <= order.tax_minor
    used = [offer for offer in found.offers if offer.outcome == "used"]
    assert sum(offer.units for offer in used) <= has
    assert sum(offer.units for offer in used if not offer.chosen) <= offers
    assert all(offer.code is None for offer in used)
    assert all(offer.code is not None for offer in found.offers if offer.outcome == "refused")
    assert not any(off for off, line in zip(found.discounts, order.lines, strict=False) if line.gift_card)


@settings(max_examples=60, deadline=None)
@given(orders(), asks, st.integers(0, 3000))
def test_the_order_earns_what_was_promised(order: Order, picked: tuple[Ask, ...], has: int) -> None:
    anna = Player(PROGRAM)
    if has:
        anna.buy(Line(id="1", amount_minor=has * 100), day="2026-01-10")

    found = ask(anna, order, picked, 0)

    assert earned(anna.play(event_of(found.order))) == earned(found.decision)


@settings(max_examples=60, deadline=None)
@given(orders(), asks, st.integers(0, 3000))
def test_what_is_said_to_be_missing_is_enough(order: Order, picked: tuple[Ask, ...], has: int) -> None:
    anna = Player(PROGRAM)
    missing = {offer.id: offer.missing for offer in ask(anna, order, picked, has).offers if offer.missing is not None}

    for id, more in missing.items():
        added = Line(id="more", amount_minor=more.amount)
        fuller = ask(anna, Order(**_fields(order) | {"lines": (*order.lines, added)}), (), 0)
        (offer,) = [each for each in fuller.offers if each.id == id]
        assert offer.outcome in ("used", "available")


def _fields(order: Order) -> dict[str, Any]:
    return {name: getattr(order, name) for name in order.__struct_fields__}
