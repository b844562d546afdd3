"""How the database goes about it, asked as the application under row security."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from audience import DOCUMENT, WINTER

from puntal.activity import queries as activity_queries
from puntal.kit.db import encode
from puntal.programs.document.program import Program
from puntal.segments import operations, store
from puntal.segments.policy import read_segments

if TYPE_CHECKING:
    from puntal.kit.db import Database, Transaction

SEGMENTS = read_segments(Program.model_validate(DOCUMENT), {"points": 0})
TODAY = date(2026, 1, 15)
CROWD = 2_000

FILL = """
WITH person AS (
  INSERT INTO member (program_id, id, status, country, created_at, updated_at)
  SELECT %(program_id)s, md5(n::text)::uuid, 'active', (ARRAY['DE', 'ES'])[n %% 2 + 1], %(at)s, %(at)s
  FROM generate_series(1, %(count)s) AS n
  RETURNING id
), held AS (
  INSERT INTO holder (program_id, id, settled_to) SELECT %(program_id)s, id, %(at)s FROM person
)
INSERT INTO activity (program_id, member_id, metric, key, day, count, amount)
SELECT %(program_id)s, id, metric, '', day::date, 1, 10000
FROM person, unnest(ARRAY['spend', 'orders', 'items']) AS metric,
  generate_series('2025-01-01'::date, '2025-12-31'::date, '60 days') AS day
"""


@pytest.fixture
async def crowd(database: Database, program_id: int) -> int:
    async with database.program_transaction(program_id) as tx:
        await tx.execute(FILL, {"program_id": program_id, "at": WINTER, "count": CROWD})
    async with database.owner_transaction() as tx:
        await tx.execute("ANALYZE member, holder, activity, segment_member")
    return program_id


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", []):
        yield from nodes(inner)


async def explain(tx: Transaction, text: str, params: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the nodes of the plan as it ran."""
    cursor = await tx.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {text}".encode(), params)
    row = await cursor.fetchone()
    assert row is not None
    return list(nodes(row[0][0]["Plan"]))


def passes(found: list[dict[str, Any]], table: str) -> int:
    """Return how often a table is read from end to end."""
    return sum(
        int(node["Actual Loops"])
        for node in found
        if node["Node Type"] == "Seq Scan" and node.get("Relation Name") == table
    )


@pytest.mark.parametrize("segment", ["big_spenders", "germans", "rich_germans"])
async def test_everybody_is_one_pass_and_windows_are_ranges_of_the_key(
    database: Database, crowd: int, segment: str
) -> None:
    """No table is read once per member; a window is found by member, metric, key and day."""
    text, params = store.difference(SEGMENTS, [segment], TODAY, of_some=False)
    given = {**params, "program_id": crowd, "now": WINTER, "told": [segment]}

    async with database.program_transaction(crowd) as tx:
        found = await explain(tx, text, given)

    for table in ("member", "holder", "segment_member"):
        assert passes(found, table) <= 2, (table, found)
    assert passes(found, "activity") == 0
    ranges = [node["Index Cond"] for node in found if node.get("Relation Name") == "activity"]
    assert bool(ranges) is (segment == "big_spenders")
    assert all(column in condition for condition in ranges for column in ("member_id", "metric", "key", "day"))


async def test_a_few_members_cost_what_they_are(database: Database, crowd: int) -> None:
    """After an order only the member is looked at, by key, whatever the number of members."""
    text, params = store.difference(SEGMENTS, sorted(SEGMENTS.dynamic), TODAY, of_some=True)
    async with database.program_transaction(crowd) as tx:
        cursor = await tx.execute("SELECT id FROM member WHERE program_id = %s LIMIT 5", [crowd])
        members = [row[0] for row in await cursor.fetchall()]
        given = {**params, "program_id": crowd, "now": WINTER, "told": [], "members": members}
        found = await explain(tx, text, given)

    for table in ("member", "holder", "activity"):
        assert passes(found, table) == 0, (table, found)
    assert max(int(node["Actual Rows"]) for node in found) < CROWD / 10


async def test_loading_facts_reads_ranges_of_the_key(database: Database, crowd: int) -> None:
    reads = [
        {"name": metric, "metric": metric, "key": "", "counted": False, "since": "2025-06-01", "until": "2025-09-01"}
        for metric in ("spend", "orders")
    ]
    async with database.program_transaction(crowd) as tx:
        cursor = await tx.execute("SELECT id FROM member WHERE program_id = %s LIMIT 50", [crowd])
        members = [row[0] for row in await cursor.fetchall()]
        given = {"program_id": crowd, "members": members, "reads": encode(reads)}
        found = await explain(tx, activity_queries.LOAD, given)

    assert passes(found, "activity") == 0
    conditions = [node["Index Cond"] for node in found if node.get("Relation Name") == "activity"]
    assert conditions
    assert all(column in condition for condition in conditions for column in ("member_id", "metric", "key", "day"))


async def test_a_large_list_is_one_statement(database: Database, crowd: int) -> None:
    async with database.program_transaction(crowd) as tx:
        cursor = await tx.execute("SELECT id FROM member WHERE program_id = %s", [crowd])
        members = [row[0] for row in await cursor.fetchall()]

        assert await operations.add_members(tx, crowd, SEGMENTS, "friends", members, now=WINTER) == CROWD
        assert await operations.add_members(tx, crowd, SEGMENTS, "friends", members, now=WINTER) == 0
        assert await operations.remove_members(tx, crowd, SEGMENTS, "friends", members[:1_000], now=WINTER) == 1_000
