"""Money wallets over HTTP, on a published program."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any
from uuid import UUID

import httpx2
import pytest
from fastapi import FastAPI
from monedero import a_member

from puntal.access.gate import Gate
from puntal.access.model import ALL_PERMISSIONS, OrganizationId, Permission
from puntal.access.operations import keys
from puntal.entrypoints.programs import Programs
from puntal.kit import clock, http
from puntal.payments import api
from puntal.programs import operations as programs

if TYPE_CHECKING:
    from puntal.kit.db import Database

DOCUMENT: dict[str, Any] = {
    "puntal": 1,
    "name": "Club Aurora",
    "timezone": "Europe/Madrid",
    "currency": "EUR",
    "wallets": {
        "points": {"kind": "points"},
        "monedero": {
            "kind": "money",
            "currency": "EUR",
            "transferable": True,
            "limits": {"balance": 50_000, "load": {"amount": "300.00 EUR", "per": "month"}},
        },
    },
}


@pytest.fixture
async def client(database: Database, program_id: int) -> AsyncIterator[httpx2.AsyncClient]:
    """A server of these routes, with a key that may do everything, at the program's address."""
    async with database.program_transaction(program_id) as tx:
        await programs.publish(tx, program_id, DOCUMENT, by="tests", now=clock.now())
    async with database.transaction() as tx:
        row = await (await tx.execute("SELECT organization_id FROM program WHERE id = %s", [program_id])).fetchone()
        assert row is not None
        tokens = [
            (await keys.create_first_key(tx, OrganizationId(row[0]), name="Shop", now=clock.now(), scopes=scopes)).token
            for scopes in (ALL_PERMISSIONS, frozenset({Permission.MONEY_LOAD, Permission.MONEY_SPEND}))
        ]
    served = FastAPI()
    http.install(served)
    served.state.database = database
    served.state.gate = Gate(database)
    served.state.programs = Programs()
    http.add_routes(served, api.router)
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(served),
        base_url=f"http://puntal/v1/programs/tienda-{row[0]}",
        headers={"authorization": f"Bearer {tokens[0]}", "x-cashier": tokens[1]},
    ) as opened:
        yield opened


@pytest.fixture
async def anna(database: Database, program_id: int) -> UUID:
    async with database.program_transaction(program_id) as tx:
        return await a_member(tx, program_id)


async def test_a_wallet_is_loaded_once_and_paid_with(client: httpx2.AsyncClient, anna: UUID) -> None:
    """B18, over HTTP."""
    at = f"members/{anna}/wallets/monedero"
    body = {"reference": "till-1", "amount": 5000, "means": "cash"}
    first = await client.post(f"{at}/load", json=body)
    assert (first.status_code, first.json()["available"], first.json()["currency"]) == (201, 5000, "EUR")
    again = await client.post(f"{at}/load", json=body)
    assert (again.status_code, again.json()["available"], again.json()["replayed"]) == (200, 5000, True)
    paid = await client.post(f"{at}/pay", json={"reference": "o-1", "amount": 6000, "partly": True, "order": "shop:1"})
    assert (paid.json()["amount"], paid.json()["left"], paid.json()["available"]) == (5000, 1000, 0)
    back = await client.post(f"{at}/refund", json={"reference": "r-1", "payment": "o-1", "amount": 1500})
    assert (back.status_code, back.json()["available"], back.json()["payment"]) == (201, 1500, "o-1")
    over = await client.post(f"{at}/refund", json={"reference": "r-2", "payment": "o-1", "amount": 3501})
    assert (over.status_code, over.json()["left"]) == (409, 3500)
    out = await client.post(f"{at}/payout", json={"reference": "close", "means": "bank"})
    assert (out.status_code, out.json()["amount"]) == (201, 1500)


async def test_refusals_carry_the_numbers(client: httpx2.AsyncClient, anna: UUID) -> None:
    at = f"members/{anna}/wallets/monedero"
    over = await client.post(f"{at}/load", json={"reference": "a", "amount": 30_001, "means": "card"})
    assert (over.status_code, over.json()["type"]) == (409, "payments.over_load_limit")
    assert (over.json()["room"], over.json()["most"], over.json()["per"]) == (30_000, 30_000, "month")
    short = await client.post(f"{at}/pay", json={"reference": "b", "amount": 5}, headers={"accept-language": "es"})
    assert (short.json()["type"], short.json()["title"]) == ("points.insufficient", "Faltan 5")
    points = await client.post(
        f"members/{anna}/wallets/points/load", json={"reference": "c", "amount": 5, "means": "card"}
    )
    assert (points.status_code, points.json()["type"]) == (422, "points.not_money")
    nothing = await client.post(f"{at}/refund", json={"reference": "d"})
    assert nothing.json()["type"] == "payments.amount_needed"


async def test_a_cashier_neither_pays_out_nor_gives_goodwill(client: httpx2.AsyncClient, anna: UUID) -> None:
    cashier = {"authorization": f"Bearer {client.headers['x-cashier']}"}
    at = f"members/{anna}/wallets/monedero"
    loaded = await client.post(f"{at}/load", json={"reference": "a", "amount": 500, "means": "cash"}, headers=cashier)
    assert loaded.status_code == 201
    for path, body in (("payout", {"means": "cash"}), ("load", {"amount": 5, "means": "goodwill"})):
        refused = await client.post(f"{at}/{path}", json={"reference": "b"} | body, headers=cashier)
        assert (refused.status_code, refused.json()["type"]) == (403, "access.forbidden")


async def test_a_closed_program_only_gives_back(
    client: httpx2.AsyncClient, database: Database, program_id: int, anna: UUID
) -> None:
    at = f"members/{anna}/wallets/monedero"
    await client.post(f"{at}/load", json={"reference": "a", "amount": 500, "means": "cash"})
    async with database.program_transaction(program_id) as tx:
        await programs.publish(tx, program_id, DOCUMENT | {"phase": "closed"}, by="tests", now=clock.now())
    for path, body in (("load", {"amount": 5, "means": "cash"}), ("pay", {"amount": 5})):
        refused = await client.post(f"{at}/{path}", json={"reference": "b"} | body)
        assert (refused.status_code, refused.json()["type"], refused.json()["phase"]) == (
            409,
            "payments.phase",
            "closed",
        )
    out = await client.post(f"{at}/payout", json={"reference": "c", "means": "bank"})
    assert out.json()["amount"] == 500
