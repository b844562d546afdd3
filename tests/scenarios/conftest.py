"""A teller whose clock stands at New Year of 2025 in Madrid."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "webhooks"))

from telling import Clock, Teller, telling, wall

from puntal.kit.db import Database


@pytest.fixture
def moved(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch, wall("2025-01-01 09:00"))


@pytest.fixture
async def story(database: Database, moved: Clock) -> AsyncIterator[Teller]:
    async with telling(database, moved) as opened:
        yield opened
