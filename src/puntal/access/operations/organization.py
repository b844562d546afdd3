"""The organization itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from puntal.access import queries, store
from puntal.access.model import Caller, Organization, OrganizationId
from puntal.access.operations import audit
from puntal.access.store import people
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


async def mark_demo(tx: Transaction, organization_id: OrganizationId) -> None:
    """Say that the organization's programs were made by `puntal demo`. Twice changes nothing."""
    await people.mark_demo(tx, organization_id)


async def rename(tx: Transaction, name: str, *, by: Caller, now: datetime) -> Organization:
    """Give the organization another name.

    Args:
        tx: Outside any program; the caller commits.
        name: What the business is called.
        by: Who says so.
        now: The real time.
    """
    known = await queries.find_organization(tx, by.organization_id)
    if known.name == name:
        return known
    await people.rename_organization(tx, known.id, name)
    await audit.record(
        tx,
        organization_id=known.id,
        actor=by.actor,
        action="organization.renamed",
        subject=f"organization:{known.id}",
        now=now,
        detail={"name": name},
    )
    return replace(known, name=name)
