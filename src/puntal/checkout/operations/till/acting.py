"""Redeeming at a till: a reward or a voucher, at once or set aside until the purchase is paid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from puntal.access.operations import audit
from puntal.checkout import store
from puntal.checkout.errors_till import ActionIdReused, UnknownAction
from puntal.checkout.model_till import CHANNEL, Action, Cashier, Kind, Redeem, State, VoucherNamed
from puntal.checkout.operations import redemptions
from puntal.checkout.operations.redemptions import Wanted
from puntal.checkout.operations.till.programs import Programs
from puntal.engine.model import Compiled
from puntal.intake.operations import fingerprint
from puntal.kit.calendar import after
from puntal.kit.db import ProgramId, Transaction
from puntal.members import operations as members
from puntal.members.errors import UnknownMember
from puntal.members.model import Ids
from puntal.rewards.errors_vouchers import VoucherStopped, VoucherUnknown
from puntal.rewards.model import Ask, Redemption
from puntal.rewards.model_vouchers import Ask as VoucherAsk
from puntal.rewards.model_vouchers import Taken, Voucher
from puntal.rewards.operations import vouchers
from puntal.rewards.queries import vouchers as voucher_rows

_encode = msgspec.json.Encoder(order="deterministic").encode


class Acted(Struct, frozen=True, kw_only=True):
    """Something done at a till, as it is now.

    Attributes:
        vouchers: Used, or set aside, by it; of a redemption what it gave.
        replayed: It had been done before; nothing changed now.
    """

    action: Action
    member_id: UUID | None = None
    redemptions: Sequence[Redemption] = ()
    vouchers: Sequence[Voucher] = ()
    replayed: bool = False


def fingerprint_of(words: Struct, *more: str) -> str:
    """Return what tells the same words from others."""
    return fingerprint(_encode([words, *more] if more else words))


async def redeem(
    tx: Transaction,
    programs: Programs,
    cashier: Cashier,
    wanted: Redeem,
    *,
    at: datetime | None = None,
    said: str | None = None,
    now: datetime,
    recorded_at: datetime,
) -> Acted | None:
    """Redeem a reward or a voucher, or set it aside; None when the id was used before: `show` says what became of it.

    Args:
        tx: An open transaction on the program; the caller commits.
        programs: The compiled revisions.
        cashier: Who, and where.
        wanted: What; its id is of the till's choosing.
        at: When it was done, for what was done while offline. A voucher is looked at as of then, a reward as of now:
            points and stock are what they are.
        said: Fingerprint of the words, where the till's were others.
        now: On the program's clock.
        recorded_at: Real time of writing.

    Raises:
        ActionIdReused: The id stands for something else.
        Refusal: What redeeming a reward, or using a voucher, is refused for.
    """
    kind: Kind = "redeem" if wanted.reward is not None else "voucher"
    state: State = "held" if wanted.hold else "done"
    words = said or fingerprint_of(wanted)
    if not await begin(tx, programs, cashier, wanted.id, kind, state, words, at=at or now, now=now):
        return None
    if wanted.reward is not None:
        return await _reward(tx, programs, cashier, wanted, wanted.reward, now=now, recorded_at=recorded_at)
    return await _voucher(tx, programs, cashier, wanted, at=at or now, now=now)


async def begin(  # noqa: PLR0913 - what an action is
    tx: Transaction,
    programs: Programs,
    cashier: Cashier,
    id: UUID,
    kind: Kind,
    state: State,
    words: str,
    *,
    at: datetime,
    now: datetime,
) -> bool:
    """Claim an id; False when the same was done under it before.

    Raises:
        ActionIdReused: It stands for something else.
        UnknownAction: It is another store's.
    """
    program = programs.newest
    span = program.document.till.undo_within
    action = Action(
        id=id,
        kind=kind,
        state=state,
        store=cashier.store,
        actor=cashier.actor,
        at=at,
        recorded_at=now,
        # From when it came here: what was done offline can be undone too.
        undo_until=after(program.zone, now, span.count, span.unit),
        fingerprint=words,
    )
    return await store.add(tx, program.program_id, action) or not await is_known(
        tx, program.program_id, cashier, id, words
    )


async def is_known(tx: Transaction, program_id: int, cashier: Cashier, id: UUID, words: str) -> bool:
    """Tell whether the same was done before.

    Raises:
        ActionIdReused: The id stands for something else.
        UnknownAction: It is another store's.
    """
    known = await store.find(tx, program_id, id)
    if known is None:
        return False
    if known.store != cashier.store:
        raise UnknownAction
    if known.fingerprint != words:
        raise ActionIdReused(id=str(id))
    return True


async def done(
    tx: Transaction,
    programs: Programs,
    action_id: UUID,
    detail: dict[str, Any],
    what: str,
    *,
    member: UUID | None,
    amount_minor: int | None = None,
    now: datetime,
) -> Action:
    """Say what a begun action consists of, and log it: for whom, and what was paid."""
    action = await store.find(tx, programs.program_id, action_id)
    assert action is not None, "it was begun in this transaction"
    action.detail = detail
    await store.save(tx, programs.program_id, action)
    about: dict[str, Any] = {} if member is None else {"member": str(member)}
    if amount_minor is not None:
        about["amount_minor"] = amount_minor
    await log(tx, programs.program_id, action, what, now=now, about=about)
    return action


async def log(
    tx: Transaction,
    program_id: int,
    action: Action,
    what: str,
    *,
    now: datetime,
    about: Mapping[str, Any] | None = None,
) -> None:
    """Add to the program's log who did it, and where."""
    await audit.record(
        tx,
        actor=action.actor,
        action=f"till.{what}",
        subject=f"till:{action.id}",
        now=now,
        program_id=ProgramId(program_id),
        detail={
            "store": action.store,
            "kind": action.kind,
            "at": action.at.isoformat(),
            **action.detail,
            **(about or {}),
        },
    )


async def _reward(
    tx: Transaction,
    programs: Programs,
    cashier: Cashier,
    wanted: Redeem,
    reward: str,
    *,
    now: datetime,
    recorded_at: datetime,
) -> Acted:
    program = programs.at(now)
    if wanted.member_id is None:
        raise UnknownMember
    made = await redemptions.redeem_reward(
        tx,
        programs,
        Wanted(
            member_id=wanted.member_id,
            ask=Ask(
                reward=reward,
                portions=_portions(program, wanted, reward),
                wallet=wanted.wallet,
                session=wanted.session,
                channel=CHANNEL,
                source=cashier.source,
                discount_minor=wanted.discount_minor,
            ),
            id=wanted.id,
            commit=not wanted.hold,
            order=None if wanted.order is None else redemptions.cart_of(wanted.order, program, now),
            store=cashier.store,
            note=wanted.note,
        ),
        by=cashier.actor,
        now=now,
        recorded_at=recorded_at,
    )
    found = made.redemption
    action = await done(
        tx,
        programs,
        wanted.id,
        {"redemption": str(found.id), "reward": reward},
        "redeemed",
        member=found.member_id,
        now=now,
    )
    return Acted(action=action, member_id=found.member_id, redemptions=[found], vouchers=made.vouchers)


def _portions(program: Compiled, wanted: Redeem, reward: str) -> int:
    if wanted.portions is not None:
        return wanted.portions
    known = program.rewards.get(reward)
    if known is None:
        return 1
    if wanted.points is None or not known.prices:
        return known.least
    whole, rest = divmod(wanted.points, (known.price_in(wanted.wallet) or known.prices[0]).units[0])
    # A part of a step is no portion: refused as such.
    return whole if not rest else 0


async def _voucher(
    tx: Transaction, programs: Programs, cashier: Cashier, wanted: Redeem, *, at: datetime, now: datetime
) -> Acted:
    assert wanted.voucher is not None
    program = programs.newest
    found = await find_voucher(tx, program.program_id, wanted.voucher)
    lapses_at = None
    if wanted.hold:
        span = program.document.policies.hold
        lapses_at = after(program.zone, now, span.count, span.unit)
    ask = asking(found, wanted.id, cashier, await survivor(tx, program.program_id, wanted.member_id))
    ask = msgspec.structs.replace(
        ask,
        amount=wanted.amount_minor,
        currency=found.currency if wanted.amount_minor is not None else None,
        lapses_at=lapses_at,
        discount_minor=wanted.discount_minor or 0,
    )
    (taken,) = await take_vouchers(tx, programs, [ask], at=at)
    detail = {"vouchers": [str(found.id)], "reward": found.reward, "amount": taken.use.amount}
    if wanted.discount_minor is not None:
        detail["discount_minor"] = wanted.discount_minor
    member = found.member_id or ask.member_id
    action = await done(tx, programs, wanted.id, detail, "voucher_used", member=member, now=now)
    return Acted(action=action, member_id=member, vouchers=[taken.voucher])


def asking(voucher: Voucher, action: UUID, cashier: Cashier, member_id: UUID | None) -> VoucherAsk:
    """Return the use of a voucher by an action."""
    return VoucherAsk(
        code=voucher.code,
        reference=reference_of(action),
        member_id=member_id,
        channel=CHANNEL,
        store=cashier.store,
        actor=cashier.actor,
    )


def reference_of(action: UUID) -> str:
    """Return the words under which vouchers know an action."""
    return f"till:{action}"


async def take_vouchers(
    tx: Transaction, programs: Programs, asks: Sequence[VoucherAsk], *, at: datetime
) -> list[Taken]:
    """Use vouchers, or none of them.

    Raises:
        VoucherStopped: The program, or stores, are switched off.
        Refusal: The first that cannot be used says why.
    """
    if programs.switches.program or CHANNEL in programs.switches.channels:
        raise VoucherStopped
    taken: list[Taken] = []
    for answer in await vouchers.take_all(tx, programs.program_id, asks, now=at):
        if not isinstance(answer, Taken):
            raise answer
        taken.append(answer)
    return taken


async def find_voucher(tx: Transaction, program_id: int, named: VoucherNamed) -> Voucher:
    """Return the voucher that is meant.

    Raises:
        VoucherUnknown: No voucher of this program is.
    """
    if named.code is not None:
        return await vouchers.find(tx, program_id, named.code)
    ids = [] if named.id is None else [named.id]
    found = await voucher_rows.load(tx, program_id, ids) if ids else {}
    if named.id is None or named.id not in found:
        raise VoucherUnknown
    return found[named.id]


async def survivor(tx: Transaction, program_id: int, member_id: UUID | None) -> UUID | None:
    """Return the member, or whom she was merged into.

    Raises:
        UnknownMember: Nobody here has that id.
    """
    if member_id is None:
        return None
    (match,) = await members.resolve(tx, program_id, [Ids(id=member_id)], ("id",))
    if match.member_id is None:
        raise UnknownMember
    return match.member_id
