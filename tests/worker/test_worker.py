"""The worker as a whole: what is written is passed on, sent and run; it stops when told and outlives the database."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta

import pytest
from receiver import Receiver, a_receiver

from puntal.entrypoints import worker, worker_schedule
from puntal.entrypoints.worker import Wiring
from puntal.entrypoints.worker_relay import Route, relay_all, relay_batch
from puntal.kit import clock, ids
from puntal.kit.db import Database, ProgramId
from puntal.kit.jobs import Work, job
from puntal.kit.sealing import sealer_of
from puntal.kit.settings import Settings
from puntal.outbox import operations as outbox
from puntal.outbox.model import Happening
from puntal.webhooks import operations as webhooks

RAN: list[tuple[str, int, tuple[str, ...]]] = []


@job("test.each")
async def each(work: Work, *, program_id: int, ids: list[str]) -> None:  # noqa: ARG001 - a job takes it
    RAN.append(("each", program_id, tuple(ids)))


@job("test.debounced")
async def debounced(work: Work, *, program_id: int) -> None:  # noqa: ARG001 - a job takes it
    RAN.append(("debounced", program_id, ()))


ROUTES = {
    "event.caused": [Route(job="test.each")],
    "member.*": [Route(job="test.debounced", debounce_seconds=0)],
    "member.enrolled": [Route(job="test.debounced", debounce_seconds=0)],
}


def settings() -> Settings:
    return Settings(allow_private_webhooks=True, webhook_timeout_seconds=2)


async def happen(database: Database, program_id: int, *kinds: str) -> list[Happening]:
    now = clock.now()
    rows = [Happening(id=ids.new_id(), kind=kind, effective_at=now, recorded_at=now) for kind in kinds]
    async with database.program_transaction(program_id) as tx:
        await outbox.append(tx, program_id, rows)
    return rows


async def listen_to(database: Database, program_id: int, receiver: Receiver) -> None:
    terms = webhooks.EndpointTerms(url=receiver.url, kinds=("*",))
    async with database.program_transaction(program_id) as tx:
        await webhooks.create_endpoint(
            tx,
            ProgramId(program_id),
            terms,
            sealer=sealer_of(settings()),
            allow_private=True,
            by="key:anna",
            now=clock.now(),
        )


async def test_what_is_not_sealed_is_sealed(database: Database, program_id: int, receiver: Receiver) -> None:
    await listen_to(database, program_id, receiver)
    async with database.program_transaction(program_id) as tx:
        await tx.execute("UPDATE program SET revision = 1 WHERE id = %s", [program_id])
        await tx.execute(
            "UPDATE webhook_endpoint SET secrets = '[[\"whsec_QW5uYQ==\", null]]' WHERE program_id = %s", [program_id]
        )

    assert await worker_schedule.seal_what_is_not(database, sealer_of(settings())) >= 1
    assert await worker_schedule.seal_what_is_not(database, sealer_of(settings())) == 0

    async with database.program_transaction(program_id) as tx:
        row = await (await tx.execute("SELECT secrets::text FROM webhook_endpoint")).fetchone()
        await tx.execute("UPDATE program SET revision = 0 WHERE id = %s", [program_id])
    assert row is not None
    assert "whsec" not in row[0]


async def until(met: Callable[[], bool], seconds: float = 15) -> None:
    async with asyncio.timeout(seconds):
        while not met():  # noqa: ASYNC110 - what it waits for is another process's doing
            await asyncio.sleep(0.02)


@contextlib.asynccontextmanager
async def working(database: Database, wiring: Wiring) -> AsyncIterator[asyncio.Event]:
    stop = asyncio.Event()
    task = asyncio.create_task(worker.run(settings(), database, wiring, stop=stop))
    try:
        yield stop
    finally:
        stop.set()
        async with asyncio.timeout(20):
            await task


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with a_receiver() as opened:
        yield opened


@pytest.fixture(autouse=True)
async def _empty(database: Database) -> None:
    RAN.clear()
    async with database.owner_transaction() as tx:
        await tx.execute("DELETE FROM procrastinate_jobs")
        await tx.execute("DELETE FROM outbox")
        await tx.execute("DELETE FROM webhook_delivery")


async def waiting_jobs(database: Database) -> list[tuple[str, dict[str, object]]]:
    async with database.transaction() as tx:
        cursor = await tx.execute("SELECT task_name, args FROM procrastinate_jobs ORDER BY id")
        return [(row[0], row[1]) for row in await cursor.fetchall()]


async def test_one_batch_becomes_one_job_with_its_ids_or_one_debounced_job(database: Database, program_id: int) -> None:
    caused = await happen(database, program_id, "event.caused", "event.caused")
    await happen(database, program_id, "member.enrolled", "member.left", "tier.reached")
    assert await relay_batch(database, program_id, ROUTES) == 5
    await happen(database, program_id, "member.left")
    assert await relay_batch(database, program_id, ROUTES) == 1
    assert await relay_batch(database, program_id, ROUTES) == 0

    assert sorted(await waiting_jobs(database), key=lambda one: one[0]) == [
        ("test.debounced", {"program_id": program_id}),
        ("test.each", {"program_id": program_id, "ids": sorted(str(row.id) for row in caused)}),
    ]
    async with database.program_transaction(program_id) as tx:
        assert await outbox.find(tx, program_id, [row.id for row in caused]) == caused


async def test_all_programs_are_relayed_and_a_broken_one_does_not_silence_the_others(
    database: Database, program_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = await another_program(database, program_id)
    await happen(database, program_id, *["event.caused"] * 3)
    await happen(database, other, *["event.caused"] * 3)
    claim = outbox.claim

    async def broken(tx: object, id: int, *, limit: int) -> list[Happening]:
        if id == program_id:
            raise ValueError("a defect")
        return await claim(tx, id, limit=limit)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr("puntal.outbox.operations.claim", broken)
        moved = await relay_all(database, ROUTES)

    assert moved == 3
    assert await relay_all(database, ROUTES) == 3


async def another_program(database: Database, program_id: int) -> int:
    async with database.transaction() as tx:
        found = await tx.execute(
            "INSERT INTO program (organization_id, slug, created_at)"
            " SELECT organization_id, slug || '-2', created_at FROM program WHERE id = %s RETURNING id",
            [program_id],
        )
        row = await found.fetchone()
    assert row is not None
    return int(row[0])


async def test_a_worker_sends_and_runs_what_is_written(database: Database, program_id: int, receiver: Receiver) -> None:
    await listen_to(database, program_id, receiver)
    async with working(database, Wiring(routes=ROUTES)):
        (enrolled,) = await happen(database, program_id, "member.enrolled")
        (caused,) = await happen(database, program_id, "event.caused")
        await until(lambda: len(receiver.got) == 1 and len(RAN) == 2)

    assert receiver.got[0].id == str(enrolled.id)
    assert sorted(RAN) == [("debounced", program_id, ()), ("each", program_id, (str(caused.id),))]


async def test_two_workers_deliver_each_happening_once(database: Database, program_id: int, receiver: Receiver) -> None:
    await listen_to(database, program_id, receiver)
    async with working(database, Wiring()), working(database, Wiring()):
        rows = []
        for _ in range(10):
            rows += await happen(database, program_id, *["member.enrolled"] * 10)
        await until(lambda: len(receiver.got) >= 100)

    assert sorted(got.id for got in receiver.got) == sorted(str(row.id) for row in rows)


async def test_a_worker_goes_on_after_every_connection_was_cut(
    database: Database, program_id: int, receiver: Receiver
) -> None:
    """X: a restart of the database is an interruption, not an end."""
    await listen_to(database, program_id, receiver)
    async with working(database, Wiring(routes=ROUTES)):
        await happen(database, program_id, "member.enrolled")
        await until(lambda: len(receiver.got) == 1)
        async with database.owner_transaction() as tx:
            await tx.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        await happen_again(database, program_id, "event.caused", "member.left")
        await until(lambda: len(receiver.got) >= 2 and any(name == "each" for name, _, _ in RAN), 30)

    assert [got.said["type"] for got in receiver.got] == ["member.enrolled", "member.left"]


async def happen_again(database: Database, program_id: int, *kinds: str) -> None:
    """Write through a pool whose connections are dead: it throws them away one by one."""
    for _ in range(20):
        with contextlib.suppress(Exception):
            await happen(database, program_id, *kinds)
            return
    raise AssertionError("the pool never recovered")


async def test_stopping_waits_for_what_is_under_way(database: Database, program_id: int, receiver: Receiver) -> None:
    receiver.pause_seconds = 0.5
    await listen_to(database, program_id, receiver)
    async with working(database, Wiring()) as stop:
        await happen(database, program_id, "member.enrolled")
        await until(lambda: len(receiver.got) == 1)
        stop.set()

    async with database.program_transaction(program_id) as tx:
        row = await (await tx.execute("SELECT state FROM webhook_delivery")).fetchone()
    assert row is not None
    assert row[0] == "delivered"


async def test_each_program_is_asked_for_its_night_by_its_own_clock(database: Database, program_id: int) -> None:
    offset = timedelta(days=365 * 8)
    async with database.transaction() as tx:
        await tx.execute("UPDATE program SET revision = 0")
        await tx.execute(
            "UPDATE program SET revision = 1, clock_offset_seconds = %s WHERE id = %s",
            [int(offset.total_seconds()), program_id],
        )
    asked: list[tuple[int, datetime]] = []
    done = asyncio.Event()

    async def run_due(id: int, now: datetime) -> None:
        asked.append((id, now))
        done.set()

    before = clock.now()
    async with working(database, Wiring(run_due=run_due)), working(database, Wiring(run_due=run_due)):
        async with asyncio.timeout(10):
            await done.wait()
        await asyncio.sleep(0.3)

    ((id, now),) = asked
    assert id == program_id
    assert before <= now + offset <= clock.now()


async def test_a_night_that_fails_or_takes_long_does_not_keep_the_others_from_theirs(
    database: Database, program_id: int
) -> None:
    others = [await another_program(database, program_id)]
    others.append(await another_program(database, others[0]))
    async with database.transaction() as tx:
        await tx.execute("UPDATE program SET revision = (id = ANY(%s))::int", [[program_id, *others]])
    begun: list[int] = []
    long = asyncio.Event()

    async def run_due(id: int, _: datetime) -> None:
        begun.append(id)
        if id == program_id:
            await long.wait()
        if id == others[0]:
            raise ValueError("a defect")

    nights = worker_schedule.Nights(database, run_due)
    await nights.ask()
    await until(lambda: set(begun) == {program_id, *others})
    await asyncio.sleep(0.05)
    await nights.ask()
    await until(lambda: len(begun) == 5)
    long.set()
    await nights.settled()

    assert sorted(begun) == sorted([program_id, *others, *others])


async def test_one_worker_leads_and_another_takes_over(database: Database) -> None:
    async with worker_schedule.leading(database.uri) as one, worker_schedule.leading(database.uri) as two:
        assert one is not None
        assert two is None
    async with worker_schedule.leading(database.uri) as three:
        assert three is not None


async def test_what_was_passed_on_long_ago_is_cleared_away(
    database: Database, program_id: int, receiver: Receiver
) -> None:
    await listen_to(database, program_id, receiver)
    await happen(database, program_id, "member.enrolled", "member.left")
    await relay_all(database, {})
    async with database.transaction() as tx:
        await tx.execute("UPDATE program SET revision = 1 WHERE id = %s", [program_id])
    async with database.program_transaction(program_id) as tx:
        await tx.execute("UPDATE outbox SET relayed_at = now() - interval '15 days' WHERE kind = 'member.left'")
        await tx.execute(
            "UPDATE webhook_delivery SET state = 'parked', created_at = now() - interval '91 days'"
            " WHERE kind = 'member.left'"
        )
        await tx.execute(
            "INSERT INTO idempotency_key (program_id, key, fingerprint, created_at)"
            " VALUES (%(p)s, 'old', 'x', now() - interval '31 days'), (%(p)s, 'new', 'x', now() - interval '29 days')",
            {"p": program_id},
        )

    gone = await worker_schedule.clear_away(database)

    async with database.program_transaction(program_id) as tx:
        kept = await (
            await tx.execute("SELECT key FROM idempotency_key WHERE program_id = %s", [program_id])
        ).fetchall()
    # Answers are cleared away everywhere: other programs and organizations may have had old ones too.
    assert (gone["outbox"], gone["webhooks"]) == (1, 1)
    assert gone["answers"] >= 1
    assert kept == [("new",)]


async def test_a_route_to_a_job_nobody_registered_is_refused_at_the_start(database: Database) -> None:
    with pytest.raises(RuntimeError, match=r"nobody\.knows"):
        await worker.run(settings(), database, Wiring(routes={"*": [Route(job="nobody.knows")]}), stop=asyncio.Event())


async def test_a_loop_that_fails_is_begun_again_a_little_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "_PAUSES_SECONDS", (0.01, 0.02))
    stop, tries = asyncio.Event(), []

    async def attempt() -> None:
        tries.append(clock.now())
        if len(tries) < 4:
            raise ConnectionRefusedError
        stop.set()

    run: Awaitable[None] = worker.keep_trying("test", attempt, stop)
    async with asyncio.timeout(5):
        await run

    assert len(tries) == 4
