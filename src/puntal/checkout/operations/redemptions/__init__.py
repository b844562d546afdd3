"""The life of a redemption: held, then committed, cancelled, lapsed or voided; or committed in one step.

Each use case locks the member, and her pool, before it looks; shared counters come last, by a conditional update.
"""

from puntal.checkout.operations.redemptions.committing import commit
from puntal.checkout.operations.redemptions.ending import cancel, end, lapse_due
from puntal.checkout.operations.redemptions.model import Redeemed
from puntal.checkout.operations.redemptions.passing import expire_due, return_stamps, void, void_vouchers
from puntal.checkout.operations.redemptions.taking import Wanted, cart_of, redeem_reward

__all__ = [
    "Redeemed",
    "Wanted",
    "cancel",
    "cart_of",
    "commit",
    "end",
    "expire_due",
    "lapse_due",
    "redeem_reward",
    "return_stamps",
    "void",
    "void_vouchers",
]
