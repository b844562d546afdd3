"""Merging members with everything they own (D5, X38), leaving pools (X37)."""

from __future__ import annotations

from collections import Counter as Tally
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
import pytest
from msgspec import structs
from people import MEMBERSHIP, a_document, a_member

from puntal.access import queries as access
from puntal.access.model import ApprovalId
from puntal.access.operations import approvals, keys, notifications
from puntal.activity import operations as activity
from puntal.activity.model import Count, Totals
from puntal.console import merging, persons, pools, running
from puntal.console.errors import PoolFirst
from puntal.engine import compile as engine
from puntal.engine.model import Compiled, Running
from puntal.kit.db import ProgramId
from puntal.kit.ids import new_id
from puntal.ledger import operations as ledger
from puntal.limits.model import Counter
from puntal.members import operations as members
from puntal.members.errors import UnknownMerge
from puntal.members.model import Ids, Match
from puntal.points import operations as points
from puntal.points import policy
from puntal.points.errors import HoldsOpen
from puntal.points.model import Cause
from puntal.tiers.model import Standing

if TYPE_CHECKING:
    from puntal.kit.db import Transaction

NOON = datetime(2026, 5, 10, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=1)
MONTH = date(2026, 5, 1)
LADDER = {
    "id": "club",
    "measure": {"earned": "points"},
    "window": "calendar_year",
    "keep": "end_of_next_period",
    "tiers": [{"id": "base"}, {"id": "silver", "from": 300}, {"id": "gold", "from": 1000}],
}


def a_program(program_id: int, **more: Any) -> Compiled:
    wallets = {"points": {"kind": "points", "if_already_spent": "stop_at_zero"}}
    document = a_document(wallets=wallets, ladders=[LADDER], **more)
    return engine.compile(document, program_id=program_id, revision=1, ordinals={"points": 0})


async def give(tx: Transaction, compiled: Compiled, holder: UUID, amount: int, **more: Any) -> UUID:
    opened = await points.open_books(tx, compiled.program_id, compiled.terms, [holder], now=NOON)
    order = more.pop("order", None)
    cause = Cause(event_id=order, order_key=order)
    lot = policy.earn(opened[holder], compiled.terms[0], amount, cause=cause, at=NOON, now=NOON, **more)
    await opened.write(tx, compiled.program_id)
    return lot.id


async def owe(tx: Transaction, compiled: Compiled, holder: UUID, amount: int) -> None:
    opened = await points.open_books(tx, compiled.program_id, compiled.terms, [holder], now=NOON)
    policy.spend(
        opened[holder],
        compiled.terms[0],
        amount,
        kind="points.adjusted",
        cause=Cause(),
        at=NOON,
        now=NOON,
        allow_debt=True,
    )
    await opened.write(tx, compiled.program_id)


async def keep(tx: Transaction, program_id: int, holder: UUID, state: Running) -> None:
    row = (await ledger.lock_holders(tx, program_id, [holder]))[holder]
    changed = structs.replace(row, running=msgspec.Raw(running.write(row.running, state)))
    await ledger.write(tx, program_id, holders=[changed], transfers=[])


async def state_of(tx: Transaction, program_id: int, holder: UUID) -> Running:
    return running.read((await ledger.read_holders(tx, program_id, [holder]))[holder].running)


async def balance(tx: Transaction, program_id: int, holder: UUID) -> tuple[int, int]:
    row = (await ledger.read_holders(tx, program_id, [holder]))[holder]
    return sum(row.available), sum(row.debt)


async def trial_balance(tx: Transaction, program_id: int) -> Tally[str]:
    cursor = await tx.execute("SELECT source, destination, amount FROM transfer WHERE program_id = %s", [program_id])
    sums: Tally[str] = Tally()
    for source, destination, amount in await cursor.fetchall():
        sums[destination] += amount
        sums[source] -= amount
    return sums


async def assert_books_hold(tx: Transaction, program_id: int) -> None:
    """Transfers = balances = lots - debt, over all members."""
    sums = await trial_balance(tx, program_id)
    cursor = await tx.execute("SELECT available, debt FROM holder WHERE program_id = %s", [program_id])
    rows = await cursor.fetchall()
    assert sum(sum(row[0]) for row in rows) == sums["available"]
    assert sum(sum(row[1]) for row in rows) == -sums["debt"]
    assert sums["transferred"] == 0
    cursor = await tx.execute("SELECT coalesce(sum(remaining), 0) FROM lot WHERE program_id = %s", [program_id])
    assert await cursor.fetchone() == (sums["available"],)


async def gold_and_silver(tx: Transaction, compiled: Compiled) -> tuple[UUID, UUID]:
    program_id = compiled.program_id
    gold = await a_member(tx, program_id, enrolled_at=datetime(2024, 1, 1, tzinfo=UTC))
    silver = await a_member(tx, program_id, "work@example.com", enrolled_at=datetime(2025, 1, 1, tzinfo=UTC))
    await give(tx, compiled, gold, 900)
    await owe(tx, compiled, silver, 50)
    for member, tier, measure, times, earned in ((gold, "gold", 1050, 1, 4200), (silver, "silver", 320, 2, 1100)):
        state = Running(
            totals=Totals(orders=times, spend=earned, earned={"points": measure}),
            tiers={"club": Standing(tier=tier, since=MONTH, until=date(2028, 1, 1), counts={"2026": measure})},
            used={
                "reward:five_euro": {MONTH: Counter(times=times)},
                "wallet:points": {MONTH: Counter(points=earned)},
            },
            once={"review.created": ["p1"] if member == gold else ["p1", "p2"]},
        )
        await keep(tx, program_id, member, state)
        await activity.record(
            tx, program_id, [Count(member, "orders", "", MONTH, times, 0), Count(member, "spend", "", MONTH, 0, earned)]
        )
    return gold, silver


async def test_merging_sums_what_was_done_and_takes_nothing(tx: Transaction, program_id: int) -> None:
    """X38."""
    compiled = a_program(program_id)
    gold, silver = await gold_and_silver(tx, compiled)
    before = sum((await trial_balance(tx, program_id)).values())

    shown = await merging.preview(tx, compiled, survivor=gold, merged=silver, now=NOON)
    assert await balance(tx, program_id, gold) == (900, 0)
    await merging.merge(tx, compiled, MEMBERSHIP, survivor=gold, merged=silver, by="staff:carla", now=NOON)

    assert await balance(tx, program_id, gold) == (850, 0)
    assert shown.balances["points"]["available"] == 850
    assert (shown.tiers, shown.measures) == ({"club": "gold"}, {"club": {"2026": 1370}})
    state = await state_of(tx, program_id, gold)
    assert (state.tiers["club"].tier, state.tiers["club"].counts) == ("gold", {"2026": 1370})
    assert state.used["reward:five_euro"][MONTH].times == 3
    assert state.used["wallet:points"][MONTH].points == 5300
    assert state.once == {"review.created": ["p1", "p2"]}
    assert state.totals.orders == 3
    counted = await activity.held_about(tx, program_id, [gold, silver])
    assert {(one.member_id, one.metric, one.count, one.amount) for one in counted} == {
        (gold, "orders", 3, 0),
        (gold, "spend", 0, 5300),
    }
    assert sum((await trial_balance(tx, program_id)).values()) == before == 0
    await assert_books_hold(tx, program_id)
    found = await members.resolve(tx, program_id, [Ids(id=silver), Ids(email="work@example.com")])
    assert found == [Match(gold)] * 2


async def test_undoing_a_merge_gives_each_her_own_as_it_is_now(tx: Transaction, program_id: int) -> None:
    """D5: what was earned since stays with the survivor; the books add up at every step."""
    compiled = a_program(program_id)
    gold, silver = await gold_and_silver(tx, compiled)
    lot = await give(tx, compiled, silver, 250, order="shop:1")
    states = [await state_of(tx, program_id, member) for member in (gold, silver)]
    await tx.execute(
        "INSERT INTO shop_order (program_id, source, order_id, member_id, state, occurred_at, day, currency, net_minor,"
        " total_minor, lines) VALUES (%s, 'shop', '1', %s, 'earned', %s, %s, 'EUR', 1, 1, '[]')",
        [program_id, silver, NOON, MONTH],
    )
    done = await merging.merge(tx, compiled, MEMBERSHIP, survivor=gold, merged=silver, by="staff:carla", now=NOON)
    await assert_books_hold(tx, program_id)
    assert await balance(tx, program_id, gold) == (1100, 0)
    await give(tx, compiled, gold, 30)

    await merging.undo(tx, compiled, done.id, by="staff:carla", now=LATER)

    await assert_books_hold(tx, program_id)
    assert (await balance(tx, program_id, gold), await balance(tx, program_id, silver)) == ((930, 0), (200, 0))
    cursor = await tx.execute("SELECT holder_id FROM lot WHERE program_id = %s AND id = %s", [program_id, lot])
    assert await cursor.fetchone() == (silver,)
    cursor = await tx.execute("SELECT member_id FROM shop_order WHERE program_id = %s", [program_id])
    assert await cursor.fetchall() == [(silver,)]
    assert [await state_of(tx, program_id, member) for member in (gold, silver)] == states
    counted = await activity.held_about(tx, program_id, [gold, silver])
    assert sum(one.count for one in counted if one.member_id == silver) == 2
    assert sum(one.count for one in counted if one.member_id == gold) == 1
    with pytest.raises(UnknownMerge):
        await merging.undo(tx, compiled, done.id, by="staff:carla", now=LATER)


async def test_open_holds_and_pools_end_first(tx: Transaction, program_id: int) -> None:
    compiled = a_program(program_id)
    gold, silver = await gold_and_silver(tx, compiled)
    await members.create_pool(tx, program_id, "household", {silver: True}, membership=MEMBERSHIP, now=NOON)
    with pytest.raises(PoolFirst):
        await merging.merge(tx, compiled, MEMBERSHIP, survivor=gold, merged=silver, by="staff:carla", now=NOON)
    await pools.leave(tx, compiled, silver, now=NOON)
    await points.hold(
        tx,
        program_id,
        compiled.terms,
        holder_id=gold,
        wallet="points",
        amount=10,
        reference="cart",
        lapses_at=LATER,
        now=NOON,
    )

    with pytest.raises(HoldsOpen):
        await merging.merge(tx, compiled, MEMBERSHIP, survivor=silver, merged=gold, by="staff:carla", now=NOON)


async def test_who_leaves_a_pool_takes_what_is_hers(tx: Transaction, program_id: int) -> None:
    """X37: Ana earned 300 (ends June), Ben 200 (ends July); Ana spends 400; Ben leaves; Ben's order is refunded."""
    compiled = a_program(program_id)
    ana, ben = await a_member(tx, program_id, "ana@example.com"), await a_member(tx, program_id, "ben@example.com")
    pool = await members.create_pool(
        tx, program_id, "household", {ana: True, ben: True}, membership=MEMBERSHIP, now=NOON
    )
    june, july = datetime(2026, 6, 30, 22, tzinfo=UTC), datetime(2026, 7, 31, 22, tzinfo=UTC)
    await give(tx, compiled, pool, 300, earner_id=ana, order="shop:ana", dates=(NOON, june, False, None))
    lot = await give(tx, compiled, pool, 200, earner_id=ben, order="shop:ben", dates=(NOON, july, False, None))
    opened = await points.open_books(tx, program_id, compiled.terms, [pool], now=NOON)
    policy.spend(opened[pool], compiled.terms[0], 400, kind="points.spent", cause=Cause(), at=NOON, now=NOON)
    await opened.write(tx, program_id)

    await pools.leave(tx, compiled, ben, now=NOON)

    assert (await balance(tx, program_id, ben), await balance(tx, program_id, pool)) == ((100, 0), (0, 0))
    opened = await points.open_books(tx, program_id, compiled.terms, [ben], now=NOON, orders=["shop:ben"])
    taken = policy.take_back(
        opened[ben], compiled.terms[0], lot, 200, kind="points.reversed", cause=Cause(), at=NOON, now=NOON
    )
    await opened.write(tx, program_id)
    assert (taken.from_member, taken.noted) == (100, 100)
    await assert_books_hold(tx, program_id)


async def test_export_holds_everything_and_erasure_keeps_only_the_books(tx: Transaction, program_id: int) -> None:
    compiled = a_program(program_id)
    gold, silver = await gold_and_silver(tx, compiled)
    body = '{"id": "e1", "type": "order.paid", "member": {"email": "anna@example.com"}, "data": {"note": "Ruiz"}}'
    await tx.execute(
        "INSERT INTO event (program_id, id, type, source, member_id, occurred_at, recorded_at, revision, fingerprint,"
        " body, outcome) VALUES (%s, 'e1', 'order.paid', 'shop', %s, %s, %s, 1, 'f', %s, '{}')",
        [program_id, silver, NOON, NOON, body],
    )
    await owe(tx, compiled, gold, 1000)

    held = await persons.export(tx, compiled, silver, now=NOON)
    assert held["events"][0]["body"]["data"] == {"note": "Ruiz"}
    assert held["wallets"]["points"]["debt"] == 50
    assert held["identities"][0].value == "work@example.com"
    msgspec.json.encode(held)

    for member in (gold, silver):
        await persons.erase(tx, compiled, member, by="staff:carla", now=NOON)
        await persons.erase(tx, compiled, member, by="staff:carla", now=NOON)

    assert await balance(tx, program_id, silver) == (0, 0)
    await assert_books_hold(tx, program_id)
    for table in ("event", "member", "identity", "consent", "outbox", "audit_entry", "member_token"):
        cursor = await tx.execute(f"SELECT t::text FROM {table} t WHERE program_id = %s", [program_id])
        words = str(await cursor.fetchall())
        assert "example.com" not in words
        assert "Ruiz" not in words


async def test_erasing_ends_what_waits_for_a_second_person_about_her(tx: Transaction, program_id: int) -> None:
    """Of the ids merged into hers too; whoever asked is told; what is about others goes on waiting."""
    compiled = a_program(program_id)
    anna, ben, other = [await a_member(tx, program_id, f"{name}@example.com") for name in ("anna", "ben", "carla")]
    organization = await access.organization_of(tx, program_id)
    asking = replace(keys.administrator(organization), kind="staff", id=new_id())
    await merging.merge(tx, compiled, MEMBERSHIP, survivor=anna, merged=ben, by="staff:carla", now=NOON)

    async def asked(member: UUID) -> ApprovalId:
        request = await approvals.ask(
            tx,
            program_id=ProgramId(program_id),
            id=ApprovalId(new_id()),
            action="points.adjust",
            subject=f"member:{member}",
            payload={},
            by=asking,
            now=NOON,
        )
        return request.id

    requests = [await asked(member) for member in (anna, ben, other)]

    for _ in range(2):
        await persons.erase(tx, compiled, anna, by="staff:carla", now=NOON)

    states = []
    for id in requests:
        found = await access.find_approval(tx, ProgramId(program_id), id)
        assert found is not None
        states.append((found.state.value, found.decided_by))
    assert states == [("declined", "staff:carla"), ("declined", "staff:carla"), ("waiting", None)]
    told = await notifications.listed(tx, program_id, asking.id, unread=True, before=None, limit=10)
    assert [one.code for one in told] == ["approval.declined"] * 2
