"""Routes of signing in: passwords, sessions, second factors. For people in browsers; machines use keys."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

import segno
from fastapi import APIRouter, Depends, Request, Response, Security
from fastapi.routing import APIRoute

from puntal.access import cookies, policy
from puntal.access.api.me import SignedIn, knocks, me_of, not_foreign, session_out, signed_in
from puntal.access.api.shapes_people import ChangeMe
from puntal.access.api.shapes_sign_in import (
    ChangePassword,
    ConfirmFactor,
    FactorProof,
    MeOut,
    NewFactorOut,
    Proof,
    RecoveryCodesOut,
    ResetForOut,
    SessionOut,
    ShowReset,
    SignIn,
    UseReset,
)
from puntal.access.dependencies import RealNow, gate_of, sealer_of, session_scheme
from puntal.access.door import Door
from puntal.access.errors_sign_in import ForeignOrigin
from puntal.access.model_sign_in import SessionId
from puntal.access.operations import factors, people, resets, sessions, staff
from puntal.access.operations.people import Change
from puntal.access.queries import sign_in
from puntal.kit import http


def _operation_id(route: APIRoute) -> str:
    return f"auth_{route.name}"


def _quietly(response: Response) -> None:
    """Nothing said here is for a cache."""
    response.headers["cache-control"] = "no-store"


_BY_SESSION: dict[int | str, dict[str, Any]] = {
    401: {"description": "`access.session_missing`, `access.session_ended`"},
    403: {"description": "`access.foreign_origin`: not sent by a page of ours"},
}
_PROVING: dict[int | str, dict[str, Any]] = {
    401: {"description": "`access.session_missing`, `access.session_ended`"},
    403: {"description": "`access.password_wrong`, `access.second_factor_unproven`, `access.foreign_origin`"},
    429: {"description": "`access.sign_in_blocked`; wait as `Retry-After` says"},
}
_BODY: dict[int | str, dict[str, Any]] = {413: {"description": "`request.too_large`"}}

router = APIRouter(
    prefix="/v1/auth", tags=["auth"], generate_unique_id_function=_operation_id, dependencies=[Depends(_quietly)]
)


def _door(request: Request) -> Door:
    return Door(http.database_of(request), sealer_of(request))


AtDoor = Annotated[Door, Depends(_door)]


@router.post(
    "/sign-in",
    summary="Sign in",
    dependencies=[Depends(knocks), Depends(not_foreign)],
    responses=_BODY
    | {
        401: {"description": "`access.sign_in_refused`, `access.second_factor_required`, `access.second_factor_wrong`"},
        403: {"description": "`access.foreign_origin`: a page of another site"},
        429: {"description": "`access.sign_in_blocked`, `access.knocks_exceeded`; wait as `Retry-After` says"},
    },
)
async def enter(body: SignIn, request: Request, response: Response, door: AtDoor, now: RealNow) -> MeOut:
    """Sign in; the session is in the cookie of the answer. With a second factor send its code too."""
    begun = await door.sign_in(body.email, body.password, body.code, browser=cookies.browser_of(request), now=now)
    return await signed_in(request, response, begun, now)


@router.post("/sign-out", status_code=204, summary="Sign out", responses={403: _BY_SESSION[403]})
async def leave(
    request: Request,
    response: Response,
    tx: http.Tx,
    now: RealNow,
    _: Annotated[str | None, Security(session_scheme)],
) -> None:
    """End this browser's session and take its cookie. Without a session, or twice, it changes nothing."""
    sent = cookies.sent(request)
    if sent is not None:
        if not sent.own:
            raise ForeignOrigin
        visit = await sign_in.find_visit(tx, policy.hash_secret(sent.token))
        if visit is not None:
            await sessions.end(tx, visit.session, now=now)
            gate_of(request).visits.forget()
    cookies.drop(response, request)


@router.get("/me", summary="Show who is signed in", responses=_BY_SESSION)
async def me(request: Request, visit: SignedIn, now: RealNow) -> MeOut:
    """Show who is signed in, what she may do, and in which programs."""
    return await me_of(request, visit, now)


@router.patch("/me", summary="Change one's name, language or theme", responses=_BY_SESSION | _BODY)
async def change_me(body: ChangeMe, request: Request, visit: SignedIn, now: RealNow) -> MeOut:
    """Change how one is called, one's language, or how one's screen looks. What is left out stays."""
    change = Change(fields=frozenset(body.model_fields_set), **body.model_dump())
    async with http.database_of(request).transaction() as tx:
        changed = await people.change_own(tx, visit.staff, change, now=now)
    gate_of(request).visits.forget()
    return await me_of(request, replace(visit, staff=changed), now)


@router.get("/sessions", summary="List one's sessions", responses=_BY_SESSION)
async def list_sessions(visit: SignedIn, tx: http.Tx, now: RealNow) -> list[SessionOut]:
    """List the browsers in which one is signed in, newest first."""
    found = await sign_in.list_sessions(tx, visit.staff.id)
    standing = [each for each in found if policy.stands(each, seen_at=each.seen_at, now=now)]
    return [session_out(each, visit) for each in standing]


@router.post(
    "/sessions/{session_id}/revoke",
    status_code=204,
    summary="Revoke one of one's sessions",
    responses=_BY_SESSION | {404: {"description": "`access.session_unknown`"}},
)
async def revoke_session(session_id: UUID, request: Request, visit: SignedIn, tx: http.Tx, now: RealNow) -> None:
    """End one of one's sessions; it is refused everywhere within five seconds. Revoking twice changes nothing."""
    await sessions.revoke(tx, SessionId(session_id), by=visit.session, now=now)
    gate_of(request).visits.forget()


@router.post(
    "/password",
    summary="Change one's password",
    responses=_PROVING | _BODY,
)
async def change_password(
    body: ChangePassword, request: Request, response: Response, visit: SignedIn, door: AtDoor, now: RealNow
) -> MeOut:
    """Change one's password. Every session ends; this browser gets a new one."""
    browser = cookies.browser_of(request)
    policy.check_password(body.new_password)
    await door.prove(visit.staff, body.password, browser=browser, now=now)
    async with http.database_of(request).transaction() as tx:
        await staff.set_password(tx, visit.staff, body.new_password, actor=f"staff:{visit.staff.id}", now=now)
        begun = await sessions.begin(tx, visit.staff.organization_id, visit.staff.id, browser=browser, now=now)
    gate_of(request).visits.forget()
    return await signed_in(request, response, begun, now)


@router.post(
    "/password/reset/for",
    summary="Show whom a token is for",
    dependencies=[Depends(knocks), Depends(not_foreign)],
    responses=_BODY
    | {
        403: {"description": "`access.foreign_origin`: a page of another site"},
        404: {"description": "`access.reset_over`"},
        429: {"description": "`access.knocks_exceeded`; wait as `Retry-After` says"},
    },
)
async def show_reset(body: ShowReset, tx: http.Tx, now: RealNow) -> ResetForOut:
    """Name the person and the business, so that whoever was invited sees where. The token stays as it was."""
    name, email, organization = await resets.whose(tx, body.token, now=now)
    return ResetForOut(name=name, email=email, organization=organization)


@router.post(
    "/password/reset",
    status_code=204,
    summary="Choose a new password with a token",
    dependencies=[Depends(knocks), Depends(not_foreign)],
    responses=_BODY
    | {
        403: {"description": "`access.foreign_origin`: a page of another site"},
        404: {"description": "`access.reset_over`"},
        429: {"description": "`access.knocks_exceeded`; wait as `Retry-After` says"},
    },
)
async def use_reset(body: UseReset, request: Request, tx: http.Tx, now: RealNow) -> None:
    """Choose a new password with the token an owner handed over. Every session of the person ends."""
    await resets.use(tx, body.token, body.password, now=now)
    gate_of(request).visits.forget()


@router.post(
    "/second-factor",
    summary="Begin with a second factor",
    responses=_PROVING | _BODY | {409: {"description": "`access.second_factor_enrolled`"}},
)
async def begin_factor(body: Proof, request: Request, visit: SignedIn, door: AtDoor, now: RealNow) -> NewFactorOut:
    """Get a secret for an authenticator app. Nothing changes until its first code is confirmed."""
    await door.prove(visit.staff, body.password, browser=cookies.browser_of(request), now=now)
    async with http.database_of(request).transaction() as tx:
        secret = await factors.enrol(tx, visit.staff, sealer=sealer_of(request), now=now)
    uri = policy.factor_uri(secret, visit.staff.email)
    return NewFactorOut(secret=secret, uri=uri, picture=_picture(uri))


@router.post(
    "/second-factor/confirm",
    summary="Confirm the second factor",
    responses=_BY_SESSION
    | _BODY
    | {
        403: {"description": "`access.second_factor_unproven`, `access.foreign_origin`"},
        409: {"description": "`access.second_factor_missing`, `access.second_factor_enrolled`"},
    },
)
async def confirm_factor(
    body: ConfirmFactor, request: Request, visit: SignedIn, tx: http.Tx, now: RealNow
) -> RecoveryCodesOut:
    """Show that the app works. From now on signing in asks for its code; the recovery codes are shown this once."""
    return RecoveryCodesOut(
        recovery_codes=await factors.confirm(tx, visit.staff, body.code, sealer=sealer_of(request), now=now)
    )


@router.post(
    "/second-factor/recovery-codes",
    summary="Make new recovery codes",
    responses=_PROVING | _BODY | {409: {"description": "`access.second_factor_missing`"}},
)
async def renew_recovery_codes(
    body: FactorProof, request: Request, visit: SignedIn, door: AtDoor, now: RealNow
) -> RecoveryCodesOut:
    """Make new recovery codes; those before no longer work."""
    await door.prove(visit.staff, body.password, browser=cookies.browser_of(request), now=now, code=body.code)
    async with http.database_of(request).transaction() as tx:
        return RecoveryCodesOut(recovery_codes=await factors.renew_recovery_codes(tx, visit.staff, now=now))


@router.post(
    "/second-factor/remove",
    status_code=204,
    summary="Remove the second factor",
    responses=_PROVING | _BODY | {409: {"description": "`access.second_factor_missing`"}},
)
async def remove_factor(body: FactorProof, request: Request, visit: SignedIn, door: AtDoor, now: RealNow) -> None:
    """Sign in with the password alone from now on."""
    await door.prove(visit.staff, body.password, browser=cookies.browser_of(request), now=now, code=body.code)
    async with http.database_of(request).transaction() as tx:
        await factors.remove(tx, visit.staff, now=now)


def _picture(uri: str) -> str:
    out = io.BytesIO()
    # No width and height of its own: a page gives it its size.
    segno.make_qr(uri, error="m").save(out, kind="svg", border=4, omitsize=True, xmldecl=False, light="#fff")
    return out.getvalue().decode()
