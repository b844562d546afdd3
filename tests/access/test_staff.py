"""People, roles and passwords."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from puntal.access import queries
from puntal.access.errors import (
    BeyondOwn,
    EmailTaken,
    LastOwner,
    PasswordWeak,
    RoleReserved,
    RoleUnknown,
    StaffUnknown,
)
from puntal.access.model import Caller, NewStaff, OrganizationId, Permission, Staff, StaffId
from puntal.access.operations import keys, staff
from puntal.access.queries.sign_in import find_claimed
from puntal.kit import ids
from puntal.kit.db import Transaction

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
PHRASE = "una contraseña larga"


async def hired(
    tx: Transaction, by: Caller, name: str = "Anna", role: str = "support", password: str | None = None
) -> Staff:
    person = NewStaff(email=f"{name}-{ids.new_id()}@Example.org", name=name, role=role)
    return await staff.add(tx, person, by=by, password=password, now=NOON)


async def _signs_in(tx: Transaction, email: str, password: str) -> bool:
    return await staff.is_password(password, (await find_claimed(tx, email)).password_hash)


def as_caller(person: Staff, permissions: frozenset[Permission]) -> Caller:
    return Caller(
        kind="staff",
        organization_id=person.organization_id,
        program_id=None,
        id=person.id,
        name=person.name,
        permissions=permissions,
    )


async def test_signs_in_with_her_password_and_no_other(tx: Transaction, owner: Caller) -> None:
    anna = await hired(tx, owner, password=PHRASE)

    assert anna.email == anna.email.lower()
    assert await _signs_in(tx, anna.email, PHRASE)
    for wrong in (PHRASE + "!", "", PHRASE * 50):
        assert not await _signs_in(tx, anna.email, wrong)
    assert not await _signs_in(tx, "nobody@example.org", PHRASE)


async def test_a_password_is_stored_as_argon2_with_our_costs(tx: Transaction, owner: Caller) -> None:
    anna = await hired(tx, owner, password=PHRASE)

    stored = (await find_claimed(tx, anna.email)).password_hash

    assert stored is not None
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


async def test_nobody_signs_in_without_a_password_or_once_disabled(tx: Transaction, owner: Caller) -> None:
    anna = await hired(tx, owner)
    assert not await _signs_in(tx, anna.email, PHRASE)

    await staff.set_password(tx, anna, PHRASE, actor=owner.actor, now=NOON)
    assert await _signs_in(tx, anna.email, PHRASE)

    await staff.disable(tx, anna.id, by=owner, now=NOON)
    assert not await _signs_in(tx, anna.email, PHRASE)


async def test_refuses_a_weak_password(tx: Transaction, owner: Caller) -> None:
    with pytest.raises(PasswordWeak):
        await hired(tx, owner, password="password")


async def test_an_address_signs_in_one_person_and_the_transaction_goes_on(tx: Transaction, owner: Caller) -> None:
    anna = await hired(tx, owner)

    with pytest.raises(EmailTaken):
        await staff.add(
            tx, NewStaff(email=anna.email.upper(), name="Ben", role="admin"), by=owner, password=None, now=NOON
        )

    assert await queries.list_staff(tx, owner.organization_id, before=None, limit=10) == [anna]


async def test_the_last_owner_stays(tx: Transaction, owner: Caller) -> None:
    anna = await hired(tx, owner, role="owner")
    with pytest.raises(LastOwner):
        await staff.disable(tx, anna.id, by=owner, now=NOON)

    ben = await hired(tx, owner, name="Ben", role="owner")
    await staff.disable(tx, anna.id, by=owner, now=NOON)
    with pytest.raises(LastOwner):
        await staff.disable(tx, ben.id, by=owner, now=NOON)


async def test_only_an_owner_makes_and_disables_owners(tx: Transaction, owner: Caller) -> None:
    anna, ben = await hired(tx, owner, role="owner"), await hired(tx, owner, name="Ben", role="admin")
    await hired(tx, owner, name="Carla", role="owner")

    with pytest.raises(BeyondOwn):
        await hired(tx, as_caller(ben, owner.permissions), role="owner")
    with pytest.raises(BeyondOwn):
        await staff.disable(tx, anna.id, by=as_caller(ben, owner.permissions), now=NOON)
    await hired(tx, as_caller(anna, owner.permissions), role="owner")


async def test_a_key_is_no_owner_whatever_it_may_do(tx: Transaction, owner: Caller) -> None:
    anna = await hired(tx, owner, role="owner")
    await hired(tx, owner, name="Carla", role="owner")
    everything = replace(owner, id=ids.new_id(), name="Back office")

    assert everything.kind == "key"
    with pytest.raises(BeyondOwn):
        await hired(tx, everything, role="owner")
    with pytest.raises(BeyondOwn):
        await staff.disable(tx, anna.id, by=everything, now=NOON)
    await hired(tx, everything, name="Ben", role="admin")


async def test_nobody_appoints_to_a_role_that_may_more(tx: Transaction, owner: Caller) -> None:
    anna = await hired(tx, owner, role="support")

    with pytest.raises(BeyondOwn):
        await hired(tx, as_caller(anna, frozenset({Permission.STAFF_WRITE})), role="cashier")


async def test_a_role_of_ones_own(tx: Transaction, owner: Caller) -> None:
    with pytest.raises(RoleUnknown):
        await hired(tx, owner, role="till-chief")

    permissions = frozenset({Permission.MEMBERS_READ, Permission.POINTS_ADJUST})
    await staff.put_role(tx, by=owner, id="till-chief", permissions=permissions, adjust_limit=50, now=NOON)
    anna = await hired(tx, owner, role="till-chief")
    key = await keys.create_first_key(tx, owner.organization_id, name="-", now=NOON)
    roles = await queries.list_roles(tx, owner.organization_id)

    assert key.key.staff_id is None
    assert (anna.role, roles["till-chief"].permissions, roles["till-chief"].adjust_limit) == (
        "till-chief",
        permissions,
        50,
    )


async def test_a_built_in_role_takes_a_limit_and_no_permissions(tx: Transaction, owner: Caller) -> None:
    with pytest.raises(RoleReserved):
        await staff.put_role(tx, by=owner, id="support", permissions=frozenset(Permission), adjust_limit=None, now=NOON)

    changed = await staff.put_role(tx, by=owner, id="support", permissions=None, adjust_limit=5, now=NOON)

    assert (changed.built_in, changed.adjust_limit) == (True, 5)
    assert Permission.KEYS_WRITE not in changed.permissions


async def test_staff_of_another_organization_are_not_there(tx: Transaction, owner: Caller) -> None:
    stranger = keys.administrator(OrganizationId(ids.new_id()))
    anna = await hired(tx, owner)

    for somebody in (anna.id, StaffId(ids.new_id())):
        with pytest.raises(StaffUnknown):
            await staff.disable(tx, somebody, by=stranger, now=NOON)
