"""Two people who work with one program, and what each asks of the other."""

from __future__ import annotations

from typing import Any

import httpx2

DOCUMENT: dict[str, Any] = {
    "puntal": 1,
    "name": "Club Aurora",
    "timezone": "Europe/Madrid",
    "currency": "EUR",
    "phase": "live",
    "wallets": {
        "points": {
            "kind": "points",
            "label": {"en": "points", "es": "puntos"},
            "liability": {"cost_per_point": "0.01 EUR"},
        },
        "monedero": {"kind": "money", "currency": "EUR", "gift_cards": {"min": "1.00 EUR", "prefix": "GC"}},
    },
    "rewards": [
        {
            "id": "five_euro",
            "kind": "amount_off",
            "name": {"en": "Five euro off", "es": "5 € de descuento"},
            "value": "5.00 EUR",
            "voucher": {},
        }
    ],
}


class Office:
    """Anna and Ben, marketer and owner, each signed in, and their program."""

    def __init__(self, anna: httpx2.AsyncClient, ben: httpx2.AsyncClient, at: str) -> None:
        self.anna, self.ben, self.at = anna, ben, at

    async def want(self, **wanted: Any) -> None:
        answer = await self.ben.put("/v1/organization/four-eyes", json=wanted)
        assert answer.status_code == 200, answer.text

    async def waiting(self, answer: httpx2.Response) -> dict[str, Any]:
        assert answer.status_code == 202, answer.text
        shown = await self.ben.get(f"{self.at}/approvals/{answer.json()['approval_id']}")
        said: dict[str, Any] = shown.json()
        return said

    async def decide(self, client: httpx2.AsyncClient, id: str, decision: str = "approve") -> httpx2.Response:
        return await client.post(f"{self.at}/approvals/{id}/decision", json={"decision": decision})
