"""Carts and money: what wallets and gift cards could pay, and what is left to pay (B18)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from tills import DOCUMENT, Till, line

from puntal.checkout.shapes import CartOut
from puntal.kit.db import Database

ANNA = {"email": "anna@example.com"}
WALLETS = DOCUMENT["wallets"] | {
    "monedero": {
        "kind": "money",
        "currency": "EUR",
        "gift_cards": {},
        "limits": {"balance": 20000, "countries": {"PT": {"balance": "50.00 EUR"}}},
    },
    "francs": {"kind": "money", "currency": "CHF"},
}


@pytest.fixture
async def shop(a_till: Callable[..., Awaitable[Till]]) -> Till:
    till = await a_till(wallets=WALLETS)
    await till.join("anna")
    return till


async def load(till: Till, amount: int, wallet: str = "monedero") -> None:
    member = (await till.answer(line("1", 100), member=ANNA))["member_id"]
    answer = await till.client.post(
        f"/v1/programs/{till.slug}/members/{member}/wallets/{wallet}/load",
        json={"reference": f"load-{wallet}-{amount}", "amount": amount, "means": "cash"},
    )
    assert answer.status_code == 201, answer.text


async def a_card(till: Till, amount: int) -> str:
    answer = await till.client.post(
        f"/v1/programs/{till.slug}/gift-cards",
        json={"wallet": "monedero", "reference": f"card-{amount}", "amount": amount},
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["code"])


def wallet(answer: dict[str, Any], name: str = "monedero") -> dict[str, Any]:
    CartOut.model_validate(answer)
    return next(each for each in answer["money"] if each["wallet"] == name)


async def test_the_answer_says_what_each_wallet_could_pay(shop: Till) -> None:
    await load(shop, 2500)
    await load(shop, 9900, "francs")

    answer = await shop.answer(line("1", 4150), shipping_minor=490, member=ANNA)

    assert wallet(answer) == {
        "wallet": "monedero",
        "currency": "EUR",
        "available_minor": 2500,
        "could_pay_minor": 2500,
        "pays_minor": 0,
        "short_minor": 0,
        "room_minor": 17500,
        "picked": False,
        "code": None,
        "message": None,
    }
    francs = wallet(answer, "francs")
    assert (francs["could_pay_minor"], francs["code"]) == (0, "reward.other_currency")
    assert (answer["total_minor"], answer["paid_wallet_minor"]) == (4640, 0)


async def test_one_question_gives_what_is_left_after_cards_and_wallets(shop: Till) -> None:
    await load(shop, 2500)
    code = await a_card(shop, 1000)

    answer = await shop.answer(line("1", 5000), member=ANNA, vouchers=[code], money={"monedero": "most"})

    assert answer["gift_cards"] == [{"voucher": code, "amount_minor": 1000}]
    found = wallet(answer)
    assert (found["could_pay_minor"], found["pays_minor"], found["short_minor"]) == (2500, 2500, 0)
    assert (answer["paid_wallet_minor"], answer["total_minor"]) == (2500, 1500)
    # It is payment, no discount, and never points.
    assert (answer["discount_minor"], answer["paid_points_minor"]) == (0, 0)
    assert answer["earns"]["points"] == {"points": 50}


@pytest.mark.parametrize(
    ("asked", "pays", "short"),
    [
        pytest.param(1200, 1200, 0, id="less than there is"),
        pytest.param(3000, 2500, 500, id="more than there is"),
        pytest.param("most", 2500, 0, id="all there is"),
        pytest.param(0, 0, 0, id="nothing"),
    ],
)
async def test_a_wallet_pays_what_is_asked_of_it(shop: Till, asked: Any, pays: int, short: int) -> None:
    await load(shop, 2500)

    answer = await shop.answer(line("1", 5000), member=ANNA, money={"monedero": asked})

    found = wallet(answer)
    assert (found["pays_minor"], found["short_minor"]) == (pays, short)
    assert answer["total_minor"] == 5000 - pays


async def test_a_wallet_pays_no_more_than_is_left(shop: Till) -> None:
    await load(shop, 2500)

    answer = await shop.answer(line("1", 900), member=ANNA, money={"monedero": 2000})

    found = wallet(answer)
    assert (found["could_pay_minor"], found["pays_minor"], found["short_minor"]) == (900, 900, 0)
    assert answer["total_minor"] == 0


async def test_who_may_not_pay_pays_nothing_and_reads_why(shop: Till, database: Database) -> None:
    await load(shop, 2500)
    stranger = await shop.answer(line("1", 900), member={"email": "ben@example.com"}, money={"monedero": "most"})
    nobody = await shop.answer(line("1", 900))
    async with database.program_transaction(shop.program_id) as tx:
        await tx.execute("UPDATE member SET status = 'blocked' WHERE program_id = %s", [shop.program_id])
    blocked = await shop.answer(line("1", 900), member=ANNA, money={"monedero": "most"})

    assert (wallet(stranger)["code"], wallet(stranger)["pays_minor"]) == ("members.unknown", 0)
    assert nobody["money"] == []
    assert (wallet(blocked)["code"], wallet(blocked)["pays_minor"]) == ("points.member_not_active", 0)
    assert blocked["total_minor"] == 900


async def test_the_limits_of_her_country_say_how_much_may_come_in(shop: Till, database: Database) -> None:
    await load(shop, 2500)
    async with database.program_transaction(shop.program_id) as tx:
        await tx.execute("UPDATE member SET country = 'PT' WHERE program_id = %s", [shop.program_id])

    assert wallet(await shop.answer(line("1", 900), member=ANNA))["room_minor"] == 2500


@pytest.mark.parametrize(
    ("wrong", "code", "spanish"),
    [
        pytest.param(
            {"money": {"points": 100}},
            "points.not_money",
            "el programa no tiene el monedero de dinero points",
            id="points are no money",
        ),
        pytest.param(
            {"money": {"nothing": 100}},
            "points.unknown_wallet",
            "el programa no tiene el monedero de dinero nothing",
            id="no such wallet",
        ),
        pytest.param(
            {"points": {"nothing": 100}, "member": ANNA},
            "points.unknown_wallet",
            "el programa no tiene el monedero nothing",
            id="no such wallet of points",
        ),
    ],
)
async def test_what_is_no_wallet_is_said_in_both_languages(
    shop: Till, wrong: dict[str, Any], code: str, spanish: str
) -> None:
    for locale in ("en", "es"):
        response = await shop.client.post(
            f"/v1/programs/{shop.slug}/carts/evaluate",
            json={"order": {"currency": "EUR", "lines": [line("1", 900)]}} | wrong,
            headers={"accept-language": locale},
        )

        assert response.status_code == 422
        assert response.json()["errors"][0]["code"] == code
        assert (response.json()["errors"][0]["reason"] == spanish) == (locale == "es")


async def test_a_time_too_far_ahead_is_said_in_spanish(shop: Till) -> None:
    shop.client.headers["accept-language"] = "es"

    response = await shop.ask(line("1", 900), params={"at": "2100-01-01T00:00:00Z"})

    assert response.json()["errors"][0]["reason"] == "a más de diez años de ahora"


async def test_what_is_said_is_what_payments_do(shop: Till) -> None:
    """The cart says 2,500; paying takes exactly that, and `partly` leaves the same."""
    await load(shop, 2500)
    answer = await shop.answer(line("1", 4000), member=ANNA, money={"monedero": "most"})

    paid = await shop.client.post(
        f"/v1/programs/{shop.slug}/members/{answer['member_id']}/wallets/monedero/pay",
        json={"reference": "order-1", "amount": 4000, "partly": True},
    )

    assert (paid.json()["amount"], paid.json()["left"]) == (answer["paid_wallet_minor"], answer["total_minor"])
