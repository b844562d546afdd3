"""Redeeming what is held."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from uuid import UUID

from puntal.checkout.operations.desk import Desk, Desks, again_if_missed, cause_of
from puntal.checkout.operations.issuing import fulfil, issued_to
from puntal.checkout.operations.redemptions.ending import open_redemptions
from puntal.checkout.operations.redemptions.model import Redeemed, committed
from puntal.engine import redeem_room, redeeming
from puntal.engine.model import Compiled
from puntal.intake import redemption_news as telling
from puntal.intake.operations import Programs
from puntal.kit.db import Transaction
from puntal.limits import operations as limits
from puntal.limits.model import BudgetKey
from puntal.outbox import operations as outbox
from puntal.rewards.errors import (
    REFUSED,
    MoreThanHeld,
    RedemptionEnded,
)
from puntal.rewards.model import Redemption
from puntal.rewards.operations import redemptions as rows


async def commit(
    tx: Transaction,
    programs: Programs,
    id: UUID,
    *,
    discount_minor: int | None = None,
    order_minor: int | None = None,
    now: datetime,
    recorded_at: datetime,
) -> Redeemed:
    """Redeem what is held; doing it again changes nothing.

    Args:
        tx: An open transaction on the program; the caller commits.
        programs: The compiled revisions.
        id: The redemption.
        discount_minor: What was really taken off, where that is less than what was held.
        order_minor: What the order is worth without it, where that is not what the cart was.
        now: On the program's clock.
        recorded_at: Real time of writing.

    Raises:
        UnknownRedemption: There is none of the id.
        RedemptionEnded: It was cancelled, voided, or its time is over.
        MoreThanHeld: More was taken off than was reserved.
        NotAvailable: The order is worth more than the cart, and a budget has no room for that; it stays held.
    """
    run = partial(
        _commit, programs=programs, id=id, discount=discount_minor, worth=order_minor, now=now, recorded_at=recorded_at
    )
    return await again_if_missed(tx, run)


async def _commit(
    tx: Transaction,
    *,
    programs: Programs,
    id: UUID,
    discount: int | None,
    worth: int | None,
    now: datetime,
    recorded_at: datetime,
    lock: bool,
) -> Redeemed:
    program = programs.at(now)
    desks, found = await open_redemptions(tx, program, [id], now=now)
    made = found[id]
    if made.state == "committed":
        return Redeemed(redemption=made, vouchers=await issued_to(tx, program.program_id, made), replayed=True)
    if made.state != "held" or (made.lapses_at is not None and made.lapses_at <= now):
        raise RedemptionEnded(state=made.state if made.state != "held" else "lapsed", id=str(id))
    if discount is not None and discount > made.discount_minor:
        raise MoreThanHeld(most=made.discount_minor)
    desk = desks[made.member_id]
    issued_under = programs.at(made.held_at)
    reward = issued_under.rewards[made.reward]
    reserved = None if worth is None else await _count_order(tx, program, desk, made, worth, lock=lock)
    amounts = commit_held(program, desks, desk, made, now=now, discount_minor=discount)
    committed(made, reward, now)
    vouchers = await fulfil(tx, issued_under, desk, reward, made, now=now)
    if reserved is not None:
        for key, amount in reserved.budgets.items():
            amounts[key] = amounts.get(key, 0) + amount
    alerts = await desks.write(tx, amounts=amounts, bounds={} if reserved is None else reserved.bounds, known=())
    await rows.save(tx, program.program_id, [made])
    told = telling.of(programs, [made], "committed", now=now, recorded_at=recorded_at)
    await outbox.append(tx, program.program_id, [*told, *alerts])
    return Redeemed(redemption=made, vouchers=vouchers)


async def _count_order(
    tx: Transaction, program: Compiled, desk: Desk, made: Redemption, worth: int, *, lock: bool
) -> redeem_room.Counted | None:
    """Count what the order is worth in place of its cart; a right for later is asked when it is used.

    Raises:
        NotAvailable: A budget has no room for what it is worth more.
    """
    if made.terms.get("later"):
        return None
    reward = program.rewards.get(made.reward)
    asked = redeem_room.asked_by(reward, made, [desk.today])
    used = await limits.load(tx, program.program_id, asked, lock=lock)
    counted = redeem_room.count_order(reward, made, worth, day=desk.today, used=used)
    if counted.short is not None:
        raise REFUSED["budget"](reward=made.reward, by=counted.short)
    made.uses, made.order_minor = counted.uses, counted.order_minor
    return counted


def commit_held(
    program: Compiled, desks: Desks, desk: Desk, made: Redemption, *, now: datetime, discount_minor: int | None = None
) -> dict[BudgetKey, int]:
    """Spend what is held and give back room that was not needed; returns what to add to shared counters."""
    if made.hold_id is not None:
        held = desks.holds[made.hold_id]
        payer = desk.of(made.holder_id)
        cause = cause_of(made.id, made.reward, made.revision, made.order_key)
        made.transfer_id = redeeming.commit(payer, held, cause=cause, now=now).id
    redeeming.renew(program, desk.own, desk.running, now)
    if discount_minor is None or discount_minor == made.discount_minor:
        return {}
    kept, back = redeem_room.lowered(made.uses, reserved=made.discount_minor, taken=discount_minor)
    made.uses, made.discount_minor = kept, discount_minor
    return redeem_room.restore(desk.running, back)
