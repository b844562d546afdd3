"""Any sequence of earning, holding, committing, cancelling, refunding, waiting, merging and parting, against a model.

Every step compares balances, states and counters; the books are added up at the end. `PUNTAL_MODEL_EXAMPLES` makes it
look for longer.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
from redemption_world import CART, UNDO, Model, Taken, World

from puntal.entrypoints.verifying import verify
from puntal.kit import ids
from puntal.kit.db import Database

EXAMPLES = int(os.environ.get("PUNTAL_MODEL_EXAMPLES", "25"))
STEPS = 25
T = TypeVar("T")
WHO = st.sampled_from(["anna", "ben"])
WAITS = st.sampled_from([5, 40, 60 * 24, 60 * 24 * 20, 60 * 24 * 31])


class Redeeming(RuleBasedStateMachine):
    """Two members and one reward, in the program and in the model."""

    runner: asyncio.Runner
    database: Database

    def does(self, step: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(step)

    @initialize()
    def begin(self) -> None:
        self.world, self.model = self.does(World.open(self.database)), Model()

    def ticks(self) -> None:
        """Every step is a second later."""
        self.world.now += timedelta(seconds=1)
        self.model.lapse(self.world.now)

    def agrees(self) -> None:
        self.does(self.world.agrees(self.model))

    def some(self, states: tuple[str, ...], *, ordered: bool) -> list[Taken]:
        return [one for one in self.model.taken if one.state in states and (one.order is not None) == ordered]

    @rule(who=WHO, units=st.integers(100, 900))
    def earn(self, who: str, units: int) -> None:
        self.ticks()
        world = self.world
        self.does(world.order(self.model.who(who), f"o{world.count}", units * 100, "earns"))
        self.model.earn(self.model.who(who), units, world.now)
        self.agrees()

    @rule(who=WHO, commit=st.booleans(), again=st.booleans())
    def take(self, who: str, commit: bool, again: bool) -> None:  # noqa: FBT001 - drawn by name
        self.ticks()
        who, id = self.model.who(who), ids.new_id()
        may = self.model.may(who, self.world.now)
        for _ in range(1 + (again and may)):
            assert self.does(self.world.redeem(id, who, commit=commit)) == may
        if may:
            self.model.take(id, who, self.world.now, commit=commit)
        self.agrees()

    @precondition(lambda self: self.some(("held",), ordered=False))
    @rule(which=st.integers(0, 9))
    def commit(self, which: int) -> None:
        self.ticks()
        found = self.some(("held",), ordered=False)
        if found:
            one = found[which % len(found)]
            self.does(self.world.end(one, commit=True))
            one.state = "committed"
        self.agrees()

    @precondition(lambda self: self.some(("held", "committed"), ordered=False))
    @rule(which=st.integers(0, 9), by_member=st.booleans())
    def cancel(self, which: int, by_member: bool) -> None:  # noqa: FBT001 - drawn by name
        self.ticks()
        found = self.some(("held", "committed"), ordered=False)
        if found:
            one = found[which % len(found)]
            self.does(self.world.end(one, commit=False, by_member=by_member))
            self.model.end(one, "cancelled", self.world.now, extend=not by_member)
        self.agrees()

    @precondition(lambda self: self.some(("held", "committed"), ordered=False))
    @rule(which=st.integers(0, 9), amount=st.sampled_from([CART, CART - 500, CART + 1000, 3 * CART]))
    def use(self, which: int, amount: int) -> None:
        self.ticks()
        found = self.some(("held", "committed"), ordered=False)
        if found:
            one, order = found[which % len(found)], f"p{self.world.count}"
            self.model.use(one, order, amount)
            named = {"discount_minor": 500, "redemptions": [str(one.id)]}
            self.does(self.world.order(one.who, order, amount, "other", **named))
        self.agrees()

    @precondition(lambda self: self.some(("committed",), ordered=True))
    @rule(which=st.integers(0, 9), amount=st.integers(1, 2500))
    def refund(self, which: int, amount: int) -> None:
        self.ticks()
        found = self.some(("committed",), ordered=True)
        one = found[which % len(found)]
        refund = {"order": one.order, "amount_minor": amount}
        self.does(self.world.send("order.refunded", one.who, refund=refund))
        self.model.refund(one, amount, self.world.now)
        self.agrees()

    @rule(minutes=WAITS)
    def wait(self, minutes: int) -> None:
        self.does(self.world.pass_time(timedelta(minutes=minutes)))
        self.model.lapse(self.world.now)
        self.agrees()

    @precondition(lambda self: not self.model.one)
    @rule()
    def merge(self) -> None:
        self.ticks()
        if not self.some(("held",), ordered=False):
            self.does(self.world.merge())
            self.model.merge(self.world.now)
        self.agrees()

    @precondition(lambda self: self.model.one)
    @rule()
    def part(self) -> None:
        self.ticks()
        assert self.model.moved is not None
        if not self.some(("held",), ordered=False) and self.world.now < self.model.moved[2] + UNDO:
            self.does(self.world.undo())
            self.model.undo()
        self.agrees()

    def teardown(self) -> None:
        if hasattr(self, "world"):
            wrong = self.does(verify(self.database, self.world.program))
            assert {name: found for name, found in wrong.items() if found} == {}


@pytest.fixture
def machine(database_uri: str) -> Any:
    """The machine on a database of this test."""
    with asyncio.Runner() as runner:
        database = runner.run(Database.open(database_uri, size=4))
        yield type("Bound", (Redeeming,), {"runner": runner, "database": database})
        runner.run(database.close())


def test_everything_is_as_the_model_says(machine: type[Redeeming]) -> None:
    looking = settings(
        max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(machine, settings=looking)


def played(machine: type[Redeeming], *steps: tuple[str, dict[str, Any]]) -> None:
    """Play one sequence that was wrong once."""
    one = machine()
    one.begin()
    for name, drawn in steps:
        getattr(one, name)(**drawn)
    one.teardown()


def test_what_was_cancelled_while_they_were_one_is_free_again_for_whose_it_was(machine: type[Redeeming]) -> None:
    """Her limit counted a redemption that was cancelled between the merge and its undoing."""
    played(
        machine,
        ("earn", {"who": "ben", "units": 500}),
        ("take", {"who": "ben", "commit": True, "again": False}),
        ("merge", {}),
        ("cancel", {"which": 0, "by_member": False}),
        ("part", {}),
    )


def test_refunds_before_and_after_a_merge_return_to_the_lots_that_paid(machine: type[Redeeming]) -> None:
    played(
        machine,
        ("earn", {"who": "anna", "units": 900}),
        ("earn", {"who": "ben", "units": 500}),
        ("take", {"who": "anna", "commit": False, "again": True}),
        ("use", {"which": 0, "amount": CART}),
        ("refund", {"which": 0, "amount": 700}),
        ("take", {"who": "ben", "commit": True, "again": False}),
        ("merge", {}),
        ("wait", {"minutes": 60 * 24 * 31}),
        ("refund", {"which": 0, "amount": 700}),
        ("cancel", {"which": 0, "by_member": False}),
        ("take", {"who": "anna", "commit": False, "again": False}),
        ("wait", {"minutes": 40}),
        ("part", {}),
        ("earn", {"who": "anna", "units": 300}),
        ("refund", {"which": 0, "amount": 1500}),
    )


def test_units_that_come_back_after_their_end_live_for_a_while(machine: type[Redeeming]) -> None:
    days = [("wait", {"minutes": 60 * 24})] * 10
    played(
        machine,
        ("earn", {"who": "anna", "units": 200}),
        ("wait", {"minutes": 60 * 24}),
        ("earn", {"who": "anna", "units": 200}),
        ("take", {"who": "anna", "commit": False, "again": False}),
        ("use", {"which": 0, "amount": CART}),
        ("wait", {"minutes": 60 * 24 * 20}),
        *days,
        ("refund", {"which": 0, "amount": 750}),
        ("wait", {"minutes": 60 * 24}),
    )
