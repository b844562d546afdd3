"""A small history of a shop: two months, two dozen customers, some 300 events with refunds, the same every time."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

from telling import POINTS

BEGINNING = datetime(2025, 2, 3, 8, tzinfo=UTC)
PROGRAM: dict[str, Any] = {
    "puntal": 1,
    "name": "Aurora",
    "timezone": "Europe/Madrid",
    "currency": "EUR",
    "joining": {"unknown_customer": "enrol"},
    "wallets": {
        "points": {
            "kind": "points",
            "worth": "0.01 EUR",
            "available": {"after": "7 days"},
            "expiry": {"after": "35 days"},
            "if_already_spent": "debt",
            "limits": {"earn": {"points": 300, "per": "month"}},
        },
        "status": {"kind": "qualifying"},
    },
    "ladders": [
        {
            "id": "club",
            "measure": {"earned": "status"},
            "window": {"rolling": "1 months"},
            "keep": {"months": 1},
            "downgrade": {"to": "one_below", "grace": "5 days", "notice": "10 days"},
            "tiers": [{"id": "base"}, {"id": "silver", "from": 150}, {"id": "gold", "from": 400}],
        }
    ],
    "events": {"review.created": {"fields": {"product": "text"}, "once_per": "product"}},
    "earning": [
        {"id": "purchases", "on": "purchase", "award": POINTS, "by_tier": {"silver": {"points": "1.5"}}},
        {"id": "tier_points", "on": "purchase", "award": {"wallet": "status", "points": 1, "per": "1.00 EUR"}},
        {"id": "often", "on": "purchase", "when": {"member.orders.last_30_days": {"at_least": 4}},
         "award": {"wallet": "points", "points": 15}, "limit": {"times": 1, "per": "month"}},
        {"id": "first_hundred", "on": "purchase", "award": {"wallet": "points", "points": 3},
         "budget": {"points": 150, "per": "month"}},
        {"id": "review", "on": "review.created", "award": {"wallet": "points", "points": 5}},
    ],
}  # fmt: skip


def history(events: int = 300) -> list[dict[str, Any]]:
    """Orders, reviews, and refunds of earlier orders, by time; every local day has some."""
    chance = random.Random(2025)
    out: list[dict[str, Any]] = []
    orders: list[tuple[str, str, int]] = []
    at = BEGINNING
    for n in range(events):
        at += timedelta(minutes=chance.randint(20, 540))
        card = str(chance.randint(1, 24))
        kind = chance.random()
        said: dict[str, Any] = {"id": f"e{n}", "occurred_at": at.isoformat(), "source": "till"}
        if kind < 0.15 and orders:
            order, _, amount = orders.pop(chance.randrange(len(orders)))
            part = amount if chance.random() < 0.5 else amount // 3
            said |= {"type": "order.refunded", "refund": {"order": order, "id": f"r{n}", "amount_minor": part}}
        elif kind < 0.25:
            data = {"product": chance.choice("abc")}
            said |= {"type": "review.created", "member": {"card": card}, "data": data}
        else:
            amounts = [chance.randint(100, 6000) for _ in range(chance.randint(1, 4))]
            lines = [{"id": str(at), "amount_minor": amount} for at, amount in enumerate(amounts, 1)]
            orders.append((f"o{n}", card, sum(amounts)))
            said |= {
                "type": "order.paid",
                "member": {"card": card},
                "order": {"id": f"o{n}", "currency": "EUR", "lines": lines},
            }
        out.append(said)
    return out


def jsonl(events: list[dict[str, Any]]) -> list[bytes]:
    return [json.dumps(event).encode() for event in events]
