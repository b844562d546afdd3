"""`POST imports/events`: history over HTTP, one event a line, replayed as `puntal replay` does."""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from types import TracebackType
from typing import IO, Annotated, ClassVar, Literal, NamedTuple, Self

from fastapi import Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from puntal.access import idempotency
from puntal.access.dependencies import ProgramCaller, ProgramId, program_router, requires
from puntal.access.model import Permission
from puntal.access.operations import notifications
from puntal.entrypoints.replay import Progress, Replay
from puntal.imports import operations as runs
from puntal.imports.errors import ImportOver
from puntal.imports.model import LONG, Moved
from puntal.kit import clock, http, ids
from puntal.kit.db import Database
from puntal.kit.errors import Conflict, UnsupportedMedia

router = program_router("events")

KINDS = ("application/jsonl", "application/x-ndjson")
"""Two names of one thing; a file that calls itself anything else is not read."""
_LINES = {
    "schema": {"type": "string", "description": "One event as `POST events` takes it per line."},
    "example": (
        '{"id":"2025-1","type":"order.paid","occurred_at":"2025-01-02T10:00:00Z","member":{"card":"77"},'
        '"order":{"id":"1","currency":"EUR","lines":[{"id":"1","amount_minor":1999}]}}\n'
    ),
}
_IN_MEMORY = 4_000_000
_MOST_REFUSED = 100
NOTED_EVERY_SECONDS = 2
ALONE = "SELECT pg_try_advisory_xact_lock(%(kind)s, %(program_id)s)"
"""One import of a program at a time: two would race for its budgets."""
_KIND = 0x696D70


class ImportUnderWay(Conflict):
    """Another import into the same program has not ended."""

    code = "imports.under_way"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "Another import into this program is under way",
        "es": "Ya hay otra importación en curso en este programa",
    }


class Spooled(NamedTuple):
    """A body that was read, and its hash."""

    file: IO[bytes]
    words: bytes


class RefusedOut(BaseModel):
    """An event that was not taken in."""

    id: str
    code: str = Field(examples=["event.id_reused"])


class ImportOut(BaseModel):
    """What an import did."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"events": 2, "replayed": 0, "nights": 1, "refused": [], "refused_count": 0}]}
    )

    events: int = Field(description="Lines that were read.")
    replayed: int = Field(description="Of these, known before.")
    nights: int = Field(description="Program midnights that were performed in between.")
    refused: list[RefusedOut] = Field(description="The first hundred of those not taken in.")
    refused_count: int


async def _spooled(request: Request) -> AsyncIterator[Spooled]:
    """Read the body to disk, and what tells it from others; it may be long."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in KINDS:
        raise UnsupportedMedia
    words = hashlib.sha256()
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
        async for chunk in request.stream():
            words.update(chunk)
            await asyncio.to_thread(file.write, chunk)
        file.seek(0)
        yield Spooled(file, words.digest())


async def _alone(
    request: Request,
    program_id: ProgramId,
    spooled: Annotated[Spooled, Depends(_spooled, scope="function")],
) -> AsyncIterator[None]:
    """Hold the program's only import, and the request's idempotency key, for as long as it takes."""
    async with http.database_of(request).program_transaction(program_id) as tx:
        request.state.claim = await idempotency.claim(
            tx, request, owner=program_id, now=clock.now(), body=spooled.words
        )
        locked = await (await tx.execute(ALONE, {"kind": _KIND, "program_id": program_id})).fetchone()
        if locked is None or not locked[0]:
            raise ImportUnderWay
        # The transaction does nothing else for as long as the import takes.
        await tx.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        yield


@router.post(
    "/imports/events",
    summary="Import a history of events",
    dependencies=[requires(Permission.IMPORTS_WRITE)],
    responses={
        409: {
            "description": "`imports.under_way`, `imports.over` (it was cancelled), `replay.too_late`, "
            "`replay.unsorted`, `idempotency.key_reused`"
        },
        415: {"description": "`request.unsupported_media`: send application/jsonl and say so"},
        422: {"description": "`event.invalid`: nothing from the faulty `line` on was taken in; lines before it were"},
    },
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": dict.fromkeys(KINDS, _LINES),
        }
    },
)
async def import_events(
    request: Request,
    program_id: ProgramId,
    caller: ProgramCaller,
    spooled: Annotated[Spooled, Depends(_spooled, scope="function")],
    _: Annotated[None, Depends(_alone, scope="function")],
    *,
    set_clock: Annotated[bool, Query(description="Let the program's clock go on from the last event.")] = False,
    name: Annotated[str, Query(max_length=200, description="Of the file, as `GET jobs` shows it.")] = "",
) -> ImportOut:
    """Decide events of the past, each as of its own time, with the program's nights in between.

    Lines are sorted by `occurred_at`. The answer comes when all is done; after a broken connection, or once a faulty
    line is mended, send the same lines again: what was stored is recognised.
    """
    lines = (line for line in spooled.file if line.strip())
    began = clock.now()
    database = http.database_of(request)
    replay = Replay(database, request.app.state.programs, program_id)
    total = await asyncio.to_thread(_lines_of, spooled.file)
    try:
        async with Followed(database, program_id, caller.actor, name, total) as followed:
            done = await replay.run(lines, report=followed.report, set_clock=set_clock)
    except Exception:
        await _tell(request, program_id, caller.actor, "import.failed", spooled, began)
        raise
    await _tell(
        request,
        program_id,
        caller.actor,
        "import.done",
        spooled,
        began,
        events=done.events,
        refused=len(done.refused),
    )
    return ImportOut(
        events=done.events,
        replayed=done.replayed,
        nights=done.nights,
        refused=[RefusedOut(id=id, code=code) for id, code in done.refused[:_MOST_REFUSED]],
        refused_count=len(done.refused),
    )


class Followed:
    """An import of events as work that is listed: its progress is noted while it goes on, and it can be cancelled."""

    def __init__(self, database: Database, program_id: int, actor: str, name: str, total: int) -> None:
        self._database = database
        self._program_id = program_id
        self._actor = actor
        self._name = name
        self._total = total
        self._progress: Progress | None = None
        self._cancelled = False

    async def __aenter__(self) -> Self:
        """Say that it has begun."""
        async with self._database.program_transaction(self._program_id) as tx:
            self._id = await runs.begin(
                tx, self._program_id, "events", self._name, total=self._total, by=self._actor, now=clock.now()
            )
        self._noting = asyncio.create_task(self._note_on())
        return self

    def report(self, progress: Progress) -> None:
        """Take in how far it is.

        Raises:
            ImportOver: It was cancelled: what came before is in, the rest is not.
        """
        self._progress = progress
        if self._cancelled:
            raise ImportOver(state="cancelled")

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        """Note how it ended."""
        self._noting.cancel()
        await asyncio.gather(self._noting, return_exceptions=True)
        await self._note()
        async with self._database.program_transaction(self._program_id) as tx:
            await runs.end(tx, self._program_id, self._id, "done" if error is None else "failed", now=clock.now())

    async def _note_on(self) -> None:
        while True:
            await asyncio.sleep(NOTED_EVERY_SECONDS)
            await self._note()

    async def _note(self) -> None:
        so = self._progress
        if so is None:
            return
        refused = len(so.refused)
        moved = Moved(done=so.events, added=so.events - so.replayed - refused, known=so.replayed, refused=refused)
        async with self._database.program_transaction(self._program_id) as tx:
            self._cancelled = not await runs.move(tx, self._program_id, self._id, moved, now=clock.now())


def _lines_of(file: IO[bytes]) -> int:
    """Return how many events a file has, and go back to its beginning."""
    count = sum(1 for line in file if line.strip())
    file.seek(0)
    return count


async def _tell(
    request: Request,
    program_id: int,
    actor: str,
    code: Literal["import.done", "import.failed"],
    spooled: Spooled,
    began: datetime,
    **numbers: int,
) -> None:
    """Tell whoever asked, where it took long; of the same lines once, however often they are sent."""
    now = clock.now()
    if now - began < LONG:
        return
    # Events lie in transactions of their own, so this one tells of what has happened.
    async with http.database_of(request).program_transaction(program_id) as tx:
        await notifications.tell(
            tx,
            program_id,
            actor,
            code,
            target=("import", ids.derived(spooled.words.hex(), "import")),
            now=now,
            once=f"{code}:{spooled.words.hex()}",
            **numbers,
        )
