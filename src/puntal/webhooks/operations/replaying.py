"""Deliveries sent again."""

from __future__ import annotations

from datetime import datetime

from puntal.kit.db import ProgramId, Transaction
from puntal.webhooks import queries, store
from puntal.webhooks.errors import DeliveryUnknown, EndpointDisabled
from puntal.webhooks.model import Delivery, DeliveryId, EndpointId
from puntal.webhooks.operations.changing import locked, log

MOST_REPLAYED = 10_000


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
    endpoint = await locked(tx, program_id, delivery.endpoint_id)
    if endpoint.disabled_at is not None:
        raise EndpointDisabled
    await store.replay_one(tx, program_id, id, now)
    await log(tx, program_id, endpoint, "replayed", by, now, detail={"delivery": str(id)})
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
    endpoint = await locked(tx, program_id, id)
    if endpoint.disabled_at is not None:
        raise EndpointDisabled
    count = await store.replay_parked(tx, program_id, id, since=since, most=MOST_REPLAYED, now=now)
    await log(tx, program_id, endpoint, "replayed", by, now, detail={"count": count})
    return count
