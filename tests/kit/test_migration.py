from __future__ import annotations

import shutil
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from puntal.kit import migration
from puntal.kit.db import Database
from puntal.kit.migration import RoleUnavailableError
from puntal.kit.postgres import Server, ensure_server

if TYPE_CHECKING:
    from collections.abc import Iterator


def test_migrating_twice_changes_nothing(database_uri: str) -> None:
    before = migration.current(database_uri)

    migration.migrate(database_uri)

    assert migration.current(database_uri) == before == migration.newest()


@pytest.fixture
def other_server() -> Iterator[Server]:
    """Roles belong to a whole server: these tests need one where ours was never made."""
    folder = Path(tempfile.mkdtemp(prefix="pk-", dir="/tmp"))
    folder.chmod(0o711)
    server = ensure_server(folder, parameters={"fsync": "off", "shared_buffers": "16MB"})
    yield server
    server.stop("immediate")
    shutil.rmtree(folder)


def as_user(server: Server, name: str, rights: str) -> str:
    with psycopg.connect(server.uri, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'secret' NOSUPERUSER {rights}".encode())
        connection.execute(f"CREATE DATABASE {name} OWNER {name}".encode())
    _, _, place = server.uri_of(name).rpartition("@")
    return f"postgresql://{name}:secret@{place}"


@pytest.mark.stress
async def test_a_plain_owner_who_may_make_roles_is_enough(other_server: Server) -> None:
    uri = as_user(other_server, "plain", "CREATEROLE")

    migration.migrate(uri)

    assert migration.current(uri) == migration.newest()
    database = await Database.open(uri, size=1)
    async with database.program_transaction(1) as tx:
        assert await (await tx.execute("SELECT current_user, count(*) FROM member")).fetchall() == [("puntal_app", 0)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            async with tx.transaction():
                await tx.execute("UPDATE alembic_version SET version_num = '0'")
    await database.close()


@pytest.mark.stress
def test_an_owner_who_may_not_is_told_what_to_run(other_server: Server) -> None:
    uri = as_user(other_server, "weak", "NOCREATEROLE")

    with pytest.raises(RoleUnavailableError, match="GRANT puntal_app TO"):
        migration.migrate(uri)

    with psycopg.connect(other_server.uri, autocommit=True) as connection:
        connection.execute("CREATE ROLE puntal_app NOLOGIN")
        connection.execute("GRANT puntal_app TO weak")
    migration.migrate(uri)
    assert migration.current(uri) == migration.newest()


def test_tables_in_use_are_waited_for_and_then_said_so(other_server: Server) -> None:
    migration.migrate(other_server.uri, to="0082")

    with psycopg.connect(other_server.uri) as reader:
        reader.execute("SELECT count(*) FROM member")
        with pytest.raises(TimeoutError, match="run it again"):
            migration.migrate(other_server.uri, patience_seconds=0)
        assert migration.current(other_server.uri) == "0082"
        over = threading.Timer(3, reader.rollback)
        over.start()
        migration.migrate(other_server.uri)
        over.join()

    assert migration.current(other_server.uri) == migration.newest()
