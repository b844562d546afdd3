"""Makes the people of `tests/members` and the teller of the scenarios known to the tests of figures."""

from __future__ import annotations

import sys
from pathlib import Path

for _folder in ("members", "scenarios", "webhooks"):
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / _folder))

from telling import moved, story  # noqa: E402 - found once its folder is known

__all__ = ["moved", "story"]
