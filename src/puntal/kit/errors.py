"""Refusals: the answers that say no on purpose. Pure.

A refusal has a stable code and a sentence per language; everything else raised is a defect or an outage.
Refusals know kinds (`Conflict`), not HTTP statuses: `puntal.kit.problem` knows those.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from puntal.kit.words import Words, said

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

DEFAULT_LOCALE = "en"


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """The platform understood the request and says no.

    Attributes:
        code: Stable name of this refusal, part of the public API: `<slice>.<reason>`.
        messages: One sentence per language, with the numbers concerned in braces.
        numbers: What the sentence is about; members of the problem over HTTP, so JSON values only.
    """

    code: ClassVar[str] = "refused"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The request was refused",
        "es": "La petición fue rechazada",
    }

    def __init__(self, **numbers: object) -> None:
        self.numbers: dict[str, object] = numbers
        super().__init__(self.title(DEFAULT_LOCALE))

    def title(self, locale: str) -> str:
        """Return the sentence for a reader; `es-MX` falls back to `es`, an unknown language to English.

        Of one thing, where `count` says so, the sentence under `es_one` is taken if there is one.
        """
        language = locale.replace("_", "-").split("-", maxsplit=1)[0].lower()
        single = self.numbers.get("count") == 1
        sentence = (
            (self.messages.get(f"{language}_one") if single else None)
            or self.messages.get(locale)
            or self.messages.get(language)
            or self.messages[DEFAULT_LOCALE]
        )
        return sentence.format_map(self.numbers)

    def __reduce__(self) -> tuple[object, ...]:
        """Survive pickling: the constructor takes keywords only."""
        return (_rebuild, (type(self), self.numbers))


def _rebuild(kind: type[Refusal], numbers: dict[str, object]) -> Refusal:
    return kind(**numbers)


class Malformed(Refusal):
    """The words cannot be read: broken JSON, a bad cursor."""

    code = "request.malformed"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The request cannot be read",
        "es": "La petición no se puede leer",
    }


class Unauthenticated(Refusal):
    """Nobody we know is asking."""

    code = "access.unauthenticated"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "Credentials are missing or not valid",
        "es": "Faltan las credenciales o no son válidas",
    }


class Forbidden(Refusal):
    """The caller is known and may not do this."""

    code = "access.forbidden"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "These credentials may not do this",
        "es": "Estas credenciales no permiten esta acción",
    }


class NotFound(Refusal):
    """There is no such thing, as far as this caller may know."""

    code = "request.not_found"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "There is no such thing here",
        "es": "No existe aquí",
    }


class Conflict(Refusal):
    """Possible in general, not in the present state."""

    code = "request.conflict"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The present state does not allow this",
        "es": "El estado actual no lo permite",
    }


class TooLarge(Refusal):
    """More was sent than is read at once."""

    code = "request.too_large"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The request is too large",
        "es": "La petición es demasiado grande",
    }


class UnsupportedMedia(Refusal):
    """The content type is not one that is read here."""

    code = "request.unsupported_media"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "This content type is not accepted here",
        "es": "Este tipo de contenido no se acepta aquí",
    }


class Invalid(Refusal):
    """Readable, but it breaks a rule that does not depend on the present state."""

    code = "request.invalid"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The request is not valid",
        "es": "La petición no es válida",
    }


class TooMany(Refusal):
    """Asked too often; the number `retry_after_seconds`, where given, becomes the header of that name."""

    code = "request.too_many"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "Too many requests at once; try again shortly",
        "es": "Demasiadas peticiones a la vez; inténtalo en unos instantes",
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong with a document or a body.

    Attributes:
        path: JSON pointer to the guilty value; the empty string is the whole document.
        code: Stable name, as for refusals.
        reason: A sentence for a person, in both languages where it has any.
        suggestion: What to write instead, where that is known.
    """

    path: str
    code: str
    reason: str | Words
    suggestion: str | Words | None = None

    def told(self, locale: str) -> Told:
        """Return it for one reader."""
        suggestion = None if self.suggestion is None else said(self.suggestion, locale)
        return Told(self.path, self.code, said(self.reason, locale), suggestion)


class Told(NamedTuple):
    """A fault in one language."""

    path: str
    code: str
    reason: str
    suggestion: str | None


class Faulty(Invalid):
    """Not valid, with everything that is wrong and where."""

    code = "request.faulty"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "{count} values are not valid",
        "en_one": "One value is not valid",
        "es": "{count} valores no son válidos",
        "es_one": "Un valor no es válido",
    }

    def __init__(self, faults: Sequence[Fault], **numbers: object) -> None:
        self.faults = list(faults)
        super().__init__(**({"count": len(self.faults)} | numbers))

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild_faulty, (type(self), self.faults, self.numbers))


def _rebuild_faulty(kind: type[Faulty], faults: list[Fault], numbers: dict[str, object]) -> Faulty:
    return kind(faults, **numbers)


def pointer(*steps: str | int) -> str:
    """Return the JSON pointer (RFC 6901) for the steps from the root to a value."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)
