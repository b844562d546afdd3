"""People join: one or many at once, strangers, guests and those who were members before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import structs
from psycopg import Rollback

from puntal.kit import ids as new
from puntal.kit.calendar import local_day
from puntal.kit.db import Transaction
from puntal.kit.errors import Fault, Refusal
from puntal.kit.words import Words
from puntal.ledger import operations as ledger
from puntal.members import birthdays, policy, queries, store
from puntal.members.errors import Blocked, ChangedMeanwhile, ConsentMissing, NoIdentity, NotValid, UnknownMember
from puntal.members.identities import is_disposable, mailbox, normalise
from puntal.members.model import Consent, Enrolled, Identity, Match, NewMember, Profile
from puntal.members.operations.admitting import turned_away
from puntal.members.operations.consents import consent_rows
from puntal.members.operations.recognise import identity_row, match_named, report_conflicts
from puntal.members.person import (
    EARLIEST,
    Membership,
    details_faults,
    expand_consents,
    missing_consents,
    read_attributes,
)
from puntal.members.tokens import tokens_of
from puntal.outbox import operations as outbox
from puntal.outbox.model import Happening

_MOST_ROUNDS = 4
"""A round is lost only to people who joined in that very moment."""


@dataclass(slots=True, eq=False)
class Ask:
    """One person on her way in."""

    at: int
    said: NewMember
    identities: tuple[Identity, ...]
    deciding: tuple[Identity, ...]
    attributes: dict[str, object]
    consents: list[Consent]
    new_id: UUID = field(default_factory=new.new_id)
    match: Match = field(default_factory=lambda: Match(None))
    won: set[Identity] = field(default_factory=set)


@dataclass(slots=True)
class _Door:
    """One call of `enrol_many` at work."""

    tx: Transaction
    program_id: int
    membership: Membership
    now: datetime
    answers: dict[int, Enrolled | Refusal] = field(default_factory=dict)
    joining: list[tuple[Ask, Profile | None]] = field(default_factory=list)
    agreed: dict[UUID, list[Consent]] = field(default_factory=dict)
    """What guests agreed to before."""


async def enrol_many(
    tx: Transaction, program_id: int, people: Sequence[NewMember], *, membership: Membership, now: datetime
) -> list[Enrolled | Refusal]:
    """Make people members, and answer each: enrolled, or a refusal that leaves the others alone.

    Enrolling again changes nothing: whoever owns one of the identities is the answer. A guest becomes a member and
    keeps her id (`claimed`: her unclaimed points are the caller's to release); who left comes back. Where the program
    is not open to everybody, or not to every address, those it turns away leave no trace.

    Args:
        tx: An open transaction on the program; the caller commits.
        program_id: What they join.
        people: In the order of the answers. Of two that share an identity the first is enrolled.
        membership: What the program's document says.
        now: Becomes `enrolled_at` where nothing earlier is said.
    """
    if not membership.selective:
        door = await _enrol(tx, program_id, people, membership, now)
        return [door.answers[at] for at in range(len(people))]
    async with tx.transaction() as attempt:
        door = await _enrol(tx, program_id, people, membership, now)
        refused = await _turned_away(door)
        if refused:
            raise Rollback(attempt)
    kept = [at for at in range(len(people)) if at not in refused]
    if refused and kept:
        # Nobody is turned away twice, and who is known answers as before.
        again = await enrol_many(tx, program_id, [people[at] for at in kept], membership=membership, now=now)
        return [refused[at] if at in refused else again[kept.index(at)] for at in range(len(people))]
    return [refused.get(at) or door.answers[at] for at in range(len(people))]


async def _turned_away(door: _Door) -> dict[int, Refusal]:
    """Return who must not join, and whoever was taken for one of them because she shares an identity."""
    joined = {ask.at: answer.id for ask, _ in door.joining if isinstance(answer := door.answers[ask.at], Enrolled)}
    refused = await turned_away(
        door.tx, door.program_id, list(joined.items()), membership=door.membership, now=door.now
    )
    outside = {joined[at]: refusal for at, refusal in refused.items()}
    for at, answer in door.answers.items():
        if isinstance(answer, Enrolled) and answer.id in outside:
            refused.setdefault(at, outside[answer.id])
    return refused


async def _enrol(
    tx: Transaction, program_id: int, people: Sequence[NewMember], membership: Membership, now: datetime
) -> _Door:
    door = _Door(tx, program_id, membership, now)
    asks: list[Ask] = []
    for at, person in enumerate(people):
        try:
            asks.append(read_person(at, person, membership, now))
        except Refusal as refusal:
            door.answers[at] = refusal
    waiting = asks
    for _ in range(_MOST_ROUNDS):
        waiting = await _round(door, waiting) if waiting else []
    if waiting:
        raise RuntimeError("people went on joining under the same identities")
    await _change_known(door)
    await _finish(door)
    await report_conflicts(tx, program_id, [ask.match for ask in asks], now=now)
    return door


def read_person(at: int, person: NewMember, membership: Membership, now: datetime, *, joining: bool = False) -> Ask:
    """Return a person as checked and normalised.

    Raises:
        NotValid: Naming everything wrong.
        NoIdentity: Nothing says who she is.
        ConsentMissing: Only if `joining`, when she is new for sure.
    """
    faults: list[Fault] = []
    identities: tuple[Identity, ...] = ()
    try:
        identities = normalise(person.ids, region=membership.region, path="/ids")
    except NotValid as refusal:
        faults += refusal.faults
    said = {
        "name": person.name,
        "locale": person.locale,
        "country": person.country,
        "zone": person.zone,
        "birthday": person.birthday,
    }
    faults += details_faults(said, now, membership)
    attributes, wrong = read_attributes(person.attributes, membership)
    faults += wrong
    consents, wrong = expand_consents(person.consents, now, membership)
    faults += wrong
    if person.enrolled_at is not None and not EARLIEST <= person.enrolled_at <= now:
        faults.append(
            Fault(
                path="/enrolled_at",
                code="members.enrolled_at",
                reason=Words("joining lies between 1900 and now", "la fecha de alta está entre 1900 y ahora"),
            )
        )
    if faults:
        raise NotValid(faults)
    deciding = policy.deciding(identities, membership.match_order)
    if not deciding and person.ids.id is None:
        raise NoIdentity
    if joining and (missing := missing_consents(consents, membership)):
        raise ConsentMissing(purposes=", ".join(missing))
    ask = Ask(at, person, identities, deciding, attributes, consents)
    if person.ids.id is not None:
        ask.new_id = person.ids.id
    return ask


async def _round(door: _Door, waiting: Sequence[Ask]) -> list[Ask]:
    """Answer those who are known and open those who are not; return those somebody else was faster with."""
    matches = await match_named(
        door.tx,
        door.program_id,
        [ask.said.ids for ask in waiting],
        [ask.deciding for ask in waiting],
        door.membership.match_order,
    )
    for ask, match in zip(waiting, matches, strict=True):
        ask.match = match
    found = {ask.match.member_id for ask in waiting if ask.match.member_id is not None}
    profiles = await store.load(door.tx, door.program_id, found, lock=False)
    await _remember_consents(door, profiles)
    strangers, guests = _sort(door, waiting, profiles)
    groups = policy.grouped([[*ask.deciding, ("id", str(ask.new_id))] for ask in strangers])
    first: dict[int, Ask] = {}
    for group, ask in zip(groups, strangers, strict=True):
        first.setdefault(group, ask)
    lost = await _take(door, list(first.values()), guests)
    rows = [_member_row(ask, door.membership, door.now) for ask in first.values() if ask not in lost]
    added = await store.insert_members(door.tx, door.program_id, rows)
    await ledger.open_holders(door.tx, door.program_id, added, now=door.now)
    again = [ask for ask in strangers if ask not in first.values() or ask in lost]
    for ask in first.values():
        if ask in lost:
            continue
        if ask.new_id not in added:
            # The id the caller chose was given to somebody in this moment.
            await store.drop_identities(door.tx, door.program_id, ask.won, [ask.new_id])
            again.append(ask)
        else:
            ask.match = Match(ask.new_id)
            door.answers[ask.at] = Enrolled(id=ask.new_id, created=True)
            door.joining.append((ask, None))
    return again


async def _remember_consents(door: _Door, profiles: Mapping[UUID, Profile]) -> None:
    """Find what guests have agreed to before they join."""
    guests = [id for id, profile in profiles.items() if profile.status == "guest" and id not in door.agreed]
    if door.membership.required and guests:
        known = await queries.consents(door.tx, door.program_id, guests)
        door.agreed |= {id: known.get(id, []) for id in guests}


def _sort(door: _Door, waiting: Sequence[Ask], profiles: Mapping[UUID, Profile]) -> tuple[list[Ask], list[Ask]]:
    """Answer who needs nothing done; return the strangers and the guests who join."""
    strangers: list[Ask] = []
    guests: list[Ask] = []
    returning = {profile.id for _, profile in door.joining if profile is not None}
    for ask in waiting:
        profile = None if ask.match.member_id is None else profiles[ask.match.member_id]
        joins = profile is None or (profile.status in {"guest", "left"} and profile.id not in returning)
        agreed = [] if profile is None else door.agreed.get(profile.id, [])
        missing = missing_consents([*agreed, *ask.consents], door.membership) if joins else []
        if missing:
            door.answers[ask.at] = ConsentMissing(purposes=", ".join(missing))
        elif profile is None:
            strangers.append(ask)
        elif profile.status == "blocked":
            door.answers[ask.at] = Blocked()
        elif profile.status == "erased":
            door.answers[ask.at] = UnknownMember()
        else:
            door.answers[ask.at] = Enrolled(
                id=profile.id,
                created=False,
                claimed=joins and profile.status == "guest",
                rejoined=joins and profile.status == "left",
                conflict=ask.match.conflict,
            )
            if joins:
                returning.add(profile.id)
                door.joining.append((ask, profile))
                guests += [ask] if profile.status == "guest" else []
    return strangers, guests


async def _take(door: _Door, strangers: Sequence[Ask], guests: Sequence[Ask]) -> set[Ask]:
    """Give identities to those who join; return the strangers who lost one that decides to somebody else."""
    rows: dict[Identity, dict[str, Any]] = {}
    takers = [(ask, ask.new_id) for ask in strangers]
    takers += [(ask, ask.match.member_id) for ask in guests if ask.match.member_id is not None]
    for ask, member in takers:
        for identity in ask.identities:
            rows.setdefault(identity, identity_row(identity, member, door.now))
    won = await store.take_identities(door.tx, door.program_id, list(rows.values()))
    for ask, member in takers:
        ask.won = {identity for identity in ask.identities if won.get(identity) == member}
    lost = {ask for ask in strangers if any(identity not in ask.won for identity in ask.deciding)}
    await store.drop_identities(
        door.tx, door.program_id, [identity for ask in lost for identity in ask.won], [ask.new_id for ask in lost]
    )
    return lost


async def _change_known(door: _Door) -> None:
    """Make members of guests and of those who come back, now that their rows are held."""
    known = {profile.id: (ask, profile) for ask, profile in door.joining if profile is not None}
    # Identities before member rows, everywhere: who waits for an identity holds no row that others wait for.
    held = await store.load(door.tx, door.program_id, known, lock=True)
    rows = []
    for member, (ask, profile) in known.items():
        if held[member].status != profile.status:
            await store.drop_identities(door.tx, door.program_id, ask.won, [member])
            door.answers[ask.at] = ChangedMeanwhile()
            door.joining.remove((ask, profile))
            continue
        rows.append(_member_row(ask, door.membership, door.now) | {"id": member})
    await store.activate_members(door.tx, door.program_id, rows, door.now)


async def _finish(door: _Door) -> None:
    """Write consents, the words of names, warnings, and what happened, for everyone who joined."""
    joined = [(ask, door.answers[ask.at]) for ask, _ in door.joining]
    emails = {mailbox(value) for ask, _ in door.joining for kind, value in ask.identities if kind == "email"}
    owners = await queries.mailboxes(door.tx, door.program_id, emails)
    tokens: list[dict[str, Any]] = []
    consents: list[dict[str, Any]] = []
    happened: list[Happening] = []
    for ask, answer in joined:
        assert isinstance(answer, Enrolled)
        member = answer.id
        tokens += [{"token": token, "member_id": member} for token in tokens_of(ask.said.name)]
        consents += consent_rows(member, ask.consents)
        warnings = _warnings(ask, member, owners, door.membership)
        door.answers[ask.at] = structs.replace(answer, warnings=warnings)
        enrolled_at = ask.said.enrolled_at or door.now
        happened.append(
            Happening(
                id=new.new_id(),
                kind="member.rejoined" if answer.rejoined else "member.enrolled",
                member_id=member,
                effective_at=enrolled_at,
                recorded_at=door.now,
                payload={"claimed": answer.claimed, "referrer_id": ask.said.referrer_id, "warnings": warnings},
            )
        )
        if answer.claimed:
            # Unclaimed points wait for this event.
            happened.append(
                Happening(
                    id=new.derived(member, "member.claimed"),
                    kind="member.claimed",
                    member_id=member,
                    effective_at=door.now,
                    recorded_at=door.now,
                )
            )
    await store.write_tokens(door.tx, door.program_id, tokens)
    await store.insert_consents(door.tx, door.program_id, consents)
    await outbox.append(door.tx, door.program_id, happened)


def _warnings(ask: Ask, member: UUID, owners: Mapping[str, set[UUID]], membership: Membership) -> tuple[str, ...]:
    emails = [value for kind, value in ask.identities if kind == "email"]
    warnings = (
        ["disposable_email"] if any(is_disposable(value, membership.emails.trusted_domains) for value in emails) else []
    )
    if any(owners.get(mailbox(value), set()) - {member} for value in emails):
        warnings.append("same_mailbox")
    return tuple(warnings)


def _member_row(ask: Ask, membership: Membership, now: datetime) -> dict[str, Any]:
    said = ask.said
    row: dict[str, Any] = {
        "id": ask.new_id,
        "status": "active",
        "enrolled_at": said.enrolled_at or now,
        "name": said.name.strip() if said.name else None,
        "locale": said.locale,
        "country": said.country,
        "zone": said.zone,
        "birthday": said.birthday,
        "attributes": {name: value for name, value in ask.attributes.items() if value is not None},
        "referrer_id": said.referrer_id,
        "created_at": now,
    }
    if said.birthday is not None:
        set_at = said.enrolled_at or now
        zone = ZoneInfo(said.zone) if said.zone else membership.zone
        row["birthday_set_at"] = set_at
        row["birthday_counts_from"] = birthdays.counts_from(
            said.birthday, local_day(zone, set_at), membership.birthday_set_before
        )
    return row
