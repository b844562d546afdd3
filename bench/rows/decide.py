"""Deciding: how many purchases a core decides in a second, without a database.

Ten rules with conditions, a ladder with rates of its own, a budget, limits per member, a cap, points that end: orders
of three lines, each on the state its member's order before left.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from bench.table import Goal, Row
from puntal.engine.compile import compile as compile_program
from puntal.engine.decide import decide
from puntal.engine.model import Compiled, Event, Running, State
from puntal.kit.ids import family
from puntal.members.model import Profile
from puntal.orders.model import Line, Order
from puntal.points.model import Books
from puntal.programs.document.program import Program

if TYPE_CHECKING:
    from bench.context import Context

GOAL = Goal(20_000, of="value")
MEMBERS = 200
ORDERS_EACH = 20
START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def _points(id: str, points: int, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - sections of the document
    return {"id": id, "on": "purchase", "award": {"wallet": "points", "points": points}, **more}


DOCUMENT: dict[str, Any] = {
    "puntal": 1,
    "name": "Aurora",
    "timezone": "Europe/Madrid",
    "currency": "EUR",
    "wallets": {
        "points": {
            "kind": "points",
            "expiry": {"after": "12 months", "end_of": "month"},
            "limits": {"earn": {"points": 5000, "per": "month"}},
        },
        "status": {"kind": "qualifying"},
    },
    "ladders": [
        {
            "id": "club",
            "measure": {"earned": "status"},
            "window": "calendar_year",
            "tiers": [{"id": "base"}, {"id": "silver", "from": 1000}, {"id": "gold", "from": 5000}],
        }
    ],
    "segments": {"germans": {"when": {"member.country": "DE"}}},
    "earning": [
        {
            "id": "purchases",
            "on": "purchase",
            "award": [
                {"wallet": "points", "points": 1, "per": "1.00 EUR"},
                {"wallet": "status", "points": 1, "per": "1.00 EUR"},
            ],
            "by_tier": {"silver": {"points": "1.5"}, "gold": {"times": 2}},
            "except_lines": {"line.category": {"in": ["tobacco", "giftcard"]}},
        },
        {
            "id": "double_monday",
            "on": "purchase",
            "during": {"rrule": "FREQ=WEEKLY;BYDAY=MO"},
            "audience": {"any": ["germans"]},
            "multiply": {"rules": ["purchases"], "times": 2},
            "budget": {"points": 500_000_000},
        },
        _points("large", 20, when={"order.net": {"at_least": "100.00 EUR"}}),
        _points("first", 50, when={"member.orders": 0}),
        _points("organic", 5, when={"some_line": {"line.category": "dairy"}}, limit={"times": 4, "per": "month"}),
        _points("app", 3, when={"order.channel": "app"}, limit={"points": 30, "per": {"rolling": "30 days"}}),
        _points("evening", 4, during={"hours": "20:00-23:00"}),
        _points("golden", 10, when={"member.tier": "gold", "order.net": {"at_least": "50.00 EUR"}}),
        _points("many", 6, when={"order.items": {"at_least": 10}}),
        _points("spring", 7, **{"from": "2026-03-01", "through": "2026-05-31"}, when={"order.store": "17"}),
    ],
}


def program() -> Compiled:
    """Return the program, compiled."""
    document = Program.model_validate(DOCUMENT)
    return compile_program(document, program_id=1, revision=1, ordinals={"points": 0, "status": 1})


def _event(member: int, number: int) -> Event:
    at = START + timedelta(hours=37 * number, minutes=member)
    id = f"O{member}-{number}"
    lines = tuple(
        Line(
            id=str(line),
            amount_minor=(number * 311 + member * 97 + line * 1733) % 9000 + 100,
            category=("dairy", "bakery", "tobacco", "drinks")[(number + line + member) % 4],
            quantity=line,
        )
        for line in range(1, 4)
    )
    return Event(
        id=f"e{id}",
        type="order.paid",
        source="shop",
        occurred_at=at,
        channel=("store", "online", "app")[(member + number) % 3],
        store=str(number % 20),
        order=Order(id=id, currency="EUR", lines=lines, discount_minor=100 * (number % 3)),
        order_id=id,
    )


def _profile(member: int) -> Profile:
    return Profile(
        id=UUID(int=member + 1),
        status="active",
        country=("ES", "DE", "FR")[member % 3],
        enrolled_at=START,
        created_at=START,
        updated_at=START,
    )


def play(compiled: Compiled, events: list[list[Event]]) -> int:
    """Decide everybody's orders in order of time; return how many."""
    members = [_profile(member) for member in range(len(events))]
    known = [(Books.opened(each.id, 2, START, family("opened", START)), Running()) for each in members]
    budgets: dict[Any, int] = {}
    done = 0
    for number in range(len(events[0])):
        for member, profile in enumerate(members):
            event = events[member][number]
            books, running = known[member]
            # As intake does: nothing of the order before is loaded or still to be written.
            fresh = Books(
                holder_id=profile.id,
                next_id=family(event.id, event.occurred_at),
                available=books.available,
                pending=books.pending,
                held=books.held,
                debt=books.debt,
                settled_to=books.settled_to,
                due_at=books.due_at,
            )
            state = State(profile, fresh, running, event.occurred_at.date(), budgets=budgets)
            decision = decide(compiled, state, event, event.occurred_at)
            known[member] = decision.books, decision.running
            for key, amount in decision.budgets.items():
                budgets[key] = budgets.get(key, 0) + amount
            done += 1
    return done


async def run(ctx: Context) -> list[Row]:
    """Measure decisions on one core."""
    compiled = program()
    events = [[_event(member, number) for number in range(ORDERS_EACH)] for member in range(MEMBERS)]
    seconds = 1.0 if ctx.short else 3.0

    async def decisions() -> int:
        done, until = 0, time.perf_counter() + seconds
        while time.perf_counter() < until:
            done += play(compiled, events)
        return done

    return [await ctx.alone("decide(), ten rules, orders of three lines", decisions, unit="decisions/s", goal=GOAL)]
