"""The people of an organization, their roles and passwords."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher

from puntal.access import policy, queries, store
from puntal.access.errors import (
    BeyondOwn,
    EmailTaken,
    LastOwner,
    ProgramUnknown,
    RoleReserved,
    RoleUnknown,
    StaffUnknown,
)
from puntal.access.errors_people import OwnersSeeAll, RoleInUse
from puntal.access.model import Caller, NewStaff, OrganizationId, Permission, Role, Staff, StaffId
from puntal.access.operations import audit, keys, organization, stores
from puntal.access.store import people, sign_in
from puntal.kit import ids
from puntal.kit.db import Transaction

# OWASP's second choice of 2024: 19 MiB, 2 passes, 1 lane. The library's defaults take 0.25-0.5 s on two cores.
_hashes = PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19 * 1024, parallelism=1),))
_NOBODY = _hashes.hash("compared with where nobody has that address, so that it takes as long")


async def add(tx: Transaction, person: NewStaff, *, by: Caller, password: str | None, now: datetime) -> Staff:
    """Add a person.

    Args:
        tx: Outside any program; the caller commits.
        person: Who she is.
        by: Who adds her; nobody appoints to a role that may do more than her own.
        password: None where she signs in another way.
        now: The real time.

    Raises:
        RoleUnknown: No such role.
        BeyondOwn: The role may do what the caller may not, or makes an owner and the caller is none.
        PasswordWeak: Too easy to guess.
        EmailTaken: Somebody signs in with that address already.
        StoreClosed: Nobody works at that store.
        OwnersSeeAll: An owner would see some programs only.
        ProgramUnknown: One of the programs is not the organization's.
    """
    wanted = (await queries.list_roles(tx, by.organization_id)).get(person.role)
    if wanted is None:
        raise RoleUnknown(role=person.role)
    await check_appoints(tx, by, wanted)
    password_hash = None if password is None else await hash_password(password)
    staff = Staff(
        id=StaffId(ids.new_id()),
        organization_id=by.organization_id,
        email=person.email.strip().lower(),
        name=person.name,
        role=person.role,
        store=person.store,
        locale=person.locale,
        created_at=now,
        disabled_at=None,
        programs=person.programs,
    )
    await check_programs(tx, staff)
    if staff.store is not None:
        await stores.take_on(tx, by.organization_id, staff.store, now=now)
    await store.insert_staff(tx, staff, password_hash)
    await audit.record(
        tx,
        organization_id=by.organization_id,
        actor=by.actor,
        action="staff.added",
        subject=f"staff:{staff.id}",
        now=now,
        detail={"role": staff.role},
    )
    return staff


async def ensure_owner(tx: Transaction, *, email: str, name: str, password: str, now: datetime) -> Staff | None:
    """Make the installation's first owner, unless an owner can sign in already; return her if she was made.

    An owner of that address who was added without a password gets this one. A second call changes nothing, also with
    another password; processes that start together make one owner.

    Raises:
        PasswordWeak: Too easy to guess.
        EmailTaken: Somebody who is no owner, or was disabled, has that address.
    """
    own = await organization.ensure_organization(tx, organization.FIRST_NAME, now=now)
    if await queries.is_owned(tx):
        return None
    by = keys.administrator(own.id)
    known = await queries.find_staff_by_email(tx, email.strip().lower())
    if known is None:
        person = NewStaff(email=email, name=name, role=policy.OWNER)
        return await add(tx, person, by=by, password=password, now=now)
    if known.role != policy.OWNER or known.disabled_at is not None:
        raise EmailTaken
    await set_password(tx, known, password, actor=by.actor, now=now)
    return known


async def disable(tx: Transaction, staff_id: StaffId, *, by: Caller, now: datetime) -> Staff:
    """Keep a person out from now on, with her keys and sessions. Doing it twice changes nothing.

    Raises:
        StaffUnknown: Nobody of this organization.
        LastOwner: She is the only owner who could let anybody in again.
        BeyondOwn: She is an owner and the caller is none.
    """
    owners = await store.lock_owners(tx, by.organization_id)
    staff = await queries.find_staff(tx, by.organization_id, staff_id)
    if staff is None:
        raise StaffUnknown
    if staff.disabled_at is not None:
        return staff
    if owners == [staff_id]:
        raise LastOwner
    if staff.role == policy.OWNER:
        await check_appoints(tx, by, policy.BUILT_IN_ROLES[policy.OWNER])
    await store.disable_staff(tx, organization_id=by.organization_id, staff_id=staff_id, now=now)
    await sign_in.end_sessions(tx, staff_id, now=now)
    await sign_in.delete_reset(tx, staff_id)
    await audit.record(
        tx,
        organization_id=by.organization_id,
        actor=by.actor,
        action="staff.disabled",
        subject=f"staff:{staff_id}",
        now=now,
    )
    return replace(staff, disabled_at=now)


async def put_role(
    tx: Transaction,
    *,
    by: Caller,
    id: str,
    permissions: frozenset[Permission] | None,
    adjust_limit: int | None,
    now: datetime,
) -> Role:
    """Write a role of the organization's own, or its limit for a built-in one.

    Args:
        tx: Outside any program; the caller commits.
        by: Who writes it; nobody gives what she does not have.
        id: Its name.
        permissions: None for a built-in role, whose permissions are given.
        adjust_limit: Most that one adjustment may move without a second person; None is no limit.
        now: The real time.

    Raises:
        RoleReserved: Permissions were given for a built-in role.
        RoleUnknown: No permissions were given, and the role is not built in.
        BeyondOwn: A permission the caller lacks, or a limit above her own.
    """
    built_in = policy.BUILT_IN_ROLES.get(id)
    if built_in is not None and permissions is not None:
        raise RoleReserved(role=id)
    if built_in is None and permissions is None:
        raise RoleUnknown(role=id)
    given = permissions if permissions is not None else frozenset()
    policy.check_grant(by.permissions, given)
    if by.adjust_limit is not None and (adjust_limit is None or adjust_limit > by.adjust_limit):
        raise BeyondOwn(permissions=f"{Permission.POINTS_ADJUST.value} > {by.adjust_limit}")
    stored = Role(id=id, permissions=given, adjust_limit=adjust_limit)
    await store.put_role(tx, by.organization_id, stored)
    await audit.record(
        tx,
        organization_id=by.organization_id,
        actor=by.actor,
        action="role.changed",
        subject=f"role:{id}",
        now=now,
        detail={"permissions": sorted(given), "adjust_limit": adjust_limit},
    )
    return policy.resolve_role(id, stored)


async def delete_role(tx: Transaction, id: str, *, by: Caller, now: datetime) -> None:
    """Forget a role of the organization's own that nobody has. Doing it twice changes nothing.

    Raises:
        RoleReserved: It is built in.
        RoleInUse: Somebody has it.
    """
    if id in policy.BUILT_IN_ROLES:
        raise RoleReserved(role=id)
    used = await people.role_used(tx, by.organization_id, id)
    if used:
        raise RoleInUse(role=id, people=used)
    if await people.delete_role(tx, by.organization_id, id):
        await audit.record(
            tx,
            organization_id=by.organization_id,
            actor=by.actor,
            action="role.removed",
            subject=f"role:{id}",
            now=now,
        )


async def set_password(tx: Transaction, staff: Staff, password: str, *, actor: str, now: datetime) -> None:
    """Replace a person's password; her sessions end, and a reset she was given.

    Raises:
        PasswordWeak: Too easy to guess.
    """
    hashed = await hash_password(password)
    await store.set_password(tx, organization_id=staff.organization_id, staff_id=staff.id, password_hash=hashed)
    await sign_in.end_sessions(tx, staff.id, now=now)
    await sign_in.delete_reset(tx, staff.id)
    await audit.record(
        tx,
        organization_id=staff.organization_id,
        actor=actor,
        action="staff.password_changed",
        subject=f"staff:{staff.id}",
        now=now,
    )


async def hash_password(password: str) -> str:
    """Return what is stored of a password; a thread computes it for some 20 ms.

    Raises:
        PasswordWeak: Too easy to guess.
    """
    policy.check_password(password)
    return await asyncio.to_thread(_hashes.hash, password)


async def is_password(password: str, password_hash: str | None) -> bool:
    """Tell whether a password is right; a thread computes it for some 20 ms, also where there is nothing to compare.

    A long password is no more work than a short one.
    """
    try:
        right = await asyncio.to_thread(_hashes.verify, password[: policy.PASSWORD_MOST + 1], password_hash or _NOBODY)
    except UnknownHashError:
        return False
    return right and password_hash is not None


async def check_appoints(tx: Transaction, by: Caller, role: Role) -> None:
    """Let those appoint to a role, and act on whoever has it, who may do all that it may; owners only owners.

    A key is no owner, whatever it may do: whoever could make one would be above the owners. Who sits at the machine is.

    Raises:
        BeyondOwn: With what the caller lacks.
    """
    policy.check_grant(by.permissions, role.permissions)
    if role.id != policy.OWNER or by.id == by.organization_id:
        return
    if by.kind == "key":
        raise BeyondOwn(permissions=policy.OWNER)
    appointing = await queries.find_staff(tx, OrganizationId(by.organization_id), StaffId(by.id))
    if appointing is None or appointing.role != policy.OWNER:
        raise BeyondOwn(permissions=policy.OWNER)


async def check_programs(tx: Transaction, person: Staff) -> None:
    """Refuse what a person cannot be shown.

    Raises:
        OwnersSeeAll: An owner would see some programs only.
        ProgramUnknown: One of the programs is not the organization's.
    """
    if person.programs is None:
        return
    if person.role == policy.OWNER:
        raise OwnersSeeAll
    unknown = set(person.programs) - await queries.known_programs(tx, person.organization_id, person.programs)
    if unknown:
        raise ProgramUnknown(program=min(unknown))
