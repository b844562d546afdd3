"""What every change of an endpoint begins and ends with: the endpoint locked, and a line in the log."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from puntal.access.operations import audit
from puntal.kit.db import ProgramId, Transaction
from puntal.webhooks import store
from puntal.webhooks.errors import EndpointUnknown
from puntal.webhooks.model import Endpoint, EndpointId


async def locked(tx: Transaction, program_id: int, id: EndpointId) -> Endpoint:
    """Return an endpoint, locked until `tx` ends.

    Raises:
        EndpointUnknown: There is none.
    """
    endpoint = await store.lock_endpoint(tx, program_id, id)
    if endpoint is None:
        raise EndpointUnknown
    return endpoint


async def log(
    tx: Transaction,
    program_id: ProgramId,
    endpoint: Endpoint,
    what: str,
    by: str,
    now: datetime,
    detail: dict[str, object] | None = None,
) -> None:
    """Write into the program's log what somebody did to an endpoint, by its host: the rest may be secret."""
    await audit.record(
        tx,
        actor=by,
        action=f"webhook_endpoint.{what}",
        subject=f"webhook_endpoint:{endpoint.id}",
        now=now,
        program_id=program_id,
        detail={"host": urlsplit(endpoint.url).hostname or ""} | (detail or {}),
    )
