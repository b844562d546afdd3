"""Gift cards that orders sell by themselves: which lines are cards, and of which value. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from puntal.engine.gate import phase_at
from puntal.engine.model import Compiled, Event, Switches
from puntal.kit.shares import share
from puntal.orders.model import SHIPPING, Order, OrderRecord
from puntal.orders.policy import amounts, fully_refunded
from puntal.rewards.model_cards import LineRefund, LineSale

CARD = "gift_card:"
"""How a decision names the gift cards of a line: `gift_card:<line>`."""
MOST_CARDS = 1000
"""That one order sells by itself; whoever wants more has a batch printed."""


def lines_sold(program: Compiled, order: Order, key: str) -> Iterator[LineSale]:
    """Yield the lines of an order that are gift cards; the first wallet whose `lines` cover one sells it.

    A card holds what the shop asks for it: the line's amount before discounts, shared over its items.
    """
    selling = program.selling
    if selling is None:
        return
    facts = {
        "lines": [
            {name: make(line, net) for name, make in selling.trigger.line_makers}
            for line, net in zip(order.lines, amounts(order).net, strict=True)
        ]
    }
    covered = selling.trigger.conditions.evaluate(facts).lines
    for at, line in enumerate(order.lines):
        wallet = next((wallet for wallet, position in selling.wallets if covered[position][at]), None)
        if wallet is not None and line.quantity and line.amount_minor:
            # So many are too many anyhow; a list of a million would only be thrown away.
            values = share(line.amount_minor, [1] * min(line.quantity, MOST_CARDS + 1))
            yield LineSale(order_key=key, line=line.id, wallet=wallet, values=tuple(values))


def lines_refunded(record: OrderRecord, reference: str) -> Iterator[LineRefund]:
    """Yield each line of an order with how much of it went back by now."""
    whole = fully_refunded(record)
    for line in record.lines:
        if line.id != SHIPPING:
            yield LineRefund(
                order_key=record.key,
                line=line.id,
                net=line.net,
                refunded=line.refunded,
                whole=whole,
                reference=reference,
            )


def sells(program: Compiled, switches: Switches, event: Event, wallet: int, now: datetime) -> bool:
    """Tell whether cards are sold at an event: never for what was imported, is too old, or is switched off."""
    if event.late_allowed or event.occurred_at < now - program.late or switches.program:
        return False
    started = program.starts is None or program.starts <= event.occurred_at
    return started and phase_at(program, now) == "live" and program.terms[wallet].id not in switches.wallets
