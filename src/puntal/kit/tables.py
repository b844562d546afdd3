"""Answers that are tables: as JSON, or as a CSV file where the caller's `Accept` says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from puntal.kit import sheets
from puntal.kit.pages import Page

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Out = TypeVar("Out", bound=BaseModel)
FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "As JSON, or as a file where `Accept` is `text/csv`",
        "content": {"text/csv": {"schema": {"type": "string"}}},
    }
}
"""What a route that answers with either declares."""


def wants_sheet(request: Request) -> bool:
    """Tell whether a table is asked for as a file."""
    wanted = request.headers.get("accept", "")
    return any(part.split(";")[0].strip().lower() == "text/csv" for part in wanted.split(","))


def sheet(name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """Return a table as a file."""
    return Response(
        sheets.write(columns, rows),
        media_type="text/csv; charset=utf-8",
        headers={
            "content-disposition": f'attachment; filename="{name}.csv"',
            "cache-control": "private, no-store",
            "vary": "Accept",
        },
    )


def sheet_of(name: str, shape: type[BaseModel], items: Iterable[object]) -> Response:
    """Return rows as a file: a column for each field the API shows."""
    columns = list(shape.model_fields)
    return sheet(name, columns, ([getattr(item, column) for column in columns] for item in items))


def listed(
    request: Request, name: str, shape: type[Out], items: list[Out], following: str | None
) -> Page[Out] | Response:
    """Return a page as JSON, or as a file whose `Link` leads to the next."""
    if not wants_sheet(request):
        return Page(items=items, next=following)
    answered = sheet_of(name, shape, items)
    if following is not None:
        after = request.url.include_query_params(cursor=following)
        answered.headers["link"] = f'<{after.path}?{after.query}>; rel="next"'
    return answered
