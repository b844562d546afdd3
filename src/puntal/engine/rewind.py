"""What a member's row was at an earlier instant: running state and orders, less what has happened since. Pure.

Figures, measures and windows that her row holds today are taken back by what the books say of the time since; tiers
are those that were recorded.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime

from msgspec import Struct
from msgspec.structs import replace

from puntal.activity.model import Totals
from puntal.engine.model import Compiled, Event, Running
from puntal.engine.tally import MEMBER_MARK, Tally, change, tally
from puntal.engine.work import copy_order, copy_running
from puntal.kit.calendar import local_day
from puntal.limits import policy as limits
from puntal.limits.model import BudgetKey, Counter, Used
from puntal.orders.model import SHIPPING, OrderAward, OrderRecord
from puntal.points.model import Terms
from puntal.tiers import policy as tiers
from puntal.tiers.model import Climb, Standing


class Gained(Struct, frozen=True):
    """An award for an event that was about no order."""

    event_id: str
    rule: str
    wallet: int
    amount: int
    at: datetime


class TierThen(Struct, frozen=True):
    """What the history of a ladder says of an instant.

    Attributes:
        since: Local day.
        falls_on: Local day of the next change, where that is a fall.
    """

    tier: str
    since: date
    falls_on: date | None = None


class Since(Struct, frozen=True):
    """What happened since the instant to go back to.

    Attributes:
        events: Ids of all events.
        refunds: Ids of refunds that came, as orders remember them.
        withdrawn: Of those that were withdrawn.
        seen: By event type that counts once, the values that counted for the first time.
        measured: What ladders with rolling windows measured before, by ladder and local day.
    """

    at: datetime
    events: Collection[str]
    refunds: Collection[str]
    withdrawn: Collection[str]
    gained: Sequence[Gained] = ()
    seen: Mapping[str, Collection[str]] = {}
    measured: Mapping[str, Sequence[tuple[date, int]]] = {}
    tiers: Mapping[str, TierThen] = {}
    last_order: date | None = None
    """Local day."""


def order_then(record: OrderRecord, since: Since, day: date) -> OrderRecord | None:
    """Return an order as it was; None where it had not come, or not earned, yet."""
    if record.event_id in since.events or (record.event_id is None and record.occurred_at >= since.at):
        return None
    then = copy_order(record)
    then.awaited = [each for each in then.awaited if each.at < since.at]
    for refund in then.refunds:
        if refund.withdrawn and refund.id in since.withdrawn and refund.id not in since.refunds:
            refund.withdrawn = False
            _note(then, refund.amounts, 1)
            for took in refund.took:
                _taken(then, took.award, took.lines, 1)
    for refund in then.refunds:
        if refund.id in since.refunds and not refund.withdrawn:
            _note(then, refund.amounts, -1)
            for took in refund.took:
                _taken(then, took.award, took.lines, -1)
    then.refunds = [refund for refund in then.refunds if refund.id not in since.refunds]
    if then.state == "cancelled" and any(refund.id in since.events for refund in record.refunds):
        # A cancellation is remembered under its event's id.
        then.state = "earned"
    while then.awards and then.day < day and (then.awards[-1].day or then.day) >= day:
        then.awards.pop()
    return then


def _note(record: OrderRecord, amounts: Sequence[int], sign: int) -> None:
    for line, amount in zip(record.lines, amounts, strict=True):
        line.refunded += sign * amount
        if line.id != SHIPPING:
            record.refunded_minor += sign * amount


def _taken(record: OrderRecord, award: int, lines: Sequence[int], sign: int) -> None:
    given = record.awards[award]
    for index, part in enumerate(lines):
        given.taken[index] += sign * part


def added(terms: tuple[Terms, ...], records: Iterable[OrderRecord], before: Iterable[OrderRecord]) -> Tally:
    """Return what orders added to a member's figures since they were as `before`."""
    return change(tally(terms, before), tally(terms, records))


def running_then(
    program: Compiled, running: Running, more: Tally, since: Since, *, day: date, enrolled: date
) -> Running:
    """Return a member's running state without what was added to it since.

    Args:
        program: The revision that counted it.
        running: As it is; it is left alone.
        more: Of the orders touched since, from `added`.
        since: What else happened.
        day: The local day to go back to: its beginning.
        enrolled: Local day of enrolment.
    """
    then = copy_running(running)
    then.alive, then.lapsed = {}, {}
    then.totals = _totals(program, then.totals, more, since, day)
    then.used = _used(program, then.used, more, since, day)
    for type, values in since.seen.items():
        then.once[type] = [value for value in then.once.get(type, ()) if value not in values]
    then.last = {key: at for key, at in then.last.items() if at < since.at}
    for climb in program.climbs:
        standing = then.tiers.get(climb.id)
        if standing is not None or climb.id in since.tiers:
            counts = _counts(climb, standing, more, since, day, enrolled)
            then.tiers[climb.id] = standing_then(
                climb, standing, counts, since.tiers.get(climb.id), day=day, enrolled=enrolled
            )
    return then


def _totals(program: Compiled, totals: Totals, more: Tally, since: Since, day: date) -> Totals:
    earned = {id: amount - more.earned.get(id, 0) for id, amount in totals.earned.items()}
    for one in since.gained:
        wallet = program.terms[one.wallet].id
        earned[wallet] = earned.get(wallet, 0) - one.amount
    first, last = totals.first_day, since.last_order
    return Totals(
        totals.orders - more.orders,
        totals.spend - more.spend,
        totals.items - more.items,
        totals.refunded - more.refunded,
        None if first is not None and first >= day else first,
        last,
        earned,
        dict(totals.spent),
    )


def _used(program: Compiled, used: Used, more: Tally, since: Since, day: date) -> Used:
    for room in more.used:
        limits.take(used, room.key, room.start, _negative(room.counter))
    met: set[tuple[str, str]] = set()
    for one in since.gained:
        counted: set[str] = set()
        on = local_day(program.zone, one.at)
        first = (one.event_id, one.rule) not in met
        met.add((one.event_id, one.rule))
        if one.rule not in program.bounding:
            continue
        for bound in program.bounds_of(one.rule, one.wallet):
            key = bound.key if bound.scope == "m" else MEMBER_MARK + bound.key
            if key in counted or (bound.scope == "b" and bound.measure != "members"):
                continue
            counted.add(key)
            limits.take(used, key, limits.window(bound, on), Counter(-int(first), -one.amount, 0))
    return {key: {at: counter for at, counter in windows.items() if at < day} for key, windows in used.items()}


def _negative(counter: Counter) -> Counter:
    return Counter(-counter.times, -counter.points, -counter.value)


def _counts(
    climb: Climb, standing: Standing | None, more: Tally, since: Since, day: date, enrolled: date
) -> dict[str, int]:
    days = [
        (one.day, -one.amount) for one in more.measured if one.measure == climb.measure and one.wallet == climb.wallet
    ]
    if climb.measure == "earned":
        days += [(local_day(climb.zone, one.at), -one.amount) for one in since.gained if one.wallet == climb.wallet]
    if climb.id in since.measured:
        # A rolling window of then reaches back to days that her row no longer has.
        days = [*since.measured[climb.id], *((on, amount) for on, amount in days if on < day)]
        counts: dict[str, int] = {}
    else:
        counts = {} if standing is None else dict(standing.counts)
    for key, amount in tiers.folded(climb, days, enrolled).items():
        counts[key] = counts.get(key, 0) + amount
    return {key: amount for key, amount in counts.items() if amount}


def standing_then(
    climb: Climb,
    now: Standing | None,
    counts: dict[str, int],
    told: TierThen | None,
    *,
    day: date,
    enrolled: date,
) -> Standing:
    """Return where a member stood: the tier that was recorded, kept as long as it is known to have been."""
    placed = tiers.place(climb, counts, today=day, enrolled=enrolled)
    floor = None if now is None else now.floor
    if told is None or told.tier not in climb.ranks:
        tier, since_day, falls_on = climb.tiers[0], enrolled, None
    else:
        tier, since_day, falls_on = told.tier, told.since, told.falls_on
    if placed.tier == tier:
        # Won by what was measured then: it is kept as long as that keeps it.
        until, won, grace = placed.until, placed.won, None
    elif now is not None and now.since < day and now.tier == tier:
        # Nothing was reached or lost since: what her row says of it held then too.
        until, won, grace = now.until, now.won, now.grace_until
    else:
        until, won, grace = falls_on, None, None
    return replace(
        placed, tier=tier, since=since_day, until=until, won=won, grace_until=grace, floor=floor, counts=counts
    )


def standings_under(
    program: Compiled,
    live: Compiled,
    standings: Mapping[str, Standing],
    measured: Mapping[str, Sequence[tuple[date, int]]],
    *,
    day: date,
    enrolled: date,
) -> dict[str, Standing]:
    """Return where a member stands on another program's ladders, were it published at the beginning of a day.

    Args:
        program: The other one.
        live: The one whose ladders she is on.
        standings: Where.
        measured: What ladders measured before that day, of those that count otherwise than the live one.
        day: Local day.
        enrolled: Local day of enrolment.
    """
    changed, recount = tiers.to_place(live.climbs, program.climbs)
    anew = {climb.id for climb in changed}
    found = {}
    for climb in program.climbs:
        before = standings.get(climb.id)
        if climb.id not in anew:
            if before is not None:
                found[climb.id] = before
            continue
        if before is None or climb.id in recount:
            counts = tiers.folded(climb, measured.get(climb.id, ()), enrolled)
        else:
            counts = before.counts
        found[climb.id] = tiers.place(climb, counts, today=day, enrolled=enrolled, before=before)
    return found


def budgets_then(
    program: Compiled,
    used: Mapping[BudgetKey, int],
    awards: Iterable[OrderAward],
    gained: Iterable[tuple[str, date, int, int]],
    *,
    day: date,
) -> dict[BudgetKey, int]:
    """Return what was used of shared counters at the beginning of a local day, of periods that had begun.

    Args:
        program: The revision that counted it.
        used: As it is.
        awards: Of orders, those given since among them.
        gained: Rule, local day, points and number of awards for events since that were about no order.
        day: The local day to go back to.
    """
    then = {key: amount for key, amount in used.items() if key[2] < day}

    def give_back(key: BudgetKey, amount: int) -> None:
        if key in then:
            then[key] = max(0, then[key] - amount)

    for award in awards:
        if award.day is not None and award.day >= day:
            taken = sum(award.taken)
            for use in award.uses:
                if use.scope == "b":
                    give_back((use.key, use.measure, use.start), award.still_used(use, taken))
    for rule, on, points, times in gained:
        for bound in program.budgets.get(rule, ()):
            amount = {"points": points, "times": times, "members": times}.get(bound.measure, 0)
            give_back((bound.key, bound.measure, limits.window(bound, on)), amount)
    return then


def room_returned(before: OrderRecord, now: OrderRecord) -> dict[BudgetKey, int]:
    """Return what an order used more of shared counters than it does now: what refunds since have returned."""
    found: dict[BudgetKey, int] = {}
    for then, given in zip(before.awards, now.awards, strict=False):
        was, taken = sum(then.taken), sum(given.taken)
        for use in given.uses:
            more = given.still_used(use, was) - given.still_used(use, taken)
            if use.scope == "b" and more:
                key = (use.key, use.measure, use.start)
                found[key] = found.get(key, 0) + more
    return found


def changed_by(events: Iterable[Event]) -> tuple[set[str], set[str]]:
    """Return the ids, as orders remember them, of the refunds that came with these events and of those withdrawn."""
    refunds, withdrawn = set(), set()
    for event in events:
        named = None if event.refund is None else event.refund.id
        if event.type in ("order.refunded", "order.cancelled", "referral.reversed"):
            refunds.add(named or event.id)
        elif event.type == "order.refund_withdrawn" and named is not None:
            withdrawn.add(named)
    return refunds, withdrawn
