"""The second factor: an authenticator app (RFC 6238), and recovery codes for when it is lost."""

from __future__ import annotations

import base64
import secrets
from datetime import datetime

import pyotp

from puntal.access import policy
from puntal.access.errors_sign_in import FactorEnrolled, FactorMissing, FactorUnproven, SecretUnreadable
from puntal.access.model import OrganizationId, Staff, StaffId
from puntal.access.model_sign_in import Factor
from puntal.access.operations import audit
from puntal.access.store import sign_in as store
from puntal.kit.db import Transaction
from puntal.kit.sealing import SealBrokenError, Sealer

_GROUP = 4


async def enrol(tx: Transaction, staff: Staff, *, sealer: Sealer, now: datetime) -> str:
    """Return a new secret for her app; it is asked for only once `confirm` saw a right code.

    Raises:
        FactorEnrolled: She has a factor that is confirmed.
    """
    secret = pyotp.random_base32()
    sealed = sealer.seal(secret, of=_of(staff.id))
    if not await store.put_factor(tx, staff.organization_id, staff.id, secret=sealed, now=now):
        raise FactorEnrolled
    return secret


async def confirm(tx: Transaction, staff: Staff, code: str, *, sealer: Sealer, now: datetime) -> list[str]:
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
    if not await _use_step(tx, staff.id, factor, policy.read_code(code), sealer=sealer, now=now):
        raise FactorUnproven
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
    tx: Transaction,
    organization_id: OrganizationId,
    staff_id: StaffId,
    factor: Factor,
    sent: str,
    *,
    sealer: Sealer,
    now: datetime,
) -> bool:
    """Use up a code of the app, or a recovery code; tells whether it was right.

    Args:
        tx: Holds the factor's row, so that of two requests with one code one is right.
        organization_id: The person's.
        staff_id: Whose factor.
        factor: As it was locked.
        sent: As it was typed.
        sealer: Opens the secret.
        now: The real time.

    Raises:
        SecretUnreadable: The secret was sealed by a key that is not here; recovery codes still work.
    """
    code = policy.read_code(sent)
    if policy.is_totp(code):
        return await _use_step(tx, staff_id, factor, code, sealer=sealer, now=now)
    if not await store.use_recovery_code(tx, staff_id, policy.hash_secret(code)):
        return False
    await _record(tx, organization_id, staff_id, "staff.recovery_code_used", now)
    return True


async def reseal(tx: Transaction, *, sealer: Sealer) -> int:
    """Seal every secret by the key that seals now; returns how many were sealed by another, or not at all."""
    renewed = {
        staff_id: sealer.seal(_opened(sealer, staff_id, stored), of=_of(staff_id))
        for staff_id, stored in await store.lock_secrets(tx)
        if not sealer.is_current(stored)
    }
    await store.set_secrets(tx, renewed)
    return len(renewed)


async def _use_step(
    tx: Transaction, staff_id: StaffId, factor: Factor, code: str, *, sealer: Sealer, now: datetime
) -> bool:
    secret = _opened(sealer, staff_id, factor.secret)
    step = policy.step_of(secret, code, after=factor.last_step, now=now)
    if step is None:
        return False
    # The use of one that an older key sealed, or nobody, seals it anew.
    stored = factor.secret if sealer.is_current(factor.secret) else sealer.seal(secret, of=_of(staff_id))
    await store.use_step(tx, staff_id, step, secret=stored, now=now)
    return True


def _opened(sealer: Sealer, staff_id: StaffId, stored: str) -> str:
    try:
        return sealer.open(stored, of=_of(staff_id))
    except SealBrokenError as broken:
        raise SecretUnreadable from broken


def _of(staff_id: StaffId) -> str:
    return f"staff_factor:{staff_id}"


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
