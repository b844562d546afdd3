"""What HTTP routes are given (transaction, time, program, language) and how refusals become problems.

The parts of a running server meet in `app.state` and `request.state`; this module is the only one that reads them.
An entry point puts the `Database` into `app.state.database`; authentication calls `enter_program`.
"""

from __future__ import annotations

import ipaddress
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import psycopg
import structlog
from fastapi import APIRouter, Depends, FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from psycopg import errors as pg
from psycopg_pool import PoolTimeout
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import Response

from puntal.kit import clock, errors, problem
from puntal.kit.asgi import Bodies, Requests
from puntal.kit.db import Database, ProgramId, Transaction
from puntal.kit.settings import Settings, settings

if TYPE_CHECKING:
    from collections.abc import Mapping

import msgspec

_log = structlog.get_logger(__name__)
_UNSTORABLE: tuple[type[Exception], ...] = (
    pg.NumericValueOutOfRange,
    pg.DatetimeFieldOverflow,
    pg.UntranslatableCharacter,
)
_OUTAGES: tuple[type[Exception], ...] = (psycopg.OperationalError, pg.SerializationFailure, PoolTimeout)


class ErrorOut(BaseModel):
    """One thing that is wrong."""

    model_config = ConfigDict(extra="allow")

    path: str
    code: str
    reason: str
    suggestion: str | None = None


class Problem(BaseModel):
    """Why the answer is no (RFC 9457). `type` is a stable code; the numbers concerned are members too."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    errors: list[ErrorOut] | None = None


def database_of(request: Request) -> Database:
    """Return the pool of this server."""
    found: Database = request.app.state.database
    return found


def settings_of(request: HTTPConnection) -> Settings:
    """Return the settings this server was made with."""
    found: Settings = request.app.state.settings
    return found


def enter_program(request: Request, program_id: int, *, clock_offset_seconds: int = 0) -> None:
    """Say which program the request is about; every transaction it opens from now on is that program's.

    Args:
        request: The request, once its caller is known to have access.
        program_id: The program.
        clock_offset_seconds: How far the program's clock is behind the real one.
    """
    request.state.program_id = ProgramId(program_id)
    request.state.clock_offset_seconds = clock_offset_seconds
    structlog.contextvars.bind_contextvars(program_id=program_id)


def program_of(request: Request) -> ProgramId:
    """Return the program the request is about; a route without one asking for it is a defect."""
    found: ProgramId = request.state.program_id
    return found


async def open_transaction(request: Request) -> AsyncIterator[Transaction]:
    """Give the route its transaction: the program's where the request is about one, else outside any."""
    program = getattr(request.state, "program_id", None)
    database = database_of(request)
    if program is None and "program" in request.path_params:
        raise RuntimeError("a route of a program opened a transaction before `enter_program`")
    opened = database.transaction() if program is None else database.program_transaction(program)
    async with opened as tx:
        yield tx


def present(request: Request) -> datetime:
    """Return the time by the program's clock."""
    return clock.now() - timedelta(seconds=getattr(request.state, "clock_offset_seconds", 0))


def locale_of(request: Request) -> str:
    """Return the best of our languages for the caller."""
    return problem.locale_of(request.headers.get("accept-language"), settings_of(request).locale)


# scope="function": commit before the answer is sent. FastAPI's default commits after it, so a commit that fails
# would follow a 200.
Tx = Annotated[Transaction, Depends(open_transaction, scope="function")]
Now = Annotated[datetime, Depends(present)]
Chosen = Annotated[Settings, Depends(settings_of)]
Program = Annotated[ProgramId, Depends(program_of)]
Locale = Annotated[str, Depends(locale_of)]
Limit = Annotated[int, Query(ge=1, le=200, description="Most rows of one page.")]
Cursor = Annotated[str | None, Query(max_length=1000, description="`next` of the page before.")]


def answer(said: Mapping[str, Any], locale: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return a problem as a response."""
    response = Response(msgspec.json.encode(said), said["status"], headers=headers, media_type=problem.MEDIA_TYPE)
    response.headers["content-language"] = locale
    return response


def refuse(request: Request, refusal: errors.Refusal) -> Response:
    """Return a refusal as a response, in the caller's language; for routes outside FastAPI."""
    headers = {}
    if isinstance(refusal, errors.Unauthenticated):
        headers["www-authenticate"] = "Bearer"
    if isinstance(refusal, errors.TooMany):
        headers["retry-after"] = str(refusal.numbers.get("retry_after_seconds", 1))
    locale = locale_of(request)
    return answer(problem.of_refusal(refusal, locale), locale, headers)


def is_loopback(host: str) -> bool:
    """Tell whether only this machine reaches an address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def install(app: FastAPI, chosen: Settings | None = None) -> None:
    """Make the app know its settings, answer every failure with a problem, limit bodies, and give requests ids."""
    limits = chosen or settings()
    app.state.settings = limits

    async def refused(request: Request, refusal: Exception) -> Response:
        assert isinstance(refusal, errors.Refusal)
        return refuse(request, refusal)

    async def not_valid(request: Request, failure: Exception) -> Response:
        assert isinstance(failure, RequestValidationError)
        locale = locale_of(request)
        return answer(problem.of_validation(failure.errors(), failure.body, locale), locale)

    async def of_http(request: Request, failure: Exception) -> Response:
        assert isinstance(failure, HTTPException)
        locale = locale_of(request)
        return answer(problem.of_status(failure.status_code, locale), locale, failure.headers)

    async def not_storable(request: Request, failure: Exception) -> Response:
        # The route's own model should have refused the value: worth a look, but the caller gets an answer.
        _log.error("http.value_not_storable", reason=type(failure).__name__, exc_info=failure)
        return refuse(request, errors.Invalid())

    async def outage(request: Request, failure: Exception) -> Response:
        _log.error("http.database_unavailable", reason=type(failure).__name__, exc_info=failure)
        locale = locale_of(request)
        return answer(problem.of_status(503, locale), locale, {"retry-after": "1"})

    app.add_exception_handler(errors.Refusal, refused)
    app.add_exception_handler(RequestValidationError, not_valid)
    app.add_exception_handler(HTTPException, of_http)
    for kind in _UNSTORABLE:
        app.add_exception_handler(kind, not_storable)
    for kind in _OUTAGES:
        app.add_exception_handler(kind, outage)
    app.add_middleware(Bodies, most_bytes=limits.max_body_bytes, most_upload_bytes=limits.max_upload_bytes)
    app.add_middleware(Requests)


def add_routes(app: FastAPI, *routers: APIRouter) -> None:
    """Let the app answer the routes just as they were declared.

    FastAPI's own way to include a router examines each route's signature anew for each app, when its first request
    comes: a second of work for all of ours, which nobody waits for when the routes are shared.
    """
    for router in routers:
        app.router.routes.extend(router.routes)


def describe_problems(document: dict[str, Any]) -> dict[str, Any]:
    """Return an OpenAPI document whose 422 answers are what we send and not FastAPI's default."""
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    described = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(described.pop("$defs", {}))
    schemas["Problem"] = described
    content = {problem.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for path in document.get("paths", {}).values():
        for operation in path.values():
            responses = operation.get("responses", {}) if isinstance(operation, dict) else {}
            for status, response in responses.items():
                if status.isdigit() and int(status) >= 400:  # noqa: PLR2004 - where errors begin
                    response["content"] = content
    return document
