"""What happens to a gift card's money when something happens to its voucher. Pure."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from puntal.ledger.model import CANCELLED, EXPIRED, GIFT_CARDS, PAID_OUT, SPENT, TRANSFERRED
from puntal.rewards.errors_cards import CardInWallet, CardOverPayment
from puntal.rewards.errors_vouchers import UseUnknown, VoucherExpired, VoucherVoid
from puntal.rewards.model_cards import WALLET, Movement
from puntal.rewards.model_vouchers import Use, Voucher
from puntal.rewards.policy.vouchers import Record

_ENDED = frozenset({"expired", "void"})


def left_in_books(voucher: Voucher) -> int:
    """Return what the books have of a card: what is left and held; nothing once it has ended."""
    return 0 if voucher.state in _ENDED else voucher.remaining + voucher.held


def first_used(record: Record) -> bool:
    """Tell whether something of a voucher is used now, of which nothing was when it was opened."""
    opened = record.opened or record.voucher
    return opened.state not in _ENDED and any(
        _used(record.uses[reference]) > _used(record.before.get(reference)) for reference in record.changed
    )


def movements(
    record: Record, *, into_wallet: bool = False, paid_out: bool = False, now: datetime | None = None
) -> list[Movement]:
    """Return what moves between accounts by what was done with a card since it was opened.

    Uses move by the difference of what was used; whatever the rest of the change is, the card's end explains.

    Raises:
        CardInWallet: A use that moved money into a wallet would be undone: the money would be there twice.
    """
    assert record.opened is not None, "a record remembers how it was opened"
    moves = []
    flow = 0
    for reference in sorted(record.changed):
        use, before = record.uses[reference], record.before.get(reference)
        change = _used(use) - _used(before)
        if not change:
            continue
        flow += change
        if change < 0 and (use.channel or "").startswith(WALLET):
            raise CardInWallet
        away = TRANSFERRED if into_wallet else SPENT
        moves.append(
            Movement(
                kind="gift_card.used" if change > 0 else "gift_card.refunded",
                source=GIFT_CARDS if change > 0 else SPENT,
                destination=away if change > 0 else GIFT_CARDS,
                amount=abs(change),
                at=now or (use.at if change > 0 else use.ended_at or use.at),
                reference=reference,
                order_key=use.order_key,
                actor=use.actor,
            )
        )
    lost = left_in_books(record.opened) - flow - left_in_books(record.voucher)
    if lost > 0:
        expired = record.voucher.state == "expired"
        moves.append(
            Movement(
                kind="gift_card.expired" if expired else "gift_card.paid_out" if paid_out else "gift_card.cancelled",
                source=GIFT_CARDS,
                destination=EXPIRED if expired else PAID_OUT if paid_out else CANCELLED,
                amount=lost,
                at=now or record.voucher.ended_at,
            )
        )
    if lost < 0:
        raise ValueError(f"{-lost} would be on a gift card that nobody put there")
    return moves


def _used(use: Use | None) -> int:
    return 0 if use is None or use.state != "used" else use.amount


def give_back(record: Record, reference: str, amount: int | None, now: datetime) -> int:
    """Refund part of what a card paid under a reference, or all that is left of it; returns how much.

    Raises:
        UseUnknown: The card paid nothing under it.
        CardInWallet: That went into a wallet.
        CardOverPayment: More than is left of the payment.
        VoucherVoid, VoucherExpired: The card has ended: the money goes some other way.
    """
    use = record.uses.get(reference)
    if use is None or use.state != "used":
        if use is not None and use.state == "released":
            raise CardOverPayment(left=0)
        raise UseUnknown
    if (use.channel or "").startswith(WALLET):
        raise CardInWallet
    if record.voucher.state == "void":
        raise VoucherVoid
    if record.voucher.state_at(now) == "expired" or record.voucher.state == "expired":
        raise VoucherExpired(ended=(record.voucher.ends_at or now).date().isoformat())
    back = use.amount if amount is None else amount
    if back > use.amount:
        raise CardOverPayment(left=use.amount)
    record.move(remaining=back)
    if back == use.amount:
        record.put(replace(use, state="released", ended_at=now))
    else:
        record.put(replace(use, amount=use.amount - back))
    return back
