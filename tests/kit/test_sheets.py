"""Tables for spreadsheets run no formula of somebody else's."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from puntal.kit import sheets


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n@x"])
def test_text_that_would_be_a_formula_begins_with_an_apostrophe(text: str) -> None:
    assert sheets.cell(text) == f"'{text}"


def test_numbers_stay_numbers_and_nothing_is_empty() -> None:
    assert [sheets.cell(value) for value in (-5, 0.5, True, None, "Anna")] == ["-5", "0.5", "true", "", "Anna"]


@given(st.lists(st.tuples(st.text(st.characters(exclude_categories=["Cs"])), st.integers()), max_size=5))
def test_what_is_written_reads_back(rows: list[tuple[str, int]]) -> None:
    written = sheets.write(("name", "units"), rows).decode()

    [columns, *read] = list(csv.reader(io.StringIO(written, newline="")))

    assert columns == ["name", "units"]
    assert [(row[0].removeprefix("'"), int(row[1])) for row in read] == [
        (name.removeprefix("'"), n) for name, n in rows
    ]
