"""Every SQL constant fits the migrated schema, and locks rows in an order."""

from __future__ import annotations

import importlib
import pkgutil
import re
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

import puntal
from puntal.members.store.bulk import STAGE
from puntal.rewards.store import batches

if TYPE_CHECKING:
    from collections.abc import Iterator

ROLES = {"store", "queries", "operations", "jobs"}
VERB = re.compile(r"^\s*(?:--[^\n]*\n\s*)*(SELECT|INSERT|UPDATE|DELETE|WITH|MERGE)\b", re.IGNORECASE)
LOCKS = re.compile(r"\bFOR\s+(NO\s+KEY\s+)?UPDATE\b", re.IGNORECASE)
PARAMETER = re.compile(r"%\((\w+)\)[sbt]")
COMMENT = re.compile(r"--[^\n]*")


def constants() -> Iterator[tuple[str, str]]:
    for found in pkgutil.walk_packages(puntal.__path__, "puntal."):
        if not ROLES & set(found.name.split(".")[2:]):
            continue
        module = importlib.import_module(found.name)
        for name, value in vars(module).items():
            if name.isupper() and isinstance(value, str) and VERB.match(value):
                yield f"{found.name}.{name}", value


CONSTANTS = dict(constants())


def numbered(text: str) -> str:
    """Return the statement as the server is sent it: `%(name)s` as `$1`, of no type in particular."""
    names = list(dict.fromkeys(PARAMETER.findall(text)))
    if not names:
        return text
    return PARAMETER.sub(lambda found: f"${names.index(found[1]) + 1}", text).replace("%%", "%")


@pytest.fixture(scope="module")
def connection(database_uri: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database_uri, autocommit=True) as opened:
        opened.execute("SET ROLE puntal_app")
        # Imports stage their rows in tables of their own transaction; here they live as long as the connection.
        for stage in (STAGE, batches.STAGE):
            opened.execute(stage.replace("ON COMMIT DROP", "").encode())
        yield opened


@pytest.mark.parametrize("name", CONSTANTS)
def test_it_prepares_against_the_migrated_schema(connection: psycopg.Connection[Any], name: str) -> None:
    connection.execute(f"PREPARE checked AS {numbered(CONSTANTS[name])}".encode(), prepare=False)
    connection.execute("DEALLOCATE checked", prepare=False)


@pytest.mark.parametrize("name", [name for name, text in CONSTANTS.items() if LOCKS.search(COMMENT.sub("", text))])
def test_it_locks_in_an_order(name: str) -> None:
    """Two transactions that take the same rows in different orders wait for each other for ever."""
    text = COMMENT.sub("", CONSTANTS[name])

    assert re.search(r"\bORDER\s+BY\b", text, re.IGNORECASE) or "SKIP LOCKED" in text.upper()


def test_a_misspelt_column_would_be_found(connection: psycopg.Connection[Any]) -> None:
    with pytest.raises(psycopg.errors.UndefinedColumn):
        connection.execute("PREPARE wrong AS SELECT slugg FROM program", prepare=False)
