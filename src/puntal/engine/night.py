"""What a midnight does to one member's tiers. Pure."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from puntal.engine.model import Compiled, Running
from puntal.engine.work import copy_running, next_review
from puntal.members.model import Profile
from puntal.tiers import policy as tiers
from puntal.tiers.model import Change, Notice


class Night(Struct):
    """A member after the night."""

    running: Running
    review_on: date
    changes: list[Change]
    notices: list[Notice]


def pass_night(program: Compiled, running: Running, profile: Profile, day: date) -> Night:
    """Close periods, keep, lower and announce tiers up to the beginning of `day`; a second call changes nothing."""
    enrolled = (profile.enrolled_at or profile.created_at).astimezone(program.zone).date()
    after = copy_running(running)
    changes: list[Change] = []
    notices: list[Notice] = []
    for climb in program.climbs:
        standing = after.tiers.get(climb.id)
        if standing is None:
            continue
        after.tiers[climb.id], changed, noticed = tiers.nightly(climb, standing, day=day, enrolled=enrolled)
        changes += changed
        notices += noticed
    return Night(after, next_review(program, after, enrolled, day), changes, notices)
