"""What becomes of something done at a till: shown, committed when the purchase is paid, or undone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

from msgspec.structs import replace

from puntal.checkout import store
from puntal.checkout.errors_till import ActionUndone, NotOwnAction, UndoTooLate, UnknownAction
from puntal.checkout.model_till import CHANNEL, Action, Cashier
from puntal.checkout.operations import redemptions
from puntal.checkout.operations.till.acting import Acted, asking, log, reference_of, take_vouchers
from puntal.checkout.operations.till.programs import Programs
from puntal.checkout.operations.till.selling import event_of, happen
from puntal.intake import operations as intake
from puntal.intake.model import Said, Stored
from puntal.kit.db import Transaction
from puntal.kit.pages import LAST_ID
from puntal.rewards.model import Redemption
from puntal.rewards.model_vouchers import Voucher
from puntal.rewards.operations import redemptions as rows
from puntal.rewards.operations import vouchers
from puntal.rewards.queries import vouchers as voucher_rows

_AFTER_ALL = (datetime(9999, 12, 31, tzinfo=UTC), LAST_ID)


async def show(tx: Transaction, program_id: int, cashier: Cashier, id: UUID) -> Acted:
    """Return something that was done at this store, as it is now.

    Raises:
        UnknownAction: Nothing was, or at another store.
    """
    return await _whole(tx, program_id, await _find(tx, program_id, cashier, id))


async def own(
    tx: Transaction,
    program_id: int,
    cashier: Cashier,
    *,
    before: tuple[datetime, UUID] | None,
    limit: int,
    now: datetime,
) -> list[Acted]:
    """Return what a cashier did at her store and can still undo, or undid, newest first.

    Args:
        tx: An open transaction on the program; nothing is locked or written.
        program_id: Which.
        cashier: Who, and where.
        before: When the last one of the page before came here, and its id.
        limit: How many at most.
        now: On the program's clock.
    """
    found = await store.done_by(
        tx,
        program_id,
        store=cashier.store,
        actor=cashier.actor,
        before=before or _AFTER_ALL,
        now=now,
        limit=limit,
    )
    return await _wholes(tx, program_id, found)


async def commit(
    tx: Transaction,
    programs: Programs,
    cashier: Cashier,
    id: UUID,
    *,
    discount_minor: int | None = None,
    order_minor: int | None = None,
    now: datetime,
    recorded_at: datetime,
) -> Acted:
    """Redeem what was set aside; doing it again changes nothing. Anybody at the store may.

    Args:
        tx: An open transaction on the program; the caller commits.
        programs: The compiled revisions.
        cashier: Who, and where.
        id: Of the action.
        discount_minor: What was really taken off, where that is less than what was held.
        order_minor: What the order is worth without it, where that is not what the cart was.
        now: On the program's clock.
        recorded_at: Real time of writing.

    Raises:
        UnknownAction: Nothing was done under the id, or at another store.
        ActionUndone: It was undone.
        Refusal: Its time is over: what committing a redemption, or using a voucher, is refused for.
    """
    program_id = programs.program_id
    action = await _find(tx, program_id, cashier, id, lock=True)
    if action.state == "undone":
        raise ActionUndone
    if action.state == "done":
        return replace(await _whole(tx, program_id, action), replayed=True)
    if action.kind == "redeem":
        await redemptions.commit(
            tx,
            programs,
            action.id,
            discount_minor=discount_minor,
            order_minor=order_minor,
            now=now,
            recorded_at=recorded_at,
        )
    else:
        await _use_held(tx, programs, cashier, action, now=now)
    action.state = "done"
    await store.save(tx, program_id, action)
    await log(tx, program_id, action, "committed", now=now)
    return await _whole(tx, program_id, action)


async def _use_held(tx: Transaction, programs: Programs, cashier: Cashier, action: Action, *, now: datetime) -> None:
    ids = _ids(action, "vouchers")
    found = await voucher_rows.load(tx, programs.program_id, ids)
    asks = []
    for id in ids:
        uses = await voucher_rows.uses(tx, programs.program_id, id)
        held = next((use for use in uses if use.reference == reference_of(action.id)), None)
        asks.append(asking(found[id], action.id, cashier, None if held is None else held.member_id))
    await take_vouchers(tx, programs, asks, at=now)


async def undo(
    tx: Transaction, programs: Programs, cashier: Cashier, id: UUID, *, now: datetime, recorded_at: datetime
) -> Acted:
    """Undo what this cashier did, exactly: points, stock, limits, budgets, vouchers, and the order as if never sold.

    Doing it again changes nothing and says so (`replayed`).

    Args:
        tx: An open transaction on the program; the caller commits.
        programs: The compiled revisions.
        cashier: Who did it, and where.
        id: Of the action.
        now: On the program's clock.
        recorded_at: Real time of writing.

    Raises:
        UnknownAction: Nothing was done under the id, or at another store.
        NotOwnAction: Somebody else did it.
        UndoTooLate: The time the program gives for it is over.
        RedemptionUsed: The voucher that a redemption gave was used.
        VoucherVoid: A voucher that was used ended meanwhile.
    """
    program_id = programs.program_id
    action = await _find(tx, program_id, cashier, id, lock=True)
    if action.actor != cashier.actor:
        raise NotOwnAction
    if action.state == "undone":
        return replace(await _whole(tx, program_id, action), replayed=True)
    if action.undo_until <= now:
        raise UndoTooLate(until=action.undo_until.astimezone(programs.newest.zone).isoformat(timespec="minutes"))
    order_key = None
    if action.kind == "sale":
        order_key = f"{action.detail['source']}:{action.detail['order']}"
        await _cancel_sale(tx, programs, action, now=now, recorded_at=recorded_at)
    for made in [*_ids(action, "redemptions"), *([action.id] if action.kind == "redeem" else [])]:
        await redemptions.cancel(tx, programs, made, order_key=order_key, now=now, recorded_at=recorded_at)
    await _release(tx, program_id, action, now=now)
    action.state, action.undone_at = "undone", now
    await store.save(tx, program_id, action)
    await log(tx, program_id, action, "undone", now=now)
    return await _whole(tx, program_id, action)


async def _cancel_sale(
    tx: Transaction, programs: Programs, action: Action, *, now: datetime, recorded_at: datetime
) -> None:
    said = Said(
        id=f"{event_of(action.id)}:undo",
        type="order.cancelled",
        occurred_at=max(now, action.at),
        source=str(action.detail["source"]),
        channel=CHANNEL,
        store=action.store,
        order_id=str(action.detail["order"]),
    )
    item = intake.item(said, programs.newest.document, now, trusted=True)
    await happen(tx, programs, replace(item, given=tuple(_ids(action, "given"))), recorded_at=recorded_at)


async def _release(tx: Transaction, program_id: int, action: Action, *, now: datetime) -> None:
    if action.kind == "redeem":
        return
    found = await voucher_rows.load(tx, program_id, _ids(action, "vouchers"))
    for id in sorted(found):
        await vouchers.release(tx, program_id, found[id].code, reference_of(action.id), now=now)


async def _find(tx: Transaction, program_id: int, cashier: Cashier, id: UUID, *, lock: bool = False) -> Action:
    found = await store.find(tx, program_id, id, lock=lock)
    if found is None or found.store != cashier.store:
        raise UnknownAction
    return found


async def _whole(tx: Transaction, program_id: int, action: Action) -> Acted:
    """Return an action with what it consists of, as that is now."""
    (whole,) = await _wholes(tx, program_id, [action])
    return whole


async def _wholes(tx: Transaction, program_id: int, actions: Sequence[Action]) -> list[Acted]:
    """Return actions with what they consist of; the number of statements does not grow with theirs."""
    taken = {id for action in actions for id in _redemptions_of(action)}
    made = await rows.load(tx, program_id, taken) if taken else {}
    named = {id for action in actions for id in _ids(action, "vouchers")}
    named |= {UUID(id) for one in made.values() for id in one.terms.get("vouchers", ())}
    found = await voucher_rows.load(tx, program_id, named) if named else {}
    sold = [str(action.detail["event"]) for action in actions if action.kind == "sale"]
    events = await intake.find_all(tx, program_id, sold)
    return [_acted(action, made, found, events) for action in actions]


def _acted(
    action: Action,
    made: Mapping[UUID, Redemption],
    found: Mapping[UUID, Voucher],
    events: Mapping[str, Stored],
) -> Acted:
    used = [made[id] for id in _redemptions_of(action) if id in made]
    if action.kind == "redeem":
        given = [UUID(id) for one in used for id in one.terms.get("vouchers", ())]
        member = used[0].member_id if used else None
        return Acted(
            action=action, member_id=member, redemptions=used, vouchers=[found[id] for id in given if id in found]
        )
    vouchers = [found[id] for id in _ids(action, "vouchers") if id in found]
    if action.kind == "sale":
        sold = events.get(str(action.detail["event"]))
        member = None if sold is None else sold.member_id
    else:
        member = next((one.member_id for one in vouchers if one.member_id is not None), None)
    return Acted(action=action, member_id=member, redemptions=used, vouchers=vouchers)


def _redemptions_of(action: Action) -> list[UUID]:
    return [action.id] if action.kind == "redeem" else _ids(action, "redemptions")


def _ids(action: Action, name: str) -> list[UUID]:
    return [UUID(id) for id in action.detail.get(name, ())]
