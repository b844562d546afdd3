"""Everything held about a person, and taking it away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from puntal.kit.db import Transaction
from puntal.members import queries, store
from puntal.members.errors import UnknownMember
from puntal.members.operations.changes import tell_all
from puntal.members.store import changes


async def held_about(tx: Transaction, program_id: int, member: UUID) -> dict[str, Any]:
    """Return everything this slice holds about a member, in the words of the API.

    Raises:
        UnknownMember: No such member.
    """
    profile = (await store.load(tx, program_id, [member], lock=False)).get(member)
    if profile is None:
        raise UnknownMember
    redirected = await queries.redirected_to(tx, program_id, member)
    return {
        "profile": profile,
        "identities": (await queries.identities(tx, program_id, [member])).get(member, []),
        "consents": (await queries.consents(tx, program_id, [member], history=True)).get(member, []),
        "earlier_ids": redirected,
    }


async def forget(tx: Transaction, program_id: int, members: Sequence[UUID], *, now: datetime) -> None:
    """Break the link between members and people: identities, profile, evidence of consents, merges, pools.

    The rows stay, named `erased`, because the books name them. A second call changes nothing that matters.
    """
    if members:
        await store.load(tx, program_id, members, lock=True)
        await changes.forget(tx, program_id, members, now)
        await store.forget_tokens(tx, program_id, members)
        await tell_all(tx, program_id, "member.erased", members, now, {})
