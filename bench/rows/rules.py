"""Compiled conditions: how many answers a core gives in a second.

Ten conditions such as a real program has, asked of orders of three lines, as the engine asks them: all of an event's
conditions together, so that its facts are converted once, that conversion included.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from bench.table import Goal, Row
from puntal.rules.catalogue import Catalogue
from puntal.rules.dialect import expand
from puntal.rules.evaluator import ConditionSet, compile_condition

if TYPE_CHECKING:
    from bench.context import Context

GOAL = Goal(300_000, of="value")
FACTS_COUNT = 1_000
LADDER = {"club": ("base", "silver", "gold")}
CONDITIONS: tuple[dict[str, Any], ...] = (
    {"order.net": {"at_least": "50.00 EUR"}},
    {"member.tier": "gold"},
    {"member.country": "DE"},
    {"member.orders": 0},
    {"any": [{"member.tier": {"in": ["silver", "gold"]}}, {"order.net": {"over": "100.00 EUR"}}]},
    {"member.spend.last_30_days": {"over": "200.00 EUR"}},
    {"order.channel": {"in": ["online", "app"]}, "order.net": {"at_least": "20.00 EUR"}},
    {"some_line": {"line.category": "dairy"}},
    {"member.days_since_last_order": {"over": 30}},
    {"all": [{"member.country": {"in": ["ES", "DE", "FR"]}}, {"not": {"order.store": "17"}}]},
)


def _facts(number: int) -> dict[str, Any]:
    return {
        "member.tier": ("base", "silver", "gold")[number % 3],
        "member.country": ("ES", "DE", "FR", "IT")[number % 4],
        "member.orders": number % 12,
        "member.spend.last_30_days": number * 53 % 50_000,
        "member.days_since_last_order": number % 90,
        "order.net": number * 97 % 15_000,
        "order.channel": ("store", "online", "app")[number % 3],
        "order.store": str(number % 20),
        "lines": [
            {
                "category": ("dairy", "bakery", "fruit", "drinks")[(number + line) % 4],
                "product": f"product-{number * 3 + line}",
                "quantity": line + 1,
                "net": number * 31 % 5_000,
            }
            for line in range(3)
        ],
    }


async def run(ctx: Context) -> list[Row]:
    """Measure all ten together and one by itself."""
    catalogue = Catalogue.build(currency="EUR", ladders=LADDER)
    compiled = [compile_condition(expand(written, catalogue)) for written in CONDITIONS]
    together = ConditionSet(compiled)
    facts = [_facts(number) for number in range(FACTS_COUNT)]
    # Rounds on one core without a database need no twenty seconds to be steady.
    seconds = 1.0 if ctx.short else 3.0

    async def all_ten() -> int:
        done, until = 0, time.perf_counter() + seconds
        while time.perf_counter() < until:
            for one in facts:
                together.evaluate(one)
            done += len(facts) * len(compiled)
        return done

    async def one_alone() -> int:
        first, done, until = compiled[0], 0, time.perf_counter() + seconds
        while time.perf_counter() < until:
            for one in facts:
                first.evaluate(one)
            done += len(facts)
        return done

    return [
        await ctx.alone("compiled rules, ten to an event", all_ten, unit="evaluations/s", goal=GOAL),
        await ctx.alone("compiled rule, conversion of the event included", one_alone, unit="evaluations/s"),
    ]
