"""What a receipt tells: read here, put into words by `checkout.receipts`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from puntal.checkout.model_till import CHANNEL
from puntal.checkout.operations import offers
from puntal.checkout.operations.offers import Found
from puntal.checkout.operations.till.acting import Acted
from puntal.checkout.operations.till.programs import Programs
from puntal.checkout.operations.till.telling import earned_by
from puntal.engine.cart import settled
from puntal.intake import operations as intake
from puntal.kit.db import Transaction
from puntal.members.model import Ids
from puntal.points.model import Books
from puntal.rewards.model import Redemption
from puntal.rewards.model_vouchers import Voucher


class Slip(Struct, frozen=True):
    """Everything a receipt may say.

    Attributes:
        earned: By wallet ordinal; empty once the sale was undone.
        used: Redemptions, and vouchers used by what was done.
        books: The member's, settled; None where nobody is known.
        next_reward: The one she lacks least for.
    """

    acted: Acted
    earned: Mapping[int, int]
    used: Sequence[Redemption]
    vouchers: Sequence[Voucher]
    books: Books | None
    next_reward: Found | None


async def slip_of(tx: Transaction, programs: Programs, acted: Acted, *, now: datetime) -> Slip:
    """Return what a receipt of an action tells: what it gave and took, and how the member stands by now.

    Args:
        tx: An open transaction on the program; nothing is locked or written.
        programs: What decides, and what is off.
        acted: As `show` returns it.
        now: On the program's clock.
    """
    action = acted.action
    earned: dict[int, int] = {}
    if action.kind == "sale" and action.state != "undone":
        earned = earned_by(await intake.find(tx, programs.program_id, str(action.detail["event"])))
    found = None
    if acted.member_id is not None:
        found = await offers.for_member(
            tx, programs, Ids(id=acted.member_id), channel=CHANNEL, store=action.store, now=now
        )
    short = [] if found is None else [each for each in found.shown if each.verdict.code == "short_of_points"]
    return Slip(
        acted,
        earned,
        [] if action.state == "undone" else acted.redemptions,
        [] if action.state == "undone" or action.kind == "redeem" else acted.vouchers,
        None if found is None else settled(found.program, found.customer.state, now).books,
        min(short, key=lambda each: each.verdict.short_by, default=None),
    )
