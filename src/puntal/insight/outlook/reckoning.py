"""From the sums of a sample to the year of a shop: the formulas. Pure."""

from __future__ import annotations

import math
from fractions import Fraction

from puntal.engine.model import Compiled
from puntal.insight.outlook.model import Outlook, Shop, Sums, Units, WalletYear
from puntal.points.queries import liability_of


def reckon(program: Compiled, shop: Shop, sums: Sums) -> Outlook:
    """Return the year of a shop.

    The sample stands for members' sales of the year: `orders a month x 12 x members' share x average order`. All
    sums are scaled by that over the sample's own sales, and each is rounded half up once.
    """
    sales = Fraction(shop.member_orders * shop.basket_minor)
    scale = sales / sums.sales_minor if sums.sales_minor else Fraction(0)
    wallets = tuple(
        _wallet(program, ordinal, sums.units.get(ordinal, Units()), scale)
        for ordinal, terms in enumerate(program.terms)
        if terms.kind != "qualifying"
    )
    rewards_minor = rounded(sums.rewards_minor * scale)
    liability_minor = sum(wallet.liability_minor for wallet in wallets)
    cost = rewards_minor + liability_minor
    margin = Fraction(shop.margin_percent, 100)
    further = extra(sales, margin, cost)
    return Outlook(
        currency=program.currency,
        shop=shop,
        sample=sums.members,
        members=rounded(shop.members),
        orders=rounded(shop.member_orders),
        sales_minor=rounded(sales),
        margin_minor=rounded(sales * margin),
        wallets=wallets,
        rewards=rounded(sums.rewards * scale),
        rewards_minor=rewards_minor,
        liability_minor=liability_minor,
        cost_minor=cost,
        left_minor=rounded(sales * margin) - cost,
        cost_rate=cost / sales if sales else None,
        extra_minor=None if further is None else math.ceil(further),
        extra_rate=further / sales if sales and further is not None else None,
    )


def extra(sales: Fraction, margin: Fraction, cost: int) -> Fraction | None:
    """Return the further sales that would pay for a program; None where no amount would.

    Further sales cost as much of themselves as all others do, so what each leaves is `margin - cost / sales`:

        extra = cost / (margin - cost / sales)

    It is the break-even sales change of a price cut, `cut / (margin - cut)` of the sales (T. Nagle and others, The
    Strategy and Tactics of Pricing, financial analysis), the cut being what the program gives back of each sale.
    """
    if not cost:
        return Fraction(0)
    if not sales:
        return None
    leaves = margin - cost / sales
    return cost / leaves if leaves > 0 else None


def _wallet(program: Compiled, ordinal: int, units: Units, scale: Fraction) -> WalletYear:
    terms = program.terms[ordinal]
    available, pending, debt = (rounded(each * scale) for each in (units.available, units.pending, units.debt))
    issued, redeemed = rounded(units.issued * scale), rounded(units.redeemed * scale)
    # Nothing else happens to units in this year, so what is not anywhere has ended.
    expired = units.issued - units.redeemed - units.available - units.pending + units.debt
    return WalletYear(
        id=terms.id,
        kind=terms.kind,
        scale=terms.scale,
        issued=issued,
        redeemed=redeemed,
        expired=rounded(expired * scale),
        outstanding=available + pending - debt,
        liability_minor=liability_of(terms, available, pending, 0, debt).cost_minor,
    )


def rounded(amount: Fraction) -> int:
    """Return the nearest whole number, halves up."""
    return math.floor(amount + Fraction(1, 2))
