"""`puntal program check|diff|apply|export|outlook`: a program as a file, shown before it is applied."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn, TypeVar

import msgspec
import typer
from babel.numbers import format_currency
from rich.console import Console
from rich.markup import escape

from puntal.access.operations import organization
from puntal.entrypoints import shell
from puntal.entrypoints.opened import opened
from puntal.entrypoints.programs import Programs
from puntal.entrypoints.publishing import Publisher
from puntal.insight.outlook import operations as outlooks
from puntal.insight.outlook.model import Outlook
from puntal.kit import clock, problem
from puntal.kit.db import Transaction
from puntal.kit.errors import Fault, Faulty, Refusal
from puntal.kit.money import major
from puntal.kit.settings import settings
from puntal.programs import operations, queries, source, templates
from puntal.programs.diff import Difference, diff
from puntal.programs.document.program import Program
from puntal.programs.errors import ProgramFaulty, ProgramNotFound, RevisionNotFound
from puntal.programs.model import ProgramRow

app = typer.Typer(name="program", help="Check, compare, apply and export program documents.", no_args_is_help=True)

ACTOR = "command-line"
_REFUSED = 1
_STYLES = {"added": "green", "removed": "red", "changed": "yellow"}
_SIGNS = {"added": "+", "removed": "-", "changed": "~"}

Json = Annotated[bool, typer.Option("--json", help="Print one JSON value instead of text.")]
File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="A YAML or JSON document.")]
Slug = Annotated[str, typer.Option("--program", "-p", help="Address of the program.")]
T = TypeVar("T")


@app.command("check")
def check(
    file: File,
    program: Annotated[
        str | None, typer.Option("--program", "-p", help="Also check it against what this program's members hold.")
    ] = None,
    *,
    as_json: Json = False,
) -> None:
    """Say everything that is wrong with a document; exit code 1 when something is."""
    document = _read(file, as_json=as_json)
    if program is None:
        parsed, faults = operations.check_words(document)
    else:
        slug = program

        async def work(tx: Transaction, _now: datetime) -> tuple[Program | None, list[Fault]]:
            return await operations.check(tx, (await _entered(tx, slug)).id, document)

        parsed, faults = _run(work, as_json=as_json)
    advice = operations.advise(parsed) if parsed is not None else []
    if as_json:
        locale = settings().locale
        told = [[each.told(locale)._asdict() for each in some] for some in (faults, advice)]
        _print_json({"ok": not faults, "faults": told[0], "advice": told[1]})
    else:
        _print_faults(file, faults, advice)
    if faults:
        raise typer.Exit(_REFUSED)


@app.command("diff")
def show_diff(file: File, program: Slug, *, yaml: bool = False, as_json: Json = False) -> None:
    """Say what applying a document would change."""
    document = _read(file, as_json=as_json)

    async def work(tx: Transaction, _now: datetime) -> Difference:
        return (await _difference(tx, await _entered(tx, program), document))[0]

    found = _run(work, as_json=as_json)
    if as_json:
        _print_json({"changes": found.changes, "yaml": found.yaml})
    elif yaml:
        typer.echo(found.yaml, nl=False)
    else:
        _print_difference(found)


@app.command("apply")
def apply(
    file: File,
    program: Slug,
    note: Annotated[str, typer.Option(help="Why, for whoever reads the revisions.")] = "",
    effective_from: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%dT%H:%M:%S%z"], help="When it takes effect; at once without.")
    ] = None,
    *,
    create: Annotated[bool, typer.Option("--create", help="Make the program if it does not exist.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: Json = False,
) -> None:
    """Show what changes, ask, and publish. Applying the same document again changes nothing."""
    document = _read(file, as_json=as_json)

    async def look(tx: Transaction, _now: datetime) -> tuple[Difference | None, int]:
        row = await queries.find_by_slug(tx, program)
        if row is None and create:
            _, faults = operations.check_words(document)
            if faults:
                raise ProgramFaulty(faults)
            return None, 0
        return await _difference(tx, await _entered(tx, program), document)

    found, newest = _run(look, as_json=as_json)
    if not as_json:
        if found is None:
            typer.echo(f"A new program '{program}'.")
        else:
            _print_difference(found)
    if not yes and not typer.confirm("Publish?", err=as_json):
        raise typer.Exit(_REFUSED)

    async def work(tx: Transaction, now: datetime) -> dict[str, Any]:
        if newest == 0 and await queries.find_by_slug(tx, program) is None:
            own = await organization.ensure_organization(tx, organization.FIRST_NAME, now=now)
            made = await operations.create_program(tx, organization_id=own.id, slug=program, document=document, now=now)
        else:
            made = (await _entered(tx, program)).id
        row = await queries.find(tx, made)
        assert row is not None, "it was just found or made"
        answer = await Publisher(Programs())(
            tx, made, document, by=ACTOR, now=now - row.clock_offset, note=note, effective_from=effective_from
        )
        return {
            "program": program,
            "revision": answer.revision.number,
            "created": answer.created,
            "superseded": list(answer.superseded),
            "taking_effect": answer.taking_effect,
        }

    done = _run(work, as_json=as_json)
    if as_json:
        _print_json(done)
    else:
        verb = "is published" if done["created"] else "already said the same"
        if done["taking_effect"]:
            verb = "is taking effect: a worker counts what it reads from the orders first"
        typer.echo(f"Revision {done['revision']} of '{program}' {verb}.")


@app.command("export")
def export(
    program: Annotated[str | None, typer.Option("--program", "-p", help="Address of the program.")] = None,
    template: Annotated[str | None, typer.Option(help="A ready-made program instead.")] = None,
    revision: Annotated[int | None, typer.Option(min=1, help="A revision; without, the newest.")] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", dir_okay=False, help="A file; without, print.")
    ] = None,
    form: Annotated[Literal["yaml", "json"], typer.Option("--format", help="yaml or json.")] = "yaml",
) -> None:
    """Write a program's document, or a template's."""
    if (program is None) == (template is None):
        raise typer.BadParameter("name a program or a template", param_hint="--program / --template")
    as_json = form == "json"

    async def work(tx: Transaction, _now: datetime) -> dict[str, Any]:
        row = await _entered(tx, program or "")
        wanted = row.revision if revision is None else revision
        found = await queries.revision(tx, row.id, wanted)
        if found is not None:
            return found[1]
        draft = await queries.draft(tx, row.id) if revision is None else None
        if draft is None:
            raise RevisionNotFound(number=wanted)
        return draft.document

    try:
        document = templates.load_template(template) if template is not None else _run(work, as_json=as_json)
    except Refusal as refusal:
        _refuse(refusal, as_json=as_json)
    text = source.dump_json(document, indent=2) + "\n" if as_json else source.dump_yaml(document)
    if output is None:
        typer.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")


@app.command("outlook")
def outlook(  # noqa: PLR0913 - each assumption is an option
    trade: Annotated[str, typer.Argument(help="A template: its trade says what is in orders, and what is typical.")],
    file: Annotated[
        Path | None,
        typer.Option("--file", "-f", exists=True, dir_okay=False, help="A document instead of the template's."),
    ] = None,
    orders: Annotated[int | None, typer.Option("--orders-per-month", min=1)] = None,
    basket: Annotated[int | None, typer.Option("--basket-minor", min=1, help="In minor units.")] = None,
    margin: Annotated[int | None, typer.Option("--margin-percent", min=1, max=100)] = None,
    members: Annotated[int | None, typer.Option("--member-percent", min=0, max=100)] = None,
    each: Annotated[int | None, typer.Option("--orders-per-member", min=1, max=200)] = None,
    redeeming: Annotated[int | None, typer.Option("--redeeming-percent", min=0, max=100)] = None,
    *,
    as_json: Json = False,
) -> None:
    """Say what a program would give and cost in its first year, in a typical shop of a trade or in one's own."""
    said = {
        "orders_per_month": orders,
        "basket_minor": basket,
        "margin_percent": margin,
        "member_percent": members,
        "orders_per_member": each,
        "redeeming_percent": redeeming,
    }
    try:
        document = templates.load_template(trade) if file is None else _read(file, as_json=as_json)
        program, faults = operations.check_words(document)
        if program is None or faults:
            raise ProgramFaulty(faults)
        shop = outlooks.typical(trade, program.currency)
        shop = msgspec.structs.replace(shop, **{name: value for name, value in said.items() if value is not None})
        found = outlooks.live(program, outlooks.trade_of(trade), shop)
    except Refusal as refusal:
        _refuse(refusal, as_json=as_json)
    if as_json:
        _print_json(msgspec.to_builtins(found, enc_hook=str))
    else:
        _print_outlook(found)


def _print_outlook(found: Outlook) -> None:
    def money(amount: int) -> str:
        return format_currency(major(amount, found.currency), found.currency, locale=settings().locale)

    def rate(part: Fraction | None) -> str:
        return "" if part is None else f"{float(part):.1%}"

    typer.echo(f"{found.members} members with {found.orders} orders a year; {found.sample} of them were lived.")
    shell.show_table(
        ("The first year", "", "of sales"),
        [
            ("Sales to members", money(found.sales_minor), ""),
            ("Left after the goods", money(found.margin_minor), f"{found.shop.margin_percent} %"),
            ("Rewards taken", money(found.rewards_minor), f"{found.rewards} times"),
            ("Set aside for what is outstanding", money(found.liability_minor), ""),
            ("The program costs", money(found.cost_minor), rate(found.cost_rate)),
            (
                "Further sales that would pay for it",
                "no amount would" if found.extra_minor is None else money(found.extra_minor),
                rate(found.extra_rate),
            ),
        ],
    )
    shell.show_table(
        ("Wallet", "Issued", "Redeemed", "Expired", "Outstanding"),
        [(one.id, str(one.issued), str(one.redeemed), str(one.expired), str(one.outstanding)) for one in found.wallets],
    )


async def _entered(tx: Transaction, slug: str) -> ProgramRow:
    row = await queries.find_by_slug(tx, slug)
    if row is None:
        raise ProgramNotFound
    await operations.enter(tx, row.id)
    return row


async def _difference(tx: Transaction, row: ProgramRow, document: dict[str, Any]) -> tuple[Difference, int]:
    program, faults = await operations.check(tx, row.id, document)
    if program is None or faults:
        raise ProgramFaulty(faults)
    if row.revision == 0:
        return Difference(changes=(), yaml=source.dump_yaml(program)), 0
    published = await operations.load_published(tx, row.id)
    return diff(published.document, program), row.revision


def _run(work: Callable[[Transaction, datetime], Awaitable[T]], *, as_json: bool) -> T:
    async def inside() -> T:
        async with opened() as database, database.transaction() as tx:
            return await work(tx, clock.now())

    try:
        return asyncio.run(inside())
    except Refusal as refusal:
        _refuse(refusal, as_json=as_json)
    except shell.OUTAGES as outage:
        shell.fail(f"The database cannot be reached: {str(outage).strip()}", as_json=as_json, code=shell.UNAVAILABLE)


def _read(file: Path, *, as_json: bool) -> dict[str, Any]:
    try:
        text = file.read_text(encoding="utf-8")
        return source.load_json(text) if file.suffix == ".json" else source.load_yaml(text)
    except UnicodeDecodeError as error:
        raise typer.BadParameter(f"{file} is not UTF-8 text") from error
    except Refusal as refusal:
        _refuse(refusal, as_json=as_json)


def _refuse(refusal: Refusal, *, as_json: bool) -> NoReturn:
    locale = settings().locale
    if as_json:
        _print_json(problem.of_refusal(refusal, locale))
    else:
        typer.echo(refusal.title(locale), err=True)
        if isinstance(refusal, Faulty):
            _print_faults(None, refusal.faults, [])
    raise typer.Exit(_REFUSED) from refusal


def _print_json(value: object) -> None:
    typer.echo(msgspec.json.encode(value).decode())


def _print_faults(file: Path | None, faults: Sequence[Fault], advice: Sequence[Fault]) -> None:
    console = Console(stderr=bool(faults), soft_wrap=True)
    for style, found in (("red", faults), ("yellow", advice)):
        for fault in (each.told(settings().locale) for each in found):
            hint = f"\n    → {escape(fault.suggestion)}" if fault.suggestion else ""
            console.print(f"[{style}]{escape(fault.path or '/')}[/]  {escape(fault.reason)}{hint}")
    if not faults and file is not None:
        console.print(f"[green]{escape(str(file))} can be published.[/]")


def _print_difference(found: Difference) -> None:
    console = Console(soft_wrap=True)
    if not found.changes:
        console.print("Nothing changes." if not found.yaml else "Nothing changes for members.")
    for change in found.changes:
        words = change.words.get(settings().locale) or change.words["en"]
        console.print(
            f"[{_STYLES[change.kind]}]{_SIGNS[change.kind]}[/] {escape(words)}  [dim]{escape(change.path)}[/]"
        )
