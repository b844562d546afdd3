"""A segment as a set, and the same condition asked of each member's facts, mean the same people."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from audience import DOCUMENT, a_member

from puntal.activity import operations as activity
from puntal.activity.model import Count
from puntal.programs.document.program import Program
from puntal.rules.catalogue import fields_read, metrics_read
from puntal.rules.evaluator import compile_condition
from puntal.segments import operations, queries
from puntal.segments.policy import read_segments

if TYPE_CHECKING:
    from puntal.kit.db import Transaction

WINDOWS = (
    "last_1_days", "last_7_days", "last_30_days", "last_365_days", "this_month", "last_month", "this_quarter",
    "last_quarter", "this_calendar_year", "last_calendar_year",
)  # fmt: skip
KINDS = ("spend", "orders", "items", "spend.category.dairy", "items.store.Madrid Sol, 2", "events.visit")
DAYS_BACK = (0, 1, 5, 6, 7, 13, 14, 15, 29, 30, 31, 59, 89, 364, 365, 366)


def a_question(chance: random.Random) -> dict[str, Any]:
    kind = chance.choice(KINDS)
    field = f"member.{kind}.{chance.choice(WINDOWS)}"
    amount = chance.choice([0, 1, 2, 5, 10])
    value: Any = f"{amount}.00 USD" if kind.startswith("spend") else amount
    return {field: {chance.choice(["over", "at_least", "under", "is"]): value}}


def a_condition(chance: random.Random) -> dict[str, Any]:
    parts = [a_question(chance) for _ in range(chance.choice([1, 2, 3]))]
    if chance.random() < 0.3:
        parts.append({"member.segments": {"contains": chance.choice(["germans", "friends"])}})
    if chance.random() < 0.3:
        parts.append({"not": a_question(chance)})
    return {chance.choice(["all", "any"]): parts}


async def people(tx: Transaction, program_id: int, chance: random.Random, today: date) -> dict[UUID, str | None]:
    """Write members with figures around the edges of every window; return their countries."""
    countries: dict[UUID, str | None] = {}
    counts = []
    for _ in range(60):
        country = chance.choice(["DE", "ES", None])
        member = await a_member(tx, program_id, country=country)
        countries[member] = country
        for metric, key in (
            ("spend", ""), ("orders", ""), ("items", ""), ("spend", "category:dairy"),
            ("items", "store:Madrid Sol, 2"), ("events.visit", ""),
        ):  # fmt: skip
            for back in chance.sample(DAYS_BACK, chance.choice([0, 1, 2, 3])):
                day = today - timedelta(days=back)
                counts.append(
                    Count(member, metric, key, day, chance.choice([1, 2, 5]), chance.choice([-100, 100, 500]))
                )
    await activity.record(tx, program_id, counts)
    return countries


@pytest.mark.parametrize(
    "now",
    [
        datetime(2026, 1, 1, 0, 30, tzinfo=UTC),
        datetime(2026, 3, 31, 22, 30, tzinfo=UTC),  # already April in Madrid
        datetime(2028, 2, 29, 12, tzinfo=UTC),
    ],
    ids=str,
)
async def test_sets_and_facts_agree(tx: Transaction, program_id: int, now: datetime) -> None:
    """D1, D2: 120 random segments over 60 members, no mismatch between SQL and the evaluator over `load_facts`."""
    chance = random.Random(f"{now} segments")
    written = {f"s{number}": {"when": a_condition(chance)} for number in range(120)}
    document = Program.model_validate(DOCUMENT | {"segments": DOCUMENT["segments"] | written})
    segments = read_segments(document, {"points": 0})
    today = now.astimezone(segments.zone).date()
    countries = await people(tx, program_id, chance, today)
    await operations.add_members(tx, program_id, segments, "friends", chance.sample(list(countries), 20), now=now)
    asked = {id: segments.dynamic[id].logic for id in written}
    reads = metrics_read(list(asked.values()), segments.catalogue)

    loaded = await operations.load_facts(
        tx, program_id, list(countries), reads=reads, lists=segments.lists, today=today
    )
    await operations.reevaluate(tx, program_id, segments, members=None, now=now)

    matched = 0
    for id, logic in asked.items():
        rule = compile_condition(logic)
        expected = {
            member
            for member, country in countries.items()
            if rule.evaluate(
                loaded[member].metrics | {"member.segments": sorted(loaded[member].lists), "member.country": country}
            )
        }
        rows = await queries.belonging(tx, program_id, id, after=activity.FIRST, limit=1_000)

        assert {row.member_id for row in rows} == expected, f"{written[id]} reads {sorted(fields_read(logic))}"
        assert await operations.count(tx, program_id, segments, segments.dynamic[id], now=now) == len(expected)
        matched += bool(expected) and len(expected) < len(countries)
    assert matched > len(asked) / 3
