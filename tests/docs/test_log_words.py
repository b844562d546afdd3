"""The log of the admin app has words for everything that is written into it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from puntal.payments.operations import TOLD

ROOT = Path(__file__).parents[2]
WORDS = ROOT / "web/admin/src/features/settings/audit.words.ts"
PUT_TOGETHER = {
    *TOLD.values(),
    *(f"till.{what}" for what in ("redeemed", "sold", "committed", "undone")),
    *(f"webhook_endpoint.{what}" for what in ("created", "changed", "deleted", "secret_rotated", "replayed")),
    *(f"webhook_endpoint.switched_{way}" for way in ("on", "off")),
    *(f"approval.{what}" for what in ("approved", "declined")),
    "program.draft_saved",
    "points.adjust",
}
"""What no one literal says in whole."""
ACTION = re.compile(r"[a-z_]+\.[a-z_]+")


def written() -> Iterator[str]:
    """Yield every action that is said in whole where something is written into the log."""
    for path in (ROOT / "src/puntal").rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call):
                for said in call.keywords:
                    if said.arg == "action" and isinstance(said.value, ast.Constant):
                        text = str(said.value.value)
                        if ACTION.fullmatch(text):
                            yield text


@pytest.mark.parametrize("action", sorted({*written(), *PUT_TOGETHER}))
def test_every_action_of_the_log_has_words_in_both_languages(action: str) -> None:
    line = re.search(rf"^  '{re.escape(action)}': {{ en: '.+', es: '.+' }},$", WORDS.read_text("utf-8"), re.MULTILINE)
    assert line, f"{WORDS.name} has no words for {action}"
