"""When a rule is on: dates, recurring days, hours of the day, in the program's zone. Pure."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from puntal.kit.calendar import midnight
from puntal.programs.document.earning import During
from puntal.programs.document.values import LocalDay

_ANCHOR = date(1990, 1, 1)
"""A Monday before every event: where recurrences begin counting when the rule names no first day."""
_REMEMBERED_YEARS = 64


def bound(zone: ZoneInfo, day: LocalDay, *, end: bool) -> datetime:
    """Return the instant of an inclusive local bound: a day's end is the next midnight."""
    if isinstance(day, datetime):
        return day.replace(tzinfo=zone) if day.tzinfo is None else day
    return midnight(zone, day + timedelta(days=1) if end else day)


class Schedule:
    """Answers whether an instant lies inside; a span over midnight belongs to the day it starts."""

    def __init__(self, zone: ZoneInfo, from_: LocalDay | None, through: LocalDay | None, during: During | None) -> None:
        self._zone = zone
        self._from = None if from_ is None else bound(zone, from_, end=False)
        self._until = None if through is None else bound(zone, through, end=True)
        self._rrule = None if during is None else during.rrule
        self._anchor = from_ if from_ is not None else _ANCHOR
        self._hours = None if during is None or during.hours is None else _hours(during.hours)
        self._years: dict[int, frozenset[date]] = {}

    def holds(self, at: datetime, local: datetime | None = None) -> bool:
        """Return whether the rule is on at an instant; `local` is the same in the zone, where it is known."""
        if self._from is not None and at < self._from:
            return False
        if self._until is not None and at >= self._until:
            return False
        if self._rrule is None and self._hours is None:
            return True
        if local is None:
            local = at.astimezone(self._zone)
        day = local.date()
        if self._hours is not None:
            start, end = self._hours
            clock = local.time()
            if end is None:
                inside = clock >= start
            elif start < end:
                inside = start <= clock < end
            else:
                inside = clock >= start or clock < end
                if clock < end:
                    day -= timedelta(days=1)
            if not inside:
                return False
        return self._rrule is None or self._on(day)

    def _on(self, day: date) -> bool:
        known = self._years.get(day.year)
        if known is None:
            # The library counts up from the first day each time, so a year is asked for at once.
            first, last = datetime.combine(day.replace(month=1, day=1), time.min), datetime(day.year, 12, 31)  # noqa: DTZ001 - local days
            known = frozenset(each.date() for each in self._recurrence.between(first, last, inc=True))
            if len(self._years) >= _REMEMBERED_YEARS:
                self._years.clear()
            self._years[day.year] = known
        return day in known

    @cached_property
    def _recurrence(self):  # type: ignore[no-untyped-def] # noqa: ANN202 - the library has no types
        anchor = self._anchor.date() if isinstance(self._anchor, datetime) else self._anchor
        return rrulestr(self._rrule, dtstart=datetime.combine(anchor, time.min))


def _hours(text: str) -> tuple[time, time | None]:
    start, _, end = text.partition("-")
    return time.fromisoformat(start), None if end == "24:00" else time.fromisoformat(end)
