"""Budgets of order value: what fits in part is given in part, and refunds make room (C2)."""

from __future__ import annotations

from selling import DOCUMENT, MakeProgram, a_refund, an_order

from puntal.entrypoints.verifying import verify
from puntal.kit.db import Database


async def test_an_order_that_fits_in_part_is_given_its_part_and_a_refund_makes_room(
    a_program: MakeProgram, database: Database
) -> None:
    purchases = DOCUMENT["earning"][0] | {"budget": {"order_value": "100.00 EUR"}}
    shop = await a_program(earning=[purchases])

    given = []
    for order, amount in (("a", 8000), ("b", 5000)):
        answer = await shop.send(an_order(amount, id=order))
        given.append([award["points"] for award in answer.json()["awards"]])
    await shop.send(a_refund("a", refund={"order": "a", "id": "r1", "amount_minor": 2000}))
    answer = await shop.send(an_order(5000, id="c"))
    given.append([award["points"] for award in answer.json()["awards"]])

    assert given == [[80], [20], [20]]
    wrong = await verify(database, shop.program_id)
    assert {name: found for name, found in wrong.items() if found} == {}
