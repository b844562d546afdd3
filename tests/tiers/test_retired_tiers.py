"""A retired tier: nobody new reaches it, who has it keeps it to its end, and what members hold is not dropped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ladders import a_ladder, noon
from test_operations import DOCUMENT, NOON, a_member, earned, give, publish, tier_of

from puntal.kit.db import Database, ProgramId, Transaction
from puntal.kit.errors import Faulty
from puntal.programs import operations as programs
from puntal.programs.diff import diff
from puntal.programs.document.program import Program
from puntal.programs.policy import check
from puntal.tiers import jobs, policy
from puntal.tiers.errors import TierRetired
from puntal.tiers.model import Change, Climb, Standing

ENROLLED = date(2025, 1, 1)
TIERS: list[dict[str, Any]] = [{"id": "base"}, {"id": "silver", "from": 300}, {"id": "gold", "from": 1000}]
NO_GOLD = [*TIERS[:2], TIERS[2] | {"retired": True}]
NO_SILVER = [TIERS[0], TIERS[1] | {"retired": True}, TIERS[2]]


def earn(climb: Climb, standing: Standing, amount: int, day: date) -> tuple[Standing, Change | None]:
    standing, _, _ = policy.nightly(climb, standing, day=day, enrolled=ENROLLED)
    counted = policy.count(climb, standing, amount, day, enrolled=ENROLLED)
    return policy.climb_up(climb, counted, at=noon(day), today=day, enrolled=ENROLLED)


def tier(climb: Climb, standing: Standing, day: date) -> str:
    standing, _, _ = policy.nightly(climb, standing, day=day, enrolled=ENROLLED)
    return policy.held(climb, standing, noon(day))


def golden(**changes: Any) -> Standing:
    """Anna, gold since June 2026 and so until the end of 2027."""
    before = a_ladder(tiers=TIERS, **changes)
    standing, _ = earn(before, policy.start(before, ENROLLED), 1000, date(2026, 6, 1))
    return standing


def test_nobody_new_reaches_it_and_the_next_lower_one_is_reached_instead() -> None:
    climb = a_ladder(tiers=NO_GOLD)

    standing, change = earn(climb, policy.start(climb, ENROLLED), 1500, date(2026, 6, 1))

    assert standing.tier == "silver"
    assert change is not None
    assert (change.to_tier, change.reason) == ("silver", "reached")
    ahead = policy.progress(climb, standing, today=date(2026, 6, 2), enrolled=ENROLLED)
    assert (ahead.next_tier, ahead.missing_to_upgrade) == (None, None)


def test_a_retired_step_in_the_middle_is_stepped_over() -> None:
    climb = a_ladder(tiers=NO_SILVER)
    standing, change = earn(climb, policy.start(climb, ENROLLED), 400, date(2026, 6, 1))
    assert (standing.tier, change) == ("base", None)
    assert policy.progress(climb, standing, today=date(2026, 6, 2), enrolled=ENROLLED).next_tier == "gold"

    risen, _ = earn(climb, standing, 600, date(2026, 6, 3))
    assert risen.tier == "gold"
    assert tier(climb, risen, date(2028, 1, 1)) == "base"


def test_who_has_it_keeps_it_to_its_end_and_does_not_renew_it() -> None:
    """Two years of gold spending do not lengthen a tier that is going away."""
    standing, climb = golden(), a_ladder(tiers=NO_GOLD)

    standing, change = earn(climb, standing, 1200, date(2027, 3, 1))

    assert (standing.tier, standing.until, change) == ("gold", date(2028, 1, 1), None)
    ahead = policy.progress(climb, standing, today=date(2027, 3, 2), enrolled=ENROLLED)
    assert (ahead.tier, ahead.missing_to_keep, ahead.kept_until) == ("gold", 0, date(2028, 1, 1))
    assert tier(climb, standing, date(2027, 12, 31)) == "gold"
    assert tier(climb, standing, date(2028, 1, 1)) == "silver"


def test_the_grace_passes_before_it_ends() -> None:
    standing = golden(downgrade={"grace": "30 days", "to": "measure"})
    climb = a_ladder(tiers=NO_GOLD, downgrade={"grace": "30 days", "to": "measure"})
    standing, _ = earn(climb, standing, 500, date(2027, 5, 1))
    assert tier(climb, standing, date(2028, 1, 30)) == "gold"
    assert tier(climb, standing, date(2028, 1, 31)) == "silver"


def test_a_refund_below_its_line_still_ends_it() -> None:
    standing, climb = golden(), a_ladder(tiers=NO_GOLD)
    placed = policy.place(climb, standing.counts, today=date(2026, 7, 1), enrolled=ENROLLED, before=standing)
    assert (placed.tier, placed.until) == ("gold", standing.until)

    lowered = policy.count(climb, placed, -100, date(2026, 6, 1), enrolled=ENROLLED)
    after, _ = policy.after_refund(climb, lowered, at=noon(date(2026, 7, 2)), today=date(2026, 7, 2), enrolled=ENROLLED)

    assert tier(climb, after, date(2026, 7, 3)) == "silver"


def test_a_tier_kept_for_ever_stays_for_ever() -> None:
    words: dict[str, Any] = {"window": "lifetime", "keep": "forever"}
    standing, climb = golden(**words), a_ladder(tiers=NO_GOLD, **words)
    assert tier(climb, standing, date(2040, 1, 1)) == "gold"


@given(steps=st.lists(st.tuples(st.integers(1, 900), st.integers(0, 200)), min_size=1, max_size=12))
def test_a_newcomer_is_never_in_a_retired_tier(steps: Sequence[tuple[int, int]]) -> None:
    climb = a_ladder(tiers=NO_SILVER, downgrade={"to": "one_below", "grace": "10 days"})
    standing, day = policy.start(climb, ENROLLED), date(2026, 1, 1)
    for amount, days in steps:
        day = date.fromordinal(day.toordinal() + days)
        standing, _ = earn(climb, standing, amount, day)
        assert tier(climb, standing, day) != "silver"
        assert tier(climb, standing, date(day.year + 3, 1, 1)) == "base"


def _with(tiers: list[dict[str, Any]]) -> dict[str, Any]:
    return DOCUMENT | {"ladders": [DOCUMENT["ladders"][0] | {"tiers": tiers}, DOCUMENT["ladders"][1]]}


async def test_publishing_places_nobody_new_in_it_and_takes_it_from_nobody(
    database: Database, program_id: ProgramId
) -> None:
    """Anna is gold; Ben, who joins with as much after it was retired, is placed by history in silver."""
    async with database.program_transaction(program_id) as tx:
        await publish(tx, program_id)
        anna = await a_member(tx, program_id, "anna@example.com")
        await earned(tx, program_id, anna, 1000, NOON)
    await jobs.place(database, program_id=program_id, number=1, now=NOON)

    async with database.program_transaction(program_id) as tx:
        dropped = _with(TIERS[:2])
        with pytest.raises(Faulty) as refused:
            await programs.publish(tx, program_id, dropped, by="anna", now=NOON)
        assert [(fault.code, fault.told("en").suggestion) for fault in refused.value.faults] == [
            ("programs.still_held", "keep it with 'retired: true'")
        ]
        ben = await a_member(tx, program_id, "ben@example.com")
        await earned(tx, program_id, ben, 1000, NOON)
        await programs.publish(tx, program_id, _with(NO_GOLD), by="anna", now=NOON)
    await jobs.place(database, program_id=program_id, number=2, now=NOON)

    async with database.program_transaction(program_id) as tx:
        assert (await tier_of(tx, program_id, anna))[0] == "gold"
        assert (await tier_of(tx, program_id, ben))[0] == "silver"


async def test_it_is_not_given_by_hand(tx: Transaction, program_id: int) -> None:
    await programs.publish(tx, program_id, _with(NO_GOLD), by="anna", now=NOON)
    anna = await a_member(tx, program_id, "anna@example.com")
    with pytest.raises(TierRetired):
        await give(tx, program_id, anna, tier="gold")


def test_the_first_tier_stays_and_the_change_is_told() -> None:
    _, faults = check(_with([TIERS[0] | {"retired": True}, *TIERS[1:]]))
    assert [(fault.path, fault.code) for fault in faults] == [("/ladders/0/tiers/0/retired", "programs.first_stays")]

    before, after = Program.model_validate(DOCUMENT), Program.model_validate(_with(NO_GOLD))
    (change,) = diff(before, after).changes
    assert change.path == "/ladders/0/tiers/2/retired"
    assert "gold" in change.words["en"]
    assert "retir" in change.words["es"]
