"""Who may stand at a till: every route of it against every role, and what a cashier may do beside it: nothing."""

from __future__ import annotations

from typing import Any

import pytest
from counters import Shop, a_new_id, order

from puntal.access.policy import BUILT_IN_ROLES

SERVING = {"owner", "admin", "support", "cashier"}


def the_routes(action: str) -> list[tuple[str, str, Any]]:
    return [
        ("POST", "lookup", {"text": "7700123"}),
        ("POST", "evaluate", {"order": order(1000)}),
        ("POST", "earn", {"id": a_new_id(), "order": order(1000)}),
        ("POST", "redeem", {"id": a_new_id(), "voucher": "NOPE1234"}),
        ("POST", "batch", {"items": []}),
        ("GET", "actions", None),
        ("GET", f"actions/{action}", None),
        ("GET", f"actions/{action}/receipt", None),
        ("POST", f"actions/{action}/commit", None),
        ("POST", f"actions/{action}/undo", None),
    ]


@pytest.mark.parametrize("role", sorted(BUILT_IN_ROLES))
async def test_every_route_against_every_role(shop: Shop, role: str) -> None:
    """F10: roles."""
    somebody = await shop.hire("Ben", role=role)
    homeless = await shop.hire("Eva", role=role, store=None)
    for method, path, body in the_routes(a_new_id()):
        with_store = await somebody.ask(path, body, method=method)
        without = await homeless.ask(path, body, method=method)
        if role in SERVING:
            assert with_store.status_code in {200, 201, 404}, (path, with_store.text)
            assert without.json()["type"] == "till.no_store", path
        else:
            assert with_store.json()["type"] == "access.forbidden", path
            assert with_store.json()["permission"] == "till:use"
        assert without.status_code == 403


async def test_machines_do_not_stand_at_tills(shop: Shop) -> None:
    for method, path, body in the_routes(a_new_id()):
        answered = await shop.http.request(method, f"{shop.path}/till/{path}", json=body)
        assert (answered.status_code, answered.json()["type"]) == (403, "till.no_store")


async def test_a_cashier_does_nothing_beside_the_till(shop: Shop) -> None:
    anna = await shop.joins()
    marta = await shop.hire("Marta")
    event = {"id": "x", "type": "order.paid", "occurred_at": "2026-01-01T00:00:00Z", "order": order(1)}
    beside: list[tuple[str, str, Any]] = [
        ("GET", "members", None),
        ("GET", f"members/{anna}", None),
        ("POST", "members/lookup", {"email": "anna@example.com"}),
        ("POST", "members", {"ids": {"card": "1"}}),
        ("GET", f"members/{anna}/wallets", None),
        ("GET", f"members/{anna}/offers", None),
        ("POST", f"members/{anna}/adjustments", {"wallet": "points", "amount": 5, "reason": "x"}),
        ("POST", "events", event),
        ("POST", "events/batch", {"events": [event]}),
        ("POST", "carts/evaluate", {"order": order(1)}),
        ("POST", "redemptions", {"member_id": anna, "reward": "coffee"}),
        ("GET", "redemptions", None),
        ("GET", "vouchers", None),
        ("POST", "vouchers", {"reward": "coupon"}),
        ("POST", "vouchers/NOPE1234/redeem", {"reference": "x"}),
        ("POST", "till/verify-token", {"token": "x"}),
        ("POST", "till/keys/rotate", {}),
        ("GET", "program", None),
        ("GET", "rewards", None),
        ("GET", "audit", None),
        ("POST", "kill-switches", {"target_kind": "program", "target_id": "*", "mode": "stop_new", "reason": "x"}),
        ("GET", "webhooks/endpoints", None),
    ]
    for method, path, body in beside:
        answered = await shop.http.request(method, f"{shop.path}/{path}", headers=marta.headers, json=body)
        assert answered.status_code == 403, (path, answered.status_code, answered.text)
        assert answered.json()["type"] == "access.forbidden", path
