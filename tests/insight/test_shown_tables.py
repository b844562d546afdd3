"""The SQL that is shown for a table of a report gives that table, and every number of it has its rows. F1, A12."""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import date
from decimal import Decimal, InvalidOperation
from random import Random
from typing import TYPE_CHECKING, Any, get_args

import pytest
from counted import MADRID, happen
from telling import POINTS, Teller
from test_recomputed_kpis import NOW, TODAY, a_program

from puntal.insight import policy_kpis as policy
from puntal.insight import queries as insight
from puntal.insight.model import Days
from puntal.insight.model_breakdowns import Table
from puntal.insight.phrases_tables import TABLES
from puntal.insight.queries.tables import Wanted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from puntal.kit.db import Transaction

DOCUMENT: dict[str, Any] = {
    "puntal": 1,
    "name": "Aurora",
    "timezone": "Europe/Madrid",
    "currency": "EUR",
    "wallets": {
        "points": {
            "kind": "points",
            "expiry": {"after": "2 months"},
            "liability": {"cost_per_point": "0.01 EUR", "expected_redemption": "33%"},
        },
        "money": {"kind": "money", "currency": "EUR", "gift_cards": {"expiry": {"after": "3 years"}}},
        "status": {"kind": "qualifying"},
    },
    "earning": [
        {"id": "purchases", "on": "purchase", "award": POINTS, "budget": {"points": 900}},
        {"id": "ranked", "on": "purchase", "award": POINTS | {"wallet": "status"}},
    ],
    "campaigns": [
        {
            "id": "spring",
            "from": "2025-01-01",
            "through": "2025-12-31",
            "budget": {"points": 100_000},
            "earning": [{"id": "extra", "on": "purchase", "award": POINTS}],
        }
    ],
    "ladders": [
        {
            "id": "club",
            "measure": {"earned": "status"},
            "window": "calendar_year",
            "keep": "end_of_next_period",
            "tiers": [{"id": "base"}, {"id": "silver", "from": 100}],
        }
    ],
    "rewards": [
        {
            "id": "mug",
            "kind": "product",
            "product": {"ids": ["mug"]},
            "cost": {"wallet": "points", "points": 30},
            "stock": 50,
        },
        {
            "id": "tenner",
            "kind": "amount_off",
            "value": "10.00 EUR",
            "voucher": {},
            "cost": {"wallet": "points", "points": 20},
        },
        {"id": "tea", "kind": "product", "product": {"ids": ["tea"]}, "cost": {"wallet": "points", "points": 5}},
    ],
}
MARCH = "from=2025-03-01&through=2025-03-31"
FILES: dict[Table, tuple[str, str]] = {
    "series": ("reports/series", f"{MARCH}&every=week"),
    "rewards": ("reports/rewards", MARCH),
    "tiers": ("reports/tiers", MARCH),
    "moves": ("reports/tiers", f"{MARCH}&of=moves"),
    "cohorts": ("reports/cohorts", "from=2025-01-01&through=2025-04-30"),
    "churn": ("reports/churn", f"{MARCH}&times=2"),
    "incentives": ("reports/incentives", MARCH),
    "budgets": ("reports/budgets", ""),
    "budget_days": ("reports/budgets/series", "budget=rule:purchases&measure=points"),
    "liability": ("reports/liability", ""),
    "gift_cards": ("reports/gift-cards", ""),
}
"""`influence` is no file: its numbers stand above the table of incentives."""


def plainly(cell: object) -> object:
    """A cell as both sides write it."""
    text = "" if cell is None else str(cell)
    try:
        return Decimal(text).normalize()
    except InvalidOperation:
        return text


async def rows_of(tx: Transaction, statement: str) -> tuple[list[str], Counter[tuple[object, ...]]]:
    """What a shown statement answers: its columns, and its rows."""
    cursor = await tx.execute(statement.encode())
    assert cursor.description is not None
    columns = [column.name for column in cursor.description]
    return columns, Counter(tuple(map(plainly, row)) for row in await cursor.fetchall())


def test_every_table_says_what_it_is() -> None:
    assert set(TABLES) == set(get_args(Table)) == {*FILES, "influence"}
    assert all(set(said) == {"en", "es"} for said in TABLES.values())


async def a_year(story: Teller) -> tuple[str, str]:
    """Two join in winter, one climbs and takes rewards and uses a voucher, one falls silent; a card is sold."""
    await story.at("2025-01-05")
    await story.open(DOCUMENT)
    anna, ben = await story.joins("anna@example.com"), await story.joins("ben@example.com")
    await story.at("2025-02-03")
    await story.buys(anna, 8000, order="A1")
    for day in ("2025-02-10", "2025-02-17", "2025-02-24"):
        await story.at(day)
        await story.buys(ben, 1500, order=f"B{day}")
    await story.at("2025-03-04")
    await story.joins("carla@example.com")
    await story.buys(anna, 9000, order="A2")
    await story.buys("guest@example.com", 3000, order="G1")
    mug = await story.post("redemptions", {"member_id": anna, "reward": "mug", "commit": True}, status=201)
    assert mug["state"] == "committed"
    await story.at("2025-03-12")
    taken = await story.post("redemptions", {"member_id": anna, "reward": "tenner", "commit": True}, status=201)
    code = taken["vouchers"][0]["code"]
    await story.post(
        f"vouchers/{code}/redeem",
        {"reference": "U1", "order": "store:A3", "member_id": anna, "discount_minor": 1000},
    )
    await story.buys(anna, 5000, order="A3")
    await story.buys(anna, 4000, order="A4")
    await story.refunds("A4")
    await story.post(
        f"members/{anna}/wallets/money/load", {"amount": 2500, "means": "cash", "reference": "L1"}, status=201
    )
    await story.post("gift-cards", {"wallet": "money", "amount": 4000, "reference": "C1"}, status=201)
    await story.at("2025-04-20")
    return anna, ben


async def file_of(story: Teller, address: str, query: str) -> list[dict[str, str]]:
    """A report as a spreadsheet has it."""
    file = await story.client.get(f"{story.path}/{address}?{query}", headers={"accept": "text/csv"})
    assert file.status_code == 200, file.text
    return list(csv.DictReader(io.StringIO(file.text.removeprefix("\ufeff"))))


async def test_each_statement_gives_the_table_it_is_shown_for(story: Teller) -> None:
    await a_year(story)
    for table, (address, query) in FILES.items():
        told = await file_of(story, address, query)
        assert told, table
        asked = "&".join(part for part in query.split("&") if part and not part.startswith("of="))

        shown = await story.get(f"reports/tables/sql?table={table}&{asked}", locale="es")

        assert shown["formula"] == TABLES[table]["es"].format(times=2)
        async with story.database.program_transaction(story.program_id) as tx:
            columns, found = await rows_of(tx, shown["sql"])
        assert found == Counter(tuple(plainly(row[column]) for column in columns) for row in told), table
    incentives = await story.get(f"reports/incentives?{MARCH}")
    shown = await story.get(f"reports/tables/sql?table=influence&{MARCH}")
    async with story.database.program_transaction(story.program_id) as tx:
        columns, found = await rows_of(tx, shown["sql"])
    assert found == Counter([tuple(plainly(incentives[column]) for column in columns)])
    unknown = await story.get("reports/tables/sql?table=budget_days&budget=rule:none&measure=points", status=404)
    assert unknown["type"] == "insight.budget_unknown"


async def test_every_number_of_a_table_has_its_rows(story: Teller) -> None:
    anna, ben = await a_year(story)

    tiers = await story.get(f"reports/tiers?{MARCH}")
    for one in tiers["tiers"]:
        for at, count in (("start", one["before"]), ("end", one["after"])):
            rows = await story.get(f"reports/tiers/members?{MARCH}&ladder=club&tier={one['tier']}&at={at}")
            assert len(rows["items"]) == count, one
    assert [(one["tier"], one["before"], one["after"]) for one in tiers["tiers"]] == [("base", 2, 2), ("silver", 0, 1)]
    rewards = {one["reward"]: one for one in (await story.get(f"reports/rewards?{MARCH}"))["items"]}
    uses = (await story.get(f"reports/rewards/uses?{MARCH}&reward=tenner"))["items"]
    assert [(row["member_id"], row["reference"], row["order"]) for row in uses] == [(anna, "U1", "store:A3")]
    assert rewards["tenner"]["vouchers_used"] == 1
    assert sum(row["discount_minor"] for row in uses) == rewards["tenner"]["discount_minor"]
    incentives = await story.get(f"reports/incentives?{MARCH}")
    orders = (await story.get(f"reports/kpis/orders?{MARCH}&of=earning_orders"))["items"]
    assert (len(orders), sum(row["sales_minor"] for row in orders)) == (incentives["orders"], incentives["sales_minor"])
    churn = await story.get(f"reports/churn?{MARCH}")
    assert churn["active_at_start"] >= churn["lost"] >= 1
    active = await story.get(f"{churn['rows']}&of=customers")
    assert len(active["items"]) == churn["active_at_start"]
    for cohort in churn["items"]:
        for month, end in enumerate(cohort["ends"]):
            for of in ("customers", "silent"):
                there = await story.get(f"{churn['rows']}&cohort={cohort['cohort']}&on={end}&of={of}")
                assert len(there["items"]) == cohort[of][month], (cohort["cohort"], end, of)
    assert ben in {row["member_id"] for row in (await story.get(churn["rows"]))["items"]}


async def test_goals_and_benchmarks_lead_to_their_rows_and_sql(story: Teller) -> None:
    await a_year(story)
    goal = {"name": "Sales", "metric": "sales", "target": 90000, "from": "2025-03-01", "through": "2025-05-31"}
    benchmark = {
        "metric": "earned",
        "wallet": "points",
        "value": 5,
        "label": "Others",
        "source": "A book",
        "year": 2024,
    }
    made = await story.post("goals", goal, status=201)
    await story.post("reports/benchmarks", benchmark, status=201)
    [beside] = (await story.get(f"reports/benchmarks?{MARCH}"))["items"]

    for one, value in ((made, made["value"]), (beside, beside["ours"])):
        rows = await story.get(one["rows"])
        shown = await story.get(one["sql"])
        async with story.database.program_transaction(story.program_id) as tx:
            [(found,)] = await (await tx.execute(shown["sql"].encode())).fetchall()
        assert found == value > 0
        assert sum(row.get("sales_minor", row.get("units", 0)) for row in rows["items"]) == value


PERIODS: Sequence[tuple[date, date]] = [
    (date(2026, 1, 1), date(2026, 5, 1)),
    (date(2026, 3, 1), date(2026, 3, 31)),
    (date(2025, 1, 1), date(2025, 1, 31)),
]


@pytest.mark.parametrize(("since", "through"), PERIODS)
@pytest.mark.parametrize("seed", range(2))
async def test_statements_give_what_reports_count_of_random_histories(
    tx: Transaction, program_id: int, seed: int, since: date, through: date
) -> None:
    await happen(tx, program_id, Random(seed))
    program, period = a_program(program_id), policy.span(MADRID, since, through)

    async def shown(table: Table) -> Counter[tuple[object, ...]]:
        wanted = Wanted(table=table, period=period, every="month")
        return (await rows_of(tx, await insight.table_sql(tx, program, wanted, now=NOW, language="en")))[1]

    stands, moves = await insight.tiers(tx, program, period)
    series = await insight.series(tx, program, period, every="month")
    silence = await insight.silence(tx, program, period)
    led = await insight.incentives(tx, program, Days(since, through))
    expected: dict[Table, list[tuple[object, ...]]] = {
        "tiers": [(one.ladder, one.tier, one.before, one.after) for one in stands],
        "moves": [(one.ladder, one.from_tier, one.to_tier, one.changes, one.members) for one in moves],
        "cohorts": [
            (one.month, one.members, k, count, round(Decimal(count) / one.members, 6))
            for one in await insight.cohorts(tx, program, period, today=TODAY)
            for k, count in enumerate(one.buyers)
        ],
        "series": [
            (
                one.since, one.through, one.new_members, one.orders, one.sales_minor, one.member_orders,
                one.member_sales_minor, one.guest_orders, one.guest_sales_minor,
                *(each for moved in one.wallets for each in (moved.earned, moved.spent, moved.expired)),
            )
            for one in series
        ],
        "churn": [
            (
                one.month, one.members, k, [day for day in silence.ends if day >= one.month][k], customers, silent,
                round(Decimal(silent) / customers, 6) if customers else None,
            )
            for one in silence.cohorts
            for k, (customers, silent) in enumerate(zip(one.customers, one.silent, strict=True))
        ],
        "incentives": [
            (one.kind, one.id, one.wallet, one.orders, one.sales_minor, one.discount_minor, one.units, one.cost_minor)
            for one in led.incentives
        ],
        "influence": [(led.orders, led.sales_minor, led.influenced_orders, led.influenced_sales_minor)],
    }  # fmt: skip
    for table, rows in expected.items():
        assert await shown(table) == Counter(tuple(map(plainly, row)) for row in rows), table
