"""Vouchers go where their member goes: into a merge and out of it, into an export, and away with her."""

from __future__ import annotations

from typing import TYPE_CHECKING

from people import MEMBERSHIP
from test_merging_everything import LATER, NOON, a_program, gold_and_silver

from puntal.console import merging, persons
from puntal.kit.ids import new_id
from puntal.rewards.model_vouchers import Ask, Issue, Voucher, VoucherTerms
from puntal.rewards.operations import vouchers
from puntal.rewards.queries import vouchers as queries

if TYPE_CHECKING:
    from uuid import UUID

    from puntal.kit.db import Transaction


async def issued(tx: Transaction, program_id: int, member: UUID) -> Voucher:
    wanted = Issue(
        id=new_id(), reward="five_euro", terms=VoucherTerms(), origin="direct", member_id=member, valid_from=NOON
    )
    return (await vouchers.issue(tx, program_id, [wanted], now=NOON))[0]


async def owner(tx: Transaction, program_id: int, voucher: Voucher) -> UUID | None:
    return (await vouchers.find(tx, program_id, voucher.code)).member_id


async def test_a_merge_brings_vouchers_and_its_undo_takes_them_back(tx: Transaction, program_id: int) -> None:
    """D5."""
    compiled = a_program(program_id)
    gold, silver = await gold_and_silver(tx, compiled)
    golds, silvers = await issued(tx, program_id, gold), await issued(tx, program_id, silver)

    done = await merging.merge(tx, compiled, MEMBERSHIP, survivor=gold, merged=silver, by="staff:carla", now=NOON)
    since = await issued(tx, program_id, gold)

    assert [await owner(tx, program_id, one) for one in (golds, silvers)] == [gold, gold]
    ask = Ask(code=silvers.code, reference="r1", member_id=gold, actor="key:test")
    await vouchers.take(tx, program_id, ask, now=NOON)

    await merging.undo(tx, compiled, done.id, by="staff:carla", now=LATER)

    assert [await owner(tx, program_id, one) for one in (golds, silvers, since)] == [gold, silver, gold]
    assert await queries.disagreements(tx, program_id) == []


async def test_an_export_names_them_and_erasure_ends_them(tx: Transaction, program_id: int) -> None:
    compiled = a_program(program_id)
    gold, _ = await gold_and_silver(tx, compiled)
    voucher = await issued(tx, program_id, gold)

    held = await persons.export(tx, compiled, gold, now=NOON)
    await persons.erase(tx, compiled, gold, by="staff:carla", now=NOON)

    assert [one["code"] for one in held["vouchers"]] == [voucher.code]
    ended = await vouchers.find(tx, program_id, voucher.code)
    assert (ended.state, ended.ended_because) == ("void", "erased")
