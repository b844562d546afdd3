"""What a server remembers of keys: for how long, for how many, and when they were used."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import UTC, datetime, timedelta
from uuid import uuid5

import pytest
from signers import MakeKey, bearer

from puntal.access import policy, queries
from puntal.access.errors import KeyRevoked, KeyUnknown
from puntal.access.gate import Gate, KeyRing
from puntal.access.model import Caller, OrganizationId
from puntal.access.operations import keys
from puntal.access.recent import FRESH, Recent
from puntal.kit import clock
from puntal.kit.db import Database

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


async def test_a_revoked_key_is_refused_once_the_ring_looks_again(
    database: Database, ring: KeyRing, a_key: MakeKey, owner: Caller
) -> None:
    made = await a_key()
    now = clock.now()
    await ring.caller(bearer(made.token), None, now)
    async with database.transaction() as tx:
        await keys.revoke(tx, made.key.id, by=owner, now=now)

    assert timedelta(seconds=5) > FRESH
    with pytest.raises(KeyRevoked):
        await ring.caller(bearer(made.token), None, now + FRESH)


async def test_a_remembered_key_takes_no_query(database: Database, a_key: MakeKey) -> None:
    ring = KeyRing(database)
    made = await a_key()
    now = clock.now()
    await ring.caller(bearer(made.token), None, now)
    async with database.owner_transaction() as tx:
        await tx.execute("UPDATE api_key SET prefix = prefix || 'gone' WHERE id = %s", [made.key.id])

    await ring.caller(bearer(made.token), None, now + FRESH - timedelta(microseconds=1))
    with pytest.raises(KeyUnknown):
        await ring.caller(bearer(made.token), None, now + FRESH)


async def test_last_used_is_written_in_one_go_and_never_goes_back(
    database: Database, ring: KeyRing, a_key: MakeKey, organization_id: OrganizationId
) -> None:
    first, second = await a_key(), await a_key()
    later = NOON + timedelta(seconds=90)
    await ring.caller(bearer(first.token), None, NOON)
    await ring.caller(bearer(first.token), None, later)
    await ring.caller(bearer(second.token), None, NOON)
    await ring.flush()
    await ring.caller(bearer(first.token), None, NOON)
    await ring.flush()

    async with database.transaction() as tx:
        used = {key.id: key.last_used_at for key in await queries.list_keys(tx, organization_id, before=None, limit=9)}
    assert used == {first.key.id: later, second.key.id: NOON}


async def test_guesses_do_not_push_out_what_is_known(database: Database, a_key: MakeKey) -> None:
    ring = KeyRing(database)
    made = await a_key()
    now = clock.now()
    await ring.caller(bearer(made.token), None, now)
    for guess in range(20):
        public = uuid5(made.key.id, str(guess)).hex[:12]
        with pytest.raises(KeyUnknown):
            await ring.caller(bearer(policy.write_token(public, "0" * 64)), None, now)

    assert ring.remembered == 1


async def test_the_flusher_writes_now_and_then_and_once_more_at_the_end(
    database: Database, a_key: MakeKey, slug: str, organization_id: OrganizationId
) -> None:
    gate = Gate(database)
    made = await a_key()

    async def used() -> datetime | None:
        async with database.transaction() as tx:
            return (await queries.list_keys(tx, organization_id, before=None, limit=1))[0].last_used_at

    flusher = asyncio.create_task(gate.run_flusher(every_seconds=60))
    await asyncio.sleep(0)
    await gate.admit(authorization=bearer(made.token), client=None, slug=slug, permission=None)
    assert await used() is None
    flusher.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await flusher

    assert await used() is not None


async def test_a_crowd_with_one_new_key_makes_one_query() -> None:
    looks: list[str] = []

    async def look(name: str) -> str:
        looks.append(name)
        await asyncio.sleep(0.01)
        return name.upper()

    recent = Recent(look, most=2)
    answers = await asyncio.gather(*(recent.get("anna", NOON) for _ in range(50)))
    for name in ("ben", "carla"):
        await recent.get(name, NOON)

    assert set(answers) == {"ANNA"}
    assert looks == ["anna", "ben", "carla"]
    assert len(recent) == 2
    assert recent.peek("anna", NOON) is None
    assert recent.peek("carla", NOON - timedelta(hours=1)) is None
