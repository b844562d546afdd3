"""Standings of two members who turn out to be one person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from msgspec import Struct, structs

from puntal.kit import calendar
from puntal.members.model import Profile
from puntal.tiers import policy
from puntal.tiers.model import Change, Climb, Standing
from puntal.tiers.operations.standings import enrolled_on

Standings = Mapping[str, Standing]
Days = Sequence[tuple[date, int]]
"""Amounts of a ladder's measure by local day; negative ones were taken back."""


class Before(Struct, frozen=True):
    """Standings at a merge: of both, and of the one they became."""

    survivor: Standings
    merged: Standings
    combined: Standings


class Parted(Struct, frozen=True):
    """Standings of two members again, and what changed for each."""

    survivor: dict[str, Standing]
    merged: dict[str, Standing]
    changes: list[Change]
    merged_changes: list[Change]


def combine(
    climbs: Sequence[Climb], survivor: tuple[Profile, Standings], merged: tuple[Profile, Standings], *, at: datetime
) -> tuple[dict[str, Standing], list[Change], datetime | None]:
    """Return one standing per ladder, what changed for the survivor, and when the clock next changes one of them.

    Args:
        climbs: The ladders in force.
        survivor: Her profile as the merge leaves it, and her standings before.
        merged: The other's profile and standings before.
        at: When they are merged.
    """
    (profile, own), (other, others) = survivor, merged
    standings, changes, dues = dict(own), [], []
    for climb in climbs:
        if climb.id not in own and climb.id not in others:
            continue
        enrolled, theirs = enrolled_on(climb, profile), enrolled_on(climb, other)
        today = calendar.local_day(climb.zone, at)
        standing, change = policy.merge(
            climb,
            own.get(climb.id) or policy.start(climb, enrolled),
            others.get(climb.id) or policy.start(climb, theirs),
            at=at,
            today=today,
            enrolled=enrolled,
            merged_enrolled=theirs,
        )
        standings[climb.id] = standing
        changes += [change] if change is not None else []
        day = policy.next_due(climb, standing, enrolled=enrolled, today=today)
        dues += [calendar.midnight(climb.zone, day)] if day is not None else []
    return standings, changes, min(dues, default=None)


def part(
    climbs: Sequence[Climb],
    present: Standings,
    before: Before,
    since: Mapping[str, Days],
    *,
    survivor: Profile,
    merged: Profile,
    at: datetime,
) -> Parted:
    """Return two standings per ladder again: each measures her own, with what became of it since.

    Whose tier was not moved since the merge has hers from before it. A tier that was moved stays with the survivor, on
    her own measure, and the next night looks at it.

    Args:
        climbs: The ladders in force.
        present: Of the survivor.
        before: At the merge.
        since: By ladder, what was added to or taken back of what the merged member had brought.
        survivor: Her profile before the merge.
        merged: The other's.
        at: When they are parted.
    """
    known = {climb.id for climb in climbs}
    parted = Parted(
        # Of ladders that are gone, whatever there was.
        {id: standing for id, standing in present.items() if id not in known},
        {id: standing for id, standing in before.merged.items() if id not in known},
        [],
        [],
    )
    for climb in climbs:
        days = since.get(climb.id, ())
        if climb.id in present:
            standing, changes = _own(climb, present[climb.id], before, days, survivor, at)
            parted.survivor[climb.id] = standing
            parted.changes.extend(changes)
        if climb.id in before.merged or days:
            standing, changes = _others(climb, before.merged.get(climb.id), days, merged, at)
            parted.merged[climb.id] = standing
            parted.merged_changes.extend(changes)
    return parted


def _own(
    climb: Climb, present: Standing, before: Before, days: Days, profile: Profile, at: datetime
) -> tuple[Standing, list[Change]]:
    enrolled = enrolled_on(climb, profile)
    own = before.survivor.get(climb.id) or policy.start(climb, enrolled)
    combined = before.combined.get(climb.id)
    left = present
    for day, amount in days:
        left = policy.count(climb, left, -amount, day, enrolled=enrolled)
    brought = {} if combined is None else {
        key: amount - own.counts.get(key, 0) for key, amount in combined.counts.items()
    }  # fmt: skip
    # What a rolling window has forgotten is nobody's any more.
    counts = {key: amount - brought.get(key, 0) for key, amount in left.counts.items()}
    counts = {key: amount for key, amount in counts.items() if amount or key in own.counts}
    unmoved = combined is not None and _apart_from_measure(present) == _apart_from_measure(combined)
    parted = own if unmoved else present
    if combined is not None and present.floor == combined.floor:
        parted = structs.replace(parted, floor=own.floor)
    parted = structs.replace(parted, counts=counts, past=present.past or own.past)
    parted, told = policy.moved(climb, present, parted, at=at, reason="placed")
    fallen = None
    if not unmoved:
        today = calendar.local_day(climb.zone, at)
        parted, fallen = policy.after_refund(climb, parted, at=at, today=today, enrolled=enrolled)
    return parted, [change for change in (told, fallen) if change is not None]


def _others(
    climb: Climb, standing: Standing | None, days: Days, profile: Profile, at: datetime
) -> tuple[Standing, list[Change]]:
    enrolled = enrolled_on(climb, profile)
    today = calendar.local_day(climb.zone, at)
    after = standing or policy.start(climb, enrolled)
    for day, amount in days:
        after = policy.count(climb, after, amount, day, enrolled=enrolled)
    if not days:
        return after, []
    after, fallen = policy.after_refund(climb, after, at=at, today=today, enrolled=enrolled)
    after, risen = policy.climb_up(climb, after, at=at, today=today, enrolled=enrolled)
    return after, [change for change in (fallen, risen) if change is not None]


def _apart_from_measure(standing: Standing) -> Standing:
    return structs.replace(standing, counts={}, past=(), noticed=None)
