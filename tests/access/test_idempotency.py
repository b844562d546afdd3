"""A write that comes twice is done once (behaviour.md, Idempotency)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import ClassVar

import httpx2
import pytest
from fastapi import FastAPI, Response
from pydantic import BaseModel
from starlette.requests import Request

from puntal.access import idempotency, queries
from puntal.access.dependencies import Now, ProgramCaller, ProgramId, ProgramTx, program_router, requires
from puntal.access.errors import IdempotencyKeyBusy
from puntal.access.model import NewKey, Permission
from puntal.access.operations import audit
from puntal.kit import clock, http
from puntal.kit import db as kit_db
from puntal.kit.db import Database, Transaction
from puntal.kit.errors import Conflict

MakeKey = Callable[..., Awaitable[NewKey]]


class Full(Conflict):
    code = "notes.full"
    messages: ClassVar[dict[str, str]] = {"en": "No more notes", "es": "No caben más notas"}


class Note(BaseModel):
    words: str
    full: bool = False


class Written(BaseModel):
    words: str
    by: str


@pytest.fixture
def gates() -> dict[str, asyncio.Event]:
    """Routes stop at `entered` until `go` is set."""
    go = asyncio.Event()
    go.set()
    return {"entered": asyncio.Event(), "go": go}


@pytest.fixture
async def notes(
    app: FastAPI, client: httpx2.AsyncClient, a_key: MakeKey, slug: str, gates: dict[str, asyncio.Event]
) -> httpx2.AsyncClient:
    """A client whose path `notes` writes a line of the log."""
    router = program_router("notes")

    @router.post("/notes", status_code=201, dependencies=[requires(Permission.MEMBERS_WRITE)])
    async def write(
        note: Note, response: Response, tx: ProgramTx, program_id: ProgramId, caller: ProgramCaller, now: Now
    ) -> Written:
        gates["entered"].set()
        await gates["go"].wait()
        await audit.record(
            tx, program_id=program_id, actor=caller.actor, action="note.written", subject=note.words, now=now
        )
        if note.full:
            raise Full
        response.headers["ETag"] = '"7"'
        return Written(words=note.words, by=caller.name)

    @router.delete("/notes", status_code=204, dependencies=[requires(Permission.MEMBERS_WRITE)])
    async def wipe(tx: ProgramTx, program_id: ProgramId, caller: ProgramCaller, now: Now) -> None:
        await audit.record(tx, program_id=program_id, actor=caller.actor, action="note.wiped", subject="all", now=now)

    http.add_routes(app, router)
    made = await a_key()
    client.headers["Authorization"] = f"Bearer {made.token}"
    client.base_url = httpx2.URL(f"http://puntal/v1/programs/{slug}/")
    return client


async def written(database: Database, program_id: int) -> list[str]:
    async with database.program_transaction(program_id) as tx:
        found = await queries.list_audit(tx, kit_db.ProgramId(program_id), before=None, limit=100)
    return [entry.subject for entry in found]


async def test_the_same_words_are_done_once_and_answered_alike(
    notes: httpx2.AsyncClient, database: Database, program_id: int
) -> None:
    first = await notes.post("notes", content=b'{"words": "hola", "full": false}', headers=KEYED)
    again = await notes.post("notes", content=b'{"full":false,"words":"hola"}', headers=KEYED)

    assert (first.status_code, "idempotency-replayed" in first.headers) == (201, False)
    assert (again.status_code, again.headers["idempotency-replayed"]) == (201, "true")
    assert again.content == first.content
    assert again.headers["etag"] == first.headers["etag"] == '"7"'
    assert await written(database, program_id) == ["hola"]


KEYED = {"Idempotency-Key": "anna-1", "Content-Type": "application/json"}


async def test_an_answer_without_a_body_is_replayed_too(
    notes: httpx2.AsyncClient, database: Database, program_id: int
) -> None:
    first = await notes.delete("notes", headers=KEYED)
    again = await notes.delete("notes", headers=KEYED)

    assert (first.status_code, again.status_code) == (204, 204)
    assert (again.content, again.headers["idempotency-replayed"]) == (b"", "true")
    assert await written(database, program_id) == ["all"]


async def test_other_words_under_the_same_key_are_refused(
    notes: httpx2.AsyncClient, database: Database, program_id: int
) -> None:
    await notes.post("notes", json={"words": "hola"}, headers=KEYED)

    other = await notes.post("notes", json={"words": "adiós"}, headers=KEYED)
    elsewhere = await notes.delete("notes", headers=KEYED)

    for answer in (other, elsewhere):
        assert (answer.status_code, answer.json()["type"]) == (409, "idempotency.key_reused")
    assert await written(database, program_id) == ["hola"]


async def test_without_a_key_twice_is_twice(notes: httpx2.AsyncClient, database: Database, program_id: int) -> None:
    await notes.post("notes", json={"words": "hola"})
    await notes.post("notes", json={"words": "hola"})

    assert await written(database, program_id) == ["hola", "hola"]


async def test_a_refusal_changes_nothing_and_is_decided_anew(
    notes: httpx2.AsyncClient, database: Database, program_id: int
) -> None:
    for _ in range(2):
        refused = await notes.post("notes", json={"words": "hola", "full": True}, headers=KEYED)
        assert (refused.status_code, refused.json()["type"]) == (409, "notes.full")

    assert await written(database, program_id) == []


@pytest.mark.parametrize("key", ["", "x" * 256, "ni\u00f1o", "a\tb"])
async def test_a_key_that_is_none_is_refused(notes: httpx2.AsyncClient, key: str) -> None:
    answer = await notes.post("notes", json={"words": "hola"}, headers=[(b"Idempotency-Key", key.encode())])

    assert (answer.status_code, answer.json()["type"]) == (400, "idempotency.key_invalid")


async def test_a_dry_run_is_not_remembered(notes: httpx2.AsyncClient) -> None:
    for _ in range(2):
        answer = await notes.post("notes?dry_run=true", json={"words": "hola"}, headers=KEYED)
        assert "idempotency-replayed" not in answer.headers


async def test_duplicates_at_the_same_moment_are_done_once(
    notes: httpx2.AsyncClient, database: Database, program_id: int, gates: dict[str, asyncio.Event]
) -> None:
    gates["go"].clear()
    requests = [asyncio.create_task(notes.post("notes", json={"words": "hola"}, headers=KEYED)) for _ in range(5)]
    await gates["entered"].wait()
    await asyncio.sleep(0.1)
    gates["go"].set()
    answers = await asyncio.gather(*requests)

    assert {answer.status_code for answer in answers} == {201}
    assert sorted("idempotency-replayed" in answer.headers for answer in answers) == [False, True, True, True, True]
    assert await written(database, program_id) == ["hola"]


async def test_a_caller_who_may_not_write_is_not_shown_the_answer(notes: httpx2.AsyncClient, a_key: MakeKey) -> None:
    await notes.post("notes", json={"words": "hola"}, headers=KEYED)
    weak = await a_key(frozenset({Permission.MEMBERS_READ}))

    answer = await notes.post(
        "notes", json={"words": "hola"}, headers=KEYED | {"Authorization": f"Bearer {weak.token}"}
    )

    assert (answer.status_code, answer.json()["type"]) == (403, "access.forbidden")


async def test_answers_are_kept_thirty_days(notes: httpx2.AsyncClient, database: Database, program_id: int) -> None:
    await notes.post("notes", json={"words": "hola"}, headers=KEYED)
    program = kit_db.ProgramId(program_id)

    async with database.program_transaction(program_id) as tx:
        kept = await idempotency.purge(tx, program, now=clock.now() + timedelta(days=29, hours=23))
        purged = await idempotency.purge(tx, program, now=clock.now() + timedelta(days=30, minutes=1))

    assert (kept, purged) == (0, 1)


async def test_answers_above_programs_are_kept_thirty_days(
    client: httpx2.AsyncClient, a_key: MakeKey, tx: Transaction
) -> None:
    made = await a_key()
    await client.put(
        "/v1/organization/roles/support",
        json={"adjust_limit": 5},
        headers=KEYED | {"Authorization": f"Bearer {made.token}"},
    )

    assert await idempotency.purge_above(tx, now=clock.now() + timedelta(days=29)) == 0
    assert await idempotency.purge_above(tx, now=clock.now() + timedelta(days=31)) >= 1


async def test_a_first_request_that_takes_too_long_is_not_waited_for(database: Database, program_id: int) -> None:
    words = idempotency.fingerprint("POST", "/other", b"")
    async with database.program_transaction(program_id) as first:
        await first.execute(
            idempotency.CLAIM, {"owner": program_id, "key": "anna-1", "fingerprint": words, "now": clock.now()}
        )
        async with database.program_transaction(program_id) as second:
            await second.execute("SET LOCAL lock_timeout = '50ms'")
            request = Request(
                {
                    "type": "http",
                    "method": "POST",
                    "path": "/other",
                    "query_string": b"",
                    "server": ("puntal", 80),
                    "headers": [(b"idempotency-key", b"anna-1")],
                },
                _nothing,
            )
            with pytest.raises(IdempotencyKeyBusy):
                async with second.transaction():
                    await idempotency.claim(second, request, owner=kit_db.ProgramId(program_id), now=clock.now())


async def _nothing() -> dict[str, object]:
    return {"type": "http.request", "body": b"", "more_body": False}
