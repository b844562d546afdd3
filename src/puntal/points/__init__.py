"""Points: what a member's wallets hold, from when, until when, and in which order it goes.

Owns the tables `lot`, `consumption`, `hold` and `finished_card`; balances and transfers are the ledger's.

Always true, and checked by `queries` and by `tests/points`:

* available is the sum of what remains of started lots, pending of those not started, held of what holds keep;
* every unit that left a lot did so by a consumption, an expiry or a reversal;
* a wallet never has debt and available units at once;
* a lot's end is never moved to an earlier day.

Start reading at `model`, then `policy` (pure: it works on `Books`), then `operations`.
"""
