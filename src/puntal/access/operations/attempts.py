"""Counting who tries to sign in, so that guessing takes for ever.

Every try counts as a failure before it is looked at, and is taken back when it was none. So a crowd of tries at once
gets no more guesses than the same ones in a row.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil

from puntal.access import policy
from puntal.access.model_sign_in import Failures
from puntal.access.store import sign_in as store
from puntal.kit.db import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What a try counts for: the account it is about, existing or not, and where it comes from."""

    account: bytes
    address: bytes


def attempt_of(email: str, address: str | None) -> Attempt:
    """Return what a try counts for; hashes, because failures are kept and people's addresses are not."""
    return Attempt(account=_hash("account", email), address=_hash("address", policy.network_of(address)))


async def reserve(tx: Transaction, attempt: Attempt, *, now: datetime) -> int | None:
    """Count a try that is about to be made; the caller commits before looking at it.

    Returns:
        None where it may be made; else the seconds to wait, and nothing is counted.
    """
    known = await store.lock_failures(tx, (attempt.account, attempt.address), now=now)
    free_at = max(each.free_at for each in known.values())
    if now < free_at:
        return max(1, ceil((free_at - now) / timedelta(seconds=1)))
    await store.set_failures(
        tx,
        {
            attempt.account: policy.failed_again(
                known[attempt.account], now=now, free=policy.ACCOUNT_FREE, forgotten=policy.ACCOUNT_FORGOTTEN
            ),
            attempt.address: policy.failed_again(
                known[attempt.address], now=now, free=policy.ADDRESS_FREE, forgotten=policy.ADDRESS_FORGOTTEN
            ),
        },
    )
    return None


async def take_back(tx: Transaction, attempt: Attempt, *, now: datetime, cleared: bool) -> None:
    """Say that a reserved try was no failure.

    Args:
        tx: The caller commits.
        attempt: As it was reserved.
        now: The real time.
        cleared: She proved who she is, so the failures of her account are forgotten. Those of the address stay: an
            account of one's own must not buy guesses at others.
    """
    known = await store.lock_failures(tx, (attempt.account, attempt.address), now=now)
    account, address = (_one_less(known[subject], now) for subject in (attempt.account, attempt.address))
    if cleared:
        account = replace(account, count=0)
    await store.set_failures(tx, {attempt.account: account, attempt.address: address})


async def forgive(tx: Transaction, email: str) -> None:
    """Forget the failures of an account whose owner has just been given a new password."""
    await store.delete_failures(tx, _hash("account", email))


def _one_less(failures: Failures, now: datetime) -> Failures:
    return replace(failures, count=max(0, failures.count - 1), free_at=now)


def _hash(kind: str, name: str) -> bytes:
    return hashlib.sha256(f"{kind}:{name}".encode()).digest()
