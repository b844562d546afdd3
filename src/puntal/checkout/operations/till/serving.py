"""Who stands at the till: what a cashier needs to serve her, and nothing else of her."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from puntal.access.operations import audit
from puntal.checkout.model_till import CHANNEL, Cashier
from puntal.checkout.operations import offers
from puntal.checkout.operations.offers import Found, Offers
from puntal.checkout.operations.till.guarding import count_lookup, guard
from puntal.checkout.operations.till.programs import Programs
from puntal.checkout.operations.till.scanning import Scanned, scan
from puntal.engine.cart import settled
from puntal.engine.model import State
from puntal.engine.redeem import Occasion, asking
from puntal.kit.db import ProgramId, Transaction
from puntal.kit.errors import Refusal
from puntal.kit.pages import LAST_ID
from puntal.members import queries as member_rows
from puntal.members.model import EARNING, Ids
from puntal.rewards.errors_vouchers import MemberInactive, VoucherStopped
from puntal.rewards.model_vouchers import Ask, Voucher
from puntal.rewards.operations import vouchers
from puntal.rewards.queries import vouchers as voucher_rows

_MOST_VOUCHERS = 50


class Showable(Struct, frozen=True):
    """A voucher, and why it cannot be used here and now."""

    voucher: Voucher
    refusal: Refusal | None


class Served(Struct, frozen=True):
    """Who or what was scanned.

    Attributes:
        offers: What is known of the member, and what she may have.
        ending: The last characters of her card.
        state: Of the member, settled.
        tiers: Of the member: ladder and tier.
        usable: Rewards she may have here: at once, or with an order.
        vouchers: Hers that are left, or the one that was scanned.
    """

    scanned: Scanned
    offers: Offers | None
    state: State | None
    tiers: Sequence[tuple[str, str]]
    usable: Sequence[Found]
    vouchers: Sequence[Showable]
    ending: str | None = None


async def serve(
    tx: Transaction, programs: Programs, cashier: Cashier, text: str, *, now: datetime, real_now: datetime
) -> Served:
    """Look up what was scanned or typed. The number of statements depends on neither rewards nor vouchers.

    Args:
        tx: An open transaction on the program; the caller commits: lookups are counted, passes shown once.
        programs: What decides, and what is off.
        cashier: Who, and where.
        text: As scanned or typed.
        now: On the program's clock.
        real_now: Real time: passes know no other.

    Raises:
        GuessesExceeded: She, or all tills together, asked too often for what is nobody's.
    """
    program_id = programs.program_id
    program = programs.at(now)
    await guard(tx, program_id, cashier, now=now)
    scanned = await scan(tx, program, text, real_now=real_now)
    await count_lookup(tx, program_id, cashier, found=scanned.found, now=now)
    if not scanned.found:
        return Served(scanned, None, None, (), (), ())
    found = None
    if scanned.member_id is not None:
        found = await offers.for_member(
            tx, programs, Ids(id=scanned.member_id), channel=CHANNEL, store=cashier.store, now=now
        )
    shown = await _vouchers(tx, programs, cashier, scanned, found, now=now)
    subject = f"voucher:{scanned.voucher.id}" if scanned.voucher is not None else f"member:{scanned.member_id}"
    await audit.record(
        tx,
        actor=cashier.actor,
        action="till.looked_up",
        subject=subject,
        now=now,
        program_id=ProgramId(program_id),
        detail={"store": cashier.store, "reading": scanned.reading},
    )
    usable = () if found is None else [each for each in found.shown if each.verdict.code in (None, "order_needed")]
    if found is None:
        return Served(scanned, None, None, (), usable, shown)
    state = settled(program, found.customer.state, now)
    ranks = asking(program, state, Occasion(now, CHANNEL, store=cashier.store)).ranks
    tiers = [(climb.id, climb.tiers[rank]) for climb, rank in zip(program.climbs, ranks, strict=True)]
    member = found.customer.member_id
    known = {} if member is None else await member_rows.called(tx, program_id, [member])
    ending = known[member].ending if member in known else None
    return Served(scanned, found, state, tiers, usable, shown, ending)


async def _vouchers(
    tx: Transaction,
    programs: Programs,
    cashier: Cashier,
    scanned: Scanned,
    found: Offers | None,
    *,
    now: datetime,
) -> list[Showable]:
    program_id = programs.program_id
    member = None if found is None else found.customer.member_id
    if scanned.voucher is not None:
        left = [scanned.voucher]
    elif member is not None:
        left = await voucher_rows.listing(
            tx, program_id, member=member, state="issued", before=LAST_ID, now=now, limit=_MOST_VOUCHERS
        )
    else:
        return []
    asks = [
        Ask(code=each.code, reference="look", member_id=member, channel=CHANNEL, store=cashier.store, actor="")
        for each in left
    ]
    answers = await vouchers.look(tx, program_id, asks, now=now) if asks else []
    barred = _barred(programs, found)
    return [
        Showable(each, answer if isinstance(answer, Refusal) else barred)
        for each, answer in zip(left, answers, strict=True)
    ]


def _barred(programs: Programs, found: Offers | None) -> Refusal | None:
    """Return why no voucher at all can be used."""
    if programs.switches.program or CHANNEL in programs.switches.channels:
        return VoucherStopped()
    if found is not None and found.customer.state.profile.status not in EARNING:
        return MemberInactive()
    return None
