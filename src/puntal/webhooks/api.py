"""Routes of webhook endpoints, their deliveries, and the kinds there are."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from puntal.access.dependencies import (
    Locale,
    ProgramCaller,
    ProgramId,
    ProgramTx,
    RealNow,
    Sealing,
    program_router,
    requires,
)
from puntal.access.idempotency import hides
from puntal.access.model import Permission
from puntal.kit.http import Chosen, Cursor, Limit
from puntal.kit.pages import Page, cut, last_id
from puntal.webhooks import operations, policy, queries, sealed
from puntal.webhooks.catalogue import KINDS, example
from puntal.webhooks.errors import DeliveryUnknown, EndpointUnknown
from puntal.webhooks.model import Delivery, DeliveryId, DeliveryState, Endpoint, EndpointId, PayloadShape

router = program_router("webhooks")

_READ = requires(Permission.WEBHOOKS_READ)
_WRITE = requires(Permission.WEBHOOKS_WRITE)
_NOT_VALID = {"description": "`request.invalid`, `webhooks.endpoint_invalid` with every fault"}
_DISABLED = {"description": "`webhooks.endpoint_disabled`, `idempotency.key_reused`"}

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
        return cls.model_validate(_listed(delivery))


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


def _listed(delivery: Delivery) -> dict[str, Any]:
    names = set(DeliveryOut.model_fields) - {"history"}
    tried = [AttemptOut(at=one.at, ms=one.ms, status=one.status, error=one.error) for one in delivery.history]
    return {name: getattr(delivery, name) for name in names} | {"history": tried}


def _with_secret(made: operations.NewSecret, now: datetime) -> NewSecretOut:
    return NewSecretOut(**_shown(made.endpoint, now), secret=made.secret)


@router.get("/webhooks/kinds", summary="List kinds", dependencies=[_READ])
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


@router.get("/webhooks/endpoints", summary="List endpoints", dependencies=[_READ])
async def list_endpoints(tx: ProgramTx, program_id: ProgramId, now: RealNow) -> Page[EndpointOut]:
    """List endpoints, newest first; a program has at most 50, so this is one page."""
    found = await queries.list_endpoints(tx, program_id)
    return Page(items=[EndpointOut.of(endpoint, now) for endpoint in found])


@router.post(
    "/webhooks/endpoints",
    status_code=201,
    summary="Make an endpoint",
    dependencies=[_WRITE],
    responses={409: {"description": "`webhooks.too_many_endpoints`, `idempotency.key_reused`"}, 422: _NOT_VALID},
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
    return _with_secret(made, now)


@router.get("/webhooks/endpoints/{endpoint_id}", summary="Show an endpoint", dependencies=[_READ])
async def show_endpoint(endpoint_id: UUID, tx: ProgramTx, program_id: ProgramId, now: RealNow) -> EndpointOut:
    """Show an endpoint, without its secrets."""
    found = await queries.find_endpoint(tx, program_id, EndpointId(endpoint_id))
    if found is None:
        raise EndpointUnknown
    return EndpointOut.of(found, now)


@router.patch(
    "/webhooks/endpoints/{endpoint_id}",
    summary="Change an endpoint",
    dependencies=[_WRITE],
    responses={422: _NOT_VALID},
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


@router.delete(
    "/webhooks/endpoints/{endpoint_id}", status_code=204, summary="Delete an endpoint", dependencies=[_WRITE]
)
async def delete_endpoint(
    endpoint_id: UUID, tx: ProgramTx, program_id: ProgramId, caller: ProgramCaller, now: RealNow
) -> None:
    """Delete an endpoint with its deliveries; what waits is not sent."""
    await operations.delete_endpoint(tx, program_id, EndpointId(endpoint_id), by=caller.actor, now=now)


@router.post("/webhooks/endpoints/{endpoint_id}/rotate", summary="Rotate the secret", dependencies=[_WRITE])
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
    return _with_secret(rotated, now)


@router.post(
    "/webhooks/endpoints/{endpoint_id}/test",
    status_code=202,
    summary="Send a test",
    dependencies=[_WRITE],
    responses={409: _DISABLED},
)
async def send_test(endpoint_id: UUID, tx: ProgramTx, program_id: ProgramId, now: RealNow) -> DeliveryOut:
    """Queue a `webhook.test` delivery; it is sent within seconds, and its row in the log tells how it went."""
    return DeliveryOut.of(await operations.send_test(tx, program_id, EndpointId(endpoint_id), now=now))


@router.post(
    "/webhooks/endpoints/{endpoint_id}/replay",
    status_code=202,
    summary="Replay parked deliveries",
    dependencies=[_WRITE],
    responses={409: _DISABLED},
)
async def replay_parked(
    endpoint_id: UUID, body: ReplayParked, tx: ProgramTx, program_id: ProgramId, caller: ProgramCaller, now: RealNow
) -> ReplayedOut:
    """Send again what was parked since an instant: the oldest 10,000 a call, each under its own id."""
    count = await operations.replay_parked(
        tx, program_id, EndpointId(endpoint_id), since=body.since, by=caller.actor, now=now
    )
    return ReplayedOut(replayed=count, more=count == operations.MOST_REPLAYED)


@router.get("/webhooks/deliveries", summary="List deliveries", dependencies=[_READ])
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


@router.get("/webhooks/deliveries/{delivery_id}", summary="Show a delivery", dependencies=[_READ])
async def show_delivery(delivery_id: UUID, tx: ProgramTx, program_id: ProgramId) -> DeliveryWithBodyOut:
    """Show a delivery with the words that are sent."""
    found = await queries.find_delivery(tx, program_id, DeliveryId(delivery_id))
    if found is None:
        raise DeliveryUnknown
    return DeliveryWithBodyOut.model_validate(_listed(found) | {"body": found.body})


@router.post(
    "/webhooks/deliveries/{delivery_id}/replay",
    status_code=202,
    summary="Replay a delivery",
    dependencies=[_WRITE],
    responses={409: _DISABLED},
)
async def replay_delivery(
    delivery_id: UUID, tx: ProgramTx, program_id: ProgramId, caller: ProgramCaller, now: RealNow
) -> DeliveryOut:
    """Send a delivery again, whatever became of it, under the same `webhook-id`."""
    again = await operations.replay_delivery(tx, program_id, DeliveryId(delivery_id), by=caller.actor, now=now)
    return DeliveryOut.of(again)
