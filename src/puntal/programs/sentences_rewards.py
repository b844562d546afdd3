"""Rewards in a sentence each. Pure."""

from __future__ import annotations

from decimal import Decimal

from puntal.programs.document.builtin import PURCHASE
from puntal.programs.document.earning import Limit
from puntal.programs.document.rewards import Cost, OfLines, Product, Reward, Stacking, Validity
from puntal.programs.document.values import MoneyText, People, Percent, each_of
from puntal.programs.sentences import Speaker


class RewardSpeaker:
    """Tells rewards in the language of a speaker."""

    def __init__(self, speaker: Speaker) -> None:
        self._speaker = speaker

    def reward(self, reward: Reward) -> str:
        """Return what a reward is, what it costs and what bounds it, in one sentence."""
        speaker, say = self._speaker, self._speaker.say
        parts = [self.gives(reward), self._for_a_full_card(reward.id) or self.costs(reward.cost)]
        if reward.portions is not None:
            parts.append(say("portions", least=reward.portions.min, most=speaker.number(reward.portions.max)))
        parts += self._who_and_when(reward)
        limits = each_of(reward.limit)
        parts += [self.limit(limit) for limit in limits]
        if reward.stock is not None:
            parts.append(say("stock", v=speaker.number(reward.stock)))
        if reward.budget is not None:
            costs = each_of(reward.cost)
            parts.append(speaker.budget(reward.budget, [cost.wallet for cost in costs]))
        if reward.valid != Validity():
            parts.append(self.valid(reward.valid))
        if reward.retired:
            parts.append(say("retired"))
        elif not reward.enabled:
            parts.append(say("reward_off"))
        whole = "; ".join(part for part in parts if part)
        return whole[0].upper() + whole[1:] + "."

    def _who_and_when(self, reward: Reward) -> list[str]:
        speaker, say = self._speaker, self._speaker.say
        parts = []
        if reward.when is not None:
            parts.append(say("if", v=speaker.condition(reward.when, PURCHASE)))
        if reward.audience != People():
            parts.append(speaker.people(reward.audience))
        if reward.tiers:
            parts.append(say("for", v=say("or").join(speaker.tier_name(tier) for tier in reward.tiers)))
        if reward.from_ is not None or reward.through is not None:
            parts.append(speaker.dates(reward.from_, reward.through))
        if reward.during is not None:
            parts.append(speaker.during(reward.during))
        if reward.channels:
            parts.append(say("channels", v=", ".join(reward.channels)))
        return parts

    def gives(self, reward: Reward) -> str:
        """Return what a reward gives."""
        speaker, say = self._speaker, self._speaker.say
        value = reward.value
        worth = ""
        if isinstance(value, MoneyText):
            worth = speaker.money(value)
        elif isinstance(value, Percent):
            worth = speaker.share(value)
        match reward.kind:
            case "amount_off" | "percent_off":
                text = say("off_" + _where(reward), v=worth)
                if isinstance(reward.applies_to, OfLines):
                    text = say("off_lines", v=worth, lines=speaker.lines(reward.applies_to.lines))
            case "product" if reward.product is not None:
                text = self._product(reward.product)
            case "credit":
                amount = worth or speaker.units(reward.into, Decimal(reward.points or 0))
                text = say("credited", v=amount)
            case "experience" if reward.experience is not None:
                text = say("experience", v=len(reward.experience.sessions))
            case "gift_card" | "cash_back":
                text = say(reward.kind, v=worth)
            case "custom":
                text = self._kind(reward.type or reward.kind)
            case _:
                text = say(reward.kind)
        if reward.max_discount is not None:
            text += ", " + say("at_most", v=speaker.money(reward.max_discount))
        return text

    def price(self, reward: Reward) -> str:
        """Return only what a member gives for a reward: `60 beans`, `free`."""
        costs = each_of(reward.cost)
        told = [self._speaker.units(each.wallet, each.points) for each in costs]
        return self._for_a_full_card(reward.id) or self._speaker.say("or").join(told) or self._speaker.say("free")

    def costs(self, cost: Cost | tuple[Cost, ...]) -> str:
        """Return what a reward costs."""
        speaker, say = self._speaker, self._speaker.say
        told = []
        for each in each_of(cost):
            text = speaker.units(each.wallet, each.points)
            if each.by_tier:
                tiers = (
                    f"{self._speaker.tier_name(tier)} {speaker.number(points)}" for tier, points in each.by_tier.items()
                )
                text += f" ({', '.join(tiers)})"
            told.append(text)
        return say("costs", v=say("or").join(told)) if told else say("costs_nothing")

    def _kind(self, identifier: str) -> str:
        kind = self._speaker.program.reward_kinds.get(identifier)
        return self._speaker.text(None if kind is None else kind.label, identifier.replace("_", " "))

    def _for_a_full_card(self, reward_id: str) -> str:
        """Return that a full card becomes this reward; nothing where none does."""
        for identifier, wallet in self._speaker.program.wallets.items():
            if wallet.card is not None and wallet.card.reward == reward_id:
                return self._speaker.say("full_card", v=self._speaker.units(identifier, Decimal(wallet.card.size)))
        return ""

    def limit(self, limit: Limit) -> str:
        """Return a limit per member."""
        money = limit.value
        told = [] if limit.model_copy(update={"value": None}) == Limit() else [
            self._speaker.limit(limit.model_copy(update={"value": None}))
        ]  # fmt: skip
        if money is not None:
            told.append(self._speaker.say("most_discount", v=self._speaker.money(money)))
        return ", ".join(part for part in told if part)

    def valid(self, valid: Validity) -> str:
        """Return how long it can be used."""
        speaker, say = self._speaker, self._speaker.say
        if valid.through is not None:
            return say("valid_through", v=speaker.day(valid.through))
        if valid.for_ is None:
            return ""
        text = say("valid_for", v=speaker.span(valid.for_))
        if valid.by_tier:
            tiers = (f"{self._speaker.tier_name(tier)} {speaker.span(span)}" for tier, span in valid.by_tier.items())
            text += f" ({', '.join(tiers)})"
        return text

    def stacking(self, stacking: Stacking) -> str:
        """Return how discounts combine."""
        say = self._speaker.say
        told = [say("stack_limit", v=stacking.limit), say("conflict_" + stacking.conflict)]
        for name, group in stacking.groups.items():
            if group.exclusive:
                told.append(say("stack_exclusive", v=name))
            elif group.with_:
                told.append(say("stack_with", v=name, others=", ".join(group.with_)))
        return "; ".join(told)

    def _product(self, product: Product) -> str:
        speaker, say = self._speaker, self._speaker.say
        named = say("or").join(product.ids)
        if product.quantity > 1:
            named = f"{product.quantity} × {named}"  # noqa: RUF001 - the sign of multiplication
        if product.price is not None and product.price.amount:
            return say("product_price", v=named, price=speaker.money(product.price))
        return say("product_sample" if product.delivery == "sample" else "product_free", v=named)


def _where(reward: Reward) -> str:
    return "shipping" if reward.applies_to == "shipping" else "order"
