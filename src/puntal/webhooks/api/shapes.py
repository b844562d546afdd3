"""What goes in and out of the routes of webhooks."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from puntal.webhooks import operations, policy, sealed
from puntal.webhooks.model import Delivery, DeliveryState, Endpoint, PayloadShape

Url = Annotated[str, Field(min_length=1, max_length=2000, examples=["https://shop.example/puntal"])]

Kinds = Annotated[
    list[Annotated[str, Field(max_length=100)]],
    Field(min_length=1, max_length=100, description="`*`, `member.*`, or kinds in full."),
]
Description = Annotated[str, Field(max_length=500)]

Since = Annotated[
    AwareDatetime, Field(ge=datetime.fromisoformat("2000-01-01T00:00Z"), lt=datetime.fromisoformat("2200-01-01T00:00Z"))
]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CreateEndpoint(_In):
    """Where to send which kinds."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"url": "https://shop.example/puntal", "kinds": ["member.*", "points.earned"], "payload": "full"}
            ]
        },
    )

    url: Url
    kinds: Kinds = Field(default_factory=lambda: ["*"])
    payload: PayloadShape = Field(default=PayloadShape.FULL, description="`thin` sends ids only.")
    description: Description = ""


class ChangeEndpoint(_In):
    """What to change; what is left out stays."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"disabled": True}]})

    url: Url | None = None
    kinds: Kinds | None = None
    payload: PayloadShape | None = None
    description: Description | None = None
    disabled: bool | None = Field(default=None, description="Disabling parks what waits; nothing more is sent.")


class RotateSecret(_In):
    """How long the old secret goes on signing."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"overlap_hours": 24}]})

    overlap_hours: int = Field(
        default=24, ge=0, le=168, description="Meanwhile both sign; 0 ends the old one now, as after a leak."
    )


class ReplayParked(_In):
    """Which parked deliveries to send again."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"since": "2026-03-01T00:00:00Z"}]})

    since: Since = Field(description="Those made from then on.")


class SecretOut(BaseModel):
    """A secret that signs, without its value."""

    ends_with: str = Field(description="Its last four characters.")
    until: datetime | None = Field(description="When it stops signing; null for the newest.")


class EndpointOut(BaseModel):
    """An endpoint."""

    id: UUID
    url: str
    description: str
    kinds: list[str]
    payload: PayloadShape
    created_at: datetime
    disabled_at: datetime | None
    secrets: list[SecretOut]

    @classmethod
    def of(cls, endpoint: Endpoint, now: datetime) -> EndpointOut:
        """Return the endpoint as it is shown."""
        return cls(**_shown(endpoint, now))


class NewSecretOut(EndpointOut):
    """An endpoint with its new secret, shown this once."""

    secret: str | None = Field(description="Null when the answer is a repeated one: secrets are not kept.")


class AttemptOut(BaseModel):
    """One try."""

    at: datetime
    ms: int
    status: int | None
    error: str | None


class DeliveryOut(BaseModel):
    """One happening on its way to one endpoint."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    endpoint_id: UUID
    outbox_id: UUID = Field(description="The `webhook-id` the receiver sees.")
    kind: str
    state: DeliveryState
    attempts: int = Field(description="Tries since it was made or last replayed.")
    next_at: datetime | None
    last_status: int | None
    last_error: str | None = Field(
        description="`timeout`, `connection`, `tls`, `address_refused`, `status`, `secret_unreadable`, ..."
    )
    created_at: datetime
    delivered_at: datetime | None
    history: list[AttemptOut]

    @classmethod
    def of(cls, delivery: Delivery) -> DeliveryOut:
        """Return the delivery as it is listed."""
        return cls.model_validate(listed(delivery))


class DeliveryWithBodyOut(DeliveryOut):
    """A delivery with what is sent."""

    body: dict[str, Any]


class ReplayedOut(BaseModel):
    """How many are on their way again."""

    replayed: int
    more: bool = Field(description="Whether more may be parked: ask again.")


class KindOut(BaseModel):
    """A kind that can be subscribed to."""

    kind: str
    description: str
    full: dict[str, Any] = Field(description="An example.")
    thin: dict[str, Any] = Field(description="The same for an endpoint with thin payloads.")


class KindsOut(BaseModel):
    """Every kind."""

    items: list[KindOut]


def _shown(endpoint: Endpoint, now: datetime) -> dict[str, Any]:
    signing = policy.signing(endpoint.secrets, now)
    return {
        "id": endpoint.id,
        "url": endpoint.url,
        "description": endpoint.description,
        "kinds": list(endpoint.kinds),
        "payload": endpoint.payload,
        "created_at": endpoint.created_at,
        "disabled_at": endpoint.disabled_at,
        "secrets": [SecretOut(ends_with=sealed.ending(secret), until=secret.until) for secret in signing],
    }


def listed(delivery: Delivery) -> dict[str, Any]:
    """Return the fields of a delivery without what is sent."""
    names = set(DeliveryOut.model_fields) - {"history"}
    tried = [AttemptOut(at=one.at, ms=one.ms, status=one.status, error=one.error) for one in delivery.history]
    return {name: getattr(delivery, name) for name in names} | {"history": tried}


def with_secret(made: operations.NewSecret, now: datetime) -> NewSecretOut:
    """Return an endpoint as it is shown with its new secret."""
    return NewSecretOut(**_shown(made.endpoint, now), secret=made.secret)
