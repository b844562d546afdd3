"""What the guide shows a till to do is done: its few lines read a pass, and refuse what is none."""

from __future__ import annotations

import base64
import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidSignature

from puntal.kit import clock
from puntal.rewards.policy import tokens
from puntal.rewards.policy.codes import ALPHABET
from puntal.rewards.policy.tokens import Pass

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "guides" / "vouchers.md").read_text(encoding="utf-8")
_PYTHON = re.compile(r"^```python\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_tills_own_check_of_a_pass() -> None:
    """E5: offline."""
    found = _PYTHON.search(GUIDE)
    assert found is not None
    names: dict[str, Any] = {}
    exec(found["text"], names)
    anna, private, now = UUID(int=7), b"k" * 32, clock.now()
    known = {
        "program_id": 3,
        "skew_seconds": 30,
        "keys": [{"id": 1, "public_key": base64.b64encode(tokens.public_key(private)).decode()}],
    }

    def shown(private: bytes = private, ago: int = 0, program: int = 3) -> str:
        issued = now - timedelta(seconds=ago)
        given = Pass(key=1, program_id=program, member_id=anna, issued_at=issued, nonce=b"12345678")
        return tokens.sign(given, private)

    assert names["member_of"](shown(), known) == anna.hex
    for token in (shown(ago=120), shown(program=4)):
        with pytest.raises(ValueError, match="not a pass"):
            names["member_of"](token, known)
    with pytest.raises(InvalidSignature):
        names["member_of"](shown(private=b"o" * 32), known)


def test_the_guide_names_the_alphabet() -> None:
    assert f"`{ALPHABET}`" in GUIDE
