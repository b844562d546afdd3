"""Wallets over HTTP, on a published program."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import httpx2
import pytest
from fastapi import FastAPI

from puntal.access.gate import Gate
from puntal.access.model import ALL_PERMISSIONS, OrganizationId, Permission
from puntal.access.operations import keys
from puntal.entrypoints.programs import Programs
from puntal.kit import clock, http
from puntal.kit.ids import new_id
from puntal.points import api
from puntal.programs import operations as programs

if TYPE_CHECKING:
    from puntal.kit.db import Database

DOCUMENT: dict[str, Any] = {
    "puntal": 1,
    "name": "Club Aurora",
    "timezone": "Europe/Madrid",
    "currency": "EUR",
    "wallets": {
        "points": {
            "kind": "points",
            "transferable": True,
            "convert": [{"to": "miles", "take": 3, "give": 2}],
            "liability": {"cost_per_point": "0.01 EUR", "expected_redemption": "80%"},
        },
        "miles": {"kind": "points"},
    },
    "earning": [{"id": "purchases", "on": "purchase", "award": {"wallet": "points", "points": 1, "per": "1.00 EUR"}}],
}


@pytest.fixture
async def client(database: Database, program_id: int) -> AsyncIterator[httpx2.AsyncClient]:
    """A server of these routes, with a key that may do everything, at the program's address."""
    async with database.program_transaction(program_id) as tx:
        await programs.publish(tx, program_id, DOCUMENT, by="tests", now=clock.now())
    async with database.transaction() as tx:
        row = await (await tx.execute("SELECT organization_id FROM program WHERE id = %s", [program_id])).fetchone()
        assert row is not None
        everything = await keys.create_first_key(
            tx, OrganizationId(row[0]), name="Shop", now=clock.now(), scopes=ALL_PERMISSIONS
        )
        reading = await keys.create_first_key(
            tx, OrganizationId(row[0]), name="Reader", now=clock.now(), scopes=frozenset({Permission.MEMBERS_READ})
        )
    served = FastAPI()
    http.install(served)
    served.state.database = database
    served.state.gate = Gate(database)
    served.state.programs = Programs()
    http.add_routes(served, api.router)
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(served),
        base_url=f"http://puntal/v1/programs/tienda-{row[0]}",
        headers={"authorization": f"Bearer {everything.token}"},
    ) as opened:
        opened.headers["x-reader"] = reading.token
        yield opened


@pytest.fixture
async def anna(database: Database, program_id: int) -> UUID:
    return await a_member(database, program_id)


async def a_member(database: Database, program_id: int, status: str = "active", into: UUID | None = None) -> UUID:
    member, now = new_id(), clock.now()
    async with database.program_transaction(program_id) as tx:
        await tx.execute(
            "INSERT INTO member (program_id, id, status, merged_into, created_at, updated_at)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            [program_id, member, status, into, now, now],
        )
    return member


async def give(client: httpx2.AsyncClient, member: UUID, amount: int, **more: Any) -> httpx2.Response:
    body = {"wallet": "points", "amount": amount, "reason": "Perdón", "internal_reason": "ticket 81"} | more
    return await client.post(f"members/{member}/adjustments", json=body)


async def test_a_member_sees_what_she_was_given(client: httpx2.AsyncClient, anna: UUID) -> None:
    empty = (await client.get(f"members/{anna}/wallets")).json()
    given = await give(client, anna, 40)
    shown = (await client.get(f"members/{anna}/wallets")).json()

    assert [wallet["balance"] for wallet in empty["items"]] == [0, 0]
    assert given.status_code == 201
    assert given.json()["transfers"][0]["reason"] == "Perdón"
    (points, _) = shown["items"]
    assert (points["wallet"], points["balance"], points["ends"]) == ("points", 40, [{"amount": 40, "at": None}])


async def test_the_same_key_adjusts_once(client: httpx2.AsyncClient, anna: UUID) -> None:
    client.headers["idempotency-key"] = f"adjust-{anna}"
    first, second = await give(client, anna, 40), await give(client, anna, 40)

    assert first.json() == second.json()
    assert (await client.get(f"members/{anna}/wallets")).json()["items"][0]["balance"] == 40


async def test_transfers_are_paged_and_notes_are_for_those_who_adjust(client: httpx2.AsyncClient, anna: UUID) -> None:
    for amount in (1, 2, 3):
        await give(client, anna, amount)

    first = (await client.get(f"members/{anna}/transfers", params={"limit": 2})).json()
    client.headers["authorization"] = f"Bearer {client.headers['x-reader']}"
    rest = (await client.get(f"members/{anna}/transfers", params={"limit": 2, "cursor": first["next"]})).json()

    assert [row["amount"] for row in first["items"] + rest["items"]] == [3, 2, 1]
    assert (rest["next"], rest["items"][0]["reason"], rest["items"][0]["internal"]) == (None, "Perdón", None)
    assert first["items"][0]["internal"] == "ticket 81"


async def test_a_statement_is_opening_lines_and_closing(client: httpx2.AsyncClient, anna: UUID) -> None:
    await give(client, anna, 40)
    await give(client, anna, -15)
    now = clock.now()
    period = {"from": (now - timedelta(days=1)).isoformat(), "until": (now + timedelta(days=1)).isoformat()}

    shown = (await client.get(f"members/{anna}/statement", params=period)).json()
    wrong = await client.get(f"members/{anna}/statement", params={"from": period["until"], "until": period["from"]})

    (wallet,) = shown["wallets"]
    assert (wallet["opening"]["available"], wallet["closing"]["available"]) == (0, 25)
    assert [line["amount"] for line in wallet["lines"]] == [40, 15]
    assert (wrong.status_code, wrong.json()["type"]) == (422, "points.period_invalid")


async def test_sending_and_converting(
    client: httpx2.AsyncClient, anna: UUID, database: Database, program_id: int
) -> None:
    ben = await a_member(database, program_id)
    merged = await a_member(database, program_id, "merged", ben)
    await give(client, anna, 100)

    sent = await client.post(f"members/{anna}/transfers", json={"wallet": "points", "amount": 10, "to": str(merged)})
    converted = await client.post(
        f"members/{anna}/conversions", json={"wallet": "points", "into": "miles", "amount": 60}
    )
    liability = (await client.get("reports/liability")).json()

    assert (sent.status_code, sent.json()["transfers"][0]["other_member_id"]) == (201, str(ben))
    assert [each["amount"] for each in converted.json()["transfers"]] == [60, 40]
    of_ben = (await client.get(f"members/{merged}/wallets")).json()
    assert of_ben["items"][0]["balance"] == 10
    assert (liability[0]["available"], liability[0]["cost_minor"], liability[0]["currency"]) == (40, 32, "EUR")


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("adjustments", {"amount": 0}, 422, "points.amount_zero"),
        ("adjustments", {"amount": -1}, 409, "points.insufficient"),
        ("adjustments", {"amount": 1, "wallet": "gold"}, 422, "points.unknown_wallet"),
        ("adjustments", {"amount": 10**30}, 422, "request.faulty"),
        ("adjustments", {"amount": 1.5}, 422, "request.faulty"),
        ("adjustments", {"amount": 1, "reason": ""}, 422, "request.faulty"),
        ("transfers", {"amount": 1, "to": str(UUID(int=7))}, 404, "members.unknown"),
        ("conversions", {"amount": 3, "into": "points"}, 403, "points.not_convertible"),
        ("conversions", {"amount": 4, "into": "miles"}, 422, "points.wrong_portion"),
        ("conversions", {"amount": 3, "into": "miles"}, 409, "points.insufficient"),
    ],
)
async def test_what_is_refused_has_a_name(
    client: httpx2.AsyncClient, anna: UUID, path: str, body: dict[str, Any], status: int, code: str
) -> None:
    reasons = {"reason": "Perdón", "internal_reason": "ticket 81"} if path == "adjustments" else {}

    answer = await client.post(f"members/{anna}/{path}", json={"wallet": "points"} | reasons | body)

    assert (answer.status_code, answer.json()["type"]) == (status, code)


async def test_nobody_gives_to_or_from_a_paused_member(
    client: httpx2.AsyncClient, anna: UUID, database: Database, program_id: int
) -> None:
    paused = await a_member(database, program_id, "paused")
    await give(client, paused, 10)

    answer = await client.post(f"members/{paused}/transfers", json={"wallet": "points", "amount": 1, "to": str(anna)})

    assert (answer.status_code, answer.json()["type"]) == (409, "points.member_not_active")


async def test_a_statement_is_downloaded_as_a_file(client: httpx2.AsyncClient, anna: UUID) -> None:
    await give(client, anna, 50)
    month = clock.now().strftime("%Y-%m")
    at = f"members/{anna}/wallets/points/statements"
    table = await client.get(f"{at}/{month}.csv", params={"language": "es"})
    assert (table.status_code, table.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert "Ajuste: Perdón" in table.text
    assert f"points-{month}.csv" in table.headers["content-disposition"]
    pages = await client.get(f"{at}/{month}.pdf", headers={"accept-language": "es-ES"})
    assert pages.content.startswith(b"%PDF-")
    assert pages.headers["content-language"] == "es"
    assert (await client.get(f"{at}/2020-01.pdf")).content.startswith(b"%PDF-")
    later = await client.get(f"{at}/2099-01.csv")
    assert (later.status_code, later.json()["type"]) == (422, "points.month_to_come")
    assert (await client.get(f"{at}/2026-13.csv")).status_code == 422
