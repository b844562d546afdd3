"""What members did is counted once, and known again by window."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from puntal.activity import operations
from puntal.activity.model import Count
from puntal.kit import ids
from puntal.rules.catalogue import Catalogue, metrics_read

if TYPE_CHECKING:
    from uuid import UUID

    from puntal.kit.db import Transaction
    from puntal.rules.model import MetricRead

CATALOGUE = Catalogue.build(currency="EUR", events={"review.created": {}})


def reads(*names: str) -> list[MetricRead]:
    return metrics_read([{"var": name} for name in names], CATALOGUE)


def spent(member: UUID, day: date, amount: int, key: str = "") -> Count:
    return Count(member, "spend", key, day, 1, amount)


async def test_figures_of_one_day_add_up_and_windows_choose_the_days(tx: Transaction, program_id: int) -> None:
    anna, ben, carla = ids.new_id(), ids.new_id(), ids.new_id()
    new_year = date(2026, 1, 1)
    await operations.record(
        tx,
        program_id,
        [
            spent(anna, date(2025, 12, 31), 1_000),
            spent(anna, new_year, 500),
            spent(anna, new_year, 250),
            spent(anna, new_year, 90, "category:dairy, 3.5 %"),
            spent(ben, new_year, 70),
        ],
    )
    await operations.record(tx, program_id, [spent(anna, new_year, -50), spent(ben, new_year, 0)])

    names = (
        "member.spend.last_1_days",
        "member.spend.last_2_days",
        "member.spend.last_calendar_year",
        "member.spend.category.dairy, 3.5 %.lifetime",
        "member.orders.lifetime",
        "member.events.review.created.last_30_days",
    )
    known = await operations.load(tx, program_id, [anna, ben, carla], reads(*names), new_year)

    assert [known[anna].get(name) for name in names] == [700, 1_700, 1_000, 90, None, 0]
    assert known[ben]["member.spend.last_1_days"] == 70
    assert set(known[carla].values()) == {0}


async def test_nothing_is_asked_of_the_database_for_nobody_or_nothing(tx: Transaction, program_id: int) -> None:
    anna = ids.new_id()

    assert await operations.load(tx, program_id, [], reads("member.spend.last_1_days"), date(2026, 1, 1)) == {}
    assert await operations.load(tx, program_id, [anna], [], date(2026, 1, 1)) == {anna: {}}


async def test_a_merge_moves_figures_and_its_undo_brings_them_back(tx: Transaction, program_id: int) -> None:
    anna, ben = ids.new_id(), ids.new_id()
    day = date(2026, 1, 1)
    await operations.record(tx, program_id, [spent(anna, day, 10), spent(ben, day, 5)])

    moved = await operations.reassign(tx, program_id, source=ben, target=anna)
    assert await operations.held_about(tx, program_id, [anna, ben]) == [Count(anna, "spend", "", day, 2, 15)]

    back = [Count(anna, m.metric, m.key, m.day, -m.count, -m.amount) for m in moved]
    await operations.record(tx, program_id, [*moved, *back])
    assert {c.member_id: c.amount for c in await operations.held_about(tx, program_id, [anna, ben])} == {
        anna: 10,
        ben: 5,
    }

    await operations.forget(tx, program_id, [anna])
    assert [c.member_id for c in await operations.held_about(tx, program_id, [anna, ben])] == [ben]
