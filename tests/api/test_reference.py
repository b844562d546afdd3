"""The OpenAPI document: complete, committed, and shown without asking anybody else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from typing import Any

import httpx2
import pytest

from puntal.entrypoints import openapi
from puntal.entrypoints.server import create_app
from puntal.kit.db import Database
from puntal.kit.settings import Settings


def nothing() -> AbstractAsyncContextManager[Database]:
    raise RuntimeError("the reference needs no database")


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return create_app(nothing, settings=Settings()).openapi()


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def shown(content: dict[str, Any], document: dict[str, Any]) -> bool:
    schema = content.get("schema", {})
    schema = document["components"]["schemas"].get(schema.get("$ref", "").rsplit("/", 1)[-1], schema)
    return any("example" in each or "examples" in each for each in (content, schema))


def test_every_operation_has_an_id_a_summary_its_refusals_and_examples(document: dict[str, Any]) -> None:
    wrong = []
    ids = set()
    for name, operation in operations(document):
        ids.add(operation["operationId"])
        if not operation.get("summary"):
            wrong.append(f"{name}: no summary")
        refusals = [status for status in operation["responses"] if int(status) >= 400]
        if not refusals:
            wrong.append(f"{name}: no refusals")
        wrong += [
            f"{name}: {status} without codes"
            for status in refusals
            if not re.search(r"`[a-z]+\.[a-z_]+`|Validation Error", operation["responses"][status]["description"])
        ]
        bodies = list(operation.get("requestBody", {}).get("content", {}).values())
        bodies += [
            response["content"]["application/json"]
            for status, response in operation["responses"].items()
            if status.startswith("2") and "application/json" in response.get("content", {})
        ]
        wrong += [f"{name}: no example" for content in bodies if not shown(content, document)]

    assert wrong == []
    assert len(ids) == sum(1 for _ in operations(document))


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    named = set(re.findall(r"#/components/schemas/([\w.\[\],-]+)", str(document)))

    assert named - set(document["components"]["schemas"]) == set()


def test_what_is_committed_is_what_the_server_says() -> None:
    assert openapi.main(["--check"]) == 0


async def test_the_reference_is_shown_from_files_of_our_own() -> None:
    app = create_app(nothing, settings=Settings())
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://puntal") as client:
        page = await client.get("/docs")
        parts = re.findall(r'(?:src|href)="([^"]+)"', page.text)
        answers = [await client.get(part) for part in parts]
        missing = await client.get("/docs/other.js")

    assert parts
    assert all(part.startswith("/docs/") for part in parts)
    assert {answer.status_code for answer in answers} == {200}
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert missing.status_code == 404
