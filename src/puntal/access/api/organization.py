"""Routes of the organization and its keys."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from puntal.access import queries
from puntal.access.api.shapes import (
    CreateKey,
    FourEyesOut,
    KeyOut,
    NewKeyOut,
    OrganizationOut,
    PutFourEyes,
    RotateKey,
    new_key,
)
from puntal.access.api.shapes_people import RenameOrganization
from puntal.access.dependencies import (
    OrganizationCaller,
    OrganizationTx,
    RealNow,
    organization_router,
    requires_above,
)
from puntal.access.idempotency import hides
from puntal.access.model import FourEyes, KeyId, KeyTerms, Permission, StaffId
from puntal.access.operations import approvals, keys, organization
from puntal.kit.http import Cursor, Limit
from puntal.kit.pages import Page, cut, last_id

router = organization_router("organization")

_OVERLAP = timedelta(days=1)


@router.get("", summary="Show the organization", dependencies=[requires_above(None)])
async def show(tx: OrganizationTx, caller: OrganizationCaller) -> OrganizationOut:
    """Show the organization the key belongs to."""
    return OrganizationOut.model_validate(await queries.find_organization(tx, caller.organization_id))


@router.patch("", summary="Rename the organization", dependencies=[requires_above(Permission.STAFF_WRITE)])
async def rename(
    body: RenameOrganization, tx: OrganizationTx, caller: OrganizationCaller, now: RealNow
) -> OrganizationOut:
    """Give the organization another name."""
    return OrganizationOut.model_validate(await organization.rename(tx, body.name, by=caller, now=now))


@router.get(
    "/four-eyes", summary="Show what takes two people", dependencies=[requires_above(Permission.APPROVALS_READ)]
)
async def show_four_eyes(tx: OrganizationTx, caller: OrganizationCaller) -> FourEyesOut:
    """Show what the organization wants a second person for."""
    return FourEyesOut.model_validate(await queries.find_four_eyes(tx, caller.organization_id))


@router.put(
    "/four-eyes",
    summary="Say what takes two people",
    dependencies=[requires_above(Permission.STAFF_WRITE)],
    responses={403: {"description": "`access.forbidden`, `access.organization_only`, `access.beyond_own`: no owner"}},
)
async def put_four_eyes(body: PutFourEyes, tx: OrganizationTx, caller: OrganizationCaller, now: RealNow) -> FourEyesOut:
    """Say what takes two people from now on; only an owner does. Kill switches never wait."""
    return FourEyesOut.model_validate(
        await approvals.set_four_eyes(tx, FourEyes(**body.model_dump()), by=caller, now=now)
    )


@router.get("/keys", summary="List API keys", dependencies=[requires_above(Permission.KEYS_READ)])
async def list_keys(
    tx: OrganizationTx, caller: OrganizationCaller, limit: Limit = 50, cursor: Cursor = None
) -> Page[KeyOut]:
    """List keys, newest first, ended ones too."""
    before = last_id(cursor)
    found = await queries.list_keys(tx, caller.organization_id, before=before, limit=limit + 1)
    rows, following = cut(found, limit, lambda key: (key.id,))
    return Page(items=[KeyOut.of(key) for key in rows], next=following)


@router.post(
    "/keys",
    status_code=201,
    summary="Make an API key",
    dependencies=[requires_above(Permission.KEYS_WRITE)],
    responses={403: {"description": "`access.forbidden`, `access.organization_only`, `access.beyond_own`"}},
)
@hides("token")
async def create_key(body: CreateKey, tx: OrganizationTx, caller: OrganizationCaller, now: RealNow) -> NewKeyOut:
    """Make a key. Its token is in this answer and nowhere else; you cannot give what your own key lacks."""
    terms = KeyTerms(
        name=body.name,
        scopes=frozenset(body.scopes),
        program=body.program,
        networks=tuple(body.networks),
        expires_at=body.expires_at,
        staff_id=None if body.staff_id is None else StaffId(body.staff_id),
    )
    made = await keys.create(tx, terms, by=caller, now=now)
    return new_key(made.key, made.token)


@router.post(
    "/keys/{key_id}/rotate",
    status_code=201,
    summary="Rotate an API key",
    dependencies=[requires_above(Permission.KEYS_WRITE)],
    responses={409: {"description": "`access.key_ended`, `idempotency.key_reused`"}},
)
@hides("token")
async def rotate_key(
    key_id: UUID, body: RotateKey, tx: OrganizationTx, caller: OrganizationCaller, now: RealNow
) -> NewKeyOut:
    """Make a successor that may do the same; the old key goes on working until `old_until`."""
    made = await keys.rotate(tx, KeyId(key_id), by=caller, old_until=body.old_until or now + _OVERLAP, now=now)
    return new_key(made.key, made.token)


@router.post(
    "/keys/{key_id}/revoke",
    summary="Revoke an API key",
    dependencies=[requires_above(Permission.KEYS_WRITE)],
)
async def revoke_key(key_id: UUID, tx: OrganizationTx, caller: OrganizationCaller, now: RealNow) -> KeyOut:
    """End a key; it is refused everywhere within five seconds. Revoking twice changes nothing."""
    return KeyOut.of(await keys.revoke(tx, KeyId(key_id), by=caller, now=now))
