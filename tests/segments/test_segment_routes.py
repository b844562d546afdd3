"""The routes of segments over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from audience import WINTER, a_member
from fastapi import FastAPI

from puntal.access.gate import Gate
from puntal.access.model import ALL_PERMISSIONS, OrganizationId
from puntal.access.operations import keys
from puntal.kit import clock, http, ids
from puntal.programs import queries, source, store
from puntal.segments import api, jobs

if TYPE_CHECKING:
    from puntal.kit.db import Database

Publish = Callable[..., Awaitable[None]]


@pytest.fixture
async def client(database: Database, program_id: int) -> AsyncIterator[httpx2.AsyncClient]:
    async with database.transaction() as tx:
        found = await tx.execute("SELECT organization_id, slug FROM program WHERE id = %s", [program_id])
        row = await found.fetchone()
        assert row is not None
        key = await keys.create_first_key(
            tx, OrganizationId(row[0]), name="Admin", now=clock.now(), scopes=ALL_PERMISSIONS
        )
    served = FastAPI()
    http.install(served)
    served.state.database = database
    served.state.gate = Gate(database)
    http.add_routes(served, *api.ROUTERS)
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(served),
        base_url=f"http://puntal/v1/programs/{row[1]}",
        headers={"Authorization": f"Bearer {key.token}"},
    ) as opened:
        yield opened


async def test_a_condition_is_tried_out_before_it_is_saved(
    client: httpx2.AsyncClient, database: Database, program_id: int, publish: Publish
) -> None:
    await publish()
    async with database.program_transaction(program_id) as tx:
        anna = await a_member(tx, program_id, country="DE", spend=5_001)
        await a_member(tx, program_id, country="DE", name="Ben")

    asked: dict[str, Any] = {
        "when": {"member.segments": {"contains": "germans"}, "member.spend": {"over": "50.00 USD"}}
    }
    answer = await client.post("/segments/preview", json=asked, headers={"Accept-Language": "es"})
    assert answer.status_code == 200, answer.text
    said = answer.json()
    assert (said["count"], [member["id"] for member in said["sample"]]) == (1, [str(anna)])
    assert "Alemania" in said["sentence"]

    wrong = await client.post("/segments/preview", json={"when": {"member.spent": {"over": 5}, "order.net": 1}})
    assert (wrong.status_code, wrong.json()["type"]) == (422, "rules.faulty")
    assert {fault["path"]: fault.get("suggestion") for fault in wrong.json()["errors"]} == {
        "/when/member.spent": "member.spend",
        "/when/order.net": None,
    }

    unknown = {"when": {"member.segments": {"contains": "nobodys"}}}
    gone = await client.post("/segments/preview", json=unknown, headers={"Accept-Language": "es"})
    assert [fault["reason"] for fault in gone.json()["errors"]] == ["no existe el segmento nobodys"]


async def test_segments_are_listed_in_words_with_their_sizes(
    client: httpx2.AsyncClient, database: Database, program_id: int, publish: Publish
) -> None:
    await publish()
    async with database.program_transaction(program_id) as tx:
        anna = await a_member(tx, program_id, country="DE")
        ben = await a_member(tx, program_id, country="DE", name="Ben")
    await jobs.reevaluate_changed(database, program_id=program_id, now=WINTER)

    listed = await client.get("/segments", headers={"Accept-Language": "es"})
    by_id = {segment["id"]: segment for segment in listed.json()["items"]}
    assert (by_id["germans"]["kind"], by_id["germans"]["members"]) == ("dynamic", 2)
    assert by_id["germans"]["evaluated_at"].startswith("2026-01-15T11:00:00")
    assert (by_id["friends"]["kind"], by_id["friends"]["label"]) == ("list", "Amigas")

    first = await client.get("/segments/germans/members", params={"limit": 1})
    rest = await client.get("/segments/germans/members", params={"cursor": first.json()["next"]})
    assert [row["member_id"] for row in first.json()["items"] + rest.json()["items"]] == [str(anna), str(ben)]
    assert rest.json()["next"] is None


async def test_lists_are_kept_by_hand_and_dynamic_segments_are_not(
    client: httpx2.AsyncClient, database: Database, program_id: int, publish: Publish
) -> None:
    await publish()
    async with database.program_transaction(program_id) as tx:
        anna, ben = await a_member(tx, program_id), await a_member(tx, program_id, name="Ben")
    both = {"members": [str(anna), str(ben)]}

    assert (await client.put("/segments/friends/members", json=both)).json() == {"changed": 2}
    assert (await client.put("/segments/friends/members", json=both)).json() == {"changed": 0}
    assert (await client.delete(f"/segments/friends/members/{anna}")).json() == {"changed": 1}
    assert (await client.post("/segments/friends/members/remove", json=both)).json() == {"changed": 1}
    assert (await client.get("/segments/friends/members")).json()["items"] == []

    unknown = await client.put("/segments/friends/members", json={"members": [str(anna), str(ids.new_id())]})
    assert (unknown.status_code, unknown.json()["type"]) == (404, "segments.members_unknown")
    assert (await client.get("/segments/friends/members")).json()["items"] == []
    dynamic = await client.put("/segments/germans/members", json=both)
    assert (dynamic.status_code, dynamic.json()["type"]) == (409, "segments.not_a_list")
    missing = await client.get("/segments/nobody/members")
    assert (missing.status_code, missing.json()["type"]) == (404, "segments.not_found")


@pytest.mark.parametrize(
    ("query", "there", "absent"),
    [
        ({}, "member.spend.last_30_days", "order.net"),
        ({"of": "event", "event": "purchase"}, "order.net", "event.rating"),
        ({"of": "line"}, "line.category", "member.country"),
    ],
)
async def test_the_builder_learns_what_can_be_asked(
    client: httpx2.AsyncClient, publish: Publish, query: dict[str, str], there: str, absent: str
) -> None:
    await publish()

    answer = await client.get("/fields", params=query, headers={"Accept-Language": "es"})

    fields = {field["name"]: field for field in answer.json()["items"]}
    assert there in fields
    assert absent not in fields
    assert all(field["label"] and field["operators"] for field in fields.values())


async def test_a_condition_is_said_in_words_or_its_faults_are(client: httpx2.AsyncClient, publish: Publish) -> None:
    await publish()
    asked: dict[str, Any] = {"in": ["friends", {"var": "member.segments"}]}

    said = await client.post("/conditions/check", json={"when": asked}, headers={"Accept-Language": "es"})
    assert said.json() == {
        "sentence": "los segmentos incluyen Amigas",
        "when": {"member.segments": {"contains": "friends"}},
        "faults": [],
    }

    lines = await client.post("/conditions/check", json={"of": "line", "when": {"line.net": {"over": "5.00 USD"}}})
    assert lines.json()["sentence"] == "the line net amount is more than $5.00"

    wrong = (await client.post("/conditions/check", json={"when": {"member.spend": {"over": 5}}})).json()
    assert (wrong["sentence"], wrong["when"]) == (None, None)
    assert [(fault["path"], fault["code"]) for fault in wrong["faults"]] == [("/member.spend/over", "rules.bare_money")]


async def test_the_draft_may_be_asked_before_it_is_in_force(
    client: httpx2.AsyncClient, database: Database, program_id: int, publish: Publish
) -> None:
    await publish()
    async with database.program_transaction(program_id) as tx:
        found = await queries.revision(tx, program_id, 1)
        assert found is not None
        fields = {"member.size": {"type": "choice", "choices": ["s", "m"], "label": {"es": "talla", "en": "size"}}}
        await store.save_draft(tx, program_id, source.dump_json({**found[1], "fields": fields}))
    asked = {"when": {"member.size": "s"}}

    live = await client.get("/fields")
    drafted = await client.get("/fields", params={"draft": True})

    assert "member.size" not in {field["name"] for field in live.json()["items"]}
    assert "member.size" in {field["name"] for field in drafted.json()["items"]}
    assert (await client.post("/conditions/check", json=asked)).json()["sentence"] is None
    assert (await client.post("/conditions/check", json=asked | {"draft": True})).json()["sentence"] == "“size” is s"


async def test_before_the_first_revision_there_is_nothing_to_ask(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/segments")

    assert (answer.status_code, answer.json()["type"]) == (409, "programs.not_published")
