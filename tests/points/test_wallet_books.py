"""Wallets in a real database: what is decided is what is stored, everything adds up, and damage is found."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
import pytest
from books import a_wallet, madrid
from stored_books import NOON, TERMS, assert_everything_adds_up, earn, some_terms, wallets

from puntal.kit.ids import new_id
from puntal.ledger import operations as books_of_all
from puntal.points import operations, policy, queries
from puntal.points.model import Cause, Taken

if TYPE_CHECKING:
    from puntal.kit.db import Transaction


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
