"""Writing, locking and reading passkeys and what they are to sign."""

from __future__ import annotations

from datetime import datetime

from psycopg.errors import UniqueViolation
from psycopg.rows import TupleRow

from puntal.access.errors_passkeys import PasskeyTaken
from puntal.access.model import StaffId
from puntal.access.model_passkeys import Passkey, PasskeyId, Purpose
from puntal.kit.db import Transaction

_COLUMNS = (
    "p.id, p.organization_id, p.staff_id, p.credential_id, p.public_key, p.name, p.sign_count, p.synced, p.created_at, "
    "p.used_at, p.shut_at"
)

INSERT_CHALLENGE = """
INSERT INTO passkey_challenge (challenge_hash, browser_hash, purpose, expires_at)
VALUES (%(challenge_hash)s, %(browser_hash)s, %(purpose)s, %(expires_at)s)
"""

TAKE_CHALLENGE = """
-- Whoever deletes it has it; a second one finds nothing.
DELETE FROM passkey_challenge
WHERE challenge_hash = %(challenge_hash)s AND browser_hash = %(browser_hash)s AND purpose = %(purpose)s
  AND expires_at > %(now)s
RETURNING purpose
"""

PURGE_CHALLENGES = """
-- Skips what others hold, so it waits for nobody.
DELETE FROM passkey_challenge WHERE challenge_hash IN (
    SELECT challenge_hash FROM passkey_challenge WHERE expires_at <= %(now)s ORDER BY challenge_hash LIMIT 1000
    FOR UPDATE SKIP LOCKED
)
"""

INSERT_PASSKEY = """
-- In a savepoint: it may be there, which is an answer and must not end the transaction.
INSERT INTO passkey (id, organization_id, staff_id, credential_id, public_key, name, sign_count, synced, created_at)
VALUES (%(id)s, %(organization_id)s, %(staff_id)s, %(credential_id)s, %(public_key)s, %(name)s, %(sign_count)s,
        %(synced)s, %(created_at)s)
"""

LIST_PASSKEYS = f"""
-- Locks nothing. Newest first; nobody has more than a page of them.
SELECT {_COLUMNS} FROM passkey AS p WHERE p.staff_id = %(staff_id)s ORDER BY p.id DESC LIMIT 100
"""  # noqa: S608 - our own column list

LOCK_PASSKEY = f"""
-- Held until its count is written, so that of a passkey and its copy at once one is found out. Hers after her own row.
SELECT {_COLUMNS} FROM passkey AS p JOIN staff AS s ON s.id = p.staff_id AND s.disabled_at IS NULL
WHERE p.credential_id = %(credential_id)s
ORDER BY p.id FOR UPDATE
"""  # noqa: S608 - our own column list

USE_PASSKEY = """
-- The row is locked by LOCK_PASSKEY.
UPDATE passkey SET sign_count = %(sign_count)s, used_at = %(now)s WHERE id = %(id)s
"""

SHUT_PASSKEY = """
-- The row is locked by LOCK_PASSKEY. The first time counts.
UPDATE passkey SET shut_at = coalesce(shut_at, %(now)s) WHERE id = %(id)s
"""

RENAME_PASSKEY = """
UPDATE passkey SET name = %(name)s WHERE staff_id = %(staff_id)s AND id = %(id)s RETURNING id
"""

DELETE_PASSKEYS = "DELETE FROM passkey WHERE staff_id = %(staff_id)s"

DELETE_PASSKEY = """
DELETE FROM passkey WHERE staff_id = %(staff_id)s AND id = %(id)s RETURNING id
"""


async def insert_challenge(
    tx: Transaction,
    challenge_hash: bytes,
    *,
    browser_hash: bytes,
    purpose: Purpose,
    expires_at: datetime,
    now: datetime,
) -> None:
    """Write what is to be signed, and forget some that nobody signed in time."""
    await tx.execute(PURGE_CHALLENGES, {"now": now})
    await tx.execute(
        INSERT_CHALLENGE,
        {
            "challenge_hash": challenge_hash,
            "browser_hash": browser_hash,
            "purpose": purpose,
            "expires_at": expires_at,
        },
    )


async def take_challenge(
    tx: Transaction, challenge_hash: bytes, *, browser_hash: bytes, purpose: Purpose, now: datetime
) -> bool:
    """Use up a challenge; tells whether it stood."""
    taken = await tx.execute(
        TAKE_CHALLENGE,
        {"challenge_hash": challenge_hash, "browser_hash": browser_hash, "purpose": purpose, "now": now},
    )
    return await taken.fetchone() is not None


async def insert_passkey(tx: Transaction, passkey: Passkey) -> None:
    """Write a new passkey.

    Raises:
        PasskeyTaken: It is somebody's already; the transaction goes on.
    """
    try:
        async with tx.transaction():
            await tx.execute(
                INSERT_PASSKEY,
                {
                    "id": passkey.id,
                    "organization_id": passkey.organization_id,
                    "staff_id": passkey.staff_id,
                    "credential_id": passkey.credential_id,
                    "public_key": passkey.public_key,
                    "name": passkey.name,
                    "sign_count": passkey.sign_count,
                    "synced": passkey.synced,
                    "created_at": passkey.created_at,
                },
            )
    except UniqueViolation as taken:
        raise PasskeyTaken from taken


async def list_passkeys(tx: Transaction, staff_id: StaffId) -> list[Passkey]:
    """Return a person's passkeys, newest first, shut ones too."""
    cursor = await tx.execute(LIST_PASSKEYS, {"staff_id": staff_id})
    return [_read(row) for row in await cursor.fetchall()]


async def lock_passkey(tx: Transaction, credential_id: bytes) -> Passkey | None:
    """Return the passkey of that name of somebody who may sign in, with its owner locked until `tx` ends."""
    row = await (await tx.execute(LOCK_PASSKEY, {"credential_id": credential_id})).fetchone()
    return None if row is None else _read(row)


async def use_passkey(tx: Transaction, id: PasskeyId, *, sign_count: int, now: datetime) -> None:
    """Note that a passkey signed."""
    await tx.execute(USE_PASSKEY, {"id": id, "sign_count": sign_count, "now": now})


async def shut_passkey(tx: Transaction, id: PasskeyId, *, now: datetime) -> None:
    """Let a passkey open nothing any more."""
    await tx.execute(SHUT_PASSKEY, {"id": id, "now": now})


async def rename_passkey(tx: Transaction, staff_id: StaffId, id: PasskeyId, name: str) -> bool:
    """Give a passkey another name; tells whether she has it."""
    renamed = await tx.execute(RENAME_PASSKEY, {"staff_id": staff_id, "id": id, "name": name})
    return await renamed.fetchone() is not None


async def delete_passkey(tx: Transaction, staff_id: StaffId, id: PasskeyId) -> bool:
    """Forget a passkey; tells whether she had it."""
    deleted = await tx.execute(DELETE_PASSKEY, {"staff_id": staff_id, "id": id})
    return await deleted.fetchone() is not None


async def delete_passkeys(tx: Transaction, staff_id: StaffId) -> None:
    """Forget every passkey of a person."""
    await tx.execute(DELETE_PASSKEYS, {"staff_id": staff_id})


def _read(row: TupleRow) -> Passkey:
    return Passkey(
        id=PasskeyId(row[0]),
        organization_id=row[1],
        staff_id=row[2],
        credential_id=bytes(row[3]),
        public_key=bytes(row[4]),
        name=row[5],
        sign_count=row[6],
        synced=row[7],
        created_at=row[8],
        used_at=row[9],
        shut_at=row[10],
    )
