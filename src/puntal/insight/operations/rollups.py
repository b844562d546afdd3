"""Folding what is new into the sums of days.

Nothing is written on the way of an event. A fold looks for everybody about whom something was recorded since the last
one, takes out of the sums what each contributed then, and adds what the books say now. So late events, refunds, merges,
undone merges and erasure need no code of their own, and a second fold of the same changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from msgspec import structs

from puntal.engine.model import Compiled
from puntal.insight.model_rollups import RollupState
from puntal.insight.policy_rollups import Sums, is_nobody, sums_of
from puntal.insight.queries import rollups as queries
from puntal.insight.queries.subjects import days_of_nobody, next_people, subjects, touched
from puntal.insight.store import rollups as store
from puntal.kit.calendar import midnight
from puntal.kit.db import Transaction
from puntal.nightly import operations as nightly

OPEN_FOR = timedelta(minutes=10)
"""Longer than any transaction is open that records something: what is younger is looked at again."""

PORTION = 5_000
_FIRST = UUID(int=2**64)
"""Before the first person, after the last day."""
_BEGINNING = datetime.min.replace(tzinfo=UTC)


async def fold(tx: Transaction, program: Compiled, *, now: datetime, real: datetime) -> bool:
    """Bring the sums of a program up to date, or a portion nearer to it; another fold under way is left alone.

    The first fold, and the one after a change of zone, clock or campaigns, begins anew; until all is in, nobody reads
    the sums. A second call changes nothing.

    Args:
        tx: An open transaction on the program; the caller commits.
        program: As it stands.
        now: On the program's clock.
        real: On the real one.

    Returns:
        Whether there is more to do at once.
    """
    if not await store.alone(tx, program.program_id):
        return False
    found = await queries.state(tx, program.program_id)
    offset = await queries.clock_offset(tx, program.program_id)
    if found is None or found.clock_offset_seconds != offset or not queries.fits(found, program):
        await _begin(tx, program, found, offset=offset, now=now, real=real)
        return True
    await store.note_pool_parts(tx, program.program_id, zone=found.zone, program_from=found.program_from)
    if found.built_to is not None:
        return await _build(tx, program, found)
    ids = await touched(tx, program.program_id, real_from=found.real_from, program_from=found.program_from)
    for portion in _portions(ids):
        await _refold(tx, program, found, portion)
    flows_to = await _add_flows(tx, program, found, now=now)
    moved = structs.replace(
        found,
        version=found.version + 1,
        real_from=max(found.real_from, real - OPEN_FOR),
        program_from=max(found.program_from, now - OPEN_FOR),
        flows_to=flows_to,
    )
    await store.set_state(tx, program.program_id, moved)
    return False


async def _begin(
    tx: Transaction, program: Compiled, found: RollupState | None, *, offset: int, now: datetime, real: datetime
) -> None:
    await store.forget(tx, program.program_id)
    zone = program.document.timezone
    await store.note_pool_parts(tx, program.program_id, zone=zone, program_from=_BEGINNING)
    fresh = RollupState(
        version=1 if found is None else found.version + 1,
        zone=zone,
        clock_offset_seconds=offset,
        campaigns=queries.campaigns_said(program),
        built_to=_FIRST,
        real_from=real - OPEN_FOR,
        program_from=now - OPEN_FOR,
        flows_to=None,
    )
    await store.set_state(tx, program.program_id, fresh)


async def _build(tx: Transaction, program: Compiled, found: RollupState) -> bool:
    assert found.built_to is not None
    ids = await next_people(tx, program.program_id, after=found.built_to, limit=PORTION)
    await _refold(tx, program, found, ids)
    last = ids[-1] if len(ids) == PORTION else None
    if last is None:
        for portion in _portions(await days_of_nobody(tx, program.program_id)):
            await _refold(tx, program, found, portion)
    await store.set_state(tx, program.program_id, structs.replace(found, version=found.version + 1, built_to=last))
    return True


async def _refold(tx: Transaction, program: Compiled, found: RollupState, ids: Collection[UUID]) -> None:
    """Take out what these contributed, and add what they contribute now."""
    _, before = await queries.kept(tx, program.program_id, ids)
    after = await subjects(tx, program, ids, program_from=found.program_from)
    changed = {id: subject for id, subject in after.items() if before.get(id) != subject}
    sums = Sums()
    for id, subject in before.items():
        if after.get(id) != subject:
            sums.add(sums_of(subject, known=not is_nobody(id)), times=-1)
    for id, subject in changed.items():
        sums.add(sums_of(subject, known=not is_nobody(id)))
    await store.add(tx, program.program_id, sums)
    await store.keep(tx, program.program_id, changed, gone=[id for id in before if id not in after])


async def _add_flows(tx: Transaction, program: Compiled, found: RollupState, *, now: datetime) -> datetime | None:
    """Add the days that are surely over: nights record at their own midnight, however late they run."""
    night, _, _ = await nightly.state(tx, program.program_id)
    if night is None:
        return found.flows_to
    end = midnight(program.zone, night)
    if now - end < OPEN_FOR:
        end = midnight(program.zone, night - timedelta(days=1))
    if found.flows_to is not None and end <= found.flows_to:
        return found.flows_to
    await store.add_flows(tx, program.program_id, zone=found.zone, since=found.flows_to or _BEGINNING, until=end)
    return end


def _portions(ids: Sequence[UUID]) -> list[Sequence[UUID]]:
    return [ids[at : at + PORTION] for at in range(0, len(ids), PORTION)]
