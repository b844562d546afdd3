"""What a template would be like, told before there is a program."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import httpx2
import pytest
from babel import Locale
from fastapi import FastAPI

from puntal.access.gate import Gate
from puntal.access.model import OrganizationId
from puntal.access.operations import keys
from puntal.kit import clock, http
from puntal.programs import api_preview, recurring
from puntal.programs.document.program import Program
from puntal.programs.previewing import view
from puntal.programs.telling import tell
from puntal.programs.templates import list_templates, load_template

if TYPE_CHECKING:
    from puntal.kit.db import Database


@pytest.fixture
async def client(database: Database, program_id: int) -> AsyncIterator[httpx2.AsyncClient]:
    """Anna, with a key that may do nothing in particular."""
    async with database.transaction() as tx:
        found = await tx.execute("SELECT organization_id FROM program WHERE id = %s", [program_id])
        row = await found.fetchone()
        assert row is not None
        key = await keys.create_first_key(tx, OrganizationId(row[0]), name="Anna", now=clock.now(), scopes=frozenset())
    app = FastAPI()
    http.install(app)
    app.state.database = database
    app.state.gate = Gate(database)
    http.add_routes(app, api_preview.router)
    transport = httpx2.ASGITransport(app, client=("203.0.113.7", 40000))
    headers = {"authorization": f"Bearer {key.token}"}
    async with httpx2.AsyncClient(transport=transport, base_url="http://puntal", headers=headers) as opened:
        yield opened


@pytest.mark.parametrize("language", ["en", "es"])
async def test_every_template_says_what_members_would_meet(client: httpx2.AsyncClient, language: str) -> None:
    """G5: whoever chooses sees wallets, rules and rewards in words, and her own currency."""
    for template in list_templates():
        answer = await client.get(
            f"/v1/templates/{template.id}/preview", params={"currency": "USD"}, headers={"accept-language": language}
        )
        said = answer.json()
        assert (answer.status_code, said["currency"]) == (200, "USD")
        assert {"wallets", "earning"} <= {each["section"] for each in said["sentences"]}
        assert all(each["name"] and "EUR" not in each["words"] for each in said["sentences"])


@pytest.mark.parametrize(
    ("rrule", "english", "spanish"),
    [
        ("FREQ=MONTHLY;BYDAY=1FR", "on the first Friday of the month", "el primer viernes del mes"),
        (
            "FREQ=MONTHLY;BYDAY=1SA,-1SU",
            "on the first Saturday and last Sunday of the month",
            "el primer sábado y el último domingo del mes",
        ),
        ("FREQ=MONTHLY;BYMONTHDAY=1,2,3", "on days 1 to 3 of the month", "los días 1 a 3 del mes"),
        ("FREQ=MONTHLY;BYMONTHDAY=1,15", "on days 1 and 15 of the month", "los días 1 y 15 del mes"),
        ("FREQ=YEARLY;BYMONTH=1,11;BYDAY=MO,TU,WE,TH,FR,SA,SU", "in January and November", "en enero y noviembre"),
        ("FREQ=YEARLY;BYMONTH=1;BYDAY=1MO", None, None),
        ("FREQ=MONTHLY;BYDAY=MO", None, None),
    ],
)
def test_recurring_days_are_said_as_people_say_them(rrule: str, english: str | None, spanish: str | None) -> None:
    assert (recurring.told(rrule, Locale("en")), recurring.told(rrule, Locale("es"))) == (english, spanish)


@pytest.mark.parametrize("language", ["en", "es"])
async def test_no_template_speaks_in_rules_of_calendars(client: httpx2.AsyncClient, language: str) -> None:
    for template in list_templates():
        said = (await client.get(f"/v1/templates/{template.id}/preview", headers={"accept-language": language})).json()
        assert not [each["words"] for each in said["sentences"] if "FREQ" in each["words"]], template.id


async def test_a_currency_is_three_letters_and_a_template_one_of_ours(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/v1/templates/cafe/preview", params={"currency": "euro"})).status_code == 422
    assert (await client.get("/v1/templates/bakery/preview")).json()["type"] == "programs.template_not_found"


@pytest.mark.parametrize("template", [each.id for each in list_templates()])
@pytest.mark.parametrize("currency", ["GBP", "JPY", "USD"])
def test_names_say_amounts_in_the_merchants_currency(template: str, currency: str) -> None:
    assert "€" not in str(load_template(template, currency=currency))


def test_a_reward_of_twenty_pounds_is_called_so() -> None:
    rewards = {each["id"]: each["name"] for each in load_template("supermarket", currency="GBP")["rewards"]}
    assert rewards["basket_twenty"] == {"en": "£20 off", "es": "20 GBP de descuento"}


@pytest.mark.parametrize(
    ("language", "told"), [("en", "for a full card of 9 stamps"), ("es", "por una tarjeta llena de 9 sellos")]
)
def test_what_a_full_card_becomes_says_what_it_takes(language: str, told: str) -> None:
    cafe = Program.model_validate(load_template("cafe"))
    [coffee] = [each.words for each in tell(cafe, language) if each.path == "/rewards/0"]
    assert told in coffee


@pytest.mark.parametrize("template", [each.id for each in list_templates()])
@pytest.mark.parametrize("language", ["en", "es"])
def test_a_member_can_have_something_and_sees_a_price_on_all(template: str, language: str) -> None:
    program = Program.model_validate(load_template(template))

    seen = view(program, language)

    assert seen.ways
    assert seen.balances
    assert all(each.amount for each in seen.balances)
    assert all(each.name and each.price for each in seen.rewards)
    if any(reward.cost for reward in program.rewards if reward.listed):
        assert any(each.reached for each in seen.rewards)


def test_what_a_member_of_a_cafe_sees() -> None:
    seen = view(Program.model_validate(load_template("cafe", currency="GBP")), "en")

    assert [(each.amount, each.size, each.stamps) for each in seen.balances] == [
        ("4 stamps", 9, 4),
        ("40 beans", None, None),
    ]
    assert [(each.name, each.gives, each.price, each.reached) for each in seen.rewards] == [
        ("Coffee on the house", "", "for a full card of 9 stamps", False),
        ("A pastry", "", "40 beans", True),
        ("£2 off", "£2.00 off the order", "60 beans", False),
    ]
    assert [(each.name, each.gives) for each in seen.ways][:3] == [
        ("A stamp per coffee", "1 stamp per item"),
        ("Food and pastry", "1 bean per £1.00 of the order"),
        ("Quiet hours", "\u00d72"),
    ]
