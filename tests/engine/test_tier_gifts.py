"""What tiers give when they are renewed and on birthdays: once per tier and period."""

from __future__ import annotations

from typing import Any

import pytest
from playing import Player, a_program, at, codes, given, lines

from puntal.programs.policy import check
from puntal.programs.sentences import Speaker


def a_gift(when: str, points: int, wallet: str = "points") -> dict[str, Any]:
    return {"kind": "gift", "when": when, "wallet": wallet, "points": points}


def a_club(*benefits: dict[str, Any], **ladder: Any) -> dict[str, Any]:
    silver = {"id": "silver", "from": "100.00 EUR", "benefits": list(benefits)}
    return {"id": "club", "measure": {"spend": "order.net"}, "tiers": [{"id": "base"}, silver]} | ladder


RENEWED = "gift:club:silver:points:renewed"
BIRTHDAY = "gift:club:silver:points:birthday"


def test_reaching_the_line_again_in_the_next_year_gives_the_renewal_gift_once() -> None:
    """B3: silver reached in 2026, renewed in 2027 and in 2028."""
    anna = Player(a_program(ladders=[a_club(a_gift("reached", 500), a_gift("renewed", 70))], earning=[]))
    anna.buy(*lines(10000), day="2026-06-01")
    assert anna.balance() == 500
    anna.buy(*lines(10000), day="2026-07-01")
    assert anna.balance() == 500

    anna.buy(*lines(10000), day="2027-03-01")
    anna.buy(*lines(20000), day="2027-09-01")
    assert anna.balance() == 570

    anna.buy(*lines(10000), day="2028-03-01")
    assert anna.balance() == 640
    assert [reason for *_, reason in anna.changes] == ["reached", "renewed", "renewed"]


def test_membership_years_are_periods_of_their_own() -> None:
    """Two renewals of one calendar year, in two membership years that begin on 1 July."""
    club = a_club(a_gift("renewed", 70), window="membership_year")
    anna = Player(a_program(ladders=[club], earning=[]), enrolled_at=at("2025-07-01"))
    anna.buy(*lines(10000), day="2025-09-01")
    anna.buy(*lines(10000), day="2027-03-01")
    anna.buy(*lines(10000), day="2027-08-01")
    assert anna.balance() == 140


def test_rules_hear_of_a_renewal() -> None:
    hurray = {"id": "hurray", "on": "tier.renewed", "award": {"wallet": "points", "points": 5}}
    anna = Player(a_program(ladders=[a_club()], earning=[hurray]))
    anna.buy(*lines(10000), day="2026-06-01")
    anna.buy(*lines(10000), day="2027-06-01")
    assert anna.balance() == 5


def test_a_renewal_that_is_refunded_whole_takes_its_gift_back_and_may_come_again() -> None:
    anna = Player(a_program(ladders=[a_club(a_gift("renewed", 70))], earning=[]))
    anna.buy(*lines(10000), day="2026-06-01")
    anna.buy(*lines(10000), day="2027-03-01", id="A")
    assert anna.balance() == 70

    anna.refund("A", day="2027-03-02")
    assert anna.balance() == 0
    assert anna.running.once["tier.gift"] == []

    anna.buy(*lines(10000), day="2027-04-01")
    assert anna.balance() == 70


def test_the_holder_of_a_tier_gets_its_birthday_gift_once_a_year() -> None:
    anna = Player(a_program(ladders=[a_club(a_gift("birthday", 200))], earning=[]))
    assert given(anna.happen("member.birthday", "2026-05-01")) == {}

    anna.buy(*lines(10000), day="2026-06-01")
    assert given(anna.happen("member.birthday", "2026-12-05")) == {BIRTHDAY: 200}
    assert codes(anna.happen("member.birthday", "2026-12-05")) == ["repeated"]
    assert given(anna.happen("member.birthday", "2027-12-05")) == {BIRTHDAY: 200}
    # Not renewed: silver ended with 2027.
    assert given(anna.happen("member.birthday", "2028-12-05")) == {}


def test_every_ladder_gives_what_is_held_on_it_beside_the_rules() -> None:
    friends = a_club(a_gift("birthday", 30)) | {"id": "friends"}
    rule = {"id": "cake", "on": "member.birthday", "award": {"wallet": "points", "points": 100}}
    program = a_program(ladders=[a_club(a_gift("birthday", 200)), friends], earning=[rule])
    anna = Player(program)
    anna.buy(*lines(10000), day="2026-06-01")
    found = given(anna.happen("member.birthday", "2026-12-05"))
    assert found == {BIRTHDAY: 200, "gift:friends:silver:points:birthday": 30, "cake": 100}


@pytest.mark.parametrize(
    ("wallet", "smallest"),
    [
        pytest.param({"kind": "points", "scale": 2}, 2500, id="two decimals"),
        pytest.param({"kind": "money", "currency": "EUR"}, 2500, id="money, in cents"),
        pytest.param({"kind": "money", "currency": "JPY"}, 25, id="money without decimals"),
    ],
)
def test_a_gift_is_written_as_members_see_it(wallet: dict[str, Any], smallest: int) -> None:
    program = a_program(
        wallets={"points": {"kind": "points"}, "purse": wallet},
        ladders=[a_club(a_gift("reached", 20, "purse"), a_gift("reached", 5, "purse"))],
        earning=[],
    )
    anna = Player(program)
    anna.buy(*lines(10000), day="2026-06-01")
    assert anna.balance("purse") == smallest
    (lot,) = anna.books.lots.values()
    assert (lot.origin == "granted") == (wallet["kind"] == "money")


def test_gifts_are_told_with_their_moment() -> None:
    document = a_program(ladders=[a_club(a_gift("reached", 5), a_gift("renewed", 7), a_gift("birthday", 9))]).document
    ladder = document.ladders[0]
    told = Speaker(document, "en").tier(ladder, ladder.tiers[1])
    assert told.endswith("; 5 points, 7 points on every renewal, 9 points on the birthday.")
    assert "por el cumpleaños" in Speaker(document, "es").tier(ladder, ladder.tiers[1])


def test_a_perk_has_no_moment() -> None:
    perk = {"kind": "perk", "text": "Fast checkout", "when": "birthday"}
    document: dict[str, Any] = {
        "puntal": 1, "name": "A", "timezone": "UTC", "currency": "EUR",
        "wallets": {"points": {"kind": "points"}}, "ladders": [a_club(perk)],
    }  # fmt: skip
    _, faults = check(document)
    assert [(fault.path, fault.code) for fault in faults] == [
        ("/ladders/0/tiers/1/benefits/0/when", "programs.perk_stands")
    ]
