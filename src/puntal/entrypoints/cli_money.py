"""`puntal money`: load, pay, refund, give, pay out and read the money of members, each once per reference."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, NamedTuple
from uuid import UUID

import typer

from puntal.entrypoints import shell
from puntal.entrypoints.opened import opened
from puntal.entrypoints.programs import Loaded, Programs
from puntal.kit import clock, ids
from puntal.kit.calendar import add_months, midnight
from puntal.kit.db import Transaction
from puntal.kit.money import major, minor
from puntal.members import operations as members
from puntal.members.errors import UnknownMember
from puntal.members.model import Ids
from puntal.payments import operations
from puntal.payments.api import PaymentOut, check_open
from puntal.payments.errors import AmountNeeded
from puntal.payments.model import Paid, PaymentKind, Wanted
from puntal.points import operations as points
from puntal.points import queries as point_queries
from puntal.points.model import Terms
from puntal.points.statements import rows_of, shown_balance
from puntal.programs import queries
from puntal.programs.errors import ProgramNotFound

app = typer.Typer(name="money", help="The money members keep: load, pay, refund, give, pay out.", no_args_is_help=True)

ACTOR = "command-line"
_SUMS = ("change", "balance")
_MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")
Slug = Annotated[str, typer.Option("--program", "-p", help="Address of the program.")]
Member = Annotated[str, typer.Argument(help="The member's id, e-mail address, phone number or card.")]
Amount = Annotated[str, typer.Argument(help="In whole units, as 25.00.")]
MaybeAmount = Annotated[str | None, typer.Argument(help="In whole units; all there is when left out.")]
Wallet = Annotated[str | None, typer.Option(help="Id of the money wallet; the program's only one when left out.")]
Reference = Annotated[
    str | None, typer.Option(help="Your name for it: a second call with it changes nothing. Drawn when left out.")
]
Order = Annotated[str | None, typer.Option(help="Source and id of the order, as shop:1001.")]
Reason = Annotated[str | None, typer.Option(help="What the member reads.")]
Operation = Callable[..., Awaitable[Paid]]


class At(NamedTuple):
    """A program as it stands, in a transaction, now on its clock."""

    tx: Transaction
    loaded: Loaded
    now: datetime

    @property
    def program_id(self) -> int:
        """The program."""
        return self.loaded.program_id

    def wallet(self, named: str | None) -> Terms:
        """Return a money wallet, the program's only one where none is named."""
        if named is not None:
            return points.money_wallet(self.loaded.newest.terms, named)
        found = [terms for terms in self.loaded.newest.terms if terms.kind == "money" and not terms.retired]
        if len(found) != 1:
            raise typer.BadParameter(f"say which of its {len(found)} money wallets", param_hint="--wallet")
        return found[0]


@asynccontextmanager
async def at(slug: str) -> AsyncGenerator[At]:
    """Open a program for one command; what it does is committed at the end."""
    async with opened(size=2) as database:
        async with database.transaction() as tx:
            row = await queries.find_by_slug(tx, slug)
        if row is None:
            raise ProgramNotFound
        async with database.program_transaction(row.id) as tx:
            loaded = await Programs().current(tx, row.id)
            yield At(tx, loaded, clock.now() - loaded.clock_offset)


def minor_of(text: str, currency: str | None) -> int:
    """Return what was typed in minor units."""
    try:
        found = minor(Decimal(text.replace(",", ".")), currency or "")
    except (InvalidOperation, ValueError) as wrong:
        raise typer.BadParameter(f"'{text}' is no amount of {currency}, such as 25.00") from wrong
    if found <= 0:
        raise typer.BadParameter("an amount is more than nothing")
    return found


def shown(amount: int, currency: str | None) -> str:
    """Return minor units as people read them."""
    return f"{major(amount, currency or '')} {currency}"


async def member_of(one: At, written: str) -> UUID:
    """Return who is meant by an id, e-mail address, phone number or card.

    Raises:
        UnknownMember: Nobody here is.
    """
    program = one.loaded.newest
    asks = [Ids(card=written), Ids(phone=written)]
    try:
        asks = [Ids(id=UUID(written))]
    except ValueError:
        if "@" in written:
            asks = [Ids(email=written)]
        elif not written.lstrip("+").replace(" ", "").isdecimal():
            asks = asks[:1]
    order = program.document.joining.match
    found = await members.resolve(one.tx, one.program_id, asks, order, region=program.region)
    known = next((match.member_id for match in found if match.member_id is not None), None)
    if known is None:
        raise UnknownMember
    return known


async def _move(
    slug: str,
    kind: PaymentKind,
    operation: Operation,
    member: str,
    wallet: str | None,
    amount: str | None,
    **more: Any,  # noqa: ANN401 - the fields of a wish
) -> PaymentOut:
    async with at(slug) as one:
        terms = one.wallet(wallet)
        check_open(one.loaded, terms.id, kind, one.now)
        to = more.pop("to", None)
        want = Wanted(
            reference=more.pop("reference") or f"cli-{ids.new_id()}",
            member_id=await member_of(one, member),
            wallet=terms.id,
            amount=None if amount is None else minor_of(amount, terms.currency),
            to_member=None if to is None else await member_of(one, to),
            actor=ACTOR,
            **more,
        )
        made = await operation(one.tx, one.program_id, one.loaded.newest.terms, want, now=one.now)
        return PaymentOut.of(made, one.loaded.newest.terms)


def _say(made: PaymentOut, *, as_json: bool) -> None:
    if as_json:
        shell.say_json(made.model_dump(mode="json"))
        return
    left = f", {shown(made.left, made.currency)} still to be paid" if made.left else ""
    again = " (done before; nothing changed)" if made.replayed else ""
    typer.echo(f"{made.kind}: {shown(made.amount, made.currency)}{left}{again}")
    typer.echo(f"{shown(made.available, made.currency)} in {made.wallet}. Reference: {made.reference}")


@app.command("load")
def load(
    member: Member,
    amount: Amount,
    program: Slug,
    *,
    means: Annotated[str, typer.Option(help="cash, card, bank, other; goodwill is granted, not paid in.")] = "cash",
    wallet: Wallet = None,
    reference: Reference = None,
    reason: Reason = None,
    as_json: shell.Json = False,
) -> None:
    """Bring money into a member's wallet."""
    if means not in {"cash", "card", "bank", "other", operations.GOODWILL}:
        raise typer.BadParameter("cash, card, bank, other or goodwill", param_hint="--means")
    work = _move(
        program, "load", operations.load, member, wallet, amount, means=means, reference=reference, reason=reason
    )
    _say(shell.run(work, as_json=as_json), as_json=as_json)


@app.command("pay")
def pay(
    member: Member,
    amount: Amount,
    program: Slug,
    *,
    partly: Annotated[bool, typer.Option(help="Take what there is where that is less.")] = False,
    order: Order = None,
    wallet: Wallet = None,
    reference: Reference = None,
    as_json: shell.Json = False,
) -> None:
    """Pay with a member's money; granted money goes first."""
    work = _move(
        program, "pay", operations.pay, member, wallet, amount, partly=partly, order_key=order, reference=reference
    )
    _say(shell.run(work, as_json=as_json), as_json=as_json)


@app.command("refund")
def refund(  # noqa: PLR0913 - the options of a command
    member: Member,
    program: Slug,
    amount: MaybeAmount = None,
    *,
    payment: Annotated[str | None, typer.Option(help="Reference of the payment; store credit when left out.")] = None,
    order: Order = None,
    wallet: Wallet = None,
    reference: Reference = None,
    reason: Reason = None,
    as_json: shell.Json = False,
) -> None:
    """Give a payment back to the wallet, whole or in part; or, naming none, an amount as store credit."""
    if payment is None and amount is None:
        shell.refuse(AmountNeeded(), as_json=as_json)
    work = _move(
        program, "refund", operations.refund, member, wallet, amount,
        of=payment, order_key=order, reference=reference, reason=reason,
    )  # fmt: skip
    _say(shell.run(work, as_json=as_json), as_json=as_json)


@app.command("transfer")
def transfer(
    member: Member,
    amount: Amount,
    program: Slug,
    to: Annotated[str, typer.Option(help="Who receives: id, e-mail address, phone number or card.")],
    *,
    wallet: Wallet = None,
    reference: Reference = None,
    as_json: shell.Json = False,
) -> None:
    """Give a member's money to another, where the program allows it."""
    work = _move(program, "transfer", operations.send, member, wallet, amount, to=to, reference=reference)
    _say(shell.run(work, as_json=as_json), as_json=as_json)


@app.command("payout")
def payout(
    member: Member,
    program: Slug,
    amount: MaybeAmount = None,
    *,
    means: Annotated[str, typer.Option(help="How it is paid: cash, card, bank, other.")] = "bank",
    wallet: Wallet = None,
    reference: Reference = None,
    reason: Reason = None,
    as_json: shell.Json = False,
) -> None:
    """Give paid-in money back; granted money is never paid out."""
    if means not in {"cash", "card", "bank", "other"}:
        raise typer.BadParameter("cash, card, bank or other", param_hint="--means")
    work = _move(
        program, "payout", operations.pay_out, member, wallet, amount, means=means, reference=reference, reason=reason
    )
    _say(shell.run(work, as_json=as_json), as_json=as_json)


@app.command("statement")
def statement(
    member: Member,
    program: Slug,
    *,
    month: Annotated[str | None, typer.Option(help="As 2026-03; the present one when left out.")] = None,
    wallet: Wallet = None,
    as_json: shell.Json = False,
) -> None:
    """Show what was recorded in a wallet in a month, and what is in it."""
    found = shell.run(_statement(member, program, month, wallet), as_json=as_json)
    if as_json:
        shell.say_json(found)
        return
    currency = found["currency"]
    lines = [
        (line["at"][:16], line["text"], line["reference"], *(shown(line[one], currency) for one in _SUMS))
        for line in found["lines"]
    ]  # fmt: skip
    typer.echo(f"{found['wallet']}, {found['month']}: opening {shown(found['opening'], currency)}")
    shell.show_table(("Recorded", "What", "Reference", "Change", "Balance"), lines)
    typer.echo(f"Closing {shown(found['closing'], currency)}")


async def _statement(member: str, slug: str, month: str | None, wallet: str | None) -> dict[str, Any]:
    async with at(slug) as one:
        terms = one.wallet(wallet)
        named = month or one.now.astimezone(terms.zone).strftime("%Y-%m")
        if not _MONTH.fullmatch(named):
            raise typer.BadParameter("a month is written as 2026-03", param_hint="--month")
        first = datetime.strptime(named, "%Y-%m").date()  # noqa: DTZ007 - a day, not an instant
        since, until = midnight(terms.zone, first), midnight(terms.zone, add_months(first, 1))
        every = one.loaded.newest.terms
        holders = await points.readers_of(one.tx, one.program_id, every, await member_of(one, member))
        found = await point_queries.statement(one.tx, one.program_id, every, holders=holders, since=since, until=until)
        mine = next((each for each in found if each.wallet == terms.id), None)
        return {
            "wallet": terms.id,
            "currency": terms.currency,
            "month": named,
            "opening": 0 if mine is None else shown_balance(mine.opening),
            "closing": 0 if mine is None else shown_balance(mine.closing),
            "lines": [
                {
                    "at": row.line.recorded_at.astimezone(terms.zone).isoformat(),
                    "kind": row.line.kind,
                    "text": row.text,
                    "reference": row.reference,
                    "change": row.change,
                    "balance": row.balance,
                }
                for row in ([] if mine is None else rows_of(mine, "en"))
            ],
        }
