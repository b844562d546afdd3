"""`puntal keys` and `puntal staff`: whoever can run them on the machine may do everything in its organization."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, NoReturn, TypeVar
from uuid import UUID

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from puntal.access import queries
from puntal.access.errors import KeyNotFound, StaffUnknown
from puntal.access.model import (
    ALL_PERMISSIONS,
    TOKEN_START,
    ApiKey,
    Caller,
    KeyId,
    KeyTerms,
    NewStaff,
    Permission,
    Staff,
)
from puntal.access.operations import keys, organization, resets, staff
from puntal.entrypoints import shell
from puntal.entrypoints.opened import opened
from puntal.kit import clock, problem
from puntal.kit.db import Transaction
from puntal.kit.errors import Refusal
from puntal.kit.settings import settings

keys_app = typer.Typer(name="keys", help="Make, rotate, revoke and list API keys.", no_args_is_help=True)
staff_app = typer.Typer(name="staff", help="Add, list and disable the people who work here.", no_args_is_help=True)

_PAGE = 1000
_refused = 1

Json = Annotated[bool, typer.Option("--json", help="Print one JSON value instead of text.")]
KeyName = Annotated[str, typer.Argument(metavar="KEY", help="Id of the key, or its prefix pk_live_….")]
T = TypeVar("T")


@keys_app.command("create")
def create_key(
    name: Annotated[str, typer.Argument(help="What its owner calls it: Online shop.")],
    scope: Annotated[
        list[Permission] | None, typer.Option(help="What it may do; repeat for more. Without any: everything.")
    ] = None,
    program: Annotated[str | None, typer.Option(help="Slug of the only program it opens. Without: all.")] = None,
    network: Annotated[
        list[str] | None, typer.Option(help="CIDR block it may be used from; repeat for more. Without: anywhere.")
    ] = None,
    expires_at: Annotated[datetime | None, typer.Option(help="When it ends by itself, UTC.")] = None,
    staff_email: Annotated[
        str | None, typer.Option("--staff", metavar="EMAIL", help="The person it acts for, within that person's role.")
    ] = None,
    *,
    as_json: Json = False,
) -> None:
    """Make a key. Its token is printed once and kept nowhere."""

    async def work(tx: Transaction, by: Caller, now: datetime) -> dict[str, Any]:
        person = None if staff_email is None else await _person(tx, by, staff_email)
        terms = KeyTerms(
            name=name,
            scopes=frozenset(scope) if scope else ALL_PERMISSIONS,
            program=program,
            networks=tuple(network or ()),
            expires_at=None if expires_at is None else expires_at.replace(tzinfo=UTC),
            staff_id=None if person is None else person.id,
        )
        made = await keys.create(tx, terms, by=by, now=now)
        return _shown_key(made.key) | {"token": made.token}

    _print_new(_run(work, as_json=as_json), as_json=as_json)


@keys_app.command("rotate")
def rotate_key(
    key: KeyName,
    overlap_hours: Annotated[int, typer.Option(min=0, max=24 * 90, help="How long the old key still works.")] = 24,
    *,
    as_json: Json = False,
) -> None:
    """Make a successor that may do the same; the old key goes on working for a while."""

    async def work(tx: Transaction, by: Caller, now: datetime) -> dict[str, Any]:
        old = await _key(tx, by, key)
        made = await keys.rotate(tx, old.id, by=by, old_until=now + timedelta(hours=overlap_hours), now=now)
        return _shown_key(made.key) | {"token": made.token}

    _print_new(_run(work, as_json=as_json), as_json=as_json)


@keys_app.command("revoke")
def revoke_key(key: KeyName, *, as_json: Json = False) -> None:
    """End a key; every server refuses it within five seconds."""

    async def work(tx: Transaction, by: Caller, now: datetime) -> dict[str, Any]:
        return _shown_key(await keys.revoke(tx, (await _key(tx, by, key)).id, by=by, now=now))

    ended = _run(work, as_json=as_json)
    _print(ended, f"Revoked {ended['name']} ({ended['prefix']}).", as_json=as_json)


@keys_app.command("list")
def list_keys(*, as_json: Json = False) -> None:
    """List every key, newest first, ended ones too."""

    async def work(tx: Transaction, by: Caller, _now: datetime) -> list[dict[str, Any]]:
        found = await _every(lambda before: queries.list_keys(tx, by.organization_id, before=before, limit=_PAGE))
        return [_shown_key(key) for key in found]

    columns = ("name", "prefix", "program_id", "scopes", "revoked_at", "last_used_at")
    _print_table(_run(work, as_json=as_json), columns, as_json=as_json)


@staff_app.command("add")
def add_staff(
    email: Annotated[str, typer.Argument(help="The e-mail address to sign in with.")],
    name: Annotated[str, typer.Option(help="The person's name.")],
    role: Annotated[str, typer.Option(help="owner, admin, marketer, analyst, support, cashier or one of your own.")],
    store: Annotated[str | None, typer.Option(help="The store of a cashier.")] = None,
    locale: Annotated[str, typer.Option(help="en or es.")] = "en",
    *,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password, at least 12 characters, from stdin.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Add a person."""
    if locale not in problem.LOCALES:
        raise typer.BadParameter("en or es", param_hint="--locale")
    if "@" not in email.strip("@"):
        raise typer.BadParameter("not an e-mail address", param_hint="EMAIL")
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None

    async def work(tx: Transaction, by: Caller, now: datetime) -> dict[str, Any]:
        person = NewStaff(email=email, name=name, role=role, store=store, locale=locale)
        return _shown_person(await staff.add(tx, person, by=by, password=password, now=now))

    added = _run(work, as_json=as_json)
    _print(added, f"Added {added['name']} as {added['role']}.", as_json=as_json)


@staff_app.command("disable")
def disable_staff(
    email: Annotated[str, typer.Argument(help="The e-mail address to sign in with.")], *, as_json: Json = False
) -> None:
    """Keep a person out; her keys and sessions end within five seconds."""

    async def work(tx: Transaction, by: Caller, now: datetime) -> dict[str, Any]:
        person = await _person(tx, by, email)
        return _shown_person(await staff.disable(tx, person.id, by=by, now=now))

    gone = _run(work, as_json=as_json)
    _print(gone, f"Disabled {gone['name']}.", as_json=as_json)


@staff_app.command("reset")
def reset_staff(
    email: Annotated[str, typer.Argument(help="The e-mail address to sign in with.")],
    *,
    second_factor: Annotated[
        bool, typer.Option("--second-factor", help="Take the second factor away too: phone and codes are lost.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Let a person choose a new password: prints a token, good for one use within an hour."""

    async def work(tx: Transaction, by: Caller, now: datetime) -> dict[str, Any]:
        person = await _person(tx, by, email)
        made = await resets.make(tx, person.id, by=by, drops_factor=second_factor, now=now)
        return {"name": person.name, "token": made.token, "expires_at": made.reset.expires_at}

    made = _run(work, as_json=as_json)
    text = (
        f"{made['name']} may choose a new password until {made['expires_at']:%H:%M} UTC, once, with\n\n  "
        f"{made['token']}\n\nHand it over yourself; it goes to POST /v1/auth/password/reset."
    )
    _print(made, text, as_json=as_json)


@staff_app.command("list")
def list_staff(*, as_json: Json = False) -> None:
    """List the people who work here, newest first, disabled ones too."""

    async def work(tx: Transaction, by: Caller, _now: datetime) -> list[dict[str, Any]]:
        found = await _every(lambda before: queries.list_staff(tx, by.organization_id, before=before, limit=_PAGE))
        return [_shown_person(person) for person in found]

    _print_table(_run(work, as_json=as_json), ("name", "email", "role", "store", "disabled_at"), as_json=as_json)


def _run(work: Callable[[Transaction, Caller, datetime], Awaitable[T]], *, as_json: bool) -> T:
    """Do the work in one transaction as the machine's administrator; a refusal is printed and ends the command."""

    async def inside() -> T:
        async with opened() as database, database.transaction() as tx:
            now = clock.now()
            own = await organization.ensure_organization(tx, organization.FIRST_NAME, now=now)
            return await work(tx, keys.administrator(own.id), now)

    try:
        return asyncio.run(inside())
    except Refusal as refusal:
        _refuse(refusal, as_json=as_json)
    except shell.OUTAGES as outage:
        shell.fail(f"The database cannot be reached: {str(outage).strip()}", as_json=as_json, code=shell.UNAVAILABLE)


def _refuse(refusal: Refusal, *, as_json: bool) -> NoReturn:
    locale = settings().locale
    if as_json:
        typer.echo(msgspec.json.encode(problem.of_refusal(refusal, locale)).decode())
    else:
        typer.echo(refusal.title(locale), err=True)
    raise typer.Exit(_refused) from refusal


async def _every(page: Callable[[UUID | None], Awaitable[list[Any]]]) -> list[Any]:
    rows: list[Any] = []
    while True:
        found = await page(rows[-1].id if rows else None)
        rows.extend(found)
        if len(found) < _PAGE:
            return rows


async def _key(tx: Transaction, by: Caller, name: str) -> ApiKey:
    if name.startswith(TOKEN_START):
        credential = await queries.find_credential(tx, name)
        found = None if credential is None else credential.key
    else:
        try:
            found = await queries.find_key(tx, by.organization_id, KeyId(UUID(name)))
        except ValueError as unreadable:
            raise KeyNotFound from unreadable
    if found is None or found.organization_id != by.organization_id:
        raise KeyNotFound
    return found


async def _person(tx: Transaction, by: Caller, email: str) -> Staff:
    found = await queries.find_staff_by_email(tx, email.strip().lower())
    if found is None or found.organization_id != by.organization_id:
        raise StaffUnknown
    return found


def _shown_key(key: ApiKey) -> dict[str, Any]:
    shown: dict[str, Any] = msgspec.to_builtins(key)
    return shown | {"scopes": sorted(key.scopes)}


def _shown_person(person: Staff) -> dict[str, Any]:
    shown: dict[str, Any] = msgspec.to_builtins(person)
    return shown


def _print(value: object, text: str, *, as_json: bool) -> None:
    typer.echo(msgspec.json.encode(value).decode() if as_json else text)


def _print_new(made: dict[str, Any], *, as_json: bool) -> None:
    text = f"{made['name']}: {', '.join(made['scopes'])}\n\n  {made['token']}\n\nKeep it now: it is not shown again."
    _print(made, text, as_json=as_json)


def _print_table(rows: list[dict[str, Any]], columns: tuple[str, ...], *, as_json: bool) -> None:
    if as_json:
        typer.echo(msgspec.json.encode(rows).decode())
        return
    table = Table()
    for column in columns:
        # What is copied into the next command stays in one piece.
        table.add_column(column, no_wrap=column in {"name", "prefix", "email"}, overflow="fold")
    for row in rows:
        table.add_row(*(_cell(row[column]) for column in columns))
    Console().print(table)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return "everything" if len(value) == len(ALL_PERMISSIONS) else ", ".join(map(str, value))
    return str(value)
