"""`puntal up|serve|work`: the processes."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from puntal.entrypoints import shell
from puntal.kit.settings import Settings, settings

app = typer.Typer()

Host = Annotated[str | None, typer.Option(help="Address to listen on.")]
Port = Annotated[int | None, typer.Option(help="Port to listen on.", min=1, max=65535)]
Workers = Annotated[int | None, typer.Option(help="Server processes.", min=1, max=256)]
Insecure = Annotated[bool, typer.Option("--insecure", help="Listen beyond this machine without an owner.")]

_FIRST_PROGRAM = '{"slug":"club","template":"cafe","publish":true}'


@app.command("serve")
def serve(host: Host = None, port: Port = None, workers: Workers = None, *, insecure: Insecure = False) -> None:
    """Serve the API; several processes share the port."""
    from puntal.entrypoints import running, serving  # noqa: PLC0415 - other commands need no server

    running.follow_parent()
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
    from puntal.entrypoints import running  # noqa: PLC0415 - other commands need no worker

    running.follow_parent()
    try:
        running.work(settings())
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
    from puntal.entrypoints import running  # noqa: PLC0415 - other commands need none of it

    def ready(address: str, token: str | None) -> None:
        _tell(address, token, as_json=as_json)

    try:
        running.up(_chosen(host=host, port=port, workers=workers), insecure=insecure, ready=ready)
    except shell.OUTAGES as outage:
        shell.fail(f"Cannot start: {str(outage).strip()}", as_json=as_json, code=shell.UNAVAILABLE)
    except RuntimeError as wrong:
        shell.fail(str(wrong), as_json=as_json)


def _chosen(**given: Any) -> Settings:  # noqa: ANN401 - settings of several types
    return settings().model_copy(update={name: value for name, value in given.items() if value is not None})


def _tell(address: str, token: str | None, *, as_json: bool) -> None:
    if as_json:
        shell.say_json({"address": address, "docs": f"{address}/docs", "token": token})
        return
    lines = [f"Puntal is ready at {address}, its reference at {address}/docs"]
    if token is not None:
        lines += [
            "",
            f"Your first key, which may do everything and is not shown again:\n\n  {token}",
            "",
            "Make a program with it:",
            f"  curl -s {address}/v1/programs -H 'Authorization: Bearer {token}' \\",
            f"    -H 'Content-Type: application/json' -d '{_FIRST_PROGRAM}'",
        ]
    typer.echo("\n".join(lines))
