"""Webhooks over HTTP: secrets shown once, everything wrong named, each program by itself."""

from __future__ import annotations

import ast
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI
from receiver import SEALER, Happen, MakeEndpoint

import puntal
from puntal.access.gate import Gate
from puntal.access.model import OrganizationId, Permission
from puntal.access.operations import keys
from puntal.entrypoints.worker_relay import relay_all
from puntal.kit import clock, http, ids
from puntal.kit.db import Database
from puntal.kit.settings import Settings
from puntal.webhooks import api
from puntal.webhooks.catalogue import KINDS
from puntal.webhooks.model import INTERNAL_KINDS

BODY = {"url": "https://shop.example/puntal", "kinds": ["member.*"]}


async def a_client(
    database: Database, program_id: int, *scopes: Permission, chosen: Settings | None = None
) -> httpx2.AsyncClient:
    async with database.transaction() as tx:
        row = await (
            await tx.execute("SELECT organization_id, slug FROM program WHERE id = %s", [program_id])
        ).fetchone()
        assert row is not None
        key = await keys.create_first_key(
            tx, OrganizationId(row[0]), name="Shop", now=clock.now(), scopes=frozenset(scopes)
        )
    app = FastAPI()
    http.install(app, chosen)
    app.state.database = database
    app.state.gate = Gate(database)
    app.state.sealer = SEALER
    http.add_routes(app, api.router)
    return httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app, client=("203.0.113.7", 40000)),
        base_url=f"http://puntal/v1/programs/{row[1]}/webhooks",
        headers={"authorization": f"Bearer {key.token}"},
    )


@pytest.fixture
async def client(database: Database, program_id: int) -> AsyncIterator[httpx2.AsyncClient]:
    async with await a_client(database, program_id, Permission.WEBHOOKS_READ, Permission.WEBHOOKS_WRITE) as opened:
        yield opened


async def made(client: httpx2.AsyncClient, **more: object) -> dict[str, object]:
    answer = await client.post("/endpoints", json=BODY | more)
    assert answer.status_code == 201, answer.text
    found: dict[str, object] = answer.json()
    return found


async def test_the_secret_is_in_the_first_answer_and_nowhere_else(client: httpx2.AsyncClient) -> None:
    key = {"idempotency-key": "first"}

    first = await client.post("/endpoints", json=BODY, headers=key)
    again = await client.post("/endpoints", json=BODY, headers=key)
    secret = first.json()["secret"]
    shown = await client.get(f"/endpoints/{first.json()['id']}")
    listed = await client.get("/endpoints")

    assert secret.startswith("whsec_")
    assert (again.json()["id"], again.json()["secret"]) == (first.json()["id"], None)
    assert secret not in shown.text + listed.text
    assert shown.json()["secrets"] == [{"ends_with": secret[-4:], "until": None}]


async def test_everything_wrong_with_an_endpoint_is_named_at_once(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/endpoints", json={"url": "http://10.0.0.1/", "kinds": ["member.*", "No"]})

    assert (answer.status_code, answer.json()["type"]) == (422, "webhooks.endpoint_invalid")
    assert [(fault["path"], fault["code"]) for fault in answer.json()["errors"]] == [
        ("/url", "webhooks.url_insecure"),
        ("/kinds/1", "webhooks.kind_invalid"),
    ]


async def test_an_endpoint_is_changed_disabled_and_deleted(client: httpx2.AsyncClient) -> None:
    path = f"/endpoints/{(await made(client))['id']}"

    changed = await client.patch(path, json={"kinds": ["*"], "description": "ERP", "disabled": True})
    test = await client.post(f"{path}/test")
    enabled = await client.patch(path, json={"disabled": False})
    refused = await client.patch(path, json={"url": "https://192.168.0.1/"})
    gone = await client.delete(path)

    assert (changed.json()["kinds"], changed.json()["description"]) == (["*"], "ERP")
    assert changed.json()["disabled_at"] is not None
    assert (test.status_code, test.json()["type"]) == (409, "webhooks.endpoint_disabled")
    assert enabled.json()["disabled_at"] is None
    assert refused.json()["errors"][0]["code"] == "webhooks.address_refused"
    assert gone.status_code == 204
    assert (await client.get(path)).json()["type"] == "webhooks.endpoint_unknown"
    assert (await client.delete(path)).status_code == 404


async def test_rotating_shows_the_new_secret_once_and_when_the_old_one_ends(client: httpx2.AsyncClient) -> None:
    before = await made(client)

    rotated = await client.post(f"/endpoints/{before['id']}/rotate", json={"overlap_hours": 1})

    body = rotated.json()
    assert body["secret"] != before["secret"]
    assert [one["until"] is None for one in body["secrets"]] == [True, False]


async def test_a_test_delivery_waits_in_the_log_with_its_words(client: httpx2.AsyncClient) -> None:
    endpoint = await made(client)

    sent = await client.post(f"/endpoints/{endpoint['id']}/test")
    shown = await client.get(f"/deliveries/{sent.json()['id']}")

    assert (sent.status_code, sent.json()["state"]) == (202, "waiting")
    assert shown.json()["body"]["type"] == "webhook.test"
    assert shown.json()["body"]["data"]["endpoint_id"] == endpoint["id"]


async def test_the_log_is_read_by_pages_and_filters(
    client: httpx2.AsyncClient, database: Database, an_endpoint: MakeEndpoint, happen: Happen
) -> None:
    endpoint = await an_endpoint()
    await happen(*["member.enrolled"] * 4, "member.left")
    await relay_all(database, {})

    first = (await client.get("/deliveries", params={"limit": 3})).json()
    second = (await client.get("/deliveries", params={"limit": 3, "cursor": first["next"]})).json()
    left = (await client.get("/deliveries", params={"kind": "member.left", "endpoint_id": str(endpoint.id)})).json()
    none = (await client.get("/deliveries", params={"state": "parked"})).json()

    assert (len(first["items"]), len(second["items"]), second["next"]) == (3, 2, None)
    assert len({one["id"] for one in first["items"] + second["items"]}) == 5
    assert ([one["kind"] for one in left["items"]], none["items"]) == (["member.left"], [])


async def test_deliveries_are_replayed_one_or_all(
    client: httpx2.AsyncClient, database: Database, program_id: int, an_endpoint: MakeEndpoint, happen: Happen
) -> None:
    endpoint = await an_endpoint()
    await happen("member.enrolled", "member.left")
    await relay_all(database, {})
    async with database.program_transaction(program_id) as tx:
        await tx.execute("UPDATE webhook_delivery SET state = 'parked', attempts = 12, next_at = NULL")
    one = (await client.get("/deliveries")).json()["items"][0]["id"]

    single = await client.post(f"/deliveries/{one}/replay")
    rest = await client.post(f"/endpoints/{endpoint.id}/replay", json={"since": "2026-01-01T00:00:00Z"})

    assert (single.status_code, single.json()["state"], single.json()["attempts"]) == (202, "waiting", 0)
    assert rest.json() == {"replayed": 1, "more": False}
    assert (await client.post(f"/deliveries/{ids.new_id()}/replay")).json()["type"] == "webhooks.delivery_unknown"


async def test_kinds_are_told_in_the_callers_language(client: httpx2.AsyncClient) -> None:
    english = (await client.get("/kinds")).json()["items"]
    spanish = (await client.get("/kinds", headers={"accept-language": "es"})).json()["items"]

    assert [one["kind"] for one in english] == [one["kind"] for one in spanish] == list(KINDS)
    told = {one["kind"]: one["description"] for one in spanish}
    assert told["member.enrolled"] == "Un miembro se dio de alta"
    assert all(one["full"]["type"] == one["kind"] for one in english)


async def test_reading_does_not_allow_writing(database: Database, program_id: int) -> None:
    async with await a_client(database, program_id, Permission.WEBHOOKS_READ) as reader:
        assert (await reader.get("/endpoints")).status_code == 200
        assert (await reader.post("/endpoints", json=BODY)).status_code == 403


async def test_a_program_has_a_bounded_number_of_endpoints(
    client: httpx2.AsyncClient, database: Database, program_id: int
) -> None:
    async with database.program_transaction(program_id) as tx:
        await tx.execute(
            "INSERT INTO webhook_endpoint (program_id, id, url, kinds, payload, secrets, created_at)"
            " SELECT %s, gen_random_uuid(), 'https://shop.example', '{*}', 'full', '[]', now()"
            " FROM generate_series(1, 50)",
            [program_id],
        )

    answer = await client.post("/endpoints", json=BODY)

    assert (answer.status_code, answer.json()["most"]) == (409, 50)


def test_every_kind_that_is_written_is_in_the_catalogue() -> None:
    assert written_kinds() - set(KINDS) - INTERNAL_KINDS == set()


def written_kinds() -> set[str]:
    """Kinds that appear as words in a call that writes to the outbox; what only staff are told is no kind."""
    writers = {"Happening", "happening", "tell", "tell_all"}
    found = set()
    for path in Path(puntal.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                not isinstance(node, ast.Call)
                or getattr(getattr(node.func, "value", None), "id", "") == "notifications"
            ):
                continue
            if getattr(node.func, "id", getattr(node.func, "attr", "")) in writers:
                values = [*node.args, *(keyword.value for keyword in node.keywords if keyword.arg == "kind")]
                found |= {word for value in values for word in words(value) if "." in word and ":" not in word}
    return found


def of_staff(called: ast.expr) -> bool:
    return isinstance(called, ast.Attribute) and getattr(called.value, "id", "") == "notifications"


def words(value: ast.expr) -> set[str]:
    if isinstance(value, ast.IfExp):
        return words(value.body) | words(value.orelse)
    return {value.value} if isinstance(value, ast.Constant) and isinstance(value.value, str) else set()


async def test_private_addresses_are_for_servers_that_allow_them(
    client: httpx2.AsyncClient, database: Database, program_id: int
) -> None:
    """Each server by its own settings, not by those of the process."""
    inside = {"url": "http://127.0.0.1:9/hook"}
    refused = await client.post("/endpoints", json=BODY | inside)
    allowing = await a_client(
        database, program_id, Permission.WEBHOOKS_WRITE, chosen=Settings(allow_private_webhooks=True)
    )
    async with allowing:
        made_there = await allowing.post("/endpoints", json=BODY | inside)
        changed = await allowing.patch(f"/endpoints/{made_there.json()['id']}", json={"url": "http://10.0.0.1/hook"})

    assert (refused.status_code, refused.json()["type"]) == (422, "webhooks.endpoint_invalid")
    assert (made_there.status_code, changed.status_code) == (201, 200)
