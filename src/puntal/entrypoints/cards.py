"""Programs as somebody signed in is shown them: name, currency, zone, phase, and the time by their clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from puntal.access.model_sign_in import ProgramCard
from puntal.kit.db import Database
from puntal.programs import operations, queries
from puntal.programs.document.program import Program
from puntal.programs.model import ProgramRow
from puntal.programs.phases import phase_at

_REMEMBERED = 1_000


class Cards:
    """Reads each revision once. One per process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._read: dict[tuple[int, int], Program] = {}

    async def __call__(self, organization_id: UUID, locale: str, now: datetime) -> Sequence[ProgramCard]:
        """Return an organization's programs by slug, named in a language; `now` is the real time."""
        async with self._database.transaction() as tx:
            rows = await queries.list_programs(tx, organization_id)
        return [await self._card(row, locale, now) for row in rows]

    async def _card(self, row: ProgramRow, locale: str, now: datetime) -> ProgramCard:
        if row.revision == 0:
            return await self._drafted(row, locale, now)
        program = self._read.get((row.id, row.revision)) or await self._published(row)
        there = now - row.clock_offset
        return ProgramCard(
            id=row.id,
            slug=row.slug,
            name=_said(program.name, locale, row.slug),
            currency=program.currency,
            timezone=program.timezone,
            locales=program.locales,
            phase=phase_at(program, there),
            revision=row.revision,
            clock_offset_seconds=row.clock_offset // timedelta(seconds=1),
            now=there,
        )

    async def _published(self, row: ProgramRow) -> Program:
        # Seldom: once per revision and process.
        async with self._database.program_transaction(row.id) as tx:
            program = (await operations.load_published(tx, row.id, number=row.revision)).document
        if len(self._read) >= _REMEMBERED:
            self._read.clear()
        self._read[row.id, row.revision] = program
        return program

    async def _drafted(self, row: ProgramRow, locale: str, now: datetime) -> ProgramCard:
        """Return a program that was never published; its draft may say anything yet."""
        async with self._database.transaction() as tx:
            draft = await queries.draft(tx, row.id)
        said: Mapping[str, Any] = {} if draft is None else draft.document
        locales = said.get("locales")
        return ProgramCard(
            id=row.id,
            slug=row.slug,
            name=_said(said.get("name"), locale, row.slug),
            currency=_text(said.get("currency")),
            timezone=_text(said.get("timezone")),
            locales=[each for each in locales if isinstance(each, str)] if isinstance(locales, list) else [],
            phase="draft",
            revision=0,
            clock_offset_seconds=row.clock_offset // timedelta(seconds=1),
            now=now - row.clock_offset,
        )


def _text(said: object) -> str | None:
    return said if isinstance(said, str) else None


def _said(name: object, locale: str, slug: str) -> str:
    """Return a name in a language, else in any, else the slug."""
    if isinstance(name, str):
        return name
    if isinstance(name, Mapping):
        found = name.get(locale) or next(iter(name.values()), None)
        if isinstance(found, str):
            return found
    return slug
