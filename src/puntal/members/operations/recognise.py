"""From what callers send to members: the batch front doors of intake."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from puntal.kit import ids as new
from puntal.kit.db import Transaction
from puntal.ledger import operations as ledger
from puntal.members import policy, queries, store
from puntal.members.identities import mailbox, normalise, refused_domain
from puntal.members.model import DEFAULT_MATCH, Identity, Ids, Match, MatchKind, Profile
from puntal.outbox import operations as outbox
from puntal.outbox.model import Happening
from puntal.programs.document.program import JoiningEmail


async def resolve(
    tx: Transaction,
    program_id: int,
    asks: Sequence[Ids],
    match_order: Sequence[MatchKind] = DEFAULT_MATCH,
    *,
    region: str | None = None,
) -> list[Match]:
    """Tell whom each ask means; merged members answer with their survivor. One statement, no locks.

    The first identity that is known, in the program's order, decides. A device decides only when nothing else was
    sent: families share them.

    Args:
        tx: An open transaction on the program.
        program_id: Whose members.
        asks: As callers sent them.
        match_order: The program's `joining.match`.
        region: Country of phone numbers without a country code, see `region_of`.

    Raises:
        NotValid: An ask holds what cannot be an identity; intake refuses such bodies before.
    """
    named = [normalise(ask, region=region) for ask in asks]
    return await match_named(tx, program_id, asks, named, match_order)


async def open_unknown(  # noqa: PLR0913 - who they are and what becomes of them
    tx: Transaction,
    program_id: int,
    asks: Sequence[Ids],
    *,
    as_: Literal["guest", "active"],
    now: datetime,
    claim_until: datetime | None,
    match_order: Sequence[MatchKind] = DEFAULT_MATCH,
    region: str | None = None,
    emails: JoiningEmail | None = None,
    tell: bool = False,
) -> list[UUID]:
    """Make members of people nobody knew, and return the member of each ask.

    Asks that share a matching identity become one member. Whoever loses a race for an identity gets the winner's
    member. Whose e-mail address the program refuses is a guest, whatever the others become.

    Args:
        tx: An open transaction on the program; the caller commits.
        program_id: Where they buy.
        asks: Those that `resolve` answered with no member.
        as_: `guest` until they join, or `active` at once.
        now: Becomes `created_at`, and `enrolled_at` of the active.
        claim_until: Of guests: until when they may claim what they earn.
        match_order: The program's `joining.match`.
        region: As for `resolve`.
        emails: The program's `joining.email`.
        tell: Let whoever listens know that members have joined.

    Raises:
        NotValid: An ask holds what cannot be an identity.
    """
    named = [normalise(ask, region=region) for ask in asks]
    groups = policy.grouped([policy.deciding(identities, match_order) for identities in named])
    opened = {group: new.new_id() for group in sorted(set(groups))}
    identity_rows: dict[Identity, dict[str, Any]] = {}
    for group, identities in zip(groups, named, strict=True):
        for kind, value in identities:
            identity_rows.setdefault((kind, value), identity_row((kind, value), opened[group], now))
    won = await store.take_identities(tx, program_id, list(identity_rows.values()))
    deciding = {
        identity: opened[group]
        for group, identities in zip(groups, named, strict=True)
        for identity in policy.deciding(identities, match_order)
    }
    lost = {member for identity, member in deciding.items() if identity not in won}
    known = dict(opened.items())
    if lost:
        # Somebody opened them between our look and our insert: what we took goes back, and theirs it is.
        await store.drop_identities(tx, program_id, [key for key, owner in won.items() if owner in lost], lost)
        late = [at for at, group in enumerate(groups) if opened[group] in lost]
        matches = await match_named(tx, program_id, [asks[at] for at in late], [named[at] for at in late], match_order)
        for at, match in zip(late, matches, strict=True):
            if match.member_id is not None and known[groups[at]] in lost:
                known[groups[at]] = match.member_id
    guests = set(groups) if as_ == "guest" else await _turned_away(tx, program_id, groups, named, opened, emails)
    new_ones = {group: member for group, member in known.items() if member == opened[group]}
    rows = [
        {"id": member, "created_at": now}
        | (
            {"status": "guest", "claim_until": claim_until}
            if group in guests
            else {"status": "active", "enrolled_at": now}
        )
        for group, member in new_ones.items()
    ]
    added = await store.insert_members(tx, program_id, rows)
    await ledger.open_holders(tx, program_id, added, now=now)
    if tell:
        joined = [member for group, member in new_ones.items() if group not in guests and member in added]
        await outbox.append(tx, program_id, [_enrolled(member, now) for member in joined])
    return [known[group] for group in groups]


async def _turned_away(
    tx: Transaction,
    program_id: int,
    groups: Sequence[int],
    named: Sequence[Sequence[Identity]],
    opened: Mapping[int, UUID],
    emails: JoiningEmail | None,
) -> set[int]:
    """Return the groups that stay guests for the address they gave."""
    if emails is None or not emails.refuses:
        return set()
    given = [
        (group, value)
        for group, identities in zip(groups, named, strict=True)
        for kind, value in identities
        if kind == "email"
    ]
    away = {group for group, value in given if refused_domain(value, emails) is not None}
    if emails.same_mailbox == "refuse":
        owners = await queries.mailboxes(tx, program_id, {mailbox(value) for _, value in given})
        seen: dict[str, int] = {}
        for group, value in given:
            box = mailbox(value)
            if seen.setdefault(box, group) != group or owners.get(box, set()) - set(opened.values()):
                away.add(group)
    return away


def _enrolled(member: UUID, now: datetime) -> Happening:
    return Happening(
        id=new.new_id(),
        kind="member.enrolled",
        member_id=member,
        effective_at=now,
        recorded_at=now,
        payload={"claimed": False, "referrer_id": None, "warnings": []},
    )


async def load(tx: Transaction, program_id: int, ids: Iterable[UUID], *, lock: bool = False) -> dict[UUID, Profile]:
    """Return what is known of the members; an id nobody has is missing from the answer.

    Args:
        tx: An open transaction on the program.
        program_id: Whose members.
        ids: Any number; one statement.
        lock: Hold the rows (`FOR NO KEY UPDATE`, in id order) until `tx` ends.
    """
    return await store.load(tx, program_id, ids, lock=lock)


async def report_conflicts(tx: Transaction, program_id: int, matches: Iterable[Match], *, now: datetime) -> None:
    """Note for staff that asks named two members at once; does nothing for matches without a conflict."""
    pairs = [
        (match.member_id, match.conflict)
        for match in matches
        if match.member_id is not None and match.conflict is not None
    ]
    await store.note_candidates(tx, program_id, pairs, now)


async def match_named(
    tx: Transaction,
    program_id: int,
    asks: Sequence[Ids],
    named: Sequence[Sequence[Identity]],
    match_order: Sequence[MatchKind],
) -> list[Match]:
    """As `resolve`, for asks whose identities were normalised before."""
    identities: list[dict[str, Any]] = []
    ids: list[dict[str, Any]] = []
    for at, (ask, known) in enumerate(zip(asks, named, strict=True)):
        if ask.id is not None and "id" in match_order:
            ids.append({"ask": at, "rank": match_order.index("id"), "id": ask.id})
        identities += [
            {"ask": at, "rank": policy.rank(kind, match_order), "kind": kind, "value": value}
            for kind, value in policy.deciding(known, match_order)
        ]
    if not identities and not ids:
        return [Match(None)] * len(asks)
    found: dict[int, list[tuple[int, UUID]]] = {}
    for at, rank, member in await store.find(tx, program_id, identities, ids):
        found.setdefault(at, []).append((rank, member))
    return [policy.first_match(found.get(at, ())) for at in range(len(asks))]


def identity_row(
    identity: Identity, member: UUID, now: datetime, verified: Mapping[Identity, datetime] | None = None
) -> dict[str, Any]:
    """Return the row that gives an identity to a member."""
    kind, value = identity
    row: dict[str, Any] = {"kind": kind, "value": value, "member_id": member, "added_at": now}
    if kind == "email" and (box := mailbox(value)) != value:
        row["mailbox"] = box
    if verified and identity in verified:
        row["verified_at"] = verified[identity]
    return row
