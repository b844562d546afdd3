"""Bad input: each a documented refusal with a stable code in English and Spanish, never a 500, nothing written."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from selling import MakeKey, MakeProgram, Shop, an_order

from puntal.access.model import Caller, Permission
from puntal.access.operations import keys
from puntal.engine.decide import decide
from puntal.entrypoints.server import create_app
from puntal.kit import clock
from puntal.kit.db import Database, ProgramId
from puntal.kit.settings import Settings


def changed(**order: Any) -> dict[str, Any]:
    event = an_order(1999, id="bad")
    event["order"] |= order
    return event


def with_line(**line: Any) -> dict[str, Any]:
    event = an_order(1999, id="bad")
    event["order"]["lines"][0] |= line
    return event


DEEP: Any = "x"
for _ in range(12):
    DEEP = {"deeper": DEEP}

FAULTY = [
    pytest.param({}, {"/id", "/type", "/occurred_at"}, id="nothing said"),
    pytest.param(an_order() | {"id": ""}, {"/id"}, id="an empty id"),
    pytest.param(an_order() | {"id": "x" * 201}, {"/id"}, id="a long id"),
    pytest.param(an_order() | {"id": 7}, {"/id"}, id="an id that is a number"),
    pytest.param(an_order() | {"surprise": 1}, {"/surprise"}, id="an unknown member"),
    pytest.param(an_order() | {"type": "Order Paid"}, {"/type"}, id="a type that is no name"),
    pytest.param(an_order() | {"type": "shoes.tried_on"}, {"/type"}, id="an unknown custom event"),
    pytest.param(an_order() | {"type": "tier.reached"}, {"/type"}, id="what only the platform says"),
    pytest.param(an_order() | {"occurred_at": "yesterday"}, {"/occurred_at"}, id="no instant"),
    pytest.param(an_order() | {"occurred_at": "2026-03-02T12:00:00"}, {"/occurred_at"}, id="an instant without offset"),
    pytest.param(an_order() | {"occurred_at": "2190-01-01T00:00:00Z"}, {"/occurred_at"}, id="the far future"),
    pytest.param(an_order() | {"occurred_at": "0001-01-01T00:00:00Z"}, {"/occurred_at"}, id="the ancient past"),
    pytest.param(an_order() | {"order": None}, {"/order"}, id="an order event without order"),
    pytest.param(an_order() | {"member": {"id": "anna"}}, {"/member/id"}, id="a member id that is none"),
    pytest.param(
        an_order() | {"member": {"email": "anna", "phone": "12", "external": {"shop": "a\u0007"}}},
        {"/member/email", "/member/phone", "/member/external/shop"},
        id="identities that are none",
    ),
    pytest.param(with_line(amount_minor=-1), {"/order/lines/0/amount_minor"}, id="a negative amount"),
    pytest.param(with_line(amount_minor=10**13), {"/order/lines/0/amount_minor"}, id="an absurd amount"),
    pytest.param(with_line(amount_minor=10**400), {"/order/lines/0/amount_minor"}, id="a huge integer"),
    pytest.param(with_line(amount_minor=19.99), {"/order/lines/0/amount_minor"}, id="a fraction of a cent"),
    pytest.param(with_line(amount_minor="1999"), {"/order/lines/0/amount_minor"}, id="an amount as text"),
    pytest.param(with_line(quantity=-3), {"/order/lines/0/quantity"}, id="a negative quantity"),
    pytest.param(with_line(discount_minor=2000), {"/order/lines/0/discount_minor"}, id="more discount than price"),
    pytest.param(changed(discount_minor=2000), {"/order/discount_minor"}, id="more discount than order"),
    pytest.param(changed(currency="euros"), {"/order/currency"}, id="no currency"),
    pytest.param(
        changed(lines=[{"id": "1", "amount_minor": 1}, {"id": "1", "amount_minor": 2}]),
        {"/order/lines/1/id"},
        id="a line id twice",
    ),
    pytest.param(
        changed(lines=[{"id": str(n), "amount_minor": 1} for n in range(1001)]), {"/order/lines"}, id="1001 lines"
    ),
    pytest.param(changed(attributes=DEEP), {"/order/attributes" + "/deeper" * 8}, id="deep attributes"),
    pytest.param(
        {"id": "bad", "type": "review.written", "occurred_at": "2026-01-01T00:00:00Z", "data": {"stars": "five"}},
        {"/data/stars", "/data/product"},
        id="a declared event with wrong fields",
    ),
    pytest.param(
        {"id": "bad", "type": "order.refunded", "occurred_at": "2026-01-01T00:00:00Z"}, {"/refund"}, id="a bare refund"
    ),
]


@pytest.mark.parametrize(("event", "paths"), FAULTY)
async def test_all_faults_are_named_and_nothing_is_written(shop: Shop, event: dict[str, Any], paths: set[str]) -> None:
    refused = await shop.send(event)
    spanish = await shop.send(event, headers={"accept-language": "es"})

    said = refused.json()
    assert (refused.status_code, said["type"]) == (422, "event.invalid"), said
    assert {fault["path"] for fault in said["errors"]} == paths
    assert refused.headers["content-type"] == "application/problem+json"
    assert spanish.json()["title"] == "El evento no es válido"
    assert not {each["reason"] for each in spanish.json()["errors"]} & {each["reason"] for each in said["errors"]}
    if isinstance(event.get("id"), str) and 0 < len(event["id"]) <= 200:
        assert (await shop.get(f"events/{event['id']}")).status_code == 404


async def test_each_of_a_batch_is_told_in_the_callers_language(shop: Shop) -> None:
    events = [an_order() | {"id": ""}, an_order() | {"type": "shoes.tried_on"}]

    answered = await shop.client.post(
        f"{shop.at}/events/batch", json={"events": events}, headers={"accept-language": "es"}
    )

    assert [each["problem"]["errors"][0]["reason"] for each in answered.json()["items"]] == [
        "Debe tener al menos 1 carácter",
        "shoes.tried_on no es un evento de este programa",
    ]
    asked = await shop.client.post(
        f"{shop.at}/events?dry_run=perhaps", json=an_order(), headers={"accept-language": "es"}
    )
    assert asked.json()["errors"][0]["reason"] == "true o false"


UNREADABLE = [
    pytest.param(b"", 422, id="nothing"),
    pytest.param(b"{", 422, id="half an object"),
    pytest.param(b"[]", 422, id="a list"),
    pytest.param(b"null", 422, id="null"),
    pytest.param(b'{"id": "\xff\xfe"}', 422, id="invalid UTF-8"),
    pytest.param(b'{"id": "a\\u0000b"}', 400, id="NUL"),
    pytest.param(b'{"id": "\\ud800"}', 400, id="half a character"),
    pytest.param(b"[" * 100_000, 422, id="100,000 brackets"),
    pytest.param(b'{"data": ' + b'{"a":' * 20_000 + b"1" + b"}" * 20_001, 422, id="20,000 objects deep"),
    pytest.param(b'{"id": NaN}', 422, id="not a number"),
]


@pytest.mark.parametrize(("body", "status"), UNREADABLE)
async def test_what_cannot_be_read_is_refused(shop: Shop, body: bytes, status: int) -> None:
    for path in ("events", "events/batch"):
        refused = await shop.client.post(
            f"{shop.at}/{path}", content=body, headers={"content-type": "application/json"}
        )
        assert refused.status_code == status, refused.text
        assert refused.json()["type"] in {"event.invalid", "request.malformed"}
        spanish = await shop.client.post(
            f"{shop.at}/{path}",
            content=body,
            headers={"content-type": "application/json", "accept-language": "es"},
        )
        both = [[each["reason"] for each in said.json().get("errors", ())] for said in (refused, spanish)]
        assert not set(both[0]) & set(both[1])


async def test_other_content_types_are_refused(shop: Shop) -> None:
    for kind in ("text/plain", "application/xml", "application/x-www-form-urlencoded"):
        refused = await shop.client.post(f"{shop.at}/events", content=b"{}", headers={"content-type": kind})
        assert (refused.status_code, refused.json()["type"]) == (415, "request.unsupported_media")


async def test_a_body_over_the_limit_is_refused_whether_or_not_its_length_is_said(shop: Shop) -> None:
    async def chunks() -> Any:
        for _ in range(100):
            yield b" " * 10_000

    said = await shop.client.post(f"{shop.at}/events", content=b" " * 10_000_000)
    unsaid = await shop.client.post(f"{shop.at}/events", content=chunks())

    assert [(answer.status_code, answer.json()["type"]) for answer in (said, unsaid)] == [
        (413, "request.too_large")
    ] * 2
    assert said.json()["limit_bytes"] == 500_000


NASTY = [
    "'; DROP TABLE event; --",
    "{{ 7 * 7 }} {% raw %} ${jndi:ldap://x} %(id)s %s {0} {id}",
    '"><script>alert(1)</script>',
    "\u202eoibmac \U0001f600",
    "../../etc/passwd",
]


@pytest.mark.parametrize("words", NASTY)
async def test_metacharacters_are_just_characters(shop: Shop, words: str) -> None:
    event = an_order(1999, id=words, channel=words, store=words, member={"external": {"shop": words}})
    event["order"]["lines"][0] |= {"id": words, "product": words, "category": words}

    answer = await shop.send(event)

    assert (answer.status_code, answer.json()["status"]) == (200, "awarded"), answer.text
    assert (await shop.send(event)).json()["replayed"]
    reused = await shop.send(event | {"channel": "other"})
    assert (reused.status_code, reused.json()["id"]) == (409, event["id"])


async def test_who_may_not_is_told_apart_without_telling_more(
    shop: Shop,
    a_program: MakeProgram,
    app: FastAPI,
    a_key: MakeKey,
    database: Database,
    owner: Caller,
) -> None:
    other = await a_program()
    bound = await a_key(program_id=ProgramId(other.program_id))
    reader = await a_key(frozenset({Permission.EVENTS_READ}))
    gone = await a_key()
    async with database.transaction() as tx:
        await keys.revoke(tx, gone.key.id, by=owner, now=clock.now())

    async def knock(token: str | None, slug: str = shop.slug) -> tuple[int, str]:
        headers = {} if token is None else {"authorization": f"Bearer {token}"}
        transport = httpx2.ASGITransport(app, client=("203.0.113.9", 1))
        async with httpx2.AsyncClient(transport=transport, base_url="http://puntal", headers=headers) as client:
            answer = await client.post(f"/v1/programs/{slug}/events", json=an_order())
        return answer.status_code, answer.json().get("type", answer.json()["status"] if answer.is_success else "")

    assert await knock(None) == (401, "access.credentials_missing")
    assert await knock("pk_live_nothing") == (401, "access.key_unknown")
    assert await knock(bound.token[:-1] + ("a" if bound.token[-1] != "a" else "b")) == (401, "access.key_unknown")
    assert await knock(gone.token) == (401, "access.key_revoked")
    assert await knock(reader.token) == (403, "access.forbidden")
    assert await knock(bound.token) == (404, "access.program_unknown")
    assert await knock(reader.token, "nowhere") == (404, "access.program_unknown")
    assert await knock(bound.token, other.slug) == (200, "awarded")


async def test_an_expired_key_is_refused(shop: Shop, database: Database, a_key: MakeKey, app: FastAPI) -> None:
    made = await a_key()
    async with database.transaction() as tx:
        await tx.execute(
            "UPDATE api_key SET expires_at = %s WHERE id = %s", [clock.now() - timedelta(seconds=1), made.key.id]
        )
    transport = httpx2.ASGITransport(app, client=("203.0.113.9", 1))
    async with httpx2.AsyncClient(transport=transport, base_url="http://puntal") as client:
        headers = {"authorization": f"Bearer {made.token}"}
        answer = await client.post(f"{shop.at}/events", json=an_order(), headers=headers)

    assert (answer.status_code, answer.json()["type"]) == (401, "access.key_expired")


async def test_too_many_requests_are_refused_with_when_to_come_back(
    database: Database, shop: Shop, chosen: Settings
) -> None:
    slow = create_app(database, settings=chosen.model_copy(update={"requests_per_second": 3}))
    async with slow.router.lifespan_context(slow):
        transport = httpx2.ASGITransport(slow, client=("203.0.113.7", 40000))
        headers = dict(shop.client.headers)
        async with httpx2.AsyncClient(transport=transport, base_url="http://puntal", headers=headers) as client:
            answers = await asyncio.gather(*(client.post(f"{shop.at}/events", json=an_order()) for _ in range(20)))

    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert {answer.json()["type"] for answer in refused} == {"access.rate_exceeded"}
    assert refused[0].headers["retry-after"] == "1"
    assert {answer.status_code for answer in answers} <= {200, 429}


async def test_ten_poison_events_in_a_thousand_are_refused_by_name_and_the_rest_land(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The defect is injected: rules that pass validation do not break."""
    from puntal.intake import operations  # noqa: PLC0415

    def broken(program: Any, state: Any, event: Any, now: Any) -> Any:
        if event.channel == "poison":
            raise ZeroDivisionError
        return decide(program, state, event, now)

    monkeypatch.setattr(operations, "decide", broken)
    events = [
        an_order(100, member={"card": str(n % 50)}, **({"channel": "poison"} if n % 100 == 7 else {}))
        for n in range(1000)
    ]

    said = (await shop.send_many(events)).json()

    assert (said["taken"], said["refused"]) == (990, 10)
    poisoned = [event["id"] for event in events if event.get("channel") == "poison"]
    problems = [item["problem"] for item in said["items"] if "problem" in item]
    assert [(problem["type"], problem["id"]) for problem in problems] == [("intake.failed", id) for id in poisoned]
    monkeypatch.undo()
    again = (await shop.send_many(events)).json()
    assert sum(item["answer"]["replayed"] for item in again["items"]) == 990


async def test_a_program_that_was_never_published_refuses_events(shop: Shop, database: Database, owner: Caller) -> None:
    from puntal.programs import operations as programs  # noqa: PLC0415

    slug = f"{shop.slug}-draft"
    async with database.transaction() as tx:
        await programs.create_program(
            tx, organization_id=owner.organization_id, slug=slug, document={}, now=clock.now()
        )

    answer = await shop.client.post(f"/v1/programs/{slug}/events", json=an_order())

    assert (answer.status_code, answer.json()["type"]) == (409, "programs.not_published"), answer.text


async def test_a_batch_that_is_none_is_refused(shop: Shop) -> None:
    bodies: list[Any] = [{}, {"events": 1}, {"events": {}}, {"events": [], "more": 1}, []]
    for body in bodies:
        refused = await shop.client.post(f"{shop.at}/events/batch", json=body)
        assert (refused.status_code, refused.json()["type"]) == (422, "event.invalid"), refused.text
    empty = await shop.send_many([])
    assert (empty.status_code, empty.json()) == (200, {"taken": 0, "refused": 0, "items": []})
    odd = (await shop.send_many([1, None, "x", [], json.loads("{}")])).json()
    assert odd["refused"] == 5
