"""Payments: what is done with the money members keep here, each under its caller's reference.

Owns the table `payment`; the money itself is lots and transfers of `points` and `ledger`.

Always true, and checked by `queries` and by `tests/payments`:

* a reference is used once per kind of payment: the same words again answer the first outcome, others are refused;
* limits are looked at while the holder's row is locked;
* refunds give back no more of a payment than was paid.

Start reading at `model`, then `operations`.
"""
