"""Imports over HTTP: following one, cancelling it, and bringing members in part by part."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidatorFunctionWrapHandler, WrapValidator

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
from puntal.imports import operations
from puntal.imports.errors import RowUnreadable
from puntal.imports.model import MOST_ROWS, SILENCE, Import, Kind, State
from puntal.kit.errors import Fault, pointer
from puntal.kit.reasons import reason_of
from puntal.members.api import answer_item
from puntal.members.operations import Membership
from puntal.members.wire import BulkItemOut, EnrolIn

router = program_router("imports")

_UNKNOWN: dict[int | str, dict[str, Any]] = {404: {"description": "`imports.not_found`"}}


class ImportIn(BaseModel):
    """A file whose rows are going to be sent."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"name": "members.csv", "total": 1200}]})

    name: str = Field(default="", max_length=200, description="Of the file.")
    total: int = Field(ge=1, le=MOST_ROWS, description="Rows that are going to be sent.")


def _by_itself(value: object, read: ValidatorFunctionWrapHandler) -> EnrolIn | RowUnreadable:
    """Read a row, or keep what is wrong with it as its answer: the other rows of the file are not to wait for it."""
    try:
        row: EnrolIn = read(value)
    except ValidationError as wrong:
        return RowUnreadable(
            [
                Fault(path=pointer(*each["loc"]), code=each["type"], reason=reason_of(each))
                for each in wrong.errors(include_url=False, include_input=False)
            ]
        )
    return row


class PartIn(BaseModel):
    """Rows of the file. One that cannot be read is answered with what is wrong with it, as any that is refused."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"first": 0, "members": [{"ids": {"email": "anna@example.com"}}]}]},
    )

    first: int = Field(ge=0, le=MOST_ROWS, description="How many rows of the file are before these.", examples=[0])
    members: list[Annotated[EnrolIn, WrapValidator(_by_itself)]] = Field(min_length=1, max_length=1000)


class ImportRunOut(BaseModel):
    """An import: how far it has got."""

    id: UUID
    kind: Kind
    name: str
    state: State = Field(description="`failed` too where nothing came for five minutes.")
    total: int | None
    done: int = Field(description="Rows or events that were answered.")
    added: int = Field(description="Of these, new.")
    known: int = Field(description="Of these, there before.")
    refused: int = Field(description="Of these, not taken in.")
    asked_by: str
    asked_at: datetime
    ended_at: datetime | None

    @classmethod
    def of(cls, one: Import, now: datetime) -> ImportRunOut:
        """Return it as the API shows it."""
        same = {name: getattr(one, name) for name in cls.model_fields}
        if one.state == "running" and now - one.moved_at > SILENCE:
            same["state"] = "failed"
        return cls(**same)


class PartOut(BaseModel):
    """What became of the rows, in the order sent, and how far the import is with them."""

    items: list[BulkItemOut]
    run: ImportRunOut


async def current_membership(request: Request, tx: ProgramTx, program_id: ProgramId) -> Membership:
    """Return what the program's document says about members, as it stands in this transaction."""
    loaded = await request.app.state.programs.current(tx, program_id)
    membership: Membership = loaded.membership
    return membership


@router.post(
    "/imports/members",
    status_code=201,
    summary="Begin an import of members",
    dependencies=[requires(Permission.MEMBERS_WRITE)],
)
async def begin_members_import(
    body: ImportIn, tx: ProgramTx, program_id: ProgramId, caller: ProgramCaller, now: RealNow
) -> ImportRunOut:
    """Say that a file of members is coming, so that it is listed with other long work and can be cancelled."""
    id = await operations.begin(tx, program_id, "members", body.name, total=body.total, by=caller.actor, now=now)
    return ImportRunOut.of(await operations.load(tx, program_id, id), now)


@router.post(
    "/imports/{import_id}/members",
    summary="Send rows of an import of members",
    dependencies=[requires(Permission.MEMBERS_WRITE)],
    responses=_UNKNOWN
    | {
        409: {"description": "`imports.over`, `imports.part_missing`, `idempotency.key_reused`"},
        422: {"description": "`request.faulty`"},
    },
)
async def import_members(
    import_id: UUID,
    body: PartIn,
    tx: ProgramTx,
    program_id: ProgramId,
    membership: Annotated[Membership, Depends(current_membership)],
    now: Now,
    real_now: RealNow,
    locale: Locale,
) -> PartOut:
    """Enrol some rows, each by itself, as `members/bulk` does; the part with the last row ends the import.

    Parts come in the order of the file. One that is sent again changes nobody and is not counted again.
    """
    answers, run = await operations.enrol_part(
        tx,
        program_id,
        import_id,
        body.first,
        [row if isinstance(row, RowUnreadable) else row.read() for row in body.members],
        membership=membership,
        now=now,
        real_now=real_now,
    )
    return PartOut(items=[answer_item(one, locale) for one in answers], run=ImportRunOut.of(run, real_now))


@router.get(
    "/imports/{import_id}",
    summary="Show an import",
    dependencies=[requires(Permission.MEMBERS_READ)],
    responses=_UNKNOWN,
)
async def show_import(import_id: UUID, tx: ProgramTx, program_id: ProgramId, now: RealNow) -> ImportRunOut:
    """Show how far an import has got."""
    return ImportRunOut.of(await operations.load(tx, program_id, import_id), now)


@router.post(
    "/imports/{import_id}/cancel",
    summary="Cancel an import",
    dependencies=[requires(Permission.MEMBERS_WRITE)],
    responses=_UNKNOWN,
)
async def cancel_import(
    import_id: UUID, tx: ProgramTx, program_id: ProgramId, caller: ProgramCaller, now: RealNow
) -> ImportRunOut:
    """Stop an import; what was taken in stays, what is over is left as it ended. Events take `imports:write`."""
    if (await operations.load(tx, program_id, import_id)).kind == "events":
        caller.require(Permission.IMPORTS_WRITE)
    return ImportRunOut.of(await operations.cancel(tx, program_id, import_id, by=caller.actor, now=now), now)
