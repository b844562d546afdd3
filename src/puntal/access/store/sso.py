"""Writing and reading providers, journeys to them, and whom they mean."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from psycopg.rows import TupleRow

from puntal.access.model import OrganizationId, StaffId
from puntal.access.model_sso import Provider
from puntal.kit.db import Transaction

_PROVIDER = "id, name, issuer, client_id, secret, domains, new_role"

LIST_PROVIDERS = f"""
-- Locks nothing.
SELECT {_PROVIDER} FROM sso_provider WHERE organization_id = %(organization_id)s ORDER BY id
"""  # noqa: S608 - our own column list

PUT_PROVIDER = """
-- A secret that is not sent stays as it was.
INSERT INTO sso_provider (organization_id, id, name, issuer, client_id, secret, domains, new_role, created_at)
VALUES (%(organization_id)s, %(id)s, %(name)s, %(issuer)s, %(client_id)s, %(secret)s, %(domains)s, %(new_role)s,
        %(now)s)
ON CONFLICT (organization_id, id) DO UPDATE
SET name = excluded.name, issuer = excluded.issuer, client_id = excluded.client_id,
    secret = coalesce(excluded.secret, sso_provider.secret), domains = excluded.domains, new_role = excluded.new_role
"""

DELETE_PROVIDER = """
DELETE FROM sso_provider WHERE organization_id = %(organization_id)s AND id = %(id)s RETURNING id
"""

LOCK_SEALED = """
-- In order. For sealing them anew: seldom, and short.
SELECT organization_id, id, secret FROM sso_provider WHERE secret IS NOT NULL ORDER BY organization_id, id FOR UPDATE
"""

SET_SEALED = """
-- The rows are locked by LOCK_SEALED.
UPDATE sso_provider AS p SET secret = r.secret
FROM unnest(%(organizations)s::uuid[], %(ids)s::text[], %(secrets)s::text[]) AS r(organization_id, id, secret)
WHERE p.organization_id = r.organization_id AND p.id = r.id
"""

INSERT_JOURNEY = """
INSERT INTO sso_journey (state_hash, browser_hash, provider, expires_at)
VALUES (%(state_hash)s, %(browser_hash)s, %(provider)s, %(expires_at)s)
"""

TAKE_JOURNEY = """
-- Whoever deletes it has it; a second one finds nothing.
DELETE FROM sso_journey
WHERE state_hash = %(state_hash)s AND browser_hash = %(browser_hash)s AND provider = %(provider)s
  AND expires_at > %(now)s
RETURNING provider
"""

PURGE_JOURNEYS = """
-- Skips what others hold, so it waits for nobody.
DELETE FROM sso_journey WHERE state_hash IN (
    SELECT state_hash FROM sso_journey WHERE expires_at <= %(now)s ORDER BY state_hash LIMIT 1000
    FOR UPDATE SKIP LOCKED
)
"""

FIND_SUBJECT = """
-- Locks nothing.
SELECT staff_id FROM sso_subject
WHERE organization_id = %(organization_id)s AND issuer = %(issuer)s AND subject = %(subject)s
"""

INSERT_SUBJECT = """
-- Of two first visits at once one is written; both are of the same person.
INSERT INTO sso_subject (organization_id, issuer, subject, staff_id, created_at)
VALUES (%(organization_id)s, %(issuer)s, %(subject)s, %(staff_id)s, %(now)s)
ON CONFLICT (organization_id, issuer, subject) DO NOTHING
"""


async def list_providers(tx: Transaction, organization_id: OrganizationId) -> list[Provider]:
    """Return the organization's own providers, their secrets as they are stored."""
    cursor = await tx.execute(LIST_PROVIDERS, {"organization_id": organization_id})
    return [_read(row) for row in await cursor.fetchall()]


async def put_provider(tx: Transaction, organization_id: OrganizationId, provider: Provider, *, now: datetime) -> None:
    """Write a provider, its secret sealed; None leaves the secret as it was."""
    await tx.execute(
        PUT_PROVIDER,
        {
            "organization_id": organization_id,
            "id": provider.id,
            "name": provider.name,
            "issuer": provider.issuer,
            "client_id": provider.client_id,
            "secret": provider.secret,
            "domains": list(provider.domains),
            "new_role": provider.new_role,
            "now": now,
        },
    )


async def delete_provider(tx: Transaction, organization_id: OrganizationId, id: str) -> bool:
    """Forget a provider; tells whether there was one."""
    deleted = await tx.execute(DELETE_PROVIDER, {"organization_id": organization_id, "id": id})
    return await deleted.fetchone() is not None


async def lock_sealed(tx: Transaction) -> dict[tuple[OrganizationId, str], str]:
    """Return every stored secret, locked until `tx` ends."""
    cursor = await tx.execute(LOCK_SEALED)
    return {(OrganizationId(row[0]), row[1]): row[2] for row in await cursor.fetchall()}


async def set_sealed(tx: Transaction, secrets: Mapping[tuple[OrganizationId, str], str]) -> None:
    """Write secrets as they are sealed now; their rows are locked."""
    if secrets:
        await tx.execute(
            SET_SEALED,
            {
                "organizations": [organization for organization, _ in secrets],
                "ids": [id for _, id in secrets],
                "secrets": list(secrets.values()),
            },
        )


async def insert_journey(
    tx: Transaction, state_hash: bytes, *, browser_hash: bytes, provider: str, expires_at: datetime, now: datetime
) -> None:
    """Write somebody's way to a provider, and forget some from which nobody came back."""
    await tx.execute(PURGE_JOURNEYS, {"now": now})
    await tx.execute(
        INSERT_JOURNEY,
        {"state_hash": state_hash, "browser_hash": browser_hash, "provider": provider, "expires_at": expires_at},
    )


async def take_journey(
    tx: Transaction, state_hash: bytes, *, browser_hash: bytes, provider: str, now: datetime
) -> bool:
    """Use up a journey; tells whether it stood."""
    taken = await tx.execute(
        TAKE_JOURNEY, {"state_hash": state_hash, "browser_hash": browser_hash, "provider": provider, "now": now}
    )
    return await taken.fetchone() is not None


async def find_subject(
    tx: Transaction, organization_id: OrganizationId, *, issuer: str, subject: str
) -> StaffId | None:
    """Return whom an issuer means by a subject."""
    found = await tx.execute(FIND_SUBJECT, {"organization_id": organization_id, "issuer": issuer, "subject": subject})
    row = await found.fetchone()
    return None if row is None else StaffId(row[0])


async def insert_subject(
    tx: Transaction,
    organization_id: OrganizationId,
    *,
    issuer: str,
    subject: str,
    staff_id: StaffId,
    now: datetime,
) -> None:
    """Remember whom an issuer means by a subject."""
    await tx.execute(
        INSERT_SUBJECT,
        {
            "organization_id": organization_id,
            "issuer": issuer,
            "subject": subject,
            "staff_id": staff_id,
            "now": now,
        },
    )


def _read(row: TupleRow) -> Provider:
    return Provider(
        id=row[0],
        name=row[1],
        issuer=row[2],
        client_id=row[3],
        secret=row[4],
        domains=tuple(row[5]),
        new_role=row[6],
    )
