"""Faults of rewards: what each kind needs, what it costs, and what bounds it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from puntal.kit.money import digits
from puntal.kit.words import Words
from puntal.programs.document.builtin import PURCHASE
from puntal.programs.document.campaigns import Campaign
from puntal.programs.document.earning import Limit
from puntal.programs.document.ladders import Ladder
from puntal.programs.document.program import Program
from puntal.programs.document.rewards import Cost, OfLines, Reward, RewardBudget
from puntal.programs.document.values import LocalDay, MoneyText, Percent, each_of
from puntal.programs.policy.collector import Place
from puntal.programs.policy.combining import check_given, check_stacking
from puntal.programs.policy.conditions import Conditions
from puntal.programs.policy.earning import check_during, check_limit
from puntal.programs.policy.header import check_dates, check_people, moment
from puntal.programs.policy.hints import A_WALLET, REMOVE, added
from puntal.rules.errors import a_type
from puntal.rules.model import Type
from puntal.rules.values import at_most_decimals

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
_UNKNOWN_WORTH = frozenset({"percent_off", "shipping", "product"})
"""Kinds of which only the cart says how much they take off."""
_MORE_THAN_NOTHING = Words("a reward gives more than nothing", "una recompensa tiene que dar algo")


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
                Words(
                    "a picture is one that was uploaded, or has an address that begins with https://",
                    "una imagen se sube, o tiene una dirección que empieza por https://",
                ),
                Words("upload the picture", "sube la imagen"),
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
        check_stacking(program, root)
        check_given(program, {reward.id: reward for reward, _, _ in rewards_of(program, root)}, root)

    def _reward(self, reward: Reward, campaign: Campaign | None, place: Place) -> None:
        for key in NEEDED[reward.kind]:
            if getattr(reward, key) is None:
                reason = Words(
                    f"a reward of kind {reward.kind} needs '{key}'",
                    f"una recompensa de tipo {reward.kind} necesita '{key}'",
                )
                (place / key).fault("missing", reason, added(key))
        for key, kinds in _ALLOWED.items():
            if key in reward.model_fields_set and reward.kind not in kinds:
                listed = ", ".join(sorted(kinds))
                reason = Words(
                    f"'{key}' is for {listed}, not for {reward.kind}",
                    f"'{key}' es para {listed}, no para {reward.kind}",
                )
                (place / key).fault("not_of_this_kind", reason, REMOVE)
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
                there.fault("percent_needed", Words("a percentage is taken off", "se descuenta un porcentaje"), "15%")
            elif reward.value is not None and not reward.value.fraction:
                there.fault("must_be_positive", _MORE_THAN_NOTHING, "5%")
        elif isinstance(reward.value, Percent):
            reason = Words(f"{reward.kind} gives an amount of money", f"{reward.kind} da un importe de dinero")
            there.fault("money_needed", reason, f"5.00 {self._program.currency}")
        elif reward.value is not None and not reward.value.amount:
            there.fault("must_be_positive", _MORE_THAN_NOTHING, f"5.00 {self._program.currency}")
        if reward.kind == "credit" and reward.into is not None:
            self._credit(reward, reward.into, place)
        if isinstance(reward.applies_to, OfLines):
            self._conditions.of_lines(reward.applies_to.lines, place / "applies_to" / "lines")
        portions = reward.portions
        if portions is not None and portions.min > portions.max:
            reason = Words(
                f"at least {portions.min} is more than at most {portions.max}",
                f"el mínimo, {portions.min}, es mayor que el máximo, {portions.max}",
            )
            (place / "portions" / "min").fault("out_of_range", reason, None)

    def _credit(self, reward: Reward, into: str, place: Place) -> None:
        if not (place / "into").known(into, self._program.wallets, "wallet"):
            return
        wallet = self._program.wallets[into]
        if wallet.retired:
            reason = Words(
                f"'{into}' is retired and takes nothing new", f"'{into}' está retirado y no admite nada nuevo"
            )
            (place / "into").fault("retired", reason, None)
        if wallet.kind == "qualifying":
            reason = Words(
                "qualifying points are earned, never given",
                "los puntos que cuentan para niveles se ganan, nunca se dan",
            )
            (place / "into").fault("qualifying_is_earned", reason, None)
        money = wallet.kind == "money"
        wrong, right = ("points", "value") if money else ("value", "points")
        if getattr(reward, wrong) is not None:
            reason = Words(f"'{into}' is a {wallet.kind} wallet", f"'{into}' es {A_WALLET[wallet.kind]}")
            (place / wrong).fault("wrong_unit", reason, Words(f"use '{right}'", f"usa '{right}'"))
        elif getattr(reward, right) is None:
            reason = Words("say how much is credited", "di cuánto se abona")
            (place / right).fault("missing", reason, added(right))

    def _costs(self, reward: Reward, place: Place) -> None:
        costs = each_of(reward.cost)
        seen: set[str] = set()
        for index, cost in enumerate(costs):
            there = place / "cost" / index if isinstance(reward.cost, tuple) else place / "cost"
            if cost.wallet in seen:
                reason = Words(f"another cost is in '{cost.wallet}'", f"otro coste está en '{cost.wallet}'")
                (there / "wallet").fault("duplicate_id", reason, Words("remove one of them", "quita uno de los dos"))
            seen.add(cost.wallet)
            self._cost(cost, reward, there)

    def _cost(self, cost: Cost, reward: Reward, place: Place) -> None:
        if not (place / "wallet").known(cost.wallet, self._program.wallets, "wallet"):
            return
        wallet = self._program.wallets[cost.wallet]
        if wallet.kind == "qualifying":
            reason = Words("qualifying points count for tiers only", "estos puntos solo cuentan para niveles")
            (place / "wallet").fault("not_spendable", reason, None)
        if wallet.retired and not reward.retired:
            reason = Words(f"'{cost.wallet}' is retired", f"'{cost.wallet}' está retirado")
            advice = Words("another wallet, or 'retired: true'", "otro monedero, o 'retired: true'")
            (place / "wallet").fault("retired", reason, advice)
        scale = digits(wallet.currency) if wallet.currency is not None else wallet.scale
        written: list[tuple[Place, Decimal]] = [(place / "points", cost.points)]
        written += [(place / "by_tier" / tier, points) for tier, points in cost.by_tier.items()]
        for there, points in written:
            if points * 10**scale % 1:
                reason = Words(f"'{cost.wallet}' has {scale} decimals", f"'{cost.wallet}' {at_most_decimals(scale)}")
                there.fault("too_precise", reason, str(int(points)))
            if points < 0:
                there.fault("out_of_range", Words("a cost is at least nothing", "un coste es cero o más"), "0")
        if cost.by_tier:
            self._tiers(list(cost.by_tier), reward, place / "by_tier")

    def _tiers(self, named: list[str], reward: Reward, place: Place) -> None:
        ladder = self._ladder(reward, named)
        if ladder is None:
            if reward.ladder is None:
                known = {tier.id for each in self._program.ladders for tier in each.tiers}
                if all(place.known(tier, known, "tier") for tier in named):
                    reason = Words("these tiers are of several ladders", "estos niveles son de varias escalas")
                    place.fault("missing", reason, added("ladder"))
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
                reason = Words("a reward is given whole or not at all", "una recompensa se da entera o no se da")
                (there / "when_short").fault("only_for_earning", reason, REMOVE)
        if reward.budget is not None:
            _budget(reward.budget, self._program.currency, place / "budget")
        capped = reward.max_discount is not None and reward.max_discount.amount
        if reward.kind in _UNKNOWN_WORTH and not capped and _delivered_in_cart(reward):
            under = _money_bound(reward, campaign, self._program, limits)
            if under is not None:
                (place / "max_discount").fault(
                    "max_discount_needed",
                    Words(
                        f"{under.en} counts money, and only the cart says how much this takes off; "
                        "the most is reserved",
                        f"{under.es} cuenta dinero, y solo el carrito dice cuánto descuenta esta recompensa; "
                        "se reserva el máximo",
                    ),
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
            (place / "channels").fault("duplicate_id", Words("a channel stands twice", "un canal está dos veces"), None)
        groups = self._program.stacking.groups if self._program.stacking is not None else {}
        if reward.group is not None:
            (place / "group").known(reward.group, groups, "group")

    def _given(self, reward: Reward, place: Place) -> None:
        valid = reward.valid
        if valid.for_ is not None and valid.through is not None:
            reason = Words(
                "it is valid for a time or through a day, not both",
                "vale durante un tiempo o hasta un día, no las dos cosas",
            )
            (place / "valid").fault("only_one", reason, Words("keep 'for'", "deja solo 'for'"))
        if valid.by_tier:
            self._tiers(list(valid.by_tier), reward, place / "valid" / "by_tier")
            if valid.for_ is None:
                reason = Words(
                    "say how long it is valid for everyone else", "di durante cuánto tiempo vale para los demás"
                )
                (place / "valid" / "for").fault("missing", reason, "30 days")
        if reward.on_end != "nothing" and valid.for_ is None and valid.through is None:
            reason = Words(
                "'on_end' says what happens when 'valid' is over", "'on_end' dice qué pasa cuando acaba 'valid'"
            )
            (place / "on_end").fault("only_with_valid", reason, added("valid"))
        if reward.experience is not None:
            places = place / "experience" / "sessions"
            sessions = reward.experience.sessions
            places.unique([(each.id, places / i / "id") for i, each in enumerate(sessions)], "session")
            for index, session in enumerate(sessions):
                if session.through is not None and _before(session.through, session.at):
                    reason = Words("it ends before it begins", "acaba antes de empezar")
                    (places / index / "through").fault("ends_before_it_begins", reason, None)
        if reward.type is not None and (place / "type").known(reward.type, self._program.reward_kinds, "reward_kind"):
            self._fields(reward, reward.type, place / "fields")

    def _fields(self, reward: Reward, kind: str, place: Place) -> None:
        wanted = self._program.reward_kinds[kind].fields
        for name in wanted:
            if name not in reward.fields:
                reason = Words(f"a {kind} says its '{name}'", f"una recompensa de tipo {kind} dice su '{name}'")
                (place / name).fault("missing", reason, added(name))
        for name, value in reward.fields.items():
            if (place / name).known(name, wanted, "field") and not _is_a(wanted[name], value):
                reason = Words(f"'{name}' is a {wanted[name]}", f"'{name}' es {a_type(Type(wanted[name])).es}")
                (place / name).fault("wrong_type", reason, None)


def _budget(budget: RewardBudget, currency: str, place: Place) -> None:
    given = (budget.redemptions, budget.members, budget.discount, budget.order_value, budget.points)
    if all(each is None for each in given):
        place.fault(
            "one_needed",
            Words(
                "a budget needs one of 'redemptions', 'members', 'discount', 'order_value', 'points'",
                "un presupuesto necesita uno de 'redemptions', 'members', 'discount', 'order_value', 'points'",
            ),
            f"discount: 1000.00 {currency}",
        )
    if len({share.fraction for share in budget.alert}) < len(budget.alert):
        (place / "alert").fault("duplicate_id", Words("an alert stands twice", "un aviso está dos veces"), None)
    for key, most in (("discount", budget.discount), ("order_value", budget.order_value)):
        if most is not None and not most.amount:
            reason = Words("a budget of nothing forbids the reward", "un presupuesto de cero impide la recompensa")
            (place / key).fault("must_be_positive", reason, "enabled: false")


def _delivered_in_cart(reward: Reward) -> bool:
    return reward.product is None or reward.product.delivery == "cart"


def _money_bound(
    reward: Reward, campaign: Campaign | None, program: Program, limits: tuple[Limit, ...]
) -> Words | None:
    if reward.budget is not None and reward.budget.discount is not None:
        return Words("its budget", "su presupuesto")
    if campaign is not None and campaign.budget is not None and campaign.budget.discount is not None:
        return Words("the campaign's budget", "el presupuesto de la campaña")
    if program.budget is not None and program.budget.discount is not None:
        return Words("the program's budget", "el presupuesto del programa")
    return Words("its limit", "su límite") if any(limit.value is not None for limit in limits) else None


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
