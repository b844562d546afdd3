"""The nouns of a decision: what happened, what is known, what follows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct, field

from puntal.activity.model import Count, Totals
from puntal.earning.model import Rule
from puntal.limits.model import Bound, BudgetKey, Cooldown, Used, Window
from puntal.limits.policy import windows
from puntal.members.model import Profile
from puntal.orders.model import Amounts, Line, Order, OrderRecord, Refund
from puntal.points.model import Books, Length, Terms
from puntal.programs.document.program import PhaseName, Program
from puntal.rewards.model import Reward
from puntal.rules.evaluator import ConditionSet
from puntal.rules.model import Field, MetricRead
from puntal.tiers.model import Change, Climb, Standing

ENGINE_TYPES = (
    "order.created",
    "order.paid",
    "order.fulfilled",
    "order.delivered",
    "order.updated",
    "order.refunded",
    "order.refund_withdrawn",
    "order.cancelled",
)
"""Events about orders; all others are custom, of the clock, or caused by decisions."""


MOST_WINDOWS = 20_000
"""Windows of limits a compiled program remembers; then it begins anew."""
GIFT = "gift:"
"""How the reasons and awards of tiers' gifts are named: `gift:<ladder>:<tier>:<wallet>`.

Those not given on reaching end in `:renewed` or `:birthday`.
"""
OFFERING = "rewards"
"""How the conditions of rewards are named among triggers; not an event."""
VOUCHER_GIVEN = "voucher_given"
"""The code of a reason that a tier gives a reward: whoever writes the decision issues its voucher."""
VOUCHER_TAKEN = "voucher_taken"
"""The code of a reason that such a reward goes back with its order: whoever writes ends the voucher, if unused."""
TIER_GIFT = "tier.gift"
"""Under which `Running.once` remembers gifts, by name and period."""


OUTCOME_CODES = frozenset(
    {
        "program.off",
        "program.closed",
        "program.draft",
        "program.spend_only",
        "program.not_started",
        "event.too_old",
        "event.repeated",
        "channel.off",
        "integration.off",
        "member.paused",
        "member.blocked",
        "member.left",
        "member.erased",
        "member.merged",
        "order.unknown",
        "order.awaited",
        "order.cancelled",
        "order.already_awarded",
        "order.already_earned",
        "order.not_earned",
        "order.not_earning_yet",
        "order.other_currency",
        "order.unchanged",
        "refund.already_applied",
        "refund.nothing_left",
        "refund.unknown",
    }
)
"""Why nothing at all was decided."""
REASON_CODES = frozenset(
    {
        "audience",
        "awarded",
        "card_amount",
        "card_apart",
        "card_not_now",
        "card_restored",
        "card_returned",
        "card_sold",
        "card_spent",
        "cards_too_many",
        "condition",
        "cost_returned",
        "control_group",
        "cooldown",
        "cut",
        "given_again",
        "group",
        "limit",
        "no_lines",
        "not_now",
        "nothing",
        "off",
        "once_per_order",
        "other_multiplier",
        "otherwise",
        "redeemed",
        "redemption_apart",
        "redemption_other_currency",
        "redemption_over_budget",
        "redemption_ended",
        "redemption_lapsed",
        "redemption_unknown",
        "redemption_used",
        "repeated",
        "voucher_apart",
        "voucher_given",
        "voucher_refused",
        "voucher_taken",
        "reversed",
        "unknown_line",
        "wallet_off",
    }
)
"""What a rule gave, or why it gave nothing."""


class Event(Struct, frozen=True, gc=False):
    """Something that happened to one member, checked and normalised."""

    id: str
    type: str
    source: str
    occurred_at: datetime
    channel: str | None = None
    store: str | None = None
    order: Order | None = None
    order_id: str | None = None
    """The order an event is about, where it does not carry one."""
    refund: Refund | None = None
    data: Mapping[str, Any] = {}
    context: Mapping[str, Any] = {}
    cause: str | None = None
    """The event this one was caused by."""
    depth: int = 0
    late_allowed: bool = False
    """Imports, award history and replay have no limit of age."""


class Running(Struct, omit_defaults=True, gc=False):
    """A member's running state beside her balances; stored as JSON in the holder row."""

    totals: Totals = field(default_factory=Totals)
    tiers: dict[str, Standing] = field(default_factory=dict)
    used: Used = field(default_factory=dict)
    carry: dict[str, tuple[int, int]] = field(default_factory=dict)
    alive: dict[int, datetime] = field(default_factory=dict)
    lapsed: dict[int, datetime] = field(default_factory=dict)
    last: dict[str, datetime] = field(default_factory=dict)
    """Per limit with a cooldown: the last award."""
    once: dict[str, list[str]] = field(default_factory=dict)
    """Per custom event type with `once_per`: the values already awarded."""


class Switches(Struct, frozen=True):
    """What is switched off right now, by kind of target."""

    program: bool = False
    wallets: frozenset[str] = frozenset()
    campaigns: frozenset[str] = frozenset()
    rules: frozenset[str] = frozenset()
    rewards: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    integrations: frozenset[str] = frozenset()


class Trigger(Struct, frozen=True):
    """The rules that listen to one event type, and everything they ask, compiled together."""

    on: str
    rules: tuple[Rule, ...]
    conditions: ConditionSet
    reads: frozenset[str]
    """Names of the facts any of them reads."""
    metrics: tuple[MetricRead, ...]
    fields: Mapping[str, Field]
    """The catalogue's word on each of `reads`."""
    makers: tuple[tuple[str, Callable[[Compiled, State, Event], Any]], ...]
    """How to make each of `reads` that is known of the member; then of the event, its amounts and lines: `facts`."""
    event_makers: tuple[tuple[str, Callable[[Compiled, Event], Any]], ...]
    amount_makers: tuple[tuple[str, Callable[[Amounts], int]], ...]
    line_makers: tuple[tuple[str, Callable[[Line, int], Any]], ...]


class Selling(Struct, frozen=True):
    """Which lines of orders are gift cards that are sold by themselves."""

    trigger: Trigger
    """What is asked of lines; no rules."""
    wallets: tuple[tuple[int, int], ...]
    """Wallet ordinal, and the position of its filter."""


class Compiled(Struct, frozen=True):
    """A program revision ready to decide."""

    program_id: int
    revision: int
    document: Program
    zone: ZoneInfo
    region: str | None
    """Country of phone numbers without a country code."""
    currency: str
    terms: tuple[Terms, ...]
    """By wallet ordinal."""
    wallets: Mapping[str, int]
    climbs: tuple[Climb, ...]
    triggers: Mapping[str, Trigger]
    bounds: Mapping[str, tuple[Bound, ...]]
    """Rule id to its limits per member, shared ones included."""
    cooldowns: Mapping[str, tuple[Cooldown, ...]]
    """Rule id to its cooldowns."""
    lists: tuple[str, ...]
    """Segments that are lists kept by hand."""
    budgets: Mapping[str, tuple[Bound, ...]]
    """Rule id to its own, its campaign's and the program's budgets."""
    bounding: Mapping[str, tuple[tuple[Bound, ...], ...]]
    """Rule id to, by wallet ordinal, everything its awards are under: limits, caps, budgets."""
    earns_on: str
    late: timedelta
    late_days: int
    phases: tuple[tuple[datetime, PhaseName], ...]
    """Ascending; the first entry holds from the beginning of time."""
    starts: datetime | None
    metrics: tuple[MetricRead, ...]
    """Every windowed metric that any rule or segment reads."""
    once_per: Mapping[str, str]
    renewing: Mapping[str, tuple[int, ...]]
    """Event type to the wallets ending by inactivity for which it is activity."""
    sharing: frozenset[int]
    """Wallet ordinals that members of a pool share."""
    caps: Mapping[int, tuple[Bound, ...]]
    """Wallet ordinal to its caps on earning."""
    fading: tuple[int, ...]
    """Ordinals of wallets that end by inactivity."""
    stamps: bool
    """Some wallet is a stamp card, so open lots must be at hand."""
    claim_within: Length
    awaited: Mapping[str, tuple[int, ...]]
    """Event type to the wallets whose lots wait for it."""
    counted: tuple[tuple[str, str], ...]
    """(metric, key) of the daily figures of orders that something reads."""
    line_keys: tuple[tuple[str, str, str], ...]
    """Of those the ones that only some lines count in: key, attribute of the line, value."""
    counted_events: frozenset[str]
    """`events.<type>` that something counts."""
    gifts: Mapping[tuple[str, str, str], tuple[tuple[int, int], ...]]
    """(`reached`, `renewed` or `birthday`; ladder; tier) to what it gives then: wallet ordinal and units."""

    given: Mapping[tuple[str, str, str], tuple[str, ...]]
    """(moment, ladder, tier) to the rewards that it gives."""
    offering: Trigger
    """What rewards ask of a member and a cart, compiled together; no rules."""
    rewards: Mapping[str, Reward]
    """By id, in document order; paying with points last, as `pay:<wallet>`."""
    selling: Selling | None = None
    """Gift cards that orders sell by themselves."""

    windows: dict[tuple[str, int, date], tuple[Window, ...]] = field(default_factory=dict)
    """By rule, wallet and day, of the days asked for lately."""

    def windows_of(self, rule: str, wallet: int, day: date) -> tuple[Window, ...]:
        """Return the windows a rule's awards of a local day count in, under each of `bounds_of`."""
        known = self.windows.get((rule, wallet, day))
        if known is None:
            if len(self.windows) >= MOST_WINDOWS:
                self.windows.clear()
            known = self.windows[rule, wallet, day] = windows(self.bounds_of(rule, wallet), day)
        return known

    def bounds_of(self, rule: str, wallet: int) -> tuple[Bound, ...]:
        """Return every bound a rule's awards are under, the member's before what all members share."""
        known = self.bounding.get(rule)
        return self.caps.get(wallet, ()) if known is None else known[wallet]


class State(Struct, gc=False):
    """Everything one decision may read. `decide` never changes it."""

    profile: Profile
    books: Books
    running: Running
    today: date
    order: OrderRecord | None = None
    metrics: Mapping[str, int] = field(default_factory=dict)
    lists: frozenset[str] = frozenset()
    """Static segments the member is on."""
    budgets: Mapping[BudgetKey, int] = field(default_factory=dict)
    switches: Switches = field(default_factory=Switches)
    known: bool = True
    """False: only a guest."""


class Reason(Struct, array_like=True, gc=False):
    """Why a rule gave what it gave; sentences are made of it on reading."""

    rule: str
    code: str
    points: int = 0
    wallet: int = -1
    base: int = 0
    of: int = 0
    """What it would have given without limits."""
    by: str | None = None
    """The limit, budget or cap that cut it; the rule that won instead."""


class Caused(Struct, frozen=True):
    """An event that follows from the decision; for another member it travels through the outbox."""

    type: str
    member_id: UUID | None
    data: Mapping[str, Any]
    kind: str
    """Makes its id: uuid5 of cause and this."""
    order: tuple[str, str] | None = None
    """Source and id of the member's order it belongs to: what it gives goes back with the whole order."""


class Decision(Struct, gc=False):
    """What follows from one event. `after` is the state to go on with."""

    status: Literal["awarded", "nothing"]
    code: str | None
    """Why nothing at all was decided: `program.closed`, `order.already_earned`, ..."""
    reasons: list[Reason]
    books: Books
    running: Running
    order: OrderRecord | None
    counts: list[Count]
    budgets: dict[BudgetKey, int]
    """What to add to shared counters; negative gives back."""
    budget_bounds: dict[BudgetKey, Bound]
    changes: list[Change]
    caused: list[Caused]
    facts: dict[str, Any]
    """The member's facts that conditions read."""

    @property
    def after(self) -> tuple[Books, Running, OrderRecord | None]:
        """The member's books, running state and order once the decision is written."""
        return self.books, self.running, self.order
