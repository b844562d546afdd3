"""Making the rewards of a document ready: prices, worth, bounds, validity. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from fractions import Fraction
from zoneinfo import ZoneInfo

from msgspec import Struct

from puntal.earning.schedule import Schedule, bound
from puntal.kit.money import digits
from puntal.limits.model import Bound, Cooldown, Measure
from puntal.points.model import Length
from puntal.programs.document.campaigns import Campaign
from puntal.programs.document.earning import Budget
from puntal.programs.document.ladders import Ladder
from puntal.programs.document.program import Program
from puntal.programs.document.rewards import Cost, OfLines, RewardBudget
from puntal.programs.document.rewards import Reward as Written
from puntal.programs.document.values import MoneyText, Percent, each_of
from puntal.programs.document.wallets import PayWith
from puntal.rewards.model import PAY, Applies, Price, Reward, Session

UNBOUNDED_PORTIONS = 1_000_000_000
_DISCOUNTS = frozenset({"amount_off", "percent_off"})
_ISSUED = frozenset({"gift_card", "partner_code"})
_HANDED_OVER = frozenset({"cash_back", "experience"})


class Asked(Struct, frozen=True):
    """What other slices compile of a reward: where its conditions stand in the set all share, its limits, its days."""

    condition: int | None = None
    any_of: tuple[tuple[int, ...], ...] = ()
    none_of: tuple[int, ...] = ()
    lines: int | None = None
    needs_order: bool = False
    schedule: Schedule | None = None
    bounds: tuple[Bound, ...] = ()
    cooldowns: tuple[Cooldown, ...] = ()


def compile_reward(
    index: int,
    written: Written,
    campaign: Campaign | None,
    document: Program,
    asked: Asked,
    ordinals: Mapping[str, int],
    zone: ZoneInfo,
) -> Reward:
    """Return a reward that `programs.policy.check` let through."""
    place, ladder = _ladder(written, document)
    value_minor, percent = _value(written)
    return Reward(
        index=index,
        id=written.id,
        kind=written.kind,
        written=written,
        campaign=None if campaign is None else campaign.id,
        holdout=0 if campaign is None or campaign.holdout is None else int(campaign.holdout.fraction * 10_000),
        condition=asked.condition,
        any_of=asked.any_of,
        none_of=asked.none_of,
        lines=asked.lines,
        needs_order=asked.needs_order,
        schedule=asked.schedule,
        ladder=place,
        tiers=frozenset(written.tiers),
        prices=tuple(_price(cost, ladder, document, ordinals) for cost in each_of(written.cost)),
        least=1 if written.portions is None else written.portions.min,
        most=1 if written.portions is None else written.portions.max,
        value_minor=value_minor,
        percent=percent,
        max_discount_minor=None if written.max_discount is None else written.max_discount.minor,
        applies=_applies(written),
        credit=None if written.into is None else (ordinals[written.into], _credited(written)),
        bounds=asked.bounds,
        cooldowns=asked.cooldowns,
        budgets=_budgets(written, campaign, document),
        channels=frozenset(written.channels),
        valid=_valid(written, ladder),
        valid_until=(
            None if written.valid.through is None else bound(zone, written.valid.through, end=True).astimezone(UTC)
        ),
        later=_later(written),
        delivered=_delivered(written, document),
        keep=written.refund == "keep",
        returns_points=written.on_end == "return_points",
        group=written.group,
        priority=written.priority,
        listed=written.listed,
        enabled=written.enabled,
        retired=written.retired,
        sessions=_sessions(written, zone),
        waitlist=written.experience is not None and written.experience.waitlist,
    )


def compile_payment(index: int, wallet: str, worth: PayWith, ordinals: Mapping[str, int], scale: int) -> Reward:
    """Return paying with points as a reward whose portions are the wallet's steps."""
    per_point = Fraction(worth.value.amount) * 10 ** digits(worth.value.currency)
    per_unit = per_point / 10**scale
    share = worth.max_share.fraction
    return Reward(
        index=index,
        id=PAY + wallet,
        kind="pay_with_points",
        written=None,
        prices=(Price(ordinals[wallet], wallet, (worth.step * 10**scale,)),),
        least=max(-(-worth.min // worth.step), 1),
        most=UNBOUNDED_PORTIONS,
        worth=(per_unit.numerator, per_unit.denominator),
        max_share=(share.numerator, share.denominator),
        applies="order",
    )


def key_of(reward: str) -> str:
    """Return how counters name a reward, the same in every revision."""
    return f"reward:{reward}"


def _ladder(written: Written, document: Program) -> tuple[int | None, Ladder | None]:
    named = {*written.tiers, *written.valid.by_tier, *(tier for c in each_of(written.cost) for tier in c.by_tier)}
    if not named and written.ladder is None:
        return None, None
    for index, ladder in enumerate(document.ladders):
        if written.ladder == ladder.id or (written.ladder is None and {tier.id for tier in ladder.tiers} >= named):
            return index, ladder
    raise ValueError(f"no ladder has the tiers of reward {written.id}")


def _price(cost: Cost, ladder: Ladder | None, document: Program, ordinals: Mapping[str, int]) -> Price:
    wallet = document.wallets[cost.wallet]
    factor = 10 ** (digits(wallet.currency) if wallet.currency is not None else wallet.scale)
    units = [int(cost.points * factor)]
    if ladder is not None and cost.by_tier:
        current, units = units[0], []
        for tier in ladder.tiers:
            own = cost.by_tier.get(tier.id)
            current = current if own is None else int(own * factor)
            units.append(current)
    return Price(ordinals[cost.wallet], cost.wallet, tuple(units))


def _value(written: Written) -> tuple[int, tuple[int, int] | None]:
    if isinstance(written.value, Percent):
        share = written.value.fraction
        return 0, (share.numerator, share.denominator)
    if written.value is None or written.kind == "credit":
        return 0, None
    return written.value.minor, None


def _credited(written: Written) -> int:
    """Return the units of one portion: of money its minor units, of other wallets their smallest."""
    if isinstance(written.value, MoneyText):
        return written.value.minor
    return written.points or 0


def _applies(written: Written) -> Applies:
    if written.kind == "shipping":
        return "shipping"
    if written.kind == "product":
        return "lines" if written.product is not None and written.product.delivery == "cart" else "nothing"
    if written.kind not in _DISCOUNTS:
        return "nothing"
    return "lines" if isinstance(written.applies_to, OfLines) else written.applies_to


def _valid(written: Written, ladder: Ladder | None) -> tuple[Length | None, ...]:
    span = written.valid.for_
    if span is None:
        return (None,)
    current = Length(span.count, span.unit)
    if ladder is None or not written.valid.by_tier:
        return (current,)
    out = []
    for tier in ladder.tiers:
        own = written.valid.by_tier.get(tier.id)
        current = current if own is None else Length(own.count, own.unit)
        out.append(current)
    return tuple(out)


def _later(written: Written) -> bool:
    valid = written.valid.for_ is not None or written.valid.through is not None
    return written.voucher is not None or written.kind in _ISSUED or (valid and written.kind not in _HANDED_OVER)


def _delivered(written: Written, document: Program) -> bool:
    if written.kind == "product":
        return written.product is not None and written.product.delivery != "cart"
    if written.kind == "custom":
        return written.type is not None and document.reward_kinds[written.type].fulfilment
    return written.kind in _HANDED_OVER


def _sessions(written: Written, zone: ZoneInfo) -> tuple[Session, ...]:
    if written.experience is None:
        return ()
    return tuple(
        Session(
            session.id,
            bound(zone, session.at, end=False).astimezone(UTC),
            bound(zone, session.through if session.through is not None else session.at, end=True).astimezone(UTC),
            Bound(f"{key_of(written.id)}:session:{session.id}", "b", "times", session.capacity),
        )
        for session in written.experience.sessions
    )


def _budgets(written: Written, campaign: Campaign | None, document: Program) -> tuple[Bound, ...]:
    out: list[Bound] = []
    if written.stock is not None:
        out.append(Bound(f"{key_of(written.id)}:stock", "b", "times", written.stock))
    if written.budget is not None:
        out += _budget(key_of(written.id), written.budget, members=written.budget.members)
    if campaign is not None and campaign.budget is not None:
        out += _around(f"campaign:{campaign.id}:rewards", campaign.budget)
    if document.budget is not None:
        out += _around("program:rewards", document.budget)
    return tuple(out)


def _budget(key: str, budget: RewardBudget, *, members: int | None) -> list[Bound]:
    measures: list[tuple[Measure, int | None]] = [
        ("times", budget.redemptions),
        ("members", members),
        ("discount", None if budget.discount is None else budget.discount.minor),
        ("value", None if budget.order_value is None else budget.order_value.minor),
        ("points", budget.points),
    ]
    return [
        Bound(key, "b", measure, most, budget.per, alerts=tuple(sorted(share.of(most) for share in budget.alert)))
        for measure, most in measures
        if most is not None
    ]


def _around(key: str, budget: Budget) -> list[Bound]:
    """Return what a campaign's or the program's budget says of rewards."""
    measures: list[tuple[Measure, int | None]] = [
        ("times", budget.redemptions),
        ("discount", None if budget.discount is None else budget.discount.minor),
    ]
    return [
        Bound(key, "b", measure, most, budget.per, alerts=tuple(sorted(share.of(most) for share in budget.alert)))
        for measure, most in measures
        if most is not None
    ]
