"""A1: no input is answered with anything but a problem, and none with 500 but our own mistakes."""

from __future__ import annotations

import re
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import httpx2
import pytest
from fastapi import FastAPI, HTTPException, Request
from pydantic import BaseModel, Field
from structlog.testing import capture_logs

from puntal.kit import http
from puntal.kit.errors import Conflict, Fault, Faulty, TooMany
from puntal.kit.settings import Settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from puntal.kit.db import Database


class InsufficientPoints(Conflict):
    code = "points.insufficient"
    messages: ClassVar[dict[str, str]] = {
        "en": "{short_by} more points are needed",
        "es": "Faltan {short_by} puntos",
    }


class Paid(BaseModel):
    type: Literal["order.paid"]
    lines: list[int]


class Written(BaseModel):
    type: Literal["review.written"]
    stars: int


class Envelope(BaseModel):
    event: Annotated[Paid | Written, Field(discriminator="type")]
    store: str


def an_app() -> FastAPI:
    app = FastAPI()
    http.install(app, Settings(max_body_bytes=2000, max_upload_bytes=3000))

    @app.post("/spend/{points}")
    async def spend(points: int) -> None:
        raise InsufficientPoints(short_by=points)

    @app.post("/faulty")
    async def faulty() -> None:
        raise Faulty([Fault(path="/tiers/0", code="tier.unknown", reason="no such tier", suggestion="gold")])

    @app.post("/events")
    async def events(envelope: Envelope) -> str:
        return envelope.store

    @app.post("/upload")
    async def upload(request: Request) -> int:
        return len(await request.body())

    @app.get("/teapot")
    async def teapot() -> None:
        raise HTTPException(418)

    @app.get("/slow-down")
    async def slow_down() -> None:
        raise TooMany(retry_after_seconds=7)

    @app.get("/defect")
    async def defect() -> None:
        raise ZeroDivisionError("anna@example.com")

    @app.post("/organizations/{name}")
    async def make(name: str, tx: http.Tx) -> None:
        await tx.execute("INSERT INTO organization VALUES (gen_random_uuid(), %s, now())", [name])
        if name == "refused":
            raise InsufficientPoints(short_by=1)

    @app.get("/number/{value}")
    async def number(value: int, tx: http.Tx) -> None:
        await tx.execute("SELECT %s::text::bigint", [str(value)])

    return app


@asynccontextmanager
async def calling(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://test") as client:
        yield client


async def ask(method: str, path: str, **more: Any) -> httpx2.Response:
    async with calling(an_app()) as client:
        return await client.request(method, path, **more)


def said(response: httpx2.Response) -> tuple[int, str, str]:
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == response.status_code
    return problem["status"], problem["type"], problem["title"]


@pytest.mark.parametrize(
    ("accepts", "title"),
    [
        ("es-MX,es;q=0.9,en;q=0.8", "Faltan 30 puntos"),
        ("de, en;q=0.5, es;q=0.1", "30 more points are needed"),
        ("de", "30 more points are needed"),
        ("es;q=nonsense, *", "30 more points are needed"),
    ],
)
async def test_a_refusal_speaks_the_callers_language_and_names_its_numbers(accepts: str, title: str) -> None:
    response = await ask("POST", "/spend/30", headers={"accept-language": accepts})

    assert said(response) == (409, "points.insufficient", title)
    assert response.json()["short_by"] == 30


async def test_faults_are_listed_with_their_pointers() -> None:
    response = await ask("POST", "/faulty")

    assert said(response)[:2] == (422, "request.faulty")
    assert response.json()["errors"] == [
        {"path": "/tiers/0", "code": "tier.unknown", "reason": "no such tier", "suggestion": "gold"}
    ]


async def test_every_invalid_value_of_a_body_is_named() -> None:
    response = await ask("POST", "/events", json={"event": {"type": "order.paid", "lines": [1, "x", "y"]}})

    assert said(response) == (422, "request.faulty", "3 values are not valid")
    assert [error["path"] for error in response.json()["errors"]] == ["/event/lines/1", "/event/lines/2", "/store"]


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"store": "\xff"}',
        b"[" * 1900,
        b'{"store": "a\\u0000b"}',
        b'{"store": "a\\ud800b"}',
        b'{"n": ' + b"9" * 1900 + b"}",
        b'{"n": NaN}',
    ],
    ids=["cut off", "not UTF-8", "deep", "NUL", "half a character", "huge number", "not JSON's number"],
)
async def test_an_unreadable_body_is_refused(body: bytes) -> None:
    response = await ask("POST", "/events", content=body, headers={"content-type": "application/json"})

    assert said(response)[0] in {400, 422}


async def test_characters_that_only_look_unstorable_pass() -> None:
    body = rb'{"event": {"type": "review.written", "stars": 5}, "store": "\\u0000 \ud83d\ude00"}'

    response = await ask("POST", "/events", content=body, headers={"content-type": "application/json"})

    assert response.json() == "\\u0000 \U0001f600"


async def test_a_nul_in_the_address_is_refused() -> None:
    assert said(await ask("POST", "/organizations/a%00b"))[0] == 400
    assert said(await ask("GET", "/teapot?x=%00"))[0] == 400


@pytest.mark.parametrize("kind", ["application/json", "text/csv"])
async def test_a_body_over_its_limit_is_refused_declared_or_not(kind: str) -> None:
    async def parts() -> AsyncIterator[bytes]:
        for _ in range(8):
            yield b" " * 500

    headers = {"content-type": kind}

    assert said(await ask("POST", "/upload", content=b" " * 4000, headers=headers))[:2] == (413, "request.too_large")
    assert said(await ask("POST", "/upload", content=parts(), headers=headers))[0] == 413
    assert (await ask("POST", "/upload", content=b" " * 2000, headers=headers)).json() == 2000


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "request.not_found"),
        ("DELETE", "/teapot", 405, "request.method_not_allowed"),
        ("GET", "/teapot", 418, "http.418"),
        ("GET", "/slow-down", 429, "request.too_many"),
        ("GET", "/defect", 500, "server.failed"),
    ],
)
async def test_everything_else_is_a_problem_too(method: str, path: str, status: int, code: str) -> None:
    response = await ask(method, path)

    assert said(response)[:2] == (status, code)
    assert "anna" not in response.text


async def test_too_many_says_when_to_come_back() -> None:
    assert (await ask("GET", "/slow-down")).headers["retry-after"] == "7"


async def test_a_request_keeps_its_id_or_gets_one() -> None:
    kept = await ask("GET", "/nowhere", headers={"x-request-id": "till-7:42"})
    made = await ask("GET", "/nowhere", headers={"x-request-id": "not an id\t"})

    assert kept.headers["x-request-id"] == "till-7:42"
    assert re.fullmatch(r"[0-9a-f-]{36}", made.headers["x-request-id"])


async def test_a_route_commits_and_a_refusal_rolls_back(database: Database) -> None:
    app = an_app()
    app.state.database = database
    async with calling(app) as client:
        kept = await client.post("/organizations/kept")
        refused = await client.post("/organizations/refused")

    assert (kept.status_code, refused.status_code) == (200, 409)
    async with database.transaction() as tx:
        found = await tx.execute("SELECT name FROM organization WHERE name IN ('kept', 'refused')")
        assert await found.fetchall() == [("kept",)]


async def test_a_number_no_column_holds_is_the_callers_mistake(database: Database) -> None:
    app = an_app()
    app.state.database = database
    async with calling(app) as client:
        assert said(await client.get(f"/number/{10**30}"))[0] == 422


def test_the_document_describes_problems() -> None:
    document = http.describe_problems(an_app().openapi())

    assert "HTTPValidationError" not in document["components"]["schemas"]
    assert list(document["paths"]["/events"]["post"]["responses"]["422"]["content"]) == ["application/problem+json"]


async def test_a_caller_who_hangs_up_is_no_mistake_of_ours() -> None:
    said = [{"type": "http.request", "body": b"a,b", "more_body": True}, {"type": "http.disconnect"}]
    answered: list[Any] = []

    async def receive() -> Any:
        return said.pop(0)

    async def send(message: Any) -> None:
        answered.append(message)

    scope = {
        "type": "http", "http_version": "1.1", "method": "POST", "path": "/upload", "raw_path": b"/upload",
        "query_string": b"", "headers": [(b"content-type", b"text/csv")], "root_path": "", "scheme": "http",
    }  # fmt: skip
    with capture_logs() as log:
        await an_app()(scope, receive, send)

    assert answered == []
    assert [line["event"] for line in log] == ["http.hung_up", "http.answered"]
