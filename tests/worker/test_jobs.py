"""Jobs: queued if and only if the transaction commits, run with their arguments, tried again, cleared away."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import procrastinate
import psycopg
import pytest

from puntal.kit import clock, ids, jobs, migration
from puntal.kit.db import Database
from puntal.kit.errors import Conflict
from puntal.kit.jobs import Work, defer, job

SEEN: list[tuple[str, object, int]] = []


class Box:
    """A part a test shares with its job."""

    def __init__(self) -> None:
        self.held: list[str] = []


@job("test.note")
async def note(work: Work, *, word: str, ids: list[str] | None = None) -> None:
    SEEN.append((word, ids, work.attempt))


@job("test.fail")
async def fail(work: Work, *, word: str) -> None:
    SEEN.append((word, None, work.attempt))
    if work.attempt == 1:
        raise RuntimeError("the first time it fails")


@job("test.refuse")
async def refuse(work: Work, *, word: str) -> None:
    SEEN.append((word, None, work.attempt))
    raise Conflict


@job("test.put")
async def put(work: Work, *, word: str) -> None:
    work.part(Box).held.append(word)


async def run_due(database: Database, **more: object) -> None:
    queue = jobs.runner(database.uri)
    async with queue.open_async():
        await jobs.run(queue, Work(database=database, parts=more.get("parts", {})), concurrency=2, wait=False)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
async def _empty(database: Database) -> None:
    SEEN.clear()
    async with database.transaction() as tx:
        await tx.execute("DELETE FROM procrastinate_jobs")


async def statuses(database: Database) -> list[tuple[str, str, int]]:
    async with database.transaction() as tx:
        cursor = await tx.execute("SELECT task_name, status::text, attempts FROM procrastinate_jobs ORDER BY id")
        return [(row[0], row[1], row[2]) for row in await cursor.fetchall()]


async def test_a_job_runs_if_and_only_if_its_transaction_commits(database: Database, program_id: int) -> None:
    word = ids.new_id()
    async with database.program_transaction(program_id) as tx:
        await defer(tx, "test.note", word="kept", ids=[word])
    await defer_and_roll_back(database, program_id)

    await run_due(database)

    assert [("kept", [str(word)], 1)] == SEEN


async def defer_and_roll_back(database: Database, program_id: int) -> None:
    async with database.program_transaction(program_id) as tx:
        await defer(tx, "test.note", word="lost")
        await tx.execute("ROLLBACK; BEGIN")


async def test_of_jobs_with_the_same_words_one_waits_and_the_transaction_lives_on(
    database: Database, program_id: int
) -> None:
    async with database.program_transaction(program_id) as tx:
        first = await defer(tx, "test.note", once="segments:1", word="first")
        second = await defer(tx, "test.note", once="segments:1", word="second")
        third = await defer(tx, "test.note", word="third")

    await run_due(database)

    assert (first, second, third) == (True, False, True)
    assert sorted(word for word, _, _ in SEEN) == ["first", "third"]


async def test_a_job_waits_for_its_time(database: Database, program_id: int) -> None:
    async with database.program_transaction(program_id) as tx:
        await defer(tx, "test.note", at=clock.now() + timedelta(hours=1), word="later")
        await defer(tx, "test.note", at=clock.now() - timedelta(hours=1), word="now")

    await run_due(database)

    assert [word for word, _, _ in SEEN] == ["now"]


async def test_a_defect_is_tried_again_and_a_refusal_is_not(database: Database, program_id: int) -> None:
    async with database.program_transaction(program_id) as tx:
        await defer(tx, "test.fail", word="defect")
        await defer(tx, "test.refuse", word="refusal")

    await run_due(database)
    assert await statuses(database) == [("test.fail", "todo", 1), ("test.refuse", "failed", 1)]
    async with database.transaction() as tx:
        await tx.execute("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo'")
    await run_due(database)

    assert (await statuses(database))[0] == ("test.fail", "succeeded", 2)
    assert [(word, at) for word, _, at in SEEN if word == "defect"] == [("defect", 1), ("defect", 2)]


def test_pauses_grow_to_an_hour() -> None:
    assert [jobs.wait_seconds(failures) for failures in (1, 2, 3, 11)] == [5, 10, 20, 3600]


async def test_entry_points_share_parts_with_jobs(database: Database, program_id: int) -> None:
    box = Box()
    async with database.program_transaction(program_id) as tx:
        await defer(tx, "test.put", word="shared")

    await run_due(database, parts={Box: box})

    assert box.held == ["shared"]


async def test_jobs_of_a_worker_that_died_are_queued_again_and_old_ones_go(database: Database, program_id: int) -> None:
    async with database.program_transaction(program_id) as tx:
        for word in ("done", "dying"):
            await defer(tx, "test.note", word=word)
    await run_due(database)
    async with database.transaction() as tx:
        await tx.execute(
            "UPDATE procrastinate_events e SET at = now() - interval '25 hours' FROM procrastinate_jobs j"
            " WHERE j.id = e.job_id AND j.args ->> 'word' = 'done'"
        )
        await tx.execute(
            "WITH dead AS (INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '5 minutes')"
            " RETURNING id) UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT id FROM dead)"
            " WHERE args ->> 'word' = 'dying'"
        )
    queue = jobs.runner(database.uri, connections=1)
    async with queue.open_async():
        again = await jobs.keep_house(queue)

    assert again == 1
    assert await statuses(database) == [("test.note", "todo", 2)]


async def test_two_workers_run_each_job_once(database: Database, program_id: int) -> None:
    async with database.program_transaction(program_id) as tx:
        for word in range(20):
            await defer(tx, "test.note", word=str(word))

    await asyncio.gather(run_due(database), run_due(database))

    assert sorted(int(word) for word, _, _ in SEEN) == list(range(20))


async def test_the_queue_is_touched_as_the_application_only(database: Database) -> None:
    async with database.transaction() as tx:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await tx.execute("DROP TABLE procrastinate_jobs")
        await tx.execute("ROLLBACK; BEGIN")


def test_our_copy_of_the_queues_schema_is_the_packages() -> None:
    """When this fails after an upgrade, write a revision with what the package's own migrations add."""
    shipped = (Path(procrastinate.__file__).parent / "sql" / "schema.sql").read_text()
    ours = (migration.location() / "sql" / "procrastinate_3_10.sql").read_text()

    assert ours.endswith(shipped)
