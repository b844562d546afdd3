"""What routers of every slice are built with: who asks, of which program, in which transaction, at what time.

    router = program_router("members")


    @router.post("/members", status_code=201, dependencies=[requires(Permission.MEMBERS_WRITE)])
    async def enroll(body: Enroll, tx: ProgramTx, program_id: ProgramId, caller: ProgramCaller, now: Now) -> MemberOut:
        ...

`program_router` sets the prefix `/v1/programs/{program}`, the refusals every route shares, and the route class that
honours `Idempotency-Key` (see `puntal.access.idempotency`). `organization_router` does the same above programs, with
`OrganizationCaller`, `OrganizationTx` and `RealNow`. Each route names its permission in `dependencies`, where FastAPI
resolves it first; the route class refuses, at import, routes that do not. Use `ProgramTx`, not `kit.http.Tx`.

A plain Starlette route calls `authorize(request, slug, permission)`.

An entry point sets `app.state.database`, `app.state.sealer` and
`app.state.gate = Gate(database, requests_per_second=...)`, and runs `gate.run_flusher()` in the background.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Security
from fastapi.dependencies.models import Dependant
from fastapi.params import Depends as DependsParameter
from fastapi.routing import APIRoute
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, Field
from starlette.responses import Response

from puntal.access import cookies, idempotency
from puntal.access.errors import RateExceeded
from puntal.access.gate import Admission, Gate
from puntal.access.model import Approval, Caller, OrganizationId, Permission, ProgramRef
from puntal.access.operations.approvals import Postponed
from puntal.kit import clock, http
from puntal.kit import db as kit_db
from puntal.kit.db import Transaction
from puntal.kit.sealing import Sealer

_bearer = HTTPBearer(
    auto_error=False,
    scheme_name="apiKey",
    description="A secret key: `Authorization: Bearer pk_live_…`",
)
_Bearer = Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]
session_scheme = APIKeyCookie(
    name=cookies.SECURE,
    auto_error=False,
    scheme_name="session",
    description=(
        "The cookie of somebody signed in (`POST /v1/auth/sign-in`); on this machine without https it is called "
        f"`{cookies.PLAIN}`. What changes something must come from a page of ours: `Sec-Fetch-Site: same-origin`, or "
        "our own `Origin`."
    ),
)
_Cookie = Annotated[str | None, Security(session_scheme)]

_SHARED_REFUSALS: dict[int | str, dict[str, Any]] = {
    401: {
        "description": "`access.credentials_missing`, `access.key_unknown`, `access.key_expired`, "
        "`access.key_revoked`, `access.session_ended`"
    },
    403: {
        "description": "`access.forbidden`: the key, or the role, lacks the permission; `access.foreign_origin`: a "
        "session was used to change something, and not by a page of ours"
    },
    404: {"description": "`access.program_unknown`, or what the path names does not exist in this program"},
    429: {"description": "`access.rate_exceeded`: too many requests of this key; wait as `Retry-After` says"},
}
_WRITE_REFUSALS: dict[int | str, dict[str, Any]] = {
    400: {"description": "`request.malformed`, `idempotency.key_invalid`"},
    409: {"description": "`idempotency.key_reused`, `idempotency.in_progress`, or the present state does not allow it"},
    413: {"description": "`request.too_large`"},
}
_IDEMPOTENCY_PARAMETER = {
    "name": idempotency.HEADER,
    "in": "header",
    "required": False,
    "description": (
        "Chosen by you, one per intended write. The same key with the same words answers as the first time, with "
        "`Idempotency-Replayed: true`; with other words 409. Kept 30 days; refusals are not kept."
    ),
    "schema": {"type": "string", "minLength": 1, "maxLength": idempotency.MOST_CHARACTERS},
    "example": "7f3c2e1a-order-1001",
}


def gate_of(request: Request) -> Gate:
    """Return the gate of this server."""
    gate: Gate = request.app.state.gate
    return gate


def sealer_of(request: Request) -> Sealer:
    """Return what seals this server's secrets."""
    sealer: Sealer = request.app.state.sealer
    return sealer


async def authorize(request: Request, slug: str, permission: Permission) -> Admission:
    """Let one request to a program in, for routes outside FastAPI: `.caller`, `.program.id`, `.now`, `.headers`.

    Args:
        request: Starlette's; `app.state.gate` is set.
        slug: The program in the URL.
        permission: What it takes.

    Raises:
        Unauthenticated: No key, or not a good one.
        RateExceeded: The key asks too often; answer with `refusal_headers`.
        ProgramUnknown: No such program for this key.
        Forbidden: The permission is missing.
    """
    gate: Gate = request.app.state.gate
    return await gate.admit(
        authorization=request.headers.get("authorization"),
        client=request.client.host if request.client else None,
        slug=slug,
        permission=permission,
        session=cookies.sent(request),
    )


async def enter(request: Request, program: str, _: _Bearer, __: _Cookie) -> Admission:
    """Let the request in and say which program it is about; FastAPI does it once a request."""
    admission = await gate_of(request).admit(
        authorization=request.headers.get("authorization"),
        client=request.client.host if request.client else None,
        slug=program,
        permission=None,
        session=cookies.sent(request),
    )
    http.enter_program(request, admission.program.id, clock_offset_seconds=admission.program.clock_offset_seconds)
    request.state.answer_headers = admission.headers
    return admission


async def enter_organization(request: Request, _: _Bearer, __: _Cookie) -> Caller:
    """Let a request above programs in; FastAPI does it once a request."""
    caller, headers = await gate_of(request).admit_to_organization(
        authorization=request.headers.get("authorization"),
        client=request.client.host if request.client else None,
        permission=None,
        session=cookies.sent(request),
    )
    request.state.answer_headers = headers
    return caller


_Entered = Annotated[Admission, Depends(enter)]


class _Requires:
    """The permission of a program's route, or none for any key of the program."""

    def __init__(self, permission: Permission | None) -> None:
        self.permission = permission

    def __call__(self, admission: _Entered) -> Caller:
        if self.permission is not None:
            admission.caller.require(self.permission)
        return admission.caller


class _RequiresAbove:
    """The permission of a route above programs."""

    def __init__(self, permission: Permission | None) -> None:
        self.permission = permission

    def __call__(self, caller: Annotated[Caller, Depends(enter_organization)]) -> Caller:
        if self.permission is not None:
            caller.require_above(self.permission)
        return caller


def requires(permission: Permission | None) -> DependsParameter:
    """Return the dependency that names a program route's permission; None lets in any key of the program."""
    found: DependsParameter = Depends(_Requires(permission))
    return found


def requires_above(permission: Permission | None) -> DependsParameter:
    """Return the dependency that names the permission of a route above programs."""
    found: DependsParameter = Depends(_RequiresAbove(permission))
    return found


def _caller(admission: _Entered) -> Caller:
    return admission.caller


def _program(admission: _Entered) -> ProgramRef:
    return admission.program


def _program_id(admission: _Entered) -> kit_db.ProgramId:
    return admission.program.id


def _program_now(admission: _Entered) -> datetime:
    return admission.now


def _real_now() -> datetime:
    return clock.now()


async def open_program_transaction(request: Request, admission: _Entered) -> AsyncIterator[Transaction]:
    """Open the program's transaction, claiming the request's idempotency key first."""
    async with http.database_of(request).program_transaction(admission.program.id) as tx:
        await _claim(tx, request, admission.program.id)
        yield tx


async def open_organization_transaction(
    request: Request, caller: Annotated[Caller, Depends(enter_organization)]
) -> AsyncIterator[Transaction]:
    """Open a transaction outside any program, claiming the request's idempotency key first."""
    async with http.database_of(request).transaction() as tx:
        await _claim(tx, request, caller.organization_id)
        yield tx


async def _claim(tx: Transaction, request: Request, owner: kit_db.ProgramId | OrganizationId) -> None:
    # Only the route class below stores answers: under any other a claim would stay without one.
    if getattr(request.state, "keeps_answers", False):
        request.state.claim = await idempotency.claim(tx, request, owner=owner, now=clock.now())


# scope="function": commit before the answer is sent; FastAPI's default commits after it, and a commit that fails
# would follow a 200.
ProgramTx = Annotated[Transaction, Depends(open_program_transaction, scope="function")]
OrganizationTx = Annotated[Transaction, Depends(open_organization_transaction, scope="function")]
ProgramCaller = Annotated[Caller, Depends(_caller)]
OrganizationCaller = Annotated[Caller, Depends(enter_organization)]
Program = Annotated[ProgramRef, Depends(_program)]
ProgramId = Annotated[kit_db.ProgramId, Depends(_program_id)]
Now = Annotated[datetime, Depends(_program_now)]
"""The time by the program's clock."""
RealNow = Annotated[datetime, Depends(_real_now)]
Locale = http.Locale
Sealing = Annotated[Sealer, Depends(sealer_of)]
"""What seals this server's secrets."""


class GuardedRoute(APIRoute):
    """A route that names its permission, honours `Idempotency-Key`, and tells of the rate limit."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:  # noqa: ANN401 - handed on to FastAPI, which has thirty of them
        self._hidden = idempotency.hidden_by(endpoint)
        methods = set(options.get("methods") or {"GET"})
        if methods & idempotency.WRITES:
            extra = dict(options.get("openapi_extra") or {})
            extra["parameters"] = [*extra.get("parameters", []), _IDEMPOTENCY_PARAMETER]
            options["openapi_extra"] = extra
            options["responses"] = _WRITE_REFUSALS | dict(options.get("responses") or {})
        super().__init__(path, endpoint, **options)
        _check_order(self.path, self.dependant)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the route: the answer is stored while its transaction is still open."""
        handle = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            request.state.keeps_answers = True
            try:
                response = await handle(request)
            except idempotency.AlreadyAnswered as first:
                # Raised before the route began; its transaction is rolled back already.
                response = first.response()
            except Postponed as waits:
                # The transaction is still open: the request for a second person, and this answer, are committed.
                response = self._postponed(waits.approval)
                claim = getattr(request.state, "claim", None)
                if claim is not None:
                    await idempotency.keep(claim, response, self._hidden)
            except RateExceeded as refusal:
                response = http.refuse(request, refusal)
                response.headers.update(refusal_headers(refusal))
            else:
                claim = getattr(request.state, "claim", None)
                if claim is not None:
                    await idempotency.keep(claim, response, self._hidden)
            response.headers.update(getattr(request.state, "answer_headers", {}))
            return response

        return guarded

    @staticmethod
    def _postponed(approval: Approval) -> Response:
        said = WaitsOut(approval_id=approval.id, action=approval.action, expires_at=approval.expires_at)
        return Response(said.model_dump_json(), 202, media_type="application/json")


class WaitsOut(BaseModel):
    """Nothing was done yet: a second person was asked (`GET approvals/{approval_id}`)."""

    approval_id: UUID
    action: str = Field(examples=["program.publish"])
    expires_at: datetime | None = Field(description="Until when somebody may say yes.")


TWO_PEOPLE: dict[int | str, dict[str, Any]] = {
    202: {"model": WaitsOut, "description": "Nothing was done: the organization wants a second person for this"}
}
"""The answer of routes that may wait for a second person; beside their own."""


def refusal_headers(refusal: RateExceeded) -> dict[str, str]:
    """Return the `RateLimit-*` headers of a 429."""
    return {
        "RateLimit-Limit": str(refusal.numbers["limit"]),
        "RateLimit-Remaining": "0",
        "RateLimit-Reset": str(refusal.numbers["retry_after_seconds"]),
    }


def program_router(tag: str) -> APIRouter:
    """Return a router for a slice's routes in one program, under `/v1/programs/{program}`."""
    return APIRouter(
        prefix="/v1/programs/{program}",
        tags=[tag],
        route_class=GuardedRoute,
        responses=dict(_SHARED_REFUSALS),
        generate_unique_id_function=_operation_id,
    )


def organization_router(tag: str, prefix: str = "/v1/organization") -> APIRouter:
    """Return a router for routes above programs."""
    return APIRouter(
        prefix=prefix,
        tags=[tag],
        route_class=GuardedRoute,
        responses=dict(_SHARED_REFUSALS),
        generate_unique_id_function=_operation_id,
    )


def _operation_id(route: APIRoute) -> str:
    """Return `<tag>_<function>`: a route keeps its name in generated clients when its path changes."""
    return f"{route.tags[0]}_{route.name}".replace("-", "_")


def _check_order(path: str, dependant: Dependant) -> None:
    """Refuse a route that would open its transaction, or answer, before it knows that the caller may."""
    permitted = False
    for call in _calls(dependant):
        if isinstance(call, _Requires | _RequiresAbove):
            permitted = True
        elif call is http.open_transaction:
            raise TypeError(f"{path}: take ProgramTx or OrganizationTx, which recognise retries, not kit.http.Tx")
        elif call in {open_program_transaction, open_organization_transaction} and not permitted:
            raise TypeError(f"{path}: name the permission in dependencies=[requires(...)]; it is checked first there")
    if not permitted:
        raise TypeError(f"{path}: name the permission in dependencies=[requires(...)]")


def _calls(dependant: Dependant) -> Iterator[object]:
    for inner in dependant.dependencies:
        yield from _calls(inner)
        yield inner.call
