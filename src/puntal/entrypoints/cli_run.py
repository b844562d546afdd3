"""`puntal up|serve|work`: the processes."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from typing import Annotated, Any

import httpx2
import typer

from puntal.entrypoints import shell
from puntal.entrypoints.opened import located
from puntal.kit import clock, db
from puntal.kit.db import Database
from puntal.kit.settings import Settings, settings

app = typer.Typer()

Host = Annotated[str | None, typer.Option(help="Address to listen on.")]
Port = Annotated[int | None, typer.Option(help="Port to listen on.", min=1, max=65535)]
Workers = Annotated[int | None, typer.Option(help="Server processes.", min=1, max=256)]
Insecure = Annotated[bool, typer.Option("--insecure", help="Listen beyond this machine without an owner.")]

PARENT = "PUNTAL_PARENT"
"""In the environment of a process that ends with the one that started it."""

FIRST_NAME = "My organization"
_FIRST_PROGRAM = '{"slug":"club","template":"cafe","publish":true}'
_WATCH_SECONDS = 1.0
_POLL_SECONDS = 0.2
_START_SECONDS = 120
_END_SECONDS = 45
_PAUSE_SECONDS = 1.0


@app.command("serve")
def serve(host: Host = None, port: Port = None, workers: Workers = None, *, insecure: Insecure = False) -> None:
    """Serve the API; several processes share the port."""
    from puntal.entrypoints import serving  # noqa: PLC0415 - other commands need no server

    follow_parent()
    chosen = _chosen(host=host, port=port, workers=workers)
    try:
        serving.serve(chosen, insecure=insecure)
    except shell.OUTAGES as outage:
        shell.fail(f"Cannot serve: {str(outage).strip()}", as_json=False, code=shell.UNAVAILABLE)
    except RuntimeError as wrong:
        shell.fail(str(wrong), as_json=False)


@app.command("work")
def work() -> None:
    """Do what happens in the background: jobs, nights, webhooks. Run as many as you like."""
    follow_parent()
    chosen = settings()
    try:
        with located(chosen) as uri:
            asyncio.run(_work(chosen, uri))
    except shell.OUTAGES as outage:
        shell.fail(f"Cannot work: {str(outage).strip()}", as_json=False, code=shell.UNAVAILABLE)


@app.command("up")
def up(
    host: Host = None,
    port: Port = None,
    workers: Workers = None,
    *,
    insecure: Insecure = False,
    as_json: shell.Json = False,
) -> None:
    """Start everything: the database, the API, the background work. Ctrl-C ends it."""
    chosen = _chosen(host=host, port=port, workers=workers)
    try:
        with located(chosen) as uri:
            db.migrate(uri)
            first = asyncio.run(_first_key(uri))
            _Together(chosen, uri, insecure=insecure).run(first, as_json=as_json)
    except shell.OUTAGES as outage:
        shell.fail(f"Cannot start: {str(outage).strip()}", as_json=as_json, code=shell.UNAVAILABLE)
    except RuntimeError as wrong:
        shell.fail(str(wrong), as_json=as_json)


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


def _chosen(**given: Any) -> Settings:  # noqa: ANN401 - settings of several types
    return settings().model_copy(update={name: value for name, value in given.items() if value is not None})


async def _work(chosen: Settings, uri: str) -> None:
    from puntal.entrypoints import worker  # noqa: PLC0415 - other commands need no worker
    from puntal.entrypoints.following import wiring  # noqa: PLC0415
    from puntal.entrypoints.programs import Programs  # noqa: PLC0415
    from puntal.kit import logging  # noqa: PLC0415

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
    from puntal.access import queries  # noqa: PLC0415
    from puntal.access.operations import keys, organization  # noqa: PLC0415

    database = await Database.open(uri, size=1)
    try:
        async with database.transaction() as tx:
            now = clock.now()
            own = await organization.ensure_organization(tx, FIRST_NAME, now=now)
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

    def run(self, token: str | None, *, as_json: bool) -> None:
        for asked in (signal.SIGINT, signal.SIGTERM):
            signal.signal(asked, lambda *_: self.ending.set())
        try:
            for name in self.commands:
                self._start(name)
            self._wait_until_ready()
            if not self.ending.is_set():
                self._tell(token, as_json=as_json)
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

    def _tell(self, token: str | None, *, as_json: bool) -> None:
        if as_json:
            shell.say_json({"address": self.address, "docs": f"{self.address}/docs", "token": token})
            return
        lines = [f"Puntal is ready at {self.address}, its reference at {self.address}/docs"]
        if token is not None:
            lines += [
                "",
                f"Your first key, which may do everything and is not shown again:\n\n  {token}",
                "",
                "Make a program with it:",
                f"  curl -s {self.address}/v1/programs -H 'Authorization: Bearer {token}' \\",
                '    -H \'Content-Type: application/json\' -d \'{"slug":"club","template":"cafe","publish":true}\'',
            ]
        typer.echo("\n".join(lines))

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
