"""What costs money takes two people above a limit: codes, vouchers, loads, gift cards, payouts (F10)."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from fastapi import FastAPI
from offices import Office

from puntal.kit import clock
from puntal.kit.db import Database
from puntal.rewards.operations import batches


async def test_a_batch_above_the_limit_takes_two(office: Office) -> None:
    await office.want(voucher_batch=100)
    body = {"name": "Spring", "reward": "five_euro", "kind": "generated", "count": 100}
    small = await office.anna.post(f"{office.at}/voucher-batches", json=body)
    assert small.status_code == 201, small.text

    asked = await office.waiting(await office.anna.post(f"{office.at}/voucher-batches", json=body | {"count": 1200}))

    assert asked["summary"] == {
        "en": "Make 1,200 codes of “Five euro off” (Spring)",
        "es": "Crear 1.200 códigos de «5 € de descuento» (Spring)",
    }
    assert [asked["about"][name] for name in ("count", "worth_minor", "worth_currency")] == [1200, 600_000, "EUR"]
    assert len((await office.ben.get(f"{office.at}/voucher-batches")).json()["items"]) == 1
    assert (await office.decide(office.ben, asked["id"])).status_code == 200
    assert [each["wanted"] for each in (await office.ben.get(f"{office.at}/voucher-batches")).json()["items"]] == [
        1200,
        100,
    ]


async def test_a_load_above_the_limit_takes_two_and_is_done_once(office: Office) -> None:
    await office.want(wallet_load=10_000)
    member = (await office.anna.post(f"{office.at}/members", json={"ids": {"email": "eva@example.org"}})).json()
    at = f"{office.at}/members/{member['id']}/wallets/monedero/load"
    small = await office.anna.post(at, json={"reference": "a", "amount": 10_000, "means": "cash"})
    assert small.status_code == 201, small.text

    body = {"reference": "b", "amount": 10_001, "means": "cash"}
    first = await office.anna.post(at, json=body, headers={"idempotency-key": "load-b"})
    again = await office.anna.post(at, json=body, headers={"idempotency-key": "load-b"})

    assert again.json() == first.json()
    assert again.headers["idempotency-replayed"] == "true"
    asked = await office.waiting(first)
    assert asked["summary"]["es"] == "Cargar 100,01 EUR a eva@example.org"
    found = [asked["about"][name] for name in ("currency", "amount", "before", "after", "worth_minor")]
    assert found == ["EUR", 10_001, 10_000, 20_001, None]
    assert (await office.decide(office.ben, asked["id"])).status_code == 200
    third = await office.anna.post(at, json={"reference": "c", "amount": 1, "means": "cash"})
    assert third.json()["available"] == 20_002


async def test_selling_a_dear_gift_card_takes_two_and_is_done_once(office: Office) -> None:
    await office.want(gift_card=10_000)
    body = {"wallet": "monedero", "amount": 10_000, "reference": "s1"}
    assert (await office.anna.post(f"{office.at}/gift-cards", json=body)).status_code == 201

    dear = body | {"amount": 10_001, "reference": "s2"}
    asked = await office.waiting(await office.anna.post(f"{office.at}/gift-cards", json=dear))
    assert asked["summary"]["en"] == "Sell a gift card of 100.01 EUR"
    assert (await office.decide(office.anna, asked["id"])).json()["type"] == "access.own_request"
    assert (await office.decide(office.ben, asked["id"])).status_code == 200

    # The seller asks again for the code, and nobody else is asked.
    sold = await office.anna.post(f"{office.at}/gift-cards", json=dear)
    assert (sold.status_code, sold.json()["amount"]) == (201, 10_001)
    totals = (await office.ben.get(f"{office.at}/reports/gift-cards")).json()
    assert [each["left"] for each in totals] == [20_001]


async def test_activating_and_paying_out_a_dear_card_take_two_and_show_no_code(
    office: Office, database: Database, program_id: int
) -> None:
    await office.want(gift_card=5_000, payout=4_000)
    printed = await office.anna.post(
        f"{office.at}/gift-cards/batches", json={"wallet": "monedero", "count": 1, "name": "Till"}
    )
    assert printed.status_code == 201, printed.text
    async with database.program_transaction(program_id) as tx:
        await batches.generate(tx, program_id, UUID(printed.json()["id"]), now=clock.now())
    listed = await office.ben.get(f"{office.at}/vouchers", params={"batch_id": printed.json()["id"]})
    code = listed.json()["items"][0]["code"]

    activate = {"amount": 5_001, "reference": "t1"}
    answer = await office.anna.post(f"{office.at}/gift-cards/{code}/activate", json=activate)
    asked = await office.waiting(answer)
    assert code not in str(asked)
    assert asked["summary"]["es"].endswith("con 50,01 EUR")
    assert (await office.decide(office.ben, asked["id"])).status_code == 200
    again = await office.anna.post(f"{office.at}/gift-cards/{code}/activate", json=activate)
    assert (again.status_code, again.json()["replayed"]) == (200, True)

    out = {"reference": "o1", "means": "cash"}
    leaving = await office.waiting(await office.anna.post(f"{office.at}/gift-cards/{code}/payout", json=out))
    assert code not in str(leaving)
    assert (await office.decide(office.ben, leaving["id"])).status_code == 200
    assert (await office.ben.get(f"{office.at}/gift-cards/{code}")).json()["state"] == "void"


async def test_issuing_many_vouchers_takes_two(office: Office) -> None:
    await office.want(voucher_issue=2)
    body = {"reward": "five_euro", "count": 2}
    assert (await office.anna.post(f"{office.at}/vouchers", json=body)).status_code == 201

    asked = await office.waiting(await office.anna.post(f"{office.at}/vouchers", json=body | {"count": 3}))

    assert asked["summary"] == {
        "en": "Issue 3 vouchers of “Five euro off”",
        "es": "Emitir 3 vales de «5 € de descuento»",
    }
    assert len((await office.ben.get(f"{office.at}/vouchers")).json()["items"]) == 2
    assert (await office.decide(office.ben, asked["id"])).status_code == 200
    assert len((await office.ben.get(f"{office.at}/vouchers")).json()["items"]) == 5


async def test_a_file_of_codes_counts_as_a_batch(office: Office) -> None:
    await office.want(voucher_batch=2)
    made = await office.anna.post(
        f"{office.at}/voucher-batches",
        json={"name": "Partner", "reward": "five_euro", "kind": "imported", "count": 0},
    )
    at = f"{office.at}/voucher-batches/{made.json()['id']}/codes"
    csv = {"content-type": "text/csv"}
    assert (await office.anna.post(at, content="code\nAA-1\n=1+2\n", headers=csv)).status_code == 200
    # What a spreadsheet would run is written so that it does not.
    assert "\n'=1+2," in (await office.ben.get(f"{at}.csv")).text.replace("\r", "")

    asked = await office.waiting(await office.anna.post(at, content="code\nBB-1\nBB-2\nBB-3\n", headers=csv))

    assert asked["summary"]["en"] == "Import 3 codes of “Five euro off” (Partner)"
    assert (await office.decide(office.ben, asked["id"])).status_code == 200
    found = await office.ben.get(f"{office.at}/vouchers", params={"batch_id": made.json()["id"]})
    assert len(found.json()["items"]) == 5


async def test_store_credit_counts_as_a_load_and_money_that_goes_out_takes_two(office: Office) -> None:
    await office.want(wallet_load=1_000, payout=1_000)
    member = (await office.anna.post(f"{office.at}/members", json={"ids": {"email": "eva@example.org"}})).json()
    at = f"{office.at}/members/{member['id']}/wallets/monedero"
    for reference in ("a", "b"):
        paid = await office.anna.post(f"{at}/load", json={"reference": reference, "amount": 1_000, "means": "cash"})
        assert paid.status_code == 201, paid.text

    credit = await office.waiting(await office.anna.post(f"{at}/refund", json={"reference": "c", "amount": 1_001}))
    assert credit["summary"]["es"] == "Abonar 10,01 EUR a eva@example.org"
    assert (await office.decide(office.ben, credit["id"])).status_code == 200
    small = await office.anna.post(f"{at}/payout", json={"reference": "d", "amount": 1_000, "means": "cash"})
    assert (small.status_code, small.json()["available"]) == (201, 2_001)

    everything = {"reference": "e", "means": "cash"}
    rest = await office.waiting(await office.anna.post(f"{at}/payout", json=everything))
    assert rest["summary"]["en"] == "Pay everything in “Monedero” out to eva@example.org"
    assert (await office.decide(office.ben, rest["id"])).status_code == 200
    done = await office.anna.post(f"{at}/payout", json=everything)
    assert (done.status_code, done.json()["amount"], done.json()["available"]) == (200, 2_001, 0)


FREE = {
    "payments_pay_from_wallet": "spends what the member has",
    "payments_send_money": "moves what members have",
    "points_send_units": "moves what members have",
    "points_convert_units": "at the published rate",
    "gift_cards_redeem_gift_card": "spends what is on the card",
    "gift_cards_refund_gift_card": "gives back what the card paid",
    "gift_cards_print_gift_cards": "worth nothing until activated",
    "gift_cards_list_order_gift_cards": "a list",
    "vouchers_void_batch": "ends",
    "vouchers_void_voucher": "ends",
    "points_adjust_wallet": "above the limit of the role",
}
"""Operations with permissions that can cost money, and why nobody else is asked for them by the organization's wish."""
COSTLY = {"points:adjust", "points:transfer", "money:load", "money:spend", "money:payout", "vouchers:write"}


def test_whatever_costs_money_takes_two_or_says_why_not(served: FastAPI) -> None:
    """Whoever adds a route that costs money decides here whether it takes two."""
    lines = Path(__file__).with_name("roles.txt").read_text().splitlines()
    costly = {line.split()[0] for line in lines if line.partition("#")[2].strip() in COSTLY}
    asking = {
        found["operationId"]
        for path in served.openapi()["paths"].values()
        for method, found in path.items()
        if method in {"post", "put", "patch", "delete"} and "202" in found["responses"]
    }

    assert sorted(costly - asking - FREE.keys()) == []
    assert sorted(FREE.keys() - costly) == []
