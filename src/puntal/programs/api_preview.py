"""What a ready-made program would be like, before there is one."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query
from pydantic import BaseModel, ConfigDict, Field

from puntal.access.dependencies import Locale, organization_router, requires_above
from puntal.programs.document.program import Program
from puntal.programs.previewing import view
from puntal.programs.telling import tell
from puntal.programs.templates import load_template
from puntal.programs.wire import KnownCurrency, SentenceOut

router = organization_router("programs", "/v1")


class BalanceOut(BaseModel):
    """What a sample member has in a wallet."""

    model_config = ConfigDict(from_attributes=True)

    wallet: str = Field(examples=["beans"])
    amount: str = Field(examples=["40 beans"])
    size: int | None = Field(description="Of a stamp card; null: it is none.")
    stamps: int | None = Field(description="How many of them are there.")


class WayOut(BaseModel):
    """A way to earn."""

    model_config = ConfigDict(from_attributes=True)

    name: str = Field(examples=["Food and pastry"])
    gives: str = Field(examples=["1 bean per €1.00 of the order"])


class OfferOut(BaseModel):
    """A reward as members see it."""

    model_config = ConfigDict(from_attributes=True)

    name: str = Field(examples=["A pastry"])
    gives: str
    price: str = Field(examples=["40 beans"])
    reached: bool = Field(description="The sample member has enough for it.")


class ViewOut(BaseModel):
    """What a sample member sees: with enough for the cheapest reward, and half a card of stamps."""

    model_config = ConfigDict(from_attributes=True)

    name: str = Field(description="What members call the program.", examples=["Coffee Friends"])
    balances: list[BalanceOut]
    ways: list[WayOut]
    rewards: list[OfferOut]
    tiers: list[str] = Field(description="From the lowest.", examples=[["Base", "Silver", "Gold"]])


class PreviewOut(BaseModel):
    """A ready-made program as members would meet it, in the language of the request."""

    currency: str = Field(examples=["EUR"])
    timezone: str = Field(examples=["Europe/Madrid"])
    locales: list[str] = Field(description="Languages of its texts.", examples=[["es", "en"]])
    sentences: list[SentenceOut]
    member: ViewOut


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
        member=ViewOut.model_validate(view(program, locale)),
    )
