"""How commands speak: one JSON value or text, refusals and outages in a sentence, exit codes."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Annotated, Any, NoReturn, TypeVar

import msgspec
import psycopg
import typer
from psycopg_pool import PoolTimeout
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from puntal.kit import problem
from puntal.kit.errors import Faulty, Refusal
from puntal.kit.settings import settings

Json = Annotated[bool, typer.Option("--json", help="Print one JSON value instead of text.")]
T = TypeVar("T")

REFUSED = 1
UNAVAILABLE = 3
"""The database cannot be reached; 2 is a command line that cannot be read."""

OUTAGES = (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout, OSError)


def run(work: Coroutine[Any, Any, T], *, as_json: bool = False) -> T:
    """Do the work; a refusal or an outage is printed and ends the command."""
    try:
        return asyncio.run(work)
    except Refusal as refusal:
        refuse(refusal, as_json=as_json)
    except OUTAGES as outage:
        fail(f"The database cannot be reached: {str(outage).strip()}", as_json=as_json, code=UNAVAILABLE)
    except RuntimeError as wrong:
        # Our own errors of this kind say what to do.
        fail(str(wrong), as_json=as_json)


def refuse(refusal: Refusal, *, as_json: bool) -> NoReturn:
    """Print why the answer is no, with every fault."""
    locale = settings().locale
    if as_json:
        say_json(problem.of_refusal(refusal, locale))
    else:
        typer.echo(refusal.title(locale), err=True)
        for fault in refusal.faults if isinstance(refusal, Faulty) else ():
            typer.echo(f"  {fault.path or '/'}  {fault.told(locale).reason}", err=True)
    raise typer.Exit(REFUSED) from refusal


def fail(sentence: str, *, as_json: bool, code: int = REFUSED) -> NoReturn:
    """End the command with a sentence that says what to do."""
    if as_json:
        say_json({"ok": False, "message": sentence})
    else:
        typer.echo(sentence, err=True)
    raise typer.Exit(code)


def say_json(value: object) -> None:
    """Print one JSON value on a line."""
    typer.echo(msgspec.json.encode(value).decode())


def show_table(columns: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    """Print rows under headings."""
    table = Table()
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*map(escape, row))
    Console().print(table)
