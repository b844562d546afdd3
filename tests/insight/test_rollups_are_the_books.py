"""What is read from the sums of days is what the books say, before a fold and after, whatever happened. F1, F3."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from counted import MADRID, Row, happen, put
from people import a_document

from puntal.engine import compile as engine
from puntal.engine.model import Compiled
from puntal.insight import policy_kpis as policy
from puntal.insight import queries as insight
from puntal.insight.model import Days
from puntal.insight.operations import rollups
from puntal.insight.queries import rollup_checks
from puntal.insight.queries import rollups as sums

if TYPE_CHECKING:
    from puntal.kit.db import Transaction

NOW = datetime(2026, 5, 3, 10, tzinfo=UTC)
PERIODS = [
    (date(2026, 1, 1), date(2026, 5, 3)),
    (date(2026, 3, 1), date(2026, 3, 31)),
    (date(2026, 2, 11), date(2026, 2, 11)),
    (date(2026, 4, 28), date(2026, 5, 3)),
    (date(2025, 1, 1), date(2025, 12, 31)),
]


def a_program(program_id: int) -> Compiled:
    extra = {"id": "extra", "on": "purchase", "award": {"wallet": "points", "points": 5}}
    document = a_document(
        wallets={"points": {"kind": "points"}, "other": {"kind": "points"}},
        campaigns=[{"id": "promo", "earning": [extra]}],
    )
    return engine.compile(document, program_id=program_id, revision=1, ordinals={"points": 0, "other": 1})


async def fold(tx: Transaction, program: Compiled, now: datetime) -> int:
    folds = 1
    while await rollups.fold(tx, program, now=now, real=now):
        folds += 1
    return folds


async def agree(tx: Transaction, program: Compiled, now: datetime) -> None:
    """Read every period both ways, and its series."""
    rest = await insight.opened(tx, program)
    assert rest is not None
    for days in PERIODS:
        period = policy.span(MADRID, *days)
        # No holder's row stands behind these transfers: what is outstanding is compared where whole stories are told.
        direct = policy.figures(await insight.kpis(tx, program, period, now=now, standing=False))
        rolled = policy.figures(await insight.kpis(tx, program, period, now=now, rest=rest, standing=False))
        assert rolled == direct
        led = [await insight.incentives(tx, program, Days(*days), rest=one) for one in (None, rest)]
        assert led[0] == led[1]
        assert led[0].influenced_orders or days[1].year == 2025 or days[0] == days[1]
        assert await sums.totals(tx, program, period, rest) is not None
        by_week = [await insight.series(tx, program, period, every="week", rest=one) for one in (None, rest)]
        assert by_week[0] == by_week[1]


async def change(tx: Transaction, program_id: int, chance: Random, at: datetime) -> None:
    """What a day may bring: late orders, refunds, people who join, leave and are made one, and are parted again."""
    named = {"program_id": program_id}

    async def run(statement: str, **more: object) -> list[tuple[UUID, ...]]:
        cursor = await tx.execute(statement.encode(), {**named, **more})
        return await cursor.fetchall() if cursor.description else []

    async def tell(kind: str, member: UUID | None, order: str) -> None:
        row: Row = {
            "id": str(UUID(int=chance.getrandbits(128))), "type": kind, "source": "shop", "member_id": member,
            "occurred_at": at, "recorded_at": at, "revision": 1, "fingerprint": "",
            "body": f'{{"order": {{"id": "{order}"}}}}', "outcome": "{}",
        }  # fmt: skip
        await put(tx, "event", [named | row])

    living = [
        row[0] for row in await run("SELECT id FROM member WHERE program_id = %(program_id)s AND status <> 'merged'")
    ]
    for number in range(6):
        late = at - timedelta(days=chance.randrange(0, 110))
        buyer, order = chance.choice([*living, None]), f"late-{at.timestamp()}-{number}"
        await put(tx, "shop_order", [named | {
            "source": "shop", "order_id": order, "member_id": buyer, "state": "earned", "occurred_at": late,
            "day": late.astimezone(MADRID).date(), "currency": "EUR", "net_minor": chance.choice([0, 500, 1500]),
            "total_minor": 2000, "refunded_minor": 0, "lines": "[]",
        }])  # fmt: skip
        await tell("order.paid", buyer, order)
    orders = await run(
        "SELECT order_id, member_id FROM shop_order WHERE program_id = %(program_id)s AND source = 'shop'"
        " ORDER BY md5(order_id || %(salt)s::text) LIMIT 8",
        salt=str(chance.random()),
    )
    for named_order, buyer in orders:
        await run(
            "UPDATE shop_order SET refunded_minor = net_minor / %(by)s::integer, state = %(state)s"
            " WHERE program_id = %(program_id)s AND source = 'shop' AND order_id = %(order)s",
            by=chance.choice([1, 2]), order=named_order, state=chance.choice(["earned", "earned", "cancelled"]),
        )  # fmt: skip
        await tell("order.refunded", buyer, str(named_order))
    for member in chance.sample(living, 4):
        await run(
            "UPDATE member SET status = %(status)s, enrolled_at = coalesce(enrolled_at, %(joined)s::timestamptz),"
            " updated_at = %(at)s WHERE program_id = %(program_id)s AND id = %(id)s",
            id=member, at=at, status=chance.choice(["active", "left", "erased", "paused"]),
            joined=at - timedelta(days=chance.randrange(60)),
        )  # fmt: skip
    source, target = chance.sample(living, 2)
    parted = await run("SELECT id FROM member WHERE program_id = %(program_id)s AND status = 'merged' LIMIT 1")
    await run(
        "UPDATE member SET status = 'merged', merged_into = %(to)s, updated_at = %(at)s"
        " WHERE program_id = %(program_id)s AND id = %(id)s", id=source, to=target, at=at,
    )  # fmt: skip
    await run(
        "UPDATE member SET merged_into = %(to)s WHERE program_id = %(program_id)s AND merged_into = %(id)s",
        id=source, to=target,
    )  # fmt: skip
    await run(
        "UPDATE shop_order SET member_id = %(to)s WHERE program_id = %(program_id)s AND member_id = %(id)s",
        id=source, to=target,
    )  # fmt: skip
    merge: Row = {"id": UUID(int=chance.getrandbits(128)), "survivor_id": target, "merged_id": source, "at": at,
                  "by": "test", "undo_until": at, "moves": "{}"}  # fmt: skip
    await put(tx, "member_merge", [named | merge])
    for (id,) in parted:
        survivor = await run("SELECT merged_into FROM member WHERE program_id = %(program_id)s AND id = %(id)s", id=id)
        await run(
            "UPDATE member SET status = 'active', merged_into = NULL, updated_at = %(at)s"
            " WHERE program_id = %(program_id)s AND id = %(id)s", id=id, at=at,
        )  # fmt: skip
        undone: Row = {
            "id": UUID(int=chance.getrandbits(128)), "survivor_id": survivor[0][0], "merged_id": id,
            "at": at - timedelta(days=9), "undone_at": at, "by": "test", "undo_until": at, "moves": "{}",
        }  # fmt: skip
        await put(tx, "member_merge", [named | undone])
    moves = chance.choices([("issued", "available"), ("available", "redeemed")], k=5)
    await put(tx, "transfer", [named | {
        "holder_id": chance.choice(living), "id": UUID(int=chance.getrandbits(128)), "wallet": chance.randrange(2),
        "kind": "points.moved", "source": start, "destination": end, "amount": chance.randrange(1, 90),
        "effective_at": at, "recorded_at": at,
    } for start, end in moves])  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
async def test_both_ways_agree_before_and_after_each_fold(tx: Transaction, program_id: int, seed: int) -> None:
    """Late events, refunds, cancellations, joining, leaving, erasure, merges and undone merges."""
    chance, program = Random(seed), a_program(program_id)
    await happen(tx, program_id, chance)
    await fold(tx, program, NOW)
    await agree(tx, program, NOW)

    for day in range(3):
        at = NOW + timedelta(days=day)
        await change(tx, program_id, chance, at)
        await agree(tx, program, at)
        rest = await insight.opened(tx, program)
        assert rest is not None
        assert any(rest.delta.counts.values()), "something is not folded yet"
        assert await rollup_checks.disagreements(tx, program) == []
        await tx.execute(
            b"UPDATE program SET nightly_through = %s WHERE id = %s", [at.astimezone(MADRID).date(), program_id]
        )
        await fold(tx, program, at)
        await agree(tx, program, at)
        # All that is younger than a transaction may be open is looked at again, and adds nothing.
        await fold(tx, program, at)
        await agree(tx, program, at)
        rest = await insight.opened(tx, program)
        assert rest is not None
        assert not any((*rest.delta.counts.values(), *rest.delta.amounts.values(), *rest.delta.gaps.values()))
        assert await rollup_checks.disagreements(tx, program) == []


async def test_sums_made_for_other_campaigns_are_not_read_and_made_anew(tx: Transaction, program_id: int) -> None:
    program = a_program(program_id)
    await happen(tx, program_id, Random(1))
    await fold(tx, program, NOW)
    await tx.execute(b"UPDATE program SET clock_offset_seconds = 60 WHERE id = %s", [program_id])

    assert await insight.opened(tx, program) is None

    assert await fold(tx, program, NOW) > 1
    await agree(tx, program, NOW)


async def test_a_sum_that_was_altered_is_found(tx: Transaction, program_id: int) -> None:
    """`puntal verify`."""
    program = a_program(program_id)
    await happen(tx, program_id, Random(2))
    await fold(tx, program, NOW)
    await tx.execute(b"UPDATE program SET nightly_through = %s WHERE id = %s", [date(2026, 5, 3), program_id])
    await fold(tx, program, NOW)

    for statement, account in (
        ("UPDATE figure_day SET amount = amount + 7 WHERE program_id = %s AND series = 'orders'", "amount"),
        ("DELETE FROM figure_gap WHERE program_id = %s AND series = 'active'", "people"),
        ("UPDATE flow_day SET amount = amount + 1 WHERE program_id = %s AND account = 'issued'", "issued"),
    ):
        async with tx.transaction(force_rollback=True):
            await tx.execute(statement.encode(), [program_id])
            wrong = await rollup_checks.disagreements(tx, program)
            assert {one.account for one in wrong} == {account}
    assert await rollup_checks.disagreements(tx, program) == []
