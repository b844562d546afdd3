"""Placing members on new and edited ladders by history."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from puntal.kit import calendar
from puntal.kit.db import Transaction
from puntal.ledger import operations as ledger
from puntal.ledger.model import Holder
from puntal.tiers import policy, queries
from puntal.tiers.model import Change, Climb, Enrolled, Move, Placement, Standing
from puntal.tiers.operations import standings


async def place_page(
    tx: Transaction,
    program_id: int,
    climbs: Sequence[Climb],
    *,
    recount: frozenset[str] = frozenset(),
    after: UUID | None,
    limit: int = 500,
    now: datetime,
) -> Placement:
    """Put one page of members where history places them on new or edited ladders, silently and without gifts.

    Doing a page again changes nothing. No tier is taken before the end it was promised to.

    Args:
        tx: An open transaction on the program; the caller commits after each page.
        program_id: Whose members.
        climbs: The ladders to place on, as published.
        recount: Ladders whose window or measure changed, so that what was counted no longer fits; members
            who are on a ladder for the first time are always counted from history.
        after: `next` of the page before; None to begin.
        limit: Members of a page.
        now: When.
    """
    page = await queries.enrolled(tx, program_id, after=after, limit=limit)
    holders = await ledger.open_and_lock(tx, program_id, [one.id for one in page], now=now)
    history = await _history(tx, program_id, climbs, page, holders, recount)
    changed: list[Holder] = []
    changes: list[tuple[UUID, Change]] = []
    moves: list[Move] = []
    for one in page:
        before = standings.standings_of(holders[one.id])
        after_ = _placed(climbs, one, before, history, recount, now)
        if any(before.get(ladder) != standing for ladder, standing in after_.items()):
            changed.append(standings.with_standings(holders[one.id], after_, _due(climbs, one, after_, now)))
        for move in _moves(climbs, one, before, after_, now):
            moves.append(move)
            start = next(climb.tiers[0] for climb in climbs if climb.id == move.ladder)
            if (move.from_tier or start) != move.to_tier:
                change = Change(move.ladder, move.from_tier or start, move.to_tier, "placed", now)
                changes.append((one.id, change))
    await ledger.write(tx, program_id, holders=changed, transfers=[])
    await standings.record(tx, program_id, changes, now=now)
    return Placement(moves=moves, next=page[-1].id if len(page) == limit else None)


async def preview_page(
    tx: Transaction,
    program_id: int,
    climbs: Sequence[Climb],
    *,
    recount: frozenset[str] = frozenset(),
    after: UUID | None,
    limit: int = 500,
    now: datetime,
) -> Placement:
    """Return what `place_page` would do, and do nothing."""
    page = await queries.enrolled(tx, program_id, after=after, limit=limit)
    holders = await ledger.read_holders(tx, program_id, [one.id for one in page])
    history = await _history(tx, program_id, climbs, page, holders, recount)
    moves: list[Move] = []
    for one in page:
        before = standings.standings_of(holders.get(one.id))
        moves += _moves(climbs, one, before, _placed(climbs, one, before, history, recount, now), now)
    return Placement(moves=moves, next=page[-1].id if len(page) == limit else None)


_History = Mapping[str, Mapping[UUID, Sequence[tuple[date, int]]]]


async def _history(
    tx: Transaction,
    program_id: int,
    climbs: Sequence[Climb],
    page: Sequence[Enrolled],
    holders: Mapping[UUID, Holder],
    recount: frozenset[str],
) -> _History:
    """Return per ladder what it measures of those members whose count does not fit or does not exist."""
    found = {}
    for climb in climbs:
        wanted = [
            one.id for one in page if climb.id in recount or climb.id not in standings.standings_of(holders.get(one.id))
        ]
        # One statement a ladder, for the whole page.
        found[climb.id] = await queries.measured_by_day(tx, program_id, climb, wanted) if wanted else {}
    return found


def _placed(
    climbs: Sequence[Climb],
    one: Enrolled,
    before: Mapping[str, Standing],
    history: _History,
    recount: frozenset[str],
    now: datetime,
) -> dict[str, Standing]:
    placed = {}
    for climb in climbs:
        enrolled, today = calendar.local_day(climb.zone, one.enrolled_at), calendar.local_day(climb.zone, now)
        old = before.get(climb.id)
        if old is None or climb.id in recount:
            counts = policy.folded(climb, history[climb.id].get(one.id, ()), enrolled)
        else:
            counts = old.counts
        placed[climb.id] = policy.place(climb, counts, today=today, enrolled=enrolled, before=old)
    return placed


def _due(climbs: Sequence[Climb], one: Enrolled, placed: Mapping[str, Standing], now: datetime) -> datetime | None:
    due = []
    for climb in climbs:
        enrolled, today = calendar.local_day(climb.zone, one.enrolled_at), calendar.local_day(climb.zone, now)
        day = policy.next_due(climb, placed[climb.id], enrolled=enrolled, today=today)
        if day is not None:
            due.append(calendar.midnight(climb.zone, day))
    return min(due, default=None)


def _moves(
    climbs: Sequence[Climb],
    one: Enrolled,
    before: Mapping[str, Standing],
    placed: Mapping[str, Standing],
    now: datetime,
) -> Iterator[Move]:
    for climb in climbs:
        old = before.get(climb.id)
        from_tier = None if old is None else policy.held(climb, old, now)
        to_tier = policy.held(climb, placed[climb.id], now)
        if from_tier != to_tier:
            yield Move(member_id=one.id, ladder=climb.id, from_tier=from_tier, to_tier=to_tier)
