"""The server: every slice's routes, the way in for events, and what runs beside them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import psycopg
import structlog
from fastapi import FastAPI
from psycopg_pool import PoolTimeout
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from puntal.access.gate import Gate
from puntal.access.issuers import Issuers
from puntal.entrypoints import admin, docs, guides, metrics, openapi
from puntal.entrypoints.approved import approval_actions
from puntal.entrypoints.asked import Reader
from puntal.entrypoints.asking import Asking
from puntal.entrypoints.cards import Cards
from puntal.entrypoints.history import router as history_router
from puntal.entrypoints.imports import router as imports_router
from puntal.entrypoints.ingest import Ingest
from puntal.entrypoints.intake import Intake
from puntal.entrypoints.programs import Programs
from puntal.entrypoints.publishing import Publisher
from puntal.entrypoints.routes import routers
from puntal.entrypoints.schema import pending
from puntal.entrypoints.trying import router as trying_router
from puntal.insight.exports import downloads
from puntal.insight.periodic import downloads as report_downloads
from puntal.kit import http
from puntal.kit.db import Database, listen
from puntal.kit.sealing import sealer_of
from puntal.kit.settings import Settings
from puntal.rewards.api import images

CHANNEL = "puntal_program"
"""What `programs` notifies when a program changes; the payload is its id."""

Opener = Callable[[], AbstractAsyncContextManager[Database]]
_PROBE_SECONDS = 2.0
_log = structlog.get_logger(__name__)


def create_app(database: Database | Opener, *, settings: Settings) -> FastAPI:
    """Return the application.

    Args:
        database: Open and migrated, and closed by whoever opened it; or what opens one for as long as the app lives.
        settings: Of the deployment.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with _opened(database) as opened:
            _furnish(app, opened, settings)
            beside = [
                asyncio.create_task(app.state.gate.run_flusher(), name="last_used"),
                asyncio.create_task(_hear(app, opened), name="programs"),
            ]
            try:
                yield
            finally:
                await app.state.intake.waiting.drain()
                for task in beside:
                    task.cancel()
                await asyncio.gather(*beside, return_exceptions=True)

    app = FastAPI(
        title="Puntal",
        version=openapi.VERSION,
        summary=openapi.SUMMARY,
        description=openapi.DESCRIPTION,
        openapi_tags=openapi.TAGS,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        separate_input_output_schemas=False,
    )
    http.install(app, settings)
    http.add_routes(app, *routers(), imports_router, history_router, trying_router)
    for path, endpoint in (("/healthz", _alive), ("/readyz", _ready), ("/metrics", _metrics), ("/", _front)):
        app.router.routes.append(Route(path, endpoint, include_in_schema=False))
    app.router.routes.append(Route(images.PATH, images.show, include_in_schema=False))
    for each in (downloads, report_downloads):
        app.router.routes.append(Route(each.PATH, each.download, include_in_schema=False))
    app.router.routes.extend(docs.ROUTES)
    app.router.routes.extend(admin.ROUTES)
    app.router.routes.extend(guides.ROUTES)
    # FastAPI's documented way to extend the document.
    app.openapi = lambda: openapi.describe(app)  # type: ignore[method-assign]
    app.add_middleware(Asking, most_bytes=settings.max_body_bytes, locale=settings.locale)
    # Outermost: what is not an event is passed on to everything above.
    app.add_middleware(Ingest, most_bytes=settings.max_body_bytes, locale=settings.locale)
    return app


@asynccontextmanager
async def _opened(database: Database | Opener) -> AsyncGenerator[Database]:
    if isinstance(database, Database):
        yield database
        return
    async with database() as opened:
        yield opened


def _furnish(app: FastAPI, database: Database, settings: Settings) -> None:
    state: Any = app.state
    state.database = database
    state.gate = Gate(
        database,
        requests_per_second=settings.requests_per_second,
        knocks_per_minute=settings.sign_ins_per_minute,
    )
    state.programs = Programs()
    state.publisher = Publisher(state.programs)
    state.approval_actions = approval_actions(state.programs)
    state.approval_reading = Reader(state.programs)
    state.sealer = sealer_of(settings)
    state.issuers = Issuers()
    state.program_cards = Cards(database)
    state.intake = Intake(database, state.programs, most=settings.intake_batch, most_waiting=settings.intake_queue)


async def _hear(app: FastAPI, database: Database) -> None:
    """Read programs anew when they change; a batch would notice by itself, a little later."""
    async with contextlib.aclosing(listen(database.uri, CHANNEL)) as notices:
        async for notice in notices:
            if notice.isdecimal():
                app.state.programs.forget(int(notice))
            app.state.gate.forget()


async def _alive(_request: Request) -> Response:
    """Tell that the process answers; says nothing of the database."""
    return JSONResponse({"status": "ok"})


async def _ready(request: Request) -> Response:
    """Tell whether requests would succeed: the database answers and has the newest schema."""
    database: Database = request.app.state.database
    try:
        async with asyncio.timeout(_PROBE_SECONDS):
            missing = await pending(database)
    except (TimeoutError, psycopg.Error, PoolTimeout) as failure:
        _log.warning("server.not_ready", reason=type(failure).__name__)
        return JSONResponse({"status": "database_unavailable"}, 503, headers={"retry-after": "1"})
    if missing:
        return JSONResponse({"status": "migrations_pending", "pending": missing}, 503)
    return JSONResponse({"status": "ok"})


async def _metrics(_request: Request) -> Response:
    body, kind = metrics.exposition()
    return Response(body, headers={"content-type": kind})


async def _front(_request: Request) -> Response:
    return RedirectResponse("/admin/" if admin.is_built() else "/docs")
