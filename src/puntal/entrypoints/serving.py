"""Running the server: one process, or several that share a socket and are started again when they die."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import structlog
import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr
from uvicorn.supervisors import Multiprocess

from puntal.access import queries
from puntal.access.operations import setup, staff
from puntal.entrypoints import metrics, schema
from puntal.entrypoints.opened import located
from puntal.entrypoints.server import Opener, create_app
from puntal.kit import clock, garbage, logging
from puntal.kit.db import Database
from puntal.kit.errors import Refusal
from puntal.kit.http import is_loopback
from puntal.kit.settings import Settings, settings

_log = structlog.get_logger(__name__)
_APP = "puntal.entrypoints.serving:application"
_GRACE_SECONDS = 30
_KEEP_ALIVE_SECONDS = 65
_START_SECONDS = 60
"""A process that says nothing for so long is replaced; on a busy machine it takes a while to come up."""
_BACKLOG = 4096
_WATCH_SECONDS = 1.0
_PARENT = "PUNTAL_PARENT"
_HANDED_ON = ("host", "port", "workers", "pool_size", "log_format", "log_level")
"""Settings a command line may have changed."""


class ExposedError(RuntimeError):
    """The server would listen beyond this machine with nobody to answer for it; the message says what to do."""


class NoOwnerError(RuntimeError):
    """The first owner cannot be made as the settings say; the message says why."""


class SchemaOutdatedError(RuntimeError):
    """The database needs migrations; the message says what to run."""


def serve(chosen: Settings, *, insecure: bool = False) -> None:
    """Serve until told to stop; then answer what was taken, for at most half a minute.

    Args:
        chosen: Of the deployment.
        insecure: Listen beyond this machine although nobody owns the installation.

    Raises:
        ExposedError: That was not said.
        NoOwnerError: The settings name an owner who cannot be made.
        SchemaOutdatedError: The database lacks migrations. Our own is brought up to date by itself.
    """
    logging.configure(chosen)
    with located(chosen) as uri:
        token = asyncio.run(check(chosen, uri, insecure=insecure))
        if token is not None:
            _tell(chosen, token)
        if chosen.workers == 1:
            app = create_app(_opener(uri, chosen), settings=chosen)
            garbage.settle()
            for asked in (signal.SIGINT, signal.SIGTERM):
                # uvicorn ends well and then raises the signal again, for whoever listened before it: that must not
                # end this process while the database still runs.
                signal.signal(asked, _ended)
            uvicorn.Server(_config(chosen, app)).run()
        else:
            _supervise(chosen, uri)


def application() -> FastAPI:
    """Return the app of one of several server processes; it ends when its supervisor does."""
    chosen = settings()
    logging.configure(chosen)
    threading.Thread(target=_follow, args=(int(os.environ[_PARENT]),), daemon=True, name="supervisor").start()
    assert chosen.database_url is not None, "the supervisor says where the database is"
    app = create_app(_opener(chosen.database_url.get_secret_value(), chosen), settings=chosen)
    garbage.settle()
    return app


def _opener(uri: str, chosen: Settings) -> Opener:
    @asynccontextmanager
    async def opener() -> AsyncGenerator[Database]:
        database = await Database.open(uri, size=chosen.pool_size)
        try:
            yield database
        finally:
            await database.close()

    return opener


def _supervise(chosen: Settings, uri: str) -> None:
    """Hold the database and the socket; the processes under it serve, each a fresh interpreter that reads these."""
    with tempfile.TemporaryDirectory(prefix="puntal-metrics-") as folder:
        os.environ |= {
            metrics.FOLDER: folder,
            _PARENT: str(os.getpid()),
            "PUNTAL_DATABASE_URL": uri,
            **{f"PUNTAL_{name.upper()}": str(getattr(chosen, name)) for name in _HANDED_ON},
        }
        config = _config(chosen, _APP)
        Multiprocess(config, sockets=[config.bind_socket()]).run()


async def check(chosen: Settings, uri: str, *, insecure: bool) -> str | None:
    """Make the first owner where the settings say so, and refuse to start what must not; see `serve`.

    Returns:
        A token with which the first owner is made in a browser elsewhere; None where there is an owner.
    """
    database = await Database.open(uri, size=1)
    try:
        missing = await schema.pending(database)
        if missing:
            raise SchemaOutdatedError(f"the database lacks {len(missing)} migrations: run puntal db migrate")
        if chosen.admin_password is not None:
            await _ensure_owner(chosen, chosen.admin_password, database)
        elif not (insecure or is_loopback(chosen.host)):
            async with database.transaction() as tx:
                owned = await queries.is_owned(tx)
            if not owned:
                raise ExposedError(
                    f"{chosen.host} is reachable from outside and nobody owns this installation yet. Set"
                    " PUNTAL_ADMIN_PASSWORD, or run: puntal staff add EMAIL --name NAME --role owner"
                    " --password-stdin. Or listen on 127.0.0.1 behind a proxy. --insecure starts anyway."
                )
        async with database.transaction() as tx:
            return await setup.make_token(tx, now=clock.now())
    finally:
        await database.close()


async def _ensure_owner(chosen: Settings, password: SecretStr, database: Database) -> None:
    try:
        async with database.transaction() as tx:
            made = await staff.ensure_owner(
                tx,
                email=chosen.admin_email,
                name=chosen.admin_name,
                password=password.get_secret_value(),
                now=clock.now(),
            )
    except Refusal as refusal:
        raise NoOwnerError(
            f"PUNTAL_ADMIN_PASSWORD makes the first owner, and cannot: {refusal.title(chosen.locale)}"
        ) from refusal
    if made is not None:
        _log.info("owner.made", staff_id=str(made.id))


def _tell(chosen: Settings, token: str) -> None:
    """Say how the installation gets its owner; printed and not logged, for it is a secret."""
    base = chosen.public_url or f"http://{'[' + chosen.host + ']' if ':' in chosen.host else chosen.host}:{chosen.port}"
    sys.stderr.write(
        f"Nobody owns this installation yet. Open {base} in a browser on this machine and make your account;"
        f" from elsewhere it asks for this set-up token, good for a day:\n\n  {token}\n\n"
    )
    sys.stderr.flush()


def _config(chosen: Settings, app: FastAPI | str) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        factory=isinstance(app, str),
        host=chosen.host,
        port=chosen.port,
        workers=chosen.workers,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=chosen.trusted_proxies,
        backlog=_BACKLOG,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=_GRACE_SECONDS,
        timeout_worker_healthcheck=_START_SECONDS,
    )


def _ended(_signal: int, _frame: object) -> None:
    """Do nothing: the server has stopped, and what follows it stops the rest."""


def _follow(parent: int) -> None:
    """End this process, gracefully, when its supervisor is gone."""
    while os.getppid() == parent:
        time.sleep(_WATCH_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
