"""Endpoints, and the way of a delivery: queued with the relay, claimed, settled, replayed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from msgspec import to_builtins

from puntal.access.operations import audit
from puntal.kit import ids
from puntal.kit.db import ProgramId, Transaction
from puntal.kit.sealing import Sealer
from puntal.outbox.model import Happening
from puntal.programs import operations as programs
from puntal.webhooks import policy, queries, sealed, store
from puntal.webhooks.catalogue import KINDS
from puntal.webhooks.errors import (
    DeliveryUnknown,
    EndpointDisabled,
    EndpointNotValid,
    EndpointUnknown,
    TooManyEndpoints,
)
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
    PayloadShape,
)

LEASE = timedelta(seconds=120)
"""Longer than any attempt takes; after it another process sends what this one did not settle."""

MOST_REPLAYED = 10_000
_DELIVERED_KEPT = timedelta(days=30)
_PARKED_KEPT = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointTerms:
    """What an endpoint is asked to be."""

    url: str
    kinds: tuple[str, ...]
    payload: PayloadShape = PayloadShape.FULL
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointChange:
    """What is to change; None leaves as it is."""

    url: str | None = None
    kinds: tuple[str, ...] | None = None
    payload: PayloadShape | None = None
    description: str | None = None
    disabled: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSecret:
    """An endpoint with its newest secret as receivers need it, shown this once."""

    endpoint: Endpoint
    secret: str


async def create_endpoint(
    tx: Transaction,
    program_id: ProgramId,
    terms: EndpointTerms,
    *,
    sealer: Sealer,
    allow_private: bool,
    by: str,
    now: datetime,
) -> NewSecret:
    """Make an endpoint with a secret of its own; what happens from now on is sent to it.

    Args:
        tx: The caller commits.
        program_id: Whose happenings.
        terms: Where and what. The host is not looked up here, but at each sending.
        sealer: Seals the secret.
        allow_private: Whether private addresses and plain http may be used (a setting of the deployment).
        by: Who asks, for the log.
        now: Real time.

    Raises:
        EndpointNotValid: The address or a kind cannot be used.
        TooManyEndpoints: The program has as many as it may.
    """
    _check(terms.url, terms.kinds, allow_private=allow_private)
    if await store.count_endpoints(tx, program_id) >= policy.MOST_ENDPOINTS:
        raise TooManyEndpoints(most=policy.MOST_ENDPOINTS)
    id, secret = EndpointId(ids.new_id()), sealed.fresh()
    endpoint = Endpoint(
        id=id,
        url=terms.url,
        description=terms.description,
        kinds=terms.kinds,
        payload=terms.payload,
        secrets=(sealed.seal(sealer, id, secret),),
        created_at=now,
        disabled_at=None,
    )
    await store.insert_endpoint(tx, program_id, endpoint)
    await programs.refresh(tx, program_id)
    await _log(tx, program_id, id, "created", by, now)
    return NewSecret(endpoint=endpoint, secret=secret)


async def change_endpoint(
    tx: Transaction,
    program_id: ProgramId,
    id: EndpointId,
    change: EndpointChange,
    *,
    allow_private: bool,
    by: str,
    now: datetime,
) -> Endpoint:
    """Change an endpoint. What waits for it goes to the new address; disabling parks what waits.

    Raises:
        EndpointUnknown: There is none.
        EndpointNotValid: The address or a kind cannot be used.
    """
    before = await _locked(tx, program_id, id)
    disabled_at = before.disabled_at
    if change.disabled is not None:
        disabled_at = (before.disabled_at or now) if change.disabled else None
    after = replace(
        before,
        url=before.url if change.url is None else change.url,
        kinds=before.kinds if change.kinds is None else change.kinds,
        payload=change.payload or before.payload,
        description=before.description if change.description is None else change.description,
        disabled_at=disabled_at,
    )
    _check(after.url, after.kinds, allow_private=allow_private)
    if after == before:
        return before
    await store.update_endpoint(tx, program_id, after)
    if after.disabled_at is not None and before.disabled_at is None:
        await store.park_waiting(tx, program_id, id)
    await programs.refresh(tx, program_id)
    await _log(tx, program_id, id, "changed", by, now)
    return after


async def delete_endpoint(tx: Transaction, program_id: ProgramId, id: EndpointId, *, by: str, now: datetime) -> None:
    """Delete an endpoint, what waits for it, and its log.

    Raises:
        EndpointUnknown: There is none.
    """
    if not await store.delete_endpoint(tx, program_id, id):
        raise EndpointUnknown
    await programs.refresh(tx, program_id)
    await _log(tx, program_id, id, "deleted", by, now)


async def rotate_secret(
    tx: Transaction,
    program_id: ProgramId,
    id: EndpointId,
    *,
    sealer: Sealer,
    overlap: timedelta,
    by: str,
    now: datetime,
) -> NewSecret:
    """Give an endpoint a new secret; the old ones sign beside it for `overlap`, then end. None at all ends them now.

    Raises:
        EndpointUnknown: There is none.
    """
    before = await _locked(tx, program_id, id)
    secret = sealed.fresh()
    rotated = policy.rotated(before.secrets, sealed.seal(sealer, id, secret), now=now, overlap=overlap)
    after = replace(before, secrets=sealed.resealed(sealer, id, rotated, plain_only=True))
    await store.update_endpoint(tx, program_id, after)
    await _log(tx, program_id, id, "secret_rotated", by, now)
    return NewSecret(endpoint=after, secret=secret)


async def reseal(tx: Transaction, program_id: int, *, sealer: Sealer, plain_only: bool = False) -> int:
    """Seal secrets by the key that seals now; returns of how many endpoints. A second call finds none.

    Args:
        tx: The caller commits.
        program_id: Whose endpoints.
        sealer: Opens and seals.
        plain_only: Only those that no key sealed; else those of other keys as well.

    Raises:
        SecretUnreadable: One was sealed by a key that is not here.
    """
    stored = await store.lock_secrets(tx, program_id, plain_only=plain_only)
    renewed = {id: sealed.resealed(sealer, id, each, plain_only=plain_only) for id, each in stored.items()}
    changed = {id: each for id, each in renewed.items() if each != stored[id]}
    await store.set_secrets(tx, program_id, changed)
    return len(changed)


async def send_test(tx: Transaction, program_id: ProgramId, id: EndpointId, *, now: datetime) -> Delivery:
    """Queue a delivery of the kind `webhook.test` to one endpoint, whatever it subscribes to.

    Raises:
        EndpointUnknown: There is none.
        EndpointDisabled: Nothing is sent to it.
    """
    endpoint = await _locked(tx, program_id, id)
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


async def replay_delivery(
    tx: Transaction, program_id: ProgramId, id: DeliveryId, *, by: str, now: datetime
) -> Delivery:
    """Send a delivery again from the first attempt on, under the same id and with the same words.

    Raises:
        DeliveryUnknown: There is none.
        EndpointDisabled: Nothing is sent to its endpoint.
    """
    delivery = await queries.find_delivery(tx, program_id, id)
    if delivery is None:
        raise DeliveryUnknown
    endpoint = await _locked(tx, program_id, delivery.endpoint_id)
    if endpoint.disabled_at is not None:
        raise EndpointDisabled
    await store.replay_one(tx, program_id, id, now)
    await _log(tx, program_id, endpoint.id, "replayed", by, now, detail={"delivery": str(id)})
    again = await queries.find_delivery(tx, program_id, id)
    if again is None:
        raise DeliveryUnknown
    return again


async def replay_parked(
    tx: Transaction, program_id: ProgramId, id: EndpointId, *, since: datetime, by: str, now: datetime
) -> int:
    """Send again what was parked for an endpoint and made since an instant, the oldest 10,000 of it.

    Returns:
        How many; as many as `MOST_REPLAYED` means that more may be left.

    Raises:
        EndpointUnknown: There is none.
        EndpointDisabled: Nothing is sent to it.
    """
    endpoint = await _locked(tx, program_id, id)
    if endpoint.disabled_at is not None:
        raise EndpointDisabled
    count = await store.replay_parked(tx, program_id, id, since=since, most=MOST_REPLAYED, now=now)
    await _log(tx, program_id, id, "replayed", by, now, detail={"count": count})
    return count


async def drop_old(tx: Transaction, program_id: int, *, now: datetime) -> int:
    """Delete deliveries: delivered ones after 30 days, parked ones after 90. Return how many."""
    return await store.drop_old(tx, program_id, now - _DELIVERED_KEPT, now - _PARKED_KEPT)


async def held_about(tx: Transaction, program_id: int, members: Sequence[UUID]) -> list[Delivery]:
    """Return what was or will be sent about members, oldest first."""
    return await queries.of_members(tx, program_id, members)


async def forget(tx: Transaction, program_id: int, members: Sequence[UUID]) -> None:
    """Empty what deliveries say about members; that something happened is still sent."""
    await store.scrub(tx, program_id, members)


async def reassign(tx: Transaction, program_id: int, members: Sequence[UUID], *, survivor: UUID) -> None:
    """Let what is kept about merged members belong to the survivor; the words stay as they were sent."""
    await store.reassign(tx, program_id, members, survivor)


def _check(url: str, kinds: Sequence[str], *, allow_private: bool) -> None:
    faults = policy.endpoint_faults(url, kinds, allow_private=allow_private)
    if faults:
        raise EndpointNotValid(faults)


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


async def _locked(tx: Transaction, program_id: int, id: EndpointId) -> Endpoint:
    endpoint = await store.lock_endpoint(tx, program_id, id)
    if endpoint is None:
        raise EndpointUnknown
    return endpoint


async def _log(
    tx: Transaction,
    program_id: ProgramId,
    id: EndpointId,
    what: str,
    by: str,
    now: datetime,
    detail: dict[str, object] | None = None,
) -> None:
    await audit.record(
        tx,
        actor=by,
        action=f"webhook_endpoint.{what}",
        subject=f"webhook_endpoint:{id}",
        now=now,
        program_id=program_id,
        detail=detail,
    )
