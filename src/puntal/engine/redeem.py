"""Whether a member may have a reward now, what it costs her, and what it takes of stock, budgets and limits. Pure.

`asking` reads the facts once for all rewards; `verdict_of` answers for one of them; `take` takes the room it needs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from msgspec import Struct

from puntal.engine.award import held_out
from puntal.engine.facts import facts_of
from puntal.engine.gate import phase_at
from puntal.engine.model import OFFERING, Compiled, Event, Running, State
from puntal.engine.redeem_room import Taken, bounds_of, mark, times
from puntal.limits import policy as limits
from puntal.limits.model import Bound, BudgetKey, Counter
from puntal.orders.model import Amounts, Order, Use
from puntal.orders.policy import amounts
from puntal.rewards.model import Ask, Price, Reward, Verdict
from puntal.rules.evaluator import Answers
from puntal.tiers import policy as tiers

_MEMBER_STATES = frozenset({"paused", "blocked", "left", "erased", "merged", "guest"})
_PROVEN = {"email": "email_verified_at", "phone": "phone_verified_at"}
_ENDINGS = {"stock": "sold_out", "session": "session_full"}


class Occasion(Struct, frozen=True):
    """When and where somebody asks, and of which cart; money of the order in minor units of its currency."""

    at: datetime
    channel: str | None = None
    source: str | None = None
    """The integration."""
    store: str | None = None
    order: Order | None = None
    preview: bool = False
    """Nobody asks for one yet: a channel that was not said, and a date not chosen, are no hindrance."""


class Asking(Struct, frozen=True):
    """What all rewards are asked of: one member, one occasion."""

    program: Compiled
    state: State
    occasion: Occasion
    local: datetime
    answers: Answers
    amounts: Amounts | None
    ranks: tuple[int, ...]
    """Per ladder the rank of the tier she holds."""
    tiers: tuple[str, ...]
    facts: Mapping[str, Any]

    @property
    def day(self) -> date:
        """The local day whose windows count."""
        return self.local.date()


def asking(program: Compiled, state: State, occasion: Occasion) -> Asking:
    """Read what rewards ask; `state.books` are settled, those of a member and her pool as one."""
    event = Event(
        id="",
        type=OFFERING,
        source=occasion.source or "",
        occurred_at=occasion.at,
        channel=occasion.channel,
        store=occasion.store,
        order=occasion.order,
    )
    of = None if occasion.order is None else amounts(occasion.order)
    facts = facts_of(program, state, event, program.offering, of)
    held = []
    for climb in program.climbs:
        standing = state.running.tiers.get(climb.id)
        held.append(climb.tiers[0] if standing is None else tiers.held(climb, standing, occasion.at))
    return Asking(
        program=program,
        state=state,
        occasion=occasion,
        local=occasion.at.astimezone(program.zone),
        answers=program.offering.conditions.evaluate(facts),
        amounts=of,
        ranks=tuple(tiers.rank(climb, tier) for climb, tier in zip(program.climbs, held, strict=True)),
        tiers=tuple(held),
        facts=facts,
    )


def verdict_of(asked: Asking, ask: Ask) -> Verdict:
    """Return whether she may have it, what it costs and takes, and how much room there is; else the first reason.

    What waits for a cart (`order_needed`) has its price already, and what she lacks for it.
    """
    reward = asked.program.rewards[ask.reward]
    code = shut(asked) or _not_given(asked, reward, ask) or _not_hers(asked, reward)
    if code is not None and code != "order_needed":
        return Verdict(code)
    price, unpayable = _price(asked, reward, ask)
    units = 0 if price is None else price.at(_rank(asked, reward)) * ask.portions
    wallet = -1 if price is None or not units else price.wallet
    short_by = 0 if wallet < 0 else max(units - asked.state.books.available[wallet], 0)
    if code is not None:
        return Verdict(code, wallet, units, short_by)
    if unpayable is not None:
        return Verdict(unpayable, wallet, units)
    discount = discount_of(asked, reward, ask.portions) if ask.discount_minor is None else ask.discount_minor
    found = Verdict(None, wallet, units, discount_minor=discount)
    code = _too_much(asked, reward, discount)
    if code is not None:
        return _refused(found, code)
    code, by, room = _room(asked, reward, ask, units, discount)
    if code is not None:
        return _refused(found, code, by=by)
    return Verdict("short_of_points" if short_by else None, wallet, units, short_by, discount, room, by)


def _refused(found: Verdict, code: str, *, by: str | None = None) -> Verdict:
    return Verdict(code, found.wallet, found.units, 0, found.discount_minor, 0 if by else None, by)


def shut(asked: Asking) -> str | None:
    """Return why nothing at all can be redeemed, or None."""
    switches, occasion = asked.state.switches, asked.occasion
    if switches.program:
        return "program_off"
    phase = phase_at(asked.program, occasion.at)
    if phase in ("closed", "draft"):
        return f"program_{phase}"
    if occasion.channel in switches.channels:
        return "channel_off"
    if occasion.source in switches.integrations:
        return "integration_off"
    profile = asked.state.profile
    if profile.status in _MEMBER_STATES:
        return f"member_{profile.status}"
    needs = asked.program.document.policies.redeem_needs
    return "unverified" if any(getattr(profile, _PROVEN[proof]) is None for proof in needs) else None


def _not_given(asked: Asking, reward: Reward, ask: Ask) -> str | None:  # noqa: PLR0911 - one return per reason
    """Return why nobody is given the reward now and here."""
    switches, occasion = asked.state.switches, asked.occasion
    if reward.id in switches.rewards or reward.campaign in switches.campaigns or not reward.enabled:
        return "off"
    if reward.retired:
        return "retired"
    if not reward.listed and not ask.given:
        return "not_listed"
    if reward.schedule is not None and not reward.schedule.holds(occasion.at, asked.local):
        return "not_now"
    unsaid = occasion.channel is None and occasion.preview
    if reward.channels and occasion.channel not in reward.channels and not unsaid and not ask.given:
        return "channel"
    if not reward.least <= ask.portions <= reward.most:
        return "portions"
    return _no_date(asked, reward, ask)


def _no_date(asked: Asking, reward: Reward, ask: Ask) -> str | None:
    if not reward.sessions:
        return None if ask.session is None else "no_session"
    to_come = [session.id for session in reward.sessions if session.starts_at > asked.occasion.at]
    if ask.session is None and asked.occasion.preview and to_come:
        return None
    return None if ask.session in to_come else "no_session"


def _not_hers(asked: Asking, reward: Reward) -> str | None:  # noqa: PLR0911 - one return per reason
    """Return why the reward is not for this member or cart."""
    said, order = asked.answers, asked.occasion.order
    if reward.tiers and (reward.ladder is None or asked.tiers[reward.ladder] not in reward.tiers):
        return "tier"
    if any(not any(said.conditions[at] for at in group) for group in reward.any_of):
        return "audience"
    if any(said.conditions[at] for at in reward.none_of):
        return "audience"
    if reward.campaign is not None and reward.holdout:
        profile = asked.state.profile
        if held_out(reward.campaign, str(profile.pool_id or profile.id), reward.holdout):
            return "control_group"
    if order is not None and order.currency != asked.program.currency:
        return "other_currency"
    if order is None and (reward.needs_order or (reward.counts_orders and not reward.later)):
        # Kept for later, the order it is used on is asked then.
        return None if reward.later else "order_needed"
    if reward.condition is not None and not said.conditions[reward.condition]:
        return "condition"
    if order is not None and reward.lines is not None and not any(said.lines[reward.lines]):
        return "no_lines"
    return None


def _price(asked: Asking, reward: Reward, ask: Ask) -> tuple[Price | None, str | None]:
    if ask.given or not reward.prices:
        return None, None if ask.wallet is None else "other_wallet"
    price = reward.price_in(ask.wallet)
    if price is None:
        return None, "other_wallet"
    return price, "wallet_off" if price.wallet_id in asked.state.switches.wallets else None


def rank_of(program: Compiled, running: Running, reward: Reward, at: datetime) -> int:
    """Return the rank of the tier a member holds on a reward's ladder, for what goes by tier; 0 without a ladder."""
    if reward.ladder is None:
        return 0
    climb = program.climbs[reward.ladder]
    standing = running.tiers.get(climb.id)
    return 0 if standing is None else tiers.rank(climb, tiers.held(climb, standing, at))


def _rank(asked: Asking, reward: Reward) -> int:
    return 0 if reward.ladder is None else asked.ranks[reward.ladder]


def covered(asked: Asking, reward: Reward) -> Sequence[bool]:
    """Return which lines of the cart a reward is about."""
    order = asked.occasion.order
    if order is None:
        return []
    if reward.applies not in ("order", "lines"):
        return [False] * len(order.lines)
    return [True] * len(order.lines) if reward.lines is None else asked.answers.lines[reward.lines]


def discount_of(asked: Asking, reward: Reward, portions: int) -> int:  # noqa: PLR0911 - one return per kind
    """Return what a reward takes off this cart by itself, in minor units; without a cart what it takes at most."""
    order, most = asked.occasion.order, reward.max_discount_minor
    if reward.worth is not None:
        num, den = reward.worth
        return reward.prices[0].units[0] * portions * num // den
    if reward.percent is not None:
        if order is None or asked.amounts is None:
            return most or 0
        num, den = reward.percent
        base = sum(net for net, yes in zip(asked.amounts.net, covered(asked, reward), strict=True) if yes)
        # Halves up, as when discounts are combined.
        found = (2 * base * num + den) // (2 * den)
        return found if most is None else min(found, most)
    if reward.kind == "shipping":
        found = 0 if order is None else order.shipping_minor
        return (most or 0) if order is None else found if most is None else min(found, most)
    if reward.kind == "product":
        return most or 0
    found = reward.value_minor * portions
    if order is None or asked.amounts is None or reward.applies == "nothing":
        return found
    if reward.applies == "shipping":
        return min(found, order.shipping_minor)
    return min(found, sum(net for net, yes in zip(asked.amounts.net, covered(asked, reward), strict=True) if yes))


def _too_much(asked: Asking, reward: Reward, discount: int) -> str | None:
    if reward.max_share is None or asked.amounts is None:
        return None
    num, den = reward.max_share
    return "too_much_of_order" if discount * den > sum(asked.amounts.net) * num else None


def _room(
    asked: Asking, reward: Reward, ask: Ask, units: int, discount: int
) -> tuple[str | None, str | None, int | None]:
    """Return why there is no room, what left none, and else how many more there are."""
    state, day = asked.state, asked.day
    for cooldown in reward.cooldowns:
        last = state.running.last.get(cooldown.key)
        if last is not None and asked.occasion.at < last + cooldown.span:
            return "cooldown", cooldown.key, None
    room: int | None = None
    for bound in bounds_of(reward, ask.session):
        need = need_of(asked, bound, ask.portions, units, discount)
        left = limits.left(limits.windows([bound], day)[0], state.running.used, state.budgets, {})
        if need > left:
            code = "limit" if bound.scope == "m" else _ENDINGS.get(_part(bound.key), "budget")
            return code, bound.key, 0
        if bound.measure == "times":
            # Of a stock portions are taken, of a limit or budget one each time.
            room = left // max(need, 1) if room is None else min(room, left // max(need, 1))
    return None, None, room


def _part(key: str) -> str:
    parts = key.split(":")
    return parts[2] if len(parts) > 2 and parts[0] == "reward" else ""  # noqa: PLR2004 - reward, id, what


def need_of(asked: Asking, bound: Bound, portions: int, units: int, discount: int) -> int:
    """Return how much one redemption needs of one bound."""
    if bound.measure == "members":
        return 0 if times(asked.state.running, bound, asked.day) else 1
    if bound.measure == "points":
        return units
    if bound.measure == "discount" or (bound.measure == "value" and bound.scope == "m"):
        return discount
    if bound.measure == "value":
        return order_value(asked)
    return portions if _part(bound.key) == "stock" else 1


def order_value(asked: Asking) -> int:
    """Return what the cart is worth to budgets of order value; nothing where there is none yet."""
    return 0 if asked.amounts is None else sum(asked.amounts.net)


def take(asked: Asking, running: Running, ask: Ask, verdict: Verdict) -> Taken:
    """Take the room a redemption needs; `running` is a working copy and is changed."""
    reward, day = asked.program.rewards[ask.reward], asked.day
    uses: list[Use] = []
    budgets: dict[BudgetKey, int] = {}
    bounds: dict[BudgetKey, Bound] = {}
    counted: set[str] = set()
    for bound in bounds_of(reward, ask.session):
        start = limits.window(bound, day)
        if bound.scope == "m":
            if bound.key not in counted:
                counted.add(bound.key)
                counter = Counter(1, verdict.units, verdict.discount_minor)
                limits.take(running.used, bound.key, start, counter)
                limits.prune(running.used, bound.key, bound, day, asked.program.late_days)
                uses += _of_member(bound.key, start, counter)
            continue
        need = need_of(asked, bound, ask.portions, verdict.units, verdict.discount_minor)
        if bound.measure == "members":
            # Noted each time: whoever returns one of several is still counted.
            uses.append(Use("b", bound.key, "members", start, 1))
            limits.take(running.used, mark(bound.key), start, Counter(1))
        elif need:
            uses.append(Use("b", bound.key, bound.measure, start, need))
        if need:
            budgets[bound.key, bound.measure, start] = need
            bounds[bound.key, bound.measure, start] = bound
    cooled = {cooldown.key: running.last.get(cooldown.key) for cooldown in reward.cooldowns}
    for key in cooled:
        running.last[key] = asked.occasion.at
    return Taken(tuple(uses), budgets, bounds, cooled)


def _of_member(key: str, start: date, counter: Counter) -> list[Use]:
    figures = (("times", counter.times), ("points", counter.points), ("value", counter.value))
    return [Use("m", key, measure, start, amount) for measure, amount in figures if amount]


def offers(program: Compiled, asked: Asking) -> list[tuple[Reward, Verdict]]:
    """Return every reward that members may choose with what it answers, also those hidden from her, in order."""
    return [
        (reward, verdict_of(asked, Ask(reward.id, portions=reward.least)))
        for reward in program.rewards.values()
        if reward.listed
    ]
