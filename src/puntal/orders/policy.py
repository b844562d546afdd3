"""What was paid per line, how a refund becomes an amount per line, and what it takes back. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from puntal.kit.shares import share
from puntal.orders.model import SHIPPING, Amounts, Order, OrderAward, OrderLine, OrderRecord, Refund


def amounts(order: Order) -> Amounts:
    """Share order-level discounts and payments over the lines by largest remainder."""
    subtotal = [line.amount_minor for line in order.lines]
    net = [line.amount_minor - line.discount_minor for line in order.lines]
    goods = sum(net)
    total = goods - order.discount_minor + order.shipping_minor + order.tax_minor
    # Discount and payment are shared one after the other, so that each adds up by itself.
    for taken in (order.discount_minor, order.paid_points_minor):
        if taken:
            parts = share(min(taken, sum(net)), net)
            net = [amount - part for amount, part in zip(net, parts, strict=True)]
    cash = net
    paid_otherwise = order.paid_gift_card_minor + order.paid_wallet_minor
    if paid_otherwise:
        parts = share(min(paid_otherwise, sum(net)), net)
        cash = [amount - part for amount, part in zip(net, parts, strict=True)]
    return Amounts(net, subtotal, cash, total)


def refund_amounts(record: OrderRecord, refund: Refund) -> tuple[list[int], list[str]]:
    """Return how much of each line this refund gives back, never more than is left of it, and unknown line ids.

    Named lines as named; any other amount over what is left of all lines (shipping too) in proportion.
    """
    left = [line.net - line.refunded for line in record.lines]
    given = [0] * len(left)
    unknown = []
    position = {line.id: index for index, line in enumerate(record.lines)}
    for named in refund.lines:
        index = position.get(named.id)
        if index is None:
            unknown.append(named.id)
            continue
        wanted = left[index] if named.amount_minor is None else named.amount_minor
        part = min(wanted, left[index])
        given[index] += part
        left[index] -= part
    other = refund.amount_minor
    if other is None:
        other = 0 if refund.lines else sum(left)
    shared = share(min(other, sum(left)), left)
    return [named + part for named, part in zip(given, shared, strict=True)], unknown


def fully_refunded(record: OrderRecord) -> bool:
    """Return whether every line but shipping went back; one that cost nothing, with the order's cancelling."""
    if any(line.refunded < line.net for line in record.lines if line.id != SHIPPING):
        return False
    return (
        any(line.refunded for line in record.lines)
        or record.state == "cancelled"
        or any(not done.withdrawn for done in record.refunds)
    )


def owed_back(award: OrderAward, lines: Sequence[OrderLine], *, whole: bool) -> list[int]:
    """Return what an award must give back, per line, now that `lines` say how much is refunded.

    Per line floor(line points x refunded so far / line amount) minus what was taken before; when every line
    but shipping is refunded (`whole`), everything; what an order only led to goes back only then. What was refunded
    before the award was given neither earned nor takes back.
    """
    if award.keep:
        return [0] * len(award.lines)
    if whole:
        return [given - taken for given, taken in zip(award.lines, award.taken, strict=True)]
    if award.kind == "other":
        return [0] * len(award.lines)
    back = []
    before = award.before + [0] * (len(award.lines) - len(award.before))
    for line, given, taken, gone in zip(lines, award.lines, award.taken, before, strict=False):
        earning = line.net - gone
        due = given * max(line.refunded - gone, 0) // earning if earning > 0 else 0
        back.append(max(due - taken, 0))
    return back


def faults(record: OrderRecord) -> list[tuple[str, int, int]]:
    """Return what an order says that cannot be: the figure, what bounds or makes it, what it is."""
    goods = [line for line in record.lines if line.id != SHIPPING]
    # Of a referee's order only its amount is known to the referrer's record.
    wrong = [] if record.source == "referral" else _unequal("net", sum(line.net for line in goods), record.net_minor)
    wrong += _unequal("refunded", sum(line.refunded for line in goods), record.refunded_minor)
    back = [0] * len(record.lines)
    for done in record.refunds:
        if not done.withdrawn:
            back = [sum(both) for both in zip(back, done.amounts, strict=True)]
    for line, amount in zip(record.lines, back, strict=True):
        wrong += _unequal(f"refunds of line {line.id}", amount, line.refunded)
        if not 0 <= line.refunded <= line.net:
            wrong.append((f"refunded of line {line.id}", line.net, line.refunded))
    for award in record.awards:
        wrong += [
            (f"taken of {award.rule}", given, taken)
            for given, taken in zip(award.lines, award.taken, strict=True)
            if not 0 <= taken <= given
        ]
    return wrong


def _unequal(account: str, expected: int, found: int) -> list[tuple[str, int, int]]:
    return [] if expected == found else [(account, expected, found)]
