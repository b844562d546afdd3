"""Sessions of staff, and what proves who somebody is. Pure."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NewType, TypeAlias
from uuid import UUID

from puntal.access.model import OrganizationId, Role, Staff, StaffId

SessionId = NewType("SessionId", UUID)


@dataclass(frozen=True, slots=True, kw_only=True)
class Browser:
    """Where somebody signs in from.

    Attributes:
        address: Of the network; None where nobody knows.
        agent: What the browser says it is.
    """

    address: str | None
    agent: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A browser in which a person is signed in.

    Attributes:
        seen_at: When it last asked for something, to the minute or so.
        expires_at: Its end, however much it is used.
        ended_at: When it was signed out or ended by its owner, a new password, or her being disabled.
    """

    id: SessionId
    organization_id: OrganizationId
    staff_id: StaffId
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    address: str | None
    agent: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSession:
    """A session just begun. `token` goes into the cookie and is kept nowhere."""

    session: Session
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A session as a request uses it: with the person, and what her role means."""

    session: Session
    staff: Staff
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramCard:
    """A program as somebody who may open it is shown it.

    Attributes:
        name: In her language.
        currency: None while its draft names none.
        timezone: As `currency`.
        revision: Newest published one; 0 before the first.
        now: The time by its clock.
    """

    id: int
    slug: str
    name: str
    currency: str | None
    timezone: str | None
    locales: Sequence[str]
    phase: str
    revision: int
    clock_offset_seconds: int
    now: datetime


Cards: TypeAlias = Callable[[OrganizationId, str, datetime], Awaitable[Sequence[ProgramCard]]]
"""Gives an organization's programs by slug, their names in a language; put together by entry points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentSession:
    """What a request without a key brought along.

    Attributes:
        token: From the cookie.
        unsafe: It would change something.
        own: The browser says that a page of ours sent it.
    """

    token: str
    unsafe: bool
    own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """An authenticator app.

    Attributes:
        secret: Shared with the app, in base 32, sealed.
        confirmed_at: Since when it is asked for; None until a first code was right.
        last_step: The newest half minute whose code was used; older ones no longer count.
    """

    secret: str
    confirmed_at: datetime | None
    last_step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorState:
    """What a person may know of her second factor; None since when is none."""

    since: datetime | None
    recovery_codes_left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """Whom somebody says she is.

    Attributes:
        organization_id: Hers, or the installation's first where nobody has the address; None on a fresh installation.
        staff_id: None where nobody may sign in with that address.
    """

    organization_id: OrganizationId | None
    staff_id: StaffId | None
    password_hash: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failures:
    """How often a sign-in failed of late, for one account or one address.

    Attributes:
        failed_at: The last time.
        free_at: Until then nobody is let try.
    """

    count: int
    failed_at: datetime
    free_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reset:
    """A right to choose a new password once.

    Attributes:
        drops_factor: Using it also takes the second factor away, for somebody who lost phone and recovery codes.
    """

    staff_id: StaffId
    organization_id: OrganizationId
    expires_at: datetime
    drops_factor: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReset:
    """A reset just made. `token` is shown once and kept nowhere."""

    reset: Reset
    token: str
