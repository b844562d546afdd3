"""Makes the receiver of the webhooks' tests and the teller known to the scenarios."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "webhooks"))

from telling import moved, story

__all__ = ["moved", "story"]
