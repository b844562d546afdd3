"""What people may write over HTTP, written as an attack: a call for every operation that takes free text.

`launch` makes them; `texts_of` says which operations there are, so that none that is added is forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from conftest import Shop, Site
from puntal.kit import clock, ids

IMAGE = "<img src=x onerror=alert(1)>"
SCRIPT = '"><script>alert(2)</script>'
LINK = "javascript:alert(3)"
TEMPLATE = "{{constructor.constructor('alert(4)')()}}${alert(5)}"
FORMULA = "=1+1"
ALL = f"{FORMULA}{IMAGE}{SCRIPT}{LINK} {TEMPLATE}"
SHORT = ALL[:60]
_LANGUAGES = {"en", "es"}
_OPEN = {"name", "label", "text", "instructions", "description", "note"}

ELSEWHERE: Mapping[str, str] = {
    "patch auth/me": "a name as that of staff who are added",
    "post auth/passkeys": "its name is shown to nobody else",
    "post auth/passkeys/begin": "secrets, never shown",
    "post auth/passkeys/sign-in": "bytes that are checked, never shown",
    "patch auth/passkeys/{passkey_id}": "its name is shown to nobody else",
    "post auth/passkeys/{passkey_id}/remove": "secrets, never shown",
    "post auth/password": "secrets, never shown",
    "post auth/password/reset": "secrets, never shown",
    "post auth/password/reset/for": "secrets, never shown",
    "post auth/second-factor": "secrets, never shown",
    "post auth/second-factor/confirm": "secrets, never shown",
    "post auth/second-factor/recovery-codes": "secrets, never shown",
    "post auth/second-factor/remove": "secrets, never shown",
    "post auth/sign-in": "secrets, never shown",
    "post setup": "whoever owns the installation, once",
    "patch organization": "of the installation that all tests share",
    "put organization/sso/{provider}": "of the sign-in page that all tests share",
    "post organization/staff/invite": "a name as that of staff who are added",
    "patch organization/staff/{staff_id}": "a name as that of staff who are added",
    "patch organization/stores/{store}": "a name as that of stores that are added",
    "post programs": "its names are those of the document",
    "post programs/{program}/carts/evaluate": "read, never kept",
    "post programs/{program}/conditions/check": "read, never kept",
    "post programs/{program}/events/batch": "events as they are sent one by one",
    "put programs/{program}/goals/{goal_id}": "a name as that of goals that are added",
    "put programs/{program}/reports/benchmarks/{benchmark_id}": "words as those of benchmarks that are added",
    "post programs/{program}/history-awards": "names of what is in the document",
    "post programs/{program}/imports/{import_id}/members": "members as they are enrolled one by one",
    "post programs/{program}/members/bulk": "members as they are enrolled one by one",
    "post programs/{program}/members/lookup": "read, never kept",
    "post programs/{program}/members/count": "read, never kept",
    "post programs/{program}/members/search": "read, never kept",
    "post programs/{program}/members/{member_id}/conversions": "names of what is in the document",
    "post programs/{program}/members/{member_id}/transfers": "names of what is in the document",
    "post programs/{program}/pools": "names of what is in the document",
    "post programs/{program}/rewards/{reward}/waitlist": "names of what is in the document",
    "post programs/{program}/till/batch": "redemptions as they are made one by one",
    "post programs/{program}/till/earn": "orders as they are sent one by one",
    "post programs/{program}/till/evaluate": "read, never kept",
    "post programs/{program}/till/lookup": "read, never kept",
    "post programs/{program}/till/redeem": "redemptions as they are made one by one",
    "post programs/{program}/till/verify-token": "read, never kept",
    "post programs/{program}/gift-cards/{code}/payout": "a reference as that of cards that are sold",
    "post programs/{program}/gift-cards/{code}/redeem": "a reference as that of cards that are sold",
    "post programs/{program}/gift-cards/{code}/refund": "a reference as that of cards that are sold",
    "post programs/{program}/gift-cards/{code}/activate": "a reference as that of cards that are sold",
    "post programs/{program}/members/{member_id}/wallets/{wallet}/pay": "a reference as that of money that is loaded",
    "post programs/{program}/members/{member_id}/wallets/{wallet}/payout": "a reason as that of money that is loaded",
    "post programs/{program}/members/{member_id}/wallets/{wallet}/refund": "an order as one that is sent",
    "post programs/{program}/members/{member_id}/wallets/{wallet}/transfer": "a reference as of money that is loaded",
    "post programs/{program}/members/{member_id}/identities": "ids as those of somebody who joins",
    "post programs/{program}/members/{member_id}/identities/remove": "ids that are known",
    "post programs/{program}/exports": "what is asked for, not what is shown",
    "patch programs/{program}/webhooks/endpoints/{endpoint_id}": "words as those of endpoints that are added",
}
"""Operations with free text that are not attacked themselves, and why that loses nothing."""


def document_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a program with something of everything, in which whatever may be worded is an attack."""
    more: dict[str, Any] = {
        "wallets": document["wallets"]
        | {
            "cash": {
                "kind": "money",
                "currency": document["currency"],
                "label": {"en": "x"},
                "gift_cards": {"min": "5.00 EUR", "max": "500.00 EUR"},
            }
        },
        "rewards": [
            *document.get("rewards", ()),
            {
                "id": "evil_bag",
                "kind": "product",
                "name": {"en": "x"},
                "product": {"ids": ["bag"], "delivery": "shipped"},
                "cost": {"wallet": "points", "points": 1},
            },
        ],
        "campaigns": [
            {
                "id": "evil",
                "label": {"en": "x"},
                "from": "2026-01-01",
                "through": "2030-01-01",
                "budget": {"points": 1000},
                "earning": [
                    {
                        "id": "evil_rule",
                        "label": {"en": "x"},
                        "on": "purchase",
                        "award": {"wallet": "points", "points": 1},
                    }
                ],
            }
        ],
    }
    attacked = _attacked(dict(document) | more)
    assert isinstance(attacked, dict)
    return attacked


def _attacked(part: Any, name: str = "") -> Any:
    if isinstance(part, dict):
        if part and set(part) <= _LANGUAGES and name:
            return {language: _text(each) for language, each in part.items()}
        return {key: _attacked(each, key) for key, each in part.items()}
    if isinstance(part, list):
        return [_attacked(each, name) for each in part]
    return SHORT if isinstance(part, str) and name in _OPEN else part


def _text(said: Any) -> Any:
    return dict.fromkeys(said, SHORT) if isinstance(said, dict) else SHORT


def calls(shop: Shop) -> Iterator[tuple[str, Mapping[str, str], dict[str, Any]]]:
    """Yield what to send: the operation, the ids in its path, and a body."""
    first, second, *_ = shop.members
    now = clock.now()
    line = {"id": SHORT, "product": ALL, "category": ALL, "brand": ALL, "tags": [SHORT], "amount_minor": 9000}
    order = {"id": ALL, "currency": "EUR", "lines": [line], "tags": [SHORT]}
    cart = {"currency": "EUR", "lines": [line], "id": f"{SHORT}2"}
    one, other = {"member_id": first}, {"member_id": second}
    proof = {"source": SHORT, "text_version": SHORT, "ip_hash": SHORT, "note": ALL}
    yield (
        "post events",
        {},
        {
            "id": ALL,
            "type": "order.paid",
            "occurred_at": (now - timedelta(minutes=5)).isoformat(),
            "source": SHORT,
            "channel": ALL,
            "store": ALL,
            "member": {"card": "C-0"},
            "order": order,
            "context": {"browser": ALL},
        },
    )
    yield (
        "post members",
        {},
        {
            "name": ALL,
            "ids": {"card": SHORT, "device": SHORT},
            "consents": [{"purpose": "offers", "channel": "email", "given": True, "evidence": proof}],
        },
    )
    yield "patch members/{member_id}", one, {"name": ALL, "attributes": {"household_composition": ALL, "kids": ALL}}
    consents = [{"purpose": "offers", "channel": "sms", "given": True, "evidence": proof}]
    yield "post members/{member_id}/consents", one, {"consents": consents}
    yield (
        "post members/{member_id}/identities/verify",
        one,
        {"kind": "email", "value": "anna@example.org", "evidence": proof},
    )
    gift = {"wallet": "points", "amount": 5000, "reason": ALL, "internal_reason": ALL}
    yield "post members/{member_id}/adjustments", one, gift
    yield "put members/{member_id}/tiers/{ladder}/floor", one | {"ladder": "club"}, {"tier": "gold", "reason": ALL}
    for act in ("pause", "resume", "block", "unblock", "leave"):
        yield f"post members/{{member_id}}/{act}", other, {"reason": ALL}
    load = {"amount": 2500, "means": "cash", "reference": SHORT, "reason": ALL}
    yield "post members/{member_id}/wallets/{wallet}/load", one | {"wallet": "cash"}, load
    yield "post redemptions", {}, {"member_id": first, "reward": "five_euro", "note": ALL, "order": cart}
    parcel = str(ids.new_id())
    yield "post redemptions", {}, {"id": parcel, "member_id": first, "reward": "evil_bag", "commit": True}
    sent = {"fulfilment": "under_way", "note": ALL}
    yield "post redemptions/{redemption_id}/fulfilment", {"redemption_id": parcel}, sent
    yield "post gift-cards", {}, {"wallet": "cash", "amount": 2000, "reference": SHORT}
    yield "post gift-cards/batches", {}, {"wallet": "cash", "count": 2, "name": SHORT}
    yield "post kill-switches", {}, {"target_kind": "rule", "target_id": "own_brand", "reason": ALL}
    yield "post kill-switches", {}, {"target_kind": "channel", "target_id": SHORT, "reason": ALL}
    said = {"label": SHORT, "source": ALL, "definition": ALL, "year": 2025}
    yield "post reports/benchmarks", {}, {"metric": "repeat_customer_rate", "value": 0.4} | said
    goal = {"metric": "orders", "target": 5, "direction": "at_least", "from": "2026-01-01", "through": "2027-01-01"}
    yield "post goals", {}, {"name": SHORT} | goal
    yield "post imports/members", {}, {"name": ALL, "total": 3}
    yield "post program/simulate", {}, {"note": ALL, "days": 3}
    yield "post program/publish", {}, {"note": ALL}
    yield "post program/rollback", {}, {"number": 2, "note": ALL}
    endpoint = {"url": f"https://example.org/?{SCRIPT}", "description": ALL, "kinds": ["*"]}
    yield "post webhooks/endpoints", {}, endpoint


def organization_calls() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what to send about the people who work there."""
    yield "post organization/staff", {"email": f"{ids.new_id()}@example.org", "name": ALL, "role": "analyst"}
    yield "post organization/stores", {"id": f"evil-{ids.new_id().hex[-6:]}", "name": ALL}
    yield "post organization/keys", {"name": ALL[:90], "scopes": ["reports:read"]}


def launch(site: Site, shop: Shop) -> None:
    """Send every attack; each is taken, as the words of people are."""
    at = f"programs/{shop.slug}"
    document: dict[str, Any] = site.api.get(f"{at}/program").json()["document"]
    answer = site.api.put(f"{at}/program", json=document_of(document))
    assert answer.is_success, answer.text
    site.post(f"{at}/program/publish", {"note": ALL})
    for operation, body in organization_calls():
        _send(site, operation, body)
    for operation, path, body in calls(shop):
        method, _, place = operation.partition(" ")
        _send(site, f"{method} {at}/{place.format(**path)}", body)


def _send(site: Site, operation: str, body: Mapping[str, Any]) -> None:
    method, _, path = operation.partition(" ")
    answer = site.api.request(method.upper(), path, json=body)
    assert answer.is_success, f"{operation}: {answer.text}"


def texts_of(openapi: Mapping[str, Any]) -> set[str]:
    """Return the operations whose bodies have text that is not bound to a pattern, a format or a list of words."""
    schemas = openapi["components"]["schemas"]

    def free(schema: Mapping[str, Any], seen: frozenset[str]) -> bool:
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            return name not in seen and free(schemas[name], seen | {name})
        parts = [each for kind in ("anyOf", "oneOf", "allOf") for each in schema.get(kind, ())]
        parts += [*schema.get("properties", {}).values(), *([schema["items"]] if "items" in schema else [])]
        bound = {"enum", "pattern", "format", "const"} & set(schema)
        return (schema.get("type") == "string" and not bound) or any(free(each, seen) for each in parts)

    found = set()
    for path, operations in openapi["paths"].items():
        for method in ("post", "put", "patch"):
            body = operations.get(method, {}).get("requestBody", {}).get("content", {}).get("application/json")
            if body is not None and free(body["schema"], frozenset()):
                found.add(f"{method} {path.removeprefix('/v1/')}")
    return found


def attacked(shop: Shop) -> set[str]:
    """Return the operations that `launch` sends to."""
    own = {re.sub(r"^(\w+) ", r"\1 programs/{program}/", operation) for operation, *_ in calls(shop)}
    return own | {operation for operation, _ in organization_calls()}
