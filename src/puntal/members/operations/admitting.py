"""Who is let in: the segments a program is open to, and the addresses it accepts.

People are written first and looked at then, as the members they would be; the caller takes back who is turned away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from puntal.kit.db import Transaction
from puntal.kit.errors import Refusal
from puntal.members import queries, store
from puntal.members.errors import EmailRefused, NotEligible, SameMailbox
from puntal.members.identities import mailbox, refused_domain
from puntal.members.model import Profile, Status
from puntal.members.person import Membership

_INSIDE: frozenset[Status] = frozenset({"active", "paused", "blocked"})


async def turned_away(
    tx: Transaction, program_id: int, joined: Sequence[tuple[int, UUID]], *, membership: Membership, now: datetime
) -> dict[int, Refusal]:
    """Return why some of those who have just joined must not, by the number they come with.

    Args:
        tx: An open transaction on the program in which they were written; locks nothing.
        program_id: What they joined.
        joined: Number and member, in order: of two with one mailbox the first is let in.
        membership: What the program's document says.
        now: When.
    """
    refused: dict[int, Refusal] = {}
    members = [member for _, member in joined]
    if membership.restricted and members:
        if membership.may_join is None:
            raise RuntimeError("nobody can tell who may join this program")
        meant = await membership.may_join(tx, members, now)
        refused = {at: NotEligible() for at, member in joined if member not in meant}
    if membership.emails.refuses and members:
        emails = await _emails(tx, program_id, members)
        for at, member in joined:
            for address in emails.get(member, ()):
                domain = refused_domain(address, membership.emails)
                if domain is not None:
                    refused.setdefault(at, EmailRefused(domain=domain))
        if membership.emails.same_mailbox == "refuse":
            await _one_per_mailbox(tx, program_id, joined, emails, refused)
    return refused


async def _emails(tx: Transaction, program_id: int, members: Sequence[UUID]) -> Mapping[UUID, list[str]]:
    known = await queries.identities(tx, program_id, members)
    return {member: [one.value for one in found if one.kind == "email"] for member, found in known.items()}


async def _one_per_mailbox(
    tx: Transaction,
    program_id: int,
    joined: Sequence[tuple[int, UUID]],
    emails: Mapping[UUID, Sequence[str]],
    refused: dict[int, Refusal],
) -> None:
    boxes = {member: {mailbox(address) for address in emails.get(member, ())} for _, member in joined}
    owners = await queries.mailboxes(tx, program_id, set[str]().union(*boxes.values()))
    others = set[UUID]().union(*owners.values()) - set(boxes)
    profiles = await store.load(tx, program_id, others, lock=False)
    taken = {box for box, found in owners.items() if any(_is_inside(profiles, one) for one in found)}
    for at, member in joined:
        if at not in refused and boxes[member] & taken:
            refused[at] = SameMailbox()
        elif at not in refused:
            taken |= boxes[member]


def _is_inside(profiles: Mapping[UUID, Profile], member: UUID) -> bool:
    return member in profiles and profiles[member].status in _INSIDE
