"""What one person's profile is when two members turn out to be the same. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import structs

from puntal.members.model import Consent, Evidence, Profile, Status

_STRICTEST: tuple[Status, ...] = ("blocked", "paused", "active", "guest")


def reason_against(survivor: Profile, merged: Profile) -> str | None:
    """Return why these two cannot be merged; None when they can."""
    if survivor.id == merged.id:
        return "they are the same member"
    for profile in (survivor, merged):
        if profile.status in {"erased", "merged"}:
            return f"one of them is {profile.status}"
    if survivor.status == "left":
        return "the surviving member has left"
    if survivor.pool_id and merged.pool_id and survivor.pool_id != merged.pool_id:
        return "they share with different pools"
    return None


def combined(survivor: Profile, merged: Profile) -> Profile:
    """Return the survivor's profile after the merge.

    Her own words win, the other's fill what is empty. Earliest enrolment; the latest birthday celebrated counts for
    both. A block or a pause holds on: nobody gets rid of it by merging.
    """
    statuses = {survivor.status, merged.status}
    status = next((one for one in _STRICTEST if one in statuses), survivor.status)
    own_birthday = survivor.birthday is not None
    dated = survivor if own_birthday else merged
    return structs.replace(
        survivor,
        status=status,
        enrolled_at=_earliest(survivor.enrolled_at, merged.enrolled_at),
        name=survivor.name or merged.name,
        locale=survivor.locale or merged.locale,
        country=survivor.country or merged.country,
        zone=survivor.zone or merged.zone,
        birthday=dated.birthday,
        birthday_set_at=dated.birthday_set_at,
        birthday_counts_from=dated.birthday_counts_from,
        birthday_paid_on=max(
            (day for day in (survivor.birthday_paid_on, merged.birthday_paid_on) if day is not None), default=None
        ),
        email_verified_at=_earliest(survivor.email_verified_at, merged.email_verified_at),
        phone_verified_at=_earliest(survivor.phone_verified_at, merged.phone_verified_at),
        attributes={**merged.attributes, **survivor.attributes},
        referrer_id=survivor.referrer_id or (merged.referrer_id if merged.referrer_id != survivor.id else None),
        claim_until=None if status != "guest" else survivor.claim_until,
        pool_id=survivor.pool_id or merged.pool_id,
    )


def withdrawals(survivor: Sequence[Consent], merged: Sequence[Consent], now: datetime) -> list[Consent]:
    """Return the records to add so that whatever either of them withdrew stays withdrawn.

    Args:
        survivor: What holds for the one, per purpose and channel.
        merged: What holds for the other.
        now: When they are merged.
    """
    refused = {(one.purpose, one.channel) for one in (*survivor, *merged) if not one.given}
    agreed = {(one.purpose, one.channel) for one in (*survivor, *merged) if one.given}
    return [
        Consent(
            purpose=purpose,
            channel=channel,
            given=False,
            at=now,
            evidence=Evidence(source="merge", note="withdrawn by one of the two"),
        )
        for purpose, channel in sorted(refused & agreed)
    ]


def _earliest(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((at for at in (one, other) if at is not None), default=None)
