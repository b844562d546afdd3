"""Orders arriving and changing: when they earn, what the record keeps. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from puntal.engine import award, gate, refund
from puntal.engine.model import Caused, Compiled
from puntal.engine.work import Work, copy_order
from puntal.orders.model import SHIPPING, Amounts, Line, Order, OrderLine, OrderRecord
from puntal.orders.policy import amounts, fully_refunded
from puntal.programs.document.builtin import PURCHASE

_DONE = {"earned": "order.already_earned", "cancelled": "order.cancelled"}


def arrived(work: Work) -> str | None:
    """Decide an order event that may be the one the order earns on; returns why nothing was awarded."""
    program, known = work.program, work.state.order
    if work.event.order is None:
        if known is None or known.state == "awaited":
            return "order.unknown"
        if known.sent is None:
            return _named(work, known)
        _with_lines(work, known, known.sent)
    order = work.event.order
    assert order is not None
    of = amounts(order)
    position = _open(work, order, of)
    if work.event.type == program.earns_on:
        return _earn(work, order, of, position)
    state = None if work.order is None else work.order.state
    if state == "cancelled":
        return "order.cancelled"
    if work.event.type in program.triggers:
        return _other_rules(work, of, position)
    return None if state == "earned" else "order.not_earning_yet"


def _earn(work: Work, order: Order, of: Amounts, position: Sequence[int] | None) -> str | None:
    program, record = work.program, work.order
    assert record is not None
    if record.state in _DONE:
        return _DONE[record.state]
    if order.currency != program.currency:
        return "order.other_currency"
    record.state, record.event_id, record.sent = "earned", work.event.id, None
    code = gate.shut(program, work.state, work.event, work.now)
    if code is None:
        trigger = program.triggers.get(PURCHASE)
        if trigger is not None:
            award.run(work, trigger, of, position=position)
        _other_rules(work, of, position)
        work.renew(PURCHASE)
    _count(work, order, of.net, [line.quantity for line in order.lines], 1)
    _apply_awaited(work, record)
    if code is None:
        work.climb()
        if not fully_refunded(record):
            _refer(work, sum(of.net))
    return code


def _named(work: Work, known: OrderRecord) -> str | None:
    """Decide an order event that only names its order, which earned before."""
    work.order = copy_order(known)
    if known.state == "cancelled":
        return "order.cancelled"
    if work.event.type == work.program.earns_on:
        return "order.already_earned"
    return _other_rules(work, None, None)


def _with_lines(work: Work, known: OrderRecord, sent: Order) -> None:
    """Let an event that only names its order be about the lines sent before."""
    event = work.event
    work.event = replace(event, order=sent, channel=event.channel or known.channel, store=event.store or known.store)


def _other_rules(work: Work, of: Amounts | None, position: Sequence[int] | None) -> str | None:
    trigger = work.program.triggers.get(work.event.type)
    if trigger is None:
        return None
    code = gate.shut(work.program, work.state, work.event, work.now)
    if code is None:
        award.run(work, trigger, of, position=position)
    return code


def _apply_awaited(work: Work, record: OrderRecord) -> None:
    waiting, record.awaited = record.awaited, []
    for each in waiting:
        if each.refund is None:
            record.state = "cancelled"
        refund.apply(work, each.refund, each.id)


def adopt(work: Work) -> None:
    """Take up the order that a custom event names, so that its awards belong to it."""
    if work.event.order_id is None:
        return
    known = work.state.order
    if known is not None:
        if known.state != "awaited":
            work.order = copy_order(known)
    elif work.event.type == "referral.completed":
        net = int(work.event.data.get("net_minor", 0))
        # Without an event it earned on: it is the referee's order, so it counts nowhere here.
        work.order = OrderRecord(
            source=work.event.source,
            order_id=work.event.order_id,
            member_id=work.state.profile.id,
            state="earned",
            occurred_at=work.event.occurred_at,
            day=work.day,
            currency=work.program.currency,
            lines=[OrderLine("1", net)],
        )


def _open(work: Work, order: Order, of: Amounts) -> list[int] | None:
    """Put the order's record to work; return where the event's lines stand in it, None: in order."""
    known = work.state.order
    if known is None or (known.state in ("awaited", "seen") and not known.awards):
        work.order = _record(work, order, of)
        if known is not None:
            work.order.awaited = list(known.awaited)
        return None
    record = work.order = copy_order(known)
    if known.state != "seen":
        bought = len(record.lines)
        place, _ = _places(work.program, record, order)
        for line in record.lines[bought:]:
            # Only `order.updated` adds to an order that earned.
            line.quantity = 0
        return place
    # Something was awarded before it earns, so its lines keep their places.
    for line in record.lines:
        line.net = 0
    place, _ = _places(work.program, record, order)
    for index, net in zip(place, of.net, strict=True):
        record.lines[index].net = net
    if order.shipping_minor:
        shipping = next((line for line in record.lines if line.id == SHIPPING), None)
        if shipping is None:
            shipping = _append(record, OrderLine(SHIPPING, 0))
        shipping.net = order.shipping_minor
    record.occurred_at, record.day, record.sent = work.event.occurred_at, work.day, order
    record.currency, record.net_minor, record.total_minor = order.currency, sum(of.net), of.total
    return place


def _record(work: Work, order: Order, of: Amounts) -> OrderRecord:
    event, keys = work.event, work.program.line_keys
    lines = [
        OrderLine(line.id, net, 0, line.quantity, _keys(line, keys) if keys else ())
        for line, net in zip(order.lines, of.net, strict=True)
    ]
    if order.shipping_minor:
        lines.append(OrderLine(SHIPPING, order.shipping_minor))
    return OrderRecord(
        source=event.source,
        order_id=order.id,
        member_id=work.state.profile.id,
        state="seen",
        occurred_at=event.occurred_at,
        day=work.day,
        currency=order.currency,
        net_minor=sum(of.net),
        total_minor=of.total,
        channel=event.channel,
        store=event.store,
        lines=lines,
        sent=order,
    )


def _keys(line: Line, keys: Sequence[tuple[str, str, str]]) -> tuple[str, ...]:
    return tuple([key for key, dimension, value in keys if getattr(line, dimension) == value])


def _count(work: Work, order: Order, net: Sequence[int], quantities: Sequence[int], orders: int) -> None:
    """Add an order, or what was added to one, to totals, daily figures and ladders, at the order's date."""
    assert work.order is not None
    day, whole, items = work.order.day, sum(net), sum(quantities)
    totals = work.running.totals
    totals.orders += orders
    totals.spend += whole
    totals.items += items
    totals.first_day = day if totals.first_day is None else min(totals.first_day, day)
    totals.last_day = day if totals.last_day is None else max(totals.last_day, day)
    for climb in work.program.climbs:
        if climb.measure == "spend" and whole:
            work.count_tier(climb, whole, day)
        elif climb.measure == "orders" and orders:
            work.count_tier(climb, orders, day)
    for metric, key in work.program.counted:
        dimension, _, value = key.partition(":")
        if dimension in ("", "channel", "store"):
            if dimension and getattr(work.event, dimension) != value:
                continue
            amount, count = whole, items if metric == "items" else orders
        else:
            chosen = [index for index, line in enumerate(order.lines) if getattr(line, dimension) == value]
            if not chosen:
                continue
            amount = sum(net[index] for index in chosen)
            count = sum(quantities[index] for index in chosen) if metric == "items" else orders
        if count or amount:
            work.count(metric, key, day, count, amount)


def _refer(work: Work, net: int) -> None:
    """Tell the referrer's side when the first order of a referee earned."""
    profile = work.state.profile
    if profile.referrer_id is None or work.state.running.totals.orders > 0 or work.order is None:
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
    order, known = work.event.order, work.state.order
    if order is None:
        return "order.unknown"
    of = amounts(order)
    if known is None or known.state in ("awaited", "seen"):
        _open(work, order, of)
        return "order.not_earning_yet"
    record = work.order = copy_order(known)
    if known.state == "cancelled":
        return "order.cancelled"
    bought = len(record.lines)
    gone = _forget_what_went(record)
    place, quantities = _places(work.program, record, order)
    more, less = _difference(record, order, of, place)
    if gone and not any(more):
        # Nothing is bought any more that free things could come with.
        for line in record.lines[bought:]:
            line.quantity = 0
        return "order.unchanged"
    # First what came on, so that swapping one line for another is no return of everything.
    for index, amount, added in zip(place, more, quantities, strict=True):
        record.lines[index].net += amount
        record.lines[index].quantity += added if index < bought else 0
    record.net_minor += sum(more)
    record.total_minor = of.total
    if any(less):
        refund.take(work, less, work.event.id)
    code: str | None = None if any(less) else "order.unchanged"
    if any(more) or any(quantities):
        code = _earn_more(work, Amounts(more, more, more, sum(more)), of, place, quantities)
        _count(work, order, more, quantities, int(gone))
        if code is None:
            work.climb()
    return _other_rules(work, of, place) if "order.updated" in work.program.triggers else code


def _forget_what_went(record: OrderRecord) -> bool:
    """Count what was refunded no longer, so that what comes on in its place does; return whether it was everything."""
    gone = fully_refunded(record)
    for line in record.lines:
        if line.refunded >= line.net and (gone or line.net > 0):
            line.quantity = 0
    return gone


def _earn_more(
    work: Work, added: Amounts, whole: Amounts, place: Sequence[int], quantities: Sequence[int]
) -> str | None:
    code = gate.shut(work.program, work.state, work.event, work.now)
    trigger = work.program.triggers.get(PURCHASE)
    if code is None and trigger is not None:
        award.run(work, trigger, added, position=place, whole=whole, quantities=quantities)
    return code


def _difference(record: OrderRecord, order: Order, of: Amounts, place: Sequence[int]) -> tuple[list[int], list[int]]:
    """Return per event line what was added, and per record line what went."""
    more = []
    less = [0] * len(record.lines)
    for index, net in zip(place, of.net, strict=True):
        now = record.lines[index].net - record.lines[index].refunded
        more.append(max(net - now, 0))
        less[index] = max(now - net, 0)
    named = {line.id for line in order.lines} | {SHIPPING}
    for index, line in enumerate(record.lines):
        if line.id not in named:
            less[index] = line.net - line.refunded
    return more, less


def _places(program: Compiled, record: OrderRecord, order: Order) -> tuple[list[int], list[int]]:
    """Return where the event's lines stand in the record, new ones at its end, and how many items came on each."""
    known = {line.id: index for index, line in enumerate(record.lines)}
    place, quantities = [], []
    for line in order.lines:
        index = known.get(line.id)
        if index is None:
            index = len(record.lines)
            _append(record, OrderLine(line.id, 0, 0, line.quantity, _keys(line, program.line_keys)))
            quantities.append(line.quantity)
        else:
            quantities.append(max(line.quantity - record.lines[index].quantity, 0))
        place.append(index)
    return place, quantities


def places_of(program: Compiled, record: OrderRecord, order: Order) -> list[int]:
    """Return where an order's lines stand in its record; lines it does not have are added, with nothing paid."""
    return _places(program, record, order)[0]


def _append(record: OrderRecord, line: OrderLine) -> OrderLine:
    record.lines.append(line)
    for given in record.awards:
        given.lines.append(0)
        given.taken.append(0)
    for done in record.refunds:
        done.amounts.append(0)
        for took in done.took:
            took.lines.append(0)
    return line
