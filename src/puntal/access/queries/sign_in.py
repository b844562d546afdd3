"""Reading sessions, second factors, and whom somebody says she is."""

from __future__ import annotations

from typing import Any

from psycopg.rows import class_row, dict_row

from puntal.access import policy, store
from puntal.access.model import OrganizationId, Staff, StaffId
from puntal.access.model_sign_in import Claimed, FactorState, Session, Visit
from puntal.access.store import sign_in
from puntal.kit.db import Transaction

FIND_VISIT = """
-- All that a request by session takes, in one row: the session, its owner, and her role where it is not built in.
SELECT v.id, v.organization_id, v.staff_id, v.created_at, v.seen_at, v.expires_at, v.ended_at, v.address, v.agent,
       s.email, s.name, s.role, s.store, s.locale, s.programs, s.theme, s.created_at AS staff_created_at,
       r.permissions AS role_permissions, r.adjust_limit AS role_adjust_limit
FROM staff_session AS v
JOIN staff AS s ON s.id = v.staff_id AND s.disabled_at IS NULL
LEFT JOIN staff_role AS r ON r.organization_id = s.organization_id AND r.id = s.role
WHERE v.token_hash = %(token_hash)s
"""

LIST_SESSIONS = f"""
SELECT {sign_in.SESSION_COLUMNS} FROM staff_session
WHERE staff_id = %(staff_id)s AND ended_at IS NULL ORDER BY id DESC LIMIT 200
"""  # noqa: S608 - our own column list

FIND_CLAIMED = """
-- One row whether or not there is such a person, so that both take the same way and the same time.
SELECT coalesce(s.organization_id, o.id), s.id, s.password_hash
FROM (SELECT (SELECT id FROM organization ORDER BY created_at, id LIMIT 1) AS id) AS o
LEFT JOIN staff AS s ON s.email = %(email)s AND s.disabled_at IS NULL AND s.password_hash IS NOT NULL
"""

FIND_FACTOR = """
SELECT (SELECT confirmed_at FROM staff_factor WHERE staff_id = %(staff_id)s),
       (SELECT count(*) FROM staff_recovery_code WHERE staff_id = %(staff_id)s)
"""

LIST_PROGRAMS = """
SELECT id, slug FROM program WHERE organization_id = %(organization_id)s ORDER BY slug
"""


async def find_visit(tx: Transaction, token_hash: bytes) -> Visit | None:
    """Return the session of a token with its owner; None also where she is disabled."""
    async with tx.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(FIND_VISIT, {"token_hash": token_hash})
        row = await cursor.fetchone()
    return None if row is None else _visit(row)


async def list_sessions(tx: Transaction, staff_id: StaffId) -> list[Session]:
    """Return the sessions of a person that nobody ended, newest first; some may have run out."""
    async with tx.cursor(row_factory=class_row(Session)) as cursor:
        await cursor.execute(LIST_SESSIONS, {"staff_id": staff_id})
        return await cursor.fetchall()


async def find_claimed(tx: Transaction, email: str) -> Claimed:
    """Return whom an address names."""
    row = await (await tx.execute(FIND_CLAIMED, {"email": email})).fetchone()
    assert row is not None, "the statement always has a row"
    return Claimed(organization_id=row[0], staff_id=row[1], password_hash=row[2])


async def find_factor(tx: Transaction, staff_id: StaffId) -> FactorState:
    """Return since when a person has a second factor, and how many recovery codes are left."""
    row = await (await tx.execute(FIND_FACTOR, {"staff_id": staff_id})).fetchone()
    assert row is not None, "the statement always has a row"
    return FactorState(since=row[0], recovery_codes_left=row[1])


async def list_programs(tx: Transaction, organization_id: OrganizationId) -> list[tuple[int, str]]:
    """Return the ids and slugs of the organization's programs, by slug."""
    cursor = await tx.execute(LIST_PROGRAMS, {"organization_id": organization_id})
    return [(row[0], row[1]) for row in await cursor.fetchall()]


def _visit(row: dict[str, Any]) -> Visit:
    custom = None
    if row["role_permissions"] is not None:
        custom = store.read_role(row["role"], row["role_permissions"], row["role_adjust_limit"])
    staff = Staff(
        id=row["staff_id"],
        organization_id=row["organization_id"],
        email=row["email"],
        name=row["name"],
        role=row["role"],
        store=row["store"],
        locale=row["locale"],
        created_at=row["staff_created_at"],
        disabled_at=None,
        programs=row["programs"],
        theme=row["theme"],
    )
    session = Session(**{name: row[name] for name in Session.__slots__})
    return Visit(session=session, staff=staff, role=policy.resolve_role(row["role"], custom))
