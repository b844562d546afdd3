"""Outlook: how far a member is, what keeps a tier, and where it leads. Pure."""

from __future__ import annotations

from datetime import date, datetime

from msgspec import structs

from puntal.kit import calendar
from puntal.tiers.model import Change, Climb, Progress, Standing
from puntal.tiers.policy import climbing, nights, windows


def progress(climb: Climb, standing: Standing, *, today: date, enrolled: date) -> Progress:
    """Return where a member stands on a local day, as if its night had run."""
    now = calendar.midnight(climb.zone, today)
    standing, _, _ = nights.nightly(climb, standing, day=today, enrolled=enrolled)
    tier = climbing.held(climb, standing, max(now, _newest(standing, now)))
    above = next(
        (rank for rank in range(climbing.rank(climb, tier) + 1, len(climb.tiers)) if rank not in climb.retired), None
    )
    measure = windows.measured(climb, standing.counts, today, enrolled)
    best = nights.best_measure(climb, standing, today, enrolled)
    counts_from, counts_until = windows.period(climb, today, enrolled) or (None, None)
    if climb.window == "rolling":
        counts_from = windows.window_start(climb, today) + windows.ONE_DAY
    return Progress(
        tier=tier,
        measure=measure,
        counts_from=counts_from,
        counts_until=counts_until,
        next_tier=None if above is None else climb.tiers[above],
        missing_to_upgrade=None if above is None else max(0, climb.lines[above] - best),
        missing_to_keep=nights.missing_to_keep(climb, standing, day=today, enrolled=enrolled),
        kept_until=_kept_until(climb, standing, tier),
        forecast_if_nothing_more=_tier_after(climb, standing, today=today, enrolled=enrolled, extra=0),
        forecast_at_pace=_tier_after(
            climb,
            standing,
            today=today,
            enrolled=enrolled,
            extra=_at_pace(climb, measure, today=today, enrolled=enrolled),
        ),
    )


def _kept_until(climb: Climb, standing: Standing, tier: str) -> date | None:
    earned = _grace_end(climb, standing)
    floor = standing.floor
    if floor is None or floor.tier != tier:
        return earned
    if standing.tier != tier:
        return floor.until
    return None if earned is None or floor.until is None else max(earned, floor.until)


def _grace_end(climb: Climb, standing: Standing) -> date | None:
    if standing.grace_until is not None or standing.until is None or climb.grace is None:
        return standing.grace_until or standing.until
    if standing.refunded:
        return calendar.add(standing.until, *climb.grace) + windows.ONE_DAY
    return calendar.add(standing.until - windows.ONE_DAY, *climb.grace) + windows.ONE_DAY


def _tier_after(climb: Climb, standing: Standing, *, today: date, enrolled: date, extra: int) -> str:
    """Return the tier when the running period is over, with `extra` earned on its last day.

    Without calendar periods the horizon is the end of the present tier; what is earned on the way is counted at once.
    """
    span = windows.period(climb, today, enrolled)
    if extra > 0:
        last = span[1] - windows.ONE_DAY if span is not None else today
        at = calendar.midnight(climb.zone, last)
        standing = climbing.count(climb, standing, extra, last, enrolled=enrolled)
        standing, _ = climbing.climb_up(climb, standing, at=at, today=last, enrolled=enrolled)
    horizon = span[1] if span is not None else (_grace_end(climb, standing) or today)
    standing, _, _ = nights.nightly(climb, standing, day=horizon, enrolled=enrolled)
    if standing.grace_until is not None:
        horizon = standing.grace_until
        standing, _, _ = nights.nightly(climb, standing, day=horizon, enrolled=enrolled)
    at = calendar.midnight(climb.zone, horizon)
    return climbing.held(climb, standing, max(at, _newest(standing, at)))


def _newest(standing: Standing, otherwise: datetime) -> datetime:
    return standing.past[-1][0] if standing.past else otherwise


def _at_pace(climb: Climb, measure: int, *, today: date, enrolled: date) -> int:
    """Return what will be earned in the rest of the running period if it goes on as it did.

    A rolling window has a pace only while it is not full yet; a lifetime is looked at twelve months ahead.
    """
    span = windows.period(climb, today, enrolled)
    if span is not None:
        first = min(today, max(span[0], enrolled))
        ahead = (span[1] - today).days - 1
    else:
        first = min(today, enrolled)
        if climb.window == "rolling":
            ahead = max(0, (windows.rolls_off(climb, first) - today).days - 1)
        else:
            ahead = (calendar.add_months(today, 12) - today).days
    elapsed = (today - first).days + 1
    return max(0, measure) * ahead // elapsed


def place(
    climb: Climb,
    counts: dict[str, int],
    *,
    today: date,
    enrolled: date,
    before: Standing | None = None,
) -> Standing:
    """Return where a member belongs by history, silently: on a ladder's first publication or after an edit.

    An edit takes nobody's tier before the end it was promised to: a higher tier held `before` stays until then.

    Args:
        climb: The ladder as published now.
        counts: The whole history in the ladder's buckets.
        today: Local day of the publication.
        enrolled: Local day of enrolment.
        before: Where the member stood until now; a floor given by hand and the remembered changes are kept.
    """
    best = windows.entitled(climb, counts, day=today, enrolled=enrolled)
    kept = windows.kept_by(climb, counts, best, day=today, enrolled=enrolled) if best > 0 else None
    won, until = kept or (None, None)
    if before is None:
        return Standing(climb.tiers[best], today, until, counts=counts, won=won)
    own = climbing.rank(climb, before.tier)
    if before.floor is not None and before.floor.tier not in climb.ranks:
        before = structs.replace(before, floor=None)
    if own > best:
        # What a retired tier was won with still counts for it: a refund may end it.
        return structs.replace(before, counts=counts, won=before.won if own in climb.retired else None)
    after = structs.replace(
        before,
        tier=climb.tiers[best],
        since=before.since if own == best and before.tier in climb.ranks else today,
        until=until if own < best or before.until is None or until is None else max(until, before.until),
        grace_until=None,
        counts=counts,
        won=won,
        refunded=False,
    )
    after, _ = climbing.moved(climb, before, after, at=calendar.midnight(climb.zone, today), reason="placed")
    return after


def merge(
    climb: Climb,
    survivor: Standing,
    merged: Standing,
    *,
    at: datetime,
    today: date,
    enrolled: date,
    merged_enrolled: date,
) -> tuple[Standing, Change | None]:
    """Return one standing of two: measures add up, the tier is the highest of both and of the sum.

    Args:
        climb: The ladder.
        survivor: Standing of the member that stays.
        merged: Standing of the member that goes.
        at: When the merge takes effect.
        today: Its local day.
        enrolled: Local day the survivor's enrolment counts from now on, the earlier of both.
        merged_enrolled: Local day the going member's membership years began.
    """
    counts = dict(survivor.counts)
    for key, amount in merged.counts.items():
        to = key
        if climb.window == "membership_year" and merged_enrolled != enrolled:
            # Years that begin on another day are put where their middle lies.
            first, after = windows.membership_year(merged_enrolled, date.fromisoformat(key))
            to = windows.bucket(climb, first + (after - first) // 2, enrolled)
        counts[to] = counts.get(to, 0) + amount
    higher = max((survivor, merged), key=lambda standing: _weight(climb, standing))
    floors = [standing.floor for standing in (survivor, merged) if standing.floor is not None]
    floor = max(floors, key=lambda one: (climbing.rank(climb, one.tier), one.until or date.max), default=None)
    both = structs.replace(higher, counts=counts, floor=floor, past=survivor.past)
    moved, change = climbing.moved(climb, survivor, both, at=at, reason="placed")
    risen, reached = climbing.climb_up(climb, moved, at=at, today=today, enrolled=enrolled)
    return risen, reached or change


def _weight(climb: Climb, standing: Standing) -> tuple[int, date]:
    return climbing.rank(climb, standing.tier), standing.until or date.max
