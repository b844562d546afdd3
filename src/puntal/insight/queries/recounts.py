"""SQL that adds one key figure up anew from the books, for whoever wants to see for herself.

Made of the same parts and counts as the statements that figures are read with, where the sums of days are not used;
its parameters are filled in. `tests/insight/test_shown_sql.py` runs it for every figure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from textwrap import dedent
from typing import Any

from psycopg import sql

from puntal.engine.model import Compiled
from puntal.insight.errors import FigureUnknown
from puntal.insight.model_kpis import Span
from puntal.insight.phrases import FORMULAS
from puntal.insight.queries.ending import SOON, soon_names
from puntal.insight.queries.flows import FLOWS_COUNTED, MOVED
from puntal.insight.queries.incentives import ASKED, LED_COUNTED, LED_FROM, LED_ORDERS, PER_ORDER, USED, campaigns_of
from puntal.insight.queries.parts import (
    ACTIVE,
    BOUGHT,
    CUSTOMERS,
    KNOWN,
    PEOPLE_COUNTED,
    PEOPLE_OF,
    PURCHASES_COUNTED,
    TOOK_PART,
    names,
)
from puntal.insight.store.rollups import FLOWED
from puntal.points.model import Terms
from puntal.points.queries import OUTSTANDING, PAID_IN_LEFT

_PARAMETER = re.compile(r"%%|%\((\w+)\)s")
_PART = re.compile(r"(?<=WITH)\s+(?=\w+ AS \()|(?<=\),)\s+(?=\w+ AS \()")
_COMMENT = re.compile(r"^\s*--[^\n]*\n", re.MULTILINE)


def plain(statement: str) -> str:
    """Return a statement without its comments, to stand in another."""
    return _COMMENT.sub("", statement).strip().replace("\n", "\n  ")


HELD = f"outstanding (wallet, available, pending, held, debt) AS (\n  {plain(OUTSTANDING)}\n)"
PAID = f"paid_in (wallet, units) AS (\n  {plain(PAID_IN_LEFT)}\n)"


def _share(part: str, whole: str, *, rounded: bool = False) -> str:
    value = f"({part})::numeric / nullif(greatest({whole}, 0), 0)"
    value = f"round({value})" if rounded else value
    return f"{part} AS numerator, {whole} AS denominator, {value} AS value"


_OF_PEOPLE: Mapping[str, tuple[tuple[str, ...], str]] = {
    "members": (("members",), "members AS value"),
    "new_members": (("new_members",), "new_members AS value"),
    "active_members": (("active_members",), "active_members AS value"),
    "active_rate": (("active_members", "members"), _share("active_members", "members")),
    "participating_members": (("participating_members",), "participating_members AS value"),
    "participation_rate": (("participating_members", "members"), _share("participating_members", "members")),
}
_GUESTS = ("orders", "sales", "member_orders", "member_sales")
_GUEST_ORDERS, _GUEST_SALES = "orders - member_orders", "sales - member_sales"
_OF_PURCHASES: Mapping[str, tuple[tuple[str, ...], str]] = {
    "orders": (("orders",), "orders AS value"),
    "sales": (("sales",), "sales AS value"),
    "average_order": (("orders", "sales"), _share("sales", "orders", rounded=True)),
    "member_orders": (("member_orders",), "member_orders AS value"),
    "member_sales": (("member_sales",), "member_sales AS value"),
    "member_average_order": (
        ("member_orders", "member_sales"),
        _share("member_sales", "member_orders", rounded=True),
    ),
    "guest_orders": (("orders", "member_orders"), f"{_GUEST_ORDERS} AS value"),
    "guest_sales": (("sales", "member_sales"), f"{_GUEST_SALES} AS value"),
    "guest_average_order": (_GUESTS, _share(f"({_GUEST_SALES})", f"({_GUEST_ORDERS})", rounded=True)),
    "average_order_uplift": (
        _GUESTS,
        _share(
            f"member_sales * ({_GUEST_ORDERS}) - ({_GUEST_SALES}) * member_orders",
            f"(({_GUEST_SALES}) * member_orders)",
        ),
    ),
    "buyers": (("buyers",), "buyers AS value"),
    "membership_rate": (("member_buyers", "buyers"), _share("member_buyers", "buyers")),
    "repeat_purchase_rate": (("returning_orders", "known_orders"), _share("returning_orders", "known_orders")),
    "repeat_customer_rate": (("repeat_buyers", "buyers"), _share("repeat_buyers", "buyers")),
    "purchase_frequency": (("known_orders", "buyers"), _share("known_orders", "buyers")),
}
_MOVED = ("opening", "earned", "spent", "expired", "other")
_OF_FLOWS: Mapping[str, tuple[tuple[str, ...], str]] = {
    **{id: ((id,), f"{id} AS value") for id in _MOVED},
    "closing": (_MOVED, "opening + earned + other - spent - expired AS value"),
    "redemption_rate_period": (("spent", "earned"), _share("spent", "earned")),
    "redemption_rate_lifetime": (("spent_ever", "earned_ever"), _share("spent_ever", "earned_ever")),
    "breakage_rate": (("expired_ever", "earned_ever"), _share("expired_ever", "earned_ever")),
}
_OF_INCENTIVES: Mapping[str, str] = {
    "influenced_orders": "influenced_orders AS value",
    "influenced_sales": "influenced_sales AS value",
    "incentive_cost": "cost AS value",
    "incentive_roi": _share("influenced_sales - cost", "cost"),
}
COST_OF_USED = """u.discount + CASE WHEN u.kind = 'campaign' AND u.wallet >= 0
    THEN floor((2 * u.units * e.part + e.whole) / (2 * e.whole)) ELSE 0 END"""
"""Of what is `used` with what is `expected`."""
_STANDING = ("ending_soon", "ending_soon_rate", "liability")
_ONE_ROW = "(VALUES (1)) AS one"
NO_RATES = ("redemption_rate_period", "redemption_rate_lifetime", "breakage_rate")
"""Money is paid in, and what qualifies is not spent: neither has these."""


def recount(program: Compiled, figure: str, wallet: str | None, period: Span, *, now: datetime, language: str) -> str:
    """Return SQL whose one row has the figure as `value`, and of rates `numerator` and `denominator`.

    Raises:
        FigureUnknown: There is no such figure, or not of this wallet.
    """
    terms = next((one for one in program.terms if one.id == wallet), None)
    if (wallet is None) == (figure in _OF_FLOWS or figure in _STANDING) or (wallet is not None and terms is None):
        raise FigureUnknown(figure=figure)
    said = names(program, period)
    if terms is not None:
        if terms.kind in ("money", "qualifying") and figure in NO_RATES:
            raise FigureUnknown(figure=figure)
        if figure in _STANDING and terms.kind == "qualifying":
            raise FigureUnknown(figure=figure)
        said |= soon_names(program, now) | {"wallet": terms.ordinal, "wallets": [terms.ordinal]}
        text = _standing(figure, terms) if figure in _STANDING else _moved(figure)
    elif figure in _OF_PEOPLE:
        text = _people(figure)
    elif figure in _OF_PURCHASES:
        text = _purchases(figure)
    elif figure in _OF_INCENTIVES:
        said |= campaigns_of(program)
        text = _incentives(figure, program.terms)
    else:
        raise FigureUnknown(figure=figure)
    return _head(program, figure, period, language) + filled(text, said)


def _head(program: Compiled, figure: str, period: Span, language: str) -> str:
    days = f"{period.since} - {period.through}, {program.document.timezone}"
    return f"-- {FORMULAS[figure][language]}\n-- {figure}: {days}\n"


def _counted(parts: Sequence[str], counts: Mapping[str, str], wanted: Sequence[str], of: str, value: str) -> str:
    listed = ",\n    ".join(f"{counts[name]} AS {name}" for name in wanted)
    every = [*(part.strip() for part in parts), f"counted AS (\n  SELECT\n    {listed}\n  FROM {of}\n)"]
    return f"WITH {', '.join(every)}\nSELECT {value}\nFROM counted"


def _people(figure: str) -> str:
    wanted, value = _OF_PEOPLE[figure]
    parts = [TOOK_PART] if "participating_members" in wanted else []
    parts = [BOUGHT, TOOK_PART, ACTIVE] if "active_members" in wanted else parts
    return _counted(parts, PEOPLE_COUNTED, wanted, PEOPLE_OF, value)


def _purchases(figure: str) -> str:
    wanted, value = _OF_PURCHASES[figure]
    parts, of = [BOUGHT], "bought"
    if "returning_orders" in wanted:
        parts, of = [*parts, KNOWN], "known"
    of_customers = [name for name in wanted if "customers" in PURCHASES_COUNTED[name]]
    if of_customers:
        parts.append(CUSTOMERS)
    if len(of_customers) == len(wanted):
        # Each is a question of its own: one row answers them.
        of = _ONE_ROW
    return _counted(parts, PURCHASES_COUNTED, wanted, of, value)


def _moved(figure: str) -> str:
    wanted, value = _OF_FLOWS[figure]
    moves = f"moves AS (\n  SELECT {MOVED}\n)"
    return _counted([FLOWED, moves], FLOWS_COUNTED, wanted, "moves\n  WHERE wallet = %(wallet)s", value)


def _incentives(figure: str, terms: Sequence[Terms]) -> str:
    cost = f"""costs AS (
  SELECT coalesce(sum({COST_OF_USED}), 0) AS cost
  FROM used u LEFT JOIN expected e ON e.wallet = u.wallet
)"""  # noqa: S608 - our own text, no input
    counts = {**LED_COUNTED, "cost": "(SELECT cost FROM costs)"}
    wanted = ("influenced_orders", "influenced_sales", "cost")
    parts = [f"{ASKED}, {LED_FROM}", PER_ORDER, USED, expected(terms), cost]
    return _counted(parts, counts, wanted, LED_ORDERS, _OF_INCENTIVES[figure])


def expected(terms: Sequence[Terms]) -> str:
    """Return what a unit of each wallet is expected to cost, `part` by `whole`, as a part of a statement."""
    costs = ", ".join(
        f"({one.ordinal}, {(one.cost * one.expected_redemption).numerator}::numeric,"
        f" {(one.cost * one.expected_redemption).denominator})"
        for one in terms
    )
    return f"expected (wallet, part, whole) AS (VALUES {costs})"


def _standing(figure: str, terms: Terms) -> str:
    if figure != "liability":
        counts = {
            "units": "(SELECT coalesce(sum(remaining), 0) FROM soon WHERE wallet = %(wallet)s)",
            "available": "(SELECT coalesce(sum(available), 0) FROM outstanding WHERE wallet = %(wallet)s)",
        }
        rate = figure == "ending_soon_rate"
        value = _share("units", "available") if rate else "units AS value"
        wanted = ("units", "available") if rate else ("units",)
        return _counted([SOON, HELD] if rate else [SOON], counts, wanted, _ONE_ROW, value)
    counts = {
        "units": "(SELECT coalesce(sum(available + pending + held), 0) FROM outstanding WHERE wallet = %(wallet)s)",
        "paid": "(SELECT coalesce(sum(units), 0) FROM paid_in)" if terms.kind == "money" else "0",
    }
    cost, expected = terms.cost, terms.expected_redemption
    whole = cost.denominator * expected.denominator
    exact = f"(units - paid) * {cost.numerator * expected.numerator}::numeric"
    exact += f" + paid * {cost.numerator * expected.denominator}"
    value = f"floor((2 * ({exact}) + {whole}) / {2 * whole}) AS value"
    parts = [HELD, PAID] if terms.kind == "money" else [HELD]
    return _counted(parts, counts, ("units", "paid"), _ONE_ROW, value)


def filled(statement: str, said: Mapping[str, Any]) -> str:
    """Return a statement with its parameters written out, to be run as it stands."""

    def literal(found: re.Match[str]) -> str:
        return "%" if found[1] is None else _literal(said[found[1]])

    text = _PART.sub(" ", _COMMENT.sub("", statement))
    return dedent(_PARAMETER.sub(literal, text)).strip() + ";\n"


def _literal(value: object) -> str:
    if isinstance(value, date):
        value = value.isoformat()
    if isinstance(value, list):
        return f"ARRAY[{', '.join(map(_literal, value))}]"
    return sql.Literal(value).as_string(None)
