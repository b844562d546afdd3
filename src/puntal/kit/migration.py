"""Bringing a database to the newest schema: the role of the application, then Alembic's revisions."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import psycopg
import sqlalchemy
import structlog
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

import puntal
from puntal.kit.db import APPLICATION_ROLE

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOCK_KEY = 0x70756E74
_LOCK_TIMEOUT = "2s"
"""Whoever comes after a statement that waits for a table waits too, so it soon gives up and asks again."""
_PAUSE_SECONDS = 1
_PATIENCE_SECONDS = 120
_WAIT_SECONDS = 600
_log = structlog.get_logger(__name__)

MAKE_ROLE = f"""
-- Roles belong to the whole server: another database's migration may make this one at the same moment.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{APPLICATION_ROLE}') THEN
        CREATE ROLE {APPLICATION_ROLE} NOLOGIN NOBYPASSRLS;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;
END
$$
"""

MAY_TAKE_ROLE = """
-- Since 16 membership and the right to SET ROLE are two things.
SELECT CASE WHEN current_setting('server_version_num')::int >= 160000
            THEN pg_has_role(current_user, %(role)s, 'SET')
            ELSE pg_has_role(current_user, %(role)s, 'MEMBER') END
"""

ENTER_SCHEMA = f"""
-- Tables are granted one by one, by the revision that makes them: some facts may not be changed or deleted.
GRANT USAGE ON SCHEMA public TO {APPLICATION_ROLE}
"""

SHOW_VERSION = f"""
-- The application may ask which revision it runs on, nothing more.
GRANT SELECT ON alembic_version TO {APPLICATION_ROLE}
"""


class RoleUnavailableError(RuntimeError):
    """The database user may not make the application's role or take it on; the message says what to run."""


def location() -> Path:
    """Return the folder of the revisions: inside an installed package, at the root of a checkout."""
    package = Path(puntal.__file__).parent
    inside = package / "migrations"
    return inside if inside.is_dir() else package.parents[1] / "migrations"


def newest() -> str | None:
    """Return the last revision this code knows."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def current(uri: str) -> str | None:
    """Return the revision a database is at; None when it was never migrated."""
    with psycopg.connect(uri, autocommit=True) as connection:
        present = connection.execute("SELECT to_regclass('public.alembic_version')").fetchone()
        if present is None or present[0] is None:
            return None
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return None if row is None else str(row[0])


def migrate(uri: str, *, to: str = "head", patience_seconds: float = _PATIENCE_SECONDS) -> None:
    """Bring a database to a revision. Running it twice, or in two processes at once, does it once.

    Args:
        uri: The owner of the tables: a superuser, or a plain role with CREATEROLE.
        to: The revision; the newest unless said otherwise.
        patience_seconds: How long a revision is tried again while others use the tables it changes.

    Raises:
        TimeoutError: They are still in use. What was done before stays done, and the next run goes on from there.
        RoleUnavailableError: The database user may not make the application's role.
    """
    engine = sqlalchemy.create_engine(
        "postgresql+psycopg://", creator=lambda: psycopg.connect(uri), poolclass=sqlalchemy.NullPool
    )
    with engine.connect() as connection, _alone(connection):
        _prepare(connection)
        _upgrade(connection, to, patience_seconds)
        # With nothing to do, Alembic leaves the transaction open in which it looked.
        connection.commit()
        with connection.begin():
            connection.exec_driver_sql(SHOW_VERSION)
    engine.dispose()


def _upgrade(connection: sqlalchemy.Connection, to: str, patience_seconds: float) -> None:
    config = _config()
    config.attributes["connection"] = connection
    deadline = time.monotonic() + patience_seconds
    while True:
        try:
            command.upgrade(config, to)
        except sqlalchemy.exc.OperationalError as failed:
            connection.rollback()
            if not isinstance(failed.orig, psycopg.errors.LockNotAvailable):
                raise
            if time.monotonic() > deadline:
                raise TimeoutError(
                    "Others are using the tables that a migration changes. Nothing of it was done: run it again when"
                    " long jobs are over, or stop the background work for it."
                ) from failed
        else:
            return
        _log.info("migration.waiting")
        time.sleep(_PAUSE_SECONDS)


def write_sql(before: str, revision: str, output: TextIO) -> None:
    """Write the SQL that leads from one revision to the next, for reading and linting."""
    command.upgrade(_config(output), f"{before}:{revision}", sql=True)


def _config(output: TextIO | None = None) -> Config:
    config = Config(output_buffer=output)
    config.set_main_option("script_location", str(location()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


@contextlib.contextmanager
def _alone(connection: sqlalchemy.Connection) -> Iterator[None]:
    """Hold the migrations' lock, taken by asking again.

    A statement that waits for the lock keeps a snapshot, and building an index concurrently waits for every
    snapshot: two runners would wait for each other.
    """
    deadline = time.monotonic() + _WAIT_SECONDS
    while True:
        with connection.begin():
            taken = connection.execute(
                sqlalchemy.text("SELECT pg_try_advisory_lock(:key)"), {"key": _LOCK_KEY}
            ).scalar_one()
        if taken:
            break
        if time.monotonic() > deadline:
            raise TimeoutError(f"another process has been migrating this database for {_WAIT_SECONDS} seconds")
        time.sleep(0.2)
    try:
        yield
    finally:
        if not connection.invalidated:
            connection.rollback()
            with connection.begin():
                connection.execute(sqlalchemy.text("SELECT pg_advisory_unlock(:key)"), {"key": _LOCK_KEY})


def _prepare(connection: sqlalchemy.Connection) -> None:
    with connection.begin():
        connection.exec_driver_sql(f"SET lock_timeout = '{_LOCK_TIMEOUT}'")
        connection.exec_driver_sql("SET statement_timeout = 0")
        try:
            connection.exec_driver_sql(MAKE_ROLE)
            allowed = connection.exec_driver_sql(MAY_TAKE_ROLE, {"role": APPLICATION_ROLE}).scalar_one()
            if not allowed:
                connection.exec_driver_sql(f"GRANT {APPLICATION_ROLE} TO CURRENT_USER")
        except sqlalchemy.exc.ProgrammingError as denied:
            raise RoleUnavailableError(
                f"this database user may not set up the role {APPLICATION_ROLE}. Give it CREATEROLE, or let an"
                f" administrator run: CREATE ROLE {APPLICATION_ROLE} NOLOGIN; GRANT {APPLICATION_ROLE} TO <the user>"
            ) from denied
        connection.exec_driver_sql(ENTER_SCHEMA)
