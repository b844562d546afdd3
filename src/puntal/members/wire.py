"""What members look like over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from msgspec import to_builtins
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue

from puntal.members import model
from puntal.members.model import Status

Short = Annotated[str, Field(min_length=1, max_length=254)]
_STRICT = ConfigDict(extra="forbid")


class IdsIn(BaseModel):
    """How a person is named: any of these."""

    model_config = _STRICT

    id: UUID | None = None
    email: Short | None = Field(default=None, examples=["anna@example.com"])
    phone: Short | None = Field(default=None, examples=["+34 612 345 678"])
    card: Short | None = Field(default=None, examples=["AB-1234"])
    device: Short | None = None
    external: dict[str, Short] = Field(
        default_factory=dict,
        max_length=20,
        description="Ids in other systems, by source.",
        examples=[{"shopify": "6712"}],
    )

    def read(self) -> model.Ids:
        """Return the noun."""
        return model.Ids(**self.model_dump())


class EvidenceIn(BaseModel):
    """What proves a consent, or that an address is a member's."""

    model_config = _STRICT

    source: Short = Field(examples=["checkout"])
    text_version: Short | None = Field(default=None, examples=["2026-01"])
    ip_hash: Short | None = Field(default=None, description="Keyed hash of the address; never the address.")
    note: Annotated[str, Field(max_length=1000)] | None = None


class ConsentIn(BaseModel):
    """One yes or no. Without a channel it is said of all channels of the purpose."""

    model_config = _STRICT

    purpose: Annotated[str, Field(max_length=63)] = Field(examples=["news"])
    channel: Annotated[str, Field(max_length=63)] = Field(default="", examples=["email"])
    given: bool
    at: AwareDatetime | None = Field(default=None, description="When it was said; now, when not given.")
    evidence: EvidenceIn

    def read(self) -> model.Consent:
        """Return the noun."""
        evidence = model.Evidence(**self.evidence.model_dump())
        return model.Consent(
            purpose=self.purpose, channel=self.channel, given=self.given, at=self.at, evidence=evidence
        )


class EnrolIn(BaseModel):
    """A person who joins. One identity is enough."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"ids": {"email": "anna@example.com"}, "name": "Anna Ruiz", "country": "ES"}},
    )

    ids: IdsIn
    name: str | None = Field(default=None, max_length=200)
    locale: str | None = Field(default=None, max_length=10)
    country: str | None = Field(default=None, max_length=2)
    zone: str | None = Field(default=None, max_length=64)
    birthday: date | None = None
    attributes: dict[str, JsonValue] = Field(default_factory=dict, max_length=200)
    consents: list[ConsentIn] = Field(default_factory=list, max_length=50)
    referrer_id: UUID | None = None
    enrolled_at: AwareDatetime | None = Field(default=None, description="For people who joined elsewhere before.")

    def read(self) -> model.NewMember:
        """Return the noun."""
        return model.NewMember(
            ids=self.ids.read(),
            name=self.name,
            locale=self.locale,
            country=self.country,
            zone=self.zone,
            birthday=self.birthday,
            attributes=dict(self.attributes),
            consents=tuple(consent.read() for consent in self.consents),
            referrer_id=self.referrer_id,
            enrolled_at=self.enrolled_at,
        )


class BulkIn(BaseModel):
    """Many people who join at once; each is answered."""

    model_config = _STRICT

    members: list[EnrolIn] = Field(min_length=1, max_length=1000)


class EnrolledOut(BaseModel):
    """The answer to one enrolment."""

    id: UUID
    created: bool = Field(description="False: the person was known before.")
    claimed: bool = Field(description="A guest joined; what she earned becomes hers.")
    rejoined: bool
    conflict: UUID | None = Field(description="Another member with one of the identities.")
    warnings: list[str] = Field(examples=[["disposable_email"]])


class RefusedOut(BaseModel):
    """Why one of many was refused."""

    type: str
    title: str
    errors: list[dict[str, Any]] = []


class BulkItemOut(BaseModel):
    """One answer of many, in their order; exactly one of both."""

    enrolled: EnrolledOut | None = None
    refused: RefusedOut | None = None


class BulkOut(BaseModel):
    """The answers, in order."""

    items: list[BulkItemOut]


class IdentityOut(BaseModel):
    """An identity, normalised."""

    kind: str
    value: str
    added_at: datetime
    verified_at: datetime | None
    evidence: dict[str, Any] | None = Field(description="What proved it.", examples=[{"source": "link in an e-mail"}])

    @classmethod
    def of(cls, known: model.KnownIdentity) -> IdentityOut:
        """Return it as the API shows it."""
        evidence = None if known.evidence is None else to_builtins(known.evidence)
        return cls(
            kind=known.kind,
            value=known.value,
            added_at=known.added_at,
            verified_at=known.verified_at,
            evidence=evidence,
        )


class ConsentOut(BaseModel):
    """What holds for a purpose and channel."""

    purpose: str
    channel: str
    given: bool
    at: datetime | None
    evidence: dict[str, Any]


class ListedOut(BaseModel):
    """A member as lists show her."""

    id: UUID
    status: Status
    enrolled_at: datetime | None
    name: str | None
    country: str | None
    locale: str | None


class MemberOut(ListedOut):
    """A member, without what she owns."""

    zone: str | None
    birthday: date | None
    birthday_counts_from: date | None
    email_verified_at: datetime | None
    phone_verified_at: datetime | None
    attributes: dict[str, Any]
    merged_into: UUID | None = Field(description="The member this id redirects to.")
    referrer_id: UUID | None
    claim_until: datetime | None
    pool_id: UUID | None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, profile: model.Profile) -> MemberOut:
        """Return it as the API shows it."""
        shown = {name: getattr(profile, name) for name in cls.model_fields}
        return cls(**shown | {"attributes": dict(profile.attributes)})


class MemberPageOut(MemberOut):
    """A member with identities and consents."""

    identities: list[IdentityOut]
    consents: list[ConsentOut]


class ChangeIn(BaseModel):
    """What changes; what is not named stays, null takes away."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"country": "PT", "attributes": {}}})

    name: str | None = Field(default=None, max_length=200)
    locale: str | None = Field(default=None, max_length=10)
    country: str | None = Field(default=None, max_length=2)
    zone: str | None = Field(default=None, max_length=64)
    birthday: date | None = None
    attributes: dict[str, JsonValue] = Field(default_factory=dict, max_length=200)


class ReasonIn(BaseModel):
    """Why, for staff."""

    model_config = _STRICT

    reason: Annotated[str, Field(min_length=1, max_length=500)] = Field(examples=["Asked by phone"])


class IdentityIn(BaseModel):
    """An identity as `GET members/{id}` shows it."""

    model_config = _STRICT

    kind: Annotated[str, Field(min_length=1, max_length=50)] = Field(examples=["email"])
    value: Short = Field(examples=["anna@example.com"])


class VerifyIn(IdentityIn):
    """An identity that the member proved to be hers, and how."""

    evidence: EvidenceIn


class ConsentsIn(BaseModel):
    """What a member said."""

    model_config = _STRICT

    consents: list[ConsentIn] = Field(min_length=1, max_length=50)


class PoolMemberIn(BaseModel):
    """Who shares; only adults spend."""

    model_config = _STRICT

    member_id: UUID
    adult: bool = True


class PoolIn(BaseModel):
    """A pool to open."""

    model_config = _STRICT

    kind: Annotated[str, Field(max_length=63)] = Field(examples=["household"])
    members: list[PoolMemberIn] = Field(min_length=1, max_length=1000)


class PoolMemberOut(BaseModel):
    """A member of a pool."""

    member_id: UUID
    adult: bool
    joined_at: datetime


class PoolOut(BaseModel):
    """A pool and who shares with it."""

    id: UUID
    members: list[PoolMemberOut]


class CandidateOut(BaseModel):
    """Two members that may be one person."""

    member_id: UUID
    other_id: UUID
    first_seen_at: datetime
    last_seen_at: datetime
    times: int


class CandidatesOut(BaseModel):
    """Pairs to look at, most often named together first."""

    items: list[CandidateOut]
