"""What the routes of programs take and give: documents with exact numbers, as JSON or YAML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID

from babel.numbers import is_currency
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from starlette.responses import Response

from puntal.kit.errors import Fault, UnsupportedMedia
from puntal.kit.reasons import UnfitError
from puntal.kit.words import Words
from puntal.programs import source
from puntal.programs.diff import Change, Difference
from puntal.programs.model import KillSwitch, ProgramRow, Publication, Revision, SwitchMode, SwitchTarget
from puntal.programs.preparing import Preparation
from puntal.programs.telling import Told
from puntal.programs.templates import Kind, Template

YAML_TYPES = frozenset({"application/yaml", "application/x-yaml", "text/yaml"})
MEDIA_TYPE_YAML = "application/yaml"
Instant = Annotated[AwareDatetime, Field(gt=datetime(2000, 1, 1, tzinfo=UTC), lt=datetime(2200, 1, 1, tzinfo=UTC))]
Number = Annotated[int, Field(ge=1, lt=2**31)]


def _known(currency: str) -> str:
    if not is_currency(currency):
        raise UnfitError(Words("no currency of ISO 4217", "no es una moneda de ISO 4217"))
    return currency


KnownCurrency = Annotated[str, Field(pattern="^[A-Z]{3}$"), AfterValidator(_known)]
Document = dict[str, Any]
EXAMPLE: dict[str, Any] = {
    "puntal": 1,
    "name": {"es": "Club Aurora", "en": "Aurora Club"},
    "timezone": "Europe/Madrid",
    "currency": "EUR",
    "wallets": {"points": {"kind": "points", "expiry": {"after": "12 months", "end_of": "month"}}},
    "earning": [{"id": "purchases", "on": "purchase", "award": {"wallet": "points", "points": 1, "per": "1.00 EUR"}}],
}


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class PublishIn(_In):
    """What to publish."""

    document: Document | None = Field(default=None, description="The saved draft when left out.")
    note: str = Field(default="", max_length=1000)
    effective_from: Instant | None = Field(default=None, description="At once when left out.")
    simulation_id: UUID | None = Field(default=None, description="What its effect was found to be; kept with it.")


class RollBackIn(_In):
    """Which revision to publish again."""

    number: Number
    note: str = Field(default="", max_length=1000)


class CreateIn(_In):
    """A program to make: from a template, or from a document."""

    slug: str = Field(max_length=63, description="Its address in URLs: small letters, digits and hyphens.")
    template: str | None = Field(default=None, max_length=60)
    document: Document | None = None
    currency: str | None = Field(default=None, pattern="^[A-Z]{3}$", description="For a template.")
    timezone: str | None = Field(default=None, max_length=60, description="For a template.")
    name: str | None = Field(default=None, min_length=1, max_length=200, description="For a template.")
    publish: bool = Field(default=False, description="Publish at once; otherwise it is a draft.")


class SwitchIn(_In):
    """What to switch off."""

    target_kind: SwitchTarget
    target_id: str = Field(min_length=1, max_length=200, description="An id of the document; for the program its slug.")
    mode: SwitchMode = "stop_new"
    reason: str = Field(min_length=1, max_length=1000)


class FaultOut(_Out):
    """One thing that is wrong with a document."""

    path: str = Field(description="JSON pointer to the guilty value.")
    code: str
    reason: str
    suggestion: str | None


class CheckOut(BaseModel):
    """Whether a document can be published."""

    ok: bool
    faults: list[FaultOut]
    advice: list[FaultOut] = Field(description="What can be published as it is and probably should not.")

    @classmethod
    def of(cls, faults: Sequence[Fault], advice: Sequence[Fault], locale: str) -> CheckOut:
        """Return what was found."""
        return cls(
            ok=not faults,
            faults=[FaultOut.model_validate(fault.told(locale)) for fault in faults],
            advice=[FaultOut.model_validate(fault.told(locale)) for fault in advice],
        )


class SentenceOut(_Out):
    """One part of a document, as people read it."""

    path: str = Field(description="JSON pointer to it.")
    section: str = Field(description="`wallets`, `tiers`, `segments`, `earning`, `limits`, `campaigns`, `rewards`.")
    id: str
    name: str
    words: str


class ToldOut(CheckOut):
    """A document in sentences, and what is wrong with it."""

    sentences: list[SentenceOut] = Field(description="None where the document cannot be read at all.")
    events: dict[str, str] = Field(description="What rules can be on, by name: what it is called.")
    digest: str | None = Field(description="Of what it says, as simulations have it; null where it cannot be read.")

    @classmethod
    def of_told(
        cls,
        faults: Sequence[Fault],
        advice: Sequence[Fault],
        told: Sequence[Told],
        events: Mapping[str, str],
        digest: str | None,
        locale: str,
    ) -> ToldOut:
        """Return what was found and said."""
        sentences = [SentenceOut.model_validate(each) for each in told]
        checked = CheckOut.of(faults, advice, locale).model_dump()
        return cls(**checked, sentences=sentences, events=dict(events), digest=digest)


class ReadOut(BaseModel):
    """A document as it was read."""

    document: Document


class TemplateDocumentOut(BaseModel):
    """A ready-made document."""

    document: Document
    version: Literal[0]


class DraftOut(BaseModel):
    """The document being edited."""

    document: Document
    version: int = Field(description="Also the ETag: send it back in `If-Match`.")
    saved_at: datetime | None = Field(description="Null: nothing was saved since the program was made.")
    saved_by: str | None
    saved_by_name: str | None = Field(description="What the person or key is called.")
    changed: bool = Field(description="It says something else than the newest revision, or there is none.")


class SavedOut(CheckOut):
    """A saved draft, and whether it could be published."""

    version: int


class RevisionOut(_Out):
    """One immutable version of the document."""

    number: int
    digest: str
    published_at: datetime
    published_by: str
    published_by_name: str | None = Field(default=None, description="What the person or key is called.")
    effective_from: datetime
    note: str
    simulation_id: UUID | None = Field(default=None, description="The simulation it was published with.")

    @classmethod
    def of(cls, revision: Revision, names: Mapping[str, str] = MappingProxyType({})) -> RevisionOut:
        """Return the revision as it is shown."""
        said = cls.model_validate(revision)
        said.published_by_name = names.get(revision.published_by)
        return said


class RevisionWithDocumentOut(RevisionOut):
    """One immutable version, with its document."""

    document: Document


class PublicationOut(BaseModel):
    """The revision now newest."""

    revision: RevisionOut
    created: bool = Field(description="False when the newest revision already said the same.")
    superseded: list[int] = Field(description="Revisions that were still to come and now never will.")
    taking_effect: bool = Field(
        default=False, description="It takes effect, under this number, once the figures it reads have been counted."
    )

    @classmethod
    def of(cls, publication: Publication) -> PublicationOut:
        """Return the publication as it is shown."""
        return cls(
            revision=RevisionOut.of(publication.revision),
            created=publication.created,
            superseded=list(publication.superseded),
            taking_effect=publication.taking_effect,
        )


class PreparationOut(_Out):
    """A revision that is taking effect."""

    digest: str
    asked_at: datetime
    asked_by: str
    note: str
    effective_from: datetime | None = Field(description="No sooner than this; null: as soon as it is ready.")


class TakingEffectOut(BaseModel):
    """What is taking effect."""

    revision: PreparationOut | None = Field(description="Null: nothing is; the newest revision says it all.")

    @classmethod
    def of(cls, preparation: Preparation | None) -> TakingEffectOut:
        """Return the preparation as it is shown."""
        return cls(revision=None if preparation is None else PreparationOut.model_validate(preparation))


class ChangeOut(BaseModel):
    """One difference."""

    kind: Literal["added", "removed", "changed"]
    path: str
    section: str
    id: str
    words: str


class DiffOut(BaseModel):
    """What a document changes."""

    changes: list[ChangeOut]
    yaml: str = Field(description="The unified diff of both as YAML.")

    @classmethod
    def of(cls, difference: Difference, locale: str) -> DiffOut:
        """Return the difference in the caller's language."""
        return cls(changes=[_change(change, locale) for change in difference.changes], yaml=difference.yaml)


class ProgramOut(_Out):
    """A program of the organization."""

    slug: str
    created_at: datetime
    revision: int = Field(description="Newest published revision; 0 before the first.")
    draft_version: int

    @classmethod
    def of(cls, row: ProgramRow) -> ProgramOut:
        """Return the program as it is shown."""
        return cls.model_validate(row)


class TemplateOut(BaseModel):
    """A ready-made program."""

    id: str = Field(examples=["cafe"])
    name: str
    summary: str
    kinds: list[Kind] = Field(
        description="What sort of program it is: its wallets (`points`, `stamps`, `cashback`), whether it has `tiers`,"
        " and `business` where members are firms.",
        examples=[["points", "stamps"]],
    )

    @classmethod
    def of(cls, template: Template, locale: str) -> TemplateOut:
        """Return the template in the caller's language."""
        name, summary = _in(template.name, locale), _in(template.summary, locale)
        return cls(id=template.id, name=name, summary=summary, kinds=list(template.kinds))


class SwitchOut(_Out):
    """Something that is, or was, switched off."""

    id: UUID
    target_kind: SwitchTarget
    target_id: str
    mode: SwitchMode
    reason: str
    set_at: datetime
    set_by: str
    set_by_name: str | None = Field(default=None, description="What the person or key is called.")
    lifted_at: datetime | None
    lifted_by: str | None

    @classmethod
    def of(cls, switch: KillSwitch, names: Mapping[str, str] = MappingProxyType({})) -> SwitchOut:
        """Return the switch as it is shown."""
        said = cls.model_validate(switch)
        said.set_by_name = names.get(switch.set_by)
        return said


Shape = TypeVar("Shape", bound=BaseModel)


async def read_document(request: Request) -> Document:
    """Return the body as plain data with exact numbers; YAML when the content type says so.

    Raises:
        DocumentUnreadable: Neither.
        UnsupportedMedia: Another content type.
    """
    media = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    body = await request.body()
    if media in YAML_TYPES:
        return source.load_yaml(body.decode(errors="replace"))
    if media != "application/json":
        raise UnsupportedMedia
    return source.load_json(body)


async def read(request: Request, shape: type[Shape]) -> Shape:
    """Return the body as this shape; the numbers of a document in it stay exact.

    Raises:
        RequestValidationError: With every field that is wrong.
    """
    data = await read_document(request)
    try:
        return shape.model_validate(data)
    except ValidationError as error:
        raise RequestValidationError(
            [detail | {"loc": ("body", *detail["loc"])} for detail in error.errors(include_url=False)], body=data
        ) from error


def respond(
    request: Request,
    content: Mapping[str, Any],
    *,
    document: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Answer with exact numbers; the `document` member alone, as YAML, when the caller accepts only that."""
    accepted = request.headers.get("accept", "").partition(";")[0].strip().lower()
    if document is not None and accepted in YAML_TYPES:
        return Response(source.dump_yaml(content[document]), headers=headers, media_type=MEDIA_TYPE_YAML)
    return Response(source.dump_json(content), headers=headers, media_type="application/json")


def body_of(shape: type[BaseModel] | None, example: Mapping[str, Any]) -> dict[str, Any]:
    """Return the OpenAPI words for a body that a route reads by itself; no shape is a whole document."""
    described = {
        "type": "object",
        "description": "A program document, see docs/program.schema.json",
    }
    schema = described if shape is None else shape.model_json_schema()
    content: dict[str, Any] = {"application/json": {"schema": schema, "example": example}}
    if shape is None:
        content[MEDIA_TYPE_YAML] = {"schema": {"type": "string"}, "example": source.dump_yaml(example)}
    return {"requestBody": {"required": True, "content": content}}


def _change(change: Change, locale: str) -> ChangeOut:
    return ChangeOut(
        kind=change.kind, path=change.path, section=change.section, id=change.id, words=_in(change.words, locale)
    )


def _in(words: Mapping[str, str], locale: str) -> str:
    return words.get(locale.partition("-")[0]) or words["en"]
