"""From the outbox to a receiver: signed, again when it fails, parked in the end, replayed on request."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from receiver import SEALER, Happen, MakeEndpoint, Receiver, a_receiver, secret_of
from standardwebhooks import Webhook, WebhookVerificationError

from puntal.entrypoints.worker_relay import relay_all, relay_batch
from puntal.entrypoints.worker_webhooks import PER_ENDPOINT, Deliveries
from puntal.kit import clock, ids
from puntal.kit.db import Database, ProgramId
from puntal.webhooks import operations, policy, queries
from puntal.webhooks.errors import EndpointDisabled
from puntal.webhooks.model import Delivery, DeliveryState, Due, PayloadShape
from puntal.webhooks.operations import LEASE, EndpointChange
from puntal.webhooks.sending import Sender

if TYPE_CHECKING:
    from collections.abc import Sequence


async def claim(database: Database, program_id: int, now: datetime, limit: int = 50) -> list[Due]:
    async with database.program_transaction(program_id) as tx:
        return await operations.claim_due(tx, program_id, sealer=SEALER, limit=limit, per_endpoint=50, now=now)


async def attempt(database: Database, program_id: int, sender: Sender, now: datetime) -> int:
    """Send everything due once, as of `now`."""
    claimed = await claim(database, program_id, now)
    for due in claimed:
        outcome = await sender.send(due, now=now)
        async with database.program_transaction(program_id) as tx:
            await operations.settle(tx, program_id, [(due, outcome)], now=now)
    return len(claimed)


async def log(database: Database, program_id: int) -> Sequence[Delivery]:
    async with database.program_transaction(program_id) as tx:
        return await queries.list_deliveries(tx, program_id, limit=200)


async def test_what_happened_arrives_signed(
    database: Database, program_id: int, receiver: Receiver, sender: Sender, an_endpoint: MakeEndpoint, happen: Happen
) -> None:
    endpoint = await an_endpoint("member.*")
    anna = ids.new_id()
    (joined, _) = await happen("member.enrolled", "tier.reached", payload={"name": "Anna"}, member=anna)

    await relay_batch(database, program_id, {})
    await attempt(database, program_id, sender, clock.now())

    (got,) = receiver.got
    assert got.id == str(joined.id)
    verified = Webhook(secret_of(endpoint)).verify(got.body, got.headers)
    assert verified["type"] == "member.enrolled"
    assert verified["data"] == {"name": "Anna", "member_id": str(anna)}
    assert got.headers["content-type"] == "application/json"
    (delivery,) = await log(database, program_id)
    assert (delivery.state, delivery.last_status, delivery.attempts) == (DeliveryState.DELIVERED, 204, 1)
    assert [tried.status for tried in delivery.history] == [204]


async def test_each_endpoint_gets_what_it_asked_for_in_its_shape(
    database: Database, program_id: int, receiver: Receiver, sender: Sender, an_endpoint: MakeEndpoint, happen: Happen
) -> None:
    thin = await an_endpoint("*", payload=PayloadShape.THIN)
    full = await an_endpoint("points.earned", "member.left")
    await happen("points.earned", "event.caused", payload={"event": "o1", "points": 5})

    await relay_batch(database, program_id, {})
    await attempt(database, program_id, sender, clock.now())

    assert len(receiver.got) == 2
    by_endpoint = {one.endpoint_id: one.body["data"] for one in await log(database, program_id)}
    assert by_endpoint == {
        thin.id: {"event": "o1", "member_id": None},
        full.id: {"event": "o1", "points": 5, "member_id": None},
    }


async def test_failures_are_tried_again_by_the_schedule_and_parked_after_the_twelfth(
    database: Database, program_id: int, receiver: Receiver, sender: Sender, an_endpoint: MakeEndpoint, happen: Happen
) -> None:
    await an_endpoint()
    await happen("member.enrolled")
    receiver.answers.extend([500] * 12)
    await relay_batch(database, program_id, {})
    began = now = clock.now()

    for pause in policy.PAUSES_SECONDS:
        assert await attempt(database, program_id, sender, now) == 1
        assert await attempt(database, program_id, sender, now + timedelta(seconds=pause) * 8 / 10) == 0
        now += timedelta(seconds=pause) * 12 / 10
    assert await attempt(database, program_id, sender, now) == 1

    (delivery,) = await log(database, program_id)
    assert (delivery.state, delivery.attempts, delivery.next_at) == (DeliveryState.PARKED, 12, None)
    assert [tried.status for tried in delivery.history] == [500] * 12
    assert await attempt(database, program_id, sender, now + timedelta(days=30)) == 0
    assert len(receiver.got) == 12
    assert len({(got.id, got.body) for got in receiver.got}) == 1
    assert now - began > timedelta(days=3)


async def test_a_parked_delivery_is_replayed_under_the_same_id(
    database: Database, program_id: int, receiver: Receiver, sender: Sender, an_endpoint: MakeEndpoint, happen: Happen
) -> None:
    endpoint = await an_endpoint()
    await happen("member.enrolled", "member.left")
    receiver.answers.extend([410, 410])
    await relay_batch(database, program_id, {})
    await attempt(database, program_id, sender, clock.now())
    parked = await log(database, program_id)
    assert {one.state for one in parked} == {DeliveryState.PARKED}

    async with database.program_transaction(program_id) as tx:
        await operations.replay_delivery(tx, ProgramId(program_id), parked[0].id, by="key:anna", now=clock.now())
    assert await attempt(database, program_id, sender, clock.now()) == 1
    async with database.program_transaction(program_id) as tx:
        later = clock.now() + timedelta(hours=1)
        none = await operations.replay_parked(
            tx, ProgramId(program_id), endpoint.id, since=later, by="key:anna", now=clock.now()
        )
        rest = await operations.replay_parked(
            tx, ProgramId(program_id), endpoint.id, since=parked[1].created_at, by="key:anna", now=clock.now()
        )
    assert await attempt(database, program_id, sender, clock.now()) == 1

    assert (none, rest) == (0, 1)
    assert {one.state for one in await log(database, program_id)} == {DeliveryState.DELIVERED}
    sent = [got.id for got in receiver.got]
    assert sorted(sent[:2]) == sorted(sent[2:])


async def test_a_crash_between_sending_and_noting_sends_again_under_the_same_id(
    database: Database, program_id: int, receiver: Receiver, sender: Sender, an_endpoint: MakeEndpoint, happen: Happen
) -> None:
    await an_endpoint()
    await happen("member.enrolled")
    await relay_batch(database, program_id, {})
    now = clock.now()
    (due,) = await claim(database, program_id, now)
    await sender.send(due, now=now)
    # The process dies here: nothing is settled.

    assert await attempt(database, program_id, sender, now + LEASE / 2) == 0
    assert await attempt(database, program_id, sender, now + LEASE) == 1

    first, second = receiver.got
    assert (first.id, first.body) == (second.id, second.body)
    (delivery,) = await log(database, program_id)
    assert (delivery.state, delivery.attempts) == (DeliveryState.DELIVERED, 2)


async def test_a_late_failure_does_not_undo_what_another_process_began_and_a_late_success_counts(
    database: Database, program_id: int, receiver: Receiver, sender: Sender, an_endpoint: MakeEndpoint, happen: Happen
) -> None:
    await an_endpoint()
    await happen("member.enrolled")
    await relay_batch(database, program_id, {})
    now = clock.now()
    receiver.answers.extend([500, 204])
    (slow,) = await claim(database, program_id, now)
    failed = await sender.send(slow, now=now)
    succeeded = await sender.send(slow, now=now)
    (fast,) = await claim(database, program_id, now + LEASE)
    assert (slow.attempts, fast.attempts) == (1, 2)

    async with database.program_transaction(program_id) as tx:
        await operations.settle(tx, program_id, [(slow, failed)], now=now + LEASE)
    (after_failure,) = await log(database, program_id)
    async with database.program_transaction(program_id) as tx:
        await operations.settle(tx, program_id, [(slow, succeeded)], now=now + LEASE)
        await operations.settle(tx, program_id, [(fast, failed)], now=now + LEASE)
    (after_success,) = await log(database, program_id)

    assert after_failure.next_at == now + LEASE + LEASE
    assert after_success.state is DeliveryState.DELIVERED


async def test_while_secrets_overlap_both_verify_and_afterwards_the_old_one_does_not(
    database: Database, program_id: int, receiver: Receiver, sender: Sender, an_endpoint: MakeEndpoint, happen: Happen
) -> None:
    endpoint = await an_endpoint()
    now = clock.now()
    async with database.program_transaction(program_id) as tx:
        rotated = await operations.rotate_secret(
            tx, ProgramId(program_id), endpoint.id, sealer=SEALER, overlap=timedelta(hours=1), by="key:anna", now=now
        )
    old, new = Webhook(secret_of(endpoint)), Webhook(rotated.secret)

    await happen("member.enrolled")
    await relay_batch(database, program_id, {})
    await attempt(database, program_id, sender, clock.now())
    async with database.program_transaction(program_id) as tx:
        await operations.rotate_secret(
            tx, ProgramId(program_id), endpoint.id, sealer=SEALER, overlap=timedelta(), by="key:anna", now=clock.now()
        )
    await happen("member.left")
    await relay_batch(database, program_id, {})
    await attempt(database, program_id, sender, clock.now())

    during, after = receiver.got
    assert old.verify(during.body, during.headers) == new.verify(during.body, during.headers)
    assert len(during.headers["webhook-signature"].split(" ")) == 2
    with pytest.raises(WebhookVerificationError):
        old.verify(after.body, after.headers)
    with pytest.raises(WebhookVerificationError):
        new.verify(after.body, after.headers)


async def test_two_workers_relay_and_send_each_happening_once(
    database: Database, program_id: int, receiver: Receiver, sender: Sender, an_endpoint: MakeEndpoint, happen: Happen
) -> None:
    await an_endpoint()
    rows = await happen(*["member.enrolled"] * 60)

    async def relay() -> None:
        for _ in range(12):
            await relay_batch(database, program_id, {}, limit=7)

    async def send() -> None:
        deliveries = Deliveries(database, sender, sealer=SEALER, concurrency=8)
        while len(receiver.got) < 60:
            if await deliveries.start_due() == 0:
                await deliveries.wait(0.05)
        await deliveries.drain()

    await asyncio.gather(relay(), relay())
    async with asyncio.timeout(20):
        await asyncio.gather(send(), send())

    assert sorted(got.id for got in receiver.got) == sorted(str(row.id) for row in rows)


async def test_a_relay_that_dies_leaves_nothing_behind_and_a_second_one_writes_nothing_twice(
    database: Database, program_id: int, an_endpoint: MakeEndpoint, happen: Happen, monkeypatch: pytest.MonkeyPatch
) -> None:
    await an_endpoint()
    (row,) = await happen("member.enrolled")

    async def die(*_: object, **__: object) -> None:
        raise ConnectionResetError

    with monkeypatch.context() as patched:
        patched.setattr("puntal.outbox.operations.mark", die)
        with pytest.raises(ConnectionResetError):
            await relay_batch(database, program_id, {})
    assert await log(database, program_id) == []

    assert await relay_batch(database, program_id, {}) == 1
    async with database.program_transaction(program_id) as tx:
        assert await operations.queue(tx, program_id, [row], now=clock.now()) == 0
    assert len(await log(database, program_id)) == 1


async def test_a_slow_endpoint_holds_up_itself_only(
    database: Database, program_id: int, receiver: Receiver, sender: Sender, an_endpoint: MakeEndpoint, happen: Happen
) -> None:
    async with a_receiver() as slow:
        slow.hang = True
        await an_endpoint("member.enrolled", url=slow.url)
        await an_endpoint("member.left")
        await happen(*["member.enrolled"] * 20, *["member.left"] * 20)
        await relay_all(database, {})
        deliveries = Deliveries(database, sender, sealer=SEALER, concurrency=8)

        async with asyncio.timeout(1.5):
            while len(receiver.got) < 20:
                if await deliveries.start_due() == 0:
                    await deliveries.wait(0.02)

        assert slow.most_at_once <= PER_ENDPOINT
        await deliveries.drain()
    outcomes = {(one.kind, one.last_error) for one in await log(database, program_id) if one.history}
    assert outcomes == {("member.enrolled", "timeout"), ("member.left", None)}


async def test_disabling_parks_what_waits_and_sends_nothing_more(
    database: Database, program_id: int, receiver: Receiver, sender: Sender, an_endpoint: MakeEndpoint, happen: Happen
) -> None:
    endpoint = await an_endpoint()
    await happen("member.enrolled")
    await relay_batch(database, program_id, {})
    async with database.program_transaction(program_id) as tx:
        await operations.change_endpoint(
            tx,
            ProgramId(program_id),
            endpoint.id,
            EndpointChange(disabled=True),
            allow_private=True,
            by="key:anna",
            now=clock.now(),
        )
    await happen("member.left")
    await relay_batch(database, program_id, {})

    assert await attempt(database, program_id, sender, clock.now()) == 0
    (parked,) = await log(database, program_id)
    assert (parked.state, parked.last_error) == (DeliveryState.PARKED, "endpoint_disabled")
    assert receiver.got == []
    async with database.program_transaction(program_id) as tx:
        with pytest.raises(EndpointDisabled):
            await operations.replay_delivery(tx, ProgramId(program_id), parked.id, by="key:anna", now=clock.now())
        assert await operations.wanted_kinds(tx, program_id) == frozenset()


async def test_writers_learn_which_kinds_anybody_wants(
    database: Database, program_id: int, an_endpoint: MakeEndpoint
) -> None:
    await an_endpoint("tier.*", "points.earned")

    async with database.program_transaction(program_id) as tx:
        wanted = await operations.wanted_kinds(tx, program_id)

    assert {"points.earned", "tier.reached", "tier.lost"} <= wanted
    assert "member.enrolled" not in wanted


async def test_what_is_said_about_a_forgotten_member_is_emptied_before_it_is_sent(
    database: Database, program_id: int, receiver: Receiver, sender: Sender, an_endpoint: MakeEndpoint, happen: Happen
) -> None:
    await an_endpoint()
    anna = ids.new_id()
    await happen("member.updated", payload={"name": "Anna"}, member=anna)
    await relay_batch(database, program_id, {})

    async with database.program_transaction(program_id) as tx:
        (held,) = await operations.held_about(tx, program_id, [anna])
        await operations.forget(tx, program_id, [anna])
    await attempt(database, program_id, sender, clock.now())

    assert held.body["data"]["name"] == "Anna"
    assert receiver.got[0].said["data"] == {}
    assert receiver.got[0].said["type"] == "member.updated"


async def test_the_log_is_cleared_after_its_time(
    database: Database, program_id: int, receiver: Receiver, sender: Sender, an_endpoint: MakeEndpoint, happen: Happen
) -> None:
    await an_endpoint()
    await happen("member.enrolled", "member.left", "member.paused")
    receiver.answers.extend([204, 410, 500])
    await relay_batch(database, program_id, {})
    now = clock.now()
    await attempt(database, program_id, sender, now)

    async def cleared(days: int) -> int:
        async with database.program_transaction(program_id) as tx:
            return await operations.drop_old(tx, program_id, now=now + timedelta(days=days))

    assert [await cleared(29), await cleared(31), await cleared(91)] == [0, 1, 1]
    (left,) = await log(database, program_id)
    assert left.state is DeliveryState.WAITING
