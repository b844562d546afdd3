"""G5: what a ready-made program would give and cost a shop, lived by the engine over a year that is made up."""

from __future__ import annotations

from collections.abc import AsyncIterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import httpx2
import msgspec
import pytest
from fastapi import FastAPI
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from puntal.access.gate import Gate
from puntal.access.model import OrganizationId, Permission
from puntal.access.operations import keys
from puntal.insight.outlook import api, operations, year
from puntal.insight.outlook.model import Outlook, Shop, Sums, Units
from puntal.insight.outlook.reckoning import extra, reckon
from puntal.insight.outlook.trades import SHOP, TRADES
from puntal.kit import clock, http
from puntal.programs.document.program import Program
from puntal.programs.templates import list_templates, load_template

if TYPE_CHECKING:
    from puntal.kit.db import Database

TEMPLATES = [template.id for template in list_templates()]
SMALL = replace(year.typical(SHOP, "EUR"), orders_per_member=4, orders_per_month=400)


def a_program(*rules: dict[str, Any], rewards: tuple[dict[str, Any], ...] = ()) -> Program:
    return Program.model_validate(
        {
            "puntal": 1,
            "name": "Aurora",
            "timezone": "Europe/Madrid",
            "currency": "EUR",
            "wallets": {"points": {"kind": "points", "liability": {"cost_per_point": "0.01 EUR"}}},
            "earning": list(rules),
            "rewards": list(rewards),
        }
    )


def a_rate(points: int = 1) -> dict[str, Any]:
    return {"id": "purchases", "on": "purchase", "award": {"wallet": "points", "points": points, "per": "1.00 EUR"}}


FIVE_EURO = {
    "id": "five",
    "kind": "amount_off",
    "name": "5 euro",
    "value": "5.00 EUR",
    "cost": {"wallet": "points", "points": 500},
}


@pytest.mark.parametrize("template", TEMPLATES)
def test_what_is_kept_is_what_the_engine_says(template: str) -> None:
    """The gallery's figures are no numbers of somebody's: run `python -m puntal.insight.outlook` where they changed."""
    document = Program.model_validate(load_template(template))
    assert operations.live(document, TRADES[template], operations.typical(template)) == operations.stored()[template]


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_template_pays_for_itself_in_its_typical_shop(template: str) -> None:
    """Good practice: it gives something that members use, and asks for no miracle to pay for it."""
    found = operations.stored()[template]
    assert found.rewards > 0
    assert found.cost_rate is not None
    assert Fraction(1, 1000) < found.cost_rate < Fraction(8, 100)
    assert found.extra_rate is not None
    assert found.extra_rate < Fraction(20, 100)
    assert found.left_minor > 0
    for wallet in found.wallets:
        assert wallet.issued > wallet.redeemed > 0
        # Each is rounded by itself.
        assert abs(wallet.issued - wallet.redeemed - wallet.expired - wallet.outstanding) <= 3


def test_the_golden_year() -> None:
    """Worked by hand: 1 % back, everybody redeems, nothing else: issued, redeemed and set aside add up to the rate."""
    shop = replace(SMALL, redeeming_percent=100)
    found = operations.live(a_program(a_rate(), rewards=(FIVE_EURO,)), SHOP, shop)
    # 400 a month x 12 x half of them members' x 30.00 euro, of which 45 % is left.
    assert (found.orders, found.members, found.sales_minor) == (2_400, 600, 7_200_000)
    assert found.margin_minor == 3_240_000
    (points,) = found.wallets
    assert points.redeemed == found.rewards * 500
    assert found.rewards_minor == found.rewards * 500, "a reward takes 5.00 euro off"
    assert found.liability_minor == points.outstanding, "a point costs a cent, and all are expected back"
    # A point per whole euro of an order less what rewards took off it: at most 1 % of what was paid, short of cents.
    paid = found.sales_minor - found.rewards_minor
    assert paid - 100 * found.orders < points.issued * 100 <= paid
    assert found.cost_minor == found.rewards_minor + found.liability_minor
    assert found.left_minor == found.margin_minor - found.cost_minor
    assert found.extra_minor is not None
    assert found.extra_rate is not None
    # Further sales of the break-even amount leave exactly what the program costs.
    assert found.cost_rate is not None
    leaves = found.extra_rate * found.sales_minor * (Fraction(45, 100) - found.cost_rate)
    assert leaves == found.cost_minor


def test_the_formula_of_what_pays_for_it() -> None:
    assert extra(Fraction(100_000), Fraction(1, 2), 10_000) == 25_000, "10 % given back of a margin of 50 %"
    assert extra(Fraction(100_000), Fraction(1, 10), 10_000) is None, "no amount pays for giving all of it away"
    assert extra(Fraction(100_000), Fraction(1, 2), 0) == 0
    assert extra(Fraction(0), Fraction(1, 2), 5) is None


def test_units_that_are_nowhere_have_ended() -> None:
    shop = replace(SMALL, orders_per_month=100, member_percent=100, basket_minor=1_000)
    program = a_program(a_rate())
    compiled = operations.compiled(program)
    sums = Sums(members=10, orders=600, sales_minor=600_000, units={0: Units(1_000, 300, 200, 100, 0)})
    (points,) = reckon(compiled, shop, sums).wallets
    assert (points.issued, points.redeemed, points.expired, points.outstanding) == (2_000, 600, 800, 600)


@settings(max_examples=3, deadline=None)
@given(orders=st.integers(1, 5_000), basket=st.integers(200, 20_000), redeeming=st.integers(0, 100))
def test_twice_the_orders_cost_twice_as_much(orders: int, basket: int, redeeming: int) -> None:
    shop = replace(SMALL, orders_per_month=orders, basket_minor=basket, redeeming_percent=redeeming)
    program = a_program(a_rate(2), rewards=(FIVE_EURO,))
    once, twice = (operations.live(program, SHOP, replace(shop, orders_per_month=orders * times)) for times in (1, 2))
    for name in ("members", "orders", "sales_minor", "rewards", "rewards_minor", "liability_minor", "cost_minor"):
        assert abs(getattr(twice, name) - 2 * getattr(once, name)) <= 4, name
    assert once.cost_rate is not None
    assert twice.cost_rate is not None
    assert abs(once.cost_rate - twice.cost_rate) <= Fraction(4, once.sales_minor)


@settings(max_examples=2, deadline=None)
@given(orders=st.integers(1, 5_000), member_percent=st.integers(0, 100))
def test_a_program_that_gives_nothing_costs_nothing(orders: int, member_percent: int) -> None:
    shop = replace(SMALL, orders_per_month=orders, member_percent=member_percent)
    silent = {"id": "never", "on": "purchase", "when": {"order.net": {"at_least": "9999999.00 EUR"}}}
    silent["award"] = {"wallet": "points", "points": 5}
    found = operations.live(a_program(silent), SHOP, shop)
    assert (found.cost_minor, found.rewards, found.extra_minor) == (0, 0, 0)
    assert found.left_minor == found.margin_minor


def test_nobody_redeems_and_nobody_is_a_member() -> None:
    program = a_program(a_rate(), rewards=(FIVE_EURO,))
    asleep = operations.live(program, SHOP, replace(SMALL, redeeming_percent=0))
    assert (asleep.rewards, asleep.rewards_minor) == (0, 0)
    assert asleep.liability_minor == asleep.wallets[0].outstanding > 0
    alone = operations.live(program, SHOP, replace(SMALL, member_percent=0))
    assert (alone.members, alone.sales_minor, alone.cost_minor, alone.cost_rate) == (0, 0, 0, None)


def test_a_budget_of_all_is_that_of_the_whole_shop() -> None:
    """What 1,000 members share is not spent by the 300 who are lived."""
    rule = {"id": "gift", "on": "purchase", "award": {"wallet": "points", "points": 10}, "budget": {"points": 5_000}}
    found = operations.live(a_program(rule), SHOP, replace(SMALL, orders_per_month=4_000))
    assert abs(found.wallets[0].issued - 5_000) <= 100, (
        "scaled by sales, which the sample meets within a percent or two"
    )


def test_the_year_is_the_same_every_time() -> None:
    program = a_program(a_rate(), rewards=(FIVE_EURO,))
    assert operations.live(program, SHOP, SMALL) == operations.live(program, SHOP, SMALL)


def test_every_trade_is_a_template_of_ours_and_fills_its_orders() -> None:
    assert set(TRADES) == set(TEMPLATES)
    for id, trade in TRADES.items():
        document = Program.model_validate(load_template(id))
        compiled = operations.compiled(document)
        persons = list(year.people(compiled, trade, replace(operations.typical(id), orders_per_member=6)))
        orders = [event.order for person in persons for event in person.events if event.order is not None]
        assert len(orders) == 6 * len(persons), id
        assert {line.category for order in orders for line in order.lines} == {part.category for part in trade.parts}
        told = {event.type for person in persons for event in person.events}
        assert {deed.type for deed in trade.deeds} <= told, id
        average = Fraction(sum(line.amount_minor for order in orders for line in order.lines), len(orders))
        assert abs(average / operations.typical(id).basket_minor - 1) < Fraction(5, 100), id


@pytest.fixture
async def client(database: Database, program_id: int) -> AsyncIterator[httpx2.AsyncClient]:
    """Anna, who may make programs."""
    async with database.transaction() as tx:
        row = await (await tx.execute("SELECT organization_id FROM program WHERE id = %s", [program_id])).fetchone()
        assert row is not None
        scopes = frozenset({Permission.PROGRAM_CREATE})
        key = await keys.create_first_key(tx, OrganizationId(row[0]), name="Anna", now=clock.now(), scopes=scopes)
    app = FastAPI()
    http.install(app)
    app.state.database = database
    app.state.gate = Gate(database)
    http.add_routes(app, api.router)
    transport = httpx2.ASGITransport(app, client=("203.0.113.7", 40000))
    headers = {"authorization": f"Bearer {key.token}"}
    async with httpx2.AsyncClient(transport=transport, base_url="http://puntal", headers=headers) as opened:
        yield opened


async def test_whoever_chooses_sees_what_each_costs(client: httpx2.AsyncClient) -> None:
    listed = (await client.get("/v1/outlooks", headers={"accept-language": "es"})).json()
    assert [each["template"] for each in listed] == TEMPLATES
    cafe = next(each for each in listed if each["template"] == "cafe")
    assert [wallet["name"] for wallet in cafe["wallets"]] == ["sellos", "granos"]
    assert (await client.get("/v1/templates/cafe/outlook")).json()["cost_minor"] == cafe["cost_minor"]


async def test_ones_own_shop_is_lived_in_its_own_money(client: httpx2.AsyncClient) -> None:
    mine: dict[str, str | int] = {
        "currency": "JPY",
        "orders_per_month": 50,
        "basket_minor": 900,
        "orders_per_member": 5,
    }
    answer = await client.get("/v1/templates/cafe/outlook", params=mine)
    said = answer.json()
    assert answer.status_code == 200, said
    assert (said["currency"], said["typical"]["basket_minor"]) == ("JPY", 6)
    assert said["shop"] == said["typical"] | {name: value for name, value in mine.items() if name != "currency"}
    assert said["sales_minor"] == said["orders"] * 900


@pytest.mark.parametrize(
    ("template", "asked", "code"),
    [
        ("bakery", {}, "programs.template_not_found"),
        ("cafe", {"currency": "QQQ"}, "request.faulty"),
        ("cafe", {"orders_per_month": "0"}, "request.faulty"),
        ("cafe", {"margin": "10"}, "request.faulty"),
    ],
)
async def test_what_cannot_be_asked(
    client: httpx2.AsyncClient, template: str, asked: dict[str, str], code: str
) -> None:
    answer = await client.get(f"/v1/templates/{template}/outlook", params=asked)
    assert answer.json()["type"] == code


def test_what_is_kept_can_be_read_again() -> None:
    found = operations.stored()["cafe"]
    assert isinstance(found, Outlook)
    assert isinstance(found.shop, Shop)
    assert msgspec.structs.asdict(found)["extra_rate"] == found.extra_rate
