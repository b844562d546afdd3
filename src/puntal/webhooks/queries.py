"""Reading endpoints and the delivery log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from psycopg.rows import TupleRow

from puntal.kit.db import Transaction
from puntal.webhooks.model import Attempt, Delivery, DeliveryId, DeliveryState, Endpoint, EndpointId
from puntal.webhooks.store import ENDPOINT_COLUMNS, read_endpoint

_DELIVERY_COLUMNS = (
    "id, endpoint_id, outbox_id, kind, body, state, attempts, next_at, last_status, last_error, created_at,"
    " delivered_at, history"
)

LIST_ENDPOINTS = f"""
-- A program has at most 50.
SELECT {ENDPOINT_COLUMNS} FROM webhook_endpoint WHERE program_id = %(program_id)s ORDER BY id DESC
"""  # noqa: S608 - the columns are ours

FIND_ENDPOINT = f"""
SELECT {ENDPOINT_COLUMNS} FROM webhook_endpoint WHERE program_id = %(program_id)s AND id = %(id)s
"""  # noqa: S608 - the columns are ours

LIST_DELIVERIES = f"""
SELECT {_DELIVERY_COLUMNS}
FROM webhook_delivery
WHERE program_id = %(program_id)s
  AND (%(before)s::uuid IS NULL OR id < %(before)s::uuid)
  AND (%(endpoint_id)s::uuid IS NULL OR endpoint_id = %(endpoint_id)s::uuid)
  AND (%(state)s::text IS NULL OR state = %(state)s::text)
  AND (%(kind)s::text IS NULL OR kind = %(kind)s::text)
  AND (%(since)s::timestamptz IS NULL OR created_at >= %(since)s::timestamptz)
ORDER BY id DESC
LIMIT %(limit)s
"""  # noqa: S608 - the columns are ours

FIND_DELIVERY = f"""
SELECT {_DELIVERY_COLUMNS} FROM webhook_delivery WHERE program_id = %(program_id)s AND id = %(id)s
"""  # noqa: S608 - the columns are ours

OF_MEMBERS = f"""
SELECT {_DELIVERY_COLUMNS}
FROM webhook_delivery
WHERE program_id = %(program_id)s AND member_id = ANY(%(members)s::uuid[])
ORDER BY id
"""  # noqa: S608 - the columns are ours


async def list_endpoints(tx: Transaction, program_id: int) -> list[Endpoint]:
    """Return every endpoint of a program, newest first."""
    cursor = await tx.execute(LIST_ENDPOINTS, {"program_id": program_id})
    return [read_endpoint(row) for row in await cursor.fetchall()]


async def find_endpoint(tx: Transaction, program_id: int, id: EndpointId) -> Endpoint | None:
    """Return an endpoint."""
    row = await (await tx.execute(FIND_ENDPOINT, {"program_id": program_id, "id": id})).fetchone()
    return read_endpoint(row) if row else None


async def list_deliveries(
    tx: Transaction,
    program_id: int,
    *,
    limit: int,
    before: UUID | None = None,
    endpoint_id: EndpointId | None = None,
    state: DeliveryState | None = None,
    kind: str | None = None,
    since: datetime | None = None,
) -> list[Delivery]:
    """Return deliveries, newest first; `since` is about when they were made."""
    given = {
        "program_id": program_id,
        "before": before,
        "endpoint_id": endpoint_id,
        "state": state.value if state else None,
        "kind": kind,
        "since": since,
        "limit": limit,
    }
    return [_read(row) for row in await (await tx.execute(LIST_DELIVERIES, given)).fetchall()]


async def find_delivery(tx: Transaction, program_id: int, id: DeliveryId) -> Delivery | None:
    """Return a delivery."""
    row = await (await tx.execute(FIND_DELIVERY, {"program_id": program_id, "id": id})).fetchone()
    return _read(row) if row else None


async def of_members(tx: Transaction, program_id: int, members: Sequence[UUID]) -> list[Delivery]:
    """Return what was or will be sent about members, oldest first."""
    cursor = await tx.execute(OF_MEMBERS, {"program_id": program_id, "members": list(members)})
    return [_read(row) for row in await cursor.fetchall()]


def _read(row: TupleRow) -> Delivery:
    return Delivery(
        id=DeliveryId(row[0]),
        endpoint_id=EndpointId(row[1]),
        outbox_id=row[2],
        kind=row[3],
        body=row[4],
        state=DeliveryState(row[5]),
        attempts=row[6],
        next_at=row[7],
        last_status=row[8],
        last_error=row[9],
        created_at=row[10],
        delivered_at=row[11],
        history=msgspec.convert(row[12], tuple[Attempt, ...]),
    )
