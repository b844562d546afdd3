"""Exports over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from fastapi import Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from puntal.access.dependencies import Locale, ProgramCaller, ProgramId, ProgramTx, RealNow, program_router, requires
from puntal.access.model import Permission
from puntal.insight.exports import operations, store
from puntal.insight.exports.model import PERMISSIONS, Export, Filters, Format, Kind, Language, State
from puntal.kit.http import Cursor, Limit, database_of
from puntal.kit.pages import Page, cut, last_id

router = program_router("exports")
Headings = Literal["fields", "words"]

_UNKNOWN = {"description": "`insight.export_not_found`"}
_NOT_READY = {"description": "`insight.export_not_ready`"}
MEDIA: dict[str, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class FiltersIn(BaseModel):
    """Which rows; days are the program's, both included."""

    model_config = ConfigDict(extra="forbid")

    since: date | None = Field(default=None, examples=["2026-01-01"])
    through: date | None = Field(default=None, examples=["2026-12-31"])
    segment: str | None = Field(default=None, max_length=200, description="Of members: who is in it.")
    ladder: str | None = Field(default=None, max_length=200, description="Of members, with `tier`.")
    tier: str | None = Field(default=None, max_length=200)
    search: str | None = Field(default=None, max_length=200, description="Of members: beginnings of words of the name.")
    status: Literal["active", "guest", "paused", "blocked", "left"] | None = Field(
        default=None, description="Of members."
    )


class ExportIn(BaseModel):
    """What file to make."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"kind": "members", "format": "xlsx", "filters": {}}]}
    )

    kind: Kind
    format: Format = "csv"
    filters: FiltersIn = Field(default_factory=FiltersIn)
    headings: Headings = Field(
        default="fields",
        description="`fields`: as the API names them, for machines. `words`: columns, names, amounts and local times"
        " for people, in the language of the request.",
    )


class ExportProgressOut(BaseModel):
    """How far it has got."""

    rows_done: int
    rows_total: int | None = Field(description="Null until it is done.")


class ExportErrorOut(BaseModel):
    """Why it could not be made."""

    code: str = Field(examples=["insight.export_failed"])
    text: str


class ExportOut(BaseModel):
    """An export."""

    id: UUID
    kind: Kind
    format: Format
    filters: FiltersIn
    headings: Headings
    state: State
    name: str = Field(description="Of the file.", examples=["members-2026-03-01.csv"])
    size: int = Field(description="Bytes.")
    progress: ExportProgressOut
    asked_by: str
    asked_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    expires_at: datetime | None = Field(description="When the file is deleted.")
    error: ExportErrorOut | None

    @classmethod
    def of(cls, one: Export, locale: str) -> ExportOut:
        """Return it as the API shows it."""
        spanish = locale.startswith("es")
        words = (
            "No se pudo crear el archivo; inténtalo de nuevo con menos filas"
            if spanish
            else "The file could not be made; try again with fewer rows"
        )
        names = ("id", "kind", "format", "state", "name", "size", "asked_by", "asked_at", "started_at", "ended_at",
                 "expires_at")  # fmt: skip
        values = {name: getattr(one, name) for name in names}
        filters = FiltersIn.model_validate(one.filters, from_attributes=True)
        return cls(
            **values,
            filters=filters,
            headings="fields" if one.filters.words is None else "words",
            progress=ExportProgressOut(rows_done=one.rows_done, rows_total=one.rows_total),
            error=None if one.error is None else ExportErrorOut(code=one.error, text=words),
        )


class LinkOut(BaseModel):
    """A link that needs no credentials, for a while."""

    url: str = Field(description="Below the server's address.")
    until: datetime


@router.post(
    "/exports",
    status_code=202,
    summary="Export rows to a file",
    dependencies=[requires(Permission.REPORTS_READ)],
    responses={
        409: {"description": "`insight.too_many_exports`"},
        422: {"description": "`insight.filter_not_for`, `request.faulty`"},
    },
)
async def start_export(
    body: ExportIn, tx: ProgramTx, program_id: ProgramId, caller: ProgramCaller, now: RealNow, locale: Locale
) -> ExportOut:
    """Make a CSV or XLSX file of rows; a worker does it. Takes the right to read those rows, too."""
    caller.require(PERMISSIONS[body.kind])
    language: Language = "es" if locale.startswith("es") else "en"
    filters = Filters(**body.filters.model_dump(), words=language if body.headings == "words" else None)
    one = await operations.start(tx, program_id, body.kind, body.format, filters, by=caller.actor, now=now)
    return ExportOut.of(one, locale)


@router.get("/exports", summary="List exports", dependencies=[requires(Permission.REPORTS_READ)])
async def list_exports(
    tx: ProgramTx, program_id: ProgramId, locale: Locale, limit: Limit = 50, cursor: Cursor = None
) -> Page[ExportOut]:
    """List exports, newest first."""
    found = await store.page(tx, program_id, before=last_id(cursor), limit=limit + 1)
    rows, following = cut(found, limit, lambda one: (one.id,))
    return Page(items=[ExportOut.of(one, locale) for one in rows], next=following)


@router.get(
    "/exports/{export_id}",
    summary="Show an export",
    dependencies=[requires(Permission.REPORTS_READ)],
    responses={404: _UNKNOWN},
)
async def show_export(export_id: UUID, tx: ProgramTx, program_id: ProgramId, locale: Locale) -> ExportOut:
    """Show how far an export is."""
    return ExportOut.of(await operations.load(tx, program_id, export_id), locale)


@router.post(
    "/exports/{export_id}/cancel",
    summary="Cancel an export",
    dependencies=[requires(Permission.REPORTS_READ)],
    responses={404: _UNKNOWN},
)
async def cancel_export(
    export_id: UUID, tx: ProgramTx, program_id: ProgramId, caller: ProgramCaller, now: RealNow, locale: Locale
) -> ExportOut:
    """Give up an export that waits or runs; of one that is over nothing changes."""
    caller.require(PERMISSIONS[(await operations.load(tx, program_id, export_id)).kind])
    return ExportOut.of(await operations.cancel(tx, program_id, export_id, now=now), locale)


@router.get(
    "/exports/{export_id}/file",
    summary="Fetch the file of an export",
    dependencies=[requires(Permission.REPORTS_READ)],
    response_class=StreamingResponse,
    responses={
        200: {"description": "The file", "content": {media: {} for media in MEDIA.values()}},
        404: _UNKNOWN,
        409: _NOT_READY,
    },
)
async def fetch_export(
    request: Request, export_id: UUID, tx: ProgramTx, program_id: ProgramId, caller: ProgramCaller, now: RealNow
) -> StreamingResponse:
    """Fetch the file; that you did is in the audit log."""
    caller.require(PERMISSIONS[(await operations.load(tx, program_id, export_id)).kind])
    one = await operations.fetched(tx, program_id, export_id, by=caller.actor, now=now)
    return sent(request, program_id, one)


@router.post(
    "/exports/{export_id}/link",
    summary="Make a link to the file of an export",
    dependencies=[requires(Permission.REPORTS_READ)],
    responses={404: _UNKNOWN, 409: _NOT_READY},
)
async def link_export(
    request: Request, export_id: UUID, tx: ProgramTx, program_id: ProgramId, caller: ProgramCaller, now: RealNow
) -> LinkOut:
    """Make a signed link that works for an hour without credentials, for whoever is to have the file."""
    one = await operations.load(tx, program_id, export_id)
    caller.require(PERMISSIONS[one.kind])
    until, signature = operations.sign(one, now=now)
    slug = request.path_params["program"]
    url = f"/v1/downloads/{slug}/{one.id}?until={int(until.timestamp())}&signature={signature}"
    return LinkOut(url=url, until=until)


def sent(request: Request, program_id: int, one: Export) -> StreamingResponse:
    """Return a file as a response, piece by piece."""
    return StreamingResponse(
        operations.pieces(database_of(request), program_id, one.id),
        media_type=MEDIA[one.format],
        headers={
            "content-disposition": f'attachment; filename="{one.name}"',
            "content-length": str(one.size),
            "cache-control": "private, no-store",
            "x-content-type-options": "nosniff",
        },
    )
