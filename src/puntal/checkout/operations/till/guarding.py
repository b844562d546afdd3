"""How often somebody may ask who somebody is: per cashier, and for all tills of a program together.

Every lookup counts for the cashier, and one that finds nothing for the program too; over either limit right ones are
refused like wrong ones, so that trying tells nothing.
"""

from __future__ import annotations

from datetime import datetime

from puntal.checkout.model_till import Cashier
from puntal.kit.db import Transaction
from puntal.rewards.operations import passes

MOST_LOOKUPS = 400
"""Of a cashier in ten minutes: one each second and a half."""

MOST_MISSES = 40
"""Of a cashier in ten minutes: numbers and codes that are nobody's."""

MOST_MISSES_OF_PROGRAM = 2000
"""Of all tills together in ten minutes."""

_PROGRAM = "till:missed"


async def guard(tx: Transaction, program_id: int, cashier: Cashier, *, now: datetime) -> None:
    """Refuse a cashier who asks too often.

    Raises:
        GuessesExceeded: With when to try again.
    """
    limits = {
        f"till:asked:{cashier.actor}": MOST_LOOKUPS,
        f"till:missed:{cashier.actor}": MOST_MISSES,
        _PROGRAM: MOST_MISSES_OF_PROGRAM,
    }
    await passes.check(tx, program_id, limits, now=now)


async def count_lookup(tx: Transaction, program_id: int, cashier: Cashier, *, found: bool, now: datetime) -> None:
    """Count one lookup, and what it did not find."""
    await passes.count(tx, program_id, [f"till:asked:{cashier.actor}"], now=now)
    if not found:
        await count_misses(tx, program_id, cashier, now=now)


async def count_misses(tx: Transaction, program_id: int, cashier: Cashier, *, now: datetime) -> None:
    """Count something that is nobody's; in a transaction of its own where the one that asked is rolled back."""
    await passes.count(tx, program_id, [f"till:missed:{cashier.actor}", _PROGRAM], now=now)
