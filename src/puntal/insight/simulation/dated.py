"""What a draft changes on days that a simulation does not look at, moved into them by whole weeks. Pure."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from puntal.programs.document.campaigns import Campaign
from puntal.programs.document.earning import Rule
from puntal.programs.document.program import Program

Section = Literal["campaigns", "earning"]
_WEEK = timedelta(weeks=1)


class Dated(Struct, frozen=True, kw_only=True):
    """A new or changed campaign or rule that runs on none of the days looked at.

    Attributes:
        from_day: First day it runs, as the draft says; None: since ever.
        through_day: Last day; None: with no end.
        weeks: By how many weeks its dates were moved for the simulation, backwards where negative; 0: not at all.
    """

    section: Section
    id: str
    from_day: date | None
    through_day: date | None
    weeks: int = 0


def outside(before: Program, after: Program, *, since: date, through: date) -> list[Dated]:
    """Return what `after` says anew and dates wholly before or after a period, which simulating it would not show."""
    known = {("campaigns", each.id): each for each in before.campaigns} | {
        ("earning", each.id): each for each in _rules(before)
    }
    found = []
    for section, part in _parts(after):
        span = (_day(part.from_), _day(part.through))
        if known.get((section, part.id)) != part and _apart(span, since, through):
            found.append(Dated(section=section, id=part.id, from_day=span[0], through_day=span[1]))
    within = {rule.id for each in after.campaigns if any(_is(one, each) for one in found) for rule in each.earning}
    return [one for one in found if one.section == "campaigns" or one.id not in within]


def moved(
    document: Mapping[str, Any], apart: Sequence[Dated], *, since: date, through: date
) -> tuple[dict[str, Any], list[Dated]]:
    """Return a plain document with those parts' dates moved into a period, weekdays as they were, and what was moved.

    They are moved by as few weeks as it takes to show most of them. What cannot be shown, for the period has none of
    its weekdays, stays where it is.
    """
    changed, told = copy.deepcopy(dict(document)), []
    for one in apart:
        weeks = _weeks(one, since, through)
        told.append(replace(one, weeks=weeks))
        for part in _written(changed, one):
            for each in (part, *part.get("earning", ())):
                for name in ("from", "through"):
                    if each.get(name) is not None:
                        each[name] = _later(str(each[name]), weeks)
    return changed, told


def _parts(program: Program) -> Iterator[tuple[Section, Campaign | Rule]]:
    for campaign in program.campaigns:
        yield "campaigns", campaign
    for rule in _rules(program):
        yield "earning", rule


def _rules(program: Program) -> list[Rule]:
    return [*program.earning, *(rule for campaign in program.campaigns for rule in campaign.earning)]


def _is(one: Dated, campaign: Campaign) -> bool:
    return one.section == "campaigns" and one.id == campaign.id


def _day(written: date | datetime | None) -> date | None:
    return written.date() if isinstance(written, datetime) else written


def _apart(span: tuple[date | None, date | None], since: date, through: date) -> bool:
    begins, ends = span
    return (begins is not None and begins > through) or (ends is not None and ends < since)


def _weeks(one: Dated, since: date, through: date) -> int:
    begins, ends = one.from_day, one.through_day
    if begins is not None and begins > through:
        # As long as the period, or with no end: all of the period. Otherwise the last weeks it lies within.
        covers = ends is None or ends - begins >= through - since
        weeks = -_up(begins - since if covers or ends is None else ends - through)
    elif begins is None:
        assert ends is not None, "it is apart"
        weeks = (through - ends) // _WEEK
    else:
        weeks = _up(since - begins)
    span = (None if begins is None else begins + weeks * _WEEK, None if ends is None else ends + weeks * _WEEK)
    # A period of a few days may have none of its weekdays.
    return 0 if _apart(span, since, through) else weeks


def _up(time: timedelta) -> int:
    return -(-time // _WEEK)


def _written(document: Mapping[str, Any], one: Dated) -> list[dict[str, Any]]:
    found = [each for each in document.get(one.section, ()) if each["id"] == one.id]
    if one.section == "earning":
        campaigns = document.get("campaigns", ())
        found += [rule for each in campaigns for rule in each.get("earning", ()) if rule["id"] == one.id]
    return found


def _later(written: str, weeks: int) -> str:
    if len(written) > len("2026-01-06"):
        return (datetime.fromisoformat(written) + weeks * _WEEK).isoformat()
    return (date.fromisoformat(written) + weeks * _WEEK).isoformat()
