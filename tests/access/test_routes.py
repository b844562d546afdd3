"""The routes of access over HTTP, and what every route shares: who asks, limits, languages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from puntal.access.dependencies import ProgramTx, program_router, requires
from puntal.access.gate import Gate
from puntal.access.model import ApprovalId, Caller, NewKey, OrganizationId, Permission
from puntal.access.operations import approvals
from puntal.kit import clock, http, ids
from puntal.kit.db import Database, ProgramId

MakeKey = Callable[..., Awaitable[NewKey]]


def bearer(made: NewKey) -> dict[str, str]:
    return {"Authorization": f"Bearer {made.token}"}


async def test_shows_the_organization(client: httpx2.AsyncClient, a_key: MakeKey) -> None:
    made = await a_key()

    answer = await client.get("/v1/organization", headers=bearer(made))

    assert answer.status_code == 200
    assert answer.json()["name"] == "Tienda"


@pytest.mark.parametrize("path", ["/v1/organization/keys", "/v1/programs/anything/audit"])
async def test_without_a_key_everything_is_401(client: httpx2.AsyncClient, path: str) -> None:
    answer = await client.get(path, headers={"Accept-Language": "es-MX"})

    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["type"] == "access.credentials_missing"
    assert answer.json()["title"].startswith("Envía una clave")


async def test_a_key_is_made_used_rotated_and_revoked(client: httpx2.AsyncClient, a_key: MakeKey) -> None:
    admin = bearer(await a_key())
    asked = {"name": "Shop", "scopes": ["keys:read", "events:write"], "networks": ["203.0.113.7"]}

    made = await client.post("/v1/organization/keys", json=asked, headers=admin)
    assert made.status_code == 201
    key = made.json()
    assert key["token"].startswith(key["prefix"])
    assert (key["scopes"], key["networks"]) == (["events:write", "keys:read"], ["203.0.113.7/32"])

    shop = {"Authorization": f"Bearer {key['token']}"}
    listed = await client.get("/v1/organization/keys?limit=1", headers=shop)
    assert "token" not in listed.json()["items"][0]
    rest = await client.get("/v1/organization/keys", params={"cursor": listed.json()["next"]}, headers=shop)
    assert [each["id"] for each in listed.json()["items"]] == [key["id"]]
    assert [each["name"] for each in rest.json()["items"]] == ["Online shop"]
    denied = await client.post("/v1/organization/keys", json=asked, headers=shop)
    assert (denied.status_code, denied.json()["permission"]) == (403, "keys:write")

    rotated = await client.post(f"/v1/organization/keys/{key['id']}/rotate", json={}, headers=admin)
    assert (rotated.status_code, rotated.json()["token"] != key["token"]) == (201, True)
    revoked = await client.post(f"/v1/organization/keys/{key['id']}/revoke", headers=admin)
    assert revoked.json()["replaced_by"] == rotated.json()["id"]
    log = await client.get("/v1/organization/audit", params={"subject": f"key:{key['id']}"}, headers=admin)
    assert [entry["action"] for entry in log.json()["items"]] == ["key.revoked", "key.created"]


async def test_a_repeated_creation_makes_one_key_and_does_not_show_its_secret_again(
    client: httpx2.AsyncClient, a_key: MakeKey, database: Database, organization_id: OrganizationId
) -> None:
    headers = bearer(await a_key()) | {"Idempotency-Key": "one"}
    asked = {"name": "Shop", "scopes": ["events:write"]}

    first = await client.post("/v1/organization/keys", json=asked, headers=headers)
    again = await client.post("/v1/organization/keys", json=asked, headers=headers)

    assert (again.status_code, again.headers["idempotency-replayed"]) == (201, "true")
    assert again.json() == first.json() | {"token": None}
    async with database.transaction() as tx:
        found = await tx.execute(
            "SELECT string_agg(k::text, '') FROM organization_idempotency_key AS k WHERE organization_id = %s",
            [organization_id],
        )
        row = await found.fetchone()
    assert row is not None
    assert first.json()["token"] not in row[0]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"name": "x", "scopes": ["everything"]}, 422, "request.faulty"),
        ({"name": "x", "scopes": []}, 422, "request.faulty"),
        ({"name": "x", "scopes": ["events:write"], "networks": ["office"]}, 422, "access.network_invalid"),
        ({"name": "x", "scopes": ["events:write"], "program": "nowhere"}, 404, "access.program_unknown"),
        ({"name": "x", "scopes": ["events:write"], "expires_at": "2001-01-01T00:00:00Z"}, 422, "access.expiry_past"),
        ({"name": "x", "scopes": ["events:write"], "expires_at": "9999-12-31T23:59:59-14:00"}, 422, "request.faulty"),
        ({"name": "x", "scopes": ["events:write"], "surprise": 1}, 422, "request.faulty"),
    ],
)
async def test_bad_keys_are_refused_by_name(
    client: httpx2.AsyncClient, a_key: MakeKey, body: dict[str, Any], status: int, code: str
) -> None:
    answer = await client.post("/v1/organization/keys", json=body, headers=bearer(await a_key()))

    assert (answer.status_code, answer.json()["type"]) == (status, code)


async def test_a_key_of_one_program_does_nothing_above_it(
    client: httpx2.AsyncClient, a_key: MakeKey, program_id: int
) -> None:
    made = await a_key(program_id=ProgramId(program_id))

    answer = await client.get("/v1/organization/keys", headers=bearer(made))

    assert (answer.status_code, answer.json()["type"]) == (403, "access.organization_only")


async def test_staff_and_roles(client: httpx2.AsyncClient, a_key: MakeKey) -> None:
    admin = bearer(await a_key())
    limit = await client.put("/v1/organization/roles/support", json={"adjust_limit": 200}, headers=admin)
    person = {"email": f"anna-{ids.new_id()}@example.org", "name": "Anna", "role": "support", "locale": "es"}

    added = await client.post("/v1/organization/staff", json=person, headers=admin)
    again = await client.post("/v1/organization/staff", json=person, headers=admin)
    gone = await client.post(f"/v1/organization/staff/{added.json()['id']}/disable", headers=admin)
    listed = await client.get("/v1/organization/staff", headers=admin)
    roles = await client.get("/v1/organization/roles", headers=admin)

    assert limit.json()["adjust_limit"] == 200
    assert (added.status_code, again.status_code) == (201, 409)
    assert "password" not in added.text
    assert gone.json()["disabled_at"] is not None
    assert listed.json()["items"] == [gone.json()]
    assert {role["id"] for role in roles.json()} >= {"owner", "admin", "marketer", "analyst", "support", "cashier"}


async def test_approvals_over_http(
    client: httpx2.AsyncClient,
    app: FastAPI,
    a_key: MakeKey,
    database: Database,
    program_id: int,
    slug: str,
    owner: Caller,
) -> None:
    done: list[object] = []

    async def adjust(_tx: object, _program: object, approval: object, _now: object) -> None:
        done.append(approval)

    app.state.approval_actions = {"points.adjust": adjust}
    second = bearer(await a_key())
    async with database.program_transaction(program_id) as tx:
        request = await approvals.ask(
            tx,
            program_id=ProgramId(program_id),
            id=ApprovalId(ids.new_id()),
            action="points.adjust",
            subject="member:anna",
            payload={"points": 5000},
            by=owner,
            now=clock.now(),
        )
    path = f"/v1/programs/{slug}/approvals"

    waiting = await client.get(path, params={"state": "waiting"}, headers=second)
    decided = await client.post(f"{path}/{request.id}/decision", json={"decision": "approve"}, headers=second)
    late = await client.post(f"{path}/{request.id}/decision", json={"decision": "decline"}, headers=second)
    shown = await client.get(f"{path}/{request.id}", headers=second)
    missing = await client.get(f"{path}/{ids.new_id()}", headers=second)
    log = await client.get(f"/v1/programs/{slug}/audit", headers=second)

    assert [each["id"] for each in waiting.json()["items"]] == [str(request.id)]
    assert (decided.status_code, decided.json()["state"], len(done)) == (200, "approved", 1)
    assert (late.status_code, late.json()["type"]) == (409, "access.approval_decided")
    assert shown.json() == decided.json()
    assert missing.status_code == 404
    assert [each["action"] for each in log.json()["items"]] == ["approval.approved", "approval.asked"]


async def test_the_rate_limit_is_in_every_answer_and_in_the_429(
    client: httpx2.AsyncClient, app: FastAPI, a_key: MakeKey, database: Database
) -> None:
    app.state.gate = Gate(database, requests_per_second=2)
    made = bearer(await a_key())

    answers = [await client.get("/v1/organization", headers=made) for _ in range(10)]

    refused = next(answer for answer in answers if answer.status_code == 429)
    assert answers[0].headers["ratelimit-limit"] == "2"
    assert answers[0].headers["ratelimit-remaining"] in {"0", "1"}
    assert refused.json()["type"] == "access.rate_exceeded"
    assert (refused.headers["retry-after"], refused.headers["ratelimit-remaining"]) == ("1", "0")


async def test_another_organizations_program_is_not_there(
    client: httpx2.AsyncClient, a_key: MakeKey, database: Database
) -> None:
    made = bearer(await a_key())
    other = ids.new_id()
    async with database.transaction() as tx:
        await tx.execute("INSERT INTO organization (id, name, created_at) VALUES (%s, 'B', %s)", [other, clock.now()])
        await tx.execute(
            "INSERT INTO program (organization_id, slug, created_at) VALUES (%s, %s, %s)",
            [other, f"ben-{other}", clock.now()],
        )

    theirs = await client.get(f"/v1/programs/ben-{other}/audit", headers=made)
    nobodys = await client.get("/v1/programs/nobody/audit", headers=made)

    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.json()["type"] == nobodys.json()["type"] == "access.program_unknown"


def test_a_route_without_a_permission_is_not_built() -> None:
    router = program_router("open")

    with pytest.raises(TypeError, match="name the permission"):

        @router.get("/everything")
        async def everything(tx: ProgramTx) -> None: ...


def test_a_route_that_opens_its_transaction_before_the_permission_is_known_is_not_built() -> None:
    router = program_router("hasty")

    with pytest.raises(TypeError, match="name the permission"):

        @router.post("/things")
        async def things(tx: ProgramTx, _: object = requires(Permission.MEMBERS_READ)) -> None: ...


def test_a_route_takes_a_transaction_that_recognises_retries() -> None:
    router = program_router("other")

    with pytest.raises(TypeError, match="ProgramTx"):

        @router.post("/things", dependencies=[requires(None)])
        async def things(tx: http.Tx) -> None: ...


def test_the_contract_names_the_key_the_refusals_and_the_idempotency_header(app: FastAPI) -> None:
    document = app.openapi()
    ids_seen = set()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            ids_seen.add(operation["operationId"])
            names = [parameter["name"] for parameter in operation.get("parameters", [])]
            assert operation["summary"], path
            if path.startswith(("/v1/auth/", "/v1/setup")):
                continue
            assert operation["security"] == [{"apiKey": []}, {"session": []}], path
            assert {"401", "403", "429"} <= set(operation["responses"]), path
            assert ("Idempotency-Key" in names) == (method != "get"), path

    assert {"organization_create_key", "staff_add_staff", "access_decide_approval"} <= ids_seen
