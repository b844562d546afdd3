"""Periodic reports over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from puntal.access.dependencies import (
    Locale,
    Now,
    ProgramCaller,
    ProgramId,
    ProgramTx,
    RealNow,
    program_router,
    requires,
)
from puntal.access.model import Permission
from puntal.insight.api.routing import CurrentProgram
from puntal.insight.periodic import operations, policy, store
from puntal.insight.periodic.model import CYCLES, Cycle, Format, Language, Report, State
from puntal.kit.calendar import local_day
from puntal.kit.http import Cursor, Limit
from puntal.kit.pages import Page, cut, read_cursor

router = program_router("reports")

MEDIA: dict[Format, str] = {
    "pdf": "application/pdf",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_READ = [requires(Permission.REPORTS_READ)]
_UNKNOWN: dict[int | str, dict[str, Any]] = {404: {"description": "`insight.report_not_found`"}}
_NOT_READY: dict[int | str, dict[str, Any]] = {409: {"description": "`insight.report_not_ready`"}}
_UNPUBLISHED: dict[int | str, dict[str, Any]] = {409: {"description": "`programs.not_published`"}}
_EXAMPLE: dict[str, JsonValue] = {"every": "month", "day": "2026-03-01", "language": "en"}
_WORDS = {
    "en": "The report could not be made; ask for it again, or ask whoever operates Puntal",
    "es": "No se pudo hacer el informe; pídalo otra vez o avise a quien opera Puntal",
}


class ReportScheduleIn(BaseModel):
    """Of what reports are made by themselves."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"every": ["week", "month"], "language": "en"}]}
    )

    every: list[Cycle] = Field(max_length=3, description="None: no reports.")
    language: Language = "en"


class ReportScheduleOut(BaseModel):
    """Of what reports are made by themselves, and when the next ones are."""

    every: list[Cycle]
    language: Language
    following: list[date] = Field(
        description="Per entry of `every`: the first local day after the period under way, in whose night it is made."
    )


class ReportIn(BaseModel):
    """Which report to make."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})

    every: Cycle
    day: date = Field(description="Any day of the week, month or quarter.")
    language: Language = "en"


class ReportErrorOut(BaseModel):
    """Why it could not be made."""

    code: str = Field(examples=["insight.report_failed"])
    text: str


class ReportOut(BaseModel):
    """A report."""

    id: UUID
    every: Cycle
    since: date = Field(alias="from")
    through: date
    language: Language
    state: State = Field(description="`waiting` also while it is made.")
    by_itself: bool = Field(description="Whether it was made by the schedule.")
    asked_by: str
    asked_at: datetime
    made_at: datetime | None
    expires_at: datetime | None = Field(description="When its files are deleted.")
    formats: list[Format] = Field(description="Files that can be fetched, also while they are made anew.")
    error: ReportErrorOut | None

    @classmethod
    def of(cls, one: Report, locale: str) -> ReportOut:
        """Return it as the API shows it."""
        words = _WORDS["es" if locale.startswith("es") else "en"]
        same = ("id", "every", "through", "language", "state", "asked_by", "asked_at", "made_at", "expires_at")
        return cls.model_validate(
            {name: getattr(one, name) for name in same}
            | {
                "from": one.since,
                "by_itself": one.asked_by == operations.SCHEDULED,
                "formats": list(one.formats),
                "error": None if one.error is None else {"code": one.error, "text": words},
            }
        )


class ReportLinkOut(BaseModel):
    """A link that needs no credentials, for a while."""

    url: str = Field(description="Below the server's address.")
    until: datetime


class FormatQuery(BaseModel):
    """Which file, and what to do with it."""

    model_config = ConfigDict(extra="forbid")

    format: Format = "pdf"
    show: Literal["inline", "attachment"] = Field(
        default="attachment", description="`inline` lets a browser show the pages."
    )


@router.get("/reports/schedule", summary="Show of what reports are made", dependencies=_READ, responses=_UNPUBLISHED)
async def show_report_schedule(tx: ProgramTx, program: CurrentProgram, now: Now, locale: Locale) -> ReportScheduleOut:
    """Show of what reports are made by themselves, and when the next ones are."""
    found = {one.every: one for one in await store.schedules(tx, program.program_id)}
    language: Language = "es" if locale.startswith("es") else "en"
    for one in found.values():
        language = one.language
    every = [each for each in CYCLES if each in found]
    today = local_day(program.zone, now)
    return ReportScheduleOut(
        every=every, language=language, following=[policy.following(today, each) for each in every]
    )


@router.put(
    "/reports/schedule",
    summary="Say of what reports are made",
    dependencies=[requires(Permission.PROGRAM_WRITE)],
    responses=_UNPUBLISHED,
)
async def set_report_schedule(
    body: ReportScheduleIn, tx: ProgramTx, program: CurrentProgram, caller: ProgramCaller, now: Now, locale: Locale
) -> ReportScheduleOut:
    """Say of what reports are made by themselves: weeks, months, quarters. The first is of the period under way."""
    await operations.set_schedule(tx, program, body.every, body.language, by=caller.actor, now=now)
    return await show_report_schedule(tx, program, now, locale)


@router.get(
    "/reports/made",
    summary="List reports",
    dependencies=_READ,
    responses={400: {"description": "`request.bad_cursor`"}},
)
async def list_reports(
    tx: ProgramTx, program_id: ProgramId, locale: Locale, limit: Limit = 50, cursor: Cursor = None
) -> Page[ReportOut]:
    """List reports of periods that are over, the newest periods first."""
    before = read_cursor(cursor, tuple[date, UUID]) if cursor else None
    found = await store.page(tx, program_id, before=before, limit=limit + 1)
    rows, following = cut(found, limit, lambda one: (one.through, one.id))
    return Page(items=[ReportOut.of(one, locale) for one in rows], next=following)


@router.post(
    "/reports/made",
    status_code=202,
    summary="Make a report",
    dependencies=_READ,
    responses={
        409: {"description": "`programs.not_published`, `insight.too_many_reports`, `idempotency.key_reused`"},
        422: {"description": "`insight.period_not_over`, `request.faulty`"},
    },
)
async def make_report(
    body: ReportIn,
    tx: ProgramTx,
    program: CurrentProgram,
    caller: ProgramCaller,
    now: Now,
    real: RealNow,
    locale: Locale,
) -> ReportOut:
    """Make the report of a week, month or quarter that is over, as PDF, CSV and XLSX; a worker does it.

    Where there is one of that period, it is made anew: what came late is in it then.
    """
    one = await operations.ask(
        tx, program, body.every, body.day, body.language, by=caller.actor, now=now, recorded_at=real
    )
    return ReportOut.of(one, locale)


@router.get("/reports/made/{report_id}", summary="Show a report", dependencies=_READ, responses=_UNKNOWN)
async def show_report(report_id: UUID, tx: ProgramTx, program_id: ProgramId, locale: Locale) -> ReportOut:
    """Show how far a report is, and which files it has."""
    return ReportOut.of(await operations.load(tx, program_id, report_id), locale)


@router.get(
    "/reports/made/{report_id}/file",
    summary="Fetch a file of a report",
    dependencies=_READ,
    response_class=Response,
    responses=_UNKNOWN
    | _NOT_READY
    | {200: {"description": "The file", "content": {media.partition(";")[0]: {} for media in MEDIA.values()}}},
)
async def fetch_report(
    request: Request,
    report_id: UUID,
    query: Annotated[FormatQuery, Query()],
    tx: ProgramTx,
    program_id: ProgramId,
    caller: ProgramCaller,
    now: RealNow,
) -> Response:
    """Fetch a report's pages or tables; that you did is in the audit log."""
    one, data = await operations.fetched(tx, program_id, report_id, query.format, by=caller.actor, now=now)
    return sent(one, request.path_params["program"], query.format, data, show=query.show)


@router.post(
    "/reports/made/{report_id}/link",
    summary="Make a link to a file of a report",
    dependencies=_READ,
    responses=_UNKNOWN | _NOT_READY,
)
async def link_report(
    request: Request,
    report_id: UUID,
    tx: ProgramTx,
    program_id: ProgramId,
    now: RealNow,
    format: Annotated[Format, Query()] = "pdf",
) -> ReportLinkOut:
    """Make a signed link that works for an hour without credentials, for whoever is to have the file."""
    one = await operations.load(tx, program_id, report_id)
    until, signature = operations.sign(one, format, now=now)
    slug = request.path_params["program"]
    url = f"/v1/downloads/{slug}/reports/{one.id}/{format}?until={int(until.timestamp())}&signature={signature}"
    return ReportLinkOut(url=url, until=until)


def sent(
    one: Report, slug: str, format: Format, data: bytes, *, show: Literal["inline", "attachment"] = "attachment"
) -> Response:
    """Return a file as a response."""
    return Response(
        data,
        media_type=MEDIA[format],
        headers={
            "content-disposition": f'{show}; filename="{one.name(slug, format)}"',
            "cache-control": "private, no-store",
            "x-content-type-options": "nosniff",
        },
    )
