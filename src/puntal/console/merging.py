"""Merging two members with everything they own, and parting them again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct, structs

from puntal.access.operations import audit
from puntal.activity import operations as activity
from puntal.activity.model import Count
from puntal.console import running
from puntal.console.errors import PoolFirst
from puntal.engine import redeem_room
from puntal.engine.model import Compiled, Running
from puntal.engine.tally import Tally, change, tally
from puntal.engine.work import NEVER
from puntal.kit import ids
from puntal.kit.calendar import local_day
from puntal.kit.db import ProgramId, Transaction
from puntal.ledger import operations as ledger
from puntal.ledger.model import Holder
from puntal.limits.model import Used
from puntal.members import operations as members
from puntal.members.model import Consent, Profile
from puntal.members.operations import Membership, Merge, MergePlan
from puntal.orders import operations as orders
from puntal.orders import queries as order_rows
from puntal.points import operations as points
from puntal.rewards.operations import redemptions, vouchers
from puntal.segments import operations as segments
from puntal.tiers import operations as tiers
from puntal.tiers.operations import merging as standings


class Preview(Struct, frozen=True, kw_only=True):
    """What a merge would make.

    Attributes:
        survivor: As she would be.
        withdrawn: Consents that would end because one of the two withdrew them.
        balances: By wallet id: available and pending, less debt, after debt was paid.
        tiers: By ladder.
        measures: By ladder, every window bucket.
    """

    survivor: Profile
    withdrawn: Sequence[Consent]
    balances: dict[str, dict[str, int]]
    tiers: dict[str, str]
    measures: dict[str, dict[str, int]]


async def preview(tx: Transaction, compiled: Compiled, *, survivor: UUID, merged: UUID, now: datetime) -> Preview:
    """Return what a merge would make of two members; changes nothing.

    Raises:
        UnknownMember: One of them is nobody.
        CannotMerge: The same twice; erased, merged or left.
        PoolFirst: The one to be merged shares with a pool.
        HoldsOpen: A redemption is under way.
    """
    program_id = ProgramId(compiled.program_id)
    plan = await members.plan_merge(tx, program_id, survivor, merged, now=now)
    _check_pools(plan)
    found = await ledger.read_holders(tx, program_id, [survivor, merged])
    books = await points.read_books(tx, program_id, compiled.terms, list(found), now=now)
    balances = {}
    for terms in compiled.terms:
        at = terms.ordinal
        available, pending, held, debt = (
            sum(getattr(each, account)[at] for each in books.values())
            for account in ("available", "pending", "held", "debt")
        )
        paid = min(available, debt)
        balances[terms.id] = {
            "available": available - paid,
            "pending": pending,
            "held": held,
            "debt": debt - paid,
        }
    before = _states(found, survivor, merged)
    combined, _, _ = standings.combine(
        compiled.climbs, (plan.after, before[0].tiers), (plan.merged, before[1].tiers), at=now
    )
    return Preview(
        survivor=plan.after,
        withdrawn=plan.withdrawn,
        balances=balances,
        tiers={ladder: standing.tier for ladder, standing in combined.items()},
        measures={ladder: dict(standing.counts) for ladder, standing in combined.items()},
    )


async def merge(
    tx: Transaction,
    compiled: Compiled,
    membership: Membership,
    *,
    survivor: UUID,
    merged: UUID,
    by: str,
    now: datetime,
) -> Merge:
    """Make one member of two: lots, debt, orders, activity, limits, tiers, segments and identities move.

    Debt is paid at once. What is used of limits is summed: an overrun stops new awards and takes nothing. The old
    id redirects from now on; transfers and events keep it.

    Args:
        tx: An open transaction on the program; the caller commits.
        compiled: The program as of now.
        membership: What its document says about members.
        survivor: Whose id stays.
        merged: Whose id redirects.
        by: Who asked, for the log.
        now: When.

    Raises:
        UnknownMember: One of them is nobody.
        CannotMerge: The same twice; erased, merged or left.
        PoolFirst: The one to be merged shares with a pool, which she leaves first.
        HoldsOpen: A redemption is under way; it must end first.
    """
    program_id = ProgramId(compiled.program_id)
    plan = await members.plan_merge(tx, program_id, survivor, merged, now=now, lock=True)
    _check_pools(plan)
    debts = (await ledger.open_and_lock(tx, program_id, [survivor, merged], now=now))[merged].debt
    lots = await points.reassign(tx, program_id, compiled.terms, giver_id=merged, receiver_id=survivor, now=now)
    rows = await ledger.open_and_lock(tx, program_id, [survivor, merged], now=now)
    own, others = _states(rows, survivor, merged)
    tiers_after, changes, due = standings.combine(
        compiled.climbs, (plan.after, own.tiers), (plan.merged, others.tiers), at=now
    )
    both = running.combine(own, others, tiers_after)
    told = tally(compiled.terms, await order_rows.of_member(tx, program_id, merged))
    waits = [at for at in (rows[survivor].due_at, rows[merged].due_at, due) if at is not None]
    today = local_day(compiled.zone, now)
    written = [
        _row(rows[survivor], running.write(rows[survivor].running, both), min(waits, default=None), today),
        _row(rows[merged], b"{}", None, NEVER),
    ]
    await ledger.write(tx, program_id, holders=written, transfers=[])
    await tiers.record(tx, program_id, [(survivor, change) for change in changes], now=now)
    counts = await activity.reassign(tx, program_id, source=merged, target=survivor)
    keys = await orders.reassign(tx, program_id, source=merged, target=survivor)
    listed = await segments.reassign(tx, program_id, source=merged, target=survivor, lists=_lists(compiled))
    coupons = await vouchers.reassign(tx, program_id, source=merged, target=survivor)
    redeemed = await redemptions.reassign(tx, program_id, source=merged, target=survivor)
    moves: dict[str, Any] = {
        "members": await members.merge_people(tx, program_id, plan, now=now),
        "lots": lots,
        "debts": [min(pair) for pair in zip(debts, rows[survivor].debt, strict=False)],
        "told": told,
        "running": running.Before(own, others, both),
        "activity": counts,
        "orders": keys,
        "lists": listed,
        "vouchers": coupons,
        "redemptions": redeemed,
        "room": await _room(tx, program_id, redeemed),
    }
    done = await members.record_merge(
        tx, program_id, plan, moves, id=ids.new_id(), by=by, membership=membership, now=now
    )
    await audit.record(
        tx,
        actor=by,
        action="member.merged",
        subject=f"member:{survivor}",
        now=now,
        program_id=program_id,
        detail={"merge": str(done.id), "merged": str(merged)},
    )
    return done


async def undo(tx: Transaction, compiled: Compiled, merge_id: UUID, *, by: str, now: datetime) -> Merge:
    """Make two members of one again, within the program's days for it.

    Each gets her lots and orders as they are now, with all that was given and taken back for these orders since; other
    things earned since stay with the survivor. Debt that was paid stays paid. Limits, measures, totals and daily
    figures are each her own again, and the next night looks at both tiers.

    Raises:
        UnknownMerge: There is none, or it was undone.
        TooLateToUndo: Its days are over, or a later merge must be undone first.
        HoldsOpen: A redemption is under way; it must end first.
    """
    program_id = ProgramId(compiled.program_id)
    done = await members.lock_merge(tx, program_id, merge_id, now=now)
    survivor, merged, moves = done.survivor_id, done.merged_id, done.moves
    before = msgspec.convert(moves["running"], running.Before, strict=False)
    await orders.reassign(tx, program_id, source=survivor, target=merged, only=moves["orders"])
    records = await order_rows.of_member(tx, program_id, merged)
    since = change(msgspec.convert(moves["told"], Tally, strict=False), tally(compiled.terms, records))
    await points.reassign(
        tx,
        program_id,
        compiled.terms,
        giver_id=survivor,
        receiver_id=merged,
        now=now,
        only={UUID(lot) for lot in moves["lots"]},
        orders={record.key for record in records},
        debts=_debts(compiled, moves["debts"], since),
    )
    rows = await ledger.open_and_lock(tx, program_id, [survivor, merged], now=now)
    present = running.read(rows[survivor].running)
    parted = standings.part(
        compiled.climbs,
        present.tiers,
        standings.Before(before.survivor.tiers, before.merged.tiers, before.combined.tiers),
        running.days_of(since, compiled.climbs),
        survivor=msgspec.convert(moves["members"]["before"], Profile),
        merged=msgspec.convert(moves["members"]["merged"], Profile),
        at=now,
    )
    redeemed = [UUID(id) for id in moves.get("redemptions", ())]
    now_used = await _room(tx, program_id, redeemed)
    # Merges of before this was noted say nothing of it.
    then_used = msgspec.convert(moves["room"], Used, strict=False) if "room" in moves else now_used
    hers, theirs = running.part(present, before, since, (then_used, now_used), (parted.survivor, parted.merged))
    # The clock looks at both at once: their tiers and lots may be due on other days than before.
    today = local_day(compiled.zone, now)
    written = [
        _row(rows[survivor], running.write(rows[survivor].running, hers), now, today),
        _row(rows[merged], running.write(rows[merged].running, theirs), now, today),
    ]
    await ledger.write(tx, program_id, holders=written, transfers=[])
    told = [(survivor, each) for each in parted.changes] + [(merged, each) for each in parted.merged_changes]
    await tiers.record(tx, program_id, told, now=now)
    lists = segments.read_segments(compiled.document, compiled.wallets)
    for name, was_new in done.moves["lists"].items():
        # A member is on few lists, and a list that was dropped since is nobody's.
        if name in lists.lists:
            await segments.add_members(tx, program_id, lists, name, [merged], now=now)
            if was_new:
                await segments.remove_members(tx, program_id, lists, name, [survivor], now=now)
    await redemptions.reassign(tx, program_id, source=survivor, target=merged, only=redeemed)
    coupons = [UUID(voucher) for voucher in moves.get("vouchers", ())]
    await vouchers.reassign(tx, program_id, source=survivor, target=merged, only=coupons)
    await members.part_people(tx, program_id, done, now=now)
    await _count_apart(tx, compiled, done)
    await audit.record(
        tx,
        actor=by,
        action="member.parted",
        subject=f"member:{survivor}",
        now=now,
        program_id=program_id,
        detail={"merge": str(done.id), "merged": str(merged)},
    )
    return done


async def _room(tx: Transaction, program_id: int, redeemed: Sequence[UUID]) -> Used:
    """Return what redemptions use of their member's limits."""
    found = await redemptions.load(tx, program_id, redeemed)
    return redeem_room.used_by(use for made in found.values() for use in made.uses)


def _lists(compiled: Compiled) -> list[str]:
    return [name for name, segment in compiled.document.segments.items() if segment.list]


def _check_pools(plan: MergePlan) -> None:
    if plan.merged.pool_id is not None:
        raise PoolFirst


def _states(rows: dict[UUID, Holder], survivor: UUID, merged: UUID) -> tuple[Running, Running]:
    one, other = (running.read(rows[id].running) if id in rows else Running() for id in (survivor, merged))
    return one, other


def _row(row: Holder, state: bytes, due: datetime | None, review: date) -> Holder:
    return structs.replace(row, running=msgspec.Raw(state), due_at=due, review_on=review)


def _debts(compiled: Compiled, left: Sequence[int], since: Tally) -> list[int]:
    """Return by wallet what the merged member still owed after the merge, and what refunds of her orders added."""
    return [
        (left[terms.ordinal] if terms.ordinal < len(left) else 0) + max(0, since.owed.get(terms.id, 0))
        for terms in compiled.terms
    ]


async def _count_apart(tx: Transaction, compiled: Compiled, done: Merge) -> None:
    """Give both their daily figures: as they were, and those that something reads as orders and events say now."""
    program_id = compiled.program_id
    counts = msgspec.convert(done.moves["activity"], list[Count])
    less = [structs.replace(one, member_id=done.survivor_id, count=-one.count, amount=-one.amount) for one in counts]
    await activity.record(tx, program_id, [*counts, *less])
    kinds = [*compiled.counted, *((metric, "") for metric in sorted(compiled.counted_events))]
    both = [done.survivor_id, done.merged_id]
    await activity.count_again(tx, program_id, both, kinds, compiled.document)
