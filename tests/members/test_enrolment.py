"""People join (E6, B21, C6): strangers, guests, those who come back, and many at once."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from people import AGREED, NOON, STRICT, a_member, a_person, join

from puntal.kit import ids as new
from puntal.members import operations, queries
from puntal.members.errors import Blocked, ConsentMissing, NoIdentity, NotValid
from puntal.members.model import Enrolled, Ids
from puntal.outbox import operations as outbox

if TYPE_CHECKING:
    from puntal.kit.db import Database, Transaction


async def test_one_identity_is_enough_and_everything_said_is_kept(tx: Transaction, program_id: int) -> None:
    """E6, B21."""
    attributes = {
        "favourite_store": "Sol",
        "budget": "100.50 EUR",
        "children": 2,
        "vegan": True,
        "since": "2020-02-29",
        "size": "M",
        "likes": ["tea", "jam"],
    }

    [anna, ben] = await join(
        tx,
        program_id,
        a_person(name=" Ana Núñez ", locale="es", country="ES", zone="Africa/Lagos", attributes=attributes),
        a_person(None, phone="612 345 678"),
    )

    assert (anna.created, ben.created, anna.warnings) == (True, True, ())
    profile = (await operations.load(tx, program_id, [anna.id]))[anna.id]
    assert (profile.status, profile.enrolled_at, profile.name) == ("active", NOON, "Ana Núñez")
    assert profile.attributes == attributes | {"budget": 10050}
    known = await queries.identities(tx, program_id, [ben.id])
    assert [(one.kind, one.value) for one in known[ben.id]] == [("phone", "+34612345678")]
    told = await outbox.claim(tx, program_id)
    assert [(row.kind, row.member_id) for row in told] == [("member.enrolled", anna.id), ("member.enrolled", ben.id)]


async def test_enrolling_again_is_the_same_member_and_changes_nothing(tx: Transaction, program_id: int) -> None:
    anna = await a_member(tx, program_id, name="Anna")

    [again, other] = await join(tx, program_id, a_person("ANNA@example.com", name="Mallory"), a_person(id=anna))

    assert again == other == Enrolled(id=anna, created=False)
    assert (await operations.load(tx, program_id, [anna]))[anna].name == "Anna"
    assert len(await outbox.claim(tx, program_id)) == 1


async def test_the_callers_id_becomes_the_members(tx: Transaction, program_id: int) -> None:
    mine = new.new_id()

    [first, second] = await join(tx, program_id, a_person(id=mine), a_person(id=mine))

    assert (first, second) == (Enrolled(id=mine, created=True), Enrolled(id=mine, created=False))


async def test_of_people_in_one_call_who_share_an_identity_the_first_is_enrolled(
    tx: Transaction, program_id: int
) -> None:
    answers = await join(
        tx, program_id, a_person(card="1"), a_person("ben@example.com"), a_person(None, card="1"), a_person()
    )

    assert [answer.created for answer in answers] == [True, True, False, False]
    assert answers[0].id == answers[2].id == answers[3].id != answers[1].id


async def test_each_refusal_leaves_the_others_alone(tx: Transaction, program_id: int) -> None:
    future = date(2027, 1, 1)
    wrong = a_person(
        "no",
        name=" ",
        locale="english",
        country="XX",
        zone="Mars/Base",
        birthday=future,
        attributes={"size": "XL", "shoe": 4, "budget": 5, "children": 1.5, "vegan": "yes", "likes": "tea"},
        consents=(AGREED.__class__(purpose="spam", given=True, evidence=AGREED.evidence),),
    )

    [nobody, faulty, anna] = await join(tx, program_id, a_person(None), wrong, a_person())

    assert isinstance(nobody, NoIdentity)
    assert isinstance(faulty, NotValid)
    assert [fault.path for fault in faulty.faults] == [
        "/ids/email",
        "/name",
        "/locale",
        "/country",
        "/zone",
        "/birthday",
        "/attributes/size",
        "/attributes/shoe",
        "/attributes/budget",
        "/attributes/children",
        "/attributes/vegan",
        "/attributes/likes",
        "/consents/0/purpose",
    ]
    english, spanish = ([fault.told(locale).reason for fault in faulty.faults] for locale in ("en", "es"))
    assert not set(english) & set(spanish)
    assert (english[0], spanish[0]) == ("this is not an e-mail address", "esto no es una dirección de correo")
    assert anna.created


async def test_joining_may_need_consent_which_is_kept_with_its_evidence(tx: Transaction, program_id: int) -> None:
    [refused] = await join(tx, program_id, a_person(), membership=STRICT)
    assert isinstance(refused, ConsentMissing)
    assert refused.title("es") == "Para unirse hay que aceptar: terms"
    assert await operations.resolve(tx, program_id, [Ids(email="anna@example.com")]) == [operations.Match(None)]

    [anna] = await join(tx, program_id, a_person(consents=(AGREED,)), membership=STRICT)

    assert anna.created
    held = await queries.consents(tx, program_id, [anna.id])
    assert [(one.purpose, one.given, one.at, one.evidence) for one in held[anna.id]] == [
        ("terms", True, NOON, AGREED.evidence)
    ]


async def test_a_guest_who_joins_keeps_her_id_and_gets_a_life_of_her_own(tx: Transaction, program_id: int) -> None:
    until = NOON + timedelta(days=90)
    [guest] = await operations.open_unknown(
        tx, program_id, [Ids(email="anna@example.com")], as_="guest", now=NOON, claim_until=until
    )
    later = NOON + timedelta(days=5)

    [anna, twice] = await join(tx, program_id, a_person(card="7", name="Anna"), a_person(), now=later)

    assert (anna.id, anna.created, anna.claimed) == (guest, False, True)
    assert twice == Enrolled(id=guest, created=False)
    profile = (await operations.load(tx, program_id, [guest]))[guest]
    assert (profile.status, profile.enrolled_at, profile.claim_until, profile.name) == ("active", later, None, "Anna")
    assert await operations.resolve(tx, program_id, [Ids(card="7")]) == [operations.Match(guest)]
    told = await outbox.claim(tx, program_id)
    assert {row.kind for row in told} == {"member.enrolled", "member.claimed"}


async def test_who_left_comes_back_and_who_is_blocked_does_not(tx: Transaction, program_id: int) -> None:
    anna, ben = await a_member(tx, program_id), await a_member(tx, program_id, "ben@example.com")
    await operations.change_status(tx, program_id, anna, "left", now=NOON, reason="asked", by="test")
    await operations.change_status(tx, program_id, ben, "blocked", now=NOON, reason="fraud", by="test")

    [back, refused] = await join(tx, program_id, a_person(), a_person("ben@example.com"))

    assert (back.id, back.rejoined) == (anna, True)
    assert isinstance(refused, Blocked)


async def test_a_member_of_two_is_reported(tx: Transaction, program_id: int) -> None:
    """D5."""
    anna, ben = await a_member(tx, program_id), await a_member(tx, program_id, "b@example.com", phone="+34612345678")

    [answer] = await join(tx, program_id, a_person(phone="+34612345678"))

    assert (answer.id, answer.conflict) == (anna, ben)
    [pair] = await queries.merge_candidates(tx, program_id, limit=10)
    assert {pair.member_id, pair.other_id} == {anna, ben}


async def test_throw_away_mail_and_plus_addresses_are_flagged_not_refused(tx: Transaction, program_id: int) -> None:
    """C6."""
    await a_member(tx, program_id, "anna@gmail.com")

    [plus, thrown, own] = await join(
        tx,
        program_id,
        a_person("an.na+2@gmail.com"),
        a_person("x@mailinator.com"),
        a_person("ben+shop@example.com"),
    )

    assert (plus.created, plus.warnings) == (True, ("same_mailbox",))
    assert thrown.warnings == ("disposable_email",)
    assert own.warnings == ()


async def test_parallel_enrolments_of_one_address_make_one_member(database: Database, program_id: int) -> None:
    """E6: web, till and app at once, each knowing another part of her."""

    async def enrol(at: int) -> Any:
        extra = [{"card": "77"}, {"phone": "+34612345678"}, {}][at % 3]
        async with database.program_transaction(program_id) as tx:
            await asyncio.sleep(0)
            return (await join(tx, program_id, a_person(**extra), a_person(f"p{at % 2}@example.com")))[0]

    answers = await asyncio.gather(*(enrol(at) for at in range(12)))

    assert len({answer.id for answer in answers}) == 1
    assert sum(answer.created for answer in answers) == 1
    async with database.program_transaction(program_id) as tx:
        cursor = await tx.execute("SELECT count(*) FROM member WHERE program_id = %s", [program_id])
        assert await cursor.fetchone() == (3,)


async def test_parallel_claims_of_one_guest_claim_once(database: Database, program_id: int) -> None:
    until = NOON + timedelta(days=90)
    async with database.program_transaction(program_id) as tx:
        await operations.open_unknown(
            tx, program_id, [Ids(email="anna@example.com")], as_="guest", now=NOON, claim_until=until
        )

    async def enrol(at: int) -> Any:
        async with database.program_transaction(program_id) as tx:
            return (await join(tx, program_id, a_person(card=f"c{at}")))[0]

    answers = await asyncio.gather(*(enrol(at) for at in range(6)))

    assert sum(isinstance(answer, Enrolled) and answer.claimed for answer in answers) == 1


async def test_a_birthday_set_close_ahead_counts_from_the_next(tx: Transaction, program_id: int) -> None:
    """B13."""
    near, far = (
        await a_member(tx, program_id, birthday=date(1990, 3, 20)),
        await a_member(tx, program_id, "ben@example.com", birthday=date(1990, 4, 1)),
    )

    profiles = await operations.load(tx, program_id, [near, far])

    assert not operations.is_due(profiles[near], date(2026, 3, 20))
    assert operations.is_due(profiles[near], date(2027, 3, 20))
    assert operations.is_due(profiles[far], date(2026, 4, 1))


async def test_history_from_elsewhere_keeps_its_dates(tx: Transaction, program_id: int) -> None:
    joined = datetime(2019, 5, 1, tzinfo=UTC)

    anna = await a_member(tx, program_id, enrolled_at=joined, birthday=date(1990, 3, 20))

    profile = (await operations.load(tx, program_id, [anna]))[anna]
    assert profile.enrolled_at == joined
    assert operations.is_due(profile, date(2026, 3, 20))
