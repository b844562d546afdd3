"""Secrets of endpoints as they are stored: sealed by a key of the deployment, each for its endpoint (decision 0103)."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence

from msgspec.structs import replace

from puntal.kit.sealing import SealBrokenError, Sealer, is_sealed
from puntal.webhooks.errors import SecretUnreadable
from puntal.webhooks.model import EndpointId, Secret

_SECRET_BYTES = 32
_ENDING = 4


def fresh() -> str:
    """Return a new secret, as Standard Webhooks writes it."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def seal(sealer: Sealer, id: EndpointId, written: str) -> Secret:
    """Return a secret as it is stored."""
    return Secret(value=sealer.seal(written, of=_of(id)), ending=written[-_ENDING:])


def ending(secret: Secret) -> str:
    """Return by what people tell a secret from others; it opens nothing."""
    return secret.ending or secret.value[-_ENDING:]


def to_sign(sealer: Sealer, id: EndpointId, stored: Sequence[Secret]) -> tuple[Secret, ...]:
    """Return the secrets that sign, opened; none where the newest does not open, for receivers look for that one."""
    opened: list[Secret] = []
    for secret in stored:
        try:
            opened.append(replace(secret, value=sealer.open(secret.value, of=_of(id))))
        except SealBrokenError:
            if not opened:
                return ()
    return tuple(opened)


def resealed(sealer: Sealer, id: EndpointId, stored: Sequence[Secret], *, plain_only: bool) -> tuple[Secret, ...]:
    """Return the secrets, those that another key sealed sealed by the present one; or only those that none did.

    Raises:
        SecretUnreadable: One of them does not open.
    """
    return tuple(_resealed(sealer, id, secret, plain_only=plain_only) for secret in stored)


def _resealed(sealer: Sealer, id: EndpointId, secret: Secret, *, plain_only: bool) -> Secret:
    if is_sealed(secret.value) and (plain_only or sealer.is_current(secret.value)):
        return secret
    try:
        written = sealer.open(secret.value, of=_of(id))
    except SealBrokenError as broken:
        raise SecretUnreadable from broken
    return replace(seal(sealer, id, written), until=secret.until)


def _of(id: EndpointId) -> str:
    return f"webhook_endpoint:{id}"
