"""A program for tills, and cashiers at the counters of its stores."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2
from fastapi import FastAPI

from puntal.access.model import ALL_PERMISSIONS, Caller, KeyTerms, NewStaff, OrganizationId
from puntal.access.operations import keys, staff
from puntal.entrypoints.verifying import verify
from puntal.kit import clock, ids
from puntal.kit.db import Database
from puntal.programs import operations as programs
from puntal.rewards.model_vouchers import Issue, VoucherTerms
from puntal.rewards.operations import vouchers

POINTS = {"wallet": "points", "points": 1, "per": "1.00 EUR"}
DOCUMENT: dict[str, Any] = {
    "puntal": 1,
    "name": "Club Aurora",
    "timezone": "Europe/Madrid",
    "currency": "EUR",
    "locales": ["es", "en"],
    "wallets": {
        "points": {
            "kind": "points",
            "label": {"en": {"one": "point", "other": "points"}, "es": {"one": "punto", "other": "puntos"}},
        }
    },
    "ladders": [
        {
            "id": "club",
            "measure": {"spend": "order.net"},
            "tiers": [{"id": "base"}, {"id": "silver", "from": "500.00 EUR", "name": {"en": "Silver", "es": "Plata"}}],
        }
    ],
    "earning": [{"id": "purchases", "on": "purchase", "award": POINTS}],
    "rewards": [
        {
            "id": "coffee",
            "kind": "product",
            "name": {"en": "A coffee", "es": "Un café"},
            "product": {"ids": ["coffee"], "delivery": "cart"},
            "cost": {"wallet": "points", "points": 100},
            "stock": 3,
            "limit": {"times": 2, "per": "day"},
        },
        {
            "id": "five_euro",
            "kind": "amount_off",
            "name": {"en": "5 euros off", "es": "5 euros de descuento"},
            "value": "5.00 EUR",
            "cost": {"wallet": "points", "points": 300},
            "when": {"order.net": {"at_least": "20.00 EUR"}},
        },
        {
            "id": "dinner",
            "kind": "amount_off",
            "name": {"en": "A dinner", "es": "Una cena"},
            "value": "50.00 EUR",
            "cost": {"wallet": "points", "points": 5000},
        },
        {
            "id": "coupon",
            "kind": "percent_off",
            "value": "15%",
            "listed": False,
            "name": {"en": "15% off", "es": "15 %"},
        },
        {"id": "card", "kind": "gift_card", "value": "50.00 EUR", "listed": False},
    ],
    "till": {"closing": {"en": "See you soon!", "es": "¡Hasta pronto!"}},
}


def order(*amounts: int, id: str | None = None, **more: Any) -> dict[str, Any]:
    lines = [{"id": str(n), "amount_minor": amount} for n, amount in enumerate(amounts, 1)]
    return {"id": id or str(ids.new_id()), "currency": "EUR", "lines": lines} | more


def a_new_id() -> str:
    return str(ids.new_id())


class Counter:
    """A till of a store, with the key of whoever stands at it."""

    def __init__(self, http: httpx2.AsyncClient, path: str, token: str) -> None:
        self.http = http
        self.path = path
        self.headers = {"authorization": f"Bearer {token}"}

    async def ask(self, path: str, body: Any = None, *, method: str = "POST", locale: str = "en") -> httpx2.Response:
        headers = self.headers | {"accept-language": locale}
        said = ({} if body is None else body) if method != "GET" else None
        return await self.http.request(method, f"{self.path}/till/{path}", headers=headers, json=said)

    async def does(self, path: str, body: Any = None, *, status: int = 200, **more: Any) -> Any:
        answered = await self.ask(path, body, **more)
        assert answered.status_code == status, answered.text
        return answered.json()

    async def sells(self, member: str | None, *amounts: int, status: int = 201, locale: str = "en", **more: Any) -> Any:
        said = {"id": a_new_id(), "member_id": member, "order": order(*amounts)} | more
        return await self.does("earn", said, status=status, locale=locale)

    async def redeems(self, member: str | None, status: int = 201, locale: str = "en", **more: Any) -> Any:
        return await self.does("redeem", {"id": a_new_id(), "member_id": member} | more, status=status, locale=locale)

    async def undoes(self, action: Any, status: int = 200, locale: str = "en") -> Any:
        return await self.does(f"actions/{action['id']}/undo", status=status, locale=locale)


class Shop:
    """A program with stores, reached by the office's key and by cashiers."""

    def __init__(
        self, app: FastAPI, http: httpx2.AsyncClient, database: Database, organization: OrganizationId
    ) -> None:
        self.app = app
        self.http = http
        self.database = database
        self.organization = organization
        self.program_id = 0
        self.path = ""

    async def open(self, **sections: Any) -> None:
        slug = f"till-{ids.new_id()}"
        document = DOCUMENT | sections
        async with self.database.transaction() as tx:
            self.program_id = await programs.create_program(
                tx, organization_id=self.organization, slug=slug, document=document, now=clock.now()
            )
        self.path = f"/v1/programs/{slug}"
        await self.publish(**sections)

    async def publish(self, **sections: Any) -> None:
        async with self.database.program_transaction(self.program_id) as tx:
            await programs.publish(
                tx, self.program_id, DOCUMENT | sections, by="test", now=clock.now(), note="", effective_from=None
            )

    async def hire(self, name: str, store: str | None = "madrid-1", role: str = "cashier") -> Counter:
        """Hire somebody, and give her a key as the office would."""
        office = Caller(
            kind="key",
            organization_id=self.organization,
            program_id=None,
            # Who sits at the machine: owners are appointed by nobody else here.
            id=self.organization,
            name="Office",
            permissions=ALL_PERMISSIONS,
        )
        async with self.database.transaction() as tx:
            person = NewStaff(email=f"{name}-{ids.new_id()}@shop.example", name=name, role=role, store=store)
            hired = await staff.add(tx, person, by=office, password=None, now=clock.now())
            key = await keys.create(
                tx,
                KeyTerms(name=name, scopes=ALL_PERMISSIONS, staff_id=hired.id),
                by=office,
                now=clock.now(),
            )
        return Counter(self.http, self.path, key.token)

    async def call(self, path: str, body: Any = None, *, method: str = "POST", status: int = 200) -> Any:
        """Ask as the office."""
        said = ({} if body is None else body) if method != "GET" else None
        answered = await self.http.request(method, f"{self.path}/{path}", json=said)
        assert answered.status_code == status, answered.text
        return answered.json()

    async def joins(self, name: str = "Anna López", **given: Any) -> str:
        first = name.split(maxsplit=1)[0].lower()
        given = given or {"email": f"{first}@example.com", "phone": "+34600000001", "card": "7700123"}
        return str((await self.call("members", {"ids": given, "name": name}, status=201))["id"])

    async def balance(self, member: str) -> int:
        found = await self.call(f"members/{member}/wallets", method="GET")
        return int(next(each["available"] for each in found["items"] if each["wallet"] == "points"))

    async def a_voucher(self, reward: str = "coupon", member: str | None = None, **more: Any) -> str:
        now = clock.now()
        issue = Issue(
            id=ids.new_id(),
            reward=reward,
            terms=VoucherTerms(revision=1),
            origin="direct",
            valid_from=now - timedelta(days=1),
            member_id=None if member is None else UUID(member),
            **more,
        )
        async with self.database.program_transaction(self.program_id) as tx:
            (made,) = await vouchers.issue(tx, self.program_id, [issue], now=now)
        return made.code

    async def wrong(self) -> dict[str, Any]:
        """What `puntal verify` finds."""
        return {name: found for name, found in (await verify(self.database, self.program_id)).items() if found}

    async def used(self, budget: str) -> int:
        """What is used of a shared counter."""
        async with self.database.program_transaction(self.program_id) as tx:
            found = await tx.execute(
                "SELECT coalesce(sum(used), 0) FROM budget_usage WHERE program_id = %s AND budget = %s",
                [self.program_id, budget],
            )
            row = await found.fetchone()
        return int(row[0]) if row else 0
