"""Every figure of a random history is what plain Python counts over the rows that are stored. F1, F3."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

import pytest
from counted import MADRID, Stored, happen
from people import a_document

from puntal.engine import compile as engine
from puntal.engine.model import Compiled
from puntal.insight import policy_kpis as policy
from puntal.insight import queries as insight
from puntal.kit.calendar import add_months

if TYPE_CHECKING:
    from puntal.kit.db import Transaction

AS_OF_NOW = ("liability", "ending_soon", "ending_soon_rate")
TODAY = date(2026, 5, 2)
NOW = datetime(2026, 5, 2, 10, tzinfo=UTC)
LADDER = {
    "id": "club",
    "measure": {"earned": "points"},
    "window": "calendar_year",
    "keep": "end_of_next_period",
    "tiers": [{"id": "base"}, {"id": "silver", "from": 300}, {"id": "gold", "from": 1000}],
}


def a_program(program_id: int) -> Compiled:
    document = a_document(
        wallets={"points": {"kind": "points"}, "other": {"kind": "points"}},
        ladders=[LADDER],
        rewards=[{"id": "mug", "kind": "product", "product": {"ids": ["mug"]}}],
    )
    return engine.compile(document, program_id=program_id, revision=1, ordinals={"points": 0, "other": 1})


PERIODS = [
    pytest.param(date(2026, 1, 1), date(2026, 5, 1), id="all"),
    pytest.param(date(2026, 3, 1), date(2026, 3, 31), id="a month with a turn of the clock"),
    pytest.param(date(2026, 2, 11), date(2026, 2, 11), id="a day"),
    pytest.param(date(2025, 1, 1), date(2025, 12, 31), id="before anything happened"),
]
SEEDS = range(3)


@pytest.mark.parametrize(("since", "through"), PERIODS)
@pytest.mark.parametrize("seed", SEEDS)
async def test_each_figure_is_what_loops_over_the_rows_count(
    tx: Transaction, program_id: int, seed: int, since: date, through: date
) -> None:
    await happen(tx, program_id, Random(seed))
    stored, period = await Stored.read(tx, program_id), policy.span(MADRID, since, through)

    kpis = await insight.kpis(tx, a_program(program_id), period, now=NOW)

    found = {
        (one.id, one.wallet): one.value if one.share is None else (one.share.numerator, one.share.denominator)
        for one in policy.figures(kpis)
        if one.id not in AS_OF_NOW and one.rows != "incentives"
    }
    assert found == stored.figures(since, through)


@pytest.mark.parametrize("seed", SEEDS)
async def test_the_rows_are_those_that_were_counted(tx: Transaction, program_id: int, seed: int) -> None:
    """A12."""
    await happen(tx, program_id, Random(seed))
    program, period = a_program(program_id), policy.span(MADRID, date(2026, 2, 1), date(2026, 3, 31))

    for one in policy.figures(await insight.kpis(tx, program, period, now=NOW)):
        if one.rows == "members" and one.share is None:
            people = await insight.members_behind(tx, program, period, one.of, after=None, limit=1000)  # type: ignore[arg-type] # one of them
            assert len({row.member_id for row in people}) == len(people) == one.value, one
        elif one.rows == "orders" and one.share is None:
            orders = await insight.orders_behind(tx, program, period, one.of, before=None, limit=1000)  # type: ignore[arg-type] # one of them
            assert one.value in (len(orders), sum(row.sales_minor for row in orders)), one
        elif one.rows == "transfers" and one.share is None:
            wallet = next(terms for terms in program.terms if terms.id == one.wallet)
            moved = await insight.transfers_behind(tx, program, period, one.of, wallet=wallet, before=None, limit=1000)  # type: ignore[arg-type] # one of them
            assert sum(row.units for row in moved) == one.value, one


@pytest.mark.parametrize("seed", SEEDS)
async def test_cohorts_are_what_loops_count(tx: Transaction, program_id: int, seed: int) -> None:
    await happen(tx, program_id, Random(seed))
    program, stored = a_program(program_id), await Stored.read(tx, program_id)
    expected: dict[date, tuple[int, list[int]]] = {}
    for month in (date(2026, number, 1) for number in range(1, 5)):
        joined = {
            id: stored.day(row["enrolled_at"])
            for id, row in stored.members.items()
            if row["status"] != "merged"
            and row["enrolled_at"] is not None
            and stored.day(row["enrolled_at"]).replace(day=1) == month
        }
        came = [
            {
                row["member_id"]
                for row in stored.bought
                if row["member_id"] in joined
                and row["day"] >= joined[row["member_id"]]
                and (row["day"].year, row["day"].month) == (2026, month.month + k)
            }
            for k in range(TODAY.month - month.month + 1)
        ]
        if joined:
            expected[month] = (len(joined), [len(who) for who in came])

    period = policy.span(MADRID, date(2026, 1, 1), date(2026, 4, 30))
    found = await insight.cohorts(tx, program, period, today=TODAY)

    assert {one.month: (one.members, one.buyers) for one in found} == expected
    for one in found:
        of_month = policy.span(MADRID, one.month, add_months(one.month, 1) - timedelta(days=1))
        everybody = await insight.cohort_members(tx, program, of_month, month=None, after=None, limit=1000)
        assert len(everybody) == one.members
        for k, buyers in enumerate(one.buyers):
            back = await insight.cohort_members(tx, program, of_month, month=k, after=None, limit=1000)
            assert len(back) == buyers
            assert all(row.orders > 0 for row in back)


@pytest.mark.parametrize("seed", SEEDS)
async def test_tiers_and_rewards_are_what_loops_count(tx: Transaction, program_id: int, seed: int) -> None:
    await happen(tx, program_id, Random(seed))
    program, stored = a_program(program_id), await Stored.read(tx, program_id)
    since, through = date(2026, 2, 1), date(2026, 3, 31)
    period = policy.span(MADRID, since, through)

    stands, moves = await insight.tiers(tx, program, period)
    ranks = await insight.rewards(tx, program, period)

    assert {one.tier: (one.before, one.after) for one in stands} == _stood(stored, since, through)
    inside = [
        row
        for row in stored.changes
        if since <= stored.day(row["effective_at"]) <= through and row["from_tier"] != row["to_tier"]
    ]
    counted = Counter((row["from_tier"], row["to_tier"]) for row in inside)
    assert {(one.from_tier, one.to_tier): one.changes for one in moves} == counted
    higher = [("base", "silver"), ("base", "gold"), ("silver", "gold")]
    assert all(one.up == ((one.from_tier, one.to_tier) in higher) for one in moves)
    taken = [
        row
        for row in stored.redemptions
        if row["state"] == "committed" and since <= stored.day(row["committed_at"]) <= through
    ]
    by_reward: Counter[tuple[str, int, int]] = Counter()
    for reward in {row["reward"] for row in taken}:
        of_it = [row for row in taken if row["reward"] == reward]
        units = sum(row["units"] - row["returned"] for row in of_it)
        off = sum(row["discount_minor"] for row in of_it if row["order_key"] is not None)
        by_reward[reward, units, off] = len(of_it)
    told: Counter[tuple[str, int, int]] = Counter()
    for reward in {one.reward for one in ranks if one.redemptions}:
        lines = [one for one in ranks if one.reward == reward]
        told[reward, sum(one.units for one in lines), sum(one.discount_minor for one in lines)] = sum(
            one.redemptions for one in lines
        )
    assert told == by_reward


def _stood(stored: Stored, since: date, through: date) -> dict[str, tuple[int, int]]:
    def at(day: date) -> Counter[str]:
        tiers: Counter[str] = Counter()
        for id, row in stored.members.items():
            if not stored.belongs(row, day):
                continue
            changes = [
                change for change in stored.changes
                if change["member_id"] == id and stored.day(change["effective_at"]) <= day
            ]  # fmt: skip
            tiers[max(changes, key=lambda change: change["id"])["to_tier"] if changes else "base"] += 1
        return tiers

    before, after = at(since - timedelta(days=1)), at(through)
    return {tier: (before[tier], after[tier]) for tier in ("base", "silver", "gold")}
