"""Routes of stored events. Events arrive by `entrypoints.ingest`; `description` puts both into one reference.

An entry point puts the cache of compiled programs into `app.state.programs`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import Depends, Path, Query, Request, Response

from puntal.access.dependencies import Locale, Now, ProgramId, ProgramTx, program_router, requires
from puntal.access.model import Permission
from puntal.engine.explain import Explanation
from puntal.intake import operations, stored
from puntal.intake.answers import event_out, explanation_out
from puntal.intake.description import answers_with
from puntal.intake.model import Stored
from puntal.intake.telling import tell
from puntal.kit.db import Transaction
from puntal.kit.http import Cursor, Limit
from puntal.kit.pages import cut, read_cursor

router = program_router("events")

EventId = Annotated[str, Path(min_length=1, max_length=200, description="Chosen by whoever sent it.")]
_encode = msgspec.json.Encoder().encode


async def wallet_ids(request: Request, tx: ProgramTx, program_id: ProgramId) -> Sequence[str]:
    """Return the ids of the program's wallets by ordinal, as it stands in this transaction."""
    found: Sequence[str] = (await request.app.state.programs.current(tx, program_id)).wallet_ids
    return found


async def _told(request: Request, tx: Transaction, program_id: int, found: Stored, locale: str) -> Explanation:
    program = await request.app.state.programs.numbered(tx, program_id, found.revision)
    return tell(program, found, locale)


Wallets = Annotated[Sequence[str], Depends(wallet_ids)]


def _json(value: object, locale: str) -> Response:
    return Response(_encode(value), media_type="application/json", headers={"content-language": locale})


@router.get(
    "/events",
    summary="List the events that came last",
    dependencies=[requires(Permission.EVENTS_READ)],
    responses={200: answers_with("EventPage")},
    response_model=None,
)
async def list_recent(
    tx: ProgramTx,
    program_id: ProgramId,
    now: Now,
    wallets: Wallets,
    locale: Locale,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> Response:
    """List the events that callers sent within the last day, the latest to arrive first; to watch them come.

    One page and no more: `next` is null.
    """
    found = await stored.recent(tx, program_id, now=now, limit=limit)
    return _json({"items": [event_out(row, wallets, locale) for row in found], "next": None}, locale)


@router.get(
    "/events/{event_id:path}",
    summary="Show an event and its decision",
    dependencies=[requires(Permission.EVENTS_READ)],
    responses={200: answers_with("EventOut"), 404: {"description": "`event.not_found`, `access.program_unknown`"}},
    response_model=None,
)
async def show_event(
    event_id: EventId, request: Request, tx: ProgramTx, program_id: ProgramId, wallets: Wallets, locale: Locale
) -> Response:
    """Show what was said, what was decided and why."""
    found = await operations.find(tx, program_id, event_id)
    return _json(event_out(found, wallets, locale, await _told(request, tx, program_id, found, locale)), locale)


@router.get(
    "/members/{member_id}/events",
    summary="List a member's events",
    dependencies=[requires(Permission.EVENTS_READ)],
    responses={200: answers_with("EventPage"), 404: {"description": "`members.unknown`, `access.program_unknown`"}},
    response_model=None,
)
async def list_events(
    member_id: UUID,
    tx: ProgramTx,
    program_id: ProgramId,
    wallets: Wallets,
    locale: Locale,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """List a member's events with their decisions, newest first."""
    before = read_cursor(cursor, tuple[datetime, str]) if cursor else None
    found = await stored.of_member(tx, program_id, member_id, before=before, limit=limit + 1)
    rows, following = cut(found, limit, lambda row: (row.occurred_at, row.id))
    page: dict[str, Any] = {"items": [event_out(row, wallets, locale) for row in rows], "next": following}
    return _json(page, locale)


@router.get(
    "/members/{member_id}/explain",
    summary="Explain an event to a member",
    dependencies=[requires(Permission.EVENTS_READ)],
    responses={
        200: answers_with("ExplanationOut"),
        404: {"description": "`members.unknown`, `event.not_found`, `access.program_unknown`"},
    },
    response_model=None,
)
async def explain_event(
    member_id: UUID,
    event: Annotated[str, Query(min_length=1, max_length=200, description="Id of the event.")],
    request: Request,
    tx: ProgramTx,
    program_id: ProgramId,
    locale: Locale,
) -> Response:
    """Say per rule why it gave what it gave, or nothing, in the caller's language."""
    found = await stored.about_member(tx, program_id, member_id, event)
    return _json(explanation_out(found, await _told(request, tx, program_id, found, locale)), locale)
