"""Carts are answered before the framework is asked; the route answers the same, and names every fault."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from pydantic import ValidationError
from tills import Till, line

from puntal.checkout.model import parse_cart
from puntal.checkout.shapes import CART, CartIn

ANNA = {"email": "anna@example.com"}
FULL: dict[str, Any] = CART | {
    "store": "madrid-1",
    "source": "shop",
    "context": {"weather": "sun"},
    "rewards": [{"reward": "pay:points", "points": 500}, {"reward": "five_euro", "portions": 1, "wallet": "points"}],
    "vouchers": ["SPRING-1", "SPRING-1"],
    "points": {"points": 100},
    "money": {"monedero": "most", "francs": 5},
}
FAULTY: list[tuple[str, Any]] = [
    ("order", None),
    ("order", {"currency": "eur", "lines": []}),
    ("order", {"currency": "EUR", "lines": [{"id": "1"}]}),
    ("order", {"currency": "EUR", "lines": [{"id": "1", "amount_minor": -1}]}),
    ("order", {"currency": "EUR", "lines": [{"id": "1", "amount_minor": "9"}]}),
    ("order", {"currency": "EUR", "lines": [], "coupons": ["A"]}),
    ("rewards", [{"reward": "x", "portions": 0}]),
    ("rewards", [{"reward": ""}]),
    ("rewards", [{"reward": "x"}] * 21),
    ("vouchers", ["x" * 65]),
    ("points", {"points": -1}),
    ("money", {"monedero": "all"}),
    ("money", {"monedero": 1.5}),
    ("member", {"name": "Anna"}),
    ("source", ""),
    ("more", 1),
]


@pytest.mark.parametrize("cart", [CART, FULL, {"order": {"currency": "EUR", "lines": []}}])
def test_both_read_the_same_question(cart: dict[str, Any]) -> None:
    text = json.dumps(cart)

    assert parse_cart(text.encode()).read() == CartIn.model_validate_json(text).read()


@pytest.mark.parametrize(("name", "value"), FAULTY)
def test_both_refuse_the_same(name: str, value: Any) -> None:
    text = json.dumps(CART | {name: value})

    with pytest.raises(msgspec.ValidationError):
        parse_cart(text.encode())
    with pytest.raises(ValidationError):
        CartIn.model_validate_json(text)


async def test_both_ways_answer_the_same(till: Till) -> None:
    await till.join("anna")
    await till.buy("anna", 74_000)
    cart = {
        "order": {"currency": "EUR", "lines": [line("1", 2999), line("2", 1151)], "shipping_minor": 490},
        "member": ANNA,
        "rewards": [{"reward": "five_euro"}, {"reward": "nothing"}],
        "vouchers": ["NOSUCHCODE"],
    }
    at = f"/v1/programs/{till.slug}/carts/evaluate"

    straight = await till.client.post(at, json=cart)
    routed = await till.client.post(at, json=cart, headers={"idempotency-key": "ask-1"})

    assert straight.status_code == routed.status_code == 200
    assert straight.json() == routed.json()
    same = ("content-type", "content-language", "ratelimit-limit")
    assert [straight.headers.get(name) for name in same] == [routed.headers.get(name) for name in same]


async def test_a_faulty_body_is_answered_with_every_fault(till: Till) -> None:
    cart = {"order": {"currency": "eur", "lines": [{"id": "1"}]}, "more": 1}

    answer = await till.client.post(f"/v1/programs/{till.slug}/carts/evaluate", json=cart)

    assert (answer.status_code, answer.json()["type"]) == (422, "request.faulty")
    assert {each["path"] for each in answer.json()["errors"]} == {
        "/order/currency",
        "/order/lines/0/amount_minor",
        "/more",
    }


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({"authorization": "Bearer pk_live_nobody"}, 401, id="nobody's key"),
        pytest.param({"content-type": "text/csv"}, 415, id="no JSON"),
    ],
)
async def test_who_may_not_ask_is_refused_as_everywhere(till: Till, headers: dict[str, str], status: int) -> None:
    answer = await till.client.post(
        f"/v1/programs/{till.slug}/carts/evaluate",
        content=json.dumps(CART),
        headers={"content-type": "application/json"} | headers,
    )

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


async def test_another_program_is_not_told_of(till: Till) -> None:
    answer = await till.client.post("/v1/programs/nowhere/carts/evaluate", json=CART)

    assert (answer.status_code, answer.json()["type"]) == (404, "access.program_unknown")
