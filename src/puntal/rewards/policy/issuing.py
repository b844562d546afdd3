"""What a voucher of a reward is at its issue: its worth, how long it lives, and the terms that stay with it. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from puntal.kit.calendar import after
from puntal.programs.document.rewards import Reward as Written
from puntal.rewards.model import Reward
from puntal.rewards.model_vouchers import Issue, Origin, VoucherTerms
from puntal.rewards.policy.codes import DEFAULT_LENGTH, MOST_CHARACTERS

_PROMISED = frozenset(
    {
        "kind", "name", "text", "instructions", "value", "points", "into", "max_discount", "applies_to", "product",
        "experience", "type", "fields", "when", "group", "priority", "refund",
    }
)  # fmt: skip
"""What the holder of a voucher can rely on; who may have one, what it cost and how many there are is settled."""


def issue_of(  # noqa: PLR0913 - what an issue is made of
    reward: Reward,
    *,
    id: UUID,
    revision: int,
    currency: str,
    zone: ZoneInfo,
    now: datetime,
    origin: Origin,
    cause: str | None = None,
    member_id: UUID | None = None,
    rank: int = 0,
    portions: int = 1,
    valid_from: datetime | None = None,
    ends_at: datetime | None = None,
) -> Issue:
    """Return a voucher of a reward to be issued; its time begins now unless a later start is given.

    Args:
        reward: Of the revision it is issued under.
        id: Of the voucher; chosen by the caller before its first try.
        revision: Number of that revision.
        currency: The program's.
        zone: The program's: days end at its midnights.
        now: When.
        origin: What it comes from, `cause` which.
        cause: Id of the redemption or event, or the holder of the stamp card.
        member_id: Whose it is; None: whoever has the code.
        rank: Of her tier on the reward's ladder, for how long it lives.
        portions: How many the redemption took: of a gift card so many times its value.
        valid_from: A later beginning.
        ends_at: An end that is not the reward's; the earlier of the two counts.
    """
    written = reward.written
    begins = max(now, valid_from) if valid_from is not None else now
    voucher = None if written is None else written.voucher
    money = reward.kind == "gift_card"
    return Issue(
        id=id,
        reward=reward.id,
        terms=terms_of(reward, revision=revision, portions=1 if money else portions),
        origin=origin,
        cause=cause,
        member_id=member_id,
        valid_from=begins,
        ends_at=ends_at_of(reward, rank=rank, begins=begins, zone=zone, earlier=ends_at),
        currency=currency if money else None,
        amount=reward.value_minor * portions if money else 1 if voucher is None else voucher.uses,
        prefix="" if voucher is None else voucher.prefix,
        # A long prefix leaves less for the rest: twenty characters are all there are.
        length=DEFAULT_LENGTH if voucher is None else min(voucher.length, MOST_CHARACTERS - len(voucher.prefix)),
    )


def terms_of(reward: Reward, *, revision: int, portions: int = 1) -> VoucherTerms:
    """Return what a voucher of a reward promises."""
    written = reward.written
    return VoucherTerms(
        revision=revision,
        benefit={} if written is None else promised(written) | ({"portions": portions} if portions > 1 else {}),
        on_end="return_points" if reward.returns_points else "nothing",
        channels=tuple(sorted(reward.channels)),
        transferable=written is not None and written.voucher is not None and written.voucher.transferable,
    )


def promised(written: Written) -> dict[str, Any]:
    """Return a reward as its voucher keeps it: JSON values, as the document writes them."""
    return written.model_dump(mode="json", by_alias=True, exclude_defaults=True, include=set(_PROMISED))


def ends_at_of(
    reward: Reward, *, rank: int, begins: datetime, zone: ZoneInfo, earlier: datetime | None = None
) -> datetime | None:
    """Return the first instant at which a voucher that begins then can no longer be used; None: it stays good."""
    length = reward.valid[min(rank, len(reward.valid) - 1)]
    ends = [earlier, reward.valid_until]
    if length is not None:
        ends.append(after(zone, begins, length.count, length.unit))
    return min((end for end in ends if end is not None), default=None)
