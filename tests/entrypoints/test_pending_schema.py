"""The server's short way to know revisions, and Alembic's, are one; the command line knows its commands."""

from __future__ import annotations

from collections.abc import Collection

from typer.core import TyperGroup
from typer.main import get_command

from puntal.entrypoints import schema
from puntal.entrypoints.cli import PARTS, application
from puntal.kit import migration
from puntal.kit.db import Database


def test_revisions_are_those_that_alembic_runs() -> None:
    found = schema.revisions()

    assert found[-1] == migration.newest()
    assert len(found) == len(list((migration.location() / "versions").glob("*.py")))


async def test_a_migrated_database_lacks_nothing_and_a_newer_one_neither(database: Database) -> None:
    assert await schema.pending(database) == []
    assert schema.after(None) == list(schema.revisions())
    assert schema.after("9999") == []


def commands(word: str | None = None) -> Collection[str]:
    found = get_command(application(word))
    assert isinstance(found, TyperGroup)
    return found.commands


def test_every_command_is_found_by_its_word() -> None:
    assert set(commands()) == set(PARTS)
    for word in PARTS:
        assert word in commands(word)
