"""Money wallets over HTTP: load, pay, refund, give, pay out. Every write names a reference and works once for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, NamedTuple, Protocol
from uuid import UUID

from fastapi import Depends, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from puntal.access.dependencies import (
    TWO_PEOPLE,
    Now,
    ProgramCaller,
    ProgramId,
    ProgramTx,
    program_router,
    requires,
)
from puntal.access.model import Caller, Permission
from puntal.kit.db import Transaction
from puntal.payments import asking as asking_first
from puntal.payments import operations
from puntal.payments.errors import AmountNeeded, NotNow, OverRoleLimit, WalletStopped
from puntal.payments.model import Paid, PaymentKind, Wanted
from puntal.points.model import Terms
from puntal.programs.document.program import PhaseName, Program
from puntal.programs.phases import phase_at

router = program_router("payments")

MOST = 10**12
Reference = Annotated[
    str,
    Field(
        min_length=1,
        max_length=200,
        description="Your name for it, used once per kind of payment: a second call with it changes nothing.",
        examples=["order-1001"],
    ),
]
Amount = Annotated[int, Field(ge=1, le=MOST, description="In the currency's minor units.", examples=[2500])]
WalletName = Annotated[str, Path(max_length=63, description="Id of a money wallet.")]
_ALWAYS: frozenset[PhaseName] = frozenset({"draft", "live", "spend_only", "closed"})
ALLOWED: dict[PaymentKind, frozenset[PhaseName]] = {
    "load": frozenset({"live"}),
    "pay": frozenset({"live", "spend_only"}),
    "transfer": frozenset({"live", "spend_only"}),
    "refund": _ALWAYS,
    "payout": _ALWAYS,
}
"""The phases in which money moves so: what is owed is always given back."""


class Switches(Protocol):
    """What is switched off."""

    @property
    def program(self) -> bool: ...  # noqa: D102
    @property
    def wallets(self) -> frozenset[str]: ...  # noqa: D102


class Newest(Protocol):
    """A compiled program, as far as money asks."""

    @property
    def terms(self) -> Sequence[Terms]: ...  # noqa: D102
    @property
    def document(self) -> Program: ...  # noqa: D102


class Loaded(Protocol):
    """A program as it stands."""

    @property
    def newest(self) -> Newest: ...  # noqa: D102
    @property
    def switches(self) -> Switches: ...  # noqa: D102


async def current_program(request: Request, tx: ProgramTx, program_id: ProgramId) -> Loaded:
    """Return the program as it stands in this transaction."""
    loaded: Loaded = await request.app.state.programs.current(tx, program_id)
    return loaded


CurrentProgram = Annotated[Loaded, Depends(current_program)]


class Asking(NamedTuple):
    """A request about money: who asks, of which program, in which transaction, when."""

    tx: Transaction
    program_id: int
    caller: Caller
    loaded: Loaded
    now: datetime


async def asking(
    tx: ProgramTx, program_id: ProgramId, caller: ProgramCaller, loaded: CurrentProgram, now: Now
) -> Asking:
    """Put together what every route of money needs."""
    return Asking(tx, program_id, caller, loaded, now)


Asked = Annotated[Asking, Depends(asking)]


def check_open(loaded: Loaded, wallet: str, kind: PaymentKind, now: datetime) -> None:
    """Let money move only where the program's phase and its kill switches do.

    Raises:
        NotNow: Not in this phase.
        WalletStopped: A kill switch says no; what is owed is given back all the same.
    """
    phase = phase_at(loaded.newest.document, now)
    if phase not in ALLOWED[kind]:
        raise NotNow(phase=phase)
    if kind not in {"refund", "payout"} and (loaded.switches.program or wallet in loaded.switches.wallets):
        raise WalletStopped(wallet=wallet)


class Write(BaseModel):
    """What every one of them has."""

    model_config = ConfigDict(extra="forbid")

    reference: Reference


class LoadIn(Write):
    """Money that comes in."""

    amount: Amount
    means: Literal["cash", "card", "bank", "other", "goodwill"] = Field(
        description="How it was paid. `goodwill` is granted, not paid in, and needs `points:adjust`.", examples=["cash"]
    )
    reason: str | None = Field(default=None, max_length=500, description="What the member reads.")


class PayIn(Write):
    """Money to pay with."""

    amount: Amount
    partly: bool = Field(default=False, description="Take what there is where that is less; `left` says what is open.")
    order: str | None = Field(
        default=None, max_length=300, description="Source and id of the order: `shop:1001`.", examples=["shop:1001"]
    )


class RefundIn(Write):
    """Money that goes back into the wallet."""

    payment: str | None = Field(
        default=None,
        max_length=200,
        description="Reference of the payment it gives back. Without one it is store credit, paid in, and needs "
        "`money:load` too.",
        examples=["order-1001"],
    )
    amount: Amount | None = Field(default=None, description="All that is left of the payment when not given.")
    order: str | None = Field(default=None, max_length=300, description="Source and id of the order.")
    reason: str | None = Field(default=None, max_length=500, description="What the member reads.")


class SendIn(Write):
    """Money for another member."""

    amount: Amount
    to: UUID = Field(description="The member who receives.")


class PayoutIn(Write):
    """Paid-in money to give back in cash or to an account."""

    amount: Amount | None = Field(default=None, description="All that was paid in and is available when not given.")
    means: Literal["cash", "card", "bank", "other"] = Field(description="How it is paid.", examples=["bank"])
    reason: str | None = Field(default=None, max_length=500, description="What the member reads.")


class PaymentOut(BaseModel):
    """What was done."""

    kind: Literal["load", "pay", "refund", "transfer", "payout"]
    reference: str = Field(examples=["order-1001"])
    wallet: str = Field(examples=["monedero"])
    currency: str | None = Field(examples=["EUR"])
    amount: int = Field(description="What was moved, in minor units.", examples=[2500])
    left: int = Field(description="What was asked for and is still to be paid some other way.", examples=[0])
    returned: int = Field(description="What refunds gave back of it.", examples=[0])
    means: str | None
    payment: str | None = Field(description="Of a refund: the payment it gives back.")
    to: UUID | None = Field(description="Of a transfer: who received it.")
    order: str | None
    at: datetime
    available: int = Field(description="What is in the wallet to spend, after it.", examples=[1500])
    replayed: bool = Field(description="It had been done before; nothing changed now.", examples=[False])

    @classmethod
    def of(cls, paid: Paid, terms: Sequence[Terms]) -> PaymentOut:
        """Return it as the API shows it."""
        made, wallet = paid.payment, terms[paid.payment.wallet]
        return cls(
            kind=made.kind,
            reference=made.reference,
            wallet=wallet.id,
            currency=wallet.currency,
            amount=made.amount,
            left=made.asked - made.amount,
            returned=made.returned,
            means=made.means,
            payment=made.of,
            to=made.to_member,
            order=made.order_key,
            at=made.at,
            available=paid.available,
            replayed=paid.replayed,
        )


def _refusals(*codes: str, faulty: str = "") -> dict[int | str, dict[str, Any]]:
    conflicts = [*codes, "payments.reference_reused", "payments.phase", "idempotency.key_reused"]
    return {
        200: {"model": PaymentOut, "description": "It had been done before; nothing changed now"},
        404: {"description": "`members.unknown`, `payments.unknown`"},
        409: {"description": ", ".join(f"`{code}`" for code in conflicts)},
        422: {"description": "`points.unknown_wallet`, `points.not_money`, " + faulty + "`request.faulty`"},
    }


@router.post(
    "/members/{member_id}/wallets/{wallet}/load",
    status_code=201,
    summary="Load a money wallet",
    dependencies=[requires(Permission.MONEY_LOAD)],
    responses=TWO_PEOPLE
    | _refusals(
        "payments.over_load_limit",
        "payments.over_role_limit",
        "payments.stopped",
        "points.over_cap",
        "points.wallet_retired",
        "points.member_not_active",
    ),
)
async def load_wallet(
    member_id: UUID,
    wallet: WalletName,
    body: LoadIn,
    response: Response,
    asked: Asked,
) -> PaymentOut:
    """Bring money into a wallet. What was paid in never ends and is owed in full; goodwill ends as granted money."""
    check_open(asked.loaded, wallet, "load", asked.now)
    if body.means == operations.GOODWILL:
        asked.caller.require(Permission.POINTS_ADJUST)
        if asked.caller.adjust_limit is not None and body.amount > asked.caller.adjust_limit:
            raise OverRoleLimit(most=asked.caller.adjust_limit)
    want = _want(asked, member_id, wallet, body, amount=body.amount, means=body.means, reason=body.reason)
    await _ask_first(asked, asking_first.LOAD, body, want)
    made = await operations.load(asked.tx, asked.program_id, asked.loaded.newest.terms, want, now=asked.now)
    return _answer(made, asked.loaded, response)


@router.post(
    "/members/{member_id}/wallets/{wallet}/pay",
    status_code=201,
    summary="Pay with a money wallet",
    dependencies=[requires(Permission.MONEY_SPEND)],
    responses=_refusals("points.insufficient", "payments.stopped", "points.member_not_active")
    | {403: {"description": "`access.forbidden`, `points.minor_spends`, `points.unverified`"}},
)
async def pay_from_wallet(
    member_id: UUID,
    wallet: WalletName,
    body: PayIn,
    response: Response,
    asked: Asked,
) -> PaymentOut:
    """Pay an order, or part of it. Granted money goes first, what ends soonest before the rest."""
    check_open(asked.loaded, wallet, "pay", asked.now)
    want = _want(asked, member_id, wallet, body, amount=body.amount, partly=body.partly, order_key=body.order)
    made = await operations.pay(asked.tx, asked.program_id, asked.loaded.newest.terms, want, now=asked.now)
    return _answer(made, asked.loaded, response)


@router.post(
    "/members/{member_id}/wallets/{wallet}/refund",
    status_code=201,
    summary="Refund to a money wallet",
    dependencies=[requires(Permission.MONEY_SPEND)],
    responses=TWO_PEOPLE
    | _refusals(
        "payments.over_payment",
        "points.wallet_retired",
        "points.member_not_active",
        faulty="`payments.amount_needed`, ",
    ),
)
async def refund_to_wallet(
    member_id: UUID,
    wallet: WalletName,
    body: RefundIn,
    response: Response,
    asked: Asked,
) -> PaymentOut:
    """Give a payment back, whole or in part, as it was paid; or, naming none, refund something else as store credit."""
    check_open(asked.loaded, wallet, "refund", asked.now)
    if body.payment is None:
        asked.caller.require(Permission.MONEY_LOAD)
        if body.amount is None:
            raise AmountNeeded
    want = _want(
        asked, member_id, wallet, body, amount=body.amount, of=body.payment, order_key=body.order, reason=body.reason
    )
    if body.payment is None:
        await _ask_first(asked, asking_first.CREDIT, body, want)
    made = await operations.refund(asked.tx, asked.program_id, asked.loaded.newest.terms, want, now=asked.now)
    return _answer(made, asked.loaded, response)


@router.post(
    "/members/{member_id}/wallets/{wallet}/transfer",
    status_code=201,
    summary="Give money to another member",
    dependencies=[requires(Permission.POINTS_TRANSFER)],
    responses=_refusals(
        "points.insufficient",
        "points.over_transfer_limit",
        "points.over_cap",
        "points.member_not_active",
        "payments.stopped",
        faulty="`points.same_holder`, ",
    )
    | {403: {"description": "`access.forbidden`, `points.not_transferable`, `points.minor_spends`"}},
)
async def send_money(
    member_id: UUID,
    wallet: WalletName,
    body: SendIn,
    response: Response,
    asked: Asked,
) -> PaymentOut:
    """Give money to another member, where the program allows it; it stays what it was, paid in or granted."""
    check_open(asked.loaded, wallet, "transfer", asked.now)
    want = _want(asked, member_id, wallet, body, amount=body.amount, to_member=body.to)
    made = await operations.send(asked.tx, asked.program_id, asked.loaded.newest.terms, want, now=asked.now)
    return _answer(made, asked.loaded, response)


@router.post(
    "/members/{member_id}/wallets/{wallet}/payout",
    status_code=201,
    summary="Pay money out",
    dependencies=[requires(Permission.MONEY_PAYOUT)],
    responses=TWO_PEOPLE | _refusals("points.insufficient"),
)
async def pay_wallet_out(
    member_id: UUID,
    wallet: WalletName,
    body: PayoutIn,
    response: Response,
    asked: Asked,
) -> PaymentOut:
    """Give paid-in money back, before an erasure or when the program closes; granted money is never paid out."""
    check_open(asked.loaded, wallet, "payout", asked.now)
    want = _want(asked, member_id, wallet, body, amount=body.amount, means=body.means, reason=body.reason)
    await _ask_first(asked, asking_first.PAYOUT, body, want)
    made = await operations.pay_out(asked.tx, asked.program_id, asked.loaded.newest.terms, want, now=asked.now)
    return _answer(made, asked.loaded, response)


async def _ask_first(asked: Asked, deed: asking_first.Deed, body: Write, want: Wanted) -> None:
    terms = asked.loaded.newest.terms
    said = body.model_dump(mode="json")
    await asking_first.first(asked.tx, asked.program_id, terms, deed, said, want, by=asked.caller, now=asked.now)


def _want(asked: Asked, member_id: UUID, wallet: str, body: Write, **more: Any) -> Wanted:  # noqa: ANN401 - its fields
    return Wanted(
        reference=body.reference,
        member_id=member_id,
        wallet=wallet,
        store=asked.caller.store,
        actor=asked.caller.actor,
        **more,
    )


def _answer(made: Paid, loaded: Loaded, response: Response) -> PaymentOut:
    if made.replayed:
        response.status_code = 200
    return PaymentOut.of(made, loaded.newest.terms)
