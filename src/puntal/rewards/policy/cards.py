"""What happens to a gift card's money when something happens to its voucher. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace

from puntal.ledger.model import CANCELLED, EXPIRED, GIFT_CARDS, PAID_OUT, SPENT, TRANSFERRED
from puntal.rewards.errors_cards import CardInWallet, CardOverPayment
from puntal.rewards.errors_vouchers import UseUnknown, VoucherExpired, VoucherVoid
from puntal.rewards.model_cards import RETURNED, WALLET, Movement
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
        returned = use.channel == RETURNED
        away = PAID_OUT if returned else TRANSFERRED if into_wallet else SPENT
        kind = "gift_card.used" if change > 0 else "gift_card.refunded"
        moves.append(
            Movement(
                kind="gift_card.returned" if returned else kind,
                source=GIFT_CARDS if change > 0 else PAID_OUT if returned else SPENT,
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
    if use is None or use.state != "used" or use.channel == RETURNED:
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


def returned_of(record: Record) -> int:
    """Return how much of a card went back with refunds of the line that sold it."""
    return sum(use.amount for use in record.uses.values() if use.channel == RETURNED and use.state == "used")


def due_back(value: int, *, net: int, refunded: int, whole: bool) -> int:
    """Return how much of what cards of a line were sold for goes back with what was refunded of the line.

    In proportion to what was paid for it; everything when the line, or a whole order that cost nothing, went back.
    """
    if refunded >= net:
        return value if net or whole else 0
    return value * refunded // net


def take_back(records: Sequence[Record], amount: int, *, reference: str, actor: str, now: datetime) -> int:
    """Take back so much of cards that a line sold, as far as it is there: unused cards whole, then what others have.

    One that goes back whole is void. Returns how much was there; what is spent or held stays spent or held.
    """
    taken = 0
    for record in sorted(records, key=_untouched_first):
        voucher = record.voucher
        there = voucher.remaining if voucher.state_at(now) in {"issued", "held"} else 0
        part = min(there, amount - taken)
        if not part:
            continue
        taken += part
        record.move(remaining=-part)
        record.put(
            Use(
                voucher_id=voucher.id,
                reference=reference,
                state="used",
                amount=part,
                at=now,
                channel=RETURNED,
                actor=actor,
            )
        )
        if returned_of(record) == voucher.amount:
            record.voucher = replace(record.voucher, state="void", ended_at=now, ended_because="refund")
    return taken


def give_again(records: Sequence[Record], amount: int, now: datetime) -> int:
    """Put back on cards what refunds took of them that were withdrawn, what was taken last before the rest.

    Returns how much: to a card that has ended otherwise meanwhile nothing goes back.
    """
    given = 0
    taken = [
        (use, record)
        for record in records
        for use in record.uses.values()
        if use.channel == RETURNED and use.state == "used"
    ]
    for use, record in sorted(taken, key=lambda each: (each[0].at, each[0].reference), reverse=True):
        part = min(use.amount, amount - given)
        voucher = record.voucher
        if not part or voucher.state == "expired" or (voucher.state == "void" and voucher.remaining):
            continue
        given += part
        record.voucher = replace(record.voucher, ended_at=None, ended_because=None)
        record.move(remaining=part)
        left = use.amount - part
        record.put(replace(use, amount=left) if left else replace(use, state="released", ended_at=now))
    return given


def _untouched_first(record: Record) -> tuple[bool, int]:
    voucher = record.voucher
    return voucher.remaining < voucher.amount, -voucher.remaining
