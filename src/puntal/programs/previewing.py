"""What a member would see of a program that does not exist yet: a card, ways to earn, rewards, tiers. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from msgspec import Struct

from puntal.programs.document.earning import Award, Rule
from puntal.programs.document.program import Program
from puntal.programs.document.rewards import Reward
from puntal.programs.document.values import each_of
from puntal.programs.document.wallets import Wallet
from puntal.programs.sentences import Speaker
from puntal.programs.sentences_rewards import RewardSpeaker

_WITHOUT_REWARDS = Decimal(120)
"""What the sample member has where nothing has a price: any number shows how it looks."""
_MONEY = Decimal("12.50")


_SAID = frozenset({"amount_off", "shipping"})


class Balance(Struct, frozen=True, kw_only=True):
    """What the sample member has in a wallet.

    Attributes:
        amount: In words: `60 beans`.
        size: Of a stamp card; None: it is none.
        stamps: How many of them are there.
    """

    wallet: str
    amount: str
    size: int | None = None
    stamps: int | None = None


class Way(Struct, frozen=True, kw_only=True):
    """A way to earn: what it is called and what it gives."""

    name: str
    gives: str


class Offer(Struct, frozen=True, kw_only=True):
    """A reward: what it is called, what it is, its price, and whether the sample member can have it."""

    name: str
    gives: str
    price: str
    reached: bool


class View(Struct, frozen=True, kw_only=True):
    """What a member sees.

    Attributes:
        tiers: Of the first ladder, from the lowest.
    """

    name: str
    balances: list[Balance]
    ways: list[Way]
    rewards: list[Offer]
    tiers: list[str]


def view(program: Program, locale: str) -> View:
    """Return what a member sees who has enough for the cheapest reward, and half a card of stamps.

    Whom a rule or reward is for is not asked: it shows what there is.
    """
    speaker = Speaker(program, locale)
    has = {id: _has(program, id, wallet) for id, wallet in program.wallets.items() if _is_shown(wallet)}
    return View(
        name=speaker.text(program.name),
        balances=[_balance(speaker, id, wallet, has[id]) for id, wallet in program.wallets.items() if id in has],
        ways=list(_ways(speaker, program.earning)),
        rewards=[
            _offer(speaker, reward, has)
            for reward in program.rewards
            if (reward.listed or _of_card(program, reward)) and reward.enabled and not reward.retired
        ],
        tiers=[speaker.text(tier.name, tier.id) for tier in program.ladders[0].tiers] if program.ladders else [],
    )


def _is_shown(wallet: Wallet) -> bool:
    # What only counts towards tiers is no balance to a member.
    return wallet.kind != "qualifying" and not wallet.retired


def _has(program: Program, id: str, wallet: Wallet) -> Decimal:
    if wallet.kind == "money":
        return _MONEY
    if wallet.card is not None:
        return Decimal(wallet.card.size // 2)
    prices = [price for reward in program.rewards if reward.listed for of, price in _prices(reward) if of == id]
    return min(prices, default=_WITHOUT_REWARDS)


def _balance(speaker: Speaker, id: str, wallet: Wallet, count: Decimal) -> Balance:
    card = wallet.card
    return Balance(
        wallet=speaker.text(wallet.label, id),
        amount=speaker.units(id, count),
        size=None if card is None else card.size,
        stamps=None if card is None else int(count),
    )


def _ways(speaker: Speaker, rules: tuple[Rule, ...]) -> Iterator[Way]:
    wallets = speaker.program.wallets
    for rule in rules:
        awards = each_of(rule.award)
        shown = [award for award in awards if wallets[award.wallet].kind != "qualifying"]
        if rule.enabled and (shown or not awards):
            yield Way(name=speaker.text(rule.label, rule.id), gives=_gives(speaker, rule, shown))


def _gives(speaker: Speaker, rule: Rule, awards: list[Award]) -> str:
    """Return what a rule gives as one says it to a member: for what exactly, its name tells."""
    if rule.multiply is not None:
        return f"\u00d7{speaker.number(rule.multiply.times)}"
    if rule.branches:
        return ""
    return " + ".join(
        speaker.say("back", v=speaker.share(award.rate))
        if award.rate is not None
        else speaker.units(award.wallet, None)
        if award.points is None
        else speaker.award(award)
        for award in awards
    )


def _prices(reward: Reward) -> list[tuple[str, Decimal]]:
    costs = each_of(reward.cost)
    return [(cost.wallet, cost.points) for cost in costs]


def _of_card(program: Program, reward: Reward) -> bool:
    return any(wallet.card is not None and wallet.card.reward == reward.id for wallet in program.wallets.values())


def _offer(speaker: Speaker, reward: Reward, has: dict[str, Decimal]) -> Offer:
    rewards = RewardSpeaker(speaker)
    prices = _prices(reward)
    return Offer(
        name=speaker.text(reward.name, reward.id),
        # What goods and experiences are, their names say; ids of products mean nothing to a member.
        gives=speaker.text(reward.text) or (rewards.gives(reward) if reward.kind in _SAID else ""),
        price=rewards.price(reward),
        reached=any(price <= has.get(wallet, 0) for wallet, price in prices)
        or (not prices and not _of_card(speaker.program, reward)),
    )
