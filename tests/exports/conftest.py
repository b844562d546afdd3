"""Makes the teller of the scenarios, and the shop whose history is replayed, known here."""

from __future__ import annotations

import sys
from pathlib import Path

_TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(_TESTS / "scenarios"))
sys.path.insert(0, str(_TESTS / "replay"))

from telling import moved, story  # noqa: E402 - known only now

__all__ = ["moved", "story"]
