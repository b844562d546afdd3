"""What can be done with vouchers. Each use case locks by id, decides, and writes in its caller's transaction.

Lock order: holders, then vouchers, then events, then budgets. Whoever also moves points locks the holders first.
"""

from puntal.rewards.operations.vouchers.ending import (
    END_PORTION,
    due,
    end,
    expire,
    lapse_due,
    unused_of_anything,
    unused_of_causes,
    unused_of_reward,
)
from puntal.rewards.operations.vouchers.issuing import draw, hand_out, issue, rank_of
from puntal.rewards.operations.vouchers.owning import (
    forget,
    held_about,
    reassign,
    transfer,
)
from puntal.rewards.operations.vouchers.pools import (
    caused,
    give_codes,
    hand_out_of_pool,
    owe_no_more,
    owed,
    settle_owed,
    tell_of_owed,
)
from puntal.rewards.operations.vouchers.using import find, look, release, take, take_all
from puntal.rewards.policy.issuing import ends_at_of, issue_of, terms_of

__all__ = [
    "END_PORTION",
    "caused",
    "draw",
    "due",
    "end",
    "ends_at_of",
    "expire",
    "find",
    "forget",
    "give_codes",
    "hand_out",
    "hand_out_of_pool",
    "held_about",
    "issue",
    "issue_of",
    "lapse_due",
    "look",
    "owe_no_more",
    "owed",
    "rank_of",
    "reassign",
    "release",
    "settle_owed",
    "take",
    "take_all",
    "tell_of_owed",
    "terms_of",
    "transfer",
    "unused_of_anything",
    "unused_of_causes",
    "unused_of_reward",
]
