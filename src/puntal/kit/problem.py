"""Problems (RFC 9457): refusals and everything else HTTP has to say no with, as one shape. Pure."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import msgspec

from puntal.kit import errors
from puntal.kit.errors import Faulty, Refusal, Told, pointer
from puntal.kit.reasons import reason_of
from puntal.kit.words import said

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MEDIA_TYPE = "application/problem+json"
LOCALES = ("en", "es")

_STATUS_BY_KIND: tuple[tuple[type[Refusal], HTTPStatus], ...] = (
    (errors.Malformed, HTTPStatus.BAD_REQUEST),
    (errors.Unauthenticated, HTTPStatus.UNAUTHORIZED),
    (errors.Forbidden, HTTPStatus.FORBIDDEN),
    (errors.NotFound, HTTPStatus.NOT_FOUND),
    (errors.Conflict, HTTPStatus.CONFLICT),
    (errors.TooLarge, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (errors.UnsupportedMedia, HTTPStatus.UNSUPPORTED_MEDIA_TYPE),
    (errors.Invalid, HTTPStatus.UNPROCESSABLE_ENTITY),
    (errors.TooMany, HTTPStatus.TOO_MANY_REQUESTS),
)

_OF_HTTP: Mapping[int, tuple[str, dict[str, str]]] = {
    400: (errors.Malformed.code, dict(errors.Malformed.messages)),
    401: (errors.Unauthenticated.code, dict(errors.Unauthenticated.messages)),
    403: (errors.Forbidden.code, dict(errors.Forbidden.messages)),
    404: (errors.NotFound.code, dict(errors.NotFound.messages)),
    405: (
        "request.method_not_allowed",
        {"en": "This method is not possible here", "es": "Este método no es posible aquí"},
    ),
    413: (errors.TooLarge.code, dict(errors.TooLarge.messages)),
    415: (errors.UnsupportedMedia.code, dict(errors.UnsupportedMedia.messages)),
    422: (errors.Invalid.code, dict(errors.Invalid.messages)),
    429: (errors.TooMany.code, dict(errors.TooMany.messages)),
    500: (
        "server.failed",
        {"en": "This is our mistake, and it was noted", "es": "Es un error nuestro y ha quedado anotado"},
    ),
    503: (
        "server.unavailable",
        {"en": "Not possible right now; try again shortly", "es": "Ahora no es posible; inténtalo en unos instantes"},
    ),
}


def status_of(refusal: Refusal) -> int:
    """Return the HTTP status of the refusal's kind."""
    for kind, status in _STATUS_BY_KIND:
        if isinstance(refusal, kind):
            return int(status)
    return int(HTTPStatus.BAD_REQUEST)


def of_refusal(refusal: Refusal, locale: str) -> dict[str, Any]:
    """Return the problem that states a refusal: its code, sentence, numbers and, where it has them, faults."""
    # The standard's own members win over a number that happens to share a name.
    problem: dict[str, Any] = dict(msgspec.to_builtins(refusal.numbers)) | {
        "type": refusal.code,
        "title": refusal.title(locale),
        "status": status_of(refusal),
    }
    if isinstance(refusal, Faulty):
        problem["errors"] = [as_error(fault.told(locale)) for fault in refusal.faults]
    return problem


def as_error(fault: Told) -> dict[str, str]:
    """Return a fault as a member of `errors`."""
    error = {"path": fault.path, "code": fault.code, "reason": fault.reason}
    return error if fault.suggestion is None else error | {"suggestion": fault.suggestion}


def of_status(status: int, locale: str, **members: object) -> dict[str, Any]:
    """Return the problem for an HTTP status that no refusal stands for."""
    code, messages = _OF_HTTP.get(status) or (f"http.{status}", {"en": HTTPStatus(status).phrase})
    return members | {"type": code, "title": messages.get(locale, messages["en"]), "status": status}


def of_validation(found: Sequence[Mapping[str, Any]], body: object, locale: str) -> dict[str, Any]:
    """Return the problem for what pydantic found wrong, all of it, each with a pointer to the guilty value."""
    if any(each["type"] == "json_invalid" for each in found):
        return of_refusal(errors.Malformed(), locale)
    listed = []
    for each in found:
        place, *steps = each["loc"] or ("body",)
        inside = body if place == "body" else None
        listed.append(
            {
                "in": str(place),
                "path": _into(inside, steps) if place == "body" else pointer(*steps),
                "code": str(each["type"]),
                "reason": said(reason_of(each), locale),
            }
        )
    return of_refusal(Faulty([], count=len(listed)), locale) | {"errors": listed}


def _into(body: object, steps: Sequence[str | int]) -> str:
    """Return the pointer without the names of union members that pydantic puts between the steps."""
    found: list[str | int] = []
    value = body
    for position, step in enumerate(steps):
        children = dict(enumerate(value)) if isinstance(value, list) else value
        if isinstance(children, dict) and step in children:
            value = children[step]
        elif position < len(steps) - 1:
            continue
        found.append(step)
    return pointer(*found)


def locale_of(accept_language: str | None, default: str) -> str:
    """Return the best of our languages for an `Accept-Language` header."""
    wanted: list[tuple[float, int, str]] = []
    for position, part in enumerate((accept_language or "").split(",")[:20]):
        tag, _, weight = part.partition(";")
        language = tag.strip().split("-", 1)[0].lower()
        try:
            quality = float(weight.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
        if language in LOCALES and quality > 0:
            wanted.append((-quality, position, language))
    return min(wanted)[2] if wanted else default
