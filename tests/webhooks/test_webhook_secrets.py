"""Secrets of webhooks in the database: nobody reads them there, and a lost key is said in words."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from receiver import SEALER, Happen, MakeEndpoint, Receiver, secret_of
from standardwebhooks import Webhook

from puntal.entrypoints.worker_relay import relay_batch
from puntal.kit import clock
from puntal.kit.db import Database, ProgramId
from puntal.kit.sealing import Sealer
from puntal.webhooks import operations, queries, sealed
from puntal.webhooks.errors import SecretUnreadable

if TYPE_CHECKING:
    from puntal.webhooks.model import EndpointId
    from puntal.webhooks.sending import Sender

OTHER = Sealer(lambda: [bytes(range(32, 64))])
BOTH = Sealer(lambda: [bytes(range(32, 64)), bytes(range(32))])
OLD = "whsec_" + "QW5uYSBhbmQgQmVuIGFuZCBBbm5hIGFuZCBCZW4="


async def stored(database: Database, program_id: int) -> str:
    async with database.program_transaction(program_id) as tx:
        row = await (await tx.execute("SELECT json_agg(e)::text FROM webhook_endpoint AS e")).fetchone()
    assert row is not None
    return str(row[0])


async def before_sealing(database: Database, program_id: int, id: EndpointId) -> None:
    """Leave a secret as the releases before kept it."""
    async with database.program_transaction(program_id) as tx:
        await tx.execute(
            "UPDATE webhook_endpoint SET secrets = json_build_array(json_build_array(%s::text, NULL))::jsonb"
            " WHERE program_id = %s AND id = %s",
            [OLD, program_id, id],
        )


async def sent(database: Database, program_id: int, sender: Sender, by: Sealer) -> str | None:
    """Send what is due with the keys of one process; return what went wrong."""
    async with database.program_transaction(program_id) as tx:
        (due,) = await operations.claim_due(
            tx, program_id, sealer=by, limit=5, per_endpoint=5, now=clock.now() + timedelta(hours=1)
        )
    outcome = await sender.send(due, now=clock.now())
    async with database.program_transaction(program_id) as tx:
        await operations.settle(tx, program_id, [(due, outcome)], now=clock.now())
    return outcome.error


async def test_the_table_holds_no_secret_that_can_be_read(
    database: Database, program_id: int, an_endpoint: MakeEndpoint
) -> None:
    endpoint = await an_endpoint()
    first = secret_of(endpoint)
    async with database.program_transaction(program_id) as tx:
        rotated = await operations.rotate_secret(
            tx,
            ProgramId(program_id),
            endpoint.id,
            sealer=SEALER,
            overlap=timedelta(hours=1),
            by="key:anna",
            now=clock.now(),
        )

    words = await stored(database, program_id)

    for secret in (first, rotated.secret):
        assert secret not in words
        assert secret.removeprefix("whsec_")[:12] not in words
    assert "whsec_" not in words
    assert [sealed.ending(each) for each in rotated.endpoint.secrets] == [rotated.secret[-4:], first[-4:]]


async def test_a_secret_opens_for_its_own_endpoint_alone(an_endpoint: MakeEndpoint) -> None:
    anna, ben = await an_endpoint(), await an_endpoint()

    assert sealed.to_sign(SEALER, ben.id, anna.secrets) == ()


async def test_secrets_of_before_still_sign_and_are_sealed_once(
    database: Database,
    program_id: int,
    receiver: Receiver,
    sender: Sender,
    an_endpoint: MakeEndpoint,
    happen: Happen,
) -> None:
    endpoint = await an_endpoint()
    await before_sealing(database, program_id, endpoint.id)
    await happen("member.enrolled", "member.left")
    await relay_batch(database, program_id, {})
    async with database.program_transaction(program_id) as tx:
        (plain,) = await queries.list_endpoints(tx, program_id)
        one, two = await operations.claim_due(
            tx, program_id, sealer=SEALER, limit=5, per_endpoint=5, now=clock.now() + timedelta(hours=1)
        )
        counts = [
            await operations.reseal(tx, program_id, sealer=SEALER, plain_only=True),
            await operations.reseal(tx, program_id, sealer=SEALER, plain_only=True),
            await operations.reseal(tx, program_id, sealer=SEALER),
        ]
        (kept,) = await queries.list_endpoints(tx, program_id)
    for due in (one, two):
        assert (await sender.send(due, now=clock.now())).error is None

    assert [Webhook(OLD).verify(got.body, got.headers)["type"] for got in receiver.got] == [
        "member.enrolled",
        "member.left",
    ]
    assert counts == [1, 0, 0]
    assert OLD not in await stored(database, program_id)
    assert (secret_of(kept), sealed.ending(kept.secrets[0]), sealed.ending(plain.secrets[0])) == (OLD, "ZW4=", "ZW4=")


async def test_without_the_key_nothing_is_sent_that_nobody_could_check(
    database: Database, program_id: int, receiver: Receiver, sender: Sender, an_endpoint: MakeEndpoint, happen: Happen
) -> None:
    await an_endpoint()
    await happen("member.enrolled")
    await relay_batch(database, program_id, {})

    assert await sent(database, program_id, sender, OTHER) == "secret_unreadable"

    async with database.program_transaction(program_id) as tx:
        (waits,) = await queries.list_deliveries(tx, program_id, limit=5)
        with pytest.raises(SecretUnreadable):
            await operations.reseal(tx, program_id, sealer=OTHER)
    assert (waits.state.value, waits.last_error, receiver.got) == ("waiting", "secret_unreadable", [])


async def test_a_new_key_takes_over_and_a_new_secret_makes_up_for_a_lost_one(
    database: Database, program_id: int, receiver: Receiver, sender: Sender, an_endpoint: MakeEndpoint, happen: Happen
) -> None:
    anna, ben = await an_endpoint("member.enrolled"), await an_endpoint("member.left")
    async with database.program_transaction(program_id) as tx:
        assert await operations.reseal(tx, program_id, sealer=BOTH) == 2
        assert await operations.reseal(tx, program_id, sealer=BOTH) == 0
        assert await operations.reseal(tx, program_id, sealer=OTHER) == 0
    await happen("member.enrolled")
    await relay_batch(database, program_id, {})
    assert await sent(database, program_id, sender, OTHER) is None
    Webhook(secret_of(anna)).verify(receiver.got[0].body, receiver.got[0].headers)

    async with database.program_transaction(program_id) as tx:
        made = await operations.rotate_secret(
            tx,
            ProgramId(program_id),
            ben.id,
            sealer=SEALER,
            overlap=timedelta(hours=1),
            by="key:anna",
            now=clock.now(),
        )
    await happen("member.left")
    await relay_batch(database, program_id, {})
    assert await sent(database, program_id, sender, SEALER) is None
    Webhook(made.secret).verify(receiver.got[1].body, receiver.got[1].headers)
