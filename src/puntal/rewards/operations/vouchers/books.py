"""The money of gift cards in the books: posted wherever their vouchers are issued or written.

A card is the holder of its own transfers. What the account `gift_cards` has of it is what is left and held.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from puntal.kit import ids
from puntal.kit.db import Transaction
from puntal.ledger import operations as ledger
from puntal.ledger.model import GIFT_CARDS, ISSUED, SOLD, Transfer
from puntal.programs import queries as programs
from puntal.rewards.model_cards import GiftCard, Movement, Sale
from puntal.rewards.model_vouchers import Voucher
from puntal.rewards.policy import cards as policy
from puntal.rewards.policy.vouchers import Record
from puntal.rewards.store import cards as store


async def open_cards(
    tx: Transaction, program_id: int, issued: Sequence[Voucher], sales: Mapping[UUID, Sale], *, now: datetime
) -> None:
    """Begin the books of vouchers just issued that are money: in their sale's wallet, else the first of their currency.

    Without a wallet of money in that currency there are no books to keep.
    """
    money = [one for one in issued if one.currency is not None]
    if money:
        await _begin(tx, program_id, [(one, one.amount) for one in money], sales, now=now)


async def _begin(
    tx: Transaction,
    program_id: int,
    money: Sequence[tuple[Voucher, int]],
    sales: Mapping[UUID, Sale],
    *,
    now: datetime,
) -> dict[UUID, GiftCard]:
    """Begin the books of vouchers with what is on each of them."""
    wallets: dict[str | None, int] = {}
    if any(one.id not in sales for one, _ in money):
        for wallet in sorted(await programs.wallets(tx, program_id), key=lambda one: one.ordinal):
            if wallet.kind == "money":
                wallets.setdefault(wallet.currency, wallet.ordinal)
    cards = {
        one.id: _card(one, sales.get(one.id), wallets, now)
        for one, _ in money
        if one.id in sales or one.currency in wallets
    }
    if not cards:
        return cards
    await store.insert(tx, program_id, list(cards.values()))
    moves = [
        _transfer(
            cards[one.id],
            Movement(
                kind="gift_card.sold" if one.id in sales else "gift_card.given",
                source=SOLD if one.id in sales else ISSUED,
                destination=GIFT_CARDS,
                amount=amount,
                at=now,
                reference=cards[one.id].reference,
                order_key=cards[one.id].order_key,
                actor=cards[one.id].actor,
            ),
            now,
        )
        for one, amount in money
        if one.id in cards
    ]
    await ledger.write(tx, program_id, holders=[], transfers=moves)
    return cards


def _card(voucher: Voucher, sale: Sale | None, wallets: Mapping[str | None, int], now: datetime) -> GiftCard:
    if sale is None:
        return GiftCard(
            id=voucher.id,
            wallet=wallets[voucher.currency],
            origin="granted",
            reference=voucher.cause,
            at=now,
            actor="system",
        )
    return GiftCard(
        id=voucher.id,
        wallet=sale.wallet,
        origin="paid_in",
        reference=sale.reference,
        order_key=sale.order_key,
        line=sale.line,
        at=now,
        actor=sale.actor,
    )


async def post(
    tx: Transaction,
    program_id: int,
    records: Iterable[Record],
    *,
    into: UUID | None = None,
    paid_out: bool = False,
    now: datetime | None = None,
) -> list[Transfer]:
    """Post what was done with cards; vouchers that are no money move nothing.

    Codes of a batch are cards from their first use on: until then nobody may have them.

    Raises:
        CardInWallet: Money that went into a wallet would come back.
    """
    money = {each.voucher.id: each for each in records if each.voucher.currency and (each.changed or each.touched)}
    if not money:
        return []
    cards = await store.load(tx, program_id, money)
    fresh = [record for id, record in money.items() if id not in cards and policy.first_used(record)]
    if fresh:
        on_them = [(each.voucher, policy.left_in_books(each.opened or each.voucher)) for each in fresh]
        began = now or max(use.at for each in fresh for use in each.uses.values())
        cards |= await _begin(tx, program_id, on_them, {}, now=began)
    made = [
        _transfer(card, move, now, other=into if move.kind == "gift_card.used" else None)
        for id, card in cards.items()
        for move in policy.movements(money[id], into_wallet=into is not None, paid_out=paid_out, now=now)
    ]
    await ledger.write(tx, program_id, holders=[], transfers=made)
    return made


async def without_sold(tx: Transaction, program_id: int, records: Mapping[UUID, Record]) -> dict[UUID, Record]:
    """Return those that may be voided: a card that was paid for is used or paid out, never taken away."""
    money = [id for id, record in records.items() if record.voucher.currency is not None]
    cards = await store.load(tx, program_id, money) if money else {}
    sold = {id for id, card in cards.items() if card.origin == "paid_in"}
    return {id: record for id, record in records.items() if id not in sold}


def _transfer(card: GiftCard, move: Movement, now: datetime | None, *, other: UUID | None = None) -> Transfer:
    at = move.at or now or card.at
    note = {name: value for name, value in (("reference", move.reference), ("by", move.actor)) if value is not None}
    return Transfer(
        id=ids.new_id(),
        holder_id=card.id,
        wallet=card.wallet,
        kind=move.kind,
        source=move.source,
        destination=move.destination,
        amount=move.amount,
        effective_at=at,
        recorded_at=now or at,
        order_key=move.order_key,
        other_holder_id=other,
        note=note or None,
    )
