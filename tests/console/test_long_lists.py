"""Lists of very many people: a page costs what is on it, whatever it is narrowed by. Asked as the application."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

import pytest
from people import NOON

from puntal.console import finding
from puntal.console.finding import Wanted
from puntal.engine.compile import compile as compile_program
from puntal.kit.db import Database
from puntal.programs import operations as programs

if TYPE_CHECKING:
    from puntal.engine.model import Compiled
    from puntal.kit.db import Transaction

PEOPLE = 102_000
RARE = 60
PAGE = 50
FAR, FAR_IN_TIER = 90_000, 25_000
MOST_READ = 60 * PAGE
"""Rows of a table or index that a page may look at: some for each it shows, never a share of all."""
MOST_BLOCKS = 16 * PAGE
"""Blocks that one of its statements may look at; the index on names alone has twice as many."""

DOCUMENT: dict[str, Any] = {
    "puntal": 1,
    "name": "Club",
    "timezone": "Europe/Madrid",
    "currency": "EUR",
    "phase": "live",
    "wallets": {"points": {"kind": "points"}, "status": {"kind": "qualifying"}},
    "segments": {"everybody": {"label": "Everybody", "list": True}, "few": {"label": "A few", "list": True}},
    "ladders": [
        {
            "id": "club",
            "measure": {"earned": "status"},
            "window": "calendar_year",
            "keep": "end_of_period",
            "tiers": [{"id": "base"}, {"id": "silver", "from": 300}, {"id": "gold", "from": 1500}],
        }
    ],
}
FILL = """
WITH person AS (
  INSERT INTO member (program_id, id, status, enrolled_at, name, country, created_at, updated_at)
  SELECT %(p)s, ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
    CASE WHEN n %% %(every)s = 1 THEN 'blocked' WHEN n %% %(every)s = 2 THEN 'paused'
      WHEN n %% %(every)s = 3 THEN 'guest' ELSE 'active' END,
    CASE WHEN n %% %(every)s <> 3 THEN %(at)s::timestamptz + n * interval '1 second' END,
    'Anna Alba ' || n, 'ES', %(at)s::timestamptz + n * interval '1 second', %(at)s
  FROM generate_series(1, %(count)s) AS n
  RETURNING id, status, name
), token AS (
  INSERT INTO member_token (program_id, member_id, token)
  SELECT %(p)s, id, word FROM person, unnest(string_to_array(lower(name), ' ')) AS word
), segment AS (
  INSERT INTO segment_member (program_id, segment, member_id, entered_at)
  SELECT %(p)s, 'everybody', id, %(at)s FROM person
  UNION ALL SELECT %(p)s, 'few', id, %(at)s FROM person WHERE status = 'blocked'
), known AS (
  INSERT INTO identity (program_id, kind, value, member_id, added_at)
  SELECT %(p)s, kind, lower(replace(name, ' ', '.')) || CASE kind WHEN 'email' THEN '@example.org' ELSE '' END,
    id, %(at)s
  FROM person, unnest(ARRAY['email', 'external:shop']) AS kind
  UNION ALL SELECT %(p)s, 'email', 'xx.' || lower(replace(name, ' ', '.')) || '@example.org', id, %(at)s FROM person
), held AS (
  INSERT INTO holder (program_id, id, settled_to) SELECT %(p)s, id, %(at)s FROM person
)
INSERT INTO tier_change (program_id, member_id, id, ladder, from_tier, to_tier, reason, effective_at, recorded_at)
SELECT %(p)s, id, ('01900000-0000-7000-8000-' || lpad(to_hex(step), 12, '0'))::uuid, 'club', was, became, 'reached',
  %(at)s, %(at)s
FROM person, LATERAL (VALUES
  (1, 'base', 'silver', right(name, 1) IN ('1', '2', '3')),
  (2, 'silver', 'gold', status = 'paused')
) AS change (step, was, became, did) WHERE did
"""


class Told:
    """A transaction that remembers what it was asked."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self.asked: list[tuple[Any, Any]] = []

    async def execute(self, statement: Any, values: Any = None) -> Any:
        self.asked.append((statement, values))
        return await self._tx.execute(statement, values)


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", []):
        yield from nodes(inner)


@pytest.fixture(scope="module")
def crowd_of() -> SimpleNamespace:
    """Filled by the first test that asks, and used by the others."""
    return SimpleNamespace(program=None)


@pytest.fixture
async def crowd(database: Database, crowd_of: SimpleNamespace, program_id: int) -> Compiled:
    if crowd_of.program is None:
        async with database.program_transaction(program_id) as tx:
            await programs.publish(tx, program_id, DOCUMENT, by="test", now=NOON, effective_from=NOON)
            every = PEOPLE // RARE
            await tx.execute(FILL.encode(), {"p": program_id, "count": PEOPLE, "every": every, "at": NOON})
        async with database.owner_transaction() as tx:
            await tx.execute("ANALYZE member, member_token, identity, segment_member, tier_change, holder")
        async with database.program_transaction(program_id) as tx:
            live = await programs.load_published(tx, program_id)
        crowd_of.program = compile_program(
            live.document, program_id=program_id, revision=live.number, ordinals=live.wallets
        )
    found: Compiled = crowd_of.program
    return found


async def paged(database: Database, program: Compiled, wanted: Wanted, most: int = 3, *, after: int = 0) -> list[UUID]:
    """Read some pages, each with a plan that is looked at, from the start or after so many; return who is on them."""
    found: list[UUID] = []
    cursor: str | None = None
    if after:
        async with database.program_transaction(program.program_id) as tx:
            _, cursor = await finding.find(tx, program, wanted, limit=after, cursor=None, now=NOON, real_now=NOON)
        assert cursor is not None
    for _ in range(most):
        async with database.program_transaction(program.program_id) as tx:
            told = Told(tx)
            page, cursor = await finding.find(
                cast("Transaction", told), program, wanted, limit=PAGE, cursor=cursor, now=NOON, real_now=NOON
            )
            found += [each.id for each in page]
            for statement, values in told.asked:
                text = statement.decode() if isinstance(statement, bytes) else statement
                asked = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {text}".encode()
                row = await (await tx.execute(asked, values)).fetchone()
                assert row is not None
                look_at(row[0][0]["Plan"], wanted)
        if cursor is None:
            break
    assert len(found) == len(set(found))
    return found


def look_at(plan: dict[str, Any], wanted: Wanted) -> None:
    """Complain about a plan that reads more than a page costs."""
    # Rows that the walk of an index passes over are told by no node; the blocks they lie in are.
    assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] <= MOST_BLOCKS, (wanted, plan)
    for node in nodes(plan):
        if "Relation Name" not in node and "Index Name" not in node:
            continue
        read = (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
        assert node["Node Type"] != "Seq Scan", (wanted, plan)
        assert read <= MOST_READ, (wanted, node)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        pytest.param(Wanted(), 3 * PAGE, id="everybody"),
        pytest.param(Wanted(statuses=("active", "guest", "blocked")), 3 * PAGE, id="several"),
        pytest.param(Wanted(statuses=("blocked",)), RARE, id="a rare status"),
        pytest.param(Wanted(statuses=("guest",)), RARE, id="guests"),
        pytest.param(Wanted(statuses=("left",)), 0, id="a status nobody has"),
        pytest.param(Wanted(segment="everybody"), 3 * PAGE, id="a big segment"),
        pytest.param(Wanted(segment="few"), RARE, id="a small segment"),
        pytest.param(Wanted(ladder="club", tier="base"), 3 * PAGE, id="the first tier"),
        pytest.param(Wanted(ladder="club", tier="silver"), 3 * PAGE, id="a big tier"),
        pytest.param(Wanted(ladder="club", tier="gold"), RARE, id="a small tier"),
        pytest.param(Wanted(ladder="club", tier="gold", statuses=("active",)), 0, id="nobody"),
        pytest.param(Wanted(text="anna"), 3 * PAGE, id="a name everybody has"),
        pytest.param(Wanted(text="anna 99999"), 1, id="a name one has"),
        pytest.param(Wanted(text="alb an"), 3 * PAGE, id="two beginnings"),
        pytest.param(Wanted(text="zoe"), 0, id="a name nobody has"),
        pytest.param(Wanted(text="zoe@example.org"), 0, id="an e-mail nobody has"),
        pytest.param(Wanted(text="anna.alba.777@example.org"), 1, id="an e-mail"),
        pytest.param(Wanted(text="anna.alba.77777"), 1, id="an id elsewhere"),
        pytest.param(Wanted(text="anna.a"), 3 * PAGE, id="the beginning of everybody's e-mail and name"),
        pytest.param(Wanted(text="xx.anna.alba.1020"), 12, id="the beginning of some e-mails"),
        pytest.param(Wanted(text="xx.anna"), 3 * PAGE, id="the beginning of everybody's other e-mail"),
    ],
)
async def test_a_page_of_very_many_costs_what_is_on_it(
    database: Database, crowd: Compiled, wanted: Wanted, expected: int
) -> None:
    assert len(await paged(database, crowd, wanted)) == expected


@pytest.mark.parametrize(
    "wanted",
    [
        pytest.param(Wanted(), id="everybody"),
        pytest.param(Wanted(statuses=("active", "paused")), id="several"),
        pytest.param(Wanted(segment="everybody"), id="a big segment"),
        pytest.param(Wanted(ladder="club", tier="base"), id="the first tier"),
        pytest.param(Wanted(ladder="club", tier="silver"), id="a big tier"),
        pytest.param(Wanted(text="anna"), id="a name everybody has"),
    ],
)
async def test_a_page_far_down_costs_as_much_as_the_first(database: Database, crowd: Compiled, wanted: Wanted) -> None:
    assert (
        len(await paged(database, crowd, wanted, most=2, after=FAR if wanted.tier is None else FAR_IN_TIER)) == 2 * PAGE
    )


@pytest.mark.parametrize(
    ("wanted", "members"),
    [
        pytest.param(Wanted(), finding.MOST_COUNTED + 1, id="everybody"),
        pytest.param(Wanted(statuses=("blocked",)), RARE, id="a rare status"),
        pytest.param(Wanted(segment="everybody"), finding.MOST_COUNTED + 1, id="a big segment"),
        pytest.param(Wanted(segment="few"), RARE, id="a small segment"),
        pytest.param(Wanted(segment="few", statuses=("active",)), 0, id="nobody"),
        pytest.param(Wanted(ladder="club", tier="base"), finding.MOST_COUNTED + 1, id="the first tier"),
        pytest.param(Wanted(ladder="club", tier="gold"), RARE, id="a small tier"),
    ],
)
async def test_counting_a_list_ends_where_it_is_long_enough(
    database: Database, crowd: Compiled, wanted: Wanted, members: int
) -> None:
    async with database.program_transaction(crowd.program_id) as tx:
        told = Told(tx)
        assert await finding.count(cast("Transaction", told), crowd, wanted) == members
        for statement, values in told.asked:
            plan = await (await tx.execute(b"EXPLAIN (ANALYZE, FORMAT JSON) " + statement, values)).fetchone()
            assert plan is not None
            read = max(node["Actual Rows"] * node["Actual Loops"] for node in nodes(plan[0][0]["Plan"]))
            assert read <= 2 * finding.MOST_COUNTED


async def test_the_newest_come_first_also_among_several_statuses(database: Database, crowd: Compiled) -> None:
    found = await paged(database, crowd, Wanted(statuses=("active", "blocked", "guest", "paused")), most=2)

    assert found == sorted(found, reverse=True)
    assert found[0].int - found[-1].int == 2 * PAGE - 1
    assert NOON + timedelta(seconds=PEOPLE) > NOON
