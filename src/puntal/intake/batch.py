"""A batch between loading and writing: the state of each member as it moves on. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from puntal.activity.model import Count
from puntal.engine.model import Compiled, Decision, Event, Running, State
from puntal.engine.refund import keep_for_later
from puntal.intake import pooling
from puntal.intake.model import Item, Outcome
from puntal.intake.policy import caused_id
from puntal.kit.ids import family
from puntal.limits.model import Bound, BudgetKey
from puntal.members.model import Profile
from puntal.orders.model import Order, OrderRecord
from puntal.points.model import Books
from puntal.points.operations import Pools
from puntal.tiers.model import Change

if TYPE_CHECKING:
    from puntal.intake.operations import Programs
    from puntal.intake.redeeming import Redeeming

Decide = Callable[[Compiled, State, Event, datetime], Decision]
OrderId = tuple[str, str]


class Window(NamedTuple):
    """The days of one metric that conditions read, and which column of them."""

    name: str
    counted: bool
    since: date
    until: date


class Decided:
    """One event with what was decided."""

    def __init__(
        self,
        item: Item,
        event: Event,
        program: Compiled,
        member_id: UUID | None,
        outcome: Outcome,
        decision: Decision | None,
        books: Books | None,
        order: Order | None = None,
    ) -> None:
        self.item = item
        self.event = event
        self.program = program
        self.member_id = member_id
        self.outcome = outcome
        self.decision = decision
        self.books = books
        self.order = order
        """As it was sent, with this event or before."""


class Batch:
    """What was loaded for a batch and what its decisions have made of it."""

    def __init__(self, programs: Programs, *, newest_only: bool) -> None:
        self.programs = programs
        self.newest_only = newest_only
        self.subjects: dict[str, UUID | None] = {}
        """Event id to member."""
        self.conflicts: dict[str, UUID] = {}
        self.unknown: dict[str, str] = {}
        """Event id to why it has no member."""
        self.profiles: dict[UUID, Profile] = {}
        self.books: dict[UUID, Books] = {}
        self.running: dict[UUID, Running] = {}
        self.metrics: dict[UUID, dict[str, int]] = {}
        self.windows: Mapping[tuple[str, str], Sequence[Window]] = {}
        """Which metrics a daily figure (metric, key) counts for."""
        self.lists: Mapping[UUID, frozenset[str]] = {}
        self.orders: dict[OrderId, OrderRecord] = {}
        self.budgets: dict[BudgetKey, int] = {}
        self.known_budgets: frozenset[BudgetKey] = frozenset()
        self.known_orders: frozenset[OrderId] = frozenset()
        # What has to be written.
        self.decided: list[Decided] = []
        self.touched: dict[UUID, datetime] = {}
        self.changed_orders: dict[OrderId, OrderRecord] = {}
        self.counts: list[Count] = []
        self.used: dict[BudgetKey, int] = {}
        self.bounds: dict[BudgetKey, Bound] = {}
        self.changes: list[tuple[UUID, str, Change]] = []
        self.elsewhere: list[tuple[UUID, Event, datetime]] = []
        self.pools: Pools | None = None
        self.gone: set[UUID] = set()
        """Vouchers of gifts that go back."""
        self.redeemed: Redeeming | None = None

    def program_at(self, instant: datetime) -> Compiled:
        """Return the revision that decides an event of that time."""
        return self.programs.newest if self.newest_only else self.programs.at(instant)

    def decide(self, item: Item, decide: Decide) -> Decided:
        """Decide one event of a caller."""
        return self._decide(item, item.event, self.subjects.get(item.said.id), decide)

    def decide_caused(self, caused: Caused, item: Item, decide: Decide) -> Decided:
        """Decide an event that another one of this batch caused for the same member."""
        return self._decide(item, caused.event, caused.member_id, decide)

    def _decide(self, item: Item, event: Event, member: UUID | None, decide: Decide) -> Decided:
        program = self.program_at(event.occurred_at)
        if member is None:
            code = self._without_member(item, event, program)
            one = Decided(item, event, program, None, Outcome("nothing", code), None, None, event.order)
            self._note(one)
            return one
        said = [] if self.redeemed is None else self.redeemed.commit(self, item, event, member)
        books = pooling.together(self, member, item.now)
        books.next_id = family(event.id, item.now)
        key = None if event.order_id is None else (event.source, event.order_id)
        state = State(
            profile=self.profiles[member],
            books=books,
            running=self.running[member],
            today=_day(program, item.now),
            order=None if key is None else self.orders.get(key),
            metrics=self.metrics.get(member, {}),
            lists=self.lists.get(member, frozenset()),
            budgets=self.budgets,
            switches=self.programs.switches,
        )
        decision = decide(program, state, event, item.now)
        if self.redeemed is not None:
            decision.reasons = [*said, *decision.reasons, *self.redeemed.follow(program, item, event, decision)]
        sent = event.order or (None if state.order is None else state.order.sent)
        one = Decided(item, event, program, member, _outcome(decision, event), decision, decision.books, sent)
        one.outcome.conflict = self.conflicts.get(event.id)
        if not item.dry_run:
            self._move_on(one, member, key, decision)
        self._note(one)
        return one

    def _without_member(self, item: Item, event: Event, program: Compiled) -> str:
        """Return why an event of nobody does nothing; refunds wait for their order."""
        key = None if event.order_id is None else (event.source, event.order_id)
        kept = None if key is None else keep_for_later(program, event, self.orders.get(key))
        if kept is None or key is None:
            return self.unknown.get(event.id, "member.unknown")
        record, code = kept
        if not item.dry_run:
            self.orders[key] = record
            self.changed_orders[key] = record
        return code

    def _note(self, one: Decided) -> None:
        if not one.item.dry_run:
            self.decided.append(one)

    def _move_on(self, one: Decided, member: UUID, key: OrderId | None, decision: Decision) -> None:
        self.books[member], self.running[member], order = decision.after
        pooling.part(self, member)
        self.touched[member] = one.item.now
        if order is not None and key is not None:
            self.orders[key] = order
            self.changed_orders[key] = order
        self.counts += decision.counts
        self._count(decision.counts)
        for budget, amount in decision.budgets.items():
            self.budgets[budget] = self.budgets.get(budget, 0) + amount
            self.used[budget] = self.used.get(budget, 0) + amount
        self.bounds |= decision.budget_bounds
        self.changes += [(member, one.event.id, change) for change in decision.changes]
        for following in _following(one) if decision.caused else ():
            if following.member_id != member:
                self.elsewhere.append((following.member_id, following.event, one.item.now))

    def _count(self, counts: Sequence[Count]) -> None:
        """Let the batch's next events of a member see what this one did, as if it had been written."""
        for count in counts:
            for window in self.windows.get((count.metric, count.key), ()):
                if window.since <= count.day < window.until and count.member_id in self.metrics:
                    known = self.metrics[count.member_id]
                    known[window.name] = known.get(window.name, 0) + (count.count if window.counted else count.amount)

    def caused_here(self, one: Decided) -> list[Caused]:
        """Return the events this one caused for its own member."""
        if one.decision is None or not one.decision.caused or one.item.dry_run:
            return []
        return [following for following in _following(one) if following.member_id == one.member_id]


class Caused:
    """An event that follows from another."""

    def __init__(self, event: Event, member_id: UUID) -> None:
        self.event = event
        self.member_id = member_id


def _following(one: Decided) -> Iterator[Caused]:
    if one.decision is None:
        return
    for cause in one.decision.caused:
        if cause.member_id is None:
            continue
        source, order = cause.order or ("puntal", None)
        if cause.type.startswith("referral."):
            source, order = "referral", cause.data["order"]
        event = Event(
            id=caused_id(one.event.id, cause.kind),
            type=cause.type,
            source=source,
            occurred_at=one.event.occurred_at,
            channel=one.event.channel,
            store=one.event.store,
            order_id=order,
            data=cause.data,
            cause=one.event.id,
            depth=one.event.depth + 1,
            late_allowed=True,
        )
        yield Caused(event, cause.member_id)


def _outcome(decision: Decision, event: Event) -> Outcome:
    reasons: list[tuple[Any, ...]] = []
    for reason in decision.reasons:
        if reason.wallet >= 0:
            cut = (reason.of, reason.by) if reason.by is not None else ()
            reasons.append((reason.rule, reason.code, reason.points, reason.wallet, reason.base, *cut))
        elif reason.by is not None:
            reasons.append((reason.rule, reason.code, reason.by))
        else:
            reasons.append((reason.rule, reason.code))
    return Outcome(
        decision.status,
        decision.code,
        reasons,
        [(change.ladder, change.from_tier, change.to_tier, change.reason) for change in decision.changes]
        if decision.changes
        else [],
        [caused_id(event.id, cause.kind) for cause in decision.caused] if decision.caused else [],
        decision.facts,
    )


def _day(program: Compiled, at: datetime) -> date:
    return at.astimezone(program.zone).date()
