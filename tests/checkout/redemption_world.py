"""What should be of redemptions, told in the plainest way, and the program itself, asked to do the same.

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

from puntal.checkout.operations import redemptions
from puntal.checkout.operations.redemptions import Wanted
from puntal.console import merging
from puntal.entrypoints.intake import Intake
from puntal.entrypoints.programs import Programs
from puntal.intake.operations import item, parse
from puntal.kit import ids
from puntal.kit.calendar import midnight
from puntal.kit.db import Database
from puntal.kit.errors import Refusal
from puntal.members.operations import Membership
from puntal.orders.model import Line, Order
from puntal.points import operations as points
from puntal.programs import operations as programs
from puntal.rewards.model import Ask

MADRID = ZoneInfo("Europe/Madrid")
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
COST, WORTH, STOCK, TIMES, DAYS = 300, 500, 5, 4, 30
CART = 2000
ORDERS = 9000
"""Most value of orders, in minor units: of four carts, and a little."""
DISCOUNTS = 4 * WORTH
UNDO = timedelta(days=300)
DOCUMENT: dict[str, Any] = {
    "puntal": 1,
    "name": "Club",
    "timezone": "Europe/Madrid",
    "currency": "EUR",
    "joining": {"unknown_customer": "enrol"},
    "policies": {"merge_undo": "10 months"},
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
            "budget": {"discount": "20.00 EUR", "order_value": "90.00 EUR"},
        }
    ],
}


def end_of_life(now: datetime) -> datetime:
    """Thirty days on, to the end of the day."""
    return midnight(MADRID, now.astimezone(MADRID).date() + timedelta(days=DAYS + 1))


@dataclass(eq=False)
class Lot:
    owner: str
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


@dataclass(eq=False)
class Taken:
    id: UUID
    who: str
    shares: list[tuple[Lot, int]]
    lapses: datetime
    state: str = "held"
    returned: int = 0
    order: str | None = None
    net: int = 0
    refunded: int = 0
    reserved: int = CART
    """Order value."""

    def give_back(self, units: int, now: datetime, *, extend: bool) -> int:
        """The last to be spent comes back first; returns how many were paid by lots that are another's now."""
        hers = [(lot, part) for lot, part in self.shares if lot.owner == self.who]
        skip = min(self.returned, sum(part for _, part in hers))
        self.returned += units
        for lot, part in reversed(hers):
            gone = min(skip, part)
            skip -= gone
            back = min(part - gone, units)
            if back:
                lot.give(back, now, extend=extend)
            units -= back
        return units


@dataclass
class Model:
    """What should be."""

    lots: list[Lot] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)
    moved: tuple[list[Lot], list[Taken], datetime] | None = None
    """Of the merge that stands: what was Ben's, and when it was."""

    @property
    def one(self) -> bool:
        """Whether both are one."""
        return self.moved is not None

    def who(self, asked: str) -> str:
        return "anna" if self.one else asked

    def alive(self, who: str, now: datetime) -> list[Lot]:
        return sorted(
            (lot for lot in self.lots if lot.owner == who and lot.end > now and lot.free),
            key=lambda lot: (lot.end, lot.earned, lot.number),
        )

    def available(self, who: str, now: datetime) -> int:
        return sum(lot.free for lot in self.alive(who, now))

    def held(self, who: str) -> int:
        return sum(COST for one in self.taken if one.who == who and one.state == "held")

    def active(self) -> list[Taken]:
        return [one for one in self.taken if one.state in ("held", "committed")]

    def times(self, who: str) -> int:
        return sum(one.who == who for one in self.active())

    def value(self) -> int:
        return sum(one.reserved for one in self.active())

    def may(self, who: str, now: datetime) -> bool:
        room = len(self.active()) < min(STOCK, DISCOUNTS // WORTH) and self.value() + CART <= ORDERS
        return room and self.times(who) < TIMES and self.available(who, now) >= COST

    def earn(self, who: str, units: int, now: datetime) -> None:
        self.lots.append(Lot(who, end_of_life(now), now, len(self.lots), units))

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

    def use(self, one: Taken, order: str, amount: int) -> bool:
        """An order names it: what the order is worth beyond the cart must have room."""
        if amount - one.reserved > ORDERS - self.value():
            return False
        one.order, one.net, one.reserved, one.state = order, amount - WORTH, amount, "committed"
        return True

    def lapse(self, now: datetime) -> None:
        for one in self.taken:
            if one.state == "held" and one.lapses <= now:
                self.end(one, "lapsed", now, extend=False)

    def end(self, one: Taken, state: str, now: datetime, *, extend: bool) -> None:
        # What was only held comes back, and was never spent.
        before = one.returned
        self._give_back(one, COST - before, now, extend=extend)
        if one.state == "held":
            one.returned = before
        one.state = state

    def refund(self, one: Taken, amount: int, now: datetime) -> None:
        one.refunded = min(one.refunded + amount, one.net)
        self._give_back(one, COST * one.refunded // one.net - one.returned, now, extend=True)

    def _give_back(self, one: Taken, units: int, now: datetime, *, extend: bool) -> None:
        rest = one.give_back(units, now, extend=extend)
        if rest:
            self.earn(one.who, rest, now)

    def merge(self, now: datetime) -> None:
        self.moved = (
            [lot for lot in self.lots if lot.owner == "ben"],
            [one for one in self.taken if one.who == "ben"],
            now,
        )
        self._hand_over("anna")

    def undo(self) -> None:
        self._hand_over("ben")
        self.moved = None

    def _hand_over(self, who: str) -> None:
        assert self.moved is not None
        for lot in self.moved[0]:
            lot.owner = who
        for one in self.moved[1]:
            one.who = who


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
        self.merged: UUID | None = None
        """The merge that stands."""

    @classmethod
    async def open(cls, database: Database) -> World:
        """A program of its own with two members."""
        organization = ids.new_id()
        async with database.transaction() as tx:
            await tx.execute(
                "INSERT INTO organization (id, name, created_at) VALUES (%s, 'Tienda', %s)", [organization, START]
            )
            program = await programs.create_program(
                tx, organization_id=organization, slug=f"m{organization.hex[-20:]}", document=DOCUMENT, now=START
            )
        async with database.program_transaction(program) as tx:
            await programs.publish(tx, program, DOCUMENT, by="test", now=START)
        world = cls(database, program)
        for who in ("anna", "ben"):
            await world.order(who, f"first-{who}", 100, "other")
        return world

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
            cart = Order("cart", "EUR", (Line("1", CART),))
            wanted = Wanted(id=id, member_id=self.people[who], ask=Ask("five"), commit=commit, order=cart)
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
            done = await merging.merge(
                tx,
                newest,
                Membership.of(newest.document),
                survivor=self.people["anna"],
                merged=self.people["ben"],
                by="test",
                now=self.now,
            )
        self.merged = done.id

    async def undo(self) -> None:
        assert self.merged is not None
        async with self.database.program_transaction(self.program) as tx:
            newest = (await self.programs.current(tx, self.program)).newest
            await merging.undo(tx, newest, self.merged, by="test", now=self.now)
        self.merged = None

    async def agrees(self, model: Model) -> None:
        """Compare everything the model knows."""
        async with self.database.program_transaction(self.program) as tx:
            terms = (await self.programs.current(tx, self.program)).newest.terms
            for who, member in self.people.items():
                if who == "ben" and self.merged is not None:
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
        assert used.get("reward:five:stock times", 0) == len(model.active())
        assert used.get("reward:five discount", 0) == WORTH * len(model.active())
        assert used.get("reward:five value", 0) == model.value()
