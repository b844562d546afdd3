"""Members and the console over HTTP: joining, finding, merging, erasing; refusals are named."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from fastapi import FastAPI
from people import a_document

from puntal.access.gate import Gate
from puntal.access.model import OrganizationId, Permission
from puntal.access.operations import keys
from puntal.console import api as console
from puntal.console import api_happened
from puntal.entrypoints.programs import Programs
from puntal.kit import clock, http, ids
from puntal.members import api as members
from puntal.points import api as points
from puntal.programs import operations as programs
from puntal.programs import source

if TYPE_CHECKING:
    from puntal.kit.db import Database


@pytest.fixture
async def client(database: Database) -> AsyncIterator[httpx2.AsyncClient]:
    """Anna, who may do everything, at a published program."""
    organization, now, slug = OrganizationId(ids.new_id()), clock.now(), f"aurora-{ids.new_id()}"
    written = a_document(
        consents=[{"id": "terms", "text": "I agree"}],
        joining={"consents": ["terms"]},
        wallets={"points": {"kind": "points"}},
    )
    document = source.load_json(source.dump_json(written))
    async with database.transaction() as tx:
        await tx.execute(
            "INSERT INTO organization (id, name, created_at) VALUES (%s, %s, %s)", [organization, "Aurora", now]
        )
        key = await keys.create_first_key(tx, organization, name="Anna", now=now, scopes=frozenset(Permission))
    async with database.transaction() as tx:
        program_id = await programs.create_program(
            tx, organization_id=organization, slug=slug, document=document, now=now
        )
        await programs.publish(tx, program_id, document=document, by="staff:anna", now=now)
    app = FastAPI()
    http.install(app)
    app.state.database, app.state.gate, app.state.programs = database, Gate(database), Programs()
    http.add_routes(app, console.router, api_happened.router, members.router, points.router)
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app, client=("203.0.113.7", 40000)),
        base_url=f"http://puntal/v1/programs/{slug}/",
        headers={"authorization": f"Bearer {key.token}"},
    ) as opened:
        yield opened


def a_body(email: str = "anna@example.com", **more: Any) -> dict[str, Any]:
    consent = {"purpose": "terms", "given": True, "evidence": {"source": "checkout"}}
    return {"ids": {"email": email}, "consents": [consent], **more}


async def join(client: httpx2.AsyncClient, *more: Any, **said: Any) -> str:
    answer = await client.post("members", json=a_body(*more, **said))
    assert answer.status_code in {200, 201}, answer.text
    return str(answer.json()["id"])


async def test_a_person_joins_once_and_is_found_by_what_is_hers(client: httpx2.AsyncClient) -> None:
    """E6."""
    first = await client.post("members", json=a_body(name="Ana Núñez", attributes={"size": "M"}))
    again = await client.post("members", json=a_body("ANNA@example.com"))
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["id"] == first.json()["id"]

    found = await client.post("members/lookup", json={"email": " anna@EXAMPLE.com"})
    assert (found.status_code, found.json()["name"]) == (200, "Ana Núñez")
    assert found.json()["consents"][0]["evidence"] == {"source": "checkout"}
    listed = await client.get("members", params={"name": "nun"})
    assert [one["id"] for one in listed.json()["items"]] == [first.json()["id"]]


async def test_parallel_requests_enrol_once(client: httpx2.AsyncClient) -> None:
    """E6."""
    answers = await asyncio.gather(*(client.post("members", json=a_body()) for _ in range(8)))

    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert len({answer.json()["id"] for answer in answers}) == 1


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"ids": {}}, "members.no_identity"),
        ({"ids": {"email": "anna@example.com"}}, "members.consent_missing"),
        (a_body("no address"), "members.not_valid"),
        (a_body(attributes={"size": "XL", "children": 1e40, "budget": True, "likes": [1]}), "members.not_valid"),
        (a_body(name="a\x07b"), "members.not_valid"),
        (a_body(enrolled_at="0001-01-01T00:00:00+14:00"), "members.not_valid"),
    ],
)
async def test_refusals_are_named(client: httpx2.AsyncClient, body: dict[str, Any], code: str) -> None:
    answer = await client.post("members", json=body)

    assert (answer.status_code, answer.json()["type"]) == (422, code)


async def test_many_are_answered_one_by_one(client: httpx2.AsyncClient) -> None:
    people = [a_body(), a_body("bad"), {"ids": {"card": "7"}}, a_body("ben@example.com")]

    answer = await client.post("members/bulk", json={"members": people}, headers={"accept-language": "es"})

    one, two, three, four = answer.json()["items"]
    assert one["enrolled"]["created"]
    assert two["refused"]["errors"][0]["path"] == "/ids/email"
    assert three["refused"]["title"] == "Para unirse hay que aceptar: terms"
    assert four["enrolled"]["created"]


async def test_lists_come_in_pages(client: httpx2.AsyncClient) -> None:
    joined = [await join(client, f"p{at}@example.com", name=f"Ana {at}") for at in range(5)]

    for query in ({}, {"name": "ana"}):
        seen: list[str] = []
        cursor: str | None = None
        while True:
            page = (
                await client.get("members", params={"limit": "2", **query, **({"cursor": cursor} if cursor else {})})
            ).json()
            seen += [one["id"] for one in page["items"]]
            cursor = page["next"]
            if cursor is None:
                break
        assert sorted(seen) == sorted(joined)


async def test_a_member_changes_and_is_paused(client: httpx2.AsyncClient) -> None:
    """B21."""
    anna, ben = await join(client), await join(client, "ben@example.com")

    changed = await client.patch(f"members/{anna}", json={"country": "PT", "attributes": {"size": "L"}})
    assert (changed.status_code, changed.json()["attributes"]) == (200, {"size": "L"})
    added = await client.post(f"members/{anna}/identities", json={"phone": "612 345 678"})
    assert {one["value"] for one in added.json()} == {"anna@example.com", "+34612345678"}
    taken = await client.post(f"members/{anna}/identities", json={"email": "ben@example.com"})
    assert (taken.status_code, taken.json()["type"], taken.json()["other"]) == (409, "members.identity_taken", ben)
    for what, status in (("pause", "paused"), ("resume", "active"), ("block", "blocked"), ("unblock", "active")):
        answer = await client.post(f"members/{anna}/{what}", json={"reason": "asked"})
        assert (answer.status_code, answer.json()["status"]) == (200, status)
    missing = await client.get(f"members/{ids.new_id()}")
    assert (missing.status_code, missing.json()["type"]) == (404, "members.unknown")


async def test_merging_undoing_exporting_and_erasing(client: httpx2.AsyncClient) -> None:
    """D5."""
    anna, shop = await join(client), await join(client, "shop@example.com")

    shown = await client.post("members/merge/preview", json={"survivor_id": anna, "merged_id": shop})
    assert shown.status_code == 200, shown.text
    done = await client.post(f"members/{anna}/merge", json={"merged_id": shop})
    assert done.status_code == 200, done.text
    assert (await client.post("members/lookup", json={"id": shop})).json()["id"] == anna
    undone = await client.post(f"merges/{done.json()['id']}/undo")
    assert undone.status_code == 200, undone.text
    assert (await client.post("members/lookup", json={"email": "shop@example.com"})).json()["id"] == shop

    held = await client.post(f"members/{shop}/export")
    assert held.json()["identities"][0]["value"] == "shop@example.com"
    assert (await client.post(f"members/{shop}/erase")).status_code == 204
    assert (await client.post("members/lookup", json={"email": "shop@example.com"})).status_code == 404
    assert "shop@example.com" not in (await client.get(f"members/{shop}")).text


async def test_a_pool_is_opened_and_left(client: httpx2.AsyncClient) -> None:
    """X37 over HTTP: what a leaver takes is told."""
    anna, ben = await join(client), await join(client, "ben@example.com")

    pool = await client.post("pools", json={"kind": "household", "members": [{"member_id": anna}]})
    assert pool.status_code == 201, pool.text
    more = await client.post(f"pools/{pool.json()['id']}/members", json={"member_id": ben, "adult": False})
    assert len(more.json()["members"]) == 2
    assert (await client.post(f"members/{ben}/leave-pool")).json() == {"lots": []}
    refused = await client.post(f"members/{ben}/leave-pool")
    assert (refused.status_code, refused.json()["type"]) == (409, "members.not_pooled")


async def test_a_person_is_found_by_anything_one_holds_of_her(client: httpx2.AsyncClient) -> None:
    anna = await join(client, name="Ana Núñez", country="ES")
    ben = await join(client, "ben@example.com", name="Ben Anaya")
    named = {"phone": "+34 612 345 678", "card": "C-77", "external": {"shop": "6712"}}
    added = await client.post(f"members/{anna}/identities", json=named)
    assert added.status_code == 200, added.text

    async def found(**asked: Any) -> list[tuple[str, str | None]]:
        answer = await client.post("members/search", json=asked)
        assert answer.status_code == 200, answer.text
        return [(row["id"], row["by"]) for row in answer.json()["items"]]

    assert await found(text=" ANNA@example.com ") == [(anna, "email")]
    assert await found(text="612 345 678") == [(anna, "number")]
    assert await found(text="C-77") == [(anna, "number")]
    assert await found(text="6712") == [(anna, "external")]
    assert await found(text=anna) == [(anna, "id")]
    assert sorted(await found(text="ana")) == sorted([(anna, "name"), (ben, "name")])
    assert await found(text="nobody at all") == []
    assert {row for row, _ in await found()} == {anna, ben}
    assert await found(status=["blocked"]) == []
    missing = await client.post("members/search", json={"segment": "none"})
    assert (missing.status_code, missing.json()["type"]) == (404, "segments.not_found")
    tier = await client.post("members/search", json={"ladder": "club", "tier": "gold"})
    assert (tier.status_code, tier.json()["type"]) == (404, "console.tier_unknown")


async def test_a_list_is_counted(client: httpx2.AsyncClient) -> None:
    for email in ("anna@example.com", "ben@example.com"):
        await client.post("members", json=a_body(email))

    everybody = await client.post("members/count", json={})
    blocked = await client.post("members/count", json={"status": ["blocked"]})
    missing = await client.post("members/count", json={"segment": "none"})
    tier = await client.post("members/count", json={"ladder": "club", "tier": "gold"})

    assert (everybody.json(), blocked.json()) == ({"members": 2, "more": False}, {"members": 0, "more": False})
    assert [each.json()["type"] for each in (missing, tier)] == ["segments.not_found", "console.tier_unknown"]


async def test_pages_of_a_search_go_on_where_they_ended(client: httpx2.AsyncClient) -> None:
    joined = [await join(client, f"p{number}@example.com", name=f"Carla {number}") for number in range(5)]
    for asked in ({"text": "carla"}, {}, {"status": ["active", "guest"]}):
        seen: list[str] = []
        cursor: str | None = None
        while True:
            answer = (await client.post("members/search", json={**asked, "limit": 2, "cursor": cursor})).json()
            seen += [row["id"] for row in answer["items"]]
            cursor = answer["next"]
            if cursor is None:
                break
        assert sorted(seen) == sorted(joined)


async def test_what_staff_did_to_a_member_is_listed_with_who_and_why(client: httpx2.AsyncClient) -> None:
    anna = await join(client)
    gift = {"wallet": "points", "amount": 600, "reason": "Sorry", "internal_reason": "Ticket 81"}
    assert (await client.post(f"members/{anna}/adjustments", json=gift)).status_code == 201
    assert (await client.post(f"members/{anna}/pause", json={"reason": "Asked by phone"})).status_code == 200
    assert (await client.post(f"members/{anna}/resume", json={"reason": "Asked again"})).status_code == 200
    back = gift | {"amount": -100, "reason": "Correction", "internal_reason": "Ticket 82"}
    assert (await client.post(f"members/{anna}/adjustments", json=back)).status_code == 201

    first = (await client.get(f"members/{anna}/happened", params={"limit": 3})).json()
    rest = (await client.get(f"members/{anna}/happened", params={"limit": 3, "cursor": first["next"]})).json()

    told = [
        (each["what"], each["code"], each["amount"], each["by_name"], each["reason"], each["internal"])
        for each in (*first["items"], *rest["items"])
    ]
    assert told == [
        ("moved", "points.adjusted", -100, "Anna", "Correction", "Ticket 82"),
        ("done", "member.resumed", None, "Anna", None, "Asked again"),
        ("done", "member.paused", None, "Anna", None, "Asked by phone"),
        ("moved", "points.adjusted", 600, "Anna", "Sorry", "Ticket 81"),
    ]
    assert rest["next"] is None
    assert (await client.get(f"members/{ids.new_id()}/happened")).status_code == 404


@pytest.mark.parametrize("written", ["612 345 678", "612345678", "0034 612345678", "0034612345678", "+34 612 34 56 78"])
async def test_a_phone_is_found_however_it_is_written(client: httpx2.AsyncClient, written: str) -> None:
    anna = await join(client, ids={"email": "hc.anna@example.org", "phone": "+34612345678"})

    found = (await client.post("members/search", json={"text": written})).json()["items"]

    assert [(each["id"], each["by"]) for each in found] == [(anna, "number")]


async def test_the_beginning_of_an_email_finds_people_page_by_page(client: httpx2.AsyncClient) -> None:
    people = [await join(client, f"hc.anna{n}@example.org", name=None) for n in range(3)]
    named = await join(client, "ben@example.org", name="Hc Anna")
    await join(client, "hd@example.org")

    found: list[tuple[str, str]] = []
    cursor = None
    for _ in range(5):
        body = {"text": "HC.anna", "limit": 1} | ({} if cursor is None else {"cursor": cursor})
        page = (await client.post("members/search", json=body)).json()
        found += [(each["id"], each["by"]) for each in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break

    assert found == [(named, "name"), *((id, "email") for id in people)]
