"""What a till did while it was offline: each thing under its own id, all of it or nothing of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from puntal.checkout.errors_till import InFuture, NobodyMeant
from puntal.checkout.model_till import Cashier, Redeem, Sale
from puntal.checkout.operations.till.acting import Acted, fingerprint_of, is_known, redeem
from puntal.checkout.operations.till.finishing import show
from puntal.checkout.operations.till.programs import Programs
from puntal.checkout.operations.till.scanning import scan
from puntal.checkout.operations.till.selling import sell
from puntal.kit.db import Transaction

_AHEAD = timedelta(minutes=5)
"""How far a till's clock may be before ours."""


class Offline(Struct, frozen=True):
    """Something done while offline.

    Attributes:
        at: When, by the till's clock, less what the program's is behind the real one.
        scanned: What was scanned or typed for the member, where the till does not know her id.
    """

    words: Redeem | Sale
    at: datetime
    scanned: str | None = None


async def bring_in(
    tx: Transaction, programs: Programs, cashier: Cashier, one: Offline, *, now: datetime, recorded_at: datetime
) -> Acted:
    """Take in one thing that was done while offline; the same again answers what became of it (`replayed`).

    Args:
        tx: An open transaction on the program, of this one alone: what conflicts is rolled back whole.
        programs: The compiled revisions.
        cashier: Who, and where.
        one: What, when and for whom.
        now: On the program's clock.
        recorded_at: Real time of writing.

    Raises:
        InFuture: It has not come to be yet.
        NobodyMeant: What was scanned for the member is nobody's; a sale is taken in as nobody's all the same.
        Refusal: What it conflicts with: `rewards.voucher_used`, `reward.short_of_points` …
    """
    if one.at > now + _AHEAD:
        raise InFuture(now=now.isoformat())
    at, words = min(one.at, now), one.words
    said = fingerprint_of(words) if one.scanned is None else fingerprint_of(words, one.scanned)
    made = None
    # First of all: what was scanned may mean nobody, or somebody else, by the time of a retry.
    if not await is_known(tx, programs.program_id, cashier, words.id, said):
        if one.scanned is not None and words.member_id is None:
            words = await _meant(tx, programs, one, behind=recorded_at - now)
        if isinstance(words, Sale):
            made = await sell(tx, programs, cashier, words, at=at, said=said, now=now, recorded_at=recorded_at)
        else:
            made = await redeem(tx, programs, cashier, words, at=at, said=said, now=now, recorded_at=recorded_at)
    if made is not None:
        return made
    known = await show(tx, programs.program_id, cashier, words.id)
    return replace(known, replayed=True)


async def _meant(tx: Transaction, programs: Programs, one: Offline, *, behind: timedelta) -> Redeem | Sale:
    assert one.scanned is not None
    found = await scan(tx, programs.newest, one.scanned, real_now=one.at + behind, offline=True)
    member: UUID | None = found.member_id
    if member is None and not isinstance(one.words, Sale):
        raise found.refusal or NobodyMeant
    return replace(one.words, member_id=member)
