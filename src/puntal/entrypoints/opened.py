"""Opening the database of the settings: for one command, or for as long as a process lives."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import structlog

from puntal.kit import db
from puntal.kit.db import Database
from puntal.kit.postgres import Server, ensure_server, running_pid
from puntal.kit.settings import Settings, settings

_WATCH_SECONDS = 0.5
_log = structlog.get_logger(__name__)


@asynccontextmanager
async def opened(chosen: Settings | None = None, *, size: int = 1) -> AsyncGenerator[Database]:
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
        database = await Database.open(uri, size=size, patient=False)
        try:
            yield database
        finally:
            await database.close()
    finally:
        if server is not None:
            await asyncio.to_thread(server.stop)


@contextmanager
def address() -> Generator[tuple[str, Path | None]]:
    """Give the owner's address of the database as it is, and the folder of its programs; nothing is migrated."""
    chosen = settings()
    if chosen.database_url is not None:
        yield chosen.database_url.get_secret_value(), None
        return
    server = ensure_server(chosen.data_dir)
    try:
        yield server.uri, server.bin_dir
    finally:
        server.stop()


@contextmanager
def located(chosen: Settings) -> Generator[str]:
    """Give the address of the database for as long as a process lives.

    The embedded one is started, brought up to date, started again when it dies, and stopped at the end if this process
    owns it.
    """
    if chosen.database_url is not None:
        yield chosen.database_url.get_secret_value()
        return
    server = ensure_server(chosen.data_dir)
    keeper = _Keeper(server)
    try:
        db.migrate(server.uri)
        keeper.start()
        yield server.uri
    finally:
        keeper.end()


class _Keeper(threading.Thread):
    """Starts a server again that was killed. Its address stays, so pools find it by themselves."""

    def __init__(self, server: Server) -> None:
        super().__init__(daemon=True, name="postgres")
        self._server = server
        self._over = threading.Event()

    def run(self) -> None:
        while not self._over.wait(_WATCH_SECONDS):
            if running_pid(self._server.data_dir) is not None:
                continue
            _log.error("postgres.died", pid=self._server.pid)
            # Whoever is first owns it from now on.
            self._server.release()
            try:
                self._server = ensure_server(self._server.data_dir)
            except Exception:  # noqa: BLE001 - whatever it was, the next look tries again
                _log.exception("postgres.not_started_again")

    def end(self) -> None:
        self._over.set()
        if self.is_alive():
            self.join()
        self._server.stop()
