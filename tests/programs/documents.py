"""A small valid program, and ways of changing it."""

from __future__ import annotations

import copy
from decimal import Decimal
from typing import Any

_SMALL: dict[str, Any] = {
    "puntal": 1,
    "name": "Club Aurora",
    "timezone": "Europe/Madrid",
    "currency": "EUR",
    "wallets": {"points": {"kind": "points"}, "status": {"kind": "qualifying"}},
    "ladders": [
        {"id": "club", "measure": {"earned": "status"}, "tiers": [{"id": "base"}, {"id": "silver", "from": 300}]}
    ],
    "earning": [
        {
            "id": "purchases",
            "on": "purchase",
            "award": {"wallet": "points", "points": Decimal("1.5"), "per": "1.00 EUR"},
        }
    ],
}


def a_document(**changes: Any) -> dict[str, Any]:
    """A small valid program with some sections replaced."""
    return copy.deepcopy(_SMALL) | changes


def with_rule(**rule: Any) -> dict[str, Any]:
    """A small program with a second rule, of which nothing is given but what is said."""
    document = a_document()
    document["earning"].append({"id": "extra", "on": "purchase"} | rule)
    return document


def with_wallet(**wallet: Any) -> dict[str, Any]:
    """A small program with a third wallet."""
    document = a_document()
    document["wallets"]["third"] = {"kind": "points"} | wallet
    return document


def with_ladder(**ladder: Any) -> dict[str, Any]:
    """A small program whose ladder is changed."""
    document = a_document()
    document["ladders"][0] |= ladder
    return document
