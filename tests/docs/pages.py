"""Writes from the code what the guides list of it: `.venv/bin/python tests/docs/pages.py`."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import puntal
from puntal.engine.phrases import OUTCOMES, REASONS, STATUSES, Words
from puntal.intake.errors import IntakeFailed
from puntal.kit.errors import Refusal
from puntal.kit.problem import status_of

GUIDES = Path(__file__).resolve().parents[2] / "docs" / "guides"
REFUSALS = GUIDES / "refusals.md"
EXPLAIN = GUIDES / "explain.md"
_TABLE = re.compile(r"(?<=\| Code \| English \| Español \|\n\| --- \| --- \| --- \|\n)(?:\|[^\n]*\n)*")
HEAD = """# Refusals

Every refusal the platform can answer with. `type` is the code, `status` the HTTP status, `title` the sentence in the
language of `Accept-Language`; what stands in braces is also a member of the problem. A refusal changes nothing.

This page is made from the code by `tests/docs/pages.py`; a test sees to it that it is complete.

| Code | Status | English | Español |
| --- | --- | --- | --- |
"""


def kinds() -> Iterator[type[Refusal]]:
    """Yield every kind of refusal that the platform has, by code."""
    for module in pkgutil.walk_packages(puntal.__path__, "puntal."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    found = {}
    waiting: list[type[Refusal]] = [Refusal]
    while waiting:
        kind = waiting.pop()
        waiting.extend(kind.__subclasses__())
        # A kind that only groups others has its parent's code.
        if kind is not Refusal and kind.__module__.startswith("puntal.") and "code" in vars(kind):
            found[kind.code] = kind
    yield from (found[code] for code in sorted(found))


def refusals() -> str:
    """Return the page of refusals as it should be."""
    rows = [
        f"| `{kind.code}` | {_status(kind)} | {kind.messages['en']} | {kind.messages['es']} |\n" for kind in kinds()
    ]
    return HEAD + "".join(rows)


def explain(written: str) -> str:
    """Return the page about explanations with its two tables as they should be."""
    outcomes = {**STATUSES} | {code: phrase.short for code, phrase in OUTCOMES.items()}
    tables = iter((_rows(outcomes), _rows({code: phrase.short for code, phrase in REASONS.items()})))
    return _TABLE.sub(lambda _: next(tables), written)


def _rows(sentences: Mapping[str, Words]) -> str:
    return "".join(f"| `{code}` | {english} | {spanish} |\n" for code, (english, spanish) in sentences.items())


def _status(kind: type[Refusal]) -> int:
    if kind is IntakeFailed:
        # The one refusal that is our mistake; `entrypoints.ingest` answers it so.
        return 500
    # Of its numbers only the sentence would need values.
    return status_of(kind.__new__(kind))


if __name__ == "__main__":
    REFUSALS.write_text(refusals(), encoding="utf-8")
    EXPLAIN.write_text(explain(EXPLAIN.read_text(encoding="utf-8")), encoding="utf-8")
