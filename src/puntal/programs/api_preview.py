"""What a ready-made program would be like, before there is one."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query
from pydantic import BaseModel, Field

from puntal.access.dependencies import Locale, organization_router, requires_above
from puntal.programs.document.program import Program
from puntal.programs.telling import tell
from puntal.programs.templates import load_template
from puntal.programs.wire import KnownCurrency, SentenceOut

router = organization_router("programs", "/v1")


class PreviewOut(BaseModel):
    """A ready-made program as members would meet it, in the language of the request."""

    currency: str = Field(examples=["EUR"])
    timezone: str = Field(examples=["Europe/Madrid"])
    locales: list[str] = Field(description="Languages of its texts.", examples=[["es", "en"]])
    sentences: list[SentenceOut]


@router.get(
    "/templates/{template}/preview",
    summary="Tell a template in sentences",
    dependencies=[requires_above(None)],
    responses={404: {"description": "`programs.template_not_found`"}},
)
async def preview_template(
    template: Annotated[str, Path(max_length=60)],
    locale: Locale,
    currency: Annotated[KnownCurrency | None, Query(description="Not said: the template's own.")] = None,
) -> PreviewOut:
    """Say what a template's wallets, rules, tiers and rewards are, with its amounts in a currency; not converted."""
    program = Program.model_validate(load_template(template, currency=currency))
    return PreviewOut(
        currency=program.currency,
        timezone=program.timezone,
        locales=list(program.locales),
        sentences=[SentenceOut.model_validate(each) for each in tell(program, locale)],
    )
