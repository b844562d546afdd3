"""Refunds, cancellations and their withdrawal: the order's own entries are reversed, never re-decided. Pure."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from puntal.engine import room
from puntal.engine.gifts import give_back, note_return, take_back
from puntal.engine.model import Caused, Compiled, Event, Reason
from puntal.engine.work import Work, copy_order
from puntal.orders.model import SHIPPING, Awaited, OrderAward, OrderRecord, Refund, RefundRecord, Taken
from puntal.orders.policy import fully_refunded, owed_back, refund_amounts
from puntal.points import policy as points
from puntal.points.model import Taken as TakenUnits
from puntal.tiers import policy as tiers

EVERYTHING = Refund(order="")
"""No lines and no amount: all that is left."""


def refunded(work: Work) -> str | None:
    """Apply a refund or cancellation; before its order earns it is kept and applied then."""
    event, known, id = work.event, work.state.order, _refund_id(work.event)
    cancelled = event.type == "order.cancelled"
    if known is None and event.type == "referral.reversed":
        return "order.unknown"
    if known is None or known.state == "awaited" or (known.state == "seen" and not cancelled):
        work.order = _awaiting(work.program, event, known, work.state.profile.id)
        if any(each.id == id for each in work.order.awaited):
            return "refund.already_applied"
        work.order.awaited.append(Awaited(id, None if cancelled else event.refund, event.occurred_at))
        return "order.awaited"
    work.order = copy_order(known)
    if any(done.id == id for done in known.refunds):
        return "refund.already_applied"
    if cancelled:
        work.order.state = "cancelled"
    return apply(work, event.refund, id)


def keep_for_later(program: Compiled, event: Event, known: OrderRecord | None) -> tuple[OrderRecord, str] | None:
    """Keep a refund or cancellation of an order nobody knows, which names no member either, until the order comes.

    Returns the record that waits and the code of the outcome; None where there is nothing to keep.
    """
    if event.type not in ("order.refunded", "order.cancelled") or event.order_id is None:
        return None
    if known is not None and (known.member_id is not None or known.state != "awaited"):
        return None
    record = _awaiting(program, event, known, None)
    id = _refund_id(event)
    if any(each.id == id for each in record.awaited):
        return record, "refund.already_applied"
    refund = None if event.type == "order.cancelled" else event.refund
    record.awaited.append(Awaited(id, refund, event.occurred_at))
    return record, "order.awaited"


def _awaiting(program: Compiled, event: Event, known: OrderRecord | None, member: UUID | None) -> OrderRecord:
    """Return the record that waits for its order."""
    if known is not None:
        return copy_order(known)
    return OrderRecord(
        source=event.source,
        order_id=event.order_id or "",
        member_id=member,
        state="awaited",
        occurred_at=event.occurred_at,
        day=event.occurred_at.astimezone(program.zone).date(),
        currency=program.currency,
    )


def _refund_id(event: Event) -> str:
    refund = event.refund
    return refund.id if refund is not None and refund.id is not None else event.id


def apply(work: Work, refund: Refund | None, id: str) -> str | None:
    """Take back what a refund owes of the order at work."""
    record = work.order
    assert record is not None
    refund = refund or EVERYTHING
    amounts, unknown = refund_amounts(record, refund)
    for line in unknown:
        work.reasons.append(Reason("refund", "unknown_line", by=line))
    if not any(amounts):
        # An order that cost nothing can only go back as a whole.
        whole = not refund.lines and refund.amount_minor is None
        if not whole or any(line.net for line in record.lines) or fully_refunded_before(record):
            return "refund.nothing_left"
    take(work, amounts, id)
    return None


def fully_refunded_before(record: OrderRecord) -> bool:
    """Return whether a refund or cancellation of it was applied and stands."""
    return any(not done.withdrawn for done in record.refunds)


def take(work: Work, amounts: list[int], id: str) -> None:
    """Refund these amounts per line: points back from each award, room back to its counters, totals down."""
    record = work.order
    assert record is not None
    earlier = record.state != "cancelled" and fully_refunded(record)
    for line, amount in zip(record.lines, amounts, strict=True):
        line.refunded += amount
    goods = sum(amount for line, amount in zip(record.lines, amounts, strict=True) if line.id != SHIPPING)
    record.refunded_minor += goods
    done = RefundRecord(id, list(amounts), [])
    record.refunds.append(done)
    whole = fully_refunded(record)
    measured = False
    for index, given in enumerate(record.awards):
        back = owed_back(given, record.lines, whole=whole)
        if not any(back):
            continue
        took = _take_award(work, given, back)
        done.took.append(Taken(index, back, took))
        room.adjust(work, given, sum(given.taken) - sum(back))
        measured |= _uncount(work, given, sum(back))
    if record.event_id is not None:
        _down(work, record, amounts, -1 if whole and not earlier else 0)
    if whole:
        take_back(work, record)
    if whole and not earlier:
        _tell_referrer(work, record, "referral.reversed")
    if measured:
        _refunded_tiers(work)


def _take_award(work: Work, given: OrderAward, back: list[int]) -> dict[str, Any]:
    amount = sum(back)
    for index, part in enumerate(back):
        given.taken[index] += part
    terms = work.program.terms[given.wallet]
    totals = work.running.totals
    totals.earned[terms.id] = totals.earned.get(terms.id, 0) - amount
    note_return(work, given, gone=True)
    assert given.lot is not None
    took = points.take_back(
        work.books, terms, given.lot, amount, cause=work.cause(given.rule), at=work.event.occurred_at, now=work.now
    )
    work.awarded = True
    work.reasons.append(Reason(given.rule, "reversed", -took.from_member, given.wallet, 0, -amount, None))
    result: dict[str, Any] = msgspec.to_builtins(took)
    return result


def _uncount(work: Work, given: OrderAward, amount: int) -> bool:
    if not given.counted or given.day is None:
        return False
    found = False
    for climb in work.program.climbs:
        if climb.measure == "earned" and climb.wallet == given.wallet:
            work.count_tier(climb, -amount, given.day)
            found = True
    return found


def _down(work: Work, record: OrderRecord, amounts: list[int], orders: int) -> None:
    """Lower totals, daily figures and ladders by spend or orders, at the order's date; negative amounts raise them.

    Call it when `amounts` are already noted on the record's lines.
    """
    goods = [0 if line.id == SHIPPING else amount for line, amount in zip(record.lines, amounts, strict=True)]
    spend = sum(goods)
    # Items count as long as something of their line does; free ones as long as the order does.
    before = [
        orders > 0 if line.net <= 0 else line.refunded - amount >= line.net
        for line, amount in zip(record.lines, amounts, strict=True)
    ]
    after = [orders < 0 if line.net <= 0 else line.refunded >= line.net for line in record.lines]
    items = [
        line.quantity * (int(was) - int(gone)) for line, was, gone in zip(record.lines, before, after, strict=True)
    ]
    totals = work.running.totals
    totals.spend -= spend
    totals.refunded += spend
    totals.orders += orders
    totals.items += sum(items)
    for climb in work.program.climbs:
        if climb.measure == "spend" and spend:
            work.count_tier(climb, -spend, record.day)
        elif climb.measure == "orders" and orders:
            work.count_tier(climb, orders, record.day)
    for metric, key in work.program.counted:
        dimension, _, value = key.partition(":")
        amount, count = spend, sum(items) if metric == "items" else orders
        if dimension in ("channel", "store"):
            if getattr(record, dimension) != value:
                continue
        elif dimension:
            chosen = [index for index, line in enumerate(record.lines) if key in line.keys]
            amount = sum(goods[index] for index in chosen)
            if metric == "items":
                count = sum(items[index] for index in chosen)
            else:
                count = int(all(before[index] for index in chosen)) - int(all(after[index] for index in chosen))
                count = count if chosen else 0
        if count or amount:
            work.count(metric, key, record.day, count, -amount)
    if any(climb.measure in ("spend", "orders") for climb in work.program.climbs):
        _refunded_tiers(work)


def _refunded_tiers(work: Work) -> None:
    for climb in work.program.climbs:
        standing = work.running.tiers.get(climb.id)
        if standing is None:
            continue
        standing, change = tiers.after_refund(
            climb, standing, at=work.event.occurred_at, today=work.state.today, enrolled=work.enrolled
        )
        work.running.tiers[climb.id] = standing
        if change is not None:
            work.fall([change])


def _tell_referrer(work: Work, record: OrderRecord, what: str) -> None:
    referrer = work.state.profile.referrer_id
    if referrer is not None and record.source != "referral":
        data = {"referee": str(work.state.profile.id), "order": record.key}
        work.caused.append(Caused(what, referrer, data, what))


def withdrawn(work: Work) -> str | None:
    """Give back exactly what a refund took."""
    known = work.state.order
    if known is None:
        return "order.unknown"
    record = work.order = copy_order(known)
    refund = work.event.refund
    id = None if refund is None else refund.id
    waiting = [each for each in record.awaited if each.id != id]
    if len(waiting) < len(record.awaited):
        record.awaited = waiting
        return None
    standing = [one for one in record.refunds if not one.withdrawn]
    if work.event.type == "referral.restored":
        done = standing[-1] if standing else None
    else:
        done = next((one for one in standing if one.id == id), None)
    if done is None:
        return "refund.unknown"
    was_whole = fully_refunded(record)
    done.withdrawn = True
    for line, amount in zip(record.lines, done.amounts, strict=True):
        line.refunded -= amount
    record.refunded_minor -= sum(
        amount for line, amount in zip(record.lines, done.amounts, strict=True) if line.id != SHIPPING
    )
    restored = was_whole and not fully_refunded(record)
    for took in done.took:
        _give_again(work, record.awards[took.award], took)
    if record.event_id is not None:
        _down(work, record, [-amount for amount in done.amounts], int(restored))
    if restored:
        give_back(work, record)
        _tell_referrer(work, record, "referral.restored")
    _refunded_tiers(work)
    work.climb()
    return None


def _give_again(work: Work, given: OrderAward, took: Taken) -> None:
    amount = sum(took.lines)
    for index, part in enumerate(took.lines):
        given.taken[index] -= part
    terms = work.program.terms[given.wallet]
    totals = work.running.totals
    totals.earned[terms.id] = totals.earned.get(terms.id, 0) + amount
    note_return(work, given, gone=False)
    assert given.lot is not None
    points.give_again(
        work.books,
        terms,
        given.lot,
        msgspec.convert(took.units, TakenUnits),
        cause=work.cause(given.rule),
        at=work.event.occurred_at,
        now=work.now,
    )
    work.awarded = True
    work.reasons.append(Reason(given.rule, "given_again", amount, given.wallet))
    room.adjust(work, given, sum(given.taken) + amount)
    _uncount(work, given, -amount)
