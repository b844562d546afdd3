"""Writing and locking organizations, staff, keys, approvals and the audit log."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.errors import UniqueViolation
from psycopg.rows import TupleRow, dict_row

from puntal.access.errors import EmailTaken
from puntal.access.model import (
    ApiKey,
    Approval,
    ApprovalId,
    ApprovalState,
    AuditEntry,
    KeyId,
    Organization,
    OrganizationId,
    Role,
    Staff,
    StaffId,
    read_permissions,
)
from puntal.kit.db import ProgramId, Transaction, encode

KEY_COLUMNS = (
    "id, organization_id, program_id, name, prefix, scopes, networks, created_at, created_by, staff_id, expires_at, "
    "revoked_at, replaced_by, last_used_at, first_event_at"
)
APPROVAL_COLUMNS = "id, action, subject, payload, asked_by, asked_at, state, decided_by, decided_at, expires_at"

ALONE = """
-- One at a time makes the first organization; the lock ends with the transaction.
SELECT pg_advisory_xact_lock(hashtext('puntal.organization'))
"""

INSERT_ORGANIZATION = """
INSERT INTO organization (id, name, created_at) VALUES (%(id)s, %(name)s, %(created_at)s)
"""

INSERT_STAFF = """
-- In a savepoint: the address may be taken, which is an answer and must not end the transaction.
INSERT INTO staff (id, organization_id, email, name, password_hash, role, store, locale, created_at, programs)
VALUES (%(id)s, %(organization_id)s, %(email)s, %(name)s, %(password_hash)s, %(role)s, %(store)s, %(locale)s,
        %(created_at)s, %(programs)s)
"""

LOCK_OWNERS = """
-- Locks those who could let others in, in order, so that two owners cannot disable each other at once.
SELECT id FROM staff
WHERE organization_id = %(organization_id)s AND role = 'owner' AND disabled_at IS NULL
ORDER BY id
FOR UPDATE
"""

DISABLE_STAFF = """
UPDATE staff SET disabled_at = coalesce(disabled_at, %(now)s)
WHERE organization_id = %(organization_id)s AND id = %(id)s
"""

SET_HASH = """
UPDATE staff SET password_hash = %(password_hash)s
WHERE organization_id = %(organization_id)s AND id = %(id)s
"""

PUT_ROLE = """
INSERT INTO staff_role (organization_id, id, permissions, adjust_limit)
VALUES (%(organization_id)s, %(id)s, %(permissions)s, %(adjust_limit)s)
ON CONFLICT (organization_id, id)
DO UPDATE SET permissions = excluded.permissions, adjust_limit = excluded.adjust_limit
"""

INSERT_KEY = """
INSERT INTO api_key (id, organization_id, program_id, name, prefix, secret_hash, scopes, networks, created_at,
                     created_by, staff_id, expires_at)
VALUES (%(id)s, %(organization_id)s, %(program_id)s, %(name)s, %(prefix)s, %(secret_hash)s, %(scopes)s, %(networks)s,
        %(created_at)s, %(created_by)s, %(staff_id)s, %(expires_at)s)
"""

REVOKE_KEY = """
-- The earlier end wins: revoking twice, or a rotated key within its overlap, never lengthens anything.
UPDATE api_key
SET revoked_at = least(revoked_at, %(revoked_at)s), replaced_by = coalesce(replaced_by, %(replaced_by)s)
WHERE organization_id = %(organization_id)s AND id = %(id)s
"""

MARK_USED = """
-- One statement a minute for all keys of this process. Locks them in order first: other processes write the same.
WITH used AS (
    SELECT r.id, r.at FROM json_to_recordset(%(rows)s::json) AS r(id uuid, at timestamptz)
), mine AS MATERIALIZED (
    SELECT k.id, used.at FROM api_key AS k JOIN used ON used.id = k.id ORDER BY k.id FOR NO KEY UPDATE OF k
)
UPDATE api_key SET last_used_at = mine.at
FROM mine
WHERE api_key.id = mine.id AND (api_key.last_used_at IS NULL OR api_key.last_used_at < mine.at)
"""

MARK_HEARD = """
-- Once in the life of a key. Locks them in order first: other processes write the same.
WITH heard AS (
    SELECT r.id, r.at FROM json_to_recordset(%(rows)s::json) AS r(id uuid, at timestamptz)
), mine AS MATERIALIZED (
    SELECT k.id, heard.at FROM api_key AS k JOIN heard ON heard.id = k.id
    WHERE k.first_event_at IS NULL ORDER BY k.id FOR NO KEY UPDATE OF k
)
UPDATE api_key SET first_event_at = mine.at FROM mine WHERE api_key.id = mine.id
"""

INSERT_AUDIT = """
INSERT INTO audit_entry (program_id, id, at, actor, action, subject, detail)
SELECT %(program_id)s, r.id, r.at, r.actor, r.action, r.subject, r.detail
FROM json_to_recordset(%(rows)s::json)
  AS r(id uuid, at timestamptz, actor text, action text, subject text, detail jsonb)
"""

INSERT_ORGANIZATION_AUDIT = """
INSERT INTO organization_audit_entry (organization_id, id, at, actor, action, subject, detail)
SELECT %(organization_id)s, r.id, r.at, r.actor, r.action, r.subject, r.detail
FROM json_to_recordset(%(rows)s::json)
  AS r(id uuid, at timestamptz, actor text, action text, subject text, detail jsonb)
"""

INSERT_APPROVALS = """
-- An id chosen before the first try: asking again changes nothing.
INSERT INTO approval (program_id, id, action, subject, payload, asked_by, asked_at, expires_at)
SELECT %(program_id)s, r.id, r.action, r.subject, r.payload, r.asked_by, r.asked_at, r.expires_at
FROM json_to_recordset(%(rows)s::json)
  AS r(id uuid, action text, subject text, payload jsonb, asked_by text, asked_at timestamptz, expires_at timestamptz)
ON CONFLICT (program_id, id) DO NOTHING
"""

DECIDE_APPROVAL = """
UPDATE approval SET state = %(state)s, decided_by = %(by)s, decided_at = %(now)s
WHERE program_id = %(program_id)s AND id = %(id)s
"""

END_APPROVALS = """
-- Locked in the order of their ids, before anything they are about, as whoever decides one does.
WITH undecided AS (
  SELECT o.id FROM approval o
  WHERE o.program_id = %(program_id)s AND o.state = 'waiting' AND o.subject = ANY(%(subjects)s)
    AND (o.expires_at IS NULL OR o.expires_at > %(now)s)
  ORDER BY o.id FOR UPDATE)
UPDATE approval a SET state = 'declined', decided_by = %(by)s, decided_at = %(now)s
FROM undecided AS u WHERE a.program_id = %(program_id)s AND a.id = u.id
RETURNING a.id, a.action, a.subject, a.asked_by
"""

LOCK_KEY = f"""
-- Held while it is rotated, so that a key gets one successor.
SELECT {KEY_COLUMNS} FROM api_key WHERE organization_id = %(organization_id)s AND id = %(id)s ORDER BY id FOR UPDATE
"""  # noqa: S608 - our own column list

LOCK_APPROVAL = f"""
-- Held until the decision is written, so that one is made.
SELECT {APPROVAL_COLUMNS} FROM approval WHERE program_id = %(program_id)s AND id = %(id)s ORDER BY id FOR UPDATE
"""  # noqa: S608 - our own column list


async def alone(tx: Transaction) -> None:
    """Wait until no other transaction is making the first organization."""
    await tx.execute(ALONE)


async def insert_organization(tx: Transaction, organization: Organization) -> None:
    """Write a new organization."""
    await tx.execute(
        INSERT_ORGANIZATION,
        {"id": organization.id, "name": organization.name, "created_at": organization.created_at},
    )


async def insert_staff(tx: Transaction, staff: Staff, password_hash: str | None) -> None:
    """Write a new person.

    Raises:
        EmailTaken: The address is somebody's already; the transaction goes on.
    """
    try:
        async with tx.transaction():
            await tx.execute(
                INSERT_STAFF,
                {
                    "id": staff.id,
                    "organization_id": staff.organization_id,
                    "email": staff.email,
                    "name": staff.name,
                    "password_hash": password_hash,
                    "role": staff.role,
                    "store": staff.store,
                    "locale": staff.locale,
                    "created_at": staff.created_at,
                    "programs": None if staff.programs is None else list(staff.programs),
                },
            )
    except UniqueViolation as taken:
        raise EmailTaken from taken


async def lock_owners(tx: Transaction, organization_id: OrganizationId) -> list[StaffId]:
    """Return the owners who can still act, locked until `tx` ends."""
    cursor = await tx.execute(LOCK_OWNERS, {"organization_id": organization_id})
    return [StaffId(row[0]) for row in await cursor.fetchall()]


async def disable_staff(tx: Transaction, *, organization_id: OrganizationId, staff_id: StaffId, now: datetime) -> None:
    """Disable a person; the first time counts."""
    await tx.execute(DISABLE_STAFF, {"organization_id": organization_id, "id": staff_id, "now": now})


async def set_password(
    tx: Transaction, *, organization_id: OrganizationId, staff_id: StaffId, password_hash: str
) -> None:
    """Replace a person's password."""
    await tx.execute(SET_HASH, {"organization_id": organization_id, "id": staff_id, "password_hash": password_hash})


async def put_role(tx: Transaction, organization_id: OrganizationId, role: Role) -> None:
    """Write a role, or the organization's own limit for a built-in one."""
    await tx.execute(
        PUT_ROLE,
        {
            "organization_id": organization_id,
            "id": role.id,
            "permissions": sorted(role.permissions),
            "adjust_limit": role.adjust_limit,
        },
    )


async def insert_key(tx: Transaction, key: ApiKey, secret_hash: bytes) -> None:
    """Write a new key; only the hash of its secret is kept."""
    await tx.execute(
        INSERT_KEY,
        {
            "id": key.id,
            "organization_id": key.organization_id,
            "program_id": key.program_id,
            "name": key.name,
            "prefix": key.prefix,
            "secret_hash": secret_hash,
            "scopes": sorted(key.scopes),
            "networks": list(key.networks),
            "created_at": key.created_at,
            "created_by": key.created_by,
            "staff_id": key.staff_id,
            "expires_at": key.expires_at,
        },
    )


async def revoke_key(
    tx: Transaction,
    *,
    organization_id: OrganizationId,
    key_id: KeyId,
    revoked_at: datetime,
    replaced_by: KeyId | None = None,
) -> None:
    """End a key at an instant, which may lie ahead; an earlier end stays."""
    await tx.execute(
        REVOKE_KEY,
        {
            "organization_id": organization_id,
            "id": key_id,
            "revoked_at": revoked_at,
            "replaced_by": replaced_by,
        },
    )


async def mark_used(tx: Transaction, used: Mapping[UUID, datetime]) -> None:
    """Note when keys were used last; never goes back in time."""
    if used:
        rows = [{"id": key_id, "at": at} for key_id, at in sorted(used.items())]
        await tx.execute(MARK_USED, {"rows": encode(rows)})


async def mark_heard(tx: Transaction, heard: Mapping[UUID, datetime]) -> None:
    """Note when the first event came with keys; a second call changes nothing."""
    if heard:
        rows = [{"id": key_id, "at": at} for key_id, at in sorted(heard.items())]
        await tx.execute(MARK_HEARD, {"rows": encode(rows)})


async def insert_audit(tx: Transaction, program_id: ProgramId, entries: Sequence[AuditEntry]) -> None:
    """Add to a program's log, all in one statement."""
    if entries:
        await tx.execute(INSERT_AUDIT, {"program_id": program_id, "rows": encode(entries)})


async def insert_organization_audit(
    tx: Transaction, organization_id: OrganizationId, entries: Sequence[AuditEntry]
) -> None:
    """Add to an organization's log, all in one statement."""
    if entries:
        await tx.execute(INSERT_ORGANIZATION_AUDIT, {"organization_id": organization_id, "rows": encode(entries)})


async def insert_approvals(tx: Transaction, program_id: ProgramId, approvals: Collection[Approval]) -> None:
    """Write what waits for a second person, all in one statement."""
    if approvals:
        rows = [asdict(approval) for approval in approvals]
        await tx.execute(INSERT_APPROVALS, {"program_id": program_id, "rows": encode(rows)})


async def decide_approval(
    tx: Transaction,
    *,
    program_id: ProgramId,
    approval_id: ApprovalId,
    state: ApprovalState,
    by: str,
    now: datetime,
) -> None:
    """Write the second person's word on a locked request."""
    await tx.execute(
        DECIDE_APPROVAL,
        {"program_id": program_id, "id": approval_id, "state": state, "by": by, "now": now},
    )


async def end_approvals(
    tx: Transaction, program_id: ProgramId, subjects: Collection[str], *, by: str, now: datetime
) -> list[tuple[ApprovalId, str, str, str]]:
    """Decline what waits about these; returns id, action, subject and who asked of each."""
    names = {"program_id": program_id, "subjects": list(subjects), "by": by, "now": now}
    return [(row[0], row[1], row[2], row[3]) for row in await (await tx.execute(END_APPROVALS, names)).fetchall()]


async def lock_key(tx: Transaction, organization_id: OrganizationId, key_id: KeyId) -> ApiKey | None:
    """Return one key of the organization, locked until `tx` ends."""
    return await one_key(tx, LOCK_KEY, organization_id, key_id)


async def lock_approval(tx: Transaction, program_id: ProgramId, approval_id: ApprovalId) -> Approval | None:
    """Return one request of the program, locked until `tx` ends."""
    row = await (await tx.execute(LOCK_APPROVAL, {"program_id": program_id, "id": approval_id})).fetchone()
    return None if row is None else read_approval(row)


async def one_key(tx: Transaction, statement: str, organization_id: OrganizationId, key_id: KeyId) -> ApiKey | None:
    """Return the key a statement finds."""
    async with tx.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(statement, {"organization_id": organization_id, "id": key_id})
        row = await cursor.fetchone()
    return None if row is None else read_key(row)


def read_key(row: dict[str, Any]) -> ApiKey:
    """Return the key of a row."""
    return ApiKey(
        id=row["id"],
        organization_id=row["organization_id"],
        program_id=row["program_id"],
        name=row["name"],
        prefix=row["prefix"],
        scopes=read_permissions(row["scopes"]),
        networks=tuple(row["networks"]),
        created_at=row["created_at"],
        created_by=row["created_by"],
        staff_id=row["staff_id"],
        expires_at=row["expires_at"],
        revoked_at=row["revoked_at"],
        replaced_by=row["replaced_by"],
        last_used_at=row["last_used_at"],
        first_event_at=row["first_event_at"],
    )


def read_role(id: str, permissions: Sequence[str], adjust_limit: int | None) -> Role:
    """Return the role of a row."""
    return Role(id=id, permissions=read_permissions(permissions), adjust_limit=adjust_limit)


def read_approval(row: TupleRow) -> Approval:
    """Return the request of a row."""
    return Approval(
        id=row[0],
        action=row[1],
        subject=row[2],
        payload=row[3],
        asked_by=row[4],
        asked_at=row[5],
        state=ApprovalState(row[6]),
        decided_by=row[7],
        decided_at=row[8],
        expires_at=row[9],
    )
