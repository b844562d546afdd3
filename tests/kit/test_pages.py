from __future__ import annotations

from datetime import datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from puntal.kit import pages
from puntal.kit.pages import BadCursor


@given(key=st.tuples(st.datetimes(), st.uuids()))
def test_a_cursor_brings_its_key_back(key: tuple[datetime, UUID]) -> None:
    assert pages.read_cursor(pages.write_cursor(key), tuple[datetime, UUID]) == key


@pytest.mark.parametrize("cursor", ["", "x", "€", "!!!!", "bnVsbA", pages.write_cursor([1, "a"]), "W" * 999])
def test_any_other_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(BadCursor):
        pages.read_cursor(cursor, tuple[datetime, UUID])


def test_a_page_has_a_next_only_when_more_rows_were_read() -> None:
    assert pages.cut([1, 2], 2, lambda row: [row]) == ([1, 2], None)
    rows, following = pages.cut([1, 2, 3], 2, lambda row: [row])
    assert rows == [1, 2]
    assert following is not None
    assert pages.read_cursor(following, tuple[int]) == (2,)
