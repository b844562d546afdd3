"""A receiver, an endpoint that points at it, and happenings to send."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from receiver import SEALER, Happen, MakeEndpoint, Receiver, a_receiver

from puntal.kit import clock, ids
from puntal.kit.db import Database, ProgramId
from puntal.outbox import operations as outbox
from puntal.outbox.model import Happening
from puntal.webhooks import operations
from puntal.webhooks.model import Endpoint, PayloadShape
from puntal.webhooks.sending import Sender

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with a_receiver() as opened:
        yield opened


@pytest.fixture
async def sender() -> AsyncIterator[Sender]:
    opened = Sender(allow_private=True, timeout_seconds=2, concurrency=8)
    yield opened
    await opened.close()


@pytest.fixture
def an_endpoint(database: Database, program_id: int, receiver: Receiver) -> MakeEndpoint:
    async def make(
        *kinds: str, payload: PayloadShape = PayloadShape.FULL, url: str | None = None, now: datetime | None = None
    ) -> Endpoint:
        terms = operations.EndpointTerms(url=url or receiver.url, kinds=kinds or ("*",), payload=payload)
        async with database.program_transaction(program_id) as tx:
            made = await operations.create_endpoint(
                tx,
                ProgramId(program_id),
                terms,
                sealer=SEALER,
                allow_private=True,
                by="key:anna",
                now=now or clock.now(),
            )
        return made.endpoint

    return make


@pytest.fixture
def happen(database: Database, program_id: int) -> Happen:
    """Commit happenings into the outbox."""

    async def make(*kinds: str, payload: dict[str, Any] | None = None, member: Any = None) -> list[Happening]:
        rows = [
            Happening(
                id=ids.new_id(), kind=kind, effective_at=NOON, recorded_at=NOON, member_id=member, payload=payload or {}
            )
            for kind in kinds
        ]
        async with database.program_transaction(program_id) as tx:
            await outbox.append(tx, program_id, rows)
        return rows

    return make
