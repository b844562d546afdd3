"""What several faults say in the same words. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from puntal.kit.words import Words

REMOVE = Words("remove it", "quítalo")
A_WALLET: Mapping[str, str] = {
    "points": "un monedero de puntos",
    "qualifying": "un monedero de puntos que cuentan para niveles",
    "money": "un monedero de dinero",
    "stamps": "un monedero de sellos",
}
"""Kind to what such a wallet is, in Spanish."""


def added(key: str) -> Words:
    """Return the advice to add a key."""
    return Words(f"add '{key}'", f"añade '{key}'")
