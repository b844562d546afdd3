"""What follows from what happened: which jobs listen to which rows of the outbox, and what they do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from puntal.engine.model import Event
from puntal.entrypoints import publishing
from puntal.entrypoints.admitting import admit_all, follower
from puntal.entrypoints.figures import keep_figures
from puntal.entrypoints.intake import Intake
from puntal.entrypoints.lapsing import VOID, lapse
from puntal.entrypoints.nights import run_due
from puntal.entrypoints.programs import Programs
from puntal.entrypoints.verifying import close_books
from puntal.entrypoints.worker import Wiring
from puntal.entrypoints.worker_relay import Route
from puntal.insight.exports import jobs as exports
from puntal.insight.periodic import jobs as reports
from puntal.insight.simulation import jobs as simulations
from puntal.intake.errors import IntakeFailed
from puntal.intake.model import Answer, Item, Said
from puntal.intake.operations import fingerprint, item
from puntal.kit import clock, jobs
from puntal.kit.db import Database
from puntal.kit.jobs import Work
from puntal.members.model import Ids
from puntal.outbox import operations as outbox
from puntal.outbox.model import Happening
from puntal.programs.preparing import KIND as PREPARING
from puntal.rewards import jobs as rewards
from puntal.segments import jobs as segments
from puntal.tiers import jobs as tiers

SEGMENTS_WITHIN_SECONDS = 5
DEFERRED = (rewards.generate, rewards.end_batch, simulations.simulate, exports.export, reports.report)
"""Jobs that are deferred by name; a worker knows them because they are named here."""
DECIDED = ("member.enrolled", "member.claimed", "member.updated")
"""Happenings of members that rules may listen to: intake decides them as events of the same name."""

ROUTES = {
    "event.caused": [Route(job="intake.caused")],
    **{kind: [Route(job="intake.happened")] for kind in DECIDED},
    PREPARING: [Route(job="program.take_effect")],
    "program.published": [
        Route(job="activity.backfill"),
        Route(job="tiers.place"),
        Route(job="members.admit"),
        Route(job="segments.reevaluate", debounce_seconds=SEGMENTS_WITHIN_SECONDS),
    ],
    # A list kept by hand may be whom the program is open to; of other segments whoever entered was looked at.
    "segment.entered": [Route(job="segments.reevaluate", debounce_seconds=SEGMENTS_WITHIN_SECONDS)],
    "history.awarded": [Route(job="segments.reevaluate_all", debounce_seconds=SEGMENTS_WITHIN_SECONDS)],
    "members.imported": [Route(job="segments.reevaluate_all", debounce_seconds=SEGMENTS_WITHIN_SECONDS)],
    "kill_switch.set": [Route(job=VOID)],
    "member.*": [Route(job="segments.reevaluate", debounce_seconds=SEGMENTS_WITHIN_SECONDS)],
}


def wiring(database: Database, programs: Programs) -> Wiring:
    """Return what a worker needs to know."""

    async def nights(program_id: int, now: datetime) -> object:
        await lapse(database, programs, program_id, now)
        done = await run_due(database, programs, program_id, now)
        if done:
            await segments.keep_sizes(database, program_id=program_id, now=now)
            await segments.reevaluate_all(database, program_id=program_id, now=now)
            await admit_all(database, programs, program_id, now)
            await close_books(database, programs, program_id, now=now)
        await keep_figures(database, programs, program_id, now=now)
        return done

    return Wiring(routes=ROUTES, run_due=nights, parts={Programs: programs})


async def _program_now(work: Work, program_id: int) -> datetime:
    async with work.database.program_transaction(program_id) as tx:
        offset = (await work.part(Programs).current(tx, program_id)).clock_offset
    return clock.now() - offset


async def _rows(work: Work, program_id: int, ids: Sequence[str]) -> list[Happening]:
    async with work.database.program_transaction(program_id) as tx:
        return await outbox.find(tx, program_id, [UUID(id) for id in ids])


@jobs.job("intake.happened")
async def happened(work: Work, *, program_id: int, ids: Sequence[str]) -> None:
    """Decide what happened to members as events; a second run is recognised by the event ids."""
    now = await _program_now(work, program_id)
    async with work.database.program_transaction(program_id) as tx:
        loaded = await work.part(Programs).current(tx, program_id)
    items = [
        item(
            Said(
                id=f"{row.kind}:{row.id}",
                type=row.kind,
                occurred_at=min(row.effective_at, now),
                source="puntal",
                member=Ids(id=row.member_id),
            ),
            loaded.newest.document,
            now,
            trusted=True,
        )
        for row in await _rows(work, program_id, ids)
        if row.member_id is not None and (row.kind != "member.updated" or row.kind in loaded.newest.triggers)
    ]
    await _take(work, program_id, items)


@jobs.job("intake.caused")
async def caused(work: Work, *, program_id: int, ids: Sequence[str]) -> None:
    """Decide events that another member's decision caused; a second run is recognised by the event ids."""
    now = await _program_now(work, program_id)
    items = [_caused(row, now) for row in await _rows(work, program_id, ids)]
    await _take(work, program_id, items)


def _caused(row: Happening, now: datetime) -> Item:
    event = msgspec.convert(dict(row.payload), Event)
    said = Said(
        id=event.id,
        type=event.type,
        occurred_at=event.occurred_at,
        source=event.source,
        member=Ids(id=row.member_id),
        order_id=event.order_id,
        data=dict(event.data),
    )
    body = msgspec.json.encode(said, order="deterministic")
    return Item(said, event, body, fingerprint(body), max(now, event.occurred_at))


async def _take(work: Work, program_id: int, items: Sequence[Item]) -> None:
    if not items:
        return
    answers = await Intake(work.database, work.part(Programs)).run(program_id, items)
    failed = [answer for answer in answers if isinstance(answer, IntakeFailed)]
    if failed:
        # Not the refusal itself: a job that is refused is not tried again, and this is a defect or an outage.
        raise RuntimeError(f"{len(failed)} of {len(items)} events could not be decided") from failed[0]
    assert all(isinstance(answer, Answer) for answer in answers), "an id made by us is never reused"


@jobs.job("segments.reevaluate")
async def reevaluate(work: Work, *, program_id: int) -> None:
    """Bring segments up to date for whom the outbox names."""
    now = await _program_now(work, program_id)
    follow = await follower(work.database, work.part(Programs), program_id, now)
    await segments.reevaluate_changed(work.database, program_id=program_id, now=now, follow=follow)


@jobs.job("members.admit")
async def admit(work: Work, *, program_id: int, ids: Sequence[str]) -> None:  # noqa: ARG001 - whichever revision it was
    """Let guests from before join, where a publication says that people join by themselves."""
    await admit_all(work.database, work.part(Programs), program_id, await _program_now(work, program_id))


@jobs.job("segments.reevaluate_all")
async def reevaluate_all(work: Work, *, program_id: int) -> None:
    """Bring segments up to date for everybody."""
    await segments.reevaluate_all(work.database, program_id=program_id, now=await _program_now(work, program_id))


@jobs.job("program.take_effect")
async def take_effect(work: Work, *, program_id: int, ids: Sequence[str]) -> None:  # noqa: ARG001 - the newest waits
    """Count what a waiting revision reads, and let it take effect; a second run goes on, or finds nothing."""
    now = await _program_now(work, program_id)
    await publishing.take_effect(work.database, work.part(Programs), program_id, now=now)


@jobs.job("activity.backfill")
async def backfill(work: Work, *, program_id: int, ids: Sequence[str]) -> None:
    """Count from the orders what a new revision reads and the one before did not; a second run changes nothing.

    Of a small program it was counted while it was published; events that were being decided just then were not.
    """
    for row in await _rows(work, program_id, ids):
        number = int(row.payload["revision"])
        if row.payload.get("counted"):
            continue
        async with work.database.program_transaction(program_id) as tx:
            cache = work.part(Programs)
            new = await cache.numbered(tx, program_id, number)
            before = await cache.numbered(tx, program_id, number - 1) if number > 1 else None
        reads = list(new.metrics) if before is None else publishing.missing(new, before)
        if reads:
            await publishing.wait_for_readers(work.database, program_id)
            await segments.backfill(work.database, program_id=program_id, reads=reads, document=new.document)


@jobs.job("tiers.place")
async def place(work: Work, *, program_id: int, ids: Sequence[str]) -> None:
    """Put everybody on ladders that a publication brought or changed."""
    now = await _program_now(work, program_id)
    for row in await _rows(work, program_id, ids):
        number = int(row.payload["revision"])
        await tiers.place(work.database, program_id=program_id, number=number, now=max(now, row.effective_at))
