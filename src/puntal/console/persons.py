"""Everything held about a person, and breaking the link between her and the books."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from puntal.access.operations import approvals, audit
from puntal.activity import operations as activity
from puntal.console import store
from puntal.console.errors import PayOutFirst, PoolFirst
from puntal.engine.model import Compiled
from puntal.kit.db import ProgramId, Transaction
from puntal.ledger import operations as ledger
from puntal.members import operations as members
from puntal.members.errors import UnknownMember
from puntal.outbox import operations as outbox
from puntal.payments import queries as payments
from puntal.points import operations as points
from puntal.rewards.operations import redemptions, vouchers
from puntal.segments import operations as segments

PUBLIC_REASON = "erased"


async def export(tx: Transaction, compiled: Compiled, member: UUID, *, now: datetime) -> dict[str, Any]:
    """Return everything held about a member, ids merged into hers included, as JSON values.

    Raises:
        UnknownMember: No such member.
    """
    program_id = compiled.program_id
    person = await members.held_about(tx, program_id, member)
    everyone = [member, *person["earlier_ids"]]
    books = await points.read_books(tx, program_id, compiled.terms, [member], now=now)
    holders = await ledger.read_holders(tx, program_id, [member])
    own = books.get(member)
    wallets = {
        terms.id: {
            account: getattr(own, account)[terms.ordinal] for account in ("available", "pending", "held", "debt")
        }
        for terms in compiled.terms
        if own is not None
    }
    return {
        **person,
        "wallets": wallets,
        "running": msgspec.json.decode(holders[member].running) if member in holders else {},
        "activity": await activity.held_about(tx, program_id, everyone),
        "payments": await payments.held_about(tx, program_id, everyone),
        "segments": await segments.held_about(tx, program_id, everyone),
        "redemptions": await redemptions.held_about(tx, program_id, everyone),
        **await vouchers.held_about(tx, program_id, everyone),
        "notices": await outbox.held_about(tx, program_id, everyone),
        **await store.held_about(tx, program_id, everyone),
    }


async def erase(tx: Transaction, compiled: Compiled, member: UUID, *, by: str, now: datetime) -> None:
    """Break the link between a member and the person, and keep the books; what she owes is written off.

    Identities, profile, evidence of consents, activity, segments, and the words of her events go, and what waits for a
    second person's word about her ends; that she agreed, bought and earned stays countable. Erasing again changes
    nothing. There is no undo.

    Args:
        tx: An open transaction on the program; the caller commits.
        compiled: The program as of now.
        member: Who; ids merged into hers are erased with her.
        by: Who asked, for the log; never a word about the person.
        now: When.

    Raises:
        UnknownMember: No such member, or merged: erase the survivor.
        PoolFirst: She leaves her pool first, taking what is hers.
        PayOutFirst: Money she paid in is paid out first: afterwards nobody would know whom to pay.
    """
    program_id = ProgramId(compiled.program_id)
    # Before she is locked, as whoever decides one locks it first; a refusal below takes it back.
    about = [f"member:{one}" for one in await _everyone(tx, program_id, member)]
    await approvals.end_about(tx, program_id, about, by=by, now=now)
    profile = (await members.load(tx, program_id, [member], lock=True)).get(member)
    if profile is None or profile.status == "merged":
        raise UnknownMember
    if profile.status == "erased":
        return
    if profile.pool_id is not None:
        raise PoolFirst
    owed = await points.money_owed(tx, program_id, compiled.terms, member, now=now)
    if owed:
        raise PayOutFirst(owed=", ".join(f"{amount} {wallet}" for wallet, amount in owed.items()), wallets=owed)
    everyone = await _everyone(tx, program_id, member)
    holder = (await ledger.lock_holders(tx, program_id, [member])).get(member)
    for terms in compiled.terms:
        # One write-off per wallet that owes: a handful at most, and each is a transfer with its sentence.
        if holder is not None and len(holder.debt) > terms.ordinal and holder.debt[terms.ordinal]:
            await points.write_off(
                tx,
                program_id,
                compiled.terms,
                holder_id=member,
                wallet=terms.id,
                amount=None,
                reason=PUBLIC_REASON,
                actor=by,
                now=now,
            )
    await vouchers.forget(tx, program_id, everyone, now=now)
    await redemptions.forget(tx, program_id, everyone)
    await activity.forget(tx, program_id, everyone)
    await segments.forget(tx, program_id, everyone)
    await store.scrub_events(tx, program_id, everyone)
    await members.forget(tx, program_id, everyone, now=now)
    await outbox.forget(tx, program_id, everyone)
    await audit.record(tx, actor=by, action="member.erased", subject=f"member:{member}", now=now, program_id=program_id)


async def _everyone(tx: Transaction, program_id: int, member: UUID) -> list[UUID]:
    return [member, *(await members.held_about(tx, program_id, member))["earlier_ids"]]
