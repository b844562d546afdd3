"""What changes about a member, and what is refused (B21, C6, D5)."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from people import AGREED, MEMBERSHIP, NOON, a_member

from puntal.kit import ids as new
from puntal.kit.errors import Refusal
from puntal.members import operations, queries
from puntal.members.errors import (
    AlreadyPooled,
    IdentityTaken,
    LastIdentity,
    NotPooled,
    NotValid,
    PoolFull,
    UnknownMember,
    UnknownPool,
    UnknownPoolKind,
    WrongStatus,
)
from puntal.members.model import Consent, Evidence, Ids, Match
from puntal.outbox import operations as outbox

if TYPE_CHECKING:
    from puntal.kit.db import Database, Transaction

LATER = NOON + timedelta(hours=1)
SAID: dict[str, Any] = {"membership": MEMBERSHIP, "now": LATER}


async def test_only_what_is_said_changes(tx: Transaction, program_id: int) -> None:
    """B21."""
    anna = await a_member(tx, program_id, name="Anna", country="ES", attributes={"size": "M", "children": 2})

    after = await operations.update_member(
        tx, program_id, anna, {"name": "Anna Ruiz", "attributes": {"size": "L", "children": None}}, **SAID
    )

    assert (after.name, after.country, after.attributes, after.updated_at) == ("Anna Ruiz", "ES", {"size": "L"}, LATER)
    assert (await operations.load(tx, program_id, [anna]))[anna] == after
    again = await operations.update_member(tx, program_id, anna, {"name": "Anna Ruiz"}, **SAID)
    assert again == after
    told = [row.payload for row in await outbox.claim(tx, program_id) if row.kind == "member.updated"]
    assert told == [{"changed": ["name", "attributes.size", "attributes.children"]}]


async def test_wrong_values_change_nothing(tx: Transaction, program_id: int) -> None:
    anna = await a_member(tx, program_id, name="Anna")

    with pytest.raises(NotValid) as refusal:
        await operations.update_member(
            tx, program_id, anna, {"name": "", "birthday": date(2030, 1, 1), "attributes": {"size": "XL"}}, **SAID
        )

    assert [fault.path for fault in refusal.value.faults] == ["/name", "/birthday", "/attributes/size"]
    with pytest.raises(UnknownMember):
        await operations.update_member(tx, program_id, new.new_id(), {"name": "Nobody"}, **SAID)


@pytest.mark.parametrize(
    ("path", "refused"),
    [
        (["paused", "active", "blocked", "active"], False),
        (["blocked", "paused"], True),
        (["left", "active"], True),
        (["left", "blocked"], False),
    ],
)
async def test_a_status_changes_along_known_ways(
    tx: Transaction,
    program_id: int,
    path: list[Any],
    refused: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    anna = await a_member(tx, program_id)
    *before, last = path
    for status in before:
        await operations.change_status(tx, program_id, anna, status, now=NOON, reason="asked", by="test")

    if refused:
        with pytest.raises(WrongStatus):
            await operations.change_status(tx, program_id, anna, last, now=NOON, reason="asked", by="test")
    else:
        first = await operations.change_status(tx, program_id, anna, last, now=NOON, reason="asked", by="test")
        assert await operations.change_status(tx, program_id, anna, last, now=LATER, reason="again", by="test") == first


async def test_an_unblocked_guest_is_a_guest_again(tx: Transaction, program_id: int) -> None:
    [guest] = await operations.open_unknown(tx, program_id, [Ids(card="1")], as_="guest", now=NOON, claim_until=LATER)
    await operations.change_status(tx, program_id, guest, "blocked", now=NOON, reason="fraud", by="test")

    after = await operations.change_status(tx, program_id, guest, "active", now=NOON, reason="mistake", by="test")

    assert after.status == "guest"


async def test_identities_are_added_removed_and_proven(tx: Transaction, program_id: int) -> None:
    """C6."""
    anna = await a_member(tx, program_id)
    known = await operations.add_identities(tx, program_id, anna, Ids(phone="612345678", device="d"), **SAID)
    assert {one.kind for one in known} == {"email", "phone", "device"}

    await operations.verify_identity(tx, program_id, anna, ("phone", "+34612345678"), now=LATER)
    await operations.verify_identity(tx, program_id, anna, ("phone", "+34612345678"), now=LATER + timedelta(days=1))

    assert (await operations.load(tx, program_id, [anna]))[anna].phone_verified_at == LATER
    await operations.remove_identity(tx, program_id, anna, ("phone", "+34612345678"), now=LATER)
    await operations.remove_identity(tx, program_id, anna, ("phone", "+34612345678"), now=LATER)
    assert (await operations.load(tx, program_id, [anna]))[anna].phone_verified_at is None
    with pytest.raises(LastIdentity):
        await operations.remove_identity(tx, program_id, anna, ("email", "anna@example.com"), now=LATER)
    with pytest.raises(UnknownMember):
        await operations.verify_identity(tx, program_id, anna, ("email", "ben@example.com"), now=LATER)


async def test_another_members_identity_is_not_taken_but_named_for_merging(tx: Transaction, program_id: int) -> None:
    """D5."""
    anna, ben = await a_member(tx, program_id), await a_member(tx, program_id, "ben@example.com")

    with pytest.raises(IdentityTaken) as refusal:
        await operations.add_identities(tx, program_id, anna, Ids(email="ben@example.com", card="1"), **SAID)

    assert refusal.value.numbers == {"kind": "email", "other": str(ben)}


async def test_two_members_cannot_get_one_card(database: Database, program_id: int) -> None:
    async with database.program_transaction(program_id) as tx:
        members = [await a_member(tx, program_id, f"p{at}@example.com") for at in range(4)]

    async def add(at: int) -> bool:
        try:
            async with database.program_transaction(program_id) as tx:
                await operations.add_identities(tx, program_id, members[at], Ids(card="1"), **SAID)
        except Refusal:
            return False
        return True

    assert sum(await asyncio.gather(*(add(at) for at in range(4)))) == 1


async def test_the_newest_word_holds_and_every_word_is_kept(tx: Transaction, program_id: int) -> None:
    anna = await a_member(tx, program_id)
    yes = Consent(purpose="news", given=True, evidence=Evidence(source="app", ip_hash="ab12"))
    no = Consent(purpose="news", given=False, channel="sms", evidence=Evidence(source="sms", note="STOP"))

    await operations.record_consents(tx, program_id, anna, [AGREED, yes], membership=MEMBERSHIP, now=NOON)
    await operations.record_consents(tx, program_id, anna, [no], membership=MEMBERSHIP, now=LATER)

    held = (await queries.consents(tx, program_id, [anna]))[anna]
    assert [(one.purpose, one.channel, one.given) for one in held] == [
        ("news", "email", True),
        ("news", "sms", False),
        ("terms", "", True),
    ]
    assert len((await queries.consents(tx, program_id, [anna], history=True))[anna]) == 4


@pytest.mark.parametrize(
    ("purpose", "channel", "at", "path"),
    [
        ("spam", "", None, "/consents/0/purpose"),
        ("news", "fax", None, "/consents/0/channel"),
        ("news", "sms", NOON + timedelta(days=9), "/consents/0/at"),
    ],
)
async def test_a_consent_that_means_nothing_is_refused(
    tx: Transaction, program_id: int, purpose: str, channel: str, at: Any, path: str
) -> None:
    anna = await a_member(tx, program_id)
    said = Consent(purpose=purpose, channel=channel, at=at, given=True, evidence=Evidence(source="app"))

    with pytest.raises(NotValid) as refusal:
        await operations.record_consents(tx, program_id, anna, [said], **SAID)

    assert [fault.path for fault in refusal.value.faults] == [path]


async def test_a_pool_has_its_places_and_a_member_one_pool(tx: Transaction, program_id: int) -> None:
    anna, ben, cleo = [await a_member(tx, program_id, f"{name}@example.com") for name in ("anna", "ben", "cleo")]
    pool = await operations.create_pool(tx, program_id, "household", {anna: True}, **SAID)

    await operations.join_pool(tx, program_id, pool, {ben: False, anna: True}, **SAID)

    assert (await operations.load(tx, program_id, [ben]))[ben].pool_id == pool
    assert {(one.member_id, one.adult) for one in await operations.pool_members(tx, program_id, pool)} == {
        (anna, True),
        (ben, False),
    }
    with pytest.raises(AlreadyPooled):
        await operations.create_pool(tx, program_id, "household", {anna: True}, **SAID)
    with pytest.raises(UnknownPoolKind):
        await operations.create_pool(tx, program_id, "village", {cleo: True}, **SAID)
    with pytest.raises(UnknownPool):
        await operations.join_pool(tx, program_id, new.new_id(), {cleo: True}, **SAID)
    assert await operations.leave_pool(tx, program_id, ben, now=LATER) == pool
    with pytest.raises(NotPooled):
        await operations.leave_pool(tx, program_id, ben, now=LATER)
    await operations.join_pool(tx, program_id, pool, {cleo: True}, **SAID)
    with pytest.raises(PoolFull):
        await operations.join_pool(tx, program_id, pool, {ben: True}, **SAID)


async def test_the_last_place_in_a_pool_is_taken_once(database: Database, program_id: int) -> None:
    async with database.program_transaction(program_id) as tx:
        members = [await a_member(tx, program_id, f"p{at}@example.com") for at in range(5)]
        pool = await operations.create_pool(tx, program_id, "household", {members[0]: True}, **SAID)

    async def enter(at: int) -> bool:
        try:
            async with database.program_transaction(program_id) as tx:
                await operations.join_pool(tx, program_id, pool, {members[at]: True}, **SAID)
        except PoolFull:
            return False
        return True

    assert sum(await asyncio.gather(*(enter(at) for at in range(1, 5)))) == 1


async def test_guests_who_do_not_join_in_time_are_forgotten(tx: Transaction, program_id: int) -> None:
    opened = await operations.open_unknown(
        tx,
        program_id,
        [Ids(card="1"), Ids(card="2")],
        as_="guest",
        now=NOON,
        claim_until=LATER,
    )

    assert await operations.lapse_guests(tx, program_id, now=NOON) == []
    assert set(await operations.lapse_guests(tx, program_id, now=LATER)) == set(opened)
    assert await operations.lapse_guests(tx, program_id, now=LATER) == []
    assert await operations.resolve(tx, program_id, [Ids(card="1")]) == [Match(None)]
