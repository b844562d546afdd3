"""Gift cards in a real database: sold, used in part, moved into wallets, refunded, paid out; the books agree (B18)."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from coupons import a_batch, a_member, a_voucher

from puntal.kit.errors import Refusal
from puntal.kit.ids import new_id
from puntal.kit.pages import LAST_ID
from puntal.ledger import queries as ledger
from puntal.orders import operations as orders
from puntal.orders.model import OrderLine, OrderRecord
from puntal.payments import operations as payments
from puntal.payments import queries as payment_queries
from puntal.payments.errors import OverLoadLimit, ReferenceReused
from puntal.payments.model import Wanted
from puntal.points import operations as points
from puntal.points import policy
from puntal.points import queries as point_queries
from puntal.programs import queries as programs
from puntal.programs.document.wallets import Wallet
from puntal.rewards.errors_cards import (
    CardAmount,
    CardGiven,
    CardInWallet,
    CardLineUnknown,
    CardOverLine,
    CardOverPayment,
    CardsNotSold,
    SaleReused,
)
from puntal.rewards.errors_vouchers import VoucherExpired, VoucherTooLittle, VoucherUsed
from puntal.rewards.model_cards import Sell
from puntal.rewards.model_vouchers import Ask
from puntal.rewards.operations import batches, gift_cards, vouchers
from puntal.rewards.queries import cards
from puntal.rewards.queries import vouchers as voucher_queries

if TYPE_CHECKING:
    from uuid import UUID

    from puntal.kit.db import Database, Transaction
    from puntal.points.model import Terms
    from puntal.rewards.model_vouchers import Voucher

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
MADRID = ZoneInfo("Europe/Madrid")


def terms_of(**document: Any) -> list[Terms]:
    dull: dict[str, Any] = {
        "kind": "money",
        "currency": "EUR",
        "gift_cards": {"min": "5.00 EUR", "max": "500.00 EUR", "prefix": "GC"},
        "limits": {"load": {"amount": "100.00 EUR", "per": "day"}},
    }
    return [policy.compile_terms(0, "monedero", Wallet.model_validate(dull | document), MADRID)]


TERMS = terms_of()


async def register(tx: Transaction, program_id: int) -> None:
    await tx.execute(
        "INSERT INTO wallet (program_id, ordinal, id, kind, scale, currency)"
        " VALUES (%s, 0, 'monedero', 'money', 2, 'EUR')",
        [program_id],
    )


async def a_card(
    tx: Transaction, program_id: int, amount: int = 5000, terms: list[Terms] = TERMS, **more: Any
) -> Voucher:
    named: dict[str, Any] = {"wallet": "monedero", "reference": str(new_id()), "actor": "key:test"}
    return await gift_cards.sell(tx, program_id, terms, Sell(amount=amount, **(named | more)), now=NOW)


def ask(card: Voucher, amount: int | None = None, reference: str = "order-1", **more: Any) -> Ask:
    currency = None if amount is None else "EUR"
    return Ask(code=card.code, reference=reference, amount=amount, currency=currency, actor="key:test", **more)


async def accounts(tx: Transaction, program_id: int) -> dict[str, int]:
    """Return what each account has, having checked that everything agrees."""
    for check in (
        cards.disagreements,
        payment_queries.disagreements,
        point_queries.disagreements,
        ledger.disagreeing_balances,
        voucher_queries.disagreements,
    ):
        assert list(await check(tx, program_id)) == []
    found = await ledger.trial_balance(tx, program_id)
    assert sum(each.amount for each in found) == 0
    return {each.account: each.amount for each in found if each.amount}


async def test_a_card_is_sold_used_in_part_and_refunded(tx: Transaction, program_id: int) -> None:
    """B18: what is left is owed until it is spent."""
    card = await a_card(tx, program_id)
    assert card.code.startswith("GC")
    assert await accounts(tx, program_id) == {"sold": -5000, "gift_cards": 5000}
    used = await gift_cards.redeem(tx, program_id, card.code, ask(card, 1500), partly=False, now=NOW)
    assert (used.amount, used.card.remaining) == (1500, 3500)
    assert (await gift_cards.redeem(tx, program_id, card.code, ask(card, 1500), partly=False, now=NOW)).replayed
    with pytest.raises(VoucherTooLittle):
        await gift_cards.redeem(tx, program_id, card.code, ask(card, 3501, "order-2"), partly=False, now=NOW)
    rest = await gift_cards.redeem(tx, program_id, card.code, ask(card, 4000, "order-2"), partly=True, now=NOW)
    assert (rest.amount, rest.left, rest.card.state) == (3500, 500, "used")
    assert (
        await gift_cards.redeem(tx, program_id, card.code, ask(card, 4000, "order-2"), partly=True, now=NOW)
    ).left == 500
    with pytest.raises(VoucherUsed):
        await gift_cards.redeem(tx, program_id, card.code, ask(card, 1, "order-3"), partly=True, now=NOW)
    assert await accounts(tx, program_id) == {"sold": -5000, "spent": 5000}

    async def refund(amount: int | None, reference: str) -> int:
        back = await gift_cards.refund(
            tx, program_id, card.code, payment="order-1", amount=amount, reference=reference, actor="key:t", now=NOW
        )
        return back.amount

    assert [await refund(500, "r1"), await refund(500, "r1"), await refund(None, "r2")] == [500, 500, 1000]
    for more in (1, None):
        with pytest.raises(CardOverPayment):
            await refund(more, "r3")
    assert await accounts(tx, program_id) == {"sold": -5000, "spent": 3500, "gift_cards": 1500}


async def test_the_voucher_routes_keep_the_books_too(tx: Transaction, program_id: int) -> None:
    """A till that knows nothing of gift cards takes the code as any other."""
    card = await a_card(tx, program_id)
    held = await vouchers.take(tx, program_id, ask(card, 2000, lapses_at=NOW + timedelta(minutes=5)), now=NOW)
    assert (held.voucher.held, await accounts(tx, program_id)) == (2000, {"sold": -5000, "gift_cards": 5000})
    await vouchers.take(tx, program_id, ask(card, 2000), now=NOW)
    assert await accounts(tx, program_id) == {"sold": -5000, "gift_cards": 3000, "spent": 2000}
    await vouchers.release(tx, program_id, card.code, "order-1", now=NOW)
    assert await accounts(tx, program_id) == {"sold": -5000, "gift_cards": 5000}


async def test_a_card_goes_into_a_wallet_as_paid_in_money(tx: Transaction, program_id: int) -> None:
    anna, card = await a_member(tx, program_id), await a_card(tx, program_id)
    for again in (False, True):
        used = await gift_cards.load_wallet(
            tx, program_id, TERMS, card.code, ask(card, 3000, "gift", member_id=anna), wallet="monedero", now=NOW
        )
        assert (used.amount, used.available, used.card.remaining, used.replayed) == (3000, 3000, 2000, again)
    assert await points.money_owed(tx, program_id, TERMS, anna, now=NOW) == {"monedero": 3000}
    assert await accounts(tx, program_id) == {"sold": -5000, "gift_cards": 2000, "available": 3000}
    # What is in the wallet cannot come back to the card as well.
    with pytest.raises(CardInWallet):
        await vouchers.release(tx, program_id, card.code, "gift", now=NOW)


async def test_a_card_into_a_wallet_is_a_load(tx: Transaction, program_id: int) -> None:
    anna = await a_member(tx, program_id)
    want = Wanted(reference="cash", member_id=anna, wallet="monedero", amount=6000, means="cash", actor="key:test")
    await payments.load(tx, program_id, TERMS, want, now=NOW)
    card = await a_card(tx, program_id)
    with pytest.raises(OverLoadLimit) as over:
        await gift_cards.load_wallet(
            tx, program_id, TERMS, card.code, ask(card, None, "gift", member_id=anna), wallet="monedero", now=NOW
        )
    assert over.value.numbers["room"] == 4000


async def test_a_sold_card_is_paid_out_and_never_voided(tx: Transaction, program_id: int) -> None:
    """B18: only granted money is voided."""
    card = await a_card(tx, program_id)
    await gift_cards.redeem(tx, program_id, card.code, ask(card, 1000), partly=False, now=NOW)
    assert await vouchers.end(tx, program_id, [card.id], because="switch", now=NOW) == []
    for again in (False, True):
        out = await gift_cards.pay_out(
            tx, program_id, card.code, reference="back", means="cash", actor="key:test", now=NOW
        )
        assert (out.amount, out.replayed) == (4000, again)
    with pytest.raises(VoucherUsed):
        await gift_cards.pay_out(tx, program_id, card.code, reference="more", means="cash", actor="key:t", now=NOW)
    assert await accounts(tx, program_id) == {"sold": -5000, "spent": 1000, "paid_out": 4000}


async def test_a_card_that_was_given_is_granted(tx: Transaction, program_id: int) -> None:
    """A reward's gift card is issued, not sold: it may be voided, and is not paid out."""
    await register(tx, program_id)
    card = await a_voucher(tx, program_id, currency="EUR", amount=2000)
    assert await accounts(tx, program_id) == {"issued": -2000, "gift_cards": 2000}
    with pytest.raises(CardGiven):
        await gift_cards.pay_out(tx, program_id, card.code, reference="x", means="cash", actor="key:t", now=NOW)
    anna = await a_member(tx, program_id)
    await gift_cards.load_wallet(
        tx, program_id, TERMS, card.code, ask(card, 500, "gift", member_id=anna), wallet="monedero", now=NOW
    )
    assert await points.money_owed(tx, program_id, TERMS, anna, now=NOW) == {}
    await vouchers.end(tx, program_id, [card.id], because="staff", now=NOW)
    assert await accounts(tx, program_id) == {"issued": -2000, "available": 500, "cancelled": 1500}


async def test_cards_end_as_the_document_says(tx: Transaction, program_id: int) -> None:
    terms = terms_of(gift_cards={"expiry": {"after": "12 months"}})
    card = await a_card(tx, program_id, terms=terms)
    await gift_cards.redeem(tx, program_id, card.code, ask(card, 1000), partly=False, now=NOW)
    assert card.ends_at == datetime(2027, 3, 2, 23, tzinfo=UTC)
    later = NOW + timedelta(days=400)
    await vouchers.expire(tx, program_id, [card.id], now=later)
    assert await accounts(tx, program_id) == {"sold": -5000, "spent": 1000, "expired": 4000}
    with pytest.raises(VoucherExpired):
        await gift_cards.refund(
            tx, program_id, card.code, payment="order-1", amount=None, reference="r", actor="key:t", now=later
        )


async def test_what_is_left_on_cards_is_a_line_of_its_own(tx: Transaction, program_id: int) -> None:
    await register(tx, program_id)
    sold = await a_card(tx, program_id)
    await gift_cards.redeem(tx, program_id, sold.code, ask(sold, 1000), partly=False, now=NOW)
    await a_card(tx, program_id, 2000)
    await a_voucher(tx, program_id, currency="EUR", amount=700)
    await a_voucher(tx, program_id)
    lines = [(line.wallet, line.origin, line.cards, line.left) for line in await cards.totals(tx, program_id)]
    assert lines == [(0, "granted", 1, 700), (0, "paid_in", 2, 6000)]


async def test_what_cannot_be_sold(tx: Transaction, program_id: int) -> None:
    for amount in (499, 50_001):
        with pytest.raises(CardAmount) as wrong:
            await a_card(tx, program_id, amount)
        assert (wrong.value.numbers["least"], wrong.value.numbers["most"]) == (500, 50_000)
    with pytest.raises(CardsNotSold):
        await a_card(tx, program_id, terms=terms_of(gift_cards=None))
    first = await a_card(tx, program_id, reference="sale-1")
    assert (await a_card(tx, program_id, reference="sale-1")).code == first.code
    with pytest.raises(SaleReused):
        await a_card(tx, program_id, 4000, reference="sale-1")
    assert await accounts(tx, program_id) == {"sold": -5000, "gift_cards": 5000}


async def test_no_more_is_sold_on_a_line_than_was_paid_for_it(tx: Transaction, program_id: int) -> None:
    anna = await a_member(tx, program_id)
    record = OrderRecord(
        source="shop", order_id="1001", member_id=anna, state="earned", occurred_at=NOW, day=date(2026, 3, 2),
        currency="EUR", net_minor=10_000, lines=[OrderLine("g", 10_000, refunded=2000)],
    )  # fmt: skip
    await orders.record(tx, program_id, [record], known=())
    line: dict[str, Any] = {"order": ("shop", "1001"), "line": "g"}
    await a_card(tx, program_id, 5000, **line)
    with pytest.raises(CardOverLine) as over:
        await a_card(tx, program_id, 3001, **line)
    assert over.value.numbers["left"] == 3000
    await a_card(tx, program_id, 3000, reference="second", **line)
    assert (await a_card(tx, program_id, 3000, reference="second", **line)).amount == 3000
    for order_id, wrong in (("1002", "g"), ("1001", "h")):
        with pytest.raises(CardLineUnknown):
            await a_card(tx, program_id, order=("shop", order_id), line=wrong)


async def test_any_sequence_keeps_the_books(tx: Transaction, program_id: int) -> None:
    """B18: the trial balance is zero and no card below it, whatever is done in whatever order."""
    await register(tx, program_id)
    dice = random.Random(18)
    anna = await a_member(tx, program_id)
    mine = [await a_card(tx, program_id, dice.randrange(500, 3000)) for _ in range(4)]
    mine += [await a_voucher(tx, program_id, currency="EUR", amount=900) for _ in range(2)]
    terms = terms_of(limits={})
    for step in range(150):
        card, amount, now = dice.choice(mine), dice.randrange(1, 800), NOW + timedelta(minutes=step)
        reference, before = f"o{dice.randrange(12)}", f"o{dice.randrange(12)}"
        try:
            match dice.randrange(8):
                case 0 | 1:
                    await gift_cards.redeem(
                        tx, program_id, card.code, ask(card, amount, reference), partly=True, now=now
                    )
                case 2:
                    until = now + timedelta(minutes=dice.randrange(1, 20))
                    await vouchers.take(tx, program_id, ask(card, amount, reference, lapses_at=until), now=now)
                case 3:
                    await vouchers.release(tx, program_id, card.code, reference, now=now)
                case 4:
                    await gift_cards.refund(
                        tx,
                        program_id,
                        card.code,
                        payment=before,
                        amount=amount,
                        reference=f"r{step}",
                        actor="k",
                        now=now,
                    )
                case 5:
                    await gift_cards.load_wallet(
                        tx, program_id, terms, card.code, ask(card, amount, f"w{step}", member_id=anna),
                        wallet="monedero", now=now,
                    )  # fmt: skip
                case 6:
                    await vouchers.lapse_due(tx, program_id, now=now)
                case _:
                    if dice.random() < 0.1:
                        await gift_cards.pay_out(
                            tx, program_id, card.code, reference=f"p{step}", means="cash", actor="k", now=now
                        )
        except Refusal:
            # Refused before anything was written.
            pass
        await accounts(tx, program_id)


@pytest.mark.stress
async def test_a_card_is_never_overspent(database: Database, program_id: int) -> None:
    """B18: 50 purchases of 3.00 at once on a card of 50.00: 16 succeed."""
    async with database.program_transaction(program_id) as tx:
        card = await a_card(tx, program_id)

    async def one(number: int) -> UUID:
        async with database.program_transaction(program_id) as tx:
            used = await gift_cards.redeem(
                tx, program_id, card.code, ask(card, 300, f"o{number}"), partly=False, now=NOW
            )
            return used.card.id

    results = await asyncio.gather(*(one(number) for number in range(50)), return_exceptions=True)
    assert sum(1 for each in results if not isinstance(each, BaseException)) == 16
    assert all(isinstance(each, VoucherTooLittle) for each in results if isinstance(each, BaseException))
    async with database.program_transaction(program_id) as tx:
        assert await accounts(tx, program_id) == {"sold": -5000, "gift_cards": 200, "spent": 4800}


async def test_a_reference_of_a_refund_is_used_once(tx: Transaction, program_id: int) -> None:
    card, other = await a_card(tx, program_id), await a_card(tx, program_id)
    for each in (card, other):
        await gift_cards.redeem(tx, program_id, each.code, ask(each, 1000), partly=False, now=NOW)
    named: dict[str, Any] = {"payment": "order-1", "reference": "r", "actor": "key:t", "now": NOW}
    await gift_cards.refund(tx, program_id, card.code, amount=100, **named)
    with pytest.raises(ReferenceReused):
        await gift_cards.refund(tx, program_id, card.code, amount=101, **named)
    with pytest.raises(ReferenceReused):
        await gift_cards.refund(tx, program_id, other.code, amount=100, **named)


async def test_a_closed_program_ends_what_was_given_and_owes_what_was_sold(tx: Transaction, program_id: int) -> None:
    """B18: closing ends granted money only; a wallet whose money is on cards cannot be dropped."""
    await register(tx, program_id)
    sold = await a_card(tx, program_id)
    given = await a_voucher(tx, program_id, currency="EUR", amount=700)
    ending = [one.id for one in await vouchers.unused_of_anything(tx, program_id)]
    assert ending == [given.id]
    await vouchers.end(tx, program_id, [given.id, sold.id], because="closed", now=NOW)
    assert await accounts(tx, program_id) == {
        "issued": -700,
        "cancelled": 700,
        "sold": -5000,
        "gift_cards": 5000,
    }
    assert await programs.held_wallets(tx, program_id, ["monedero"]) == {"monedero"}
    await gift_cards.pay_out(tx, program_id, sold.code, reference="back", means="cash", actor="key:t", now=NOW)
    assert await programs.held_wallets(tx, program_id, ["monedero"]) == set()


async def test_what_was_altered_is_found(tx: Transaction, program_id: int) -> None:
    """B18: a card or a payment that is not what the books say."""
    card = await a_card(tx, program_id)
    await gift_cards.redeem(tx, program_id, card.code, ask(card, 1000), partly=False, now=NOW)
    await tx.execute("UPDATE voucher SET remaining = remaining - 7 WHERE id = %s", [card.id])
    (wrong,) = await cards.disagreements(tx, program_id)
    assert (wrong.check, wrong.subject, wrong.expected, wrong.found) == ("gift_card", card.id, 4000, 3993)
    anna = await a_member(tx, program_id)
    want = Wanted(reference="cash", member_id=anna, wallet="monedero", amount=600, means="cash", actor="key:test")
    await payments.load(tx, program_id, TERMS, want, now=NOW)
    await tx.execute("UPDATE payment SET amount = 500, asked = 600 WHERE kind = 'load'")
    (wrong,) = await payment_queries.disagreements(tx, program_id)
    assert (wrong.check, wrong.subject, wrong.expected, wrong.found) == ("payment", "cash", 600, 500)


async def test_a_code_of_a_batch_is_in_the_books_from_its_first_use(tx: Transaction, program_id: int) -> None:
    await register(tx, program_id)
    batch = await batches.create(tx, program_id, a_batch(reward="ten", currency="EUR", amount=1000, wanted=3))
    await batches.generate(tx, program_id, batch.id, now=NOW)
    (code, *_) = await voucher_queries.listing(tx, program_id, before=LAST_ID, limit=1, now=NOW, batch=batch.id)
    assert await accounts(tx, program_id) == {}
    await vouchers.take(tx, program_id, ask(code, 400), now=NOW)
    assert await accounts(tx, program_id) == {"issued": -1000, "gift_cards": 600, "spent": 400}
    await vouchers.take(tx, program_id, ask(code, 600, "order-2"), now=NOW)
    assert await accounts(tx, program_id) == {"issued": -1000, "spent": 1000}
