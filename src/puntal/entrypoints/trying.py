"""Trying a document out: what an event would earn under it, with reasons, and nothing is written."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from fastapi import Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from puntal.access.dependencies import Locale, Now, ProgramId, program_router, requires
from puntal.access.model import Permission
from puntal.engine.explain import explain
from puntal.entrypoints.intake import Intake
from puntal.entrypoints.programs import Loaded, Programs, compiled_as_if
from puntal.intake import operations
from puntal.intake.answers import answer_out
from puntal.intake.description import answers_with
from puntal.intake.errors import EventFaulty
from puntal.intake.wire import ORDER_PAID, all_faults
from puntal.kit.db import Transaction
from puntal.kit.errors import Refusal
from puntal.kit.http import database_of
from puntal.programs import operations as programs
from puntal.programs import source, wire
from puntal.programs.errors import ProgramFaulty

router = program_router("programs")
_encode = msgspec.json.Encoder().encode


class TryIn(BaseModel):
    """A document and something that could happen."""

    model_config = ConfigDict(extra="forbid")

    document: wire.Document | None = Field(default=None, description="What is published when left out.")
    event: dict[str, Any] = Field(description="As `POST events` takes it. Its ids are as good as new.")
    at: Annotated[AwareDatetime | None, Field(description="As if this were now.")] = None


class _Trial(Programs):
    """Whatever is published, events are decided by one document."""

    def __init__(self, document: dict[str, Any] | None) -> None:
        super().__init__()
        self._document = document

    async def current(self, tx: Transaction, program_id: int) -> Loaded:
        """Return the program as it would be with the document.

        Raises:
            ProgramFaulty: The document could not be published.
            NotPublished: There is no program yet.
        """
        published = await programs.load_published(tx, program_id)
        document = published.document
        if self._document is not None:
            read, faults = await programs.check(tx, program_id, self._document)
            if read is None or faults:
                raise ProgramFaulty(faults)
            document = read
        return Loaded(published, compiled_as_if(published, document), {}, frozenset())


@router.post(
    "/program/try",
    summary="Try a document out",
    dependencies=[requires(Permission.PROGRAM_READ)],
    response_model=None,
    responses={
        200: answers_with("AnswerOut"),
        400: {"description": "`programs.document_unreadable`: not JSON or YAML, or a key twice"},
        409: {"description": "`programs.not_published`"},
        415: {"description": "`request.unsupported_media`: send JSON or YAML"},
        422: {"description": "`programs.faulty` with every fault, `event.invalid`"},
    },
    openapi_extra=wire.body_of(TryIn, {"document": wire.EXAMPLE, "event": ORDER_PAID}),
)
async def try_document(request: Request, program_id: ProgramId, now: Now, locale: Locale) -> Response:
    """Say what an event would earn if this document were published, and why, rule by rule; nothing is written.

    The member is as she is now: her tier, balances and what limits and budgets leave.
    """
    body = await wire.read(request, TryIn)
    database = database_of(request)
    trial = _Trial(body.document)
    async with database.program_transaction(program_id) as tx:
        loaded = await trial.current(tx, program_id)
    raw = source.dump_json(body.event).encode()
    try:
        said = operations.parse(raw)
    except EventFaulty as first:
        raise all_faults(raw, first) from first
    item = operations.item(said, loaded.newest.document, body.at or now, dry_run=True)
    (answer,) = await Intake(database, trial, newest_only=True).run(program_id, [item])
    if isinstance(answer, Refusal):
        raise answer
    # With what was asked and what was found, as the member's page has it.
    why = explain(loaded.newest, operations.event_of(said), answer.outcome, locale)
    told = answer_out(answer, loaded.wallet_ids, locale, dry_run=True, told=why)
    return Response(_encode(told), media_type="application/json", headers={"content-language": locale})
