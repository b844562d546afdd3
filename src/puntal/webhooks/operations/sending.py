"""The way of a delivery: queued with the relay, claimed, settled, dropped when it is old."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from msgspec import to_builtins

from puntal.kit import ids
from puntal.kit.db import ProgramId, Transaction
from puntal.kit.sealing import Sealer
from puntal.outbox.model import Happening
from puntal.webhooks import policy, queries, sealed, store
from puntal.webhooks.catalogue import KINDS
from puntal.webhooks.errors import EndpointDisabled
from puntal.webhooks.model import (
    TEST_KIND,
    Attempt,
    Delivery,
    DeliveryId,
    DeliveryState,
    Due,
    Endpoint,
    EndpointId,
    Outcome,
)
from puntal.webhooks.operations.changing import locked

LEASE = timedelta(seconds=120)
"""Longer than any attempt takes; after it another process sends what this one did not settle."""
_DELIVERED_KEPT = timedelta(days=30)
_PARKED_KEPT = timedelta(days=90)


async def send_test(tx: Transaction, program_id: ProgramId, id: EndpointId, *, now: datetime) -> Delivery:
    """Queue a delivery of the kind `webhook.test` to one endpoint, whatever it subscribes to.

    Raises:
        EndpointUnknown: There is none.
        EndpointDisabled: Nothing is sent to it.
    """
    endpoint = await locked(tx, program_id, id)
    if endpoint.disabled_at is not None:
        raise EndpointDisabled
    happening = Happening(
        id=ids.new_id(),
        kind=TEST_KIND,
        effective_at=now,
        recorded_at=now,
        payload={**KINDS[TEST_KIND].payload, "endpoint_id": id},
    )
    row = _delivery_row(happening, endpoint, await store.program_slug(tx, program_id))
    await store.insert_deliveries(tx, program_id, [row], now)
    made = await queries.find_delivery(tx, program_id, row["id"])
    assert made is not None
    return made


async def queue(tx: Transaction, program_id: int, happenings: Sequence[Happening], *, now: datetime) -> int:
    """Write a delivery for each happening and endpoint that wants it, in one statement.

    A second call with the same happenings writes nothing.

    Args:
        tx: The relay's: it marks the happenings in the same transaction.
        program_id: Whose.
        happenings: What the relay claimed.
        now: Real time; deliveries are due at once.

    Returns:
        How many were written.
    """
    endpoints = await store.hold_live_endpoints(tx, program_id)
    if not endpoints:
        return 0
    slug = await store.program_slug(tx, program_id)
    rows = [
        _delivery_row(happening, endpoint, slug)
        for happening in happenings
        for endpoint in policy.subscribers(endpoints, happening.kind)
    ]
    return await store.insert_deliveries(tx, program_id, rows, now) if rows else 0


async def wanted_kinds(tx: Transaction, program_id: int) -> frozenset[str]:
    """Return the kinds some endpoint wants, so that hot writers leave out outbox rows nobody reads.

    Workers may remember the answer with the program: a change of endpoints makes them read it anew.
    """
    live = [one for one in await queries.list_endpoints(tx, program_id) if one.disabled_at is None]
    return frozenset(kind for kind in KINDS if policy.subscribers(live, kind))


async def programs_due(tx: Transaction, *, now: datetime) -> list[int]:
    """Return the programs that have something to send; `tx` is outside any program."""
    return await store.programs_due(tx, now)


async def claim_due(
    tx: Transaction,
    program_id: int,
    *,
    sealer: Sealer,
    limit: int,
    per_endpoint: int,
    now: datetime,
    busy: Sequence[EndpointId] = (),
) -> list[Due]:
    """Return deliveries to send now. Commit before sending, and `settle` afterwards.

    What is not settled when `LEASE` ends is claimed again, so a crash sends twice and never not at all.

    Args:
        tx: A transaction of its own.
        program_id: Whose.
        sealer: Opens the secrets that sign.
        limit: Most deliveries.
        per_endpoint: Most of one endpoint.
        now: Real time.
        busy: Endpoints that have enough under way in this process.
    """
    claimed = await store.claim_due(
        tx, program_id, limit=limit, per_endpoint=per_endpoint, busy=busy, now=now, leased_until=now + LEASE
    )
    return [replace(due, secrets=sealed.to_sign(sealer, due.endpoint_id, due.secrets)) for due in claimed]


async def settle(
    tx: Transaction, program_id: int, results: Sequence[tuple[Due, Outcome]], *, now: datetime
) -> list[DeliveryState]:
    """Write what attempts came to: delivered, to be tried again by the schedule, or parked.

    Settling twice, or after another process tried again, changes nothing but a late success.
    """
    rows = [_settled(due, outcome, now) for due, outcome in results]
    await store.settle(tx, program_id, rows)
    return [DeliveryState(row["state"]) for row in rows]


async def drop_old(tx: Transaction, program_id: int, *, now: datetime) -> int:
    """Delete deliveries: delivered ones after 30 days, parked ones after 90. Return how many."""
    return await store.drop_old(tx, program_id, now - _DELIVERED_KEPT, now - _PARKED_KEPT)


def _delivery_row(happening: Happening, endpoint: Endpoint, slug: str) -> dict[str, Any]:
    return {
        "id": DeliveryId(ids.new_id()),
        "endpoint_id": endpoint.id,
        "outbox_id": happening.id,
        "member_id": happening.member_id,
        "kind": happening.kind,
        "body": policy.body(happening, endpoint.payload, slug),
    }


def _settled(due: Due, outcome: Outcome, now: datetime) -> dict[str, Any]:
    done = outcome.error is None
    next_at = None if done else policy.after_failure(due, outcome, now)
    state = DeliveryState.DELIVERED if done else DeliveryState.WAITING if next_at else DeliveryState.PARKED
    tried = Attempt(at=now, ms=outcome.ms, status=outcome.status, error=outcome.error)
    return {
        "id": due.id,
        "attempts": due.attempts,
        "state": state.value,
        "next_at": next_at,
        "status": outcome.status,
        "error": outcome.error,
        "delivered_at": now if done else None,
        "attempt": to_builtins(tried),
    }
