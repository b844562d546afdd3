"""Reading organizations, staff, keys, roles, approvals and the audit log."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import class_row, dict_row

from puntal.access import policy, store
from puntal.access.model import (
    ApiKey,
    Approval,
    ApprovalId,
    ApprovalState,
    AuditEntry,
    AuditFilter,
    FourEyes,
    KeyId,
    Organization,
    OrganizationId,
    ProgramRef,
    Role,
    Staff,
    StaffId,
    Store,
)
from puntal.kit.db import ProgramId, Transaction

_ORGANIZATION = "id, name, created_at, demo"
_STAFF = "id, organization_id, email, name, role, store, locale, created_at, disabled_at, programs, theme"
EVERY_LINE = AuditFilter()
_AUDIT = "id, at, actor, action, subject, detail"

FIND_ORGANIZATION = f"SELECT {_ORGANIZATION} FROM organization WHERE id = %(id)s"  # noqa: S608 - our own column list

FIRST_ORGANIZATION = f"SELECT {_ORGANIZATION} FROM organization ORDER BY created_at, id LIMIT 1"  # noqa: S608 - as above

FIND_PROGRAM = """
SELECT id, organization_id, slug, clock_offset_seconds FROM program WHERE slug = %(slug)s
"""

FIND_CREDENTIAL = """
-- All that admitting a key takes, in one row: the key, and the person and custom role behind a key of staff.
SELECT k.id, k.organization_id, k.program_id, k.name, k.prefix, k.scopes, k.networks, k.created_at, k.created_by,
       k.staff_id, k.expires_at, k.revoked_at, k.replaced_by, k.last_used_at, k.first_event_at,
       k.secret_hash, s.name AS staff_name, s.role, s.store, s.locale, s.programs, s.disabled_at,
       r.permissions AS role_permissions, r.adjust_limit AS role_adjust_limit
FROM api_key AS k
LEFT JOIN staff AS s ON s.id = k.staff_id
LEFT JOIN staff_role AS r ON r.organization_id = s.organization_id AND r.id = s.role
WHERE k.prefix = %(prefix)s
"""

FIND_KEY = f"""
SELECT {store.KEY_COLUMNS} FROM api_key WHERE organization_id = %(organization_id)s AND id = %(id)s
"""  # noqa: S608 - our own column list

LIST_KEYS = f"""
SELECT {store.KEY_COLUMNS} FROM api_key
WHERE organization_id = %(organization_id)s AND (%(before)s::uuid IS NULL OR id < %(before)s)
ORDER BY id DESC LIMIT %(limit)s
"""  # noqa: S608 - our own column list

FIND_STAFF = f"""
SELECT {_STAFF} FROM staff WHERE organization_id = %(organization_id)s AND id = %(id)s
"""  # noqa: S608 - our own column list

FIND_STAFF_BY_EMAIL = f"SELECT {_STAFF} FROM staff WHERE email = %(email)s"  # noqa: S608 - our own column list

SIGNED_OWNER = """
-- Whether anybody may sign in as an owner. Locks nothing.
SELECT EXISTS (SELECT FROM staff WHERE role = 'owner' AND disabled_at IS NULL AND password_hash IS NOT NULL)
"""

ANY_OWNER = """
-- Whether there ever was an owner, able to sign in or not. Locks nothing.
SELECT EXISTS (SELECT FROM staff WHERE role = 'owner'), EXISTS (SELECT FROM organization WHERE demo)
"""

FIND_FOUR_EYES = """
-- Locks nothing.
SELECT four_eyes FROM organization WHERE id = %(id)s
"""

ORGANIZATION_OF = """
-- Locks nothing. One row by its key.
SELECT organization_id FROM program WHERE id = %(program_id)s
"""

FIND_PROGRAMS = """
-- Locks nothing.
SELECT id FROM program WHERE organization_id = %(organization_id)s AND id = ANY(%(ids)s)
"""

STORES = """
-- Locks nothing. With how many people work at each.
SELECT t.id, t.name, t.created_at, t.closed_at,
       (SELECT count(*) FROM staff AS s
        WHERE s.organization_id = t.organization_id AND s.store = t.id AND s.disabled_at IS NULL)
FROM store AS t WHERE t.organization_id = %(organization_id)s ORDER BY t.closed_at IS NOT NULL, t.name, t.id
"""

FIND_STORE = """
-- Locks nothing.
SELECT id, name, created_at, closed_at FROM store WHERE organization_id = %(organization_id)s AND id = %(id)s
"""

LIST_STAFF = f"""
SELECT {_STAFF} FROM staff
WHERE organization_id = %(organization_id)s AND (%(before)s::uuid IS NULL OR id < %(before)s)
ORDER BY id DESC LIMIT %(limit)s
"""  # noqa: S608 - our own column list

LIST_ROLES = """
SELECT id, permissions, adjust_limit FROM staff_role WHERE organization_id = %(organization_id)s ORDER BY id
"""

LIST_AUDIT = f"""
SELECT {_AUDIT} FROM audit_entry
WHERE program_id = %(program_id)s
  AND (%(before)s::uuid IS NULL OR id < %(before)s)
  AND (%(subject)s::text IS NULL OR subject = %(subject)s)
  AND (%(action)s::text IS NULL OR action = %(action)s)
  AND (%(actor)s::text IS NULL OR actor = %(actor)s)
  AND (%(since)s::timestamptz IS NULL OR at >= %(since)s) AND (%(until)s::timestamptz IS NULL OR at < %(until)s)
ORDER BY id DESC LIMIT %(limit)s
"""  # noqa: S608 - our own column list

LIST_ORGANIZATION_AUDIT = f"""
SELECT {_AUDIT} FROM organization_audit_entry
WHERE organization_id = %(organization_id)s
  AND (%(before)s::uuid IS NULL OR id < %(before)s)
  AND (%(subject)s::text IS NULL OR subject = %(subject)s)
  AND (%(action)s::text IS NULL OR action = %(action)s)
  AND (%(actor)s::text IS NULL OR actor = %(actor)s)
  AND (%(since)s::timestamptz IS NULL OR at >= %(since)s) AND (%(until)s::timestamptz IS NULL OR at < %(until)s)
ORDER BY id DESC LIMIT %(limit)s
"""  # noqa: S608 - our own column list

LIST_APPROVALS = f"""
SELECT {store.APPROVAL_COLUMNS} FROM approval
WHERE program_id = %(program_id)s
  AND (%(before)s::uuid IS NULL OR id < %(before)s)
  AND (%(state)s::text IS NULL
       OR CASE WHEN state = 'waiting' AND expires_at <= %(now)s THEN 'expired' ELSE state END = %(state)s)
ORDER BY id DESC LIMIT %(limit)s
"""  # noqa: S608 - our own column list

FIND_APPROVAL = f"SELECT {store.APPROVAL_COLUMNS} FROM approval WHERE program_id = %(program_id)s AND id = %(id)s"  # noqa: S608 - as above


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A key as it is checked: with its hash, and the person and role behind it."""

    key: ApiKey
    secret_hash: bytes
    staff_name: str | None
    role: Role | None
    store: str | None
    locale: str | None
    programs: frozenset[int] | None
    staff_disabled: bool


async def find_organization(tx: Transaction, organization_id: OrganizationId) -> Organization:
    """Return the organization a credential named, so it exists."""
    async with tx.cursor(row_factory=class_row(Organization)) as cursor:
        await cursor.execute(FIND_ORGANIZATION, {"id": organization_id})
        found = await cursor.fetchone()
    if found is None:
        raise LookupError(f"organization {organization_id} is gone")
    return found


async def first_organization(tx: Transaction) -> Organization | None:
    """Return the oldest organization; None on a fresh installation."""
    async with tx.cursor(row_factory=class_row(Organization)) as cursor:
        await cursor.execute(FIRST_ORGANIZATION)
        return await cursor.fetchone()


async def find_program(tx: Transaction, slug: str) -> ProgramRef | None:
    """Return the program a URL names."""
    async with tx.cursor(row_factory=class_row(ProgramRef)) as cursor:
        await cursor.execute(FIND_PROGRAM, {"slug": slug})
        return await cursor.fetchone()


async def find_credential(tx: Transaction, prefix: str) -> Credential | None:
    """Return what admitting a key takes."""
    async with tx.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(FIND_CREDENTIAL, {"prefix": prefix})
        row = await cursor.fetchone()
    if row is None:
        return None
    role = None
    if row["staff_id"] is not None:
        custom = None
        if row["role_permissions"] is not None:
            custom = store.read_role(row["role"], row["role_permissions"], row["role_adjust_limit"])
        role = policy.resolve_role(row["role"], custom)
    return Credential(
        key=store.read_key(row),
        secret_hash=bytes(row["secret_hash"]),
        staff_name=row["staff_name"],
        role=role,
        store=row["store"],
        locale=row["locale"],
        programs=None if row["programs"] is None else frozenset(row["programs"]),
        staff_disabled=row["disabled_at"] is not None,
    )


async def find_key(tx: Transaction, organization_id: OrganizationId, key_id: KeyId) -> ApiKey | None:
    """Return one key of the organization."""
    return await store.one_key(tx, FIND_KEY, organization_id, key_id)


async def list_keys(
    tx: Transaction, organization_id: OrganizationId, *, before: UUID | None, limit: int
) -> list[ApiKey]:
    """Return keys, newest first, older than `before`."""
    async with tx.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(LIST_KEYS, {"organization_id": organization_id, "before": before, "limit": limit})
        return [store.read_key(row) for row in await cursor.fetchall()]


async def find_staff(tx: Transaction, organization_id: OrganizationId, staff_id: StaffId) -> Staff | None:
    """Return one person of the organization."""
    async with tx.cursor(row_factory=class_row(Staff)) as cursor:
        await cursor.execute(FIND_STAFF, {"organization_id": organization_id, "id": staff_id})
        return await cursor.fetchone()


async def find_staff_by_email(tx: Transaction, email: str) -> Staff | None:
    """Return whoever signs in with that address, of any organization, disabled or not."""
    async with tx.cursor(row_factory=class_row(Staff)) as cursor:
        await cursor.execute(FIND_STAFF_BY_EMAIL, {"email": email})
        return await cursor.fetchone()


async def is_owned(tx: Transaction) -> bool:
    """Tell whether anybody may sign in as an owner of this installation."""
    row = await (await tx.execute(SIGNED_OWNER)).fetchone()
    return row is not None and bool(row[0])


async def standing(tx: Transaction) -> tuple[bool, bool]:
    """Tell whether this installation has, or had, an owner, and whether it is a demo."""
    row = await (await tx.execute(ANY_OWNER)).fetchone()
    assert row is not None, "the statement always has a row"
    return bool(row[0]), bool(row[1])


async def find_four_eyes(tx: Transaction, organization_id: OrganizationId) -> FourEyes:
    """Return what the organization wants a second person for."""
    row = await (await tx.execute(FIND_FOUR_EYES, {"id": organization_id})).fetchone()
    # What a newer version knows means nothing to this one.
    known = {field.name for field in fields(FourEyes)}
    return FourEyes(**{name: value for name, value in (row[0] if row else {}).items() if name in known})


async def organization_of(tx: Transaction, program_id: int) -> OrganizationId:
    """Return whose a program is."""
    row = await (await tx.execute(ORGANIZATION_OF, {"program_id": program_id})).fetchone()
    if row is None:
        raise LookupError(f"program {program_id} is gone")
    return OrganizationId(row[0])


async def known_programs(tx: Transaction, organization_id: OrganizationId, ids: Collection[int]) -> set[int]:
    """Return those of the programs that are the organization's."""
    cursor = await tx.execute(FIND_PROGRAMS, {"organization_id": organization_id, "ids": list(ids)})
    return {int(row[0]) for row in await cursor.fetchall()}


async def list_stores(tx: Transaction, organization_id: OrganizationId) -> list[tuple[Store, int]]:
    """Return the organization's stores, open ones first, by name, each with how many people work there."""
    cursor = await tx.execute(STORES, {"organization_id": organization_id})
    return [
        (Store(id=row[0], name=row[1], created_at=row[2], closed_at=row[3]), row[4]) for row in await cursor.fetchall()
    ]


async def find_store(tx: Transaction, organization_id: OrganizationId, id: str) -> Store | None:
    """Return one store of the organization."""
    async with tx.cursor(row_factory=class_row(Store)) as cursor:
        await cursor.execute(FIND_STORE, {"organization_id": organization_id, "id": id})
        return await cursor.fetchone()


async def list_staff(
    tx: Transaction, organization_id: OrganizationId, *, before: UUID | None, limit: int
) -> list[Staff]:
    """Return staff, newest first, older than `before`."""
    async with tx.cursor(row_factory=class_row(Staff)) as cursor:
        await cursor.execute(LIST_STAFF, {"organization_id": organization_id, "before": before, "limit": limit})
        return await cursor.fetchall()


async def list_roles(tx: Transaction, organization_id: OrganizationId) -> dict[str, Role]:
    """Return every role of the organization by name: the built-in ones with its limits, then its own."""
    cursor = await tx.execute(LIST_ROLES, {"organization_id": organization_id})
    custom = {row[0]: store.read_role(*row) for row in await cursor.fetchall()}
    names = [*policy.BUILT_IN_ROLES, *(name for name in custom if name not in policy.BUILT_IN_ROLES)]
    return {name: policy.resolve_role(name, custom.get(name)) for name in names}


async def list_audit(
    tx: Transaction,
    program_id: ProgramId,
    *,
    before: UUID | None,
    limit: int,
    only: AuditFilter = EVERY_LINE,
) -> list[AuditEntry]:
    """Return what was done in a program, newest first, older than `before`."""
    named = {"program_id": program_id, "before": before, "limit": limit} | asdict(only)
    return await _audit(tx, LIST_AUDIT, named)


async def list_organization_audit(
    tx: Transaction,
    organization_id: OrganizationId,
    *,
    before: UUID | None,
    limit: int,
    only: AuditFilter = EVERY_LINE,
) -> list[AuditEntry]:
    """Return what was done above programs, newest first, older than `before`."""
    named = {"organization_id": organization_id, "before": before, "limit": limit} | asdict(only)
    return await _audit(tx, LIST_ORGANIZATION_AUDIT, named)


async def list_approvals(
    tx: Transaction,
    program_id: ProgramId,
    *,
    before: UUID | None,
    limit: int,
    now: datetime,
    state: ApprovalState | None = None,
) -> list[Approval]:
    """Return requests for a second person, newest first, older than `before`; `now` is the program's time."""
    cursor = await tx.execute(
        LIST_APPROVALS, {"program_id": program_id, "before": before, "limit": limit, "state": state, "now": now}
    )
    return [store.read_approval(row) for row in await cursor.fetchall()]


async def find_approval(tx: Transaction, program_id: ProgramId, approval_id: ApprovalId) -> Approval | None:
    """Return one request of the program."""
    row = await (await tx.execute(FIND_APPROVAL, {"program_id": program_id, "id": approval_id})).fetchone()
    return None if row is None else store.read_approval(row)


async def _audit(tx: Transaction, statement: str, parameters: dict[str, Any]) -> list[AuditEntry]:
    async with tx.cursor(row_factory=class_row(AuditEntry)) as cursor:
        await cursor.execute(statement, parameters)
        return await cursor.fetchall()
