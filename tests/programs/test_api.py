"""Programs over HTTP: exact numbers, ETags, all faults, switches; on a real PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from documents import a_document
from fastapi import FastAPI

from puntal.access.gate import Gate
from puntal.access.model import OrganizationId, Permission
from puntal.access.operations import keys
from puntal.kit import clock, http, ids
from puntal.programs import api, operations, source

if TYPE_CHECKING:
    from puntal.kit.db import Database

JSON = {"content-type": "application/json"}


@pytest.fixture
async def organization_id(database: Database, program_id: int) -> OrganizationId:
    async with database.transaction() as tx:
        found = await tx.execute("SELECT organization_id FROM program WHERE id = %s", [program_id])
        row = await found.fetchone()
    assert row is not None
    return OrganizationId(row[0])


@pytest.fixture
def at(organization_id: OrganizationId) -> str:
    """Where the program's routes are."""
    return f"/v1/programs/tienda-{organization_id}"


@pytest.fixture
async def client(database: Database, organization_id: OrganizationId) -> AsyncIterator[httpx2.AsyncClient]:
    """Anna, who may do everything."""
    async with database.transaction() as tx:
        key = await keys.create_first_key(
            tx, organization_id, name="Anna", now=clock.now(), scopes=frozenset(Permission)
        )
    app = FastAPI()
    http.install(app)
    app.state.database = database
    app.state.gate = Gate(database)
    http.add_routes(app, *api.ROUTERS)
    headers = {"authorization": f"Bearer {key.token}"}
    transport = httpx2.ASGITransport(app, client=("203.0.113.7", 40000))
    async with httpx2.AsyncClient(transport=transport, base_url="http://puntal", headers=headers) as opened:
        yield opened


def body(document: dict[str, Any], **beside: Any) -> str:
    return source.dump_json({"document": document} | beside)


async def test_a_draft_comes_back_exactly_and_is_guarded_by_its_etag(client: httpx2.AsyncClient, at: str) -> None:
    saved = await client.put(f"{at}/program", content=source.dump_json(a_document()), headers=JSON)
    assert (saved.status_code, saved.json()["ok"]) == (200, True)

    read = await client.get(f"{at}/program")
    assert read.headers["etag"] == saved.headers["etag"]
    document = json.loads(read.text, parse_float=Decimal)["document"]
    assert document["earning"][0]["award"]["points"] == Decimal("1.5")

    again = await client.put(f"{at}/program", content="{}", headers=JSON | {"if-match": '"0"'})
    assert (again.status_code, again.json()["type"]) == (409, "programs.draft_changed")


async def test_yaml_goes_in_and_comes_out(client: httpx2.AsyncClient, at: str) -> None:
    text = source.dump_yaml(a_document())

    saved = await client.put(f"{at}/program", content=text, headers={"content-type": "application/yaml"})
    read = await client.get(f"{at}/program", headers={"accept": "application/yaml"})

    assert (saved.status_code, read.text) == (200, text)


async def test_all_faults_come_with_path_reason_and_suggestion(client: httpx2.AsyncClient, at: str) -> None:
    faulty = a_document(timezone="Europe/Madird", phase="alive")

    checked = await client.post(f"{at}/program/check", content=source.dump_json(faulty), headers=JSON)
    refused = await client.post(f"{at}/program/publish", content=body(faulty), headers=JSON)

    assert [fault["path"] for fault in checked.json()["faults"]] == ["/phase"]
    assert (refused.status_code, refused.json()["type"]) == (422, "programs.faulty")
    assert refused.json()["errors"][0]["suggestion"] == "did you mean 'live'?"


async def test_a_draft_says_who_saved_it(client: httpx2.AsyncClient, at: str) -> None:
    await client.post(f"{at}/program/publish", content=body(a_document()), headers=JSON)
    before = (await client.get(f"{at}/program")).json()
    assert (before["saved_at"], before["saved_by_name"]) == (None, None)

    await client.put(f"{at}/program", content=source.dump_json(a_document()), headers=JSON)
    after = (await client.get(f"{at}/program")).json()

    assert after["saved_by"].startswith("key:")
    assert (after["saved_by_name"], after["saved_at"] is None) == ("Anna", False)


async def test_a_draft_says_whether_it_is_one(client: httpx2.AsyncClient, at: str) -> None:
    """Also after going back to an earlier revision: nobody changed anything."""
    await client.put(f"{at}/program", content=source.dump_json(a_document()), headers=JSON)
    assert (await client.get(f"{at}/program")).json()["changed"]
    await client.post(f"{at}/program/publish", content=body(a_document()), headers=JSON)
    assert not (await client.get(f"{at}/program")).json()["changed"]

    await client.put(f"{at}/program", content=source.dump_json(a_document(name="Other")), headers=JSON)
    assert (await client.get(f"{at}/program")).json()["changed"]
    await client.post(f"{at}/program/publish", content=body(a_document(name="Other")), headers=JSON)
    await client.post(f"{at}/program/rollback", json={"number": 1})
    assert not (await client.get(f"{at}/program")).json()["changed"]


async def test_a_draft_follows_what_is_published_unless_somebody_changed_it(
    client: httpx2.AsyncClient, at: str
) -> None:
    await client.put(f"{at}/program", content=source.dump_json(a_document()), headers=JSON)
    await client.post(f"{at}/program/publish", content="{}", headers=JSON)

    await client.post(f"{at}/program/publish", content=body(a_document(name="Club Alba")), headers=JSON)
    followed = (await client.get(f"{at}/program")).json()["document"]["name"]
    await client.put(f"{at}/program", content=source.dump_json(a_document(name="Club Mine")), headers=JSON)
    await client.post(f"{at}/program/publish", content=body(a_document(name="Club Brisa")), headers=JSON)
    kept = (await client.get(f"{at}/program")).json()["document"]["name"]

    assert (followed, kept) == ("Club Alba", "Club Mine")


async def test_a_document_is_told_in_sentences_beside_its_faults(client: httpx2.AsyncClient, at: str) -> None:
    document = a_document(
        earning=[{"id": "extra", "on": "purchase", "award": {"wallet": "coins", "points": 5}}],
        limits={"social": {"points": 100, "per": "month", "rules": ["extra"]}},
        campaigns=[
            {
                "id": "spring",
                "from": "2026-03-01",
                "earning": [{"id": "double", "on": "purchase", "multiply": {"times": 2}}],
                "rewards": [
                    {
                        "id": "five",
                        "kind": "amount_off",
                        "value": "5.00 EUR",
                        "cost": {"wallet": "points", "points": 500},
                    }
                ],
            }
        ],
    )

    told = await client.post(f"{at}/program/sentences", content=source.dump_json(document), headers=JSON)
    spoken = await client.post(
        f"{at}/program/sentences", content=source.dump_json(document), headers=JSON | {"accept-language": "es"}
    )

    said = {each["path"]: each["words"] for each in told.json()["sentences"]}
    assert [fault["path"] for fault in told.json()["faults"]] == ["/earning/0/award/wallet"]
    assert said["/earning/0"] == "For a purchase: 5 points."
    assert said["/limits/social"] == "'extra': at most 100 points a month."
    assert said["/campaigns/0"] == "From March 1, 2026; for everyone."
    assert said["/campaigns/0/earning/0"] == "For a purchase: 2 times what every rule gives."
    assert said["/campaigns/0/rewards/0"] == "€5.00 off the order; costs 500 points."
    assert spoken.json()["sentences"][-1]["words"] != said["/campaigns/0/rewards/0"]
    nothing = await client.post(f"{at}/program/sentences", content='{"puntal": 1}', headers=JSON)
    assert (nothing.json()["ok"], nothing.json()["sentences"]) == (False, [])
    assert spoken.json()["events"]["purchase"] == "una compra"


async def test_publish_compare_and_roll_back(client: httpx2.AsyncClient, at: str) -> None:
    first = await client.post(f"{at}/program/publish", content=body(a_document(), note="first"), headers=JSON)
    assert (first.status_code, first.json()["revision"]["number"]) == (200, 1)

    renamed = a_document(name="Club Alba")
    compared = await client.post(f"{at}/program/diff", content=source.dump_json(renamed), headers=JSON)
    assert (
        compared.json()["changes"][0]["words"] == "The name of the program changes from “Club Aurora” to “Club Alba”."
    )
    spoken = await client.post(
        f"{at}/program/diff", content=source.dump_json(renamed), headers=JSON | {"accept-language": "es"}
    )
    assert spoken.json()["changes"][0]["words"].startswith("El nombre del programa")

    await client.put(f"{at}/program", content=source.dump_json(renamed), headers=JSON)
    second = await client.post(f"{at}/program/publish", content="{}", headers=JSON)
    assert second.json()["revision"]["number"] == 2
    back = await client.post(f"{at}/program/rollback", json={"number": 1})
    assert back.json()["revision"]["number"] == 3

    page = await client.get(f"{at}/program/revisions", params={"limit": 2})
    assert [revision["number"] for revision in page.json()["items"]] == [3, 2]
    rest = await client.get(f"{at}/program/revisions", params={"limit": 2, "cursor": page.json()["next"]})
    assert [revision["note"] for revision in rest.json()["items"]] == ["first"]
    shown = await client.get(f"{at}/program/revisions/2")
    assert shown.json()["document"]["name"] == "Club Alba"
    assert (await client.get(f"{at}/program/revisions/9")).json()["type"] == "programs.revision_not_found"


async def test_kill_switches_are_set_listed_and_lifted(client: httpx2.AsyncClient, at: str) -> None:
    await client.post(f"{at}/program/publish", content=body(a_document()), headers=JSON)
    wanted = {"target_kind": "rule", "target_id": "purchases", "mode": "stop_new", "reason": "wrong rate"}

    made = await client.post(f"{at}/kill-switches", json=wanted)
    assert made.status_code == 201
    assert [s["id"] for s in (await client.get(f"{at}/kill-switches")).json()] == [made.json()["id"]]

    assert (await client.delete(f"{at}/kill-switches/{made.json()['id']}")).status_code == 204
    assert (await client.get(f"{at}/kill-switches")).json() == []
    assert len((await client.get(f"{at}/kill-switches", params={"lifted": True})).json()) == 1
    unknown = await client.post(f"{at}/kill-switches", json=wanted | {"target_id": "nothing"})
    assert (unknown.status_code, unknown.json()["type"]) == (422, "programs.switch_target_unknown")
    assert (await client.delete(f"{at}/kill-switches/{ids.new_id()}")).status_code == 404


async def test_a_program_is_made_of_a_template_in_one_step(client: httpx2.AsyncClient) -> None:
    slug = f"cafe-{ids.new_id()}"
    offered = await client.get("/v1/templates", headers={"accept-language": "es"})
    assert "supermarket" in [template["id"] for template in offered.json()]

    made = await client.post(
        "/v1/programs",
        json={"slug": slug, "template": "cafe", "currency": "USD", "timezone": "America/New_York", "publish": True},
    )
    assert (made.status_code, made.json()["revision"]) == (201, 1)

    assert slug in [program["slug"] for program in (await client.get("/v1/programs")).json()]
    published = await client.get(f"/v1/programs/{slug}/program/revisions/1")
    assert published.json()["document"]["currency"] == "USD"
    taken = await client.post("/v1/programs", json={"slug": slug, "template": "cafe"})
    assert (taken.status_code, taken.json()["type"]) == (409, "programs.slug_taken")


@pytest.mark.parametrize(
    ("content", "media", "status"),
    [
        ("{", "application/json", 400),
        ("a: [", "application/yaml", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"\xff\xfe", "application/yaml", 400),
        ("{}", "text/plain", 415),
        ('{"a": "\\u0000"}', "application/json", 400),
        ("[" * 100_000, "application/json", 400),
        ('{"slug": 5, "other": 1}', "application/json", 422),
        ('{"slug": "aurora"}', "application/json", 422),
        ('{"slug": "Aurora!", "template": "cafe"}', "application/json", 422),
        ('{"slug": "aurora", "template": "bank"}', "application/json", 404),
        ('{"slug": "without-money", "template": "cafe", "currency": "QQQ", "publish": true}', "application/json", 422),
    ],
)
async def test_bad_bodies_are_refused(
    client: httpx2.AsyncClient, content: str | bytes, media: str, status: int
) -> None:
    answer = await client.post("/v1/programs", content=content, headers={"content-type": media})

    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


async def test_what_members_hold_cannot_be_dropped(
    database: Database, client: httpx2.AsyncClient, at: str, program_id: int
) -> None:
    await client.post(f"{at}/program/publish", content=body(a_document()), headers=JSON)
    async with database.program_transaction(program_id) as tx:
        await tx.execute(
            "INSERT INTO holder (program_id, id, available, pending, settled_to) VALUES (%s, %s, '{0,0}', '{5}', %s)",
            [program_id, ids.new_id(), clock.now()],
        )
        await operations.note_first_event(tx, program_id, clock.now())
    smaller = a_document(
        wallets={"status": {"kind": "qualifying"}, "coins": {"kind": "points"}},
        timezone="Europe/Paris",
        earning=[],
    )

    refused = await client.post(f"{at}/program/publish", content=body(smaller), headers=JSON)

    assert {error["path"]: error["code"] for error in refused.json()["errors"]} == {
        "/timezone": "programs.timezone_fixed",
        "/wallets/points": "programs.still_held",
    }
