"""The shop that is put under stress: its program, what its customers do, and whether its books add up."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

import msgspec

from puntal.entrypoints.programs import Programs
from puntal.entrypoints.verifying import verify
from puntal.intake.model import Item
from puntal.intake.policy import item, parse
from puntal.kit import clock, ids
from puntal.kit.db import Database
from puntal.programs import operations as programs

SINCE = datetime(2026, 1, 10, 11, tzinfo=UTC)
"""Far from any midnight of the zones in use."""


def document(**changes: Any) -> dict[str, Any]:
    """Return a program of one point per euro; `changes` are whole sections."""
    told: dict[str, Any] = {
        "puntal": 1,
        "name": "Club",
        "timezone": "Europe/Madrid",
        "currency": "EUR",
        "phase": "live",
        "joining": {"unknown_customer": "enrol"},
        "wallets": {"points": {"kind": "points"}, "status": {"kind": "qualifying"}},
        "earning": [
            {"id": "purchases", "on": "purchase", "award": {"wallet": "points", "points": 1, "per": "1.00 EUR"}},
            {"id": "tier_points", "on": "purchase", "award": {"wallet": "status", "points": 1, "per": "1.00 EUR"}},
        ],
        "ladders": [
            {
                "id": "club",
                "measure": {"earned": "status"},
                "window": "calendar_year",
                "keep": "end_of_period",
                "tiers": [{"id": "base"}, {"id": "silver", "from": 300}, {"id": "gold", "from": 1500}],
            }
        ],
    }
    return told | changes


async def open_program(database: Database, told: dict[str, Any], *, effective_from: datetime = SINCE) -> int:
    """Return a fresh program that is published."""
    organization, now = ids.new_id(), clock.now()
    async with database.transaction() as tx:
        await tx.execute(
            "INSERT INTO organization (id, name, created_at) VALUES (%s, %s, %s)", [organization, "Tienda", now]
        )
        program = await programs.create_program(
            tx, organization_id=organization, slug=f"s{organization.hex[-16:]}", document=told, now=now
        )
    async with database.program_transaction(program) as tx:
        await programs.publish(tx, program, told, by="test", now=now, effective_from=effective_from)
        # It lives in the past, and so do its nights.
        await tx.execute("UPDATE program SET created_at = %s WHERE id = %s", [effective_from, program])
    return program


def an_order(id: str, customer: str, amount: int, at: datetime = SINCE, **changes: Any) -> dict[str, Any]:
    """Return a paid order of one line, or of the `lines` given."""
    order = {"id": f"o-{id}", "currency": "EUR", "lines": [{"id": "1", "amount_minor": amount}]}
    return {
        "id": id,
        "type": "order.paid",
        "occurred_at": at.isoformat(),
        "source": "shop",
        "member": {"external": {"shop": customer}},
        "order": order | changes,
    }


def a_refund(id: str, of: str, customer: str, amount: int | None, at: datetime = SINCE) -> dict[str, Any]:
    """Return a refund of an order by the id of the event that told of it."""
    refund = {"order": f"o-{of}", "id": id} | ({} if amount is None else {"amount_minor": amount})
    return {
        "id": id,
        "type": "order.refunded",
        "occurred_at": at.isoformat(),
        "source": "shop",
        "member": {"external": {"shop": customer}},
        "refund": refund,
    }


def happened(id: str, kind: str, customer: str, at: datetime = SINCE, **data: Any) -> dict[str, Any]:
    """Return an event of the program's own."""
    return {
        "id": id,
        "type": kind,
        "occurred_at": at.isoformat(),
        "source": "shop",
        "member": {"external": {"shop": customer}},
        "data": data,
    }


CUSTOMERS = 12


def nth_event(writer: int, number: int) -> dict[str, Any]:
    """Return what a writer says at its n-th turn: the same every time, so that anybody can say it again.

    Each fifth event refunds an order of the same writer in part, each ninth in whole.
    """
    dice = random.Random(writer * 1_000_003 + number)
    if number % 5 == 4:
        before = nth_event(writer, number - 2)
        customer = before["member"]["external"]["shop"]
        amount = None if number % 9 == 0 else max(before["order"]["lines"][0]["amount_minor"] // 3, 1)
        return a_refund(f"w{writer}-{number}", before["id"], customer, amount)
    lines = [{"id": str(n), "amount_minor": dice.randrange(1, 5000)} for n in range(dice.randrange(1, 5))]
    return an_order(f"w{writer}-{number}", f"c{dice.randrange(CUSTOMERS)}", 0, lines=lines)


def ready(said: dict[str, Any], compiled: Any, now: datetime | None = None) -> Item:
    """Return an event as intake takes it; `now` is when it arrives, by default when it happened."""
    parsed = parse(msgspec.json.encode(said))
    return item(parsed, compiled.document, now or parsed.occurred_at, trusted=True)


async def compiled_of(database: Database, program: int) -> Any:
    """Return the newest revision."""
    async with database.program_transaction(program) as tx:
        return (await Programs().current(tx, program)).newest


async def rows(database: Database, program: int, statement: str, **params: Any) -> list[tuple[Any, ...]]:
    """Return what a query finds, as the application."""
    async with database.program_transaction(program) as tx:
        return await (await tx.execute(statement.encode(), params | {"p": program})).fetchall()


async def one(database: Database, program: int, statement: str, **params: Any) -> Any:
    """Return the first column of the first row."""
    return (await rows(database, program, statement, **params))[0][0]


async def given_by_rule(database: Database, program: int) -> dict[str, dict[str, int]]:
    """Return what each rule credited to each customer."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for rule, customer, amount in await rows(
        database,
        program,
        "SELECT t.rule, i.value, sum(t.amount)::bigint FROM transfer t JOIN identity i ON i.program_id = t.program_id"
        " AND i.member_id = t.holder_id WHERE t.program_id = %(p)s AND t.kind = 'points.earned' GROUP BY 1, 2",
    ):
        found[rule][customer] = amount
    return found


async def the_books_add_up(database: Database, program: int) -> None:
    """Fail with everything that disagrees."""
    wrong = {name: found[:5] for name, found in (await verify(database, program)).items() if found}
    assert wrong == {}


GIVEN = """
SELECT sum(amount)::bigint FROM transfer WHERE program_id = %(p)s AND rule = 'tier_points' AND kind = 'points.earned'
"""


async def everybody_has_what_she_bought(database: Database, program: int, sent: dict[str, dict[str, Any]]) -> None:
    """One point per euro of each order: the oracle that knows nothing of how it is written."""
    expected = sum(
        sum(line["amount_minor"] for line in said["order"]["lines"]) // 100
        for said in sent.values()
        if said["type"] == "order.paid"
    )
    assert await one(database, program, GIVEN) == expected
