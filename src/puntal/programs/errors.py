"""What this slice refuses. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from puntal.kit.errors import Conflict, Faulty, Invalid, Malformed, NotFound


class ProgramNotFound(NotFound):
    """No such program, as far as this caller may know."""

    code = "programs.not_found"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "There is no such program",
        "es": "No existe ese programa",
    }


class RevisionNotFound(NotFound):
    """The program has no revision of this number."""

    code = "programs.revision_not_found"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "There is no revision {number}",
        "es": "No existe la revisión {number}",
    }


class NotPublished(Conflict):
    """The program has no revision yet."""

    code = "programs.not_published"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The program has not been published yet",
        "es": "El programa aún no se ha publicado",
    }


class NoDraft(NotFound):
    """The program has no draft."""

    code = "programs.no_draft"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The program has no draft",
        "es": "El programa no tiene borrador",
    }


class DraftChanged(Conflict):
    """Somebody else saved the draft since the caller read it. Nothing was written."""

    code = "programs.draft_changed"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The draft is now at version {version}; read it again before saving",
        "es": "El borrador está ahora en la versión {version}; vuelve a leerlo antes de guardar",
    }


class SlugTaken(Conflict):
    """Another program, of whichever organization, has this address."""

    code = "programs.slug_taken"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The address '{slug}' is taken",
        "es": "La dirección '{slug}' ya está en uso",
    }


class SlugInvalid(Invalid):
    """An address is made of small letters, digits and hyphens."""

    code = "programs.slug_invalid"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "'{slug}' is not an address: use 2 to 63 small letters, digits and hyphens, beginning with a letter",
        "es": "'{slug}' no sirve de dirección: usa de 2 a 63 minúsculas, cifras y guiones, empezando por letra",
    }


class EffectiveInThePast(Invalid):
    """Only a program's first revision may begin before it is published: the past was already decided."""

    code = "programs.effective_in_the_past"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "A revision can take effect from {earliest} on, not from {asked}",
        "es": "Una revisión puede entrar en vigor desde {earliest}, no desde {asked}",
    }


class ProgramFaulty(Faulty):
    """The document cannot be published; `faults` has everything that is wrong."""

    code = "programs.faulty"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The program has {count} faults",
        "es": "El programa tiene {count} errores",
    }


class DocumentUnreadable(Malformed):
    """The text is not YAML 1.2 or JSON that can be a document."""

    code = "programs.document_unreadable"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The document cannot be read: {detail}",
        "es": "El documento no se puede leer: {detail}",
    }


class TemplateNotFound(NotFound):
    """There is no template of this name."""

    code = "programs.template_not_found"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "There is no template '{template}'",
        "es": "No existe la plantilla '{template}'",
    }


class SwitchNotFound(NotFound):
    """There is no kill switch with this id."""

    code = "programs.switch_not_found"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "There is no such kill switch",
        "es": "No existe ese interruptor de emergencia",
    }


class SwitchTargetUnknown(Invalid):
    """The newest revision has nothing of this kind and id."""

    code = "programs.switch_target_unknown"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The program has no {target_kind} '{target_id}'",
        "es": "El programa no tiene {target_kind} '{target_id}'",
    }


class TemplateOrDocument(Invalid):
    """A program begins as one of the two, not both and not neither."""

    code = "programs.template_or_document"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "Send either 'template' or 'document'",
        "es": "Envía 'template' o bien 'document'",
    }
