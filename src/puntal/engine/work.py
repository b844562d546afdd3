"""One decision in the making: a working copy of the state, and what awards lead to. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

import msgspec

from puntal.activity.model import Count, Totals
from puntal.earning.model import Rule
from puntal.engine.model import Caused, Compiled, Decision, Event, Reason, Running, State
from puntal.limits.model import Bound, BudgetKey
from puntal.orders.model import OrderRecord
from puntal.points import policy as points
from puntal.points.model import Books, Cause
from puntal.tiers import policy as tiers
from puntal.tiers.model import Change, Climb

NEVER = date(9999, 12, 31)
TIER_LOST = "tier.lost"
FALLS = frozenset({"fallen", "refund", "floor_ended"})
"""Why a tier ends; every other change is a rise or a renewal."""


def is_asked(program: Compiled, event: str) -> bool:
    """Tell whether a rule listens to an event type, or a figure counts it."""
    return event in program.triggers or f"events.{event}" in program.counted_events


class Work:
    """The state while one event is decided; nothing of it is shared with the state before."""

    def __init__(self, program: Compiled, state: State, event: Event, now: datetime) -> None:
        self.program = program
        self.state = state
        self.event = event
        self.now = now
        self.earned_at = event.occurred_at
        """When lots of this decision are earned: the event's time, but now for history that is awarded later."""
        self.local = event.occurred_at.astimezone(program.zone)
        self.day = self.local.date()
        self.books = copy_books(state.books)
        self.running = copy_running(state.running)
        self.order: OrderRecord | None = None
        self.order_key: str | None = None
        self.reasons: list[Reason] = []
        self.counts: list[Count] = []
        self.budgets: dict[BudgetKey, int] = {}
        self.budget_bounds: dict[BudgetKey, Bound] = {}
        self.changes: list[Change] = []
        self.caused: list[Caused] = []
        self.facts: dict[str, object] = {}
        self.awarded = False
        self.times: set[str] = set()
        self._enrolled: date | None = None

    def cause(self, rule: str | None) -> Cause:
        """Return what a transfer of this decision says of why."""
        if self.order_key is None and self.order is not None:
            self.order_key = self.order.key
        return Cause(self.event.id, rule, self.order_key, self.program.revision)

    def finish(self, code: str | None = None) -> Decision:
        """Return the decision."""
        self.running.alive = dict(self.books.alive)
        self.running.lapsed = dict(self.books.lapsed)
        return Decision(
            status="awarded" if self.awarded else "nothing",
            code=code,
            reasons=self.reasons,
            books=self.books,
            running=self.running,
            order=self.order,
            counts=self.counts,
            budgets=self.budgets,
            budget_bounds=self.budget_bounds,
            changes=self.changes,
            caused=self.caused,
            facts=self.facts,
        )

    def cooling(self, rule: Rule) -> bool:
        """Return whether the rule's cooldown is still running for this member."""
        for cooldown in self.program.cooldowns.get(rule.id, ()):
            last = self.running.last.get(cooldown.key)
            if last is not None and self.event.occurred_at < last + cooldown.span:
                return True
        return False

    def count_tier(self, climb: Climb, amount: int, day: date) -> None:
        """Add to a ladder's measure at a local day; negative takes back."""
        enrolled = self.enrolled
        standing = self.running.tiers.get(climb.id) or tiers.start(climb, enrolled)
        self.running.tiers[climb.id] = tiers.count(climb, standing, amount, day, enrolled=enrolled)

    @property
    def enrolled(self) -> date:
        """The local day membership years begin on."""
        if self._enrolled is None:
            at = self.state.profile.enrolled_at or self.state.profile.created_at
            self._enrolled = at.astimezone(self.program.zone).date()
        return self._enrolled

    # -- what follows from the awards

    def climb(self) -> None:
        """Upgrade at once where a line was crossed, and cause `tier.reached`; guests climb when they join."""
        if self.state.profile.status == "guest":
            return
        today = max(self.state.today, self.day)
        order = self.order
        for climb in self.program.climbs:
            standing = self.running.tiers.get(climb.id)
            if standing is None:
                continue
            standing, change = tiers.climb_up(
                climb, standing, at=self.event.occurred_at, today=today, enrolled=self.enrolled
            )
            self.running.tiers[climb.id] = standing
            if change is not None:
                self.changes.append(change)
                if change.reason in ("reached", "renewed"):
                    # Reached once since a day; renewed once a period.
                    once = standing.since.year if change.reason == "reached" else standing.until
                    self.caused.append(
                        Caused(
                            f"tier.{change.reason}",
                            self.state.profile.id,
                            {"ladder": climb.id, "tier": change.to_tier, "from": change.from_tier},
                            f"tier.{change.reason}:{climb.id}:{change.to_tier}:{once}",
                            None if order is None else (order.source, order.order_id),
                        )
                    )

    def fall(self, changes: Iterable[Change]) -> None:
        """Note falls, and cause `tier.lost` for each where some rule or figure asks for it."""
        for change in changes:
            self.changes.append(change)
            if change.reason in FALLS and is_asked(self.program, TIER_LOST):
                data = {"ladder": change.ladder, "tier": change.to_tier, "from": change.from_tier}
                kind = f"{TIER_LOST}:{change.ladder}:{change.from_tier}:{change.at.isoformat()}"
                self.caused.append(Caused(TIER_LOST, self.state.profile.id, data, kind))

    def finish_cards(self) -> None:
        """Turn full stamp cards into the right to their reward; while that is switched off, the stamps stay."""
        for terms in self.program.terms if self.program.stamps else ():
            if terms.card_reward in self.state.switches.rewards:
                continue
            if terms.card_size is not None and self.books.available[terms.ordinal] >= terms.card_size:
                finished = points.finish_cards(
                    self.books, terms, cause=self.cause(None), at=self.event.occurred_at, now=self.now
                )
                if finished:
                    self.caused.append(
                        Caused(
                            "card.finished",
                            self.state.profile.id,
                            {"wallet": terms.id, "count": finished, "reward": terms.card_reward},
                            f"card.finished:{terms.id}",
                        )
                    )

    def renew(self, kind: str) -> None:
        """Keep the wallets alive that end by inactivity and count this kind of event as activity."""
        wallets = self.program.renewing.get(kind)
        if wallets:
            points.renew(
                self.books,
                [self.program.terms[ordinal] for ordinal in wallets],
                self.event.occurred_at,
                self.now,
            )

    def count(self, metric: str, key: str, day: date, count: int, amount: int) -> None:
        """Note a change of a daily figure that some rule or segment reads."""
        self.counts.append(Count(self.state.profile.id, metric, key, day, count, amount))


def copy_books(books: Books) -> Books:
    """Return books that can be worked on without changing these; what is not written yet comes along."""
    return Books(
        holder_id=books.holder_id,
        next_id=books.next_id,
        available=list(books.available),
        pending=list(books.pending),
        held=list(books.held),
        debt=list(books.debt),
        settled_to=books.settled_to,
        due_at=books.due_at,
        alive=dict(books.alive),
        lapsed=dict(books.lapsed),
        loaded=books.loaded,
        lots=dict(books.lots),
        transfers=list(books.transfers),
        consumptions=list(books.consumptions),
        changed=set(books.changed),
        added=dict(books.added),
        holds=dict(books.holds),
        changed_holds=set(books.changed_holds),
        finished_cards=dict(books.finished_cards),
        changed_cards=set(books.changed_cards),
        merging={},
    )


def copy_running(running: Running) -> Running:
    """Return a copy that shares nothing that a decision changes; windows of limits are replaced, not changed."""
    totals = running.totals
    return Running(
        totals=Totals(
            totals.orders,
            totals.spend,
            totals.items,
            totals.refunded,
            totals.first_day,
            totals.last_day,
            dict(totals.earned),
            dict(totals.spent),
        ),
        tiers=dict(running.tiers),
        used=dict(running.used),
        carry=dict(running.carry),
        alive=running.alive,
        lapsed=running.lapsed,
        last=dict(running.last),
        once={key: list(values) for key, values in running.once.items()} if running.once else {},
    )


def copy_order(record: OrderRecord) -> OrderRecord:
    """Return a copy of an order that may be changed."""
    return msgspec.json.decode(msgspec.json.encode(record), type=OrderRecord)


def next_review(program: Compiled, running: Running, enrolled: date, today: date) -> date:
    """Return the next local day on which some tier may change or be announced; the end of time when none will."""
    review = NEVER
    for climb in program.climbs:
        standing = running.tiers.get(climb.id)
        if standing is not None:
            day = tiers.next_due(climb, standing, enrolled=enrolled, today=today)
            if day is not None:
                review = min(review, day)
    return review
