"""The front door of shared counters: an unlocked look, the locked look, and using them up. The caller commits."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from puntal.kit.db import Transaction
from puntal.limits import store
from puntal.limits.model import Bound, BudgetKey
from puntal.outbox import operations as outbox
from puntal.outbox.model import Happening


@dataclass(frozen=True, slots=True)
class Alert:
    """A share of a budget was passed."""

    key: BudgetKey
    at: int
    used: int
    most: int


async def load(tx: Transaction, program_id: int, keys: Collection[BudgetKey], *, lock: bool) -> dict[BudgetKey, int]:
    """Return what is used of shared counters; those never used are missing or 0.

    Args:
        tx: An open transaction on the program.
        program_id: Whose counters.
        keys: Budget, measure, first local day of its period.
        lock: After a missed update: hold them until `tx` ends, so that the next try cannot miss.
    """
    if not keys:
        return {}
    return await (store.lock if lock else store.read)(tx, program_id, keys)


async def use(
    tx: Transaction,
    program_id: int,
    amounts: Mapping[BudgetKey, int],
    bounds: Mapping[BudgetKey, Bound],
    known: Collection[BudgetKey],
) -> list[Alert] | None:
    """Use up (or give back) shared counters; None when one would be exceeded: roll back and decide again.

    `known` are counters that were read, and so exist. Returns the alerts whose line was crossed.
    """
    amounts = {key: amount for key, amount in amounts.items() if amount}
    if not amounts:
        return []
    missing = [key for key in amounts if key not in known]
    if missing:
        await store.open_counters(tx, program_id, missing)
    used = await store.add(tx, program_id, amounts, bounds)
    if len(used) < len(amounts):
        return None
    return [
        Alert(key, line, used[key], bounds[key].most)
        for key, amount in amounts.items()
        if key in bounds
        for line in bounds[key].alerts
        if used[key] - amount < line <= used[key]
    ]


def told(alerts: Sequence[Alert], *, at: datetime, recorded_at: datetime) -> list[Happening]:
    """Return what is told when shares of budgets were passed: each once."""
    return [
        outbox.happening(
            "budget.alert",
            f"{budget}:{measure}:{start}:{alert.at}",
            at=at,
            recorded_at=recorded_at,
            payload={
                "budget": budget,
                "measure": measure,
                "period_start": start.isoformat(),
                "used": alert.used,
                "most": alert.most,
            },
        )
        for alert in alerts
        for budget, measure, start in (alert.key,)
    ]
