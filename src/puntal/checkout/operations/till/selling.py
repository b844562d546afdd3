"""Selling: the order, what was held for it, and the vouchers used on it; all of it, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from puntal.checkout.errors_till import HoldNotHere
from puntal.checkout.model_till import CHANNEL, Cashier, Sale
from puntal.checkout.operations.till.acting import (
    Acted,
    asking,
    begin,
    done,
    find_voucher,
    fingerprint_of,
    survivor,
    take_vouchers,
)
from puntal.checkout.operations.till.programs import Programs
from puntal.intake import operations as intake
from puntal.intake.errors import Again
from puntal.intake.model import Answer, Item, Said
from puntal.intake.redeeming import OVER_BUDGET, REASON
from puntal.kit.db import Transaction
from puntal.kit.errors import Refusal
from puntal.members.model import Ids
from puntal.programs import operations as program_rows
from puntal.rewards.errors import REFUSED
from puntal.rewards.model import Redemption
from puntal.rewards.operations import redemptions as rows

_MOST_TRIES = 8


async def sell(
    tx: Transaction,
    programs: Programs,
    cashier: Cashier,
    sale: Sale,
    *,
    at: datetime | None = None,
    said: str | None = None,
    now: datetime,
    recorded_at: datetime,
) -> Acted | None:
    """Take in a sale; None when the id was used before: `show` says what became of it.

    Args:
        tx: An open transaction on the program; the caller commits.
        programs: The compiled revisions.
        cashier: Who, and where.
        sale: What was sold; its id is of the till's choosing.
        at: When, for what was sold while offline: the order is decided as of then.
        said: Fingerprint of the words, where the till's were others.
        now: On the program's clock.
        recorded_at: Real time of writing.

    Raises:
        ActionIdReused: The id stands for something else.
        HoldNotHere: It names a redemption that is not its member's, another store's, or over.
        NotAvailable: It is worth more than the cart that was held, and a budget has no room for that.
        EventFaulty: The order is not one, with every fault.
        Refusal: A voucher cannot be used.
    """
    when = at or now
    words = said or fingerprint_of(sale)
    if not await begin(tx, programs, cashier, sale.id, "sale", "done", words, at=when, now=now):
        return None
    program_id = programs.program_id
    member = await survivor(tx, program_id, sale.member_id)
    event = Said(
        id=event_of(sale.id),
        type=programs.newest.earns_on,
        occurred_at=when,
        source=cashier.source,
        channel=CHANNEL,
        store=cashier.store,
        member=None if member is None else Ids(id=member),
        order=sale.order,
    )
    used = [await find_voucher(tx, program_id, each) for each in dict.fromkeys(sale.vouchers)]
    given = tuple(UUID(one.cause) for one in used if one.origin == "redemption" and one.cause is not None)
    item = replace(intake.item(event, programs.newest.document, now), given=given)
    held = await _held(tx, program_id, cashier, member, sale.order.redemptions, now=now)
    answer = await happen(tx, programs, item, recorded_at=recorded_at)
    await _check_room(tx, program_id, answer)
    key = f"{cashier.source}:{sale.order.id}"
    asks = [replace(asking(each, sale.id, cashier, member), order_key=key) for each in used]
    taken = await take_vouchers(tx, programs, asks, at=when) if asks else []
    detail = {
        "event": event.id,
        "source": cashier.source,
        "order": sale.order.id,
        "redemptions": [str(made.id) for made in held],
        "vouchers": [str(each.voucher.id) for each in taken],
        "given": [str(id) for id in given],
    }
    paid = sum(line.amount_minor - line.discount_minor for line in sale.order.lines) - sale.order.discount_minor
    action = await done(tx, programs, sale.id, detail, "sold", member=answer.member_id, amount_minor=paid, now=now)
    found = await rows.load(tx, program_id, [made.id for made in held])
    return Acted(
        action=action,
        member_id=answer.member_id,
        redemptions=[found[made.id] for made in held],
        vouchers=[each.voucher for each in taken],
    )


async def _check_room(tx: Transaction, program_id: int, answer: Answer) -> None:
    """Refuse a sale that is worth more than budgets of its rewards have room for.

    Raises:
        NotAvailable: There is none.
    """
    for name, code, *more in answer.outcome.reasons:
        if code == OVER_BUDGET:
            made = await rows.find(tx, program_id, UUID(name.removeprefix(REASON)))
            raise REFUSED["budget"](reward=made.reward, by=more[0])


def event_of(action: UUID) -> str:
    """Return the id of the event that a sale is."""
    return f"till:{action}"


async def happen(tx: Transaction, programs: Programs, item: Item, *, recorded_at: datetime) -> Answer:
    """Let an event happen within the caller's transaction; what met a newer truth is run again from here.

    Raises:
        EventIdReused: Another event has its id.
    """
    lock_budgets, lock_members = False, frozenset[UUID]()
    for _ in range(_MOST_TRIES):
        try:
            async with tx.transaction():
                (answer,) = await intake.take(
                    tx,
                    programs,
                    [item],
                    recorded_at=recorded_at,
                    lock_budgets=lock_budgets,
                    lock_members=lock_members,
                )
        except Again as again:
            lock_budgets |= again.lock_budgets
            lock_members |= again.lock_members
            continue
        if isinstance(answer, Refusal):
            raise answer
        if not programs.begun:
            await program_rows.note_first_event(tx, programs.program_id, item.event.occurred_at)
        return answer
    raise RuntimeError("an event met newer truths too often")


async def _held(
    tx: Transaction, program_id: int, cashier: Cashier, member: UUID | None, ids: Sequence[UUID], *, now: datetime
) -> list[Redemption]:
    """Return the redemptions a sale names.

    Raises:
        HoldNotHere: One of them is not for this sale.
    """
    found = await rows.load(tx, program_id, ids) if ids else {}
    for id in ids:
        made = found.get(id)
        if made is None or made.member_id != member or made.store != cashier.store or _is_over(made, now):
            raise HoldNotHere(redemption=str(id))
    return [found[id] for id in dict.fromkeys(ids)]


def _is_over(made: Redemption, now: datetime) -> bool:
    if made.order_key is not None or made.terms.get("vouchers"):
        return True
    if made.state == "held":
        return made.lapses_at is not None and made.lapses_at <= now
    return made.state != "committed"
