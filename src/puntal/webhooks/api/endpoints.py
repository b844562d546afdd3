"""Routes of endpoints, and of the kinds they may subscribe to."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from puntal.access.dependencies import Locale, ProgramCaller, ProgramId, ProgramTx, RealNow, Sealing
from puntal.access.idempotency import hides
from puntal.kit.http import Chosen
from puntal.kit.pages import Page
from puntal.webhooks import operations, queries
from puntal.webhooks.api.routing import NOT_VALID, READ, WRITE, router
from puntal.webhooks.api.shapes import (
    ChangeEndpoint,
    CreateEndpoint,
    EndpointOut,
    KindOut,
    KindsOut,
    NewSecretOut,
    RotateSecret,
    with_secret,
)
from puntal.webhooks.catalogue import KINDS, example
from puntal.webhooks.errors import EndpointUnknown
from puntal.webhooks.model import EndpointId, PayloadShape


@router.get("/webhooks/kinds", summary="List kinds", dependencies=[READ])
async def list_kinds(locale: Locale) -> KindsOut:
    """List what can be subscribed to, each with an example of what is sent."""
    items = [
        KindOut(
            kind=name,
            description=kind.texts.get(locale, kind.texts["en"]),
            full=example(name, PayloadShape.FULL),
            thin=example(name, PayloadShape.THIN),
        )
        for name, kind in KINDS.items()
    ]
    return KindsOut(items=items)


@router.get("/webhooks/endpoints", summary="List endpoints", dependencies=[READ])
async def list_endpoints(tx: ProgramTx, program_id: ProgramId, now: RealNow) -> Page[EndpointOut]:
    """List endpoints, newest first; a program has at most 50, so this is one page."""
    found = await queries.list_endpoints(tx, program_id)
    return Page(items=[EndpointOut.of(endpoint, now) for endpoint in found])


@router.post(
    "/webhooks/endpoints",
    status_code=201,
    summary="Make an endpoint",
    dependencies=[WRITE],
    responses={409: {"description": "`webhooks.too_many_endpoints`, `idempotency.key_reused`"}, 422: NOT_VALID},
)
@hides("secret")
async def create_endpoint(
    body: CreateEndpoint,
    tx: ProgramTx,
    program_id: ProgramId,
    caller: ProgramCaller,
    now: RealNow,
    chosen: Chosen,
    sealer: Sealing,
) -> NewSecretOut:
    """Make an endpoint. Its secret is in this answer and nowhere else; verify signatures with any Standard Webhooks
    library.
    """  # noqa: D205 - one sentence too long for a line
    terms = operations.EndpointTerms(
        url=body.url, kinds=tuple(body.kinds), payload=body.payload, description=body.description
    )
    made = await operations.create_endpoint(
        tx, program_id, terms, sealer=sealer, allow_private=chosen.allow_private_webhooks, by=caller.actor, now=now
    )
    return with_secret(made, now)


@router.get("/webhooks/endpoints/{endpoint_id}", summary="Show an endpoint", dependencies=[READ])
async def show_endpoint(endpoint_id: UUID, tx: ProgramTx, program_id: ProgramId, now: RealNow) -> EndpointOut:
    """Show an endpoint, without its secrets."""
    found = await queries.find_endpoint(tx, program_id, EndpointId(endpoint_id))
    if found is None:
        raise EndpointUnknown
    return EndpointOut.of(found, now)


@router.patch(
    "/webhooks/endpoints/{endpoint_id}",
    summary="Change an endpoint",
    dependencies=[WRITE],
    responses={422: NOT_VALID},
)
async def change_endpoint(
    endpoint_id: UUID,
    body: ChangeEndpoint,
    tx: ProgramTx,
    program_id: ProgramId,
    caller: ProgramCaller,
    now: RealNow,
    chosen: Chosen,
) -> EndpointOut:
    """Change an endpoint; what waits for it goes to the new address."""
    change = operations.EndpointChange(
        url=body.url,
        kinds=None if body.kinds is None else tuple(body.kinds),
        payload=body.payload,
        description=body.description,
        disabled=body.disabled,
    )
    allow_private = chosen.allow_private_webhooks
    changed = await operations.change_endpoint(
        tx, program_id, EndpointId(endpoint_id), change, allow_private=allow_private, by=caller.actor, now=now
    )
    return EndpointOut.of(changed, now)


@router.delete("/webhooks/endpoints/{endpoint_id}", status_code=204, summary="Delete an endpoint", dependencies=[WRITE])
async def delete_endpoint(
    endpoint_id: UUID, tx: ProgramTx, program_id: ProgramId, caller: ProgramCaller, now: RealNow
) -> None:
    """Delete an endpoint with its deliveries; what waits is not sent."""
    await operations.delete_endpoint(tx, program_id, EndpointId(endpoint_id), by=caller.actor, now=now)


@router.post("/webhooks/endpoints/{endpoint_id}/rotate", summary="Rotate the secret", dependencies=[WRITE])
@hides("secret")
async def rotate_secret(
    endpoint_id: UUID,
    body: RotateSecret,
    tx: ProgramTx,
    program_id: ProgramId,
    caller: ProgramCaller,
    now: RealNow,
    sealer: Sealing,
) -> NewSecretOut:
    """Make a new secret. While the old one overlaps, each delivery carries a signature of both."""
    overlap = timedelta(hours=body.overlap_hours)
    rotated = await operations.rotate_secret(
        tx, program_id, EndpointId(endpoint_id), sealer=sealer, overlap=overlap, by=caller.actor, now=now
    )
    return with_secret(rotated, now)
