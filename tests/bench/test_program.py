"""The program and the events that are benchmarked."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from bench import program, serving, wrk
from puntal.entrypoints.programs import Programs
from puntal.intake.policy import parse
from puntal.kit.db import Database

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
MEMBERS = 5_000


async def test_it_is_as_large_as_the_table_says(database: Database) -> None:
    program_id = await program.publish(database, program.document(), now=AT)
    async with database.program_transaction(program_id) as tx:
        compiled = (await Programs().current(tx, program_id)).newest
    assert len(compiled.document.earning) == 10
    assert any(compiled.bounds.values())
    assert compiled.climbs
    assert compiled.document.budget is not None
    assert {terms.kind for terms in compiled.terms} == {"points", "qualifying"}


def test_events_are_the_same_in_every_run() -> None:
    assert program.event(7, MEMBERS, AT) == program.event(7, MEMBERS, AT)
    assert program.event(7, MEMBERS, AT) != program.event(8, MEMBERS, AT)


def test_all_members_buy() -> None:
    said = [parse(program.event(number, 500, AT)) for number in range(500)]
    assert len({each.member.external[program.SHOP] for each in said if each.member is not None}) == 500


def test_events_are_orders_of_three_lines_that_intake_takes() -> None:
    said = parse(program.event(3, MEMBERS, AT))
    assert said.order is not None
    assert len(said.order.lines) == 3
    assert msgspec.json.decode(program.event(3, MEMBERS, AT))["occurred_at"] == "2026-03-02T09:00:00Z"


def test_bodies_for_wrk_have_an_id_to_be_replaced() -> None:
    prepared = program.Prepared("", 1, MEMBERS)
    (single,) = serving.single_bodies(prepared, 1)
    assert single.count(wrk.ID.encode()) == 2
    (batch,) = serving.batch_bodies(prepared, 1, 4)
    ids = [event["id"] for event in msgspec.json.decode(batch)["events"]]
    assert ids == [f"{wrk.ID}-{number}" for number in range(4)]


def test_people_are_all_different() -> None:
    people = list(program.people(1_000))
    assert len({person.ids.card for person in people}) == len({person.ids.email for person in people}) == 1_000
