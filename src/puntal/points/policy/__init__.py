"""Deciding what happens to wallets. Pure: works on `Books`, which only its maker changes.

`terms` compiles, `earning` is the hot path, `clockwork` is what time does, `spending`, `reversing` and `cards`
are the rest; all of them move units through `lots`.
"""

from puntal.points.policy.cards import finish_cards, reopen_card, reopen_card_of
from puntal.points.policy.clockwork import (
    activate_awaiting,
    due_at,
    needs_lots,
    renew,
    renewal_needs_lots,
    settle,
    wind_up,
)
from puntal.points.policy.earning import balance_shown, earn, room
from puntal.points.policy.giving_back import give_back, give_back_all
from puntal.points.policy.lots import backwards, end_of, returning, spendable, started
from puntal.points.policy.money import caps_of, owed, pay_out, room_under
from puntal.points.policy.reversing import give_again, lots_of_order, take_back
from puntal.points.policy.sharing import bring_in, part, settle_both, together
from puntal.points.policy.spending import (
    commit,
    convert,
    hold,
    move_debt,
    move_lots,
    release,
    send,
    spend,
    write_off,
)
from puntal.points.policy.terms import (
    compile_ending,
    compile_starting,
    compile_terms,
    life_end,
    lot_dates,
    truncate,
    window_start,
)

__all__ = [
    "activate_awaiting",
    "backwards",
    "balance_shown",
    "bring_in",
    "caps_of",
    "commit",
    "compile_ending",
    "compile_starting",
    "compile_terms",
    "convert",
    "due_at",
    "earn",
    "end_of",
    "finish_cards",
    "give_again",
    "give_back",
    "give_back_all",
    "hold",
    "life_end",
    "lot_dates",
    "lots_of_order",
    "move_debt",
    "move_lots",
    "needs_lots",
    "owed",
    "part",
    "pay_out",
    "release",
    "renew",
    "renewal_needs_lots",
    "reopen_card",
    "reopen_card_of",
    "returning",
    "room",
    "room_under",
    "send",
    "settle",
    "settle_both",
    "spend",
    "spendable",
    "started",
    "take_back",
    "together",
    "truncate",
    "wind_up",
    "window_start",
    "write_off",
]
