"""Writing and locking sessions, second factors, resets and failures to sign in."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from puntal.access.model import OrganizationId, StaffId
from puntal.access.model_sign_in import Factor, Failures, Reset, Session, SessionId
from puntal.kit.db import Transaction, encode

SESSION_COLUMNS = "id, organization_id, staff_id, created_at, seen_at, expires_at, ended_at, address, agent"

INSERT_SESSION = """
INSERT INTO staff_session (id, organization_id, staff_id, token_hash, created_at, seen_at, expires_at, address, agent)
VALUES (%(id)s, %(organization_id)s, %(staff_id)s, %(token_hash)s, %(created_at)s, %(created_at)s, %(expires_at)s,
        %(address)s, %(agent)s)
"""

END_SESSION = """
-- The first end counts. Nobody ends another person's session.
UPDATE staff_session SET ended_at = coalesce(ended_at, %(now)s) WHERE staff_id = %(staff_id)s AND id = %(id)s
RETURNING id
"""

END_SESSIONS = """
-- In the order of ids: two that end the same sessions do not wait for each other for ever.
WITH mine AS MATERIALIZED (
    SELECT id FROM staff_session WHERE staff_id = %(staff_id)s AND ended_at IS NULL ORDER BY id FOR UPDATE
)
UPDATE staff_session SET ended_at = %(now)s FROM mine WHERE staff_session.id = mine.id
"""

MARK_SEEN = """
-- One statement a minute for all sessions of this process, locked in order: other processes write the same.
WITH seen AS (
    SELECT r.id, r.at FROM json_to_recordset(%(rows)s::json) AS r(id uuid, at timestamptz)
), mine AS MATERIALIZED (
    SELECT s.id, seen.at FROM staff_session AS s JOIN seen ON seen.id = s.id ORDER BY s.id FOR NO KEY UPDATE OF s
)
UPDATE staff_session SET seen_at = mine.at FROM mine WHERE staff_session.id = mine.id AND seen_at < mine.at
"""

PURGE_SESSIONS = """
-- Skips what others hold, so it waits for nobody.
DELETE FROM staff_session WHERE id IN (
    SELECT id FROM staff_session WHERE expires_at < %(before)s ORDER BY id LIMIT 1000 FOR UPDATE SKIP LOCKED
)
"""

LOCK_PERSON = """
-- Held until her session is there: a new password, or being disabled, waits and then ends it.
SELECT password_hash FROM staff WHERE id = %(id)s AND disabled_at IS NULL ORDER BY id FOR UPDATE
"""

LOCK_FACTOR = """
-- Held until the code is used up, so that it is used once.
SELECT secret, confirmed_at, last_step FROM staff_factor WHERE staff_id = %(staff_id)s ORDER BY staff_id FOR UPDATE
"""

PUT_FACTOR = """
-- Begins anew where the last try was never confirmed.
INSERT INTO staff_factor (staff_id, organization_id, secret, created_at)
VALUES (%(staff_id)s, %(organization_id)s, %(secret)s, %(now)s)
ON CONFLICT (staff_id) DO UPDATE SET secret = excluded.secret, created_at = excluded.created_at
WHERE staff_factor.confirmed_at IS NULL
"""

LOCK_SECRETS = """
-- In order. For sealing them anew: seldom, and short.
SELECT staff_id, secret FROM staff_factor ORDER BY staff_id FOR UPDATE
"""

SET_SECRETS = """
-- The rows are locked by LOCK_SECRETS.
UPDATE staff_factor SET secret = r.secret
FROM unnest(%(ids)s::uuid[], %(secrets)s::text[]) AS r(staff_id, secret)
WHERE staff_factor.staff_id = r.staff_id
"""

USE_STEP = """
-- The row is locked by LOCK_FACTOR.
UPDATE staff_factor SET last_step = %(step)s, secret = %(secret)s, confirmed_at = coalesce(confirmed_at, %(now)s)
WHERE staff_id = %(staff_id)s
"""

DELETE_FACTOR = "DELETE FROM staff_factor WHERE staff_id = %(staff_id)s"

DELETE_RECOVERY_CODES = "DELETE FROM staff_recovery_code WHERE staff_id = %(staff_id)s"

INSERT_RECOVERY_CODES = """
INSERT INTO staff_recovery_code (staff_id, code_hash)
SELECT %(staff_id)s, unnest(%(hashes)s::bytea[])
"""

USE_RECOVERY_CODE = """
DELETE FROM staff_recovery_code WHERE staff_id = %(staff_id)s AND code_hash = %(code_hash)s RETURNING staff_id
"""

PUT_RESET = """
-- A newer link ends the one before.
INSERT INTO staff_reset (staff_id, organization_id, token_hash, expires_at, drops_factor)
VALUES (%(staff_id)s, %(organization_id)s, %(token_hash)s, %(expires_at)s, %(drops_factor)s)
ON CONFLICT (staff_id) DO UPDATE
SET token_hash = excluded.token_hash, expires_at = excluded.expires_at, drops_factor = excluded.drops_factor
"""

TAKE_RESET = """
-- Whoever deletes it has it; a second one finds nothing.
DELETE FROM staff_reset AS r USING staff AS s
WHERE r.token_hash = %(token_hash)s AND r.expires_at > %(now)s AND s.id = r.staff_id AND s.disabled_at IS NULL
RETURNING r.staff_id, r.organization_id, r.expires_at, r.drops_factor
"""

WHOSE_RESET = """
-- Locks nothing. Whose a reset is that can still be used.
SELECT s.name, s.email, o.name
FROM staff_reset r JOIN staff s ON s.id = r.staff_id JOIN organization o ON o.id = r.organization_id
WHERE r.token_hash = %(token_hash)s AND r.expires_at > %(now)s AND s.disabled_at IS NULL
"""

DELETE_RESET = "DELETE FROM staff_reset WHERE staff_id = %(staff_id)s"

OPEN_FAILURES = """
-- Inserted in order; a row that is there already stays as it is.
INSERT INTO sign_in_failure (subject, failures, failed_at, free_at)
SELECT s, 0, %(now)s, %(now)s FROM unnest(%(subjects)s::bytea[]) AS s ORDER BY s
ON CONFLICT (subject) DO NOTHING
"""

LOCK_FAILURES = """
-- In order, so that two tries for one account from one address take turns.
SELECT subject, failures, failed_at, free_at FROM sign_in_failure
WHERE subject = ANY(%(subjects)s) ORDER BY subject FOR UPDATE
"""

SET_FAILURES = """
-- The rows are locked by LOCK_FAILURES.
UPDATE sign_in_failure AS f SET failures = r.failures, failed_at = r.failed_at, free_at = r.free_at
FROM unnest(%(subjects)s::bytea[], %(failures)s::integer[], %(failed_at)s::timestamptz[], %(free_at)s::timestamptz[])
  AS r(subject, failures, failed_at, free_at)
WHERE f.subject = r.subject
"""

DELETE_FAILURES = "DELETE FROM sign_in_failure WHERE subject = %(subject)s"

PURGE_FAILURES = """
-- Skips what others hold, so it waits for nobody.
DELETE FROM sign_in_failure WHERE subject IN (
    SELECT subject FROM sign_in_failure WHERE failed_at < %(before)s ORDER BY subject LIMIT 1000
    FOR UPDATE SKIP LOCKED
)
"""


async def insert_session(tx: Transaction, session: Session, token_hash: bytes) -> None:
    """Write a session that begins; only the hash of its token is kept."""
    await tx.execute(
        INSERT_SESSION,
        {
            "id": session.id,
            "organization_id": session.organization_id,
            "staff_id": session.staff_id,
            "token_hash": token_hash,
            "created_at": session.created_at,
            "expires_at": session.expires_at,
            "address": session.address,
            "agent": session.agent,
        },
    )


async def end_session(tx: Transaction, staff_id: StaffId, session_id: SessionId, *, now: datetime) -> bool:
    """End one of a person's sessions; tells whether she has it."""
    ended = await tx.execute(END_SESSION, {"staff_id": staff_id, "id": session_id, "now": now})
    return await ended.fetchone() is not None


async def end_sessions(tx: Transaction, staff_id: StaffId, *, now: datetime) -> None:
    """End every session of a person."""
    await tx.execute(END_SESSIONS, {"staff_id": staff_id, "now": now})


async def mark_seen(tx: Transaction, seen: Mapping[UUID, datetime]) -> None:
    """Note when sessions were used last; never goes back in time."""
    if seen:
        rows = [{"id": session_id, "at": at} for session_id, at in sorted(seen.items())]
        await tx.execute(MARK_SEEN, {"rows": encode(rows)})


async def lock_person(tx: Transaction, staff_id: StaffId) -> str | None:
    """Return the password's hash of somebody who may sign in, locked until `tx` ends."""
    row = await (await tx.execute(LOCK_PERSON, {"id": staff_id})).fetchone()
    return None if row is None else row[0]


async def lock_factor(tx: Transaction, staff_id: StaffId) -> Factor | None:
    """Return a person's second factor, confirmed or not, locked until `tx` ends."""
    row = await (await tx.execute(LOCK_FACTOR, {"staff_id": staff_id})).fetchone()
    return None if row is None else Factor(secret=row[0], confirmed_at=row[1], last_step=row[2])


async def put_factor(
    tx: Transaction, organization_id: OrganizationId, staff_id: StaffId, *, secret: str, now: datetime
) -> bool:
    """Write a factor that is not confirmed yet; tells whether there was none that is."""
    put = await tx.execute(
        PUT_FACTOR, {"staff_id": staff_id, "organization_id": organization_id, "secret": secret, "now": now}
    )
    return put.rowcount == 1


async def use_step(tx: Transaction, staff_id: StaffId, step: int, *, secret: str, now: datetime) -> None:
    """Use up a code, and with the first one confirm the factor; its secret is kept as it is sealed now."""
    await tx.execute(USE_STEP, {"staff_id": staff_id, "step": step, "secret": secret, "now": now})


async def lock_secrets(tx: Transaction) -> list[tuple[StaffId, str]]:
    """Return every person's secret as it is stored, locked until `tx` ends."""
    cursor = await tx.execute(LOCK_SECRETS)
    return [(StaffId(row[0]), row[1]) for row in await cursor.fetchall()]


async def set_secrets(tx: Transaction, secrets: Mapping[StaffId, str]) -> None:
    """Write secrets as they are sealed now; their rows are locked."""
    if secrets:
        await tx.execute(SET_SECRETS, {"ids": list(secrets), "secrets": list(secrets.values())})


async def drop_factor(tx: Transaction, staff_id: StaffId) -> None:
    """Take a factor away, and its recovery codes."""
    await tx.execute(DELETE_FACTOR, {"staff_id": staff_id})
    await tx.execute(DELETE_RECOVERY_CODES, {"staff_id": staff_id})


async def replace_recovery_codes(tx: Transaction, staff_id: StaffId, hashes: Collection[bytes]) -> None:
    """Write recovery codes in the place of those before."""
    await tx.execute(DELETE_RECOVERY_CODES, {"staff_id": staff_id})
    await tx.execute(INSERT_RECOVERY_CODES, {"staff_id": staff_id, "hashes": list(hashes)})


async def use_recovery_code(tx: Transaction, staff_id: StaffId, code_hash: bytes) -> bool:
    """Use up a recovery code; tells whether there was such a one."""
    used = await tx.execute(USE_RECOVERY_CODE, {"staff_id": staff_id, "code_hash": code_hash})
    return await used.fetchone() is not None


async def put_reset(tx: Transaction, reset: Reset, token_hash: bytes) -> None:
    """Write a person's reset in the place of the one before."""
    await tx.execute(
        PUT_RESET,
        {
            "staff_id": reset.staff_id,
            "organization_id": reset.organization_id,
            "token_hash": token_hash,
            "expires_at": reset.expires_at,
            "drops_factor": reset.drops_factor,
        },
    )


async def take_reset(tx: Transaction, token_hash: bytes, *, now: datetime) -> Reset | None:
    """Use up a reset."""
    row = await (await tx.execute(TAKE_RESET, {"token_hash": token_hash, "now": now})).fetchone()
    if row is None:
        return None
    return Reset(staff_id=row[0], organization_id=row[1], expires_at=row[2], drops_factor=row[3])


async def whose_reset(tx: Transaction, token_hash: bytes, *, now: datetime) -> tuple[str, str, str] | None:
    """Return name and address of the person a reset is for, and her organization's name; it stays as it was."""
    row = await (await tx.execute(WHOSE_RESET, {"token_hash": token_hash, "now": now})).fetchone()
    return None if row is None else (row[0], row[1], row[2])


async def delete_reset(tx: Transaction, staff_id: StaffId) -> None:
    """Take a person's reset away, used or not."""
    await tx.execute(DELETE_RESET, {"staff_id": staff_id})


async def lock_failures(tx: Transaction, subjects: Collection[bytes], *, now: datetime) -> dict[bytes, Failures]:
    """Return the failures of each subject, also those of none, locked until `tx` ends."""
    wanted = sorted(subjects)
    await tx.execute(OPEN_FAILURES, {"subjects": wanted, "now": now})
    cursor = await tx.execute(LOCK_FAILURES, {"subjects": wanted})
    return {bytes(row[0]): Failures(count=row[1], failed_at=row[2], free_at=row[3]) for row in await cursor.fetchall()}


async def set_failures(tx: Transaction, failures: Mapping[bytes, Failures]) -> None:
    """Write the failures of locked subjects."""
    await tx.execute(
        SET_FAILURES,
        {
            "subjects": list(failures),
            "failures": [each.count for each in failures.values()],
            "failed_at": [each.failed_at for each in failures.values()],
            "free_at": [each.free_at for each in failures.values()],
        },
    )


async def delete_failures(tx: Transaction, subject: bytes) -> None:
    """Forget the failures of one subject."""
    await tx.execute(DELETE_FAILURES, {"subject": subject})


async def purge(tx: Transaction, *, sessions_before: datetime, failures_before: datetime) -> None:
    """Forget sessions that were over by then, and failures that no longer count; at most a thousand of each."""
    await tx.execute(PURGE_SESSIONS, {"before": sessions_before})
    await tx.execute(PURGE_FAILURES, {"before": failures_before})
