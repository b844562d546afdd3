"""What the checkout refuses, beside what rewards, vouchers and wallets do. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from puntal.kit.errors import Faulty


class CartFaulty(Faulty):
    """A cart is not valid, with everything that is wrong and where."""

    code = "checkout.cart_faulty"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "{count} values of the cart are not valid",
        "en_one": "One value of the cart is not valid",
        "es": "{count} valores del carrito no son válidos",
        "es_one": "Un valor del carrito no es válido",
    }
