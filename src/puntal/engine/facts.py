"""What conditions may read of one event and its member: flat, by field name. Pure.

Only the facts that some rule of the trigger reads are made, for each costs its conversion.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from puntal.engine.model import Compiled, Event, State, Trigger
from puntal.orders.model import Amounts, Line
from puntal.rules.derived import age, average_order, days_since
from puntal.rules.model import Field
from puntal.rules.values import fact
from puntal.tiers.policy import held

Maker = Callable[[Compiled, State, Event], Any]
EventMaker = Callable[[Compiled, Event], Any]
AmountsMaker = Callable[[Amounts], int]
LineMaker = Callable[[Line, int], Any]
"""Makes a fact of a line and its net amount."""


def _day(at: datetime | None, program: Compiled) -> str | None:
    return None if at is None else at.astimezone(program.zone).date().isoformat()


_MEMBER: Mapping[str, Maker] = {
    "member.id": lambda _p, s, _e: str(s.profile.id),
    "member.status": lambda _p, s, _e: s.profile.status,
    "member.country": lambda _p, s, _e: s.profile.country,
    "member.locale": lambda _p, s, _e: s.profile.locale,
    "member.enrolled_on": lambda p, s, _e: _day(s.profile.enrolled_at, p),
    "member.days_since_enrolled": lambda p, s, _e: (
        None if s.profile.enrolled_at is None else days_since(s.profile.enrolled_at.astimezone(p.zone).date(), s.today)
    ),
    "member.birthday_month": lambda _p, s, _e: None if s.profile.birthday is None else s.profile.birthday.month,
    "member.age": lambda _p, s, _e: None if s.profile.birthday is None else age(s.profile.birthday, s.today),
    "member.email_verified": lambda _p, s, _e: s.profile.email_verified_at is not None,
    "member.phone_verified": lambda _p, s, _e: s.profile.phone_verified_at is not None,
    "member.orders": lambda _p, s, _e: s.running.totals.orders,
    "member.spend": lambda _p, s, _e: s.running.totals.spend,
    "member.items": lambda _p, s, _e: s.running.totals.items,
    "member.average_order": lambda _p, s, _e: average_order(s.running.totals.spend, s.running.totals.orders),
    "member.days_since_first_order": lambda _p, s, _e: (
        None if s.running.totals.first_day is None else days_since(s.running.totals.first_day, s.today)
    ),
    "member.days_since_last_order": lambda _p, s, _e: (
        None if s.running.totals.last_day is None else days_since(s.running.totals.last_day, s.today)
    ),
    "member.segments": lambda _p, s, _e: sorted(s.lists),
}
_ORDER: Mapping[str, EventMaker] = {
    "order.channel": lambda _p, e: e.channel,
    "order.store": lambda _p, e: e.store,
    "order.source": lambda _p, e: e.source,
    "order.hour": lambda p, e: e.occurred_at.astimezone(p.zone).hour,
    "order.weekday": lambda p, e: e.occurred_at.astimezone(p.zone).isoweekday(),
    "order.currency": lambda _p, e: None if e.order is None else e.order.currency,
    "order.items": lambda _p, e: None if e.order is None else sum(line.quantity for line in e.order.lines),
    "order.line_count": lambda _p, e: None if e.order is None else len(e.order.lines),
    "order.coupon_count": lambda _p, e: None if e.order is None else len(e.order.coupons),
    "order.tags": lambda _p, e: None if e.order is None else list(e.order.tags),
}


_OF_AMOUNTS: Mapping[str, AmountsMaker] = {
    "order.net": lambda amounts: sum(amounts.net),
    "order.subtotal": lambda amounts: sum(amounts.subtotal),
    "order.net_cash": lambda amounts: sum(amounts.cash),
    "order.total": lambda amounts: amounts.total,
}
_LINE: Mapping[str, LineMaker] = {
    "line.net": lambda _line, net: net,
    "line.amount": lambda line, _net: line.amount_minor,
    "line.tags": lambda line, _net: list(line.tags),
    "line.product": lambda line, _net: line.product,
    "line.category": lambda line, _net: line.category,
    "line.brand": lambda line, _net: line.brand,
    "line.quantity": lambda line, _net: line.quantity,
    "line.gift_card": lambda line, _net: line.gift_card,
}


def makers_of(
    fields: Mapping[str, Field],
) -> tuple[
    tuple[tuple[str, Maker], ...],
    tuple[tuple[str, EventMaker], ...],
    tuple[tuple[str, AmountsMaker], ...],
    tuple[tuple[str, LineMaker], ...],
]:
    """Return how to make each fact that is read: of the member, the event, the order's amounts, each line."""
    member, event, amounts, lines = [], [], [], []
    for name, field in fields.items():
        if name.startswith("line."):
            lines.append((name[5:], _LINE.get(name) or _line_attribute(name[5:], field)))
        elif name in _OF_AMOUNTS:
            amounts.append((name, _OF_AMOUNTS[name]))
        elif name.startswith("member."):
            member.append((name, _MEMBER.get(name) or _member_maker(name, field)))
        else:
            event.append((name, _ORDER.get(name) or _event_maker(name, field)))
    return tuple(member), tuple(event), tuple(amounts), tuple(lines)


# What comes from outside may have another type than the field has today, so it goes through `fact`.


def _member_maker(name: str, field: Field) -> Maker:
    return lambda program, state, event: fact(
        field, state.metrics[name] if name in state.metrics else _of_member(program, state, event, name[7:])
    )


def _event_maker(name: str, field: Field) -> EventMaker:
    return lambda _program, event: fact(field, _of_event(event, name))


def _line_attribute(name: str, field: Field) -> LineMaker:
    return lambda line, _net: fact(field, line.attributes.get(name))


def facts_of(
    program: Compiled, state: State, event: Event, trigger: Trigger, amounts: Amounts | None
) -> dict[str, Any]:
    """Return the facts that the trigger's rules read; what is not known is null, and matches nothing."""
    facts: dict[str, Any] = {name: make(program, state, event) for name, make in trigger.makers}
    return facts | facts_of_event(program, event, trigger, amounts)


def facts_of_event(program: Compiled, event: Event, trigger: Trigger, amounts: Amounts | None) -> dict[str, Any]:
    """Return those of the facts that the event itself says; they can be told again at any time."""
    facts: dict[str, Any] = {name: make(program, event) for name, make in trigger.event_makers}
    for name, of in trigger.amount_makers:
        facts[name] = None if amounts is None else of(amounts)
    wanted = trigger.line_makers
    if wanted:
        facts["lines"] = (
            []
            if event.order is None or amounts is None
            else [
                {name: make(line, net) for name, make in wanted}
                for line, net in zip(event.order.lines, amounts.net, strict=True)
            ]
        )
    return facts


def _of_event(event: Event, name: str) -> Any:  # noqa: ANN401 - a fact's value
    scope, _, rest = name.partition(".")
    match scope:
        case "event":
            return event.data.get(rest)
        case "context":
            return event.context.get(rest)
        case _:
            return None if event.order is None else event.order.attributes.get(rest)


def _of_member(program: Compiled, state: State, event: Event, rest: str) -> Any:  # noqa: ANN401 - a fact's value
    kind, _, id = rest.partition(".")
    if rest == "tier" or kind == "tiers":
        for climb in program.climbs:
            if rest == "tier" or climb.id == id:
                standing = state.running.tiers.get(climb.id)
                return climb.tiers[0] if standing is None else held(climb, standing, event.occurred_at)
        return None
    if id in program.wallets and kind in ("points", "earned", "spent"):
        if kind == "points":
            return state.books.available[program.wallets[id]]
        totals = state.running.totals
        return (totals.earned if kind == "earned" else totals.spent).get(id, 0)
    return state.profile.attributes.get(rest)
