"""`take`: a batch of events, decided and written in the caller's transaction.

Steps: recognise retries, find the members, lock them, load everything once, decide in order, one statement per
table, shared counters last. The caller commits, and runs again when told to (`Again`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

import msgspec

from puntal.engine.decide import decide
from puntal.engine.model import Compiled, Switches
from puntal.intake import store
from puntal.intake.batch import Batch, Decided
from puntal.intake.errors import EventIdReused, EventNotFound
from puntal.intake.loading import load
from puntal.intake.model import Answer, Balance, Item, Outcome, Stored
from puntal.intake.policy import event_of, fingerprint, item, parse, unreadable
from puntal.intake.rehearsing import Rehearsal
from puntal.intake.writing import write
from puntal.kit.db import Transaction
from puntal.kit.errors import Refusal

__all__ = ["Programs", "event_of", "find", "find_all", "fingerprint", "item", "parse", "take", "unreadable"]

_outcome = msgspec.json.Decoder(Outcome).decode
MOST_DEPTH = 3


class Programs(Protocol):
    """The compiled revisions of one program, as the entry point caches them."""

    program_id: int
    newest: Compiled
    switches: Switches
    listened: frozenset[str]
    """Kinds of outbox rows somebody waits for."""
    dynamic_segments: bool

    def at(self, instant: datetime) -> Compiled:
        """Return the revision in force at an instant; the newest before the first one's start."""
        ...


async def take(
    tx: Transaction,
    programs: Programs,
    items: Sequence[Item],
    *,
    recorded_at: datetime,
    lock_budgets: bool = False,
    lock_members: frozenset[UUID] = frozenset(),
    newest_only: bool = False,
    rehearsal: Rehearsal | None = None,
) -> list[Answer | Refusal]:
    """Decide and write a batch of events of one program, and answer each.

    A retry with the same words answers the first outcome (`replayed`), with other words it is refused. A member's
    events are decided in the order given, each on what the one before left.

    Args:
        tx: An open transaction on the program; the caller commits.
        programs: What decides.
        items: Checked events; ids may repeat.
        recorded_at: Real time of writing; an item's own `now` is the program's.
        lock_budgets: Hold the shared counters before deciding, as after a miss.
        lock_members: Whom to hold beside those the events are about, as after a miss.
        newest_only: Replay and imports: the newest revision decides, whatever the date.
        rehearsal: Go on from it and write nothing; the caller rolls back.

    Raises:
        Again: Somebody else wrote one of the events, or used up a budget: roll back and call once more.
    """
    answers: dict[int, Answer | Refusal] = {}
    fresh = await _recognise(tx, programs.program_id, items, answers)
    if fresh:
        batch = await load(
            tx,
            programs,
            [items[at] for at in fresh],
            lock_budgets=lock_budgets,
            lock_members=lock_members,
            newest_only=newest_only,
        )
        if rehearsal is not None:
            rehearsal.enter(batch)
        decided = [_decide(batch, items[at]) for at in fresh]
        writable = [one for one in decided if not one.item.dry_run]
        if rehearsal is not None:
            rehearsal.leave(batch)
        elif writable:
            await write(tx, batch, recorded_at=recorded_at)
        for at, one in zip(fresh, decided, strict=True):
            answers[at] = _answer(one)
        _share(items, fresh, answers)
    return [answers[at] for at in range(len(items))]


async def _recognise(
    tx: Transaction, program_id: int, items: Sequence[Item], answers: dict[int, Answer | Refusal]
) -> list[int]:
    """Answer retries; return the positions of what is new, each id once."""
    stored = await store.find(tx, program_id, {one.said.id for one in items})
    first: dict[str, int] = {}
    fresh = []
    for at, one in enumerate(items):
        known = stored.get(one.said.id)
        if known is not None:
            answers[at] = _again(known, one)
        elif one.said.id not in first:
            first[one.said.id] = at
            fresh.append(at)
        elif items[first[one.said.id]].fingerprint != one.fingerprint:
            answers[at] = EventIdReused(id=one.said.id)
    return fresh


def _again(known: Stored, item: Item) -> Answer | Refusal:
    if known.fingerprint != item.fingerprint:
        return EventIdReused(id=known.id)
    return Answer(known.id, known.member_id, _outcome(known.outcome), known.revision, replayed=True)


def _share(items: Sequence[Item], fresh: Sequence[int], answers: dict[int, Answer | Refusal]) -> None:
    """Answer repeated ids of one batch like the first of them."""
    by_id = {items[at].said.id: answers[at] for at in fresh}
    for at, one in enumerate(items):
        if at not in answers:
            same = by_id[one.said.id]
            answers[at] = (
                same
                if isinstance(same, Refusal)
                else Answer(same.id, same.member_id, same.outcome, same.revision, replayed=True)
            )


def _decide(batch: Batch, item: Item) -> Decided:
    """Decide one event and what it causes for the same member, depth first."""
    first = batch.decide(item, decide)
    waiting = batch.caused_here(first)
    while waiting:
        following = waiting.pop(0)
        if following.event.depth <= MOST_DEPTH:
            waiting += batch.caused_here(batch.decide_caused(following, item, decide))
    return first


def _answer(one: Decided) -> Answer:
    balances = None
    if one.books is not None:
        books = one.books
        balances = {
            terms.id: Balance(books.available[n], books.pending[n], books.debt[n])
            for n, terms in enumerate(one.program.terms)
            if n < len(books.available)
        }
    return Answer(one.item.said.id, one.member_id, one.outcome, one.program.revision, balances=balances)


async def find_all(tx: Transaction, program_id: int, ids: Sequence[str]) -> dict[str, Stored]:
    """Return those of the events that are stored, with their outcomes."""
    return await store.find(tx, program_id, ids) if ids else {}


async def find(tx: Transaction, program_id: int, id: str) -> Stored:
    """Return an event with its outcome.

    Raises:
        EventNotFound: None of this id.
    """
    found = await store.find(tx, program_id, [id])
    if id not in found:
        raise EventNotFound(id=id)
    return found[id]
