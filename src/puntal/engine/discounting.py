"""What a compiled reward takes off one cart: from the conditions' answers to what discounts are combined of. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from puntal.engine.model import Compiled
from puntal.kit.money import digits
from puntal.orders.model import Order
from puntal.programs.document.values import MoneyText
from puntal.programs.document.wallets import PayWith
from puntal.rewards.model import Reward
from puntal.rewards.model_carts import Discount, Parts
from puntal.rules.catalogue import fields_read
from puntal.rules.evaluator import Answers

_GIFT_CARD = "line.gift_card"


class Covering:
    """Which parts of a cart each reward is about; line filters are gone through when first asked for."""

    def __init__(self, program: Compiled, answers: Answers, order: Order) -> None:
        self._program = program
        self._answers = answers
        self._cards = [line.gift_card for line in order.lines]
        self._goods = tuple(at for at, card in enumerate(self._cards) if not card)
        self._filters: dict[int, tuple[int, ...]] = {}
        self._shipping = (len(order.lines),)

    def of(self, reward: Reward) -> tuple[int, ...]:
        """Return the positions of the parts; gift cards that are bought only where a filter speaks of them."""
        if reward.applies == "shipping":
            return self._shipping
        if reward.lines is None:
            return self._goods
        if reward.lines not in self._filters:
            self._filters[reward.lines] = self._filtered(reward.lines)
        return self._filters[reward.lines]

    def _filtered(self, at: int) -> tuple[int, ...]:
        said = self._answers.lines[at]
        if any(self._cards):
            source = self._program.offering.conditions.line_filters[at].source
            if _GIFT_CARD not in fields_read(source):
                return tuple(line for line in self._goods if said[line])
        return tuple(line for line, yes in enumerate(said) if yes)


def discount_on(  # noqa: PLR0911 - one return per kind
    reward: Reward, covering: Covering, parts: Parts, portions: int, *, initial: bool
) -> Discount | None:
    """Return what so many portions of a reward take off a cart; None: it is no discount."""
    covers = covering.of(reward)
    most = reward.max_discount_minor
    match reward.kind:
        case "amount_off" if reward.most > 1:
            return Discount(
                "portions", covers, share=Fraction(reward.value_minor), steps=portions, least_steps=reward.least
            )
        case "amount_off":
            return Discount("amount", covers, value=reward.value_minor)
        case "percent_off" if reward.percent is not None:
            return Discount("percent", covers, share=Fraction(*reward.percent), most=most, initial=initial)
        case "shipping":
            return Discount("percent", covers, share=Fraction(1), most=most)
        case "product" if reward.applies == "lines":
            return _product(reward, covers, most)
        case "pay_with_points" if reward.worth is not None and reward.max_share is not None:
            whole = sum(parts.amounts[at] for at in covers)
            num, den = reward.max_share
            return Discount(
                "portions",
                covers,
                share=Fraction(*reward.worth) * reward.prices[0].units[0],
                steps=portions,
                least_steps=reward.least,
                most=whole * num // den,
            )
        case _:
            return None


def _product(reward: Reward, covers: tuple[int, ...], most: int | None) -> Discount:
    assert reward.written is not None
    assert reward.written.product is not None
    product = reward.written.product
    price = 0 if product.price is None else product.price.minor
    return Discount("product", covers, value=price, items=product.quantity, most=most)


def worths(program: Compiled) -> Mapping[int, Fraction]:
    """Return what one smallest unit of each wallet is worth, in minor units; 0 where nothing says it.

    What the wallet says it is worth, and of money itself; else what it is expected to cost.
    """
    out = {}
    for terms in program.terms:
        wallet = program.document.wallets.get(terms.id)
        worth = None if wallet is None else wallet.worth.value if isinstance(wallet.worth, PayWith) else wallet.worth
        if worth is not None:
            out[terms.ordinal] = _minor(worth) / Fraction(10**terms.scale)
        elif terms.kind == "money":
            out[terms.ordinal] = Fraction(1)
        else:
            out[terms.ordinal] = terms.cost
    return out


def _minor(worth: MoneyText) -> Fraction:
    """Return an amount that may be less than a minor unit."""
    return Fraction(worth.amount) * Fraction(10 ** digits(worth.currency))
