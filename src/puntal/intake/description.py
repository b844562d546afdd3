"""What the reference says of events: the shapes msgspec answers with, and the two routes FastAPI does not know."""

from __future__ import annotations

from typing import Any

import msgspec

from puntal.intake.answers import AnswerOut, EventOut, ExplanationOut
from puntal.intake.wire import BatchIn, EventIn

_REF = "#/components/schemas/{name}"
_WALLET = {"available": 31, "pending": 0, "debt": 0}
_AWARD = {"rule": "purchases", "wallet": "points", "points": 31, "kind": "awarded"}
_REASONS = [
    {"rule": "purchases", "code": "awarded", "sentence": "Gave 31", "wallet": "points", "points": 31, "base": 3199},
    {"rule": "big_basket", "code": "condition", "sentence": "The condition is not met"},
]
_MEMBER = "019a8f5e-7c1e-7000-8000-3f6c2b1d4e5a"
_ANSWER = {
    "id": "shop-1001-paid",
    "member_id": _MEMBER,
    "status": "awarded",
    "code": None,
    "message": "Rules of the program applied",
    "awards": [_AWARD],
    "reasons": _REASONS,
    "balances": {"points": _WALLET},
    "tier_changes": [{"ladder": "club", "from": "base", "to": "silver", "reason": "reached"}],
    "caused": [],
    "same_person": None,
    "revision": 3,
    "replayed": False,
    "dry_run": False,
}
_EVENT = {
    "id": "shop-1001-paid",
    "type": "order.paid",
    "source": "shop",
    "member_id": _MEMBER,
    "occurred_at": "2026-03-02T11:00:00Z",
    "recorded_at": "2026-03-02T11:00:01Z",
    "revision": 3,
    "said": {"id": "shop-1001-paid", "type": "order.paid", "occurred_at": "2026-03-02T12:00:00+01:00"},
    "status": "awarded",
    "code": None,
    "message": "Rules of the program applied",
    "awards": [_AWARD],
    "reasons": _REASONS,
    "tier_changes": [],
    "caused": [],
    "same_person": None,
    "facts": {"member.orders": 0},
}
_EXPLANATION = {
    "event": "shop-1001-paid",
    "type": "order.paid",
    "occurred_at": "2026-03-02T11:00:00Z",
    "revision": 3,
    "status": "awarded",
    "message": "Rules of the program applied",
    "rules": [
        {"rule": "purchases", "gave": {"points": 31}, "sentences": ["Gave 31"]},
        {"rule": "big_basket", "gave": {}, "sentences": ["The condition is not met"]},
    ],
    "facts": {"member.orders": 0},
}
_FAULT = {
    "type": "event.invalid",
    "title": "The event is not valid",
    "status": 422,
    "count": 1,
    "errors": [
        {
            "path": "/order/lines/0/amount_minor",
            "code": "event.invalid",
            "reason": "Expected `int` >= 0",
        }
    ],
}
_BATCH_ANSWER = {"taken": 1, "refused": 1, "items": [{"answer": _ANSWER}, {"problem": _FAULT}]}
_EXAMPLES = {
    "AnswerOut": _ANSWER,
    "EventOut": _EVENT,
    "EventPage": {"items": [_EVENT], "next": None},
    "ExplanationOut": _EXPLANATION,
    "BatchOut": _BATCH_ANSWER,
}
_PROGRAM = {
    "name": "program",
    "in": "path",
    "required": True,
    "description": "Slug of the program.",
    "schema": {"type": "string", "title": "Program"},
}
_QUESTION = [
    {
        "name": "dry_run",
        "in": "query",
        "required": False,
        "description": "The same answer, and nothing is written.",
        "schema": {"type": "boolean", "default": False},
    },
    {
        "name": "at",
        "in": "query",
        "required": False,
        "description": "With `dry_run`: decide as if this were now. Moves the clock, not the state.",
        "schema": {"type": "string", "format": "date-time"},
        "example": "2026-12-24T18:00:00Z",
    },
]
_REFUSALS = {
    "400": "`request.malformed`",
    "401": "`access.credentials_missing`, `access.key_unknown`, `access.key_expired`, `access.key_revoked`",
    "403": "`access.forbidden`: the key lacks `events:write`",
    "404": "`access.program_unknown`",
    "409": "`event.id_reused`: an event of this id was stored with other words; `programs.not_published`",
    "413": "`request.too_large`",
    "415": "`request.unsupported_media`: send JSON",
    "422": "`event.invalid` with every fault, `event.question_invalid`",
    "429": "`access.rate_exceeded`, `intake.busy`: wait as `Retry-After` says",
    "503": "`server.unavailable`: try again, with the same ids",
}


def answers_with(name: str) -> dict[str, Any]:
    """Return the answer 200 of a route that answers with one of the shapes here."""
    return {
        "description": "Found",
        "content": {"application/json": {"schema": {"$ref": _REF.format(name=name)}, "example": _EXAMPLES[name]}},
    }


def describe_ingest(document: dict[str, Any]) -> dict[str, Any]:
    """Return an OpenAPI document with the routes that take events in, and the shapes of events."""
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for model in (EventIn, BatchIn):
        described = model.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(described.pop("$defs", {}))
        schemas[model.__name__] = described
    _, shapes = msgspec.json.schema_components([AnswerOut, EventOut, ExplanationOut], ref_template=_REF)
    schemas.update(shapes)
    # What was said is any JSON object; msgspec has no word for bytes that are JSON already.
    schemas["EventOut"]["properties"]["said"] = {"type": "object", "description": "The words of the caller."}
    schemas["EventPage"] = _page("EventOut")
    schemas["BatchOut"] = _batch()
    paths = document["paths"]
    at = "/v1/programs/{program}/events"
    paths.setdefault(at, {})["post"] = _operation(
        "events_send_event",
        "Send an event",
        "Take in something that happened and decide it. The answer comes after the commit. An event is a fact: "
        "well-formed and authorised, it is stored even when it earns nothing, and `code` says why.",
        ("EventIn", "AnswerOut"),
    )
    paths[f"{at}/batch"] = {
        "post": _operation(
            "events_send_events",
            "Send up to 1000 events",
            "Take in many events at once; each is answered by itself, in order, with its answer or its problem. A "
            "member's events are decided in the order given.",
            ("BatchIn", "BatchOut"),
        )
    }
    document["paths"] = {path: paths[path] for path in sorted(paths, key=lambda path: ("/events" not in path, path))}
    return document


def _operation(id: str, summary: str, description: str, shapes: tuple[str, str]) -> dict[str, Any]:
    taken, given = shapes
    return {
        "operationId": id,
        "summary": summary,
        "description": description,
        "tags": ["events"],
        "security": [{"apiKey": []}],
        "parameters": [_PROGRAM, *_QUESTION],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"$ref": _REF.format(name=taken)}}},
        },
        "responses": {
            "200": answers_with(given) | {"description": "Decided, and stored unless `dry_run`"},
            **{status: {"description": codes} for status, codes in _REFUSALS.items()},
        },
    }


def _page(item: str) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["items", "next"],
        "properties": {
            "items": {"type": "array", "items": {"$ref": _REF.format(name=item)}},
            "next": {
                "anyOf": [{"type": "string"}, {"type": "null"}],
                "description": "Send as `cursor` for the next page; null at the end.",
            },
        },
    }


def _batch() -> dict[str, Any]:
    one = [
        {"type": "object", "required": [name], "properties": {name: {"$ref": _REF.format(name=shape)}}}
        for name, shape in (("answer", "AnswerOut"), ("problem", "Problem"))
    ]
    return {
        "type": "object",
        "required": ["taken", "refused", "items"],
        "properties": {
            "taken": {"type": "integer", "description": "How many were decided; replayed ones count."},
            "refused": {"type": "integer"},
            "items": {"type": "array", "items": {"anyOf": one}, "description": "In the order sent."},
        },
    }
