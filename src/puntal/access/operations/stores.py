"""The stores where cashiers work. A store's id stays; its name is what people call it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from puntal.access.errors_people import StoreClosed, StoreInUse, StoreUnknown
from puntal.access.model import Caller, OrganizationId, Store
from puntal.access.operations import audit
from puntal.access.store import people as store
from puntal.kit.db import Transaction


async def add(tx: Transaction, *, id: str, name: str, by: Caller, now: datetime) -> Store:
    """Open a store.

    Args:
        tx: Outside any program; the caller commits.
        id: What orders of its tills will carry; never changes.
        name: What people call it.
        by: Who opens it.
        now: The real time.

    Raises:
        StoreTaken: There is one of that id, open or closed.
    """
    opened = Store(id=id, name=name, created_at=now, closed_at=None)
    await store.insert_store(tx, by.organization_id, opened)
    await _record(tx, by, id, "store.opened", now, name=name)
    return opened


async def rename(tx: Transaction, id: str, *, name: str, by: Caller, now: datetime) -> Store:
    """Give a store another name.

    Raises:
        StoreUnknown: There is none of that id.
    """
    known = await _locked(tx, by.organization_id, id)
    if known.name == name:
        return known
    renamed = replace(known, name=name)
    await store.update_store(tx, by.organization_id, renamed)
    await _record(tx, by, id, "store.renamed", now, name=name)
    return renamed


async def close(tx: Transaction, id: str, *, by: Caller, now: datetime) -> Store:
    """Close a store: nobody is put to work there any more. Closing twice changes nothing.

    Raises:
        StoreUnknown: There is none of that id.
        StoreInUse: People still work there.
    """
    known = await _locked(tx, by.organization_id, id)
    if known.closed_at is not None:
        return known
    people = await store.working_at(tx, by.organization_id, id)
    if people:
        raise StoreInUse(store=id, people=people)
    closed = replace(known, closed_at=now)
    await store.update_store(tx, by.organization_id, closed)
    await _record(tx, by, id, "store.closed", now)
    return closed


async def reopen(tx: Transaction, id: str, *, by: Caller, now: datetime) -> Store:
    """Open a closed store again. Doing it twice changes nothing.

    Raises:
        StoreUnknown: There is none of that id.
    """
    known = await _locked(tx, by.organization_id, id)
    if known.closed_at is None:
        return known
    opened = replace(known, closed_at=None)
    await store.update_store(tx, by.organization_id, opened)
    await _record(tx, by, id, "store.opened", now, name=known.name)
    return opened


async def take_on(tx: Transaction, organization_id: OrganizationId, id: str, *, now: datetime) -> None:
    """Make sure that somebody may be put to work at a store; one that is not known is opened under its id.

    Raises:
        StoreClosed: It is closed.
    """
    await store.ensure_store(tx, organization_id, id, now=now)
    if (await _locked(tx, organization_id, id)).closed_at is not None:
        raise StoreClosed(store=id)


async def _locked(tx: Transaction, organization_id: OrganizationId, id: str) -> Store:
    known = await store.lock_store(tx, organization_id, id)
    if known is None:
        raise StoreUnknown(store=id)
    return known


async def _record(tx: Transaction, by: Caller, id: str, action: str, now: datetime, **detail: object) -> None:
    await audit.record(
        tx,
        organization_id=by.organization_id,
        actor=by.actor,
        action=action,
        subject=f"store:{id}",
        now=now,
        detail=detail,
    )
