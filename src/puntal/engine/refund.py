"""Refunds, cancellations and their withdrawal: the order's own entries are reversed, never re-decided. Pure."""

from __future__ import annotations

from typing import Any

import msgspec

from puntal.engine.model import Caused, Reason
from puntal.engine.work import Work, copy_order
from puntal.limits import policy as limits
from puntal.limits.model import Counter
from puntal.orders.model import SHIPPING, Awaited, OrderAward, OrderRecord, Refund, RefundRecord, Taken
from puntal.orders.policy import owed_back, refund_amounts
from puntal.points import policy as points
from puntal.points.model import Taken as TakenUnits
from puntal.tiers import policy as tiers

EVERYTHING = Refund(order="")
"""No lines and no amount: all that is left."""


def refunded(work: Work) -> str | None:
    """Apply a refund or cancellation; before its order it is kept and applied with it."""
    event = work.event
    known = work.state.order
    wanted = event.refund if event.type == "order.refunded" else EVERYTHING
    if known is None or known.state == "awaited":
        if event.type == "referral.reversed":
            return "order.unknown"
        work.order = known_or_awaited(work, known)
        work.order.awaited.append(Awaited(event.id, wanted, event.occurred_at))
        return "order.awaited"
    work.order = copy_order(known)
    if any(done.id == _refund_id(work) for done in known.refunds):
        return "refund.already_applied"
    if event.type == "order.cancelled":
        work.order.state = "cancelled"
    return apply(work, wanted, _refund_id(work))


def known_or_awaited(work: Work, known: OrderRecord | None) -> OrderRecord:
    """Return the record that waits for its order."""
    if known is not None:
        return copy_order(known)
    event = work.event
    return OrderRecord(
        source=event.source,
        order_id=event.order_id or "",
        member_id=work.state.profile.id,
        state="awaited",
        occurred_at=event.occurred_at,
        day=work.day,
        currency=work.program.currency,
    )


def _refund_id(work: Work) -> str:
    refund = work.event.refund
    return refund.id if refund is not None and refund.id is not None else work.event.id


def apply(work: Work, refund: Refund | None, id: str) -> str | None:
    """Take back what a refund owes of the order at work."""
    assert work.order is not None
    amounts, unknown = refund_amounts(work.order, refund or EVERYTHING)
    for line in unknown:
        work.reasons.append(Reason("refund", "unknown_line", by=line))
    if not any(amounts):
        cancelled = work.order.state == "cancelled" and not work.order.refunds
        if not cancelled or any(line.net for line in work.order.lines):
            return "refund.nothing_left"
    take(work, amounts, id)
    return None


def take(work: Work, amounts: list[int], id: str) -> None:
    """Refund these amounts per line: points back from each award, room back to its counters, totals down."""
    record = work.order
    assert record is not None
    before_all = _fully(record)
    for line, amount in zip(record.lines, amounts, strict=True):
        line.refunded += amount
    goods = sum(amount for line, amount in zip(record.lines, amounts, strict=True) if line.id != SHIPPING)
    record.refunded_minor += goods
    done = RefundRecord(id, list(amounts), [])
    measured = False
    for index, given in enumerate(record.awards):
        back = owed_back(given, record.lines)
        if not any(back):
            continue
        took = _take_award(work, given, back)
        done.took.append(Taken(index, back, took))
        _give_room_back(work, given, sum(back))
        measured |= _uncount(work, given, sum(back))
    record.refunds.append(done)
    if record.state != "awaited" and record.event_id is not None:
        _down(work, record, goods, -1 if _fully(record) and not before_all else 0)
    if _fully(record) and not before_all:
        _tell_referrer(work, record)
    if measured:
        _refunded_tiers(work)


def _fully(record: OrderRecord) -> bool:
    goods = [line for line in record.lines if line.id != SHIPPING]
    return all(line.refunded >= line.net for line in goods) and any(line.refunded for line in record.lines)


def _take_award(work: Work, given: OrderAward, back: list[int]) -> dict[str, Any]:
    amount = sum(back)
    for index, part in enumerate(back):
        given.taken[index] += part
    terms = work.program.terms[given.wallet]
    totals = work.running.totals
    totals.earned[terms.id] = totals.earned.get(terms.id, 0) - amount
    assert given.lot is not None
    took = points.take_back(
        work.books, terms, given.lot, amount, cause=work.cause(given.rule), at=work.event.occurred_at, now=work.now
    )
    work.awarded = True
    work.reasons.append(Reason(given.rule, "reversed", -took.from_member, given.wallet, 0, -amount, None))
    result: dict[str, Any] = msgspec.to_builtins(took)
    return result


def _give_room_back(work: Work, given: OrderAward, amount: int) -> None:
    """Give points room back as taken; times, members and value when the award is reversed in full."""
    whole = all(taken >= points_ for taken, points_ in zip(given.taken, given.lines, strict=True))
    for use in given.uses:
        back = min(amount, use.amount) if use.measure == "points" else use.amount if whole else 0
        if not back:
            continue
        if use.scope == "b":
            key = (use.key, use.measure, use.start)
            work.budgets[key] = work.budgets.get(key, 0) - back
            continue
        counter = {
            "points": Counter(0, -back, 0),
            "value": Counter(0, 0, -back),
            "times": Counter(-back, 0, 0),
        }[use.measure]
        limits.take(work.running.used, use.key, use.start, counter)


def _uncount(work: Work, given: OrderAward, amount: int) -> bool:
    if not given.counted or given.day is None:
        return False
    found = False
    for climb in work.program.climbs:
        if climb.measure == "earned" and climb.wallet == given.wallet:
            work.count_tier(climb.id, -amount, given.day)
            found = True
    return found


def _down(work: Work, record: OrderRecord, goods: int, orders: int) -> None:
    """Lower totals, daily figures and spend ladders at the order's date."""
    totals = work.running.totals
    totals.spend -= goods
    totals.refunded += goods
    totals.orders += orders
    for climb in work.program.climbs:
        if climb.measure == "spend" and goods:
            work.count_tier(climb.id, -goods, record.day)
        elif climb.measure == "orders" and orders:
            work.count_tier(climb.id, orders, record.day)
    for metric, key in work.program.counted:
        dimension, _, value = key.partition(":")
        if dimension in ("channel", "store") and getattr(record, dimension) != value:
            continue
        if dimension in ("", "channel", "store") and metric in ("spend", "orders"):
            work.count(metric, key, record.day, orders, -goods)
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
            work.changes.append(change)


def _tell_referrer(work: Work, record: OrderRecord) -> None:
    referrer = work.state.profile.referrer_id
    if referrer is not None and record.source != "referral":
        work.caused.append(
            Caused(
                "referral.reversed",
                referrer,
                {"referee": str(work.state.profile.id), "order": record.key},
                "referral.reversed",
            )
        )


def withdrawn(work: Work) -> str | None:
    """Give back exactly what a refund took."""
    if work.state.order is None:
        return "order.unknown"
    work.order = copy_order(work.state.order)
    refund = work.event.refund
    id = None if refund is None else refund.id
    done = next((one for one in work.order.refunds if one.id == id and not one.withdrawn), None)
    if done is None:
        return "refund.unknown"
    was_whole = _fully(work.order)
    done.withdrawn = True
    for line, amount in zip(work.order.lines, done.amounts, strict=True):
        line.refunded -= amount
    goods = sum(a for line, a in zip(work.order.lines, done.amounts, strict=True) if line.id != SHIPPING)
    work.order.refunded_minor -= goods
    for took in done.took:
        _give_again(work, work.order.awards[took.award], took)
    _down(work, work.order, -goods, 1 if was_whole else 0)
    return None


def _give_again(work: Work, given: OrderAward, took: Taken) -> None:
    amount = sum(took.lines)
    for index, part in enumerate(took.lines):
        given.taken[index] -= part
    terms = work.program.terms[given.wallet]
    totals = work.running.totals
    totals.earned[terms.id] = totals.earned.get(terms.id, 0) + amount
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
    _take_room_again(work, given, amount)
    _uncount(work, given, -amount)


def _take_room_again(work: Work, given: OrderAward, amount: int) -> None:
    for use in given.uses:
        if use.measure != "points":
            continue
        if use.scope == "b":
            key = (use.key, use.measure, use.start)
            work.budgets[key] = work.budgets.get(key, 0) + amount
        else:
            limits.take(work.running.used, use.key, use.start, Counter(0, amount, 0))
