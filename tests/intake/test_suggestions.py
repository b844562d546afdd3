"""Words that are nearly right are refused with the right one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from puntal.intake.errors import EventFaulty
from puntal.intake.operations import item, parse
from puntal.programs.document.program import Program

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
PROGRAM = Program.model_validate(
    {
        "puntal": 1,
        "name": "Aurora",
        "timezone": "Europe/Madrid",
        "currency": "EUR",
        "wallets": {"points": {"kind": "points"}},
        "events": {"review.created": {"fields": {"rating": "number", "photos": "number"}}},
    }
)


def told(type: str, **data: Any) -> list[tuple[str, str | None]]:
    body = {"id": "e1", "type": type, "occurred_at": "2026-03-02T11:00:00Z", "source": "shop", "data": data}
    with pytest.raises(EventFaulty) as refused:
        item(parse(msgspec.json.encode(body)), PROGRAM, NOW)
    return [(fault.path, fault.told("en").suggestion) for fault in refused.value.faults]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("order.payed", "order.paid"),
        ("orders.refunded", "order.refunded"),
        ("review.create", "review.created"),
        ("shoes.tried_on", "review.created"),
    ],
)
def test_the_nearest_event_is_suggested_or_else_the_programs_own(written: str, meant: str) -> None:
    assert ("/type", meant) in told(written)


def test_what_only_the_platform_says_is_never_suggested() -> None:
    assert dict(told("tier.reachd"))["/type"] == "review.created"


def test_the_nearest_field_is_suggested() -> None:
    assert told("review.created", photo=1) == [("/data/photo", "photos")]
