"""Looking a code up before the route begins, and counting those that are nobody's.

It works in a transaction of its own: what a refused request wrote would be rolled back, a counted guess must not be.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Depends, Path, Query, Request

from puntal.access.dependencies import Now, ProgramCaller, ProgramId, ProgramTx
from puntal.kit import http
from puntal.kit.db import Transaction
from puntal.members import operations as members
from puntal.members.errors import UnknownMember
from puntal.rewards.errors_vouchers import RewardHasNoVouchers, VoucherNotYours, VoucherStopped, VoucherUnknown
from puntal.rewards.model import Reward
from puntal.rewards.model_vouchers import Voucher
from puntal.rewards.operations import passes, vouchers

Code = Annotated[
    str,
    Path(max_length=100, description="As it is printed or typed: case, spaces and hyphens do not matter."),
]
_Owner = Annotated[UUID | None, Query(description="For whom, where a member presents it: guesses are counted for her.")]


class Switches(Protocol):
    """What is switched off."""

    program: bool
    rewards: frozenset[str]
    channels: frozenset[str]


class Newest(Protocol):
    """A compiled program, as far as vouchers ask."""

    rewards: Mapping[str, Reward]
    revision: int
    currency: str
    zone: ZoneInfo


class Loaded(Protocol):
    """A program as it stands."""

    newest: Newest
    switches: Switches


async def current_program(request: Request, tx: ProgramTx, program_id: ProgramId) -> Loaded:
    """Return the program as it stands in this transaction."""
    loaded: Loaded = await request.app.state.programs.current(tx, program_id)
    return loaded


CurrentProgram = Annotated[Loaded, Depends(current_program)]


async def looked_up(
    request: Request, program_id: int, actor: str, code: str, member_id: UUID | None, now: datetime
) -> Voucher:
    """Return the voucher a code means; a miss is counted and every answer to too many of them is the same.

    Raises:
        GuessesExceeded: The caller, or the member, asked for too many codes that are nobody's, or another's.
        VoucherUnknown: No voucher of this program has such a code.
        VoucherNotYours: It belongs to somebody else.
    """
    refusal: VoucherUnknown | VoucherNotYours
    async with http.database_of(request).program_transaction(program_id) as tx:
        await passes.check_guesses(tx, program_id, caller=actor, member_id=member_id, now=now)
        try:
            found = await vouchers.find(tx, program_id, code)
        except VoucherUnknown as unknown:
            refusal = unknown
        else:
            owner = None if member_id is None else await _survivor(tx, program_id, member_id)
            if owner is None or found.member_id in {None, owner}:
                return found
            refusal = VoucherNotYours()
        await passes.miss(tx, program_id, caller=actor, member_id=member_id, now=now)
    raise refusal


async def look_up(
    request: Request, program_id: ProgramId, caller: ProgramCaller, now: Now, code: Code, member_id: _Owner = None
) -> Voucher:
    """Look up a code that is shown, for routes that only read."""
    return await looked_up(request, program_id, caller.actor, code, member_id, now)


async def _survivor(tx: Transaction, program_id: int, member_id: UUID) -> UUID | None:
    profile = (await members.load(tx, program_id, [member_id])).get(member_id)
    return None if profile is None else profile.merged_into or member_id


async def survivor(tx: Transaction, program_id: int, member_id: UUID | None) -> UUID | None:
    """Return the member, or whom she was merged into.

    Raises:
        UnknownMember: Nobody here has that id.
    """
    if member_id is None:
        return None
    found = await _survivor(tx, program_id, member_id)
    if found is None:
        raise UnknownMember
    return found


def reward_of(program: Loaded, name: str) -> Reward:
    """Return a reward vouchers can be issued of.

    Raises:
        RewardHasNoVouchers: The program has no such reward.
        VoucherStopped: A kill switch stops it, or the program.
    """
    reward = program.newest.rewards.get(name)
    if reward is None or reward.written is None:
        raise RewardHasNoVouchers(reward=name)
    if program.switches.program or name in program.switches.rewards:
        raise VoucherStopped
    return reward


def check_switches(program: Loaded, channel: str | None) -> None:
    """Refuse the use of any voucher where the program, or the channel, is stopped.

    Of a stopped reward those that were issued stay good, unless the switch voids them.

    Raises:
        VoucherStopped: It is.
    """
    if program.switches.program or channel in program.switches.channels:
        raise VoucherStopped
