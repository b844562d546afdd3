"""The program that is benchmarked, its members and its events: realistic, and the same in every run.

Ten earning rules with conditions, three tiers, a budget, limits per member, points that wait and expire; orders of
three lines by members named as their shop names them.
"""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import psycopg
from psycopg import sql

from puntal.access.operations import organization
from puntal.entrypoints.programs import Programs
from puntal.kit import clock
from puntal.kit.db import Database
from puntal.kit.migration import migrate
from puntal.members.model import Ids, NewMember
from puntal.members.operations.bulk import import_many
from puntal.members.person import Membership
from puntal.programs import operations as programs
from puntal.programs.source import load_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from puntal.kit.postgres import Server

DOCUMENT = """
puntal: 1
name: Bench
timezone: Europe/Madrid
currency: EUR
wallets:
  points:
    kind: points
    available: {after: 14 days}
    expiry: {after: 12 months, end_of: month}
    worth: {value: 0.01 EUR, step: 100, min: 500}
    limits: {balance: 1000000, earn: {points: 20000, per: month}}
  status: {kind: qualifying}
ladders:
  - id: club
    measure: {earned: status}
    window: calendar_year
    keep: end_of_next_period
    downgrade: {to: one_below, grace: 30 days, notice: 45 days}
    tiers:
      - {id: base}
      - {id: silver, from: 600, benefits: [{kind: gift, wallet: points, points: 100, when: reached}]}
      - {id: gold, from: 2000, benefits: [{kind: gift, wallet: points, points: 300, when: reached}]}
earning:
  - id: purchases
    on: purchase
    award: {wallet: points, points: 1, per: "1.00 EUR", of: order.net}
    by_tier: {silver: {points: 1.25}, gold: {points: 1.5}}
    except_lines: {line.category: {in: [fuel, tobacco, giftcard]}}
  - id: tier_points
    on: purchase
    award: {wallet: status, points: 1, per: "1.00 EUR", of: order.net}
    except_lines: {line.category: {in: [fuel, tobacco, giftcard]}}
  - id: fresh
    on: purchase
    multiply: {rules: [purchases], times: 2, only_lines: {line.category: {in: [produce, bakery]}}}
  - id: app_evening
    on: purchase
    during: {hours: "18:00-21:00"}
    when: {order.channel: app}
    multiply: {rules: [purchases], times: 1.5}
  - id: own_brand
    on: purchase
    only_lines: {line.brand: private}
    award: {wallet: points, points: 1, per: "4.00 EUR", of: order.net}
    limit: {points: 200, per: month}
  - id: big_basket
    on: purchase
    when: {order.net: {at_least: "75.00 EUR"}}
    award: {wallet: points, points: 50}
    limit: {times: 2, per: month}
  - id: welcome
    on: purchase
    when: {member.orders: 0, order.net: {at_least: "10.00 EUR"}}
    award: {wallet: points, points: 100}
    limit: {times: 1, per: lifetime}
  - id: frequent
    on: purchase
    when: {member.orders.last_30_days: {at_least: 7}}
    award: {wallet: points, points: 40}
    limit: {times: 1, per: month}
  - id: back_again
    on: purchase
    when: {member.days_since_last_order: {at_least: 35}, order.net: {at_least: "15.00 EUR"}}
    award: {wallet: points, points: 75}
    limit: {times: 1, per: quarter}
  - id: gold_online
    on: purchase
    when: {member.tier: gold, order.channel: {in: [online, app]}}
    award: {wallet: points, points: 25}
    budget: {points: 100000000, per: month, alert: [80%]}
limits:
  bonuses: {points: 400, per: month, rules: [big_basket, frequent, back_again, own_brand]}
budget: {points: 1000000000, per: month, alert: [80%, 100%]}
"""

SLUG = "bench"
OWNER = "Bench"
SHOP = "shop"
STRIDE = 7_919
"""Coprime to any number of members used: neighbours in time are different members."""
_CATEGORIES = ("produce", "bakery", "dairy", "drinks", "household", "meat", "fuel", "frozen", "deli", "snacks")
_BRANDS = ("national", "national", "private", "regional")
_CHANNELS = ("store", "store", "online", "app")
_encode = msgspec.json.Encoder().encode


def document() -> dict[str, Any]:
    """Return the program as plain data."""
    return load_yaml(DOCUMENT)


def external(number: int) -> str:
    """Return how the shop calls a member."""
    return f"c{number:07d}"


def people(count: int, *, first: int = 0) -> Iterator[NewMember]:
    """Yield that many members with a name, an e-mail address, a card and the shop's id."""
    for number in range(first, first + count):
        yield NewMember(
            ids=Ids(
                email=f"member.{number}@example.com",
                card=f"20{number:09d}",
                external={SHOP: external(number)},
            ),
            name=f"Anna Bench{number % 5_000}",
            country=("ES", "DE", "FR", "PT")[number % 4],
        )


def event(number: int, members: int, at: datetime, *, id: str | None = None) -> bytes:
    """Return an order of three lines as `POST events` takes it; the same number says the same again.

    Args:
        number: Of the event.
        members: How many there are; all of them buy, in an order that looks random.
        at: When it happened.
        id: Of event and order where the number is not unique enough.
    """
    draw = random.Random(number)  # noqa: S311 - a plausible basket, the same one every time
    name = f"e{number}" if id is None else id
    body = {
        "id": name,
        "type": "order.paid",
        "occurred_at": at,
        "source": "web",
        "channel": draw.choice(_CHANNELS),
        "store": f"s{draw.randrange(40)}",
        "member": {"external": {SHOP: external(number * STRIDE % members)}},
        "order": {
            "id": f"o-{name}",
            "currency": "EUR",
            "lines": [_line(draw, place) for place in range(3)],
        },
    }
    return _encode(body)


def _line(draw: random.Random, place: int) -> dict[str, Any]:
    amount = draw.randrange(150, 4_500)
    return {
        "id": str(place + 1),
        "product": f"p{draw.randrange(20_000)}",
        "category": draw.choice(_CATEGORIES),
        "brand": draw.choice(_BRANDS),
        "quantity": draw.randrange(1, 4),
        "amount_minor": amount,
        "discount_minor": amount // 10 if draw.random() < 0.2 else 0,
    }


@dataclass(frozen=True, slots=True)
class Prepared:
    """A database with the program and its members."""

    uri: str
    program_id: int
    members: int


async def prepare(
    server: Server,
    name: str,
    members: int,
    *,
    now: datetime | None = None,
    sections: Mapping[str, Any] | None = None,
) -> Prepared:
    """Make a database anew with the program, with `sections` added, and so many members in it, analysed."""
    uri = await fresh(server, name)
    database = await Database.open(uri, size=4)
    joined = (now or clock.now()) - timedelta(days=400)
    try:
        program_id = await publish(database, document() | dict(sections or {}), now=joined)
        async with database.program_transaction(program_id) as tx:
            membership = Membership.of((await Programs().current(tx, program_id)).newest.document)
            await import_many(tx, program_id, people(members), membership=membership, now=joined)
        await settle(database)
    finally:
        await database.close()
    return Prepared(uri, program_id, members)


async def fresh(server: Server, name: str) -> str:
    """Return the address of an empty database of that name with our tables."""
    await drop(server, name)
    async with await psycopg.AsyncConnection.connect(server.uri, autocommit=True) as connection:
        # Empty, and sorted as the database that `puntal up` makes.
        made = (
            "CREATE DATABASE {} TEMPLATE template0 LOCALE_PROVIDER builtin BUILTIN_LOCALE 'PG_UNICODE_FAST' LOCALE 'C'"
        )
        await connection.execute(sql.SQL(made).format(sql.Identifier(name)))
    uri = server.uri_of(name)
    await asyncio.to_thread(migrate, uri)
    return uri


async def drop(server: Server, name: str) -> None:
    """Drop a database, whoever is connected to it."""
    async with await psycopg.AsyncConnection.connect(server.uri, autocommit=True) as connection:
        await connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


async def publish(database: Database, program: Mapping[str, Any], *, now: datetime) -> int:
    """Make the program and publish it; return its id."""
    async with database.transaction() as tx:
        owner = await organization.ensure_organization(tx, OWNER, now=now)
        program_id = await programs.create_program(tx, organization_id=owner.id, slug=SLUG, document=program, now=now)
        await programs.publish(tx, program_id, program, by="bench", now=now)
    return program_id


async def settle(database: Database) -> None:
    """Do what autovacuum would do a little later, so that it happens outside the measurement."""
    async with await psycopg.AsyncConnection.connect(database.uri, autocommit=True) as connection:
        await connection.execute("VACUUM (ANALYZE)")
