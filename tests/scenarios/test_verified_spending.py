"""C6: what is spent needs a verified address where the program says so; off unless said."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from telling import POINTS, Teller

from puntal.kit.errors import Refusal
from puntal.points import operations as points
from puntal.points.errors import Unverified

PROGRAM: dict[str, Any] = {
    "puntal": 1,
    "name": "Aurora",
    "timezone": "Europe/Madrid",
    "currency": "EUR",
    "policies": {"redeem_needs": ["email", "phone"]},
    "wallets": {
        "points": {"kind": "points", "transferable": True, "convert": [{"to": "miles", "take": 2, "give": 1}]},
        "miles": {"kind": "points"},
    },
    "pools": {"household": {"wallets": ["points"]}},
    "earning": [{"id": "purchases", "on": "purchase", "award": POINTS}],
}
PROOF = {"source": "link in an e-mail", "note": "ticket 81"}


async def verify(story: Teller, member: str, kind: str, value: str, **more: Any) -> Any:
    body = {"kind": kind, "value": value, "evidence": PROOF}
    return await story.post(f"members/{member}/identities/verify", body, **{"status": 204, **more})


async def hold(story: Teller, member: str, holder: str, amount: int = 10) -> None:
    """Hold points as a redemption would, and take it back."""
    async with story.database.program_transaction(story.program_id) as tx:
        terms = (await story.app.state.programs.current(tx, story.program_id)).newest.terms
        await points.hold(
            tx, story.program_id, terms, holder_id=UUID(holder), spender_id=UUID(member), wallet="points",
            amount=amount, reference="voucher", lapses_at=story.clock.at + timedelta(hours=1), now=story.clock.at,
        )  # fmt: skip
        await tx.execute("ROLLBACK; BEGIN", prepare=False)


async def test_nothing_is_spent_before_both_are_verified(story: Teller) -> None:
    await story.open(PROGRAM)
    ids = {"email": "anna@example.com", "phone": "612 345 678"}
    anna = await story.joins(ids=ids)
    ben = await story.joins("ben@example.com")
    await story.buys(anna, 10000)
    send = {"to": ben, "wallet": "points", "amount": 10}
    change = {"wallet": "points", "into": "miles", "amount": 10}

    refused = await story.post(f"members/{anna}/transfers", send, status=403)
    assert (refused["type"], refused["needed"]) == ("points.unverified", "email, phone")
    assert refused["title"] == "Before spending, verify: email, phone"
    refused = await story.post(f"members/{anna}/conversions", change, status=403, locale="es")
    assert refused["title"] == "Antes de gastar hay que verificar: email, phone"
    with pytest.raises(Unverified):
        await hold(story, anna, anna)
    assert await story.balance(anna) == 100

    await story.at("2025-03-10")
    await verify(story, anna, "email", "anna@example.com")
    refused = await story.post(f"members/{anna}/transfers", send, status=403)
    assert refused["needed"] == "phone"

    await verify(story, anna, "phone", "+34612345678")
    await story.post(f"members/{anna}/transfers", send, status=201)
    await story.post(f"members/{anna}/conversions", change, status=201)
    await hold(story, anna, anna)
    # Receiving is no spending, and neither is what staff correct.
    assert await story.balance(ben) == 10
    await story.post(
        f"members/{ben}/adjustments", {"wallet": "points", "amount": -5, "reason": "a", "internal_reason": "b"},
        status=201,
    )  # fmt: skip
    assert await story.wrong() == {}


async def test_the_proof_is_kept_with_its_evidence_and_the_first_one_counts(story: Teller) -> None:
    await story.open(PROGRAM)
    anna = await story.joins()
    await verify(story, anna, "email", "anna@example.com")
    first = story.clock.at
    await story.at("2025-06-01")
    body = {"kind": "email", "value": "anna@example.com", "evidence": {"source": "till"}}
    await story.post(f"members/{anna}/identities/verify", body, status=204)

    (known,) = (await story.get(f"members/{anna}"))["identities"]
    assert known["evidence"] == PROOF
    assert known["verified_at"] == first.isoformat().replace("+00:00", "Z")
    held = await story.post(f"members/{anna}/export")
    assert held["identities"][0]["evidence"] == PROOF
    await story.post(f"members/{anna}/identities/verify", {"kind": "email", "value": "a@b.es"}, status=422)


async def test_in_a_household_each_adult_proves_her_own(story: Teller) -> None:
    await story.open(PROGRAM | {"policies": {"redeem_needs": ["email"]}})
    anna, ben = await story.joins(), await story.joins("ben@example.com")
    pool = await story.post(
        "pools", {"kind": "household", "members": [{"member_id": anna}, {"member_id": ben}]}, status=201
    )
    eva = await story.joins("eva@example.com")
    await story.buys(anna, 10000)
    await verify(story, anna, "email", "anna@example.com")
    send = {"to": eva, "wallet": "points", "amount": 10}
    await story.post(f"members/{anna}/transfers", send, status=201)
    refused = await story.post(f"members/{ben}/transfers", send, status=403)
    assert refused["type"] == "points.unverified"
    await hold(story, anna, pool["id"])
    with pytest.raises(Unverified):
        await hold(story, ben, pool["id"])


async def test_taking_the_proven_address_away_takes_the_right_away(story: Teller) -> None:
    await story.open(PROGRAM | {"policies": {"redeem_needs": ["email"]}})
    anna = await story.joins(ids={"email": "anna@example.com", "phone": "612345678"})
    await story.buys(anna, 10000)
    await verify(story, anna, "email", "anna@example.com")
    await hold(story, anna, anna)
    gone = {"kind": "email", "value": "anna@example.com"}
    await story.post(f"members/{anna}/identities/remove", gone, status=204)
    with pytest.raises(Refusal, match="email"):
        await hold(story, anna, anna)


async def test_without_the_setting_everybody_spends(story: Teller) -> None:
    await story.open(PROGRAM | {"policies": {}})
    anna, ben = await story.joins(), await story.joins("ben@example.com")
    await story.buys(anna, 10000)
    await story.post(f"members/{anna}/transfers", {"to": ben, "wallet": "points", "amount": 10}, status=201)
    await hold(story, anna, anna)
