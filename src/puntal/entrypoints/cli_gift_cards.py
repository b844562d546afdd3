"""`puntal gift-cards`: sell, print, activate, show, pay with, refund to and pay out cards, each once per reference."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from puntal.access.operations import audit
from puntal.entrypoints import shell
from puntal.entrypoints.cli_money import ACTOR, At, Order, Slug, Wallet, at, member_of, minor_of, shown
from puntal.kit import ids
from puntal.kit.db import ProgramId
from puntal.payments.api import check_open
from puntal.rewards.api.gift_cards import GiftCardOut
from puntal.rewards.model_cards import Activate, CardUsed, Printing, Sell
from puntal.rewards.model_vouchers import Ask, Voucher
from puntal.rewards.operations import batches, printed_cards, vouchers
from puntal.rewards.operations import gift_cards as operations

app = typer.Typer(name="gift-cards", help="Gift cards: sell, print, activate, pay with, refund.", no_args_is_help=True)

Code = Annotated[str, typer.Argument(help="As it is printed or typed.")]
Amount = Annotated[str, typer.Argument(help="In whole units, as 25.00.")]
MaybeAmount = Annotated[str | None, typer.Argument(help="In whole units; all there is when left out.")]
Reference = Annotated[
    str | None, typer.Option(help="Your name for it: a second call with it changes nothing. Drawn when left out.")
]
Line = Annotated[str | None, typer.Option(help="Line of the order: no more is sold on it than was paid for it.")]
Owner = Annotated[str | None, typer.Option("--member", help="Whose it becomes, or who presents it.")]


def _reference(given: str | None) -> str:
    return given or f"cli-{ids.new_id()}"


def _order(order: str | None, line: str | None) -> tuple[str, str] | None:
    if order is None:
        if line is not None:
            raise typer.BadParameter("a line is of an order", param_hint="--line")
        return None
    source, _, id = order.partition(":")
    if not source or not id:
        raise typer.BadParameter("source and id, as shop:1001", param_hint="--order")
    return source, id


def _card(card: Voucher, one: At, *, code: bool = False) -> dict[str, Any]:
    return GiftCardOut.of(card, one.now, shown=code).model_dump(mode="json")


async def _log(one: At, action: str, card: Voucher, amount: int, reference: str) -> None:
    await audit.record(
        one.tx,
        program_id=ProgramId(one.program_id),
        actor=ACTOR,
        action=action,
        subject=f"voucher:{card.id}",
        now=one.now,
        detail={"amount": amount, "reference": reference},
    )


def _say(told: dict[str, Any], what: str, *, as_json: bool) -> None:
    if as_json:
        shell.say_json(told)
        return
    card = told["card"]
    again = " (done before; nothing changed)" if told.get("replayed") else ""
    typer.echo(f"{what}{again}")
    typer.echo(f"Card …{card['ending']}: {card['state']}, {shown(card['remaining'], card['currency'])} left.")
    if told.get("reference"):
        typer.echo(f"Reference: {told['reference']}")


@app.command("sell")
def sell(
    amount: Amount,
    program: Slug,
    *,
    wallet: Wallet = None,
    order: Order = None,
    line: Line = None,
    member: Owner = None,
    reference: Reference = None,
    as_json: shell.Json = False,
) -> None:
    """Sell a gift card; its code is told once."""
    told = shell.run(_sell(amount, program, wallet, order, line, member, _reference(reference)), as_json=as_json)
    _say(told, f"Code {told['card']['code']}", as_json=as_json)


async def _sell(
    amount: str,
    slug: str,
    wallet: str | None,
    order: str | None,
    line: str | None,
    member: str | None,
    reference: str,
) -> dict[str, Any]:
    async with at(slug) as one:
        terms = one.wallet(wallet)
        check_open(one.loaded, terms.id, "load", one.now)
        wanted = Sell(
            wallet=terms.id,
            amount=minor_of(amount, terms.currency),
            reference=reference,
            order=_order(order, line),
            line=line,
            member_id=None if member is None else await member_of(one, member),
            actor=ACTOR,
        )
        card = await operations.sell(one.tx, one.program_id, one.loaded.newest.terms, wanted, now=one.now)
        await _log(one, "gift_card.sold", card, card.amount, reference)
        return {"reference": reference, "card": _card(card, one, code=True)}


@app.command("print")
def print_cards(
    count: Annotated[int, typer.Argument(min=1, max=1_000_000, help="How many.")],
    program: Slug,
    *,
    name: Annotated[str, typer.Option(help="What you call the batch.")] = "Gift cards",
    wallet: Wallet = None,
    as_json: shell.Json = False,
) -> None:
    """Make a batch of cards worth nothing until each is activated; `puntal vouchers export` writes its codes."""
    made = shell.run(_print(count, program, name, wallet), as_json=as_json)
    if as_json:
        shell.say_json(made)
    else:
        typer.echo(f"{made['made']} inactive cards in batch {made['batch_id']}.")


async def _print(count: int, slug: str, name: str, wallet: str | None) -> dict[str, Any]:
    async with at(slug) as one:
        await one.tx.execute("SET LOCAL statement_timeout = '5min'")
        printing = Printing(id=ids.new_id(), wallet=one.wallet(wallet).id, name=name, count=count, actor=ACTOR)
        batch = await printed_cards.print_batch(one.tx, one.program_id, one.loaded.newest.terms, printing, now=one.now)
        while batch.state == "making":
            batch = await batches.generate(one.tx, one.program_id, batch.id, now=one.now)
        return {"batch_id": str(batch.id), "made": batch.made, "state": batch.state}


@app.command("activate")
def activate(
    code: Code,
    amount: Amount,
    program: Slug,
    *,
    order: Order = None,
    line: Line = None,
    member: Owner = None,
    reference: Reference = None,
    as_json: shell.Json = False,
) -> None:
    """Give a printed card its value as it is sold."""
    told = shell.run(_activate(code, amount, program, order, line, member, _reference(reference)), as_json=as_json)
    _say(told, "Activated", as_json=as_json)


async def _activate(
    code: str, amount: str, slug: str, order: str | None, line: str | None, member: str | None, reference: str
) -> dict[str, Any]:
    async with at(slug) as one:
        found = await vouchers.find(one.tx, one.program_id, code)
        check_open(one.loaded, str(found.terms.benefit.get("wallet", "")), "load", one.now)
        wanted = Activate(
            amount=minor_of(amount, found.currency),
            reference=reference,
            order=_order(order, line),
            line=line,
            member_id=None if member is None else await member_of(one, member),
            actor=ACTOR,
        )
        card, replayed = await printed_cards.activate(
            one.tx, one.program_id, one.loaded.newest.terms, code, wanted, now=one.now
        )
        if not replayed:
            await _log(one, "gift_card.activated", card, card.amount, reference)
        return {"reference": reference, "replayed": replayed, "card": _card(card, one)}


@app.command("show")
def show(code: Code, program: Slug, *, as_json: shell.Json = False) -> None:
    """Show what is left on a card."""
    told = shell.run(_show(code, program), as_json=as_json)
    _say(told, "Gift card", as_json=as_json)


async def _show(code: str, slug: str) -> dict[str, Any]:
    async with at(slug) as one:
        return {"card": _card(await vouchers.find(one.tx, one.program_id, code), one)}


@app.command("redeem")
def redeem(  # noqa: PLR0913 - the options of a command
    code: Code,
    program: Slug,
    amount: MaybeAmount = None,
    *,
    partly: Annotated[bool, typer.Option(help="Take what is left where that is less.")] = False,
    into: Annotated[str | None, typer.Option(help="Move it into this wallet of the member instead of paying.")] = None,
    member: Owner = None,
    order: Order = None,
    reference: Reference = None,
    as_json: shell.Json = False,
) -> None:
    """Pay with a card, or move its money into a member's wallet."""
    if into is not None and member is None:
        raise typer.BadParameter("a wallet is a member's: say --member", param_hint="--into")
    _order(order, None)
    work = _redeem(code, program, amount, into, member, order, _reference(reference), partly=partly)
    told = shell.run(work, as_json=as_json)
    _say(told, f"Moved {shown(told['amount'], told['card']['currency'])}", as_json=as_json)


async def _redeem(
    code: str,
    slug: str,
    amount: str | None,
    into: str | None,
    member: str | None,
    order: str | None,
    reference: str,
    *,
    partly: bool,
) -> dict[str, Any]:
    async with at(slug) as one:
        found = await vouchers.find(one.tx, one.program_id, code)
        books = await operations.books_of(one.tx, one.program_id, found.id)
        check_open(one.loaded, "" if books is None else one.loaded.newest.terms[books.wallet].id, "pay", one.now)
        if into is not None:
            check_open(one.loaded, into, "load", one.now)
        ask = Ask(
            code=code,
            reference=reference,
            amount=None if amount is None else minor_of(amount, found.currency),
            currency=None if amount is None else found.currency,
            member_id=None if member is None else await member_of(one, member),
            order_key=order,
            actor=ACTOR,
        )
        if into is None:
            used = await operations.redeem(one.tx, one.program_id, code, ask, partly=partly, now=one.now)
        else:
            terms = one.loaded.newest.terms
            used = await operations.load_wallet(one.tx, one.program_id, terms, code, ask, wallet=into, now=one.now)
        return _used(used, one, reference)


@app.command("refund")
def refund(
    code: Code,
    program: Slug,
    payment: Annotated[str, typer.Option(help="Reference under which the card paid.")],
    amount: MaybeAmount = None,
    *,
    reference: Reference = None,
    as_json: shell.Json = False,
) -> None:
    """Give back to a card what it paid, whole or in part."""
    told = shell.run(_refund(code, program, payment, amount, _reference(reference)), as_json=as_json)
    _say(told, f"Gave back {shown(told['amount'], told['card']['currency'])}", as_json=as_json)


async def _refund(code: str, slug: str, payment: str, amount: str | None, reference: str) -> dict[str, Any]:
    async with at(slug) as one:
        found = await vouchers.find(one.tx, one.program_id, code)
        used = await operations.refund(
            one.tx,
            one.program_id,
            code,
            payment=payment,
            amount=None if amount is None else minor_of(amount, found.currency),
            reference=reference,
            actor=ACTOR,
            now=one.now,
        )
        return _used(used, one, reference)


@app.command("payout")
def payout(
    code: Code,
    program: Slug,
    *,
    means: Annotated[str, typer.Option(help="How it is paid: cash, card, bank, other.")] = "card",
    reference: Reference = None,
    as_json: shell.Json = False,
) -> None:
    """Give back what is left of a card that was sold, and end it."""
    if means not in {"cash", "card", "bank", "other"}:
        raise typer.BadParameter("cash, card, bank or other", param_hint="--means")
    told = shell.run(_payout(code, program, means, _reference(reference)), as_json=as_json)
    _say(told, f"Paid out {shown(told['amount'], told['card']['currency'])}", as_json=as_json)


async def _payout(code: str, slug: str, means: str, reference: str) -> dict[str, Any]:
    async with at(slug) as one:
        used = await operations.pay_out(
            one.tx, one.program_id, code, reference=reference, means=means, actor=ACTOR, now=one.now
        )
        if not used.replayed:
            await _log(one, "gift_card.paid_out", used.card, used.amount, reference)
        return _used(used, one, reference)


def _used(used: CardUsed, one: At, reference: str) -> dict[str, Any]:
    return {
        "reference": reference,
        "amount": used.amount,
        "left": used.left,
        "available": used.available,
        "replayed": used.replayed,
        "card": _card(used.card, one),
    }
