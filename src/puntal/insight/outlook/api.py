"""Outlooks over HTTP: what a ready-made program would give and cost, before there is one."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Annotated

from fastapi import Path, Query
from msgspec import structs
from pydantic import BaseModel, ConfigDict, Field

from puntal.access.dependencies import Locale, organization_router, requires_above
from puntal.access.model import Permission
from puntal.insight.api.kpis import number
from puntal.insight.outlook import operations
from puntal.insight.outlook.model import Outlook, Shop
from puntal.programs.document.program import Program
from puntal.programs.sentences import Speaker
from puntal.programs.templates import load_template
from puntal.programs.wire import KnownCurrency

router = organization_router("programs", "/v1")

_ONE_AT_A_TIME = ThreadPoolExecutor(1, thread_name_prefix="outlook")
"""Living a year is work for a processor; whoever asks for several waits, and requests beside it do not."""
_READ = [requires_above(Permission.PROGRAM_CREATE)]


class ShopOut(BaseModel):
    """What is assumed of a shop."""

    model_config = ConfigDict(from_attributes=True)

    orders_per_month: int = Field(description="Of all customers; refunded ones are none.", examples=[3500])
    basket_minor: int = Field(description="Average order before rewards, in minor units.", examples=[620])
    margin_percent: int = Field(description="What is left of a sale after the goods.", examples=[65])
    member_percent: int = Field(description="Share of the orders that members make.", examples=[40])
    orders_per_member: int = Field(description="In a year, on average.", examples=[36])
    redeeming_percent: int = Field(
        description="Of a hundred members so many take what they can have; the others let it lie.", examples=[80]
    )
    gift_minor: int = Field(description="What something that is given away sells for.", examples=[220])


class AssumedIn(BaseModel):
    """What to assume; what is not said is as in the typical shop of the trade."""

    model_config = ConfigDict(extra="forbid")

    currency: KnownCurrency | None = Field(default=None, description="Not said: the template's own.", examples=["EUR"])
    orders_per_month: int | None = Field(default=None, ge=1, le=100_000_000, examples=[3500])
    basket_minor: int | None = Field(default=None, ge=1, le=10**10, examples=[620])
    margin_percent: int | None = Field(default=None, ge=1, le=100, examples=[65])
    member_percent: int | None = Field(default=None, ge=0, le=100, examples=[40])
    orders_per_member: int | None = Field(default=None, ge=1, le=200, examples=[36])
    redeeming_percent: int | None = Field(default=None, ge=0, le=100, examples=[80])
    gift_minor: int | None = Field(default=None, ge=0, le=10**10, examples=[220])

    def of(self, typical: Shop) -> Shop:
        """Return the shop that is meant."""
        said = self.model_dump(exclude={"currency"}, exclude_none=True)
        return structs.replace(typical, **said)


class WalletYearOut(BaseModel):
    """One wallet over the year, in its smallest unit."""

    model_config = ConfigDict(from_attributes=True)

    id: str = Field(examples=["points"])
    name: str = Field(description="What members call its units.", examples=["points"])
    kind: str = Field(examples=["points"])
    scale: int = Field(description="Decimals of a unit as members see it.", examples=[0])
    issued: int
    redeemed: int
    expired: int = Field(description="Gone without being used.")
    outstanding: int = Field(description="Available and pending when the year ends.")
    liability_minor: int = Field(description="What that is expected to cost: units, cost of one, share redeemed.")


class FirstYearOut(BaseModel):
    """A program's first year in a shop. Money in minor units of `currency`; rates to six places."""

    template: str = Field(examples=["cafe"])
    currency: str = Field(examples=["EUR"])
    shop: ShopOut
    typical: ShopOut = Field(description="The typical shop of the trade: assumptions of ours, no survey.")
    sample: int = Field(description="Members who were lived through the year; all else is scaled to the shop.")
    members: int
    orders: int = Field(description="Of members.")
    sales_minor: int = Field(description="What members' orders come to before rewards.")
    margin_minor: int = Field(description="What is left of that after the goods.")
    wallets: list[WalletYearOut] = Field(description="Those that members spend from.")
    rewards: int = Field(description="How often rewards were taken, cards filled, or the wallet paid.")
    rewards_minor: int = Field(
        description="What that cost: money off in full; things given with units at the wallet's cost of a unit, those"
        " given for a full card at what they cost to buy."
    )
    liability_minor: int = Field(description="Set aside for what is outstanding when the year ends.")
    cost_minor: int = Field(description="Rewards and what is set aside.")
    left_minor: int = Field(description="Margin less cost.")
    cost_rate: float | None = Field(
        description="Cost over members' sales; null where there are none.", examples=[0.043]
    )
    extra_minor: int | None = Field(
        description="Further sales that would pay for it, `cost / (margin - cost rate)`; null: no amount would."
    )
    extra_rate: float | None = Field(description="The same over members' sales.", examples=[0.071])

    @classmethod
    def of(cls, template: str, found: Outlook, locale: str) -> FirstYearOut:
        """Return it as the API shows it, its wallets by name."""
        names = _names(template, locale)
        wallets = [structs.asdict(wallet) | {"name": names[wallet.id]} for wallet in found.wallets]
        said = structs.asdict(found) | {
            "template": template,
            "shop": ShopOut.model_validate(found.shop),
            "typical": ShopOut.model_validate(operations.typical(template, found.currency)),
            "wallets": wallets,
            "cost_rate": number(found.cost_rate),
            "extra_rate": number(found.extra_rate),
        }
        return cls.model_validate(said)


@cache
def _names(template: str, locale: str) -> dict[str, str]:
    program = Program.model_validate(load_template(template))
    speaker = Speaker(program, locale)
    return {id: speaker.text(wallet.label, id) for id, wallet in program.wallets.items()}


@router.get("/outlooks", summary="Tell every template's first year", dependencies=_READ)
async def list_outlooks(locale: Locale) -> list[FirstYearOut]:
    """Say what each ready-made program would give and cost in the typical shop of its trade, in its first year."""
    return [FirstYearOut.of(template, found, locale) for template, found in operations.stored().items()]


@router.get(
    "/templates/{template}/outlook",
    summary="Tell a template's first year",
    dependencies=_READ,
    responses={404: {"description": "`programs.template_not_found`"}, 422: {"description": "`request.faulty`"}},
)
async def show_outlook(
    template: Annotated[str, Path(max_length=60)], locale: Locale, assumed: Annotated[AssumedIn, Query()]
) -> FirstYearOut:
    """Say what a ready-made program would give and cost in a shop, in its first year, and what would pay for it.

    Orders of a year are made up from what is assumed, the same every time, and decided by the engine that decides live,
    for some hundred members; the sums are scaled to the shop. Takes a few seconds the first time. What members would
    buy without the program is what they buy here: no effect on sales is assumed.
    """
    currency = assumed.currency or load_template(template)["currency"]
    shop = assumed.of(operations.typical(template, currency))
    running = asyncio.get_running_loop()
    found = await running.run_in_executor(_ONE_AT_A_TIME, operations.of_template, template, currency, shop)
    return FirstYearOut.of(template, found, locale)
