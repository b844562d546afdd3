"""Verification is silent on sound books and finds each error that is planted in them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from puntal.entrypoints.intake import Intake
from puntal.entrypoints.programs import Programs
from puntal.entrypoints.verifying import verify

sys.path.insert(0, str(Path(__file__).parents[1] / "stress"))
from stress_shop import a_refund, an_order, compiled_of, document, happened, open_program, ready

if TYPE_CHECKING:
    from collections.abc import Iterator

    from puntal.kit.db import Database

BUDGET = {
    "id": "promo",
    "budget": {"points": 1000},
    "earning": [{"id": "extra", "on": "purchase", "award": {"wallet": "points", "points": 5}}],
}


def a_program() -> dict[str, Any]:
    told = document(
        campaigns=[BUDGET],
        events={"post.shared": {"fields": {"n": "number"}}},
        segments={
            "buyers": {"when": {"member.spend.category.dairy.last_30_days": {"at_least": "1.00 EUR"}}},
            "sharers": {"when": {"member.events.post.shared.last_30_days": {"at_least": 1}}},
        },
    )
    told["earning"][0] |= {"limit": {"points": 5000, "per": "month"}}
    told["earning"] += [{"id": "shared", "on": "post.shared", "award": {"wallet": "points", "points": 3}}]
    return told


@pytest.fixture
async def program(database: Database) -> int:
    """Orders, some of them refunded, some in full; a tier; daily figures; a budget and a limit in use."""
    opened = await open_program(database, a_program())
    compiled = await compiled_of(database, opened)
    said = []
    for n in range(12):
        lines = [
            {"id": "1", "amount_minor": 20_000 + n, "category": "dairy", "quantity": 2},
            {"id": "2", "amount_minor": 400, "category": "bread"},
        ]
        said.append(an_order(f"e{n}", f"c{n % 3}", 0, lines=lines))
        if n % 3 == 0:
            said.append(a_refund(f"r{n}", f"e{n}", f"c{n % 3}", None if n % 2 else 5000))
    # Strangers become known by their orders, earlier in the same batch.
    said += [happened(f"s{n}", "post.shared", f"c{n}", n=n) for n in range(3)]
    await Intake(database, Programs()).run(opened, [ready(each, compiled) for each in said])
    return opened


@pytest.fixture
def owner(database_uri: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database_uri, autocommit=True) as opened:
        yield opened


async def test_it_is_silent_on_sound_books(database: Database, program: int) -> None:
    assert {name: found for name, found in (await verify(database, program)).items() if found} == {}


OF_FIRST = "(SELECT id FROM holder WHERE program_id = %(p)s AND running->'used' IS NOT NULL ORDER BY id LIMIT 1)"
ONE_ORDER = "(SELECT order_id FROM shop_order WHERE program_id = %(p)s AND event_id = 'e1')"


@pytest.mark.parametrize(
    ("check", "account", "plant"),
    [
        ("events", "event", "DELETE FROM event WHERE program_id = %(p)s AND id = 'e1'"),
        ("events", "order", "DELETE FROM shop_order WHERE program_id = %(p)s AND event_id = 'e1'"),
        (
            "events",
            "earned",
            f"UPDATE shop_order SET event_id = 'e4' WHERE program_id = %(p)s AND order_id = {ONE_ORDER}",
        ),
        ("events", "transfers", "UPDATE transfer SET event_id = 'gone' WHERE program_id = %(p)s AND event_id = 'e2'"),
        (
            "orders",
            "credited",
            (
                "UPDATE shop_order SET awards = replace(awards::text, '[200,4]', '[201,4]')::json"
                " WHERE program_id = %(p)s AND event_id = 'e1'"
            ),
        ),
        (
            "orders",
            "credited",
            "UPDATE transfer SET amount = amount + 1 WHERE program_id = %(p)s AND event_id = 'e1'",
        ),
        (
            "orders",
            "taken of extra",
            (
                "UPDATE shop_order SET awards = replace(awards::text, '[5,0],[0,0]', '[5,0],[9,0]')::json"
                " WHERE program_id = %(p)s AND event_id = 'e1'"
            ),
        ),
        (
            "orders",
            "refunded of line 1",
            (
                "UPDATE shop_order SET lines = replace(lines::text, '[\"1\",20001,0', '[\"1\",20001,20002')::json"
                " WHERE program_id = %(p)s AND event_id = 'e1'"
            ),
        ),
        (
            "orders",
            "net",
            "UPDATE shop_order SET net_minor = net_minor + 1 WHERE program_id = %(p)s AND event_id = 'e1'",
        ),
        (
            "totals",
            "spend",
            (
                "UPDATE holder SET running = jsonb_set(running::jsonb, '{totals,spend}', '1')::json"
                f" WHERE program_id = %(p)s AND id = {OF_FIRST}"
            ),
        ),
        (
            "totals",
            "orders",
            (
                "UPDATE holder SET running = jsonb_set(running::jsonb, '{totals,orders}', '9')::json"
                f" WHERE program_id = %(p)s AND id = {OF_FIRST}"
            ),
        ),
        ("limits", "campaign:promo points", "UPDATE budget_usage SET used = used - 1 WHERE program_id = %(p)s"),
        ("limits", "campaign:promo points", "UPDATE budget_usage SET used = used + 1 WHERE program_id = %(p)s"),
        (
            "limits",
            "rule:purchases points",
            (
                "UPDATE holder SET running = regexp_replace(running::text,"
                " '(\"rule:purchases\":{\"[0-9-]+\":.[0-9]+,)[0-9]+', '\\11')::json"
                f" WHERE program_id = %(p)s AND id = {OF_FIRST}"
            ),
        ),
        (
            "tiers",
            "club",
            "UPDATE tier_change SET to_tier = 'gold' WHERE program_id = %(p)s AND to_tier = 'silver'",
        ),
        ("tiers", "club", "DELETE FROM tier_change WHERE program_id = %(p)s"),
        ("lots", "holder of lot", f"DELETE FROM holder WHERE program_id = %(p)s AND id = {OF_FIRST}"),
        (
            "lots",
            "transfer of consumption",
            (
                "INSERT INTO consumption (program_id, holder_id, transfer_id, lot_id, amount) SELECT %(p)s, holder_id,"
                " gen_random_uuid(), id, 1 FROM lot WHERE program_id = %(p)s LIMIT 1"
            ),
        ),
        (
            "lots",
            "lot of consumption",
            (
                "INSERT INTO consumption (program_id, holder_id, transfer_id, lot_id, amount)"
                " SELECT %(p)s, holder_id, id,"
                " gen_random_uuid(), 1 FROM transfer WHERE program_id = %(p)s LIMIT 1"
            ),
        ),
        (
            "members",
            "identity",
            "UPDATE identity SET member_id = gen_random_uuid() WHERE program_id = %(p)s AND value = 'c0'",
        ),
        (
            "members",
            "holder",
            (
                "DELETE FROM member WHERE program_id = %(p)s AND id = (SELECT member_id FROM identity"
                " WHERE program_id = %(p)s AND value = 'c1')"
            ),
        ),
        ("activity", "amount", "UPDATE activity SET amount = amount + 1 WHERE program_id = %(p)s AND metric = 'spend'"),
        ("activity", "count", "DELETE FROM activity WHERE program_id = %(p)s AND metric = 'events.post.shared'"),
    ],
)
async def test_it_finds_what_was_planted(
    database: Database, program: int, owner: psycopg.Connection[Any], check: str, account: str, plant: str
) -> None:
    changed = owner.execute(plant.encode(), {"p": program})
    assert changed.rowcount > 0, "nothing was planted"

    found = await verify(database, program)

    assert account in {each.account for each in found[check]}
