"""Many writers in several processes on few members and few counters: nothing is exceeded, nobody is in the way.

Tried out, each change by itself:

* the conditional update of `budget_usage` without its condition: 62 awards of 60 in the first test;
* LOCK_HOLDERS without FOR NO KEY UPDATE: 30 awards of 9 a member in the first test;
* LOCK_HOLDERS in no order: deadlocks outlive every retry and reach the callers of the second test;
* events inserted without looking whether all were new: five outcomes of one event in the third test;
* orders saved without looking whether they were new: 34 to 79 awards for 30 orders in the fourth test, in most runs.
"""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from stress_own import HERE, SOAK_SECONDS, OwnServer
from stress_shop import (
    a_refund,
    an_order,
    document,
    given_by_rule,
    happened,
    one,
    open_program,
    rows,
    the_books_add_up,
)

from puntal.kit.db import Database

PROCESSES = 5
WRITERS = 10
"""In each process."""
MEMBERS = 5
DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
TIMES = 1 + int(SOAK_SECONDS // 60)
CAMPAIGNS: list[dict[str, Any]] = [
    {
        "id": "first_orders",
        "budget": {"times": 60},
        "earning": [{"id": "first", "on": "purchase", "award": {"wallet": "points", "points": 2}}],
    },
    {
        "id": "money",
        "budget": {"points": 1000},
        "earning": [{"id": "spent", "on": "purchase", "award": {"wallet": "points", "points": 13}}],
    },
    {
        "id": "few",
        "budget": {"members": 3},
        "earning": [{"id": "chosen", "on": "purchase", "award": {"wallet": "points", "points": 1}}],
    },
    {
        "id": "orders",
        "budget": {"order_value": "1000.00 EUR", "when_short": "none"},
        "earning": [{"id": "value", "on": "purchase", "award": {"wallet": "points", "points": 1, "per": "1.00 EUR"}}],
    },
]
LIMITED = [
    {
        "id": "per_client",
        "on": "purchase",
        "award": {"wallet": "points", "points": 7},
        "limit": {"times": 9, "per": "lifetime"},
    },
    {
        "id": "social",
        "on": "post.shared",
        "award": {"wallet": "points", "points": 15},
        "limit": {"points": 100, "per": "lifetime"},
    },
]


def a_program() -> dict[str, Any]:
    told = document(campaigns=CAMPAIGNS, events={"post.shared": {"fields": {"n": "number"}}})
    return told | {"earning": [*told["earning"], *LIMITED]}


class Crowd:
    """Processes full of writers, kept for the module: starting them takes longer than most of its tests."""

    def __init__(self, uri: str) -> None:
        self.processes = [
            subprocess.Popen(
                [sys.executable, str(HERE / "stress_crowd.py"), uri], stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
            for _ in range(PROCESSES)
        ]

    async def __call__(self, program: int, lists: list[list[dict[str, Any]]], size: int = 1) -> list[list[Any]]:
        """Let every list be said at once, by writers spread over the processes; return all answers."""
        parts = [lists[n::PROCESSES] for n in range(PROCESSES)]
        asked = zip(self.processes, parts, strict=True)
        told = await asyncio.gather(
            *(asyncio.to_thread(self._ask, each, [program, size, part]) for each, part in asked)
        )
        return [answer for part in told for answer in part]

    @staticmethod
    def _ask(process: subprocess.Popen[bytes], line: list[Any]) -> list[list[Any]]:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(msgspec.json.encode(line) + b"\n")
        process.stdin.flush()
        return msgspec.json.decode(process.stdout.readline(), type=list[list[Any]])

    def end(self) -> None:
        for process in self.processes:
            process.communicate(timeout=30)


@pytest.fixture(scope="module")
def crowd(own_server: OwnServer) -> Iterator[Crowd]:
    started = Crowd(own_server.uri)
    yield started
    started.end()


async def used(database: Database, program: int, budget: str) -> int:
    statement = "SELECT used FROM budget_usage WHERE program_id = %(p)s AND budget LIKE %(budget)s"
    return int(await one(database, program, statement, budget=f"%:{budget}"))


async def test_fifty_writers_on_five_members_and_a_few_budgets(crowd: Crowd, own_database: Database) -> None:
    """C1, C2, C3, C4, C5: exactly as much as there is, and not one more."""
    program = await open_program(own_database, a_program())
    lists = [
        [
            event
            for n in range(3 * TIMES)
            for event in (
                an_order(f"{writer}-{n}", f"c{(writer + n) % MEMBERS}", 1500 + writer),
                happened(f"s{writer}-{n}", "post.shared", f"c{(writer * 3 + n) % MEMBERS}", n=n),
            )
        ]
        for writer in range(PROCESSES * WRITERS)
    ]
    # Strangers join with their first order, so all of them are known before anybody shares.
    await crowd(program, [[an_order(f"join-{n}", f"c{n}", 100)] for n in range(MEMBERS)])

    told = await crowd(program, lists)

    assert {code for _, _, code in told} == {"awarded", "nothing"}
    given = await given_by_rule(own_database, program)
    assert given["per_client"] == {f"c{n}": 9 * 7 for n in range(MEMBERS)}
    assert given["social"] == {f"c{n}": 100 for n in range(MEMBERS)}
    assert sum(given["first"].values()) == 60 * 2
    assert sum(given["spent"].values()) == 1000
    assert len(given["chosen"]) == 3
    assert await used(own_database, program, "first_orders") == 60
    assert await used(own_database, program, "money") == 1000
    assert await used(own_database, program, "few") == 3
    value = await used(own_database, program, "orders")
    assert 100_000 - 2000 < value <= 100_000
    await the_books_add_up(own_database, program)


async def test_orders_and_refunds_of_the_same_members_in_every_order(crowd: Crowd, own_database: Database) -> None:
    """Refunds race the orders they are of; what is given back to a budget is given out again, never twice."""
    program = await open_program(own_database, a_program())
    dice = random.Random(3)
    said = []
    for n in range(120 * TIMES):
        customer = f"c{n % MEMBERS}"
        said.append(an_order(f"o{n}", customer, dice.randrange(100, 9000)))
        if n % 3 == 0:
            said.append(a_refund(f"r{n}", f"o{n}", customer, dice.choice([None, 50, 400])))
        if n % 7 == 0:
            said.append(a_refund(f"q{n}", f"o{n}", customer, None))
    await crowd(program, [[an_order(f"join-{n}", f"c{n}", 100)] for n in range(MEMBERS)])
    dice.shuffle(said)

    deadlocks = await one(own_database, program, DEADLOCKS)

    told = await crowd(program, [said[n::20] for n in range(20)], size=4)

    assert {code for _, replayed, code in told if replayed is None} == set()
    assert await one(own_database, program, DEADLOCKS) == deadlocks
    assert await used(own_database, program, "first_orders") <= 60
    assert await used(own_database, program, "money") <= 1000
    assert await used(own_database, program, "few") <= 3
    assert await used(own_database, program, "orders") <= 100_000
    awaited = "SELECT count(*) FROM shop_order WHERE program_id = %(p)s AND state = 'awaited'"
    assert await one(own_database, program, awaited) == 0
    await the_books_add_up(own_database, program)


async def test_one_event_from_many_writers_at_once(crowd: Crowd, own_database: Database) -> None:
    """One outcome for all who say the same; the others are refused, whoever was first."""
    program = await open_program(own_database, a_program())
    same = [an_order(f"e{n}", f"c{n % MEMBERS}", 1000 + n) for n in range(10)]
    other = [an_order(f"e{n}", f"c{n % MEMBERS}", 9000 + n) for n in range(10)]

    told = await crowd(program, [list(same) if n % 4 else list(other) for n in range(24)])

    stored = dict(await rows(own_database, program, "SELECT id, body->'order'->'lines'->0->>'amount_minor' FROM event"
                             " WHERE program_id = %(p)s AND body->>'cause' IS NULL"))  # fmt: skip
    assert len(stored) == 10
    for n, id in enumerate(f"e{n}" for n in range(10)):
        of = Counter(
            ("refused" if code == "event.id_reused" else replayed) for event, replayed, code in told if event == id
        )
        won = 6 if stored[id] == str(9000 + n) else 18
        assert of == {False: 1, True: won - 1, "refused": 24 - won}
    given = (await given_by_rule(own_database, program))["tier_points"]
    assert sum(given.values()) == sum(int(amount) // 100 for amount in stored.values())
    await the_books_add_up(own_database, program)


@pytest.mark.parametrize("named", ["together", "by each other's customer"])
async def test_one_order_told_by_many_events_earns_once(crowd: Crowd, own_database: Database, named: str) -> None:
    """Another event id, even another customer: the order is the same, and it earns once."""
    program = await open_program(own_database, a_program())
    said = [
        [
            an_order(f"order{n}", f"c{(n if named == 'together' else teller) % MEMBERS}", 2000)
            | {"id": f"{n}-{teller}"}
            for n in range(30)
        ]
        for teller in range(10)
    ]
    await crowd(program, [[an_order(f"join-{n}", f"c{n}", 0)] for n in range(MEMBERS)])

    told = await crowd(program, said)

    assert Counter(code for _, _, code in told) == {"awarded": 30, "order.already_earned": 270}
    given = await given_by_rule(own_database, program)
    assert sum(given["tier_points"].values()) == 30 * 20
    await the_books_add_up(own_database, program)


async def test_strangers_who_come_at_once_are_one(crowd: Crowd, own_database: Database) -> None:
    """Twenty first orders of a customer nobody knows make one member."""
    program = await open_program(own_database, a_program())

    told = await crowd(program, [[an_order(f"n{n}", "anna", 1000)] for n in range(20)])

    assert {code for _, _, code in told} == {"awarded"}
    assert await one(own_database, program, "SELECT count(*) FROM member WHERE program_id = %(p)s") == 1
    await the_books_add_up(own_database, program)
