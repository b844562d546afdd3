"""kill -9 of the real processes: the server under load over HTTP, the worker in the middle of its nights.

Tried out: with one commit in twenty silently turned into a rollback, acknowledged events are missing.
"""

from __future__ import annotations

import asyncio
import random
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from stress_nights import LAST, a_shop_with_a_past, at, what_happened
from stress_own import SOAK_SECONDS, Command, OwnServer, WebServer
from stress_shop import (
    document,
    everybody_has_what_she_bought,
    nth_event,
    one,
    open_program,
    rows,
    the_books_add_up,
)

from puntal.access.model import OrganizationId
from puntal.access.operations import keys
from puntal.entrypoints.nights import run_due
from puntal.entrypoints.programs import Programs
from puntal.kit import clock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from puntal.kit.db import Database

CUSTOMERS = 12
STORED = "SELECT id FROM event WHERE program_id = %(p)s AND body->>'cause' IS NULL"
DECIDED = ("awards", "status", "code", "member_id", "revision")
Json = dict[str, Any]


class Load:
    """Customers who say things over HTTP; half of them repeat what was not answered, as a good caller does."""

    def __init__(self, address: str, path: str, token: str) -> None:
        self.path = path
        self.client = httpx2.AsyncClient(
            base_url=address, headers={"authorization": f"Bearer {token}"}, timeout=10,
            limits=httpx2.Limits(max_connections=CUSTOMERS, max_keepalive_connections=CUSTOMERS),
        )  # fmt: skip
        self.sent: dict[str, Json] = {}
        self.answers: dict[str, Json] = {}
        self.unanswered: set[str] = set()
        self.replayed: set[str] = set()
        self.stopping = False
        self._tasks = [asyncio.create_task(self._customer(number)) for number in range(CUSTOMERS)]

    async def say(self, event: Json) -> Json | None:
        """Send an event; None when there was no answer, or one that asks to come again."""
        try:
            answer = await self.client.post(f"{self.path}/events", json=event)
        except httpx2.HTTPError:
            return None
        if answer.status_code in {429, 503}:
            return None
        assert answer.status_code == 200, (event, answer.status_code, answer.text)
        said: Json = answer.json()
        return said

    async def _customer(self, number: int) -> None:
        turn = 0
        while not self.stopping:
            event = nth_event(number, turn) | {"occurred_at": clock.now().isoformat()}
            self.sent[event["id"]] = event
            answer = await self.say(event)
            while answer is None and number % 2 and not self.stopping:
                self.unanswered.add(event["id"])
                await asyncio.sleep(0.1)
                answer = await self.say(event)
            if answer is None:
                self.unanswered.add(event["id"])
                await asyncio.sleep(0.5)
            else:
                self.answers[event["id"]] = answer
                if answer["replayed"]:
                    self.replayed.add(event["id"])
            turn += 1

    async def answered(self, more: int) -> None:
        """Return when so many more were answered."""
        target, deadline = len(self.answers) + more, time.monotonic() + 60
        while len(self.answers) < target:
            for task in self._tasks:
                if task.done():
                    task.result()
            assert time.monotonic() < deadline, len(self.answers)
            await asyncio.sleep(0.02)

    async def stop(self) -> None:
        self.stopping = True
        await asyncio.gather(*self._tasks)

    async def end(self) -> None:
        """Stop whatever became of it."""
        self.stopping = True
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.client.aclose()

    async def say_all_again(self) -> dict[str, Json]:
        """Send everything once more, unchanged, as often as it takes; return the answers."""
        answers: dict[str, Json] = {}
        waiting = list(self.sent.values())

        async def caller() -> None:
            while waiting:
                event = waiting.pop(0)
                answer = await self.say(event)
                assert answer is not None, event
                answers[event["id"]] = answer

        await asyncio.gather(*(caller() for _ in range(CUSTOMERS)))
        return answers


async def a_key(database: Database, program: int) -> tuple[str, str]:
    """Return where a program is, and a key of its organization."""
    async with database.transaction() as tx:
        found = await tx.execute("SELECT organization_id, slug FROM program WHERE id = %s", [program])
        row = await found.fetchone()
        assert row is not None
        key = await keys.create_first_key(tx, OrganizationId(row[0]), name="Shop", now=clock.now())
    return f"/v1/programs/{row[1]}", key.token


@pytest.fixture
def started() -> Iterator[list[Command]]:
    """What is in here is killed at the end."""
    commands: list[Command] = []
    yield commands
    for each in commands:
        each.kill()


async def test_the_server_is_killed_under_load(
    own_server: OwnServer, own_database: Database, tmp_path: Path, started: list[Command]
) -> None:
    """What was acknowledged is there once, the rest as a whole or not at all, and everything may be said again."""
    program = await open_program(own_database, document(), effective_from=clock.now() - timedelta(hours=1))
    path, token = await a_key(own_database, program)
    server = await asyncio.to_thread(WebServer, own_server.uri, tmp_path)
    started.append(server)
    load = Load(server.address, path, token)
    try:
        await _kill_and_count(own_database, program, server, load)
    finally:
        await load.end()


async def _kill_and_count(database: Database, program: int, server: WebServer, load: Load) -> None:
    dice = random.Random(3)
    began, kills = time.monotonic(), 0
    while not kills or time.monotonic() - began < SOAK_SECONDS:
        await load.answered(150)
        await asyncio.sleep(dice.random() / 4)
        server.kill_one()
        await load.answered(150)
        await asyncio.sleep(dice.random() / 4)
        await asyncio.to_thread(server.kill)
        kills += 1
        await asyncio.sleep(0.2)
        await asyncio.to_thread(server.start)
        await load.answered(150)
    await load.stop()
    assert load.unanswered, "the server was not missed by anybody"

    stored = [id for (id,) in await rows(database, program, STORED)]
    assert len(stored) == len(set(stored))
    assert load.answers.keys() - set(stored) == set()
    assert set(stored) - load.sent.keys() == set()
    await the_books_add_up(database, program)

    again = await load.say_all_again()

    assert {id for id, answer in again.items() if answer["replayed"]} == set(stored)
    for id, first in load.answers.items():
        assert {name: again[id].get(name) for name in DECIDED} == {name: first.get(name) for name in DECIDED}
    assert len(await rows(database, program, STORED)) == len(load.sent)
    await the_books_add_up(database, program)
    await everybody_has_what_she_bought(database, program, load.sent)


async def test_the_worker_is_killed_during_its_nights(
    own_server: OwnServer, own_database: Database, tmp_path: Path, started: list[Command]
) -> None:
    """Killed as often as it takes to begin to hurt, `puntal work` leaves what punctual nights leave."""
    now = at(LAST, 0.5)
    punctual = await a_shop_with_a_past(own_database)
    await run_due(own_database, Programs(), punctual, now)
    killed = await a_shop_with_a_past(own_database)
    behind = int((clock.now() - now).total_seconds())
    async with own_database.owner_transaction() as tx:
        await tx.execute(
            "UPDATE program SET clock_offset_seconds = %s WHERE id = ANY(%s)", [behind, [punctual, killed]]
        )

    through = "SELECT nightly_through FROM program WHERE id = %(p)s"
    deaths, patience = 0, 0.3
    worker = Command(own_server.uri, tmp_path, "work")
    started.append(worker)
    deadline = time.monotonic() + 120
    while await one(own_database, killed, through) != LAST:
        assert time.monotonic() < deadline, worker.complaints()
        before = await one(own_database, killed, through)
        while await one(own_database, killed, through) == before:
            assert worker.process.poll() is None, worker.complaints()
            assert time.monotonic() < deadline, worker.complaints()
            await asyncio.sleep(0.01)
        await asyncio.sleep(patience * (deaths % 3) / 3)
        if await one(own_database, killed, through) == LAST or deaths == 4:
            continue
        await asyncio.to_thread(worker.kill)
        deaths += 1
        worker.start()

    assert deaths > 0
    assert _of_nights(await what_happened(own_database, killed)) == _of_nights(
        await what_happened(own_database, punctual)
    )
    await the_books_add_up(own_database, killed)


def _of_nights(happened: Json) -> Json:
    """Leave out what a worker does besides: enrolments told as events, days closed."""
    events, steps = happened["events"], happened["steps"]
    return happened | {
        "events": {key: count for key, count in events.items() if key[1] != "member.enrolled"},
        "steps": {key: count for key, count in steps.items() if key[1] != "books"},
    }
