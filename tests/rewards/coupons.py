"""Vouchers and members with dull defaults, for the tests of this folder."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from puntal.kit.ids import new_id
from puntal.ledger import operations as ledger
from puntal.rewards.model_vouchers import Ask, Batch, Issue, Voucher, VoucherTerms
from puntal.rewards.operations import vouchers

if TYPE_CHECKING:
    from puntal.kit.db import Transaction

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def an_issue(**more: Any) -> Issue:
    dull: dict[str, Any] = {
        "id": new_id(), "reward": "five_euro", "terms": VoucherTerms(), "origin": "direct", "valid_from": NOW,
    }  # fmt: skip
    return Issue(**(dull | more))


async def a_voucher(tx: Transaction, program_id: int, **more: Any) -> Voucher:
    (issued,) = await vouchers.issue(tx, program_id, [an_issue(**more)], now=NOW)
    return issued


def an_ask(voucher: Voucher, reference: str = "order-1", **more: Any) -> Ask:
    named: dict[str, Any] = {
        "code": voucher.code,
        "reference": reference,
        "member_id": voucher.member_id,
        "actor": "key:test",
    }
    return Ask(**(named | more))


def a_batch(**more: Any) -> Batch:
    dull: dict[str, Any] = {
        "id": new_id(),
        "name": "spring",
        "reward": "five_euro",
        "kind": "generated",
        "state": "making",
        "wanted": 100,
        "valid_from": NOW,
        "terms": VoucherTerms(),
        "created_at": NOW,
        "created_by": "key:test",
    }
    return Batch(**(dull | more))


async def a_member(tx: Transaction, program_id: int, status: str = "active") -> UUID:
    member = new_id()
    await tx.execute(
        "INSERT INTO member (program_id, id, status, created_at, updated_at) VALUES (%s, %s, %s, %s, %s)",
        [program_id, member, status, NOW, NOW],
    )
    await ledger.open_holders(tx, program_id, [member], now=NOW)
    return member
