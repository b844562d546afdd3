"""A partner's code as a tier's gift or for a full stamp card: of the partner's pool, and owed where it is empty."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from selling import MakeProgram, Shop, a_refund, an_order

from puntal.access import queries as access
from puntal.access.model import NewStaff, Staff
from puntal.access.operations import keys, notifications, staff
from puntal.kit import clock, ids
from puntal.kit.db import Database
from puntal.rewards.model_vouchers import Batch, VoucherTerms
from puntal.rewards.operations import batches, vouchers

MADRID = ZoneInfo("Europe/Madrid")
SECTIONS: dict[str, Any] = {
    "wallets": {
        "coffees": {"kind": "stamps", "card": {"size": 3, "reward": "cinema"}},
        "status": {"kind": "qualifying"},
    },
    "earning": [
        {"id": "stamp", "on": "purchase", "award": {"wallet": "coffees", "points": 1, "per": "item"}},
        {"id": "status", "on": "purchase", "award": {"wallet": "status", "points": 1, "per": "1.00 EUR"}},
    ],
    "ladders": [
        {
            "id": "club",
            "measure": {"earned": "status"},
            "window": "calendar_year",
            "keep": "end_of_next_period",
            "tiers": [
                {"id": "base"},
                {"id": "silver", "from": 100, "benefits": [{"kind": "gift", "reward": "cinema", "when": "reached"}]},
            ],
        }
    ],
    "rewards": [{"id": "cinema", "kind": "partner_code", "pool": "cinema_codes", "listed": False}],
}


@pytest.fixture
async def shop(a_program: MakeProgram) -> Shop:
    return await a_program(**SECTIONS)


async def bring(database: Database, shop: Shop, *codes: str) -> None:
    """Import codes of the partner, as a batch of their own."""
    now = clock.now()
    batch = Batch(
        id=ids.new_id(),
        name="cinema_codes",
        reward="cinema",
        kind="imported",
        state="done",
        valid_from=now,
        terms=VoucherTerms(),
        created_at=now,
        created_by="test",
    )
    async with database.program_transaction(shop.program_id) as tx:
        await batches.create(tx, shop.program_id, batch)
        text = "\n".join(["code", *codes])
        await batches.import_codes(tx, shop.program_id, batch.id, text, zone=MADRID, now=now)


async def given(database: Database, shop: Shop) -> list[str]:
    """Return the codes somebody has; every one of them is the partner's."""
    async with database.program_transaction(shop.program_id) as tx:
        rows = await tx.execute(
            "SELECT code FROM voucher WHERE program_id = %s AND member_id IS NOT NULL ORDER BY code", [shop.program_id]
        )
        return [row[0] for row in await rows.fetchall()]


async def told(database: Database, shop: Shop) -> list[dict[str, Any]]:
    async with database.program_transaction(shop.program_id) as tx:
        rows = await tx.execute(
            "SELECT payload FROM outbox WHERE program_id = %s AND kind = 'voucher.owed' ORDER BY id", [shop.program_id]
        )
        return [row[0] for row in await rows.fetchall()]


async def test_full_cards_give_a_code_of_the_partner_each(database: Database, shop: Shop) -> None:
    await bring(database, shop, "CINE1", "CINE2")
    await bring(database, shop, "CINE3", "CINE4")
    event = an_order(*[250] * 9, id="1001")

    await shop.send(event)
    await shop.send(event)

    assert await given(database, shop) == ["CINE1", "CINE2", "CINE3"]


async def test_a_card_that_gave_a_code_does_not_come_apart(database: Database, shop: Shop) -> None:
    await bring(database, shop, "CINE1", "CINE2")
    await shop.send(an_order(*[250] * 3, id="1001"))

    await shop.send(a_refund("1001"))
    await shop.send(an_order(*[250] * 3, id="1002"))

    assert await given(database, shop) in (["CINE1"], ["CINE1", "CINE2"])
    async with database.program_transaction(shop.program_id) as tx:
        states = await tx.execute("SELECT state FROM finished_card WHERE program_id = %s", [shop.program_id])
        assert {row[0] for row in await states.fetchall()} == {"used"}


async def test_a_tier_gives_a_code_of_the_partner_once(database: Database, shop: Shop) -> None:
    await bring(database, shop, "CINE1", "CINE2")

    await shop.send(an_order(12_000, id="1001"))
    await shop.send(a_refund("1001"))
    await shop.send(an_order(12_000, id="1002"))

    # It cannot be taken back, so it stays the one of its period.
    assert await given(database, shop) == ["CINE1"]


async def test_an_empty_pool_owes_the_code_and_gives_it_in_turn(database: Database, shop: Shop) -> None:
    await shop.send(an_order(12_000, id="1001"))
    (one,) = await told(database, shop)
    assert (one["reward"], one["pool"]) == ("cinema", "cinema_codes")
    assert await given(database, shop) == []
    async with database.program_transaction(shop.program_id) as tx:
        (owed,) = await vouchers.owed(tx, shop.program_id)
    assert owed.reward == "cinema"

    await bring(database, shop, "CINE1", "CINE2")
    async with database.program_transaction(shop.program_id) as tx:
        assert await vouchers.settle_owed(tx, shop.program_id, now=clock.now()) == 1
        assert await vouchers.settle_owed(tx, shop.program_id, now=clock.now()) == 0
        assert await vouchers.owed(tx, shop.program_id) == []

    assert await given(database, shop) == ["CINE1"]


async def test_what_is_still_owed_need_not_be_given_when_its_order_goes_back(database: Database, shop: Shop) -> None:
    await shop.send(an_order(12_000, id="1001"))
    await shop.send(a_refund("1001"))
    await bring(database, shop, "CINE1")

    async with database.program_transaction(shop.program_id) as tx:
        assert await vouchers.owed(tx, shop.program_id) == []
        assert await vouchers.settle_owed(tx, shop.program_id, now=clock.now()) == 0
    assert await given(database, shop) == []


async def test_what_is_owed_follows_a_member_and_goes_with_her(database: Database, shop: Shop) -> None:
    anna = (await shop.send(an_order(12_000, id="1001"))).json()["member_id"]
    ben = ids.new_id()
    async with database.program_transaction(shop.program_id) as tx:
        await vouchers.reassign(tx, shop.program_id, source=anna, target=ben)
        assert [one.member_id for one in await vouchers.owed(tx, shop.program_id)] == [ben]
        await vouchers.forget(tx, shop.program_id, [ben], now=clock.now())
        assert await vouchers.owed(tx, shop.program_id) == []


async def test_staff_are_told_once_that_codes_are_owed(database: Database, shop: Shop) -> None:
    """And again when it is others who wait; who may not see vouchers is told nothing."""
    async with database.transaction() as tx:
        by = keys.administrator(await access.organization_of(tx, shop.program_id))
        ben, carla = [
            await staff.add(
                tx,
                NewStaff(email=f"{name}-{ids.new_id()}@example.org", name=name, role=role, locale="es"),
                by=by,
                password=None,
                now=clock.now(),
            )
            for name, role in (("ben", "marketer"), ("carla", "cashier"))
        ]
    await shop.send(an_order(*[250] * 6, id="1001"))

    async def news(person: Staff) -> list[str]:
        async with database.program_transaction(shop.program_id) as tx:
            for _ in range(2):
                await vouchers.settle_owed(tx, shop.program_id, now=clock.now())
                await vouchers.tell_of_owed(tx, shop.program_id, now=clock.now())
            found = await notifications.listed(tx, shop.program_id, person.id, unread=False, before=None, limit=50)
        return [one.text("es") for one in found]

    assert await news(ben) == ["Códigos de cinema_codes que se deben a miembros: 2. Importa más"]
    await bring(database, shop, "CINE1")
    assert (await news(ben))[0] == "Códigos de cinema_codes que se deben a miembros: 1. Importa más"
    await bring(database, shop, "CINE2")
    assert len(await news(ben)) == 2
    assert await news(carla) == []
