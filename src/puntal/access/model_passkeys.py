"""Passkeys, and the site they are for. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

from puntal.access.model import OrganizationId, StaffId

PasskeyId = NewType("PasskeyId", UUID)


class Purpose(StrEnum):
    """What a challenge is for."""

    ADD = "add"
    SIGN_IN = "sign_in"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What passkeys are bound to.

    Attributes:
        host: The relying party: `club.example`.
        origin: Where our pages come from: `https://club.example`.
    """

    host: str
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkey:
    """A key pair in somebody's phone or laptop, of which we know the public half.

    Attributes:
        credential_id: As the authenticator named it.
        public_key: COSE.
        name: What its owner calls it.
        sign_count: How often it has signed, as it says itself; 0 for ever where it does not count.
        synced: Kept by several devices of its owner.
        shut_at: Since when it opens nothing, because there is a copy.
    """

    id: PasskeyId
    organization_id: OrganizationId
    staff_id: StaffId
    credential_id: bytes
    public_key: bytes
    name: str
    sign_count: int
    synced: bool
    created_at: datetime
    used_at: datetime | None
    shut_at: datetime | None
