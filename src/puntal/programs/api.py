"""Routes of programs: the draft, checking, publishing, revisions, templates, kill switches.

An entry point includes every router of `ROUTERS`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import Header, Path, Query, Request
from starlette.responses import Response

from puntal.access import queries as access
from puntal.access.dependencies import (
    TWO_PEOPLE,
    Locale,
    Now,
    OrganizationCaller,
    OrganizationTx,
    ProgramCaller,
    ProgramId,
    ProgramTx,
    RealNow,
    organization_router,
    program_router,
    requires,
    requires_above,
)
from puntal.access.model import Permission
from puntal.access.queries import who
from puntal.kit.errors import Malformed
from puntal.kit.http import Cursor, Limit
from puntal.kit.pages import Page, cut, read_cursor
from puntal.programs import asking, operations, policy, preparing, queries, simulated
from puntal.programs.diff import diff
from puntal.programs.errors import NoDraft, ProgramFaulty, RevisionNotFound, TemplateOrDocument
from puntal.programs.model import Draft
from puntal.programs.preparing import Publish
from puntal.programs.telling import events, tell
from puntal.programs.templates import list_templates, load_template
from puntal.programs.wire import (
    EXAMPLE,
    CheckOut,
    CreateIn,
    DiffOut,
    DraftOut,
    ProgramOut,
    PublicationOut,
    PublishIn,
    ReadOut,
    RevisionOut,
    RevisionWithDocumentOut,
    RollBackIn,
    SavedOut,
    SwitchIn,
    SwitchOut,
    TakingEffectOut,
    TemplateDocumentOut,
    TemplateOut,
    ToldOut,
    body_of,
    read,
    read_document,
    respond,
)

router = program_router("programs")
above = organization_router("programs", "/v1")
ROUTERS = (router, above)

_UNREADABLE = {"description": "`programs.document_unreadable`: not JSON or YAML, or a key twice"}
_FAULTY = {"description": "`programs.faulty`: `errors` has every fault with path, reason and suggestion"}
_MEDIA = {"description": "`request.unsupported_media`: send JSON or YAML"}


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
    last = await access.list_audit(tx, program_id, before=None, limit=1, action=operations.SAVED)
    names = await who.names(tx, [entry.actor for entry in last])
    return _document(
        request,
        draft.document,
        draft.version,
        saved_at=last[0].at.isoformat() if last else None,
        saved_by=last[0].actor if last else None,
        saved_by_name=names.get(last[0].actor) if last else None,
    )


@router.put(
    "/program",
    summary="Save the draft",
    dependencies=[requires(Permission.PROGRAM_WRITE)],
    response_model=SavedOut,
    responses={400: _UNREADABLE, 409: {"description": "`programs.draft_changed`"}, 415: _MEDIA},
    openapi_extra=body_of(None, EXAMPLE),
)
async def save_draft(
    request: Request,
    tx: ProgramTx,
    program_id: ProgramId,
    caller: ProgramCaller,
    now: Now,
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
    said = CheckOut.of(faults, policy.advice(program) if program is not None else [])
    return respond(request, said.model_dump() | {"version": version}, headers={"ETag": f'"{version}"'})


@router.post(
    "/program/check",
    summary="Check a document",
    dependencies=[requires(Permission.PROGRAM_READ)],
    responses={400: _UNREADABLE, 415: _MEDIA},
    openapi_extra=body_of(None, EXAMPLE),
)
async def check_document(request: Request, tx: ProgramTx, program_id: ProgramId) -> CheckOut:
    """Say everything that publishing this document would find wrong; nothing is written."""
    program, faults = await operations.check(tx, program_id, await read_document(request))
    return CheckOut.of(faults, policy.advice(program) if program is not None else [])


@router.post(
    "/program/read",
    summary="Read a document",
    dependencies=[requires(Permission.PROGRAM_READ)],
    response_model=ReadOut,
    responses={400: _UNREADABLE, 415: _MEDIA},
    openapi_extra=body_of(None, EXAMPLE),
)
async def read_written(request: Request) -> Response:
    """Read a document from YAML or JSON, faults and all, and answer it. `Accept: application/yaml` for YAML."""
    return respond(request, {"document": await read_document(request)}, document="document")


@router.post(
    "/program/sentences",
    summary="Tell a document in sentences",
    dependencies=[requires(Permission.PROGRAM_READ)],
    responses={400: _UNREADABLE, 415: _MEDIA},
    openapi_extra=body_of(None, EXAMPLE),
)
async def tell_document(request: Request, tx: ProgramTx, program_id: ProgramId, locale: Locale) -> ToldOut:
    """Say each part of a document in a sentence, beside everything that is wrong with it; nothing is written."""
    program, faults = await operations.check(tx, program_id, await read_document(request))
    advice, told = ([], []) if program is None else (policy.advice(program), tell(program, locale))
    return ToldOut.of_told(faults, advice, told, events(program, locale))


@router.post(
    "/program/diff",
    summary="Compare with what is published",
    dependencies=[requires(Permission.PROGRAM_READ)],
    responses={400: _UNREADABLE, 409: {"description": "`programs.not_published`"}, 415: _MEDIA, 422: _FAULTY},
    openapi_extra=body_of(None, EXAMPLE),
)
async def diff_document(request: Request, tx: ProgramTx, program_id: ProgramId, locale: Locale) -> DiffOut:
    """Say in words, and as a YAML diff, what publishing this document would change."""
    program, faults = await operations.check(tx, program_id, await read_document(request))
    if program is None:
        raise ProgramFaulty(faults)
    published = await operations.load_published(tx, program_id)
    return DiffOut.of(diff(published.document, program), locale)


@router.post(
    "/program/publish",
    summary="Publish",
    dependencies=[requires(Permission.PROGRAM_PUBLISH)],
    responses=TWO_PEOPLE
    | {
        400: _UNREADABLE,
        404: {"description": "`programs.no_draft`"},
        415: _MEDIA,
        422: {
            "description": "`programs.faulty` with every fault, `programs.effective_in_the_past`,"
            " `programs.simulation_unknown`"
        },
    },
    openapi_extra=body_of(PublishIn, {"note": "Double points on Mondays"}),
)
async def publish(
    request: Request, tx: ProgramTx, program_id: ProgramId, caller: ProgramCaller, now: Now
) -> PublicationOut:
    """Make the draft, or the document sent, the newest revision. Publishing the same again changes nothing.

    A revision that reads figures nobody counted so far takes effect when they have been counted from the orders: at
    once in a small program, else a little later (`taking_effect`), all at one moment. Publishing another one instead
    gives it up.
    """
    body = await read(request, PublishIn)
    document = body.document
    if document is None:
        draft = await queries.draft(tx, program_id)
        if draft is None:
            raise NoDraft
        document = draft.document
    await asking.to_publish(tx, program_id, document, body, by=caller, now=now)
    published = await _publisher(request)(
        tx,
        program_id,
        document,
        by=caller.actor,
        now=now,
        note=body.note,
        effective_from=body.effective_from,
    )
    if published.created:
        await simulated.name(tx, program_id, published.revision.number, body.simulation_id)
        published = replace(published, revision=replace(published.revision, simulation_id=body.simulation_id))
    return PublicationOut.of(published)


@router.post(
    "/program/rollback",
    summary="Publish an old revision again",
    dependencies=[requires(Permission.PROGRAM_PUBLISH)],
    responses=TWO_PEOPLE | {404: {"description": "`programs.revision_not_found`"}, 422: _FAULTY},
)
async def roll_back(
    request: Request, body: RollBackIn, tx: ProgramTx, program_id: ProgramId, caller: ProgramCaller, now: Now
) -> PublicationOut:
    """Publish an old revision's document as a new revision, checked against what members hold today."""
    await asking.to_roll_back(tx, program_id, body, by=caller, now=now)
    return PublicationOut.of(
        await operations.roll_back(
            tx, program_id, body.number, by=caller.actor, now=now, note=body.note, publisher=_publisher(request)
        )
    )


@router.get(
    "/program/taking-effect",
    summary="Show what is taking effect",
    dependencies=[requires(Permission.PROGRAM_READ)],
)
async def show_taking_effect(tx: ProgramTx, program_id: ProgramId) -> TakingEffectOut:
    """Show the revision that was published and waits until the figures it reads have been counted, if one does."""
    return TakingEffectOut.of(await preparing.find(tx, program_id))


@router.get("/program/revisions", summary="List revisions", dependencies=[requires(Permission.PROGRAM_READ)])
async def list_revisions(
    tx: ProgramTx, program_id: ProgramId, limit: Limit = 50, cursor: Cursor = None
) -> Page[RevisionOut]:
    """List what was published, newest first."""
    before = read_cursor(cursor, tuple[int])[0] if cursor else None
    found = await queries.revisions(tx, program_id, before=before, limit=limit + 1)
    rows, following = cut(found, limit, lambda revision: (revision.number,))
    names = await who.names(tx, [revision.published_by for revision in rows])
    return Page(items=[RevisionOut.of(revision, names) for revision in rows], next=following)


@router.get(
    "/program/revisions/{number}",
    summary="Show a revision",
    dependencies=[requires(Permission.PROGRAM_READ)],
    response_model=RevisionWithDocumentOut,
    responses={404: {"description": "`programs.revision_not_found`"}},
)
async def show_revision(
    request: Request, tx: ProgramTx, program_id: ProgramId, number: Annotated[int, Path(ge=1, lt=2**31)]
) -> Response:
    """Show a revision with its document. `Accept: application/yaml` for the document alone, as YAML."""
    if (found := await queries.revision(tx, program_id, number)) is None:
        raise RevisionNotFound(number=number)
    said = RevisionOut.of(found[0]).model_dump(mode="json") | {"document": found[1]}
    return respond(request, said, document="document")


@router.get("/kill-switches", summary="List kill switches", dependencies=[requires(Permission.PROGRAM_READ)])
async def list_switches(
    tx: ProgramTx,
    program_id: ProgramId,
    *,
    lifted: Annotated[bool, Query(description="The lifted ones too, after those in force.")] = False,
    limit: Limit = 200,
) -> list[SwitchOut]:
    """List what is switched off, newest first."""
    found = await queries.switches(tx, program_id, lifted_too=lifted, limit=limit)
    names = await who.names(tx, [switch.set_by for switch in found])
    return [SwitchOut.of(switch, names) for switch in found]


@router.post(
    "/kill-switches",
    status_code=201,
    summary="Switch something off",
    dependencies=[requires(Permission.SWITCHES_WRITE)],
    responses={422: {"description": "`programs.switch_target_unknown`, `request.faulty`"}},
)
async def set_switch(
    body: SwitchIn, tx: ProgramTx, program_id: ProgramId, caller: ProgramCaller, now: Now
) -> SwitchOut:
    """Switch a program, wallet, campaign, rule, reward, channel or integration off; workers follow within seconds."""
    return SwitchOut.of(
        await operations.set_switch(
            tx,
            program_id,
            target_kind=body.target_kind,
            target_id=body.target_id,
            mode=body.mode,
            reason=body.reason,
            by=caller.actor,
            now=now,
        )
    )


@router.delete(
    "/kill-switches/{switch_id}",
    status_code=204,
    summary="Lift a kill switch",
    dependencies=[requires(Permission.SWITCHES_WRITE)],
    responses={404: {"description": "`programs.switch_not_found`"}},
)
async def lift_switch(switch_id: UUID, tx: ProgramTx, program_id: ProgramId, caller: ProgramCaller, now: Now) -> None:
    """Let new ones through again; what was voided stays void. Lifting twice changes nothing."""
    await operations.lift_switch(tx, program_id, switch_id, by=caller.actor, now=now)


@above.get("/templates", summary="List templates", dependencies=[requires_above(None)])
async def templates(locale: Locale) -> list[TemplateOut]:
    """List the ready-made programs."""
    return [TemplateOut.of(template, locale) for template in list_templates()]


@above.get(
    "/templates/{template}",
    summary="Show a template",
    dependencies=[requires_above(None)],
    response_model=TemplateDocumentOut,
    responses={404: {"description": "`programs.template_not_found`"}},
)
async def show_template(request: Request, template: Annotated[str, Path(max_length=60)]) -> Response:
    """Show a template's document. `Accept: application/yaml` for the document alone, as YAML."""
    return _document(request, load_template(template), 0)


@above.get("/programs", summary="List programs", dependencies=[requires_above(None)])
async def list_programs(tx: OrganizationTx, caller: OrganizationCaller) -> list[ProgramOut]:
    """List the organization's programs that the key may see."""
    rows = await queries.list_programs(tx, caller.organization_id)
    return [ProgramOut.of(row) for row in rows if caller.sees(row.id)]


@above.post(
    "/programs",
    status_code=201,
    summary="Create a program",
    dependencies=[requires_above(Permission.PROGRAM_CREATE)],
    responses={
        400: _UNREADABLE,
        404: {"description": "`programs.template_not_found`"},
        409: {"description": "`programs.slug_taken`, `idempotency.key_reused`"},
        415: _MEDIA,
        422: {"description": "`programs.slug_invalid`, `programs.template_or_document`, `programs.faulty`"},
    },
    openapi_extra=body_of(CreateIn, {"slug": "aurora", "template": "cafe", "currency": "EUR", "publish": True}),
)
async def create_program(request: Request, tx: OrganizationTx, caller: OrganizationCaller, now: RealNow) -> ProgramOut:
    """Create a program from a template or a document, as a draft or published at once."""
    body = await read(request, CreateIn)
    if (body.template is None) == (body.document is None):
        raise TemplateOrDocument
    document = body.document
    if document is None:
        document = load_template(body.template or "", currency=body.currency, timezone=body.timezone, name=body.name)
    program_id = await operations.create_program(
        tx, organization_id=caller.organization_id, slug=body.slug, document=document, now=now
    )
    if body.publish:
        await operations.publish(tx, program_id, document, by=caller.actor, now=now)
    row = await queries.find(tx, program_id)
    assert row is not None, "it was just made"
    return ProgramOut.of(row)


def _publisher(request: Request) -> Publish:
    # An app that knows of no figures has none to count.
    publisher: Publish = getattr(request.app.state, "publisher", operations.publish)
    return publisher


def _document(request: Request, document: dict[str, object], version: int, **beside: str | None) -> Response:
    return respond(
        request,
        {"document": document, "version": version, **beside},
        document="document",
        headers={"ETag": f'"{version}"'},
    )


def _version(if_match: str | None) -> int | None:
    if if_match is None or if_match == "*":
        return None
    text = if_match.removeprefix("W/").strip('"')
    if not text.isdecimal():
        raise Malformed
    return int(text)
