"""Money wallets in a real database: loads, payments, refunds, transfers, payouts, and their limits (B18)."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from monedero import NOON, a_member, available, terms_of, trial_balance, want

from puntal.ledger.model import ISSUED
from puntal.payments import operations
from puntal.payments.errors import OverLoadLimit, OverPayment, PaymentUnknown, ReferenceReused
from puntal.points import operations as points
from puntal.points import queries
from puntal.points.errors import InsufficientPoints, NotMoney, NotTransferable, OverCap, OverTransferLimit
from puntal.points.model import GRANTED, Cause

if TYPE_CHECKING:
    from uuid import UUID

    from puntal.kit.db import Database, Transaction
    from puntal.points.model import Terms

TERMS = terms_of()
LIMITS: dict[str, Any] = {
    "balance": 100_000,
    "load": [{"amount": "500.00 EUR", "per": "day"}, {"amount": "800.00 EUR", "per": "month"}],
    "transfer": "150.00 EUR",
    "countries": {"PT": {"balance": "200.00 EUR", "load": {"amount": "100.00 EUR", "per": "month"}}},
}


async def granted(tx: Transaction, program_id: int, member: UUID, amount: int, terms: list[Terms] = TERMS) -> None:
    await points.bring_money(
        tx,
        program_id,
        terms,
        holder_id=member,
        wallet="monedero",
        amount=amount,
        kind="points.earned",
        cause=Cause(),
        now=NOON,
        source=ISSUED,
        origin=GRANTED,
    )


async def test_money_is_loaded_paid_refunded_given_and_paid_out(tx: Transaction, program_id: int) -> None:
    """B18: every movement has its account, and the trial balance is zero after each."""
    anna, ben = await a_member(tx, program_id), await a_member(tx, program_id)
    await operations.load(tx, program_id, TERMS, want(anna, 5000, means="cash"), now=NOON)
    paid = await operations.pay(tx, program_id, TERMS, want(anna, 2000, "order-1", order_key="shop:1"), now=NOON)
    assert (paid.payment.amount, paid.available) == (2000, 3000)
    back = await operations.refund(tx, program_id, TERMS, want(anna, 500, of="order-1"), now=NOON)
    assert back.available == 3500
    await operations.send(tx, program_id, TERMS, want(anna, 1000, to_member=ben), now=NOON)
    out = await operations.pay_out(tx, program_id, TERMS, want(anna, None, means="bank"), now=NOON)
    assert (out.payment.amount, out.available) == (2500, 0)
    assert await trial_balance(tx, program_id) == {
        "available": 1000,
        "loaded": -5000,
        "spent": 1500,
        "paid_out": 2500,
        "transferred": 0,
    }


async def test_granted_money_is_spent_first_and_comes_back_last(tx: Transaction, program_id: int) -> None:
    anna = await a_member(tx, program_id)
    await operations.load(tx, program_id, TERMS, want(anna, 1000, means="cash"), now=NOON)
    await granted(tx, program_id, anna, 300)
    await operations.pay(tx, program_id, TERMS, want(anna, 500, "order-1"), now=NOON)
    assert await points.money_owed(tx, program_id, TERMS, anna, now=NOON) == {"monedero": 800}
    await operations.refund(tx, program_id, TERMS, want(anna, 200, of="order-1"), now=NOON)
    assert await points.money_owed(tx, program_id, TERMS, anna, now=NOON) == {"monedero": 1000}
    await operations.refund(tx, program_id, TERMS, want(anna, None, of="order-1"), now=NOON)
    assert await points.money_owed(tx, program_id, TERMS, anna, now=NOON) == {"monedero": 1000}
    assert await available(tx, program_id, anna) == 1300
    await trial_balance(tx, program_id)


async def test_only_granted_money_ends_and_only_paid_in_money_is_paid_out(tx: Transaction, program_id: int) -> None:
    """B18: what was paid in never expires and is owed."""
    anna = await a_member(tx, program_id)
    await operations.load(tx, program_id, TERMS, want(anna, 1000, means="cash"), now=NOON)
    await operations.load(tx, program_id, TERMS, want(anna, 300, means="goodwill", reason="Perdón"), now=NOON)
    with pytest.raises(InsufficientPoints) as short:
        await operations.pay_out(tx, program_id, TERMS, want(anna, 1001, means="cash"), now=NOON)
    assert short.value.short_by == 1
    later = NOON + timedelta(days=3650)
    (view, *_) = await points.wallets(tx, program_id, TERMS, anna, now=later)
    assert (view.available, view.ends[0].at) == (1000, None)
    out = await operations.pay_out(tx, program_id, TERMS, want(anna, None, means="cash"), now=later)
    assert out.payment.amount == 1000
    assert await trial_balance(tx, program_id) == {
        "available": 0,
        "loaded": -1000,
        "adjusted": -300,
        "expired": 300,
        "paid_out": 1000,
    }


async def test_a_payment_in_part_takes_what_there_is(tx: Transaction, program_id: int) -> None:
    anna = await a_member(tx, program_id)
    await operations.load(tx, program_id, TERMS, want(anna, 700, means="card"), now=NOON)
    with pytest.raises(InsufficientPoints):
        await operations.pay(tx, program_id, TERMS, want(anna, 1000), now=NOON)
    ask = want(anna, 1000, "order-1", partly=True)
    paid = await operations.pay(tx, program_id, TERMS, ask, now=NOON)
    assert (paid.payment.amount, paid.payment.asked, paid.available) == (700, 1000, 0)
    with pytest.raises(InsufficientPoints):
        await operations.pay(tx, program_id, TERMS, want(anna, 1, partly=True), now=NOON)
    assert (await operations.pay(tx, program_id, TERMS, ask, now=NOON)).replayed


async def test_a_reference_works_once(tx: Transaction, program_id: int) -> None:
    anna, ben = await a_member(tx, program_id), await a_member(tx, program_id)
    ask = want(anna, 5000, "till-7", means="cash")
    first = await operations.load(tx, program_id, TERMS, ask, now=NOON)
    again = await operations.load(tx, program_id, TERMS, ask, now=NOON)
    assert (first.replayed, again.replayed, again.available) == (False, True, 5000)
    assert again.payment == first.payment
    for other in (
        want(anna, 4999, "till-7", means="cash"),
        want(anna, 5000, "till-7", means="card"),
        want(ben, 5000, "till-7", means="cash"),
    ):
        with pytest.raises(ReferenceReused):
            await operations.load(tx, program_id, TERMS, other, now=NOON)
    # The same words for another kind of payment are another reference.
    assert not (await operations.pay(tx, program_id, TERMS, want(anna, 5000, "till-7"), now=NOON)).replayed


async def test_no_more_is_refunded_than_was_paid(tx: Transaction, program_id: int) -> None:
    anna, ben = await a_member(tx, program_id), await a_member(tx, program_id)
    await operations.load(tx, program_id, TERMS, want(anna, 1000, means="cash"), now=NOON)
    await operations.pay(tx, program_id, TERMS, want(anna, 600, "order-1"), now=NOON)
    await operations.refund(tx, program_id, TERMS, want(anna, 400, of="order-1"), now=NOON)
    with pytest.raises(OverPayment) as over:
        await operations.refund(tx, program_id, TERMS, want(anna, 201, of="order-1"), now=NOON)
    assert over.value.numbers["left"] == 200
    await operations.refund(tx, program_id, TERMS, want(anna, None, of="order-1"), now=NOON)
    with pytest.raises(OverPayment):
        await operations.refund(tx, program_id, TERMS, want(anna, None, of="order-1"), now=NOON)
    with pytest.raises(PaymentUnknown):
        await operations.refund(tx, program_id, TERMS, want(ben, None, of="order-1"), now=NOON)
    # Store credit instead of money back on a card is paid in.
    await operations.refund(tx, program_id, TERMS, want(ben, 900), now=NOON)
    assert await points.money_owed(tx, program_id, TERMS, ben, now=NOON) == {"monedero": 900}


async def test_what_a_merged_member_paid_is_refunded_to_her_survivor(tx: Transaction, program_id: int) -> None:
    """Her loads count for the limits too."""
    terms = terms_of(limits={"load": {"amount": "10.00 EUR", "per": "month"}})
    anna, ben = await a_member(tx, program_id), await a_member(tx, program_id)
    await operations.load(tx, program_id, terms, want(ben, 900, means="cash"), now=NOON)
    await operations.pay(tx, program_id, terms, want(ben, 600, "order-1"), now=NOON)
    await points.reassign(tx, program_id, terms, giver_id=ben, receiver_id=anna, now=NOON)
    await tx.execute(
        "UPDATE member SET status = 'merged', merged_into = %s WHERE program_id = %s AND id = %s",
        [anna, program_id, ben],
    )
    back = await operations.refund(tx, program_id, terms, want(anna, 200, of="order-1"), now=NOON)
    assert back.available == 500
    again = await operations.refund(tx, program_id, terms, want(ben, None, of="order-1"), now=NOON)
    assert (again.payment.amount, again.available) == (400, 900)
    with pytest.raises(OverLoadLimit) as over:
        await operations.load(tx, program_id, terms, want(anna, 101, means="cash"), now=NOON)
    assert over.value.numbers["room"] == 100
    await trial_balance(tx, program_id)


async def test_granted_money_whose_end_has_passed_lives_on_when_refunded(tx: Transaction, program_id: int) -> None:
    anna = await a_member(tx, program_id)
    await granted(tx, program_id, anna, 300)
    await operations.pay(tx, program_id, TERMS, want(anna, 300, "order-1"), now=NOON)
    later = NOON + timedelta(days=200)
    await operations.refund(tx, program_id, TERMS, want(anna, None, of="order-1"), now=later)
    (view, *_) = await points.wallets(tx, program_id, TERMS, anna, now=later)
    assert view.available == 300
    assert view.ends[0].at is not None
    assert timedelta(days=30) <= view.ends[0].at - later < timedelta(days=32)


async def test_limits_of_loads_by_day_month_and_balance(tx: Transaction, program_id: int) -> None:
    """B18: the refusal says how much room there is."""
    terms = terms_of(limits=LIMITS)
    anna = await a_member(tx, program_id)
    await operations.load(tx, program_id, terms, want(anna, 40_000, means="cash"), now=NOON)
    with pytest.raises(OverLoadLimit) as over:
        await operations.load(tx, program_id, terms, want(anna, 10_001, means="cash"), now=NOON)
    assert over.value.numbers == {"most": 50_000, "per": "day", "loaded": 40_000, "room": 10_000}
    tomorrow = NOON + timedelta(days=1)
    await operations.load(tx, program_id, terms, want(anna, 40_000, means="cash"), now=tomorrow)
    with pytest.raises(OverLoadLimit) as over:
        await operations.load(tx, program_id, terms, want(anna, 1, means="cash"), now=tomorrow)
    assert (over.value.numbers["per"], over.value.numbers["room"]) == ("month", 0)
    april = NOON + timedelta(days=31)
    with pytest.raises(OverCap) as full:
        await operations.load(tx, program_id, terms, want(anna, 20_001, means="cash"), now=april)
    assert full.value.numbers["room"] == 20_000
    # Goodwill is no load; refunds go above every limit.
    await operations.load(tx, program_id, terms, want(anna, 20_000, means="goodwill"), now=tomorrow)
    await operations.refund(tx, program_id, terms, want(anna, 700), now=tomorrow)


async def test_a_country_has_limits_of_its_own(tx: Transaction, program_id: int) -> None:
    terms = terms_of(limits=LIMITS)
    rui, anna = await a_member(tx, program_id, country="PT"), await a_member(tx, program_id, country="ES")
    with pytest.raises(OverLoadLimit) as over:
        await operations.load(tx, program_id, terms, want(rui, 10_001, means="card"), now=NOON)
    assert over.value.numbers["most"] == 10_000
    await operations.load(tx, program_id, terms, want(anna, 50_000, means="card"), now=NOON)
    await operations.load(tx, program_id, terms, want(rui, 9_000, means="card"), now=NOON)
    with pytest.raises(OverTransferLimit) as most:
        await operations.send(tx, program_id, terms, want(anna, 15_001, to_member=rui), now=NOON)
    assert most.value.numbers["most"] == 15_000
    with pytest.raises(OverCap) as full:
        await operations.send(tx, program_id, terms, want(anna, 11_001, to_member=rui), now=NOON)
    assert full.value.numbers["room"] == 11_000
    await operations.send(tx, program_id, terms, want(anna, 11_000, to_member=rui), now=NOON)


async def test_a_limit_for_life_east_of_greenwich(tx: Transaction, program_id: int) -> None:
    terms = terms_of(limits={"load": {"amount": "10.00 EUR", "per": "lifetime"}})
    for each in terms:
        each.zone = ZoneInfo("Pacific/Auckland")
    anna = await a_member(tx, program_id)
    await operations.load(tx, program_id, terms, want(anna, 900, means="cash"), now=NOON)
    with pytest.raises(OverLoadLimit) as over:
        await operations.load(tx, program_id, terms, want(anna, 101, means="cash"), now=NOON + timedelta(days=900))
    assert (over.value.numbers["per"], over.value.numbers["room"]) == ("lifetime", 100)


async def test_money_is_given_only_where_the_document_says_so(tx: Transaction, program_id: int) -> None:
    terms = terms_of(transferable=False)
    anna, ben = await a_member(tx, program_id), await a_member(tx, program_id)
    await operations.load(tx, program_id, terms, want(anna, 100, means="cash"), now=NOON)
    with pytest.raises(NotTransferable):
        await operations.send(tx, program_id, terms, want(anna, 100, to_member=ben), now=NOON)


async def test_points_become_granted_money_and_are_no_money_themselves(tx: Transaction, program_id: int) -> None:
    """B18: never mixed; an exchange the document names gives granted money."""
    anna = await a_member(tx, program_id)
    opened = await points.open_books(tx, program_id, TERMS, [anna], now=NOON)
    from puntal.points import policy  # noqa: PLC0415 - only here

    policy.earn(opened[anna], TERMS[1], 500, cause=Cause(event_id="e"), at=NOON, now=NOON)
    await opened.write(tx, program_id)
    with pytest.raises(NotMoney):
        await operations.pay(tx, program_id, TERMS, want(anna, 100, wallet="points"), now=NOON)
    await points.convert(tx, program_id, TERMS, holder_id=anna, wallet="points", into="monedero", amount=500, now=NOON)
    assert await available(tx, program_id, anna) == 5
    assert await points.money_owed(tx, program_id, TERMS, anna, now=NOON) == {}


async def test_liability_has_paid_in_money_in_full_and_granted_as_expected(tx: Transaction, program_id: int) -> None:
    """B18: 10.00 paid in and 10.00 granted at 80 % are owed as 18.00."""
    terms = terms_of(liability={"expected_redemption": "80%"})
    anna = await a_member(tx, program_id)
    await operations.load(tx, program_id, terms, want(anna, 1000, means="cash"), now=NOON)
    await granted(tx, program_id, anna, 1000, terms)
    (line, *_) = await queries.liability(tx, program_id, terms)
    assert (line.available, line.paid_in, line.cost_minor) == (2000, 1000, 1800)


@pytest.mark.stress
async def test_fifty_payments_at_once_never_overspend(database: Database, program_id: int) -> None:
    """B18: 50 tills take 3.00 of 100.00 at once; 33 succeed."""
    async with database.program_transaction(program_id) as tx:
        anna = await a_member(tx, program_id)
        await operations.load(tx, program_id, TERMS, want(anna, 10_000, means="cash"), now=NOON)

    async def one(number: int) -> int:
        async with database.program_transaction(program_id) as tx:
            paid = await operations.pay(tx, program_id, TERMS, want(anna, 300, f"till-{number}"), now=NOON)
            return 0 if paid.replayed else paid.payment.amount

    # Each of 25 references twice, so that retries race their first tries; then 25 more.
    tries = [*range(25), *range(25), *range(25, 50)]
    results = await asyncio.gather(*(one(number) for number in tries), return_exceptions=True)
    assert all(isinstance(each, (int, InsufficientPoints)) for each in results)
    assert sum(each for each in results if isinstance(each, int)) == 9_900
    async with database.program_transaction(program_id) as tx:
        assert await available(tx, program_id, anna) == 100
        assert await trial_balance(tx, program_id) == {"available": 100, "loaded": -10_000, "spent": 9_900}
