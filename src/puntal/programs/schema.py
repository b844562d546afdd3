"""The JSON Schema of the document, from which editors complete and check.

`python -m puntal.programs.schema` writes the file; with `--check` it only says whether the file is up to date.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import msgspec

from puntal.programs import source
from puntal.programs.document.program import Program
from puntal.programs.templates import load_template

FILE = Path(__file__).resolve().parents[3] / "docs" / "program.schema.json"

_CONDITION: dict[str, Any] = {
    "description": (
        "A condition: fields and what is asked of them; several must all hold. A plain value means equality. "
        "Words: over, at_least, under, at_most, between, in, not_in, is_not, starts_with, ends_with, contains, exists; "
        "groups: all, any, not; lines: some_line, every_line, no_line. Money is written with its currency. "
        "Strict JSONLogic (===, !==, <, <=, >, >=, in, and, or, !) says the same."
    ),
    "type": "object",
    "examples": [
        {"member.country": "DE"},
        {"order.net": {"at_least": "20.00 EUR"}, "order.channel": {"in": ["online", "app"]}},
        {"any": [{"member.orders": 0}, {"member.days_since_last_order": {"over": 90}}]},
        {"===": [{"var": "member.country"}, "DE"]},
    ],
}
_TEXTS: dict[str, dict[str, Any]] = {
    "MoneyText": {
        "description": "Money in major units with its currency; never a bare number.",
        "examples": ["19.99 EUR"],
    },
    "Percent": {"description": "A share.", "examples": ["85%"]},
    "Span": {
        "description": "A length of time: a whole number and minutes, hours, days, weeks, months or years.",
        "examples": ["14 days", "12 months"],
    },
}


def schema() -> dict[str, Any]:
    """Return the schema as plain data."""
    made = Program.model_json_schema(by_alias=True)
    found: dict[str, Any] = _with_conditions(made)
    definitions = found["$defs"]
    definitions["Condition"] = _CONDITION
    for name, words in _TEXTS.items():
        definitions[name] |= words
    example = msgspec.json.decode(source.dump_json(load_template("cafe")))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **found,
        "title": "Puntal program",
        "examples": [example],
    }


def text() -> str:
    """Return the schema as the file holds it."""
    return msgspec.json.format(msgspec.json.encode(schema()), indent=2).decode() + "\n"


def _with_conditions(node: Any) -> Any:  # noqa: ANN401 - any part of a schema
    if isinstance(node, list):
        return [_with_conditions(inner) for inner in node]
    if not isinstance(node, dict):
        return node
    if node.get("type") == "object" and node.get("additionalProperties") is True and "properties" not in node:
        kept = {key: value for key, value in node.items() if key in {"default", "title"}}
        return {"$ref": "#/$defs/Condition", **kept}
    return {key: _with_conditions(inner) for key, inner in node.items()}


def main(arguments: list[str]) -> int:
    """Write the file, or with `--check` say whether it is up to date."""
    if "--check" in arguments:
        current = FILE.is_file() and FILE.read_text(encoding="utf-8") == text()
        if not current:
            sys.stderr.write(f"{FILE} is out of date: run python -m puntal.programs.schema\n")
        return 0 if current else 1
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(text(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
