"""Two members become one, and two again. Who they are only: what they own is the console's to move with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct, structs

from puntal.kit.calendar import add, local_day
from puntal.kit.db import Transaction, encode
from puntal.members import merging, queries, store
from puntal.members.errors import CannotMerge, TooLateToUndo, UnknownMember, UnknownMerge
from puntal.members.model import Consent, Profile
from puntal.members.operations.changes import encode_one, tell
from puntal.members.operations.consents import consent_rows
from puntal.members.person import Membership
from puntal.members.store import changes
from puntal.members.store import merging as rows
from puntal.members.tokens import tokens_of

_FILLED = ("name", "locale", "country", "zone", "referrer_id")
"""What the other's words fill; given up again on undo unless it was changed since."""


class MergePlan(Struct, frozen=True, kw_only=True):
    """What a merge would make of two people.

    Attributes:
        after: The survivor's profile.
        withdrawn: Consents that end because one of the two withdrew them.
    """

    survivor: Profile
    merged: Profile
    after: Profile
    withdrawn: Sequence[Consent]


class Merge(Struct, frozen=True, kw_only=True):
    """A merge as recorded.

    Attributes:
        moves: By slice, what was re-pointed and what both were before.
    """

    id: UUID
    survivor_id: UUID
    merged_id: UUID
    at: datetime
    by: str
    undo_until: datetime
    undone_at: datetime | None
    moves: dict[str, Any]


async def plan_merge(
    tx: Transaction, program_id: int, survivor: UUID, merged: UUID, *, now: datetime, lock: bool = False
) -> MergePlan:
    """Return what a merge would make of the two, without doing it.

    Args:
        tx: An open transaction on the program.
        program_id: Whose members.
        survivor: Whose id stays.
        merged: Whose id redirects from then on.
        now: When.
        lock: Hold both until `tx` ends.

    Raises:
        UnknownMember: One of them is nobody.
        CannotMerge: The same twice; erased, merged or left; in different pools.
    """
    profiles = await store.load(tx, program_id, {survivor, merged}, lock=lock)
    if survivor not in profiles or merged not in profiles:
        raise UnknownMember
    if reason := merging.reason_against(profiles[survivor], profiles[merged]):
        raise CannotMerge(reason=reason)
    held = await queries.consents(tx, program_id, [survivor, merged])
    return MergePlan(
        survivor=profiles[survivor],
        merged=profiles[merged],
        after=merging.combined(profiles[survivor], profiles[merged]),
        withdrawn=merging.withdrawals(held.get(survivor, []), held.get(merged, []), now),
    )


async def merge_people(tx: Transaction, program_id: int, plan: MergePlan, *, now: datetime) -> dict[str, Any]:
    """Make one person of two, as planned under lock, and return the moves for `record_merge`."""
    both: dict[str, Any] = {"from": plan.merged.id, "to": plan.survivor.id}
    identities = await rows.run(tx, rows.MOVE_IDENTITIES, program_id, both)
    consents = await rows.run(tx, rows.MOVE_CONSENTS, program_id, both)
    withdrawals = consent_rows(plan.survivor.id, plan.withdrawn)
    await store.insert_consents(tx, program_id, withdrawals)
    redirected = await rows.run(tx, rows.REDIRECT, program_id, both)
    pool_moved = await rows.run(tx, rows.MOVE_POOL, program_id, both)
    pool_left = [] if pool_moved else await rows.run(tx, rows.LEAVE_POOL, program_id, both)
    await rows.run(tx, rows.END_MERGED, program_id, both | {"now": now})
    await _write(tx, program_id, plan.after, now)
    await rows.run(tx, rows.MOVE_TOKENS, program_id, both)
    await store.forget_tokens(tx, program_id, [plan.survivor.id])
    await _write_tokens(tx, program_id, plan.after)
    await rows.run(tx, rows.DROP_CANDIDATE, program_id, {"pair": [plan.survivor.id, plan.merged.id]})
    return {
        "identities": identities,
        "consents": [row[0] for row in consents],
        "withdrawals": [row["id"] for row in withdrawals],
        "redirected": [row[0] for row in redirected],
        "pool_moved": bool(pool_moved),
        "pool_left": [{"pool_id": pool, "adult": adult, "joined_at": at} for pool, adult, at in pool_left],
        "merged_status": plan.merged.status,
        "merged_claim_until": plan.merged.claim_until,
        "before": plan.survivor,
        "merged": plan.merged,
        "after": plan.after,
    }


async def record_merge(
    tx: Transaction,
    program_id: int,
    plan: MergePlan,
    moves: Mapping[str, Any],
    *,
    id: UUID,
    by: str,
    membership: Membership,
    now: datetime,
) -> Merge:
    """Write down a merge with everything it moved, for undoing it within the program's days."""
    span = membership.merge_undo
    day = add(local_day(membership.zone, now), span.count, span.unit)
    undo_until = now + timedelta(days=(day - local_day(membership.zone, now)).days)
    await rows.run(
        tx,
        rows.INSERT_MERGE,
        program_id,
        {
            "id": id,
            "survivor": plan.survivor.id,
            "merged": plan.merged.id,
            "now": now,
            "by": by,
            "undo_until": undo_until,
            "moves": encode([moves])[1:-1],
        },
    )
    await tell(tx, program_id, "member.merged", plan.survivor.id, now, {"merge_id": id, "merged_id": plan.merged.id})
    return Merge(
        id=id,
        survivor_id=plan.survivor.id,
        merged_id=plan.merged.id,
        at=now,
        by=by,
        undo_until=undo_until,
        undone_at=None,
        moves=dict(moves),
    )


async def lock_merge(tx: Transaction, program_id: int, id: UUID, *, now: datetime) -> Merge:
    """Return a merge that may be undone, held together with both members until `tx` ends.

    Raises:
        UnknownMerge: There is none, or it was undone.
        TooLateToUndo: Its days are over, one of the two was erased, or a later merge must be undone first.
    """
    found = await rows.run(tx, rows.LOCK_MERGE, program_id, {"id": id})
    if not found or found[0][6] is not None:
        raise UnknownMerge
    merge = Merge(
        id=found[0][0],
        survivor_id=found[0][1],
        merged_id=found[0][2],
        at=found[0][3],
        by=found[0][4],
        undo_until=found[0][5],
        undone_at=found[0][6],
        moves=found[0][7],
    )
    pair = [merge.survivor_id, merge.merged_id]
    profiles = await store.load(tx, program_id, pair, lock=True)
    later = await rows.run(tx, rows.LATER_MERGE, program_id, {"id": id, "at": merge.at, "pair": pair})
    if now >= merge.undo_until or later or any(one.status == "erased" for one in profiles.values()):
        raise TooLateToUndo
    return merge


async def part_people(tx: Transaction, program_id: int, merge: Merge, *, now: datetime) -> None:
    """Make two people of one again: each gets back what was hers, later words stay with the survivor."""
    moved = merge.moves["members"]
    before = msgspec.convert(moved["before"], Profile)
    after = msgspec.convert(moved["after"], Profile)
    merged = msgspec.convert(moved["merged"], Profile)
    present = (await store.load(tx, program_id, [merge.survivor_id], lock=True))[merge.survivor_id]
    await rows.run(tx, rows.MARK_UNDONE, program_id, {"id": merge.id, "now": now})
    await store.forget_tokens(tx, program_id, [merge.survivor_id])
    restored = _restored(present, before, after)
    # The place in the pool goes back before the profile says where the survivor shares.
    await rows.move_back(tx, program_id, merge.survivor_id, merge.merged_id, moved, now)
    await _write(tx, program_id, restored, now)
    for member in (merge.survivor_id, merge.merged_id):
        await changes.run(tx, changes.COPY_VERIFIED, program_id, member=member, now=now)
    await _write_tokens(tx, program_id, restored)
    await _write_tokens(tx, program_id, merged)
    await tell(tx, program_id, "member.parted", merge.survivor_id, now, {"merge_id": merge.id})


def _restored(present: Profile, before: Profile, after: Profile) -> Profile:
    """Return the survivor without what the merge gave her; what was said since then stays."""
    given_up = {key: getattr(before, key) for key in _FILLED if getattr(present, key) == getattr(after, key)}
    if present.birthday == after.birthday:
        given_up |= {
            "birthday": before.birthday,
            "birthday_set_at": before.birthday_set_at,
            "birthday_counts_from": before.birthday_counts_from,
        }
    attributes = {
        name: value
        for name, value in present.attributes.items()
        if name in before.attributes or value != after.attributes.get(name)
    }
    return structs.replace(
        present,
        **given_up,
        attributes=attributes,
        status=before.status if present.status == after.status else present.status,
        enrolled_at=before.enrolled_at,
        claim_until=before.claim_until,
    )


async def _write(tx: Transaction, program_id: int, profile: Profile, now: datetime) -> None:
    values = structs.asdict(profile) | {"attributes": encode_one(profile.attributes), "now": now}
    await rows.run(tx, rows.WRITE_COMBINED, program_id, values)


async def _write_tokens(tx: Transaction, program_id: int, profile: Profile) -> None:
    words = [{"token": token, "member_id": profile.id} for token in tokens_of(profile.name)]
    await store.write_tokens(tx, program_id, words)
