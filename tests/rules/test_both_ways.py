"""One condition, two answers: the evaluator's and the database's, over random rules and random members."""

from __future__ import annotations

import json
import random
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from puntal.rules.catalogue import Catalogue, empty_facts, fields_read, metrics_read
from puntal.rules.derived import age, average_order, days_since
from puntal.rules.dialect import contract, expand, to_builder
from puntal.rules.evaluator import ConditionSet, compile_condition
from puntal.rules.logic import write_question
from puntal.rules.model import LINES, CustomField, Field, Logic, Operator, Scope, Type, WalletField
from puntal.rules.sentence import explain, sentence
from puntal.rules.sql import compile_sql
from puntal.rules.values import fact
from puntal.rules.windows import window_bounds

if TYPE_CHECKING:
    from collections.abc import Iterable

    from puntal.kit.db import Transaction
    from puntal.rules.model import FactValue

ZONE = ZoneInfo("Europe/Madrid")
# Words that engines like to understand: durations, instants, placeholders, quotes, patterns.
TEXTS = [
    "1d", "24h", "60m", "2026-01-05T00:00:00Z", "2026-01-05T01:00:00+01:00", "2026-01-05", "10", "010", "true", "null",
    "straße", "STRASSE", "Ñandú", "a'b", 'a"b', "%s", "100%", "{v}", "\\", "_", " ", "vip", "VIP", "Z", "a", "é",
]  # fmt: skip
COUNTRIES = ["DE", "ES", "FR"]
TIERS = ["base", "silver", "gold"]
METRICS = [
    "member.spend.last_30_days",
    "member.spend.last_calendar_year",
    "member.spend.category.1d.last_90_days",
    "member.spend.category.Dairy products, 3.5 %.lifetime",
    "member.orders.last_1_days",
    "member.orders.store.Madrid.this_quarter",
    "member.items.this_month",
    "member.items.last_quarter",
    "member.events.review.created.last_month",
    "member.events.visit.lifetime",
]
CATALOGUE = Catalogue.build(
    currency="EUR",
    custom={
        "member.shop": CustomField(type=Type.TEXT),
        "member.other_shop": CustomField(type=Type.TEXT),
        "member.weight": CustomField(type=Type.NUMBER, scale=3),
        "member.limit": CustomField(type=Type.MONEY),
        "member.vegan": CustomField(type=Type.FLAG),
        "member.moved_on": CustomField(type=Type.DATE),
        "member.size": CustomField(type=Type.CHOICE, choices=("s", "m", "1d")),
        "member.hobbies": CustomField(type=Type.LIST),
        "order.delivery": CustomField(type=Type.CHOICE, choices=("pickup", "home")),
        "line.organic": CustomField(type=Type.FLAG),
    },
    events={"review.created": {"photos": CustomField(type=Type.NUMBER)}},
    wallets={
        "points": WalletField(ordinal=0),
        "wallet-2": WalletField(ordinal=3, kind="money", currency="EUR"),
        "stamps": WalletField(ordinal=1, scale=2),
    },
    ladders={"club": TIERS, "second": ["low", "high"]},
)
MEMBERS_ONLY = CATALOGUE.at(scopes=[Scope.MEMBER])
FIXED = [field.name for field in MEMBERS_ONLY.fields.values() if field.scope is Scope.MEMBER]


def a_value(field: Field, chance: random.Random, today: date) -> Any:
    match field.type:
        case Type.NUMBER | Type.MONEY:
            return chance.choice([0, 1, 2, 3, 5, 12, 30, 100, 365, 999, 1000, 2500, -1, chance.randrange(-50, 5000)])
        case Type.FLAG:
            return chance.random() < 0.5
        case Type.DATE:
            return (today - timedelta(days=chance.randrange(-3, 60))).isoformat()
        case Type.CHOICE:
            return chance.choice(field.choices)
        case _ if field.territory:
            return chance.choice(COUNTRIES)
        case _:
            return chance.choice(TEXTS)


def a_question(names: list[str], chance: random.Random, today: date) -> Logic:
    field = CATALOGUE.get(chance.choice(names))
    operator = chance.choice(field.operators)
    if operator is Operator.EXISTS:
        return write_question(field.name, operator, chance.random() < 0.5)
    if operator in (Operator.IN, Operator.NOT_IN):
        values = [a_value(field, chance, today) for _ in range(chance.randrange(1, 5))]
        return write_question(field.name, operator, values)
    if operator is Operator.BETWEEN:
        return write_question(field.name, operator, sorted(a_value(field, chance, today) for _ in range(2)))
    comparable = [
        name
        for name in names
        if (other := CATALOGUE.get(name)).type is field.type
        and (other.scale, other.currency) == (field.scale, field.currency)
    ]
    words = (Operator.STARTS_WITH, Operator.ENDS_WITH, Operator.CONTAINS)
    if operator not in words and chance.random() < 0.2:
        return write_question(field.name, operator, {"var": chance.choice(comparable)})
    return write_question(field.name, operator, a_value(field, chance, today))


def a_rule(names: list[str], chance: random.Random, today: date, *, lines: bool = False, depth: int = 3) -> Logic:
    shape = chance.random()
    if depth == 0 or shape < 0.35:
        return a_question(names, chance, today)
    if lines and shape < 0.5:
        within = a_rule(
            [*names, "line.category", "line.net", "line.tags", "line.organic"], chance, today, depth=depth - 1
        )
        return {chance.choice(["some", "all", "none"]): [{"var": LINES}, within]}
    if shape < 0.6:
        return {"!": [a_rule(names, chance, today, lines=lines, depth=depth - 1)]}
    operator = chance.choice(["and", "and", "or"])
    return {
        operator: [
            a_rule(names, chance, today, lines=lines, depth=depth - 1) for _ in range(chance.choice([1, 2, 2, 3, 4]))
        ]
    }


class Person:
    """One member as rows, and the facts that follow from them."""

    def __init__(self, number: int, chance: random.Random, today: date) -> None:
        def maybe(value: Any, chance_of_none: float = 0.25) -> Any:
            return None if chance.random() < chance_of_none else value

        self.today = today
        self.id = UUID(int=number + 1)
        self.status = chance.choice(["active", "guest", "paused"])
        self.country = maybe(chance.choice(COUNTRIES))
        self.locale = maybe(chance.choice(["es", "en", *TEXTS]))
        # Late in the evening in Madrid is another day than in UTC.
        self.enrolled_at = maybe(datetime(2026, 1, 5, 23, 30, tzinfo=UTC) + timedelta(hours=chance.randrange(2000)))
        self.birthday = maybe(chance.choice([date(2000, 2, 29), date(2000, 2, 28), date(1990, 3, 1), today]))
        self.email_verified_at = maybe(self.enrolled_at)
        self.attributes = {
            field.name.removeprefix("member."): chance.choice([value, value, value, 7, "x", True, None])
            for field in CATALOGUE.fields.values()
            if field.sql is not None and "attributes" in field.sql and chance.random() < 0.7
            for value in [
                chance.sample(TEXTS, 3) if field.type is Type.LIST else a_value(field, chance, today),
            ]
        }
        self.orders = chance.choice([0, 0, 1, 3, 12])
        self.spend = chance.randrange(5000) if self.orders else 0
        self.items = self.orders * 2
        self.days = sorted(today - timedelta(days=chance.randrange(400)) for _ in range(2)) if self.orders else None
        self.available = [chance.randrange(3000) for _ in range(chance.randrange(5))]
        self.earned_tier = maybe(chance.choice(TIERS))
        self.given_tier = maybe(chance.choice(TIERS))
        self.given_until = maybe(today + timedelta(days=chance.choice([-1, 0, 1])))
        self.earned = maybe(chance.randrange(3000))
        self.holder = chance.random() < 0.85
        self.segments = sorted(set(chance.sample(TEXTS, 2)))
        self.activity = {
            (metric, key, today - timedelta(days=chance.choice([0, 1, 29, 30, 31, 60, 89, 90, 200, 365, 400]))): (
                chance.randrange(1, 5),
                chance.randrange(-100, 2000),
            )
            for metric in ("spend", "orders", "items", "events.review.created", "events.visit")
            for key in ("", "category:1d", "category:Dairy products, 3.5 %", "store:Madrid")
            for _ in range(2)
            if chance.random() < 0.4
        }

    def running(self) -> dict[str, Any]:
        totals: dict[str, Any] = {"orders": self.orders, "spend": self.spend, "items": self.items}
        if self.days:
            totals |= {"first_day": self.days[0].isoformat(), "last_day": self.days[1].isoformat()}
        if self.earned is not None:
            totals["earned"] = {"points": self.earned, "wallet-2": self.earned}
        standing: dict[str, Any] = {"t": self.earned_tier}
        if self.given_tier:
            standing["f"] = {"t": self.given_tier} | ({"u": self.given_until.isoformat()} if self.given_until else {})
        return {"totals": totals, "tiers": {"club": standing} if self.earned_tier else {}}

    def tier(self) -> str:
        given = self.given_tier if self.given_until is None or self.today < self.given_until else None
        return max(self.earned_tier, given or "base", key=TIERS.index) if self.earned_tier else "base"

    def facts(self, names: Iterable[str]) -> dict[str, FactValue]:
        enrolled = self.enrolled_at.astimezone(ZONE).date() if self.enrolled_at else None
        facts = empty_facts(names, CATALOGUE) | {
            "member.id": str(self.id),
            "member.status": self.status,
            "member.country": self.country,
            "member.locale": self.locale,
            "member.enrolled_on": enrolled.isoformat() if enrolled else None,
            "member.days_since_enrolled": days_since(enrolled, self.today) if enrolled else None,
            "member.birthday_month": self.birthday.month if self.birthday else None,
            "member.age": age(self.birthday, self.today) if self.birthday else None,
            "member.email_verified": self.email_verified_at is not None,
            "member.segments": self.segments,
        }
        for name, value in self.attributes.items():
            facts[f"member.{name}"] = fact(CATALOGUE.get(f"member.{name}"), value)
        if self.holder:
            first, last = self.days or (None, None)
            facts |= {
                "member.orders": self.orders,
                "member.spend": self.spend,
                "member.items": self.items,
                "member.average_order": average_order(self.spend, self.orders),
                "member.days_since_first_order": days_since(first, self.today) if first else None,
                "member.days_since_last_order": days_since(last, self.today) if last else None,
                "member.tier": self.tier(),
                "member.tiers.club": self.tier(),
                "member.earned.points": self.earned or 0,
                "member.earned.wallet-2": self.earned or 0,
            }
            for wallet, ordinal in (("points", 0), ("wallet-2", 3), ("stamps", 1)):
                facts[f"member.points.{wallet}"] = self.available[ordinal] if ordinal < len(self.available) else 0
        for read in metrics_read([{"var": name} for name in METRICS], CATALOGUE):
            since, until = window_bounds(read.window, self.today)
            facts[read.name] = sum(
                count if read.column == "count" else amount
                for (metric, key, day), (count, amount) in self.activity.items()
                if (metric, key) == (read.metric, read.key) and since <= day < until
            )
        return facts


INSERT = """
WITH given AS (SELECT %(people)s::json AS people), person AS (
  SELECT r.* FROM given, json_to_recordset(given.people) AS r(
    id uuid, status text, country text, locale text, enrolled_at timestamptz, birthday date,
    email_verified_at timestamptz, attributes jsonb, available bigint[], running json, holder boolean,
    segments text[], activity json)
), members AS (
  INSERT INTO member (program_id, id, status, country, locale, enrolled_at, birthday, email_verified_at,
                      attributes, created_at, updated_at)
  SELECT %(program_id)s, id, status, country, locale, enrolled_at, birthday, email_verified_at, attributes, now(), now()
  FROM person
), holders AS (
  INSERT INTO holder (program_id, id, available, running, settled_to)
  SELECT %(program_id)s, id, available, running, now() FROM person WHERE holder
), segments AS (
  INSERT INTO segment_member (program_id, segment, member_id, entered_at)
  SELECT %(program_id)s, unnest(segments), id, now() FROM person
)
INSERT INTO activity (program_id, member_id, metric, key, day, count, amount)
SELECT %(program_id)s, person.id, a.metric, a.key, a.day, a.count, a.amount
FROM person, json_to_recordset(person.activity) AS a(metric text, key text, day date, count bigint, amount bigint)
"""
SELECT = """
SELECT m.id FROM member m LEFT JOIN holder h ON h.program_id = m.program_id AND h.id = m.id
WHERE m.program_id = %(program_id)s AND """


async def store(tx: Transaction, program_id: int, people: list[Person]) -> None:
    columns = ("id", "status", "country", "locale", "enrolled_at", "birthday", "email_verified_at", "attributes")
    rows = [
        {name: getattr(person, name) for name in (*columns, "available", "holder", "segments")}
        | {
            "running": person.running(),
            "activity": [
                {"metric": metric, "key": key, "day": day, "count": count, "amount": amount}
                for (metric, key, day), (count, amount) in person.activity.items()
            ],
        }
        for person in people
    ]
    await tx.execute(INSERT, {"program_id": program_id, "people": json.dumps(rows, default=str)})


@pytest.mark.parametrize("today", [date(2026, 2, 28), date(2028, 2, 29), date(2026, 5, 17)], ids=str)
async def test_evaluator_and_database_agree_on_every_member(tx: Transaction, program_id: int, today: date) -> None:
    """Part 4: random rules over random members, no mismatch."""
    chance = random.Random(f"{today} agree")
    people = [Person(number, chance, today) for number in range(150)]
    await store(tx, program_id, people)
    names = [*FIXED, *METRICS]
    rules = [a_rule(names, chance, today) for _ in range(400)]
    together = ConditionSet([compile_condition(rule) for rule in rules])
    answers = {person.id: together.evaluate(person.facts(names)).conditions for person in people}

    some_say_yes = some_say_no = 0
    for index, rule in enumerate(rules):
        text, params = compile_sql(rule, MEMBERS_ONLY, today=today, zone=ZONE)
        cursor = await tx.execute((SELECT + text).encode(), params | {"program_id": program_id})
        found = {row[0] for row in await cursor.fetchall()}
        expected = {member for member, answer in answers.items() if answer[index]}
        some_say_yes += bool(expected)
        some_say_no += len(expected) < len(people)

        assert found == expected, f"{json.dumps(rule)}\n{text}\n{params}"
    assert min(some_say_yes, some_say_no) > len(rules) / 3


@pytest.mark.parametrize("seed", range(20))
def test_contracting_and_expanding_loses_nothing(seed: int) -> None:
    chance = random.Random(seed)
    names = [*FIXED, *METRICS, "order.net", "order.channel", "order.tags", "order.delivery", "event.photos"]
    for _ in range(100):
        rule = a_rule(names, chance, date(2026, 5, 17), lines=True)

        assert expand(contract(rule, CATALOGUE), CATALOGUE) == rule
        assert expand(to_builder(rule, CATALOGUE), CATALOGUE) == rule
        assert contract(expand(contract(rule, CATALOGUE), CATALOGUE), CATALOGUE) == contract(rule, CATALOGUE)


@pytest.mark.parametrize("locale", ["es", "en", "es-MX", "de"])
def test_every_rule_can_be_said_and_explained(locale: str) -> None:
    chance = random.Random(locale)
    today = date(2026, 5, 17)
    names = [*FIXED, *METRICS]
    for number in range(40):
        rule = a_rule(names, chance, today, lines=True)
        facts = Person(number, chance, today).facts(fields_read(rule) | {"member.country"})

        assert sentence(rule, CATALOGUE, locale)
        assert explain(rule, facts, CATALOGUE, locale)
