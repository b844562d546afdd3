"""One decision in the making: a working copy of the state, and crediting what rules give. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec

from puntal.activity.model import Count, Totals
from puntal.earning.model import Given, Rule
from puntal.earning.policy import truncate
from puntal.engine.model import Caused, Compiled, Decision, Event, Reason, Running, State
from puntal.limits import policy as limits
from puntal.limits.model import Bound, BudgetKey, Counter
from puntal.orders.model import OrderAward, OrderRecord, Use
from puntal.points import policy as points
from puntal.points.model import Books, Cause, Starting
from puntal.tiers import policy as tiers
from puntal.tiers.model import Change

NEVER = date(9999, 12, 31)
UNTIL_CLAIMED = "member.claimed"
"""What a guest earns waits for this event."""


class Work:
    """The state while one event is decided; nothing of it is shared with the state before."""

    def __init__(self, program: Compiled, state: State, event: Event, now: datetime) -> None:
        self.program = program
        self.state = state
        self.event = event
        self.now = now
        self.day = event.occurred_at.astimezone(program.zone).date()
        self.books = copy_books(state.books)
        self.running = copy_running(state.running)
        self.order: OrderRecord | None = None
        self.reasons: list[Reason] = []
        self.counts: list[Count] = []
        self.budgets: dict[BudgetKey, int] = {}
        self.budget_bounds: dict[BudgetKey, Bound] = {}
        self.changes: list[Change] = []
        self.caused: list[Caused] = []
        self.facts: dict[str, object] = {}
        self.awarded = False
        self.times: set[str] = set()

    @property
    def order_key(self) -> str | None:
        """How transfers name the order this is about."""
        return None if self.order is None else self.order.key

    def cause(self, rule: str | None) -> Cause:
        """Return what a transfer of this decision says of why."""
        return Cause(event_id=self.event.id, rule=rule, order_key=self.order_key, revision=self.program.revision)

    def finish(self, code: str | None = None) -> Decision:
        """Return the decision."""
        self.books.due_at = points.due_at(self.books, self.program.terms)
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

    # -- room under limits, caps and budgets

    def bounds_of(self, given: Given) -> list[Bound]:
        """Return every bound an award is under, members' first; qualifying wallets are under none of the rule's."""
        wallet_id = self.program.terms[given.wallet].id
        caps = self.program.caps.get(given.wallet, ())
        if self.program.document.wallets[wallet_id].kind == "qualifying":
            return list(caps)
        rule = given.rule.id
        return [
            *self.program.bounds.get(rule, ()),
            *caps,
            *self.program.budgets.get(rule, ()),
        ]

    def payable(self, given: Given) -> tuple[int, str | None]:
        """Return how much of an award fits under everything, and what cut it."""
        amount, by = given.points, None
        for bound in self.bounds_of(given):
            if bound.measure == "times" and given.rule.id in self.times and bound.scope == "m":
                continue
            if bound.measure == "members" and self._counted_member(bound):
                continue
            room = limits.left(bound, self.day, self.running.used, self.state.budgets, self.budgets)
            fits = limits.cut(amount, given.base, bound, room)
            if fits < amount:
                amount, by = fits, bound.key
        room_left = points.room(self.books, self.program.terms[given.wallet])
        if room_left is not None and amount > room_left:
            amount, by = room_left, "balance"
        return amount, by

    def _counted_member(self, bound: Bound) -> bool:
        windows = self.running.used.get(f"member:{bound.key}")
        return windows is not None and limits.window(bound, self.day) in windows

    def cooling(self, rule: Rule) -> bool:
        """Return whether the rule's cooldown is still running for this member."""
        for cooldown in self.program.cooldowns.get(rule.id, ()):
            last = self.running.last.get(cooldown.key)
            if last is not None and self.event.occurred_at < last + cooldown.span:
                return True
        return False

    # -- crediting

    def credit(self, given: Given, position: Sequence[int] | None) -> int:
        """Post one award as far as there is room and say why; `position` maps its lines to the order's.

        Returns what was credited.
        """
        rule = given.rule
        amount, by = self.payable(given)
        if amount < given.points:
            given = truncate(given, amount, by or "limit")
        code = "awarded" if given.cut_by is None else "cut"
        if given.points == 0:
            code = "nothing" if given.cut_by is None else "limit"
        self.reasons.append(Reason(rule.id, code, given.points, given.wallet, given.base, given.uncut, given.cut_by))
        if given.carry is not None and given.award is not None:
            self.running.carry[given.award.key] = given.carry
        if given.points == 0:
            return 0
        lot = self._earn(given)
        uses = self._use(given)
        self._count_measures(given)
        self._remember(given, lot, uses, position)
        self.awarded = True
        return given.points

    def _earn(self, given: Given) -> UUID | None:
        terms = self.program.terms[given.wallet]
        award = given.award
        available = award.available if award is not None else None
        if self.state.profile.status == "guest":
            available = Starting(on=UNTIL_CLAIMED, cancel=True, within=self.program.claim_within)
        lot = points.earn(
            self.books,
            terms,
            given.points,
            cause=self.cause(given.rule.id),
            at=self.event.occurred_at,
            now=self.now,
            expiry=award.expiry if award is not None else None,
            available=available,
            origin="granted" if terms.kind == "money" else None,
        )
        totals = self.running.totals
        totals.earned[terms.id] = totals.earned.get(terms.id, 0) + given.points
        return lot.id

    def gift(self, key: str, wallet: int, amount: int) -> None:
        """Post what a tier gives when it is reached: no rule, no limits, no measure."""
        points.earn(
            self.books,
            self.program.terms[wallet],
            amount,
            cause=self.cause(key),
            at=self.event.occurred_at,
            now=self.now,
        )
        self.reasons.append(Reason(key, "awarded", amount, wallet, 0, amount))
        self.awarded = True

    def _use(self, given: Given) -> list[Use]:
        """Take the room in every counter; return what to give back on a full reversal."""
        uses = []
        rule = given.rule
        first = rule.id not in self.times
        by_key: dict[tuple[str, date], Bound] = {}
        for bound in self.bounds_of(given):
            start = limits.window(bound, self.day)
            if bound.scope == "m":
                by_key[bound.key, start] = bound
                continue
            amount = self._budget_amount(bound, given, first=first)
            if amount:
                shared = (bound.key, bound.measure, start)
                self.budgets[shared] = self.budgets.get(shared, 0) + amount
                self.budget_bounds[shared] = bound
                uses.append(Use("b", bound.key, bound.measure, start, amount))
        for (key, start), bound in by_key.items():
            counter = Counter(1 if first else 0, given.points, given.base)
            limits.take(self.running.used, key, start, counter)
            limits.prune(self.running.used, key, bound, self.day, self.program.late_days)
            uses.append(Use("m", key, "points", start, given.points))
            uses.append(Use("m", key, "value", start, given.base))
            if first:
                uses.append(Use("m", key, "times", start, 1))
        for cooldown in self.program.cooldowns.get(rule.id, ()):
            self.running.last[cooldown.key] = self.event.occurred_at
        self.times.add(rule.id)
        return uses

    def _budget_amount(self, bound: Bound, given: Given, *, first: bool) -> int:
        match bound.measure:
            case "points":
                return given.points
            case "value":
                return given.base if first else 0
            case "times":
                return 1 if first else 0
            case "members":
                if self._counted_member(bound):
                    return 0
                start = limits.window(bound, self.day)
                limits.take(self.running.used, f"member:{bound.key}", start, Counter(1))
                return 1

    def _count_measures(self, given: Given) -> None:
        for climb in self.program.climbs:
            if climb.measure == "earned" and climb.wallet == given.wallet:
                self.count_tier(climb.id, given.points, self.day)

    def count_tier(self, ladder: str, amount: int, day: date) -> None:
        """Add to a ladder's measure at a local day; negative takes back."""
        climb = next(climb for climb in self.program.climbs if climb.id == ladder)
        standing = self.running.tiers.get(ladder)
        enrolled = self.enrolled
        if standing is None:
            standing = tiers.start(climb, enrolled)
        self.running.tiers[ladder] = tiers.count(climb, standing, amount, day, enrolled=enrolled)

    @property
    def enrolled(self) -> date:
        """The local day membership years begin on."""
        at = self.state.profile.enrolled_at or self.state.profile.created_at
        return at.astimezone(self.program.zone).date()

    def _remember(self, given: Given, lot: UUID | None, uses: list[Use], position: Sequence[int] | None) -> None:
        if self.order is None:
            return
        lines = [0] * len(self.order.lines)
        if position is None:
            for index, part in enumerate(given.lines):
                lines[index] = part
        else:
            for index, part in zip(position, given.lines, strict=True):
                lines[index] += part
        self.order.awards.append(
            OrderAward(
                rule=given.rule.id,
                wallet=given.wallet,
                lot=lot,
                lines=lines,
                taken=[0] * len(lines),
                kind=given.kind,
                keep=given.rule.keep,
                uses=uses,
                day=self.day,
            )
        )

    # -- what follows from the awards

    def climb(self) -> None:
        """Upgrade at once where a line was crossed, and cause `tier.reached` for each step taken."""
        today = self.state.today
        for climb in self.program.climbs:
            standing = self.running.tiers.get(climb.id)
            if standing is None:
                continue
            standing, change = tiers.climb_up(
                climb, standing, at=self.event.occurred_at, today=max(today, self.day), enrolled=self.enrolled
            )
            self.running.tiers[climb.id] = standing
            if change is not None:
                self.changes.append(change)
                if change.reason == "reached":
                    self.caused.append(
                        Caused(
                            "tier.reached",
                            self.state.profile.id,
                            {"ladder": climb.id, "tier": change.to_tier, "from": change.from_tier},
                            f"tier.reached:{climb.id}:{change.to_tier}:{standing.since.year}",
                        )
                    )

    def finish_cards(self) -> None:
        """Turn full stamp cards into the right to their reward."""
        for terms in self.program.terms:
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

    def renew(self) -> None:
        """Keep wallets alive that end by inactivity."""
        if self.program.fading:
            points.renew(
                self.books,
                [self.program.terms[ordinal] for ordinal in self.program.fading],
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
    """Return a copy that shares nothing that a decision changes."""
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
        used={key: dict(windows) for key, windows in running.used.items()},
        carry=dict(running.carry),
        alive=running.alive,
        lapsed=running.lapsed,
        last=dict(running.last),
        once={key: list(values) for key, values in running.once.items()},
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
