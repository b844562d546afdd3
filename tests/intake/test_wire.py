"""The two readings of an event's body are one: what msgspec reads, and what pydantic describes and explains."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from pydantic import BaseModel
from selling import an_order

from puntal.intake.errors import EventFaulty
from puntal.intake.model import Said
from puntal.intake.policy import parse
from puntal.intake.wire import ORDER_PAID, ORDER_REFUNDED, EventIn, all_faults

_SAYS_NOTHING = {"title", "description", "examples", "default", "$defs"}


def resolved(schema: Any, definitions: dict[str, Any]) -> Any:
    """A schema with references followed, and without words for readers."""
    if isinstance(schema, list):
        return [resolved(each, definitions) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return resolved(definitions[schema["$ref"].rsplit("/", 1)[1]], definitions)
    found = {name: each for name, each in schema.items() if name not in _SAYS_NOTHING}
    if "properties" in found:
        found["properties"] = {name: resolved(each, definitions) for name, each in found["properties"].items()}
        found["required"] = sorted(found.get("required", []))
    for name in ("items", "anyOf", "additionalProperties"):
        if name in found:
            found[name] = resolved(found[name], definitions)
    if "anyOf" in found:
        found["anyOf"] = sorted(found["anyOf"], key=lambda each: json.dumps(each, sort_keys=True))
    # No constraint: any value.
    for name, anything in (("additionalProperties", True), ("additionalProperties", {})):
        if found.get(name) == anything and found.get("type") == "object":
            found.pop(name)
    return found


def of_msgspec() -> Any:
    (schema,), definitions = msgspec.json.schema_components([Said])
    return resolved(schema, definitions)


def of_pydantic(model: type[BaseModel]) -> Any:
    schema = model.model_json_schema()
    return resolved(schema, schema.get("$defs", {}))


def test_fields_types_and_bounds_are_the_same() -> None:
    assert of_pydantic(EventIn) == of_msgspec()


@pytest.mark.parametrize("event", [ORDER_PAID, ORDER_REFUNDED, an_order(1, 2, 3)])
def test_examples_are_read_by_both(event: dict[str, Any]) -> None:
    raw = msgspec.json.encode(event)

    assert parse(raw).id == EventIn.model_validate_json(raw).id


def test_every_fault_is_told_where_reading_stops_at_the_first() -> None:
    raw = b'{"id": 1, "type": "NO", "occurred_at": "soon", "order": {"id": "", "currency": "x", "lines": [{}]}}'

    with pytest.raises(EventFaulty) as first:
        parse(raw)

    assert [fault.path for fault in first.value.faults] == ["/id"]
    assert {fault.path for fault in all_faults(raw, first.value).faults} == {
        "/id",
        "/type",
        "/occurred_at",
        "/order/id",
        "/order/currency",
        "/order/lines/0/id",
        "/order/lines/0/amount_minor",
    }
