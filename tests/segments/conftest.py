"""Publishing the program with segments."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from audience import DOCUMENT, WINTER

from puntal.programs import operations as programs

if TYPE_CHECKING:
    from puntal.kit.db import Database

Publish = Callable[..., Awaitable[None]]


@pytest.fixture
def publish(database: Database, program_id: int) -> Publish:
    """Publish the document with these changes at this time, committed."""

    async def go(now: datetime = WINTER, **changes: Any) -> None:
        async with database.program_transaction(program_id) as tx:
            await programs.publish(tx, program_id, DOCUMENT | changes, by="test", now=now)

    return go
