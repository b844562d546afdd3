"""Examples in the reference: written ones for bodies, and for answers made from what their fields show."""

from __future__ import annotations

from typing import Any

_ANNA = "019a8f5e-7c1e-7000-8000-3f6c2b1d4e5a"
_BEN = "019a8f5e-7c1e-7000-8000-9b0d5a7c1f22"
_EVIDENCE = {"source": "checkout", "text": "I want to receive personal offers"}
_CONSENT = {"purpose": "offers", "channel": "email", "given": True, "evidence": _EVIDENCE}
_DEEPEST = 6

BODIES: dict[str, Any] = {
    "Adjust": {
        "wallet": "points",
        "amount": 200,
        "reason": "For the late parcel",
        "internal_reason": "Ticket 4711",
    },
    "BulkIn": {"members": [{"ids": {"email": "anna@example.com"}}, {"ids": {"card": "7700123"}, "name": "Ben"}]},
    "CancelIn": {"by_member": True},
    "CommitIn": {"discount_minor": 500},
    "ConsentsIn": {"consents": [_CONSENT]},
    "Convert": {"wallet": "points", "into": "credit", "amount": 500},
    "FulfilIn": {"fulfilment": "under_way", "note": "Parcel 00340434161094015902"},
    "IdentityIn": {"kind": "email", "value": "anna@example.com"},
    "IdsIn": {"email": "anna@example.com", "external": {"shop": "6712"}},
    "LoadIn": {"reference": "till-3-0042", "amount": 2500, "means": "cash"},
    "MergeIn": {"merged_id": _BEN},
    "PayIn": {"reference": "order-1001", "amount": 1500, "order": "shop:1001"},
    "PayoutCardIn": {"reference": "closing-17", "means": "card"},
    "PayoutIn": {"reference": "closing-18", "means": "bank"},
    "PoolIn": {"kind": "household", "members": [{"member_id": _ANNA}, {"member_id": _BEN, "adult": False}]},
    "PoolMemberIn": {"member_id": _BEN, "adult": True},
    "PreviewIn": {"survivor_id": _ANNA, "merged_id": _BEN},
    "ReasonIn": {"reason": "Asked for by phone"},
    "RedemptionIn": {
        "member_id": _ANNA,
        "reward": "five_euro",
        "channel": "online",
        "order": {"currency": "EUR", "lines": [{"id": "1", "amount_minor": 2999}]},
        "discount_minor": 500,
    },
    "RefundCardIn": {"reference": "return-1001", "payment": "order-1001", "amount": 500},
    "RefundIn": {"reference": "return-1001", "payment": "order-1001", "amount": 500},
    "RollBackIn": {"number": 3, "note": "The new rate was a mistake"},
    "SellIn": {"wallet": "monedero", "amount": 5000, "reference": "order-1002-1", "order": "shop:1002", "line": "1"},
    "Send": {"wallet": "points", "amount": 100, "to": _BEN},
    "SendIn": {"reference": "gift-77", "amount": 1000, "to": _BEN},
    "SetFloor": {"tier": "gold", "through": "2026-12-31", "reason": "Moved here from another club"},
    "SwitchIn": {"target_kind": "rule", "target_id": "purchases", "mode": "stop_new", "reason": "Wrong rate"},
    "VerifyIn": {
        "kind": "email",
        "value": "anna@example.com",
        "evidence": {"source": "link", "text": "Opened the link that was sent"},
    },
}
"""By schema, where its own slice says none."""

_BY_FORMAT = {
    "uuid": _ANNA,
    "date-time": "2026-03-02T11:00:00Z",
    "date": "2026-03-02",
    "uri": "https://shop.example/puntal",
}


def with_examples(document: dict[str, Any]) -> dict[str, Any]:
    """Return an OpenAPI document in which every body and every answer has an example."""
    schemas = document["components"]["schemas"]
    for name, example in BODIES.items():
        if name in schemas and not _has_example(schemas[name]):
            schemas[name]["examples"] = [example]
    for path in document["paths"].values():
        for operation in path.values():
            for content in operation.get("requestBody", {}).get("content", {}).values():
                # A body that may be left out has no example of its own.
                if "anyOf" in content.get("schema", {}) and not _has_example(content):
                    content["example"] = example_of(content["schema"], schemas)
            for status, response in operation["responses"].items():
                content = response.get("content", {}).get("application/json")
                if status.startswith("2") and content is not None and not _has_example(content):
                    content["example"] = example_of(content.get("schema", {}), schemas)
    return document


def example_of(schema: dict[str, Any], schemas: dict[str, Any], depth: int = 0) -> Any:  # noqa: ANN401, C901, PLR0911, PLR0912 - any JSON value; one branch per kind of schema
    """Return a value of a schema: its own example, else one put together from its fields."""
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rsplit("/", 1)[1]]
    if schema.get("examples"):
        return schema["examples"][0]
    for word in ("example", "const"):
        if word in schema:
            return schema[word]
    if schema.get("enum"):
        return schema["enum"][0]
    if schema.get("default") not in (None, "", [], {}):
        return schema["default"]
    for word in ("anyOf", "oneOf", "allOf"):
        if schema.get(word):
            return example_of(schema[word][0], schemas, depth)
    match schema.get("type"):
        case "object" if depth < _DEEPEST:
            return {name: example_of(field, schemas, depth + 1) for name, field in schema.get("properties", {}).items()}
        case "array":
            return [] if depth >= _DEEPEST else [example_of(schema.get("items", {}), schemas, depth + 1)]
        case "string":
            return _BY_FORMAT.get(schema.get("format", ""), "text")
        case "integer" | "number":
            return schema.get("minimum", 1)
        case "boolean":
            return True
        case "null":
            return None
    return {}


def _has_example(found: dict[str, Any]) -> bool:
    return "example" in found or bool(found.get("examples"))
