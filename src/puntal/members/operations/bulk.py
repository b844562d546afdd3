"""Many people at once: imports from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct, field
from psycopg import Rollback

from puntal.kit import ids as new
from puntal.kit.calendar import local_day
from puntal.kit.db import Transaction
from puntal.kit.errors import Refusal
from puntal.ledger import operations as ledger
from puntal.members import birthdays
from puntal.members.identities import mailbox
from puntal.members.model import NewMember
from puntal.members.operations.admitting import turned_away
from puntal.members.operations.enrolment import Ask, enrol_many, read_person
from puntal.members.person import Membership
from puntal.members.store import bulk
from puntal.members.tokens import tokens_of
from puntal.outbox import operations as outbox
from puntal.outbox.model import Happening

CHUNK = 20_000
"""People staged at once: bounds memory, and costs nothing beyond a thousand."""


class Imported(Struct):
    """What became of the lines of an import, counted from 0.

    Attributes:
        created: How many became members.
        known: Line to the member who was there already, in the program or on an earlier line; nothing of hers
            was changed.
        claimed: Lines whose person had bought as a guest and has joined now; their unclaimed points are the
            caller's to release. They are members too, not among `known`.
        refused: Line to what is wrong with it.
    """

    created: int = 0
    known: dict[int, UUID] = field(default_factory=dict)
    claimed: dict[int, UUID] = field(default_factory=dict)
    refused: dict[int, Refusal] = field(default_factory=dict)


async def import_many(
    tx: Transaction, program_id: int, people: Iterable[NewMember], *, membership: Membership, now: datetime
) -> Imported:
    """Enrol any number of people, a million included; the answer names only lines that made no new member.

    Enrolling the same file again changes nothing. One row of the outbox tells of all of them.

    Args:
        tx: An open transaction on the program; the caller commits.
        program_id: What they join.
        people: Read once, in chunks; may be a generator.
        membership: What the program's document says.
        now: Becomes `enrolled_at` where nothing earlier is said.
    """
    answer = Imported()
    lines = enumerate(people)
    while chunk := list(islice(lines, CHUNK)):
        await _import_chunk(tx, program_id, chunk, answer, membership, now)
    summary = {
        "created": answer.created,
        "claimed": len(answer.claimed),
        "known": len(answer.known),
        "refused": len(answer.refused),
    }
    happening = Happening(id=new.new_id(), kind="members.imported", effective_at=now, recorded_at=now, payload=summary)
    await outbox.append(tx, program_id, [happening])
    return answer


async def _import_chunk(
    tx: Transaction,
    program_id: int,
    chunk: Sequence[tuple[int, NewMember]],
    answer: Imported,
    membership: Membership,
    now: datetime,
) -> None:
    """Import a chunk, and once more without those who must not join, who leave no trace."""
    if not membership.selective:
        await _import(tx, program_id, chunk, answer, membership, now)
        return
    refused: dict[int, Refusal] = {}
    attempted = Imported()
    joined: list[tuple[int, UUID]] = []
    async with tx.transaction() as attempt:
        joined = await _import(tx, program_id, chunk, attempted, membership, now)
        refused = await turned_away(tx, program_id, joined, membership=membership, now=now)
        if refused:
            raise Rollback(attempt)
    if refused:
        outside = {member: refused[line] for line, member in joined if line in refused}
        # Lines that were taken for one of them, because they share an identity.
        refused |= {line: outside[member] for line, member in attempted.known.items() if member in outside}
        attempted = Imported()
        kept = [(line, person) for line, person in chunk if line not in refused]
        if kept:
            await _import(tx, program_id, kept, attempted, membership, now)
    answer.created += attempted.created
    answer.known |= attempted.known
    answer.claimed |= attempted.claimed
    answer.refused |= attempted.refused | refused


async def _import(
    tx: Transaction,
    program_id: int,
    chunk: Sequence[tuple[int, NewMember]],
    answer: Imported,
    membership: Membership,
    now: datetime,
) -> list[tuple[int, UUID]]:
    """Import a chunk; return line and member of those who are new."""
    people = dict(chunk)
    asks: dict[UUID, Ask] = {}
    for line, person in chunk:
        try:
            ask = read_person(line, person, membership, now, joining=True)
        except Refusal as refusal:
            answer.refused[line] = refusal
            continue
        if ask.new_id in asks:
            answer.known[line] = ask.new_id
        else:
            asks[ask.new_id] = ask
    await bulk.run(tx, bulk.STAGE, program_id, now)
    await bulk.copy(tx, bulk.COPY_MEMBERS, (_member(ask, membership, now) for ask in asks.values()))
    await bulk.copy(tx, bulk.COPY_IDENTITIES, _identities(asks.values()))
    await bulk.copy(tx, bulk.COPY_TOKENS, _tokens(asks.values()))
    await bulk.copy(tx, bulk.COPY_CONSENTS, _consents(asks.values()))
    await bulk.run(tx, bulk.MEASURE, program_id, now)
    if any(ask.said.ids.id is not None for ask in asks.values()):
        await bulk.run(tx, bulk.LEAVE_EXISTING, program_id, now)
    await bulk.run(tx, bulk.TAKE, program_id, now)
    await bulk.run(tx, bulk.FIND_KNOWN, program_id, now)
    await bulk.run(tx, bulk.GIVE_BACK, program_id, now)
    created = [row[0] for row in await bulk.run(tx, bulk.INSERT_MEMBERS, program_id, now)]
    await ledger.open_holders(tx, program_id, created, now=now)
    await bulk.run(tx, bulk.INSERT_TOKENS, program_id, now)
    await bulk.run(tx, bulk.INSERT_CONSENTS, program_id, now)
    answer.created += len(created)
    joining: list[int] = []
    for line, member, _, status in await bulk.run(tx, bulk.KNOWN, program_id, now):
        answer.known[line] = member
        if status in {"guest", "left"}:
            joining.append(line)
    if joining:
        # Few: those who bought before they joined, or come back. They go the way of single enrolments.
        answers = await enrol_many(tx, program_id, [people[line] for line in joining], membership=membership, now=now)
        for line, one in zip(joining, answers, strict=True):
            if isinstance(one, Refusal):
                answer.refused[line] = one
                del answer.known[line]
            elif one.claimed:
                answer.claimed[line] = one.id
                del answer.known[line]
    return sorted((asks[id].at, id) for id in created)


def _member(ask: Ask, membership: Membership, now: datetime) -> tuple[Any, ...]:
    said = ask.said
    set_at: datetime | None = None
    starts: date | None = None
    if said.birthday is not None:
        set_at = said.enrolled_at or now
        zone = ZoneInfo(said.zone) if said.zone else membership.zone
        starts = birthdays.counts_from(said.birthday, local_day(zone, set_at), membership.birthday_set_before)
    attributes = {name: value for name, value in ask.attributes.items() if value is not None}
    return (
        ask.at,
        ask.new_id,
        said.enrolled_at or now,
        said.name.strip() if said.name else None,
        said.locale,
        said.country,
        said.zone,
        said.birthday,
        set_at,
        starts,
        msgspec.json.encode(attributes).decode() if attributes else "{}",
    )


def _identities(asks: Iterable[Ask]) -> Iterator[tuple[Any, ...]]:
    for ask in asks:
        for kind, value in ask.identities:
            box = mailbox(value) if kind == "email" else value
            yield ask.new_id, (kind, value) in ask.deciding, kind, value, None if box == value else box


def _tokens(asks: Iterable[Ask]) -> Iterator[tuple[Any, ...]]:
    for ask in asks:
        for token in tokens_of(ask.said.name):
            yield token, ask.new_id


def _consents(asks: Iterable[Ask]) -> Iterator[tuple[Any, ...]]:
    for ask in asks:
        for one in ask.consents:
            evidence = msgspec.json.encode(one.evidence).decode()
            yield ask.new_id, new.new_id(), one.purpose, one.channel, one.given, one.at, evidence
