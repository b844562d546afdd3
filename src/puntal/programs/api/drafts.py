"""Routes of the draft: read, save, check, tell in sentences, compare."""

from __future__ import annotations

from typing import Annotated

from fastapi import Header, Request
from starlette.responses import Response

from puntal.access import queries as access
from puntal.access.dependencies import Locale, Now, ProgramCaller, ProgramId, ProgramTx, program_router, requires
from puntal.access.model import AuditFilter, Permission
from puntal.access.queries import who
from puntal.kit.errors import Malformed
from puntal.programs import operations, policy, queries, source
from puntal.programs.api.documents import FAULTY, MEDIA, UNREADABLE, answered
from puntal.programs.diff import diff
from puntal.programs.errors import NoDraft, ProgramFaulty
from puntal.programs.model import Draft
from puntal.programs.telling import events, tell
from puntal.programs.wire import (
    EXAMPLE,
    CheckOut,
    DiffOut,
    DraftOut,
    ReadOut,
    SavedOut,
    ToldOut,
    body_of,
    read_document,
    respond,
)

router = program_router("programs")


@router.get(
    "/program",
    summary="Read the draft",
    dependencies=[requires(Permission.PROGRAM_READ)],
    response_model=DraftOut,
    responses={404: {"description": "`programs.no_draft`"}},
)
async def get_draft(request: Request, tx: ProgramTx, program_id: ProgramId) -> Response:
    """Read the document being edited: the saved draft, else what is published. `Accept: application/yaml` for YAML."""
    draft = await queries.draft(tx, program_id)
    if draft is None:
        head = await operations.head(tx, program_id)
        found = await queries.revision(tx, program_id, head.revision)
        if found is None:
            raise NoDraft
        draft = Draft(document=found[1], version=0)
    last = await access.list_audit(tx, program_id, before=None, limit=1, only=AuditFilter(action=operations.SAVED))
    names = await who.names(tx, [entry.actor for entry in last])
    return answered(
        request,
        draft.document,
        draft.version,
        saved_at=last[0].at.isoformat() if last else None,
        saved_by=last[0].actor if last else None,
        saved_by_name=names.get(last[0].actor) if last else None,
        changed=await operations.is_changed(tx, program_id, draft.document),
    )


@router.put(
    "/program",
    summary="Save the draft",
    dependencies=[requires(Permission.PROGRAM_WRITE)],
    response_model=SavedOut,
    responses={400: UNREADABLE, 409: {"description": "`programs.draft_changed`"}, 415: MEDIA},
    openapi_extra=body_of(None, EXAMPLE),
)
async def save_draft(
    request: Request,
    tx: ProgramTx,
    program_id: ProgramId,
    caller: ProgramCaller,
    now: Now,
    locale: Locale,
    if_match: Annotated[
        str | None, Header(description="The ETag you read; without it the draft is overwritten.", max_length=40)
    ] = None,
) -> Response:
    """Save the document being edited, faults and all, and say what is wrong with it."""
    document = await read_document(request)
    version = await operations.save_draft(
        tx, program_id, document, expected_version=_version(if_match), by=caller.actor, now=now
    )
    program, faults = await operations.check(tx, program_id, document)
    said = CheckOut.of(faults, policy.advice(program) if program is not None else [], locale)
    return respond(request, said.model_dump() | {"version": version}, headers={"ETag": f'"{version}"'})


@router.post(
    "/program/check",
    summary="Check a document",
    dependencies=[requires(Permission.PROGRAM_READ)],
    responses={400: UNREADABLE, 415: MEDIA},
    openapi_extra=body_of(None, EXAMPLE),
)
async def check_document(request: Request, tx: ProgramTx, program_id: ProgramId, locale: Locale) -> CheckOut:
    """Say everything that publishing this document would find wrong; nothing is written."""
    program, faults = await operations.check(tx, program_id, await read_document(request))
    return CheckOut.of(faults, policy.advice(program) if program is not None else [], locale)


@router.post(
    "/program/read",
    summary="Read a document",
    dependencies=[requires(Permission.PROGRAM_READ)],
    response_model=ReadOut,
    responses={400: UNREADABLE, 415: MEDIA},
    openapi_extra=body_of(None, EXAMPLE),
)
async def read_written(request: Request) -> Response:
    """Read a document from YAML or JSON, faults and all, and answer it. `Accept: application/yaml` for YAML."""
    return respond(request, {"document": await read_document(request)}, document="document")


@router.post(
    "/program/sentences",
    summary="Tell a document in sentences",
    dependencies=[requires(Permission.PROGRAM_READ)],
    responses={400: UNREADABLE, 415: MEDIA},
    openapi_extra=body_of(None, EXAMPLE),
)
async def tell_document(request: Request, tx: ProgramTx, program_id: ProgramId, locale: Locale) -> ToldOut:
    """Say each part of a document in a sentence, beside everything that is wrong with it; nothing is written."""
    program, faults = await operations.check(tx, program_id, await read_document(request))
    advice, told = ([], []) if program is None else (policy.advice(program), tell(program, locale))
    digest = None if program is None else source.digest(program)
    return ToldOut.of_told(faults, advice, told, events(program, locale), digest, locale)


@router.post(
    "/program/diff",
    summary="Compare with what is published",
    dependencies=[requires(Permission.PROGRAM_READ)],
    responses={400: UNREADABLE, 409: {"description": "`programs.not_published`"}, 415: MEDIA, 422: FAULTY},
    openapi_extra=body_of(None, EXAMPLE),
)
async def diff_document(request: Request, tx: ProgramTx, program_id: ProgramId, locale: Locale) -> DiffOut:
    """Say in words, and as a YAML diff, what publishing this document would change."""
    program, faults = await operations.check(tx, program_id, await read_document(request))
    if program is None:
        raise ProgramFaulty(faults)
    published = await operations.load_published(tx, program_id)
    return DiffOut.of(diff(published.document, program), locale)


def _version(if_match: str | None) -> int | None:
    if if_match is None or if_match == "*":
        return None
    text = if_match.removeprefix("W/").strip('"')
    if not text.isdecimal():
        raise Malformed
    return int(text)
