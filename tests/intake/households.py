"""A program with pools, people who share one, and what they buy and bring back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from puntal.console import pools
from puntal.entrypoints.intake import Intake
from puntal.entrypoints.programs import Programs
from puntal.entrypoints.verifying import verify
from puntal.intake.model import Answer, Said
from puntal.intake.policy import item
from puntal.kit import ids
from puntal.kit.db import Database
from puntal.members import operations as members
from puntal.members.model import Enrolled, Ids, NewMember
from puntal.members.operations import Membership
from puntal.points import operations as points
from puntal.points.model import Cause, WalletView

MAY, JUNE = datetime(2026, 5, 5, 10, tzinfo=UTC), datetime(2026, 6, 5, 10, tzinfo=UTC)

SECTIONS: dict[str, Any] = {
    "pools": {"household": {"wallets": ["points"], "max": 4}},
    "wallets": {
        "points": {"kind": "points", "expiry": {"after": "1 month", "end_of": "month"}, "transferable": True},
        "status": {"kind": "qualifying"},
    },
}


class Household:
    """A program with pools, Ana and Ben in one of them."""

    def __init__(self, database: Database, program_id: int) -> None:
        self.database = database
        self.program_id = program_id
        self.programs = Programs()
        self.intake = Intake(database, self.programs)
        self.pool = ids.new_id()
        self.people: dict[str, UUID] = {}

    async def loaded(self) -> Any:
        async with self.database.program_transaction(self.program_id) as tx:
            return await self.programs.current(tx, self.program_id)

    async def terms(self) -> Any:
        return (await self.loaded()).newest.terms

    async def enrol(self, *names: str) -> None:
        document = (await self.loaded()).newest.document
        people = [NewMember(ids=Ids(email=f"{name}@example.com")) for name in names]
        async with self.database.program_transaction(self.program_id) as tx:
            made = await members.enrol_many(
                tx, self.program_id, people, membership=Membership.of(document), now=MAY - timedelta(days=5)
            )
        for name, one in zip(names, made, strict=True):
            assert isinstance(one, Enrolled)
            self.people[name] = one.id

    async def share(self, **adults: bool) -> None:
        document = (await self.loaded()).newest.document
        async with self.database.program_transaction(self.program_id) as tx:
            await members.create_pool(
                tx,
                self.program_id,
                "household",
                {self.people[name]: adult for name, adult in adults.items()},
                membership=Membership.of(document),
                now=MAY - timedelta(days=4),
                pool=self.pool,
            )

    async def send(self, *events: Mapping[str, Any], now: datetime) -> list[Answer]:
        document = (await self.loaded()).newest.document
        items = [item(msgspec.convert(event, Said, strict=False), document, now, trusted=True) for event in events]
        answers = await self.intake.run(self.program_id, items)
        assert all(isinstance(answer, Answer) for answer in answers), answers
        return [answer for answer in answers if isinstance(answer, Answer)]

    async def wallet(self, who: str | UUID, now: datetime, wallet: str = "points") -> WalletView:
        member = self.people[who] if isinstance(who, str) else who
        async with self.database.program_transaction(self.program_id) as tx:
            found = await points.wallets(tx, self.program_id, await self.terms(), member, now=now)
        return next(each for each in found if each.wallet == wallet)

    async def spend(self, who: str, amount: int, now: datetime) -> UUID:
        terms = await self.terms()
        async with self.database.program_transaction(self.program_id) as tx:
            member = self.people[who]
            (purse,) = await points.lock_purses(
                tx, self.program_id, terms, [(member, "points")], now=now, active=True, spender=member
            )
            held = await points.hold(
                tx,
                self.program_id,
                terms,
                holder_id=purse.holder_id,
                wallet="points",
                amount=amount,
                reference="voucher",
                lapses_at=now + timedelta(hours=1),
                now=now,
            )
            await points.commit(tx, self.program_id, terms, hold_id=held.id, cause=Cause(), now=now)
        return purse.holder_id

    async def leave(self, who: str, now: datetime) -> list[UUID]:
        loaded = await self.loaded()
        async with self.database.program_transaction(self.program_id) as tx:
            return await pools.leave(tx, loaded.newest, self.people[who], now=now)

    async def column(self, sql: str, *values: object) -> list[Any]:
        async with self.database.program_transaction(self.program_id) as tx:
            return [row[0] for row in await (await tx.execute(sql, [self.program_id, *values])).fetchall()]

    async def assert_books_hold(self) -> None:
        assert {name: wrong for name, wrong in (await verify(self.database, self.program_id)).items() if wrong} == {}


def bought(who: str, euros: int, at: datetime, id: str | None = None) -> dict[str, Any]:
    order = id or str(ids.new_id())
    return {
        "id": f"{order}-paid",
        "type": "order.paid",
        "occurred_at": at,
        "source": "shop",
        "member": {"email": f"{who}@example.com"},
        "order": {"id": order, "currency": "EUR", "lines": [{"id": "1", "amount_minor": euros * 100}]},
    }


def refunded(order: str, at: datetime, amount: int | None = None) -> dict[str, Any]:
    refund = {"order": order} if amount is None else {"order": order, "amount_minor": amount}
    return {
        "id": f"{order}-back-{amount}",
        "type": "order.refunded",
        "occurred_at": at,
        "source": "shop",
        "refund": refund,
    }


EARNING: Sequence[dict[str, Any]] = [
    {"id": "purchases", "on": "purchase", "award": {"wallet": "points", "points": 1, "per": "1.00 EUR"}},
    {"id": "tier_points", "on": "purchase", "award": {"wallet": "status", "points": 1, "per": "1.00 EUR"}},
]
