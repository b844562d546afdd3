"""What the guides show can be done: their programs can be published, and nothing of the format is left out."""

from __future__ import annotations

import copy
import json
import re
import runpy
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from puntal.engine import phrases as engine
from puntal.intake import policy as intake
from puntal.kit.settings import Settings
from puntal.programs import source
from puntal.programs.policy import check
from puntal.webhooks.catalogue import KINDS

ROOT = Path(__file__).resolve().parents[2]
GUIDES = ROOT / "docs" / "guides"
WRITING = ("write-a-program.md", "es/write-a-program.md")
_BLOCK = re.compile(r"^```yaml(?P<mark>[^\n]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_EVENT = re.compile(r"^```json\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\((?P<target>[^)#\s]+)(?:#[^)]*)?\)")


def blocks(guide: str) -> Iterator[tuple[int, str, str]]:
    """Yield each YAML example: its line, its mark (`refused`, `comment` or nothing) and its text."""
    text = (GUIDES / guide).read_text(encoding="utf-8")
    for found in _BLOCK.finditer(text):
        yield text.count("\n", 0, found.start()) + 1, found["mark"].strip(), found["text"]


def the_small_program(guide: str) -> dict[str, Any]:
    """The first complete program of a guide, to which its pieces are added."""
    return next(source.load_yaml(text) for _, _, text in blocks(guide) if text.startswith("puntal: 1"))


def with_piece(program: Mapping[str, Any], piece: Mapping[str, Any]) -> dict[str, Any]:
    """A program with a piece added: named things by name, lists at the end, all else replaced."""
    whole: dict[str, Any] = copy.deepcopy(dict(program))
    for key, value in piece.items():
        before = whole.get(key)
        if isinstance(before, list):
            whole[key] = [*before, *value]
        elif isinstance(before, dict) and key in {"wallets", "fields", "events", "segments", "limits", "pools"}:
            whole[key] = before | value
        else:
            whole[key] = value
    return whole


EXAMPLES = [
    pytest.param(guide, mark, text, id=f"{guide}:{line}")
    for guide in WRITING
    for line, mark, text in blocks(guide)
    if mark != "comment"
]


@pytest.mark.parametrize(("guide", "mark", "text"), EXAMPLES)
def test_every_example_says_what_the_check_says(guide: str, mark: str, text: str) -> None:
    written = source.load_yaml(text)
    document = written if "puntal" in written else with_piece(the_small_program(guide), written)

    _, faults = check(document)

    assert bool(faults) == (mark == "refused"), faults


@pytest.mark.parametrize("guide", WRITING)
def test_the_faults_shown_are_the_faults_found(guide: str) -> None:
    text = (GUIDES / guide).read_text(encoding="utf-8")
    refused = next(text for _, mark, text in blocks(guide) if mark == "refused")

    _, faults = check(with_piece(the_small_program(guide), source.load_yaml(refused)))

    for fault in (each.told(guide.rpartition("/")[0] or "en") for each in faults):
        assert f"{fault.path}  {fault.reason}" in text
        assert fault.suggestion is None or f"→ {fault.suggestion}" in text


def test_every_field_of_the_format_is_named() -> None:
    schema = json.loads((ROOT / "docs" / "program.schema.json").read_text(encoding="utf-8"))
    sections = [schema, *schema.get("$defs", {}).values()]
    fields = {name for section in sections for name in section.get("properties", {})}
    text = (GUIDES / "write-a-program.md").read_text(encoding="utf-8")
    named = {word for code in re.findall(r"`([^`\n]+)`", text) for word in re.findall(r"[a-z_]+", code)}
    named |= {word for _, _, example in blocks("write-a-program.md") for word in re.findall(r"[a-z_]+", example)}

    assert fields - named == set()


def test_links_between_documents_lead_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    lost = [
        f"{page.relative_to(ROOT)}: {found['target']}"
        for page in pages
        for found in _LINK.finditer(page.read_text(encoding="utf-8"))
        if "://" not in found["target"] and not (page.parent / found["target"]).exists()
    ]

    assert lost == []


EVENTS = [found["text"] for found in _EVENT.finditer((GUIDES / "send-events.md").read_text(encoding="utf-8"))]


@pytest.mark.parametrize("text", EVENTS, ids=lambda text: json.loads(text)["id"])
def test_every_event_shown_is_taken(text: str) -> None:
    piece = {
        "events": {
            "review.created": {
                "fields": {"product_id": "text", "rating": "number", "photos": "number"},
                "once_per": "product_id",
            }
        }
    }
    program, faults = check(with_piece(the_small_program("write-a-program.md"), piece))
    assert program is not None
    assert faults == []

    said = intake.parse(text.encode())
    item = intake.item(said, program, datetime(2026, 3, 31, tzinfo=UTC))

    assert item.event.id == said.id


@pytest.mark.parametrize("code", sorted({**engine.OUTCOMES, **engine.REASONS}))
def test_every_code_that_can_be_explained_is_listed(code: str) -> None:
    assert f"| `{code}` |" in (GUIDES / "explain.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", ["refusals", "explain"])
def test_what_is_listed_from_the_code_is_complete(page: str) -> None:
    script = runpy.run_path(str(Path(__file__).with_name("pages.py")))
    written = (GUIDES / f"{page}.md").read_text(encoding="utf-8")

    wanted = script["refusals"]() if page == "refusals" else script["explain"](written)

    assert written == wanted, "write it anew: .venv/bin/python tests/docs/pages.py"


def test_every_kind_of_webhook_is_named() -> None:
    text = (GUIDES / "webhooks.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z_.]+)`", text))

    assert [kind for kind in KINDS if kind not in named and kind.removeprefix("member.") not in named] == []


def test_every_setting_is_listed_with_its_default() -> None:
    text = (GUIDES / "operate.md").read_text(encoding="utf-8")

    missing = [
        name for name in Settings.model_fields if not re.search(rf"^\| `PUNTAL_{name.upper()}` \|", text, re.MULTILINE)
    ]

    assert missing == []
