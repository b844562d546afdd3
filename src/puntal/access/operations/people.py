"""Changing what is known of people: by themselves, and by whoever could appoint them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from puntal.access import queries, store
from puntal.access.errors import LastOwner, RoleUnknown, StaffUnknown
from puntal.access.model import Caller, OrganizationId, Role, Staff, StaffId
from puntal.access.operations import audit, stores
from puntal.access.operations.staff import check_appoints, check_programs
from puntal.access.store import people
from puntal.kit.db import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is to be different about a person; what is named in `fields` counts, the rest stays.

    Attributes:
        store: Id of a store; None for no store.
        programs: The only programs she is to see; None for every one.
        fields: Names of the attributes that were said.
    """

    fields: frozenset[str]
    name: str = ""
    role: str = ""
    store: str | None = None
    locale: str = ""
    theme: str = ""
    programs: tuple[int, ...] | None = None


OWN = frozenset({"name", "locale", "theme"})
"""What people change of themselves."""


async def change_own(tx: Transaction, staff: Staff, change: Change, *, now: datetime) -> Staff:
    """Change one's own name, language or theme.

    Args:
        tx: Outside any program; the caller commits.
        staff: Who asks.
        change: Of fields in `OWN`.
        now: The real time.
    """
    assert change.fields <= OWN, "the rest is for whoever could appoint her"
    await people.lock_staff(tx, staff.organization_id, staff.id)
    known = await _known(tx, staff.organization_id, staff.id)
    return await _write(tx, known, _changed(known, change), actor=f"staff:{staff.id}", now=now)


async def change(tx: Transaction, staff_id: StaffId, wanted: Change, *, by: Caller, now: datetime) -> Staff:
    """Change a person: her name, role, store, language, programs. What she may do follows within five seconds.

    Args:
        tx: Outside any program; the caller commits.
        staff_id: Who.
        wanted: What is to be different.
        by: Whoever could appoint her to the role she has and to the one she gets.
        now: The real time.

    Raises:
        StaffUnknown: Nobody of this organization.
        RoleUnknown: No such role.
        BeyondOwn: One of the roles may do what the caller may not, or is owner and the caller is none.
        LastOwner: She is the only owner and would be none.
        OwnersSeeAll: An owner would see some programs only.
        ProgramUnknown: One of the programs is not the organization's.
        StoreClosed: Nobody works at that store.
    """
    owners = await store.lock_owners(tx, by.organization_id)
    await people.lock_staff(tx, by.organization_id, staff_id)
    known = await _known(tx, by.organization_id, staff_id)
    after = _changed(known, wanted)
    roles = await queries.list_roles(tx, by.organization_id)
    await check_appoints(tx, by, roles.get(known.role, Role(id=known.role, permissions=frozenset())))
    if after.role != known.role:
        if after.role not in roles:
            raise RoleUnknown(role=after.role)
        await check_appoints(tx, by, roles[after.role])
        if owners == [staff_id]:
            raise LastOwner
    if after.store is not None and after.store != known.store:
        await stores.take_on(tx, by.organization_id, after.store, now=now)
    await check_programs(tx, after)
    return await _write(tx, known, after, actor=by.actor, now=now)


async def enable(tx: Transaction, staff_id: StaffId, *, by: Caller, now: datetime) -> Staff:
    """Let a person in again; her sessions and keys of before stay ended. Doing it twice changes nothing.

    Raises:
        StaffUnknown: Nobody of this organization.
        BeyondOwn: Her role may do what the caller may not, or she is an owner and the caller is none.
    """
    await people.lock_staff(tx, by.organization_id, staff_id)
    known = await _known(tx, by.organization_id, staff_id)
    roles = await queries.list_roles(tx, by.organization_id)
    await check_appoints(tx, by, roles.get(known.role, Role(id=known.role, permissions=frozenset())))
    if known.disabled_at is None:
        return known
    enabled = replace(known, disabled_at=None)
    await people.update_staff(tx, enabled)
    await audit.record(
        tx,
        organization_id=by.organization_id,
        actor=by.actor,
        action="staff.enabled",
        subject=f"staff:{staff_id}",
        now=now,
    )
    return enabled


async def _known(tx: Transaction, organization_id: OrganizationId, staff_id: StaffId) -> Staff:
    known = await queries.find_staff(tx, organization_id, staff_id)
    if known is None:
        raise StaffUnknown
    return known


def _changed(known: Staff, change: Change) -> Staff:
    return replace(known, **{name: getattr(change, name) for name in change.fields})


async def _write(tx: Transaction, before: Staff, after: Staff, *, actor: str, now: datetime) -> Staff:
    changed = [name for name in Change.__slots__ if getattr(before, name, None) != getattr(after, name, None)]
    if not changed:
        return before
    await people.update_staff(tx, after)
    # Of a name only that it changed: the log holds no personal data.
    detail: dict[str, object] = {"fields": sorted(changed)}
    for name in ("role", "store", "programs"):
        if name in changed:
            detail[name] = getattr(after, name)
    await audit.record(
        tx,
        organization_id=after.organization_id,
        actor=actor,
        action="staff.changed",
        subject=f"staff:{after.id}",
        now=now,
        detail=detail,
    )
    return after
