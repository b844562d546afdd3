"""Columns as array literals: what the server reads is what was written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from puntal.kit.db import array, array_of_arrays, array_of_json

if TYPE_CHECKING:
    from collections.abc import Iterator

TEXTS = st.text(st.characters(exclude_characters="\x00", codec="utf-8"))


@pytest.fixture(scope="module")
def connection(database_uri: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database_uri) as opened:
        yield opened


def _read(connection: psycopg.Connection, literal: str, kind: str) -> object:
    row = connection.execute(f"SELECT %s::{kind}[]".encode(), [literal]).fetchone()
    assert row is not None
    return row[0]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(values=st.lists(st.none() | TEXTS | st.sampled_from(["null", "NULL", "", "{a,b}", '"', "\\", "\\n", "\\u0041"])))
def test_texts_arrive_as_they_were(connection: psycopg.Connection, values: list[str | None]) -> None:
    assert _read(connection, array(values), "text") == values


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(documents=st.lists(st.dictionaries(TEXTS, TEXTS)))
def test_documents_arrive_as_they_were(connection: psycopg.Connection, documents: list[dict[str, str]]) -> None:
    read = _read(connection, array_of_json([json.dumps(each).encode() for each in documents]), "text")
    assert isinstance(read, list)
    assert [json.loads(each) for each in read] == documents


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(values=st.lists(st.lists(st.integers(-(2**63), 2**63 - 1))))
def test_lists_of_numbers_arrive_as_they_were(connection: psycopg.Connection, values: list[list[int]]) -> None:
    read = _read(connection, array_of_arrays(values), "text")
    assert isinstance(read, list)
    assert [[int(n) for n in each[1:-1].split(",") if n] for each in read] == values
