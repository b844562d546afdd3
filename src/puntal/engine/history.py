"""Awarding history: one rule, an order that earned before, decided at the order's date. Pure."""

from __future__ import annotations

from puntal.engine import award, gate
from puntal.engine.order import places_of
from puntal.engine.work import Work, copy_order
from puntal.orders.model import Amounts
from puntal.orders.policy import amounts
from puntal.programs.document.builtin import PURCHASE

HISTORY = "history.awarded"
"""The event; its id is made of rule and order, so a second one is recognised as a retry."""


def award_later(work: Work) -> str | None:
    """Let one rule earn on an order it has not earned on, net of refunds, with lots that begin now."""
    known, order = work.state.order, work.event.order
    if known is None or order is None or known.state != "earned":
        return "order.not_earned"
    rule = str(work.event.data.get("rule"))
    if any(given.rule == rule for given in known.awards):
        return "order.already_awarded"
    code = gate.shut(work.program, work.state, work.event, work.now)
    if code is not None:
        return code
    work.order = copy_order(known)
    position = places_of(work.program, work.order, order)
    refunded = [work.order.lines[index].refunded for index in position]
    of = amounts(order)
    left = Amounts(
        [max(net - back, 0) for net, back in zip(of.net, refunded, strict=True)],
        [max(amount - back, 0) for amount, back in zip(of.subtotal, refunded, strict=True)],
        [max(cash - back, 0) for cash, back in zip(of.cash, refunded, strict=True)],
        max(of.total - sum(refunded), 0),
    )
    work.earned_at = work.now
    trigger = work.program.triggers.get(PURCHASE)
    if trigger is not None:
        award.run(work, trigger, left, position=position, only=rule)
        for given in work.order.awards[len(known.awards) :]:
            given.before = [line.refunded for line in work.order.lines]
        work.climb()
    return None
