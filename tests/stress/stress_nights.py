"""A shop whose nights have much to do, and all that its nights leave behind."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from stress_shop import an_order, compiled_of, document, open_program, ready, rows

from puntal.entrypoints.intake import Intake
from puntal.entrypoints.programs import Programs
from puntal.intake.model import Answer
from puntal.kit.db import Database

FIRST, LAST = date(2026, 1, 10), date(2026, 2, 16)
CUSTOMERS = 20
STEPS = {"settle", "holds", "vouchers", "tiers", "birthdays", "anniversaries", "guests", "reminders"}
MADRID = ZoneInfo("Europe/Madrid")


def at(day: date, hours: float, zone: ZoneInfo = MADRID) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC) + timedelta(hours=hours)


def a_program() -> dict[str, Any]:
    told = document(
        policies={"reminders": ["7 days"]},
        wallets={
            "points": {"kind": "points", "available": {"after": "2 days"}, "expiry": {"after": "1 month"}},
            "status": {"kind": "qualifying"},
        },
    )
    (ladder,) = told["ladders"]
    ladder |= {"window": {"rolling": "1 month"}, "keep": {"months": 1}, "downgrade": {"to": "one_below"}}
    told["earning"] += [
        {"id": "birthday", "on": "member.birthday", "award": {"wallet": "points", "points": 50}},
        {"id": "anniversary", "on": "member.anniversary", "award": {"wallet": "points", "points": 20}},
    ]
    return told


async def a_shop_with_a_past(database: Database) -> int:
    """Orders of ten days; everybody has a birthday and an anniversary within the nights to come."""
    program = await open_program(database, a_program(), effective_from=at(FIRST, 0))
    compiled = await compiled_of(database, program)
    dice = random.Random(11)
    said = [
        an_order(f"e{n}", f"c{dice.randrange(CUSTOMERS)}", dice.randrange(1000, 30000), at(FIRST, 9 + n * 0.9))
        for n in range(240)
    ]
    answers = await Intake(database, Programs()).run(program, [ready(each, compiled) for each in said])
    assert all(isinstance(answer, Answer) for answer in answers)
    async with database.program_transaction(program) as tx:
        await tx.execute(
            "UPDATE member m SET birthday = date '1990-01-12' + i.n, birthday_set_at = timestamptz '2025-01-01',"
            " enrolled_at = timestamptz '2024-01-14 12:00+00' + make_interval(days => i.n)"
            " FROM (SELECT member_id, substr(value, 2)::integer AS n FROM identity WHERE program_id = %(p)s) AS i"
            " WHERE m.program_id = %(p)s AND m.id = i.member_id",
            {"p": program},
        )
    return program


async def what_happened(database: Database, program: int) -> dict[str, Any]:
    """Return all that nights leave behind, by the customers' names."""
    named = "JOIN identity i ON i.program_id = t.program_id AND i.member_id = t"
    return {
        "balances": await rows(
            database,
            program,
            f"SELECT i.value, available, pending, due_at, review_on, running->>'tiers' FROM holder t {named}.id"
            " WHERE t.program_id = %(p)s ORDER BY 1",
        ),
        "transfers": Counter(
            await rows(
                database,
                program,
                f"SELECT i.value, t.kind, t.amount, t.effective_at, t.rule FROM transfer t {named}.holder_id"
                " WHERE t.program_id = %(p)s",
            )
        ),
        "events": Counter(
            await rows(
                database,
                program,
                f"SELECT i.value, t.type, t.occurred_at, t.outcome->>'status' FROM event t {named}.member_id"
                " WHERE t.program_id = %(p)s",
            )
        ),
        "tiers": Counter(
            await rows(
                database,
                program,
                f"SELECT i.value, t.from_tier, t.to_tier, t.reason, t.effective_at FROM tier_change t {named}.member_id"
                " WHERE t.program_id = %(p)s",
            )
        ),
        "told": Counter(
            await rows(
                database,
                program,
                f"SELECT i.value, t.kind, t.effective_at FROM outbox t {named}.member_id"
                " WHERE t.program_id = %(p)s AND t.kind IN ('tier.changed', 'tier.ending', 'points.expiring')",
            )
        ),
        "steps": Counter(await rows(database, program, "SELECT day, step FROM nightly_step WHERE program_id = %(p)s")),
    }
