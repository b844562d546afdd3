"""Intake: the one way in. Whatever happens arrives as an event and is decided and written in one transaction.

Owns the table `event`.

Always true, and checked by `tests/stress`:

* an acknowledged event is stored exactly once, with its outcome; an unacknowledged one as a whole or not at all;
* the same event id with the same words answers the first outcome; with other words it is refused;
* balances, lots, orders, limits and budgets change only together with the event that changed them.

Start reading at `model`, then `operations.take`.
"""
