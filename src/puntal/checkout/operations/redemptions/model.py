"""What becomes of a redemption, and what its callers are answered. Shared by the steps of its life."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from msgspec import Struct

from puntal.rewards.model import Redemption, Reward
from puntal.rewards.model_vouchers import Voucher

Ending = Literal["cancelled", "lapsed", "voided"]


class Redeemed(Struct, frozen=True, kw_only=True):
    """A redemption as it is now, and the vouchers it gave.

    Attributes:
        replayed: It had been done before; nothing changed now.
    """

    redemption: Redemption
    vouchers: Sequence[Voucher] = ()
    replayed: bool = False


def committed(made: Redemption, reward: Reward, now: datetime) -> None:
    """Say that it is redeemed, and whether that was all there is to it."""
    made.state, made.committed_at = "committed", now
    made.fulfilment = "waiting" if reward.delivered else "none"
    made.used = not (made.terms.get("later") or reward.delivered)
