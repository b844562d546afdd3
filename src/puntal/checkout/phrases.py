"""Why a reward or voucher is not used on a cart, one sentence per code and language. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from puntal.rewards.errors import SENTENCES
from puntal.rewards.model_carts import (
    EXCLUDED,
    NOT_BEST,
    NOT_OFFERED,
    NOT_WORTH_IT,
    NOTHING_LEFT,
    TOO_FEW_POINTS,
    TOO_MANY,
)

ON_CARTS: Mapping[str, tuple[str, str]] = {
    EXCLUDED: ("It does not go together with {by}", "No se puede combinar con {by}"),
    TOO_MANY: ("The order has as many discounts as it may", "El pedido ya tiene todos los descuentos posibles"),
    NOTHING_LEFT: ("Nothing of the cart is left for it", "No queda nada del carrito para aplicarla"),
    NOT_OFFERED: ("It costs points that were not offered", "Cuesta puntos que no se han ofrecido"),
    TOO_FEW_POINTS: (
        "The points do not suffice beside the others",
        "Los puntos no alcanzan junto con las demás",
    ),
    NOT_WORTH_IT: ("It would cost more than it takes off", "Costaría más de lo que descuenta"),
    NOT_BEST: ("The others together are better", "Las demás juntas son mejores"),
    "reward.unknown": ("This program has no such reward", "Este programa no tiene esa recompensa"),
    "members.unknown": ("Nobody is known who could have money here", "No se sabe de quién sería el dinero"),
    "payments.stopped": ("This wallet is stopped at the moment", "Este monedero está detenido en este momento"),
    "payments.phase": ("The program does not let money be spent now", "El programa no deja gastar dinero ahora"),
    "points.member_not_active": ("Only active members spend money", "Solo los miembros activos gastan dinero"),
    "points.unverified": (
        "An address has to be verified before spending",
        "Antes de gastar hay que verificar los datos",
    ),
    "points.minor_spends": (
        "Only adults of the household spend from its wallet",
        "Solo los adultos del hogar gastan de su monedero",
    ),
}
"""Beside the reasons that rewards have anywhere (`rewards.errors`)."""

MORE: Mapping[str, tuple[str, str]] = {
    "order.net": ("{more} more in the cart and it can be used", "Faltan {more} en el carrito para poder usarla"),
    "order.items": ("{more} more items and it can be used", "Faltan {more} artículos para poder usarla"),
}
"""What is missing of a cart."""


def of_code(code: str, locale: str, **numbers: object) -> str:
    """Return the sentence of a code, or the code where it has none."""
    found = ON_CARTS.get(code) or SENTENCES.get(code.removeprefix("reward."))
    return code if found is None else _in(found, locale).format(**numbers)


def of_missing(of: str, more: str, locale: str) -> str:
    """Return the sentence of what is missing; `more` is written as people read it."""
    return _in(MORE[of], locale).format(more=more)


def _in(sentences: tuple[str, str], locale: str) -> str:
    return sentences[1] if locale.startswith("es") else sentences[0]
