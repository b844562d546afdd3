"""Knowing and keeping who is in which segment."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from puntal.activity import operations as activity
from puntal.kit import ids
from puntal.kit.calendar import local_day
from puntal.kit.db import Transaction
from puntal.kit.errors import Fault
from puntal.kit.words import Words
from puntal.outbox import operations as outbox
from puntal.outbox.model import Happening
from puntal.programs import operations as programs
from puntal.programs.document.program import Program
from puntal.programs.document.values import People
from puntal.programs.errors import NotPublished
from puntal.programs.model import Published, number_at
from puntal.rules.catalogue import fields_read
from puntal.rules.dialect import Written, expand
from puntal.rules.errors import FaultyRule
from puntal.rules.model import MetricRead
from puntal.segments import policy, queries, store
from puntal.segments.errors import MembersUnknown, NotAList, SegmentNotFound
from puntal.segments.model import ENTERED, LEFT, Belonging, Change, MemberFacts, Question, Seen, Segments

_ROWS_AT_A_TIME = 5_000


def read_segments(document: Program, wallets: Mapping[str, int]) -> Segments:
    """Return the segments of a published document; `wallets` are the ordinals of `Published.wallets`."""
    return policy.read_segments(document, wallets)


async def in_force(tx: Transaction, program_id: int, *, now: datetime) -> tuple[Published, Segments]:
    """Return the revision in force with its segments.

    Raises:
        NotPublished: None is, yet.
    """
    published = await programs.load_published(tx, program_id)
    number = number_at(published.starts, now)
    if number is None:
        raise NotPublished
    if number != published.number:
        published = await programs.load_published(tx, program_id, number=number)
    return published, policy.read_segments(published.document, published.wallets)


def read_condition(written: Written, segments: Segments, *, path: str = "") -> Question:
    """Return a condition somebody is trying out, ready for `count` and `sample`.

    Args:
        written: The short form, or JSONLogic.
        segments: Of the revision in force; the condition may ask for them.
        path: Where the condition stands, the beginning of the faults' pointers.

    Raises:
        FaultyRule: With every fault.
    """
    asked = {id: question.logic for id, question in segments.dynamic.items()}
    try:
        logic = expand(written, segments.catalogue)
    except FaultyRule as refusal:
        raise FaultyRule([replace(fault, path=path + fault.path) for fault in refusal.faults]) from refusal
    faults = [
        Fault(
            path=path,
            code="segments.not_found",
            reason=Words(f"there is no segment {name}", f"no existe el segmento {name}"),
        )
        for name in sorted(policy.named(logic) - set(segments.dynamic) - segments.lists)
    ]
    faults += [
        Fault(
            path=path,
            code="segments.not_countable",
            reason=Words(f"members cannot be counted by {name}", f"no se puede contar a los miembros por {name}"),
        )
        for name in sorted(fields_read(logic))
        if (field := segments.catalogue.get(name)).sql is None and field.metric is None
    ]
    if faults:
        raise FaultyRule(faults)
    return policy.question(policy.written_out(logic, asked))


async def load_facts(
    tx: Transaction,
    program_id: int,
    members: Sequence[UUID],
    *,
    reads: Sequence[MetricRead],
    lists: Collection[str],
    today: date,
) -> dict[UUID, MemberFacts]:
    """Return the facts of each member; at most two statements, none for what nobody asks.

    Args:
        tx: An open transaction on the program; the caller holds the members.
        program_id: Whose members.
        members: Any number; each is in the answer.
        reads: The windowed figures that conditions read.
        lists: The segments with `list: true` of the revision.
        today: The program-local day the windows end on.
    """
    metrics = await activity.load(tx, program_id, members, reads, today)
    on = await static_lists(tx, program_id, members, lists)
    return {member: MemberFacts(metrics[member], on[member]) for member in metrics}


async def static_lists(
    tx: Transaction, program_id: int, members: Sequence[UUID], lists: Collection[str]
) -> dict[UUID, frozenset[str]]:
    """Return which of these lists each member is on; `lists` are the segments with `list: true`."""
    found: dict[UUID, set[str]] = {member: set() for member in members}
    if found and lists:
        for member, segment in await queries.lists_of(tx, program_id, list(found), lists):
            found[member].add(segment)
    return {member: frozenset(segments) for member, segments in found.items()}


async def count(tx: Transaction, program_id: int, segments: Segments, question: Question, *, now: datetime) -> int:
    """Return for how many members a condition holds at this moment, whatever is stored."""
    return await queries.count(tx, program_id, segments, question, local_day(segments.zone, now))


async def sample(
    tx: Transaction, program_id: int, segments: Segments, question: Question, *, now: datetime, limit: int = 10
) -> list[Seen]:
    """Return some members for whom a condition holds at this moment, the newest."""
    return await queries.sample(tx, program_id, segments, question, local_day(segments.zone, now), limit)


async def meant(
    tx: Transaction,
    program_id: int,
    segments: Segments,
    people: People,
    members: Collection[UUID],
    *,
    now: datetime,
) -> set[UUID]:
    """Return which of these members, guests and leavers a list of people means right now; one statement."""
    return await queries.among(
        tx, program_id, segments, policy.asking(people, segments), local_day(segments.zone, now), members
    )


async def members(
    tx: Transaction, program_id: int, segments: Segments, segment: str, *, after: UUID, limit: int
) -> list[Belonging]:
    """Return a page of a segment's members, in the order of their ids; of a dynamic one as last evaluated.

    Raises:
        SegmentNotFound: The revision has no such segment.
    """
    _require(segment, segments)
    return await queries.belonging(tx, program_id, segment, after=after, limit=limit)


async def reevaluate(
    tx: Transaction,
    program_id: int,
    segments: Segments,
    *,
    members: Sequence[UUID] | None,
    now: datetime,
    only: Collection[str] | None = None,
) -> list[Change]:
    """Make stored membership follow the conditions, in one statement, and tell who entered and left.

    The first time a segment is evaluated it is filled silently: nobody did anything. The segments are held until
    `tx` ends. A second call changes nothing.

    Args:
        tx: An open transaction on the program.
        program_id: Whose members.
        segments: Of the revision in force.
        members: Those who may have changed; None for everybody.
        now: On the program's clock; windows end on its local day.
        only: These dynamic segments; None for all.

    Returns:
        Who entered and left, as told to the outbox.
    """
    wanted = sorted(segments.dynamic if only is None else set(only) & set(segments.dynamic))
    if not wanted or (members is not None and not members):
        return []
    before = await store.lock_evaluations(tx, program_id, wanted)
    told = [id for id in wanted if before[id].evaluated_at is not None]
    changes = await store.follow(
        tx,
        program_id,
        segments,
        wanted,
        members=members,
        told=told,
        today=local_day(segments.zone, now),
        now=now,
    )
    if members is None:
        digests = {id: segments.dynamic[id].digest for id in wanted}
        await store.note_evaluations(tx, program_id, digests, now)
    await _tell(tx, program_id, changes, now)
    return changes


async def keep_sizes(tx: Transaction, program_id: int, segments: Segments, day: date) -> None:
    """Note how many members each segment had at the end of a day; what was noted before stands.

    Call it before anybody is evaluated for the day that follows.
    """
    await store.keep_sizes(tx, program_id, [*segments.dynamic, *segments.lists], day)


async def keep_counts(tx: Transaction, program_id: int, segments: Segments, day: date) -> None:
    """Note for how many members each condition held at the end of a day of the past, while that is lived again.

    Nobody enters or leaves and nobody is told. Of lists kept by hand the past knows nothing.
    """
    await store.keep_counts(tx, program_id, segments, day)


async def growth(
    tx: Transaction, program_id: int, segments: Segments, segment: str, *, days: int, now: datetime
) -> list[tuple[date, int]]:
    """Return how many members a segment had at the end of days that are over, oldest first, and today so far.

    Days on which it was not there yet, or no worker ran, are missing.

    Raises:
        SegmentNotFound: The revision has no such segment.
    """
    _require(segment, segments)
    today = local_day(segments.zone, now)
    kept = await queries.days(tx, program_id, segment, today - timedelta(days=days - 1))
    sizes = await queries.sizes(tx, program_id)
    return [*(each for each in kept if each[0] < today), (today, sizes.get(segment, 0))]


async def unanswered(tx: Transaction, program_id: int, segments: Segments) -> list[str]:
    """Return the dynamic segments whose present condition was never asked of everybody; forget dropped ones."""
    known = await queries.evaluations(tx, program_id)
    if set(known) - set(segments.dynamic):
        await store.drop_evaluations(tx, program_id, segments)
    return [
        id
        for id, question in sorted(segments.dynamic.items())
        if id not in known or known[id].digest != question.digest or known[id].evaluated_at is None
    ]


async def reevaluate_changed(
    tx: Transaction, program_id: int, segments: Segments, *, now: datetime, limit: int = _ROWS_AT_A_TIME
) -> tuple[list[Change], bool, set[UUID]]:
    """Evaluate the members whom the next `limit` rows of the outbox name.

    Returns:
        Who entered and left, whether more rows may wait, and whom they name.
    """
    rows = await outbox.take_members(tx, program_id, limit=limit)
    changed = sorted({member for member, kind in rows if kind not in (ENTERED, LEFT)})
    changes = await reevaluate(tx, program_id, segments, members=changed, now=now)
    return changes, len(rows) == limit, {member for member, _ in rows}


async def add_members(
    tx: Transaction, program_id: int, segments: Segments, segment: str, members: Collection[UUID], *, now: datetime
) -> int:
    """Put members on a list and return how many were not on it; one statement for any number.

    Raises:
        SegmentNotFound: The revision has no such segment.
        NotAList: It is dynamic.
        MembersUnknown: Some ids are nobody's. Nothing was changed.
    """
    _require_list(segment, segments)
    missing = set(members) - await queries.known(tx, program_id, members)
    if missing:
        raise MembersUnknown(count=len(missing), example=str(min(missing)))
    added = await store.add(tx, program_id, segment, members, now)
    await _tell(tx, program_id, [Change(segment, member, entered=True) for member in added], now)
    return len(added)


async def remove_members(
    tx: Transaction, program_id: int, segments: Segments, segment: str, members: Collection[UUID], *, now: datetime
) -> int:
    """Take members off a list and return how many were on it; ids of nobody are let pass.

    Raises:
        SegmentNotFound: The revision has no such segment.
        NotAList: It is dynamic.
    """
    _require_list(segment, segments)
    removed = await store.remove(tx, program_id, segment, members)
    await _tell(tx, program_id, [Change(segment, member, entered=False) for member in removed], now)
    return len(removed)


async def reassign(
    tx: Transaction, program_id: int, *, source: UUID, target: UUID, lists: Collection[str]
) -> dict[str, bool]:
    """Give the survivor of a merge the lists of the other; return them and whether each was new to the survivor.

    Dynamic segments follow by themselves.
    """
    return await store.reassign(tx, program_id, source=source, target=target, lists=lists)


async def held_about(tx: Transaction, program_id: int, members: Sequence[UUID]) -> list[dict[str, Any]]:
    """Return every segment the members are in, and since when, for an export."""
    return await queries.of_members(tx, program_id, members)


async def forget(tx: Transaction, program_id: int, members: Sequence[UUID]) -> None:
    """Take erased members out of every segment, silently."""
    await store.forget(tx, program_id, members)


def _require(segment: str, segments: Segments) -> None:
    if segment not in segments.dynamic and segment not in segments.lists:
        raise SegmentNotFound(segment=segment)


def _require_list(segment: str, segments: Segments) -> None:
    _require(segment, segments)
    if segment not in segments.lists:
        raise NotAList(segment=segment)


async def _tell(tx: Transaction, program_id: int, changes: Sequence[Change], now: datetime) -> None:
    for start in range(0, len(changes), _ROWS_AT_A_TIME):
        await outbox.append(
            tx,
            program_id,
            [
                Happening(
                    id=ids.new_id(),
                    kind=ENTERED if change.entered else LEFT,
                    member_id=change.member_id,
                    effective_at=now,
                    recorded_at=now,
                    payload={"segment": change.segment},
                )
                for change in changes[start : start + _ROWS_AT_A_TIME]
            ],
        )
