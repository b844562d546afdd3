"""Codes of vouchers: what is mistyped is noticed, what is misread is understood."""

from __future__ import annotations

import secrets
import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from puntal.rewards.errors_vouchers import CodesTooShort
from puntal.rewards.model_vouchers import LEAST_LENGTH
from puntal.rewards.policy import codes
from puntal.rewards.policy.codes import ALPHABET, Pattern

_ANY = string.digits + string.ascii_uppercase


@st.composite
def written(draw: st.DrawFn) -> str:
    """A code of some pattern."""
    prefix = draw(st.text(_ANY, max_size=codes.MOST_PREFIX))
    length = draw(st.integers(LEAST_LENGTH, codes.MOST_CHARACTERS - len(prefix)))
    pattern = Pattern(prefix, length)
    code = codes.write(pattern, draw(st.integers(0, pattern.numbers - 1)))
    assume(code is not None)
    assert code is not None
    return code


@given(written())
def test_a_code_is_short_and_sound(code: str) -> None:
    assert len(code) <= 20
    assert codes.is_sound(code)
    assert codes.meant(code) == (code,)


@given(written(), st.data())
def test_one_wrong_character_is_noticed(code: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(code) - 1))
    other = data.draw(st.sampled_from([each for each in _ANY if each != code[place]]))

    assert not codes.is_sound(code[:place] + other + code[place + 1 :])


@given(written(), st.data())
def test_swapped_neighbours_are_noticed(code: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(code) - 2))
    assume(code[place] != code[place + 1])

    assert not codes.is_sound(code[:place] + code[place + 1] + code[place] + code[place + 2 :])


@given(written())
def test_any_way_of_writing_it_means_it(code: str) -> None:
    for typed in (code.lower(), codes.printed(code), f"  {codes.printed(code).lower()} ", " ".join(code)):
        assert codes.meant(typed)[0] == code


@given(written(), st.data())
def test_one_look_alike_means_the_character_it_is_taken_for(code: str, data: st.DataObject) -> None:
    looks = {"8": "B", "6": "G", "5": "S", "2": "Z", "V": "U", "D": "O"}
    prefix_end = len(code) - LEAST_LENGTH
    places = [place for place in range(prefix_end, len(code)) if code[place] in looks]
    assume(places)
    place = data.draw(st.sampled_from(places))

    assert code in codes.meant(code[:place] + looks[code[place]] + code[place + 1 :])


def test_what_was_made_elsewhere_is_found_as_it_is_written() -> None:
    assert codes.meant("abc 123-oo")[0] == "ABC123OO"
    assert codes.meant("") == ("",)


def test_numbers_and_codes_belong_together() -> None:
    pattern = Pattern("", 6)
    some = [codes.write(pattern, number) for number in range(20_000)]
    made = [code for code in some if code is not None]

    assert len(set(made)) == len(made)
    assert len(made) / len(some) == pytest.approx(len(ALPHABET) / 37, abs=0.05)


def test_a_hundred_million_codes_meet_a_handful_of_others() -> None:
    count, capacity = 10**8, Pattern().capacity

    codes.enough(Pattern(), count)
    assert count * count // (2 * capacity) < 10
    with pytest.raises(CodesTooShort) as refused:
        codes.enough(Pattern("", 8), count)
    assert refused.value.numbers == {"count": count, "length": 8, "least": 10}


def test_a_hundred_thousand_drawn_codes_are_different() -> None:
    pattern = Pattern("VERANO", 12)
    drawn = {codes.write(pattern, secrets.randbelow(pattern.numbers)) for _ in range(100_000)} - {None}

    assert len(drawn) > 60_000


@pytest.mark.parametrize(("prefix", "length"), [("", 5), ("VERANO26", 13), ("verano", 10), ("VERANO-1", 8), ("", 21)])
def test_patterns_nobody_could_type_are_our_mistake(prefix: str, length: int) -> None:
    with pytest.raises(ValueError, match=r"code|prefix"):
        Pattern(prefix, length)
