"""What was scanned or typed: a member's pass, her e-mail address, phone or card, or a voucher."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from puntal.engine.model import Compiled
from puntal.kit.db import Transaction
from puntal.kit.errors import Faulty, Refusal
from puntal.members import operations as members
from puntal.members.model import Ids
from puntal.rewards.errors_vouchers import VoucherUnknown
from puntal.rewards.model_vouchers import Voucher
from puntal.rewards.operations import passes, vouchers

Reading = Literal["pass", "email", "number", "voucher", "nothing"]
MOST_CHARACTERS = 300
_PASS = re.compile(r"^[A-Za-z2-7]{120,200}$")
_MOST_CODE = 64


class Scanned(Struct, frozen=True):
    """What it was and whom it means.

    Attributes:
        reading: `number` is a card or a phone: either says no more than the other.
        member_id: A voucher's member too.
        refusal: Why a pass is not taken.
    """

    reading: Reading
    member_id: UUID | None = None
    voucher: Voucher | None = None
    refusal: Refusal | None = None

    @property
    def found(self) -> bool:
        """Whether it means anybody, or anything."""
        return self.member_id is not None or self.voucher is not None


async def scan(tx: Transaction, program: Compiled, text: str, *, real_now: datetime, offline: bool = False) -> Scanned:
    """Recognise a text. At most three statements, whatever it is; nothing is locked.

    Args:
        tx: An open transaction on the program; the caller commits, for a pass is shown once.
        program: Whose till it is.
        text: As scanned or typed.
        real_now: Real time; of what was scanned while offline, when it was.
        offline: A pass may be named several times: by everything that was done in one visit.
    """
    written = text.strip()
    if _PASS.match(written):
        return await _pass(tx, program, written, real_now, offline=offline)
    if "@" in written:
        member = await _member(tx, program, Ids(email=written))
        return Scanned("email" if member is not None else "nothing", member)
    member = await _member(tx, program, Ids(card=written, phone=written), Ids(card=written))
    if member is not None:
        return Scanned("number", member)
    return await _voucher(tx, program, written)


async def _pass(tx: Transaction, program: Compiled, token: str, at: datetime, *, offline: bool) -> Scanned:
    try:
        shown = await passes.verify(tx, program.program_id, token, now=at, once=not offline)
    except Refusal as refusal:
        return Scanned("pass", refusal=refusal)
    return Scanned("pass", await _member(tx, program, Ids(id=shown.member_id)))


async def _member(tx: Transaction, program: Compiled, *asks: Ids) -> UUID | None:
    """Return whom the first of the asks that can be one means."""
    for ask in asks:
        try:
            (match,) = await members.resolve(
                tx, program.program_id, [ask], program.document.joining.match, region=program.region
            )
        except Faulty:
            continue
        return match.member_id
    return None


async def _voucher(tx: Transaction, program: Compiled, written: str) -> Scanned:
    if not 0 < len(written) <= _MOST_CODE:
        return Scanned("nothing")
    try:
        found = await vouchers.find(tx, program.program_id, written)
    except VoucherUnknown:
        return Scanned("nothing")
    return Scanned("voucher", found.member_id, found)
