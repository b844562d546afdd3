"""Organizations, people, keys and what they may do. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, NewType
from uuid import UUID

from puntal.kit.errors import Forbidden

if TYPE_CHECKING:
    from puntal.kit.db import ProgramId

OrganizationId = NewType("OrganizationId", UUID)
StaffId = NewType("StaffId", UUID)
KeyId = NewType("KeyId", UUID)
ApprovalId = NewType("ApprovalId", UUID)


class Permission(StrEnum):
    """What can be allowed: the scopes of keys and the permissions of roles are the same words."""

    EVENTS_READ = "events:read"
    EVENTS_WRITE = "events:write"
    CARTS_EVALUATE = "carts:evaluate"
    MEMBERS_READ = "members:read"
    MEMBERS_WRITE = "members:write"
    MEMBERS_MERGE = "members:merge"
    MEMBERS_ERASE = "members:erase"
    POINTS_ADJUST = "points:adjust"
    POINTS_TRANSFER = "points:transfer"
    MONEY_LOAD = "money:load"
    MONEY_SPEND = "money:spend"
    MONEY_PAYOUT = "money:payout"
    REDEMPTIONS_WRITE = "redemptions:write"
    TILL_USE = "till:use"
    VOUCHERS_READ = "vouchers:read"
    VOUCHERS_WRITE = "vouchers:write"
    PROGRAM_READ = "program:read"
    PROGRAM_WRITE = "program:write"
    PROGRAM_PUBLISH = "program:publish"
    SWITCHES_WRITE = "switches:write"
    REPORTS_READ = "reports:read"
    IMPORTS_WRITE = "imports:write"
    WEBHOOKS_READ = "webhooks:read"
    WEBHOOKS_WRITE = "webhooks:write"
    APPROVALS_READ = "approvals:read"
    APPROVALS_DECIDE = "approvals:decide"
    AUDIT_READ = "audit:read"
    KEYS_READ = "keys:read"
    KEYS_WRITE = "keys:write"
    STAFF_READ = "staff:read"
    STAFF_WRITE = "staff:write"
    PROGRAM_CREATE = "program:create"


ALL_PERMISSIONS = frozenset(Permission)


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization:
    """The business that runs programs here.

    Attributes:
        demo: Its programs were made by `puntal demo`.
    """

    id: OrganizationId
    name: str
    created_at: datetime
    demo: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A named set of permissions.

    Attributes:
        built_in: Its permissions are given by the product; only its limit can be set.
        adjust_limit: Most that one adjustment may move without a second person, in the wallet's smallest unit;
            None is no limit.
    """

    id: str
    permissions: frozenset[Permission]
    adjust_limit: int | None = None
    built_in: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """A person who works for the organization.

    Attributes:
        store: Id of the store she works at, for cashiers.
        programs: Ids of the only programs she sees; None for every one.
        theme: How she likes her screen: `system`, `light` or `dark`.
    """

    id: StaffId
    organization_id: OrganizationId
    email: str
    name: str
    role: str
    store: str | None
    locale: str
    created_at: datetime
    disabled_at: datetime | None
    programs: Sequence[int] | None = None
    theme: str = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """Where cashiers work.

    Attributes:
        id: What orders and deeds at tills carry; never changes.
        name: What people call it.
        closed_at: Since when nobody works there.
    """

    id: str
    name: str
    created_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A credential for machines, or for a person's own scripts when it names staff.

    Attributes:
        program_id: The only program it opens; None opens every program of the organization, and the organization.
        prefix: Its public name, the part of the key before the secret.
        scopes: What it may do at most; a key of staff may do no more than her role allows.
        networks: CIDR blocks it may be used from; empty is from anywhere.
        revoked_at: From then on it is refused; may lie ahead while a rotation overlaps.
        first_event_at: When an event that came with it was first taken in.
    """

    id: KeyId
    organization_id: OrganizationId
    program_id: ProgramId | None
    name: str
    prefix: str
    scopes: frozenset[Permission]
    networks: tuple[str, ...]
    created_at: datetime
    created_by: UUID | None
    staff_id: StaffId | None
    expires_at: datetime | None
    revoked_at: datetime | None
    replaced_by: UUID | None
    last_used_at: datetime | None
    first_event_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyTerms:
    """What a key is asked to be.

    Attributes:
        name: What its owner calls it.
        scopes: What it may do at most.
        program: Slug of the only program it opens; None opens all, and the organization.
        networks: CIDR blocks or addresses it may be used from; none is anywhere.
        expires_at: When it ends by itself.
        staff_id: The person it acts for; it then does no more than her role allows, and ends with her.
    """

    name: str
    scopes: frozenset[Permission]
    program: str | None = None
    networks: tuple[str, ...] = ()
    expires_at: datetime | None = None
    staff_id: StaffId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewStaff:
    """A person to add.

    Attributes:
        email: Where she signs in; compared in lower case.
        role: A built-in role or one of the organization's own.
        store: Id of the store she works at, for cashiers; one that is not known yet is opened under this name.
        programs: Ids of the only programs she sees; None for every one.
    """

    email: str
    name: str
    role: str
    store: str | None = None
    locale: str = "en"
    programs: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """A key just made. `token` is shown once and kept nowhere."""

    key: ApiKey
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who is asking, and what she may do.

    Attributes:
        id: Of the key, or of the person a key of staff belongs to.
        program_id: The only program allowed; None for every program of the organization.
        adjust_limit: Most that one adjustment may move without a second person; None is no limit.
        programs: The only programs a person sees; None for every one. Who sees some only, acts on none above them.
        approved_by: The second person, where she has said yes to just this: nobody is asked again.
    """

    kind: Literal["key", "staff"]
    organization_id: OrganizationId
    program_id: ProgramId | None
    id: UUID
    name: str
    permissions: frozenset[Permission]
    store: str | None = None
    adjust_limit: int | None = None
    locale: str | None = None
    programs: frozenset[int] | None = None
    approved_by: str | None = None

    @property
    def actor(self) -> str:
        """Return the name under which the audit log, approvals and adjustments know her: `staff:<id>`, `key:<id>`."""
        return f"{self.kind}:{self.id}"

    def sees(self, program_id: int) -> bool:
        """Tell whether she may know of a program of her organization."""
        return self.program_id in {None, program_id} and (self.programs is None or program_id in self.programs)

    def may(self, permission: Permission) -> bool:
        """Tell whether this is allowed, for answers that show more to some."""
        return permission in self.permissions

    def require(self, permission: Permission) -> None:
        """Do nothing where allowed.

        Raises:
            Forbidden: It is not; the answer names the permission that is missing.
        """
        if permission not in self.permissions:
            raise Forbidden(permission=permission.value)

    def require_above(self, permission: Permission) -> None:
        """Do nothing where allowed above programs.

        Raises:
            Forbidden: The permission is missing, or she sees only some programs and so acts on none above them.
        """
        self.require(permission)
        if self.programs is not None:
            raise Forbidden(permission=permission.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramRef:
    """What a request needs to know of the program its URL names.

    Attributes:
        clock_offset_seconds: The program's clock is the real one minus this.
    """

    id: ProgramId
    organization_id: OrganizationId
    slug: str
    clock_offset_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One thing somebody did.

    Attributes:
        actor: `staff:<id>`, `key:<id>` or `system`.
        action: Past and dotted: `key.revoked`.
        subject: What it was done to: `key:<id>`, `member:<id>`.
        detail: Numbers and names a reader needs; no secrets, no personal data.
    """

    id: UUID
    at: datetime
    actor: str
    action: str
    subject: str
    detail: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """Which lines of a log; what is None narrows nothing. `until` itself is left out."""

    subject: str | None = None
    action: str | None = None
    actor: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class ApprovalState(StrEnum):
    """Where a request for a second person's word stands."""

    WAITING = "waiting"
    APPROVED = "approved"
    DECLINED = "declined"
    EXPIRED = "expired"
    """Nobody decided it in time; follows from `expires_at`, nothing is written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """Something that needs a second person.

    Attributes:
        action: Name under which the doer of it is registered: `points.adjust`.
        payload: What the doer needs to do it, as JSON values.
        expires_at: From then on nobody decides it; None, of those asked before there was an end: never.
    """

    id: ApprovalId
    action: str
    subject: str
    payload: Mapping[str, object]
    asked_by: str
    asked_at: datetime
    state: ApprovalState
    decided_by: str | None
    decided_at: datetime | None
    expires_at: datetime | None = None

    def at(self, now: datetime) -> ApprovalState:
        """Return where the request stands at an instant."""
        over = self.expires_at is not None and self.expires_at <= now
        return ApprovalState.EXPIRED if over and self.state is ApprovalState.WAITING else self.state


@dataclass(frozen=True, slots=True, kw_only=True)
class FourEyes:
    """What an organization wants a second person for, besides adjustments above a role's limit.

    Attributes:
        publish: Publishing a program, or an old revision again.
        voucher_batch: Batches, and files, of more codes than this; None: of any size without.
        voucher_issue: Issuing more vouchers than this at once outside batches; None: any number without.
        wallet_load: Loads, and store credit, of more than this, in the wallet's smallest unit; None: of any size
            without.
        gift_card: Selling, or activating, gift cards of more than this; None: of any value without.
        payout: Paying out more than this of a wallet or gift card; None: any amount without.
    """

    publish: bool = False
    voucher_batch: int | None = None
    voucher_issue: int | None = None
    wallet_load: int | None = None
    gift_card: int | None = None
    payout: int | None = None

    def asks(self, action: str, size: int | None) -> bool:
        """Tell whether something of a size takes two people."""
        if action == PUBLISH:
            return self.publish
        most: int | None = getattr(self, LIMITED_BY.get(action, ""), None)
        return most is not None and size is not None and size > most


PUBLISH = "program.publish"
VOUCHER_BATCH, VOUCHER_IMPORT, VOUCHER_ISSUE = "vouchers.batch", "vouchers.import", "vouchers.issue"
WALLET_LOAD, WALLET_CREDIT, WALLET_PAYOUT = "wallets.load", "wallets.credit", "wallets.payout"
CARD_SELL, CARD_ACTIVATE, CARD_PAYOUT = "gift_cards.sell", "gift_cards.activate", "gift_cards.payout"
LIMITED_BY: Mapping[str, str] = {
    VOUCHER_BATCH: "voucher_batch",
    VOUCHER_IMPORT: "voucher_batch",
    VOUCHER_ISSUE: "voucher_issue",
    WALLET_LOAD: "wallet_load",
    WALLET_CREDIT: "wallet_load",
    WALLET_PAYOUT: "payout",
    CARD_SELL: "gift_card",
    CARD_ACTIVATE: "gift_card",
    CARD_PAYOUT: "payout",
}
"""By action that an organization may want a second person for above a size: the field of `FourEyes` that says which."""

TOKEN_START = "pk_live_"  # noqa: S105 - how every key begins, so that leak scanners know one when they see it


def read_permissions(words: Iterable[str]) -> frozenset[Permission]:
    """Return the permissions this version knows; a word of a newer version gives nothing."""
    return frozenset(Permission(word) for word in words if word in ALL_PERMISSIONS)
