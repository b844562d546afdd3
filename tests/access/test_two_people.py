"""What takes two people, over HTTP and with the deeds themselves (F10)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest
from fastapi import FastAPI
from signers import Hire, MakeKey, sign_in

from puntal.access.model import PUBLISH, Caller, FourEyes
from puntal.access.operations import approvals
from puntal.access.operations.approvals import Postponed
from puntal.access.phrases import Words
from puntal.entrypoints.server import create_app
from puntal.kit import clock
from puntal.kit.db import Database, ProgramId
from puntal.kit.settings import Settings
from puntal.programs import operations as programs
from puntal.rewards.operations import batches

DOCUMENT: dict[str, Any] = {
    "puntal": 1,
    "name": "Club Aurora",
    "timezone": "Europe/Madrid",
    "currency": "EUR",
    "phase": "live",
    "wallets": {
        "points": {"kind": "points"},
        "monedero": {"kind": "money", "currency": "EUR", "gift_cards": {"min": "1.00 EUR", "prefix": "GC"}},
    },
    "rewards": [{"id": "five_euro", "kind": "amount_off", "value": "5.00 EUR", "voucher": {}}],
}
RENAMED = DOCUMENT | {"name": "Club Nuevo"}


class Office:
    """Anna and Ben, marketer and owner, each signed in, and their program."""

    def __init__(self, anna: httpx2.AsyncClient, ben: httpx2.AsyncClient, at: str) -> None:
        self.anna, self.ben, self.at = anna, ben, at

    async def want(self, **wanted: Any) -> None:
        answer = await self.ben.put("/v1/organization/four-eyes", json=wanted)
        assert answer.status_code == 200, answer.text

    async def waiting(self, answer: httpx2.Response) -> dict[str, Any]:
        assert answer.status_code == 202, answer.text
        shown = await self.ben.get(f"{self.at}/approvals/{answer.json()['approval_id']}")
        said: dict[str, Any] = shown.json()
        return said

    async def decide(self, client: httpx2.AsyncClient, id: str, decision: str = "approve") -> httpx2.Response:
        return await client.post(f"{self.at}/approvals/{id}/decision", json={"decision": decision})


@pytest.fixture
async def served(database: Database) -> AsyncIterator[FastAPI]:
    app = create_app(database, settings=Settings(log_level="error"))
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def office(served: FastAPI, hire: Hire, database: Database, program_id: int, slug: str) -> AsyncIterator[Office]:
    async with database.program_transaction(program_id) as tx:
        await programs.publish(tx, program_id, DOCUMENT, by="tests", now=clock.now())
    transport = httpx2.ASGITransport(served, client=("203.0.113.40", 40000))
    headers = {"sec-fetch-site": "same-origin"}
    async with (
        httpx2.AsyncClient(transport=transport, base_url="https://puntal", headers=headers) as anna,
        httpx2.AsyncClient(transport=transport, base_url="https://puntal", headers=headers) as ben,
    ):
        await sign_in(anna, await hire("Anna", "admin"))
        await sign_in(ben, await hire("Ben", "owner"))
        yield Office(anna, ben, f"/v1/programs/{slug}")


async def _revision(office: Office) -> int:
    found: int = (await office.ben.get(f"{office.at}/program/revisions")).json()["items"][0]["number"]
    return found


async def test_publishing_takes_two_only_where_the_organization_says_so(office: Office) -> None:
    body = {"document": RENAMED, "note": "A better name"}
    at_once = await office.anna.post(f"{office.at}/program/publish", json=body)
    assert (at_once.status_code, await _revision(office)) == (200, 2)
    await office.want(publish=True)

    asked = await office.waiting(await office.anna.post(f"{office.at}/program/publish", json={"document": DOCUMENT}))

    assert await _revision(office) == 2
    assert (asked["state"], asked["action"], asked["asked_by_name"]) == ("waiting", "program.publish", "Anna")
    assert asked["summary"]["en"].startswith("Publish the program: ")
    assert asked["summary"]["es"].startswith("Publicar el programa: ")
    own = await office.decide(office.anna, asked["id"])
    assert (own.status_code, own.json()["type"]) == (403, "access.own_request")
    done = await office.decide(office.ben, asked["id"])
    assert (done.json()["state"], done.json()["decided_by_name"]) == ("approved", "Ben")
    assert await _revision(office) == 3
    newest = (await office.ben.get(f"{office.at}/program/revisions/3")).json()
    assert newest["document"]["name"] == "Club Aurora"
    again = await office.decide(office.ben, asked["id"])
    assert again.json()["type"] == "access.approval_decided"


async def test_an_owner_is_not_her_own_second_person_either(office: Office) -> None:
    await office.want(publish=True)

    asked = await office.waiting(await office.ben.post(f"{office.at}/program/publish", json={"document": RENAMED}))

    assert (await office.decide(office.ben, asked["id"])).json()["type"] == "access.own_request"
    assert (await office.decide(office.anna, asked["id"])).status_code == 200
    assert await _revision(office) == 2


async def test_a_faulty_document_is_refused_and_not_asked_for(office: Office) -> None:
    await office.want(publish=True)

    answer = await office.anna.post(f"{office.at}/program/publish", json={"document": DOCUMENT | {"currency": "XXX1"}})

    assert (answer.status_code, answer.json()["type"]) == (422, "programs.faulty")
    assert (await office.ben.get(f"{office.at}/approvals")).json()["items"] == []


async def test_an_old_revision_again_takes_two(office: Office) -> None:
    await office.anna.post(f"{office.at}/program/publish", json={"document": RENAMED})
    await office.want(publish=True)

    asked = await office.waiting(await office.anna.post(f"{office.at}/program/rollback", json={"number": 1}))

    assert "revision 1 again" in asked["summary"]["en"]
    assert (await office.decide(office.ben, asked["id"])).status_code == 200
    assert await _revision(office) == 3
    unknown = await office.anna.post(f"{office.at}/program/rollback", json={"number": 99})
    assert unknown.json()["type"] == "programs.revision_not_found"


async def test_a_batch_above_the_limit_takes_two(office: Office) -> None:
    await office.want(voucher_batch=100)
    body = {"name": "Spring", "reward": "five_euro", "kind": "generated", "count": 100}
    small = await office.anna.post(f"{office.at}/voucher-batches", json=body)
    assert small.status_code == 201, small.text

    asked = await office.waiting(await office.anna.post(f"{office.at}/voucher-batches", json=body | {"count": 1200}))

    assert asked["summary"] == {
        "en": "Make 1,200 codes of five_euro (Spring)",
        "es": "Crear 1.200 códigos de five_euro (Spring)",
    }
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
    assert asked["summary"]["es"] == "Cargar 100,01 EUR en el monedero monedero"
    assert (await office.decide(office.ben, asked["id"])).status_code == 200
    third = await office.anna.post(at, json={"reference": "c", "amount": 1, "means": "cash"})
    assert third.json()["available"] == 20_002


async def test_what_the_deed_refuses_goes_on_waiting(office: Office) -> None:
    await office.want(wallet_load=0)
    member = (await office.anna.post(f"{office.at}/members", json={"ids": {"email": "eva@example.org"}})).json()
    at = f"{office.at}/members/{member['id']}/wallets/monedero/load"
    asked = await office.waiting(await office.anna.post(at, json={"reference": "a", "amount": 5, "means": "cash"}))
    switch = {"target_kind": "wallet", "target_id": "monedero", "mode": "stop_new", "reason": "Audit"}
    assert (await office.anna.post(f"{office.at}/kill-switches", json=switch)).status_code == 201

    refused = await office.decide(office.ben, asked["id"])

    assert refused.json()["type"] == "payments.stopped"
    listed = (await office.ben.get(f"{office.at}/approvals", params={"state": "waiting"})).json()["items"]
    assert [each["id"] for each in listed] == [asked["id"]]


async def test_a_kill_switch_waits_for_nobody(office: Office) -> None:
    await office.want(publish=True, voucher_batch=0, wallet_load=0)
    switch = {"target_kind": "reward", "target_id": "five_euro", "mode": "stop_and_void", "reason": "Wrong value"}

    answer = await office.anna.post(f"{office.at}/kill-switches", json=switch)

    assert answer.status_code == 201, answer.text


async def test_a_request_nobody_decides_is_over_after_a_fortnight(
    office: Office, database: Database, program_id: int
) -> None:
    await office.want(publish=True)
    asked = await office.waiting(await office.anna.post(f"{office.at}/program/publish", json={"document": RENAMED}))
    assert asked["expires_at"] is not None
    async with database.program_transaction(program_id) as tx:
        await tx.execute("UPDATE approval SET expires_at = now() WHERE program_id = %s", [program_id])

    late = await office.decide(office.ben, asked["id"])

    assert (late.status_code, late.json()["state"]) == (409, "expired")
    for state, found in (("expired", [asked["id"]]), ("waiting", [])):
        listed = (await office.ben.get(f"{office.at}/approvals", params={"state": state})).json()["items"]
        assert [each["id"] for each in listed] == found
        assert all(each["state"] == state for each in listed)
    assert await _revision(office) == 1


async def test_one_person_with_a_key_is_not_two(office: Office, served: FastAPI) -> None:
    await office.want(publish=True)
    made = await office.anna.post(
        "/v1/organization/keys", json={"name": "Script", "scopes": ["program:read", "program:publish"]}
    )
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(served),
        base_url="https://puntal",
        headers={"authorization": f"Bearer {made.json()['token']}"},
    ) as script:
        asked = await office.waiting(await script.post(f"{office.at}/program/publish", json={"document": RENAMED}))

    assert asked["asked_by_name"] == "Script"
    assert (await office.decide(office.anna, asked["id"])).json()["type"] == "access.own_request"
    assert (await office.decide(office.ben, asked["id"])).status_code == 200


async def test_only_an_owner_says_what_takes_two(office: Office, a_key: MakeKey) -> None:
    await office.want(publish=True, voucher_batch=5)

    refused = await office.anna.put("/v1/organization/four-eyes", json={})

    assert (refused.status_code, refused.json()["type"]) == (403, "access.beyond_own")
    assert (await office.anna.get("/v1/organization/four-eyes")).json() == {
        "publish": True,
        "voucher_batch": 5,
        "voucher_issue": None,
        "wallet_load": None,
        "gift_card": None,
        "payout": None,
    }
    by_key = {"authorization": f"Bearer {(await a_key()).token}"}
    assert (await office.anna.put("/v1/organization/four-eyes", json={}, headers=by_key)).status_code == 403


async def test_a_request_stands_until_its_end(database: Database, program_id: int, owner: Caller) -> None:
    now, program = clock.now(), ProgramId(program_id)
    async with database.transaction() as tx:
        await approvals.set_four_eyes(tx, FourEyes(publish=True), by=owner, now=now)
    async with database.program_transaction(program_id) as tx:
        with pytest.raises(Postponed) as waits:
            await approvals.first_ask(
                tx,
                program_id=program,
                action=PUBLISH,
                size=None,
                subject="program",
                said={},
                summary=Words("Publish", "Publicar"),
                by=owner,
                now=now,
            )
    request = waits.value.approval
    assert request.at(now + approvals.LASTS - timedelta(seconds=1)) == "waiting"
    assert request.at(now + approvals.LASTS) == "expired"


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

    assert asked["summary"] == {"en": "Issue 3 vouchers of five_euro", "es": "Emitir 3 vales de five_euro"}
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

    assert asked["summary"]["en"] == "Import 3 codes of five_euro (Partner)"
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
    assert credit["summary"]["es"] == "Abonar 10,01 EUR en el monedero monedero"
    assert (await office.decide(office.ben, credit["id"])).status_code == 200
    small = await office.anna.post(f"{at}/payout", json={"reference": "d", "amount": 1_000, "means": "cash"})
    assert (small.status_code, small.json()["available"]) == (201, 2_001)

    everything = {"reference": "e", "means": "cash"}
    rest = await office.waiting(await office.anna.post(f"{at}/payout", json=everything))
    assert rest["summary"]["en"] == "Pay everything out of the wallet monedero"
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
