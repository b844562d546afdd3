"""Documents over HTTP: how they are answered, and what routes that take one refuse."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import Response

from puntal.programs.wire import respond

UNREADABLE = {"description": "`programs.document_unreadable`: not JSON or YAML, or a key twice"}
FAULTY = {"description": "`programs.faulty`: `errors` has every fault with path, reason and suggestion"}
MEDIA = {"description": "`request.unsupported_media`: send JSON or YAML"}


def answered(request: Request, document: dict[str, object], version: int, **beside: str | bool | None) -> Response:
    """Answer a document, as JSON or YAML, with its version as `ETag`."""
    return respond(
        request,
        {"document": document, "version": version, **beside},
        document="document",
        headers={"ETag": f'"{version}"'},
    )
