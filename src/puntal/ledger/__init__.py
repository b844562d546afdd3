"""The ledger: who holds how much of what, and every move of it.

Owns the tables `holder` and `transfer`, and the rows of `checkpoint`. Knows nothing of loyalty: a holder is
an id, an account is a name, and a wallet is a position in four arrays of amounts.

Always true, and checked by `queries.disagreeing_balances` and by `tests/ledger`:

* a transfer moves a positive amount between two different accounts of one wallet;
* the four guarded accounts of a holder (available, pending, held, debt) are the sums of its transfers;
* none of the four is ever below zero (a constraint repeats it);
* a transfer is never changed: a mistake is corrected by one more.

A debt is written as a positive amount, so a transfer *from* `debt` raises it and one *to* `debt` pays it.

Start reading at `model`. `operations` is the only way in.
"""
