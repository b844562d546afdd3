"""Vouchers over HTTP: issuing, showing, using, giving back, passing on, ending."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Path, Query, Request, Response

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
from puntal.access.operations import audit
from puntal.kit import ids
from puntal.kit.db import Transaction
from puntal.kit.http import Cursor, Limit
from puntal.kit.pages import LAST_ID, Page, cut, read_cursor
from puntal.rewards import pictures
from puntal.rewards.api.finding import (
    Code,
    CurrentProgram,
    check_switches,
    look_up,
    looked_up,
    reward_of,
    survivor,
)
from puntal.rewards.api.shapes_vouchers import (
    IssuedOut,
    IssueIn,
    RedeemIn,
    ReleaseIn,
    StateName,
    TransferIn,
    UseOut,
    VoucherOut,
    VoucherPageOut,
)
from puntal.rewards.asking import to_issue
from puntal.rewards.errors_vouchers import VoucherNotYours
from puntal.rewards.model_vouchers import Ask, Voucher
from puntal.rewards.operations import vouchers
from puntal.rewards.queries import vouchers as queries

router = program_router("vouchers")

_MAY_NOT = "`access.forbidden`: the key lacks the permission"
_FOUND: dict[int | str, dict[str, Any]] = {
    404: {"description": "`rewards.voucher_unknown`, `members.unknown`"},
    409: {"description": "`rewards.voucher_not_yours`"},
    429: {"description": "`rewards.too_many_guesses`, `access.rate_exceeded`: wait as `Retry-After` says"},
}
_USED: dict[int | str, dict[str, Any]] = _FOUND | {
    409: {
        "description": "`rewards.voucher_used`, `rewards.voucher_held`, `rewards.voucher_expired`, "
        "`rewards.voucher_early`, `rewards.voucher_void`, `rewards.voucher_not_yours`, `rewards.voucher_needs_member`, "
        "`rewards.voucher_channel`, `rewards.voucher_too_little`, `rewards.voucher_stopped`, "
        "`rewards.member_inactive`, `rewards.use_reused`, `rewards.use_ended`, `idempotency.key_reused`"
    },
    422: {"description": "`rewards.voucher_currency`, `request.faulty`"},
}
LookedUp = Annotated[Voucher, Depends(look_up)]
Form = Annotated[pictures.PictureFormat, Path(description="Of the picture.")]


async def presented(
    request: Request, program_id: ProgramId, caller: ProgramCaller, now: Now, code: Code, body: RedeemIn
) -> Voucher:
    """Look up the code that is to be used, for whom the body says."""
    return await looked_up(request, program_id, caller.actor, code, body.member_id, now)


async def passed_on(
    request: Request, program_id: ProgramId, caller: ProgramCaller, now: Now, code: Code, body: TransferIn
) -> Voucher:
    """Look up the code that goes to somebody else."""
    return await looked_up(request, program_id, caller.actor, code, body.member_id, now)


@router.get("/vouchers", summary="List vouchers", dependencies=[requires(Permission.MEMBERS_READ)])
async def list_vouchers(  # noqa: PLR0913 - the filters of a list
    tx: ProgramTx,
    program_id: ProgramId,
    caller: ProgramCaller,
    now: Now,
    *,
    member_id: Annotated[UUID | None, Query(description="Whose.")] = None,
    reward: Annotated[str | None, Query(max_length=80)] = None,
    state: StateName | None = None,
    batch_id: UUID | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[VoucherOut]:
    """List vouchers, newest first. Their codes are shown to callers with `vouchers:read`; to others their endings."""
    before = read_cursor(cursor, tuple[UUID])[0] if cursor else LAST_ID
    owner = await survivor(tx, program_id, member_id)
    found = await queries.listing(
        tx, program_id, before=before, limit=limit + 1, now=now, member=owner, batch=batch_id, reward=reward,
        state=state,
    )  # fmt: skip
    rows, following = cut(found, limit, lambda one: (one.id,))
    return Page(items=[VoucherOut.of(one, now, shown=_may_see(caller)) for one in rows], next=following)


@router.post(
    "/vouchers",
    status_code=201,
    summary="Issue vouchers",
    dependencies=[requires(Permission.VOUCHERS_WRITE)],
    responses=TWO_PEOPLE
    | {
        404: {"description": "`members.unknown`"},
        409: {"description": "`rewards.voucher_stopped`, `idempotency.key_reused`"},
        422: {"description": "`rewards.voucher_reward_unknown`, `request.faulty`"},
    },
)
async def issue_vouchers(
    body: IssueIn,
    tx: ProgramTx,
    program_id: ProgramId,
    caller: ProgramCaller,
    program: CurrentProgram,
    now: Now,
) -> IssuedOut:
    """Issue up to 1,000 vouchers of a reward, to a member or to whoever has the code; they cost nothing.

    What a voucher promises is fixed now; its time begins now unless `valid_from` lies ahead.
    """
    owner = await survivor(tx, program_id, body.member_id)
    reward = reward_of(program, body.reward)
    await to_issue(
        tx,
        program_id,
        body.model_dump(mode="json"),
        reward=body.reward,
        count=body.count,
        member_id=owner,
        by=caller,
        now=now,
    )
    rank = await vouchers.rank_of(tx, program_id, reward, owner, now=now)
    issues = [
        vouchers.issue_of(
            reward,
            id=ids.new_id(),
            revision=program.newest.revision,
            currency=program.newest.currency,
            zone=program.newest.zone,
            now=now,
            origin="direct",
            member_id=owner,
            rank=rank,
            valid_from=body.valid_from,
            ends_at=body.ends_at,
        )
        for _ in range(body.count)
    ]
    issued = await vouchers.issue(tx, program_id, issues, now=now)
    await _log(tx, program_id, caller, "vouchers.issued", f"reward:{body.reward}", now, {"count": body.count})
    return IssuedOut(items=[VoucherOut.of(one, now, shown=True) for one in issued])


@router.get(
    "/vouchers/{code}",
    summary="Read a voucher",
    dependencies=[requires(Permission.CARTS_EVALUATE)],
    responses=_FOUND,
)
async def get_voucher(found: LookedUp, tx: ProgramTx, program_id: ProgramId, now: Now) -> VoucherPageOut:
    """Read the voucher a code means, what it promises, and what was used of it."""
    return VoucherPageOut.whole(found, await queries.uses(tx, program_id, found.id), now)


@router.post(
    "/vouchers/{code}/redeem",
    summary="Use a voucher, or set it aside",
    dependencies=[requires(Permission.REDEMPTIONS_WRITE)],
    responses=_USED,
)
async def redeem_voucher(
    found: Annotated[Voucher, Depends(presented)],
    body: RedeemIn,
    tx: ProgramTx,
    program_id: ProgramId,
    caller: ProgramCaller,
    program: CurrentProgram,
    now: Now,
) -> UseOut:
    """Use a voucher once, whatever the channel; with `hold_seconds` set it aside until the purchase is paid.

    The same `reference` again changes nothing and, after a hold, uses what was held. Of a gift card any part can be
    used. Of two who ask at the same moment one gets it.
    """
    check_switches(program, body.channel)
    ask = Ask(
        code=found.code,
        reference=body.reference,
        amount=body.amount,
        currency=body.currency,
        member_id=await survivor(tx, program_id, body.member_id),
        lapses_at=None if body.hold_seconds is None else now + timedelta(seconds=body.hold_seconds),
        order_key=body.order,
        channel=body.channel,
        store=body.store or caller.store,
        actor=caller.actor,
        discount_minor=body.discount_minor,
    )
    taken = await vouchers.take(tx, program_id, ask, now=now)
    return UseOut.of(taken, now)


@router.post(
    "/vouchers/{code}/release",
    summary="Give back what was used or set aside",
    dependencies=[requires(Permission.REDEMPTIONS_WRITE)],
    responses=_FOUND | {409: {"description": "`rewards.voucher_void`, `idempotency.key_reused`"}},
)
async def release_voucher(found: LookedUp, body: ReleaseIn, tx: ProgramTx, program_id: ProgramId, now: Now) -> UseOut:
    """Undo a use, or let a hold go, by its reference; doing it again changes nothing. 404 `rewards.use_unknown`."""
    return UseOut.of(await vouchers.release(tx, program_id, found.code, body.reference, now=now), now)


@router.post(
    "/vouchers/{code}/transfer",
    summary="Pass a voucher on",
    dependencies=[requires(Permission.REDEMPTIONS_WRITE)],
    responses=_FOUND
    | {
        409: {
            "description": "`rewards.voucher_not_transferable`, `rewards.receiver_inactive`,"
            " `rewards.voucher_not_yours`,"
            " `rewards.voucher_used`, `rewards.voucher_held`, `rewards.voucher_expired`, `rewards.voucher_void`,"
            " `idempotency.key_reused`"
        }
    },
)
async def transfer_voucher(
    found: Annotated[Voucher, Depends(passed_on)],
    body: TransferIn,
    tx: ProgramTx,
    program_id: ProgramId,
    caller: ProgramCaller,
    now: Now,
) -> VoucherOut:
    """Give a member's voucher to another one, who alone can use it from then on.

    Its terms may forbid it; staff with `vouchers:write` may do it all the same, with `override`.
    """
    if body.override:
        caller.require(Permission.VOUCHERS_WRITE)
    giver = await survivor(tx, program_id, body.member_id)
    receiver = await survivor(tx, program_id, body.to)
    if giver is None or receiver is None:
        raise VoucherNotYours
    given = await vouchers.transfer(
        tx, program_id, found.code, giver=giver, receiver=receiver, by_staff=body.override, now=now
    )
    await _log(tx, program_id, caller, "voucher.transferred", f"voucher:{given.id}", now, {"to": str(receiver)})
    return VoucherOut.of(given, now, shown=_may_see(caller))


_PICTURE: dict[int | str, dict[str, Any]] = _FOUND | {
    200: {
        "description": "The picture",
        "content": {
            "image/png": {"schema": {"type": "string", "format": "binary"}},
            "image/svg+xml": {"schema": {"type": "string"}},
        },
    }
}


@router.get(
    "/vouchers/{code}/qr.{form}",
    summary="Show a code as a QR code",
    dependencies=[requires(Permission.CARTS_EVALUATE)],
    response_class=Response,
    responses=_PICTURE,
)
async def voucher_qr(found: LookedUp, form: Form) -> Response:
    """Draw the code of a voucher as a QR code, PNG or SVG."""
    return Response(pictures.qr(found.shown or found.code, form), media_type=pictures.MEDIA[form], headers=_PRIVATE)


@router.get(
    "/vouchers/{code}/barcode.{form}",
    summary="Show a code as a barcode",
    dependencies=[requires(Permission.CARTS_EVALUATE)],
    response_class=Response,
    responses=_PICTURE | {422: {"description": "`rewards.no_barcode`, `request.faulty`"}},
)
async def voucher_barcode(found: LookedUp, form: Form, kind: pictures.BarcodeKind = "code128") -> Response:
    """Draw the code of a voucher as Code 128 or, of imported ones that are one, as EAN-13."""
    picture = pictures.barcode(found.shown or found.code, form, kind)
    return Response(picture, media_type=pictures.MEDIA[form], headers=_PRIVATE)


_PRIVATE = {"cache-control": "private, no-store"}


def _may_see(caller: Caller) -> bool:
    return caller.may(Permission.VOUCHERS_READ)


async def _log(
    tx: Transaction,
    program_id: ProgramId,
    caller: Caller,
    action: str,
    subject: str,
    now: datetime,
    detail: dict[str, Any],
) -> None:
    await audit.record(
        tx, actor=caller.actor, action=action, subject=subject, now=now, program_id=program_id, detail=detail
    )
