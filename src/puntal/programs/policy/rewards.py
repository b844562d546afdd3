"""Faults of rewards: what each kind needs, what it costs, and what bounds it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from puntal.kit.money import digits
from puntal.programs.document.builtin import PURCHASE
from puntal.programs.document.campaigns import Campaign
from puntal.programs.document.earning import Limit
from puntal.programs.document.ladders import Ladder
from puntal.programs.document.program import Program
from puntal.programs.document.rewards import Cost, OfLines, Reward, RewardBudget
from puntal.programs.document.values import LocalDay, MoneyText, Percent, each_of
from puntal.programs.policy.collector import Place
from puntal.programs.policy.conditions import Conditions
from puntal.programs.policy.earning import check_during, check_limit
from puntal.programs.policy.header import check_dates, check_people, moment

NEEDED: Mapping[str, tuple[str, ...]] = {
    "amount_off": ("value",),
    "percent_off": ("value",),
    "product": ("product",),
    "shipping": (),
    "credit": ("into",),
    "gift_card": ("value",),
    "cash_back": ("value",),
    "experience": ("experience",),
    "partner_code": ("pool",),
    "custom": ("type",),
}
"""Kind to what it cannot be without."""
_ALLOWED: Mapping[str, frozenset[str]] = {
    "value": frozenset({"amount_off", "percent_off", "credit", "gift_card", "cash_back"}),
    "points": frozenset({"credit"}),
    "into": frozenset({"credit"}),
    "max_discount": frozenset({"percent_off", "product", "shipping"}),
    "applies_to": frozenset({"amount_off", "percent_off"}),
    "portions": frozenset({"amount_off", "credit", "gift_card", "cash_back"}),
    "product": frozenset({"product"}),
    "experience": frozenset({"experience"}),
    "pool": frozenset({"partner_code"}),
    "type": frozenset({"custom"}),
    "fields": frozenset({"custom"}),
    "voucher": frozenset({"amount_off", "percent_off", "product", "shipping", "gift_card", "partner_code", "custom"}),
}
"""What only some kinds have, and which."""
_GIVEN = frozenset({"amount_off", "percent_off", "product", "shipping", "gift_card", "partner_code", "custom"})
"""Kinds that tiers and stamp cards can give: their voucher says everything."""
_UNKNOWN_WORTH = frozenset({"percent_off", "shipping", "product"})
"""Kinds of which only the cart says how much they take off."""


def rewards_of(program: Program, root: Place) -> Iterator[tuple[Reward, Campaign | None, Place]]:
    """Yield every reward, standing ones first, with its campaign and its place."""
    for index, reward in enumerate(program.rewards):
        yield reward, None, root / "rewards" / index
    for number, campaign in enumerate(program.campaigns):
        for index, reward in enumerate(campaign.rewards):
            yield reward, campaign, root / "campaigns" / number / "rewards" / index


_OWN_IMAGE = re.compile(r"/v1/images/[a-z0-9-]{1,63}/[0-9a-f]{64}\.(png|jpeg|webp)")
_IMAGE_ELSEWHERE = re.compile(
    r"https://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d{1,5})?(?:/[\x21\x23-\x3b\x3d\x3f-\x7e]*)?"
)
"""No user names, quotes, brackets or white space: it stands in pages of shops as it is."""


def _check_images(reward: Reward, place: Place) -> None:
    """Collect a fault of every address that is no picture's: what scripts, files and mails begin with is none."""
    written = reward.image if isinstance(reward.image, Mapping) else {} if reward.image is None else {"": reward.image}
    for locale, address in written.items():
        if not (_OWN_IMAGE.fullmatch(address) or _IMAGE_ELSEWHERE.fullmatch(address)):
            (place / locale if locale else place).fault(
                "image_address",
                "a picture is one that was uploaded, or has an address that begins with https://",
                "upload the picture",
            )


class RewardCheck:
    """Checks the rewards of one document and how they combine."""

    def __init__(self, program: Program, conditions: Conditions, root: Place) -> None:
        self._program = program
        self._conditions = conditions
        self._root = root
        self._ladders = {ladder.id: ladder for ladder in program.ladders}

    def run(self) -> None:
        """Collect every fault."""
        program, root = self._program, self._root
        root.unique([(reward.id, place / "id") for reward, _, place in rewards_of(program, root)], "reward")
        for reward, campaign, place in rewards_of(program, root):
            self._reward(reward, campaign, place)
        self._stacking()
        self._named_elsewhere()

    def _reward(self, reward: Reward, campaign: Campaign | None, place: Place) -> None:
        for key in NEEDED[reward.kind]:
            if getattr(reward, key) is None:
                (place / key).fault("missing", f"a reward of kind {reward.kind} needs '{key}'", f"add '{key}'")
        for key, kinds in _ALLOWED.items():
            if key in reward.model_fields_set and reward.kind not in kinds:
                listed = ", ".join(sorted(kinds))
                (place / key).fault("not_of_this_kind", f"'{key}' is for {listed}, not for {reward.kind}", "remove it")
        self._value(reward, place)
        self._costs(reward, place)
        self._bounds(reward, campaign, place)
        self._who_and_when(reward, place)
        self._given(reward, place)
        _check_images(reward, place / "image")

    def _value(self, reward: Reward, place: Place) -> None:
        there = place / "value"
        if reward.kind == "percent_off":
            if isinstance(reward.value, MoneyText):
                there.fault("percent_needed", "a percentage is taken off", "15%")
            elif reward.value is not None and not reward.value.fraction:
                there.fault("must_be_positive", "a reward gives more than nothing", "5%")
        elif isinstance(reward.value, Percent):
            there.fault("money_needed", f"{reward.kind} gives an amount of money", f"5.00 {self._program.currency}")
        elif reward.value is not None and not reward.value.amount:
            there.fault("must_be_positive", "a reward gives more than nothing", f"5.00 {self._program.currency}")
        if reward.kind == "credit" and reward.into is not None:
            self._credit(reward, reward.into, place)
        if isinstance(reward.applies_to, OfLines):
            self._conditions.of_lines(reward.applies_to.lines, place / "applies_to" / "lines")
        if reward.portions is not None and reward.portions.min > reward.portions.max:
            (place / "portions" / "min").fault(
                "out_of_range", f"at least {reward.portions.min} is more than at most {reward.portions.max}", None
            )

    def _credit(self, reward: Reward, into: str, place: Place) -> None:
        if not (place / "into").known(into, self._program.wallets, "wallet"):
            return
        wallet = self._program.wallets[into]
        if wallet.retired:
            (place / "into").fault("retired", f"'{into}' is retired and takes nothing new", None)
        if wallet.kind == "qualifying":
            (place / "into").fault("qualifying_is_earned", "qualifying points are earned, never given", None)
        money = wallet.kind == "money"
        wrong, right = ("points", "value") if money else ("value", "points")
        if getattr(reward, wrong) is not None:
            (place / wrong).fault("wrong_unit", f"'{into}' is a {wallet.kind} wallet", f"use '{right}'")
        elif getattr(reward, right) is None:
            (place / right).fault("missing", "say how much is credited", f"add '{right}'")

    def _costs(self, reward: Reward, place: Place) -> None:
        costs = each_of(reward.cost)
        seen: set[str] = set()
        for index, cost in enumerate(costs):
            there = place / "cost" / index if isinstance(reward.cost, tuple) else place / "cost"
            if cost.wallet in seen:
                (there / "wallet").fault("duplicate_id", f"another cost is in '{cost.wallet}'", "remove one of them")
            seen.add(cost.wallet)
            self._cost(cost, reward, there)

    def _cost(self, cost: Cost, reward: Reward, place: Place) -> None:
        if not (place / "wallet").known(cost.wallet, self._program.wallets, "wallet"):
            return
        wallet = self._program.wallets[cost.wallet]
        if wallet.kind == "qualifying":
            (place / "wallet").fault("not_spendable", "qualifying points count for tiers only", None)
        if wallet.retired and not reward.retired:
            (place / "wallet").fault("retired", f"'{cost.wallet}' is retired", "another wallet, or 'retired: true'")
        scale = digits(wallet.currency) if wallet.currency is not None else wallet.scale
        written: list[tuple[Place, Decimal]] = [(place / "points", cost.points)]
        written += [(place / "by_tier" / tier, points) for tier, points in cost.by_tier.items()]
        for there, points in written:
            if points * 10**scale % 1:
                there.fault("too_precise", f"'{cost.wallet}' has {scale} decimals", str(int(points)))
            if points < 0:
                there.fault("out_of_range", "a cost is at least nothing", "0")
        if cost.by_tier:
            self._tiers(list(cost.by_tier), reward, place / "by_tier")

    def _tiers(self, named: list[str], reward: Reward, place: Place) -> None:
        ladder = self._ladder(reward, named)
        if ladder is None:
            if reward.ladder is None:
                known = {tier.id for each in self._program.ladders for tier in each.tiers}
                if all(place.known(tier, known, "tier") for tier in named):
                    place.fault("missing", "these tiers are of several ladders", "add 'ladder'")
            return
        for tier in named:
            (place / tier).known(tier, [step.id for step in ladder.tiers], "tier")

    def _ladder(self, reward: Reward, named: list[str]) -> Ladder | None:
        if reward.ladder is not None:
            return self._ladders.get(reward.ladder)
        if len(self._ladders) == 1:
            return next(iter(self._ladders.values()))
        return next((each for each in self._ladders.values() if {tier.id for tier in each.tiers} >= set(named)), None)

    def _bounds(self, reward: Reward, campaign: Campaign | None, place: Place) -> None:
        limits = each_of(reward.limit)
        for index, limit in enumerate(limits):
            there = place / "limit" / index if isinstance(reward.limit, tuple) else place / "limit"
            check_limit(limit, there)
            if "when_short" in limit.model_fields_set:
                (there / "when_short").fault("only_for_earning", "a reward is given whole or not at all", "remove it")
        if reward.budget is not None:
            _budget(reward.budget, self._program.currency, place / "budget")
        capped = reward.max_discount is not None and reward.max_discount.amount
        if reward.kind in _UNKNOWN_WORTH and not capped and _delivered_in_cart(reward):
            under = _money_bound(reward, campaign, self._program, limits)
            if under is not None:
                (place / "max_discount").fault(
                    "max_discount_needed",
                    f"{under} counts money, and only the cart says how much this takes off; the most is reserved",
                    f"max_discount: 10.00 {self._program.currency}",
                )

    def _who_and_when(self, reward: Reward, place: Place) -> None:
        check_dates(reward.from_, reward.through, place)
        check_people(reward.audience, self._program, place / "audience")
        self._conditions.of_rule(reward.when, PURCHASE, place / "when")
        if reward.during is not None:
            check_during(reward.during, place / "during")
        if reward.ladder is not None:
            (place / "ladder").known(reward.ladder, self._ladders, "ladder")
        if reward.tiers:
            self._tiers(list(reward.tiers), reward, place / "tiers")
        if len(set(reward.channels)) < len(reward.channels):
            (place / "channels").fault("duplicate_id", "a channel stands twice", None)
        groups = self._program.stacking.groups if self._program.stacking is not None else {}
        if reward.group is not None:
            (place / "group").known(reward.group, groups, "group")

    def _given(self, reward: Reward, place: Place) -> None:
        valid = reward.valid
        if valid.for_ is not None and valid.through is not None:
            (place / "valid").fault("only_one", "it is valid for a time or through a day, not both", "keep 'for'")
        if valid.by_tier:
            self._tiers(list(valid.by_tier), reward, place / "valid" / "by_tier")
            if valid.for_ is None:
                (place / "valid" / "for").fault("missing", "say how long it is valid for everyone else", "30 days")
        if reward.on_end != "nothing" and valid.for_ is None and valid.through is None:
            (place / "on_end").fault(
                "only_with_valid", "'on_end' says what happens when 'valid' is over", "add 'valid'"
            )
        if reward.experience is not None:
            places = place / "experience" / "sessions"
            sessions = reward.experience.sessions
            places.unique([(each.id, places / i / "id") for i, each in enumerate(sessions)], "session")
            for index, session in enumerate(sessions):
                if session.through is not None and _before(session.through, session.at):
                    (places / index / "through").fault("ends_before_it_begins", "it ends before it begins", None)
        if reward.type is not None and (place / "type").known(reward.type, self._program.reward_kinds, "reward_kind"):
            self._fields(reward, reward.type, place / "fields")

    def _fields(self, reward: Reward, kind: str, place: Place) -> None:
        wanted = self._program.reward_kinds[kind].fields
        for name in wanted:
            if name not in reward.fields:
                (place / name).fault("missing", f"a {kind} says its '{name}'", f"add '{name}'")
        for name, value in reward.fields.items():
            if (place / name).known(name, wanted, "field") and not _is_a(wanted[name], value):
                (place / name).fault("wrong_type", f"'{name}' is a {wanted[name]}", None)

    def _stacking(self) -> None:
        stacking = self._program.stacking
        if stacking is None:
            return
        root = self._root / "stacking"
        for name, group in stacking.groups.items():
            place = root / "groups" / name
            for index, other in enumerate(group.with_):
                there = place / "with" / index
                if there.known(other, stacking.groups, "group") and other == name:
                    there.fault("contradiction", "a group is always with itself; how often says 'limit'", "limit: 2")
            if group.exclusive and group.with_:
                (place / "with").fault(
                    "contradiction", "an exclusive group shuts out every other", "remove one of both"
                )
        for index, name in enumerate(stacking.order):
            (root / "order" / index).known(name, stacking.groups, "group")
        if len(set(stacking.order)) < len(stacking.order):
            (root / "order").fault("duplicate_id", "a group stands twice", None)

    def _named_elsewhere(self) -> None:
        """Collect the faults of gifts and stamp cards that name a reward."""
        rewards = {reward.id: reward for reward, _, _ in rewards_of(self._program, self._root)}
        named: list[tuple[str, Place]] = []
        for index, ladder in enumerate(self._program.ladders):
            for number, tier in enumerate(ladder.tiers):
                for position, benefit in enumerate(tier.benefits):
                    if benefit.reward is not None:
                        place = self._root / "ladders" / index / "tiers" / number / "benefits" / position / "reward"
                        named.append((benefit.reward, place))
        for name, wallet in self._program.wallets.items():
            if wallet.card is not None and wallet.card.reward is not None:
                named.append((wallet.card.reward, self._root / "wallets" / name / "card" / "reward"))
        for reward_id, place in named:
            if not place.known(reward_id, rewards, "reward"):
                continue
            reward = rewards[reward_id]
            if reward.retired:
                place.fault("retired", f"'{reward_id}' is retired", None)
            if reward.kind not in _GIVEN:
                place.fault(
                    "not_a_voucher",
                    f"it is given as a voucher, and a {reward.kind} is none",
                    "'wallet' and 'points'" if reward.kind == "credit" else None,
                )


def _budget(budget: RewardBudget, currency: str, place: Place) -> None:
    given = (budget.redemptions, budget.members, budget.discount, budget.order_value, budget.points)
    if all(each is None for each in given):
        place.fault(
            "one_needed",
            "a budget needs one of 'redemptions', 'members', 'discount', 'order_value', 'points'",
            f"discount: 1000.00 {currency}",
        )
    if len({share.fraction for share in budget.alert}) < len(budget.alert):
        (place / "alert").fault("duplicate_id", "an alert stands twice", None)
    for key, most in (("discount", budget.discount), ("order_value", budget.order_value)):
        if most is not None and not most.amount:
            (place / key).fault("must_be_positive", "a budget of nothing forbids the reward", "enabled: false")


def _delivered_in_cart(reward: Reward) -> bool:
    return reward.product is None or reward.product.delivery == "cart"


def _money_bound(reward: Reward, campaign: Campaign | None, program: Program, limits: tuple[Limit, ...]) -> str | None:
    if reward.budget is not None and reward.budget.discount is not None:
        return "its budget"
    if campaign is not None and campaign.budget is not None and campaign.budget.discount is not None:
        return "the campaign's budget"
    if program.budget is not None and program.budget.discount is not None:
        return "the program's budget"
    return "its limit" if any(limit.value is not None for limit in limits) else None


def _before(end: LocalDay, start: LocalDay) -> bool:
    return moment(end, end=True) < moment(start, end=False)


def _is_a(kind: str, value: str | bool | int | Decimal) -> bool:  # noqa: FBT001 - any value of a field
    match kind:
        case "flag":
            return isinstance(value, bool)
        case "number":
            return isinstance(value, (int, Decimal)) and not isinstance(value, bool)
        case "money":
            return isinstance(value, str) and _reads(MoneyText, value)
        case "date":
            return isinstance(value, str) and _is_day(value)
        case _:
            return isinstance(value, str)


def _reads(kind: type[MoneyText], value: str) -> bool:
    try:
        kind(value)
    except ValueError:
        return False
    return True


def _is_day(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True
