"""Money as people write it and as we keep it: whole minor units of a currency. Pure."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

from babel.core import get_global


@cache
def digits(currency: str) -> int:
    """Return how many decimals a currency has: 2 for EUR, 0 for JPY (Unicode CLDR)."""
    fractions = get_global("currency_fractions")
    return int(fractions.get(currency, fractions["DEFAULT"])[0])


def minor(amount: Decimal, currency: str) -> int:
    """Return an amount of major units in minor units; refuses more decimals than the currency has."""
    scaled = amount.scaleb(digits(currency))
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{amount} has more decimals than {currency}")
    return int(scaled)


def major(amount_minor: int, currency: str) -> Decimal:
    """Return minor units as an exact amount of major units."""
    return Decimal(amount_minor).scaleb(-digits(currency))
