"""Writing what changes about people who are there already, their stores, and the right to set up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
from psycopg.errors import UniqueViolation

from puntal.access.errors_people import StoreTaken
from puntal.access.model import FourEyes, OrganizationId, Staff, StaffId, Store
from puntal.kit.db import Transaction

LOCK_STAFF = """
-- Held until the change is written, so that two changes of a person come one after the other. After LOCK_OWNERS.
SELECT id FROM staff WHERE organization_id = %(organization_id)s AND id = %(id)s ORDER BY id FOR UPDATE
"""

UPDATE_STAFF = """
-- The row is locked by LOCK_STAFF.
UPDATE staff SET name = %(name)s, role = %(role)s, store = %(store)s, locale = %(locale)s, programs = %(programs)s,
    theme = %(theme)s, disabled_at = %(disabled_at)s
WHERE organization_id = %(organization_id)s AND id = %(id)s
"""

RENAME_ORGANIZATION = """
UPDATE organization SET name = %(name)s WHERE id = %(id)s
"""

MARK_DEMO = """
UPDATE organization SET demo = true WHERE id = %(id)s
"""

SET_FOUR_EYES = """
UPDATE organization SET four_eyes = %(four_eyes)s::jsonb WHERE id = %(id)s
"""

DELETE_ROLE = """
DELETE FROM staff_role WHERE organization_id = %(organization_id)s AND id = %(id)s RETURNING id
"""

ROLE_USED = """
-- Locks nothing: whoever is given the role meanwhile may do nothing with it, until she is given another.
SELECT count(*) FROM staff WHERE organization_id = %(organization_id)s AND role = %(id)s AND disabled_at IS NULL
"""

ENSURE_STORE = """
-- A store that is there stays as it is.
INSERT INTO store (organization_id, id, name, created_at) VALUES (%(organization_id)s, %(id)s, %(id)s, %(now)s)
ON CONFLICT (organization_id, id) DO NOTHING
"""

INSERT_STORE = """
-- In a savepoint: the id may be taken, which is an answer and must not end the transaction.
INSERT INTO store (organization_id, id, name, created_at) VALUES (%(organization_id)s, %(id)s, %(name)s, %(now)s)
"""

LOCK_STORE = """
-- Held until its change is written: nobody is put to work at a store that is being closed.
SELECT id, name, created_at, closed_at FROM store
WHERE organization_id = %(organization_id)s AND id = %(id)s ORDER BY id FOR UPDATE
"""

UPDATE_STORE = """
-- The row is locked by LOCK_STORE.
UPDATE store SET name = %(name)s, closed_at = %(closed_at)s WHERE organization_id = %(organization_id)s AND id = %(id)s
"""

WORKING_AT = """
-- The store's row is locked, and whoever puts people there locks it too.
SELECT count(*) FROM staff WHERE organization_id = %(organization_id)s AND store = %(id)s AND disabled_at IS NULL
"""

PUT_SET_UP = """
INSERT INTO setup_token (token_hash, expires_at) VALUES (%(token_hash)s, %(expires_at)s)
"""

DELETE_SET_UP = """
-- All of them once there is an owner, before that those that ran out.
DELETE FROM setup_token WHERE expires_at <= %(now)s OR %(every)s
"""

MAY_SET_UP = """
-- Locks nothing: whoever sets up holds the lock of ALONE.
SELECT EXISTS (SELECT FROM setup_token WHERE token_hash = %(token_hash)s AND expires_at > %(now)s)
"""


async def lock_staff(tx: Transaction, organization_id: OrganizationId, staff_id: StaffId) -> None:
    """Lock a person's row until `tx` ends; nobody of that id locks nothing."""
    await tx.execute(LOCK_STAFF, {"organization_id": organization_id, "id": staff_id})


async def update_staff(tx: Transaction, staff: Staff) -> None:
    """Write a person as she is now."""
    await tx.execute(
        UPDATE_STAFF,
        {
            "organization_id": staff.organization_id,
            "id": staff.id,
            "name": staff.name,
            "role": staff.role,
            "store": staff.store,
            "locale": staff.locale,
            "programs": _ids(staff.programs),
            "theme": staff.theme,
            "disabled_at": staff.disabled_at,
        },
    )


async def rename_organization(tx: Transaction, organization_id: OrganizationId, name: str) -> None:
    """Give the organization another name."""
    await tx.execute(RENAME_ORGANIZATION, {"id": organization_id, "name": name})


async def mark_demo(tx: Transaction, organization_id: OrganizationId) -> None:
    """Say that the organization's programs were made by `puntal demo`."""
    await tx.execute(MARK_DEMO, {"id": organization_id})


async def set_four_eyes(tx: Transaction, organization_id: OrganizationId, wanted: FourEyes) -> None:
    """Write what takes two people."""
    await tx.execute(SET_FOUR_EYES, {"id": organization_id, "four_eyes": msgspec.json.encode(wanted).decode()})


async def role_used(tx: Transaction, organization_id: OrganizationId, id: str) -> int:
    """Return how many people who may sign in have a role."""
    return await _count(tx, ROLE_USED, organization_id, id)


async def delete_role(tx: Transaction, organization_id: OrganizationId, id: str) -> bool:
    """Forget a role of the organization's own; tells whether it had one."""
    deleted = await tx.execute(DELETE_ROLE, {"organization_id": organization_id, "id": id})
    return await deleted.fetchone() is not None


async def ensure_store(tx: Transaction, organization_id: OrganizationId, id: str, *, now: datetime) -> None:
    """Open a store under its id, unless there is one."""
    await tx.execute(ENSURE_STORE, {"organization_id": organization_id, "id": id, "now": now})


async def insert_store(tx: Transaction, organization_id: OrganizationId, store: Store) -> None:
    """Write a new store.

    Raises:
        StoreTaken: There is one of that id; the transaction goes on.
    """
    try:
        async with tx.transaction():
            await tx.execute(
                INSERT_STORE,
                {"organization_id": organization_id, "id": store.id, "name": store.name, "now": store.created_at},
            )
    except UniqueViolation as taken:
        raise StoreTaken(store=store.id) from taken


async def lock_store(tx: Transaction, organization_id: OrganizationId, id: str) -> Store | None:
    """Return a store, locked until `tx` ends."""
    row = await (await tx.execute(LOCK_STORE, {"organization_id": organization_id, "id": id})).fetchone()
    return None if row is None else Store(id=row[0], name=row[1], created_at=row[2], closed_at=row[3])


async def update_store(tx: Transaction, organization_id: OrganizationId, store: Store) -> None:
    """Write a store as it is now."""
    await tx.execute(
        UPDATE_STORE,
        {"organization_id": organization_id, "id": store.id, "name": store.name, "closed_at": store.closed_at},
    )


async def working_at(tx: Transaction, organization_id: OrganizationId, id: str) -> int:
    """Return how many people work at a store."""
    return await _count(tx, WORKING_AT, organization_id, id)


async def insert_setup_token(tx: Transaction, token_hash: bytes, *, expires_at: datetime) -> None:
    """Write the right to set up."""
    await tx.execute(PUT_SET_UP, {"token_hash": token_hash, "expires_at": expires_at})


async def delete_setup_tokens(tx: Transaction, *, now: datetime, every: bool) -> None:
    """Forget the rights to set up: every one, or those that ran out."""
    await tx.execute(DELETE_SET_UP, {"now": now, "every": every})


async def has_setup_token(tx: Transaction, token_hash: bytes, *, now: datetime) -> bool:
    """Tell whether a token gives the right to set up."""
    row = await (await tx.execute(MAY_SET_UP, {"token_hash": token_hash, "now": now})).fetchone()
    return row is not None and bool(row[0])


async def _count(tx: Transaction, statement: str, organization_id: OrganizationId, id: str) -> int:
    row = await (await tx.execute(statement, {"organization_id": organization_id, "id": id})).fetchone()
    return 0 if row is None else int(row[0])


def _ids(programs: Sequence[int] | None) -> list[int] | None:
    return None if programs is None else list(programs)
