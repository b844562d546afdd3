"""`puntal money` and `puntal gift-cards`, on a database of the worker's own."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from puntal.access.operations import organization
from puntal.entrypoints.cli_gift_cards import app as cards_app
from puntal.entrypoints.cli_money import app as money_app
from puntal.entrypoints.programs import Programs
from puntal.kit import clock, ids
from puntal.kit.db import Database
from puntal.kit.settings import settings
from puntal.members import operations as members
from puntal.members.model import Ids, NewMember
from puntal.programs import operations as programs

DOCUMENT: dict[str, Any] = {
    "puntal": 1,
    "name": "Club Aurora",
    "timezone": "Europe/Madrid",
    "currency": "EUR",
    "wallets": {
        "points": {"kind": "points"},
        "monedero": {
            "kind": "money",
            "currency": "EUR",
            "transferable": True,
            "limits": {"load": {"amount": "100.00 EUR", "per": "day"}},
            "gift_cards": {"min": "10.00 EUR", "max": "200.00 EUR", "prefix": "GC"},
        },
    },
}
Run = Callable[..., Result]


@pytest.fixture
def run(database_uri: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    monkeypatch.setenv("PUNTAL_DATABASE_URL", database_uri)
    settings.cache_clear()
    app = typer.Typer()
    app.add_typer(money_app)
    app.add_typer(cards_app)

    def invoke(*words: str) -> Result:
        return CliRunner().invoke(app, [*words, "--program", slug])

    slug = asyncio.run(_published(database_uri))
    yield invoke
    settings.cache_clear()


async def _published(uri: str) -> str:
    database, now, slug = await Database.open(uri, size=1), clock.now(), f"club-{ids.new_id()}"
    async with database.transaction() as tx:
        own = await organization.ensure_organization(tx, "Tienda", now=now)
        made = await programs.create_program(tx, organization_id=own.id, slug=slug, document=DOCUMENT, now=now)
        await programs.publish(tx, made, DOCUMENT, by="tests", now=now)
    async with database.program_transaction(made) as tx:
        people = [NewMember(ids=Ids(email=f"{name}@example.com")) for name in ("anna", "ben")]
        membership = (await Programs().current(tx, made)).membership
        await members.enrol_many(tx, made, people, membership=membership, now=now)
    await database.close()
    return slug


def told(result: Result, code: int = 0) -> Any:
    assert result.exit_code == code, result.output
    return json.loads(result.stdout)


ANNA = "anna@example.com"


def test_money_is_loaded_paid_refunded_given_and_paid_out(run: Run) -> None:
    loaded = told(run("money", "load", ANNA, "50.00", "--reference", "l-1", "--json"))
    again = told(run("money", "load", ANNA, "50.00", "--reference", "l-1", "--json"))
    paid = told(run("money", "pay", ANNA, "62.00", "--partly", "--order", "shop:1001", "--reference", "p-1", "--json"))
    back = told(run("money", "refund", ANNA, "15.00", "--payment", "p-1", "--json"))
    given = told(run("money", "transfer", ANNA, "5.00", "--to", "ben@example.com", "--json"))
    out = told(run("money", "payout", ANNA, "--means", "cash", "--json"))

    assert (loaded["amount"], again["replayed"]) == (5000, True)
    assert (paid["amount"], paid["left"]) == (5000, 1200)
    assert (back["amount"], back["available"], given["available"]) == (1500, 1500, 1000)
    assert (out["amount"], out["available"]) == (1000, 0)


def test_a_statement_shows_what_was_recorded(run: Run) -> None:
    told(run("money", "load", ANNA, "50", "--reference", "l-1", "--json"))
    told(run("money", "pay", ANNA, "12,50", "--reference", "p-1", "--json"))

    shown = told(run("money", "statement", ANNA, "--json"))
    text = run("money", "statement", ANNA)

    assert [line["change"] for line in shown["lines"]] == [5000, -1250]
    assert (shown["opening"], shown["closing"]) == (0, 3750)
    assert text.exit_code == 0
    assert "Closing 37.50 EUR" in text.stdout


@pytest.mark.parametrize(
    ("words", "exit_code", "code"),
    [
        pytest.param(["money", "load", ANNA, "100.01"], 1, "payments.over_load_limit", id="over the limit"),
        pytest.param(["money", "pay", ANNA, "1.00"], 1, "points.insufficient", id="nothing there"),
        pytest.param(["money", "refund", ANNA], 1, "payments.amount_needed", id="refund of nothing"),
        pytest.param(["money", "load", "carla@example.com", "1"], 1, "members.unknown", id="nobody"),
        pytest.param(["money", "load", ANNA, "1", "--wallet", "points"], 1, "points.not_money", id="no money"),
        pytest.param(["gift-cards", "sell", "5.00"], 1, "rewards.card_amount", id="too small a card"),
        pytest.param(["gift-cards", "show", "GCNOSUCHCODE0000"], 1, "rewards.voucher_unknown", id="no such card"),
    ],
)
def test_what_is_refused_says_why(run: Run, words: list[str], exit_code: int, code: str) -> None:
    assert told(run(*words, "--json"), exit_code)["type"] == code


def test_what_cannot_be_read_is_said_before_anything_happens(run: Run) -> None:
    for words in (
        ["money", "load", ANNA, "1.005"],
        ["money", "load", ANNA, "-1"],
        ["money", "load", ANNA, "1", "--means", "magic"],
        ["gift-cards", "sell", "20", "--line", "1"],
    ):
        assert run(*words).exit_code == 2, words


def test_cards_are_sold_used_refunded_and_paid_out(run: Run) -> None:
    sold = told(run("gift-cards", "sell", "50.00", "--reference", "s-1", "--json"))
    code = sold["card"]["code"]
    again = told(run("gift-cards", "sell", "50.00", "--reference", "s-1", "--json"))
    used = told(run("gift-cards", "redeem", code, "18.00", "--reference", "o-1", "--json"))
    back = told(run("gift-cards", "refund", code, "8.00", "--payment", "o-1", "--json"))
    moved = told(run("gift-cards", "redeem", code, "10", "--into", "monedero", "--member", ANNA, "--json"))
    out = told(run("gift-cards", "payout", code, "--reference", "x-1", "--json"))
    shown = told(run("gift-cards", "show", code, "--json"))

    assert again["card"]["code"] == code
    assert (used["amount"], used["card"]["remaining"]) == (1800, 3200)
    assert (back["amount"], back["card"]["remaining"]) == (800, 4000)
    assert (moved["amount"], moved["available"]) == (1000, 1000)
    assert (out["amount"], shown["card"]["state"]) == (3000, "void")


def test_printed_cards_are_activated(run: Run) -> None:
    made = told(run("gift-cards", "print", "5", "--name", "Christmas", "--json"))

    assert (made["made"], made["state"]) == (5, "done")
    refused = told(run("gift-cards", "activate", "GCNOSUCHCODE0000", "20", "--json"), 1)
    assert refused["type"] == "rewards.voucher_unknown"
