"""Routes of deliveries: a test, what was sent, and sending it again."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query

from puntal.access.dependencies import ProgramCaller, ProgramId, ProgramTx, RealNow
from puntal.kit.http import Cursor, Limit
from puntal.kit.pages import Page, cut, last_id
from puntal.webhooks import operations, queries
from puntal.webhooks.api.routing import DISABLED, READ, WRITE, router
from puntal.webhooks.api.shapes import DeliveryOut, DeliveryWithBodyOut, ReplayedOut, ReplayParked, Since, listed
from puntal.webhooks.errors import DeliveryUnknown
from puntal.webhooks.model import DeliveryId, DeliveryState, EndpointId


@router.post(
    "/webhooks/endpoints/{endpoint_id}/test",
    status_code=202,
    summary="Send a test",
    dependencies=[WRITE],
    responses={409: DISABLED},
)
async def send_test(endpoint_id: UUID, tx: ProgramTx, program_id: ProgramId, now: RealNow) -> DeliveryOut:
    """Queue a `webhook.test` delivery; it is sent within seconds, and its row in the log tells how it went."""
    return DeliveryOut.of(await operations.send_test(tx, program_id, EndpointId(endpoint_id), now=now))


@router.post(
    "/webhooks/endpoints/{endpoint_id}/replay",
    status_code=202,
    summary="Replay parked deliveries",
    dependencies=[WRITE],
    responses={409: DISABLED},
)
async def replay_parked(
    endpoint_id: UUID, body: ReplayParked, tx: ProgramTx, program_id: ProgramId, caller: ProgramCaller, now: RealNow
) -> ReplayedOut:
    """Send again what was parked since an instant: the oldest 10,000 a call, each under its own id."""
    count = await operations.replay_parked(
        tx, program_id, EndpointId(endpoint_id), since=body.since, by=caller.actor, now=now
    )
    return ReplayedOut(replayed=count, more=count == operations.MOST_REPLAYED)


@router.get("/webhooks/deliveries", summary="List deliveries", dependencies=[READ])
async def list_deliveries(
    tx: ProgramTx,
    program_id: ProgramId,
    limit: Limit = 50,
    cursor: Cursor = None,
    endpoint_id: Annotated[UUID | None, Query(description="Only to this endpoint.")] = None,
    state: Annotated[DeliveryState | None, Query(description="Only in this state.")] = None,
    kind: Annotated[str | None, Query(max_length=100, description="Only of this kind.")] = None,
    since: Annotated[Since | None, Query(description="Only made from then on.")] = None,
) -> Page[DeliveryOut]:
    """Read the log, newest first. Delivered ones are kept 30 days, parked ones 90."""
    found = await queries.list_deliveries(
        tx,
        program_id,
        limit=limit + 1,
        before=last_id(cursor),
        endpoint_id=None if endpoint_id is None else EndpointId(endpoint_id),
        state=state,
        kind=kind,
        since=since,
    )
    rows, following = cut(found, limit, lambda delivery: (delivery.id,))
    return Page(items=[DeliveryOut.of(delivery) for delivery in rows], next=following)


@router.get("/webhooks/deliveries/{delivery_id}", summary="Show a delivery", dependencies=[READ])
async def show_delivery(delivery_id: UUID, tx: ProgramTx, program_id: ProgramId) -> DeliveryWithBodyOut:
    """Show a delivery with the words that are sent."""
    found = await queries.find_delivery(tx, program_id, DeliveryId(delivery_id))
    if found is None:
        raise DeliveryUnknown
    return DeliveryWithBodyOut.model_validate(listed(found) | {"body": found.body})


@router.post(
    "/webhooks/deliveries/{delivery_id}/replay",
    status_code=202,
    summary="Replay a delivery",
    dependencies=[WRITE],
    responses={409: DISABLED},
)
async def replay_delivery(
    delivery_id: UUID, tx: ProgramTx, program_id: ProgramId, caller: ProgramCaller, now: RealNow
) -> DeliveryOut:
    """Send a delivery again, whatever became of it, under the same `webhook-id`."""
    again = await operations.replay_delivery(tx, program_id, DeliveryId(delivery_id), by=caller.actor, now=now)
    return DeliveryOut.of(again)
