"""Opening the database of the settings for one command."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from puntal.kit import db
from puntal.kit.db import Database
from puntal.kit.postgres import ensure_server
from puntal.kit.settings import Settings, settings


@asynccontextmanager
async def opened(chosen: Settings | None = None, *, size: int = 1) -> AsyncIterator[Database]:
    """Open the database; the embedded one is started, and brought up to date, where need be."""
    chosen = chosen or settings()
    server = None
    if chosen.database_url is None:
        server = await asyncio.to_thread(ensure_server, chosen.data_dir)
        uri = server.uri
        await asyncio.to_thread(db.migrate, uri)
    else:
        uri = chosen.database_url.get_secret_value()
    try:
        database = await Database.open(uri, size=size)
        try:
            yield database
        finally:
            await database.close()
    finally:
        if server is not None:
            await asyncio.to_thread(server.stop)
