"""The whole document."""

from __future__ import annotations

from datetime import date
from typing import Literal, cast

from pydantic import Field

from puntal.programs.document.campaigns import Campaign
from puntal.programs.document.earning import Budget, Rule, SharedLimit
from puntal.programs.document.ladders import Ladder
from puntal.programs.document.rewards import Proof, Reward, RewardKind, Stacking
from puntal.programs.document.values import (
    Condition,
    Country,
    Currency,
    Domain,
    EventName,
    Identifier,
    LocalDay,
    Locale,
    People,
    Section,
    Span,
    Text,
)
from puntal.programs.document.wallets import Pool, Wallet

PhaseName = Literal["draft", "live", "spend_only", "closed"]
FieldType = Literal["text", "number", "money", "flag", "date", "choice", "list"]


class JoiningEmail(Section):
    """Which e-mail addresses people may join with."""

    disposable: Literal["warn", "refuse"] = "warn"
    """Addresses of services for throw-away mail, by a list that is kept up to date with the platform."""
    same_mailbox: Literal["warn", "refuse"] = "warn"
    """An address that delivers to a member's mailbox: `anna+2@` beside `anna@`."""
    refused_domains: tuple[Domain, ...] = ()
    trusted_domains: tuple[Domain, ...] = ()
    """Never taken for throw-away mail."""

    @property
    def refuses(self) -> bool:
        """Whether anything is refused at all."""
        return self.disposable == "refuse" or self.same_mailbox == "refuse" or bool(self.refused_domains)


class Joining(Section):
    """Who becomes a member, how callers are recognised, and what happens to unknown customers."""

    who: Literal["everyone"] | People = "everyone"
    auto: bool = False
    """Whoever may join and has agreed to what is needed becomes a member without asking."""
    match: tuple[Literal["id", "external", "email", "card", "phone"], ...] = (
        "id",
        "external",
        "email",
        "card",
        "phone",
    )
    unknown_customer: Literal["guest", "ignore", "enrol"] = "guest"
    claim_within: Span = Span("90 days")
    consents: tuple[Identifier, ...] = ()
    """Purposes that must be agreed to on joining."""
    email: JoiningEmail = JoiningEmail()

    @property
    def restricted(self) -> People | None:
        """Who may join, where not everyone may."""
        return None if self.who in ("everyone", People()) else cast("People", self.who)

    @property
    def enrols_strangers(self) -> bool:
        """Whether an unknown customer is a member with her first order: she has said and agreed to nothing yet."""
        return (self.auto or self.unknown_customer == "enrol") and self.restricted is None and not self.consents


class Orders(Section):
    """When an order earns, and how late an ordinary event may come."""

    earn_when: Literal["created", "paid", "fulfilled", "delivered"] = "paid"
    late_events: Span = Span("30 days")


class Policies(Section):
    """Choices that hold for the whole program."""

    multipliers: Literal["best", "add", "multiply"] = "best"
    merge_undo: Span = Span("30 days")
    returned_points_live: Span = Span("30 days")
    hold: Span = Span("30 minutes")
    birthday_set_before: Span = Span("30 days")
    reminders: tuple[Span, ...] = (Span("30 days"), Span("7 days"))
    """How long before points end the member is reminded."""
    redeem_needs: tuple[Proof, ...] = ()
    """What a member must have verified before she spends: redeems, gives to another member, or converts."""


class Till(Section):
    """What holds at every till of the program's stores."""

    undo_within: Span = Span("30 minutes")
    """How long whoever did something at a till may undo it; days run to the end of the last."""
    receipt: tuple[Literal["earned", "used", "balance", "next_reward"], ...] = (
        "earned",
        "used",
        "balance",
        "next_reward",
    )
    """What receipts say, in this order."""
    closing: Text | None = None
    """The last line of receipts."""


class CustomField(Section):
    """A typed attribute of the member, order, line or context, usable without a migration."""

    type: FieldType
    label: Text | None = None
    choices: tuple[str, ...] = ()


class EventType(Section):
    """A custom event: its fields, and the field that makes it count once."""

    fields: dict[Identifier, FieldType] = {}
    once_per: Identifier | None = None
    label: Text | None = None
    renews: bool = False
    """Counts as activity for wallets that end by inactivity."""


class Segment(Section):
    """Members by a condition (dynamic), or a list kept by hand (`list: true`)."""

    label: Text | None = None
    when: Condition | None = None
    list: Literal[True] | None = None


class Consent(Section):
    """A purpose members may agree to."""

    id: Identifier
    text: Text
    channels: tuple[Literal["email", "sms", "push", "post", "phone", "web"], ...] = ()


class Program(Section):
    """One loyalty program, complete."""

    puntal: Literal[1]
    name: Text
    timezone: str
    currency: Currency
    locales: tuple[Locale, ...] = ("en",)
    country: Country | None = None
    """Where phone numbers without a country code belong; the country of the time zone if not said."""
    phase: PhaseName | dict[PhaseName, LocalDay] = "live"
    starts: date | None = None
    """Events from before this local day earn nothing."""
    joining: Joining = Joining()
    orders: Orders = Orders()
    policies: Policies = Policies()
    fields: dict[str, CustomField] = {}
    events: dict[EventName, EventType] = {}
    wallets: dict[Identifier, Wallet] = Field(min_length=1)
    pools: dict[Identifier, Pool] = {}
    ladders: tuple[Ladder, ...] = ()
    segments: dict[Identifier, Segment] = {}
    earning: tuple[Rule, ...] = ()
    limits: dict[Identifier, SharedLimit] = {}
    budget: Budget | None = None
    """Of the whole program."""
    campaigns: tuple[Campaign, ...] = ()
    rewards: tuple[Reward, ...] = ()
    reward_kinds: dict[Identifier, RewardKind] = {}
    """Kinds of rewards of the program's own, for `kind: custom`."""
    stacking: Stacking | None = None
    till: Till = Till()
    consents: tuple[Consent, ...] = ()
