"""Two members become one person and two again (D5)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from people import MEMBERSHIP, NOON, a_member

from puntal.kit import ids as new
from puntal.members import operations, queries
from puntal.members.errors import CannotMerge, TooLateToUndo, UnknownMember, UnknownMerge
from puntal.members.model import Consent, Evidence, Ids, Match

if TYPE_CHECKING:
    from uuid import UUID

    from puntal.kit.db import Transaction
    from puntal.members.operations import Merge

EARLY = datetime(2020, 5, 1, tzinfo=UTC)
SAID: dict[str, Any] = {"membership": MEMBERSHIP, "now": NOON}


async def merge(tx: Transaction, program_id: int, survivor: UUID, merged: UUID, now: datetime = NOON) -> Merge:
    plan = await operations.plan_merge(tx, program_id, survivor, merged, now=now, lock=True)
    moves = {"members": await operations.merge_people(tx, program_id, plan, now=now)}
    return await operations.record_merge(
        tx, program_id, plan, moves, id=new.new_id(), by="staff:anna", membership=MEMBERSHIP, now=now
    )


async def part(tx: Transaction, program_id: int, merged: Merge, now: datetime = NOON) -> None:
    locked = await operations.lock_merge(tx, program_id, merged.id, now=now)
    await operations.part_people(tx, program_id, locked, now=now)


async def two(tx: Transaction, program_id: int) -> tuple[UUID, UUID]:
    anna = await a_member(tx, program_id, name="Anna Ruiz", attributes={"size": "M"})
    shop = await a_member(
        tx,
        program_id,
        "anna@work.example",
        phone="+34612345678",
        name="A. Ruiz",
        country="ES",
        birthday=date(1990, 3, 10),
        enrolled_at=EARLY,
        attributes={"size": "L", "children": 2},
    )
    return anna, shop


async def test_the_survivor_is_found_by_everything_and_keeps_her_own_words(tx: Transaction, program_id: int) -> None:
    anna, shop = await two(tx, program_id)
    await operations.celebrated(tx, program_id, {shop: date(2025, 3, 10)})

    await merge(tx, program_id, anna, shop)

    asks = [Ids(email="anna@work.example"), Ids(phone="+34612345678"), Ids(id=shop), Ids(email="anna@example.com")]
    assert await operations.resolve(tx, program_id, asks) == [Match(anna)] * 4
    profiles = await operations.load(tx, program_id, [anna, shop])
    after = profiles[anna]
    assert (after.name, after.country, after.enrolled_at) == ("Anna Ruiz", "ES", EARLY)
    assert (after.birthday, after.birthday_paid_on) == (date(1990, 3, 10), date(2025, 3, 10))
    assert after.attributes == {"size": "M", "children": 2}
    assert (profiles[shop].status, profiles[shop].merged_into) == ("merged", anna)


async def test_undo_gives_each_her_own_back_and_later_words_stay(tx: Transaction, program_id: int) -> None:
    anna, shop = await two(tx, program_id)
    before = await operations.load(tx, program_id, [anna, shop])
    done = await merge(tx, program_id, anna, shop)
    await operations.update_member(tx, program_id, anna, {"country": "PT", "attributes": {"vegan": True}}, **SAID)

    await part(tx, program_id, done)

    after = await operations.load(tx, program_id, [anna, shop])
    assert after[shop] == before[shop]
    assert after[anna].country == "PT"
    assert after[anna].attributes == {"size": "M", "vegan": True}
    assert (after[anna].birthday, after[anna].enrolled_at) == (None, NOON)
    found = await operations.resolve(tx, program_id, [Ids(phone="+34612345678"), Ids(email="anna@example.com")])
    assert found == [Match(shop), Match(anna)]
    listed = await queries.search_names(tx, program_id, "rui a", statuses=["active"], after_key=None, limit=10)
    assert {member.id for member, _ in listed} == {anna, shop}
    with pytest.raises(UnknownMerge):
        await part(tx, program_id, done)


async def test_a_withdrawn_consent_wins_whoever_withdrew_it_and_comes_back_on_undo(
    tx: Transaction, program_id: int
) -> None:
    anna, shop = await two(tx, program_id)

    def said(purpose: str, *, given: bool) -> Consent:
        return Consent(purpose=purpose, given=given, evidence=Evidence(source="app"))

    await operations.record_consents(tx, program_id, shop, [said("news", given=False)], **SAID)
    later = SAID | {"now": NOON + timedelta(hours=1)}
    await operations.record_consents(
        tx, program_id, anna, [said("news", given=True), said("terms", given=True)], **later
    )

    done = await merge(tx, program_id, anna, shop, NOON + timedelta(hours=2))

    held = (await queries.consents(tx, program_id, [anna]))[anna]
    assert [(one.purpose, one.channel, one.given) for one in held] == [
        ("news", "email", False),
        ("news", "sms", False),
        ("terms", "", True),
    ]
    await part(tx, program_id, done)
    again = await queries.consents(tx, program_id, [anna, shop])
    assert [one.given for one in again[anna]] == [True, True, True]
    assert [one.given for one in again[shop]] == [False, False]


async def test_old_ids_lead_to_the_last_survivor_and_merges_are_undone_newest_first(
    tx: Transaction, program_id: int
) -> None:
    anna, shop = await two(tx, program_id)
    third = await a_member(tx, program_id, "third@example.com")
    first = await merge(tx, program_id, shop, anna)
    second = await merge(tx, program_id, third, shop, NOON + timedelta(minutes=1))

    assert await operations.resolve(tx, program_id, [Ids(id=anna), Ids(id=shop)]) == [Match(third)] * 2
    with pytest.raises(TooLateToUndo):
        await part(tx, program_id, first, NOON + timedelta(minutes=2))
    await part(tx, program_id, second, NOON + timedelta(minutes=2))
    assert await operations.resolve(tx, program_id, [Ids(id=anna)]) == [Match(shop)]
    await part(tx, program_id, first, NOON + timedelta(minutes=3))
    assert await operations.resolve(tx, program_id, [Ids(id=anna)]) == [Match(anna)]


async def test_a_block_is_not_lost_by_merging(tx: Transaction, program_id: int) -> None:
    anna, shop = await two(tx, program_id)
    await operations.change_status(tx, program_id, shop, "blocked", now=NOON, reason="fraud", by="test")

    done = await merge(tx, program_id, anna, shop)

    assert (await operations.load(tx, program_id, [anna]))[anna].status == "blocked"
    await part(tx, program_id, done)
    after = await operations.load(tx, program_id, [anna, shop])
    assert (after[anna].status, after[shop].status) == ("active", "blocked")


async def test_what_cannot_be_merged_is_refused(tx: Transaction, program_id: int) -> None:
    anna, shop = await two(tx, program_id)
    with pytest.raises(CannotMerge):
        await merge(tx, program_id, anna, anna)
    with pytest.raises(UnknownMember):
        await merge(tx, program_id, anna, new.new_id())
    done = await merge(tx, program_id, anna, shop)
    with pytest.raises(CannotMerge):
        await merge(tx, program_id, anna, shop)
    with pytest.raises(TooLateToUndo):
        await part(tx, program_id, done, NOON + timedelta(days=30))


async def test_a_pool_follows_the_person(tx: Transaction, program_id: int) -> None:
    anna, shop = await two(tx, program_id)
    pool = await operations.create_pool(tx, program_id, "household", {shop: True}, **SAID)

    done = await merge(tx, program_id, anna, shop)

    assert (await operations.load(tx, program_id, [anna]))[anna].pool_id == pool
    await part(tx, program_id, done)
    after = await operations.load(tx, program_id, [anna, shop])
    assert (after[anna].pool_id, after[shop].pool_id) == (None, pool)


async def test_an_erased_person_cannot_be_found_and_her_row_stays(tx: Transaction, program_id: int) -> None:
    anna, shop = await two(tx, program_id)
    done = await merge(tx, program_id, anna, shop)

    await operations.forget(tx, program_id, [anna, shop], now=NOON)

    profiles = await operations.load(tx, program_id, [anna, shop])
    assert {profile.status for profile in profiles.values()} == {"erased"}
    for table, columns in (
        ("member", "name"),
        ("member_merge", "moves"),
        ("consent", "evidence"),
        ("identity", "value"),
    ):
        cursor = await tx.execute(f"SELECT {columns}::text FROM {table} WHERE program_id = %s", [program_id])
        assert "Ruiz" not in str(await cursor.fetchall())
    cursor = await tx.execute("SELECT * FROM identity WHERE program_id = %s", [program_id])
    assert await cursor.fetchall() == []
    with pytest.raises(TooLateToUndo):
        await part(tx, program_id, done)
