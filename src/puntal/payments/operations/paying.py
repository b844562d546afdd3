"""Money that leaves a wallet and what comes back of it: paid, refunded, given, paid out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from puntal.kit.db import Transaction
from puntal.payments import store
from puntal.payments.errors import OverPayment, PaymentUnknown
from puntal.payments.model import Paid, Wanted
from puntal.payments.operations.booking import cause_of, write
from puntal.payments.operations.references import known_by, open_purse, same_holder
from puntal.points import operations as points
from puntal.points.model import Terms


async def pay(tx: Transaction, program_id: int, terms: Sequence[Terms], want: Wanted, *, now: datetime) -> Paid:
    """Pay with a member's money, what was granted first; `partly` takes what there is.

    Raises:
        UnknownWallet, NotMoney: There is nothing to pay with.
        MemberNotActive, MinorSpends, Unverified: She may not spend.
        ReferenceReused: The reference stands for other words.
        InsufficientPoints: There is less.
    """
    each, purse, known = await open_purse(tx, program_id, terms, "pay", want, now=now, active=True, spends=True)
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
        cause=cause_of(want),
        now=now,
    )
    return await write(tx, program_id, each, purse, "pay", want, made, now=now)


async def refund(tx: Transaction, program_id: int, terms: Sequence[Terms], want: Wanted, *, now: datetime) -> Paid:
    """Give money back to a wallet: of a payment (`want.of`) to the lots that paid, else as paid-in money.

    It goes above every limit, and also to members who are paused or blocked: it is hers.

    Raises:
        UnknownWallet, NotMoney: There is no such wallet for money.
        PaymentUnknown: Nothing was paid from her wallet under that reference.
        OverPayment: More than is left of the payment.
        ReferenceReused: The reference stands for other words.
    """
    each, purse, known = await open_purse(tx, program_id, terms, "refund", want, now=now, active=False)
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
            cause=cause_of(want),
            now=now,
        )
        return await write(tx, program_id, each, purse, "refund", want, made[0], now=now, noted=True)
    paid = await store.find(tx, program_id, "pay", want.of)
    if paid is None or paid.wallet != each.ordinal or not await same_holder(tx, program_id, paid, purse):
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
        cause=cause_of(want),
        now=now,
    )
    await store.give_back(tx, program_id, want.of, amount)
    return await write(tx, program_id, each, purse, "refund", want, made[0], now=now, amount=amount)


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
    known = await known_by(tx, program_id, "transfer", each, giver, want)
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
        note=cause_of(want).note,
    )
    return await write(tx, program_id, each, giver, "transfer", want, made[0], now=now)


async def pay_out(tx: Transaction, program_id: int, terms: Sequence[Terms], want: Wanted, *, now: datetime) -> Paid:
    """Give paid-in money back to the member, all of it when no amount is asked for; granted money stays.

    Raises:
        UnknownWallet, NotMoney: There is no such wallet for money.
        InsufficientPoints: Less was paid in and is available.
        ReferenceReused: The reference stands for other words.
    """
    each, purse, known = await open_purse(tx, program_id, terms, "payout", want, now=now, active=False)
    if known is not None:
        return known
    made = await points.pay_money_out(
        tx,
        program_id,
        terms,
        holder_id=purse.holder_id,
        wallet=want.wallet,
        amount=want.amount,
        cause=cause_of(want),
        now=now,
    )
    return await write(tx, program_id, each, purse, "payout", want, made, now=now, amount=made.amount, noted=True)
