"""What people read: in Spanish members are miembros and staff are addressed as tú; nobody is a woman or a man."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WORDS = sorted((ROOT / "web" / "admin" / "src").rglob("*.ts"))
SENTENCES = sorted((ROOT / "src" / "puntal").rglob("*.py"))
GUIDES = sorted((ROOT / "docs" / "guides" / "es").glob("*.md"))
QUOTED = re.compile(r"'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\"|`[^`\n]*`")


def said(path: Path) -> list[str]:
    """Return the texts of a file that are sentences, without its comments."""
    lines = (
        line for line in path.read_text(encoding="utf-8").split("\n") if not line.strip().startswith(("//", "*", "/*"))
    )
    return [text for line in lines for text in QUOTED.findall(line)]


@pytest.mark.parametrize("path", [one for one in WORDS if "words" in one.name or "fields." in one.name], ids=str)
def test_the_app_says_nothing_of_anybodys_gender(path: Path) -> None:
    assert [text for text in said(path) if re.search(r"\b(she|her|hers|herself)\b", text, re.IGNORECASE)] == []
    assert [text for text in said(path) if re.search(r"\bsoci[oa]s?\b(?! comercial)", text, re.IGNORECASE)] == []


def test_spanish_has_one_word_for_members_and_says_tu() -> None:
    wrong = re.compile(r"\bsoci[oa]s?\b(?! comercial)|\bustedes\b|\busted\b|\binténtelo\b|\bcancélela\b", re.IGNORECASE)
    spanish = {str(path): found for path in (*SENTENCES, *GUIDES) if (found := wrong.findall(path.read_text("utf-8")))}
    assert {path: found for path, found in spanish.items() if "/demo/" not in path} == {}
