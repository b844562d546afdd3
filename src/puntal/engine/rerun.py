"""A member's past lived again under a program: her state of then, her events one by one, the end of it. Pure.

The clock of a rerun is the events' own: each is decided as of when it happened, as replay does, and nights pass with
the next event. What happened to wallets beside events (redemptions, corrections, transfers) is taken over as it was.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import date, datetime

from msgspec import Struct

from puntal.activity.model import Count
from puntal.engine.decide import decide
from puntal.engine.model import Caused, Compiled, Decision, Event, Running, State, Switches
from puntal.engine.work import copy_books
from puntal.kit.calendar import local_day
from puntal.kit.ids import derived, family
from puntal.ledger.model import ADJUSTED, REDEEMED
from puntal.limits.model import BudgetKey
from puntal.members.model import Profile
from puntal.orders.model import OrderRecord
from puntal.points import policy as points
from puntal.points.model import Books, Cause, Starting, Terms
from puntal.rules.model import MetricRead
from puntal.rules.windows import window_bounds
from puntal.tiers import policy as tiers

MOST_DEPTH = 3
"""How far events cause events, as in intake."""
OrderId = tuple[str, str]


class Movement(Struct, frozen=True):
    """Units that moved beside events: gained where `amount` is positive.

    Attributes:
        redeems: It was a redemption, or the hold for one.
        owes: What is not there to be taken is owed; what is gained pays off as much of the debt, and nothing else.
        dates: Of what is gained: start, end, renewable and awaited event, as the lot has them. None: what was
            available before is again, for as long as the wallet lets it live.
    """

    at: datetime
    wallet: int
    amount: int
    redeems: bool = False
    owes: bool = False
    dates: tuple[datetime, datetime | None, bool, str | None] | None = None


class Figures:
    """Daily figures of one member, by metric and key: local days in order, and count and amount of each."""

    def __init__(self, known: Sequence[Count] = ()) -> None:
        self._of: dict[tuple[str, str], tuple[list[date], list[int], list[int]]] = {}
        self.add(known)

    def add(self, counts: Sequence[Count]) -> None:
        """Add what a decision counted."""
        for one in counts:
            days, numbers, amounts = self._of.setdefault((one.metric, one.key), ([], [], []))
            at = bisect_left(days, one.day)
            if at == len(days) or days[at] != one.day:
                days.insert(at, one.day)
                numbers.insert(at, 0)
                amounts.insert(at, 0)
            numbers[at] += one.count
            amounts[at] += one.amount

    def read(self, reads: Sequence[MetricRead], today: date) -> dict[str, int]:
        """Return what conditions read, the windows ending today."""
        found = {}
        for read in reads:
            of = self._of.get((read.metric, read.key))
            if of is None:
                found[read.name] = 0
                continue
            since, until = window_bounds(read.window, today)
            days, column = of[0], of[1] if read.column == "count" else of[2]
            found[read.name] = sum(column[bisect_left(days, since) : bisect_left(days, until)])
        return found


class Rerun:
    """One member under one program. What it is given is its own to change; budgets are shared by all reruns."""

    def __init__(  # noqa: PLR0913 - all that a decision may read
        self,
        program: Compiled,
        profile: Profile,
        books: Books,
        running: Running,
        orders: dict[OrderId, OrderRecord],
        figures: Figures,
        *,
        lists: frozenset[str],
        switches: Switches,
        budgets: dict[BudgetKey, int],
    ) -> None:
        self.program = program
        self.profile = profile
        self.books = books
        self.running = running
        self.orders = orders
        self.figures = figures
        self._lists = lists
        self._switches = switches
        self._budgets = budgets

    @classmethod
    def bare(cls, program: Compiled, switches: Switches, budgets: dict[BudgetKey, int]) -> Rerun:
        """Return a rerun without a member, to be furnished with what was kept of one."""
        rerun = cls.__new__(cls)
        rerun.program, rerun._switches, rerun._budgets = program, switches, budgets  # noqa: SLF001 - our own
        return rerun

    def happen(self, event: Event) -> Iterator[Decision]:
        """Decide an event of the past and what it causes for the same member, depth first."""
        waiting = [event]
        while waiting:
            one = waiting.pop(0)
            decision = self._decide(one)
            yield decision
            waiting += [
                following(one, cause)
                for cause in decision.caused
                if cause.member_id == self.profile.id and one.depth < MOST_DEPTH
            ]

    def state(self, now: datetime, order: OrderId | None = None) -> State:
        """Return all that may be read at an instant: of a decision, with the order it is about, or of a question."""
        today = local_day(self.program.zone, now)
        return State(
            self.profile,
            self.books,
            self.running,
            today,
            None if order is None else self.orders.get(order),
            self.figures.read(self.program.metrics, today) if self.program.metrics else {},
            self._lists,
            self._budgets,
            self._switches,
        )

    def _decide(self, event: Event) -> Decision:
        program, now = self.program, event.occurred_at
        key = None if event.order_id is None else (event.source, event.order_id)
        self.books.next_id = family(event.id, now)
        state = self.state(now, key)
        decision = decide(program, state, event, now)
        self.books, self.running, order = decision.after
        if order is not None and key is not None:
            self.orders[key] = order
        if decision.counts:
            self.figures.add(decision.counts)
        for budget, amount in decision.budgets.items():
            self._budgets[budget] = self._budgets.get(budget, 0) + amount
        self._forget()
        return decision

    def move(self, movement: Movement) -> int:
        """Take over what moved beside events; returns by how many units a redemption could not be paid.

        A redemption that is not covered does not happen at all; of a correction as much is taken as is there, and
        owed where it was. What was given is there from when it was, whatever earnings have to wait for.
        """
        if movement.wallet >= len(self.program.terms):
            return 0
        terms = self.program.terms[movement.wallet]
        self.books.next_id = family(f"{self.profile.id}:{movement.at.isoformat()}:{movement.wallet}", movement.at)
        self._settle(movement.at)
        cause = Cause()
        if movement.amount > 0:
            self._gain(terms, movement, cause)
            self._forget()
            return 0
        there, wanted = self.books.available[movement.wallet], -movement.amount
        short = max(0, wanted - there)
        taken = 0 if short and movement.redeems else wanted if movement.owes else wanted - short
        if taken:
            points.spend(
                self.books,
                terms,
                taken,
                kind="points.redeemed",
                destination=REDEEMED,
                cause=cause,
                at=movement.at,
                now=movement.at,
                allow_debt=movement.owes,
            )
        self._forget()
        return short if movement.redeems else 0

    def _gain(self, terms: Terms, movement: Movement, cause: Cause) -> None:
        at = movement.at
        if movement.owes:
            forgiven = min(movement.amount, self.books.debt[terms.ordinal])
            if forgiven:
                points.write_off(self.books, terms, forgiven, cause=cause, at=at, now=at)
            return
        points.earn(
            self.books,
            terms,
            movement.amount,
            cause=cause,
            at=at,
            now=at,
            source=ADJUSTED,
            available=Starting(),
            dates=movement.dates,
        )

    def close(self, now: datetime) -> None:
        """Let the clock run to the end of the time that is looked at: lots end, tiers fall."""
        self.books.next_id = family(f"{self.profile.id}:{now.isoformat()}", now)
        self._settle(now)
        self._forget()
        if self.profile.status == "guest":
            return
        day, enrolled = local_day(self.program.zone, now), enrolled_on(self.program, self.profile)
        for climb in self.program.climbs:
            standing = self.running.tiers.get(climb.id)
            if standing is not None:
                self.running.tiers[climb.id] = tiers.nightly(climb, standing, day=day, enrolled=enrolled)[0]

    def tiers(self, now: datetime) -> dict[str, str]:
        """Return the tier in effect on each ladder; nobody who has not joined is in one."""
        if self.profile.status == "guest":
            return {}
        found = {}
        for climb in self.program.climbs:
            standing = self.running.tiers.get(climb.id)
            found[climb.id] = climb.tiers[0] if standing is None else tiers.held(climb, standing, now)
        return found

    def _settle(self, now: datetime) -> None:
        points.settle(self.books, self.program.terms, now)

    def _forget(self) -> None:
        """Let go of what would have been written; the lots stay."""
        books = self.books
        books.transfers, books.consumptions, books.changed, books.added, books.merging = [], [], set(), {}, {}


def following(event: Event, cause: Caused) -> Event:
    """Return an event that another one caused, as intake makes it."""
    source, order = cause.order or ("puntal", None)
    return Event(
        id=str(derived(event.id, cause.kind)),
        type=cause.type,
        source=source,
        occurred_at=event.occurred_at,
        channel=event.channel,
        store=event.store,
        order_id=order,
        data=cause.data,
        cause=event.id,
        depth=event.depth + 1,
        late_allowed=True,
    )


def enrolled_on(program: Compiled, profile: Profile) -> date:
    """Return the local day membership years begin on."""
    return local_day(program.zone, profile.enrolled_at or profile.created_at)


def apart(books: Books) -> Books:
    """Return books for another rerun to work on; lots are values and stay shared."""
    return copy_books(books)


def renew(program: Compiled, books: Books, kind: str, at: datetime) -> None:
    """Count what somebody did before a rerun begins as activity of wallets that end without any."""
    wallets = [program.terms[ordinal] for ordinal in program.renewing.get(kind, ())]
    if wallets:
        points.renew(books, wallets, at, at)


def mind_the_clock(program: Compiled, books: Books) -> None:
    """Note when the clock next changes something in books that were put together by hand."""
    books.due_at = points.due_at(books, program.terms)
