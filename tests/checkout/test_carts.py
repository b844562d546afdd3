"""`POST carts/evaluate`: one question, and everything the checkout shows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import httpx2
import pytest
from tills import Till, line, offer

from puntal.checkout.shapes import CartOut
from puntal.kit import clock, ids
from puntal.kit.db import Database
from puntal.rewards.model_vouchers import Issue, VoucherTerms
from puntal.rewards.operations import vouchers

ANNA = {"email": "anna@example.com"}


async def a_voucher(database: Database, till: Till, reward: str = "coupon", **more: Any) -> str:
    now = clock.now()
    issue = Issue(
        id=ids.new_id(), reward=reward, terms=VoucherTerms(revision=1), origin="direct", valid_from=now, **more
    )
    async with database.program_transaction(till.program_id) as tx:
        (made,) = await vouchers.issue(tx, till.program_id, [issue], now=now)
    return made.code


async def test_one_question_answers_everything(till: Till) -> None:
    await till.join("anna")
    await till.buy("anna", 74_000)

    answer = await till.answer(
        line("1", 2999), line("2", 1151, quantity=2), shipping_minor=490, member=ANNA, rewards=[{"reward": "five_euro"}]
    )

    CartOut.model_validate(answer)
    assert answer["known_as"] == "member"
    assert [(each["discount_minor"], each["net_minor"]) for each in answer["lines"]] == [(361, 2638), (139, 1012)]
    assert (answer["discount_minor"], answer["total_minor"]) == (500, 4140)
    assert answer["balances"] == {"points": 740}
    assert answer["earns"]["points"] == {"points": 36}
    assert answer["exact"] is True
    used = offer(answer, "five_euro")
    assert (used["state"], used["points"], used["wallet"], used["name"]) == ("used", 400, "points", "5 euros off")
    missing = offer(answer, "free_shipping")["missing"]
    assert missing == {
        "of": "order.net",
        "amount_minor": 850,
        "items": None,
        "message": "8.50 EUR more in the cart and it can be used",
    }


async def test_sentences_are_in_the_callers_language(till: Till) -> None:
    till.client.headers["accept-language"] = "es"

    answer = await till.answer(line("1", 4150), shipping_minor=490)
    await till.join("anna")
    known = await till.answer(line("1", 4150), shipping_minor=490, member=ANNA)

    assert offer(answer, "free_shipping")["message"] == "Solo canjean los miembros; falta el alta"
    assert offer(known, "free_shipping")["missing"]["message"] == "Faltan 8,50 EUR en el carrito para poder usarla"
    assert offer(known, "free_shipping")["name"] == "Envío gratis"


async def test_a_stranger_reads_what_she_would_earn(till: Till) -> None:
    nobody = await till.answer(line("1", 4150))
    stranger = await till.answer(line("1", 4150), member={"email": "new@example.com"})

    assert (nobody["known_as"], stranger["known_as"]) == ("anonymous", "unknown")
    assert nobody["earns"]["points"] == stranger["earns"]["points"] == {"points": 41}
    assert offer(nobody, "five_euro")["code"] == "reward.member_guest"


async def test_nothing_is_written(till: Till, database: Database) -> None:
    async def rows() -> Any:
        async with database.program_transaction(till.program_id) as tx:
            found = await tx.execute(
                "SELECT (SELECT count(*) FROM event), (SELECT count(*) FROM member), (SELECT count(*) FROM transfer)"
            )
            return await found.fetchone()

    before = await rows()
    await till.answer(line("1", 4150), member={"email": "new@example.com"}, rewards=[{"reward": "five_euro"}])

    assert await rows() == before


async def test_points_pay_by_steps(till: Till) -> None:
    """B8: 1,050 points offered are ten steps; half the cart may be paid so."""
    await till.join("anna")
    await till.buy("anna", 300_000)

    answer = await till.answer(line("1", 4000), member=ANNA, rewards=[{"reward": "pay:points", "points": 1050}])

    assert (answer["paid_points_minor"], answer["total_minor"]) == (1000, 3000)
    assert offer(answer, "pay:points")["portions"] == 10
    slider = offer(await till.answer(line("1", 4000), member=ANNA), "pay:points")
    assert (slider["state"], slider["points"], slider["discount_minor"]) == ("available", 2000, 2000)


async def test_codes_are_used_and_refused_with_their_reason(till: Till, database: Database) -> None:
    """B6: of two codes of one group the second is refused."""
    first, second = await a_voucher(database, till), await a_voucher(database, till)

    answer = await till.answer(line("1", 10_000), vouchers=[first.lower(), second, "NO-SUCH-CODE"])

    states = {each["voucher"]: (each["state"], each["code"]) for each in answer["vouchers"]}
    assert states == {
        first.lower(): ("used", None),
        second: ("available", "reward.not_together"),
        "NO-SUCH-CODE": ("refused", "rewards.voucher_unknown"),
    }
    assert answer["discount_minor"] == 1500
    assert answer["lines"][0]["discounts"] == [{"reward": "coupon", "amount_minor": 1500}]


async def test_somebody_elses_code_is_refused(till: Till, database: Database) -> None:
    anna = await till.join("anna")
    await till.join("ben")
    code = await a_voucher(database, till, member_id=anna)

    answer = await till.answer(line("1", 10_000), vouchers=[code], member={"email": "ben@example.com"})

    assert answer["vouchers"][0]["code"] == "rewards.voucher_not_yours"
    assert answer["vouchers"][0]["message"] == "The voucher belongs to another member"


async def test_a_gift_card_pays_what_is_left(till: Till, database: Database) -> None:
    code = await a_voucher(database, till, currency="EUR", amount=3000)

    answer = await till.answer(line("1", 2000), shipping_minor=490, vouchers=[code])

    assert (answer["gift_cards"], answer["total_minor"]) == ([{"voucher": code, "amount_minor": 2490}], 0)


async def test_guessing_codes_is_slowed_down(till: Till) -> None:
    statuses = [
        (await till.ask(line("1", 1000), vouchers=[f"GUESS{n}{m}" for m in range(20)])).status_code for n in range(16)
    ]

    assert 429 in statuses
    late = await till.ask(line("1", 1000), vouchers=["ONE-MORE"])
    assert late.json()["type"] == "rewards.too_many_guesses"
    assert (await till.ask(line("1", 1000))).status_code == 200


async def test_a_moment_can_be_given(a_till: Callable[..., Awaitable[Till]]) -> None:
    summer = {"id": "summer", "kind": "percent_off", "value": "10%", "from": "2031-07-01", "through": "2031-07-31"}
    till = await a_till(rewards=[summer], stacking=None)
    await till.join("anna")

    now = await till.answer(line("1", 1000), member=ANNA)
    then = await till.answer(line("1", 1000), member=ANNA, params={"at": "2031-07-15T12:00:00Z"})

    assert offer(now, "summer")["code"] == "reward.not_now"
    assert (offer(then, "summer")["state"], then["discount_minor"]) == ("used", 100)


# -- bad input


async def test_a_cart_of_a_thousand_lines(till: Till) -> None:
    await till.join("anna")
    await till.buy("anna", 74_000)

    answer = await till.answer(
        *(line(str(n), 333 + n % 3, quantity=3) for n in range(1000)), member=ANNA, rewards=[{"reward": "five_euro"}]
    )

    assert sum(each["discount_minor"] for each in answer["lines"]) == 500
    assert sum(each["net_minor"] for each in answer["lines"]) == answer["total_minor"]
    too_many = await till.ask(*(line(str(n), 1) for n in range(1001)))
    assert too_many.status_code == 422


async def test_no_discount_is_more_than_the_cart(a_till: Callable[..., Awaitable[Till]]) -> None:
    till = await a_till(rewards=[{"id": "fifty", "kind": "amount_off", "value": "50.00 EUR"}], stacking=None)
    await till.join("anna")

    answer = await till.answer(line("1", 333), line("2", 333), line("3", 333), member=ANNA, shipping_minor=490)

    assert [each["net_minor"] for each in answer["lines"]] == [0, 0, 0]
    assert (answer["discount_minor"], answer["total_minor"]) == (999, 490)
    assert answer["earns"]["points"] == {}


async def test_another_currency_is_a_reason(till: Till) -> None:
    await till.join("anna")

    answer = await till.answer(line("1", 10_000), currency="USD", member=ANNA)

    assert (answer["currency"], answer["earns"]["code"]) == ("USD", "order.other_currency")
    assert {each["code"] for each in answer["rewards"]} == {"reward.other_currency"}


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"lines": [line("1", -1)]}, "/order/lines/0/amount_minor"),
        ({"lines": [line("1", 1, quantity=-1)]}, "/order/lines/0/quantity"),
        ({"lines": [line("1", 1, discount_minor=2)]}, "/order/lines/0/discount_minor"),
        ({"lines": [line("1", 1), line("1", 1)]}, "/order/lines/1/id"),
        ({"lines": [line("shipping", 1)]}, "/order/lines/0/id"),
        ({"lines": [line("1", 1)], "discount_minor": 2}, "/order/discount_minor"),
        ({"lines": [line("1", 1, currency="USD")]}, "/order/lines/0/currency"),
        ({"lines": [], "currency": "euro"}, "/order/currency"),
        ({"lines": [], "attributes": {"a": {"b": {"c": {"d": {"e": {"f": {"g": {"h": {}}}}}}}}}}, "/order/attributes"),
    ],
)
async def test_what_makes_no_order_is_refused_with_its_place(till: Till, change: dict[str, Any], path: str) -> None:
    response = await till.client.post(till.url("/carts/evaluate"), json={"order": {"currency": "EUR"} | change})

    assert response.status_code == 422, response.text
    assert any(fault["path"].startswith(path) for fault in response.json()["errors"]), response.text


@pytest.mark.parametrize(
    "body",
    [
        {"member": {"email": "no address"}},
        {"points": {"nothing": 100}},
        {"points": {"points": -1}},
        {"rewards": [{"reward": "five_euro", "portions": 0}]},
        {"vouchers": [f"code{n}" for n in range(21)]},
        {"nothing": 1},
    ],
)
async def test_what_cannot_be_asked_is_refused(till: Till, body: dict[str, Any]) -> None:
    response = await till.ask(line("1", 100), **body)

    assert response.status_code == 422, response.text


@pytest.mark.parametrize("at", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "2031-07-15T12:00:00", "soon"])
async def test_moments_out_of_reach_are_refused(till: Till, at: str) -> None:
    response = await till.ask(line("1", 100), params={"at": at})

    assert response.status_code == 422, response.text


@pytest.mark.parametrize(
    ("pick", "code"),
    [
        ({"reward": "nothing"}, "reward.unknown"),
        ({"reward": "pay:points", "points": 99}, "reward.portions"),
        ({"reward": "five_euro", "portions": 2}, "reward.portions"),
        ({"reward": "five_euro", "wallet": "gold"}, "reward.other_wallet"),
        ({"reward": "five_euro", "session": "monday"}, "reward.no_session"),
        ({"reward": "coupon"}, "reward.not_listed"),
    ],
)
async def test_what_cannot_be_picked_says_why(till: Till, pick: dict[str, Any], code: str) -> None:
    """B9: a code for machines and a sentence for people."""
    await till.join("anna")
    await till.buy("anna", 74_000)

    found = offer(await till.answer(line("1", 10_000), member=ANNA, rewards=[pick]), pick["reward"])

    assert (found["state"], found["code"]) == ("refused", code)
    assert found["message"] != code


async def test_without_its_permission_no_key_asks(till: Till, client: httpx2.AsyncClient) -> None:
    response = await client.post(till.url("/carts/evaluate"), json={}, headers={"authorization": "Bearer nothing"})

    assert response.status_code == 401
