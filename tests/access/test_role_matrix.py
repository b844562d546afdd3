"""Every operation of the reference, called by everybody: each role may what `roles.txt` says, and nothing else.

A line of the table is an operation and who may call it: `O`wner, `A`dmin, `M`arketer, a`N`alyst, `S`upport,
`C`ashier; `anybody` without a key or session; `oneself` whoever is signed in. An operation without a line fails, and so
does a line without an operation. Whoever adds a route decides here who may call it, and somebody else reads that line.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from signers import Hire, sign_in

from puntal.access import policy
from puntal.access.model import ALL_PERMISSIONS, Caller, KeyTerms
from puntal.access.operations import keys
from puntal.entrypoints.server import create_app
from puntal.kit import clock, ids
from puntal.kit.db import Database
from puntal.kit.settings import Settings
from puntal.programs import operations as programs
from puntal.programs import templates

TABLE = Path(__file__).with_name("roles.txt")
LETTERS = {"O": "owner", "A": "admin", "M": "marketer", "N": "analyst", "S": "support", "C": "cashier"}
METHODS = ("get", "post", "put", "patch", "delete")
NOBODY = "nobody"


@dataclass(frozen=True)
class Operation:
    """One way to call the server."""

    id: str
    method: str
    path: str


def declared() -> dict[str, str]:
    """Return who may call what, by operation."""
    lines = [line.split("#")[0].split() for line in TABLE.read_text(encoding="utf-8").splitlines()]
    return {line[0]: line[1] for line in lines if line}


def operations(document: dict[str, Any], slug: str) -> Iterator[Operation]:
    """Yield every operation with a path that names nothing but the program."""
    for path, found in document["paths"].items():
        for method in METHODS:
            if method not in found:
                continue
            filled = path
            for parameter in [*found.get("parameters", []), *found[method].get("parameters", [])]:
                if parameter["in"] == "path":
                    filled = filled.replace(f"{{{parameter['name']}}}", _value(parameter, slug))
            yield Operation(found[method]["operationId"], method.upper(), filled)


def _value(parameter: dict[str, Any], slug: str) -> str:
    schema = parameter.get("schema", {})
    if parameter["name"] == "program":
        return slug
    if schema.get("format") == "uuid":
        return str(ids.new_id())
    if schema.get("type") == "integer":
        return "7"
    return str(schema["enum"][0]) if "enum" in schema else "nothing"


@pytest.fixture
async def served(database: Database) -> AsyncIterator[FastAPI]:
    app = create_app(database, settings=Settings(log_level="error", sign_ins_per_minute=0))
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def callers(
    served: FastAPI, hire: Hire, database: Database, owner: Caller, program_id: int
) -> AsyncIterator[dict[str, httpx2.AsyncClient]]:
    """A client per role, by a key of a person who has it; and one of nobody's."""
    document = templates.load_template("cafe")
    async with database.program_transaction(program_id) as tx:
        await programs.publish(tx, program_id, document, by="tests", now=clock.now())
    clients = {NOBODY: _client(served)}
    for role in policy.BUILT_IN_ROLES:
        person = await hire(role.title(), role)
        async with database.transaction() as tx:
            terms = KeyTerms(name=role, scopes=ALL_PERMISSIONS, staff_id=person.id)
            made = await keys.create(tx, terms, by=owner, now=clock.now())
        clients[role] = _client(served, authorization=f"Bearer {made.token}")
    yield clients
    for client in clients.values():
        await client.aclose()


def _client(served: FastAPI, **headers: str) -> httpx2.AsyncClient:
    transport = httpx2.ASGITransport(served, raise_app_exceptions=False, client=("203.0.113.60", 40000))
    return httpx2.AsyncClient(transport=transport, base_url="http://localhost:8000", headers=headers)


def _is_refused(answer: httpx2.Response) -> bool:
    """Tell whether it was refused for who asked, and not for what was asked."""
    if answer.status_code not in {401, 403}:
        return False
    return answer.json()["type"] in {
        "access.forbidden",
        "access.organization_only",
        "access.credentials_missing",
        "access.session_missing",
    }


def test_every_operation_has_its_line(served: FastAPI) -> None:
    known = {operation.id for operation in operations(served.openapi(), "club")}

    assert sorted(known - declared().keys()) == [], "who may call these? Say so in roles.txt"
    assert sorted(declared().keys() - known) == [], "these are gone"


def test_nobody_does_what_an_owner_may_not() -> None:
    for id, who in declared().items():
        if who in {"anybody", "oneself", "none"}:
            continue
        assert set(who) <= LETTERS.keys(), id
        assert {"O", "A"} <= set(who) or who == "O", id


async def test_each_role_may_what_its_line_says_and_nothing_else(
    served: FastAPI, callers: dict[str, httpx2.AsyncClient], slug: str
) -> None:
    table, wrong = declared(), []

    for operation in operations(served.openapi(), slug):
        who = table[operation.id]
        for role, client in callers.items():
            letters = {letter for letter, name in LETTERS.items() if name == role}
            expected = who == "anybody" or bool(letters & set(who) and who not in {"oneself", "none"})
            answer = await client.request(operation.method, operation.path)
            assert answer.status_code < 500, (operation, role, answer.text)
            if _is_refused(answer) is expected:
                wrong.append(f"{operation.id}: {role} {answer.status_code} {answer.text[:80]}")

    assert wrong == []


@pytest.mark.parametrize("role", ["owner", "cashier"])
async def test_what_is_ones_own_takes_a_session_of_any_role(
    served: FastAPI, hire: Hire, slug: str, role: str, database: Database, program_id: int
) -> None:
    async with database.program_transaction(program_id) as tx:
        await programs.publish(tx, program_id, templates.load_template("cafe"), by="tests", now=clock.now())
    client = _client(served, **{"sec-fetch-site": "same-origin"})
    assert (await sign_in(client, await hire("Anna", role))).status_code == 200
    table = declared()

    for operation in operations(served.openapi(), slug):
        if table[operation.id] != "oneself":
            continue
        answer = await client.request(operation.method, operation.path)
        assert not _is_refused(answer), (operation, answer.text)
        assert answer.status_code < 500, (operation, answer.text)
    await client.aclose()
