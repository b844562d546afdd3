"""Asking about a cart: what is known is read in one transaction, and decided outside it.

`read` is short and holds nothing; `evaluate` is pure and may take some milliseconds, so servers run it in a thread.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from puntal.checkout.errors import CartFaulty
from puntal.checkout.model import Pick, Question
from puntal.checkout.operations.reading import Customer, read_customer
from puntal.engine.cart import evaluate_cart
from puntal.engine.model import Compiled, Event, Switches
from puntal.engine.model_carts import AS_MUCH_AS_POSSIBLE, Cart, Evaluation, Shown
from puntal.intake import operations as intake
from puntal.intake.errors import EventFaulty
from puntal.intake.model import Said
from puntal.kit import clock
from puntal.kit.db import Transaction
from puntal.kit.errors import Fault, Refusal, pointer
from puntal.kit.words import Words
from puntal.rewards.errors_vouchers import VoucherUnknown
from puntal.rewards.model import Ask
from puntal.rewards.model_vouchers import Ask as VoucherAsk
from puntal.rewards.model_vouchers import Voucher
from puntal.rewards.operations import passes, vouchers

PATIENCE_SECONDS = 0.010
"""For which the best combination is looked for among many candidates."""
_CART = "cart"


class Programs(Protocol):
    """The program in force at an instant, as the entry point caches it."""

    switches: Switches

    def at(self, instant: datetime) -> Compiled:
        """Return the revision in force."""
        ...


class Revisions(Protocol):
    """Every revision of a program, compiled when first asked for."""

    async def numbered(self, tx: Transaction, program_id: int, number: int) -> Compiled:
        """Return one revision."""
        ...


class Known(Struct, frozen=True):
    """Everything an evaluation needs."""

    program: Compiled
    customer: Customer
    cart: Cart
    now: datetime
    refusals: Mapping[str, Refusal] = {}
    """By code as typed: why a voucher cannot be used."""


async def read(
    tx: Transaction, programs: Programs, revisions: Revisions, question: Question, *, caller: str, now: datetime
) -> Known:
    """Read what the answer to a question needs; the number of statements depends on neither rewards nor lines.

    Args:
        tx: An open transaction on the program.
        programs: What decides, and what is off.
        revisions: Where vouchers find the terms they were issued under.
        question: As asked.
        caller: Whose guesses at codes are counted.
        now: On the program's clock.

    Raises:
        CartFaulty: With every fault.
        GuessesExceeded: Too many codes that are nobody's were asked for.
    """
    program = programs.at(now)
    event = _event(question, program, now)
    asks = tuple(_ask(pick, program, question) for pick in question.picks)
    offers = _offers(question.offers, program)
    money = _money(question.money, program)
    customer = await read_customer(tx, program, programs.switches, question.member, now=now)
    shown, refusals = await _shown(tx, program, revisions, question, customer, caller=caller, now=now)
    return Known(program, customer, Cart(event, asks, shown, offers, money, customer.minor), now, refusals)


def evaluate(known: Known) -> Evaluation:
    """Return what the cart would earn and use. Takes no transaction; may run in a thread of its own."""
    patience = clock.within(PATIENCE_SECONDS)
    return evaluate_cart(known.program, known.customer.state, known.cart, known.now, patience)


def guesses(known: Known) -> int:
    """Return how many codes were nobody's; they are counted in a transaction of their own."""
    return sum(isinstance(refusal, VoucherUnknown) for refusal in known.refusals.values())


async def count_guesses(tx: Transaction, known: Known, *, caller: str, now: datetime) -> None:
    """Count the codes that were nobody's, so that nobody finds others by trying."""
    member = known.customer.member_id
    await passes.miss(tx, known.program.program_id, caller=caller, member_id=member, now=now, count=guesses(known))


def _event(question: Question, program: Compiled, now: datetime) -> Event:
    """Return the cart as the order event it will become, checked like one."""
    said = Said(
        id=_CART,
        type=program.earns_on,
        occurred_at=now,
        source=question.source,
        channel=question.channel,
        store=question.store,
        member=question.member,
        order=question.order,
        context=dict(question.context),
    )
    try:
        return intake.item(said, program.document, now, dry_run=True).event
    except EventFaulty as wrong:
        raise CartFaulty(wrong.faults) from wrong


def _ask(pick: Pick, program: Compiled, question: Question) -> Ask:
    portions = pick.portions or 1
    reward = program.rewards.get(pick.reward)
    if pick.points is not None and reward is not None and reward.prices:
        price = reward.price_in(pick.wallet) or reward.prices[0]
        portions = pick.points // price.units[0]
    elif reward is not None and pick.portions is None:
        portions = reward.least
    return Ask(
        pick.reward,
        portions=portions,
        wallet=pick.wallet,
        session=pick.session,
        channel=question.channel,
        source=question.source,
    )


def _money(money: Mapping[str, int | None], program: Compiled) -> dict[int, int]:
    faults = [
        Fault(
            path=pointer("money", wallet),
            code="points.unknown_wallet" if wallet not in program.wallets else "points.not_money",
            reason=Words(
                f"the program has no money wallet {wallet}", f"el programa no tiene el monedero de dinero {wallet}"
            ),
            suggestion=", ".join(terms.id for terms in program.terms if terms.kind == "money") or None,
        )
        for wallet in money
        if wallet not in program.wallets or program.terms[program.wallets[wallet]].kind != "money"
    ]
    if faults:
        raise CartFaulty(faults)
    return {
        program.wallets[wallet]: AS_MUCH_AS_POSSIBLE if amount is None else amount for wallet, amount in money.items()
    }


def _offers(offers: Mapping[str, int], program: Compiled) -> dict[int, int]:
    faults = [
        Fault(
            path=pointer("points", wallet),
            code="points.unknown_wallet",
            reason=Words(f"the program has no wallet {wallet}", f"el programa no tiene el monedero {wallet}"),
            suggestion=", ".join(program.wallets),
        )
        for wallet in offers
        if wallet not in program.wallets
    ]
    if faults:
        raise CartFaulty(faults)
    return {program.wallets[wallet]: units for wallet, units in offers.items()}


async def _shown(
    tx: Transaction,
    program: Compiled,
    revisions: Revisions,
    question: Question,
    customer: Customer,
    *,
    caller: str,
    now: datetime,
) -> tuple[tuple[Shown, ...], dict[str, Refusal]]:
    if not question.codes:
        return (), {}
    await passes.check_guesses(tx, program.program_id, caller=caller, member_id=customer.member_id, now=now)
    asks = [
        VoucherAsk(
            code=code,
            reference=_CART,
            member_id=customer.member_id,
            channel=question.channel,
            store=question.store,
            actor=caller,
        )
        for code in question.codes
    ]
    found = await vouchers.look(tx, program.program_id, asks, now=now)
    shown, refusals = [], {}
    seen: set[str] = set()
    for code, answer in zip(question.codes, found, strict=True):
        if isinstance(answer, Refusal):
            refusals[code] = answer
            shown.append(Shown(code, problem=answer.code))
        elif answer.code not in seen:
            seen.add(answer.code)
            shown.append(await _promised(tx, program, revisions, code, answer))
    return tuple(shown), refusals


async def _promised(tx: Transaction, program: Compiled, revisions: Revisions, code: str, voucher: Voucher) -> Shown:
    """Return what a voucher promises, by the revision it was issued under."""
    if voucher.currency is not None:
        if voucher.currency != program.currency:
            return Shown(code, problem="rewards.voucher_currency")
        return Shown(code, money_minor=voucher.remaining)
    number = voucher.terms.revision
    issued = program if number in (0, program.revision) else await revisions.numbered(tx, program.program_id, number)
    return Shown(code, reward=issued.rewards.get(voucher.reward), program=issued)
