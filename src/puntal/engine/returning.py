"""What an order does to the redemptions it names: where their discount lies, and what a refund returns. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction

from puntal.engine.redeeming import returned_to
from puntal.kit.shares import share
from puntal.ledger.model import REDEEMED
from puntal.orders.model import SHIPPING, Order, OrderRecord
from puntal.orders.policy import fully_refunded
from puntal.points import policy as points
from puntal.points.model import Books, Cause, Share
from puntal.points.policy.lots import take
from puntal.rewards.model import Redemption

ISSUED = frozenset({"credit", "gift_card", "partner_code"})
"""Kinds that give something by themselves; an order does not commit them."""


def lines_of(made: Redemption, order: Order, record: OrderRecord) -> tuple[int, ...]:
    """Return what a redemption took off each line of the record, in minor units; they add up to its discount."""
    place = {line.id: index for index, line in enumerate(record.lines)}
    out = [0] * len(record.lines)
    if made.kind == "shipping":
        if SHIPPING in place:
            out[place[SHIPPING]] = made.discount_minor
        return tuple(out)
    covered = made.terms.get("lines")
    weights = [
        line.amount_minor - line.discount_minor if covered is None or line.id in covered else 0 for line in order.lines
    ]
    if not any(weights):
        weights = [line.amount_minor - line.discount_minor for line in order.lines]
    if any(weights):
        for line, part in zip(order.lines, share(made.discount_minor, weights), strict=True):
            out[place[line.id]] += part
    return tuple(out)


def owed_back(made: Redemption, record: OrderRecord) -> int:
    """Return how many units of a redemption's cost are to be back by now, in proportion to what was refunded.

    A line counts with what the redemption took off it; one that took nothing off counts with what was paid.
    """
    if made.terms.get("keep"):
        return 0
    if record.state == "cancelled" or fully_refunded(record):
        return made.units
    lines = list(made.lines) + [0] * (len(record.lines) - len(made.lines))
    weights = lines if any(lines) else [0 if line.id == SHIPPING else line.net for line in record.lines]
    whole = sum(weights)
    if not whole:
        return 0
    gone = sum(
        (
            Fraction(weight * min(line.refunded, line.net), line.net)
            for weight, line in zip(weights, record.lines, strict=True)
            if line.net > 0
        ),
        Fraction(0),
    )
    return int(gone * made.units / whole)


def spend_again(
    books: Books, made: Redemption, shares: Sequence[Share], units: int, *, cause: Cause, now: datetime
) -> int:
    """Take again what a withdrawn refund had returned, from the lots that got it, the first to get it last.

    Returns how many units were still there.
    """
    shares = returned_to(made, shares)
    whole = sum(part for _, part in shares)
    before = dict(points.backwards(shares, min(made.returned, whole)))
    after = dict(points.backwards(shares, min(made.returned - units, whole)))
    taken: list[Share] = []
    left = units
    for lot_id, _ in shares:
        wanted = min(before.get(lot_id, 0) - after.get(lot_id, 0), left)
        lot = books.lots.get(lot_id)
        if wanted <= 0:
            continue
        have = 0 if lot is None or not points.started(books, lot) else min(wanted, lot.remaining)
        if have:
            taken.append((lot_id, have))
            left -= have
        if have < wanted:
            break
    total = sum(part for _, part in taken)
    if total:
        take(books, made.wallet, REDEEMED, taken, kind="points.redeemed", cause=cause, at=now, now=now)
    return total
