"""Counting what members did, and knowing it again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from puntal.activity import queries, store
from puntal.activity.model import Count
from puntal.kit.db import Transaction
from puntal.ledger import operations as ledger
from puntal.programs.document.program import Program
from puntal.rules.model import MetricRead
from puntal.rules.windows import window_bounds

Kind = tuple[str, str]
"""Metric and key of a daily figure."""
FIRST = UUID(int=0)
"""Before every member."""
_EVENTS = "events."


async def record(tx: Transaction, program_id: int, counts: Sequence[Count]) -> None:
    """Add to the daily figures in one statement; those of one figure are summed, and none is written for nothing.

    Not idempotent: what is recorded twice counts twice.
    """
    sums: dict[tuple[UUID, str, str, date], tuple[int, int]] = {}
    for item in counts:
        place = (item.member_id, item.metric, item.key, item.day)
        count, amount = sums.get(place, (0, 0))
        sums[place] = (count + item.count, amount + item.amount)
    rows = [Count(*place, *both) for place, both in sums.items() if any(both)]
    if rows:
        await store.record(tx, program_id, rows)


async def load(
    tx: Transaction, program_id: int, members: Sequence[UUID], reads: Sequence[MetricRead], today: date
) -> dict[UUID, dict[str, int]]:
    """Return per member each field's sum, 0 where nothing was done; one statement for all.

    Args:
        tx: An open transaction on the program.
        program_id: Whose members.
        members: Any number; each is in the answer.
        reads: What conditions read, from `rules.catalogue.metrics_read`.
        today: The program-local day the windows end on.
    """
    known = {member: dict.fromkeys((read.name for read in reads), 0) for member in members}
    if known and reads:
        for member, name, total in await queries.load(
            tx, program_id, list(known), [_asked(read, today) for read in reads]
        ):
            known[member][name] = total
    return known


async def backfill(
    tx: Transaction,
    program_id: int,
    reads: Sequence[MetricRead],
    document: Program,
    *,
    after: UUID = FIRST,
    limit: int = 2_000,
) -> UUID | None:
    """Count again, from the orders and events, all that `reads` need, for the next `limit` members by id.

    Idempotent: the figures are replaced. The members are locked until `tx` ends, so give each batch a transaction.

    Args:
        tx: An open transaction on the program.
        program_id: Whose history.
        reads: What a new revision reads; windows do not matter.
        document: That revision, for zone, currency and the state in which orders count.
        after: What the call before returned.
        limit: Members a batch.

    Returns:
        The last member done, or None when there are no more.
    """
    members = await queries.members_after(tx, program_id, after, limit)
    kinds = _kinds(reads)
    if not members or not kinds:
        return None
    # As deciding does: an event that comes meanwhile waits, so that it is counted once.
    await ledger.lock_holders(tx, program_id, members)
    await count_again(tx, program_id, members, kinds, document)
    return members[-1] if len(members) == limit else None


async def count_again(
    tx: Transaction, program_id: int, members: Sequence[UUID], kinds: Sequence[Kind], document: Program
) -> None:
    """Replace some figures (metric and key) of members, whose holders are locked, by what orders and events say.

    `document` says the zone, the currency, and the state in which orders count.
    """
    await store.clear(tx, program_id, members, kinds)
    of_orders = [kind for kind in kinds if not kind[0].startswith(_EVENTS)]
    of_events = [metric.removeprefix(_EVENTS) for metric, _ in kinds if metric.startswith(_EVENTS)]
    if of_orders:
        await store.count_orders(
            tx,
            program_id,
            members,
            of_orders,
            currency=document.currency,
            earns_on=f"order.{document.orders.earn_when}",
        )
    if of_events:
        await store.count_events(tx, program_id, members, of_events, zone=document.timezone)


async def reassign(tx: Transaction, program_id: int, *, source: UUID, target: UUID) -> list[Count]:
    """Give everything one member did to another, for a merge; return it as the source had it, for the undo.

    Undo: `record` what was returned for the source, and the same negated for the target.
    """
    return await store.reassign(tx, program_id, source=source, target=target)


async def held_about(tx: Transaction, program_id: int, members: Sequence[UUID]) -> list[Count]:
    """Return every daily figure of the members, for an export."""
    return await queries.of_members(tx, program_id, members)


async def forget(tx: Transaction, program_id: int, members: Sequence[UUID]) -> None:
    """Delete every daily figure of erased members; the books keep their sums."""
    await store.forget(tx, program_id, members)


def _asked(read: MetricRead, today: date) -> Mapping[str, object]:
    since, until = window_bounds(read.window, today)
    return {
        "name": read.name,
        "metric": read.metric,
        "key": read.key,
        "counted": read.column == "count",
        "since": since.isoformat(),
        "until": until.isoformat(),
    }


def _kinds(reads: Sequence[MetricRead]) -> list[Kind]:
    return sorted({(read.metric, read.key) for read in reads})
