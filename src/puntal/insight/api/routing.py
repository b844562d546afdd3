"""What every route of reports starts from: the router, the program, the period asked for, and answers as CSV."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from puntal.access.dependencies import Now, ProgramCaller, ProgramId, ProgramTx, program_router, requires
from puntal.access.model import Caller, Permission
from puntal.engine.model import Compiled
from puntal.insight import policy_kpis as policy
from puntal.insight.model_kpis import Span
from puntal.insight.naming import Names
from puntal.kit import tables
from puntal.kit.calendar import local_day
from puntal.kit.db import Transaction
from puntal.kit.http import Locale
from puntal.kit.pages import Page, cut
from puntal.members import queries as members

router = program_router("reports")

READ = [requires(Permission.REPORTS_READ)]
REFUSALS: dict[int | str, dict[str, Any]] = {409: {"description": "`programs.not_published`"}}
FILE = tables.FILE | {422: {"description": "`insight.bad_period`, `request.faulty`"}}
PAGES = FILE | REFUSALS | {400: {"description": "`request.bad_cursor`"}}
Out = TypeVar("Out", bound=BaseModel)
Row = TypeVar("Row")
NAMED = "Null: nobody said one, or it is a pool, or you may not read members."


class Period(BaseModel):
    """Local days of the program's zone, both in it."""

    model_config = ConfigDict(extra="forbid")

    since: date | None = Field(
        default=None,
        alias="from",
        examples=["2026-03-01"],
        description="Not said: thirty days before the end of the period.",
    )
    through: date | None = Field(default=None, examples=["2026-03-31"], description="Not said: today.")


class Paged(Period):
    """A page of the rows of a period."""

    limit: int = Field(default=50, ge=1, le=5000)
    cursor: str | None = Field(default=None, max_length=2000)


class Reported:
    """A question about a program: in which transaction, as it stands, in which language, when."""

    def __init__(
        self, request: Request, tx: Transaction, program: Compiled, caller: Caller, now: datetime, locale: str
    ) -> None:
        self.request = request
        self.tx = tx
        self.program = program
        self.caller = caller
        self.now = now
        self.locale = locale

    @property
    def today(self) -> date:
        """The program's local day."""
        return local_day(self.program.zone, self.now)

    @property
    def language(self) -> str:
        """What formulas and sentences are told in."""
        return "es" if self.locale.startswith("es") else "en"

    @property
    def names(self) -> Names:
        """What the program's parts are called."""
        return Names(self.program.document, self.language)

    def span(self, period: Period) -> Span:
        """Return the period asked for.

        Raises:
            BadPeriod: It is the wrong way round, or out of reach.
        """
        return policy.asked(self.program.zone, period.since, period.through, today=self.today)

    @property
    def as_csv(self) -> bool:
        """Whether a file is wanted."""
        return tables.wants_sheet(self.request)

    def file(self, name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
        """Return rows as a file."""
        return tables.sheet(name, columns, rows)

    def table(self, name: str, shape: type[BaseModel], items: Iterable[object]) -> Response:
        """Return rows as a file: a column for each field the API shows."""
        return tables.sheet_of(name, shape, items)

    async def named(self, shape: type[Out], rows: Sequence[Row], whose: Callable[[Row], UUID | None]) -> list[Out]:
        """Return rows as the API shows them, with what the members concerned are called; one statement for a page.

        Names are for callers who may read members.
        """
        people = [(row, whose(row)) for row in rows]
        called = await members.names_for(self.tx, self.program.program_id, self.caller, (id for _, id in people))
        return [shaped(shape, row, member_name=None if id is None else called.get(id)) for row, id in people]

    async def paged(
        self,
        name: str,
        shape: type[Out],
        rows: Sequence[Row],
        limit: int,
        *,
        key: Callable[[Row], tuple[object, ...]],
        whose: Callable[[Row], UUID | None],
    ) -> Page[Out] | Response:
        """Return a page of people's rows as JSON, or as a file; of one row more than `limit` where there is a next."""
        page, following = cut(rows, limit, key)
        return self.listed(name, shape, await self.named(shape, page, whose), following)

    def listed(
        self, name: str, shape: type[Out], items: list[Out], following: str | None = None
    ) -> Page[Out] | Response:
        """Return a page as JSON, or as a file whose `Link` leads to the next."""
        return tables.listed(self.request, name, shape, items, following)


async def current_program(request: Request, tx: ProgramTx, program_id: ProgramId) -> Compiled:
    """Return the program as it stands in this transaction."""
    newest: Compiled = (await request.app.state.programs.current(tx, program_id)).newest
    return newest


CurrentProgram = Annotated[Compiled, Depends(current_program)]


async def _reported(
    request: Request, tx: ProgramTx, program: CurrentProgram, caller: ProgramCaller, now: Now, locale: Locale
) -> Reported:
    return Reported(request, tx, program, caller, now, locale)


Asked = Annotated[Reported, Depends(_reported)]


def shaped(shape: type[Out], row: object, **more: object) -> Out:
    """Return a row as the API shows it, by the names of its fields; `more` is what the row does not have."""
    return shape(**{name: more[name] if name in more else getattr(row, name) for name in shape.model_fields})
