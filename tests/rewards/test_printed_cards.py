"""Gift cards that are printed without a value and activated as they are sold."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from test_gift_cards import NOW, TERMS, accounts, ask, register

from puntal.kit import ids
from puntal.kit.errors import Refusal
from puntal.ledger.queries import NOBODY
from puntal.rewards.errors_cards import CardActive, CardAmount, SaleReused
from puntal.rewards.errors_vouchers import CardInactive, VoucherUnknown, VoucherVoid
from puntal.rewards.model_cards import Activate, Printing
from puntal.rewards.operations import batches, gift_cards, printed_cards
from puntal.rewards.queries import vouchers as queries

if TYPE_CHECKING:
    from puntal.kit.db import Database, Transaction
    from puntal.rewards.model_vouchers import Voucher


async def printed(tx: Transaction, program_id: int, count: int = 3) -> tuple[UUID, list[Voucher]]:
    await register(tx, program_id)
    wanted = Printing(id=ids.new_id(), wallet="monedero", name="Christmas", count=count, actor="key:test")
    batch = await printed_cards.print_batch(tx, program_id, TERMS, wanted, now=NOW)
    await batches.generate(tx, program_id, batch.id, now=NOW)
    return batch.id, await queries.page(tx, program_id, batch.id, after=NOBODY, limit=count)


async def activate(
    tx: Transaction, program_id: int, code: str, amount: int = 5000, reference: str = "sale-1", **more: Any
) -> tuple[Voucher, bool]:
    wanted = Activate(amount=amount, reference=reference, actor="key:test", **more)
    return await printed_cards.activate(tx, program_id, TERMS, code, wanted, now=NOW)


async def test_a_printed_card_is_worth_nothing_until_it_is_activated(tx: Transaction, program_id: int) -> None:
    batch, (card, *_) = await printed(tx, program_id)
    assert (card.state, card.amount, card.remaining, card.code[:2]) == ("inactive", 0, 0, "GC")
    assert await accounts(tx, program_id) == {}
    with pytest.raises(CardInactive):
        await gift_cards.redeem(tx, program_id, card.code, ask(card, 100), partly=True, now=NOW)

    active, replayed = await activate(tx, program_id, card.code)

    assert (active.state, active.amount, active.remaining, replayed) == ("issued", 5000, 5000, False)
    assert await accounts(tx, program_id) == {"sold": -5000, "gift_cards": 5000}
    used = await gift_cards.redeem(tx, program_id, card.code, ask(card, 1500), partly=False, now=NOW)
    assert used.card.remaining == 3500
    assert (await queries.states(tx, program_id, batch))["inactive"] == 2


async def test_a_retry_changes_nothing(tx: Transaction, program_id: int) -> None:
    _, (card, other, _) = await printed(tx, program_id)
    await activate(tx, program_id, card.code)

    assert (await activate(tx, program_id, card.code))[1]
    with pytest.raises(SaleReused):
        await activate(tx, program_id, card.code, 4000)
    with pytest.raises(SaleReused):
        await activate(tx, program_id, other.code)
    assert await accounts(tx, program_id) == {"sold": -5000, "gift_cards": 5000}


async def test_what_cannot_be_activated_is_refused(tx: Transaction, program_id: int) -> None:
    batch, (card, other, third) = await printed(tx, program_id)
    await activate(tx, program_id, card.code)

    with pytest.raises(CardActive):
        await activate(tx, program_id, card.code, reference="sale-2")
    with pytest.raises(VoucherUnknown):
        await activate(tx, program_id, "GCNOSUCHCODE0000", reference="sale-2")
    with pytest.raises(CardAmount):
        await activate(tx, program_id, other.code, 499, reference="sale-2")
    await batches.drop(tx, program_id, batch)
    await batches.end_portion(tx, program_id, batch, now=NOW)
    with pytest.raises(VoucherVoid):
        await activate(tx, program_id, third.code, reference="sale-2")
    # What was sold stays: it is owed.
    assert await accounts(tx, program_id) == {"sold": -5000, "gift_cards": 5000}


async def test_of_many_who_activate_one_card_at_once_one_does(database: Database, program_id: int) -> None:
    async with database.program_transaction(program_id) as tx:
        _, (card, *_) = await printed(tx, program_id)

    async def one(number: int) -> str:
        try:
            async with database.program_transaction(program_id) as tx:
                await activate(tx, program_id, card.code, reference=f"sale-{number}")
        except Refusal as refusal:
            return refusal.code
        return "activated"

    answers = await asyncio.gather(*(one(number) for number in range(8)))

    assert sorted(answers) == ["activated", *["rewards.card_active"] * 7]
    async with database.program_transaction(program_id) as tx:
        assert await accounts(tx, program_id) == {"sold": -5000, "gift_cards": 5000}
