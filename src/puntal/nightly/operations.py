"""The steps of a night. Each takes a portion in the caller's transaction and says how much it did; 0 ends it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID

import msgspec
from msgspec import Raw

from puntal.checkout.operations import redemptions
from puntal.engine.model import Compiled, Running
from puntal.engine.night import Night, pass_night
from puntal.engine.work import FALLS, TIER_LOST, is_asked
from puntal.intake import operations as intake
from puntal.intake.model import Item, Said
from puntal.intake.operations import Programs, item
from puntal.kit.calendar import add, midnight
from puntal.kit.db import Transaction
from puntal.ledger import operations as ledger
from puntal.ledger.model import Holder
from puntal.members import operations as members
from puntal.members.model import Ids
from puntal.nightly import store
from puntal.outbox import operations as outbox
from puntal.outbox.model import Happening
from puntal.points import operations as points
from puntal.programs.document.values import Span
from puntal.programs.phases import phase_at
from puntal.rewards.operations import passes
from puntal.tiers import operations as tiers

PORTION = 500
STEPS = ("settle", "holds", "vouchers", "close", "tiers", "birthdays", "anniversaries", "guests", "reminders")
"""In the order of behaviour.md; a local date's steps run at its beginning."""

alone, finished, finish, through = store.alone, store.finished, store.finish, store.through
next_due, state, first_unknown = store.next_due, store.state, store.first_unknown

_running = msgspec.json.Decoder(Running).decode


async def due_days(tx: Transaction, program: Compiled, now: datetime) -> list[date]:
    """Return the local dates whose run is due, oldest first: every one since the last, today included."""
    done, first_event, created = await store.state(tx, program.program_id)
    today = now.astimezone(program.zone).date()
    if done is None:
        begun = min(first_event or created, now)
        done = begun.astimezone(program.zone).date()
    return [done + timedelta(days=n) for n in range(1, (today - done).days + 1)]


async def settle(tx: Transaction, programs: Programs, day: date) -> int:
    """Activate and expire what is due at the beginning of a day, for a portion of the holders."""
    program = programs.newest
    count, _ = await points.settle_due(
        tx, program.program_id, program.terms, now=midnight(program.zone, day), limit=PORTION
    )
    return count


def is_closed(program: Compiled, day: date) -> bool:
    """Return whether the program is closed when a local day begins."""
    return phase_at(program.document, midnight(program.zone, day)) == "closed"


async def close(tx: Transaction, programs: Programs, day: date, after: UUID) -> UUID | None:
    """Cancel what is pending and end lots that may end, for a portion of the holders of a closed program.

    Returns the last holder, to go on after; None when there was nobody left.
    """
    program = programs.newest
    return await points.wind_up(
        tx, program.program_id, program.terms, now=midnight(program.zone, day), after=after, limit=PORTION
    )


async def end_rewards(
    tx: Transaction, programs: Programs, day: date, after: UUID, *, recorded_at: datetime
) -> UUID | None:
    """End what is held or unused of a closed program; what it cost comes back first, to end with everything else.

    Returns the last redemption, to go on after; None when there was nothing left.
    """
    now = midnight(programs.newest.zone, day)
    return await redemptions.void(tx, programs, "program", "", after=after, now=now, recorded_at=recorded_at)


async def end_vouchers(tx: Transaction, programs: Programs, day: date) -> int:
    """End some of the vouchers of a closed program that no redemption paid for; paid-in money stays owed."""
    now = midnight(programs.newest.zone, day)
    return await redemptions.void_vouchers(tx, programs, "program", "", now=now)


async def lapse_holds(tx: Transaction, programs: Programs, day: date, *, recorded_at: datetime) -> int:
    """End redemptions and other holds whose time is over."""
    program, now = programs.newest, midnight(programs.newest.zone, day)
    lapsed = await redemptions.lapse_due(tx, programs, now=now, recorded_at=recorded_at)
    return lapsed or await points.lapse_due(tx, program.program_id, program.terms, now=now, limit=PORTION)


async def expire_vouchers(tx: Transaction, programs: Programs, day: date, *, recorded_at: datetime) -> int:
    """End vouchers whose time is over, and forget passes and guesses that are."""
    await passes.clear(tx, programs.program_id, now=recorded_at)
    return await redemptions.expire_due(tx, programs, now=midnight(programs.newest.zone, day), recorded_at=recorded_at)


async def review_tiers(tx: Transaction, programs: Programs, day: date, *, recorded_at: datetime) -> int:
    """Pass the night for a portion of the members whose tiers are to be looked at."""
    program = programs.newest
    due = await store.to_review(tx, program.program_id, day, PORTION)
    if not due:
        return 0
    holders = await ledger.lock_holders(tx, program.program_id, due)
    profiles = await members.load(tx, program.program_id, due)
    nights = {id: pass_night(program, _running(holder.running), profiles[id], day) for id, holder in holders.items()}
    rows = [_row(holders[id], night) for id, night in nights.items()]
    await ledger.write(tx, program.program_id, holders=rows, transfers=())
    changes = [(id, change) for id, night in nights.items() for change in night.changes]
    await tiers.record(tx, program.program_id, changes, now=recorded_at)
    await outbox.append(tx, program.program_id, _announcements(nights, day, program, recorded_at))
    await _happen(tx, programs, _falls(programs, nights), recorded_at)
    return len(due)


def _falls(programs: Programs, nights: Mapping[UUID, Night]) -> list[Item]:
    """Return `tier.lost` for each fall, where some rule or figure asks for it; the standing fell only once."""
    if not is_asked(programs.newest, TIER_LOST):
        return []
    return [
        _said(
            programs,
            TIER_LOST,
            id,
            f"{change.ladder}:{change.from_tier}:{change.at.isoformat()}",
            change.at,
            {"ladder": change.ladder, "tier": change.to_tier, "from": change.from_tier},
        )
        for id, night in sorted(nights.items())
        for change in night.changes
        if change.reason in FALLS
    ]


def _row(holder: Holder, night: Night) -> Holder:
    return Holder(
        holder.id,
        holder.available,
        holder.pending,
        holder.held,
        holder.debt,
        holder.settled_to,
        holder.due_at,
        Raw(msgspec.json.encode(night.running)),
        night.review_on,
    )


def _announcements(nights: dict[UUID, Night], day: date, program: Compiled, recorded_at: datetime) -> list[Happening]:
    told = partial(outbox.happening, at=midnight(program.zone, day), recorded_at=recorded_at)
    rows = []
    for id, night in nights.items():
        for change in night.changes:
            payload = {"ladder": change.ladder, "from": change.from_tier, "to": change.to_tier, "reason": change.reason}
            rows.append(told("tier.changed", f"{id}:{day}:{change.ladder}", member=id, payload=payload))
        for notice in night.notices:
            payload = msgspec.to_builtins(notice)
            rows.append(told("tier.ending", f"{id}:{day}:{notice.ladder}", member=id, payload=payload))
    return rows


async def birthdays(tx: Transaction, programs: Programs, day: date, *, recorded_at: datetime) -> int:
    """Let `member.birthday` happen for whoever celebrates; each once a year, whatever runs twice."""
    program = programs.newest
    now = midnight(program.zone, day)
    since = midnight(program.zone, day - timedelta(days=1))
    due = await members.due_birthdays(tx, program.program_id, since=since, until=now, zone=program.zone)
    fresh = await members.celebrated(tx, program.program_id, due)
    items = [
        _said(programs, "member.birthday", member, f"{due[member].year}", now, {"year": due[member].year})
        for member in sorted(fresh)
    ]
    await _happen(tx, programs, items, recorded_at)
    return len(items)


async def anniversaries(tx: Transaction, programs: Programs, day: date, *, recorded_at: datetime) -> int:
    """Let `member.anniversary` happen; the event's id makes it once a year."""
    program = programs.newest
    now = midnight(program.zone, day)
    due = await members.due_anniversaries(tx, program.program_id, day=day, zone=program.zone)
    items = [
        _said(programs, "member.anniversary", member, str(years), now, {"years": years})
        for member, years in sorted(due.items())
    ]
    await _happen(tx, programs, items, recorded_at)
    return len(items)


def _said(programs: Programs, type: str, member: UUID, which: str, now: datetime, data: dict[str, object]) -> Item:
    said = Said(
        id=f"{type}:{member}:{which}",
        type=type,
        occurred_at=now,
        source="puntal",
        member=Ids(id=member),
        data=data,
    )
    return item(said, programs.newest.document, now, trusted=True)


async def _happen(tx: Transaction, programs: Programs, items: Sequence[Item], recorded_at: datetime) -> None:
    if items:
        await intake.take(tx, programs, items, recorded_at=recorded_at, lock_budgets=True)


async def lapse_guests(tx: Transaction, programs: Programs, day: date) -> int:
    """Forget guests whose time to claim is over; what they earned is cancelled by settling."""
    program = programs.newest
    gone = await members.lapse_guests(tx, program.program_id, now=midnight(program.zone, day), limit=PORTION)
    return len(gone)


async def remind(tx: Transaction, programs: Programs, day: date, *, recorded_at: datetime) -> int:
    """Announce what ends soon, as often before as the program says; once per member, wallet and day of ending."""
    program = programs.newest
    told = 0
    for span in program.document.policies.reminders:
        target = add(day, span.count, span.unit)
        found = await store.remind(
            tx,
            program.program_id,
            kind=f"ending:{span.root}",
            since=midnight(program.zone, target),
            until=midnight(program.zone, target + timedelta(days=1)),
            zone=program.document.timezone,
        )
        rows = [
            outbox.happening(
                "points.expiring",
                f"{member}:{wallet}:{ends}:{span.root}",
                member=member,
                at=midnight(program.zone, day),
                recorded_at=recorded_at,
                payload={
                    "wallet": program.terms[wallet].id,
                    "amount": amount,
                    "ends_on": ends.isoformat(),
                    "in": span.root,
                },
            )
            for member, wallet, ends, amount in found
        ]
        await outbox.append(tx, program.program_id, rows)
        told += len(rows)
        told += await _remind_of_vouchers(tx, program, day, span, recorded_at)
    return told


async def _remind_of_vouchers(tx: Transaction, program: Compiled, day: date, span: Span, recorded_at: datetime) -> int:
    target = add(day, span.count, span.unit)
    found = await store.remind_of_vouchers(
        tx,
        program.program_id,
        kind=f"voucher:{span.root}",
        since=midnight(program.zone, target),
        until=midnight(program.zone, target + timedelta(days=1)),
        zone=program.document.timezone,
    )
    rows = [
        outbox.happening(
            "voucher.expiring",
            f"{voucher}:{ends}:{span.root}",
            member=member,
            at=midnight(program.zone, day),
            recorded_at=recorded_at,
            payload={
                "voucher_id": str(voucher),
                "reward": reward,
                "ending": ending,
                "remaining": remaining,
                "currency": currency,
                "ends_on": ends.isoformat(),
                "in": span.root,
            },
        )
        for voucher, member, reward, ending, remaining, currency, ends in found
    ]
    await outbox.append(tx, program.program_id, rows)
    return len(rows)
