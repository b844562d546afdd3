"""The pool and its transactions. Only entry points open them; operations are handed one."""

from __future__ import annotations

import asyncio
import contextlib
import re
from typing import TYPE_CHECKING, NewType, TypeAlias

import msgspec
import structlog
from psycopg import AsyncConnection, AsyncCursor, OperationalError, sql
from psycopg.pq import TransactionStatus
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool

from puntal.kit.settings import settings

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

Transaction: TypeAlias = AsyncConnection[TupleRow]
"""A connection inside a transaction that somebody else ends."""

Written: TypeAlias = AsyncCursor[TupleRow]
"""A statement that was sent: its `rowcount` is known at once, in a pipeline when that is synced."""

ProgramId = NewType("ProgramId", int)

APPLICATION_ROLE = "puntal_app"
"""Owns nothing and obeys row security; every connection of the application takes it on."""

_PREPARE_THRESHOLD = 3
_RECONNECT_SECONDS = (0.2, 1.0, 3.0, 10.0)
_log = structlog.get_logger(__name__)


class SwallowedError(RuntimeError):
    """A statement failed, its error was swallowed, and the transaction was about to be committed.

    PostgreSQL answers such a COMMIT with a rollback and no error: writes would be lost silently.
    """


class Database:
    """Connections to one database: as the application, and a few as the owner."""

    def __init__(self, application: AsyncConnectionPool, owner: AsyncConnectionPool, uri: str) -> None:
        self.uri = uri
        self._application = application
        self._owner = owner

    @classmethod
    async def open(cls, uri: str, *, size: int | None = None, patient: bool = True) -> Database:
        """Open the pools; the first connection is made now, so a wrong address fails here.

        Args:
            uri: A libpq connection URI.
            size: Most connections as the application; the setting `pool_size` when not given.
            patient: A server that does not answer yet is waited for, half a minute; else the reason is raised at once.
        """
        chosen = settings()
        if not patient:
            await (await AsyncConnection.connect(uri)).close()
        application = AsyncConnectionPool(
            uri,
            min_size=1,
            max_size=size or chosen.pool_size,
            open=False,
            configure=_as_application,
            kwargs={"autocommit": True, "prepare_threshold": _PREPARE_THRESHOLD},
            name="application",
        )
        owner = AsyncConnectionPool(
            uri,
            min_size=0,
            max_size=2,
            open=False,
            configure=_as_owner,
            kwargs={"autocommit": True, "prepare_threshold": None},
            name="owner",
        )
        try:
            await application.open(wait=True)
            await owner.open()
        except BaseException:
            await application.close()
            await owner.close()
            raise
        return cls(application, owner, uri)

    async def close(self) -> None:
        """Close every connection; waits for those in use."""
        await self._application.close()
        await self._owner.close()

    @contextlib.asynccontextmanager
    async def program_transaction(self, program_id: int) -> AsyncGenerator[Transaction]:
        """Open a transaction on one program's rows; it commits at the end, rolls back on any error."""
        # `SET LOCAL` and not `set_config()`: Citus hands only the former on to its workers.
        async with _transaction(self._application, f"BEGIN; SET LOCAL app.program_id = '{int(program_id)}'") as tx:
            yield tx

    @contextlib.asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Transaction]:
        """Open a transaction outside any program: organizations, staff, keys, the list of programs."""
        async with _transaction(self._application, "BEGIN") as tx:
            yield tx

    @contextlib.asynccontextmanager
    async def owner_transaction(self) -> AsyncGenerator[Transaction]:
        """Open a transaction as the owner of the tables, for maintenance; has no statement timeout."""
        async with _transaction(self._owner, "BEGIN") as tx:
            yield tx


@contextlib.asynccontextmanager
async def _transaction(pool: AsyncConnectionPool, begin: str) -> AsyncGenerator[Transaction]:
    async with pool.connection() as connection:
        # One simple query, one round trip; the server cannot prepare two statements at once.
        await connection.execute(begin.encode(), prepare=False)
        try:
            yield connection
            if connection.pgconn.transaction_status == TransactionStatus.INERROR:
                raise SwallowedError("an error was caught outside a savepoint")  # noqa: TRY301 - rolls back below
            await connection.execute("COMMIT", prepare=False)
        except BaseException:
            await _roll_back(connection)
            raise


async def _roll_back(connection: Transaction) -> None:
    """Roll back where that is possible; a connection in any other state is thrown away by the pool."""
    if connection.pgconn.transaction_status in {TransactionStatus.INTRANS, TransactionStatus.INERROR}:
        with contextlib.suppress(OperationalError):
            await connection.execute("ROLLBACK", prepare=False)


async def _as_application(connection: Transaction) -> None:
    chosen = settings()
    await connection.execute(
        sql.SQL(
            "SET ROLE {role}; SET statement_timeout = {statement}; SET lock_timeout = {lock};"
            " SET idle_in_transaction_session_timeout = {idle}; SET timezone = 'UTC'"
        ).format(
            role=sql.Identifier(APPLICATION_ROLE),
            statement=sql.Literal(chosen.statement_timeout_ms),
            lock=sql.Literal(chosen.lock_timeout_ms),
            idle=sql.Literal(chosen.idle_transaction_timeout_ms),
        ),
        prepare=False,
    )


async def _as_owner(connection: Transaction) -> None:
    await connection.execute(
        sql.SQL("SET statement_timeout = 0; SET lock_timeout = {lock}; SET timezone = 'UTC'").format(
            lock=sql.Literal(settings().lock_timeout_ms)
        ),
        prepare=False,
    )


_encoder = msgspec.json.Encoder(decimal_format="number")


def encode(rows: Sequence[object]) -> str:
    """Return the rows as JSON for `json_to_recordset(%(rows)s::json)`: dicts, structs or dataclasses.

    Instants become ISO 8601 and ids text. Bytes must not travel this way: SQL would see their base64.
    """
    return _encoder.encode(rows).decode()


def array(values: Sequence[object]) -> str:
    """Return a column of many rows as an array literal for `unnest(%(name)s::type[])`: texts, ids, numbers, instants.

    The server reads it several times faster than `json_to_recordset` reads the same values, so the busiest
    statements take their rows by columns.
    """
    text = _encoder.encode(values).decode()
    if "\\" in text:
        # The only way in which JSON and array literals differ: control characters stand for themselves here.
        text = _ESCAPE.sub(_escaped, text)
    return f"{{{text[1:-1]}}}"


def array_of_json(documents: Sequence[bytes]) -> str:
    """Return JSON documents as an array literal of texts; as JSON they hold no bare control characters."""
    return f"{{{_encoder.encode([document.decode() for document in documents]).decode()[1:-1]}}}"


def array_of_arrays(values: Sequence[Sequence[int]]) -> str:
    """Return lists of numbers as an array literal of array literals, each to be cast to `bigint[]`."""
    inner = _encoder.encode(values).decode()[2:-2].replace("],[", '}","{')
    return '{"{' + inner + '}"}' if values else "{}"


_ESCAPE = re.compile(r"\\(u[0-9a-f]{4}|.)")
_KEPT = frozenset({'"', "\\"})


def _escaped(found: re.Match[str]) -> str:
    return found[0] if found[1] in _KEPT else str(msgspec.json.decode(f'"{found[0]}"'.encode()))


async def listen(uri: str, channel: str) -> AsyncGenerator[str]:
    """Yield the payload of each NOTIFY on `channel`, for ever, reconnecting as often as needed.

    The empty string comes first and after each reconnection: something may have been missed, so look.
    """
    failures = 0
    while True:
        try:
            async with await AsyncConnection.connect(uri, autocommit=True) as connection:
                await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
                failures = 0
                yield ""
                async for notification in connection.notifies():
                    yield notification.payload
        except OperationalError as lost:
            pause = _RECONNECT_SECONDS[min(failures, len(_RECONNECT_SECONDS) - 1)]
            failures += 1
            _log.warning("db.listen.lost", channel=channel, retry_in_seconds=pause, reason=type(lost).__name__)
            await asyncio.sleep(pause)


def migrate(uri: str) -> None:
    """Bring a database to the newest schema, see `puntal.kit.migration`."""
    from puntal.kit import migration  # noqa: PLC0415 - SQLAlchemy and Alembic are of no use to a running server

    migration.migrate(uri)
