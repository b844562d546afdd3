"""Lists and searches use their indexes under row security, as the application's role."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from people import MEMBERSHIP, NOON, a_person

from puntal.members import operations
from puntal.members.queries.clock import BORN_ON
from puntal.members.queries.identities import MAILBOXES
from puntal.members.queries.lists import LIST_MEMBERS, SEARCH_NAMES
from puntal.members.store import FIND
from puntal.members.tokens import after, tokens_of

if TYPE_CHECKING:
    from puntal.kit.db import Transaction

KEY = {"after_token": "", "after_id": UUID(int=0), "lows": ["ru"], "highs": ["rv"], "low": "ana1", "high": "ana2"}
LIST = {
    "unenrolled": False,
    "since": datetime(2020, 1, 1, tzinfo=UTC),
    "until": datetime(2030, 1, 1, tzinfo=UTC),
    "before_at": datetime(2030, 1, 1, tzinfo=UTC),
    "before_id": UUID(int=0),
}
FINDS = {"asks": [0], "ranks": [0], "kinds": ["email"], "values": ["p1@example.com"], "ids": "[]"}


@pytest.mark.parametrize(
    ("statement", "values"),
    [
        pytest.param(SEARCH_NAMES, KEY, id="names"),
        pytest.param(LIST_MEMBERS, LIST, id="list"),
        pytest.param(MAILBOXES, {"boxes": ["p1@example.com"]}, id="mailboxes"),
        pytest.param(BORN_ON, {"days": [date(1990, 3, 10)]}, id="birthdays"),
        pytest.param(FIND, FINDS, id="recognise"),
    ],
)
async def test_no_search_reads_a_whole_table(
    tx: Transaction, program_id: int, statement: str, values: dict[str, Any]
) -> None:
    people = [a_person(f"p{at}@example.com", name=f"Ana{at} Ruiz") for at in range(3000)]
    await operations.import_many(tx, program_id, people, membership=MEMBERSHIP, now=NOON)
    known = {"program_id": program_id, "statuses": ["active"], "limit": 20} | values

    cursor = await tx.execute(f"EXPLAIN {statement}".encode(), known)
    plan = "\n".join(row[0] for row in await cursor.fetchall())

    assert "Seq Scan" not in plan, plan


def test_a_name_is_found_by_its_words_without_accents_or_capitals() -> None:
    assert tokens_of("María-José  NÚÑEZ de la Ó") == ["maria", "jose", "nunez", "de", "la", "o"]
    assert tokens_of(None) == []


@pytest.mark.parametrize(
    ("prefix", "following"), [("ana", "anb"), ("a\U0010ffff", "b"), ("\ud7ff", "\ue000"), ("", None)]
)
def test_the_end_of_a_range_of_words(prefix: str, following: str | None) -> None:
    assert after(prefix) == following
