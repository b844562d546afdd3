"""Gift cards that orders sell by themselves, and what refunds take back of them; said among the event's reasons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from puntal.engine.model import Event
from puntal.engine.selling import CARD, MOST_CARDS, lines_refunded, lines_sold, sells
from puntal.intake.batch import Batch, Decided
from puntal.kit.db import Transaction
from puntal.kit.money import major
from puntal.orders.model import Refund
from puntal.rewards.model_cards import LineOutcome, LineRefund, LineSale
from puntal.rewards.operations import order_cards

_LESSENING = frozenset({"order.refunded", "order.cancelled", "order.refund_withdrawn", "order.updated"})
_EVERYTHING = 10**18
"""More than any card holds."""
Said = dict[tuple[str, str], Decided]
"""Order and line to the last event about them, which says what became of its cards."""


async def settle(tx: Transaction, batch: Batch) -> None:
    """Sell the cards of lines whose order earned, then take back those of lines that were refunded.

    Before anything of the batch is written, for its events say what came of it. Members are locked, vouchers here.
    """
    now = max((one.item.now for one in batch.decided), default=None)
    if now is None or not any(terms.gift_cards is not None for terms in batch.programs.newest.terms):
        return
    program_id, terms = batch.programs.program_id, batch.programs.newest.terms
    sold: dict[tuple[str, str], LineSale] = {}
    said: Said = {}
    for one, line in _sales(batch):
        said[line.order_key, line.line] = one
        sold[line.order_key, line.line] = line
    if sold:
        _say(await order_cards.sell(tx, program_id, terms, list(sold.values()), now=now), said)
    back: dict[tuple[str, str], LineRefund] = {}
    for one, refunded in _refunds(batch):
        said[refunded.order_key, refunded.line] = one
        back[refunded.order_key, refunded.line] = refunded
    if back:
        _say(await order_cards.refund(tx, program_id, list(back.values()), now=now), said)


def _sales(batch: Batch) -> Iterator[tuple[Decided, LineSale]]:
    """Yield the lines that sell cards now; of those that might, say why not."""
    for one in batch.decided:
        if one.order is None or one.program.selling is None or not _earns(batch, one):
            continue
        cards = 0
        for line in lines_sold(one.program, one.order, f"{one.event.source}:{one.order.id}"):
            cards += len(line.values)
            now = sells(one.program, batch.programs.switches, one.event, line.wallet, one.item.now)
            if now and cards <= MOST_CARDS:
                yield one, line
            elif not one.event.late_allowed:
                one.outcome.reasons.append((f"{CARD}{line.line}", "cards_too_many" if now else "card_not_now"))


def _earns(batch: Batch, one: Decided) -> bool:
    """Tell whether an event makes an order one that was paid for, or changes such an order."""
    event, earns_on = one.event, one.program.earns_on
    if one.decision is None:
        known = batch.orders.get((event.source, event.order_id or ""))
        return event.type == earns_on and known is None
    record = one.decision.order
    if record is None or record.state != "earned":
        return False
    if event.type == "order.updated":
        return event.order is not None
    return event.type == earns_on and record.event_id == event.id


def _refunds(batch: Batch) -> Iterator[tuple[Decided, LineRefund]]:
    """Yield lines of which something went back, or came again, with what stands of it after the batch."""
    for one in batch.decided:
        event, record = one.event, None if one.decision is None else one.decision.order
        if one.decision is None:
            yield from ((one, line) for line in _of_nobody(event))
            continue
        if record is None or record.event_id is None:
            continue
        earned = event.type == one.program.earns_on and record.event_id == event.id
        if event.type not in _LESSENING and not (earned and any(line.refunded for line in record.lines)):
            continue
        latest = batch.changed_orders.get((record.source, record.order_id), record)
        yield from ((one, line) for line in lines_refunded(latest, _reference(event)))


def _of_nobody(event: Event) -> Sequence[LineRefund]:
    """Return what is refunded of an order that belongs to no member and is not kept, where lines are named."""
    if event.type not in ("order.refunded", "order.cancelled") or event.order_id is None:
        return []
    refund = event.refund or Refund(order=event.order_id)
    return [
        LineRefund(
            order_key=f"{event.source}:{event.order_id}",
            line=line.id,
            more=_EVERYTHING if line.amount_minor is None else line.amount_minor,
            reference=_reference(event),
        )
        for line in refund.lines
    ]


def _reference(event: Event) -> str:
    return f"order-refund:{event.id}"


def _say(outcomes: Sequence[LineOutcome], said: Said) -> None:
    for each in outcomes:
        many = str(each.count) if each.currency is None else f"{major(each.count, each.currency)} {each.currency}"
        said[each.order_key, each.line].outcome.reasons.append((f"{CARD}{each.line}", each.code, many))
