"""A program with rewards, and a till that asks about carts."""

from __future__ import annotations

from typing import Any

import httpx2

from puntal.kit import clock, ids

DOCUMENT: dict[str, Any] = {
    "puntal": 1,
    "name": "Club Aurora",
    "timezone": "Europe/Madrid",
    "currency": "EUR",
    "joining": {"unknown_customer": "guest"},
    "wallets": {
        "points": {
            "kind": "points",
            "label": {"en": "points", "es": "puntos"},
            "worth": {"value": "0.01 EUR", "step": 100, "min": 500, "max_share": "50%"},
        }
    },
    "earning": [{"id": "purchases", "on": "purchase", "award": {"wallet": "points", "points": 1, "per": "1.00 EUR"}}],
    "rewards": [
        {
            "id": "five_euro",
            "kind": "amount_off",
            "name": {"en": "5 euros off", "es": "5 euros de descuento"},
            "value": "5.00 EUR",
            "cost": {"wallet": "points", "points": 400},
            "when": {"order.net": {"at_least": "20.00 EUR"}},
            "group": "loyalty",
        },
        {
            "id": "free_shipping",
            "kind": "shipping",
            "name": {"en": "Free shipping", "es": "Envío gratis"},
            "when": {"order.net": {"at_least": "50.00 EUR"}},
            "group": "shipping",
        },
        {"id": "germans", "kind": "percent_off", "value": "5%", "when": {"member.country": "DE"}},
        {"id": "coupon", "kind": "percent_off", "value": "15%", "listed": False, "group": "codes"},
    ],
    "stacking": {
        "groups": {"loyalty": {"with": ["shipping", "codes"]}, "codes": {"with": ["shipping"]}, "shipping": {}},
        "order": ["codes", "loyalty", "shipping"],
    },
}


def line(id: str, amount: int, **more: Any) -> dict[str, Any]:
    return {"id": id, "amount_minor": amount} | more


class Till:
    """A program, and a client that may do everything in it."""

    def __init__(self, client: httpx2.AsyncClient, program_id: int, slug: str) -> None:
        self.client = client
        self.program_id = program_id
        self.slug = slug

    def url(self, path: str) -> str:
        return f"/v1/programs/{self.slug}{path}"

    async def ask(self, *lines: dict[str, Any], params: dict[str, Any] | None = None, **body: Any) -> httpx2.Response:
        """Ask about a cart; fields of the order are told from those of the question by their names."""
        named = {"currency", "shipping_minor", "discount_minor", "tax_minor", "attributes", "id"}
        order = {"currency": "EUR", "lines": list(lines)} | {key: body[key] for key in body.keys() & named}
        rest = {key: body[key] for key in body.keys() - named}
        return await self.client.post(
            self.url("/carts/evaluate"), json={"channel": "online", "order": order} | rest, params=params
        )

    async def answer(self, *lines: dict[str, Any], **body: Any) -> Any:
        """Ask about a cart and return what is answered."""
        response = await self.ask(*lines, **body)
        assert response.status_code == 200, response.text
        return response.json()

    async def join(self, name: str, **more: Any) -> str:
        """Enrol somebody; returns her id."""
        body = {"ids": {"email": f"{name}@example.com"}} | more
        response = await self.client.post(self.url("/members"), json=body)
        assert response.status_code == 201, response.text
        return str(response.json()["id"])

    async def buy(self, name: str, amount: int) -> None:
        """Let somebody pay an order of one line."""
        id = str(ids.new_id())
        event = {
            "id": id,
            "type": "order.paid",
            "occurred_at": clock.now().isoformat(),
            "member": {"email": f"{name}@example.com"},
            "order": {"id": id, "currency": "EUR", "lines": [line("1", amount)]},
        }
        response = await self.client.post(self.url("/events"), json=event)
        assert response.status_code == 200, response.text
        assert response.json()["status"] == "awarded"


def offer(answer: Any, reward: str) -> Any:
    """Return what became of one reward."""
    (found,) = [each for each in answer["rewards"] if each["reward"] == reward]
    return found
