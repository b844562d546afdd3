"""Loading, paying, refunding, passing on and paying out money, each once per reference.

Every use case locks the wallet's holder first, then looks the reference up, then looks at limits and balances: a retry
is answered before anything else is asked, and limits hold under any number of calls at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from puntal.access.operations import audit
from puntal.kit import ids
from puntal.kit.calendar import midnight
from puntal.kit.db import ProgramId, Transaction
from puntal.ledger import operations as ledger
from puntal.ledger.model import ADJUSTED, LOADED, Transfer
from puntal.members import queries as people
from puntal.outbox import operations as outbox
from puntal.outbox.model import Happening
from puntal.payments import store
from puntal.payments.errors import OverLoadLimit, OverPayment, PaymentUnknown, ReferenceReused
from puntal.payments.model import Paid, Payment, PaymentKind, Wanted
from puntal.points import operations as points
from puntal.points.model import GRANTED, PAID_IN, Cause, MoneyCaps, Terms
from puntal.points.operations import Purse, window_start

GOODWILL = "goodwill"
_EVER = datetime(1, 1, 1, tzinfo=UTC)
"""The first day has no midnight east of Greenwich."""
TOLD: dict[PaymentKind, str] = {
    "load": "money.loaded",
    "pay": "money.paid",
    "refund": "money.refunded",
    "transfer": "money.sent",
    "payout": "money.paid_out",
}
"""What the outbox says of each kind."""


async def load(
    tx: Transaction,
    program_id: int,
    terms: Sequence[Terms],
    want: Wanted,
    *,
    now: datetime,
    source: str = LOADED,
    origin: str = PAID_IN,
    other: UUID | None = None,
) -> Paid:
    """Bring money into a member's wallet; goodwill is granted, everything else is paid in.

    Args:
        source: The account it comes from, where that is not what members pay in.
        origin: Of a gift card that was given, not sold: `granted`.
        other: The card.

    Raises:
        UnknownWallet, NotMoney, WalletRetired: It cannot be loaded.
        MemberNotActive: She is paused, blocked or gone.
        ReferenceReused: The reference stands for other words.
        OverLoadLimit, OverCap: More than she may pay in now, or have.
    """
    each, purse, known = await _open(tx, program_id, terms, "load", want, now=now, active=True)
    if known is not None:
        return known
    assert want.amount is not None, "a load is of an amount"
    (caps,) = await points.caps_for(tx, program_id, each, [purse.earner_id or purse.holder_id])
    if want.means == GOODWILL:
        source, origin = ADJUSTED, GRANTED
    else:
        await _check_loads(tx, program_id, each, caps, purse, want.amount, now)
    made = await points.bring_money(
        tx,
        program_id,
        terms,
        holder_id=purse.holder_id,
        earner_id=purse.earner_id,
        wallet=want.wallet,
        amount=want.amount,
        kind="money.loaded",
        cause=_cause(want),
        now=now,
        source=source,
        origin=origin,
        other=other,
        most=caps.balance,
    )
    return await _write(tx, program_id, each, purse, "load", want, made[0], now=now, noted=True)


async def pay(tx: Transaction, program_id: int, terms: Sequence[Terms], want: Wanted, *, now: datetime) -> Paid:
    """Pay with a member's money, what was granted first; `partly` takes what there is.

    Raises:
        UnknownWallet, NotMoney: There is nothing to pay with.
        MemberNotActive, MinorSpends, Unverified: She may not spend.
        ReferenceReused: The reference stands for other words.
        InsufficientPoints: There is less.
    """
    each, purse, known = await _open(tx, program_id, terms, "pay", want, now=now, active=True, spends=True)
    if known is not None:
        return known
    assert want.amount is not None, "a payment is of an amount"
    made = await points.pay_with_money(
        tx,
        program_id,
        terms,
        holder_id=purse.holder_id,
        wallet=want.wallet,
        amount=want.amount,
        partly=want.partly,
        cause=_cause(want),
        now=now,
    )
    return await _write(tx, program_id, each, purse, "pay", want, made, now=now)


async def refund(tx: Transaction, program_id: int, terms: Sequence[Terms], want: Wanted, *, now: datetime) -> Paid:
    """Give money back to a wallet: of a payment (`want.of`) to the lots that paid, else as paid-in money.

    It goes above every limit, and also to members who are paused or blocked: it is hers.

    Raises:
        UnknownWallet, NotMoney: There is no such wallet for money.
        PaymentUnknown: Nothing was paid from her wallet under that reference.
        OverPayment: More than is left of the payment.
        ReferenceReused: The reference stands for other words.
    """
    each, purse, known = await _open(tx, program_id, terms, "refund", want, now=now, active=False)
    if known is not None:
        return known
    if want.of is None:
        assert want.amount is not None, "a refund of no payment is of an amount"
        made = await points.bring_money(
            tx,
            program_id,
            terms,
            holder_id=purse.holder_id,
            earner_id=purse.earner_id,
            wallet=want.wallet,
            amount=want.amount,
            kind="money.credited",
            cause=_cause(want),
            now=now,
        )
        return await _write(tx, program_id, each, purse, "refund", want, made[0], now=now, noted=True)
    paid = await store.find(tx, program_id, "pay", want.of)
    if paid is None or paid.wallet != each.ordinal or not await _same_holder(tx, program_id, paid, purse):
        raise PaymentUnknown
    left = paid.amount - paid.returned
    amount = left if want.amount is None else want.amount
    if amount > left or not left:
        raise OverPayment(left=left)
    made = await points.return_money(
        tx,
        program_id,
        terms,
        holder_id=purse.holder_id,
        wallet=want.wallet,
        transfer_id=paid.transfer_id,
        amount=amount,
        returned_before=paid.returned,
        cause=_cause(want),
        now=now,
    )
    await store.give_back(tx, program_id, want.of, amount)
    return await _write(tx, program_id, each, purse, "refund", want, made[0], now=now, amount=amount)


async def send(tx: Transaction, program_id: int, terms: Sequence[Terms], want: Wanted, *, now: datetime) -> Paid:
    """Give money to another member; what was granted keeps its ends and stays granted.

    Raises:
        UnknownWallet, NotMoney, NotTransferable: Members may not give it to each other.
        MemberNotActive, MinorSpends, Unverified: One of them may not.
        SameHolder, OverTransferLimit, OverCap, InsufficientPoints: Not so, or not so much.
        ReferenceReused: The reference stands for other words.
    """
    assert want.amount is not None, "money is given in an amount"
    assert want.to_member is not None, "money is given to somebody"
    each = points.money_wallet(terms, want.wallet)
    giver, receiver = await points.lock_purses(
        tx,
        program_id,
        terms,
        [(want.member_id, want.wallet), (want.to_member, want.wallet)],
        now=now,
        active=True,
        spender=want.member_id,
    )
    known = await _known(tx, program_id, "transfer", each, giver, want)
    if known is not None:
        return known
    made = await points.transfer(
        tx,
        program_id,
        terms,
        giver_id=giver.holder_id,
        receiver_id=receiver.holder_id,
        earner_id=receiver.earner_id,
        wallet=want.wallet,
        amount=want.amount,
        now=now,
        note=_cause(want).note,
    )
    return await _write(tx, program_id, each, giver, "transfer", want, made[0], now=now)


async def pay_out(tx: Transaction, program_id: int, terms: Sequence[Terms], want: Wanted, *, now: datetime) -> Paid:
    """Give paid-in money back to the member, all of it when no amount is asked for; granted money stays.

    Raises:
        UnknownWallet, NotMoney: There is no such wallet for money.
        InsufficientPoints: Less was paid in and is available.
        ReferenceReused: The reference stands for other words.
    """
    each, purse, known = await _open(tx, program_id, terms, "payout", want, now=now, active=False)
    if known is not None:
        return known
    made = await points.pay_money_out(
        tx,
        program_id,
        terms,
        holder_id=purse.holder_id,
        wallet=want.wallet,
        amount=want.amount,
        cause=_cause(want),
        now=now,
    )
    return await _write(tx, program_id, each, purse, "payout", want, made, now=now, amount=made.amount, noted=True)


async def _open(
    tx: Transaction,
    program_id: int,
    terms: Sequence[Terms],
    kind: PaymentKind,
    want: Wanted,
    *,
    now: datetime,
    active: bool,
    spends: bool = False,
) -> tuple[Terms, Purse, Paid | None]:
    """Lock the wallet's holder and look the reference up."""
    each = points.money_wallet(terms, want.wallet)
    (purse,) = await points.lock_purses(
        tx,
        program_id,
        terms,
        [(want.member_id, want.wallet)],
        now=now,
        active=active,
        spender=want.member_id if spends else None,
    )
    return each, purse, await _known(tx, program_id, kind, each, purse, want)


async def _known(
    tx: Transaction, program_id: int, kind: PaymentKind, terms: Terms, purse: Purse, want: Wanted
) -> Paid | None:
    known = await store.find(tx, program_id, kind, want.reference)
    if known is None:
        return None
    same = (
        known.wallet == terms.ordinal
        and want.amount in {None, known.asked}
        and (known.of, known.to_member, known.means) == (want.of, want.to_member, want.means)
        and await _same_holder(tx, program_id, known, purse)
    )
    if not same:
        raise ReferenceReused
    return Paid(payment=known, available=await _available(tx, program_id, terms, purse), replayed=True)


async def _same_holder(tx: Transaction, program_id: int, payment: Payment, purse: Purse) -> bool:
    """Tell whether a payment was the member's: under her own id, one merged into hers, or her pool's."""
    member = purse.earner_id or purse.holder_id
    if payment.holder_id in purse or payment.member_id == member:
        return True
    return payment.member_id in await people.redirected_to(tx, program_id, member)


async def _check_loads(
    tx: Transaction, program_id: int, terms: Terms, caps: MoneyCaps, purse: Purse, amount: int, now: datetime
) -> None:
    if not caps.loads:
        return
    since = [
        _EVER if per == "lifetime" else midnight(terms.zone, window_start(terms, per, now)) for _, per in caps.loads
    ]
    holders = [purse.holder_id, *await people.redirected_to(tx, program_id, purse.holder_id)]
    loaded = await store.loaded_since(tx, program_id, holders, terms.ordinal, since)
    for (most, per), already in zip(caps.loads, loaded, strict=True):
        if already + amount > most:
            raise OverLoadLimit(most=most, per=per, loaded=already, room=max(0, most - already))


async def _available(tx: Transaction, program_id: int, terms: Terms, purse: Purse) -> int:
    row = (await ledger.read_holders(tx, program_id, [purse.holder_id]))[purse.holder_id]
    return row.available[terms.ordinal] if len(row.available) > terms.ordinal else 0


def _cause(want: Wanted) -> Cause:
    note: dict[str, Any] = {"reference": want.reference, "by": want.actor}
    more = {"means": want.means, "of": want.of, "reason": want.reason, "store": want.store}
    note.update({name: value for name, value in more.items() if value is not None})
    return Cause(order_key=want.order_key, note=note)


async def _write(  # noqa: PLR0913 - what a payment is
    tx: Transaction,
    program_id: int,
    terms: Terms,
    purse: Purse,
    kind: PaymentKind,
    want: Wanted,
    made: Transfer,
    *,
    now: datetime,
    amount: int | None = None,
    noted: bool = False,
) -> Paid:
    """Write what was done, tell of it and, where staff's word moved money (`noted`), log it."""
    asked = amount or want.amount or made.amount
    payment = Payment(
        kind=kind,
        reference=want.reference,
        holder_id=purse.holder_id,
        member_id=purse.earner_id or purse.holder_id,
        wallet=terms.ordinal,
        asked=asked,
        amount=amount or made.amount,
        transfer_id=made.id,
        means=want.means,
        of=want.of,
        to_member=want.to_member,
        order_key=want.order_key,
        store=want.store,
        at=now,
        actor=want.actor,
    )
    if not await store.insert(tx, program_id, payment):
        raise ReferenceReused
    available = await _available(tx, program_id, terms, purse)
    told = {
        "wallet": terms.id,
        "currency": terms.currency,
        "amount": payment.amount,
        "reference": payment.reference,
        "order": payment.order_key,
        "available": available,
    }
    await outbox.append(tx, program_id, [_happening(TOLD[kind], payment, told)])
    if noted:
        await audit.record(
            tx,
            program_id=ProgramId(program_id),
            actor=want.actor,
            action=TOLD[kind],
            subject=f"member:{payment.member_id}",
            now=now,
            detail={"wallet": terms.id, "amount": payment.amount, "reference": want.reference, "means": want.means},
        )
    return Paid(payment=payment, available=available)


def _happening(kind: str, payment: Payment, told: dict[str, Any]) -> Happening:
    return Happening(
        id=ids.new_id(),
        kind=kind,
        member_id=payment.member_id,
        effective_at=payment.at,
        recorded_at=payment.at,
        payload=told,
    )


async def find(tx: Transaction, program_id: int, kind: PaymentKind, reference: str) -> Payment:
    """Return what was done under a reference; nothing is locked.

    Raises:
        PaymentUnknown: Nothing was.
    """
    found = await store.find(tx, program_id, kind, reference)
    if found is None:
        raise PaymentUnknown
    return found


async def write_of_card(tx: Transaction, program_id: int, payment: Payment) -> bool:
    """Write what was done with a gift card's money under a reference; False where the reference is taken."""
    return await store.insert(tx, program_id, payment)


async def find_of_card(
    tx: Transaction, program_id: int, kind: PaymentKind, reference: str, card: UUID
) -> Payment | None:
    """Return what was done with a card under a reference; None if nothing was.

    Raises:
        ReferenceReused: It stands for something else.
    """
    found = await store.find(tx, program_id, kind, reference)
    if found is not None and found.holder_id != card:
        raise ReferenceReused
    return found
