"""When a birthday counts. Pure: days in, days out."""

from __future__ import annotations

import calendar
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from puntal.kit.calendar import add, local_day
from puntal.members.model import Profile
from puntal.programs.document.values import Span

BETWEEN_DAYS = 300
"""None is celebrated sooner after the last, whatever the date was changed to."""


def kept_on(birthday: date, year: int) -> date:
    """Return the day of `year` on which a birthday is kept: 29 February is the 28th in other years."""
    if (birthday.month, birthday.day) == (2, 29) and not calendar.isleap(year):
        return date(year, 2, 28)
    return birthday.replace(year=year)


def counts_from(birthday: date, today: date, set_before: Span) -> date | None:
    """Return from which day on a date set today counts; None when the very next birthday does.

    A date set less than `set_before` ahead counts from the one after.
    """
    following = kept_on(birthday, today.year)
    if following < today:
        following = kept_on(birthday, today.year + 1)
    return None if following >= add(today, set_before.count, set_before.unit) else following + timedelta(days=1)


def is_due(profile: Profile, day: date) -> bool:
    """Tell whether the member's birthday is celebrated on this day of her zone."""
    birthday, paid = profile.birthday, profile.birthday_paid_on
    return (
        profile.status == "active"
        and birthday is not None
        and birthday < day
        and kept_on(birthday, day.year) == day
        and (profile.birthday_counts_from is None or day >= profile.birthday_counts_from)
        and (paid is None or (paid.year != day.year and (day - paid).days >= BETWEEN_DAYS))
    )


def due_between(profile: Profile, since: datetime, until: datetime, zone: ZoneInfo) -> date | None:
    """Return the birthday that a run at `until` celebrates, given that the run before was at `since`.

    Every local day of the member's own zone belongs to one run, also where the clocks change in one zone and not
    in the other.

    Args:
        profile: Of the member.
        since: When the run before looked.
        until: When this one looks.
        zone: The program's, for members whose own is not known.
    """
    own = ZoneInfo(profile.zone) if profile.zone else zone
    first, last = local_day(own, since) + timedelta(days=1), local_day(own, until)
    days = (first + timedelta(days=at) for at in range((last - first).days + 1))
    return next((day for day in days if is_due(profile, day)), None)
