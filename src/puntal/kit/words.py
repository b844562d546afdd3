"""The same in both languages. Pure."""

from __future__ import annotations

from typing import NamedTuple


class Words(NamedTuple):
    """The same in both languages."""

    en: str
    es: str


def said(words: Words | str, locale: str) -> str:
    """Return it in Spanish to whoever reads that, else in English; a plain text is the same for everybody."""
    if isinstance(words, str):
        return words
    return words.es if locale[:2].lower() == "es" else words.en
