"""Which rewards, vouchers and campaigns led to which orders, and what that cost.

Redemptions and uses of vouchers name their order, and an order keeps what each rule gave.
An order counts for every incentive it used, once in the totals.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any

import msgspec

from puntal.engine.model import Compiled
from puntal.insight.model import ALWAYS, Days, Incentive, IncentiveOrder
from puntal.insight.model_kpis import Influence
from puntal.insight.policy_rollups import Totals
from puntal.kit.db import Transaction

After = tuple[datetime, str, str, str]
"""When an order happened, its key, and the kind and name of the incentive."""

ASKED = """
asked AS (
  SELECT o.source || ':' || o.order_id AS key, o.source, o.order_id, o.member_id, o.occurred_at, o.day,
    o.net_minor - o.refunded_minor AS sales, o.awards
  FROM shop_order o
  WHERE o.program_id = %(program_id)s AND o.source <> 'referral' AND o.state IN ('earned', 'cancelled')
    AND o.day >= coalesce(%(since)s::date, o.day) AND o.day <= coalesce(%(through)s::date, o.day)
)"""

LED_FROM = """
of_rules AS (
  SELECT rule, campaign FROM unnest(%(rules)s::text[], %(campaigns)s::text[]) AS r (rule, campaign)
), led AS (
  SELECT a.key, 'reward' AS kind, r.reward AS id, r.discount_minor AS discount, r.wallet::integer AS wallet,
    r.units - r.returned AS units
  FROM asked a
  JOIN redemption r ON r.program_id = %(program_id)s AND r.order_key = a.key AND r.state = 'committed'
  UNION ALL
  SELECT a.key, 'voucher', v.reward, u.discount_minor, -1, 0
  FROM asked a
  JOIN voucher_use u ON u.program_id = %(program_id)s AND u.order_key = a.key AND u.state = 'used'
  JOIN voucher v ON v.program_id = %(program_id)s AND v.id = u.voucher_id
  UNION ALL
  SELECT a.key, 'campaign', c.campaign, 0, (g.award ->> 1)::integer,
    (SELECT coalesce(sum(part::bigint), 0) FROM json_array_elements_text(g.award -> 3) AS part)
    - (SELECT coalesce(sum(part::bigint), 0) FROM json_array_elements_text(g.award -> 4) AS part)
  FROM asked a
  CROSS JOIN json_array_elements(a.awards) AS g (award)
  JOIN of_rules c ON c.rule = g.award ->> 0
)
"""
"""What the orders that were `asked` for used: `key`, `awards` and what `campaigns_of` says."""

_LED = f"{ASKED}, {LED_FROM}"

PER_ORDER = """
per_order AS (
  SELECT l.kind, l.id, l.wallet, l.key, sum(l.discount) AS discount, sum(l.units) AS units
  FROM led l
  GROUP BY l.kind, l.id, l.wallet, l.key
)"""

USED = """
used AS (
  SELECT p.kind, p.id, p.wallet, count(*) AS orders, sum(a.sales) AS sales, sum(p.discount) AS discount,
    sum(p.units) AS units
  FROM per_order p JOIN asked a USING (key)
  GROUP BY p.kind, p.id, p.wallet
)"""

BY_INCENTIVE = f"""
-- Each incentive with the orders it led to; one that used it twice counts once.
WITH {_LED}, {PER_ORDER}, {USED}
SELECT kind, id, wallet, orders, sales, discount, units FROM used ORDER BY kind, id, wallet
"""  # noqa: S608 - our own text, no input

LED_ORDERS = "asked a LEFT JOIN (SELECT DISTINCT key FROM led) AS l USING (key)"

LED_COUNTED: Mapping[str, str] = {
    "orders": "count(*)",
    "sales": "coalesce(sum(a.sales), 0)",
    "influenced_orders": "count(l.key)",
    "influenced_sales": "coalesce(sum(a.sales) FILTER (WHERE l.key IS NOT NULL), 0)",
}
"""All orders, and those that used an incentive."""

IN_ALL = f"""
-- All orders, and those that some incentive led to, once each.
WITH {_LED}
SELECT {", ".join(LED_COUNTED.values())}
FROM {LED_ORDERS}
"""  # noqa: S608 - our own text, no input

OF_ORDERS = f"""
-- The rows behind the figures, newest order first.
WITH {_LED}
SELECT a.source, a.order_id, a.member_id, a.occurred_at, a.sales, l.kind, l.id, max(l.wallet), sum(l.discount),
  sum(l.units)
FROM led l JOIN asked a USING (key)
WHERE (%(kind)s::text IS NULL OR l.kind = %(kind)s::text) AND (%(id)s::text IS NULL OR l.id = %(id)s::text)
  AND (%(order)s::text IS NULL OR key = %(order)s::text)
  AND (%(before_at)s::timestamptz IS NULL
    OR (a.occurred_at, key, l.kind, l.id) < (%(before_at)s::timestamptz, %(before)s::text, %(before_kind)s::text,
      %(before_id)s::text))
GROUP BY a.source, a.order_id, a.member_id, a.occurred_at, a.sales, key, l.kind, l.id
ORDER BY a.occurred_at DESC, key DESC, l.kind DESC, l.id DESC
LIMIT %(limit)s
"""  # noqa: S608 - our own text, no input


async def influence(tx: Transaction, program: Compiled, days: Days) -> tuple[Influence, int, int]:
    """Return what incentives led to in a period, beside how many orders there were in all and what they brought.

    The cost of an incentive is what it took off its orders plus what the units it gave are expected to cost when they
    are redeemed (as in the liability), rounded half up once. A reward that was paid with points costs what it took
    off: the points were a cost when they were earned.
    """
    whole, found = await _led(tx, program, days)
    return Influence(whole[2], int(whole[3]), found), whole[0], int(whole[1])


def influence_of(program: Compiled, totals: Totals) -> Influence:
    """Return the same from the sums of days."""
    led = {name: value for (series, name), value in totals.days.items() if series == "led"}
    orders: Counter[str] = Counter()
    sales: Counter[str] = Counter()
    for names, (count, amount) in led.items():
        for name in msgspec.json.decode(names, type=list[str]):
            orders[name] += count
            sales[name] += amount
    used = []
    for (series, name), (units, discount) in totals.days.items():
        if series == "led_by" and orders[name]:
            kind, rest = name.split(":", 1)
            id, wallet = rest.rsplit(":", 1)
            used.append((kind, id, int(wallet), orders[name], sales[name], discount, units))
    found = [_incentive(program, row) for row in sorted(used)]
    return Influence(sum(count for count, _ in led.values()), sum(amount for _, amount in led.values()), found)


async def _led(tx: Transaction, program: Compiled, days: Days) -> tuple[Sequence[Any], list[Incentive]]:
    names = _names(program, days)
    rows = await (await tx.execute(BY_INCENTIVE.encode(), names)).fetchall()
    whole = await (await tx.execute(IN_ALL.encode(), names)).fetchone()
    assert whole is not None
    return whole, [_incentive(program, row) for row in rows]


async def orders_of(
    tx: Transaction,
    program: Compiled,
    days: Days = ALWAYS,
    *,
    kind: str | None = None,
    id: str | None = None,
    order: str | None = None,
    before: After | None = None,
    limit: int,
) -> list[IncentiveOrder]:
    """Return orders with an incentive they used, newest first: the rows behind `incentives`.

    Args:
        tx: An open transaction on the program.
        program: As it stands.
        days: Of the orders.
        kind: Only `reward`, `voucher` or `campaign`.
        id: Only the incentive of this name.
        order: Only the order of this key (`source:id`).
        before: The last row of the page before: when, order, kind, incentive.
        limit: Rows of a page.
    """
    at = before or (None, None, None, None)
    names = _names(program, days) | {
        "kind": kind,
        "id": id,
        "order": order,
        "before_at": at[0],
        "before": at[1],
        "before_kind": at[2],
        "before_id": at[3],
        "limit": limit,
    }
    rows = await (await tx.execute(OF_ORDERS.encode(), names)).fetchall()
    return [
        IncentiveOrder(
            source=row[0],
            order_id=row[1],
            member_id=row[2],
            occurred_at=row[3],
            sales_minor=int(row[4]),
            kind=row[5],
            id=row[6],
            wallet=None if row[7] < 0 else program.terms[row[7]].id,
            discount_minor=int(row[8]),
            units=int(row[9]),
            cost_minor=_cost(program, row[5], row[7], int(row[8]), int(row[9])),
        )
        for row in rows
    ]


def _incentive(program: Compiled, row: Sequence[Any]) -> Incentive:
    kind, id, wallet, orders, sales, discount, units = row
    return Incentive(
        kind=kind,
        id=id,
        wallet=None if wallet < 0 else program.terms[wallet].id,
        orders=orders,
        sales_minor=int(sales),
        discount_minor=int(discount),
        units=int(units),
        cost_minor=_cost(program, kind, wallet, int(discount), int(units)),
    )


def _cost(program: Compiled, kind: str, wallet: int, discount: int, units: int) -> int:
    if kind != "campaign" or wallet < 0:
        return discount
    terms = program.terms[wallet]
    return discount + math.floor(units * terms.cost * terms.expected_redemption + Fraction(1, 2))


def _names(program: Compiled, days: Days) -> dict[str, Any]:
    return campaigns_of(program) | {
        "program_id": program.program_id,
        "zone": program.document.timezone,
        "since": days.since,
        "through": days.through,
    }


def campaigns_of(program: Compiled) -> dict[str, list[str]]:
    """Return which rules are a campaign's, side by side, in an order of their own."""
    rules = {
        (rule.id, rule.campaign)
        for trigger in program.triggers.values()
        for rule in trigger.rules
        if rule.campaign is not None
    }
    return {"rules": [rule for rule, _ in sorted(rules)], "campaigns": [campaign for _, campaign in sorted(rules)]}
