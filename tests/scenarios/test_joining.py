"""Who may join, and who joins by herself: `joining.who`, `joining.auto`, `joining.email`, by date."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from telling import POINTS, Json, Teller

from puntal.members import operations as members
from puntal.members.errors import EmailRefused, NotEligible, SameMailbox
from puntal.members.model import Ids, NewMember
from puntal.programs.policy import check

WELCOME = {"id": "welcome", "on": "member.enrolled", "award": {"wallet": "points", "points": 10}}
PROGRAM: dict[str, Any] = {
    "puntal": 1,
    "name": "Aurora",
    "timezone": "Europe/Madrid",
    "currency": "EUR",
    "fields": {"member.employee": {"type": "flag"}},
    "segments": {
        "staff": {"when": {"member.employee": True}},
        "buyers": {"when": {"member.orders": {"at_least": 2}}},
        "invited": {"list": True},
        "banned": {"list": True},
    },
    "wallets": {"points": {"kind": "points"}},
    "earning": [{"id": "purchases", "on": "purchase", "award": POINTS}, WELCOME],
}


def a_program(**joining: Any) -> dict[str, Any]:
    consents = [{"id": "news", "text": "News", "channels": ["email"]}]
    return PROGRAM | {"joining": joining, "consents": consents}


async def people(story: Teller) -> dict[str, str]:
    """E-mail to status, of everybody the program knows."""
    async with story.database.program_transaction(story.program_id) as tx:
        found = await tx.execute(
            "SELECT i.value, m.status FROM identity i JOIN member m USING (program_id)"
            " WHERE m.id = i.member_id AND program_id = %s",
            [story.program_id],
        )
        return dict(await found.fetchall())


# -- who


async def test_only_whom_the_program_is_open_to_may_join(story: Teller) -> None:
    """An employees' club: what she says of herself when she joins is what counts."""
    await story.open(a_program(who={"any": ["staff", "invited"], "none": ["banned"]}))
    refused = await story.post("members", {"ids": {"email": "anna@example.com"}}, status=403)
    assert (refused["type"], refused["title"]) == ("members.not_eligible", "This program is not open to this person")
    refused = await story.post("members", {"ids": {"email": "anna@example.com"}}, status=403, locale="es")
    assert refused["title"] == "Este programa no está abierto a esta persona"
    assert await people(story) == {}

    made = await story.joins(attributes={"employee": True})
    assert await story.balance(made) == 10
    # Known again, whatever is said now.
    again = await story.post("members", {"ids": {"email": "anna@example.com"}})
    assert again["id"] == made

    await story.call("PUT", "segments/banned/members", json={"members": [made]})
    await story.post(f"members/{made}/leave", {"reason": "asked to"})
    await story.post("members", {"ids": {"email": "anna@example.com"}}, status=403)
    assert await story.wrong() == {}


async def test_many_at_once_are_each_let_in_or_not(story: Teller) -> None:
    await story.open(a_program(who={"any": ["staff"]}))
    asked: list[Json] = [
        {"ids": {"email": "anna@example.com"}, "attributes": {"employee": True}},
        {"ids": {"email": "ben@example.com"}},
        # Taken for Ben, who is turned away.
        {"ids": {"email": "ben@example.com", "card": "77"}, "attributes": {"employee": True}},
        {"ids": {"email": "no address"}},
    ]
    items = (await story.post("members/bulk", {"members": asked}))["items"]
    assert [(item["refused"] or {}).get("type") for item in items] == [
        None, "members.not_eligible", "members.not_eligible", "members.not_valid",
    ]  # fmt: skip
    assert await people(story) == {"anna@example.com": "active"}


async def test_an_import_says_of_each_line_why_it_was_turned_away(story: Teller) -> None:
    await story.open(a_program(who={"any": ["staff"]}, email={"same_mailbox": "refuse", "disposable": "refuse"}))

    def lines() -> Iterator[NewMember]:
        for email, employee in (
            ("anna@example.com", True),
            ("ben@example.com", False),
            ("an.na+2@example.com", True),
            ("anna+2@example.com", True),
            ("eva@mailinator.com", True),
            ("eva@example.com", True),
        ):
            yield NewMember(ids=Ids(email=email), attributes={"employee": employee})

    async with story.database.program_transaction(story.program_id) as tx:
        membership = (await story.app.state.programs.current(tx, story.program_id)).membership
        done = await members.import_many(tx, story.program_id, lines(), membership=membership, now=story.clock.at)
    assert {line: type(refusal) for line, refusal in done.refused.items()} == {
        1: NotEligible, 3: SameMailbox, 4: EmailRefused,
    }  # fmt: skip
    assert (done.created, done.known) == (3, {})
    assert sorted(await people(story)) == ["an.na+2@example.com", "anna@example.com", "eva@example.com"]


async def test_an_unknown_customer_of_a_restricted_program_is_a_guest_until_she_joins(story: Teller) -> None:
    await story.open(a_program(who={"any": ["buyers"]}))
    first = await story.buys("anna@example.com", 1000)
    await story.at("2025-03-20")
    assert await people(story) == {"anna@example.com": "guest"}
    await story.post("members", {"ids": {"email": "anna@example.com"}}, status=403)
    await story.buys("anna@example.com", 1000)
    # Two orders: now she may, and what she earned is hers.
    joined = await story.post("members", {"ids": {"email": "anna@example.com"}})
    assert (joined["id"], joined["claimed"]) == (first["member_id"], True)
    await story.errands()
    assert await story.balance(joined["id"]) == 30
    assert await story.wrong() == {}


# -- auto


async def test_customers_become_members_with_their_first_order(story: Teller) -> None:
    """Everyone may join and nothing has to be agreed to: a member at once, welcomed like any other."""
    await story.open(a_program(auto=True))
    bought = await story.buys("anna@example.com", 1000)
    assert await people(story) == {"anna@example.com": "active"}
    assert await story.balance(bought["member_id"]) == 20


async def test_a_guest_joins_once_she_is_in_the_segment(story: Teller) -> None:
    await story.open(a_program(auto=True, who={"any": ["buyers", "invited"]}))
    bought = await story.buys("anna@example.com", 1000)
    await story.buys("ben@example.com", 1000)
    assert await people(story) == {"anna@example.com": "guest", "ben@example.com": "guest"}
    await story.at("2025-04-01")
    await story.buys("anna@example.com", 1000)
    assert await people(story) == {"anna@example.com": "active", "ben@example.com": "guest"}
    # Two purchases as a guest, and the welcome.
    assert await story.balance(bought["member_id"]) == 30

    ben = (await story.post("members/lookup", {"email": "ben@example.com"}))["id"]
    await story.call("PUT", "segments/invited/members", json={"members": [ben]})
    await story.errands()
    assert (await people(story))["ben@example.com"] == "active"
    assert await story.wrong() == {}


async def test_a_guest_joins_once_she_has_agreed_to_what_is_needed(story: Teller) -> None:
    await story.open(a_program(auto=True, consents=["news"]))
    bought = await story.buys("anna@example.com", 1000)
    assert await people(story) == {"anna@example.com": "guest"}
    said = {"purpose": "news", "given": True, "evidence": {"source": "link on the receipt"}}
    await story.post(f"members/{bought['member_id']}/consents", {"consents": [said]})
    await story.errands()
    assert await people(story) == {"anna@example.com": "active"}
    assert await story.balance(bought["member_id"]) == 20


async def test_guests_from_before_join_when_it_is_published_but_not_too_late(story: Teller) -> None:
    before = a_program(claim_within="30 days")
    await story.open(before)
    await story.buys("late@example.com", 1000)
    await story.at("2025-04-10")
    await story.buys("anna@example.com", 1000)
    await story.publish(a_program(auto=True, claim_within="30 days"))
    await story.errands()
    known = await people(story)
    assert known["anna@example.com"] == "active"
    assert known.get("late@example.com") != "active"


async def test_time_alone_may_put_a_guest_into_the_segment(story: Teller) -> None:
    """The night looks at every guest: two weeks after her first order."""
    regulars = {"when": {"member.days_since_first_order": {"at_least": 14}}}
    program = a_program(auto=True, who={"any": ["regulars"]})
    await story.open(program | {"segments": PROGRAM["segments"] | {"regulars": regulars}})
    await story.buys("anna@example.com", 1000)
    start = story.clock.at
    await story.at(f"{start.date()} 23:00", nights=False)
    assert await people(story) == {"anna@example.com": "guest"}
    await story.at("2025-03-31")
    assert await people(story) == {"anna@example.com": "active"}


# -- e-mail


async def test_throw_away_addresses_and_second_addresses_are_refused_where_the_program_says(story: Teller) -> None:
    """C6."""
    email = {
        "disposable": "refuse", "same_mailbox": "refuse",
        "refused_domains": ["rival.example"], "trusted_domains": ["yopmail.com"],
    }  # fmt: skip
    await story.open(a_program(auto=True, email=email))
    await story.joins("anna@gmail.com")
    for address, code in (
        ("ben@mailinator.com", "members.email_refused"),
        ("ben@shop.rival.example", "members.email_refused"),
        ("an.na+2@gmail.com", "members.same_mailbox"),
        ("anna+x@googlemail.com", "members.same_mailbox"),
    ):
        refused = await story.post("members", {"ids": {"email": address}}, status=409 if "same" in code else 422)
        assert refused["type"] == code
        # An order is a fact: she stays a guest.
        await story.buys(address, 1000)
        assert (await people(story))[address] == "guest"
    trusted = await story.post("members", {"ids": {"email": "ben@yopmail.com"}}, status=201)
    assert trusted["warnings"] == []
    assert await story.wrong() == {}


async def test_unless_said_they_are_warned_of(story: Teller) -> None:
    await story.open(a_program())
    await story.joins("anna@gmail.com")
    again = await story.post("members", {"ids": {"email": "anna+2@gmail.com"}}, status=201)
    assert again["warnings"] == ["same_mailbox"]
    thrown = await story.post("members", {"ids": {"email": "ben@mailinator.com"}}, status=201)
    assert thrown["warnings"] == ["disposable_email"]


async def test_a_member_is_not_known_by_a_refused_address_later(story: Teller) -> None:
    await story.open(a_program(email={"disposable": "refuse", "same_mailbox": "refuse"}))
    anna, ben = await story.joins("anna@gmail.com"), await story.joins("ben@gmail.com")
    refused = await story.post(f"members/{anna}/identities", {"email": "anna@mailinator.com"}, status=422)
    assert (refused["type"], refused["domain"]) == ("members.email_refused", "mailinator.com")
    refused = await story.post(f"members/{ben}/identities", {"email": "anna+2@gmail.com"}, status=409)
    assert refused["type"] == "members.same_mailbox"
    # Her own second address is her own.
    await story.post(f"members/{anna}/identities", {"email": "anna+2@gmail.com"})


async def test_nobody_joins_a_restricted_program_where_nobody_can_tell_who_may(story: Teller) -> None:
    await story.open(a_program(who={"any": ["staff"]}))
    async with story.database.program_transaction(story.program_id) as tx:
        document = (await story.app.state.programs.current(tx, story.program_id)).newest.document
        with pytest.raises(RuntimeError):
            await members.enrol_many(
                tx, story.program_id, [NewMember(ids=Ids(email="anna@example.com"))],
                membership=members.Membership.of(document), now=story.clock.at,
            )  # fmt: skip


# -- the document


@pytest.mark.parametrize(
    ("joining", "path", "code"),
    [
        ({"auto": True, "unknown_customer": "ignore"}, "unknown_customer", "contradiction"),
        ({"unknown_customer": "enrol", "who": {"any": ["staff"]}}, "unknown_customer", "stranger_cannot_join"),
        ({"unknown_customer": "enrol", "consents": ["news"]}, "unknown_customer", "stranger_cannot_join"),
        ({"who": {"any": ["nobody"]}}, "who/any/0", "unknown_segment"),
        ({"email": {"refused_domains": ["@x.com"]}}, "email/refused_domains/0", "bad_domain"),
        (
            {"email": {"refused_domains": ["x.com"], "trusted_domains": ["x.com"]}},
            "email/trusted_domains/0",
            "contradiction",
        ),
    ],
)
def test_what_contradicts_itself_is_a_fault(joining: Json, path: str, code: str) -> None:
    _, faults = check(a_program(**joining))
    assert [(fault.path, fault.code) for fault in faults] == [(f"/joining/{path}", f"programs.{code}")]


def test_an_empty_list_of_people_is_everyone() -> None:
    program, faults = check(a_program(who={}, unknown_customer="enrol"))
    assert faults == []
    assert program is not None
    assert program.joining.restricted is None
