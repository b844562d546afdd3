"""The nouns: what callers send, what is known of a member, what an operation answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal, TypeAlias
from uuid import UUID

from msgspec import Struct, field

Status = Literal["active", "guest", "paused", "blocked", "left", "erased", "merged"]
Identity: TypeAlias = tuple[str, str]
"""Kind (`email`, `phone`, `card`, `device`, `external:<source>`) and normalised value."""

MatchKind = Literal["id", "external", "email", "card", "phone"]
DEFAULT_MATCH: tuple[MatchKind, ...] = ("id", "external", "email", "card", "phone")

MEMBERS: tuple[Status, ...] = ("active", "paused", "blocked")
"""Who is a member: joined and did not leave."""
EARNING: frozenset[Status] = frozenset({"active", "guest"})
"""Whose events may award something; a guest's stays unclaimed."""


class Ids(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True, gc=False):
    """How a caller names a person: any of these, as they were written.

    Attributes:
        external: The person's id in other systems, by source: `{"shopify": "6712"}`.
    """

    id: UUID | None = None
    email: str | None = None
    phone: str | None = None
    card: str | None = None
    device: str | None = None
    external: dict[str, str] = field(default_factory=dict)


class Match(Struct, frozen=True, gc=False):
    """Whom an ask means.

    Attributes:
        member_id: The first match in the program's order; a merged member's survivor. None: unknown.
        conflict: Another member that a later identity of the same ask points at; report it for merging.
    """

    member_id: UUID | None
    conflict: UUID | None = None


class Profile(Struct, frozen=True, kw_only=True, gc=False):
    """What is known of a member, without what she owns.

    Attributes:
        enrolled_at: None for a guest, who has not joined.
        zone: IANA name of her own time zone, where known; else the program's counts.
        birthday_counts_from: A birthday before this day is not celebrated: the date was set too late for it.
        birthday_paid_on: The day her last birthday was celebrated.
        attributes: By bare name, in the form facts hold them (minor units, ISO days).
        claim_until: Until when what a guest earned can be claimed.
        pool_id: The pool she shares with.
    """

    id: UUID
    status: Status
    enrolled_at: datetime | None = None
    name: str | None = None
    locale: str | None = None
    country: str | None = None
    zone: str | None = None
    birthday: date | None = None
    birthday_set_at: datetime | None = None
    birthday_counts_from: date | None = None
    birthday_paid_on: date | None = None
    email_verified_at: datetime | None = None
    phone_verified_at: datetime | None = None
    attributes: Mapping[str, object] = field(default_factory=dict)
    merged_into: UUID | None = None
    referrer_id: UUID | None = None
    claim_until: datetime | None = None
    created_at: datetime
    updated_at: datetime
    pool_id: UUID | None = None


class Evidence(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What proves a consent, or that an address is a member's.

    Attributes:
        source: Where it was said or shown: `checkout`, `pos:madrid-3`, `import`, `link in an e-mail`.
        text_version: Which wording was shown.
        ip_hash: Keyed hash of the address it came from; the address itself is not kept.
    """

    source: str
    text_version: str | None = None
    ip_hash: str | None = None
    note: str | None = None


class Consent(Struct, frozen=True, kw_only=True):
    """One yes or no to a purpose on a channel, with its evidence.

    Attributes:
        channel: `email`, `sms`, ...; empty when the purpose has none.
        at: When it was said; the time of recording when not given.
    """

    purpose: str
    given: bool
    evidence: Evidence
    channel: str = ""
    at: datetime | None = None


class NewMember(Struct, frozen=True, kw_only=True):
    """A person to enrol. `ids.id`, when nobody has it, becomes the member's id.

    Attributes:
        attributes: As people write them; read by the program's typed fields.
        enrolled_at: For imports of people who joined elsewhere before; the time of recording when not given.
    """

    ids: Ids
    name: str | None = None
    locale: str | None = None
    country: str | None = None
    zone: str | None = None
    birthday: date | None = None
    attributes: dict[str, object] = field(default_factory=dict)
    consents: tuple[Consent, ...] = ()
    referrer_id: UUID | None = None
    enrolled_at: datetime | None = None


class Enrolled(Struct, frozen=True, kw_only=True):
    """The answer to one enrolment.

    Attributes:
        created: False when the person was known before.
        claimed: A guest joined: what she earned as one becomes hers now.
        conflict: Another member with one of the identities; reported for merging.
        warnings: `disposable_email`, `same_mailbox`: reasons to look twice, never to refuse.
    """

    id: UUID
    created: bool
    claimed: bool = False
    rejoined: bool = False
    conflict: UUID | None = None
    warnings: tuple[str, ...] = ()


class KnownIdentity(Struct, frozen=True, kw_only=True):
    """An identity as stored."""

    kind: str
    value: str
    added_at: datetime
    verified_at: datetime | None = None
    evidence: Evidence | None = None
    """Of `verified_at`."""
