"""A program and a member to play events on, without a database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from puntal.engine.compile import compile as compile_program
from puntal.engine.decide import decide
from puntal.engine.model import Caused, Compiled, Decision, Event, Running, State, Switches
from puntal.kit.ids import derived, family
from puntal.members.model import Ids, Profile
from puntal.orders.model import Line, Order, OrderRecord, Refund, RefundLine
from puntal.points import policy as points
from puntal.points.model import Books
from puntal.programs.document.program import Program

MADRID = ZoneInfo("Europe/Madrid")
ANNA = UUID(int=1)
BASE_RULE = {"id": "purchases", "on": "purchase", "award": {"wallet": "points", "points": 1, "per": "1.00 EUR"}}


def a_program(**sections: Any) -> Compiled:
    """Rate 1 point per euro, wallet `points`, zone Madrid, unless said."""
    document = {
        "puntal": 1,
        "name": "Aurora",
        "timezone": "Europe/Madrid",
        "currency": "EUR",
        "wallets": {"points": {"kind": "points", "worth": "0.01 EUR"}},
        "earning": [BASE_RULE],
    } | sections
    program = Program.model_validate(document)
    return compile_program(
        program, program_id=1, revision=1, ordinals={name: n for n, name in enumerate(program.wallets)}
    )


def at(text: str) -> datetime:
    """A Madrid wall-clock time, `2026-03-02 12:00` or just a day (noon)."""
    stamp = text if " " in text else f"{text} 12:00"
    return datetime.fromisoformat(stamp).replace(tzinfo=MADRID).astimezone(UTC)


def lines(*amounts: int, **columns: Sequence[Any]) -> tuple[Line, ...]:
    """Lines 1, 2, ... of these minor amounts; columns give other fields line by line."""
    return tuple(
        Line(id=str(n), amount_minor=amount, **{name: values[n - 1] for name, values in columns.items()})
        for n, amount in enumerate(amounts, 1)
    )


class Player:
    """One member of one program; each event is decided on the state the one before left."""

    def __init__(self, program: Compiled, **profile: Any) -> None:
        self.program = program
        known: dict[str, Any] = {"status": "active", "enrolled_at": at("2020-01-01"), **profile}
        self.profile = Profile(id=ANNA, created_at=at("2020-01-01"), updated_at=at("2020-01-01"), **known)
        opened = at("2020-01-01")
        self.books = Books.opened(ANNA, len(program.terms), opened, family("opened", opened))
        self.running = Running()
        self.orders: dict[str, OrderRecord] = {}
        self.budgets: dict[Any, int] = {}
        self.lists: frozenset[str] = frozenset()
        self.metrics: dict[str, int] = {}
        self.events = 0
        self.switches = Switches()
        self.elsewhere: list[Caused] = []
        """What followed for other members."""
        self.changes: list[tuple[str, str, str]] = []

    def state(self, event: Event, now: datetime) -> State:
        """Return what a decision of this event may read."""
        self.books.next_id = family(event.id, now)
        return State(
            profile=self.profile,
            books=self.books,
            running=self.running,
            today=now.astimezone(self.program.zone).date(),
            order=None if event.order_id is None else self.orders.get(event.order_id),
            budgets=self.budgets,
            lists=self.lists,
            metrics=self.metrics,
            switches=self.switches,
        )

    def play(self, event: Event, now: datetime | None = None) -> Decision:
        """Decide an event and what it causes for her, and go on from what they leave."""
        now = now or max(event.occurred_at, self.books.settled_to)
        decision = decide(self.program, self.state(event, now), event, now)
        self.books, self.running, order = decision.after
        if order is not None:
            self.orders[order.order_id] = order
        for shared, amount in decision.budgets.items():
            self.budgets[shared] = self.budgets.get(shared, 0) + amount
        self.changes += [(change.from_tier, change.to_tier, change.reason) for change in decision.changes]
        for caused in decision.caused:
            if caused.member_id != ANNA:
                self.elsewhere.append(caused)
                continue
            source, order_id = caused.order or ("puntal", None)
            self.play(
                Event(
                    id=str(derived(event.id, caused.kind)),
                    type=caused.type,
                    source=source,
                    occurred_at=event.occurred_at,
                    order_id=order_id,
                    data=caused.data,
                    cause=event.id,
                    depth=event.depth + 1,
                    late_allowed=True,
                ),
                now,
            )
        return decision

    def buy(
        self, *of: Line, day: str = "2026-03-03", id: str | None = None, now: str | None = None, **order: Any
    ) -> Decision:
        """Pay an order of these lines."""
        return self.order("order.paid", *of, day=day, id=id or f"O{self.events + 1}", now=now, **order)

    def order(
        self,
        type: str,
        *of: Line,
        id: str,
        day: str = "2026-03-03",
        now: str | None = None,
        channel: str | None = None,
        context: Mapping[str, Any] | None = None,
        **order: Any,
    ) -> Decision:
        """Let something happen to an order of these lines; without lines it is only named."""
        self.events += 1
        body = {"currency": "EUR"} | order
        event = Event(
            id=f"e{self.events}",
            type=type,
            source="shop",
            occurred_at=at(day),
            channel=channel,
            order=Order(id=id, lines=tuple(of), **body) if of else None,
            order_id=id,
            context=context or {},
        )
        return self.play(event, None if now is None else at(now))

    def refund(
        self, order: str, amount: int | None = None, *, line: str | None = None, day: str = "2026-03-04",
        now: str | None = None, id: str | None = None, type: str = "order.refunded",
    ) -> Decision:  # fmt: skip
        """Refund a line, an amount, or everything; or withdraw the refund of this id."""
        self.events += 1
        named = () if line is None else (RefundLine(line, None),)
        event = Event(
            id=f"e{self.events}",
            type=type,
            source="shop",
            occurred_at=at(day),
            order_id=order,
            refund=Refund(order=order, id=id, lines=named, amount_minor=amount),
        )
        return self.play(event, None if now is None else at(now))

    def withdraw(self, order: str, refund: str, *, day: str = "2026-03-05") -> Decision:
        """Withdraw a refund."""
        return self.refund(order, id=refund, day=day, type="order.refund_withdrawn")

    def happen(
        self, type: str, day: str = "2026-03-03", *, about: str | None = None, source: str = "shop", **data: Any
    ) -> Decision:
        """Let a custom or clock event happen, perhaps about an order."""
        self.events += 1
        return self.play(
            Event(id=f"e{self.events}", type=type, source=source, occurred_at=at(day), data=data, order_id=about)
        )

    def settle(self, when: str) -> None:
        """Let the clock reach an instant."""
        self.books.next_id = family(when, at(when))
        points.settle(self.books, self.program.terms, at(when))

    def balance(self, wallet: str = "points") -> int:
        """Available minus debt."""
        n = self.program.wallets[wallet]
        return self.books.available[n] - self.books.debt[n]

    def pending(self, wallet: str = "points") -> int:
        """Not spendable yet."""
        return self.books.pending[self.program.wallets[wallet]]


def codes(decision: Decision, rule: str | None = None) -> list[str]:
    """What was said of each rule, or of one."""
    return [reason.code for reason in decision.reasons if rule in (None, reason.rule)]


def given(decision: Decision) -> Mapping[str, int]:
    """Rule to what it gave in this decision."""
    out: dict[str, int] = {}
    for reason in decision.reasons:
        if reason.points:
            out[reason.rule] = out.get(reason.rule, 0) + reason.points
    return out


__all__ = ["ANNA", "Ids", "Player", "a_program", "at", "codes", "given", "lines"]
