"""Standings of two members who turn out to be one person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from puntal.kit import calendar
from puntal.members.model import Profile
from puntal.tiers import policy
from puntal.tiers.model import Change, Climb, Standing
from puntal.tiers.operations.standings import enrolled_on

Standings = Mapping[str, Standing]


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
