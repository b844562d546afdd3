"""Writing a decided batch: one statement per table, shared counters last."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from msgspec import Raw

from puntal.activity import operations as activity
from puntal.engine.work import FALLS
from puntal.intake import cards, gifts, pooling, redeeming, selling, store
from puntal.intake.batch import Batch, Decided
from puntal.intake.errors import Again
from puntal.intake.loading import review_of
from puntal.intake.policy import fingerprint
from puntal.kit.db import Transaction
from puntal.ledger import operations as ledger
from puntal.ledger.model import Holder
from puntal.limits import operations as limits
from puntal.orders import operations as orders
from puntal.outbox import operations as outbox
from puntal.outbox.model import Happening
from puntal.points import operations as points
from puntal.tiers import operations as tiers

_RISES = {"renewed": "tier.renewed"}
_encode = msgspec.json.Encoder(order="deterministic").encode
_encode_outcome = msgspec.json.Encoder(decimal_format="number").encode
_encode_running = msgspec.json.Encoder().encode


async def write(tx: Transaction, batch: Batch, *, recorded_at: datetime) -> None:
    """Write everything the batch's decisions changed.

    Raises:
        Again: An event or its order was written meanwhile, or a budget would be exceeded.
    """
    program_id = batch.programs.program_id
    await gifts.take_back(tx, batch)
    await selling.settle(tx, batch)
    rows = [_event_row(one) for one in batch.decided]
    shared, rows_of_pools = await pooling.hand_over(tx, batch)
    books = [*(batch.books[member] for member in batch.touched), *shared]
    transfers = [transfer for each in books for transfer in each.transfers]
    changed = list(batch.changed_orders.values())
    # None of these waits for the answer to the one before; a round trip for all of them.
    async with tx.pipeline():
        events = await store.insert(tx, program_id, rows, recorded_at)
        await ledger.write(tx, program_id, holders=[*_holders(batch), *rows_of_pools], transfers=transfers)
        await points.record(tx, program_id, books)
        saved = await orders.record(tx, program_id, changed, known=batch.known_orders)
        await activity.record(tx, program_id, batch.counts)
        await tiers.record(
            tx,
            program_id,
            [(member, change) for member, _, change in batch.changes],
            now=recorded_at,
            events=[event for _, event, _ in batch.changes],
        )
    if events.rowcount < len(rows) or sum(each.rowcount for each in saved) < len(changed):
        raise Again
    await cards.hand_over(tx, batch, books)
    await cards.give_rewards(tx, batch)
    told = await redeeming.write(tx, batch, recorded_at=recorded_at)
    alerts = await limits.use(tx, program_id, batch.used, batch.bounds, batch.known_budgets)
    if alerts is None:
        raise Again(lock_budgets=True)
    passed = limits.told(alerts, at=recorded_at, recorded_at=recorded_at)
    await outbox.append(tx, program_id, [*_happenings(batch, recorded_at), *told, *passed])


def _holders(batch: Batch) -> list[Holder]:
    program = batch.programs.newest
    out = []
    for member, now in batch.touched.items():
        books, running = batch.books[member], batch.running[member]
        today = now.astimezone(program.zone).date()
        out.append(
            Holder(
                member,
                books.available,
                books.pending,
                books.held,
                books.debt,
                books.settled_to,
                books.due_at,
                Raw(_encode_running(running)),
                review_of(program, running, batch.profiles[member], today),
            )
        )
    return out


def _event_row(one: Decided) -> store.Row:
    event = one.event
    if event.id == one.item.said.id:
        body, print_ = one.item.body, one.item.fingerprint
    else:
        body = _encode({"id": event.id, "type": event.type, "cause": event.cause, "data": event.data})
        print_ = fingerprint(body)
    return (
        event.id,
        event.type,
        event.source,
        one.member_id,
        event.occurred_at,
        one.program.revision,
        print_,
        body,
        _encode_outcome(one.outcome),
    )


def _happenings(batch: Batch, recorded_at: datetime) -> list[Happening]:
    """Return the outbox rows: for other members, for listeners, and for segments that follow the data."""
    rows = []
    for member, event, now in batch.elsewhere:
        payload = msgspec.to_builtins(event)
        rows.append(
            outbox.happening("event.caused", event.id, member=member, at=now, recorded_at=recorded_at, payload=payload)
        )
    listened = batch.programs.listened
    if listened:
        for one in batch.decided:
            rows += _heard(one, listened, recorded_at)
    if batch.programs.dynamic_segments and not batch.newest_only:
        rows += [
            outbox.happening(
                "member.touched",
                f"{member}:{recorded_at.isoformat()}",
                member=member,
                at=now,
                recorded_at=recorded_at,
                payload={},
            )
            for member, now in batch.touched.items()
        ]
    return rows


def _heard(one: Decided, listened: frozenset[str], recorded_at: datetime) -> list[Happening]:
    rows = []
    summary = {"event": one.event.id, "type": one.event.type, "outcome": msgspec.to_builtins(one.outcome)}
    if "event.decided" in listened:
        rows.append(_of(one, "event.decided", summary, recorded_at))
    decision = one.decision
    if decision is None:
        return rows
    gained = sum(reason.points for reason in decision.reasons if reason.points > 0)
    lost = -sum(reason.points for reason in decision.reasons if reason.points < 0)
    if gained and "points.earned" in listened:
        rows.append(_of(one, "points.earned", summary, recorded_at))
    if lost and "points.reversed" in listened:
        rows.append(_of(one, "points.reversed", summary, recorded_at))
    for change in decision.changes:
        kind = "tier.lost" if change.reason in FALLS else _RISES.get(change.reason, "tier.reached")
        if kind in listened:
            payload = summary | {"ladder": change.ladder, "from": change.from_tier, "to": change.to_tier}
            rows.append(_of(one, kind, payload, recorded_at))
    return rows


def _of(one: Decided, kind: str, payload: dict[str, Any], recorded_at: datetime) -> Happening:
    return outbox.happening(
        kind,
        f"{one.event.id}:{payload.get('ladder', '')}",
        member=one.member_id,
        at=one.event.occurred_at,
        recorded_at=recorded_at,
        payload=payload,
    )
