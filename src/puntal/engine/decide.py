"""`decide`: what a program answers to one event. Pure; composes the policies of the slices."""

from __future__ import annotations

from datetime import datetime

from puntal.engine import award, gate, order, refund
from puntal.engine.gifts import give
from puntal.engine.history import HISTORY, award_later
from puntal.engine.model import Compiled, Decision, Event, State
from puntal.engine.work import Work
from puntal.points import policy as points
from puntal.points.model import UNTIL_CLAIMED
from puntal.tiers import policy as tiers

ORDER_STATES = frozenset({"order.created", "order.paid", "order.fulfilled", "order.delivered"})


def decide(program: Compiled, state: State, event: Event, now: datetime) -> Decision:
    """Return what follows from an event; `state` is left as it was.

    Args:
        program: The revision in force when the event happened.
        state: The subject as loaded, or as the decision before left it.
        event: Checked and normalised; not decided before.
        now: When it is written. Revision, schedules, tier and windows are those of `event.occurred_at`.
    """
    work = Work(program, state, event, now)
    points.settle(work.books, program.terms, now)
    _meet_night(work)
    if event.type in ORDER_STATES:
        code = order.arrived(work)
    elif event.type == "order.updated":
        code = order.updated(work)
    elif event.type in ("order.refunded", "order.cancelled", "referral.reversed"):
        code = refund.refunded(work)
    elif event.type in ("order.refund_withdrawn", "referral.restored"):
        code = refund.withdrawn(work)
    elif event.type == HISTORY:
        code = award_later(work)
    else:
        code = _happened(work)
    if event.type in program.awaited and work.order is not None:
        points.activate_awaiting(
            work.books, program.terms, event.type, work.order.key, event.occurred_at, now, event.id
        )
    work.finish_cards()
    return work.finish(code)


def _meet_night(work: Work) -> None:
    """Start ladders the member is not on yet, and make up for a night that has not run."""
    if work.state.profile.status == "guest":
        return
    standings = work.running.tiers
    for climb in work.program.climbs:
        standing = standings.get(climb.id)
        if standing is None:
            standings[climb.id] = tiers.start(climb, work.enrolled)
            continue
        standings[climb.id], changes, _ = tiers.nightly(climb, standing, day=work.state.today, enrolled=work.enrolled)
        if changes:
            work.fall(changes)


def _happened(work: Work) -> str | None:
    """Decide an event that is not about the state of an order."""
    program, event, state = work.program, work.event, work.state
    if f"events.{event.type}" in program.counted_events:
        work.count(f"events.{event.type}", "", work.day, 1, 0)
    code = gate.shut(program, state, event, work.now)
    if event.type == UNTIL_CLAIMED and code != "program.closed":
        points.activate_awaiting(work.books, program.terms, event.type, None, event.occurred_at, work.now, event.id)
        work.climb()
    if code is not None:
        return code
    order.adopt(work)
    once = program.once_per.get(event.type)
    if once is not None:
        value = str(event.data.get(once))
        seen = work.running.once.setdefault(event.type, [])
        if value in seen:
            return "event.repeated"
        seen.append(value)
    work.renew(event.type)
    give(work)
    trigger = program.triggers.get(event.type)
    if trigger is not None:
        award.run(work, trigger, None)
        work.climb()
    return None
