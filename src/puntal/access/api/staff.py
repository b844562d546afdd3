"""Routes of staff, roles and the organization's log."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Path, Request

from puntal.access import phrases, policy, queries
from puntal.access.api.shapes import AddStaff, AuditEntryOut, OnlyLines, PutRole, RoleOut, StaffOut
from puntal.access.api.shapes_people import (
    ChangeStaff,
    InvitationOut,
    InviteStaff,
    PermissionOut,
    RoleWordsOut,
    WordsOut,
)
from puntal.access.api.shapes_sign_in import MakeReset, ResetOut
from puntal.access.dependencies import (
    OrganizationCaller,
    OrganizationTx,
    RealNow,
    gate_of,
    organization_router,
    requires_above,
)
from puntal.access.errors import StaffUnknown
from puntal.access.idempotency import hides
from puntal.access.model import NewStaff, Permission, StaffId
from puntal.access.operations import people, resets, staff
from puntal.access.operations.people import Change
from puntal.access.queries import who
from puntal.kit.http import Cursor, Limit
from puntal.kit.pages import Page, cut, last_id

router = organization_router("staff")

_APPOINTING: dict[int | str, dict[str, Any]] = {
    403: {"description": "`access.forbidden`, `access.organization_only`, `access.beyond_own`"}
}
RoleName = Annotated[str, Path(min_length=1, max_length=60, pattern=r"^[a-z][a-z0-9_-]*$")]


@router.get("/staff", summary="List staff", dependencies=[requires_above(Permission.STAFF_READ)])
async def list_staff(
    tx: OrganizationTx, caller: OrganizationCaller, limit: Limit = 50, cursor: Cursor = None
) -> Page[StaffOut]:
    """List the people who work here, newest first, disabled ones too."""
    before = last_id(cursor)
    found = await queries.list_staff(tx, caller.organization_id, before=before, limit=limit + 1)
    rows, following = cut(found, limit, lambda person: (person.id,))
    return Page(items=[StaffOut.of(person) for person in rows], next=following)


@router.post(
    "/staff",
    status_code=201,
    summary="Add a person",
    dependencies=[requires_above(Permission.STAFF_WRITE)],
    responses={
        403: {"description": "`access.forbidden`, `access.organization_only`, `access.beyond_own`"},
        409: {"description": "`access.email_taken`, `idempotency.key_reused`"},
    },
)
async def add_staff(body: AddStaff, tx: OrganizationTx, caller: OrganizationCaller, now: RealNow) -> StaffOut:
    """Add a person; nobody appoints to a role that may do more than she may herself."""
    person = NewStaff(
        email=body.email,
        name=body.name,
        role=body.role,
        store=body.store,
        locale=body.locale,
        programs=None if body.programs is None else tuple(body.programs),
    )
    return StaffOut.of(await staff.add(tx, person, by=caller, password=body.password, now=now))


@router.post(
    "/staff/invite",
    status_code=201,
    summary="Invite a person",
    dependencies=[requires_above(Permission.STAFF_WRITE)],
    responses=_APPOINTING | {409: {"description": "`access.email_taken`, `access.store_closed`"}},
)
@hides("token")
async def invite_staff(
    body: InviteStaff, tx: OrganizationTx, caller: OrganizationCaller, now: RealNow
) -> InvitationOut:
    """Add a person who chooses her password herself, with the token of this answer, within a week."""
    person = NewStaff(
        email=body.email,
        name=body.name,
        role=body.role,
        store=body.store,
        locale=body.locale,
        programs=None if body.programs is None else tuple(body.programs),
    )
    added = await staff.add(tx, person, by=caller, password=None, now=now)
    made = await resets.make(tx, added.id, by=caller, drops_factor=False, now=now, lasts=policy.INVITATION_LASTS)
    return InvitationOut(staff=StaffOut.of(added), token=made.token, expires_at=made.reset.expires_at)


@router.get("/staff/{staff_id}", summary="Show a person", dependencies=[requires_above(Permission.STAFF_READ)])
async def show_staff(staff_id: UUID, tx: OrganizationTx, caller: OrganizationCaller) -> StaffOut:
    """Show one of the people who work here."""
    found = await queries.find_staff(tx, caller.organization_id, StaffId(staff_id))
    if found is None:
        raise StaffUnknown
    return StaffOut.of(found)


@router.patch(
    "/staff/{staff_id}",
    summary="Change a person",
    dependencies=[requires_above(Permission.STAFF_WRITE)],
    responses=_APPOINTING
    | {409: {"description": "`access.last_owner`, `access.store_closed`, `idempotency.key_reused`"}},
)
async def change_staff(
    staff_id: UUID, body: ChangeStaff, request: Request, tx: OrganizationTx, caller: OrganizationCaller, now: RealNow
) -> StaffOut:
    """Change her name, role, store, language or programs; what she may do follows within five seconds."""
    said = body.model_dump()
    programs = said.pop("programs")
    change = Change(
        fields=frozenset(body.model_fields_set), programs=None if programs is None else tuple(programs), **said
    )
    changed = await people.change(tx, StaffId(staff_id), change, by=caller, now=now)
    gate_of(request).forget()
    return StaffOut.of(changed)


@router.post(
    "/staff/{staff_id}/enable",
    summary="Let a person in again",
    dependencies=[requires_above(Permission.STAFF_WRITE)],
    responses=_APPOINTING,
)
async def enable_staff(staff_id: UUID, tx: OrganizationTx, caller: OrganizationCaller, now: RealNow) -> StaffOut:
    """Let a disabled person in again; sessions that ended stay so. Enabling twice changes nothing."""
    return StaffOut.of(await people.enable(tx, StaffId(staff_id), by=caller, now=now))


@router.post(
    "/staff/{staff_id}/disable",
    summary="Disable a person",
    dependencies=[requires_above(Permission.STAFF_WRITE)],
    responses={409: {"description": "`access.last_owner`, `idempotency.key_reused`"}},
)
async def disable_staff(staff_id: UUID, tx: OrganizationTx, caller: OrganizationCaller, now: RealNow) -> StaffOut:
    """Keep a person out; her keys and sessions end within five seconds. Disabling twice changes nothing."""
    return StaffOut.of(await staff.disable(tx, StaffId(staff_id), by=caller, now=now))


@router.post(
    "/staff/{staff_id}/reset",
    status_code=201,
    summary="Let a person choose a new password",
    dependencies=[requires_above(Permission.STAFF_WRITE)],
    responses={403: {"description": "`access.forbidden`, `access.organization_only`, `access.beyond_own`"}},
)
@hides("token")
async def reset_staff(
    staff_id: UUID, body: MakeReset, tx: OrganizationTx, caller: OrganizationCaller, now: RealNow
) -> ResetOut:
    """Make a token, good for one use within an hour; an earlier one ends. Only an owner resets an owner."""
    made = await resets.make(tx, StaffId(staff_id), by=caller, drops_factor=body.second_factor, now=now)
    return ResetOut(token=made.token, expires_at=made.reset.expires_at)


@router.get("/roles", summary="List roles", dependencies=[requires_above(Permission.STAFF_READ)])
async def list_roles(tx: OrganizationTx, caller: OrganizationCaller) -> list[RoleWordsOut]:
    """List the built-in roles and the organization's own, with what each may do."""
    return [RoleWordsOut.of(role) for role in (await queries.list_roles(tx, caller.organization_id)).values()]


@router.get("/permissions", summary="List permissions", dependencies=[requires_above(None)])
async def list_permissions() -> list[PermissionOut]:
    """List everything that can be allowed, in words, in the order to show it in."""
    return [
        PermissionOut(id=id, group=WordsOut.of(phrases.GROUPS[group]), description=WordsOut.of(words))
        for id, (group, words) in phrases.PERMISSIONS.items()
    ]


@router.put(
    "/roles/{role}",
    summary="Set a role",
    dependencies=[requires_above(Permission.STAFF_WRITE)],
    responses={
        403: {"description": "`access.forbidden`, `access.organization_only`, `access.beyond_own`"},
        409: {"description": "`access.role_reserved`, `idempotency.key_reused`"},
    },
)
async def put_role(
    role: RoleName, body: PutRole, tx: OrganizationTx, caller: OrganizationCaller, now: RealNow
) -> RoleOut:
    """Set a role of your own, or the limit of a built-in one."""
    permissions = None if body.permissions is None else frozenset(body.permissions)
    return RoleOut.of(
        await staff.put_role(tx, by=caller, id=role, permissions=permissions, adjust_limit=body.adjust_limit, now=now)
    )


@router.delete(
    "/roles/{role}",
    status_code=204,
    summary="Remove a role",
    dependencies=[requires_above(Permission.STAFF_WRITE)],
    responses={409: {"description": "`access.role_in_use`, `access.role_reserved`"}},
)
async def delete_role(role: RoleName, tx: OrganizationTx, caller: OrganizationCaller, now: RealNow) -> None:
    """Remove a role of your own that nobody has. Removing twice changes nothing."""
    await staff.delete_role(tx, role, by=caller, now=now)


@router.get("/audit", summary="Read the organization's log", dependencies=[requires_above(Permission.AUDIT_READ)])
async def list_audit(
    tx: OrganizationTx,
    caller: OrganizationCaller,
    limit: Limit = 50,
    cursor: Cursor = None,
    *,
    only: OnlyLines,
) -> Page[AuditEntryOut]:
    """Read who did what above programs, newest first."""
    before = last_id(cursor)
    found = await queries.list_organization_audit(tx, caller.organization_id, before=before, limit=limit + 1, only=only)
    rows, following = cut(found, limit, lambda entry: (entry.id,))
    names = await who.names(tx, [entry.actor for entry in rows])
    return Page(items=[AuditEntryOut.of(entry, names) for entry in rows], next=following)
