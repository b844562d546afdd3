"""`puntal doctor|config`: what is the matter, what to do, and what was chosen."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import psycopg
import typer
from pydantic import SecretStr
from rich.console import Console
from rich.markup import escape

from puntal.entrypoints import schema, sealed, shell
from puntal.entrypoints.opened import address
from puntal.kit import clock
from puntal.kit.db import APPLICATION_ROLE, Transaction
from puntal.kit.sealing import KeyUnreadableError, sealer_of
from puntal.kit.settings import Settings, settings

app = typer.Typer()

OLDEST_POSTGRES = 150_000
_LEAST_FREE_BYTES = 1_000_000_000
_MOST_SKEW = timedelta(seconds=5)
_MOST_WAITING = 10_000
_DAY = 86_400
_MOST_AGE = timedelta(minutes=10)
_STYLES = {"ok": "green", "note": "cyan", "warning": "yellow", "wrong": "red"}

SERVER = "SELECT current_setting('server_version_num')::int, clock_timestamp(), current_setting('server_encoding')"
ROLE = """
SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = %(role)s AND NOT rolbypassrls AND NOT rolsuper),
  EXISTS (SELECT FROM pg_roles WHERE rolname = %(role)s) AND pg_has_role(current_user, %(role)s, 'MEMBER')
"""
OFFSETS = "SELECT slug, clock_offset_seconds FROM program WHERE clock_offset_seconds <> 0 ORDER BY slug LIMIT 20"
JOBS = """
-- What waits although it is due, and what was given up.
SELECT count(*) FILTER (WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at < now())),
  count(*) FILTER (WHERE status = 'failed')
FROM procrastinate_jobs
"""
OUTBOX = "SELECT count(*), min(recorded_at) FROM outbox"
BOOKS = """
-- Programs whose books disagreed when the last night checked them.
SELECT p.slug, last.day
FROM program p
JOIN LATERAL (
  SELECT day, counts FROM nightly_step
  WHERE program_id = p.id AND step = 'books'
  ORDER BY day DESC LIMIT 1
) AS last ON (last.counts->>'wrong')::bigint > 0
ORDER BY p.slug LIMIT 20
"""
OWNERS = """
SELECT count(*) FILTER (WHERE password_hash IS NOT NULL) FROM staff WHERE role = 'owner' AND disabled_at IS NULL
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at; `wrong` makes the exit code 1."""

    name: str
    state: Literal["ok", "note", "warning", "wrong"]
    words: str
    advice: str | None = None


@app.command("doctor")
def doctor(*, as_json: shell.Json = False) -> None:
    """Look at the database, the schema, clocks, disk, jobs and mail, and say what to do."""
    findings = shell.run(_all(), as_json=as_json)
    wrong = any(finding.state == "wrong" for finding in findings)
    if as_json:
        shell.say_json({"ok": not wrong, "findings": findings})
    else:
        console = Console(soft_wrap=True)
        for each in findings:
            console.print(f"[{_STYLES[each.state]}]{each.state:>7}[/]  [bold]{each.name}[/]  {escape(each.words)}")
            if each.advice:
                console.print(f"         → {escape(each.advice)}")
    if wrong:
        raise typer.Exit(shell.REFUSED)


@app.command("config")
def config(*, as_json: shell.Json = False) -> None:
    """List every setting with its value; secrets are not shown."""
    chosen = settings()
    rows = [
        {
            "name": f"PUNTAL_{name.upper()}",
            "value": _shown(getattr(chosen, name)),
            "set": name in chosen.model_fields_set,
            "description": field.description,
        }
        for name, field in Settings.model_fields.items()
    ]
    if as_json:
        shell.say_json(rows)
        return
    lines = [
        (str(row["name"]), "" if row["value"] is None else str(row["value"]), str(row["description"])) for row in rows
    ]
    shell.show_table(("name", "value", "what it is"), lines)


def _shown(value: Any) -> Any:  # noqa: ANN401 - settings of several types
    if isinstance(value, SecretStr):
        return "********"
    return value if value is None or isinstance(value, bool | int) else str(value)


async def _all() -> list[Finding]:
    found = [_disk(), _mail()]
    try:
        async with _owner() as tx:
            found = [finding async for finding in _database(tx)] + found
    except (psycopg.Error, OSError, RuntimeError) as failure:
        advice = "Is PUNTAL_DATABASE_URL right, and the server up?"
        if settings().database_url is None:
            advice = f"See {settings().data_dir / 'postgres.log'}"
        found.insert(0, Finding(name="database", state="wrong", words=str(failure).strip(), advice=advice))
    return found


@asynccontextmanager
async def _owner() -> AsyncGenerator[Transaction]:
    """Open a connection as the owner, to a database in whatever state; each look stands by itself."""
    with address() as (uri, _):
        async with await psycopg.AsyncConnection.connect(uri, autocommit=True, connect_timeout=10) as connection:
            yield connection


async def _database(tx: Transaction) -> AsyncIterator[Finding]:
    version, there, encoding = await _row(tx, SERVER)
    good = version >= OLDEST_POSTGRES and encoding == "UTF8"
    yield Finding(
        name="database",
        state="ok" if good else "wrong",
        words=f"PostgreSQL {version // 10_000}.{version % 10_000}, {encoding}",
        advice=None if good else "Puntal needs PostgreSQL 15 or newer and a database in UTF8.",
    )
    yield _skew(there)
    missing = await _missing(tx)
    yield Finding(
        name="schema",
        state="wrong" if missing else "ok",
        words=f"{len(missing)} migrations pending" if missing else "up to date",
        advice="puntal db migrate" if missing else None,
    )
    if missing:
        return
    bound, member = await _row(tx, ROLE, role=APPLICATION_ROLE)
    good = bound and member
    yield Finding(
        name="role",
        state="ok" if bound and member else "wrong",
        words=f"{APPLICATION_ROLE} obeys row security"
        if bound and member
        else f"{APPLICATION_ROLE} is not as it must be",
        advice=None if bound and member else "puntal db migrate, as a user with CREATEROLE",
    )
    async for finding in _contents(tx):
        yield finding


async def _contents(tx: Transaction) -> AsyncIterator[Finding]:
    offsets = await (await tx.execute(OFFSETS)).fetchall()
    yield Finding(
        name="program clocks",
        state="note" if offsets else "ok",
        words=", ".join(f"{slug} is {offset // 86_400} days behind" for slug, offset in offsets)
        or "all show real time",
        advice="They go on from the end of replayed data." if offsets else None,
    )
    due, failed = await _row(tx, JOBS)
    yield Finding(
        name="jobs",
        state="warning" if due > _MOST_WAITING or failed else "ok",
        words=f"{due} due, {failed} given up",
        advice="Is puntal work running? Its log names what failed." if due > _MOST_WAITING or failed else None,
    )
    waiting, oldest = await _row(tx, OUTBOX)
    late = oldest is not None and clock.now() - oldest > _MOST_AGE
    yield Finding(
        name="outbox",
        state="warning" if late else "ok",
        words=f"{waiting} waiting" + (f", the oldest since {oldest:%Y-%m-%d %H:%M}" if oldest else ""),
        advice="Start puntal work: it tells other systems and brings segments up to date." if late else None,
    )
    disagreeing = await (await tx.execute(BOOKS)).fetchall()
    yield Finding(
        name="books",
        state="wrong" if disagreeing else "ok",
        words=", ".join(f"those of {slug} disagreed after the night of {night}" for slug, night in disagreeing)
        or "no night found two sides that disagree",
        advice="puntal verify names the places; the log has them too. It is a defect: please report it."
        if disagreeing
        else None,
    )
    yield await _secrets(tx)
    (owners,) = await _row(tx, OWNERS)
    yield Finding(
        name="owner",
        state="ok" if owners else "note",
        words=f"{owners} can sign in" if owners else "nobody can sign in",
        advice=None if owners else "puntal staff add EMAIL --name NAME --role owner --password-stdin",
    )


async def _secrets(tx: Transaction) -> Finding:
    rows = await (await tx.execute(sealed.STORED)).fetchall()
    stored = [sealed.Stored(kind=kind, key=name, count=count) for kind, name, count in rows]
    try:
        lost = sealed.lost(stored, sealer_of(settings()))
    except (KeyUnreadableError, OSError) as unreadable:
        lost = [str(unreadable)]
    plain = sealed.plain(stored)
    words = f"{sum(each.count for each in stored)} can be opened" + (f", {plain} are not sealed yet" if plain else "")
    advice = "puntal secrets reseal, or wait: a worker seals them within the hour." if plain else None
    if lost:
        advice = "Put the key of then into PUNTAL_SECRET_KEYS_OLD, or its file secret-key into the data folder."
    return Finding(
        name="secrets",
        state="wrong" if lost else "note" if plain else "ok",
        words=f"cannot be opened: {', '.join(lost)}" if lost else words,
        advice=advice,
    )


def _skew(there: datetime) -> Finding:
    skew = abs(clock.now() - there)
    return Finding(
        name="clock",
        state="ok" if skew < _MOST_SKEW else "wrong",
        words=f"{skew.total_seconds():.1f} s apart from the database's",
        advice=None if skew < _MOST_SKEW else "Set the clocks of both machines by NTP.",
    )


async def _missing(tx: Transaction) -> list[str]:
    try:
        (current,) = await _row(tx, schema.VERSION)
    except psycopg.errors.UndefinedTable:
        current = None
    return schema.after(current)


async def _row(tx: Transaction, statement: str, **values: object) -> tuple[Any, ...]:
    row = await (await tx.execute(statement.encode(), values or None)).fetchone()
    assert row is not None, "these statements return a row"
    return row


def _disk() -> Finding:
    folder = settings().data_dir
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    low = free < _LEAST_FREE_BYTES
    return Finding(
        name="disk",
        state="warning" if low else "ok",
        words=f"{free / 1e9:.1f} GB free at {os.fspath(folder)}",
        advice="Make room: the database stops when the disk is full." if low else None,
    )


def _mail() -> Finding:
    return Finding(name="mail", state="note", words="this release sends no mail; reminders are events and webhooks")
