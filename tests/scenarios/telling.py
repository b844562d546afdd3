"""Telling a story by date: a server over HTTP, a clock that is moved by hand, nights and jobs run in between."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx2
import pytest
from fastapi import FastAPI

from puntal.access.model import OrganizationId
from puntal.access.operations import keys
from puntal.entrypoints import following
from puntal.entrypoints.server import create_app
from puntal.entrypoints.verifying import verify
from puntal.entrypoints.worker_relay import relay_batch
from puntal.entrypoints.worker_webhooks import Deliveries
from puntal.kit import clock, ids, jobs
from puntal.kit.db import Database
from puntal.kit.jobs import Work
from puntal.kit.sealing import sealer_of
from puntal.kit.settings import Settings
from puntal.programs.templates import load_template
from puntal.webhooks.sending import Sender

MADRID = ZoneInfo("Europe/Madrid")
POINTS: dict[str, Any] = {"wallet": "points", "points": 1, "per": "1.00 EUR"}
Json = dict[str, Any]


def wall(text: str, zone: ZoneInfo = MADRID) -> datetime:
    """A wall-clock time, `2025-03-02 12:00` or just a day (noon), as an instant."""
    stamp = text if " " in text else f"{text} 12:00"
    return datetime.fromisoformat(stamp).replace(tzinfo=zone).astimezone(UTC)


class Clock:
    """What `kit.clock` says: it stands still until it is moved."""

    def __init__(self, patch: pytest.MonkeyPatch, at: datetime) -> None:
        self.at = at
        patch.setattr(clock, "now", lambda: self.at)


class Teller:
    """One program over HTTP, by its dates."""

    def __init__(self, client: httpx2.AsyncClient, app: FastAPI, clock: Clock, database: Database) -> None:
        self.client = client
        self.app = app
        self.clock = clock
        self.database = database
        self.path = ""
        self.program_id = 0
        self.slug = ""
        self.work = following.wiring(database, app.state.programs)

    async def open(self, document: str | Mapping[str, Any]) -> None:
        """Create and publish the program, of a document or of a template."""
        self.slug = f"story-{ids.new_id()}"
        what = "template" if isinstance(document, str) else "document"
        await self.call("POST", "/v1/programs", json={"slug": self.slug, what: document, "publish": True}, status=201)
        async with self.database.transaction() as tx:
            row = await (await tx.execute("SELECT id FROM program WHERE slug = %s", [self.slug])).fetchone()
        assert row is not None
        self.program_id = int(row[0])
        self.path = f"/v1/programs/{self.slug}"
        await self.errands()

    async def at(self, text: str, *, nights: bool = True) -> None:
        """Let time pass until a wall-clock time: what waits is passed on, the nights due are run."""
        moved = wall(text)
        assert moved >= self.clock.at, "time only passes"
        self.clock.at = moved
        if not self.program_id:
            return
        await self.errands()
        if nights:
            assert self.work.run_due is not None
            await self.work.run_due(self.program_id, moved)
            await self.errands()

    async def errands(self) -> None:
        """Pass on what is in the outbox and run the jobs that follow, until nothing is left."""
        while await relay_batch(self.database, self.program_id, self.work.routes):
            queue = jobs.runner(self.database.uri, connections=2)
            async with queue.open_async():
                work = Work(database=self.database, parts=self.work.parts)
                await jobs.run(queue, work, concurrency=2, wait=False)

    async def deliver(self) -> None:
        """Send the webhooks that are due."""
        sender = Sender(allow_private=True, timeout_seconds=5, concurrency=4)
        deliveries = Deliveries(self.database, sender, sealer=sealer_of(Settings()), concurrency=4)
        try:
            while await deliveries.start_due():
                await deliveries.drain()
        finally:
            await sender.close()

    async def call(self, method: str, path: str, *, status: int = 200, locale: str = "en", **said: Any) -> Any:
        """Ask the API; the answer must have this status."""
        address = path if path.startswith("/v1") else f"{self.path}/{path}"
        headers = {"accept-language": locale} | said.pop("headers", {})
        answered = await self.client.request(method, address, headers=headers, **said)
        assert answered.status_code == status, answered.text
        return answered.json() if answered.content else None

    async def get(self, path: str, **said: Any) -> Any:
        return await self.call("GET", path, **said)

    async def post(self, path: str, body: Any = None, **said: Any) -> Any:
        return await self.call("POST", path, json={} if body is None else body, **said)

    async def joins(self, email: str = "anna@example.com", **more: Any) -> str:
        """Enrol somebody; returns her id."""
        ids_given, status = more.pop("ids", {"email": email}), more.pop("status", 201)
        made = await self.post("members", {"ids": ids_given, **more}, status=status)
        await self.errands()
        return str(made["id"])

    async def sends(self, type: str, who: str | None = None, /, **more: Any) -> Json:
        """Send an event that happens now."""
        event: Json = {
            "id": str(ids.new_id()),
            "type": type,
            "occurred_at": self.clock.at.isoformat(),
            "source": "shop",
        }
        if who is not None:
            event["member"] = {"email": who} if "@" in who else {"id": who}
        answer: Json = await self.post("events", event | more)
        await self.errands()
        return answer

    async def buys(self, who: str | None, *lines: int | Json, order: str | None = None, **more: Any) -> Json:
        """Pay for an order of lines of these minor amounts, or written out."""
        header = more.pop("header", {})
        written = [
            {"id": str(n), "amount_minor": line} if isinstance(line, int) else {"id": str(n)} | line
            for n, line in enumerate(lines, 1)
        ]
        body = {"id": order or str(ids.new_id()), "currency": "EUR", "lines": written} | header
        return await self.sends("order.paid", who, order=body, **more)

    async def refunds(self, order: str, amount: int | None = None, **more: Any) -> Json:
        refund = {"order": order} if amount is None else {"order": order, "amount_minor": amount}
        return await self.sends("order.refunded", refund=refund, **more)

    async def wallet(self, member: str, name: str = "points") -> Json:
        found = await self.get(f"members/{member}/wallets")
        return next(wallet for wallet in found["items"] if wallet["wallet"] == name)

    async def balance(self, member: str, name: str = "points") -> int:
        return int((await self.wallet(member, name))["balance"])

    async def tier(self, member: str) -> str:
        return str((await self.get(f"members/{member}/tiers"))["items"][0]["tier"])

    async def tier_changes(self, member: str) -> list[tuple[str, str, str]]:
        """What the ladders did, oldest first."""
        found = (await self.get(f"members/{member}/tiers/history"))["items"]
        return [(row["from_tier"], row["to_tier"], row["reason"]) for row in reversed(found)]

    async def publish(self, document: Mapping[str, Any], **more: Any) -> Json:
        made: Json = await self.post("program/publish", {"document": document, **more})
        await self.errands()
        return made

    async def outbox(self, kind: str) -> list[Json]:
        """What was announced, oldest first."""
        async with self.database.program_transaction(self.program_id) as tx:
            found = await tx.execute(
                "SELECT payload, effective_at FROM outbox WHERE program_id = %s AND kind = %s"
                " ORDER BY effective_at, recorded_at, id",
                [self.program_id, kind],
            )
            return [
                dict(row[0]) | {"at": row[1].astimezone(MADRID).date().isoformat()} for row in await found.fetchall()
            ]

    async def wrong(self) -> dict[str, Sequence[object]]:
        """What `puntal verify` finds."""
        return {name: found for name, found in (await verify(self.database, self.program_id)).items() if found}


def gave(answer: Json) -> dict[str, int]:
    """Rule to what it gave, over all wallets."""
    out: dict[str, int] = {}
    for award in answer["awards"]:
        out[award["rule"]] = out.get(award["rule"], 0) + award["points"]
    return out


def why_not(answer: Json, rule: str) -> list[str]:
    """The codes said of one rule."""
    return [reason["code"] for reason in answer["reasons"] if reason["rule"] == rule]


def template(name: str) -> dict[str, Any]:
    """A ready-made program's document."""
    # Exact numbers travel as text.
    found: dict[str, Any] = json.loads(json.dumps(load_template(name), default=str))
    return found


@asynccontextmanager
async def telling(database: Database, moved: Clock) -> AsyncIterator[Teller]:
    """Serve on a real database, as an organization of its own with a key that may do everything."""
    async with database.owner_transaction() as tx:
        await tx.execute("DELETE FROM procrastinate_jobs")
    organization = OrganizationId(ids.new_id())
    async with database.transaction() as tx:
        await tx.execute(
            "INSERT INTO organization (id, name, created_at) VALUES (%s, 'Tienda', %s)", [organization, clock.now()]
        )
        key = await keys.create_first_key(tx, organization, name="Shop", now=clock.now())
    app = create_app(database, settings=Settings(allow_private_webhooks=True))
    async with app.router.lifespan_context(app):
        transport = httpx2.ASGITransport(app, client=("203.0.113.7", 40000))
        headers = {"authorization": f"Bearer {key.token}"}
        async with httpx2.AsyncClient(transport=transport, base_url="http://puntal", headers=headers) as client:
            yield Teller(client, app, moved, database)
    await asyncio.sleep(0)


@pytest.fixture
def moved(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock that stands at New Year of 2025 in Madrid."""
    return Clock(monkeypatch, wall("2025-01-01 09:00"))


@pytest.fixture
async def story(database: Database, moved: Clock) -> AsyncIterator[Teller]:
    """A server to tell a story to."""
    async with telling(database, moved) as opened:
        yield opened
