"""A program with a bit of everything, and events as a shop sends them: dull and valid unless said otherwise."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx2

from puntal.access.model import NewKey
from puntal.kit import clock, ids

DOCUMENT: dict[str, Any] = {
    "puntal": 1,
    "name": "Club Aurora",
    "timezone": "Europe/Madrid",
    "currency": "EUR",
    "joining": {"unknown_customer": "enrol"},
    "wallets": {
        "points": {"kind": "points", "worth": "0.01 EUR", "expiry": {"after": "12 months"}},
        "status": {"kind": "qualifying"},
    },
    "ladders": [
        {
            "id": "club",
            "measure": {"earned": "status"},
            "window": "calendar_year",
            "keep": "end_of_next_period",
            "tiers": [{"id": "base"}, {"id": "silver", "from": 100}],
        }
    ],
    "events": {"review.written": {"fields": {"stars": "number", "product": "text"}, "once_per": "product"}},
    "earning": [
        {"id": "purchases", "on": "purchase", "award": {"wallet": "points", "points": 1, "per": "1.00 EUR"}},
        {"id": "tier_points", "on": "purchase", "award": {"wallet": "status", "points": 1, "per": "1.00 EUR"}},
        {
            "id": "big_basket",
            "on": "purchase",
            "when": {"order.net": {"at_least": "75.00 EUR"}},
            "award": {"wallet": "points", "points": 50},
            "limit": {"times": 2, "per": "month"},
        },
        {"id": "review", "on": "review.written", "award": {"wallet": "points", "points": 10}},
    ],
}
MakeKey = Callable[..., Awaitable[NewKey]]
MakeProgram = Callable[..., Awaitable["Shop"]]


class Shop:
    """A program, and a client that may do everything in it."""

    def __init__(self, client: httpx2.AsyncClient, program_id: int, slug: str) -> None:
        self.client = client
        self.program_id = program_id
        self.slug = slug
        self.at = f"/v1/programs/{slug}"

    async def send(self, event: Any, **options: Any) -> httpx2.Response:
        return await self.client.post(f"{self.at}/events", json=event, **options)

    async def send_many(self, events: list[Any], **options: Any) -> httpx2.Response:
        return await self.client.post(f"{self.at}/events/batch", json={"events": events}, **options)

    async def get(self, path: str, **options: Any) -> httpx2.Response:
        return await self.client.get(f"{self.at}/{path}", **options)


def an_order(*amounts: int, id: str | None = None, **event: Any) -> dict[str, Any]:
    """A paid order of Anna's with lines of these minor amounts."""
    order = id or str(ids.new_id())
    said = {
        "id": f"{order}-paid",
        "type": "order.paid",
        "occurred_at": (clock.now() - timedelta(minutes=1)).isoformat(),
        "source": "shop",
        "member": {"email": "anna@example.com"},
        "order": {
            "id": order,
            "currency": "EUR",
            "lines": [{"id": str(n), "amount_minor": amount} for n, amount in enumerate(amounts or (1999,), 1)],
        },
    }
    return said | event


def a_refund(order: str, **event: Any) -> dict[str, Any]:
    said = {
        "id": f"{order}-refund",
        "type": "order.refunded",
        "occurred_at": clock.now().isoformat(),
        "source": "shop",
        "refund": {"order": order},
    }
    return said | event
