"""Programs and people for the tests of members."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from puntal.members import operations
from puntal.members.model import Consent, Enrolled, Evidence, Ids, NewMember
from puntal.members.operations import Membership
from puntal.programs.document.program import Program

if TYPE_CHECKING:
    from uuid import UUID

    from puntal.kit.db import Transaction

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
AGREED = Consent(purpose="terms", given=True, evidence=Evidence(source="checkout", text_version="v3"))


def a_document(**more: Any) -> Program:
    return Program.model_validate(
        {
            "puntal": 1,
            "name": "Aurora",
            "timezone": "Europe/Madrid",
            "currency": "EUR",
            "fields": {
                "member.favourite_store": {"type": "text"},
                "member.budget": {"type": "money"},
                "member.children": {"type": "number"},
                "member.vegan": {"type": "flag"},
                "member.since": {"type": "date"},
                "member.size": {"type": "choice", "choices": ["S", "M", "L"]},
                "member.likes": {"type": "list"},
                "order.delivery": {"type": "text"},
            },
            "consents": [
                {"id": "terms", "text": "I agree"},
                {"id": "news", "text": "Send me news", "channels": ["email", "sms"]},
            ],
            "wallets": {"points": {"kind": "points"}},
            "pools": {"household": {"wallets": ["points"], "max": 2}},
        }
        | more
    )


MEMBERSHIP = Membership.of(a_document())
STRICT = Membership.of(a_document(joining={"consents": ["terms"]}))


def a_person(email: str | None = "anna@example.com", *, phone: str | None = None, **more: Any) -> NewMember:
    known = {key: more.pop(key) for key in ("id", "card", "device", "external") if key in more}
    return NewMember(ids=Ids(email=email, phone=phone, **known), **more)


async def join(tx: Transaction, program_id: int, *people: NewMember, **more: Any) -> list[Any]:
    settings: dict[str, Any] = {"membership": MEMBERSHIP, "now": NOON} | more
    return await operations.enrol_many(tx, program_id, people, **settings)


async def a_member(tx: Transaction, program_id: int, email: str = "anna@example.com", **more: Any) -> UUID:
    [answer] = await join(tx, program_id, a_person(email, **more))
    assert isinstance(answer, Enrolled), answer
    return answer.id
