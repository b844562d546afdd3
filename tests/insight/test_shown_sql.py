"""The SQL that is shown for a figure gives that figure, of random histories and of a story. F1."""

from __future__ import annotations

from fractions import Fraction
from random import Random
from typing import TYPE_CHECKING

import pytest
from counted import MADRID, happen
from telling import POINTS, Teller
from test_home_screen import DOCUMENT, MARCH, a_history
from test_recomputed_kpis import NOW, PERIODS, a_program

from puntal.insight import policy_kpis as policy
from puntal.insight import queries as insight
from puntal.insight.model_kpis import Figure

if TYPE_CHECKING:
    from datetime import date

    from puntal.kit.db import Transaction


async def gives(tx: Transaction, statement: str, one: Figure) -> None:
    """Assert that a statement answers a figure, exactly."""
    cursor = await tx.execute(statement.encode())
    assert cursor.description is not None
    row = await cursor.fetchone()
    assert row is not None
    found = dict(zip([column.name for column in cursor.description], row, strict=True))
    if one.share is not None:
        assert (found["numerator"], found["denominator"]) == (one.share.numerator, one.share.denominator), one
    if one.value is None:
        assert found["value"] is None, one
    else:
        assert abs(Fraction(found["value"]) - one.value) < Fraction(1, 10**9), one
    assert await cursor.fetchone() is None


@pytest.mark.parametrize(("since", "through"), PERIODS)
@pytest.mark.parametrize("seed", range(2))
async def test_each_statement_gives_its_figure(
    tx: Transaction, program_id: int, seed: int, since: date, through: date
) -> None:
    await happen(tx, program_id, Random(seed))
    program, period = a_program(program_id), policy.span(MADRID, since, through)

    for one in policy.figures(await insight.kpis(tx, program, period, now=NOW)):
        statement = insight.recount(program, one.id, one.wallet, period, now=NOW, language="en")
        assert "%(" not in statement
        await gives(tx, statement, one)


WITH_MONEY = DOCUMENT | {
    "wallets": DOCUMENT["wallets"] | {"money": {"kind": "money", "currency": "EUR"}, "status": {"kind": "qualifying"}},
    "campaigns": [
        {
            "id": "spring",
            "from": "2025-01-01",
            "through": "2025-12-31",
            "earning": [{"id": "extra", "on": "purchase", "award": POINTS}],
        }
    ],
}


async def test_each_statement_gives_its_figure_of_a_whole_story(story: Teller, monkeypatch: pytest.MonkeyPatch) -> None:
    """Through the API, with a liability, units that end soon, campaigns and money."""
    monkeypatch.setitem(DOCUMENT, "wallets", WITH_MONEY["wallets"])
    monkeypatch.setitem(DOCUMENT, "campaigns", WITH_MONEY["campaigns"])
    anna = await a_history(story)
    await story.post(
        f"members/{anna}/wallets/money/load", {"amount": 2500, "means": "cash", "reference": "L1"}, status=201
    )
    await story.at("2025-04-20")
    figures = (await story.get(f"reports/kpis?{MARCH}"))["figures"]
    by = {(one["id"], one["wallet"]): one["value"] for one in figures}
    assert min(by["influenced_orders", None], by["incentive_cost", None], by["liability", "points"]) > 0
    assert min(by["ending_soon", "points"], by["liability", "money"]) > 0

    for one in figures:
        shown = await story.get(one["sql"], locale="es")

        assert shown["formula"] in shown["sql"]
        share = one["share"]
        async with story.database.program_transaction(story.program_id) as tx:
            cursor = await tx.execute(shown["sql"].encode())
            row = await cursor.fetchone()
        assert row is not None
        assert (row[-1] is None) == (one["value"] is None), one
        assert row[-1] is None or round(float(row[-1]), 6) == one["value"], one
        assert share is None or (row[0], row[1]) == (share["numerator"], share["denominator"]), one
    for wrong in ("figure=nothing", "figure=earned", "figure=members&wallet=points", "figure=liability&wallet=status"):
        refused = await story.get(f"reports/kpis/sql?{wrong}", status=404)
        assert refused["type"] == "insight.figure_unknown"
