"""Endpoints, and what is on its way to them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NewType
from uuid import UUID

from msgspec import Struct

EndpointId = NewType("EndpointId", UUID)
DeliveryId = NewType("DeliveryId", UUID)

TEST_KIND = "webhook.test"
"""What a test delivery says happened; sent on request only, whatever the endpoint subscribes to."""


INTERNAL_KINDS = frozenset({"event.caused", "member.touched", "program.preparing"})
"""Rows the platform writes to itself; they are nobody else's business and are never sent."""


class PayloadShape(StrEnum):
    """How much a delivery says."""

    FULL = "full"
    THIN = "thin"
    """Ids only: the receiver asks the API for the rest."""


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    PARKED = "parked"
    """Given up until somebody replays it."""


class Secret(Struct, frozen=True, kw_only=True, array_like=True):
    """What signs.

    Attributes:
        value: Sealed; opened, and of endpoints made before there was sealing, as Standard Webhooks writes it: `whsec_`
            and base64.
        until: The first instant at which it no longer signs; None while it is the newest.
        ending: Its last characters, by which people tell secrets apart; empty of those made before there was sealing.
    """

    value: str
    until: datetime | None = None
    ending: str = ""


class Attempt(Struct, frozen=True, kw_only=True):
    """One try, as the log keeps it.

    Attributes:
        status: HTTP status, where there was an answer.
        error: Code of what went wrong, None for success: `timeout`, `connection`, `tls`, `address_refused`, `status`.
        ms: How long it took, in milliseconds.
    """

    at: datetime
    ms: int
    status: int | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where to send which kinds.

    Attributes:
        kinds: `*`, `member.*` or a kind in full.
        secrets: Newest first.
        disabled_at: Since when nothing is sent here.
    """

    id: EndpointId
    url: str
    description: str
    kinds: tuple[str, ...]
    payload: PayloadShape
    secrets: tuple[Secret, ...]
    created_at: datetime
    disabled_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One happening on its way to one endpoint.

    Attributes:
        outbox_id: The happening; the receiver sees it as `webhook-id`.
        body: What is sent.
        attempts: Tries since it was made or last replayed.
        next_at: When it is tried next, while it waits.
        history: The last tries, oldest first.
    """

    id: DeliveryId
    endpoint_id: EndpointId
    outbox_id: UUID
    kind: str
    body: Mapping[str, Any]
    state: DeliveryState
    attempts: int
    next_at: datetime | None
    last_status: int | None
    last_error: str | None
    created_at: datetime
    delivered_at: datetime | None
    history: tuple[Attempt, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A delivery claimed for one attempt.

    Attributes:
        body: The exact words, the same on every attempt.
        attempts: This one included.
        secrets: Opened, newest first; none where this process lacks the key to the newest.
    """

    id: DeliveryId
    endpoint_id: EndpointId
    outbox_id: UUID
    body: str
    attempts: int
    url: str
    secrets: tuple[Secret, ...]


class Outcome(Struct, frozen=True, kw_only=True):
    """What one attempt came to.

    Attributes:
        status: HTTP status, where there was an answer.
        error: None when the receiver took it.
        final: No further attempt makes sense: the receiver is gone (410), or the address is not allowed.
        retry_after_seconds: What the receiver asked for.
        ms: How long it took, in milliseconds.
    """

    ms: int
    status: int | None = None
    error: str | None = None
    final: bool = False
    retry_after_seconds: int | None = None
