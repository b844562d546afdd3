"""The words a name is found by. Pure."""

from __future__ import annotations

import re
import unicodedata

MOST = 8
_WORD = re.compile(r"\w{1,64}")


def tokens_of(name: str | None) -> list[str]:
    """Return the words of a name, folded: no accents, no capitals, each once."""
    if not name:
        return []
    split = unicodedata.normalize("NFKD", name.casefold())
    bare = "".join(letter for letter in split if not unicodedata.combining(letter))
    return list(dict.fromkeys(_WORD.findall(bare)))[:MOST]


def after(prefix: str) -> str | None:
    """Return the first text above all that begin with `prefix`, comparing code points; None when there is none."""
    for at in range(len(prefix) - 1, -1, -1):
        following = ord(prefix[at]) + 1
        if following == 0xD800:  # noqa: PLR2004 - surrogates are no text
            following = 0xE000
        if following <= 0x10FFFF:  # noqa: PLR2004 - the last code point
            return prefix[:at] + chr(following)
    return None
