"""The second factor: an authenticator app (RFC 6238), and recovery codes for when it is lost."""

from __future__ import annotations

import base64
import secrets
from datetime import datetime

import pyotp

from puntal.access import policy
from puntal.access.errors_sign_in import FactorEnrolled, FactorMissing, FactorUnproven
from puntal.access.model import OrganizationId, Staff, StaffId
from puntal.access.model_sign_in import Factor
from puntal.access.operations import audit
from puntal.access.store import sign_in as store
from puntal.kit.db import Transaction

_GROUP = 4


async def enrol(tx: Transaction, staff: Staff, *, now: datetime) -> str:
    """Return a new secret for her app; it is asked for only once `confirm` saw a right code.

    Raises:
        FactorEnrolled: She has a factor that is confirmed.
    """
    secret = pyotp.random_base32()
    if not await store.put_factor(tx, staff.organization_id, staff.id, secret=secret, now=now):
        raise FactorEnrolled
    return secret


async def confirm(tx: Transaction, staff: Staff, code: str, *, now: datetime) -> list[str]:
    """Ask for the factor from now on, since her app shows the right code; returns recovery codes, shown this once.

    Raises:
        FactorMissing: None was begun.
        FactorEnrolled: It is confirmed already.
        FactorUnproven: The code is wrong.
    """
    factor = await store.lock_factor(tx, staff.id)
    if factor is None:
        raise FactorMissing
    if factor.confirmed_at is not None:
        raise FactorEnrolled
    step = policy.step_of(factor.secret, policy.read_code(code), after=factor.last_step, now=now)
    if step is None:
        raise FactorUnproven
    await store.use_step(tx, staff.id, step, now=now)
    await _record(tx, staff.organization_id, staff.id, "staff.second_factor_added", now)
    return await _make_recovery_codes(tx, staff.id)


async def renew_recovery_codes(tx: Transaction, staff: Staff, *, now: datetime) -> list[str]:
    """Return new recovery codes, shown this once; those before no longer work.

    Raises:
        FactorMissing: She has no confirmed factor.
    """
    factor = await store.lock_factor(tx, staff.id)
    if factor is None or factor.confirmed_at is None:
        raise FactorMissing
    await _record(tx, staff.organization_id, staff.id, "staff.recovery_codes_made", now)
    return await _make_recovery_codes(tx, staff.id)


async def remove(tx: Transaction, staff: Staff, *, now: datetime) -> None:
    """Take her factor and its recovery codes away; what she proves before is up to the caller.

    Raises:
        FactorMissing: She has no confirmed factor.
    """
    factor = await store.lock_factor(tx, staff.id)
    if factor is None or factor.confirmed_at is None:
        raise FactorMissing
    await store.drop_factor(tx, staff.id)
    await _record(tx, staff.organization_id, staff.id, "staff.second_factor_removed", now)


async def use_code(
    tx: Transaction, organization_id: OrganizationId, staff_id: StaffId, factor: Factor, sent: str, *, now: datetime
) -> bool:
    """Use up a code of the app, or a recovery code; tells whether it was right.

    Args:
        tx: Holds the factor's row, so that of two requests with one code one is right.
        organization_id: The person's.
        staff_id: Whose factor.
        factor: As it was locked.
        sent: As it was typed.
        now: The real time.
    """
    code = policy.read_code(sent)
    if policy.is_totp(code):
        step = policy.step_of(factor.secret, code, after=factor.last_step, now=now)
        if step is not None:
            await store.use_step(tx, staff_id, step, now=now)
        return step is not None
    if not await store.use_recovery_code(tx, staff_id, policy.hash_secret(code)):
        return False
    await _record(tx, organization_id, staff_id, "staff.recovery_code_used", now)
    return True


async def _make_recovery_codes(tx: Transaction, staff_id: StaffId) -> list[str]:
    codes = [
        base64.b32encode(secrets.token_bytes(policy.RECOVERY_BYTES)).decode().lower()
        for _ in range(policy.RECOVERY_CODES)
    ]
    await store.replace_recovery_codes(tx, staff_id, [policy.hash_secret(code) for code in codes])
    return ["-".join(code[at : at + _GROUP] for at in range(0, len(code), _GROUP)) for code in codes]


async def _record(
    tx: Transaction, organization_id: OrganizationId, staff_id: StaffId, action: str, now: datetime
) -> None:
    who = f"staff:{staff_id}"
    await audit.record(tx, organization_id=organization_id, actor=who, action=action, subject=who, now=now)
