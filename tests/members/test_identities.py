"""One spelling per address (C6)."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from puntal.members import identities


@pytest.mark.parametrize(
    ("written", "spelling"),
    [
        ("  Anna@Example.COM ", "anna@example.com"),
        ("\uff21\uff2e\uff2e\uff21@example.com", "anna@example.com"),
        ("STRASSE@straße.de", "strasse@strasse.de"),
        ("anna+shop@example.com", "anna+shop@example.com"),
        ("o'brien@exa-mple.co.uk", "o'brien@exa-mple.co.uk"),
        ("anna@", None),
        ("anna@localhost", None),
        ("an na@example.com", None),
        ("anna@@example.com", None),
        ("anna@example..com", None),
        ("anna\x00@example.com", None),
        ("a" * 65 + "@example.com", None),
        ("", None),
    ],
)
def test_an_email_has_one_spelling(written: str, spelling: str | None) -> None:
    assert identities.email(written) == spelling


@given(
    st.one_of(
        st.text(max_size=40),
        st.from_regex("[A-Za-z\u017f\xdf\u0130\uff21.+]{1,10}@[A-Za-z\xdf]{1,8}[.][a-z]{2,4}", fullmatch=True),
    )
)
@example("ẞ@ﬀ.com")
@example("R-\u0327")
def test_normalising_again_changes_nothing(written: str) -> None:
    for read in (identities.email, identities.card, identities.plain):
        once = read(written)
        assert once is None or read(once) == once


@given(st.from_regex(r"6[0-9]{8}", fullmatch=True), st.sampled_from(["", " ", "-", "."]))
def test_a_phone_number_is_the_same_with_and_without_its_country(number: str, blank: str) -> None:
    spaced = blank.join(number[at : at + 3] for at in (0, 3, 6))

    assert identities.phone(spaced, "ES") == identities.phone(f"+34{blank}{spaced}", None) == f"+34{number}"
    assert identities.phone(f"0034{number}", "ES") == f"+34{number}"


@pytest.mark.parametrize(
    ("written", "region"), [("612345678", None), ("12", "ES"), ("anna", "ES"), ("+999123456789", "ES")]
)
def test_what_is_no_phone_number_is_none(written: str, region: str | None) -> None:
    assert identities.phone(written, region) is None


def test_plus_addresses_and_gmails_dots_reach_the_same_person() -> None:
    assert identities.mailbox("anna+shop@example.com") == "anna@example.com"
    assert identities.mailbox("an.na+1@googlemail.com") == "anna@gmail.com"
    assert identities.mailbox("an.na@example.com") == "an.na@example.com"


def test_throw_away_addresses_are_known() -> None:
    assert identities.is_disposable("anna@mailinator.com")
    assert identities.is_disposable("anna@x.mailinator.com")
    assert not identities.is_disposable("anna@example.com")


@pytest.mark.parametrize(
    ("zone", "region"),
    [("Europe/Madrid", "ES"), ("Africa/Lagos", "NG"), ("America/New_York", "US"), ("UTC", None), ("Etc/GMT+1", None)],
)
def test_the_programs_zone_says_where_national_numbers_belong(zone: str, region: str | None) -> None:
    assert identities.region_of(zone) == region
