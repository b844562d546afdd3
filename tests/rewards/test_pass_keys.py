"""What signs passes, in the database: nobody reads it there, and a lost key is said in words."""

from __future__ import annotations

import base64
import secrets
from datetime import timedelta

import pytest

from puntal.kit import clock, ids
from puntal.kit.db import Database
from puntal.kit.sealing import Sealer
from puntal.rewards.errors_vouchers import PassKeyUnreadable
from puntal.rewards.operations import passes
from puntal.rewards.policy import tokens

ONE, TWO = bytes(range(32)), bytes(range(32, 64))
FIRST, SECOND, BOTH = Sealer(lambda: [ONE]), Sealer(lambda: [TWO]), Sealer(lambda: [TWO, ONE])
PUBLIC_OF = "SELECT private_key, public_key FROM pass_key WHERE program_id = %s ORDER BY id"


async def stored(database: Database, program_id: int) -> list[tuple[bytes, bytes]]:
    async with database.program_transaction(program_id) as tx:
        rows = await (await tx.execute(PUBLIC_OF, [program_id])).fetchall()
    return [(bytes(row[0]), bytes(row[1])) for row in rows]


async def shown(database: Database, program_id: int, by: Sealer) -> None:
    """Sign a pass with the keys of one process, and read it as a till does."""
    async with database.program_transaction(program_id) as tx:
        token, given = await passes.sign(tx, program_id, ids.new_id(), sealer=by, now=clock.now())
        assert (await passes.verify(tx, program_id, token, now=clock.now())).member_id == given.member_id


async def test_the_table_holds_no_key_that_can_be_read(database: Database, program_id: int) -> None:
    await shown(database, program_id, FIRST)

    ((kept, public),) = await stored(database, program_id)

    private = base64.b64decode(FIRST.open(kept.decode(), of=f"pass_key:{program_id}:{public.hex()}"))
    assert tokens.public_key(private) == public
    assert private not in kept
    assert base64.b64encode(private) not in kept


async def test_a_key_of_before_signs_on_and_is_sealed_once(database: Database, program_id: int) -> None:
    private = secrets.token_bytes(32)
    async with database.program_transaction(program_id) as tx:
        await tx.execute(
            "INSERT INTO pass_key (program_id, id, public_key, private_key, created_at, signs_from)"
            " VALUES (%s, 1, %s, %s, now(), now() - interval '1 day')",
            [program_id, tokens.public_key(private), private],
        )
    await shown(database, program_id, FIRST)
    async with database.program_transaction(program_id) as tx:
        counts = [await passes.reseal(tx, program_id, sealer=FIRST, plain_only=True) for _ in range(2)]
    await shown(database, program_id, FIRST)

    assert counts == [1, 0]
    assert private not in (await stored(database, program_id))[0][0]


async def test_without_the_key_no_pass_is_signed_until_a_new_one_signs(database: Database, program_id: int) -> None:
    await shown(database, program_id, FIRST)

    with pytest.raises(PassKeyUnreadable):
        await shown(database, program_id, SECOND)
    async with database.program_transaction(program_id) as tx:
        with pytest.raises(PassKeyUnreadable):
            await passes.reseal(tx, program_id, sealer=SECOND)
    async with database.program_transaction(program_id) as tx:
        await passes.rotate(tx, program_id, sealer=SECOND, at_once=True, now=clock.now() - timedelta(seconds=1))
    await shown(database, program_id, SECOND)
    # What is lost is over, and in nobody's way.
    async with database.program_transaction(program_id) as tx:
        assert await passes.reseal(tx, program_id, sealer=SECOND) == 0


async def test_another_key_takes_over(database: Database, program_id: int) -> None:
    await shown(database, program_id, FIRST)
    async with database.program_transaction(program_id) as tx:
        assert await passes.reseal(tx, program_id, sealer=BOTH, plain_only=True) == 0
        assert await passes.reseal(tx, program_id, sealer=BOTH) == 1
        assert await passes.reseal(tx, program_id, sealer=BOTH) == 0
    await shown(database, program_id, SECOND)


async def test_a_key_does_not_open_as_another_s(database: Database, program_id: int) -> None:
    await shown(database, program_id, FIRST)
    async with database.program_transaction(program_id) as tx:
        await passes.rotate(tx, program_id, sealer=FIRST, at_once=False, now=clock.now() - timedelta(days=2))
        await tx.execute(
            "UPDATE pass_key SET private_key = (SELECT private_key FROM pass_key WHERE program_id = %s AND id = 1)"
            " WHERE program_id = %s AND id = 2",
            [program_id, program_id],
        )

    with pytest.raises(PassKeyUnreadable):
        await shown(database, program_id, FIRST)
