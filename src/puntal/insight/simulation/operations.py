"""Asking for simulations, looking at them, giving them up. The caller commits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from puntal.access.operations import audit, notifications
from puntal.insight.simulation import dated, store
from puntal.insight.simulation.errors import SimulationNotFound, TooManySimulations
from puntal.insight.simulation.model import Simulation
from puntal.kit import ids, jobs
from puntal.kit.calendar import local_day
from puntal.kit.db import ProgramId, Transaction
from puntal.programs import operations as programs
from puntal.programs import source
from puntal.programs.errors import ProgramFaulty

SIMULATE = "insight.simulate"
"""The job, deferred by name."""
MOST_AT_ONCE = 3


async def start(  # noqa: PLR0913 - what is simulated, over what, for whom
    tx: Transaction,
    program_id: int,
    document: Mapping[str, Any],
    *,
    days: int,
    note: str,
    by: str,
    now: datetime,
    move_dates: bool = False,
    defer: bool = True,
) -> Simulation:
    """Ask for a draft to be simulated over the last days, today included.

    A worker does it, unless the caller says that she will (`defer`).

    Args:
        document: The draft.
        days: How many.
        note: For those who look at it later.
        by: Who asks.
        now: By the program's clock.
        move_dates: Live what the draft changes on other days as if it ran so many whole weeks sooner, or later.
        defer: Leave it to a worker.

    Raises:
        NotPublished: There is nothing to compare with.
        ProgramFaulty: With every fault of the draft.
        TooManySimulations: So many wait or run already.
    """
    program, faults = await programs.check(tx, program_id, document)
    if program is None or faults:
        raise ProgramFaulty(faults)
    published = await programs.load_published(tx, program_id)
    running = await store.active(tx, program_id)
    if running >= MOST_AT_ONCE:
        raise TooManySimulations(running=running)
    through = local_day(ZoneInfo(published.document.timezone), now)
    since = through - timedelta(days=days - 1)
    lived = source.plain(program)
    apart = dated.outside(published.document, program, since=since, through=through)
    if move_dates:
        lived, apart = dated.moved(lived, apart, since=since, through=through)
    one = Simulation(
        id=ids.new_id(),
        state="waiting",
        revision=published.number,
        digest=source.digest(program),
        days=days,
        since=since,
        through=through,
        note=note,
        asked_by=by,
        asked_at=now,
        dated=tuple(apart),
    )
    await store.insert(tx, program_id, one, document=source.dump_json(lived), until=now)
    await audit.record(
        tx,
        program_id=ProgramId(program_id),
        action="program.simulated",
        subject=f"simulation:{one.id}",
        actor=by,
        now=now,
        detail={"days": days, "note": note},
    )
    if defer:
        await jobs.defer(tx, SIMULATE, lock=f"{SIMULATE}:{program_id}", program_id=program_id, simulation_id=one.id)
    return one


async def load(tx: Transaction, program_id: int, id: UUID) -> Simulation:
    """Return a simulation with its result.

    Raises:
        SimulationNotFound: There is none.
    """
    found = await store.find(tx, program_id, id)
    if found is None:
        raise SimulationNotFound
    return found


async def cancel(tx: Transaction, program_id: int, id: UUID, *, now: datetime) -> Simulation:
    """Give one up that waits or runs; of one that is over nothing changes.

    Raises:
        SimulationNotFound: There is none.
    """
    await store.cancel(tx, program_id, id, now=now)
    return await load(tx, program_id, id)


async def fail(tx: Transaction, program_id: int, id: UUID, *, code: str, now: datetime) -> None:
    """Note that one cannot be done."""
    asked_by = await store.fail(tx, program_id, id, error=code, now=now)
    if asked_by is not None:
        await notifications.tell(tx, program_id, asked_by, "simulation.failed", target=("simulation", id), now=now)
