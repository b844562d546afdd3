"""SQL whose rows are a table of a report, for whoever wants to see for herself.

Where a report reads the books with one statement it is that one; where it reads sums of days, or adds up in memory, it
is made of the same parts. Parameters are filled in; `tests/insight/test_shown_tables.py` runs it for every table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from textwrap import fill
from typing import Any

from msgspec import Struct
from psycopg import sql

from puntal.engine.model import Compiled
from puntal.insight.errors import BudgetUnknown
from puntal.insight.model_breakdowns import Table
from puntal.insight.model_home import Every
from puntal.insight.model_kpis import Span
from puntal.insight.phrases_tables import TABLES
from puntal.insight.queries.budgets import BUDGET_DAYS, Running, running
from puntal.insight.queries.cohorts import COHORTS
from puntal.insight.queries.flows import MOVED, OF_DAYS
from puntal.insight.queries.incentives import ASKED, LED_COUNTED, LED_FROM, LED_ORDERS, PER_ORDER, USED, campaigns_of
from puntal.insight.queries.parts import names
from puntal.insight.queries.recounts import COST_OF_USED, HELD, PAID, expected, filled, plain
from puntal.insight.queries.rewards import RANKED, reward_names
from puntal.insight.queries.series import BOUGHT_BY_DAY, JOINED_BY_DAY
from puntal.insight.queries.silence import USUAL_MONTHS, USUAL_TIMES, chart_sql
from puntal.insight.queries.tiers import MOVED as TIER_MOVES
from puntal.insight.queries.tiers import TIERS, tier_names
from puntal.insight.store.rollups import FLOWED
from puntal.kit.calendar import local_day
from puntal.kit.db import Transaction
from puntal.rewards.queries.cards import TOTALS

NOW = frozenset({"budgets", "budget_days", "liability", "gift_cards"})
"""Tables of how things stand, whatever the period."""
_WIDTH = 96
_MOVES = ("earned", "spent", "expired")

LIABILITY = f"""
WITH {HELD}, {PAID}, costs AS (
  SELECT * FROM unnest(%(names)s::text[], %(granted)s::numeric[], %(paid)s::numeric[], %(wholes)s::numeric[])
    WITH ORDINALITY AS c (wallet, granted, paid, whole, place)
), told AS (
  SELECT c.*, coalesce(o.available, 0) AS available, coalesce(o.pending, 0) AS pending, coalesce(o.held, 0) AS held,
    coalesce(o.debt, 0) AS debt, coalesce(p.units, 0) AS paid_in
  FROM costs c
  LEFT JOIN outstanding o ON o.wallet = c.place - 1
  LEFT JOIN paid_in p ON p.wallet = c.place - 1
)
SELECT wallet, available, pending, held, debt, paid_in,
  floor((2 * ((available + pending + held - paid_in) * granted + paid_in * paid) + whole) / (2 * whole)) AS cost_minor
FROM told
ORDER BY place
"""  # noqa: S608 - our own text, no input

GIFT_CARDS = f"""
WITH cards AS (
  {plain(TOTALS)}
), expected AS (
  SELECT * FROM unnest(%(wallets)s::text[], %(parts)s::numeric[], %(wholes)s::numeric[])
    WITH ORDINALITY AS e (wallet, part, whole, place)
)
SELECT e.wallet, c.currency, c.origin, c.cards, c.left,
  CASE WHEN c.origin = 'paid_in' OR e.wallet IS NULL THEN c.left
    ELSE floor((2 * c.left * e.part + e.whole) / (2 * e.whole)) END AS cost_minor
FROM cards c LEFT JOIN expected e ON e.place = c.wallet + 1
ORDER BY c.currency, c.wallet, c.origin
"""  # noqa: S608 - our own text, no input

BUDGETS = """
WITH budgets AS (
  SELECT * FROM unnest(%(budgets)s::text[], %(measures)s::text[], %(starts)s::date[], %(ends)s::date[],
    %(since)s::date[], %(mosts)s::bigint[]) AS b (budget, measure, start, ends, since, most)
), told AS (
  SELECT b.*, coalesce(u.used, 0) AS used, %(today)s::date - b.since + 1 AS days
  FROM budgets b
  LEFT JOIN budget_usage u ON u.program_id = %(program_id)s AND u.budget = b.budget AND u.measure = b.measure
    AND u.period_start = b.start
), paced AS (
  SELECT told.*, %(today)s::date + CASE WHEN used >= most THEN 0
    WHEN used > 0 THEN least(((most - used) * days + used - 1) / used, 9999999) END::integer AS pace_ends
  FROM told
)
SELECT budget, measure, used, most, greatest(most - used, 0) AS "left",
  CASE WHEN most > 0 THEN least(used * 100 / most, 100) ELSE 100 END AS share,
  CASE WHEN used >= most OR (pace_ends <= DATE '9999-12-31' AND (ends IS NULL OR pace_ends < ends)) THEN pace_ends END
    AS runs_out_on
FROM paced
ORDER BY share DESC, budget, measure
"""

OF_BUDGET = f"""
SELECT day, used FROM (
  {plain(BUDGET_DAYS)}
) AS kept
WHERE day < %(today)s::date
UNION ALL
SELECT %(today)s::date, coalesce(sum(used), 0)
FROM budget_usage
WHERE program_id = %(program_id)s AND budget = %(budget)s AND measure = %(measure)s AND period_start = %(start)s::date
ORDER BY day
"""  # noqa: S608 - our own text, no input


class Wanted(Struct, frozen=True, kw_only=True):
    """Which table of which period, and how it is asked for.

    Attributes:
        every: Of series.
        times: Of silence; so `months`.
        counter: Of the days of a budget: its name, and what it counts.
    """

    table: Table
    period: Span
    every: Every = "day"
    times: int = USUAL_TIMES
    months: int = USUAL_MONTHS
    counter: tuple[str, str] = ("", "")


async def table_sql(tx: Transaction, program: Compiled, wanted: Wanted, *, now: datetime, language: str) -> str:
    """Return SQL whose rows are those of a report; columns are called as in its file.

    Args:
        tx: An open transaction on the program: since when budgets are used is looked up.
        program: As it stands.
        wanted: Which table.
        now: On the program's clock.
        language: Of the formula above it.

    Raises:
        BudgetUnknown: The document has no such budget.
    """
    today = local_day(program.zone, now)
    if wanted.table == "churn":
        statement = chart_sql(program, wanted.period, times=wanted.times, months=wanted.months)
    elif wanted.table in NOW:
        statement = filled(*await _as_of_now(tx, program, wanted, today))
    else:
        statement = filled(*_of_period(program, wanted, today))
    days = str(today) if wanted.table in NOW else f"{wanted.period.since} - {wanted.period.through}"
    formula = fill(formula_of(wanted, language), _WIDTH, initial_indent="-- ", subsequent_indent="-- ")
    return f"{formula}\n-- {wanted.table}: {days}, {program.document.timezone}\n{statement}"


def formula_of(wanted: Wanted, language: str) -> str:
    """Return what each column of a table is."""
    return TABLES[wanted.table][language].format(times=wanted.times)


def _of_period(program: Compiled, wanted: Wanted, today: date) -> tuple[str, Mapping[str, Any]]:
    period = wanted.period
    match wanted.table:
        case "tiers":
            return TIERS, tier_names(program, period)
        case "moves":
            return TIER_MOVES, names(program, period)
        case "rewards":
            return RANKED, reward_names(program, period)
        case "cohorts":
            return COHORTS, names(program, period) | {"today": today}
        case "series":
            # What was recorded before the period is no part of it.
            return _series(program, wanted.every), names(program, period) | {"open_from": period.begins}
        case _:
            return _led(program, wanted.table), names(program, period) | campaigns_of(program) | _wallets(program)


def _series(program: Compiled, every: Every) -> str:
    moves = ",\n    ".join(
        f"coalesce(sum({name}) FILTER (WHERE wallet = {terms.ordinal}), 0)::bigint AS {_named(f'{terms.id}_{name}')}"
        for terms in program.terms
        for name in _MOVES
    )
    guests = "orders - member_orders AS guest_orders, sales_minor - member_sales_minor AS guest_sales_minor"
    within = "WHERE day BETWEEN p.since AND p.through"
    return f"""
WITH {FLOWED.strip()}, moves AS (
  SELECT {MOVED}
), {OF_DAYS.strip()}, joined_by_day (day, new_members) AS MATERIALIZED (
  {plain(JOINED_BY_DAY)}
), bought_by_day (day, orders, sales_minor, member_orders, member_sales_minor) AS MATERIALIZED (
  {plain(BOUGHT_BY_DAY)}
), points AS (
  SELECT greatest(g::date, %(since)s::date) AS since,
    least((g + interval '1 {every}')::date - 1, %(through)s::date) AS through
  FROM generate_series(date_trunc('{every}', %(since)s::timestamp), %(through)s::timestamp, interval '1 {every}') AS g
)
SELECT p.since AS "from", p.through, j.new_members, b.orders, b.sales_minor, b.member_orders, b.member_sales_minor,
  {guests}, m.*
FROM points p
CROSS JOIN LATERAL (
  SELECT coalesce(sum(new_members), 0)::bigint AS new_members FROM joined_by_day {within}
) AS j
CROSS JOIN LATERAL (
  SELECT coalesce(sum(orders), 0)::bigint AS orders, coalesce(sum(sales_minor), 0)::bigint AS sales_minor,
    coalesce(sum(member_orders), 0)::bigint AS member_orders,
    coalesce(sum(member_sales_minor), 0)::bigint AS member_sales_minor
  FROM bought_by_day {within}
) AS b
CROSS JOIN LATERAL (
  SELECT
    {moves}
  FROM moved_by_day {within}
) AS m
ORDER BY p.since
"""  # noqa: S608 - our own text, and names of wallets that are quoted


def _led(program: Compiled, table: Table) -> str:
    if table == "influence":
        counted = ", ".join(
            f"{LED_COUNTED[name]} AS {called}"
            for name, called in zip(
                ("orders", "sales", "influenced_orders", "influenced_sales"),
                ("orders", "sales_minor", "influenced_orders", "influenced_sales_minor"),
                strict=True,
            )
        )
        return f"WITH {ASKED}, {LED_FROM}\nSELECT {counted}\nFROM {LED_ORDERS}"
    return f"""
WITH {ASKED}, {LED_FROM}, {PER_ORDER}, {USED}, {expected(program.terms)}
SELECT u.kind, u.id, w.wallet, u.orders, u.sales AS sales_minor, u.discount AS discount_minor, u.units,
  {COST_OF_USED} AS cost_minor
FROM used u
LEFT JOIN expected e ON e.wallet = u.wallet
LEFT JOIN unnest(%(wallets)s::text[]) WITH ORDINALITY AS w (wallet, place) ON w.place = u.wallet + 1
ORDER BY u.kind, u.id, u.wallet
"""  # noqa: S608 - our own text, no input


async def _as_of_now(tx: Transaction, program: Compiled, wanted: Wanted, today: date) -> tuple[str, Mapping[str, Any]]:
    said: dict[str, Any] = {"program_id": program.program_id, "today": today}
    terms = program.terms
    match wanted.table:
        case "liability":
            return LIABILITY, said | {
                "names": [one.id for one in terms],
                "granted": [one.cost.numerator * one.expected_redemption.numerator for one in terms],
                "paid": [one.cost.numerator * one.expected_redemption.denominator for one in terms],
                "wholes": [one.cost.denominator * one.expected_redemption.denominator for one in terms],
                "wallets": [one.ordinal for one in terms if one.kind == "money"],
            }
        case "gift_cards":
            rates: Sequence[Fraction] = [one.expected_redemption for one in terms]
            return GIFT_CARDS, said | _wallets(program) | {
                "parts": [one.numerator for one in rates],
                "wholes": [one.denominator for one in rates],
            }
        case _:
            found = await running(tx, program, today=today)
            return _budgets(wanted, found, said)


def _budgets(wanted: Wanted, found: Sequence[Running], said: dict[str, Any]) -> tuple[str, Mapping[str, Any]]:
    if wanted.table == "budgets":
        return BUDGETS, said | {
            "budgets": [one.counter[0] for one in found],
            "measures": [one.counter[1] for one in found],
            "starts": [one.counter[2] for one in found],
            "ends": [one.ends for one in found],
            "since": [one.since for one in found],
            "mosts": [one.most for one in found],
        }
    start = next((one.counter[2] for one in found if one.counter[:2] == wanted.counter), None)
    if start is None:
        raise BudgetUnknown
    return OF_BUDGET, said | {"budget": wanted.counter[0], "measure": wanted.counter[1], "start": start}


def _wallets(program: Compiled) -> dict[str, list[str]]:
    return {"wallets": [terms.id for terms in program.terms]}


def _named(column: str) -> str:
    return sql.Identifier(column).as_string(None)
