"""A money wallet and members, for the tests of this folder."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from puntal.kit.ids import new_id
from puntal.ledger import operations as ledger
from puntal.ledger import queries as books
from puntal.payments.model import Wanted
from puntal.points import policy, queries
from puntal.points.model import Terms
from puntal.programs.document.wallets import Wallet

if TYPE_CHECKING:
    from puntal.kit.db import Transaction

MADRID = ZoneInfo("Europe/Madrid")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def terms_of(**document: Any) -> list[Terms]:
    dull: dict[str, Any] = {
        "kind": "money",
        "currency": "EUR",
        "transferable": True,
        "granted_expires": {"after": "3 months"},
    }
    return [
        policy.compile_terms(0, "monedero", Wallet.model_validate(dull | document), MADRID),
        policy.compile_terms(
            1,
            "points",
            Wallet.model_validate({"kind": "points", "convert": [{"to": "monedero", "take": 100, "give": 1}]}),
            MADRID,
        ),
    ]


def want(member: UUID, amount: int | None, reference: str | None = None, **more: Any) -> Wanted:
    named: dict[str, Any] = {"wallet": "monedero", "actor": "key:test", "reference": reference or str(new_id())}
    return Wanted(member_id=member, amount=amount, **(named | more))


async def a_member(tx: Transaction, program_id: int, status: str = "active", country: str | None = None) -> UUID:
    member = new_id()
    await tx.execute(
        "INSERT INTO member (program_id, id, status, country, created_at, updated_at) VALUES (%s, %s, %s, %s, %s, %s)",
        [program_id, member, status, country, NOON, NOON],
    )
    await ledger.open_holders(tx, program_id, [member], now=NOON)
    return member


async def available(tx: Transaction, program_id: int, member: UUID) -> int:
    row = (await ledger.read_holders(tx, program_id, [member]))[member]
    return row.available[0] if row.available else 0


async def trial_balance(tx: Transaction, program_id: int) -> dict[str, int]:
    """Return what each account of the money has, having checked that everything adds up."""
    assert await queries.disagreements(tx, program_id) == []
    assert await books.disagreeing_balances(tx, program_id) == []
    found = await books.trial_balance(tx, program_id)
    for wallet in {each.wallet for each in found}:
        assert sum(each.amount for each in found if each.wallet == wallet) == 0
    return {each.account: each.amount for each in found if each.wallet == 0}
