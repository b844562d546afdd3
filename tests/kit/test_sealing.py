"""Sealing: only with the key, only for what it was sealed for, and through a rotation."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from puntal.kit import sealing
from puntal.kit.sealing import KeyUnreadableError, SealBrokenError, Sealer, read_key, sealer_of
from puntal.kit.settings import Settings

ONE, TWO = bytes(range(32)), bytes(range(32, 64))


@given(secret=st.text(), of=st.text())
def test_what_is_sealed_opens_again_and_says_nothing(secret: str, of: str) -> None:
    sealer = Sealer(lambda: [ONE])

    sealed = sealer.seal(secret, of=of)

    assert sealer.open(sealed, of=of) == secret
    assert sealer.seal(secret, of=of) != sealed
    assert sealer.is_current(sealed)
    assert len(secret) < 4 or secret not in sealed


def test_it_opens_for_nothing_and_nobody_else() -> None:
    sealer = Sealer(lambda: [ONE])
    sealed = sealer.seal("JBSWY3DPEHPK3PXP", of="staff_factor:anna")

    with pytest.raises(SealBrokenError):
        sealer.open(sealed, of="staff_factor:ben")
    with pytest.raises(SealBrokenError):
        Sealer(lambda: [TWO]).open(sealed, of="staff_factor:anna")
    for broken in (sealed[:-6] + "AAAA==", f"{sealed.rpartition('.')[0]}.", sealed.replace("s1.", "s1.x")):
        with pytest.raises(SealBrokenError):
            sealer.open(broken, of="staff_factor:anna")


def test_a_new_key_seals_and_the_old_one_still_opens() -> None:
    before = Sealer(lambda: [ONE]).seal("secret", of="x")
    rotated = Sealer(lambda: [TWO, ONE])

    assert rotated.open(before, of="x") == "secret"
    assert not rotated.is_current(before)
    after = rotated.seal(rotated.open(before, of="x"), of="x")
    assert Sealer(lambda: [TWO]).open(after, of="x") == "secret"


def test_what_was_stored_before_there_was_sealing_comes_back() -> None:
    sealer = Sealer(lambda: [ONE])

    assert sealer.open("JBSWY3DPEHPK3PXP", of="x") == "JBSWY3DPEHPK3PXP"
    assert not sealer.is_current("JBSWY3DPEHPK3PXP")


def test_without_a_setting_one_key_is_made_in_the_data_folder(tmp_path: Path) -> None:
    chosen = Settings(data_dir=tmp_path / "data")
    with ThreadPoolExecutor(8) as pool:
        sealed = list(pool.map(lambda n: sealer_of(chosen).seal(str(n), of="x"), range(32)))

    assert [sealer_of(chosen).open(each, of="x") for each in sealed] == [str(n) for n in range(32)]
    file = chosen.data_dir / sealing.KEY_FILE
    assert file.stat().st_mode & 0o077 == 0
    assert [path.name for path in chosen.data_dir.iterdir()] == [sealing.KEY_FILE]


def test_a_setting_goes_before_the_file_which_still_opens(tmp_path: Path) -> None:
    before = sealer_of(Settings(data_dir=tmp_path)).seal("secret", of="x")
    old, new = sealing.new_key(), sealing.new_key()
    first = sealer_of(Settings(data_dir=tmp_path, secret_key=SecretStr(old))).seal("later", of="x")

    chosen = Settings(data_dir=tmp_path, secret_key=SecretStr(new), secret_keys_old=SecretStr(f"{old}, "))

    sealer = sealer_of(chosen)
    assert (sealer.open(before, of="x"), sealer.open(first, of="x")) == ("secret", "later")
    assert not sealer.is_current(first)
    assert sealer.is_current(sealer.seal("now", of="x"))


@pytest.mark.parametrize("said", ["", "short", "!!!", "QUJD"])
def test_a_key_that_is_none_is_refused(said: str) -> None:
    with pytest.raises(KeyUnreadableError, match="32 bytes"):
        read_key(said)
