"""Making, rotating and revoking API keys."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime

from puntal.access import policy, queries, store
from puntal.access.errors import KeyEnded, KeyNotFound, ProgramUnknown, StaffUnknown
from puntal.access.model import (
    ALL_PERMISSIONS,
    TOKEN_START,
    ApiKey,
    Caller,
    KeyId,
    KeyTerms,
    NewKey,
    OrganizationId,
    Permission,
)
from puntal.access.operations import audit
from puntal.kit import ids
from puntal.kit.db import ProgramId, Transaction


async def create(tx: Transaction, terms: KeyTerms, *, by: Caller, now: datetime) -> NewKey:
    """Make a key in the caller's organization; its secret is in the answer and nowhere else.

    Args:
        tx: Outside any program; the caller commits.
        terms: What it is to be.
        by: Who makes it; nobody gives what she does not have.
        now: The real time, not a program's.

    Raises:
        BeyondOwn: A scope the caller lacks.
        NetworkInvalid: One of the networks cannot be read.
        ExpiryPast: It would have ended already.
        ProgramUnknown: The organization has no such program.
        StaffUnknown: The organization has no such person, or she is disabled.
    """
    policy.check_grant(by.permissions, terms.scopes)
    networks = policy.read_networks(terms.networks)
    policy.check_ahead(terms.expires_at, now)
    program_id = None if terms.program is None else await _program_of(tx, by.organization_id, terms.program)
    if terms.staff_id is not None:
        staff = await queries.find_staff(tx, by.organization_id, terms.staff_id)
        if staff is None or staff.disabled_at is not None:
            raise StaffUnknown
    key = ApiKey(
        id=KeyId(ids.new_id()),
        organization_id=by.organization_id,
        program_id=program_id,
        name=terms.name,
        prefix=_new_prefix(),
        scopes=terms.scopes,
        networks=networks,
        created_at=now,
        created_by=by.id,
        staff_id=terms.staff_id,
        expires_at=terms.expires_at,
        revoked_at=None,
        replaced_by=None,
        last_used_at=None,
    )
    return await _write(tx, key, by=by.actor, action="key.created", now=now)


async def create_first_key(
    tx: Transaction,
    organization_id: OrganizationId,
    *,
    name: str,
    now: datetime,
    program_id: ProgramId | None = None,
    scopes: frozenset[Permission] = ALL_PERMISSIONS,
) -> NewKey:
    """Make a key that nobody's key made, as the machine's own administrator: for `up`, `demo` and `keys create`.

    Args:
        tx: Outside any program; the caller commits.
        organization_id: Whose key.
        name: What its owner calls it.
        now: The real time.
        program_id: The only program it opens; None opens all.
        scopes: Everything, unless said otherwise.
    """
    key = ApiKey(
        id=KeyId(ids.new_id()),
        organization_id=organization_id,
        program_id=program_id,
        name=name,
        prefix=_new_prefix(),
        scopes=scopes,
        networks=(),
        created_at=now,
        created_by=None,
        staff_id=None,
        expires_at=None,
        revoked_at=None,
        replaced_by=None,
        last_used_at=None,
    )
    return await _write(tx, key, by=audit.SYSTEM, action="key.created", now=now)


async def rotate(tx: Transaction, key_id: KeyId, *, by: Caller, old_until: datetime, now: datetime) -> NewKey:
    """Make a successor that may do the same; the old key goes on working until `old_until`.

    Args:
        tx: Outside any program; the caller commits.
        key_id: The key to follow.
        by: Who rotates; she must have what the key has.
        old_until: End of the overlap, `now` for none.
        now: The real time.

    Raises:
        KeyNotFound: The organization has no such key.
        KeyEnded: It was revoked or rotated before, or has expired.
        BeyondOwn: The key may do what the caller may not.
        ExpiryPast: The overlap would end before now.
    """
    old = await store.lock_key(tx, by.organization_id, key_id)
    if old is None:
        raise KeyNotFound
    if (
        old.revoked_at is not None
        or old.replaced_by is not None
        or (old.expires_at is not None and old.expires_at <= now)
    ):
        raise KeyEnded
    policy.check_grant(by.permissions, old.scopes)
    if old_until < now:
        policy.check_ahead(old_until, now)
    successor = replace(
        old, id=KeyId(ids.new_id()), prefix=_new_prefix(), created_at=now, created_by=by.id, last_used_at=None
    )
    made = await _write(tx, successor, by=by.actor, action="key.rotated", now=now, detail={"replaces": str(old.id)})
    await store.revoke_key(
        tx,
        organization_id=old.organization_id,
        key_id=old.id,
        revoked_at=old_until,
        replaced_by=successor.id,
    )
    return made


async def revoke(tx: Transaction, key_id: KeyId, *, by: Caller, now: datetime) -> ApiKey:
    """End a key now; every process refuses it within five seconds. Doing it twice changes nothing.

    Raises:
        KeyNotFound: The organization has no such key.
    """
    key = await store.lock_key(tx, by.organization_id, key_id)
    if key is None:
        raise KeyNotFound
    if key.revoked_at is not None and key.revoked_at <= now:
        return key
    await store.revoke_key(tx, organization_id=by.organization_id, key_id=key_id, revoked_at=now)
    await audit.record(
        tx,
        organization_id=by.organization_id,
        actor=by.actor,
        action="key.revoked",
        subject=f"key:{key_id}",
        now=now,
        detail={"name": key.name, "prefix": key.prefix},
    )
    return replace(key, revoked_at=now)


def administrator(organization_id: OrganizationId) -> Caller:
    """Return whoever sits at the machine itself: the command line may do everything in its organization."""
    return Caller(
        kind="key",
        organization_id=organization_id,
        program_id=None,
        id=organization_id,
        name="command line",
        permissions=ALL_PERMISSIONS,
    )


def _new_prefix() -> str:
    return f"{TOKEN_START}{secrets.token_hex(policy.PREFIX_CHARACTERS // 2)}"


async def _program_of(tx: Transaction, organization_id: OrganizationId, slug: str) -> ProgramId:
    program = await queries.find_program(tx, slug)
    if program is None or program.organization_id != organization_id:
        raise ProgramUnknown(program=slug)
    return program.id


async def _write(
    tx: Transaction,
    key: ApiKey,
    *,
    by: str,
    action: str,
    now: datetime,
    detail: dict[str, object] | None = None,
) -> NewKey:
    secret = secrets.token_hex(policy.SECRET_CHARACTERS // 2)
    await store.insert_key(tx, key, policy.hash_secret(secret))
    await audit.record(
        tx,
        organization_id=key.organization_id,
        actor=by,
        action=action,
        subject=f"key:{key.id}",
        now=now,
        detail={"name": key.name, "prefix": key.prefix, "scopes": sorted(key.scopes)} | (detail or {}),
    )
    return NewKey(key=key, token=f"{key.prefix}_{secret}")
