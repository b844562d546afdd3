"""Money wallets in the document: their faults, what they compile to, and how they read (B18)."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from documents import with_wallet

from puntal.points import policy
from puntal.points.model import MoneyCaps
from puntal.programs.document.wallets import Wallet
from puntal.programs.policy import check
from puntal.programs.sentences import Speaker

MONEY: dict[str, Any] = {"kind": "money", "currency": "EUR"}
LIMITS: dict[str, Any] = {
    "balance": 200_000,
    "load": [{"amount": "500.00 EUR", "per": "day"}, {"amount": "1500.00 EUR", "per": "month"}],
    "transfer": "150.00 EUR",
    "countries": {"PT": {"balance": "1000.00 EUR", "load": {"amount": "250.00 EUR"}}},
}
SOLD: dict[str, Any] = {"min": "10.00 EUR", "max": "500.00 EUR", "expiry": {"after": "5 years"}, "prefix": "GC"}


@pytest.mark.parametrize(
    ("wallet", "path", "code"),
    [
        pytest.param({"gift_cards": {}}, "/gift_cards", "only_for_money", id="cards of points"),
        pytest.param({"limits": {"transfer": "5.00 EUR"}}, "/limits/transfer", "only_for_money", id="points given"),
        pytest.param(
            MONEY | {"convert": [{"to": "points", "take": 1, "give": 1}]},
            "/convert/0",
            "money_stays_money",
            id="money into points",
        ),
        pytest.param(
            MONEY | {"limits": {"transfer": "0.00 EUR"}}, "/limits/transfer", "must_be_positive", id="of nothing"
        ),
        pytest.param(
            MONEY | {"limits": {"load": {"amount": "5.001 EUR"}}}, "/limits/load/amount", "too_precise", id="decimals"
        ),
        pytest.param(
            MONEY | {"limits": {"countries": {"PT": {"transfer": "5.00 USD"}}}},
            "/limits/countries/PT/transfer",
            "wrong_currency",
            id="dollars",
        ),
        pytest.param(
            MONEY | {"gift_cards": {"min": "9.00 EUR", "max": "8.00 EUR"}},
            "/gift_cards/min",
            "min_above_max",
            id="no card at all",
        ),
        pytest.param(
            MONEY | {"gift_cards": {"expiry": {"inactive": "12 months"}}},
            "/gift_cards/expiry/inactive",
            "card_has_no_member",
            id="an inactive card",
        ),
    ],
)
def test_faults(wallet: dict[str, Any], path: str, code: str) -> None:
    _, faults = check(with_wallet(**wallet))

    assert (f"/wallets/third{path}", f"programs.{code}") in {(fault.path, fault.code) for fault in faults}


def test_a_country_has_the_limits_it_names_and_else_those_of_all() -> None:
    program, faults = check(with_wallet(**MONEY, limits=LIMITS, gift_cards=SOLD))
    assert faults == []
    assert program is not None

    terms = policy.compile_terms(0, "third", program.wallets["third"], ZoneInfo("Europe/Madrid"))

    assert terms.caps == MoneyCaps(200_000, ((50_000, "day"), (150_000, "month")), 15_000)
    assert policy.caps_of(terms, "PT") == MoneyCaps(100_000, ((25_000, "month"),), 15_000)
    assert policy.caps_of(terms, "ES") == policy.caps_of(terms, None) == terms.caps
    assert terms.gift_cards is not None
    assert (terms.gift_cards.least, terms.gift_cards.most, terms.gift_cards.prefix) == (1000, 50_000, "GC")


def test_limits_and_cards_in_words() -> None:
    program, _ = check(with_wallet(**MONEY, limits=LIMITS, gift_cards=SOLD))
    assert program is not None
    wallet = Wallet.model_validate(MONEY | {"limits": LIMITS, "gift_cards": SOLD})

    assert Speaker(program, "en").wallet("third", wallet) == (
        "Third: money to spend; at most €500.00 a day, €1,500.00 a month is paid in; "
        "members give each other at most €150.00 at a time; other limits in PT; gift cards are sold; "
        "a gift card ends after 5 years."
    )
    assert "se venden tarjetas regalo" in Speaker(program, "es").wallet("third", wallet)
