"""kill -9 of the real server while two hundred redemptions are asked for; whoever heard nothing asks again."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, Any
from uuid import UUID

import httpx2
import pytest
from stress_own import Command, OwnServer, WebServer
from stress_shop import one, open_program, rows, the_books_add_up
from test_processes import a_key
from test_redemption_crowds import MEMBERS, REDEEMED, STOCK, USED, a_program, members_of

from puntal.kit import ids

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from puntal.kit.db import Database

ASKERS = 16
KILLED_AFTER = (40, 110)
"""Answers after which one process is killed, and later all of them."""


@pytest.fixture
def started() -> Iterator[list[Command]]:
    """What is in here is killed at the end."""
    commands: list[Command] = []
    yield commands
    for each in commands:
        each.kill()


class Crowd:
    """Members who ask until they are answered, each with ids of their own."""

    def __init__(self, client: httpx2.AsyncClient, members: list[UUID]) -> None:
        self.client = client
        self.asked = {str(ids.new_id()): str(member) for member in members for _ in range(2)}
        self.heard: dict[str, tuple[int, dict[str, Any]]] = {}
        self.unheard = 0
        self.reached = {count: asyncio.Event() for count in KILLED_AFTER}

    async def ask(self, id: str) -> tuple[int, dict[str, Any]]:
        """Ask for the reward under this id as often as it takes."""
        body = {"id": id, "member_id": self.asked[id], "reward": "five", "commit": True}
        while True:
            try:
                answer = await self.client.post("redemptions", json=body)
            except httpx2.HTTPError:
                self.unheard += 1
                await asyncio.sleep(0.1)
                continue
            if answer.status_code in {429, 503}:
                await asyncio.sleep(0.1)
                continue
            return answer.status_code, answer.json()

    async def ask_all(self) -> None:
        waiting = list(self.asked)

        async def asker() -> None:
            while waiting:
                id = waiting.pop()
                self.heard[id] = await self.ask(id)
                for count, event in self.reached.items():
                    if len(self.heard) >= count:
                        event.set()

        await asyncio.gather(*(asker() for _ in range(ASKERS)))


async def test_servers_are_killed_among_redemptions(
    own_server: OwnServer, own_database: Database, tmp_path: Path, started: list[Command]
) -> None:
    """C1, C2: exactly the stock is given, everybody hears why not, and asking again changes nothing."""
    program = await open_program(own_database, a_program())
    members = await members_of(own_database, program)
    path, token = await a_key(own_database, program)
    server = await asyncio.to_thread(WebServer, own_server.uri, tmp_path)
    started.append(server)
    async with httpx2.AsyncClient(
        base_url=f"{server.address}{path}/", headers={"authorization": f"Bearer {token}"}, timeout=20
    ) as client:
        crowd = Crowd(client, members)
        asking = asyncio.create_task(crowd.ask_all())
        await asyncio.wait_for(crowd.reached[KILLED_AFTER[0]].wait(), 60)
        server.kill_one()
        await asyncio.wait_for(crowd.reached[KILLED_AFTER[1]].wait(), 60)
        await asyncio.to_thread(server.kill)
        await asyncio.to_thread(server.start)
        await asyncio.wait_for(asking, 120)
        first = dict(crowd.heard)
        await crowd.ask_all()

    assert crowd.unheard, "the server was not missed by anybody"
    codes = Counter(body.get("state") or body["type"] for _, body in first.values())
    assert codes["committed"] == STOCK
    assert set(codes) <= {"committed", "reward.limit", "reward.sold_out", "reward.short_of_points"}
    assert sum(codes.values()) == 2 * MEMBERS
    assert await rows(own_database, program, REDEEMED) == [(STOCK, STOCK, STOCK * 500)]
    assert await one(own_database, program, USED, budget="reward:five:stock", measure="times") == STOCK
    given = {id for id, (_, body) in first.items() if body.get("state") == "committed"}
    assert {id for id, (_, body) in crowd.heard.items() if body.get("state") == "committed"} == given
    await the_books_add_up(own_database, program)
