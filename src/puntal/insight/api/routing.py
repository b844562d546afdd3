"""What every route of reports starts from: the router, the program, the period asked for, and answers as CSV."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from puntal.access.dependencies import Now, ProgramId, ProgramTx, program_router, requires
from puntal.access.model import Permission
from puntal.engine.model import Compiled
from puntal.insight import policy_kpis as policy
from puntal.insight.model_kpis import Span
from puntal.kit import sheets
from puntal.kit.calendar import local_day
from puntal.kit.db import Transaction
from puntal.kit.http import Locale
from puntal.kit.pages import Page

router = program_router("reports")

READ = [requires(Permission.REPORTS_READ)]
REFUSALS: dict[int | str, dict[str, Any]] = {409: {"description": "`programs.not_published`"}}
FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "As JSON, or as a file where `Accept` is `text/csv`",
        "content": {"text/csv": {"schema": {"type": "string"}}},
    },
    422: {"description": "`insight.bad_period`, `request.faulty`"},
}
PAGES = FILE | REFUSALS | {400: {"description": "`request.bad_cursor`"}}
Out = TypeVar("Out", bound=BaseModel)


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

    def __init__(self, request: Request, tx: Transaction, program: Compiled, now: datetime, locale: str) -> None:
        self.request = request
        self.tx = tx
        self.program = program
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

    def span(self, period: Period) -> Span:
        """Return the period asked for.

        Raises:
            BadPeriod: It is the wrong way round, or out of reach.
        """
        return policy.asked(self.program.zone, period.since, period.through, today=self.today)

    @property
    def as_csv(self) -> bool:
        """Whether a file is wanted."""
        wanted = self.request.headers.get("accept", "")
        return any(part.split(";")[0].strip().lower() == "text/csv" for part in wanted.split(","))

    def file(self, name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
        """Return rows as a file."""
        return Response(
            sheets.write(columns, rows),
            media_type="text/csv; charset=utf-8",
            headers={
                "content-disposition": f'attachment; filename="{name}.csv"',
                "cache-control": "private, no-store",
                "vary": "Accept",
            },
        )

    def listed(
        self, name: str, shape: type[Out], items: list[Out], following: str | None = None
    ) -> Page[Out] | Response:
        """Return a page as JSON, or as a file whose `Link` leads to the next."""
        if not self.as_csv:
            return Page(items=items, next=following)
        columns = list(shape.model_fields)
        answered = self.file(name, columns, ([getattr(item, column) for column in columns] for item in items))
        if following is not None:
            after = self.request.url.include_query_params(cursor=following)
            answered.headers["link"] = f'<{after.path}?{after.query}>; rel="next"'
        return answered


async def current_program(request: Request, tx: ProgramTx, program_id: ProgramId) -> Compiled:
    """Return the program as it stands in this transaction."""
    newest: Compiled = (await request.app.state.programs.current(tx, program_id)).newest
    return newest


CurrentProgram = Annotated[Compiled, Depends(current_program)]


async def _reported(request: Request, tx: ProgramTx, program: CurrentProgram, now: Now, locale: Locale) -> Reported:
    return Reported(request, tx, program, now, locale)


Asked = Annotated[Reported, Depends(_reported)]


def shaped(shape: type[Out], row: object) -> Out:
    """Return a row as the API shows it, by the names of its fields."""
    return shape(**{name: getattr(row, name) for name in shape.model_fields})
