"""Statements as files: a month of one wallet as CSV or PDF."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Annotated, Any, Literal, Protocol
from uuid import UUID

from fastapi import Depends, Path, Query, Request, Response

from puntal.access.dependencies import Now, ProgramId, ProgramTx, requires
from puntal.access.model import Permission
from puntal.kit.calendar import add_months, local_day, midnight
from puntal.kit.http import Locale
from puntal.ledger.model import MEMBER_ACCOUNTS
from puntal.members import operations as members
from puntal.points import operations, queries, statements
from puntal.points.api.routing import MEMBER, CurrentTerms, router
from puntal.points.errors import MonthToCome
from puntal.programs.document.program import Program
from puntal.programs.sentences import Speaker

Form = Annotated[statements.FileFormat, Path(description="Of the file.")]
Month = Annotated[str, Path(pattern=r"^20\d\d-(0[1-9]|1[0-2])$", description="`2026-03`, in the program's zone.")]
_FILES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file",
        "content": {
            "text/csv": {"schema": {"type": "string"}},
            "application/pdf": {"schema": {"type": "string", "format": "binary"}},
        },
    },
    422: {"description": "`points.unknown_wallet`, `points.month_to_come`, `request.faulty`"},
}


class _Newest(Protocol):
    document: Program


async def current_document(request: Request, tx: ProgramTx, program_id: ProgramId) -> Program:
    """Return the program's document as it stands in this transaction."""
    newest: _Newest = (await request.app.state.programs.current(tx, program_id)).newest
    return newest.document


class Asked:
    """A request for a file: of which program, in which transaction and language, when."""

    def __init__(
        self,
        tx: ProgramTx,
        program_id: ProgramId,
        terms: CurrentTerms,
        document: Annotated[Program, Depends(current_document)],
        now: Now,
        locale: Locale,
    ) -> None:
        self.tx = tx
        self.program_id = program_id
        self.terms = terms
        self.document = document
        self.now = now
        self.locale = locale


@router.get(
    "/members/{member_id}/wallets/{wallet}/statements/{month}.{form}",
    summary="Download a wallet's statement of a month",
    dependencies=[requires(Permission.MEMBERS_READ)],
    responses=MEMBER | _FILES,
    response_class=Response,
)
async def download_statement(
    member_id: UUID,
    wallet: Annotated[str, Path(max_length=63)],
    month: Month,
    form: Form,
    asked: Annotated[Asked, Depends()],
    language: Annotated[
        Literal["en", "es"] | None, Query(description="Of the file; else as `Accept-Language` says.")
    ] = None,
) -> Response:
    """Download opening, lines and closing of a wallet for what was recorded in a month, in English or Spanish.

    A month that is over never changes: what is learnt later is a line of a later statement.
    """
    terms = operations.wallet_named(asked.terms, wallet)
    first = datetime.strptime(month, "%Y-%m").date()  # noqa: DTZ007 - a day, not an instant
    after = add_months(first, 1)
    since, until = midnight(terms.zone, first), midnight(terms.zone, after)
    if since > asked.now:
        raise MonthToCome(month=local_day(terms.zone, asked.now).strftime("%Y-%m"))
    holders = await operations.readers_of(asked.tx, asked.program_id, asked.terms, member_id)
    found = await queries.statement(asked.tx, asked.program_id, asked.terms, holders=holders, since=since, until=until)
    statement = next((one for one in found if one.wallet == wallet), None)
    profile = (await members.load(asked.tx, asked.program_id, [holders[0]]))[holders[0]]
    spoken = language or ("es" if asked.locale.startswith("es") else "en")
    words = Speaker(asked.document, spoken)
    written = asked.document.wallets.get(wallet)
    heading = statements.Heading(
        program=words.text(asked.document.name),
        wallet=words.text(None if written is None else written.label, wallet),
        member=str(member_id),
        name=profile.name,
        month=first,
        until=after,
        made_at=asked.now,
        language=spoken,
    )
    made = await asyncio.to_thread(
        statements.write, form, statement or statements.empty(terms, MEMBER_ACCOUNTS), terms, heading
    )
    return Response(
        made,
        media_type=statements.MEDIA[form],
        headers={"content-disposition": f'attachment; filename="{wallet}-{month}.{form}"', "content-language": spoken},
    )
