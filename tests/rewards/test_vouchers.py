"""Vouchers on the database: issued, held, used, given back, ended, passed on."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from coupons import DAY, NOW, a_member, a_voucher, an_ask, an_issue

from puntal.kit.errors import Refusal
from puntal.rewards import errors_vouchers as no
from puntal.rewards.model_vouchers import Taken, VoucherTerms
from puntal.rewards.operations import vouchers
from puntal.rewards.policy.codes import printed
from puntal.rewards.queries import vouchers as queries

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from puntal.kit.db import Database, Transaction


@pytest.fixture(autouse=True)
async def books_add_up(tx: Transaction, program_id: int) -> AsyncIterator[None]:
    """After every test `verify` has nothing to say."""
    yield
    assert await queries.disagreements(tx, program_id) == []


async def kinds(tx: Transaction) -> list[str]:
    return [row[0] for row in await (await tx.execute("SELECT kind FROM outbox ORDER BY id")).fetchall()]


async def test_many_are_issued_at_once_and_a_retry_issues_nothing(tx: Transaction, program_id: int) -> None:
    issues = [an_issue(prefix="HOLA") for _ in range(500)]

    first = await vouchers.issue(tx, program_id, issues, now=NOW)
    second = await vouchers.issue(tx, program_id, issues, now=NOW + DAY)

    assert first == second
    assert len({voucher.code for voucher in first}) == 500
    assert all(voucher.code.startswith("HOLA") and voucher.issued_at == NOW for voucher in first)
    assert await kinds(tx) == ["voucher.issued"] * 500


async def test_codes_that_are_there_are_drawn_anew(
    tx: Transaction, program_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await a_voucher(tx, program_id)
    drawn = iter([[first.code], ["CNTWAX2"]])
    monkeypatch.setattr("puntal.rewards.operations.vouchers.issuing.draw", lambda _pattern, _count: next(drawn))

    assert (await a_voucher(tx, program_id)).code == "CNTWAX2"


async def test_one_use_on_whatever_channel(tx: Transaction, program_id: int) -> None:
    """G19: held online, it cannot be used at the till; let go, it can, once."""
    voucher = await a_voucher(tx, program_id)
    held = await vouchers.take(
        tx, program_id, an_ask(voucher, "cart-1", channel="online", lapses_at=NOW + DAY), now=NOW
    )

    with pytest.raises(no.VoucherHeld):
        await vouchers.take(tx, program_id, an_ask(voucher, "ticket-7", channel="store"), now=NOW)
    await vouchers.release(tx, program_id, voucher.code, "cart-1", now=NOW)
    used = await vouchers.take(tx, program_id, an_ask(voucher, "ticket-7", channel="store"), now=NOW)
    again = await vouchers.take(tx, program_id, an_ask(voucher, "ticket-7", channel="store"), now=NOW)
    with pytest.raises(no.VoucherUsed):
        await vouchers.take(tx, program_id, an_ask(voucher, "cart-2", channel="online"), now=NOW)

    assert (held.voucher.state, used.voucher.state, used.replayed, again.replayed) == ("held", "used", False, True)
    assert await kinds(tx) == ["voucher.issued", "voucher.released", "voucher.used"]


async def test_what_is_held_can_be_used_even_when_it_ends_meanwhile(tx: Transaction, program_id: int) -> None:
    voucher = await a_voucher(tx, program_id, ends_at=NOW + DAY)
    await vouchers.take(tx, program_id, an_ask(voucher, lapses_at=NOW + 2 * DAY), now=NOW)
    later = NOW + DAY + DAY / 2

    assert await vouchers.expire(tx, program_id, [voucher.id], now=later) == []
    used = await vouchers.take(tx, program_id, an_ask(voucher, order_key="shop/1"), now=later)

    assert (used.use.state, used.use.order_key) == ("used", "shop/1")


async def test_a_hold_lapses_by_itself(tx: Transaction, program_id: int) -> None:
    voucher = await a_voucher(tx, program_id)
    await vouchers.take(tx, program_id, an_ask(voucher, "cart-1", lapses_at=NOW + DAY), now=NOW)

    assert await vouchers.lapse_due(tx, program_id, now=NOW) == 0
    assert await vouchers.lapse_due(tx, program_id, now=NOW + DAY) == 1
    assert await vouchers.lapse_due(tx, program_id, now=NOW + DAY) == 0
    assert (await vouchers.find(tx, program_id, voucher.code)).state == "issued"


async def test_nobody_waits_for_the_night_to_use_what_was_held(tx: Transaction, program_id: int) -> None:
    voucher = await a_voucher(tx, program_id)
    await vouchers.take(tx, program_id, an_ask(voucher, "cart-1", lapses_at=NOW + DAY), now=NOW)

    used = await vouchers.take(tx, program_id, an_ask(voucher, "cart-2"), now=NOW + DAY)

    assert used.voucher.state == "used"


async def test_its_time_begins_at_its_issue(tx: Transaction, program_id: int) -> None:
    """G9: a month from when she got it, not from when the campaign began."""
    voucher = await a_voucher(tx, program_id, valid_from=NOW + DAY, ends_at=NOW + 30 * DAY)

    with pytest.raises(no.VoucherEarly):
        await vouchers.take(tx, program_id, an_ask(voucher), now=NOW)
    with pytest.raises(no.VoucherExpired):
        await vouchers.take(tx, program_id, an_ask(voucher), now=NOW + 30 * DAY)
    assert [one.id for one in await vouchers.due(tx, program_id, now=NOW + 30 * DAY)] == [voucher.id]
    ended = await vouchers.expire(tx, program_id, [voucher.id], now=NOW + 30 * DAY)
    assert [one.state for one in ended] == ["expired"]
    assert await vouchers.expire(tx, program_id, [voucher.id], now=NOW + 30 * DAY) == []
    assert await vouchers.due(tx, program_id, now=NOW + 30 * DAY) == []


async def test_a_gift_card_is_spent_in_parts(tx: Transaction, program_id: int) -> None:
    card = await a_voucher(tx, program_id, currency="EUR", amount=5000)

    part = await vouchers.take(tx, program_id, an_ask(card, "a", amount=1999, currency="EUR"), now=NOW)
    held = await vouchers.take(
        tx, program_id, an_ask(card, "b", amount=3000, currency="EUR", lapses_at=NOW + DAY), now=NOW
    )
    with pytest.raises(no.VoucherTooLittle) as refused:
        await vouchers.take(tx, program_id, an_ask(card, "c", amount=2, currency="EUR"), now=NOW)
    rest = await vouchers.take(tx, program_id, an_ask(card, "c"), now=NOW)
    with pytest.raises(no.VoucherHeld):
        await vouchers.take(tx, program_id, an_ask(card, "d"), now=NOW)
    back = await vouchers.release(tx, program_id, card.code, "a", now=NOW)

    assert (part.voucher.remaining, held.voucher.remaining, held.voucher.state) == (3001, 1, "issued")
    assert refused.value.numbers == {"remaining": 1}
    assert (rest.use.amount, rest.voucher.state) == (1, "held")
    assert (back.voucher.remaining, back.voucher.held, back.voucher.state) == (1999, 3000, "issued")


@pytest.mark.parametrize("more", [{"currency": "USD", "amount": 5}, {"amount": 5}])
async def test_currencies_are_not_mixed(tx: Transaction, program_id: int, more: dict[str, Any]) -> None:
    card = await a_voucher(tx, program_id, currency="EUR", amount=5000)

    with pytest.raises(no.VoucherCurrency):
        await vouchers.take(tx, program_id, an_ask(card, **more), now=NOW)


async def test_it_is_used_by_whom_it_belongs_to(tx: Transaction, program_id: int) -> None:
    anna, ben = await a_member(tx, program_id), await a_member(tx, program_id)
    paused = await a_member(tx, program_id, "paused")
    voucher = await a_voucher(tx, program_id, member_id=anna)
    anybodys = await a_voucher(tx, program_id)

    for who, refusal in ((ben, no.VoucherNotYours), (None, no.VoucherNeedsMember), (paused, no.MemberInactive)):
        with pytest.raises(refusal):
            await vouchers.take(tx, program_id, an_ask(voucher, member_id=who), now=NOW)
    assert (await vouchers.take(tx, program_id, an_ask(anybodys, member_id=ben), now=NOW)).use.member_id == ben


async def test_a_reference_means_one_thing(tx: Transaction, program_id: int) -> None:
    card = await a_voucher(tx, program_id, currency="EUR", amount=5000)
    await vouchers.take(tx, program_id, an_ask(card, "a", amount=100, currency="EUR"), now=NOW)

    with pytest.raises(no.UseReused):
        await vouchers.take(tx, program_id, an_ask(card, "a", amount=200, currency="EUR"), now=NOW)
    with pytest.raises(no.UseUnknown):
        await vouchers.release(tx, program_id, card.code, "z", now=NOW)


async def test_channels_of_its_terms(tx: Transaction, program_id: int) -> None:
    voucher = await a_voucher(tx, program_id, terms=VoucherTerms(channels=("store",)))

    for channel in ("online", None):
        with pytest.raises(no.VoucherChannel):
            await vouchers.take(tx, program_id, an_ask(voucher, channel=channel), now=NOW)
    await vouchers.take(tx, program_id, an_ask(voucher, channel="store"), now=NOW)


async def test_voiding_ends_what_is_unused_and_held_and_leaves_what_is_used(tx: Transaction, program_id: int) -> None:
    free, held, used = [await a_voucher(tx, program_id) for _ in range(3)]
    await vouchers.take(tx, program_id, an_ask(held, lapses_at=NOW + DAY), now=NOW)
    await vouchers.take(tx, program_id, an_ask(used), now=NOW)
    wanted = [one.id for one in await vouchers.unused_of_reward(tx, program_id, "five_euro")]

    ended = await vouchers.end(tx, program_id, [*wanted, used.id], because="switch", now=NOW)

    assert {one.id for one in ended} == {free.id, held.id} == set(wanted)
    assert await vouchers.end(tx, program_id, [free.id], because="switch", now=NOW) == []
    for ask in (an_ask(free), an_ask(held)):
        with pytest.raises((no.VoucherVoid, no.UseEnded)):
            await vouchers.take(tx, program_id, ask, now=NOW)


async def test_a_friend_gets_it(tx: Transaction, program_id: int) -> None:
    anna, ben = await a_member(tx, program_id), await a_member(tx, program_id)
    blocked = await a_member(tx, program_id, "blocked")
    kept = await a_voucher(tx, program_id, member_id=anna)
    gift = await a_voucher(tx, program_id, member_id=anna, terms=VoucherTerms(transferable=True))

    with pytest.raises(no.NotTransferable):
        await vouchers.transfer(tx, program_id, kept.code, giver=anna, receiver=ben, now=NOW)
    with pytest.raises(no.VoucherNotYours):
        await vouchers.transfer(tx, program_id, gift.code, giver=ben, receiver=ben, now=NOW)
    with pytest.raises(no.ReceiverInactive):
        await vouchers.transfer(tx, program_id, gift.code, giver=anna, receiver=blocked, now=NOW)
    given = await vouchers.transfer(tx, program_id, gift.code, giver=anna, receiver=ben, now=NOW)
    same = await vouchers.transfer(tx, program_id, gift.code, giver=ben, receiver=ben, now=NOW)
    staff = await vouchers.transfer(tx, program_id, kept.code, giver=None, receiver=ben, by_staff=True, now=NOW)

    assert given.member_id == same.member_id == staff.member_id == ben
    assert (await kinds(tx)).count("voucher.transferred") == 2


async def test_codes_are_found_as_they_are_typed(tx: Transaction, program_id: int) -> None:
    voucher = await a_voucher(tx, program_id)

    assert (await vouchers.find(tx, program_id, printed(voucher.code).lower())).id == voucher.id
    for nobodys in ("", "A" * 500, "HOLA-1234-5678", "💥"):
        with pytest.raises(no.VoucherUnknown):
            await vouchers.find(tx, program_id, nobodys)


async def test_each_of_many_is_answered_by_itself(tx: Transaction, program_id: int) -> None:
    one, other = await a_voucher(tx, program_id), await a_voucher(tx, program_id)
    asks = [an_ask(one, "x"), an_ask(one, "y"), an_ask(other, "x"), an_ask(one, "z", code="nobodys")]

    answers = await vouchers.take_all(tx, program_id, asks, now=NOW)

    assert isinstance(answers[0], Taken)
    assert isinstance(answers[1], no.VoucherUsed)
    assert isinstance(answers[2], Taken)
    assert isinstance(answers[3], no.VoucherUnknown)


async def test_what_is_held_about_a_person_and_what_goes_with_her(tx: Transaction, program_id: int) -> None:
    anna, ben = await a_member(tx, program_id), await a_member(tx, program_id)
    one = await a_voucher(tx, program_id, member_id=anna)
    card = await a_voucher(tx, program_id, member_id=anna, currency="EUR", amount=100)
    await vouchers.take(tx, program_id, an_ask(card, "a", amount=40, currency="EUR"), now=NOW)

    about = await vouchers.held_about(tx, program_id, [anna])
    moved = await vouchers.reassign(tx, program_id, source=anna, target=ben)
    await vouchers.forget(tx, program_id, [ben], now=NOW)

    assert [len(about["vouchers"]), len(about["voucher_uses"])] == [2, 1]
    assert sorted(moved) == sorted([one.id, card.id])
    assert (await vouchers.find(tx, program_id, one.code)).state == "void"
    assert (await vouchers.find(tx, program_id, card.code)).remaining == 60


async def test_the_till_and_the_web_shop_at_the_same_moment(database: Database, program_id: int) -> None:
    """G19: of any number of uses at once exactly one wins; the others are told that it is used."""
    async with database.program_transaction(program_id) as tx:
        issued = await vouchers.issue(tx, program_id, [an_issue() for _ in range(5)], now=NOW)

    async def use(number: int, channel: str) -> str:
        ask = an_ask(issued[number % 5], f"{channel}-{number}", channel=channel)
        async with database.program_transaction(program_id) as tx:
            try:
                return (await vouchers.take(tx, program_id, ask, now=NOW)).use.state
            except Refusal as refusal:
                return refusal.code

    answers = await asyncio.gather(*(use(n, channel) for n in range(20) for channel in ("store", "online")))

    assert answers.count("used") == 5
    assert answers.count("rewards.voucher_used") == 35
    async with database.program_transaction(program_id) as tx:
        assert await queries.disagreements(tx, program_id) == []


async def test_a_gift_card_is_never_overdrawn(database: Database, program_id: int) -> None:
    async with database.program_transaction(program_id) as tx:
        card = await a_voucher(tx, program_id, currency="EUR", amount=1000)

    async def use(number: int) -> str:
        async with database.program_transaction(program_id) as tx:
            try:
                ask = an_ask(card, f"order-{number}", amount=300, currency="EUR")
                return (await vouchers.take(tx, program_id, ask, now=NOW)).use.state
            except Refusal as refusal:
                return refusal.code

    answers = await asyncio.gather(*(use(number) for number in range(12)))

    assert sorted(answers) == ["rewards.voucher_too_little"] * 9 + ["used"] * 3


async def test_nobody_sees_the_codes_of_another_program(database: Database, tx: Transaction, program_id: int) -> None:
    voucher = await a_voucher(tx, program_id)
    async with database.program_transaction(program_id + 1_000_000) as other:
        with pytest.raises(no.VoucherUnknown):
            await vouchers.find(other, program_id, voucher.code)
