"""Gift cards that are printed by the batch, worth nothing until the till or the shop activates each of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from puntal.kit.db import Transaction
from puntal.outbox import operations as outbox
from puntal.points.model import Terms
from puntal.rewards.errors_cards import CardActive, SaleReused
from puntal.rewards.errors_vouchers import VoucherVoid
from puntal.rewards.model_cards import Activate, Printing, Sale, Sell
from puntal.rewards.model_vouchers import Batch, Voucher, VoucherTerms
from puntal.rewards.operations import batches, vouchers
from puntal.rewards.operations.gift_cards import CARD_REWARD, check_amount, check_line, issue_of_money, sold_in
from puntal.rewards.operations.vouchers.books import open_cards
from puntal.rewards.operations.vouchers.writing import happening, open_vouchers
from puntal.rewards.policy.codes import MOST_CHARACTERS
from puntal.rewards.store import cards as store
from puntal.rewards.store import vouchers as voucher_store


async def print_batch(
    tx: Transaction,
    program_id: int,
    terms: Sequence[Terms],
    printing: Printing,
    *,
    now: datetime,
) -> Batch:
    """Begin a batch of cards that are worth nothing until each is activated; a known id changes nothing.

    Raises:
        UnknownWallet, NotMoney, CardsNotSold: No cards are sold in that money.
        CodesTooShort: So many codes of this length would be easy to guess.
    """
    wallet, sold = sold_in(terms, printing.wallet)
    return await batches.create(
        tx,
        program_id,
        Batch(
            id=printing.id,
            name=printing.name,
            reward=CARD_REWARD,
            kind="generated",
            state="making",
            prefix=sold.prefix,
            length=min(sold.length, MOST_CHARACTERS - len(sold.prefix)),
            wanted=printing.count,
            valid_from=now,
            currency=wallet.currency,
            amount=0,
            terms=VoucherTerms(benefit={"kind": "gift_card", "wallet": wallet.id}, transferable=True),
            created_at=now,
            created_by=printing.actor,
        ),
    )


async def activate(
    tx: Transaction, program_id: int, terms: Sequence[Terms], code: str, activation: Activate, *, now: datetime
) -> tuple[Voucher, bool]:
    """Give a printed card its value, which is owed from now on; returns it, and whether it had been done before.

    The same reference and amount again change nothing. Naming an order's line, no more is sold on it than was
    paid for it.

    Raises:
        VoucherUnknown: No card of this program has such a code.
        CardActive: It has a value, or was never printed without one.
        VoucherVoid: Its batch was voided.
        UnknownWallet, NotMoney, CardsNotSold, CardAmount: Not sold so.
        CardLineUnknown, CardOverLine: Not on that line.
        SaleReused: The reference stands for another card or amount.
    """
    found = await vouchers.find(tx, program_id, code)
    if found.batch_id is None or found.reward != CARD_REWARD:
        raise CardActive
    wallet, sold = sold_in(terms, str(found.terms.benefit.get("wallet", "")))
    sell_ = Sell(
        wallet=wallet.id,
        amount=activation.amount,
        reference=activation.reference,
        order=activation.order,
        line=activation.line,
        member_id=activation.member_id,
        actor=activation.actor,
    )
    known = await store.sold_as(tx, program_id, activation.reference)
    if not known and sell_.order is not None and sell_.line is not None:
        # Whoever owns the order is locked before the card.
        await check_line(tx, program_id, sell_)
    card = (await open_vouchers(tx, program_id, [found.id], now=now))[found.id].voucher
    known = await store.sold_as(tx, program_id, activation.reference)
    if known:
        if [one.id for one in known] != [card.id] or card.amount != activation.amount:
            raise SaleReused
        return card, True
    if card.state == "void":
        raise VoucherVoid
    if card.state != "inactive":
        raise CardActive
    check_amount(wallet, sold, activation.amount)
    issue = issue_of_money(card.id, wallet, sold, activation.amount, member_id=activation.member_id, now=now)
    await voucher_store.activate(tx, program_id, issue, now)
    order_key = None if activation.order is None else ":".join(activation.order)
    sale = Sale(
        wallet=wallet.ordinal,
        reference=activation.reference,
        order_key=order_key,
        line=activation.line,
        actor=activation.actor,
    )
    active = (await voucher_store.load(tx, program_id, [card.id]))[card.id]
    await open_cards(tx, program_id, [active], {card.id: sale}, now=now)
    told = happening("gift_card.sold", active, now, reference=sale.reference, amount=active.amount, order=order_key)
    await outbox.append(tx, program_id, [told])
    return active, False
