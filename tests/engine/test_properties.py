"""What holds for every program, order, change and refund."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from playing import Player, a_program, lines

from puntal.engine.decide import decide
from puntal.engine.model import Compiled, Decision, Event, State
from puntal.kit.ids import family
from puntal.ledger.model import MEMBER_ACCOUNTS
from puntal.orders.model import OrderRecord
from puntal.points.model import Books

POINTS = st.integers(1, 60)
PERIODS = st.sampled_from(["day", "month", "lifetime", {"rolling": "7 days"}])


@st.composite
def rules(draw: st.DrawFn, id: str) -> dict[str, Any]:
    rule: dict[str, Any] = {"id": id, "on": "purchase"}
    kind = draw(st.sampled_from(["money", "fixed", "item", "line", "times"]))
    if kind == "times":
        rule["multiply"] = {"times": draw(st.sampled_from(["1.5", "2", "3"]))}
        rule["exclusive"] = draw(st.booleans())
    else:
        award: dict[str, Any] = {
            "wallet": draw(st.sampled_from(["points", "points", "status"])),
            "points": draw(POINTS),
        }
        if kind == "money":
            award |= {"per": draw(st.sampled_from(["1.00 EUR", "0.33 EUR", "10.00 EUR"])),
                      "rounding": draw(st.sampled_from(["floor", "half_up", "ceil"])),
                      "round_each": draw(st.sampled_from(["award", "line"])),
                      "carry_fraction": False}  # fmt: skip
        elif kind != "fixed":
            award["per"] = kind
        rule["award"] = award
    if draw(st.booleans()):
        rule["when"] = {"order.net": {"at_least": "15.00 EUR"}}
    if draw(st.booleans()):
        rule["only_lines"] = {"line.category": draw(st.sampled_from(["tea", "food"]))}
    if draw(st.booleans()):
        rule["limit"] = {draw(st.sampled_from(["times", "points"])): draw(st.integers(1, 90)), "per": draw(PERIODS)}
    if draw(st.booleans()):
        rule["budget"] = {draw(st.sampled_from(["points", "times", "members"])): draw(st.integers(1, 200))}
    if draw(st.booleans()):
        rule["group"] = "g"
    return rule


@st.composite
def programs(draw: st.DrawFn) -> Compiled:
    wallet: dict[str, Any] = {"kind": "points", "if_already_spent": draw(st.sampled_from(["stop_at_zero", "debt"]))}
    if draw(st.booleans()):
        wallet["available"] = {"after": "3 days"}
    if draw(st.booleans()):
        wallet["expiry"] = draw(st.sampled_from([{"after": "40 days"}, {"inactive": "35 days"}]))
    if draw(st.booleans()):
        wallet["limits"] = {"balance": draw(st.integers(50, 5000)), "earn": {"points": 300, "per": "month"}}
    measure: dict[str, Any] = draw(st.sampled_from([{"earned": "status"}, {"spend": "order.net"}, {"orders": True}]))
    line = {"earned": 40, "spend": "60.00 EUR", "orders": 2}[next(iter(measure))]
    gift = {"kind": "gift", "wallet": "points", "points": 9}
    ladder = {
        "id": "c",
        "measure": measure,
        "rates_apply": draw(st.sampled_from(["next_event", "same_event"])),
        "refund_below_line": draw(st.sampled_from(["next_night", "keep", "at_once"])),
        "tiers": [{"id": "base"}, {"id": "silver", "from": line, "benefits": [gift]}],
    }
    earning = [draw(rules(f"r{n}")) for n in range(draw(st.integers(1, 5)))]
    for rule in earning:
        if "award" in rule and draw(st.booleans()):
            rule["by_tier"] = {"silver": {"times": 2}}
    return a_program(
        wallets={"points": wallet, "status": {"kind": "qualifying"}},
        ladders=[ladder],
        earning=earning,
        policies={"multipliers": draw(st.sampled_from(["best", "add", "multiply"]))},
    )


SOLD = st.lists(
    st.tuples(st.integers(0, 4000), st.integers(0, 5), st.sampled_from(["tea", "food"])), min_size=1, max_size=4
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("buy"), st.integers(0, 2), SOLD),
        st.tuples(st.just("change"), st.integers(0, 2), SOLD),
        st.tuples(st.just("refund"), st.integers(0, 2), st.one_of(st.none(), st.integers(1, 3000))),
        st.tuples(st.just("line"), st.integers(0, 2), st.integers(1, 4)),
        st.tuples(st.just("withdraw"), st.integers(0, 2), st.integers(0, 12)),
        st.tuples(st.just("cancel"), st.integers(0, 2), st.none()),
    ),
    min_size=1,
    max_size=9,
)


def balances(books: Books) -> dict[tuple[str, int], int]:
    return {
        (account, wallet): amount
        for account in MEMBER_ACCOUNTS
        for wallet, amount in enumerate(getattr(books, account))
    }


class Watcher(Player):
    """A player whose every decision is checked."""

    def play(self, event: Event, now: Any = None) -> Decision:
        now = now or max(event.occurred_at, self.books.settled_to)
        state = self.state(event, now)
        before = deepcopy(_known(state))
        start = balances(state.books)
        posted = len(state.books.transfers)
        first = decide(self.program, state, event, now)
        assert _known(state) == before
        state.books.next_id = family(event.id, now)
        again = decide(self.program, state, event, now)
        assert _comparable(again) == _comparable(first)
        self._check(start, first, posted)
        return super().play(event, now)

    def _check(self, start: dict[tuple[str, int], int], decision: Decision, posted: int) -> None:
        moved = dict(start)
        for transfer in decision.books.transfers[posted:]:
            for account, sign in ((transfer.source, -1), (transfer.destination, 1)):
                if account in MEMBER_ACCOUNTS:
                    moved[account, transfer.wallet] += (-sign if account == "debt" else sign) * transfer.amount
        assert moved == balances(decision.books)
        assert min(moved.values()) >= 0
        for wallet, owed in enumerate(decision.books.debt):
            assert not (owed and decision.books.available[wallet])
        for windows in decision.running.used.values():
            assert all(min(each.times, each.points, each.value) >= 0 for each in windows.values())
        if decision.order is not None:
            check_order(decision.order)


def check_order(order: OrderRecord) -> None:
    for award in order.awards:
        assert len(award.lines) == len(award.taken) == len(order.lines)
        assert all(0 <= taken <= part for taken, part in zip(award.taken, award.lines, strict=True))
    for line in order.lines:
        assert 0 <= line.refunded <= line.net or line.net == 0


def _known(state: State) -> Any:
    return _plain(state.books), msgspec.to_builtins(state.running), state.order, dict(state.budgets)


def _plain(books: Books) -> dict[str, Any]:
    return {name: getattr(books, name) for name in books.__struct_fields__ if name not in ("next_id", "merging")}


def _comparable(decision: Decision) -> Any:
    parts = {name: getattr(decision, name) for name in decision.__struct_fields__ if name != "books"}
    return parts, _plain(decision.books)


def take(player: Player, number: int, step: tuple[str, int, Any]) -> None:
    kind, which, what = step
    day, id = f"2026-03-{3 + number * 2:02} 12:00", f"A{which}"
    if kind in ("buy", "change"):
        amounts, quantities, categories = zip(*what, strict=True)
        sold = lines(*amounts, quantity=quantities, category=categories)
        player.order("order.paid" if kind == "buy" else "order.updated", *sold, id=id, day=day)
    elif kind == "refund":
        player.refund(id, what, day=day, id=f"R{number}")
    elif kind == "line":
        player.refund(id, line=str(what), day=day, id=f"R{number}")
    elif kind == "withdraw":
        player.withdraw(id, f"R{what}", day=day)
    else:
        player.order("order.cancelled", id=id, day=day)


@settings(max_examples=60, deadline=None)
@given(programs(), STEPS)
def test_books_add_up_whatever_happens_to_orders(program: Compiled, steps: list[tuple[str, int, Any]]) -> None:
    anna = Watcher(program)
    for number, step in enumerate(steps):
        take(anna, number, step)


@settings(max_examples=60, deadline=None)
@given(programs(), STEPS)
def test_when_everything_went_back_no_room_is_used(program: Compiled, steps: list[tuple[str, int, Any]]) -> None:
    """Also totals and measures: nothing was earned, nothing counts."""
    anna = Watcher(program)
    for number, step in enumerate(steps):
        take(anna, number, step)
    for which in range(3):
        anna.order("order.cancelled", id=f"A{which}", day="2026-03-30")

    assert set(anna.budgets.values()) <= {0}
    for key, windows in anna.running.used.items():
        for counter in windows.values():
            assert (key, counter.times, counter.points, counter.value) == (key, 0, 0, 0)
    totals = anna.running.totals
    assert (totals.orders, totals.spend, totals.items) == (0, 0, 0)
    assert set(totals.earned.values()) <= {0}
    assert set(anna.running.tiers["c"].counts.values()) <= {0}
    assert all(award.taken == award.lines for order in anna.orders.values() for award in order.awards)


@settings(max_examples=40, deadline=None)
@given(programs(), SOLD, st.lists(st.integers(1, 2500), max_size=6))
def test_parts_of_a_refund_take_what_the_whole_takes(
    program: Compiled, sold: list[tuple[int, int, str]], parts: list[int]
) -> None:
    """X9, X10: and each part no more than its share."""
    anna = Watcher(program)
    take(anna, 0, ("buy", 0, sold))
    order = anna.orders["A0"]
    whole = sum(line.net for line in order.lines)
    gone = 0
    for number, part in enumerate(parts):
        anna.refund("A0", part, day=f"2026-03-{10 + number}")
        gone = min(gone + part, whole)
        for award in anna.orders["A0"].awards:
            if gone < whole and award.kind != "other":
                assert sum(award.taken) <= sum(award.lines)
    anna.order("order.cancelled", id="A0", day="2026-03-30")

    assert all(award.taken == award.lines for award in anna.orders["A0"].awards)
