"""The one test server, a database per worker cloned from a migrated template, and what tests start from."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, LiteralString

import psutil
import psycopg
import pytest
import structlog
from hypothesis import HealthCheck, settings
from psycopg import sql

from puntal.kit import clock, ids, migration
from puntal.kit.db import Database
from puntal.kit.postgres import Server, ensure_server, running_pid

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from puntal.kit.db import Transaction

_ROOT = Path(__file__).resolve().parents[1]
_HERE = Path(f"/tmp/puntal-test-{os.getuid()}-{hashlib.sha256(str(_ROOT).encode()).hexdigest()[:8]}")
_PARAMETERS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_buffers": "256MB",
    "max_connections": "400",
    "autovacuum_naptime": "10s",
}


# What a server keeps beside its database must not go where an installed one keeps it.
os.environ.setdefault("PUNTAL_DATA_DIR", f"{_HERE}-data")
_configure = structlog.configure


def _forgetful(**said: Any) -> None:
    """Configure logging so that loggers can be configured again: processes do it once, tests many times."""
    _configure(**said | {"cache_logger_on_first_use": False})


structlog.configure = _forgetful  # type: ignore[assignment] # takes what it takes, by name


# An example that takes long on a busy machine is not wrong.
settings.register_profile("puntal", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("puntal")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what looks with a browser last: its loop goes on in the process, and no test can start another after it.

    Workers take tests in this order, so each has nothing but browsers to look with once it has begun.
    """
    items.sort(key=lambda item: "browser" in item.path.parent.parts)


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    """What one test does to logging does not reach the next."""
    root = logging.getLogger()
    before, handlers, level = structlog.get_config(), list(root.handlers), root.level
    yield
    structlog.configure(**before)
    root.handlers[:] = handlers
    root.setLevel(level)


@contextlib.contextmanager
def _locked(name: str, kind: int) -> Iterator[None]:
    with (_HERE / name).open("a") as lock:
        fcntl.flock(lock, kind)
        yield


@contextlib.contextmanager
def _shared_server() -> Iterator[Server]:
    """Use the one test server; whoever leaves last stops it."""
    _HERE.mkdir(mode=0o711, exist_ok=True)
    assert _HERE.stat().st_uid == os.getuid(), f"{_HERE} belongs to another user"
    with (_HERE / "users.lock").open("a") as users:
        with _locked("start.lock", fcntl.LOCK_EX):
            fcntl.flock(users, fcntl.LOCK_SH)
            server = ensure_server(_HERE, parameters=_PARAMETERS)
            _ease_connecting(server)
            # Nobody owns it between start and end: a worker that is killed takes nothing with it.
            server.release()
        yield server
        with _locked("start.lock", fcntl.LOCK_EX):
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            if running_pid(_HERE) is not None:
                ensure_server(_HERE, parameters=_PARAMETERS).stop()


def _ease_connecting(server: Server) -> None:
    """Let the password be checked in one round: with the usual 4096, each of the many connections costs 3 ms more."""
    password = psycopg.conninfo.conninfo_to_dict(server.uri)["password"]
    with psycopg.connect(server.uri, autocommit=True) as connection:
        kept = connection.execute("SELECT rolpassword FROM pg_authid WHERE rolname = current_user").fetchone()
        assert kept is not None
        if not str(kept[0]).startswith("SCRAM-SHA-256$1:"):
            connection.execute("SET scram_iterations = 1")
            connection.execute(sql.SQL("ALTER ROLE CURRENT_USER PASSWORD {}").format(sql.Literal(password)))


def _template(server: Server, connection: psycopg.Connection) -> str:
    """Return the migrated database of these revisions, made once and kept for the next run."""
    digest = hashlib.sha256()
    for path in [*sorted((migration.location() / "versions").glob("*.py")), Path(migration.__file__)]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    name = f"template_{digest.hexdigest()[:12]}"
    known = {row[0] for row in connection.execute("SELECT datname FROM pg_database").fetchall()}
    for database in sorted(known - {name}):
        if database.startswith(("making_", "template_")) or _abandoned(database):
            connection.execute(_sql("DROP DATABASE IF EXISTS {} (FORCE)", database))
    if name not in known:
        making = f"making_{name}"
        connection.execute(
            _sql(
                "CREATE DATABASE {} TEMPLATE template0 LOCALE_PROVIDER builtin BUILTIN_LOCALE 'PG_UNICODE_FAST'"
                " LOCALE 'C'",
                making,
            )
        )
        migration.migrate(server.uri_of(making))
        connection.execute(_sql("ALTER DATABASE {} RENAME TO {}", making, name))
    return name


def _sql(text: LiteralString, *names: str) -> sql.Composed:
    return sql.SQL(text).format(*(sql.Identifier(name) for name in names))


def _abandoned(database: str) -> bool:
    """Whether it is the clone of a worker that no longer lives."""
    kind, _, pid = database.partition("_")
    return kind == "worker" and not psutil.pid_exists(int(pid.partition("_")[0]))


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """The test server. Shared by every worker: never stop it, never change its settings."""
    with _shared_server() as shared:
        yield shared


@contextlib.contextmanager
def _own_database(server: Server, suffix: str = "") -> Iterator[str]:
    """Make a migrated database of this worker's own, as its owner, for as long as it is wanted."""
    name = f"worker_{os.getpid()}_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}{suffix}"
    with psycopg.connect(server.uri, autocommit=True) as connection, _locked("template.lock", fcntl.LOCK_EX):
        template = _template(server, connection)
        connection.execute(_sql("CREATE DATABASE {} TEMPLATE {} STRATEGY wal_log", name, template))
    yield server.uri_of(name)
    with psycopg.connect(server.uri, autocommit=True) as connection:
        connection.execute(_sql("DROP DATABASE IF EXISTS {} (FORCE)", name))


@pytest.fixture(scope="session")
def database_uri(server: Server) -> Iterator[str]:
    """The database that the tests of this worker share, as its owner."""
    with _own_database(server) as uri:
        yield uri


@pytest.fixture
def demo_uri(server: Server) -> Iterator[str]:
    """A database in which nobody works yet: the demo makes its first owner."""
    with _own_database(server, "_demo") as uri:
        yield uri


@pytest.fixture(scope="session")
def site_uri(server: Server) -> Iterator[str]:
    """A database in which nobody works yet: the browser's site has owners and settings of its own."""
    with _own_database(server, "_site") as uri:
        yield uri


@pytest.fixture
async def database(database_uri: str) -> AsyncIterator[Database]:
    """The pool the application would have. What is committed stays: write into a fresh `program_id`."""
    opened = await Database.open(database_uri, size=8)
    yield opened
    await opened.close()


class _RollBackError(Exception):
    """Ends a test's transaction."""


@pytest.fixture
async def program_id(database: Database) -> int:
    """A fresh, committed, empty program of an organization of its own."""
    organization, now = ids.new_id(), clock.now()
    async with database.transaction() as tx:
        await tx.execute(
            "INSERT INTO organization (id, name, created_at) VALUES (%s, %s, %s)", [organization, "Tienda", now]
        )
        found = await tx.execute(
            "INSERT INTO program (organization_id, slug, created_at) VALUES (%s, %s, %s) RETURNING id",
            [organization, f"tienda-{organization}", now],
        )
        row = await found.fetchone()
    assert row is not None
    return int(row[0])


@pytest.fixture
async def tx(database: Database, program_id: int) -> AsyncIterator[Transaction]:
    """A transaction on `program_id`, rolled back at the end."""
    with contextlib.suppress(_RollBackError):
        async with database.program_transaction(program_id) as opened:
            yield opened
            raise _RollBackError
