"""What can be done to wallets. Each use case locks, settles, decides and writes in the caller's transaction.

Intake uses `books` alone: it locks through the ledger, decides in the engine, and hands the books to `record`.
"""

from puntal.points.operations.access import holders_of
from puntal.points.operations.books import (
    Opened,
    books_of,
    holder_of,
    load_lots,
    mark_cards,
    open_books,
    read_books,
    record,
    settle_due,
    wind_up,
)
from puntal.points.operations.cards import reopen_cards
from puntal.points.operations.corrections import ADJUST, adjust, adjusting, wallet_named, write_off
from puntal.points.operations.holds import commit, find_holds, give_back, hold, lapse_due, paid_by, release
from puntal.points.operations.money import (
    bring_money,
    caps_for,
    money_owed,
    money_wallet,
    pay_money_out,
    pay_with_money,
    return_money,
)
from puntal.points.operations.moves import convert, reassign, transfer
from puntal.points.operations.sharing import (
    Pools,
    Purse,
    balances,
    ever_earned,
    lock_purses,
    readers_of,
    shared_wallets,
    wallets,
)
from puntal.points.policy import life_end, window_start

__all__ = [
    "ADJUST",
    "Opened",
    "Pools",
    "Purse",
    "adjust",
    "adjusting",
    "balances",
    "books_of",
    "bring_money",
    "caps_for",
    "commit",
    "convert",
    "ever_earned",
    "find_holds",
    "give_back",
    "hold",
    "holder_of",
    "holders_of",
    "lapse_due",
    "life_end",
    "load_lots",
    "lock_purses",
    "mark_cards",
    "money_owed",
    "money_wallet",
    "open_books",
    "paid_by",
    "pay_money_out",
    "pay_with_money",
    "read_books",
    "readers_of",
    "reassign",
    "record",
    "release",
    "reopen_cards",
    "return_money",
    "settle_due",
    "shared_wallets",
    "transfer",
    "wallet_named",
    "wallets",
    "wind_up",
    "window_start",
    "write_off",
]
