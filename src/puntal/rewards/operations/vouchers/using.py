"""Using vouchers, setting them aside, and giving back: one use at a time, on whatever channel."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from puntal.kit.db import Transaction
from puntal.kit.errors import Refusal
from puntal.members import operations as members
from puntal.members.model import EARNING
from puntal.outbox.model import Happening
from puntal.rewards.errors_vouchers import MemberInactive, VoucherUnknown
from puntal.rewards.model_vouchers import Ask, Taken, Voucher
from puntal.rewards.operations.vouchers.writing import happening, lock_cards, open_vouchers, write
from puntal.rewards.policy import vouchers as policy
from puntal.rewards.policy.codes import meant
from puntal.rewards.store import vouchers as store


async def find(tx: Transaction, program_id: int, written: str) -> Voucher:
    """Return the voucher somebody means by what she typed or scanned; nothing is locked.

    Raises:
        VoucherUnknown: No voucher of this program has such a code.
    """
    found = await _find(tx, program_id, [written])
    if written not in found:
        raise VoucherUnknown
    return found[written]


async def look(tx: Transaction, program_id: int, asks: Sequence[Ask], *, now: datetime) -> list[Voucher | Refusal]:
    """Return each voucher, or why it could not be used at this moment; one statement, nothing locked or written."""
    found = await _find(tx, program_id, [ask.code for ask in asks])
    answers: list[Voucher | Refusal] = []
    for ask in asks:
        try:
            if ask.code not in found:
                raise VoucherUnknown
            policy.take(policy.Record(found[ask.code]), ask, now)
            answers.append(found[ask.code])
        except Refusal as refusal:
            answers.append(refusal)
    return answers


async def take(tx: Transaction, program_id: int, ask: Ask, *, now: datetime) -> Taken:
    """Use a voucher, or set it aside (`ask.lapses_at`); the same reference again changes nothing.

    Raises:
        VoucherUnknown: No voucher of this program has such a code.
        MemberInactive: She is paused, blocked or gone.
        Refusal: What `policy.vouchers.take` says no to.
    """
    (answer,) = await take_all(tx, program_id, [ask], now=now)
    if isinstance(answer, Refusal):
        raise answer
    return answer


async def take_all(tx: Transaction, program_id: int, asks: Sequence[Ask], *, now: datetime) -> list[Taken | Refusal]:
    """Use or set aside any number of vouchers, one after the other; each is answered by itself.

    For whom (`member_id`) has to be a survivor of merges. Locks holders of stamp cards, then vouchers.
    """
    found = await _find(tx, program_id, [ask.code for ask in asks])
    await lock_cards(tx, program_id, found.values())
    records = await open_vouchers(
        tx, program_id, {one.id for one in found.values()}, {ask.reference for ask in asks}, now=now
    )
    people = {ask.member_id for ask in asks if ask.member_id is not None}
    profiles = await members.load(tx, program_id, people)
    answers: list[Taken | Refusal] = []
    happenings: list[Happening] = []
    for ask in asks:
        try:
            if ask.code not in found:
                raise VoucherUnknown
            if ask.member_id is not None:
                profile = profiles.get(ask.member_id)
                if profile is None or profile.status not in EARNING:
                    raise MemberInactive
            taken = policy.take(records[found[ask.code].id], ask, now)
        except Refusal as refusal:
            answers.append(refusal)
            continue
        answers.append(taken)
        if not taken.replayed and taken.use.state == "used":
            happenings.append(
                happening("voucher.used", taken.voucher, now, reference=ask.reference, amount=taken.use.amount)
            )
    await write(tx, program_id, records.values(), happenings)
    return answers


async def release(tx: Transaction, program_id: int, code: str, reference: str, *, now: datetime) -> Taken:
    """Give back what was set aside or used under a reference; doing it again changes nothing.

    Raises:
        VoucherUnknown: No voucher of this program has such a code.
        UseUnknown: Nothing was used under the reference.
        VoucherVoid: The voucher ended meanwhile.
    """
    voucher = await find(tx, program_id, code)
    await lock_cards(tx, program_id, [voucher])
    records = await open_vouchers(tx, program_id, [voucher.id], [reference], now=now)
    record = records[voucher.id]
    given = policy.release(record, reference, now)
    told = []
    if not given.replayed:
        told = [happening("voucher.released", given.voucher, now, reference=reference, amount=given.use.amount)]
    await write(tx, program_id, [record], told)
    return given


async def _find(tx: Transaction, program_id: int, written: Sequence[str]) -> dict[str, Voucher]:
    """Return by what was typed; what was typed exactly comes before what it may have meant."""
    candidates = {text: meant(text) for text in written}
    known = await store.find(tx, program_id, {code for codes in candidates.values() for code in codes})
    return {
        text: known[code]
        for text, codes in candidates.items()
        if (code := next((each for each in codes if each in known), None)) is not None
    }
