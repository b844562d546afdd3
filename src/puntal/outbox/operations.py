"""Writing what happened, and handing it to the relay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from puntal.kit.db import Transaction
from puntal.kit.ids import derived
from puntal.outbox import store
from puntal.outbox.model import Happening


def happening(
    kind: str,
    cause: str,
    *,
    member: UUID | None = None,
    at: datetime,
    recorded_at: datetime,
    payload: Mapping[str, object],
) -> Happening:
    """Return what follows from something, with an id derived of its cause: told a second time it is the same one."""
    return Happening(
        id=derived(cause, kind), kind=kind, member_id=member, effective_at=at, recorded_at=recorded_at, payload=payload
    )


async def append(tx: Transaction, program_id: int, rows: Sequence[Happening]) -> None:
    """Write any number of rows in one statement; a row whose id is known already is left as it is."""
    if rows:
        await store.append(tx, program_id, rows)


async def claim(tx: Transaction, program_id: int, *, limit: int = 500) -> list[Happening]:
    """Return the oldest rows that wait and that no other relay has; they are this transaction's until it ends.

    Pass them on and `mark` them in the same transaction: a crash in between leaves them waiting.
    """
    return await store.claim(tx, program_id, limit)


async def mark(tx: Transaction, program_id: int, ids: Sequence[UUID], *, now: datetime) -> None:
    """Note that the claimed rows were passed on. A second call changes nothing."""
    if ids:
        await store.mark(tx, program_id, ids, now)


async def take_members(tx: Transaction, program_id: int, *, limit: int = 5_000) -> list[tuple[UUID, str]]:
    """Return member and kind of each row that was not taken before; the relay is another matter.

    Taken if `tx` commits. An empty answer means that none is left, or that the relay has them in hand.
    """
    return await store.take_members(tx, program_id, limit)


async def find(tx: Transaction, program_id: int, ids: Sequence[UUID]) -> list[Happening]:
    """Return rows by id, oldest first, for jobs the relay gave ids to; dropped ones are left out."""
    return await store.find(tx, program_id, ids)


async def programs_waiting(tx: Transaction) -> list[int]:
    """Return the programs in which something waits for the relay; `tx` is outside any program."""
    return await store.programs_waiting(tx)


async def any_waiting(tx: Transaction, program_id: int) -> bool:
    """Tell whether anything waits for the relay."""
    return await store.any_waiting(tx, program_id)


async def drop_relayed(tx: Transaction, program_id: int, *, before: datetime) -> int:
    """Delete rows that were passed on before an instant; return how many."""
    return await store.drop_relayed(tx, program_id, before)


async def held_about(tx: Transaction, program_id: int, members: Sequence[UUID]) -> list[Happening]:
    """Return every row about these members, oldest first."""
    return await store.of_members(tx, program_id, members)


async def forget(tx: Transaction, program_id: int, members: Sequence[UUID]) -> None:
    """Empty the payloads about these members; that something happened stays."""
    await store.scrub(tx, program_id, members)
