"""Nights: what a local day that begins does to a standing. Pure."""

from __future__ import annotations

from datetime import date

from msgspec import structs

from puntal.kit import calendar
from puntal.tiers.model import Change, Climb, Extension, Notice, Reason, Standing
from puntal.tiers.policy import climbing, windows


def next_due(climb: Climb, standing: Standing, *, enrolled: date, today: date) -> date | None:  # noqa: ARG001
    """Return the local day whose beginning changes or announces something, if nothing more is earned.

    It may be `today` or earlier: that night is still to run.
    """
    floor_ends = None if standing.floor is None else standing.floor.until
    if climbing.rank(climb, standing.tier) == 0:
        return floor_ends
    due = standing.grace_until
    if due is None and standing.until is not None:
        notice = _notice_day(climb, standing)
        due = standing.until if notice is None else min(notice, standing.until)
    return due if floor_ends is None else floor_ends if due is None else min(floor_ends, due)


def nightly(
    climb: Climb, standing: Standing, *, day: date, enrolled: date
) -> tuple[Standing, list[Change], list[Notice]]:
    """Do what is due up to the beginning of `day`, night by night; a second call changes nothing."""
    changes: list[Change] = []
    notices: list[Notice] = []
    while (due := next_due(climb, standing, enrolled=enrolled, today=day)) is not None and due <= day:
        standing, change, notice = _night(climb, standing, due, enrolled)
        if change is not None:
            changes.append(change)
        if notice is not None:
            notices.append(notice)
    return standing, changes, notices


def _night(
    climb: Climb, standing: Standing, day: date, enrolled: date
) -> tuple[Standing, Change | None, Notice | None]:
    at = calendar.midnight(climb.zone, day)
    reason: Reason = "refund" if standing.refunded else "fallen"
    if standing.floor is not None and standing.floor.until == day:
        return *climbing.lift_floor(climb, standing, at=at), None
    if standing.grace_until == day:
        return *climbing.fall(climb, standing, at=at, day=day, enrolled=enrolled, reason=reason), None
    if standing.until != day:
        return _announced(climb, standing, day, enrolled)
    own = climbing.rank(climb, standing.tier)
    kept = None
    if own not in climb.retired:
        kept = windows.kept_by(climb, standing.counts, own, day=day, enrolled=enrolled)
    if kept is not None:
        won, until = kept
        return structs.replace(standing, won=won, until=until, refunded=False), None, None
    if climb.grace is not None:
        return _enter_grace(climb, standing, day, enrolled), None, None
    return *climbing.fall(climb, standing, at=at, day=day, enrolled=enrolled, reason=reason), None


def _enter_grace(climb: Climb, standing: Standing, day: date, enrolled: date) -> Standing:
    assert climb.grace is not None
    counts = standing.counts
    if standing.refunded:
        # Counted from the night that found it; a period that closed counts from its last day.
        ends = calendar.add(day, *climb.grace) + windows.ONE_DAY
        earlier = standing.won if windows.period(climb, day, enrolled) is not None else None
    else:
        ends = calendar.add(day - windows.ONE_DAY, *climb.grace) + windows.ONE_DAY
        earlier = None
        if climb.keep == "end_of_next_period" and windows.period(climb, day, enrolled) is not None:
            earlier = windows.bucket(climb, day - windows.ONE_DAY, enrolled)
            sofar = counts.get(windows.bucket(climb, day, enrolled), 0)
            if sofar:
                # The night runs late: what this period already has was earned in the grace.
                counts = counts | {earlier: counts.get(earlier, 0) + sofar}
    return structs.replace(standing, grace_until=ends, extension=Extension(earlier, day, ends), counts=counts)


def _notice_day(climb: Climb, standing: Standing) -> date | None:
    """Return when the end of the tier is to be announced; None if it is, or will not be."""
    if climb.notice is None or standing.until is None or standing.refunded:
        return None
    number, unit = climb.notice
    day = calendar.add(standing.until, -number, unit)
    # The end of a rolling window moves with every order: one notice a while, not one each time.
    return day if standing.noticed is None or day > standing.noticed else None


def _announced(climb: Climb, standing: Standing, day: date, enrolled: date) -> tuple[Standing, None, Notice | None]:
    assert standing.until is not None
    noticed = structs.replace(standing, noticed=standing.until)
    own = climbing.rank(climb, standing.tier)
    floor = standing.floor
    if floor is not None and climbing.rank(climb, floor.tier) >= own:
        # A tier given by hand stays: nothing ends for the member.
        return noticed, None, None
    fallen, _ = climbing.fall(
        climb,
        standing,
        at=calendar.midnight(climb.zone, standing.until),
        day=standing.until,
        enrolled=enrolled,
        reason="fallen",
    )
    missing = missing_to_keep(climb, standing, day=day, enrolled=enrolled)
    return noticed, None, Notice(climb.id, standing.tier, fallen.tier, missing, standing.until)


def missing_to_keep(climb: Climb, standing: Standing, *, day: date, enrolled: date) -> int:
    """Return what is missing on `day` to renew the earned tier; 0 where the running window has reached its line.

    Nothing renews a retired tier: 0 too.
    """
    own = climbing.rank(climb, standing.tier)
    line = climb.lines[own]
    if standing.until is None or line == 0 or own in climb.retired:
        return 0
    if climb.window == "rolling" and climb.keep == "end_of_period" and standing.until > day:
        # The line must hold every day: what rolls off by the end has to be made up for.
        return max(0, line - windows.measured(climb, standing.counts, standing.until, enrolled))
    return max(0, line - best_measure(climb, standing, day, enrolled))


def best_measure(climb: Climb, standing: Standing, day: date, enrolled: date) -> int:
    """Return the measure of the running window or, in a grace that counts for both, of the closed one if more."""
    best = windows.measured(climb, standing.counts, day, enrolled)
    extension = standing.extension
    if standing.grace_until is not None and extension is not None and extension.period is not None:
        best = max(best, standing.counts.get(extension.period, 0))
    return best
