"""Finding and locking the members of a batch, and loading everything its decisions may read, once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from puntal.activity import queries as activity
from puntal.engine.bounding import counters
from puntal.engine.model import Compiled, Running
from puntal.engine.work import next_review
from puntal.intake import pooling, redeeming
from puntal.intake.batch import Batch, Window
from puntal.intake.errors import Again
from puntal.intake.model import Item
from puntal.intake.policy import ORDER_CARRYING
from puntal.kit.calendar import after
from puntal.kit.db import Transaction
from puntal.ledger import operations as ledger
from puntal.ledger.model import Holder
from puntal.limits import operations as limits
from puntal.limits.model import BudgetKey
from puntal.members import operations as members
from puntal.members.model import Ids, MatchKind, Profile
from puntal.orders import operations as orders
from puntal.orders.model import OrderRecord
from puntal.points import operations as points
from puntal.rules.model import MetricRead
from puntal.rules.windows import window_bounds
from puntal.segments import operations as segments

if TYPE_CHECKING:
    from puntal.intake.operations import Programs

_running = msgspec.json.Decoder(Running).decode
LOTS_NEEDED = frozenset(
    {
        "order.refunded",
        "order.cancelled",
        "order.updated",
        "order.refund_withdrawn",
        "referral.reversed",
        "member.claimed",
    }
)


async def load(
    tx: Transaction,
    programs: Programs,
    items: Sequence[Item],
    *,
    lock_budgets: bool,
    lock_members: frozenset[UUID],
    newest_only: bool,
) -> Batch:
    """Return the batch ready to be decided; its members are locked until `tx` ends.

    Raises:
        Again: Somebody else has to be locked too.
    """
    batch = Batch(programs, newest_only=newest_only)
    await _find_members(tx, batch, items)
    ids = {id for id in batch.subjects.values() if id is not None}
    now = max(item.now for item in items)
    pools = await pooling.find(tx, programs, ids)
    rows = await ledger.open_and_lock(
        tx, programs.program_id, ids.union(pools.values(), lock_members), now=min(item.now for item in items)
    )
    holders = {id: row for id, row in rows.items() if id in ids} if pools or lock_members else rows
    # After the lock: whoever merged, paused or blocked a member held it too.
    batch.profiles = await members.load(tx, programs.program_id, ids)
    wanted = {(item.event.source, item.event.order_id) for item in items if item.event.order_id is not None}
    batch.orders = await orders.load(tx, programs.program_id, wanted)
    unowned = {key for key, record in batch.orders.items() if record.member_id is None}
    if unowned:
        locked = await orders.lock_unowned(tx, programs.program_id, unowned)
        if any(record.member_id is not None for record in locked.values()):
            raise Again
        batch.orders |= locked
    batch.known_orders = frozenset(batch.orders)
    await _recognise_lines(tx, batch, items)
    # Whose locks keep them still: who had an order before somebody else named it, and who got all that a member had,
    # who was merged while we waited. Once is enough: a retry finds them locked.
    others = {record.member_id for record in batch.orders.values() if record.member_id is not None}
    others |= {profile.merged_into for profile in batch.profiles.values() if profile.merged_into is not None}
    if not others <= ids | lock_members:
        raise Again(lock_members=frozenset(others - ids))
    await _open_books(tx, batch, items, holders)
    await pooling.enter(tx, batch, items, rows, pools)
    await redeeming.load(tx, batch, items)
    await _load_facts(tx, batch, items, ids, now)
    keys = _budget_keys(batch, items)
    batch.budgets = await limits.load(tx, programs.program_id, keys, lock=lock_budgets)
    batch.known_budgets = frozenset(batch.budgets)
    return batch


async def _recognise_lines(tx: Transaction, batch: Batch, items: Sequence[Item]) -> None:
    """Say which figures the lines of changing orders count in: some are read only since the order was recorded."""
    wanted = batch.programs.newest.line_keys
    changing = {
        (item.event.source, item.event.order_id)
        for item in items
        if item.event.type in LOTS_NEEDED and item.event.order_id is not None
    }
    known = sorted(changing & batch.orders.keys()) if wanted else []
    if not known:
        return
    found = await activity.described(tx, batch.programs.program_id, known)
    for key in known:
        lines = found.get(key, {})
        for line in batch.orders[key].lines:
            said = lines.get(line.id)
            if said is not None:
                line.keys = tuple(name for name, dimension, value in wanted if said.get(dimension) == value)


async def _find_members(tx: Transaction, batch: Batch, items: Sequence[Item]) -> None:
    """Say who each event is about; customers of orders that nobody knows become guests or members."""
    joining = batch.programs.newest.document.joining
    named = [item for item in items if item.said.member is not None]
    asks = [item.said.member for item in named if item.said.member is not None]
    region = batch.programs.newest.region
    matches = await members.resolve(tx, batch.programs.program_id, asks, joining.match, region=region) if asks else []
    unknown: list[tuple[Item, Ids]] = []
    for item, ask, match in zip(named, asks, matches, strict=True):
        if match.member_id is not None:
            batch.subjects[item.said.id] = match.member_id
            if match.conflict is not None:
                batch.conflicts[item.said.id] = match.conflict
        elif item.event.type not in ORDER_CARRYING or joining.unknown_customer == "ignore" or _bare(ask):
            batch.unknown[item.said.id] = "member.unknown"
        else:
            unknown.append((item, ask))
    if batch.conflicts:
        await members.report_conflicts(tx, batch.programs.program_id, matches, now=max(i.now for i in items))
    if unknown:
        await _open_unknown(tx, batch, unknown)
        await _meet_again(tx, batch, named, joining.match)
    await _by_order(tx, batch, items)


def _bare(ask: Ids) -> bool:
    """Return whether an ask names nothing a stranger could be recognised by again."""
    return not (ask.email or ask.phone or ask.card or ask.external)


async def _open_unknown(tx: Transaction, batch: Batch, unknown: Sequence[tuple[Item, Ids]]) -> None:
    program = batch.programs.newest
    joining = program.document.joining
    now = unknown[0][0].now
    until = after(program.zone, now, joining.claim_within.count, joining.claim_within.unit)
    opened = await members.open_unknown(
        tx,
        program.program_id,
        [ask for _, ask in unknown],
        as_="active" if joining.enrols_strangers else "guest",
        now=now,
        claim_until=until,
        match_order=joining.match,
        region=program.region,
        emails=joining.email,
        tell="member.enrolled" in program.triggers or "member.enrolled" in batch.programs.listened,
    )
    for (item, _), member in zip(unknown, opened, strict=True):
        batch.subjects[item.said.id] = member


async def _meet_again(tx: Transaction, batch: Batch, named: Sequence[Item], match: Sequence[MatchKind]) -> None:
    """Find those whom an order earlier in this batch has just made known."""
    since: dict[UUID, int] = {}
    for at, item in enumerate(named):
        subject = batch.subjects.get(item.said.id)
        if subject is not None:
            since.setdefault(subject, at)
    again = [(at, item, item.said.member) for at, item in enumerate(named) if item.said.id in batch.unknown]
    if not again:
        return
    asks = [ask for _, _, ask in again if ask is not None]
    region = batch.programs.newest.region
    found = await members.resolve(tx, batch.programs.program_id, asks, match, region=region)
    for (at, item, _), known in zip(again, found, strict=True):
        if known.member_id is not None and since.get(known.member_id, at) < at:
            batch.subjects[item.said.id] = known.member_id
            del batch.unknown[item.said.id]


async def _by_order(tx: Transaction, batch: Batch, items: Sequence[Item]) -> None:
    """Let events about a known order belong to whose order it is, whoever they name."""
    about = {
        item.said.id: (item.event.source, item.event.order_id)
        for item in items
        if item.event.order_id is not None and item.event.type not in ("order.created", "order.paid")
    }
    if about:
        owners = await orders.owners(tx, batch.programs.program_id, set(about.values()))
        for item in items:
            subject = batch.subjects.get(item.said.id)
            if subject is not None and item.said.id not in about and item.event.order_id is not None:
                # An order of this very batch is nobody's in the table yet.
                owners.setdefault((item.event.source, item.event.order_id), subject)
        for item in items:
            # An order that comes in this batch is known to what names it.
            customer = batch.subjects.get(item.said.id)
            if item.event.order_id is not None and item.said.id not in about and customer is not None:
                owners.setdefault((item.event.source, item.event.order_id), customer)
        for id, order in about.items():
            if order in owners:
                batch.subjects[id] = owners[order]
                batch.unknown.pop(id, None)


async def _open_books(tx: Transaction, batch: Batch, items: Sequence[Item], holders: dict[UUID, Holder]) -> None:
    newest = batch.programs.newest
    latest: dict[UUID, datetime] = {}
    wanting: set[UUID] = set()
    lots: set[UUID] = set()
    for item in items:
        member = batch.subjects.get(item.said.id)
        if member is None:
            continue
        latest[member] = max(item.now, latest.get(member, item.now))
        record = None if item.event.order_id is None else batch.orders.get((item.event.source, item.event.order_id))
        if _needs_lots(newest, item, record):
            wanting.add(member)
            if record is not None:
                lots |= {award.lot for award in record.awards if award.lot is not None}
                lots.update(_paid(record))
    for id, holder in holders.items():
        running = batch.running[id] = _running(holder.running)
        batch.books[id] = points.books_of(holder, len(newest.terms), running)
        if holder.due_at is not None and holder.due_at <= latest[id]:
            wanting.add(id)
    if wanting:
        await points.load_lots(
            tx,
            newest.program_id,
            {id: batch.books[id] for id in wanting},
            now=max(item.now for item in items),
            lots=lots,
            cards=newest.stamps,
        )


def _paid(record: OrderRecord) -> Iterator[UUID]:
    """Yield the lots that paid refunds in place of the order's own: withdrawn, they get it back, closed or not."""
    for refund in record.refunds:
        for took in refund.took:
            yield from (UUID(lot) for lot, _ in took.units.get("others", ()))


def _needs_lots(program: Compiled, item: Item, record: OrderRecord | None) -> bool:
    """Return whether deciding this event may touch more than a new lot."""
    if program.stamps or program.fading or item.event.type in LOTS_NEEDED or item.event.type in program.awaited:
        return True
    return record is not None and bool(record.awaited or record.awards)


async def _load_facts(tx: Transaction, batch: Batch, items: Sequence[Item], ids: set[UUID], now: datetime) -> None:
    """Load what any revision reads that decides one of these events."""
    newest = batch.programs.newest
    deciding = {program.revision: program for program in (batch.program_at(item.event.occurred_at) for item in items)}
    reads, lists = newest.metrics, newest.lists
    if deciding.keys() != {newest.revision}:
        reads = tuple(dict.fromkeys(read for program in deciding.values() for read in program.metrics))
        lists = tuple(dict.fromkeys(name for program in deciding.values() for name in program.lists))
    if ids and (reads or lists):
        today = _day(newest, now)
        facts = await segments.load_facts(tx, newest.program_id, list(ids), reads=reads, lists=lists, today=today)
        batch.metrics = {id: dict(each.metrics) for id, each in facts.items()}
        batch.windows = _windows(reads, today)
        batch.lists = {id: each.lists for id, each in facts.items()}


def _windows(reads: Sequence[MetricRead], today: date) -> dict[tuple[str, str], list[Window]]:
    out: dict[tuple[str, str], list[Window]] = {}
    for read in reads:
        window = Window(read.name, read.column == "count", *window_bounds(read.window, today))
        out.setdefault((read.metric, read.key), []).append(window)
    return out


def _budget_keys(batch: Batch, items: Sequence[Item]) -> set[BudgetKey]:
    """Return the counters that any rule of these events' programs is under, in their events' periods."""
    days: dict[int, tuple[Compiled, set[date]]] = {}
    for item in items:
        program = batch.program_at(item.event.occurred_at)
        days.setdefault(program.revision, (program, set()))[1].add(_day(program, item.event.occurred_at))
    keys: set[BudgetKey] = set()
    for program, of in days.values():
        keys |= counters(program.budgets.values(), of)
    for record in batch.orders.values():
        for award in record.awards:
            keys |= {(use.key, use.measure, use.start) for use in award.uses if use.scope == "b"}
    if batch.redeemed is not None:
        keys |= batch.redeemed.counters(batch, items)
    return keys


def _day(program: Compiled, at: datetime) -> date:
    return at.astimezone(program.zone).date()


def review_of(program: Compiled, running: Running, profile: Profile, today: date) -> date:
    """Return the next local day on which one of the member's tiers may change or be announced."""
    joined = (profile.enrolled_at or profile.created_at).astimezone(program.zone).date()
    return next_review(program, running, joined, today)
