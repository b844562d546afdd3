"""What time and kill switches end: vouchers that nobody used in time, and all that is open of what is switched off."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from puntal.checkout.operations.redemptions.ending import end, open_redemptions, undo
from puntal.engine.model import Compiled
from puntal.intake import redemption_news as telling
from puntal.intake.operations import Programs
from puntal.kit.db import Transaction
from puntal.ledger.queries import NOBODY
from puntal.limits.model import BudgetKey
from puntal.outbox import operations as outbox
from puntal.points import operations as points
from puntal.programs.model import SwitchTarget
from puntal.rewards.model import Redemption
from puntal.rewards.model_vouchers import Voucher
from puntal.rewards.operations import redemptions as rows
from puntal.rewards.operations import vouchers


async def expire_due(
    tx: Transaction, programs: Programs, *, now: datetime, recorded_at: datetime, limit: int = rows.PORTION
) -> int:
    """End up to `limit` vouchers whose time is over; returns how many. Doing it again changes nothing.

    Those of redemptions return stock and budget and, where their terms say so, what they cost.
    """
    program = programs.at(now)
    due = await vouchers.due(tx, program.program_id, now=now, limit=limit)
    if not due:
        return 0
    causes = {UUID(one.cause) for one in due if one.origin == "redemption" and one.cause is not None}
    known = sorted(await rows.load(tx, program.program_id, causes))
    if not known:
        return len(await vouchers.expire(tx, program.program_id, [one.id for one in due], now=now))
    desks, found = await open_redemptions(tx, program, known, now=now)
    ended = await vouchers.expire(tx, program.program_id, [one.id for one in due], now=now)
    amounts: dict[BudgetKey, int] = {}
    over: list[Redemption] = []
    for voucher in ended:
        cause = None if voucher.cause is None or voucher.used else _id(voucher.cause)
        made = None if cause is None else found.get(cause)
        if made is None or made.state != "committed":
            continue
        cost = bool(made.terms["returns_points"])
        for key, amount in undo(program, desks, made, "lapsed", extend=True, now=now, cost=cost).items():
            amounts[key] = amounts.get(key, 0) + amount
        over.append(made)
    await desks.write(tx, amounts=amounts, bounds={}, known=())
    await rows.save(tx, program.program_id, over)
    told = telling.of(programs, over, "lapsed", now=now, recorded_at=recorded_at)
    await outbox.append(tx, program.program_id, told)
    return len(ended)


def _id(cause: str) -> UUID | None:
    try:
        return UUID(cause)
    except ValueError:
        return None


async def void(
    tx: Transaction,
    programs: Programs,
    target: SwitchTarget,
    target_id: str,
    *,
    after: UUID = NOBODY,
    now: datetime,
    recorded_at: datetime,
) -> UUID | None:
    """Void a page of what is open or unused of what was switched off, and return what it cost; used ones stay.

    Args:
        tx: An open transaction on the program; the caller commits.
        programs: The compiled revisions.
        target: What kind of thing was switched off.
        target_id: Which.
        after: The last redemption of the page before.
        now: On the program's clock.
        recorded_at: Real time of writing.

    Returns:
        The last redemption of the page, to go on after; None when there was nothing left.
    """
    program = programs.newest
    page = await rows.voidable(
        tx,
        program.program_id,
        rewards=_rewards(program, target, target_id),
        wallet=program.wallets.get(target_id, -2) if target == "wallet" else None,
        channel=target_id if target == "channel" else None,
        source=target_id if target == "integration" else None,
        after=after,
    )
    if not page:
        return None
    await end(tx, programs, page, "voided", extend=True, now=now, recorded_at=recorded_at)
    return page[-1]


async def void_vouchers(
    tx: Transaction, programs: Programs, target: SwitchTarget, target_id: str, *, now: datetime
) -> int:
    """Void some of the vouchers of what was switched off that no redemption paid for; returns how many."""
    program = programs.newest
    if target == "program":
        found = await vouchers.unused_of_anything(tx, program.program_id)
    else:
        found = []
        for reward in _rewards(program, target, target_id) or ():
            found = await vouchers.unused_of_reward(tx, program.program_id, reward)
            if found:
                break
    if not found:
        return 0
    await return_stamps(tx, program, found, now=now)
    return len(await vouchers.end(tx, program.program_id, [one.id for one in found], because="switch", now=now))


async def return_stamps(tx: Transaction, program: Compiled, ending: Collection[Voucher], *, now: datetime) -> None:
    """Return the stamps of cards whose vouchers are about to be voided unused; before these are locked."""
    cards = {(UUID(one.cause), one.id) for one in ending if one.origin == "card" and one.cause is not None}
    await points.reopen_cards(tx, program.program_id, program.terms, cards, reason="voucher_void", now=now)


def _rewards(program: Compiled, target: SwitchTarget, target_id: str) -> Collection[str] | None:
    """Return the rewards that are meant; None where it is not about some."""
    if target == "reward":
        return [target_id]
    if target == "campaign":
        return [reward.id for reward in program.rewards.values() if reward.campaign == target_id]
    return [] if target == "rule" else None
