"""Importing people in bulk."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from people import AGREED, MEMBERSHIP, NOON, a_member, a_person

from puntal.kit import ids as new
from puntal.members import operations, queries
from puntal.members.model import Ids, Match, NewMember
from puntal.members.operations import bulk
from puntal.outbox import operations as outbox

if TYPE_CHECKING:
    from puntal.kit.db import Transaction

EARLY = datetime(2019, 5, 1, tzinfo=UTC)


async def bring(tx: Transaction, program_id: int, *people: NewMember) -> operations.Imported:
    return await operations.import_many(tx, program_id, people, membership=MEMBERSHIP, now=NOON)


async def test_everything_said_is_kept_and_the_file_may_come_twice(tx: Transaction, program_id: int) -> None:
    people = [
        a_person(
            "anna+x@example.com",
            phone="612345678",
            name="Ana Núñez",
            birthday=date(1990, 3, 10),
            enrolled_at=EARLY,
            attributes={"size": "M"},
            consents=(AGREED,),
        ),
        a_person("ben@example.com"),
    ]

    first, second = await bring(tx, program_id, *people), await bring(tx, program_id, *people)

    asks = [Ids(phone="+34612345678"), Ids(email="ben@example.com")]
    found = await operations.resolve(tx, program_id, asks)
    anna, ben = [match.member_id for match in found]
    assert (first.created, first.known, first.refused) == (2, {}, {})
    assert (second.created, second.known, second.refused) == (0, {0: anna, 1: ben}, {})
    assert anna is not None
    profile = (await operations.load(tx, program_id, [anna]))[anna]
    assert (profile.name, profile.enrolled_at, profile.attributes) == ("Ana Núñez", EARLY, {"size": "M"})
    assert operations.is_due(profile, date(2026, 3, 10))
    assert len((await queries.consents(tx, program_id, [anna]))[anna]) == 1
    [(listed, word)] = await queries.search_names(tx, program_id, "NUN", statuses=["active"], after_key=None, limit=9)
    assert (listed.id, word) == (anna, "nunez")
    cursor = await tx.execute("SELECT count(*) FROM holder WHERE program_id = %s", [program_id])
    assert await cursor.fetchone() == (2,)
    assert [row.kind for row in await outbox.claim(tx, program_id)] == ["members.imported"] * 2


async def test_lines_that_share_an_identity_are_one_and_bad_lines_are_named(
    tx: Transaction, program_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "CHUNK", 3)
    mine = new.new_id()
    known = await a_member(tx, program_id, "known@example.com")

    done = await bring(
        tx,
        program_id,
        a_person("anna@example.com", card="1"),
        a_person("no address"),
        a_person("anna@example.com", card="2"),
        a_person("known@example.com", card="3"),
        a_person(None, card="1"),
        a_person("ben@example.com", id=mine),
        a_person("cleo@example.com", id=mine),
        a_person(None),
    )

    asks = [Ids(email="anna@example.com"), Ids(card="1"), Ids(card="2"), Ids(card="3"), Ids(email="cleo@example.com")]
    anna, first, second, third, cleo = await operations.resolve(tx, program_id, asks)
    assert done.created == 2
    assert set(done.refused) == {1, 7}
    assert set(done.known) == {2, 3, 4, 6} - ({4} if first == Match(None) else set())
    assert done.known[3] == known
    assert done.known[6] == mine
    assert (third, cleo) == (Match(None), Match(None))
    assert anna in {first, second}


async def test_a_guest_on_a_list_joins(tx: Transaction, program_id: int) -> None:
    [guest] = await operations.open_unknown(
        tx, program_id, [Ids(email="anna@example.com")], as_="guest", now=NOON, claim_until=NOON
    )

    done = await bring(tx, program_id, a_person(name="Anna"), a_person("ben@example.com"))

    assert (done.created, done.known, done.claimed) == (1, {}, {0: guest})
    assert (await operations.load(tx, program_id, [guest]))[guest].status == "active"
