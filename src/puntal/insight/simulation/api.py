"""Simulations over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field

from puntal.access.dependencies import Locale, Now, ProgramCaller, ProgramId, ProgramTx, program_router, requires
from puntal.access.model import Permission
from puntal.insight.simulation import operations, store
from puntal.insight.simulation.model import LEAST_DAYS, MOST_DAYS, USUAL_DAYS, Simulation, State
from puntal.insight.simulation.outcome import ImpactOut, spoken
from puntal.kit.http import Cursor, Limit
from puntal.kit.pages import Page, cut, last_id
from puntal.members import queries as people
from puntal.programs import queries
from puntal.programs.errors import NoDraft
from puntal.programs.wire import Document, body_of, read

router = program_router("simulations")

_UNKNOWN = {"description": "`insight.simulation_not_found`"}


class SimulateIn(BaseModel):
    """Which document to try on the past."""

    model_config = ConfigDict(extra="forbid")

    document: Document | None = Field(default=None, description="The saved draft when left out.")
    days: int = Field(
        default=USUAL_DAYS,
        ge=LEAST_DAYS,
        le=MOST_DAYS,
        description="How many local days, today included.",
        examples=[30],
    )
    note: str = Field(default="", max_length=1000)
    move_dates: bool = Field(
        default=False,
        description="What the draft changes on other days only is lived as if it ran whole weeks sooner or later,"
        " so that it falls into the period with its weekdays as they are.",
    )


class DatedOut(BaseModel):
    """A new or changed campaign or rule that runs on none of the days looked at."""

    model_config = ConfigDict(from_attributes=True)

    section: Literal["campaigns", "earning"]
    id: str = Field(examples=["double_weekend"])
    from_day: date | None = Field(description="As the draft says. Null: since ever.", examples=["2026-01-06"])
    through_day: date | None = Field(description="Null: with no end.", examples=["2026-01-07"])
    weeks: int = Field(
        description="By how many weeks its dates were moved for this simulation, backwards where negative;"
        " 0: they were not, and nothing of it is in the result.",
        examples=[-2],
    )


class ProgressOut(BaseModel):
    """How far it has got."""

    events_done: int
    events_total: int | None = Field(description="Null until they were counted.")
    percent: int = Field(ge=0, le=100)


class SimulationErrorOut(BaseModel):
    """Why it could not be done."""

    code: str = Field(examples=["insight.simulation_failed"])
    text: str


class SimulationOut(BaseModel):
    """A simulation, without its result."""

    id: UUID
    state: State
    revision: int = Field(description="The live one that the draft is compared with.")
    digest: str = Field(description="Of the draft.")
    days: int
    since: date
    through: date
    note: str
    asked_by: str
    asked_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    progress: ProgressOut
    error: SimulationErrorOut | None
    dated: list[DatedOut] = Field(description="What the draft changes on days that are not looked at.")
    published_as: int | None = Field(description="The revision that named it.")

    @classmethod
    def of(cls, one: Simulation, locale: str) -> SimulationOut:
        """Return it as the API shows it."""
        return cls.model_validate(_values(one, locale))


class SimulationWithResultOut(SimulationOut):
    """A simulation with what would have been different."""

    result: ImpactOut | None = Field(description="Null until it is done.")

    @classmethod
    def of(cls, one: Simulation, locale: str) -> SimulationWithResultOut:
        """Return it as the API shows it, its reasons in words."""
        result = None if one.result is None else spoken(one.result, locale)
        return cls.model_validate(_values(one, locale) | {"result": result})


_WHY: dict[Literal["en", "es"], str] = {
    "en": "It failed three times in a row; the log of the worker says why. Try again, or with fewer days.",
    "es": "Falló tres veces seguidas; el registro del proceso de trabajo dice por qué. Inténtalo de nuevo, o con menos"
    " días.",
}


def _values(one: Simulation, locale: str) -> dict[str, object]:
    names = ("id", "state", "revision", "digest", "days", "since", "through", "note", "asked_by", "asked_at",
             "started_at", "ended_at", "published_as")  # fmt: skip
    total = one.events_total
    percent = 100 if one.state == "done" else 0 if not total else min(99, 100 * one.events_done // total)
    error = None
    if one.error is not None:
        error = SimulationErrorOut(code=one.error, text=_WHY["es" if locale.startswith("es") else "en"])
    return {name: getattr(one, name) for name in names} | {
        "progress": ProgressOut(events_done=one.events_done, events_total=total, percent=percent),
        "error": error,
        "dated": [DatedOut.model_validate(each) for each in one.dated],
    }


@router.post(
    "/program/simulate",
    status_code=202,
    summary="Simulate a draft over the past",
    dependencies=[requires(Permission.PROGRAM_WRITE)],
    responses={
        400: {"description": "`programs.document_unreadable`: not JSON or YAML, or a key twice"},
        404: {"description": "`programs.no_draft`"},
        409: {"description": "`programs.not_published`, `insight.too_many_simulations`"},
        415: {"description": "`request.unsupported_media`: send JSON or YAML"},
        422: {"description": "`programs.faulty` with every fault"},
    },
    openapi_extra=body_of(SimulateIn, {"days": 30, "note": "Double points on Mondays"}),
)
async def simulate(
    request: Request, tx: ProgramTx, program_id: ProgramId, caller: ProgramCaller, now: Now, locale: Locale
) -> SimulationOut:
    """Decide the events of the last days again, by the live program and by the draft, and tell what differs.

    A worker does it; ask for the simulation to see how far it is. Nothing of the program is changed.
    """
    body = await read(request, SimulateIn)
    document = body.document
    if document is None:
        draft = await queries.draft(tx, program_id)
        if draft is None:
            raise NoDraft
        document = draft.document
    asked = await operations.start(
        tx,
        program_id,
        document,
        days=body.days,
        note=body.note,
        by=caller.actor,
        now=now,
        move_dates=body.move_dates,
    )
    return SimulationOut.of(asked, locale)


@router.get("/program/simulations", summary="List simulations", dependencies=[requires(Permission.PROGRAM_READ)])
async def list_simulations(
    tx: ProgramTx, program_id: ProgramId, locale: Locale, limit: Limit = 50, cursor: Cursor = None
) -> Page[SimulationOut]:
    """List simulations, newest first, without their results."""
    found = await store.page(tx, program_id, before=last_id(cursor), limit=limit + 1)
    rows, following = cut(found, limit, lambda one: (one.id,))
    return Page(items=[SimulationOut.of(one, locale) for one in rows], next=following)


@router.get(
    "/program/simulations/{simulation_id}",
    summary="Show a simulation",
    dependencies=[requires(Permission.PROGRAM_READ)],
    responses={404: _UNKNOWN},
)
async def show_simulation(
    simulation_id: UUID, tx: ProgramTx, program_id: ProgramId, caller: ProgramCaller, locale: Locale
) -> SimulationWithResultOut:
    """Show how far a simulation is and, once it is done, what would have been different."""
    shown = SimulationWithResultOut.of(await operations.load(tx, program_id, simulation_id), locale)
    if shown.result is not None:
        # Asked now and not kept with the result: people change their names, and are erased.
        found = [*shown.result.winners, *shown.result.losers]
        names = await people.names_for(tx, program_id, caller, (each.member_id for each in found))
        for each in found:
            each.member_name = names.get(each.member_id)
    return shown


@router.post(
    "/program/simulations/{simulation_id}/cancel",
    summary="Cancel a simulation",
    dependencies=[requires(Permission.PROGRAM_WRITE)],
    responses={404: _UNKNOWN},
)
async def cancel_simulation(
    simulation_id: UUID, tx: ProgramTx, program_id: ProgramId, now: Now, locale: Locale
) -> SimulationOut:
    """Give up a simulation that waits or runs; of one that is over nothing changes."""
    return SimulationOut.of(await operations.cancel(tx, program_id, simulation_id, now=now), locale)
