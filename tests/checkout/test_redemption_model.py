"""Any sequence of earning, holding, committing, cancelling, refunding, waiting and merging, against a simple model.

The model knows lots as ends and free units, and redemptions as shares of lots. It knows nothing of accounts, rows or
counters.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from puntal.access.model import OrganizationId
from puntal.checkout.operations import redemptions
from puntal.checkout.operations.redemptions import Wanted
from puntal.console import merging
from puntal.entrypoints.intake import Intake
from puntal.entrypoints.programs import Programs
from puntal.entrypoints.verifying import verify
from puntal.intake.operations import item, parse
from puntal.kit import ids
from puntal.kit.calendar import midnight
from puntal.kit.db import Database
from puntal.kit.errors import Refusal
from puntal.members.operations import Membership
from puntal.points import operations as points
from puntal.programs import operations as programs
from puntal.rewards.model import Ask

MADRID = ZoneInfo("Europe/Madrid")
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
COST, WORTH, STOCK, TIMES, DAYS = 300, 500, 5, 4, 30
NET = 2000
DOCUMENT: dict[str, Any] = {
    "puntal": 1,
    "name": "Club",
    "timezone": "Europe/Madrid",
    "currency": "EUR",
    "joining": {"unknown_customer": "enrol"},
    "wallets": {"points": {"kind": "points", "expiry": {"after": f"{DAYS} days"}}},
    "earning": [
        {
            "id": "purchases",
            "on": "purchase",
            "only_lines": {"line.category": "earns"},
            "award": {"wallet": "points", "points": 1, "per": "1.00 EUR"},
        }
    ],
    "rewards": [
        {
            "id": "five",
            "kind": "amount_off",
            "value": "5.00 EUR",
            "cost": {"wallet": "points", "points": COST},
            "stock": STOCK,
            "limit": {"times": TIMES},
            "budget": {"discount": "1000.00 EUR"},
        }
    ],
}


def end_of_life(now: datetime) -> datetime:
    """Thirty days on, to the end of the day."""
    return midnight(MADRID, now.astimezone(MADRID).date() + timedelta(days=DAYS + 1))


@dataclass
class Lot:
    end: datetime
    earned: datetime
    number: int
    free: int

    def give(self, units: int, now: datetime, *, extend: bool) -> None:
        """Units come back: to a lot that is over they come for a while, or not at all."""
        if self.end > now:
            self.free += units
        elif extend:
            self.end = end_of_life(now)
            self.free = units


@dataclass
class Taken:
    id: UUID
    who: str
    shares: list[tuple[Lot, int]]
    lapses: datetime
    state: str = "held"
    returned: int = 0
    order: str | None = None
    refunded: int = 0

    def give_back(self, units: int, now: datetime, *, extend: bool) -> None:
        """The last to be spent comes back first."""
        skip = self.returned
        for lot, part in reversed(self.shares):
            gone = min(skip, part)
            skip -= gone
            back = min(part - gone, units)
            if back:
                lot.give(back, now, extend=extend)
            units -= back


@dataclass
class Model:
    """What should be, told in the plainest way."""

    lots: dict[str, list[Lot]] = field(default_factory=lambda: {"anna": [], "ben": []})
    taken: list[Taken] = field(default_factory=list)
    times: dict[str, int] = field(default_factory=lambda: {"anna": 0, "ben": 0})

    def alive(self, who: str, now: datetime) -> list[Lot]:
        return sorted(
            (lot for lot in self.lots[who] if lot.end > now and lot.free),
            key=lambda lot: (lot.end, lot.earned, lot.number),
        )

    def available(self, who: str, now: datetime) -> int:
        return sum(lot.free for lot in self.alive(who, now))

    def held(self, who: str) -> int:
        return sum(COST for one in self.taken if one.who == who and one.state == "held")

    def stock(self) -> int:
        return sum(one.state in ("held", "committed") for one in self.taken)

    def may(self, who: str, now: datetime) -> bool:
        return self.stock() < STOCK and self.times[who] < TIMES and self.available(who, now) >= COST

    def take(self, id: UUID, who: str, now: datetime, *, commit: bool) -> None:
        left, shares = COST, []
        for lot in self.alive(who, now):
            part = min(lot.free, left)
            if part:
                lot.free -= part
                shares.append((lot, part))
                left -= part
        state = "committed" if commit else "held"
        self.taken.append(Taken(id, who, shares, now + timedelta(minutes=30), state))
        self.times[who] += 1

    def lapse(self, now: datetime) -> None:
        for one in self.taken:
            if one.state == "held" and one.lapses <= now:
                self.end(one, "lapsed", now, extend=False)

    def end(self, one: Taken, state: str, now: datetime, *, extend: bool) -> None:
        one.give_back(COST - one.returned, now, extend=extend)
        one.state = state
        self.times[one.who] -= 1

    def refund(self, one: Taken, amount: int, now: datetime) -> None:
        one.refunded = min(one.refunded + amount, NET - WORTH)
        owed = COST * one.refunded // (NET - WORTH)
        one.give_back(owed - one.returned, now, extend=True)
        one.returned = owed

    def merge(self) -> None:
        self.lots["anna"] += self.lots["ben"]
        self.lots["ben"] = []
        self.times = {"anna": sum(self.times.values()), "ben": 0}
        for one in self.taken:
            one.who = "anna"


class World:
    """The program itself, asked to do the same."""

    def __init__(self, database: Database, program: int) -> None:
        self.database = database
        self.program = program
        self.programs = Programs()
        self.intake = Intake(database, self.programs)
        self.now = START
        self.count = 0
        self.people: dict[str, UUID] = {}

    async def send(self, type: str, who: str, **more: Any) -> None:
        self.count += 1
        said = {
            "id": f"e{self.count}",
            "type": type,
            "occurred_at": self.now.isoformat(),
            "source": "shop",
            "member": {"external": {"shop": who}},
            **more,
        }
        async with self.database.program_transaction(self.program) as tx:
            compiled = (await self.programs.current(tx, self.program)).newest
        parsed = parse(msgspec.json.encode(said))
        (answer,) = await self.intake.run(self.program, [item(parsed, compiled.document, self.now)])
        assert not isinstance(answer, Refusal), answer
        if answer.member_id is not None:
            self.people.setdefault(who, answer.member_id)

    async def order(self, who: str, order: str, amount: int, category: str, **more: Any) -> None:
        line = {"id": "1", "amount_minor": amount, "category": category}
        await self.send("order.paid", who, order={"id": order, "currency": "EUR", "lines": [line], **more})

    async def redeem(self, id: UUID, who: str, *, commit: bool) -> bool:
        async with self.database.program_transaction(self.program) as tx:
            loaded = await self.programs.current(tx, self.program)
            wanted = Wanted(id=id, member_id=self.people[who], ask=Ask("five"), commit=commit)
            try:
                await redemptions.redeem_reward(tx, loaded, wanted, by="test", now=self.now, recorded_at=self.now)
            except Refusal:
                # What was settled on the way is settled again with the next call.
                return False
            return True

    async def end(self, one: Taken, *, commit: bool, by_member: bool = False) -> None:
        async with self.database.program_transaction(self.program) as tx:
            loaded = await self.programs.current(tx, self.program)
            if commit:
                await redemptions.commit(tx, loaded, one.id, now=self.now, recorded_at=self.now)
            else:
                await redemptions.cancel(tx, loaded, one.id, by_member=by_member, now=self.now, recorded_at=self.now)

    async def pass_time(self, span: timedelta) -> None:
        self.now += span
        async with self.database.program_transaction(self.program) as tx:
            loaded = await self.programs.current(tx, self.program)
            await redemptions.lapse_due(tx, loaded, now=self.now, recorded_at=self.now)
            await points.settle_due(tx, self.program, loaded.newest.terms, now=self.now)

    async def merge(self) -> None:
        async with self.database.program_transaction(self.program) as tx:
            newest = (await self.programs.current(tx, self.program)).newest
            await merging.merge(
                tx,
                newest,
                Membership.of(newest.document),
                survivor=self.people["anna"],
                merged=self.people["ben"],
                by="test",
                now=self.now,
            )
        self.people["ben"] = self.people["anna"]

    async def agrees(self, model: Model) -> None:
        """Compare everything the model knows."""
        async with self.database.program_transaction(self.program) as tx:
            terms = (await self.programs.current(tx, self.program)).newest.terms
            for who, member in self.people.items():
                if who == "ben" and member == self.people["anna"]:
                    continue
                (view,) = await points.wallets(tx, self.program, terms, member, now=self.now)
                assert (view.available, view.held) == (model.available(who, self.now), model.held(who)), who
            states = dict(
                await (
                    await tx.execute("SELECT id, state FROM redemption WHERE program_id = %s", [self.program])
                ).fetchall()
            )
            used = dict(
                await (
                    await tx.execute(
                        "SELECT budget || ' ' || measure, used FROM budget_usage WHERE program_id = %s", [self.program]
                    )
                ).fetchall()
            )
        assert states == {one.id: one.state for one in model.taken}
        assert used.get("reward:five:stock times", 0) == model.stock()
        assert used.get("reward:five discount", 0) == WORTH * model.stock()


Who = st.sampled_from(["anna", "ben"])
Step = st.one_of(
    st.tuples(st.just("earn"), Who, st.integers(100, 900)),
    st.tuples(st.just("take"), Who, st.booleans()),
    st.tuples(st.just("commit"), st.integers(0, 9), st.just(0)),
    st.tuples(st.just("cancel"), st.integers(0, 9), st.booleans()),
    st.tuples(st.just("order"), st.integers(0, 9), st.just(0)),
    st.tuples(st.just("refund"), st.integers(0, 9), st.integers(1, 1500)),
    st.tuples(st.just("wait"), st.sampled_from([5, 40, 60 * 24, 60 * 24 * 20, 60 * 24 * 31]), st.just(0)),
    st.tuples(st.just("merge"), st.just(0), st.just(0)),
)


async def play(world: World, model: Model, step: tuple[str, Any, Any]) -> None:
    """Do one step in both, where it means anything."""
    what, one, two = step
    if what == "earn":
        who = one if one == "anna" or world.people["ben"] != world.people["anna"] else "anna"
        await world.order(who, f"o{world.count}", two * 100, "earns")
        model.lots[who].append(Lot(end_of_life(world.now), world.now, world.count, two))
    elif what == "take":
        who = one if world.people["ben"] != world.people["anna"] else "anna"
        id, may = ids.new_id(), model.may(who, world.now)
        assert await world.redeem(id, who, commit=two) == may
        if may:
            model.take(id, who, world.now, commit=two)
    elif what == "wait":
        await world.pass_time(timedelta(minutes=one))
        model.lapse(world.now)
    elif what == "merge":
        if world.people["ben"] != world.people["anna"] and not any(each.state == "held" for each in model.taken):
            await world.merge()
            model.merge()
    else:
        fitting = [
            each
            for each in model.taken
            if (what == "commit" and each.state == "held")
            or (what == "cancel" and each.state in ("held", "committed") and each.order is None)
            or (what == "order" and each.state == "held")
            or (what == "refund" and each.order is not None)
        ]
        if not fitting:
            return
        chosen = fitting[one % len(fitting)]
        if what == "commit":
            await world.end(chosen, commit=True)
            chosen.state = "committed"
        elif what == "cancel":
            await world.end(chosen, commit=False, by_member=two)
            model.end(chosen, "cancelled", world.now, extend=not two)
        elif what == "order":
            chosen.order, chosen.state = f"p{world.count}", "committed"
            await world.order(
                chosen.who, chosen.order, NET, "other", discount_minor=WORTH, redemptions=[str(chosen.id)]
            )
        else:
            await world.send("order.refunded", chosen.who, refund={"order": chosen.order, "amount_minor": two})
            model.refund(chosen, two, world.now)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(steps=st.lists(Step, min_size=5, max_size=25))
@example(
    steps=[
        ("earn", "anna", 900), ("earn", "ben", 500), ("take", "anna", False), ("order", 0, 0), ("refund", 0, 700),
        ("take", "ben", True), ("merge", 0, 0), ("wait", 60 * 24 * 31, 0), ("refund", 0, 700), ("cancel", 0, False),
        ("take", "anna", False), ("wait", 40, 0), ("earn", "anna", 300), ("refund", 0, 1500),
    ]
)  # fmt: skip
@example(
    steps=[
        ("earn", "anna", 200), ("wait", 60 * 24, 0), ("earn", "anna", 200), ("take", "anna", False), ("order", 0, 0),
        ("wait", 60 * 24 * 20, 0), ("wait", 60 * 24, 0), ("wait", 60 * 24, 0), ("wait", 60 * 24, 0),
        ("wait", 60 * 24, 0), ("wait", 60 * 24, 0), ("wait", 60 * 24, 0), ("wait", 60 * 24, 0), ("wait", 60 * 24, 0),
        ("wait", 60 * 24, 0), ("wait", 60 * 24, 0), ("refund", 0, 750), ("wait", 60 * 24, 0),
    ]
)  # fmt: skip
async def test_everything_is_as_the_model_says(
    database: Database, organization_id: OrganizationId, steps: list[tuple[str, Any, Any]]
) -> None:
    async with database.transaction() as tx:
        program = await programs.create_program(
            tx, organization_id=organization_id, slug=f"m{ids.new_id().hex[-20:]}", document=DOCUMENT, now=START
        )
    async with database.program_transaction(program) as tx:
        await programs.publish(tx, program, DOCUMENT, by="test", now=START)
    world, model = World(database, program), Model()
    for who in ("anna", "ben"):
        await world.order(who, f"first-{who}", 100, "other")

    for step in steps:
        world.now += timedelta(seconds=1)
        model.lapse(world.now)
        await play(world, model, step)
        await world.agrees(model)

    assert {name: found for name, found in (await verify(database, program)).items() if found} == {}
