"""Endpoints: made, changed, deleted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from puntal.kit import ids
from puntal.kit.db import ProgramId, Transaction
from puntal.kit.sealing import Sealer
from puntal.programs import operations as programs
from puntal.webhooks import policy, sealed, store
from puntal.webhooks.errors import EndpointNotValid, TooManyEndpoints
from puntal.webhooks.model import Endpoint, EndpointId, PayloadShape
from puntal.webhooks.operations.changing import locked, log
from puntal.webhooks.operations.secrets import NewSecret


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
    await log(tx, program_id, endpoint, "created", by, now)
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
    before = await locked(tx, program_id, id)
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
    switched = (after.disabled_at is None) != (before.disabled_at is None)
    what = "changed" if not switched else "switched_on" if after.disabled_at is None else "switched_off"
    await log(tx, program_id, after, what, by, now)
    return after


async def delete_endpoint(tx: Transaction, program_id: ProgramId, id: EndpointId, *, by: str, now: datetime) -> None:
    """Delete an endpoint, what waits for it, and its log.

    Raises:
        EndpointUnknown: There is none.
    """
    endpoint = await locked(tx, program_id, id)
    await store.delete_endpoint(tx, program_id, id)
    await programs.refresh(tx, program_id)
    await log(tx, program_id, endpoint, "deleted", by, now)


def _check(url: str, kinds: Sequence[str], *, allow_private: bool) -> None:
    faults = policy.endpoint_faults(url, kinds, allow_private=allow_private)
    if faults:
        raise EndpointNotValid(faults)
