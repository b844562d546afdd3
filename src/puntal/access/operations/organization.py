"""The organization itself."""

from __future__ import annotations

from datetime import datetime

from puntal.access import queries, store
from puntal.access.model import Organization, OrganizationId
from puntal.access.operations import audit
from puntal.kit import ids
from puntal.kit.db import Transaction

FIRST_NAME = "My organization"
"""What an installation's organization is called until somebody says otherwise."""


async def ensure_organization(tx: Transaction, name: str, *, now: datetime) -> Organization:
    """Return the installation's organization, made under this name if there is none yet.

    Processes that start together make one.
    """
    await store.alone(tx)
    known = await queries.first_organization(tx)
    if known is not None:
        return known
    organization = Organization(id=OrganizationId(ids.new_id()), name=name, created_at=now)
    await store.insert_organization(tx, organization)
    await audit.record(
        tx,
        organization_id=organization.id,
        actor=audit.SYSTEM,
        action="organization.created",
        subject=f"organization:{organization.id}",
        now=now,
    )
    return organization
