"""Rewards that tiers gave, going back with their orders: their vouchers end, unless they were used."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from puntal.engine.model import TIER_GIFT, VOUCHER_TAKEN
from puntal.intake.batch import Batch
from puntal.kit.db import Transaction
from puntal.orders.model import OrderGift
from puntal.rewards.operations import vouchers
from puntal.rewards.queries import vouchers as voucher_rows


async def take_back(tx: Transaction, batch: Batch) -> None:
    """End the vouchers of gifts that a batch takes back; before anything is written, for used ones stay given.

    Members are locked by the batch, vouchers by their ids here, before events are written.
    """
    taken = {gift.voucher: (member, gift) for member, gift in _taken(batch)}
    if not taken:
        return
    now = max(batch.touched.values())
    await vouchers.end(tx, batch.programs.program_id, taken, because="refund", now=now)
    batch.gone |= taken.keys()
    program_id = batch.programs.program_id
    used = {id for id, voucher in (await voucher_rows.load(tx, program_id, taken)).items() if voucher.used}
    # A partner's code that was given cannot be taken back; one that is still owed need not be given.
    handed = await vouchers.caused(tx, program_id, {str(id) for id in taken})
    await vouchers.owe_no_more(tx, program_id, taken)
    for id, (member, gift) in taken.items():
        if id in used or str(id) in handed:
            gift.taken = False
            marks = batch.running[member].once.setdefault(TIER_GIFT, [])
            if gift.mark not in marks:
                marks.append(gift.mark)


def _taken(batch: Batch) -> Iterator[tuple[UUID, OrderGift]]:
    """Yield gifts of orders as they will be written that some decision of the batch took back."""
    for one in batch.decided:
        decision, member = one.decision, one.member_id
        if decision is None or decision.order is None or not decision.order.gifts or member is None:
            continue
        keys = {reason.rule for reason in decision.reasons if reason.code == VOUCHER_TAKEN}
        if keys:
            record = batch.changed_orders[decision.order.source, decision.order.order_id]
            yield from ((member, gift) for gift in record.gifts if gift.taken and gift.key in keys)
