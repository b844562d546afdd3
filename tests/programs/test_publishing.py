"""Drafts, revisions, kill switches on a real PostgreSQL."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from documents import a_document

from puntal.kit import clock, ids
from puntal.programs import operations, queries
from puntal.programs.errors import (
    DraftChanged,
    EffectiveInThePast,
    NotPublished,
    ProgramFaulty,
    RevisionNotFound,
    SlugInvalid,
    SlugTaken,
    SwitchNotFound,
    SwitchTargetUnknown,
)
from puntal.programs.model import number_at

if TYPE_CHECKING:
    from puntal.kit.db import Database, Transaction

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


async def published(tx: Transaction, program_id: int, document: dict[str, Any], *, at: datetime = NOON) -> int:
    answer = await operations.publish(tx, program_id, document, by="anna", now=at)
    return answer.revision.number


async def test_a_published_document_comes_back_exactly(tx: Transaction, program_id: int) -> None:
    assert await published(tx, program_id, a_document()) == 1

    loaded = await operations.load_published(tx, program_id)

    assert (loaded.number, loaded.wallets) == (1, {"points": 0, "status": 1})
    award = loaded.document.earning[0].award
    assert not isinstance(award, tuple)
    assert award is not None
    assert award.points == Decimal("1.5")


async def test_the_same_document_again_is_the_same_revision(tx: Transaction, program_id: int) -> None:
    await published(tx, program_id, a_document())

    again = await operations.publish(tx, program_id, a_document(), by="ben", now=NOON + timedelta(days=1))

    assert (again.created, again.revision.number, again.revision.published_by) == (False, 1, "anna")


async def test_a_faulty_document_is_refused_with_all_faults_and_nothing_is_written(
    tx: Transaction, program_id: int
) -> None:
    with pytest.raises(ProgramFaulty) as refusal:
        await published(tx, program_id, a_document(currency="euros", timezone=5))

    assert {fault.path for fault in refusal.value.faults} == {"/currency", "/timezone"}
    assert (await operations.head(tx, program_id)).revision == 0
    with pytest.raises(NotPublished):
        await operations.load_published(tx, program_id)


async def test_rolling_back_publishes_the_old_document_as_a_new_revision(tx: Transaction, program_id: int) -> None:
    await published(tx, program_id, a_document())
    await published(tx, program_id, a_document(name="Club Alba"))

    back = await operations.roll_back(tx, program_id, 1, by="anna", now=NOON)

    assert (back.revision.number, back.revision.note) == (3, "as revision 1")
    assert (await operations.load_published(tx, program_id)).document.name == "Club Aurora"
    with pytest.raises(RevisionNotFound):
        await operations.roll_back(tx, program_id, 9, by="anna", now=NOON)


async def test_wallets_keep_their_ordinal_through_every_revision(tx: Transaction, program_id: int) -> None:
    wallets = a_document()["wallets"]
    await published(tx, program_id, a_document())
    await published(tx, program_id, a_document(wallets={"stamps": {"kind": "stamps"}} | wallets))
    await published(tx, program_id, a_document())

    loaded = await operations.load_published(tx, program_id)

    assert loaded.wallets == {"points": 0, "status": 1, "stamps": 2}


async def test_an_event_finds_the_revision_of_its_own_time(tx: Transaction, program_id: int) -> None:
    """X27: what was bought under the old revision is decided by it."""
    await published(tx, program_id, a_document(), at=NOON)
    await published(tx, program_id, a_document(name="Club Alba"), at=NOON + timedelta(days=4))

    starts = await queries.starts(tx, program_id)

    assert number_at(starts, NOON - timedelta(seconds=1)) is None
    assert number_at(starts, NOON + timedelta(days=3)) == 1
    assert number_at(starts, NOON + timedelta(days=4)) == 2


async def test_publishing_replaces_what_was_still_to_come(tx: Transaction, program_id: int) -> None:
    await published(tx, program_id, a_document())
    june = datetime(2026, 6, 1, tzinfo=UTC)
    planned = a_document(name="Club de verano")
    await operations.publish(tx, program_id, planned, by="anna", now=NOON, effective_from=june)

    answer = await operations.publish(tx, program_id, a_document(name="Club Alba"), by="anna", now=NOON)

    assert answer.superseded == (2,)
    assert number_at(await queries.starts(tx, program_id), june) == 3


async def test_only_the_first_revision_may_begin_in_the_past(tx: Transaction, program_id: int) -> None:
    early = NOON - timedelta(days=365)
    first = await operations.publish(tx, program_id, a_document(), by="anna", now=NOON, effective_from=early)

    assert first.revision.effective_from == early
    with pytest.raises(EffectiveInThePast):
        await operations.publish(tx, program_id, a_document(name="x"), by="anna", now=NOON, effective_from=early)


async def test_two_people_publishing_at_once_get_two_numbers(database: Database, program_id: int) -> None:
    async def publish(name: str) -> int:
        async with database.program_transaction(program_id) as tx:
            return await published(tx, program_id, a_document(name=name))

    numbers = await asyncio.gather(*(publish(f"Club {n}") for n in range(8)))

    assert sorted(numbers) == list(range(1, 9))


async def test_a_draft_saved_in_between_is_not_overwritten(tx: Transaction, program_id: int) -> None:
    first = await operations.save_draft(
        tx, program_id, {"puntal": 1}, expected_version=0, by="staff:anna", now=clock.now()
    )

    with pytest.raises(DraftChanged) as refusal:
        await operations.save_draft(tx, program_id, {}, expected_version=0, by="staff:ben", now=clock.now())

    assert refusal.value.numbers == {"version": first}
    draft = await queries.draft(tx, program_id)
    assert draft is not None
    assert draft.document == {"puntal": 1}


async def test_a_new_program_can_be_published_in_the_same_transaction(database: Database, program_id: int) -> None:
    slug = f"aurora-{ids.new_id()}"
    async with database.transaction() as tx:
        row = await queries.find(tx, program_id)
        assert row is not None
        made = await operations.create_program(
            tx, organization_id=row.organization_id, slug=slug, document=a_document(), now=NOON
        )
        assert await published(tx, made, a_document()) == 1

    async with database.transaction() as tx:
        found = await queries.find_by_slug(tx, slug)
        assert found is not None
        assert (found.id, found.revision) == (made, 1)
        assert {p.id for p in await queries.list_programs(tx, row.organization_id)} == {made, program_id}
        with pytest.raises(SlugTaken):
            await operations.create_program(tx, organization_id=row.organization_id, slug=slug, document={}, now=NOON)
        with pytest.raises(SlugInvalid):
            await operations.create_program(
                tx, organization_id=row.organization_id, slug="Aurora!", document={}, now=NOON
            )


async def test_a_kill_switch_changes_the_version_every_worker_reads(tx: Transaction, program_id: int) -> None:
    await published(tx, program_id, a_document())
    before = await operations.head(tx, program_id)

    switch = await operations.set_switch(
        tx,
        program_id,
        target_kind="rule",
        target_id="purchases",
        mode="stop_new",
        reason="wrong rate",
        by="anna",
        now=NOON,
    )
    assert (await operations.head(tx, program_id)).switch_version == before.switch_version + 1
    assert [s.target_id for s in (await operations.load_published(tx, program_id)).switches] == ["purchases"]

    harder = await operations.set_switch(
        tx,
        program_id,
        target_kind="rule",
        target_id="purchases",
        mode="stop_and_void",
        reason="fraud",
        by="ben",
        now=NOON,
    )
    assert (harder.id, harder.mode) == (switch.id, "stop_and_void")

    await operations.lift_switch(tx, program_id, switch.id, by="anna", now=NOON)
    version = (await operations.head(tx, program_id)).switch_version
    await operations.lift_switch(tx, program_id, switch.id, by="anna", now=NOON)
    assert (await operations.head(tx, program_id)).switch_version == version
    assert not (await operations.load_published(tx, program_id)).switches
    assert len(await queries.switches(tx, program_id, lifted_too=True)) == 1


async def test_a_kill_switch_needs_something_to_switch_off(tx: Transaction, program_id: int) -> None:
    await published(tx, program_id, a_document())

    with pytest.raises(SwitchTargetUnknown):
        await operations.set_switch(
            tx,
            program_id,
            target_kind="rule",
            target_id="nothing",
            mode="stop_new",
            reason="",
            by="anna",
            now=NOON,
        )
    with pytest.raises(SwitchNotFound):
        await operations.lift_switch(tx, program_id, ids.new_id(), by="anna", now=NOON)


async def test_workers_are_told_once_the_publication_is_committed(database: Database, program_id: int) -> None:
    async with await psycopg.AsyncConnection.connect(database.uri, autocommit=True) as listener:
        await listener.execute("LISTEN puntal_program")
        async with database.program_transaction(program_id) as tx:
            await published(tx, program_id, a_document())
        heard = [n.payload async for n in listener.notifies(timeout=5, stop_after=1)]

    assert heard == [str(program_id)]
