"""Routes of single sign-on: the way to a provider and back, and who the providers are."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.routing import APIRoute
from starlette.responses import RedirectResponse

from puntal.access import cookies, queries
from puntal.access.api.me import knocks
from puntal.access.api.shapes_sso import ProviderOut, PutProvider
from puntal.access.dependencies import (
    OrganizationCaller,
    OrganizationTx,
    RealNow,
    organization_router,
    requires_above,
    sealer_of,
)
from puntal.access.errors_sso import ProviderUnknown, SsoRefused
from puntal.access.issuers import Issuers
from puntal.access.model import Organization, Permission
from puntal.access.model_sign_in import NewSession
from puntal.access.model_sso import Provider
from puntal.access.operations import sso
from puntal.access.operations.sso import Journey
from puntal.kit import http
from puntal.kit.db import Transaction
from puntal.kit.errors import Refusal

AFTER = "/admin/"
"""Where somebody goes who came in. Its page needs no cookie; what it then asks for comes from it, and so has it."""
REFUSED = "/admin/sign-in"
"""Where somebody goes who did not, with the code of the refusal."""


def _operation_id(route: APIRoute) -> str:
    return f"sso_{route.name}"


router = APIRouter(prefix="/v1/auth/sso", tags=["sso"], generate_unique_id_function=_operation_id)
above = organization_router("sso")

ProviderName = Annotated[str, Path(min_length=1, max_length=40, pattern=r"^[a-z][a-z0-9-]*$")]


def _issuers(request: Request) -> Issuers:
    found: Issuers = request.app.state.issuers
    return found


def _redirect(request: Request, provider: str) -> str:
    return f"{cookies.base_of(request)}/v1/auth/sso/{provider}/callback"


async def _organization(tx: Transaction, provider: str) -> Organization:
    found = await queries.first_organization(tx)
    if found is None:
        raise ProviderUnknown(provider=provider)
    return found


@router.get(
    "/{provider}",
    status_code=303,
    summary="Go to a provider to sign in",
    response_class=RedirectResponse,
    dependencies=[Depends(knocks)],
    responses={
        303: {
            "description": "To the provider's page. The browser comes back to the callback below. Else to "
            "`/admin/sign-in?refused=<code>`: `access.provider_unknown`, `access.provider_unreachable` or "
            "`access.secret_unreadable`"
        },
        429: {"description": "`access.knocks_exceeded`; wait as `Retry-After` says"},
    },
)
async def leave(provider: ProviderName, request: Request, now: RealNow) -> RedirectResponse:
    """Send the browser to a provider's page; a link to here is all that a sign-in page needs."""
    try:
        url, journey = await _set_out(provider, request, now)
    except Refusal as refusal:
        return _refused(refusal)
    response = RedirectResponse(url, 303, headers={"cache-control": "no-store"})
    cookies.put_knock(response, request, journey.token, seconds=sso.JOURNEY_LASTS // timedelta(seconds=1))
    return response


async def _set_out(provider: str, request: Request, now: RealNow) -> tuple[str, Journey]:
    chosen, database = http.settings_of(request), http.database_of(request)
    async with database.transaction() as tx:
        own = await _organization(tx, provider)
        found = await sso.find(tx, own.id, provider, chosen, sealer=sealer_of(request))
        journey = await sso.set_out(tx, found, now=now)
    url = await _issuers(request).address(
        found,
        redirect=_redirect(request, provider),
        state=journey.state,
        nonce=journey.nonce,
        verifier=journey.verifier,
        now=now,
    )
    return url, journey


def _refused(refusal: Refusal) -> RedirectResponse:
    # A person in a browser comes here, not a program: she is told on the page that she came from.
    where = f"{REFUSED}?{urlencode({'refused': refusal.code})}"
    return RedirectResponse(where, 303, headers={"cache-control": "no-store"})


@router.get(
    "/{provider}/callback",
    status_code=303,
    summary="Come back from a provider",
    response_class=RedirectResponse,
    dependencies=[Depends(knocks)],
    responses={
        429: {"description": "`access.knocks_exceeded`; wait as `Retry-After` says"},
        303: {
            "description": "Signed in, to `/admin/`; else to `/admin/sign-in?refused=<code>`: `access.sso_refused`, "
            "`access.sso_email_unverified`, `access.sso_nobody`, `access.sso_client_refused` or "
            "`access.provider_unreachable`"
        },
    },
)
async def arrive(
    provider: ProviderName,
    request: Request,
    now: RealNow,
    state: Annotated[str, Query(max_length=200)] = "",
    code: Annotated[str, Query(max_length=2000)] = "",
) -> RedirectResponse:
    """Sign in whoever comes back from a provider. Good once, for the browser that set out, for ten minutes."""
    try:
        begun = await _arrived(provider, request, state=state, code=code, now=now)
    except Refusal as refusal:
        response = _refused(refusal)
    else:
        response = RedirectResponse(AFTER, 303, headers={"cache-control": "no-store"})
        cookies.put(response, request, begun.token, begun.session.expires_at)
    cookies.drop_knock(response, request)
    return response


async def _arrived(provider: str, request: Request, *, state: str, code: str, now: RealNow) -> NewSession:
    chosen, database = http.settings_of(request), http.database_of(request)
    token = cookies.knock_of(request)
    async with database.transaction() as tx:
        own = await _organization(tx, provider)
        found: Provider = await sso.find(tx, own.id, provider, chosen, sealer=sealer_of(request))
        stood = token is not None and await sso.come_back(tx, found, token=token, state=state, now=now)
    if token is None or not stood or not code:
        raise SsoRefused(provider=found.name)
    vouched = await _issuers(request).vouched(
        found,
        code=code,
        redirect=_redirect(request, provider),
        nonce=sso.nonce_of(token),
        verifier=sso.verifier_of(token),
        now=now,
    )
    async with database.transaction() as tx:
        answer = await sso.let_in(tx, own.id, found, vouched, browser=cookies.browser_of(request), now=now)
    if isinstance(answer, Refusal):
        raise answer
    return answer


@above.get("/sso", summary="List providers", dependencies=[requires_above(Permission.STAFF_READ)])
async def list_providers(request: Request, tx: OrganizationTx, caller: OrganizationCaller) -> list[ProviderOut]:
    """List who vouches for staff, without their secrets."""
    found = await sso.list_providers(tx, caller.organization_id, http.settings_of(request))
    return [ProviderOut.of(each, _redirect(request, each.id), has_secret=each.secret is not None) for each in found]


@above.put(
    "/sso/{provider}",
    summary="Set a provider",
    dependencies=[requires_above(Permission.STAFF_WRITE)],
    responses={
        403: {"description": "`access.forbidden`, `access.organization_only`, `access.beyond_own`"},
        409: {"description": "`access.provider_fixed`, `idempotency.key_reused`"},
        422: {"description": "`access.issuer_invalid`, `access.new_role_invalid`, `access.role_unknown`"},
    },
)
async def put_provider(
    provider: ProviderName,
    body: PutProvider,
    request: Request,
    tx: OrganizationTx,
    caller: OrganizationCaller,
    now: RealNow,
) -> ProviderOut:
    """Let a provider vouch for staff, or change what is known of it. Its secret is sealed and never shown."""
    chosen = http.settings_of(request)
    wanted = Provider(
        id=provider,
        name=body.name,
        issuer=body.issuer,
        client_id=body.client_id,
        secret=body.secret,
        domains=sso.read_domains(body.domains),
        new_role=body.new_role,
    )
    await sso.put(tx, wanted, by=caller, chosen=chosen, sealer=sealer_of(request), now=now)
    found = await sso.list_providers(tx, caller.organization_id, chosen)
    stored = next(each for each in found if each.id == provider)
    return ProviderOut.of(stored, _redirect(request, provider), has_secret=stored.secret is not None)


@above.delete(
    "/sso/{provider}",
    status_code=204,
    summary="Remove a provider",
    dependencies=[requires_above(Permission.STAFF_WRITE)],
    responses={409: {"description": "`access.provider_fixed`"}},
)
async def remove_provider(
    provider: ProviderName, request: Request, tx: OrganizationTx, caller: OrganizationCaller, now: RealNow
) -> None:
    """Let a provider vouch for nobody any more; sessions it began go on. Removing twice changes nothing."""
    await sso.remove(tx, provider, by=caller, chosen=http.settings_of(request), now=now)
