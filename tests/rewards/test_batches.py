"""Codes by the batch: made in portions, imported from files, handed out one by one."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from coupons import DAY, NOW, a_batch, a_member, an_ask, an_issue

from puntal.ledger.queries import NOBODY
from puntal.rewards import errors_vouchers as no
from puntal.rewards.model_vouchers import BadRow
from puntal.rewards.operations import batches, vouchers
from puntal.rewards.queries import vouchers as queries

if TYPE_CHECKING:
    from puntal.kit.db import Database, Transaction

MADRID = ZoneInfo("Europe/Madrid")


async def test_a_batch_is_made_in_portions_and_goes_on_where_it_stopped(tx: Transaction, program_id: int) -> None:
    batch = await batches.create(tx, program_id, a_batch(wanted=250, prefix="SPRING"))

    steps = [await batches.generate(tx, program_id, batch.id, now=NOW, portion=100) for _ in range(4)]

    assert [(step.made, step.state) for step in steps] == [
        (100, "making"), (200, "making"), (250, "done"), (250, "done"),
    ]  # fmt: skip
    made = await queries.page(tx, program_id, batch.id, after=NOBODY, limit=1000)
    assert len({voucher.code for voucher in made}) == 250
    assert all(voucher.code.startswith("SPRING") and voucher.origin == "batch" for voucher in made)
    assert (await queries.states(tx, program_id, batch.id)) == {"issued": 250, "free": 250}
    assert await queries.disagreements(tx, program_id) == []
    await vouchers.take(tx, program_id, an_ask(made[0]), now=NOW)


async def test_codes_that_would_be_easy_to_guess_are_refused(tx: Transaction, program_id: int) -> None:
    with pytest.raises(no.CodesTooShort):
        await batches.create(tx, program_id, a_batch(wanted=1_000_000, length=8))


FILE = """code;through;member_id
SAVE-10-aa;2026-12-31;
SAVE-10-bb;;{anna}
SAVE 10 AA;;
;2026-12-31;

SAVE-10-cc;31/12/2026;
SAVE-10-dd;;somebody
SAVE-10-ee;;00000000-0000-0000-0000-000000000001
{long};;
"""


async def test_a_file_of_partner_codes_names_its_bad_rows_and_a_retry_changes_nothing(
    tx: Transaction, program_id: int
) -> None:
    anna = await a_member(tx, program_id)
    batch = await batches.create(tx, program_id, a_batch(kind="imported", state="done", wanted=0))
    text = FILE.format(anna=anna, long="X" * 65)

    first = await batches.import_codes(tx, program_id, batch.id, text, zone=MADRID, now=NOW)
    second = await batches.import_codes(tx, program_id, batch.id, text, zone=MADRID, now=NOW)

    bad = [
        BadRow(4, "twice"), BadRow(5, "empty"), BadRow(7, "date"), BadRow(8, "member"), BadRow(9, "member"),
        BadRow(10, "too_long"),
    ]  # fmt: skip
    assert (first.taken, first.known, first.refused) == (2, 0, bad)
    assert (second.taken, second.known, second.refused) == (0, 2, bad)
    found = await vouchers.find(tx, program_id, "save10aa")
    assert (found.shown, found.origin, found.ends_at) == (
        "SAVE-10-aa", "import", NOW.replace(year=2026, month=12, day=31, hour=23),
    )  # fmt: skip
    assert (await vouchers.find(tx, program_id, "SAVE10BB")).member_id == anna
    other = await batches.create(tx, program_id, a_batch(kind="imported", state="done", wanted=0, name="other"))
    third = await batches.import_codes(tx, program_id, other.id, "code\nSAVE10BB\n", zone=MADRID, now=NOW)
    assert third.refused == [BadRow(2, "taken")]
    assert await queries.disagreements(tx, program_id) == []


@pytest.mark.parametrize("text", ["", "codes\nA\n", 'code\n"A\n', "\x00"])
async def test_what_is_no_file_of_codes_is_refused(tx: Transaction, program_id: int, text: str) -> None:
    batch = await batches.create(tx, program_id, a_batch(kind="imported", state="done", wanted=0))

    with pytest.raises(no.FileUnreadable):
        await batches.import_codes(tx, program_id, batch.id, text, zone=MADRID, now=NOW)


async def test_codes_are_handed_out_one_each_and_it_is_told_when_few_are_left(tx: Transaction, program_id: int) -> None:
    batch = await batches.create(
        tx, program_id, a_batch(kind="imported", state="done", wanted=0, low_at=2, ends_at=NOW + 60 * DAY)
    )
    await batches.import_codes(tx, program_id, batch.id, "code\nA1\nA2\nA3\n", zone=MADRID, now=NOW)
    anna = await a_member(tx, program_id)
    takers = [
        an_issue(origin="redemption", cause=f"r{n}", member_id=anna, ends_at=NOW + n * 30 * DAY) for n in (1, 2, 3)
    ]

    first = await vouchers.hand_out(tx, program_id, batch.id, takers[:1], now=NOW)
    again = await vouchers.hand_out(tx, program_id, batch.id, takers[:1], now=NOW)
    rest = await vouchers.hand_out(tx, program_id, batch.id, takers[1:], now=NOW)
    with pytest.raises(no.CodesGone):
        await vouchers.hand_out(tx, program_id, batch.id, [an_issue(cause="r4")], now=NOW)

    assert first == again
    assert [voucher.ends_at for voucher in [*first, *rest]] == [NOW + 30 * DAY, NOW + 60 * DAY, NOW + 60 * DAY]
    assert {voucher.code for voucher in [*first, *rest]} == {"A1", "A2", "A3"}
    low = await (await tx.execute("SELECT payload->>'left' FROM outbox WHERE kind = 'vouchers.low'")).fetchall()
    assert low == [("0",)]
    assert await queries.disagreements(tx, program_id) == []


async def test_two_who_take_at_once_get_different_codes(database: Database, program_id: int) -> None:
    async with database.program_transaction(program_id) as tx:
        batch = await batches.create(tx, program_id, a_batch(kind="imported", state="done", wanted=0))
        lines = "".join(f"P{number:03}\n" for number in range(30))
        await batches.import_codes(tx, program_id, batch.id, "code\n" + lines, zone=MADRID, now=NOW)

    async def take(number: int) -> str:
        async with database.program_transaction(program_id) as tx:
            try:
                given = await vouchers.hand_out(
                    tx, program_id, batch.id, [an_issue(cause=f"r{number}", origin="redemption")], now=NOW
                )
            except no.CodesGone:
                return "gone"
            return given[0].code

    answers = await asyncio.gather(*(take(number) for number in range(24)))

    assert len(set(answers)) == 24


async def test_a_batch_ends_with_all_its_codes(tx: Transaction, program_id: int) -> None:
    batch = await batches.create(tx, program_id, a_batch(wanted=10))
    await batches.generate(tx, program_id, batch.id, now=NOW)
    assert await batches.end_portion(tx, program_id, batch.id, now=NOW) == []

    dropped = await batches.drop(tx, program_id, batch.id)
    ended = await batches.end_portion(tx, program_id, batch.id, now=NOW)

    assert dropped.state == "void"
    assert len(ended) == 10
    assert await batches.end_portion(tx, program_id, batch.id, now=NOW) == []
    with pytest.raises(no.CodesGone):
        await vouchers.hand_out(tx, program_id, batch.id, [an_issue(cause="r1")], now=NOW)
    with pytest.raises(no.BatchClosed):
        await batches.import_codes(tx, program_id, batch.id, "code\nA\n", zone=MADRID, now=NOW)
