"""Routes for building conditions: what can be asked where, and what a condition says."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from puntal.access.dependencies import Locale, Now, ProgramId, ProgramTx, program_router, requires
from puntal.access.model import Permission
from puntal.kit.db import Transaction
from puntal.kit.pages import Page
from puntal.programs import operations as programs
from puntal.programs import queries as documents
from puntal.programs import source
from puntal.programs.catalogue import catalogue_of, labels_of, of_event, of_lines, of_segment
from puntal.programs.document.program import Program
from puntal.programs.wire import FaultOut, body_of, read
from puntal.rules.catalogue import Catalogue
from puntal.rules.dialect import contract, expand
from puntal.rules.errors import FaultyRule
from puntal.rules.model import Field as CatalogueField
from puntal.rules.sentence import sentence
from puntal.segments import operations

router = program_router("segments")

Place = Literal["segment", "event", "line"]
_EVENTS = 80
# Faults here are of what fields are made of, so that there is no catalogue to ask.
_UNDER = ("/fields", "/events", "/currency", "/wallets", "/ladders", "/pools")
_EXAMPLE = {"of": "segment", "when": {"member.spend.last_30_days": {"over": "50.00 EUR"}, "member.country": "DE"}}


class ChoiceOut(BaseModel):
    """A value a field may have."""

    value: str = Field(examples=["gold"])
    label: str = Field(description="What it is called; the value where nothing is said.", examples=["Gold"])


class FieldOut(BaseModel):
    """Something a condition can ask about."""

    name: str = Field(examples=["member.country"])
    label: str = Field(examples=["country"])
    scope: str = Field(examples=["member"])
    type: Literal["text", "number", "money", "flag", "date", "choice", "list"] = Field(examples=["text"])
    operators: list[str] = Field(examples=[["is", "is_not", "in", "not_in"]])
    example: str = Field(description="A value as people write it; empty where any would do.", examples=["DE"])
    choices: list[ChoiceOut] = Field(description="The only values there are; empty where any would do.")
    currency: str | None = Field(description="Of money: values are written with it.")
    decimals: int = Field(description="How many decimals a number or amount may have.")
    territory: bool = Field(description="Values are country codes, to be shown by name.")
    summed: str | None = Field(
        description="Of a sum over a window: its label without the window. Other windows than those listed, and sums of"
        " one category, product, channel, store or brand, can be written too.",
        examples=["spend"],
    )

    @classmethod
    def of(cls, field: CatalogueField, segments: list[ChoiceOut], locale: str) -> FieldOut:
        """Return the field with its words in a language."""
        named = [ChoiceOut(value=choice, label=field.name_of(choice, locale)) for choice in field.choices]
        return cls(
            name=field.name,
            label=field.label(locale),
            scope=field.scope,
            type=field.type.value,
            operators=[str(operator) for operator in field.operators],
            example=field.example,
            choices=segments if field.name == "member.segments" else named,
            currency=field.currency,
            decimals=field.scale,
            territory=field.territory,
            summed=field.summed_label(locale),
        )


class ConditionIn(BaseModel):
    """A condition, and where it would stand."""

    model_config = ConfigDict(extra="forbid")

    of: Place = Field(default="segment", description="In a segment, in a rule on `event`, or in a filter of lines.")
    event: str = Field(default="purchase", max_length=_EVENTS, description="With `event`: the event the rule is on.")
    draft: bool = Field(default=False, description="Asked of the saved draft instead of the program in force.")
    when: dict[str, Any] = Field(description="The short form of the program document, or JSONLogic.")


class ConditionOut(BaseModel):
    """What a condition says, or what is wrong with it."""

    sentence: str | None = Field(description="Null while something is wrong.", examples=["the country is Germany"])
    when: dict[str, Any] | None = Field(description="In the short form of the document; null while something is wrong.")
    faults: list[FaultOut] = Field(description="Every fault, with its path from `when` on and, if known, a suggestion.")


@router.get(
    "/fields",
    summary="List what conditions can ask",
    dependencies=[requires(Permission.PROGRAM_READ)],
    responses={409: {"description": "`programs.not_published`"}},
)
async def list_fields(
    tx: ProgramTx,
    program_id: ProgramId,
    now: Now,
    locale: Locale,
    of: Annotated[
        Place, Query(description="Where the condition stands: in a segment, in a rule on `event`, or in a filter.")
    ] = "segment",
    event: Annotated[
        str, Query(max_length=_EVENTS, description="With `of=event`: the event the rule is on.", examples=["purchase"])
    ] = "purchase",
    *,
    draft: Annotated[
        bool, Query(description="Of the saved draft instead of the program in force, unless the draft is too faulty.")
    ] = False,
) -> Page[FieldOut]:
    """List the field catalogue for building conditions: names, labels, types, operators, values."""
    document, catalogue = await _seen(tx, program_id, of, event, draft=draft, now=now)
    fields = [f for f in catalogue.listing() if of != "segment" or f.sql is not None or f.metric is not None]
    segments = [
        ChoiceOut(value=id, label=_called(labels_of(segment.label), locale) or id)
        for id, segment in document.segments.items()
    ]
    return Page(items=[FieldOut.of(field, segments, locale) for field in fields])


@router.post(
    "/conditions/check",
    summary="Say a condition in words",
    dependencies=[requires(Permission.PROGRAM_READ)],
    openapi_extra=body_of(ConditionIn, _EXAMPLE),
    response_model=ConditionOut,
)
async def check_condition(request: Request, tx: ProgramTx, program_id: ProgramId, now: Now, locale: Locale) -> Response:
    """Say a condition in words, or everything that is wrong with it; writes nothing."""
    # Read here and not by FastAPI, so that numbers keep the digits that were written.
    asked = await read(request, ConditionIn)
    _, catalogue = await _seen(tx, program_id, asked.of, asked.event, draft=asked.draft, now=now)
    try:
        logic = expand(asked.when, catalogue, line=asked.of == "line")
    except FaultyRule as refusal:
        faults = [FaultOut.model_validate(fault.told(locale)) for fault in refusal.faults]
        said = ConditionOut(sentence=None, when=None, faults=faults).model_dump(mode="json")
    else:
        words = sentence(logic, catalogue, locale)
        # As the document writes it: pydantic would make texts of exact numbers.
        said = {"sentence": words, "when": contract(logic, catalogue), "faults": []}
    return Response(source.dump_json(said), media_type="application/json")


async def _seen(
    tx: Transaction, program_id: int, of: Place, event: str, *, draft: bool, now: datetime
) -> tuple[Program, Catalogue]:
    """Return the document, and its fields as a condition standing there sees them."""
    document = await _drafted(tx, program_id) if draft else None
    if document is None:
        published, _ = await operations.in_force(tx, program_id, now=now)
        document = published.document
        whole = catalogue_of(document, published.wallets)
    else:
        whole = catalogue_of(document)
    if of == "event":
        return document, of_event(whole, event)
    return document, of_segment(whole) if of == "segment" else of_lines(whole)


async def _drafted(tx: Transaction, program_id: int) -> Program | None:
    saved = await documents.draft(tx, program_id)
    document, faults = programs.check_words(saved.document) if saved else (None, [])
    return None if any(fault.path.startswith(_UNDER) for fault in faults) else document


def _called(labels: dict[str, str], locale: str) -> str | None:
    return labels.get(locale) or labels.get(locale[:2]) or labels.get("en")
