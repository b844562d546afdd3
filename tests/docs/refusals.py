"""Writes docs/guides/refusals.md from the code: `.venv/bin/python tests/docs/refusals.py`."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import puntal
from puntal.intake.errors import IntakeFailed
from puntal.kit.errors import Refusal
from puntal.kit.problem import status_of

PAGE = Path(__file__).resolve().parents[2] / "docs" / "guides" / "refusals.md"
HEAD = """# Refusals

Every refusal the platform can answer with. `type` is the code, `status` the HTTP status, `title` the sentence in the
language of `Accept-Language`; what stands in braces is also a member of the problem. A refusal changes nothing.

This page is made from the code by `tests/docs/refusals.py`; a test sees to it that it is complete.

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


def page() -> str:
    """Return the page as it should be."""
    rows = [
        f"| `{kind.code}` | {_status(kind)} | {kind.messages['en']} | {kind.messages['es']} |\n" for kind in kinds()
    ]
    return HEAD + "".join(rows)


def _status(kind: type[Refusal]) -> int:
    if kind is IntakeFailed:
        # The one refusal that is our mistake; `entrypoints.ingest` answers it so.
        return 500
    # Of its numbers only the sentence would need values.
    return status_of(kind.__new__(kind))


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
