"""Whose wallets a request is about, merged members answering as their survivor; and who may spend from them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from puntal.kit.db import Transaction
from puntal.members import operations as members
from puntal.members import queries
from puntal.members.errors import UnknownMember
from puntal.members.model import Profile
from puntal.points.errors import Unverified
from puntal.points.model import Terms


async def holders_of(tx: Transaction, program_id: int, member_id: UUID) -> list[UUID]:
    """Return the holder of a member's wallets, first, and those merged into it, whose transfers it reads.

    Raises:
        UnknownMember: Nobody here has that id.
    """
    (holder,) = await find_survivors(tx, program_id, [member_id])
    return [holder, *await queries.redirected_to(tx, program_id, holder)]


async def find_survivors(tx: Transaction, program_id: int, member_ids: Sequence[UUID]) -> list[UUID]:
    """Return the members themselves or, of those that were merged, their survivors."""
    profiles = await members.load(tx, program_id, member_ids)
    if not all(member_id in profiles for member_id in member_ids):
        raise UnknownMember
    return [profiles[member_id].merged_into or member_id for member_id in member_ids]


def check_verified(terms: Sequence[Terms], profile: Profile) -> None:
    """Let a member spend only once she has verified what the program asks for.

    Raises:
        Unverified: Naming what is missing.
    """
    known = {"email": profile.email_verified_at, "phone": profile.phone_verified_at}
    missing = [proof for proof in (terms[0].needs if terms else ()) if known[proof] is None]
    if missing:
        raise Unverified(needed=", ".join(missing))
