"""The program at a glance."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec
from msgspec import structs
from people import a_document, a_member

from puntal.engine import compile as engine
from puntal.engine.model import Compiled, Running
from puntal.insight import queries as insight
from puntal.ledger import operations as ledger
from puntal.tiers.model import Floor, Standing

if TYPE_CHECKING:
    from puntal.kit.db import Transaction

LADDER = {
    "id": "club",
    "measure": {"earned": "points"},
    "window": "calendar_year",
    "keep": "end_of_next_period",
    "tiers": [{"id": "base"}, {"id": "silver", "from": 300}, {"id": "gold", "from": 1000}],
}


def a_program(program_id: int) -> Compiled:
    document = a_document(wallets={"points": {"kind": "points"}}, ladders=[LADDER])
    return engine.compile(document, program_id=program_id, revision=1, ordinals={"points": 0})


async def stand(tx: Transaction, program_id: int, member: UUID, standing: Standing) -> None:
    now = datetime(2026, 5, 1, tzinfo=UTC)
    row = (await ledger.open_and_lock(tx, program_id, [member], now=now))[member]
    running = msgspec.Raw(msgspec.json.encode(Running(tiers={"club": standing})))
    await ledger.write(tx, program_id, holders=[structs.replace(row, running=running)], transfers=[])


async def test_a_tier_given_by_hand_counts_until_its_end(tx: Transaction, program_id: int) -> None:
    """X32: manual gold to 30 June, earned silver. A floor below what is earned lifts nobody."""
    compiled = a_program(program_id)
    anna = await a_member(tx, program_id, "anna@example.com")
    ben = await a_member(tx, program_id, "ben@example.com")
    since = date(2026, 1, 1)
    gold = Floor(tier="gold", until=date(2026, 7, 1), reason="complaint")
    await stand(tx, program_id, anna, Standing(tier="silver", since=since, floor=gold))
    await stand(tx, program_id, ben, Standing(tier="gold", since=since, floor=Floor(tier="silver")))

    # Midnight in the program's zone is what counts.
    before = await insight.overview(tx, compiled, as_of=datetime(2026, 6, 30, 21, 59, tzinfo=UTC))
    after = await insight.overview(tx, compiled, as_of=datetime(2026, 6, 30, 22, 0, tzinfo=UTC))

    assert before.members_by_tier == {"club": {"base": 0, "silver": 0, "gold": 2}}
    assert after.members_by_tier == {"club": {"base": 0, "silver": 1, "gold": 1}}
