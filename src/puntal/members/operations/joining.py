"""Guests join by themselves, where the program says so."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from puntal.kit.db import Transaction
from puntal.members import store
from puntal.members.model import Enrolled, Ids, NewMember
from puntal.members.operations.enrolment import enrol_many
from puntal.members.person import Membership


async def admit_guests(
    tx: Transaction, program_id: int, people: Collection[UUID], *, membership: Membership, now: datetime
) -> list[UUID]:
    """Make members of those of these people who are guests and may join; return them. A second call changes nothing.

    They may join who are in the segments the program is open to, have agreed to what is needed, have an address it
    accepts, and whose time to claim is not over.

    Args:
        tx: An open transaction on the program; the caller commits.
        program_id: What they join.
        people: Any number; members and strangers are left alone.
        membership: What the program's document says.
        now: Becomes `enrolled_at`.
    """
    profiles = await store.load(tx, program_id, people, lock=False)
    guests = sorted(
        id
        for id, profile in profiles.items()
        if profile.status == "guest" and (profile.claim_until is None or profile.claim_until > now)
    )
    if guests and membership.may_join is not None:
        # Most of those who are not meant would be written and taken back otherwise.
        meant = await membership.may_join(tx, guests, now)
        guests = [id for id in guests if id in meant]
    if not guests:
        return []
    by_id = replace(membership, match_order=("id", *(kind for kind in membership.match_order if kind != "id")))
    asked = [NewMember(ids=Ids(id=id)) for id in guests]
    answers = await enrol_many(tx, program_id, asked, membership=by_id, now=now)
    return [answer.id for answer in answers if isinstance(answer, Enrolled) and answer.claimed]
