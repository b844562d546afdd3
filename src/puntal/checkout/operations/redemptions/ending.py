"""Ending what is held or unused: cancelled, lapsed, voided; and restoring exactly what it took."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from puntal.checkout.operations.desk import Desk, Desks, cause_of, open_desks
from puntal.checkout.operations.issuing import take_back, unused_vouchers
from puntal.checkout.operations.redemptions.model import Ending, Redeemed
from puntal.engine import redeem_room, redeeming
from puntal.engine.model import Compiled
from puntal.intake import redemption_news as telling
from puntal.intake.operations import Programs
from puntal.kit.db import Transaction
from puntal.limits.model import BudgetKey
from puntal.outbox import operations as outbox
from puntal.points.model import Books, HoldState
from puntal.rewards.errors import (
    RedemptionUsed,
    UnknownRedemption,
)
from puntal.rewards.model import Redemption
from puntal.rewards.model_vouchers import Voucher
from puntal.rewards.operations import redemptions as rows
from puntal.rewards.operations import waiting

_HOLD_STATES: Mapping[Ending, HoldState] = {"cancelled": "released", "lapsed": "lapsed", "voided": "voided"}


async def cancel(
    tx: Transaction,
    programs: Programs,
    id: UUID,
    *,
    by_member: bool = False,
    order_key: str | None = None,
    now: datetime,
    recorded_at: datetime,
) -> Redeemed:
    """Let go what is held, or take back what was redeemed and not used: everything is as it was before.

    Doing it again changes nothing; nor does it once the redemption has ended otherwise.

    Args:
        tx: An open transaction on the program; the caller commits.
        programs: The compiled revisions.
        id: The redemption.
        by_member: The member herself wants it: what returns to a lot that has ended is gone at once.
        order_key: The order it was used on, where that is undone with it.
        now: On the program's clock.
        recorded_at: Real time of writing.

    Raises:
        UnknownRedemption: There is none of the id.
        RedemptionUsed: It was used on an order, its voucher was used, or it was delivered.
    """
    made = await rows.find(tx, programs.program_id, id)
    if made.state not in ("held", "committed"):
        return Redeemed(redemption=made, replayed=True)
    lapsed = made.state == "held" and made.lapses_at is not None and made.lapses_at <= now
    ended = await end(
        tx,
        programs,
        [id],
        "lapsed" if lapsed else "cancelled",
        extend=not by_member,
        now=now,
        recorded_at=recorded_at,
        strict=True,
        order_key=order_key,
    )
    return Redeemed(redemption=ended[0] if ended else await rows.find(tx, programs.program_id, id))


async def end(  # noqa: PLR0913 - which, how, and what is left
    tx: Transaction,
    programs: Programs,
    which: Sequence[UUID],
    state: Ending,
    *,
    extend: bool = False,
    strict: bool = False,
    order_key: str | None = None,
    now: datetime,
    recorded_at: datetime,
) -> list[Redemption]:
    """End redemptions that are held or unused, and restore exactly what they took; those that have ended are left.

    Args:
        tx: An open transaction on the program; the caller commits.
        programs: The compiled revisions.
        which: Their ids; some that lapse by `now` may have been committed meanwhile.
        state: What becomes of them.
        extend: What returns to a lot that has ended lives on for a while.
        strict: Refuse what was used, instead of leaving it.
        order_key: The order they were used on, where that is undone with them.
        now: On the program's clock.
        recorded_at: Real time of writing.

    Returns:
        Those it ended.

    Raises:
        RedemptionUsed: With `strict`, of one that was used.
    """
    program = programs.at(now)
    desks, found = await open_redemptions(tx, program, which, now=now)
    ending = [made for made in found.values() if _may_end(made, state, now)]
    issued = [made.id for made in ending if made.state == "committed" and made.terms.get("later")]
    unused = await unused_vouchers(tx, program.program_id, issued)
    ended: list[Redemption] = []
    amounts: dict[BudgetKey, int] = {}
    for made in ending:
        if _is_used(made, unused, order_key, strict=strict):
            if strict:
                raise RedemptionUsed(id=str(made.id))
            continue
        for key, amount in undo(program, desks, made, state, extend=extend, now=now).items():
            amounts[key] = amounts.get(key, 0) + amount
        ended.append(made)
    if not ended:
        return []
    gone = {voucher.id for made in ended for voucher in unused.get(made.id, ())}
    await take_back(tx, program.program_id, gone, state, now=now)
    await desks.write(tx, amounts=amounts, bounds={}, known=())
    await rows.save(tx, program.program_id, ended)
    told = telling.of(programs, ended, state, now=now, recorded_at=recorded_at)
    freed = Counter((made.reward, made.session) for made in ended if made.session is not None)
    told += await waiting.tell(tx, program.program_id, freed, now=now, recorded_at=recorded_at)
    await outbox.append(tx, program.program_id, told)
    return ended


def _may_end(made: Redemption, state: Ending, now: datetime) -> bool:
    if state == "lapsed":
        return made.state == "held" and made.lapses_at is not None and made.lapses_at <= now
    return made.state in ("held", "committed")


def _is_used(
    made: Redemption, unused: Mapping[UUID, Sequence[Voucher]], order_key: str | None, *, strict: bool
) -> bool:
    if made.state == "held":
        return False
    of_another = made.order_key is not None and made.order_key != order_key
    if made.terms.get("later"):
        return of_another or (made.id not in unused and bool(made.terms.get("vouchers")))
    if of_another or made.fulfilment in ("under_way", "done"):
        return True
    # What was redeemed in one step can be undone by whoever did it; a switch leaves it.
    return made.used and not strict


def undo(
    program: Compiled, desks: Desks, made: Redemption, state: Ending, *, extend: bool, now: datetime, cost: bool = True
) -> dict[BudgetKey, int]:
    """Give back all that a redemption took, what it cost only with `cost`; returns what to add to shared counters."""
    desk = desks[made.member_id]
    cause = cause_of(made.id, made.reward, made.revision, made.order_key)
    payer = desk.of(made.holder_id)
    if made.state == "held":
        held = None if made.hold_id is None else desks.holds.get(made.hold_id)
        # A night may have let the units go already.
        if held is not None and payer.holds[held.id].state == "open":
            redeeming.let_go(program, payer, held, state=_HOLD_STATES[state], extend=extend, cause=cause, now=now)
    else:
        _take_credit(program, desk, made, now=now)
        if cost and made.transfer_id is not None and made.returned < made.units:
            give_back(program, desks, payer, made, made.units - made.returned, extend=extend, now=now)
    cooled = {key: None if at is None else datetime.fromisoformat(at) for key, at in made.terms["cooled"].items()}
    redeem_room.cool_again(desk.running, cooled, made.held_at)
    budgets = redeem_room.restore(desk.running, made.uses)
    made.state, made.ended_at, made.uses = state, now, ()
    return budgets


def _take_credit(program: Compiled, desk: Desk, made: Redemption, *, now: datetime) -> None:
    credited = made.terms.get("credit")
    if credited is not None:
        wallet, units, lot = credited
        cause = cause_of(made.id, made.reward, made.revision)
        redeeming.take_credit(program, desk.payer(wallet), wallet, UUID(lot), units, cause=cause, now=now)


def give_back(
    program: Compiled,
    desks: Desks,
    payer: Books,
    made: Redemption,
    units: int,
    *,
    extend: bool,
    now: datetime,
) -> None:
    """Return some of what a redemption cost to the lots that paid it."""
    assert made.transfer_id is not None
    shares, cause = desks.paid.get(made.transfer_id, ()), cause_of(made.id, made.reward, made.revision, made.order_key)
    redeeming.give_back(program, payer, made, shares, units, extend=extend, cause=cause, now=now)


async def lapse_due(
    tx: Transaction, programs: Programs, *, now: datetime, recorded_at: datetime, limit: int = rows.PORTION
) -> int:
    """End up to `limit` holds whose time is over; returns how many. Doing it again changes nothing."""
    overdue = await rows.overdue(tx, programs.program_id, now=now, limit=limit)
    if not overdue:
        return 0
    return len(await end(tx, programs, overdue, "lapsed", now=now, recorded_at=recorded_at))


async def open_redemptions(
    tx: Transaction, program: Compiled, which: Sequence[UUID], *, now: datetime
) -> tuple[Desks, dict[UUID, Redemption]]:
    """Lock the members of redemptions and read them again, with holds, spends and lots they are about.

    Raises:
        UnknownRedemption: There is none of one of the ids.
    """
    seen = await rows.load(tx, program.program_id, which)
    if any(id not in seen for id in which):
        raise UnknownRedemption
    lots = {UUID(made.terms["credit"][2]) for made in seen.values() if made.terms.get("credit")}
    desks = await open_desks(
        tx,
        program,
        {made.member_id for made in seen.values()},
        purses=[(made.member_id, made.holder_id or made.member_id) for made in seen.values()],
        holds={made.hold_id for made in seen.values() if made.hold_id is not None and made.state == "held"},
        spends={made.transfer_id for made in seen.values() if made.transfer_id is not None},
        lots=lots,
        now=now,
    )
    found = await rows.load(tx, program.program_id, which)
    if any(made.state != seen[id].state for id, made in found.items()):
        # Somebody was quicker, and what she did needs other lots.
        return await open_redemptions(tx, program, which, now=now)
    return desks, found
