"""Routes of passkeys: one's own, and signing in with one."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.routing import APIRoute

from puntal.access import cookies, policy
from puntal.access.api.me import SignedIn, knocks, not_foreign, signed_in
from puntal.access.api.shapes_passkeys import (
    AddPasskey,
    CreationOptions,
    PasskeyOut,
    RenamePasskey,
    Reproof,
    RequestOptions,
    UsePasskey,
)
from puntal.access.api.shapes_sign_in import MeOut
from puntal.access.dependencies import RealNow, sealer_of
from puntal.access.door import Door
from puntal.access.errors_passkeys import PasskeyInvalid, PasskeyRefused, PasskeysUnavailable
from puntal.access.model_passkeys import PasskeyId, Purpose, Site
from puntal.access.operations import passkeys
from puntal.access.store import passkeys as store
from puntal.kit import http


def _operation_id(route: APIRoute) -> str:
    return f"passkeys_{route.name}"


def _quietly(response: Response) -> None:
    """Nothing said here is for a cache."""
    response.headers["cache-control"] = "no-store"


def _site(request: Request) -> Site:
    site = cookies.site_of(request)
    if site is None:
        raise PasskeysUnavailable
    return site


def _door(request: Request) -> Door:
    return Door(http.database_of(request), sealer_of(request))


AtSite = Annotated[Site, Depends(_site)]
AtDoor = Annotated[Door, Depends(_door)]

_BY_SESSION: dict[int | str, dict[str, Any]] = {
    401: {"description": "`access.session_missing`, `access.session_ended`"},
    403: {"description": "`access.foreign_origin`: not sent by a page of ours"},
}
_PROVING: dict[int | str, dict[str, Any]] = {
    401: {"description": "`access.session_missing`, `access.session_ended`"},
    403: {
        "description": "`access.password_wrong`, `access.second_factor_unproven`; `access.sign_in_again`: she has no "
        "password and signed in too long ago; `access.foreign_origin`"
    },
    429: {"description": "`access.sign_in_blocked`; wait as `Retry-After` says"},
}
_UNAVAILABLE = "`access.passkeys_unavailable`: this address has no name that a passkey could be for"
_BODY: dict[int | str, dict[str, Any]] = {413: {"description": "`request.too_large`"}}

router = APIRouter(
    prefix="/v1/auth/passkeys",
    tags=["passkeys"],
    generate_unique_id_function=_operation_id,
    dependencies=[Depends(_quietly)],
)


@router.get("", summary="List one's passkeys", responses=_BY_SESSION)
async def list_passkeys(visit: SignedIn, tx: http.Tx) -> list[PasskeyOut]:
    """List one's passkeys, newest first."""
    return [PasskeyOut.of(passkey) for passkey in await store.list_passkeys(tx, visit.staff.id)]


@router.post(
    "/begin",
    summary="Begin with a passkey",
    responses=_PROVING | _BODY | {409: {"description": f"{_UNAVAILABLE}; `access.passkeys_many`"}},
)
async def begin(
    body: Reproof, request: Request, visit: SignedIn, site: AtSite, door: AtDoor, now: RealNow
) -> CreationOptions:
    """Get what the browser makes a passkey from; good once, for five minutes. Nothing changes until it is added."""
    await door.prove_anew(visit, body.password, body.code, browser=cookies.browser_of(request), now=now)
    async with http.database_of(request).transaction() as tx:
        return CreationOptions.of(await passkeys.begin_adding(tx, visit.staff, visit.session, site, now=now))


@router.post(
    "",
    status_code=201,
    summary="Add a passkey",
    responses=_BY_SESSION
    | _BODY
    | {
        409: {"description": f"{_UNAVAILABLE}; `access.passkey_taken`"},
        422: {"description": "`access.passkey_invalid`: not for this site, too late, or sent twice; `request.faulty`"},
    },
)
async def add(body: AddPasskey, request: Request, visit: SignedIn, site: AtSite, now: RealNow) -> PasskeyOut:
    """Keep the passkey that the browser has made; from now on it signs in by itself."""
    credential = body.credential.model_dump(by_alias=True, exclude_none=True)
    database = http.database_of(request)
    async with database.transaction() as tx:
        challenge = await passkeys.take(tx, credential, passkeys.of_session(visit.session), Purpose.ADD, now=now)
    if challenge is None:
        raise PasskeyInvalid
    async with database.transaction() as tx:
        return PasskeyOut.of(
            await passkeys.add(tx, visit.staff, credential, name=body.name, site=site, challenge=challenge, now=now)
        )


@router.patch(
    "/{passkey_id}",
    summary="Rename a passkey",
    responses=_BY_SESSION | _BODY | {404: {"description": "`access.passkey_unknown`"}},
)
async def rename(passkey_id: UUID, body: RenamePasskey, visit: SignedIn, tx: http.Tx) -> PasskeyOut:
    """Call one of one's passkeys something else."""
    return PasskeyOut.of(await passkeys.rename(tx, visit.staff, PasskeyId(passkey_id), body.name))


@router.post(
    "/{passkey_id}/remove",
    status_code=204,
    summary="Remove a passkey",
    responses=_PROVING | _BODY | {404: {"description": "`access.passkey_unknown`"}},
)
async def remove(
    passkey_id: UUID, body: Reproof, request: Request, visit: SignedIn, door: AtDoor, now: RealNow
) -> None:
    """Forget one of one's passkeys; sessions it began go on."""
    await door.prove_anew(visit, body.password, body.code, browser=cookies.browser_of(request), now=now)
    async with http.database_of(request).transaction() as tx:
        await passkeys.remove(tx, visit.staff, PasskeyId(passkey_id), now=now)


@router.post(
    "/sign-in/begin",
    summary="Begin to sign in with a passkey",
    dependencies=[Depends(knocks), Depends(not_foreign)],
    responses={
        403: {"description": "`access.foreign_origin`: a page of another site"},
        409: {"description": _UNAVAILABLE},
        429: {"description": "`access.knocks_exceeded`; wait as `Retry-After` says"},
    },
)
async def begin_sign_in(
    request: Request, response: Response, site: AtSite, tx: http.Tx, now: RealNow
) -> RequestOptions:
    """Get what a passkey is to sign; good once, for this browser, for five minutes."""
    token = secrets.token_urlsafe(32)
    options = RequestOptions.of(await passkeys.begin_sign_in(tx, site, policy.hash_secret(token), now=now))
    cookies.put_knock(response, request, token, seconds=passkeys.CHALLENGE_LASTS // timedelta(seconds=1))
    return options


@router.post(
    "/sign-in",
    summary="Sign in with a passkey",
    dependencies=[Depends(knocks), Depends(not_foreign)],
    responses=_BODY
    | {
        401: {"description": "`access.passkey_refused`"},
        403: {"description": "`access.foreign_origin`: a page of another site"},
        409: {"description": _UNAVAILABLE},
        429: {"description": "`access.sign_in_blocked`, `access.knocks_exceeded`; wait as `Retry-After` says"},
    },
)
async def use(
    body: UsePasskey, request: Request, response: Response, site: AtSite, door: AtDoor, now: RealNow
) -> MeOut:
    """Sign in; the session is in the cookie of the answer. No password and no code besides."""
    token = cookies.knock_of(request)
    if token is None:
        raise PasskeyRefused
    begun = await door.sign_in_by_passkey(
        body.credential.model_dump(by_alias=True, exclude_none=True),
        site=site,
        browser=cookies.browser_of(request),
        browser_hash=policy.hash_secret(token),
        now=now,
    )
    cookies.drop_knock(response, request)
    return await signed_in(request, response, begun, now)
