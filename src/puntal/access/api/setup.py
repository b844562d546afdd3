"""Routes of setting up: where an installation stands, and making its first owner."""

from __future__ import annotations

import importlib.metadata

from fastapi import APIRouter, Depends, Request, Response
from fastapi.routing import APIRoute

from puntal.access import cookies, policy, queries
from puntal.access.api.me import knocks, not_foreign, signed_in
from puntal.access.api.shapes_people import ProviderName, SetupIn, SetupOut
from puntal.access.api.shapes_sign_in import MeOut
from puntal.access.dependencies import RealNow
from puntal.access.operations import setup, sso
from puntal.access.operations.setup import SetUp
from puntal.kit import http


def _operation_id(route: APIRoute) -> str:
    return f"setup_{route.name}"


def _quietly(response: Response) -> None:
    """Nothing said here is for a cache."""
    response.headers["cache-control"] = "no-store"


router = APIRouter(
    prefix="/v1/setup", tags=["setup"], generate_unique_id_function=_operation_id, dependencies=[Depends(_quietly)]
)


@router.get("", summary="Show whether this installation is set up")
async def show(request: Request, tx: http.Tx) -> SetupOut:
    """Show what a page needs before anybody has signed in. Public; says nothing of anybody."""
    owned, demo = await queries.standing(tx)
    own = await queries.first_organization(tx)
    providers = [] if own is None else await sso.list_providers(tx, own.id, http.settings_of(request))
    return SetupOut(
        owned=owned,
        token_required=not owned and not cookies.is_here(request),
        demo=demo,
        version=importlib.metadata.version("puntal"),
        locales=["en", "es"],
        password_least=policy.PASSWORD_LEAST,
        passkeys=cookies.site_of(request) is not None,
        providers=[ProviderName(id=each.id, name=each.name) for each in providers],
    )


@router.post(
    "",
    status_code=201,
    summary="Set this installation up",
    dependencies=[Depends(knocks), Depends(not_foreign)],
    responses={
        403: {"description": "`access.setup_token_required`: not from the machine itself; `access.foreign_origin`"},
        409: {"description": "`access.set_up_already`: somebody was first; `access.email_taken`"},
        413: {"description": "`request.too_large`"},
        429: {"description": "`access.knocks_exceeded`; wait as `Retry-After` says"},
    },
)
async def set_up(body: SetupIn, request: Request, response: Response, now: RealNow) -> MeOut:
    """Name the organization and make its owner, signed in by this answer. Works once, for whoever is first."""
    said = SetUp(**body.model_dump())
    async with http.database_of(request).transaction() as tx:
        _, begun = await setup.set_up(
            tx, said, here=cookies.is_here(request), browser=cookies.browser_of(request), now=now
        )
    return await signed_in(request, response, begun, now)
