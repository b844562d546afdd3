"""Comparing our figures with benchmarks: the gap, who is better off, and what closing the gap is worth. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction

from puntal.insight.benchmarks.model import Benchmark, Better, Compared, Verdict, Worth
from puntal.insight.model_kpis import Figure, Purchases
from puntal.insight.policy_goals import OF_PROGRAM, OF_WALLET
from puntal.kit.calendar import add_months

MOST = 200
MONTHS = 12
EARLIEST_YEAR, LATEST_YEAR = 1990, 2100

_LOWER = frozenset({"expired", "breakage_rate", "incentive_cost"})
_NEITHER = frozenset({"earned", "closing", "guest_orders", "guest_sales", "guest_average_order"})


def can_be_compared(metric: str, *, wallet: bool) -> bool:
    """Tell whether a figure can have benchmarks; those of wallets name one, others none."""
    return metric in (OF_WALLET if wallet else OF_PROGRAM)


def better_when(metric: str) -> Better | None:
    """Return which way a figure is better; None: more of it is neither good nor bad."""
    return None if metric in _NEITHER else "lower" if metric in _LOWER else "higher"


def full_months(today: date) -> tuple[date, date]:
    """Return the first and the last day of the last twelve months that are over."""
    first = today.replace(day=1)
    return add_months(first, -MONTHS), first - timedelta(days=1)


def compared(found: Benchmark, figures: Sequence[Figure], bought: Purchases) -> Compared:
    """Return a benchmark beside our figure.

    Args:
        found: The benchmark.
        figures: Ours, of the days compared.
        bought: The purchases of these days, from which the worth of closing the gap follows.
    """
    figure = next((one for one in figures if (one.id, one.wallet) == (found.metric, found.wallet)), None)
    better = better_when(found.metric)
    ours = None if figure is None or figure.value is None else exact(figure)
    if ours is None:
        return Compared(
            benchmark=found, figure=figure, better=better, gap=None, gap_share=None, verdict=None, worth=None
        )
    gap = ours - found.value
    verdict = _verdict(gap, better)
    return Compared(
        benchmark=found,
        figure=figure,
        better=better,
        gap=gap,
        gap_share=gap / abs(found.value) if found.value else None,
        verdict=verdict,
        worth=worth(found.metric, found.value, bought) if verdict == "worse" else None,
    )


def exact(figure: Figure) -> Fraction | None:
    """Return a figure before it was rounded: averages of money are shown in whole minor units."""
    if figure.share is not None:
        return figure.share.value
    return None if figure.value is None else Fraction(figure.value)


def _verdict(gap: Fraction, better: Better | None) -> Verdict | None:
    if better is None:
        return None
    if gap == 0:
        return "same"
    return "better" if (gap > 0) == (better == "higher") else "worse"


def worth(metric: str, target: Fraction, bought: Purchases) -> Worth | None:
    """Return what it is worth to reach a benchmark with the buyers there are; None where no formula is honest.

    The same buyers, the same average order, over the days compared:

    * `repeat_customer_rate`: who buys once now and would come back buys at least once more, so
      extra orders = (theirs - ours) x buyers;
    * `repeat_purchase_rate`: first orders stay what they are, so
      extra orders = first orders / (1 - theirs) - orders of known customers;
    * `purchase_frequency`: extra orders = (theirs - ours) x buyers;
    * `average_order`: no more orders, each dearer: (theirs - ours) x orders.

    Extra sales = extra orders x average order, rounded half up. Sales, not margin; that the gap can be closed at all,
    and that nothing else changes meanwhile, nobody knows.
    """
    average = bought.average_order.value
    if average is None:
        return None
    if metric == "average_order":
        return Worth(_half_up((target - average) * bought.orders), None) if target > average else None
    orders = _EXTRA_ORDERS[metric](target, bought) if metric in _EXTRA_ORDERS else None
    return None if orders is None or orders <= 0 else Worth(_half_up(orders * average), orders)


def _by_customers(target: Fraction, bought: Purchases) -> Fraction | None:
    return target * bought.buyers - bought.repeat_buyers


def _by_orders(target: Fraction, bought: Purchases) -> Fraction | None:
    # A rate of one has no first orders: nothing leads there.
    first = bought.known_orders - bought.returning_orders
    return Fraction(first) / (1 - target) - bought.known_orders if target < 1 else None


def _by_frequency(target: Fraction, bought: Purchases) -> Fraction | None:
    return target * bought.buyers - bought.known_orders


_EXTRA_ORDERS: Mapping[str, Callable[[Fraction, Purchases], Fraction | None]] = {
    "repeat_customer_rate": _by_customers,
    "repeat_purchase_rate": _by_orders,
    "purchase_frequency": _by_frequency,
}


def _half_up(value: Fraction) -> int:
    return math.floor(value + Fraction(1, 2))
