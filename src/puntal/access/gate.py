"""Letting requests in without a query each: known keys, sessions and programs are remembered for a few seconds.

`Gate` lives in `app.state.gate`, one per process; `run_flusher` is a background task of the server. The ingest route
calls `Gate.admit` directly, the other routes through `puntal.access.dependencies`.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from limits import RateLimitItem, RateLimitItemPerSecond
from limits.storage import MemoryStorage
from psycopg import Error as DatabaseError
from psycopg_pool import PoolTimeout

from puntal.access import policy, queries, store
from puntal.access.errors import (
    KeyRevoked,
    KeyUnknown,
    NoCredentials,
    OrganizationOnly,
    ProgramUnknown,
    RateExceeded,
)
from puntal.access.errors_sign_in import KnocksExceeded
from puntal.access.model import Caller, Permission, ProgramRef
from puntal.access.model_sign_in import SentSession, Visit
from puntal.access.queries import Credential
from puntal.access.recent import REMEMBERED, Recent
from puntal.access.visits import Visits
from puntal.kit import clock
from puntal.kit.db import Database

FLUSH_SECONDS = 60.0
_MINUTE_SECONDS = 60
_BEARER = "bearer "
_log = structlog.get_logger(__name__)


class KeyRing:
    """Knows keys for a few seconds, checks secrets, and notes which were used."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._credentials: Recent[Credential | None] = Recent(self._find)
        self._callers: dict[UUID, tuple[Credential, Caller]] = {}
        self._used: dict[UUID, datetime] = {}
        self._heard: dict[UUID, datetime] = {}
        self._known: set[UUID] = set()
        """Keys of which this process knows that an event came with them."""
        self.first = asyncio.Event()
        """Set with a key's first event: somebody may be waiting to see it."""

    async def caller(self, authorization: str | None, client: str | None, now: datetime) -> Caller:
        """Return who sent this header.

        Args:
            authorization: The header, `Bearer pk_live_…`.
            client: The address it came from; only keys tied to networks look at it.
            now: The real time, not a program's.

        Raises:
            NoCredentials: No such header.
            KeyUnknown: No such key, a wrong secret, or a network it may not be used from.
            KeyExpired: Its time is over.
            KeyRevoked: Somebody ended it, or the person it belongs to is disabled.
        """
        if authorization is None or authorization[: len(_BEARER)].lower() != _BEARER:
            raise NoCredentials
        token = policy.read_token(authorization[len(_BEARER) :].strip())
        if token is None:
            raise KeyUnknown
        prefix, sent = token
        credential = self._credentials.peek(prefix, now) or await self._credentials.get(prefix, now)
        if credential is None or not policy.same_secret(credential.secret_hash, sent):
            raise KeyUnknown
        policy.admit(credential.key, client=client, now=now)
        if credential.staff_disabled:
            raise KeyRevoked
        self._used[credential.key.id] = now
        return self._caller_of(credential)

    @property
    def remembered(self) -> int:
        """Return how many keys are known without a query."""
        return len(self._credentials)

    def forget(self) -> None:
        """Look every key up again."""
        self._credentials.forget()

    def heard(self, caller: Caller, now: datetime) -> None:
        """Note that an event came with a key and was taken in.

        Args:
            caller: Who sent it; people's sessions are no keys.
            now: The real time, not a program's.
        """
        known = self._callers.get(caller.id)
        if caller.id in self._known or known is None:
            return
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        self._known.add(caller.id)
        if known[0].key.first_event_at is None:
            self._heard[caller.id] = now
            self.first.set()

    async def flush(self) -> None:
        """Write when keys were used last and first sent an event, in a transaction of its own."""
        used, self._used = self._used, {}
        heard, self._heard = self._heard, {}
        if not used and not heard:
            return
        try:
            async with self._database.transaction() as tx:
                await store.mark_used(tx, used)
                await store.mark_heard(tx, heard)
        except BaseException:
            # Newer uses noted meanwhile win over the ones that could not be written.
            self._used = used | self._used
            self._heard = self._heard | heard
            raise

    def _caller_of(self, credential: Credential) -> Caller:
        known = self._callers.get(credential.key.id)
        if known is not None and known[0] is credential:
            return known[1]
        if len(self._callers) >= REMEMBERED:
            self._callers.clear()
        caller = caller_of(credential)
        self._callers[credential.key.id] = (credential, caller)
        return caller

    async def _find(self, prefix: str) -> Credential | None:
        async with self._database.transaction() as tx:
            return await queries.find_credential(tx, prefix)


def caller_of(credential: Credential) -> Caller:
    """Return who stands behind a key: itself, or the person it acts for within her role."""
    key, role = credential.key, credential.role
    if key.staff_id is None or role is None:
        return Caller(
            kind="key",
            organization_id=key.organization_id,
            program_id=key.program_id,
            id=key.id,
            name=key.name,
            permissions=key.scopes,
        )
    return Caller(
        kind="staff",
        organization_id=key.organization_id,
        program_id=key.program_id,
        id=key.staff_id,
        name=credential.staff_name or key.name,
        permissions=key.scopes & role.permissions,
        store=credential.store,
        adjust_limit=role.adjust_limit,
        locale=credential.locale,
        programs=credential.programs,
    )


def caller_of_visit(visit: Visit) -> Caller:
    """Return somebody signed in, with what her role allows."""
    return Caller(
        kind="staff",
        organization_id=visit.staff.organization_id,
        program_id=None,
        id=visit.staff.id,
        name=visit.staff.name,
        permissions=visit.role.permissions,
        store=visit.staff.store,
        adjust_limit=visit.role.adjust_limit,
        locale=visit.staff.locale,
        programs=None if visit.staff.programs is None else frozenset(visit.staff.programs),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """A request that may go on.

    Attributes:
        now: The program's time: the real one minus its offset.
        headers: What every answer to it tells of the rate limit.
    """

    caller: Caller
    program: ProgramRef
    now: datetime
    headers: dict[str, str] = field(default_factory=dict)


class Gate:
    """Everything a request passes before it reaches its operation. One per process."""

    def __init__(self, database: Database, *, requests_per_second: int = 0, knocks_per_minute: int = 0) -> None:
        """Remember nothing yet.

        Args:
            database: Where keys and programs are.
            requests_per_second: Most requests of one key in this process; 0 is no limit.
            knocks_per_minute: Most tries to sign in from one address in this process, right or wrong; 0 is no limit.
        """
        self.ring = KeyRing(database)
        self.visits = Visits(database)
        self._database = database
        self._programs: Recent[ProgramRef | None] = Recent(self._find_program)
        self._limit: RateLimitItem | None = RateLimitItemPerSecond(requests_per_second) if requests_per_second else None
        self._counts = MemoryStorage()
        self._knocks = knocks_per_minute

    async def admit(
        self,
        *,
        authorization: str | None,
        client: str | None,
        slug: str,
        permission: Permission | None,
        session: SentSession | None = None,
    ) -> Admission:
        """Let one request to a program in.

        Args:
            authorization: The header of that name.
            client: The address the request came from.
            slug: The program in the URL.
            permission: What it takes; None where any key of the program will do.
            session: What a browser sent; looked at only where no key was.

        Raises:
            Unauthenticated: Of a kind `KeyRing.caller` or `Visits.visit` names.
            ForeignOrigin: Another site's page used a session to change something.
            RateExceeded: The key, or the person, asks too often.
            ProgramUnknown: No such program, or not one of this key's.
            Forbidden: The permission is missing.
        """
        now = clock.now()
        caller = await self._caller(authorization, client, session, now)
        headers = self.hit(caller)
        program = await self.program(slug, caller, now)
        if permission is not None:
            caller.require(permission)
        return Admission(
            caller=caller,
            program=program,
            now=now - timedelta(seconds=program.clock_offset_seconds) if program.clock_offset_seconds else now,
            headers=headers,
        )

    async def admit_to_organization(
        self,
        *,
        authorization: str | None,
        client: str | None,
        permission: Permission | None,
        session: SentSession | None = None,
    ) -> tuple[Caller, dict[str, str]]:
        """Let one request above programs in; returns who asks, and what the answer tells of the rate limit.

        Raises:
            Unauthenticated: Of a kind `KeyRing.caller` or `Visits.visit` names.
            ForeignOrigin: Another site's page used a session to change something.
            RateExceeded: The key, or the person, asks too often.
            OrganizationOnly: The key opens one program only.
            Forbidden: The permission is missing, or she sees only some programs.
        """
        caller = await self._caller(authorization, client, session, clock.now())
        headers = self.hit(caller)
        if caller.program_id is not None:
            raise OrganizationOnly
        if permission is not None:
            caller.require_above(permission)
        return caller, headers

    async def program(self, slug: str, caller: Caller, now: datetime) -> ProgramRef:
        """Return the program of a URL for somebody who may know of it.

        Raises:
            ProgramUnknown: There is none, or it is not hers: the same answer on purpose.
        """
        found = self._programs.peek(slug, now) or await self._programs.get(slug, now)
        if found is None or found.organization_id != caller.organization_id or not caller.sees(found.id):
            raise ProgramUnknown(program=slug)
        return found

    def hit(self, caller: Caller) -> dict[str, str]:
        """Count one request; returns the `RateLimit-*` headers of its answer.

        Raises:
            RateExceeded: One too many.
        """
        if self._limit is None:
            return {}
        # The storage itself and not a strategy of the library: that would ask it three times a request.
        name = caller.id.hex
        limit, seconds = self._limit.amount, self._limit.get_expiry()
        count = self._counts.incr(name, seconds)
        reset = max(1, round(self._counts.get_expiry(name) - clock.now().timestamp()))
        if count > limit:
            raise RateExceeded(limit=limit, window_seconds=seconds, retry_after_seconds=reset)
        return {
            "RateLimit-Limit": str(limit),
            "RateLimit-Remaining": str(limit - count),
            "RateLimit-Reset": str(reset),
        }

    def knock(self, address: str | None) -> None:
        """Count somebody who tries to come in, before anything is looked at: what is done for her costs, too.

        Failures have limits of their own, for all processes (`operations.attempts`).

        Raises:
            KnocksExceeded: One too many.
        """
        if not self._knocks:
            return
        name = f"knock:{policy.network_of(address)}"
        if self._counts.incr(name, _MINUTE_SECONDS) > self._knocks:
            wait = max(1, round(self._counts.get_expiry(name) - clock.now().timestamp()))
            raise KnocksExceeded(retry_after_seconds=wait)

    def forget(self) -> None:
        """Look keys and programs up again at the next request."""
        self.ring.forget()
        self.visits.forget()
        self._programs.forget()

    async def run_flusher(self, every_seconds: float = FLUSH_SECONDS) -> None:
        """Write when keys and sessions were used last, now and then and at a key's first event, until cancelled."""
        try:
            while True:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self.ring.first.wait(), every_seconds)
                self.ring.first.clear()
                await self._flush_or_log()
        finally:
            await self._flush_or_log()

    async def _flush_or_log(self) -> None:
        try:
            await self.ring.flush()
            await self.visits.flush()
        except (DatabaseError, PoolTimeout) as lost:
            _log.warning("access.last_used.not_written", reason=type(lost).__name__)

    async def _caller(
        self, authorization: str | None, client: str | None, session: SentSession | None, now: datetime
    ) -> Caller:
        if authorization is None and session is not None:
            return caller_of_visit(await self.visits.visit(session, now))
        return await self.ring.caller(authorization, client, now)

    async def _find_program(self, slug: str) -> ProgramRef | None:
        if not slug or "\0" in slug:
            return None
        async with self._database.transaction() as tx:
            return await queries.find_program(tx, slug)
