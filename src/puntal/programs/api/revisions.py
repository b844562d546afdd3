"""Routes of what is published: publishing, rolling back, taking effect, revisions."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import Path, Request
from starlette.responses import Response

from puntal.access.dependencies import TWO_PEOPLE, Now, ProgramCaller, ProgramId, ProgramTx, program_router, requires
from puntal.access.model import Permission
from puntal.access.queries import who
from puntal.kit.http import Cursor, Limit
from puntal.kit.pages import Page, cut, read_cursor
from puntal.programs import asking, operations, preparing, queries, simulated
from puntal.programs.api.documents import FAULTY, MEDIA, UNREADABLE
from puntal.programs.errors import NoDraft, RevisionNotFound
from puntal.programs.preparing import Publish
from puntal.programs.wire import (
    PublicationOut,
    PublishIn,
    RevisionOut,
    RevisionWithDocumentOut,
    RollBackIn,
    TakingEffectOut,
    body_of,
    read,
    respond,
)

router = program_router("programs")


@router.post(
    "/program/publish",
    summary="Publish",
    dependencies=[requires(Permission.PROGRAM_PUBLISH)],
    responses=TWO_PEOPLE
    | {
        400: UNREADABLE,
        404: {"description": "`programs.no_draft`"},
        415: MEDIA,
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
    responses=TWO_PEOPLE | {404: {"description": "`programs.revision_not_found`"}, 422: FAULTY},
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


def _publisher(request: Request) -> Publish:
    # An app that knows of no figures has none to count.
    publisher: Publish = getattr(request.app.state, "publisher", operations.publish)
    return publisher
