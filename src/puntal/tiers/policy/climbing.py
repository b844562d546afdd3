"""Climbing: what an event does to a standing. Pure, and on the hot path."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, datetime

from msgspec import structs

from puntal.kit import calendar
from puntal.tiers.model import Change, Climb, Floor, Reason, Standing
from puntal.tiers.policy import windows

_REMEMBERED = 8
"""Changes kept in a standing; the tier of an instant before them is taken for that of the oldest."""


def start(climb: Climb, enrolled: date) -> Standing:
    """Return where a member begins."""
    return Standing(climb.tiers[0], enrolled)


def rank(climb: Climb, tier: str) -> int:
    """Return a tier's position, 0 the lowest; a tier the ladder no longer has counts as the lowest."""
    return climb.ranks.get(tier, 0)


def open_rank(climb: Climb, rank: int) -> int:
    """Return the nearest rank at or below this one that is not retired."""
    while rank in climb.retired:
        rank -= 1
    return rank


def held(climb: Climb, standing: Standing, at: datetime) -> str:
    """Return the tier in effect at an instant, of the past too as far as the last changes tell."""
    past = standing.past
    if past and at < past[-1][0]:
        for since, tier in reversed(past):
            if since <= at:
                return tier
        return past[0][1]
    floor = standing.floor
    if floor is None or (floor.until is not None and at >= calendar.midnight(climb.zone, floor.until)):
        return standing.tier
    return floor.tier if rank(climb, floor.tier) > rank(climb, standing.tier) else standing.tier


def count(climb: Climb, standing: Standing, amount: int, day: date, *, enrolled: date) -> Standing:
    """Add what was earned (negative: taken back) on a local day, that of the event it came from."""
    if not amount:
        return standing
    key = windows.bucket(climb, day, enrolled)
    counts = standing.counts
    if climb.window == "rolling" and key not in counts and len(counts) > 1:
        counts = windows.pruned(climb, counts, day)
    else:
        counts = counts.copy()
    counts[key] = counts.get(key, 0) + amount
    extension = standing.extension
    if extension is not None and extension.since <= day < extension.until and extension.period not in (None, key):
        counts[extension.period] = counts.get(extension.period, 0) + amount
    return Standing(
        standing.tier,
        standing.since,
        standing.until,
        standing.grace_until,
        standing.floor,
        counts,
        standing.past,
        standing.won,
        extension,
        standing.noticed,
        standing.refunded,
    )


def climb_up(
    climb: Climb, standing: Standing, *, at: datetime, today: date, enrolled: date
) -> tuple[Standing, Change | None]:
    """Reach what the measure gives, inside the event that crossed the line; reaching a line again renews.

    A retired tier is neither reached nor renewed.

    Args:
        climb: The ladder.
        standing: With the event already counted.
        at: When the change takes effect.
        today: The local day of now; late events count in the window of their own day.
        enrolled: Local day of enrolment.
    """
    own = rank(climb, standing.tier)
    best = 0
    if _is_far(climb, standing, own):
        return standing, None
    for _, amount in windows.running(climb, standing.counts, today, enrolled):
        best = max(best, bisect_right(climb.lines, amount) - 1)
    if climb.retired:
        best = open_rank(climb, best)
    if best < own or best == 0:
        return standing, None
    kept = windows.kept_by(climb, standing.counts, best, day=today, enrolled=enrolled)
    assert kept is not None, "a line that the running window reaches keeps its tier today"
    won, until = kept
    if best == own and standing.grace_until is None:
        if not standing.refunded:
            until = _later(until, standing.until)
        if until == standing.until and won == standing.won:
            return standing, None
    renewed = best == own and _is_renewal(climb, standing, until, today=today, enrolled=enrolled)
    extension = standing.extension
    if standing.grace_until is not None and extension is not None:
        extension = structs.replace(extension, until=min(extension.until, today + windows.ONE_DAY))
    after = structs.replace(
        standing,
        tier=climb.tiers[best],
        since=standing.since if best == own else today,
        until=until,
        grace_until=None,
        won=won,
        extension=extension,
        noticed=standing.noticed if best == own else None,
        refunded=False,
    )
    if renewed:
        tier = held(climb, after, at)
        return after, Change(climb.id, tier, tier, "renewed", at) if tier == after.tier else None
    return moved(climb, standing, after, at=at, reason="reached")


def _is_far(climb: Climb, standing: Standing, own: int) -> bool:
    """Tell cheaply, as of most events, that no window can hold enough for the present tier or the next."""
    counts = standing.counts
    if not counts or len(climb.lines) == 1:
        return True
    most = sum(map(abs, counts.values())) if climb.window == "rolling" else max(counts.values())
    return most < climb.lines[own or 1]


def _is_renewal(climb: Climb, standing: Standing, until: date | None, *, today: date, enrolled: date) -> bool:
    if standing.grace_until is not None:
        return True
    if standing.refunded or standing.until is None:
        return False
    if climb.window == "rolling":
        # While the line was never left the end only moves on; coming back to it after a while renews.
        again = windows.keeps_until(climb, today, enrolled)
        return again is None or standing.until < again
    return until is None or standing.until < until


def after_refund(  # noqa: PLR0911 - one answer per case
    climb: Climb, standing: Standing, *, at: datetime, today: date, enrolled: date
) -> tuple[Standing, Change | None]:
    """Look again at a tier after something it was reached with was taken back.

    Only the period the tier was won in matters: a tier reached by falling, given by hand, or already in its grace
    stays as it is.
    """
    own = rank(climb, standing.tier)
    if own == 0 or standing.won is None or standing.grace_until is not None:
        return standing, None
    kept = windows.kept_by(climb, standing.counts, own, day=today, enrolled=enrolled)
    if kept is not None:
        won, until = kept
        if (won, until) == (standing.won, standing.until):
            return standing, None
        return structs.replace(standing, won=won, until=until, refunded=False), None
    if _out_of_sight(climb, standing, today):
        return standing, None
    if climb.refund_below_line == "keep":
        return structs.replace(standing, won=None), None
    if climb.refund_below_line == "at_once":
        return fall(climb, standing, at=at, day=today, enrolled=enrolled, reason="refund")
    tonight = today + windows.ONE_DAY
    if standing.until is not None and standing.until <= tonight:
        return standing, None
    return structs.replace(standing, until=tonight, refunded=True), None


def _out_of_sight(climb: Climb, standing: Standing, today: date) -> bool:
    """Tell whether the days a rolling tier for ever was won in are no longer kept, so a refund says nothing."""
    if climb.window != "rolling" or standing.won is None:
        return False
    return not windows.pruned(climb, {standing.won: 1}, today)


def fall(
    climb: Climb, standing: Standing, *, at: datetime, day: date, enrolled: date, reason: Reason
) -> tuple[Standing, Change | None]:
    """Leave a tier that nothing keeps any more: one down, or to the measure, as the ladder says."""
    own = rank(climb, standing.tier)
    if climb.downgrade == "measure":
        target = min(own, windows.entitled(climb, standing.counts, day=day, enrolled=enrolled))
    else:
        target = open_rank(climb, own - 1)
    until: date | None = None
    won: str | None = None
    if target > 0:
        kept = windows.kept_by(climb, standing.counts, target, day=day, enrolled=enrolled)
        if kept is not None:
            won, until = kept
        if kept is None or climb.downgrade == "one_below":
            ends = windows.fallen_until(climb, day, enrolled)
            until = ends if kept is None else _later(until, ends)
    after = structs.replace(
        standing,
        tier=climb.tiers[target],
        since=day,
        until=until,
        grace_until=None,
        won=won,
        noticed=None,
        refunded=False,
    )
    return moved(climb, standing, after, at=at, reason=reason)


def _later(one: date | None, other: date | None) -> date | None:
    return None if one is None or other is None else max(one, other)


def moved(
    climb: Climb, before: Standing, after: Standing, *, at: datetime, reason: Reason
) -> tuple[Standing, Change | None]:
    """Remember that another tier is in effect from `at`, if it is."""
    from_tier, to_tier = _effective(climb, before), _effective(climb, after)
    if from_tier == to_tier:
        return after, None
    begun = min(calendar.midnight(climb.zone, before.since), at - windows.ONE_DAY)
    past = before.past or ((begun, from_tier),)
    # A late event that crosses a line decides nothing for instants before a change already told.
    after = structs.replace(after, past=(*past, (max(at, past[-1][0]), to_tier))[-_REMEMBERED:])
    return after, Change(climb.id, from_tier, to_tier, reason, at)


def _effective(climb: Climb, standing: Standing) -> str:
    floor = standing.floor
    if floor is not None and rank(climb, floor.tier) > rank(climb, standing.tier):
        return floor.tier
    return standing.tier


def set_floor(climb: Climb, standing: Standing, floor: Floor, *, at: datetime) -> tuple[Standing, Change | None]:
    """Give a tier by hand; the earned one goes on being computed beneath it."""
    return moved(climb, standing, structs.replace(standing, floor=floor), at=at, reason="floor")


def lift_floor(climb: Climb, standing: Standing, *, at: datetime) -> tuple[Standing, Change | None]:
    """Take back a tier given by hand, before its end or at it; the earned one stands."""
    return moved(climb, standing, structs.replace(standing, floor=None), at=at, reason="floor_ended")
