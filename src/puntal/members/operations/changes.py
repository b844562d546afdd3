"""What changes about a member: her profile, her status, her identities."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import structs

from puntal.access.operations import audit
from puntal.kit import ids as new
from puntal.kit.calendar import local_day
from puntal.kit.db import ProgramId, Transaction, encode
from puntal.members import birthdays, policy, queries, store
from puntal.members.errors import IdentityTaken, LastIdentity, NotValid, UnknownMember, WrongStatus
from puntal.members.identities import normalise
from puntal.members.model import Evidence, Identity, Ids, KnownIdentity, Profile, Status
from puntal.members.operations.admitting import turned_away
from puntal.members.operations.recognise import identity_row
from puntal.members.person import Membership, details_faults, read_attributes
from puntal.members.store import changes
from puntal.members.tokens import tokens_of
from puntal.outbox import operations as outbox
from puntal.outbox.model import Happening

_DETAILS = ("name", "locale", "country", "zone", "birthday")
_HAPPENED = {"active": "resumed", "guest": "resumed"}


async def update_member(
    tx: Transaction,
    program_id: int,
    member: UUID,
    said: Mapping[str, Any],
    *,
    membership: Membership,
    now: datetime,
) -> Profile:
    """Change what is said and leave the rest; None takes a value away. Saying it twice changes nothing.

    A birthday moved to another day counts from the one after next when it is too close ahead, and is never
    celebrated twice in a year or within 300 days, whatever it is changed to.

    Args:
        tx: An open transaction on the program; the caller commits.
        program_id: Whose member.
        member: Who.
        said: Any of name, locale, country, zone, birthday, and `attributes` by bare name.
        membership: What the program's document says.
        now: When.

    Raises:
        UnknownMember: No such member, or erased or merged.
        NotValid: Naming everything wrong.
    """
    before = await held(tx, program_id, member)
    faults = details_faults(said, now, membership)
    attributes, wrong = read_attributes(said.get("attributes") or {}, membership)
    faults += wrong
    if faults:
        raise NotValid(faults)
    details = {key: said[key] for key in _DETAILS if key in said}
    if isinstance(details.get("name"), str):
        details["name"] = details["name"].strip()
    kept = {name: value for name, value in (dict(before.attributes) | attributes).items() if value is not None}
    after = structs.replace(before, **details, attributes=kept)
    after = _with_birthday(before, after, membership, now)
    if after == before:
        return before
    after = structs.replace(after, updated_at=now)
    await _write_profile(tx, program_id, after, now)
    if after.name != before.name:
        await store.forget_tokens(tx, program_id, [member])
        words = [{"token": token, "member_id": member} for token in tokens_of(after.name)]
        await store.write_tokens(tx, program_id, words)
    changed = [key for key in _DETAILS if getattr(after, key) != getattr(before, key)]
    changed += [f"attributes.{name}" for name in attributes if before.attributes.get(name) != kept.get(name)]
    await tell(tx, program_id, "member.updated", member, now, {"changed": changed})
    return after


async def change_status(
    tx: Transaction,
    program_id: int,
    member: UUID,
    wanted: Literal["active", "paused", "blocked", "left"],
    *,
    now: datetime,
    reason: str,
    by: str,
) -> Profile:
    """Pause, resume (`active`), block, unblock (`active`) a member, or let her leave. A second call changes nothing.

    Who left comes back by enrolling again. A guest who is unblocked is a guest again.

    Raises:
        UnknownMember: No such member, or erased or merged.
        WrongStatus: There is no way from the present status to this one.
    """
    before = await held(tx, program_id, member)
    status: Status = "guest" if wanted == "active" and before.enrolled_at is None else wanted
    if before.status == status:
        return before
    if status not in policy.MAY_BECOME[before.status]:
        raise WrongStatus(status=before.status, wanted=wanted)
    await changes.run(tx, changes.SET_STATUS, program_id, id=member, status=status, now=now)
    happened = f"member.{_HAPPENED.get(status, status)}"
    await audit.record(
        tx,
        actor=by,
        action=happened,
        subject=f"member:{member}",
        now=now,
        program_id=ProgramId(program_id),
        detail={"from": before.status, "reason": reason},
    )
    await tell(tx, program_id, happened, member, now, {"from": before.status, "reason": reason})
    return structs.replace(before, status=status, updated_at=now)


async def add_identities(
    tx: Transaction, program_id: int, member: UUID, ids: Ids, *, membership: Membership, now: datetime
) -> list[KnownIdentity]:
    """Give a member more ways to be recognised, and return all she has. Those she has already stay as they are.

    Raises:
        UnknownMember: No such member, or erased or merged.
        NotValid: Something cannot be an identity.
        IdentityTaken: It is another member's (`other`), whom the caller may want to merge. Nothing was added.
        EmailRefused: Nobody may join with such an address, nor be known by it later.
        SameMailbox: The address delivers to another member's mailbox, and the program minds.
    """
    identities = normalise(ids, region=membership.region)
    # Identities before member rows, everywhere.
    won = await store.take_identities(tx, program_id, [identity_row(identity, member, now) for identity in identities])
    await held(tx, program_id, member)
    lost = [{"kind": kind, "value": value} for kind, value in identities if (kind, value) not in won]
    if lost:
        for kind, _, owner in await changes.run(tx, changes.OWNERS, program_id, rows=encode(lost)):
            if owner != member:
                raise IdentityTaken(kind=kind, other=str(owner))
    if membership.emails.refuses and any(kind == "email" for kind, _ in won):
        only_emails = replace(membership, restricted=False)
        for refusal in (await turned_away(tx, program_id, [(0, member)], membership=only_emails, now=now)).values():
            raise refusal
    if won:
        await tell(tx, program_id, "member.identified", member, now, {"kinds": sorted(kind for kind, _ in won)})
    return (await queries.identities(tx, program_id, [member])).get(member, [])


async def remove_identity(tx: Transaction, program_id: int, member: UUID, identity: Identity, *, now: datetime) -> None:
    """Take a way to be recognised from a member. A second call changes nothing.

    Args:
        tx: An open transaction on the program; the caller commits.
        program_id: Whose member.
        member: Who.
        identity: Kind and normalised value, as `queries.identities` shows them.
        now: When.

    Raises:
        UnknownMember: No such member, or erased or merged.
        LastIdentity: Nobody could find her any more.
    """
    await held(tx, program_id, member)
    known = [(one.kind, one.value) for one in (await queries.identities(tx, program_id, [member])).get(member, [])]
    if identity not in known:
        return
    if all(kind == "device" for kind, value in known if (kind, value) != identity):
        raise LastIdentity
    await store.drop_identities(tx, program_id, [identity], [member])
    await changes.run(tx, changes.COPY_VERIFIED, program_id, member=member, now=now)
    await tell(tx, program_id, "member.identity_removed", member, now, {"kind": identity[0]})


async def verify_identity(
    tx: Transaction,
    program_id: int,
    member: UUID,
    identity: Identity,
    *,
    now: datetime,
    evidence: Evidence | None = None,
) -> None:
    """Note that the member proved an address is hers; how is the caller's business. The first proof counts.

    Args:
        tx: An open transaction on the program; the caller commits.
        program_id: Whose member.
        member: Who.
        identity: Kind and normalised value, as `queries.identities` shows them.
        now: When.
        evidence: What proved it; kept with the identity.

    Raises:
        UnknownMember: No such member, or the identity is not hers.
    """
    profile = await held(tx, program_id, member)
    kind, value = identity
    said = None if evidence is None else encode([evidence])[1:-1]
    if not await changes.run(
        tx, changes.VERIFY_IDENTITY, program_id, member=member, kind=kind, value=value, now=now, evidence=said
    ):
        raise UnknownMember
    await changes.run(tx, changes.COPY_VERIFIED, program_id, member=member, now=now)
    known = {"email": profile.email_verified_at, "phone": profile.phone_verified_at}
    if kind in known and known[kind] is None:
        await tell(tx, program_id, "member.verified", member, now, {"kind": kind})


async def held(tx: Transaction, program_id: int, member: UUID) -> Profile:
    """Return a member's profile, locked until `tx` ends.

    Raises:
        UnknownMember: No such member, or erased or merged.
    """
    profile = (await store.load(tx, program_id, [member], lock=True)).get(member)
    if profile is None or profile.status in {"erased", "merged"}:
        raise UnknownMember
    return profile


async def tell(
    tx: Transaction, program_id: int, kind: str, member: UUID, now: datetime, payload: Mapping[str, Any]
) -> None:
    """Write one thing that happened to a member into the outbox."""
    await tell_all(tx, program_id, kind, [member], now, payload)


async def tell_all(
    tx: Transaction, program_id: int, kind: str, members: Iterable[UUID], now: datetime, payload: Mapping[str, Any]
) -> None:
    """Write that the same thing happened to several members."""
    happenings = [
        Happening(id=new.new_id(), kind=kind, member_id=member, effective_at=now, recorded_at=now, payload=payload)
        for member in members
    ]
    await outbox.append(tx, program_id, happenings)


def _with_birthday(before: Profile, after: Profile, membership: Membership, now: datetime) -> Profile:
    if after.birthday == before.birthday:
        return after
    if after.birthday is None:
        return structs.replace(after, birthday_set_at=now, birthday_counts_from=None)
    same_day = before.birthday is not None and (before.birthday.month, before.birthday.day) == (
        after.birthday.month,
        after.birthday.day,
    )
    if same_day:
        return after
    today = local_day(ZoneInfo(after.zone) if after.zone else membership.zone, now)
    starts = birthdays.counts_from(after.birthday, today, membership.birthday_set_before)
    return structs.replace(after, birthday_set_at=now, birthday_counts_from=starts)


async def _write_profile(tx: Transaction, program_id: int, profile: Profile, now: datetime) -> None:
    await changes.run(
        tx,
        changes.UPDATE_PROFILE,
        program_id,
        id=profile.id,
        name=profile.name,
        locale=profile.locale,
        country=profile.country,
        zone=profile.zone,
        birthday=profile.birthday,
        birthday_set_at=profile.birthday_set_at,
        birthday_counts_from=profile.birthday_counts_from,
        attributes=encode_one(profile.attributes),
        now=now,
    )


def encode_one(value: Mapping[str, Any]) -> str:
    """Return one JSON object for a `jsonb` column."""
    return encode([value])[1:-1]
