"""Proving who one is, step by step: no transaction is open while a password is compared.

Operations join their caller's transaction. Signing in needs three of its own: the try is counted and committed, the
password compared for some 20 ms, and then the session begun or the failure recorded, and committed too, before the
refusal is raised. Hence this class, which opens them as `Gate` does.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from puntal.access import ceremony, policy
from puntal.access.errors_passkeys import PasskeyRefused, SignedInLongAgo
from puntal.access.errors_sign_in import (
    FactorUnproven,
    PasswordWrong,
    SecondFactorRequired,
    SecondFactorWrong,
    SignInBlocked,
    SignInRefused,
)
from puntal.access.model import OrganizationId, Staff, StaffId
from puntal.access.model_passkeys import Purpose, Site
from puntal.access.model_sign_in import Browser, Claimed, NewSession, Visit
from puntal.access.operations import attempts, audit, factors, passkeys, sessions, staff
from puntal.access.operations.attempts import Attempt
from puntal.access.queries import sign_in as queries
from puntal.access.store import sign_in as store
from puntal.kit.db import Database, Transaction
from puntal.kit.errors import Refusal
from puntal.kit.sealing import Sealer

_UNKNOWN = "staff:unknown"


class Door:
    """Lets people in who prove who they are."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    async def sign_in(
        self, email: str, password: str, code: str | None, *, browser: Browser, now: datetime
    ) -> NewSession:
        """Begin a session.

        Args:
            email: Compared in lower case.
            password: Hers.
            code: Of her second factor, where she has one.
            browser: Where she is.
            now: The real time.

        Raises:
            SignInBlocked: Too many failures of this account, existing or not, or from this address.
            SignInRefused: Nobody with that address and password.
            SecondFactorRequired: She has a second factor; this counts as no failure.
            SecondFactorWrong: The code is wrong or was used.
        """
        address = email.strip().lower()
        attempt = attempts.attempt_of(address, browser.address)
        claimed = await self._reserve(attempt, address, now)
        right = await staff.is_password(password, claimed.password_hash)
        async with self._database.transaction() as tx:
            answer = await _answered(tx, claimed, code, right=right, browser=browser, sealer=self._sealer, now=now)
            if isinstance(answer, NewSession | SecondFactorRequired):
                await attempts.take_back(tx, attempt, now=now, cleared=isinstance(answer, NewSession))
        if isinstance(answer, Refusal):
            raise answer
        return answer

    async def prove(
        self, person: Staff, password: str, *, browser: Browser, now: datetime, code: str | None = None
    ) -> None:
        """Make sure that whoever is signed in is the person, before she changes what proves it.

        Args:
            person: Signed in.
            password: Her present one.
            browser: Where she is.
            now: The real time.
            code: Of her second factor; None where the password will do.

        Raises:
            SignInBlocked: Too many failures.
            PasswordWrong: It is not her password.
            FactorUnproven: The code is wrong or was used.
        """
        attempt = attempts.attempt_of(person.email, browser.address)
        claimed = await self._reserve(attempt, person.email, now)
        right = await staff.is_password(password, claimed.password_hash) and claimed.staff_id == person.id
        refusal: Refusal | None = None if right else PasswordWrong()
        async with self._database.transaction() as tx:
            if right and code is not None:
                factor = await store.lock_factor(tx, person.id)
                # One that is only begun proves nothing, and must not be confirmed by the way.
                asked = factor is not None and factor.confirmed_at is not None
                if (
                    factor is not None
                    and asked
                    and not await factors.use_code(
                        tx, person.organization_id, person.id, factor, code, sealer=self._sealer, now=now
                    )
                ):
                    refusal = FactorUnproven()
            if refusal is None:
                await attempts.take_back(tx, attempt, now=now, cleared=True)
            else:
                await _record(tx, person.organization_id, person.id, "staff.proof_failed", now)
        if refusal is not None:
            raise refusal

    async def prove_anew(
        self, visit: Visit, password: str | None, code: str | None, *, browser: Browser, now: datetime
    ) -> None:
        """Make sure of the person before she changes what opens the door: by her password and the code of her app.

        Whoever has no password, for she signs in with a passkey or by her company, must have signed in just now.

        Args:
            visit: Signed in.
            password: Her present one; None where she has none.
            code: Of her second factor, where she has one.
            browser: Where she is.
            now: The real time.

        Raises:
            SignInBlocked: Too many failures.
            PasswordWrong: It is not her password.
            FactorUnproven: The code is missing, wrong or was used.
            SignedInLongAgo: She has no password, and signed in longer ago than ten minutes.
        """
        async with self._database.transaction() as tx:
            claimed = await queries.find_claimed(tx, visit.staff.email)
            factor = await queries.find_factor(tx, visit.staff.id)
        if claimed.staff_id is None:
            if now - visit.session.created_at > policy.JUST_NOW:
                raise SignedInLongAgo(minutes=policy.JUST_NOW // timedelta(minutes=1))
            return
        if factor.since is not None and code is None:
            raise FactorUnproven
        await self.prove(visit.staff, password or "", browser=browser, now=now, code=code)

    async def sign_in_by_passkey(
        self, credential: Mapping[str, Any], *, site: Site, browser: Browser, browser_hash: bytes, now: datetime
    ) -> NewSession:
        """Begin a session for the owner of a passkey.

        Args:
            credential: What her browser answered.
            site: Ours.
            browser: Where she is.
            browser_hash: What the challenge was tied to.
            now: The real time.

        Raises:
            SignInBlocked: Too many failures from this address.
            PasskeyRefused: No passkey of ours, shut, or not signed as it was asked for.
        """
        attempt = attempts.attempt_of(f"passkey:{ceremony.id_of(credential)!r}", browser.address)
        async with self._database.transaction() as tx:
            wait = await attempts.reserve(tx, attempt, now=now)
            challenge = await passkeys.take(tx, credential, browser_hash, Purpose.SIGN_IN, now=now)
        if wait is not None:
            raise SignInBlocked(retry_after_seconds=wait)
        if challenge is None:
            raise PasskeyRefused
        async with self._database.transaction() as tx:
            answer = await passkeys.sign_in(tx, credential, site=site, challenge=challenge, browser=browser, now=now)
            if isinstance(answer, NewSession):
                await attempts.take_back(tx, attempt, now=now, cleared=True)
        if isinstance(answer, Refusal):
            raise answer
        return answer

    async def _reserve(self, attempt: Attempt, email: str, now: datetime) -> Claimed:
        async with self._database.transaction() as tx:
            wait = await attempts.reserve(tx, attempt, now=now)
            claimed = await queries.find_claimed(tx, email)
        if wait is not None:
            raise SignInBlocked(retry_after_seconds=wait)
        return claimed


async def _answered(
    tx: Transaction, claimed: Claimed, code: str | None, *, right: bool, browser: Browser, sealer: Sealer, now: datetime
) -> NewSession | Refusal:
    """Return the session, or why not; a refusal is returned, for what it recorded must be committed."""
    organization_id, staff_id = claimed.organization_id, claimed.staff_id
    if not right or organization_id is None or staff_id is None:
        await _record(tx, organization_id, staff_id, "staff.sign_in_failed", now, reason="password")
        return SignInRefused()
    if await store.lock_person(tx, staff_id) != claimed.password_hash:
        # A new password, or she was disabled, while this one was compared.
        return SignInRefused()
    factor = await store.lock_factor(tx, staff_id)
    asked = factor is not None and factor.confirmed_at is not None
    if factor is not None and asked:
        if code is None:
            return SecondFactorRequired()
        if not await factors.use_code(tx, organization_id, staff_id, factor, code, sealer=sealer, now=now):
            await _record(tx, organization_id, staff_id, "staff.sign_in_failed", now, reason="second_factor")
            return SecondFactorWrong()
    begun = await sessions.begin(tx, organization_id, staff_id, browser=browser, now=now)
    await _record(tx, organization_id, staff_id, "staff.signed_in", now, second_factor=asked)
    await store.purge(tx, sessions_before=now - policy.SESSIONS_KEPT, failures_before=now - policy.ACCOUNT_FORGOTTEN)
    return begun


async def _record(
    tx: Transaction,
    organization_id: OrganizationId | None,
    staff_id: StaffId | None,
    action: str,
    now: datetime,
    **detail: object,
) -> None:
    if organization_id is None:
        # A fresh installation: there is no log yet, nor anybody to read it.
        return
    who = _UNKNOWN if staff_id is None else f"staff:{staff_id}"
    # An unknown address leaves its line too: so that both take as long, and an owner sees that somebody is guessing.
    actor = audit.SYSTEM if action in {"staff.sign_in_failed", "staff.proof_failed"} else who
    await audit.record(
        tx, organization_id=organization_id, actor=actor, action=action, subject=who, now=now, detail=detail
    )
