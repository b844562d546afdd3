"""Gift cards over HTTP, on a published program."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from coupons import a_member
from fastapi import FastAPI

from puntal.access.gate import Gate
from puntal.access.model import ALL_PERMISSIONS, OrganizationId
from puntal.access.operations import keys
from puntal.entrypoints.programs import Programs
from puntal.kit import clock, http
from puntal.programs import operations as programs
from puntal.rewards.api import card_totals, gift_cards, vouchers

if TYPE_CHECKING:
    from puntal.kit.db import Database

DOCUMENT: dict[str, Any] = {
    "puntal": 1,
    "name": "Club Aurora",
    "timezone": "Europe/Madrid",
    "currency": "EUR",
    "wallets": {
        "monedero": {
            "kind": "money",
            "currency": "EUR",
            "liability": {"expected_redemption": "50%"},
            "gift_cards": {"min": "10.00 EUR", "prefix": "GC"},
        },
    },
    "rewards": [{"id": "ten", "kind": "gift_card", "value": "10.00 EUR"}],
}


@pytest.fixture
async def shop(database: Database, program_id: int) -> AsyncIterator[httpx2.AsyncClient]:
    """A server of these routes, with a key that may do everything, at the program's address."""
    async with database.program_transaction(program_id) as tx:
        await programs.publish(tx, program_id, DOCUMENT, by="tests", now=clock.now())
    async with database.transaction() as tx:
        row = await (await tx.execute("SELECT organization_id FROM program WHERE id = %s", [program_id])).fetchone()
        assert row is not None
        key = await keys.create_first_key(
            tx, OrganizationId(row[0]), name="Shop", now=clock.now(), scopes=ALL_PERMISSIONS
        )
    served = FastAPI()
    http.install(served)
    served.state.database = database
    served.state.gate = Gate(database)
    served.state.programs = Programs()
    http.add_routes(served, gift_cards.router, card_totals.router, vouchers.router)
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(served),
        base_url=f"http://puntal/v1/programs/tienda-{row[0]}",
        headers={"authorization": f"Bearer {key.token}"},
    ) as opened:
        yield opened


async def test_a_card_from_sale_to_payout(shop: httpx2.AsyncClient, database: Database, program_id: int) -> None:
    """B18, over HTTP."""
    sale = {"wallet": "monedero", "amount": 5000, "reference": "sale-1"}
    sold = await shop.post("gift-cards", json=sale)
    assert (sold.status_code, sold.json()["remaining"], sold.json()["ends_at"]) == (201, 5000, None)
    code = sold.json()["code"]
    assert code.startswith("GC")
    assert (await shop.post("gift-cards", json=sale)).json()["code"] == code
    at = f"gift-cards/{code.lower()}"
    paid = await shop.post(f"{at}/redeem", json={"reference": "o-1", "amount": 1500, "order": "shop:1"})
    assert (paid.status_code, paid.json()["card"]["remaining"]) == (201, 3500)
    again = await shop.post(f"{at}/redeem", json={"reference": "o-1", "amount": 1500, "order": "shop:1"})
    assert (again.status_code, again.json()["replayed"]) == (200, True)
    async with database.program_transaction(program_id) as tx:
        anna = await a_member(tx, program_id)
    into = {"reference": "mine", "amount": 2000, "member_id": str(anna), "into": "monedero"}
    moved = await shop.post(f"{at}/redeem", json=into)
    assert (moved.status_code, moved.json()["available"], moved.json()["card"]["remaining"]) == (201, 2000, 1500)
    back = await shop.post(f"{at}/refund", json={"reference": "r-1", "payment": "o-1", "amount": 500})
    assert (back.status_code, back.json()["card"]["remaining"]) == (201, 2000)
    over = await shop.post(f"{at}/refund", json={"reference": "r-2", "payment": "o-1", "amount": 1001})
    assert (over.status_code, over.json()["type"], over.json()["left"]) == (409, "rewards.card_over_payment", 1000)
    assert (await shop.post("vouchers", json={"reward": "ten", "count": 2})).status_code == 201
    totals = [
        (line["wallet"], line["origin"], line["left"], line["cost_minor"])
        for line in (await shop.get("reports/gift-cards")).json()
    ]
    assert totals == [("monedero", "granted", 2000, 1000), ("monedero", "paid_in", 2000, 2000)]
    out = await shop.post(f"{at}/payout", json={"reference": "return", "means": "card"})
    assert (out.status_code, out.json()["amount"], out.json()["card"]["state"]) == (201, 2000, "void")
    assert (await shop.get(at)).json()["state"] == "void"


async def test_what_is_refused(shop: httpx2.AsyncClient) -> None:
    small = await shop.post("gift-cards", json={"wallet": "monedero", "amount": 999, "reference": "a"})
    assert (small.status_code, small.json()["type"], small.json()["least"]) == (422, "rewards.card_amount", 1000)
    stray = await shop.post(
        "gift-cards", json={"wallet": "monedero", "amount": 1000, "reference": "a", "order": "shop:9", "line": "1"}
    )
    assert (stray.status_code, stray.json()["type"]) == (409, "rewards.card_line_unknown")
    unknown = await shop.post("gift-cards/GCNOTHING0000/redeem", json={"reference": "o-1"})
    assert (unknown.status_code, unknown.json()["type"]) == (404, "rewards.voucher_unknown")
    nobody = await shop.post("gift-cards/GCNOTHING0000/redeem", json={"reference": "o-1", "into": "monedero"})
    assert nobody.status_code == 422


async def test_a_stopped_wallet_stops_its_cards(shop: httpx2.AsyncClient, database: Database, program_id: int) -> None:
    sold = await shop.post("gift-cards", json={"wallet": "monedero", "amount": 5000, "reference": "sale-1"})
    at = f"gift-cards/{sold.json()['code']}"
    async with database.program_transaction(program_id) as tx:
        await programs.set_switch(
            tx, program_id, target_kind="wallet", target_id="monedero", mode="stop_new", reason="", by="tests",
            now=clock.now(),
        )  # fmt: skip
    refused = await shop.post(f"{at}/redeem", json={"reference": "o-1"})
    assert (refused.status_code, refused.json()["type"]) == (409, "payments.stopped")
    out = await shop.post(f"{at}/payout", json={"reference": "back", "means": "cash"})
    assert (out.status_code, out.json()["amount"]) == (201, 5000)
