"""A new password for somebody who cannot sign in: a token, used once, for an hour."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from puntal.access import policy, queries
from puntal.access.errors import StaffUnknown
from puntal.access.errors_sign_in import ResetOver
from puntal.access.model import Caller, StaffId
from puntal.access.model_sign_in import NewReset, Reset
from puntal.access.operations import attempts, audit, staff
from puntal.access.store import passkeys
from puntal.access.store import sign_in as store
from puntal.kit.db import Transaction

_TOKEN_BYTES = 32


async def make(
    tx: Transaction,
    staff_id: StaffId,
    *,
    by: Caller,
    drops_factor: bool,
    now: datetime,
    lasts: timedelta = policy.RESET_LASTS,
) -> NewReset:
    """Make the token with which a person chooses a new password; an earlier one no longer works.

    Args:
        tx: Outside any program; the caller commits.
        staff_id: Who.
        by: Whoever could appoint her; only an owner resets an owner.
        drops_factor: Using it also takes her second factor away, and her passkeys.
        now: The real time.
        lasts: How long it is good for.

    Raises:
        StaffUnknown: Nobody of this organization, or disabled.
        BeyondOwn: Her role may do what the caller may not.
    """
    person = await queries.find_staff(tx, by.organization_id, staff_id)
    if person is None or person.disabled_at is not None:
        raise StaffUnknown
    role = (await queries.list_roles(tx, by.organization_id)).get(person.role)
    if role is not None:
        await staff.check_appoints(tx, by, role)
    reset = Reset(
        staff_id=person.id,
        organization_id=person.organization_id,
        expires_at=now + lasts,
        drops_factor=drops_factor,
    )
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    await store.put_reset(tx, reset, policy.hash_secret(token))
    await audit.record(
        tx,
        organization_id=person.organization_id,
        actor=by.actor,
        action="staff.reset_made",
        subject=f"staff:{person.id}",
        now=now,
        detail={"drops_factor": drops_factor},
    )
    return NewReset(reset=reset, token=token)


async def whose(tx: Transaction, token: str, *, now: datetime) -> tuple[str, str, str]:
    """Return name and address of the person a token is for, and her organization's name; the token stays good.

    Raises:
        ResetOver: Used, replaced, expired or unknown.
    """
    names = await store.whose_reset(tx, policy.hash_secret(token), now=now)
    if names is None:
        raise ResetOver
    return names


async def use(tx: Transaction, token: str, password: str, *, now: datetime) -> None:
    """Choose a new password; every session of hers ends. A refusal leaves the token as it was.

    Raises:
        ResetOver: Used, replaced, expired or unknown.
        PasswordWeak: Too easy to guess.
    """
    reset = await store.take_reset(tx, policy.hash_secret(token), now=now)
    person = None if reset is None else await queries.find_staff(tx, reset.organization_id, reset.staff_id)
    if reset is None or person is None:
        raise ResetOver
    who = f"staff:{person.id}"
    await staff.set_password(tx, person, password, actor=who, now=now)
    await attempts.forgive(tx, person.email)
    if reset.drops_factor:
        await store.drop_factor(tx, person.id)
        # Those on the device she lost, too; whoever found it may know its PIN.
        await passkeys.delete_passkeys(tx, person.id)
        await audit.record(
            tx,
            organization_id=person.organization_id,
            actor=who,
            action="staff.second_factor_removed",
            subject=who,
            now=now,
        )
