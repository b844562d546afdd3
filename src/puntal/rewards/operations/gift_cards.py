"""Selling gift cards, paying with them, moving them into wallets, refunding to them, paying them out.

Lock order as everywhere: holders of members, then vouchers. The books follow in `vouchers.books`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from puntal.kit import ids
from puntal.kit.db import Transaction
from puntal.ledger import operations as ledger
from puntal.ledger.model import TRANSFERRED
from puntal.members import operations as members
from puntal.members.model import EARNING
from puntal.orders import operations as orders
from puntal.outbox import operations as outbox
from puntal.payments import operations as payments
from puntal.payments.errors import ReferenceReused
from puntal.payments.model import Payment, PaymentKind, Wanted
from puntal.points import operations as points
from puntal.points.model import CardTerms, Terms
from puntal.rewards.errors_cards import (
    CardAmount,
    CardGiven,
    CardLineUnknown,
    CardOverLine,
    CardsNotSold,
    SaleReused,
)
from puntal.rewards.errors_vouchers import MemberInactive, VoucherHeld, VoucherUsed
from puntal.rewards.model_cards import WALLET, CardUsed, GiftCard, Sale, Sell
from puntal.rewards.model_vouchers import Ask, Issue, Taken, Voucher, VoucherTerms
from puntal.rewards.operations import vouchers
from puntal.rewards.operations.vouchers.writing import happening, open_vouchers, write
from puntal.rewards.policy import cards as policy
from puntal.rewards.policy import vouchers as voucher_policy
from puntal.rewards.policy.vouchers import Record
from puntal.rewards.store import cards as store
from puntal.rewards.store import vouchers as voucher_store

CARD_REWARD = "gift_card"
"""What a sold card says in place of a reward."""


async def sell(tx: Transaction, program_id: int, terms: Sequence[Terms], sell_: Sell, *, now: datetime) -> Voucher:
    """Sell a gift card: its value is owed from now on. The same reference again answers the same card.

    Naming an order's line, no more can be sold on it than was paid for it and not refunded.

    Raises:
        UnknownWallet, NotMoney, CardsNotSold: No cards are sold in that money.
        CardAmount: Not of that value.
        CardLineUnknown, CardOverLine: Not on that line.
        SaleReused: The reference stands for other words.
    """
    wallet, sold = sold_in(terms, sell_.wallet)
    check_amount(wallet, sold, sell_.amount)
    id = ids.derived(f"{program_id}/{sell_.reference}", "gift_card")
    order_key = None if sell_.order is None else ":".join(sell_.order)
    known = (await store.load(tx, program_id, [id])).get(id)
    if known is None and sell_.order is not None and sell_.line is not None:
        await check_line(tx, program_id, sell_)
    sale = Sale(
        wallet=wallet.ordinal, reference=sell_.reference, order_key=order_key, line=sell_.line, actor=sell_.actor
    )
    issue = issue_of_money(id, wallet, sold, sell_.amount, member_id=sell_.member_id, now=now)
    (card,) = await vouchers.issue(tx, program_id, [issue], now=now, sales={id: sale})
    books = (await store.load(tx, program_id, [id])).get(id)
    same = books is not None and (books.wallet, books.order_key, books.line) == (wallet.ordinal, order_key, sell_.line)
    if not same or card.amount != sell_.amount:
        raise SaleReused
    if known is None:
        told = happening("gift_card.sold", card, now, reference=sell_.reference, amount=card.amount, order=order_key)
        await outbox.append(tx, program_id, [told])
    return card


def sold_in(terms: Sequence[Terms], wallet: str) -> tuple[Terms, CardTerms]:
    """Return a wallet in whose money cards are sold, and how.

    Raises:
        UnknownWallet, NotMoney, CardsNotSold: None are.
    """
    found = points.money_wallet(terms, wallet)
    if found.gift_cards is None or found.retired:
        raise CardsNotSold(wallet=found.id)
    return found, found.gift_cards


def check_amount(wallet: Terms, sold: CardTerms, amount: int) -> None:
    """Refuse a card of less or more than one may hold.

    Raises:
        CardAmount: It is.
    """
    if amount < sold.least or (sold.most is not None and amount > sold.most):
        raise CardAmount(least=sold.least, most=sold.most, currency=wallet.currency)


def issue_of_money(
    id: UUID, wallet: Terms, sold: CardTerms, amount: int, *, member_id: UUID | None = None, now: datetime
) -> Issue:
    """Return a card to be issued that somebody paid for."""
    return Issue(
        id=id,
        reward=CARD_REWARD,
        terms=VoucherTerms(benefit={"kind": "gift_card", "value": amount, "wallet": wallet.id}, transferable=True),
        origin="direct",
        member_id=member_id,
        valid_from=now,
        ends_at=points.life_end(wallet, sold.ending, now, now),
        currency=wallet.currency,
        amount=amount,
        prefix=sold.prefix,
        length=sold.length,
    )


async def check_line(tx: Transaction, program_id: int, sell_: Sell) -> None:
    """Hold the order by its owner, so that two sales on a line follow one another, and look what is left of it."""
    assert sell_.order is not None, "a line is of an order"
    source, order_id = sell_.order
    key = (source, order_id)
    unknown = CardLineUnknown(order=f"{source}:{order_id}", line=sell_.line)
    order = (await orders.load(tx, program_id, [key])).get(key)
    if order is None:
        raise unknown
    if order.member_id is None:
        await orders.lock_unowned(tx, program_id, [key])
    else:
        await ledger.lock_holders(tx, program_id, [order.member_id])
    order = (await orders.load(tx, program_id, [key]))[key]
    line = next((one for one in order.lines if one.id == sell_.line), None)
    if line is None:
        raise unknown
    sold = await store.sold_on_line(tx, program_id, f"{source}:{order_id}", line.id)
    left = line.net - line.refunded - sold
    if sell_.amount > left:
        raise CardOverLine(left=max(0, left))


async def redeem(tx: Transaction, program_id: int, code: str, ask: Ask, *, partly: bool, now: datetime) -> CardUsed:
    """Pay with a card, or part of it; the same reference again changes nothing.

    Args:
        tx: An open transaction on the program; the caller commits.
        program_id: The program.
        code: As it was typed.
        ask: How much, for whom; all that is left when no amount is said.
        partly: Take what is left where that is less.
        now: When.

    Raises:
        VoucherUnknown: No card of this program has such a code.
        Refusal: What `policy.vouchers.take` says no to.
    """
    card = await vouchers.find(tx, program_id, code)
    record, taken = await _take(tx, program_id, card, ask, partly=partly, now=now)
    asked = taken.use.amount if ask.amount is None else ask.amount
    if not taken.replayed:
        told = happening("voucher.used", record.voucher, now, reference=ask.reference, amount=taken.use.amount)
        await write(tx, program_id, [record], [told], now=now)
    return CardUsed(
        card=record.voucher, amount=taken.use.amount, left=asked - taken.use.amount, replayed=taken.replayed
    )


async def load_wallet(
    tx: Transaction, program_id: int, terms: Sequence[Terms], code: str, ask: Ask, *, wallet: str, now: datetime
) -> CardUsed:
    """Move what is on a card, or part of it, into a member's wallet, where it stays what it was: owed, or granted.

    It counts as a load: the limits of the wallet hold.

    Raises:
        VoucherUnknown, UnknownWallet, NotMoney, MemberNotActive: Not this card, not there.
        OverLoadLimit, OverCap: More than she may pay in now, or have.
        ReferenceReused: The reference stands for other words.
        Refusal: What `policy.vouchers.take` says no to.
    """
    assert ask.member_id is not None, "money goes into somebody's wallet"
    into = points.money_wallet(terms, wallet)
    card = await vouchers.find(tx, program_id, code)
    # Members before vouchers, as everywhere; `payments.load` finds them locked.
    (purse,) = await points.lock_purses(tx, program_id, terms, [(ask.member_id, wallet)], now=now, active=True)
    aimed = replace(ask, member_id=purse.earner_id or purse.holder_id, channel=f"{WALLET}{wallet}")
    if aimed.amount is not None:
        aimed = replace(aimed, currency=into.currency)
    record, taken = await _take(tx, program_id, card, aimed, partly=False, now=now)
    books = (await store.load(tx, program_id, [card.id])).get(card.id)
    if card.currency != into.currency or books is None or books.wallet != into.ordinal:
        raise CardsNotSold(wallet=wallet)
    if not taken.replayed:
        told = happening("voucher.used", record.voucher, now, reference=ask.reference, amount=taken.use.amount)
        await write(tx, program_id, [record], [told], into=purse.holder_id, now=now)
    want = Wanted(
        reference=ask.reference,
        member_id=ask.member_id,
        wallet=wallet,
        amount=taken.use.amount,
        means="gift_card",
        of=str(card.id),
        store=ask.store,
        actor=ask.actor,
    )
    paid = await payments.load(
        tx, program_id, terms, want, now=now, source=TRANSFERRED, origin=books.origin, other=card.id
    )
    return CardUsed(card=record.voucher, amount=paid.payment.amount, available=paid.available, replayed=taken.replayed)


async def refund(
    tx: Transaction,
    program_id: int,
    code: str,
    *,
    payment: str,
    amount: int | None,
    reference: str,
    actor: str,
    now: datetime,
) -> CardUsed:
    """Give part of what a card paid back to it, or all that is left of it; the same reference again changes nothing.

    Raises:
        VoucherUnknown: No card of this program has such a code.
        UseUnknown, CardInWallet, CardOverPayment, VoucherVoid, VoucherExpired: See `policy.cards.give_back`.
        ReferenceReused: The reference stands for other words.
    """
    card = await vouchers.find(tx, program_id, code)
    record = (await open_vouchers(tx, program_id, [card.id], [payment], now=now))[card.id]
    of = f"{card.id}/{payment}"
    known = await payments.find_of_card(tx, program_id, "refund", reference, card.id)
    if known is not None:
        if known.of != of or amount not in {None, known.amount}:
            raise ReferenceReused
        return CardUsed(card=record.voucher, amount=known.amount, replayed=True)
    back = policy.give_back(record, payment, amount, now)
    told = happening("voucher.released", record.voucher, now, reference=payment, amount=back)
    moved = await write(tx, program_id, [record], [told], now=now)
    books = (await store.load(tx, program_id, [card.id])).get(card.id)
    if books is not None:
        await _keep(tx, program_id, "refund", reference, books, back, moved[0].id, of=of, actor=actor, now=now)
    return CardUsed(card=record.voucher, amount=back)


async def pay_out(
    tx: Transaction, program_id: int, code: str, *, reference: str, means: str, actor: str, now: datetime
) -> CardUsed:
    """Give back what is left of a card that was sold, and end it; the same reference again changes nothing.

    Raises:
        VoucherUnknown: No card of this program has such a code.
        CardGiven: It was not sold.
        VoucherHeld, VoucherUsed: A purchase is under way, or nothing is left.
        ReferenceReused: The reference stands for other words.
    """
    card = await vouchers.find(tx, program_id, code)
    record = (await open_vouchers(tx, program_id, [card.id], now=now))[card.id]
    known = await payments.find_of_card(tx, program_id, "payout", reference, card.id)
    if known is not None:
        return CardUsed(card=record.voucher, amount=known.amount, replayed=True)
    books = (await store.load(tx, program_id, [card.id])).get(card.id)
    if books is None or books.origin != "paid_in":
        raise CardGiven
    if record.voucher.held:
        raise VoucherHeld
    left = policy.left_in_books(record.voucher)
    if not left or not voucher_policy.end(record, "void", "refund", now):
        raise VoucherUsed
    told = happening("gift_card.paid_out", record.voucher, now, reference=reference, amount=left)
    moved = await write(tx, program_id, [record], [told], paid_out=True, now=now)
    await _keep(tx, program_id, "payout", reference, books, left, moved[0].id, means=means, actor=actor, now=now)
    return CardUsed(card=record.voucher, amount=left)


async def books_of(tx: Transaction, program_id: int, id: UUID) -> GiftCard | None:
    """Return the books of a voucher, if it is a card that has some."""
    return (await store.load(tx, program_id, [id])).get(id)


async def of_order(tx: Transaction, program_id: int, order_key: str) -> list[tuple[GiftCard, Voucher]]:
    """Return the cards that lines of an order sold, as they are now, by line."""
    found = [card for card, _ in await store.of_orders(tx, program_id, [order_key])]
    cards = await voucher_store.load(tx, program_id, [card.id for card in found])
    return [(card, cards[card.id]) for card in found]


async def _take(
    tx: Transaction, program_id: int, card: Voucher, ask: Ask, *, partly: bool, now: datetime
) -> tuple[Record, Taken]:
    record = (await open_vouchers(tx, program_id, [card.id], [ask.reference], now=now))[card.id]
    if ask.member_id is not None:
        profile = (await members.load(tx, program_id, [ask.member_id])).get(ask.member_id)
        if profile is None or profile.status not in EARNING:
            raise MemberInactive
    before = record.uses.get(ask.reference)
    if ask.amount is not None and partly:
        there = record.voucher.remaining if before is None else before.amount
        # Of nothing the whole is asked, so that the refusal says why there is nothing.
        ask = replace(ask, amount=min(ask.amount, there) or ask.amount)
    return record, voucher_policy.take(record, ask, now)


async def _keep(  # noqa: PLR0913 - what a payment is
    tx: Transaction,
    program_id: int,
    kind: PaymentKind,
    reference: str,
    books: GiftCard,
    amount: int,
    transfer_id: UUID,
    *,
    of: str | None = None,
    means: str | None = None,
    actor: str,
    now: datetime,
) -> None:
    payment = Payment(
        kind=kind,
        reference=reference,
        holder_id=books.id,
        member_id=None,
        wallet=books.wallet,
        asked=amount,
        amount=amount,
        transfer_id=transfer_id,
        means=means,
        of=of,
        at=now,
        actor=actor,
    )
    if not await payments.write_of_card(tx, program_id, payment):
        raise ReferenceReused
