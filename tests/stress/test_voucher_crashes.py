"""Vouchers under kill -9: the till and the web shop ask for the same ones while servers die, and a million is resumed.

The race alone is in `tests/rewards/test_vouchers.py`. Tried out there: without the row lock of `store.vouchers.LOCK`
vouchers are used twice and a gift card is overdrawn.
"""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from stress_own import Command, OwnServer, WebServer
from stress_shop import document, one, open_program, rows

from puntal.access.model import ALL_PERMISSIONS, OrganizationId
from puntal.access.operations import keys
from puntal.kit import clock
from puntal.kit.db import Database
from puntal.kit.ids import new_id
from puntal.rewards.model_vouchers import Issue, VoucherTerms
from puntal.rewards.operations import vouchers
from puntal.rewards.queries import vouchers as queries

if TYPE_CHECKING:
    from collections.abc import Iterator

VOUCHERS = 60
CODES = 120_000
CHANNELS = ("store", "online")
REWARD = {"id": "five_euro", "kind": "amount_off", "value": "5.00 EUR", "voucher": {"length": 12}}
_PATIENCE_SECONDS = 120


@pytest.fixture
def processes() -> Iterator[list[Command]]:
    """What is started here; what is left of it is killed."""
    started: list[Command] = []
    yield started
    for process in started:
        process.kill()


async def a_key(database: Database, program: int) -> tuple[str, str]:
    """Return the address of the program and a key that may do everything."""
    async with database.transaction() as tx:
        found = await tx.execute("SELECT slug, organization_id FROM program WHERE id = %s", [program])
        row = await found.fetchone()
        assert row is not None
        key = await keys.create_first_key(
            tx, OrganizationId(row[1]), name="Shop", now=clock.now(), scopes=ALL_PERMISSIONS
        )
    return str(row[0]), key.token


async def test_each_is_used_once_by_till_or_web_shop_while_servers_die(
    own_server: OwnServer, tmp_path: Path, processes: list[Command]
) -> None:
    """G19: whoever asks again after a broken connection, with the same reference, learns what became of it."""
    database = await Database.open(own_server.uri, size=4)
    program = await open_program(database, document(rewards=[REWARD]))
    slug, token = await a_key(database, program)
    now = clock.now()
    issues = [
        Issue(id=new_id(), reward="five_euro", terms=VoucherTerms(), origin="direct", valid_from=now)
        for _ in range(VOUCHERS)
    ]
    async with database.program_transaction(program) as tx:
        codes = [voucher.code for voucher in await vouchers.issue(tx, program, issues, now=now)]
    server = WebServer(own_server.uri, tmp_path)
    processes.append(server)
    missed = 0
    underway = asyncio.Event()

    async def use(client: httpx2.AsyncClient, number: int, channel: str) -> str:
        """Ask until there is an answer, whatever happens to the server."""
        nonlocal missed
        body = {"reference": f"{channel}-{number}", "channel": channel}
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            assert time.monotonic() < deadline, server.complaints()
            try:
                answer = await client.post(f"vouchers/{codes[number]}/redeem", json=body)
            except httpx2.HTTPError:
                missed += 1
                await asyncio.sleep(0.2)
                continue
            if answer.status_code < 500:
                underway.set()
                return "used" if answer.status_code == 200 else str(answer.json()["type"])
            missed += 1
            await asyncio.sleep(0.2)

    async def kill_it() -> None:
        await underway.wait()
        await asyncio.to_thread(server.kill)
        await asyncio.to_thread(server.start)

    order = [(number, channel) for number in range(VOUCHERS) for channel in CHANNELS]
    random.Random(7).shuffle(order)
    headers = {"authorization": f"Bearer {token}"}
    base = f"{server.address}/v1/programs/{slug}/"
    async with httpx2.AsyncClient(base_url=base, headers=headers, timeout=20) as client:
        limit = asyncio.Semaphore(12)

        async def patiently(number: int, channel: str) -> str:
            async with limit:
                return await use(client, number, channel)

        *answers, _ = await asyncio.gather(*(patiently(*each) for each in order), kill_it())

    told: dict[int, list[str]] = {}
    for (number, _), answer in zip(order, answers, strict=True):
        told.setdefault(number, []).append(str(answer))
    assert missed, "the server was not missed by anybody"
    assert {tuple(sorted(each)) for each in told.values()} == {("rewards.voucher_used", "used")}
    assert await one(database, program, "SELECT count(*) FROM voucher_use WHERE program_id = %(p)s") == VOUCHERS
    async with database.program_transaction(program) as tx:
        assert await queries.disagreements(tx, program) == []
    await database.close()


async def test_a_generation_that_is_killed_goes_on(
    own_server: OwnServer, tmp_path: Path, processes: list[Command]
) -> None:
    database = await Database.open(own_server.uri, size=4)
    program = await open_program(database, document(rewards=[REWARD]))
    slug, _ = await a_key(database, program)
    wanted = ["--program", slug, "--reward", "five_euro", "--count", str(CODES)]
    made = "SELECT id, made FROM voucher_batch WHERE program_id = %(p)s"
    processes.append(Command(own_server.uri, tmp_path, "vouchers", "generate", *wanted))
    deadline = time.monotonic() + _PATIENCE_SECONDS
    found: list[tuple[Any, ...]] = []
    while not found or not found[0][1]:
        assert time.monotonic() < deadline, processes[0].complaints()
        await asyncio.sleep(0.05)
        found = await rows(database, program, made)
    processes[0].kill()
    ((batch, before),) = await rows(database, program, made)

    command = [sys.executable, "-m", "puntal.entrypoints.cli", "vouchers", "generate", *wanted, "--resume", str(batch)]
    done = await asyncio.to_thread(
        subprocess.run, [*command, "--json"], env=processes[0].environment, capture_output=True, check=True
    )

    assert 0 < before < CODES, "it was killed in the middle"
    assert json.loads(done.stdout)["made"] == CODES
    assert await one(database, program, "SELECT count(*) FROM voucher WHERE program_id = %(p)s") == CODES
    async with database.program_transaction(program) as tx:
        assert await queries.disagreements(tx, program) == []
    await database.close()
