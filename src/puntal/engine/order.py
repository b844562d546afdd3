"""Orders arriving and changing: when they earn, what the record keeps. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from puntal.engine import award, gate, refund
from puntal.engine.model import Caused
from puntal.engine.work import Work, copy_order
from puntal.orders.model import SHIPPING, Amounts, Line, Order, OrderLine, OrderRecord
from puntal.orders.policy import amounts
from puntal.programs.document.builtin import PURCHASE


def arrived(work: Work) -> str | None:
    """Decide an order event that may be the one the order earns on; returns why nothing was awarded."""
    event, program = work.event, work.program
    known = work.state.order
    if event.order is None:
        return _named(work)
    of = amounts(event.order)
    if known is None or known.state == "awaited":
        work.order = _record(work, event.order, of)
        if known is not None:
            work.order.awaited = list(known.awaited)
    else:
        work.order = copy_order(known)
    record = work.order
    if event.type != program.earns_on:
        return _other_rules(work, of) or "order.not_earning_yet"
    if record.state == "earned":
        return "order.already_earned"
    if record.state == "cancelled":
        return "order.cancelled"
    if event.order.currency != program.currency:
        return "order.other_currency"
    code = gate.shut(program, work.state, event, work.now)
    if code is None:
        record.state = "earned"
        record.event_id = event.id
        trigger = program.triggers.get(PURCHASE)
        if trigger is not None:
            award.run(work, trigger, of)
        _other_rules(work, of)
        work.renew()
    _count(work, event.order, of, 1)
    if code is None:
        work.climb()
        _refer(work, sum(of.net))
    for awaited in list(record.awaited):
        refund.apply(work, awaited.refund, awaited.event)
    record.awaited = []
    return code


def _named(work: Work) -> str | None:
    """Decide an order event that only names its order."""
    if work.state.order is None:
        return "order.unknown"
    work.order = copy_order(work.state.order)
    return _other_rules(work, None)


def _other_rules(work: Work, of: Amounts | None) -> str | None:
    trigger = work.program.triggers.get(work.event.type)
    if trigger is None:
        return None
    code = gate.shut(work.program, work.state, work.event, work.now)
    if code is None:
        award.run(work, trigger, of)
    return code


def adopt(work: Work) -> None:
    """Take up the order that a custom event names, so that its awards belong to it."""
    if work.event.order_id is None:
        return
    if work.state.order is not None:
        work.order = copy_order(work.state.order)
    elif work.event.type == "referral.completed":
        net = int(work.event.data.get("net_minor", 0))
        work.order = OrderRecord(
            source=work.event.source,
            order_id=work.event.order_id,
            member_id=work.state.profile.id,
            state="earned",
            occurred_at=work.event.occurred_at,
            day=work.day,
            currency=work.program.currency,
            event_id=work.event.id,
            lines=[OrderLine("1", net)],
        )


def _record(work: Work, order: Order, of: Amounts) -> OrderRecord:
    lines = [OrderLine(line.id, net) for line, net in zip(order.lines, of.net, strict=True)]
    if order.shipping_minor:
        lines.append(OrderLine(SHIPPING, order.shipping_minor))
    return OrderRecord(
        source=work.event.source,
        order_id=order.id,
        member_id=work.state.profile.id,
        state="seen",
        occurred_at=work.event.occurred_at,
        day=work.day,
        currency=order.currency,
        event_id=work.event.id,
        net_minor=sum(of.net),
        total_minor=of.total,
        channel=work.event.channel,
        store=work.event.store,
        lines=lines,
    )


def _count(work: Work, order: Order, of: Amounts, orders: int) -> None:
    """Add an order to totals, daily figures and ladders that climb by spend or orders."""
    net = sum(of.net)
    items = sum(line.quantity for line in order.lines)
    totals = work.running.totals
    totals.orders += orders
    totals.spend += net
    totals.items += items
    totals.first_day = work.day if totals.first_day is None else min(totals.first_day, work.day)
    totals.last_day = work.day if totals.last_day is None else max(totals.last_day, work.day)
    for climb in work.program.climbs:
        if climb.measure == "spend" and net:
            work.count_tier(climb.id, net, work.day)
        elif climb.measure == "orders" and orders:
            work.count_tier(climb.id, orders, work.day)
    for metric, key in work.program.counted:
        _count_metric(work, metric, key, order, of, orders)


def _count_metric(work: Work, metric: str, key: str, order: Order, of: Amounts, orders: int) -> None:
    dimension, _, value = key.partition(":")
    if not dimension:
        chosen: Sequence[int] = range(len(order.lines))
    elif dimension in ("channel", "store"):
        if getattr(work.event, dimension) != value:
            return
        chosen = range(len(order.lines))
    else:
        chosen = [index for index, line in enumerate(order.lines) if getattr(line, dimension) == value]
        if not chosen:
            return
    amount = sum(of.net[index] for index in chosen)
    count = sum(order.lines[index].quantity for index in chosen) if metric == "items" else orders
    if count or amount:
        work.count(metric, key, work.day, count, amount)


def _refer(work: Work, net: int) -> None:
    """Tell the referrer's side when the first order of a referee earned."""
    profile = work.state.profile
    if profile.referrer_id is None or work.state.running.totals.orders or work.order is None:
        return
    work.caused.append(
        Caused(
            "referral.completed",
            profile.referrer_id,
            {"referee": str(profile.id), "order": work.order.key, "net_minor": net},
            "referral.completed",
        )
    )


def updated(work: Work) -> str | None:
    """Decide a changed order: more on it earns the addition, less is a refund."""
    event, known = work.event, work.state.order
    if event.order is None:
        return "order.unknown"
    if known is None or known.state in ("awaited", "seen"):
        of = amounts(event.order)
        work.order = _record(work, event.order, of)
        if known is not None:
            work.order.awaited = list(known.awaited)
        return "order.not_earning_yet"
    work.order = copy_order(known)
    if known.state == "cancelled":
        return "order.cancelled"
    of = amounts(event.order)
    more, less, position = _difference(work.order, event.order, of)
    if any(less):
        refund.take(work, less, event.id)
    if not any(more):
        return None if any(less) else "order.unchanged"
    code = gate.shut(work.program, work.state, event, work.now)
    added = Amounts(more, more, more, sum(more))
    if code is None:
        trigger = work.program.triggers.get(PURCHASE)
        if trigger is not None:
            award.run(work, trigger, added, position=position)
    for index, amount in zip(position, more, strict=True):
        work.order.lines[index].net += amount
    work.order.net_minor += sum(more)
    work.order.total_minor = of.total
    _count(work, event.order, added, 0)
    if code is None:
        work.climb()
    return code


def _difference(record: OrderRecord, order: Order, of: Amounts) -> tuple[list[int], list[int], list[int]]:
    """Return per event line what was added, per record line what went, and where event lines stand in the record."""
    place = {line.id: index for index, line in enumerate(record.lines)}
    position = []
    more = []
    less = [0] * len(record.lines)
    for line, net in zip(order.lines, of.net, strict=True):
        index = place.get(line.id)
        if index is None:
            _append(record, line)
            position.append(len(record.lines) - 1)
            more.append(net)
            less.append(0)
            continue
        position.append(index)
        now = record.lines[index].net - record.lines[index].refunded
        more.append(max(net - now, 0))
        less[index] = max(now - net, 0)
    named = {line.id for line in order.lines} | {SHIPPING}
    for line_id, index in place.items():
        if line_id not in named:
            less[index] = record.lines[index].net - record.lines[index].refunded
    return more, less, position


def _append(record: OrderRecord, line: Line) -> None:
    record.lines.append(OrderLine(line.id, 0))
    for given in record.awards:
        given.lines.append(0)
        given.taken.append(0)
    for done in record.refunds:
        done.amounts.append(0)
        for took in done.took:
            took.lines.append(0)
