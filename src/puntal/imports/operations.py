"""Beginning an import, getting further, ending it. The caller commits; times are real ones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import structs

from puntal.access.operations import audit, notifications
from puntal.imports import store
from puntal.imports.errors import ImportNotFound, ImportOver, PartMissing
from puntal.imports.model import LONG, Import, Kind, Moved, State
from puntal.kit.db import ProgramId, Transaction
from puntal.kit.errors import Refusal
from puntal.kit.ids import new_id
from puntal.members import operations as members
from puntal.members.model import Enrolled, NewMember


async def begin(
    tx: Transaction, program_id: int, kind: Kind, name: str, *, total: int | None, by: str, now: datetime
) -> UUID:
    """Say that a file is being brought in; return the id under which it is followed."""
    id = new_id()
    await store.insert(tx, program_id, id, kind, name, total=total, by=by, now=now)
    await audit.record(
        tx,
        program_id=ProgramId(program_id),
        actor=by,
        action="import.begun",
        subject=f"import:{id}",
        now=now,
        detail={"kind": kind, "name": name},
    )
    return id


async def load(tx: Transaction, program_id: int, id: UUID) -> Import:
    """Return one.

    Raises:
        ImportNotFound: It is not there.
    """
    found = await store.load(tx, program_id, id)
    if found is None:
        raise ImportNotFound
    return found


async def enrol_part(
    tx: Transaction,
    program_id: int,
    id: UUID,
    first: int,
    people: Sequence[NewMember | Refusal],
    *,
    membership: members.Membership,
    now: datetime,
    real_now: datetime,
) -> tuple[list[Enrolled | Refusal], Import]:
    """Enrol some rows of a file, and note how far it is; the part with its last row ends it.

    Args:
        tx: An open transaction on the program; the caller commits.
        program_id: What they join.
        id: Of the import, of the kind `members`.
        first: How many rows of the file are before these. A part that is sent again is enrolled again, which changes
            nobody who is known, and not counted again.
        people: Each is enrolled or refused by itself; what could not be read comes as its refusal.
        membership: What the program's document says.
        now: On the program's clock.
        real_now: On the real one.

    Raises:
        ImportNotFound: It is not there.
        ImportOver: It was cancelled, has ended, or has fewer rows.
        PartMissing: A part before this one has not arrived.
    """
    found = await store.load(tx, program_id, id, lock=True)
    if found is None or found.kind != "members":
        raise ImportNotFound
    through = first + len(people)
    if found.state != "running" or (found.total is not None and through > found.total):
        raise ImportOver(state=found.state)
    if first > found.done:
        raise PartMissing(done=found.done, first=first)
    readable = [one for one in people if isinstance(one, NewMember)]
    enrolled = iter(await members.enrol_many(tx, program_id, readable, membership=membership, now=now))
    answers = [next(enrolled) if isinstance(one, NewMember) else one for one in people]
    moved = _further(found, first, answers)
    await store.move(tx, program_id, id, moved, now=real_now)
    if found.total is not None and moved.done >= found.total:
        ended = await end(tx, program_id, id, "done", now=real_now)
        if real_now - ended.asked_at >= LONG:
            await notifications.tell(
                tx,
                program_id,
                ended.asked_by,
                "import.members_done",
                target=("import", id),
                now=real_now,
                added=ended.added,
                refused=ended.refused,
            )
        return answers, ended
    return answers, structs.replace(found, **structs.asdict(moved), moved_at=real_now)


async def move(tx: Transaction, program_id: int, id: UUID, moved: Moved, *, now: datetime) -> bool:
    """Note how far an import has got; returns False where it was cancelled and is to stop."""
    return await store.move(tx, program_id, id, moved, now=now)


async def cancel(tx: Transaction, program_id: int, id: UUID, *, by: str, now: datetime) -> Import:
    """Stop an import; what was taken in stays, what is over is left as it ended.

    Raises:
        ImportNotFound: It is not there.
    """
    stopped = await store.end(tx, program_id, id, "cancelled", now=now)
    if stopped is None:
        return await load(tx, program_id, id)
    await audit.record(
        tx,
        program_id=ProgramId(program_id),
        actor=by,
        action="import.cancelled",
        subject=f"import:{id}",
        now=now,
        detail={"kind": stopped.kind, "name": stopped.name, "count": stopped.done},
    )
    return stopped


async def end(tx: Transaction, program_id: int, id: UUID, state: State, *, now: datetime) -> Import:
    """End an import; what is over stays as it ended.

    Raises:
        ImportNotFound: It is not there.
    """
    ended = await store.end(tx, program_id, id, state, now=now)
    if ended is None:
        return await load(tx, program_id, id)
    return ended


def _further(found: Import, first: int, answers: Sequence[Enrolled | Refusal]) -> Moved:
    """Return how far it is with these answers; of rows that were answered before only the rest count."""
    fresh = answers[max(found.done - first, 0) :]
    added = sum(isinstance(one, Enrolled) and one.created for one in fresh)
    refused = sum(isinstance(one, Refusal) for one in fresh)
    return Moved(
        done=found.done + len(fresh),
        added=found.added + added,
        known=found.known + len(fresh) - added - refused,
        refused=found.refused + refused,
    )
