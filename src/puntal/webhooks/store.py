"""SQL of webhooks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from psycopg.rows import TupleRow

from puntal.kit.db import Transaction, encode
from puntal.webhooks.model import DeliveryId, Due, Endpoint, EndpointId, PayloadShape, Secret

ENDPOINT_COLUMNS = "id, url, description, kinds, payload, secrets, created_at, disabled_at"
_SECRETS = msgspec.json.Decoder(tuple[Secret, ...])

COUNT_ENDPOINTS = """
SELECT count(*) FROM webhook_endpoint WHERE program_id = %(program_id)s
"""

INSERT_ENDPOINT = """
INSERT INTO webhook_endpoint (program_id, id, url, description, kinds, payload, secrets, created_at)
VALUES (%(program_id)s, %(id)s, %(url)s, %(description)s, %(kinds)s::text[], %(payload)s, %(secrets)s::jsonb, %(now)s)
"""

LOCK_ENDPOINT = f"""
-- Waits for a relay that is writing deliveries to it, and for another change of it.
SELECT {ENDPOINT_COLUMNS}
FROM webhook_endpoint
WHERE program_id = %(program_id)s AND id = %(id)s
ORDER BY id
FOR UPDATE
"""  # noqa: S608 - the columns are ours

UPDATE_ENDPOINT = """
-- The row is locked already.
UPDATE webhook_endpoint
SET url = %(url)s, description = %(description)s, kinds = %(kinds)s::text[], payload = %(payload)s,
    secrets = %(secrets)s::jsonb, disabled_at = %(disabled_at)s
WHERE program_id = %(program_id)s AND id = %(id)s
"""

LOCK_SECRETS = """
-- In order. For sealing them anew: seldom, and short; most often there are none that are not sealed at all.
SELECT id, secrets FROM webhook_endpoint
WHERE program_id = %(program_id)s AND (NOT %(plain_only)s OR secrets::text LIKE '%%"whsec%%')
ORDER BY id
FOR UPDATE
"""

SET_SECRETS = """
-- The rows are locked already.
UPDATE webhook_endpoint e SET secrets = r.secrets
FROM json_to_recordset(%(rows)s::json) AS r (id uuid, secrets jsonb)
WHERE e.program_id = %(program_id)s AND e.id = r.id
"""

DELETE_ENDPOINT = """
-- First the endpoint, whose lock waits for the relay, then what the relay wrote.
DELETE FROM webhook_endpoint WHERE program_id = %(program_id)s AND id = %(id)s
"""

DELETE_DELIVERIES = """
DELETE FROM webhook_delivery WHERE program_id = %(program_id)s AND endpoint_id = %(endpoint_id)s
"""

HOLD_LIVE_ENDPOINTS = f"""
-- A share lock until the relay commits: an endpoint is not disabled or deleted under the deliveries written to it.
SELECT {ENDPOINT_COLUMNS}
FROM webhook_endpoint
WHERE program_id = %(program_id)s AND disabled_at IS NULL
ORDER BY id
FOR SHARE
"""  # noqa: S608 - the columns are ours

PROGRAM_SLUG = """
SELECT slug FROM program WHERE id = %(program_id)s
"""

INSERT_DELIVERIES = """
-- What a relay wrote before and did not mark is left as it is.
INSERT INTO webhook_delivery
  (program_id, id, endpoint_id, outbox_id, member_id, kind, body, state, next_at, created_at)
SELECT %(program_id)s, r.id, r.endpoint_id, r.outbox_id, r.member_id, r.kind, r.body, 'waiting', %(now)s, %(now)s
FROM json_to_recordset(%(rows)s::json)
  AS r (id uuid, endpoint_id uuid, outbox_id uuid, member_id uuid, kind text, body json)
ON CONFLICT (program_id, endpoint_id, outbox_id) DO NOTHING
"""

PROGRAMS_DUE = """
SELECT programs_with_webhooks(%(now)s)
"""

CLAIM_DUE = """
-- Takes what is due, a few per endpoint so that a slow one does not hold up the others, and moves the next attempt to
-- the end of a lease: if this process dies, another one sends it then. What another process has in hand is passed over.
WITH due AS (
  SELECT d.id
  FROM webhook_endpoint e
  CROSS JOIN LATERAL (
    SELECT w.id, w.next_at
    FROM webhook_delivery w
    WHERE w.program_id = %(program_id)s AND w.endpoint_id = e.id AND w.state = 'waiting' AND w.next_at <= %(now)s
    ORDER BY w.next_at, w.id
    LIMIT %(per_endpoint)s
    FOR UPDATE SKIP LOCKED
  ) d
  WHERE e.program_id = %(program_id)s AND NOT e.id = ANY(%(busy)s::uuid[])
  ORDER BY d.next_at, d.id
  LIMIT %(limit)s
)
UPDATE webhook_delivery w
SET attempts = w.attempts + 1, next_at = %(leased_until)s
FROM due, webhook_endpoint e
WHERE w.program_id = %(program_id)s AND w.id = due.id AND e.program_id = %(program_id)s AND e.id = w.endpoint_id
RETURNING w.id, w.endpoint_id, w.outbox_id, w.body::text, w.attempts, e.url, e.secrets::text
"""

SETTLE = """
-- A success counts whoever brought it; a failure only for the attempt that is the newest, since a replay or another
-- process after the lease may have begun one.
UPDATE webhook_delivery w
SET state = r.state, next_at = r.next_at, last_status = r.status, last_error = r.error, delivered_at = r.delivered_at,
    history = CASE WHEN jsonb_array_length(w.history) >= 24 THEN w.history - 0 ELSE w.history END
      || jsonb_build_array(r.attempt)
FROM json_to_recordset(%(rows)s::json)
  AS r (id uuid, attempts integer, state text, next_at timestamptz, status integer, error text,
        delivered_at timestamptz, attempt jsonb)
WHERE w.program_id = %(program_id)s AND w.id = r.id AND w.state = 'waiting'
  AND (r.state = 'delivered' OR w.attempts = r.attempts)
"""

PARK_WAITING = """
-- Of an endpoint that was disabled; they can be replayed when it is enabled again.
UPDATE webhook_delivery
SET state = 'parked', next_at = NULL, last_error = 'endpoint_disabled'
WHERE program_id = %(program_id)s AND endpoint_id = %(endpoint_id)s AND state = 'waiting'
"""

REPLAY_ONE = """
-- Whatever became of it: it starts over, under the same id.
UPDATE webhook_delivery
SET state = 'waiting', attempts = 0, next_at = %(now)s, delivered_at = NULL
WHERE program_id = %(program_id)s AND id = %(id)s
"""

REPLAY_PARKED = """
-- A bounded number, oldest first, so that one call is one short statement.
UPDATE webhook_delivery
SET state = 'waiting', attempts = 0, next_at = %(now)s
WHERE program_id = %(program_id)s AND id IN (
  SELECT id FROM webhook_delivery
  WHERE program_id = %(program_id)s AND endpoint_id = %(endpoint_id)s AND state = 'parked' AND created_at >= %(since)s
  ORDER BY created_at, id
  LIMIT %(most)s
)
"""

DROP_OLD = """
DELETE FROM webhook_delivery
WHERE program_id = %(program_id)s
  AND (state = 'delivered' AND created_at < %(delivered_before)s OR state = 'parked' AND created_at < %(parked_before)s)
"""

SCRUB = """
-- What is still to be sent goes out without the words; what was sent is the receiver's.
UPDATE webhook_delivery
SET body = (body::jsonb || '{"data": {}}'::jsonb)::json
WHERE program_id = %(program_id)s AND member_id = ANY(%(members)s::uuid[])
"""

REASSIGN = """
UPDATE webhook_delivery SET member_id = %(survivor)s
WHERE program_id = %(program_id)s AND member_id = ANY(%(members)s::uuid[])
"""


def read_endpoint(row: TupleRow) -> Endpoint:
    """Return the endpoint of a row of `ENDPOINT_COLUMNS`."""
    return Endpoint(
        id=EndpointId(row[0]),
        url=row[1],
        description=row[2],
        kinds=tuple(row[3]),
        payload=PayloadShape(row[4]),
        secrets=msgspec.convert(row[5], tuple[Secret, ...]),
        created_at=row[6],
        disabled_at=row[7],
    )


def _values(program_id: int, endpoint: Endpoint) -> dict[str, object]:
    return {
        "program_id": program_id,
        "id": endpoint.id,
        "url": endpoint.url,
        "description": endpoint.description,
        "kinds": list(endpoint.kinds),
        "payload": endpoint.payload.value,
        "secrets": encode(endpoint.secrets),
        "now": endpoint.created_at,
        "disabled_at": endpoint.disabled_at,
    }


async def count_endpoints(tx: Transaction, program_id: int) -> int:
    """Return how many endpoints a program has."""
    row = await (await tx.execute(COUNT_ENDPOINTS, {"program_id": program_id})).fetchone()
    return int(row[0]) if row else 0


async def insert_endpoint(tx: Transaction, program_id: int, endpoint: Endpoint) -> None:
    """Write a new endpoint."""
    await tx.execute(INSERT_ENDPOINT, _values(program_id, endpoint))


async def lock_endpoint(tx: Transaction, program_id: int, id: EndpointId) -> Endpoint | None:
    """Return an endpoint, locked."""
    row = await (await tx.execute(LOCK_ENDPOINT, {"program_id": program_id, "id": id})).fetchone()
    return read_endpoint(row) if row else None


async def update_endpoint(tx: Transaction, program_id: int, endpoint: Endpoint) -> None:
    """Write a locked endpoint's new state."""
    await tx.execute(UPDATE_ENDPOINT, _values(program_id, endpoint))


async def lock_secrets(tx: Transaction, program_id: int, *, plain_only: bool) -> dict[EndpointId, tuple[Secret, ...]]:
    """Return the secrets of every endpoint, locked; or of those with one that is not sealed."""
    cursor = await tx.execute(LOCK_SECRETS, {"program_id": program_id, "plain_only": plain_only})
    return {EndpointId(row[0]): msgspec.convert(row[1], tuple[Secret, ...]) for row in await cursor.fetchall()}


async def set_secrets(tx: Transaction, program_id: int, secrets: Mapping[EndpointId, tuple[Secret, ...]]) -> None:
    """Write secrets as they are sealed now; their rows are locked."""
    if secrets:
        rows = [{"id": id, "secrets": each} for id, each in secrets.items()]
        await tx.execute(SET_SECRETS, {"program_id": program_id, "rows": encode(rows)})


async def delete_endpoint(tx: Transaction, program_id: int, id: EndpointId) -> bool:
    """Delete an endpoint with its deliveries; tell whether there was one."""
    gone = await tx.execute(DELETE_ENDPOINT, {"program_id": program_id, "id": id})
    await tx.execute(DELETE_DELIVERIES, {"program_id": program_id, "endpoint_id": id})
    return gone.rowcount > 0


async def hold_live_endpoints(tx: Transaction, program_id: int) -> list[Endpoint]:
    """Return the endpoints that are not disabled; they stay so until the transaction ends."""
    cursor = await tx.execute(HOLD_LIVE_ENDPOINTS, {"program_id": program_id})
    return [read_endpoint(row) for row in await cursor.fetchall()]


async def program_slug(tx: Transaction, program_id: int) -> str:
    """Return the name under which people and URLs know the program."""
    row = await (await tx.execute(PROGRAM_SLUG, {"program_id": program_id})).fetchone()
    assert row is not None
    return str(row[0])


async def insert_deliveries(tx: Transaction, program_id: int, rows: Sequence[object], now: datetime) -> int:
    """Write deliveries to be sent at once; return how many were new."""
    cursor = await tx.execute(INSERT_DELIVERIES, {"program_id": program_id, "rows": encode(rows), "now": now})
    return cursor.rowcount


async def programs_due(tx: Transaction, now: datetime) -> list[int]:
    """Return the programs that have something to send."""
    cursor = await tx.execute(PROGRAMS_DUE, {"now": now})
    return [int(row[0]) for row in await cursor.fetchall()]


async def claim_due(
    tx: Transaction,
    program_id: int,
    *,
    limit: int,
    per_endpoint: int,
    busy: Sequence[UUID],
    now: datetime,
    leased_until: datetime,
) -> list[Due]:
    """Return deliveries to send now; they are this process's until the lease ends."""
    given = {
        "program_id": program_id,
        "limit": limit,
        "per_endpoint": per_endpoint,
        "busy": list(busy),
        "now": now,
        "leased_until": leased_until,
    }
    cursor = await tx.execute(CLAIM_DUE, given)
    return [
        Due(
            id=DeliveryId(row[0]),
            endpoint_id=EndpointId(row[1]),
            outbox_id=row[2],
            body=row[3],
            attempts=row[4],
            url=row[5],
            secrets=_SECRETS.decode(row[6]),
        )
        for row in await cursor.fetchall()
    ]


async def settle(tx: Transaction, program_id: int, rows: Sequence[object]) -> None:
    """Write what attempts came to."""
    await tx.execute(SETTLE, {"program_id": program_id, "rows": encode(rows)})


async def park_waiting(tx: Transaction, program_id: int, endpoint_id: EndpointId) -> None:
    """Give up what waits for an endpoint."""
    await tx.execute(PARK_WAITING, {"program_id": program_id, "endpoint_id": endpoint_id})


async def replay_one(tx: Transaction, program_id: int, id: DeliveryId, now: datetime) -> bool:
    """Start a delivery over; tell whether there is one."""
    return (await tx.execute(REPLAY_ONE, {"program_id": program_id, "id": id, "now": now})).rowcount > 0


async def replay_parked(
    tx: Transaction, program_id: int, endpoint_id: EndpointId, *, since: datetime, most: int, now: datetime
) -> int:
    """Start parked deliveries over; return how many."""
    given = {"program_id": program_id, "endpoint_id": endpoint_id, "since": since, "most": most, "now": now}
    return (await tx.execute(REPLAY_PARKED, given)).rowcount


async def drop_old(tx: Transaction, program_id: int, delivered_before: datetime, parked_before: datetime) -> int:
    """Delete what nobody will look at; return how many."""
    given = {"program_id": program_id, "delivered_before": delivered_before, "parked_before": parked_before}
    return (await tx.execute(DROP_OLD, given)).rowcount


async def scrub(tx: Transaction, program_id: int, members: Sequence[UUID]) -> None:
    """Empty what deliveries say about these members."""
    await tx.execute(SCRUB, {"program_id": program_id, "members": list(members)})


async def reassign(tx: Transaction, program_id: int, members: Sequence[UUID], survivor: UUID) -> None:
    """Let deliveries about these members count as being about another."""
    await tx.execute(REASSIGN, {"program_id": program_id, "members": list(members), "survivor": survivor})
