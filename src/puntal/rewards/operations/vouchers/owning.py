"""Whose vouchers are: passing them on, merging members, and what is known of a person."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from puntal.kit.db import Transaction
from puntal.members import operations as members
from puntal.members.errors import UnknownMember
from puntal.rewards.errors_vouchers import ReceiverInactive, VoucherNotYours
from puntal.rewards.model_vouchers import Voucher
from puntal.rewards.operations.vouchers.using import find
from puntal.rewards.operations.vouchers.writing import happening, open_vouchers, write
from puntal.rewards.policy import vouchers as policy
from puntal.rewards.queries import vouchers as queries
from puntal.rewards.store import owed
from puntal.rewards.store import vouchers as store


async def transfer(
    tx: Transaction,
    program_id: int,
    code: str,
    *,
    giver: UUID | None,
    receiver: UUID,
    by_staff: bool = False,
    now: datetime,
) -> Voucher:
    """Give a voucher to another member, whole or what is left of it; giving it to its owner changes nothing.

    Its code stays: whoever had written it down cannot use it, for it belongs to the receiver.

    Args:
        tx: An open transaction on the program; the caller commits.
        program_id: The program.
        code: As it was typed.
        giver: Whose it must be; None: staff did not ask whose.
        receiver: Who gets it; survivors of merges, both.
        by_staff: Also where its terms do not let members pass it on.
        now: When.

    Raises:
        VoucherUnknown: No voucher of this program has such a code.
        VoucherNotYours: It is not the giver's.
        UnknownMember: There is no such receiver.
        ReceiverInactive: She is paused, blocked, a guest or gone.
        NotTransferable: Its terms do not allow it.
        VoucherVoid, VoucherUsed, VoucherExpired, VoucherHeld: Not now.
    """
    # Members before vouchers, as everywhere.
    profile = (await members.load(tx, program_id, [receiver], lock=True)).get(receiver)
    if profile is None:
        raise UnknownMember
    voucher = await find(tx, program_id, code)
    record = (await open_vouchers(tx, program_id, [voucher.id], now=now))[voucher.id]
    if giver is not None and record.voucher.member_id != giver:
        raise VoucherNotYours
    policy.check_gift(record, now, by_staff=by_staff)
    if profile.status != "active":
        raise ReceiverInactive
    before = record.voucher
    if before.member_id == receiver:
        return before
    record.voucher = replace(before, member_id=receiver)
    record.touched = True
    told = happening("voucher.transferred", record.voucher, now, giver_id=before.member_id)
    await write(tx, program_id, [record], [told])
    return record.voucher


async def reassign(
    tx: Transaction, program_id: int, *, source: UUID, target: UUID, only: Sequence[UUID] | None = None
) -> list[UUID]:
    """Make all of a member's vouchers another's, or `only` some; returns which. Both members are locked."""
    await owed.reassign(tx, program_id, source=source, target=target, only=only)
    return await store.reassign(tx, program_id, source=source, target=target, only=only)


async def held_about(tx: Transaction, program_id: int, people: Collection[UUID]) -> dict[str, list[dict[str, Any]]]:
    """Return every voucher of these members and what they used, as JSON values."""
    return await queries.held_about(tx, program_id, people)


async def forget(tx: Transaction, program_id: int, people: Collection[UUID], *, now: datetime) -> None:
    """End the unused vouchers of members who are being erased, money apart: that is owed and can be paid out.

    What was used stays countable; a voucher names no person.
    """
    await owed.forget(tx, program_id, people)
    unused = await queries.unused_of_members(tx, program_id, people)
    records = await open_vouchers(tx, program_id, unused, now=now)
    for record in records.values():
        policy.end(record, "void", "erased", now)
    await write(tx, program_id, records.values())
