"""One member twice: her state of then under the live program and under the draft, and her steps through the period.

Pure. What moved in her wallets beside events is taken over; see `Movement`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

import msgspec
from msgspec.structs import replace

from puntal.activity.model import Count
from puntal.engine import gifts, rerun, rewind
from puntal.engine.model import GIFT, TIER_GIFT, Compiled, Event, Running, Switches
from puntal.engine.rerun import Figures, Movement, Rerun
from puntal.engine.rewind import Gained, Since, TierThen
from puntal.engine.tally import tally
from puntal.insight.simulation.opening import Moved, Person, Wanted
from puntal.kit.calendar import local_day
from puntal.kit.ids import family
from puntal.ledger.model import AVAILABLE, DEBT, EXPIRED, HELD, PENDING
from puntal.limits.model import BudgetKey
from puntal.orders.model import OrderRecord
from puntal.points.model import OR_NEVER, Books, Lot
from puntal.programs.document.builtin import PURCHASE

_running = msgspec.json.Decoder(Running).decode
DECIDED = frozenset(
    {
        "points.activated",
        "points.expired",
        "points.cancelled",
        "points.reversed",
        "points.reinstated",
        "points.restored",
        "points.debt_paid",
        "points.debt_moved",
        "points.card_finished",
        "points.card_voided",
    }
)
"""Transfers that follow from events and from the clock: a rerun makes its own."""
_BETWEEN = frozenset({"points.sent", "points.received"})
_OWN = (AVAILABLE, PENDING)
Step = tuple[datetime, Event | Movement]


class Life:
    """A member under both programs."""

    def __init__(
        self,
        person: Person,
        wanted: Wanted,
        switches: Switches,
        live_budgets: dict[BudgetKey, int],
        draft_budgets: dict[BudgetKey, int],
    ) -> None:
        self.person = person
        self.id = person.profile.id
        self.until = wanted.until
        live, draft = wanted.live, wanted.draft
        enrolled = rerun.enrolled_on(live, person.profile)
        since = _since(person, wanted)
        then = {
            key: record
            for key, now in person.orders.items()
            if (record := rewind.order_then(now, since, wanted.first_day)) is not None
        }
        running = _running(person.holder.running) if person.holder is not None else Running()
        more = rewind.added(live.terms, person.orders.values(), then.values())
        opened = rewind.running_then(live, running, more, since, day=wanted.first_day, enrolled=enrolled)
        figures = [*person.figures, *_given_back(wanted, self.id, person.orders, then)]
        books = _books(person, wanted, opened)
        self.live = Rerun(
            live,
            person.profile,
            books,
            opened,
            dict(then),
            Figures(figures),
            lists=person.lists,
            switches=switches,
            budgets=live_budgets,
        )
        under = rewind.running_then(live, running, more, since, day=wanted.first_day, enrolled=enrolled)
        under.alive, under.lapsed = dict(opened.alive), dict(opened.lapsed)
        under.tiers = rewind.standings_under(
            draft, live, opened.tiers, person.measured, day=wanted.first_day, enrolled=enrolled
        )
        other = rerun.apart(books)
        other.grow(len(draft.terms))
        self.draft = Rerun(
            draft,
            person.profile,
            other,
            under,
            dict(then),
            Figures(figures),
            lists=person.lists,
            switches=switches,
            budgets=draft_budgets,
        )

    @classmethod
    def bare(
        cls,
        id: UUID,
        wanted: Wanted,
        switches: Switches,
        live_budgets: dict[BudgetKey, int],
        draft_budgets: dict[BudgetKey, int],
    ) -> Life:
        """Return a life without anything of its member."""
        life = cls.__new__(cls)
        life.id = id
        life.live = Rerun.bare(wanted.live, switches, live_budgets)
        life.draft = Rerun.bare(wanted.draft, switches, draft_budgets)
        return life

    def steps(self) -> list[Step]:
        """Return what happened to her, in the order of time; of the same instant events come first."""
        moved: Iterator[Step] = ((one.at, one) for one in movements(self.person) if one.at < self.until)
        said: Iterator[Step] = ((one.occurred_at, one) for one in self.person.events if one.occurred_at < self.until)
        found = [*said, *moved]
        found.sort(key=lambda step: step[0])
        return found


def movements(person: Person) -> list[Movement]:
    """Return what moved in her wallets beside events."""
    found = []
    for one in person.moved:
        if one.kind in DECIDED or (one.kind == "points.earned" and one.event_id is not None):
            continue
        if person.merged and one.kind in _BETWEEN:
            continue
        amount = one.amount * ((one.destination in _OWN) - (one.source in _OWN))
        if amount:
            redeems = one.kind == "points.held" or (one.kind == "points.redeemed" and one.source == AVAILABLE)
            found.append(Movement(one.at, one.wallet, amount, redeems, dates=one.dates))
        elif DEBT in (one.source, one.destination):
            # What a correction could not take is owed; what was forgiven is not.
            owed = one.amount if one.destination == DEBT else -one.amount
            found.append(Movement(one.at, one.wallet, owed, owes=True))
    return found


def _since(person: Person, wanted: Wanted) -> Since:
    live = wanted.live
    refunds, withdrawn = rewind.changed_by(person.events)
    seen: dict[str, set[str]] = {}
    for event in person.events:
        field = live.once_per.get(event.type)
        if field is not None and event.id not in person.repeated:
            seen.setdefault(event.type, set()).add(str(event.data.get(field)))
    if live.gifts or live.given:
        seen[TIER_GIFT] = set(_gifts(person, wanted))
    return Since(
        at=wanted.since,
        events=frozenset(event.id for event in person.events),
        refunds=refunds,
        withdrawn=withdrawn,
        gained=[
            Gained(one.event_id, one.rule, one.wallet, one.amount, one.at)
            for one in person.moved
            if one.kind == "points.earned" and one.order_key is None and one.event_id is not None and one.rule
        ],
        seen=seen,
        last_order=person.last_order,
        measured={climb.id: person.measured.get(climb.id, ()) for climb in live.climbs if climb.window == "rolling"},
        tiers={climb.id: _tier(person, climb.id, live) for climb in live.climbs if climb.id in person.tiers},
    )


def _gifts(person: Person, wanted: Wanted) -> Iterator[str]:
    """Yield how gifts of tiers since are remembered: the rerun gives them again."""
    live, enrolled = wanted.live, rerun.enrolled_on(wanted.live, person.profile)
    for one in person.moved:
        if one.kind == "points.earned" and one.rule is not None and one.rule.startswith(GIFT):
            yield gifts.mark_of(live, one.rule, local_day(live.zone, one.at), enrolled)
    for record in person.orders.values():
        if record.occurred_at >= wanted.since:
            yield from (each.mark for each in record.gifts)


def _tier(person: Person, ladder: str, live: Compiled) -> TierThen:
    told = person.tiers[ladder]
    before = next((one for one in told if one.before), None)
    later = next((one for one in told if not one.before), None)
    falls = None
    if later is not None and later.reason in ("fallen", "refund", "floor_ended"):
        falls = local_day(live.zone, later.at)
    enrolled = rerun.enrolled_on(live, person.profile)
    if before is not None:
        return TierThen(before.to_tier, local_day(live.zone, before.at), falls)
    assert later is not None, "the history has one or the other"
    return TierThen(later.from_tier, enrolled, falls)


def _given_back(
    wanted: Wanted, member: UUID, now: dict[tuple[str, str], OrderRecord], then: dict[tuple[str, str], OrderRecord]
) -> Iterator[Count]:
    """Yield what refunds of the period took from the figures of days before it."""
    for key, before in then.items():
        one, other = tally((), ()), tally((), ())
        if before.day < wanted.first_day and now[key].event_id is not None:
            one, other = tally(wanted.live.terms, [before]), tally(wanted.live.terms, [now[key]])
        spend, count, items = one.spend - other.spend, one.orders - other.orders, one.items - other.items
        for metric, name in wanted.kinds if spend or count or items else ():
            dimension, _, value = name.partition(":")
            if not dimension or (dimension in ("channel", "store") and getattr(before, dimension) == value):
                yield Count(member, metric, name, before.day, items if metric == "items" else count, spend)


def _books(person: Person, wanted: Wanted, opened: Running) -> Books:
    live, since = wanted.live, wanted.since
    books = Books.opened(person.profile.id, len(live.terms), since, family(str(person.profile.id), since))
    for lot in lots_then(person, since):
        books.lots[lot.id] = lot
        (books.available if lot.starts_at <= since else books.pending)[lot.wallet] += lot.remaining
    if person.holder is not None:
        for wallet, debt in enumerate(person.holder.debt[: len(books.debt)]):
            books.debt[wallet] = debt
    for one in person.moved:
        if DEBT in (one.source, one.destination):
            books.debt[one.wallet] += one.amount if one.destination == DEBT else -one.amount
    books.debt = [max(0, debt) for debt in books.debt]
    for type, at in person.active.items():
        kind = PURCHASE if type == live.earns_on else type
        rerun.renew(live, books, kind, at)
    opened.alive, opened.lapsed = dict(books.alive), dict(books.lapsed)
    rerun.mind_the_clock(live, books)
    return books


def lots_then(person: Person, since: datetime) -> Iterator[Lot]:
    """Yield lots with what was left of them at an instant: what has gone since is put back."""
    back: dict[UUID, int] = {}
    reversed_since: dict[tuple[str, int, bool], int] = {}
    for one in person.moved:
        paid = person.consumed.get(one.id, ())
        sign = 1 if one.source in (AVAILABLE, PENDING, HELD) else -1
        for lot_id, amount in paid:
            back[lot_id] = back.get(lot_id, 0) + sign * amount
        if one.order_key is not None and not paid:
            _reversed(reversed_since, one)
    for lot in person.lots:
        left = lot.remaining + lot.held + back.get(lot.id, 0) - person.held_then.get(lot.id, 0)
        ended = lot.ends_at is not None and lot.ends_at <= since
        gone = 0
        if lot.order_key is not None:
            gone = _claim(reversed_since, (lot.order_key, lot.wallet, False), lot.reversed)
            expired = _claim(reversed_since, (lot.order_key, lot.wallet, True), lot.reversed - gone)
            gone += 0 if ended else expired
        if lot.awaits is not None and lot.awaits.endswith(OR_NEVER) and lot.starts_at > since:
            gone = lot.reversed
        left += gone + (0 if ended else lot.expired)
        left = max(0, min(left, lot.amount))
        yield replace(
            lot,
            remaining=left,
            held=0,
            noted=0,
            expired=lot.expired if ended else 0,
            reversed=max(0, lot.reversed - gone),
        )


def _reversed(sums: dict[tuple[str, int, bool], int], one: Moved) -> None:
    assert one.order_key is not None
    if one.kind == "points.reversed" and one.source in (*_OWN, EXPIRED):
        key = (one.order_key, one.wallet, one.source == EXPIRED)
        sums[key] = sums.get(key, 0) + one.amount
    elif one.kind == "points.reinstated" and one.destination in (*_OWN, EXPIRED):
        key = (one.order_key, one.wallet, one.destination == EXPIRED)
        sums[key] = sums.get(key, 0) - one.amount


def _claim(sums: dict[tuple[str, int, bool], int], key: tuple[str, int, bool], most: int) -> int:
    part = min(sums.get(key, 0), most)
    if key in sums:
        sums[key] -= part
    return part
