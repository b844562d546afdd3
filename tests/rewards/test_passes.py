"""The pass a member shows at the till (E5): true, fresh, and of this program."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from puntal.rewards.errors_vouchers import PassEnded, PassInvalid
from puntal.rewards.policy import tokens
from puntal.rewards.policy.tokens import Pass

PRIVATE, OTHER = b"k" * 32, b"o" * 32
KEYS = {7: tokens.public_key(PRIVATE)}
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
ANNA = UUID(int=1)


def a_pass(**more: object) -> Pass:
    return Pass(**({"key": 7, "program_id": 3, "member_id": ANNA, "issued_at": NOW, "nonce": b"12345678"} | more))  # type: ignore[arg-type]


def test_a_till_that_knows_the_keys_reads_it_offline() -> None:
    """E5."""
    shown = tokens.sign(a_pass(), PRIVATE)

    assert tokens.verify(shown, KEYS, program_id=3, now=NOW) == a_pass()
    assert tokens.verify(f" {shown.lower()}\n", KEYS, program_id=3, now=NOW).member_id == ANNA
    assert len(shown) <= tokens.MOST_CHARACTERS


@pytest.mark.parametrize("seconds", [-31, 90, 3600])
def test_it_lives_a_minute_and_clocks_may_be_half_a_minute_off(seconds: int) -> None:
    shown = tokens.sign(a_pass(), PRIVATE)

    for fine in (-30, 0, 60, 89):
        tokens.verify(shown, KEYS, program_id=3, now=NOW + timedelta(seconds=fine))
    with pytest.raises(PassEnded):
        tokens.verify(shown, KEYS, program_id=3, now=NOW + timedelta(seconds=seconds))


def test_another_program_another_key_and_a_forgery_are_no_pass() -> None:
    true = tokens.sign(a_pass(), PRIVATE)
    for shown, keys, program in (
        (true, KEYS, 4),
        (true, {}, 3),
        (true, {7: tokens.public_key(OTHER)}, 3),
        (tokens.sign(a_pass(), OTHER), KEYS, 3),
        ("", KEYS, 3),
        ("A" * 172, KEYS, 3),
        ("8" * 20, KEYS, 3),
        ("ñ" * 172, KEYS, 3),
        ("A" * 10_000, KEYS, 3),
    ):
        with pytest.raises(PassInvalid):
            tokens.verify(shown, keys, program_id=program, now=NOW)


@given(st.integers(0, 171), st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"))
def test_no_character_can_be_changed(place: int, other: str) -> None:
    shown = tokens.sign(a_pass(), PRIVATE)
    changed = shown[:place] + other + shown[place + 1 :]
    if tokens._read(changed) == tokens._read(shown):  # noqa: SLF001 - the last character has bits that mean nothing
        return

    with pytest.raises(PassInvalid):
        tokens.verify(changed, KEYS, program_id=3, now=NOW)


@given(st.text(max_size=300))
def test_whatever_is_scanned_is_answered(text: str) -> None:
    with pytest.raises(PassInvalid):
        tokens.verify(text, KEYS, program_id=3, now=NOW)
