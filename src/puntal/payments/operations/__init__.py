"""Loading, paying, refunding, passing on and paying out money, each once per reference.

Every use case locks the wallet's holder first, then looks the reference up, then looks at limits and balances: a retry
is answered before anything else is asked, and limits hold under any number of calls at once.
"""

from __future__ import annotations

from puntal.payments.operations.booking import TOLD
from puntal.payments.operations.loading import GOODWILL, load
from puntal.payments.operations.paying import pay, pay_out, refund, send
from puntal.payments.operations.references import find, find_of_card, write_of_card

__all__ = ["GOODWILL", "TOLD", "find", "find_of_card", "load", "pay", "pay_out", "refund", "send", "write_of_card"]
