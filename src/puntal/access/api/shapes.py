"""What the routes of access take and give."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Depends, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, EmailStr, Field

from puntal.access.model import ApiKey, Approval, AuditEntry, AuditFilter, Permission, Role, Staff
from puntal.access.model_asked import Asked

Instant = Annotated[AwareDatetime, Field(gt=datetime(2000, 1, 1, tzinfo=UTC), lt=datetime(2200, 1, 1, tzinfo=UTC))]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Filter = Annotated[str | None, Field(max_length=200)]


def audit_filter(
    subject: Annotated[Filter, Query(description="Only about this, such as `member:<id>` or `key:<id>`.")] = None,
    action: Annotated[Filter, Query(description="Only this, such as `points.adjusted`.")] = None,
    actor: Annotated[Filter, Query(description="Only by this, such as `staff:<id>`.")] = None,
    since: Annotated[Instant | None, Query(description="Only from then on.")] = None,
    until: Annotated[Instant | None, Query(description="Only before then.")] = None,
) -> AuditFilter:
    """Read which lines of a log are asked for."""
    return AuditFilter(subject=subject, action=action, actor=actor, since=since, until=until)


OnlyLines = Annotated[AuditFilter, Depends(audit_filter)]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class OrganizationOut(_Out):
    """The business that runs programs here."""

    id: UUID
    name: str
    created_at: datetime
    demo: bool = Field(description="Its programs were made by `puntal demo`.")


class CreateKey(_In):
    """A key to make."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"name": "Online shop", "scopes": ["events:write", "members:read"], "program": "tienda"}]
        },
    )

    name: Name
    scopes: list[Permission] = Field(min_length=1, max_length=len(Permission))
    program: str | None = Field(
        default=None, max_length=200, description="Slug of the only program it opens; null opens all of them."
    )
    networks: list[Annotated[str, Field(max_length=50)]] = Field(
        default_factory=list, max_length=50, description="CIDR blocks it may be used from; empty is anywhere."
    )
    expires_at: Instant | None = None
    staff_id: UUID | None = Field(
        default=None, description="The person it acts for: it does no more than her role allows, and ends with her."
    )


class RotateKey(_In):
    """How long the old key goes on working."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"old_until": "2026-12-01T00:00:00Z"}]})

    old_until: Instant | None = Field(default=None, description="End of the overlap; null is one day from now.")


class KeyOut(_Out):
    """A key, without its secret."""

    id: UUID
    program_id: int | None
    name: str
    prefix: str
    scopes: list[Permission]
    networks: list[str]
    created_at: datetime
    created_by: UUID | None
    staff_id: UUID | None
    expires_at: datetime | None
    revoked_at: datetime | None
    replaced_by: UUID | None
    last_used_at: datetime | None = Field(description="To the minute or so.")
    first_event_at: datetime | None = Field(description="When an event that came with it was first taken in.")

    @classmethod
    def of(cls, key: ApiKey) -> KeyOut:
        """Return the key as it is shown."""
        return cls.model_validate(_sorted(key))


class NewKeyOut(KeyOut):
    """A key just made. The token is shown this once."""

    token: str | None = Field(description="Null when the answer is a repeated one: secrets are not kept.")


def _sorted(key: ApiKey) -> dict[str, Any]:
    shown = {name: getattr(key, name) for name in KeyOut.model_fields}
    return shown | {"scopes": sorted(key.scopes), "networks": list(key.networks)}


def new_key(key: ApiKey, token: str) -> NewKeyOut:
    """Return a key just made as it is shown once."""
    return NewKeyOut.model_validate(_sorted(key) | {"token": token})


class AddStaff(_In):
    """A person to add."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"email": "anna@example.org", "name": "Anna", "role": "support", "locale": "es"}]
        },
    )

    email: EmailStr = Field(max_length=254)
    name: Name
    role: Annotated[str, Field(min_length=1, max_length=60)]
    password: str | None = Field(default=None, max_length=256, description="At least 12 characters.")
    store: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    locale: Literal["en", "es"] = "en"
    programs: list[Annotated[int, Field(ge=1, lt=2**31)]] | None = Field(
        default=None, min_length=1, max_length=200, description="Ids of the only ones she sees; null: every one."
    )


class StaffOut(_Out):
    """A person who works here."""

    id: UUID
    email: str
    name: str
    role: str
    store: str | None
    locale: str
    created_at: datetime
    disabled_at: datetime | None
    programs: list[int] | None = Field(default=None, description="Ids of the only ones she sees; null: every one.")
    theme: Literal["system", "light", "dark"] = "system"

    @classmethod
    def of(cls, staff: Staff) -> StaffOut:
        """Return the person as she is shown."""
        return cls.model_validate(staff)


class PutRole(_In):
    """What a role may do."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"permissions": ["members:read", "points:adjust"], "adjust_limit": 500}]},
    )

    permissions: list[Permission] | None = Field(
        default=None, max_length=len(Permission), description="Left out for a built-in role."
    )
    adjust_limit: int | None = Field(
        default=None,
        ge=0,
        lt=2**63,
        description="Most one adjustment may move without a second person, in smallest units; null: no limit.",
    )


class RoleOut(_Out):
    """A named set of permissions."""

    id: str
    permissions: list[Permission]
    adjust_limit: int | None
    built_in: bool

    @classmethod
    def of(cls, role: Role) -> RoleOut:
        """Return the role as it is shown."""
        return cls(
            id=role.id,
            permissions=sorted(role.permissions),
            adjust_limit=role.adjust_limit,
            built_in=role.built_in,
        )


class AuditEntryOut(_Out):
    """One thing somebody did."""

    id: UUID
    at: datetime
    actor: str
    actor_name: str | None = Field(default=None, description="What the person or key is called.", examples=["Anna"])
    action: str
    subject: str
    detail: dict[str, Any]

    @classmethod
    def of(cls, entry: AuditEntry, names: Mapping[str, str]) -> AuditEntryOut:
        """Return the line as it is shown; `names` are those of `queries.who`."""
        said = cls.model_validate(entry)
        said.actor_name = names.get(entry.actor)
        return said


class SummaryOut(_Out):
    """What it would do, or did, in words."""

    en: str = Field(examples=["Make 10,000 codes of five_euro (Spring)"])
    es: str = Field(examples=["Crear 10.000 códigos de five_euro (Primavera)"])


class NamedOut(_Out):
    """A part of the program, as it is called."""

    id: str = Field(examples=["points"])
    en: str = Field(examples=["points"])
    es: str = Field(examples=["puntos"])


class AskedOut(_Out):
    """What whoever decides reads: whom it is about, how much, what it makes. Null is what its kind does not have."""

    member_id: UUID | None
    member: str | None = Field(description="Null for callers who may not read members.", examples=["Anna López"])
    wallet: NamedOut | None
    scale: int = Field(description="Decimals of the amounts.", examples=[0])
    currency: str | None = Field(description="Of amounts of money.", examples=["EUR"])
    amount: int | None = Field(
        description="In the smallest unit, negative where it is taken; null of a payout of all there is.",
        examples=[5000],
    )
    before: int | None = Field(
        description="What the wallet holds, or the card has left, now. Only while it waits, for callers who may read "
        "members.",
        examples=[1240],
    )
    after: int | None = Field(description="What it would hold.", examples=[6240])
    worth_minor: int | None = Field(description="What it is expected to cost.", examples=[5000])
    worth_currency: str | None = Field(examples=["EUR"])
    reason: str | None = Field(description="What the member reads.")
    internal: str | None = Field(description="What only staff read.")
    reward: NamedOut | None
    count: int | None = Field(description="So many codes or vouchers.", examples=[1200])
    batch: str | None = Field(description="What their batch is called.")
    card: str | None = Field(description="The last characters of a gift card's code.", examples=["7KQ"])
    changes: list[SummaryOut] = Field(description="What publishing changes, in sentences.")


class ApprovalOut(_Out):
    """Something that needs, or had, a second person's word."""

    id: UUID
    action: str = Field(examples=["points.adjust"])
    summary: SummaryOut | None = Field(description="Null of requests made before there were words.")
    subject: str = Field(examples=["member:019a8f5e-7c1e-7000-8000-3f6c2b1d4e5a"])
    payload: dict[str, Any]
    about: AskedOut | None = Field(description="What it is about, parts and people by their names.")
    asked_by: str
    asked_by_name: str | None = Field(description="What the person or key is called.", examples=["Anna"])
    asked_at: datetime
    expires_at: datetime | None = Field(description="Until when somebody may decide.")
    state: Literal["waiting", "approved", "declined", "expired"]
    decided_by: str | None
    decided_by_name: str | None = Field(examples=["Ben"])
    decided_at: datetime | None

    @classmethod
    def of(cls, approval: Approval, names: Mapping[str, str], asked: Asked | None, now: datetime) -> ApprovalOut:
        """Return the request as it is shown at an instant; `names` are those of `queries.who`."""
        payload = dict(approval.payload)
        told = payload.pop("summary", None)
        return cls.model_validate(
            {
                **{name: getattr(approval, name) for name in cls.model_fields if hasattr(approval, name)},
                "summary": told if asked is None or asked.summary is None else asked.summary._asdict(),
                "payload": payload,
                "about": asked,
                "asked_by_name": names.get(approval.asked_by),
                "decided_by_name": names.get(approval.decided_by or ""),
                "state": approval.at(now).value,
            }
        )


class FourEyesOut(_Out):
    """What takes two people here, besides adjustments above a role's limit. Kill switches never do."""

    publish: bool = Field(default=False, description="Publishing a program, or an old revision again.")
    voucher_batch: int | None = Field(
        default=None, ge=0, lt=2**63, description="Batches, and files, of more codes than this; null: none."
    )
    voucher_issue: int | None = Field(
        default=None, ge=0, lt=2**63, description="Issuing more vouchers than this at once; null: never."
    )
    wallet_load: int | None = Field(
        default=None,
        ge=0,
        lt=2**63,
        description="Loads and store credit of more than this, in the smallest unit; null: none.",
    )
    gift_card: int | None = Field(
        default=None,
        ge=0,
        lt=2**63,
        description="Gift cards sold for more than this, in the smallest unit; null: none.",
    )
    payout: int | None = Field(
        default=None,
        ge=0,
        lt=2**63,
        description="Paying out more than this of a wallet or gift card, in the smallest unit; null: never.",
    )


class PutFourEyes(FourEyesOut):
    """What is to take two people; what is left out does not."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"publish": True, "voucher_batch": 1000, "wallet_load": 50000, "gift_card": 50000}]
        },
    )


class DecideApproval(_In):
    """The second person's word."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"decision": "approve"}]})

    decision: Literal["approve", "decline"]
