"""Routes of the stores where cashiers work."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path

from puntal.access import queries
from puntal.access.api.shapes_people import OpenStore, RenameStore, StoreOut
from puntal.access.dependencies import (
    OrganizationCaller,
    OrganizationTx,
    RealNow,
    organization_router,
    requires_above,
)
from puntal.access.errors_people import StoreUnknown
from puntal.access.model import Caller, Permission, Store
from puntal.access.operations import stores
from puntal.kit.db import Transaction

router = organization_router("stores")

StoreName = Annotated[str, Path(min_length=1, max_length=200)]
_UNKNOWN: dict[int | str, dict[str, Any]] = {404: {"description": "`access.store_unknown`"}}


@router.get("/stores", summary="List stores", dependencies=[requires_above(Permission.STAFF_READ)])
async def list_stores(tx: OrganizationTx, caller: OrganizationCaller) -> list[StoreOut]:
    """List the stores, open ones first, with how many people work at each."""
    return [StoreOut.of(*each) for each in await queries.list_stores(tx, caller.organization_id)]


@router.post(
    "/stores",
    status_code=201,
    summary="Open a store",
    dependencies=[requires_above(Permission.STAFF_WRITE)],
    responses={409: {"description": "`access.store_taken`, `idempotency.key_reused`"}},
)
async def open_store(body: OpenStore, tx: OrganizationTx, caller: OrganizationCaller, now: RealNow) -> StoreOut:
    """Open a store where people may be put to work. Its id stays, its name may change."""
    return StoreOut.of(await stores.add(tx, id=body.id, name=body.name, by=caller, now=now), 0)


@router.patch(
    "/stores/{store}",
    summary="Rename a store",
    dependencies=[requires_above(Permission.STAFF_WRITE)],
    responses=_UNKNOWN,
)
async def rename_store(
    store: StoreName, body: RenameStore, tx: OrganizationTx, caller: OrganizationCaller, now: RealNow
) -> StoreOut:
    """Give a store another name; its id, and what carries it, stays."""
    return await _shown(tx, caller, await stores.rename(tx, store, name=body.name, by=caller, now=now))


@router.post(
    "/stores/{store}/close",
    summary="Close a store",
    dependencies=[requires_above(Permission.STAFF_WRITE)],
    responses=_UNKNOWN | {409: {"description": "`access.store_in_use`: with how many people work there"}},
)
async def close_store(store: StoreName, tx: OrganizationTx, caller: OrganizationCaller, now: RealNow) -> StoreOut:
    """Close a store at which nobody works any more. What was done there stays. Closing twice changes nothing."""
    return await _shown(tx, caller, await stores.close(tx, store, by=caller, now=now))


@router.post(
    "/stores/{store}/reopen",
    summary="Open a closed store again",
    dependencies=[requires_above(Permission.STAFF_WRITE)],
    responses=_UNKNOWN,
)
async def reopen_store(store: StoreName, tx: OrganizationTx, caller: OrganizationCaller, now: RealNow) -> StoreOut:
    """Let people work at a closed store again. Doing it twice changes nothing."""
    return await _shown(tx, caller, await stores.reopen(tx, store, by=caller, now=now))


async def _shown(tx: Transaction, caller: Caller, store: Store) -> StoreOut:
    known = {each.id: people for each, people in await queries.list_stores(tx, caller.organization_id)}
    if store.id not in known:
        raise StoreUnknown(store=store.id)
    return StoreOut.of(store, known[store.id])
