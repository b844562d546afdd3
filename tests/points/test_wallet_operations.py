"""Wallets in a real database: what is decided is what is stored, and everything adds up."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
import pytest
from books import a_wallet, madrid

from puntal.access.model import ApprovalId, Caller, OrganizationId
from puntal.kit.db import ProgramId
from puntal.kit.ids import new_id
from puntal.ledger import operations as books_of_all
from puntal.ledger import queries as ledger
from puntal.points import operations, policy, queries
from puntal.points.errors import (
    HoldEnded,
    HoldsOpen,
    InsufficientPoints,
    NotConvertible,
    NotTransferable,
    OverCap,
    SameHolder,
    UnknownHold,
    UnknownWallet,
)
from puntal.points.model import Cause, Taken, Terms

if TYPE_CHECKING:
    from datetime import datetime

    from puntal.kit.db import Transaction

NOON = madrid("2026-03-01 12:00")
YEAR = {"after": "12 months", "end_of": "month"}


def some_terms(**points: object) -> list[Terms]:
    convert = [{"to": "miles", "take": 3, "give": 2}]
    document = {"transferable": True, "convert": convert, "expiry": YEAR, "if_already_spent": "debt"} | points
    return [
        a_wallet(0, "points", **document),
        a_wallet(1, "miles"),
        a_wallet(2, "stamps", kind="stamps", card={"size": 9, "reward": "coffee"}),
    ]


TERMS = some_terms()


def a_caller(limit: int | None = None) -> Caller:
    return Caller(
        kind="staff",
        organization_id=OrganizationId(new_id()),
        program_id=None,
        id=new_id(),
        name="Carla",
        permissions=frozenset(),
        adjust_limit=limit,
    )


async def earn(
    tx: Transaction,
    program_id: int,
    holder: UUID,
    amount: int,
    at: datetime = NOON,
    wallet: int = 0,
    terms: list[Terms] = TERMS,
) -> UUID:
    opened = await operations.open_books(tx, program_id, terms, [holder], now=at)
    cause = Cause(event_id=str(new_id()), order_key=f"shop:{new_id()}")
    lot = policy.earn(opened[holder], terms[wallet], amount, cause=cause, at=at, now=at)
    policy.finish_cards(opened[holder], terms[wallet], cause=cause, at=at, now=at)
    await opened.write(tx, program_id)
    return lot.id


async def wallets(
    tx: Transaction, program_id: int, holder: UUID, now: datetime = NOON
) -> dict[str, tuple[int, int, int]]:
    books = await operations.read_books(tx, program_id, TERMS, [holder], now=now)
    return {view.wallet: (view.balance, view.pending, view.held) for view in queries.view(books[holder], TERMS)}


async def assert_everything_adds_up(tx: Transaction, program_id: int) -> None:
    assert await ledger.disagreeing_balances(tx, program_id) == []
    assert await queries.disagreements(tx, program_id) == []


async def test_running_state_of_others_is_left_alone(tx: Transaction, program_id: int) -> None:
    anna = new_id()
    row = (await books_of_all.open_and_lock(tx, program_id, [anna], now=NOON))[anna]
    row = msgspec.structs.replace(row, running=msgspec.Raw(b'{"tiers": {"club": [1, 2]}}'))
    await books_of_all.write(tx, program_id, holders=[row], transfers=[])
    terms = some_terms(expiry={"inactive": "12 months"})

    opened = await operations.open_books(tx, program_id, terms, [anna], now=NOON)
    policy.renew(opened[anna], terms, NOON, NOON)
    await opened.write(tx, program_id)

    again = await operations.open_books(tx, program_id, terms, [anna], now=NOON)
    (stored,) = (await books_of_all.read_holders(tx, program_id, [anna])).values()
    assert again[anna].alive == {0: madrid("2027-03-02 00:00")}
    assert msgspec.json.decode(stored.running)["tiers"] == {"club": [1, 2]}


async def test_adjusting_gives_reasons_and_takes_no_more_than_there_is(tx: Transaction, program_id: int) -> None:
    """F10"""
    anna = new_id()

    async def adjust(amount: int, *, allow_debt: bool = False) -> tuple[object, ...]:
        made = await operations.adjust(
            tx,
            program_id,
            TERMS,
            holder_id=anna,
            wallet="points",
            amount=amount,
            public_reason="Perdón",
            internal_reason="late parcel",
            by=a_caller(),
            now=NOON,
            allow_debt=allow_debt,
        )
        assert all(line.note is not None and line.note["reason"] == "Perdón" for line in made.transfers[:1])
        return tuple((line.source, line.destination, line.amount) for line in made.transfers)

    given = await adjust(40)
    with pytest.raises(InsufficientPoints) as refusal:
        await adjust(-50)
    owed = await adjust(-50, allow_debt=True)

    assert given == (("adjusted", "available", 40),)
    assert refusal.value.short_by == 10
    assert owed == (("available", "adjusted", 40), ("debt", "adjusted", 10))
    assert await wallets(tx, program_id, anna) == {"points": (-10, 0, 0), "miles": (0, 0, 0), "stamps": (0, 0, 0)}
    await assert_everything_adds_up(tx, program_id)
    forgiven = await operations.write_off(
        tx, program_id, TERMS, holder_id=anna, wallet="points", amount=None, reason="old", actor="staff:1", now=NOON
    )
    assert forgiven == 10
    await assert_everything_adds_up(tx, program_id)


async def test_above_the_roles_limit_a_second_person_is_asked(tx: Transaction, program_id: int) -> None:
    """F10"""
    anna, carla = new_id(), a_caller(limit=100)

    asked = await operations.adjust(
        tx,
        program_id,
        TERMS,
        holder_id=anna,
        wallet="points",
        amount=101,
        public_reason="Perdón",
        internal_reason="",
        by=carla,
        now=NOON,
    )
    rows = await (await tx.execute("SELECT action, payload->>'amount', state FROM approval")).fetchall()

    assert asked.transfers == ()
    assert asked.approval_id is not None
    assert rows == [("points.adjust", "101", "waiting")]
    assert await ledger.trial_balance(tx, program_id) == []


async def test_an_approved_adjustment_is_done(tx: Transaction, program_id: int) -> None:
    from puntal.access.operations import approvals  # noqa: PLC0415 - only here

    anna = new_id()
    asked = await operations.adjust(
        tx,
        program_id,
        TERMS,
        holder_id=anna,
        wallet="points",
        amount=101,
        public_reason="Perdón",
        internal_reason="",
        by=a_caller(limit=100),
        now=NOON,
    )
    assert asked.approval_id is not None

    async def current(tx: Transaction, program_id: int) -> list[Terms]:  # noqa: ARG001 - the shape
        return TERMS

    await approvals.decide(
        tx,
        program_id=ProgramId(program_id),
        id=ApprovalId(asked.approval_id),
        approve=True,
        by=a_caller(),
        actions={operations.ADJUST: operations.adjusting(current)},
        now=NOON,
    )

    assert (await wallets(tx, program_id, anna))["points"] == (101, 0, 0)
    await assert_everything_adds_up(tx, program_id)


async def test_a_transfer_moves_lots_with_their_ends(tx: Transaction, program_id: int) -> None:
    anna, ben = new_id(), new_id()
    await earn(tx, program_id, anna, 100)

    await operations.transfer(
        tx, program_id, TERMS, giver_id=anna, receiver_id=ben, wallet="points", amount=30, now=NOON
    )

    books = await operations.read_books(tx, program_id, TERMS, [ben], now=NOON)
    (view, *_) = queries.view(books[ben], TERMS)
    assert [(end.amount, end.at) for end in view.ends] == [(30, madrid("2027-04-01 00:00"))]
    assert (await wallets(tx, program_id, anna))["points"] == (70, 0, 0)
    await assert_everything_adds_up(tx, program_id)


async def test_what_a_transfer_refuses(tx: Transaction, program_id: int) -> None:
    anna, ben = new_id(), new_id()
    await earn(tx, program_id, anna, 100)
    capped = some_terms(limits={"balance": 20})

    async def transfer(to: UUID, wallet: str, amount: int, terms: list[Terms] = TERMS) -> None:
        await operations.transfer(
            tx, program_id, terms, giver_id=anna, receiver_id=to, wallet=wallet, amount=amount, now=NOON
        )

    with pytest.raises(SameHolder):
        await transfer(anna, "points", 1)
    with pytest.raises(NotTransferable):
        await transfer(ben, "miles", 1)
    with pytest.raises(UnknownWallet):
        await transfer(ben, "gold", 1)
    with pytest.raises(InsufficientPoints):
        await transfer(ben, "points", 101)
    with pytest.raises(OverCap):
        await transfer(ben, "points", 21, capped)


async def test_conversion_keeps_ends_and_balances(tx: Transaction, program_id: int) -> None:
    anna = new_id()
    await earn(tx, program_id, anna, 100)

    with pytest.raises(NotConvertible):
        await operations.convert(
            tx, program_id, TERMS, holder_id=anna, wallet="miles", into="points", amount=3, now=NOON
        )
    await operations.convert(tx, program_id, TERMS, holder_id=anna, wallet="points", into="miles", amount=60, now=NOON)

    found = await wallets(tx, program_id, anna)
    assert (found["points"][0], found["miles"][0]) == (40, 40)
    await assert_everything_adds_up(tx, program_id)


async def test_a_hold_is_committed_once(tx: Transaction, program_id: int) -> None:
    anna = new_id()
    await earn(tx, program_id, anna, 100)
    made = await operations.hold(
        tx,
        program_id,
        TERMS,
        holder_id=anna,
        wallet="points",
        amount=60,
        reference="gift",
        lapses_at=NOON + timedelta(minutes=30),
        now=NOON,
    )
    during = (await wallets(tx, program_id, anna))["points"]
    await assert_everything_adds_up(tx, program_id)

    spent = await operations.commit(tx, program_id, TERMS, hold_id=made.id, cause=Cause(), now=NOON)
    with pytest.raises(HoldEnded):
        await operations.commit(tx, program_id, TERMS, hold_id=made.id, cause=Cause(), now=NOON)
    with pytest.raises(UnknownHold):
        await operations.release(tx, program_id, TERMS, hold_id=new_id(), now=NOON)
    await assert_everything_adds_up(tx, program_id)
    for part, before in ((20, 0), (40, 20)):
        await operations.give_back(
            tx,
            program_id,
            TERMS,
            holder_id=anna,
            wallet="points",
            transfer_id=spent.id,
            amount=part,
            returned_before=before,
            cause=Cause(),
            now=NOON,
        )

    assert during == (40, 0, 60)
    assert (await wallets(tx, program_id, anna))["points"] == (100, 0, 0)
    await assert_everything_adds_up(tx, program_id)


async def test_holds_lapse_in_batches(tx: Transaction, program_id: int) -> None:
    """X22"""
    people = [new_id() for _ in range(3)]
    for holder in people:
        await earn(tx, program_id, holder, 100)
        await operations.hold(
            tx,
            program_id,
            TERMS,
            holder_id=holder,
            wallet="points",
            amount=60,
            reference="gift",
            lapses_at=NOON + timedelta(days=500),
            now=NOON,
        )
    later = NOON + timedelta(days=501)

    lapsed = [await operations.lapse_due(tx, program_id, TERMS, now=later, limit=2) for _ in range(3)]

    assert lapsed == [2, 1, 0]
    assert (await wallets(tx, program_id, people[0], later))["points"] == (0, 0, 0)
    await assert_everything_adds_up(tx, program_id)


async def test_the_night_settles_everyone_who_is_due(tx: Transaction, program_id: int) -> None:
    people = [new_id() for _ in range(3)]
    for holder in people:
        await earn(tx, program_id, holder, 100)
    later = madrid("2027-04-01 00:00")

    due = [await operations.settle_due(tx, program_id, TERMS, now=later, limit=2) for _ in range(3)]

    assert [holders for holders, _ in due] == [2, 1, 0]
    assert [transfer.kind for _, made in due for transfer in made] == ["points.expired"] * 3
    assert {transfer.effective_at for _, made in due for transfer in made} == {later}
    await assert_everything_adds_up(tx, program_id)


async def test_what_is_due_is_not_shown_before_the_night_has_run(tx: Transaction, program_id: int) -> None:
    anna = new_id()
    await earn(tx, program_id, anna, 100)

    shown = await wallets(tx, program_id, anna, madrid("2027-04-01 00:00"))

    assert shown["points"] == (0, 0, 0)
    assert {balance.account for balance in await ledger.trial_balance(tx, program_id)} == {"issued", "available"}


async def test_stamps_come_off_a_stored_card(tx: Transaction, program_id: int) -> None:
    """X34"""
    anna = new_id()
    await earn(tx, program_id, anna, 8, wallet=2)
    coffees = await earn(tx, program_id, anna, 3, wallet=2)
    before = (await wallets(tx, program_id, anna))["stamps"]
    await assert_everything_adds_up(tx, program_id)

    opened = await operations.open_books(tx, program_id, TERMS, [anna], now=NOON)
    taken = policy.take_back(opened[anna], TERMS[2], coffees, 3, cause=Cause(), at=NOON, now=NOON)
    await opened.write(tx, program_id)

    states = await (await tx.execute("SELECT state FROM finished_card")).fetchall()
    assert before == (2, 0, 0)
    assert taken == Taken(own=3)
    assert states == [("void",)]
    assert (await wallets(tx, program_id, anna))["stamps"] == (8, 0, 0)
    await assert_everything_adds_up(tx, program_id)


async def test_merging_moves_lots_and_pays_debt(tx: Transaction, program_id: int) -> None:
    """X38: 900 points and a debt of 50."""
    anna, ben = new_id(), new_id()
    lot = await earn(tx, program_id, anna, 900)
    spent = await earn(tx, program_id, ben, 50)
    opened = await operations.open_books(tx, program_id, TERMS, [ben], now=NOON)
    policy.spend(opened[ben], TERMS[0], 50, kind="points.redeemed", cause=Cause(), at=NOON, now=NOON)
    policy.take_back(opened[ben], TERMS[0], spent, 50, cause=Cause(), at=NOON, now=NOON)
    await opened.write(tx, program_id)
    await earn(tx, program_id, ben, 5, wallet=1)
    made = await operations.hold(
        tx,
        program_id,
        TERMS,
        holder_id=ben,
        wallet="miles",
        amount=5,
        reference="gift",
        lapses_at=NOON + timedelta(hours=1),
        now=NOON,
    )

    with pytest.raises(HoldsOpen):
        await operations.reassign(tx, program_id, TERMS, giver_id=ben, receiver_id=anna, now=NOON)
    await operations.release(tx, program_id, TERMS, hold_id=made.id, now=NOON)
    moved = await operations.reassign(tx, program_id, TERMS, giver_id=ben, receiver_id=anna, now=NOON)

    assert spent in moved
    assert lot not in moved
    assert await wallets(tx, program_id, anna) == {"points": (850, 0, 0), "miles": (5, 0, 0), "stamps": (0, 0, 0)}
    assert await wallets(tx, program_id, ben) == {"points": (0, 0, 0), "miles": (0, 0, 0), "stamps": (0, 0, 0)}
    await assert_everything_adds_up(tx, program_id)


async def test_a_closed_statement_never_changes(tx: Transaction, program_id: int) -> None:
    """X46"""
    anna = new_id()
    await earn(tx, program_id, anna, 10, at=madrid("2026-01-10 12:00"))
    january = {"since": madrid("2026-01-01 00:00"), "until": madrid("2026-02-01 00:00")}
    february = {"since": madrid("2026-02-01 00:00"), "until": madrid("2026-03-01 00:00")}
    closed = await queries.statement(tx, program_id, TERMS, holders=[anna], **january)

    opened = await operations.open_books(tx, program_id, TERMS, [anna], now=madrid("2026-02-03 12:00"))
    policy.earn(
        opened[anna],
        TERMS[0],
        7,
        cause=Cause(event_id="late"),
        at=madrid("2026-01-30 12:00"),
        now=madrid("2026-02-03 12:00"),
    )
    await opened.write(tx, program_id)
    (later,) = await queries.statement(tx, program_id, TERMS, holders=[anna], **february)

    assert await queries.statement(tx, program_id, TERMS, holders=[anna], **january) == closed
    assert [line.amount for line in later.lines] == [7]
    assert later.lines[0].effective_at == madrid("2026-01-30 12:00")
    assert (later.opening["available"], later.closing["available"]) == (10, 17)


async def test_liability_is_rounded_once(tx: Transaction, program_id: int) -> None:
    """X47"""
    rate = {"cost_per_point": "0.01 EUR", "expected_redemption": "80%"}
    terms = [a_wallet(liability=rate, available={"after": "14 days"})]
    anna = new_id()
    await earn(tx, program_id, anna, 4300, at=NOON - timedelta(days=30), terms=terms)
    await earn(tx, program_id, anna, 700, terms=terms)
    await operations.hold(
        tx,
        program_id,
        terms,
        holder_id=anna,
        wallet="points",
        amount=300,
        reference="gift",
        lapses_at=NOON + timedelta(hours=1),
        now=NOON,
    )

    (line,) = await queries.liability(tx, program_id, terms)

    assert (line.available, line.held, line.pending) == (4000, 300, 700)
    assert (line.cost_minor, line.currency) == (4000, "EUR")
    assert queries.liability_of(terms[0], 1, 0, 0, 0).cost_minor == 1
    assert queries.liability_of(a_wallet(liability={"cost_per_point": "0.005 EUR"}), 1, 0, 0, 0).cost_minor == 1
    assert queries.liability_of(a_wallet(liability={"cost_per_point": "0.0049 EUR"}), 1, 0, 0, 0).cost_minor == 0


@pytest.mark.parametrize("seed", range(6))
async def test_any_history_adds_up_in_the_database(tx: Transaction, program_id: int, seed: int) -> None:
    dice = random.Random(seed)
    documents: list[dict[str, Any]] = [
        {},
        {"available": {"after": "14 days"}, "if_already_spent": "stop_at_zero"},
        {"expiry": {"inactive": "3 months"}},
    ]
    terms = some_terms(**documents[seed % 3])
    people = [new_id(), new_id()]
    lots: list[tuple[UUID, UUID, int]] = []
    now = NOON
    for step in range(60):
        now += timedelta(hours=dice.randrange(1, 24 * 20))
        holder, amount = dice.choice(people), dice.randrange(1, 50)
        cause = Cause(event_id=f"event {step}", order_key=f"shop:{step}")
        named = [lot for lot in lots if lot[0] == holder]
        lot = dice.choice(named) if named else None
        opened = await operations.open_books(
            tx, program_id, terms, people, now=now, lots=[] if lot is None else [lot[1]]
        )
        books = opened[holder]
        match dice.randrange(6):
            case 0 | 1:
                made = policy.earn(books, terms[0], amount, cause=cause, at=now, now=now)
                policy.renew(books, terms, now, now)
                lots.append((holder, made.id, amount))
            case 2 if books.available[0] >= amount:
                policy.spend(books, terms[0], amount, kind="points.redeemed", cause=cause, at=now, now=now)
            case 3 if lot is not None:
                policy.take_back(books, terms[0], lot[1], lot[2], cause=cause, at=now, now=now)
                lots.remove(lot)
            case 4 if books.available[0] >= amount:
                other = opened[people[1 - people.index(holder)]]
                policy.send(books, other, terms[0], amount, cause=cause, at=now, now=now)
            case _:
                policy.earn(books, terms[2], amount, cause=cause, at=now, now=now)
                policy.finish_cards(books, terms[2], cause=cause, at=now, now=now)
        await opened.write(tx, program_id)

    await assert_everything_adds_up(tx, program_id)


@pytest.mark.parametrize(
    ("damage", "checks"),
    [
        ("UPDATE lot SET remaining = remaining - 1 WHERE remaining > 0", {"lots", "consumption"}),
        ("UPDATE lot SET held = held - 1 WHERE held > 0", {"lots", "consumption", "hold"}),
        ("UPDATE lot SET expired = expired + 1, remaining = remaining - 1 WHERE remaining > 0", {"lots", "expiry"}),
        ("DELETE FROM consumption", {"consumption", "spend", "card"}),
        ("UPDATE finished_card SET stamps = stamps + 1", {"card"}),
        ("UPDATE hold SET state = 'lapsed'", {"hold"}),
    ],
)
async def test_damage_is_found(tx: Transaction, program_id: int, damage: str, checks: set[str]) -> None:
    anna = new_id()
    await earn(tx, program_id, anna, 100)
    await earn(tx, program_id, anna, 9, wallet=2)
    opened = await operations.open_books(tx, program_id, TERMS, [anna], now=NOON)
    policy.spend(opened[anna], TERMS[0], 10, kind="points.redeemed", cause=Cause(), at=NOON, now=NOON)
    await opened.write(tx, program_id)
    await operations.hold(
        tx,
        program_id,
        TERMS,
        holder_id=anna,
        wallet="points",
        amount=20,
        reference="gift",
        lapses_at=NOON + timedelta(hours=1),
        now=NOON,
    )
    await assert_everything_adds_up(tx, program_id)

    await tx.execute(damage.encode())

    assert {wrong.check for wrong in await queries.disagreements(tx, program_id)} == checks


async def test_a_closed_program_keeps_only_what_was_paid_in(tx: Transaction, program_id: int) -> None:
    anna, ben = new_id(), new_id()
    terms = [a_wallet(kind="money", currency="EUR", available={"after": "14 days"})]
    opened = await operations.open_books(tx, program_id, terms, [anna, ben], now=NOON)
    at_once = (NOON, None, False, None)
    for holder in (anna, ben):
        cause = Cause(event_id=str(holder))
        policy.earn(opened[holder], terms[0], 5, cause=cause, at=NOON, now=NOON)
        policy.earn(opened[holder], terms[0], 7, cause=cause, at=NOON, now=NOON, dates=at_once)
    policy.earn(opened[anna], terms[0], 100, cause=Cause(), at=NOON, now=NOON, origin="paid_in", dates=at_once)
    await opened.write(tx, program_id)

    last = await operations.wind_up(tx, program_id, terms, now=NOON, limit=1)
    assert last is not None
    last = await operations.wind_up(tx, program_id, terms, now=NOON, limit=5, after=last)
    assert last is not None
    assert await operations.wind_up(tx, program_id, terms, now=NOON, after=last) is None

    sums = {balance.account: balance.amount for balance in await ledger.trial_balance(tx, program_id)}
    assert sums == {"available": 100, "pending": 0, "issued": -124, "expired": 14, "cancelled": 10}
    await assert_everything_adds_up(tx, program_id)
