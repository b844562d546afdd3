"""Makes the people of `tests/members` known to the tests of figures."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "members"))
