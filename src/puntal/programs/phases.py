"""Which phase a program is in. Pure."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from puntal.programs.document.program import PhaseName, Program


def phase_at(document: Program, instant: datetime) -> PhaseName:
    """Return the phase at an instant: the last one whose day has begun in the program's zone, `draft` before all."""
    if isinstance(document.phase, str):
        return document.phase
    zone = ZoneInfo(document.timezone)
    begun = [(start_of(day, zone), name) for name, day in document.phase.items()]
    return max(((at, name) for at, name in begun if at <= instant), default=(None, "draft"), key=_by_instant)[1]


def start_of(day: date | datetime, zone: ZoneInfo) -> datetime:
    """Return the first instant of a local day, or a wall-clock time's first occurrence, in UTC."""
    wall = day if isinstance(day, datetime) else datetime.combine(day, time.min)
    # In the hour that spring skips, the wall clock's next valid instant: through UTC and back.
    return wall.replace(tzinfo=zone).astimezone(ZoneInfo("UTC"))


def _by_instant(entry: tuple[datetime | None, PhaseName]) -> float:
    return entry[0].timestamp() if entry[0] is not None else 0.0
