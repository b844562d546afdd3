"""Running the processes: the background work, or everything together under one owner of the database."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping

import httpx2
import typer

from puntal.access import queries
from puntal.access.operations import keys, organization
from puntal.entrypoints.opened import located
from puntal.kit import clock, db, logging
from puntal.kit.db import Database
from puntal.kit.settings import Settings

PARENT = "PUNTAL_PARENT"
"""In the environment of a process that ends with the one that started it."""

_WATCH_SECONDS = 1.0
_POLL_SECONDS = 0.2
_START_SECONDS = 120
_END_SECONDS = 45
_PAUSE_SECONDS = 1.0

Ready = Callable[[str, str | None], None]
"""Told the address of the server and the first key's token, once everything answers."""


def up(chosen: Settings, *, insecure: bool = False, ready: Ready = lambda _address, _token: None) -> None:
    """Run the database, the server and the background work until told to stop; what dies is started again.

    Args:
        chosen: Of the deployment.
        insecure: As for `serving.serve`.
        ready: Called once. The token is that of a key made now, where the installation had none.

    Raises:
        RuntimeError: The server does not start; the message says why, or where to look.
    """
    with located(chosen) as uri:
        db.migrate(uri)
        # The key is made last: a token nobody has seen would be lost.
        _Together(chosen, uri, insecure=insecure).run(lambda address: ready(address, asyncio.run(_first_key(uri))))


def work(chosen: Settings) -> None:
    """Do the background work until told to stop."""
    with located(chosen) as uri:
        asyncio.run(_work(chosen, uri))


def follow_parent() -> None:
    """End this process, gracefully, when the one that started it is gone."""
    parent = os.environ.get(PARENT)
    if parent is None:
        return

    def watch() -> None:
        while os.getppid() == int(parent):
            time.sleep(_WATCH_SECONDS)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True, name="parent").start()


async def _work(chosen: Settings, uri: str) -> None:
    from puntal.entrypoints import worker  # noqa: PLC0415 - other commands need no worker
    from puntal.entrypoints.following import wiring  # noqa: PLC0415
    from puntal.entrypoints.programs import Programs  # noqa: PLC0415

    logging.configure(chosen)
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    database = await Database.open(uri, size=chosen.pool_size)
    try:
        await worker.run(chosen, database, wiring(database, Programs()), stop=stop)
    finally:
        await database.close()


async def _first_key(uri: str) -> str | None:
    """Make the first key of an installation that has none; its token is shown once."""
    database = await Database.open(uri, size=1)
    try:
        async with database.transaction() as tx:
            now = clock.now()
            own = await organization.ensure_organization(tx, organization.FIRST_NAME, now=now)
            if await queries.list_keys(tx, own.id, before=None, limit=1):
                return None
            return (await keys.create_first_key(tx, own.id, name="First key", now=now)).token
    finally:
        await database.close()


class _Together:
    """The server and the worker under one process that owns the database."""

    def __init__(self, chosen: Settings, uri: str, *, insecure: bool) -> None:
        self.chosen = chosen
        self.address = f"http://{'[' + chosen.host + ']' if ':' in chosen.host else chosen.host}:{chosen.port}"
        self.ending = threading.Event()
        self.environment: Mapping[str, str] = os.environ | {"PUNTAL_DATABASE_URL": uri, PARENT: str(os.getpid())}
        listen = ["--host", chosen.host, "--port", str(chosen.port), "--workers", str(chosen.workers)]
        self.commands = {"serve": ["serve", *listen, *(["--insecure"] if insecure else [])], "work": ["work"]}
        self.children: dict[str, subprocess.Popen[bytes]] = {}

    def run(self, ready: Callable[[str], None]) -> None:
        for asked in (signal.SIGINT, signal.SIGTERM):
            signal.signal(asked, lambda *_: self.ending.set())
        try:
            for name in self.commands:
                self._start(name)
            self._wait_until_ready()
            if not self.ending.is_set():
                ready(self.address)
            while not self.ending.wait(_POLL_SECONDS):
                self._restart_the_dead()
        finally:
            self._end()

    def _start(self, name: str) -> None:
        command = [sys.executable, "-m", "puntal.entrypoints.cli", *self.commands[name]]
        self.children[name] = subprocess.Popen(command, env=dict(self.environment))  # noqa: S603 - our own arguments

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while not self.ending.wait(_POLL_SECONDS):
            code = self.children["serve"].poll()
            if code is not None:
                raise RuntimeError(f"the server ended at once, with exit code {code}")
            try:
                if httpx2.get(f"{self.address}/readyz", timeout=2).status_code == 200:  # noqa: PLR2004 - OK
                    return
            except httpx2.HTTPError:
                pass
            if time.monotonic() > deadline:
                raise RuntimeError(f"the server was not ready after {_START_SECONDS} s; its log says why")

    def _restart_the_dead(self) -> None:
        for name, child in self.children.items():
            code = child.poll()
            if code is not None:
                typer.echo(f"puntal {name} ended with exit code {code}; starting it again", err=True)
                if not self.ending.wait(_PAUSE_SECONDS):
                    self._start(name)
                return

    def _end(self) -> None:
        for child in self.children.values():
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + _END_SECONDS
        for child in self.children.values():
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
