"""Setting what is reported of, asking for reports, noting which fell due, fetching their files. The caller commits."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from puntal.access.operations import audit
from puntal.engine.model import Compiled
from puntal.insight.periodic import policy, store
from puntal.insight.periodic.errors import PeriodNotOver, ReportNotFound, ReportNotReady, TooManyReports
from puntal.insight.periodic.model import Cycle, Format, Language, Report, Schedule
from puntal.insight.policy_kpis import EARLIEST, LATEST
from puntal.kit import jobs
from puntal.kit.calendar import local_day
from puntal.kit.db import ProgramId, Transaction
from puntal.kit.ids import new_id
from puntal.nightly import operations as nightly

REPORT = "insight.report"
"""The job, deferred by name."""
SCHEDULED = "schedule"
"""Who asks for what is made by itself."""
MOST_AT_ONCE = 20
LINK_LASTS = timedelta(hours=1)


async def set_schedule(
    tx: Transaction, program: Compiled, every: Collection[Cycle], language: Language, *, by: str, now: datetime
) -> list[Schedule]:
    """Say of what reports are made by themselves; what was not made before begins with the period under way.

    Args:
        tx: An open transaction on the program; the caller commits.
        program: As it stands.
        every: Weeks, months, quarters; nothing: no reports.
        language: What they are written in.
        by: Who.
        now: On the program's clock.
    """
    known = {one.every: one.since for one in await store.schedules(tx, program.program_id)}
    today = local_day(program.zone, now)
    wanted = {one: known.get(one, today) for one in sorted(set(every))}
    await store.set_schedules(tx, program.program_id, wanted, language, by=by, now=now)
    await audit.record(
        tx,
        program_id=ProgramId(program.program_id),
        actor=by,
        action="reports.scheduled",
        subject="reports",
        now=now,
        detail={"every": sorted(set(every)), "language": language},
    )
    return await store.schedules(tx, program.program_id)


async def fall_due(tx: Transaction, program: Compiled, *, recorded_at: datetime) -> int:
    """Let workers make the reports of periods that are over, each once; returns how many are new.

    A period is over once the night after it was run, so that what ended in it is in the books. After a pause what was
    missed is made up for, the newest `policy.MOST_MADE_UP` of each kind.
    """
    found = await store.schedules(tx, program.program_id)
    if not found:
        return 0
    night, _, _ = await nightly.state(tx, program.program_id)
    if night is None:
        return 0
    rows = [
        _report(one.every, days, one.language, by=SCHEDULED, now=recorded_at)
        for one in found
        for days in policy.due(one.every, since=one.since, night=night)
    ]
    added = await store.add(tx, program.program_id, rows)
    for id in added:
        await _defer(tx, program.program_id, id)
    return len(added)


async def ask(
    tx: Transaction,
    program: Compiled,
    every: Cycle,
    day: date,
    language: Language,
    *,
    by: str,
    now: datetime,
    recorded_at: datetime,
) -> Report:
    """Have the report of the period that holds a day made, or made anew where there is one.

    Raises:
        PeriodNotOver: It is not over yet.
        TooManyReports: So many wait already.
    """
    if not EARLIEST <= day < LATEST:
        raise PeriodNotOver(through=str(day))
    days = policy.period_of(day, every)
    if days[1] >= local_day(program.zone, now):
        raise PeriodNotOver(through=str(days[1]))
    waiting = await store.waiting(tx, program.program_id)
    if waiting >= MOST_AT_ONCE:
        raise TooManyReports(waiting=waiting)
    wanted = _report(every, days, language, by=by, now=recorded_at)
    added = await store.add(tx, program.program_id, [wanted])
    id = added[0] if added else await store.again(tx, program.program_id, wanted)
    assert id is not None, "it was there a moment ago, and reports are not deleted"
    await _defer(tx, program.program_id, id)
    await audit.record(
        tx,
        program_id=ProgramId(program.program_id),
        actor=by,
        action="report.asked",
        subject=f"report:{id}",
        now=recorded_at,
        detail={"every": every, "from": days[0].isoformat(), "language": language},
    )
    return await load(tx, program.program_id, id)


async def load(tx: Transaction, program_id: int, id: UUID) -> Report:
    """Return a report.

    Raises:
        ReportNotFound: There is none.
    """
    found = await store.find(tx, program_id, id)
    if found is None:
        raise ReportNotFound
    return found


async def fetched(
    tx: Transaction, program_id: int, id: UUID, format: Format, *, by: str, now: datetime
) -> tuple[Report, bytes]:
    """Return a file that is about to be handed out, and note who fetches it.

    Raises:
        ReportNotFound: There is no such report.
        ReportNotReady: It has no such file.
    """
    one = await load(tx, program_id, id)
    data = await store.file(tx, program_id, id, format)
    if data is None:
        raise ReportNotReady
    await audit.record(
        tx,
        program_id=ProgramId(program_id),
        actor=by,
        action="report.fetched",
        subject=f"report:{id}",
        now=now,
        detail={"format": format},
    )
    return one, data


def sign(one: Report, format: Format, *, now: datetime) -> tuple[datetime, str]:
    """Return until when a link to a file works, and its signature.

    Raises:
        ReportNotReady: It has no such file.
    """
    if one.secret is None or one.expires_at is None or format not in one.formats:
        raise ReportNotReady
    until = min(now + LINK_LASTS, one.expires_at).replace(microsecond=0)
    return until, _signature(one.secret, one.id, format, int(until.timestamp()))


def check(one: Report, format: Format, *, until: int, signature: str, now: datetime) -> None:
    """Do nothing where a link is good.

    Raises:
        ReportNotFound: It is not, or no longer.
    """
    if one.secret is None or datetime.fromtimestamp(until, UTC) <= now:
        raise ReportNotFound
    if not hmac.compare_digest(_signature(one.secret, one.id, format, until).encode(), signature.encode()):
        raise ReportNotFound


async def expire(tx: Transaction, program_id: int, *, now: datetime) -> int:
    """Delete the files whose time is over; returns how many."""
    return await store.expire(tx, program_id, now=now)


def _signature(secret: bytes, id: UUID, format: Format, until: int) -> str:
    return hmac.new(secret, f"{id}/{format}/{until}".encode(), hashlib.sha256).hexdigest()


def _report(every: Cycle, days: tuple[date, date], language: Language, *, by: str, now: datetime) -> Report:
    return Report(
        id=new_id(),
        every=every,
        since=days[0],
        through=days[1],
        language=language,
        state="waiting",
        asked_by=by,
        asked_at=now,
    )


async def _defer(tx: Transaction, program_id: int, id: UUID) -> None:
    await jobs.defer(tx, REPORT, lock=f"{REPORT}:{program_id}", program_id=program_id, report_id=id)
