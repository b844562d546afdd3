"""Exports and simulations under kill -9: the worker dies in the middle, the next one begins anew.

There is one file with every row once, one result, and whoever asked is told once.
"""

from __future__ import annotations

import asyncio
import csv
import hashlib
import io
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from stress_own import Command, OwnServer
from stress_shop import document, one, open_program, rows

from puntal.access import queries as access
from puntal.access.model import NewStaff
from puntal.access.operations import keys, notifications, staff
from puntal.insight.exports import making
from puntal.insight.exports import operations as exports
from puntal.insight.exports.errors import ExportNotReady
from puntal.insight.exports.model import Filters
from puntal.insight.simulation import operations as simulations
from puntal.kit import clock
from puntal.kit.db import Database

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from pathlib import Path

MEMBERS = 12_000
EVENTS = 3_000
_PATIENCE_SECONDS = 300

PEOPLE = """
INSERT INTO member (program_id, id, status, enrolled_at, name, created_at, updated_at)
SELECT %(p)s, gen_random_uuid(), 'active', now(), 'Anna ' || n, now(), now() FROM generate_series(1, %(count)s) AS n
"""
HAPPENED = """
INSERT INTO event
  (program_id, id, type, source, member_id, occurred_at, recorded_at, revision, fingerprint, body, outcome)
SELECT %(p)s, 'e' || n, 'order.paid', 'shop', m.id, now() - interval '3 days' + n * interval '1 second', now(), 1, 'f',
  json_build_object('id', 'e' || n, 'type', 'order.paid', 'source', 'shop',
    'occurred_at', to_char((now() - interval '3 days' + n * interval '1 second') AT TIME ZONE 'UTC',
      'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    'order', json_build_object('id', 'o' || n, 'currency', 'EUR',
      'lines', json_build_array(json_build_object('id', '1', 'amount_minor', 1000)))), '{}'
FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM member WHERE program_id = %(p)s LIMIT %(count)s) AS m
"""


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Command]]:
    """What is started here, missed sooner than the minute it takes elsewhere; what is left of it is killed."""
    monkeypatch.setenv("PUNTAL_JOB_STALLED_SECONDS", "10")
    started: list[Command] = []
    yield started
    for process in started:
        process.kill()


async def filled(database: Database) -> tuple[int, UUID]:
    """Return a program with many members, and who of its staff asks."""
    # Of this week: no year of nights is to be made up for.
    program = await open_program(database, document(), effective_from=clock.now() - timedelta(days=4))
    async with database.program_transaction(program) as tx:
        await tx.execute(PEOPLE.encode(), {"p": program, "count": MEMBERS})
        await tx.execute(HAPPENED.encode(), {"p": program, "count": EVENTS})
    async with database.transaction() as tx:
        by = keys.administrator(await access.organization_of(tx, program))
        person = NewStaff(email=f"anna-{program}@example.org", name="Anna", role="owner", locale="en")
        return program, (await staff.add(tx, person, by=by, password=None, now=clock.now())).id


async def until(database: Database, program: int, statement: str, worker: Command) -> tuple[Any, ...]:
    """Return the first row there is."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        found = await rows(database, program, statement)
        if found:
            return found[0]
        assert time.monotonic() < deadline, worker.complaints()
        assert worker.process.poll() is None, worker.complaints()
        await asyncio.sleep(0.02)


async def killed_in_the_middle(
    database: Database,
    program: int,
    workers: list[Command],
    server: OwnServer,
    folder: Path,
    table: str,
    done: str,
    meanwhile: Callable[[], Awaitable[None]] | None = None,
) -> None:
    """Let a worker begin, kill it once it has got somewhere, look at what is left, and let the next one end it."""
    first = Command(server.uri, folder, "work")
    workers.append(first)
    begun = f"SELECT 1 FROM {table} WHERE program_id = %(p)s AND state = 'running' AND {done} > 0"
    await until(database, program, begun, first)
    first.kill()
    assert await one(database, program, f"SELECT state FROM {table} WHERE program_id = %(p)s") == "running"
    if meanwhile is not None:
        await meanwhile()
    second = Command(server.uri, folder, "work")
    workers.append(second)
    over = f"SELECT state, run FROM {table} WHERE program_id = %(p)s AND state NOT IN ('waiting', 'running')"
    assert await until(database, program, over, second) == ("done", 2), second.complaints()
    second.kill()


async def told(database: Database, program: int, person: UUID) -> list[str]:
    async with database.program_transaction(program) as tx:
        found = await notifications.listed(tx, program, person, unread=True, before=None, limit=10)
    return [each.code for each in found]


async def file_of(database: Database, program: int, export: UUID) -> bytes:
    return b"".join([piece async for piece in exports.pieces(database, program, export)])


async def test_an_export_whose_worker_is_killed_is_one_whole_file(
    own_server: OwnServer, tmp_path: Path, workers: list[Command]
) -> None:
    database = await Database.open(own_server.uri, size=4)
    program, anna = await filled(database)
    async with database.program_transaction(program) as tx:
        asked = await exports.start(tx, program, "members", "csv", Filters(), by=f"staff:{anna}", now=clock.now())

    async def is_not_offered() -> None:
        async with database.program_transaction(program) as tx:
            half = await exports.load(tx, program, asked.id)
            assert 0 < half.rows_done < MEMBERS
            with pytest.raises(ExportNotReady):
                await exports.fetched(tx, program, asked.id, by=f"staff:{anna}", now=clock.now())
            with pytest.raises(ExportNotReady):
                exports.sign(half, now=clock.now())

    await killed_in_the_middle(database, program, workers, own_server, tmp_path, "export", "rows_done", is_not_offered)

    data = await file_of(database, program, asked.id)
    read = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert [each["name"] for each in read] == [
        name
        for (name,) in await rows(database, program, "SELECT name FROM member WHERE program_id = %(p)s ORDER BY id")
    ]
    assert len(read) == MEMBERS
    async with database.program_transaction(program) as tx:
        kept = await exports.fetched(tx, program, asked.id, by=f"staff:{anna}", now=clock.now())
        again = await exports.start(
            tx, program, "members", "csv", Filters(), by="key:test", now=clock.now(), defer=False
        )
    assert (kept.rows_total, kept.size) == (MEMBERS, len(data))
    assert await told(database, program, anna) == ["export.done"]
    # The same, bit by bit, as a file whose making nobody disturbed.
    assert await making.make(database, program, again.id, now=clock.now())
    undisturbed = await file_of(database, program, again.id)
    assert hashlib.sha256(data).digest() == hashlib.sha256(undisturbed).digest()
    await database.close()


async def test_a_simulation_whose_worker_is_killed_has_one_result(
    own_server: OwnServer, tmp_path: Path, workers: list[Command]
) -> None:
    database = await Database.open(own_server.uri, size=4)
    program, anna = await filled(database)
    async with database.program_transaction(program) as tx:
        await simulations.start(tx, program, document(), days=7, note="", by=f"staff:{anna}", now=clock.now())

    await killed_in_the_middle(database, program, workers, own_server, tmp_path, "simulation", "events_done")

    state, done, total = (
        await rows(
            database,
            program,
            "SELECT state, events_done, events_total FROM simulation WHERE program_id = %(p)s AND result IS NOT NULL",
        )
    )[0]
    assert (state, done, total) == ("done", EVENTS, EVENTS)
    assert await told(database, program, anna) == ["simulation.done"]
    await database.close()
