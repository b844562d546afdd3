"""Row security of every program table, tried as the application role on a raw connection (F3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import LiteralString
from uuid import UUID

import psycopg
import pytest
from psycopg import errors, sql
from psycopg.rows import TupleRow

from puntal.kit import clock, ids
from puntal.kit.db import APPLICATION_ROLE

# What is kept above programs, and so outside row security. Anything new belongs to a program, or in this list.
OUTSIDE = {
    "alembic_version",
    "api_key",
    "organization",
    "organization_audit_entry",
    "organization_idempotency_key",
    "passkey",
    "passkey_challenge",
    "program",
    "setup_token",
    "sign_in_failure",
    "sso_journey",
    "sso_provider",
    "sso_subject",
    "staff",
    "staff_factor",
    "staff_recovery_code",
    "staff_reset",
    "staff_role",
    "staff_session",
    "store",
}
QUEUE = "procrastinate_"
STAGING = "staging_"

SAMPLES = {
    "ARRAY": sql.SQL("'{}'"),
    "bigint": sql.SQL("1"),
    "boolean": sql.SQL("true"),
    "bytea": sql.SQL("'\\x00'"),
    "date": sql.SQL("'2026-11-21'"),
    "double precision": sql.SQL("1"),
    "integer": sql.SQL("1"),
    "json": sql.SQL("'{}'"),
    "jsonb": sql.SQL("'{}'"),
    "numeric": sql.SQL("1"),
    "smallint": sql.SQL("1"),
    "text": sql.SQL("'words'"),
    "character varying": sql.SQL("'words'"),
    "timestamp with time zone": sql.SQL("'2026-11-21T12:00:00Z'"),
    "uuid": sql.SQL("'00000000-0000-7000-8000-000000000001'"),
    "tstzrange": sql.SQL("'[2026-11-21,2026-11-22)'"),
}


@pytest.fixture
def connection(database_uri: str) -> Iterator[psycopg.Connection[TupleRow]]:
    """A raw connection, as the owner, in a transaction that is rolled back."""
    with psycopg.connect(database_uri) as opened:
        yield opened
        opened.rollback()


@pytest.fixture
def programs(connection: psycopg.Connection[TupleRow]) -> tuple[int, int]:
    """Anna's program and Ben's."""
    organization = ids.new_id()
    connection.execute(
        "INSERT INTO organization (id, name, created_at) VALUES (%s, 'Tienda', %s)", [organization, clock.now()]
    )
    return _a_program(connection, organization, "anna"), _a_program(connection, organization, "ben")


@pytest.fixture
def insertions(connection: psycopg.Connection[TupleRow], programs: tuple[int, int]) -> dict[str, sql.Composed]:
    """Every table with a program, holding one row of each; and the statement that adds another of Ben's.

    From here on the connection is the application, in Anna's program.
    """
    # Only in this transaction: a row that no foreign key or check would let in is fine for asking who sees it.
    connection.execute("SET LOCAL session_replication_role = replica")
    statements: dict[str, sql.Composed] = {}
    for table in _program_tables(connection):
        _drop_checks(connection, table)
        for program in programs:
            statements[table] = _insertion(connection, table, program)
            connection.execute(statements[table])
    become_application(connection, programs[0])
    return statements


def become_application(connection: psycopg.Connection[TupleRow], program: int) -> None:
    """Take on the application's role within one program, as its pool does."""
    connection.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(APPLICATION_ROLE)))
    connection.execute(sql.SQL("SET LOCAL app.program_id = {}").format(sql.Literal(str(program))))


def _drop_checks(connection: psycopg.Connection[TupleRow], table: str) -> None:
    for (name,) in connection.execute(
        "SELECT conname FROM pg_constraint WHERE contype = 'c' AND conrelid = %s::regclass", [table]
    ).fetchall():
        connection.execute(
            sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(sql.Identifier(table), sql.Identifier(name))
        )


def _a_program(connection: psycopg.Connection[TupleRow], organization: UUID, slug: str) -> int:
    row = connection.execute(
        "INSERT INTO program (organization_id, slug, created_at) VALUES (%s, %s, %s) RETURNING id",
        [organization, f"{slug}-{organization}", clock.now()],
    ).fetchone()
    assert row is not None
    return int(row[0])


def _all_tables(connection: psycopg.Connection[TupleRow]) -> set[str]:
    rows = connection.execute(
        "SELECT c.relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace "
        "WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition"
    ).fetchall()
    return {row[0] for row in rows if not row[0].startswith((QUEUE, STAGING))}


def _program_tables(connection: psycopg.Connection[TupleRow]) -> list[str]:
    return sorted(_all_tables(connection) - OUTSIDE)


def _columns(connection: psycopg.Connection[TupleRow], table: str) -> list[tuple[str, str]]:
    return [
        (row[0], row[1])
        for row in connection.execute(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = 'public' "
            "AND table_name = %s AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO' "
            "AND is_generated = 'NEVER'",
            [table],
        ).fetchall()
    ]


def _insertion(connection: psycopg.Connection[TupleRow], table: str, program: int) -> sql.Composed:
    columns = _columns(connection, table)
    values = [sql.Literal(program) if name == "program_id" else SAMPLES[kind] for name, kind in columns]
    return sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(sql.Identifier(name) for name, _ in columns),
        sql.SQL(", ").join(values),
    )


def _count(connection: psycopg.Connection[TupleRow], table: str) -> int:
    row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()
    assert row is not None
    return int(row[0])


def _may(connection: psycopg.Connection[TupleRow], table: str, right: str) -> bool:
    row = connection.execute("SELECT has_table_privilege(%s, %s, %s)", [APPLICATION_ROLE, table, right]).fetchone()
    assert row is not None
    return bool(row[0])


def test_every_table_is_a_programs_or_listed(connection: psycopg.Connection[TupleRow]) -> None:
    unguarded = connection.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') "
        "AND NOT relrowsecurity AND NOT relispartition"
    ).fetchall()

    found = {row[0] for row in unguarded if not row[0].startswith((QUEUE, STAGING))}
    assert found == OUTSIDE
    for table in _program_tables(connection):
        key = connection.execute(
            "SELECT a.attname FROM pg_index AS i JOIN pg_attribute AS a "
            "ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] WHERE i.indisprimary AND i.indrelid = %s::regclass",
            [table],
        ).fetchone()
        assert key == ("program_id",), table


def test_the_application_owns_nothing_and_bypasses_nothing(connection: psycopg.Connection[TupleRow]) -> None:
    role = connection.execute(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolcanlogin FROM pg_roles WHERE rolname = %s",
        [APPLICATION_ROLE],
    ).fetchone()
    owned = connection.execute(
        "SELECT count(*) FROM pg_class AS c JOIN pg_roles AS r ON r.oid = c.relowner WHERE r.rolname = %s",
        [APPLICATION_ROLE],
    ).fetchone()

    assert role == (False, False, False, False, False)
    assert owned == (0,)


def test_reads_only_its_own_program(
    connection: psycopg.Connection[TupleRow], insertions: dict[str, sql.Composed]
) -> None:
    assert {table: _count(connection, table) for table in insertions} == dict.fromkeys(insertions, 1)


@pytest.mark.parametrize("setting", ["SET LOCAL app.program_id = ''", "RESET app.program_id"])
def test_sees_nothing_outside_a_program(
    connection: psycopg.Connection[TupleRow], insertions: dict[str, sql.Composed], setting: LiteralString
) -> None:
    connection.execute(setting)

    assert {table: _count(connection, table) for table in insertions} == dict.fromkeys(insertions, 0)


def test_changes_nothing_of_another_program(
    connection: psycopg.Connection[TupleRow], programs: tuple[int, int], insertions: dict[str, sql.Composed]
) -> None:
    for table in insertions:
        named, ben = sql.Identifier(table), sql.Literal(programs[1])
        if _may(connection, table, "UPDATE"):
            updated = connection.execute(
                sql.SQL("UPDATE {} SET program_id = program_id WHERE program_id = {}").format(named, ben)
            )
            assert updated.rowcount == 0, table
        if _may(connection, table, "DELETE"):
            deleted = connection.execute(sql.SQL("DELETE FROM {} WHERE program_id = {}").format(named, ben))
            assert deleted.rowcount == 0, table


def test_writes_nothing_into_another_program(
    connection: psycopg.Connection[TupleRow], programs: tuple[int, int], insertions: dict[str, sql.Composed]
) -> None:
    for table, insertion in insertions.items():
        with pytest.raises(errors.InsufficientPrivilege, match="row-level security"), connection.transaction():
            connection.execute(insertion)
        if not _may(connection, table, "UPDATE"):
            continue
        # Handing a row over is writing into the other program, too.
        with pytest.raises(errors.InsufficientPrivilege, match="row-level security"), connection.transaction():
            connection.execute(
                sql.SQL("UPDATE {} SET program_id = {}").format(sql.Identifier(table), sql.Literal(programs[1]))
            )


@pytest.mark.parametrize(
    ("table", "column"),
    [("transfer", "id"), ("revision", "number"), ("audit_entry", "id"), ("organization_audit_entry", "id")],
)
@pytest.mark.parametrize("change", ["UPDATE {table} SET {column} = {column}", "DELETE FROM {table}"])
def test_what_is_written_for_good_stays(
    connection: psycopg.Connection[TupleRow],
    programs: tuple[int, int],
    table: str,
    column: str,
    change: LiteralString,
) -> None:
    become_application(connection, programs[0])

    with pytest.raises(errors.InsufficientPrivilege, match="permission denied"):
        connection.execute(sql.SQL(change).format(table=sql.Identifier(table), column=sql.Identifier(column)))


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE member DISABLE ROW LEVEL SECURITY",
        "DROP POLICY of_program ON member",
        "TRUNCATE member",
        "UPDATE alembic_version SET version_num = '0000'",
    ],
)
def test_the_application_cannot_take_off_its_chains(
    connection: psycopg.Connection[TupleRow], programs: tuple[int, int], statement: LiteralString
) -> None:
    become_application(connection, programs[0])

    with pytest.raises(errors.InsufficientPrivilege):
        connection.execute(statement)
