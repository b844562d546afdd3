"""Keys: made, checked, rotated, revoked, tied to programs, networks and people (F3)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from signers import MakeKey, bearer

from puntal.access import policy, queries
from puntal.access.errors import (
    BeyondOwn,
    ExpiryPast,
    KeyEnded,
    KeyExpired,
    KeyNotFound,
    KeyRevoked,
    KeyUnknown,
    NoCredentials,
    OrganizationOnly,
    ProgramUnknown,
    RateExceeded,
    StaffUnknown,
)
from puntal.access.gate import Gate, KeyRing
from puntal.access.model import (
    ALL_PERMISSIONS,
    AuditFilter,
    Caller,
    KeyTerms,
    NewKey,
    NewStaff,
    OrganizationId,
    Permission,
    StaffId,
)
from puntal.access.operations import keys, organization, staff
from puntal.access.recent import FRESH
from puntal.kit import clock, ids
from puntal.kit.db import Database, ProgramId, Transaction
from puntal.kit.errors import Forbidden

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
SELLING = frozenset({Permission.EVENTS_WRITE, Permission.MEMBERS_READ})


async def test_a_key_tells_who_is_calling(ring: KeyRing, a_key: MakeKey, organization_id: OrganizationId) -> None:
    made = await a_key(SELLING)

    caller = await ring.caller(bearer(made.token), None, clock.now())

    assert (caller.kind, caller.id, caller.name) == ("key", made.key.id, "Online shop")
    assert (caller.organization_id, caller.program_id) == (organization_id, None)
    assert caller.permissions == SELLING
    with pytest.raises(Forbidden) as refusal:
        caller.require(Permission.POINTS_ADJUST)
    assert refusal.value.numbers == {"permission": "points:adjust"}


async def test_only_the_hash_of_the_secret_is_stored(database: Database, a_key: MakeKey) -> None:
    made = await a_key()
    secret = made.token.rpartition("_")[2]

    async with database.transaction() as tx:
        found = await tx.execute(
            "SELECT k::text, encode(secret_hash, 'hex') FROM api_key AS k WHERE id = %s", [made.key.id]
        )
        row = await found.fetchone()
        logged = await tx.execute("SELECT string_agg(e::text, '') FROM organization_audit_entry AS e")
        log = await logged.fetchone()

    assert row is not None
    assert row[1] == policy.hash_secret(secret).hex()
    assert log is not None
    assert secret not in row[0] + log[0]
    assert secret not in repr(made.key)


@pytest.mark.parametrize("header", [None, "", "Basic YW5uYTpiZW4=", "pk_live_000000000000"])
async def test_without_a_bearer_nobody_is_asking(ring: KeyRing, header: str | None) -> None:
    with pytest.raises(NoCredentials):
        await ring.caller(header, None, clock.now())


async def test_a_wrong_secret_and_an_unknown_key_are_the_same_answer(ring: KeyRing, a_key: MakeKey) -> None:
    made = await a_key()
    prefix = made.token.rpartition("_")[0]

    for token in (f"{prefix}_{'0' * 64}", f"pk_live_ffffffffffff_{'0' * 64}", "pk_live_", "\0"):
        with pytest.raises(KeyUnknown):
            await ring.caller(bearer(token), None, clock.now())


async def test_an_expired_key_says_so(database: Database, ring: KeyRing, owner: Caller) -> None:
    async with database.transaction() as tx:
        terms = KeyTerms(name="Fair", scopes=SELLING, expires_at=NOON + timedelta(hours=1))
        made = await keys.create(tx, terms, by=owner, now=NOON)

    await ring.caller(bearer(made.token), None, NOON + timedelta(minutes=59))
    with pytest.raises(KeyExpired):
        await ring.caller(bearer(made.token), None, NOON + timedelta(hours=1))


async def test_a_key_works_from_its_networks_only(database: Database, ring: KeyRing, owner: Caller) -> None:
    async with database.transaction() as tx:
        terms = KeyTerms(name="Till", scopes=SELLING, networks=("203.0.113.0/24",))
        made = await keys.create(tx, terms, by=owner, now=NOON)

    await ring.caller(bearer(made.token), "203.0.113.7", NOON)
    with pytest.raises(KeyUnknown):
        await ring.caller(bearer(made.token), "198.51.100.7", NOON)


async def test_a_rotated_key_lives_on_through_the_overlap(database: Database, ring: KeyRing, owner: Caller) -> None:
    async with database.transaction() as tx:
        old = await keys.create(tx, KeyTerms(name="Shop", scopes=SELLING), by=owner, now=NOON)
    async with database.transaction() as tx:
        new = await keys.rotate(tx, old.key.id, by=owner, old_until=NOON + timedelta(hours=1), now=NOON)

    assert (new.key.name, new.key.scopes) == (old.key.name, old.key.scopes)
    within, after = NOON + timedelta(minutes=59), NOON + timedelta(hours=1)
    await ring.caller(bearer(old.token), None, within)
    await ring.caller(bearer(new.token), None, within)
    with pytest.raises(KeyRevoked):
        await ring.caller(bearer(old.token), None, after)
    await ring.caller(bearer(new.token), None, after)


async def test_a_key_gets_one_successor(tx: Transaction, owner: Caller) -> None:
    old = await keys.create(tx, KeyTerms(name="Shop", scopes=SELLING), by=owner, now=NOON)
    await keys.rotate(tx, old.key.id, by=owner, old_until=NOON, now=NOON)

    with pytest.raises(KeyEnded):
        await keys.rotate(tx, old.key.id, by=owner, old_until=NOON, now=NOON)


async def test_revoking_within_the_overlap_ends_it_and_twice_changes_nothing(tx: Transaction, owner: Caller) -> None:
    old = await keys.create(tx, KeyTerms(name="Shop", scopes=SELLING), by=owner, now=NOON)
    await keys.rotate(tx, old.key.id, by=owner, old_until=NOON + timedelta(days=1), now=NOON)

    await keys.revoke(tx, old.key.id, by=owner, now=NOON + timedelta(minutes=1))
    again = await keys.revoke(tx, old.key.id, by=owner, now=NOON + timedelta(minutes=2))

    assert again.revoked_at == NOON + timedelta(minutes=1)
    log = await queries.list_organization_audit(
        tx,
        owner.organization_id,
        before=None,
        limit=10,
        only=AuditFilter(subject=f"key:{old.key.id}", action="key.revoked"),
    )
    assert len(log) == 1


async def test_nobody_makes_or_rotates_a_key_that_may_more_than_she(tx: Transaction, owner: Caller) -> None:
    strong = await keys.create(tx, KeyTerms(name="Shop", scopes=ALL_PERMISSIONS), by=owner, now=NOON)
    weak = Caller(
        kind="key",
        organization_id=owner.organization_id,
        program_id=None,
        id=ids.new_id(),
        name="Weak",
        permissions=frozenset({Permission.KEYS_WRITE}),
    )

    with pytest.raises(BeyondOwn):
        await keys.create(tx, KeyTerms(name="Shop", scopes=SELLING), by=weak, now=NOON)
    with pytest.raises(BeyondOwn):
        await keys.rotate(tx, strong.key.id, by=weak, old_until=NOON, now=NOON)


async def test_a_key_is_made_for_what_exists(tx: Transaction, owner: Caller) -> None:
    with pytest.raises(ProgramUnknown):
        await keys.create(tx, KeyTerms(name="A", scopes=SELLING, program="nowhere"), by=owner, now=NOON)
    terms = KeyTerms(name="A", scopes=SELLING, staff_id=StaffId(ids.new_id()))
    with pytest.raises(StaffUnknown):
        await keys.create(tx, terms, by=owner, now=NOON)
    with pytest.raises(ExpiryPast):
        await keys.create(tx, KeyTerms(name="A", scopes=SELLING, expires_at=NOON), by=owner, now=NOON)


async def test_keys_of_another_organization_are_not_there(database: Database, a_key: MakeKey) -> None:
    theirs = await a_key()
    async with database.owner_transaction() as tx:
        other = ids.new_id()
        await tx.execute("INSERT INTO organization (id, name, created_at) VALUES (%s, 'Other', %s)", [other, NOON])
        stranger = keys.administrator(OrganizationId(other))
        for attempt in (
            keys.revoke(tx, theirs.key.id, by=stranger, now=NOON),
            keys.rotate(tx, theirs.key.id, by=stranger, old_until=NOON, now=NOON),
        ):
            with pytest.raises(KeyNotFound):
                await attempt

        assert await queries.list_keys(tx, OrganizationId(other), before=None, limit=10) == []


async def test_a_persons_key_may_what_scopes_and_role_allow_and_ends_with_her(
    database: Database, ring: KeyRing, owner: Caller
) -> None:
    async with database.transaction() as tx:
        await staff.add(
            tx,
            NewStaff(email=f"ben-{ids.new_id()}@example.org", name="Ben", role="owner"),
            by=owner,
            password=None,
            now=NOON,
        )
        anna = await staff.add(
            tx,
            NewStaff(email=f"anna-{ids.new_id()}@example.org", name="Anna", role="support", store="Centro"),
            by=owner,
            password=None,
            now=NOON,
        )
        scopes = frozenset({Permission.POINTS_ADJUST, Permission.KEYS_WRITE})
        made = await keys.create(tx, KeyTerms(name="Script", scopes=scopes, staff_id=anna.id), by=owner, now=NOON)

    caller = await ring.caller(bearer(made.token), None, NOON)

    assert (caller.kind, caller.id, caller.name, caller.store) == ("staff", anna.id, "Anna", "Centro")
    assert caller.actor == f"staff:{anna.id}"
    assert caller.permissions == {Permission.POINTS_ADJUST}
    assert caller.adjust_limit == policy.SUPPORT_ADJUST_LIMIT

    async with database.transaction() as tx:
        await staff.disable(tx, anna.id, by=owner, now=NOON)
    with pytest.raises(KeyRevoked):
        await ring.caller(bearer(made.token), None, NOON + FRESH)


async def test_a_key_of_a_program_knows_no_other(
    database: Database, a_key: MakeKey, program_id: int, slug: str, owner: Caller
) -> None:
    gate = Gate(database)
    async with database.transaction() as tx:
        await tx.execute(
            "INSERT INTO program (organization_id, slug, created_at) VALUES (%s, %s, %s)",
            [owner.organization_id, f"second-{slug}", NOON],
        )
    own = await a_key(SELLING, program_id=ProgramId(program_id))
    whole = await a_key(SELLING)

    async def admit(made: NewKey, program: str) -> int:
        admission = await gate.admit(
            authorization=bearer(made.token), client=None, slug=program, permission=Permission.EVENTS_WRITE
        )
        return admission.program.id

    assert await admit(own, slug) == program_id
    assert await admit(whole, slug) == program_id
    assert await admit(whole, f"second-{slug}") != program_id
    for unknown in (f"second-{slug}", "nowhere", "", "\0"):
        with pytest.raises(ProgramUnknown) as refusal:
            await admit(own, unknown)
        assert refusal.value.numbers == {"program": unknown}
    with pytest.raises(OrganizationOnly):
        await gate.admit_to_organization(authorization=bearer(own.token), client=None, permission=None)


async def test_now_is_by_the_programs_clock(database: Database, a_key: MakeKey, program_id: int, slug: str) -> None:
    made = await a_key()
    async with database.transaction() as tx:
        await tx.execute("UPDATE program SET clock_offset_seconds = 86400 WHERE id = %s", [program_id])

    admission = await Gate(database).admit(authorization=bearer(made.token), client=None, slug=slug, permission=None)

    behind = clock.now() - admission.now
    assert timedelta(days=1) <= behind < timedelta(days=1, minutes=1)


async def test_a_key_that_asks_too_often_is_told_when_to_come_back(
    database: Database, a_key: MakeKey, slug: str
) -> None:
    gate = Gate(database, requests_per_second=3)
    made, other = await a_key(), await a_key()

    async def ask(key: NewKey) -> dict[str, str]:
        found = await gate.admit(authorization=bearer(key.token), client=None, slug=slug, permission=None)
        return found.headers

    async def hurry() -> None:
        for _ in range(20):
            assert (await ask(made))["RateLimit-Limit"] == "3"

    with pytest.raises(RateExceeded) as refusal:
        await hurry()

    assert refusal.value.numbers == {"limit": 3, "window_seconds": 1, "retry_after_seconds": 1}
    assert (await ask(other))["RateLimit-Remaining"] == "2"


async def test_the_first_organization_is_made_once(database: Database) -> None:
    async with database.transaction() as tx:
        first = await organization.ensure_organization(tx, "Tienda", now=NOON)
    async with database.transaction() as tx:
        again = await organization.ensure_organization(tx, "Another", now=NOON)

    assert again == first
