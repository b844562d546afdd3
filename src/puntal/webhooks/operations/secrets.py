"""The secrets that sign: replaced with an overlap, sealed anew."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from puntal.kit.db import ProgramId, Transaction
from puntal.kit.sealing import Sealer
from puntal.webhooks import policy, sealed, store
from puntal.webhooks.model import Endpoint, EndpointId
from puntal.webhooks.operations.changing import locked, log


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSecret:
    """An endpoint with its newest secret as receivers need it, shown this once."""

    endpoint: Endpoint
    secret: str


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
    before = await locked(tx, program_id, id)
    secret = sealed.fresh()
    rotated = policy.rotated(before.secrets, sealed.seal(sealer, id, secret), now=now, overlap=overlap)
    after = replace(before, secrets=sealed.resealed(sealer, id, rotated, plain_only=True))
    await store.update_endpoint(tx, program_id, after)
    await log(tx, program_id, after, "secret_rotated", by, now)
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
