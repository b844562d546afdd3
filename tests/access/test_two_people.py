"""What takes two people, over HTTP and with the deeds themselves (F10)."""

from __future__ import annotations

from datetime import timedelta

import httpx2
import pytest
from fastapi import FastAPI
from offices import DOCUMENT, Office
from signers import MakeKey

from puntal.access.model import PUBLISH, Caller, FourEyes
from puntal.access.operations import approvals
from puntal.access.operations.approvals import Postponed
from puntal.kit import clock
from puntal.kit.db import Database, ProgramId
from puntal.kit.words import Words

RENAMED = DOCUMENT | {"name": "Club Nuevo"}


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
    assert len(asked["about"]["changes"]) == 1
    assert "Club Aurora" in asked["about"]["changes"][0]["es"]
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
