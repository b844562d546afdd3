"""The only clock. Everything else is handed the time."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime


def now() -> datetime:
    """Return the present instant, aware and in UTC."""
    return datetime.now(UTC)  # noqa: TID251 - this is the one place


def within(seconds: float) -> Callable[[], bool]:
    """Return what tells, each time it is asked, whether so many seconds from the first time are not over yet."""
    until: float | None = None

    def patient() -> bool:
        nonlocal until
        now = time.perf_counter()
        if until is None:
            until = now + seconds
        return now < until

    return patient
