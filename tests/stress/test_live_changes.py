"""What happens to a program while events come in, and to a batch with events that meet a defect of ours.

Tried out: with the head of the program looked at every ten seconds instead of by every batch, both tests of changes
fail.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from stress_own import Writer, answered
from stress_shop import an_order, compiled_of, document, given_by_rule, one, open_program, ready, rows, the_books_add_up

from puntal.engine.decide import decide
from puntal.entrypoints.intake import Intake
from puntal.entrypoints.programs import Programs
from puntal.intake import operations
from puntal.intake.errors import IntakeFailed
from puntal.intake.model import Answer
from puntal.kit import clock
from puntal.programs import operations as programs

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from puntal.kit.db import Database

LAST_AWARD = """
SELECT max(recorded_at) FROM transfer WHERE program_id = %(p)s AND rule = 'purchases' AND kind = 'points.earned'
"""
WITHIN = timedelta(seconds=5)


async def test_ten_poisoned_events_among_a_thousand(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """990 land, 10 are refused by name; when the defect is mended they are taken as if new."""
    program = await open_program(database, document())
    compiled = await compiled_of(database, program)
    poisoned = {f"e{n}" for n in range(37, 1000, 97)}
    assert len(poisoned) == 10
    items = [ready(an_order(f"e{n}", f"c{n % 40}", 1000), compiled) for n in range(1000)]

    def defective(program: Any, state: Any, event: Any, now: datetime) -> Any:
        if event.id in poisoned:
            raise ZeroDivisionError(event.id)
        return decide(program, state, event, now)

    with monkeypatch.context() as patched:
        patched.setattr(operations, "decide", defective)
        answers = await Intake(database, Programs()).run(program, items)

    refused = [answer for answer in answers if isinstance(answer, IntakeFailed)]
    assert {answer.numbers["id"] for answer in refused} == poisoned
    assert {answer.code for answer in refused} == {"intake.failed"}
    assert [answer.id for answer in answers if isinstance(answer, Answer)] == [
        item.said.id for item in items if item.said.id not in poisoned
    ]
    stored = "SELECT count(*) FROM event WHERE program_id = %(p)s AND body->>'cause' IS NULL"
    assert await one(database, program, stored) == 990
    await the_books_add_up(database, program)

    again = await Intake(database, Programs()).run(program, items)

    assert Counter(answer.replayed for answer in again if isinstance(answer, Answer)) == {True: 990, False: 10}
    assert sum((await given_by_rule(database, program))["purchases"].values()) == 1000 * 10
    await the_books_add_up(database, program)


async def test_a_kill_switch_acts_on_every_process(
    database: Database, database_uri: str, writers: Callable[..., list[Writer]]
) -> None:
    """B23: within five seconds, on processes that were never told; lifted, new events earn again."""
    program = await open_program(database, document())
    running = writers(database_uri, program, count=2, concurrency=4)
    await answered(running, 20)

    async with database.program_transaction(program) as tx:
        switch = await programs.set_switch(
            tx,
            program,
            target_kind="rule",
            target_id="purchases",
            mode="stop_new",
            reason="test",
            by="test",
            now=clock.now(),
        )
    switched = clock.now()
    await answered(running, 10)
    while clock.now() < switched + timedelta(seconds=2):
        await answered(running, 10)
    last = await one(database, program, LAST_AWARD)
    assert last < switched + timedelta(seconds=1.5) < switched + WITHIN

    async with database.program_transaction(program) as tx:
        await programs.lift_switch(tx, program, switch.id, by="test", now=clock.now())
    lifted = clock.now()
    await answered(running, 20)
    for writer in running:
        await asyncio.to_thread(writer.stop)
    assert await one(database, program, LAST_AWARD) > lifted
    await the_books_add_up(database, program)


async def test_publishing_under_load(
    database: Database, database_uri: str, writers: Callable[..., list[Writer]]
) -> None:
    """Each event is decided by the revision of its time: never half of one and half of the other."""
    told = document()
    program = await open_program(database, told)
    running = writers(database_uri, program, count=2, concurrency=4)
    begins: dict[int, datetime] = {}
    known: dict[int, datetime] = {}
    for revision in (2, 3):
        await answered(running, 25)
        told["earning"][0]["award"] |= {"points": revision}
        async with database.program_transaction(program) as tx:
            begins[revision] = clock.now()
            publication = await programs.publish(tx, program, told, by="test", now=begins[revision])
        known[revision] = clock.now()
        assert publication.revision.number == revision
    await answered(running, 25)
    for writer in running:
        await asyncio.to_thread(writer.stop)

    decided = await rows(
        database,
        program,
        "SELECT e.revision, e.occurred_at, e.recorded_at, (SELECT sum((l->>'amount_minor')::bigint) FROM"
        " json_array_elements(e.body->'order'->'lines') l), coalesce((SELECT sum(t.amount)::bigint FROM transfer t"
        " WHERE t.program_id = e.program_id AND t.event_id = e.id AND t.rule = 'purchases' AND t.kind = 'points.earned'"
        " AND t.revision = e.revision), 0) FROM event e WHERE e.program_id = %(p)s AND e.type = 'order.paid'",
    )
    seen = Counter(row[0] for row in decided)
    assert set(seen) == {1, 2, 3}
    for revision, occurred_at, recorded_at, net, amount in decided:
        assert amount == net * revision // 100
        for later in (2, 3):
            if occurred_at < begins[later]:
                assert revision < later
            elif recorded_at > known[later] + timedelta(seconds=1):
                assert revision >= later
    await the_books_add_up(database, program)
