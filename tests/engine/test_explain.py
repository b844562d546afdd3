"""Why and why not, in words: every code in both languages, and what a customer would be told."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_args

import pytest
from playing import BASE_RULE, Player, a_program, at, lines

import puntal.engine
from puntal.engine.explain import Explanation, explain
from puntal.engine.model import OUTCOME_CODES, REASON_CODES, Decision, Event, Switches
from puntal.engine.phrases import OUTCOMES, REASONS, STATUSES, WORDS, of_outcome, of_reason
from puntal.intake.batch import _outcome
from puntal.intake.model import Outcome
from puntal.orders.model import Order
from puntal.programs.document.program import PhaseName

# Why a money wallet pays nothing of a cart is no outcome of an event.
SOURCES = "".join(
    path.read_text() for path in Path(puntal.engine.__file__).parent.glob("*.py") if path.name != "paying.py"
)
LABELS = {"es": {"one": "punto", "other": "puntos"}, "en": {"one": "point", "other": "points"}}


def told(player: Player, decision: Decision, event: Event, locale: str) -> Explanation:
    return explain(player.program, event, _outcome(decision, event), locale)


def why(program: dict[str, Any], amount: int, locale: str = "en", **more: Any) -> tuple[str, dict[str, str]]:
    """The summary and each rule's sentence of an order of one line."""
    switches = more.pop("switches", Switches())
    country = more.pop("country", "ES")
    day = more.pop("day", "2026-03-03")
    wallets = {"points": {"kind": "points", "label": LABELS}}
    player = Player(a_program(**({"wallets": wallets} | program)), country=country)
    player.switches = switches
    order = Order(id="A", currency="EUR", lines=lines(amount, **more))
    event = Event("e", "order.paid", "shop", at(day), order=order, order_id="A")
    explanation = told(player, player.play(event), event, locale)
    return explanation.summary, {each.rule: f"{each.label}: {each.sentence}" for each in explanation.rules}


def test_every_code_has_words_in_both_languages() -> None:
    assert set(REASONS) == REASON_CODES
    assert set(OUTCOMES) >= OUTCOME_CODES
    said = [*WORDS.values(), *STATUSES.values()]
    said += [words for table in (OUTCOMES, REASONS) for phrase in table.values() for words in phrase]
    for english, spanish in said:
        assert re.findall(r"\{(\w+)\}", english) == re.findall(r"\{(\w+)\}", spanish)


def test_short_sentences_need_nothing_but_the_reason() -> None:
    for code in REASON_CODES:
        for locale in ("en", "es", "es-MX"):
            assert "{" not in of_reason(code, locale, points=5, by="rule:base")
    assert of_outcome("nothing", "order.awaited", "es-MX") == of_outcome("nothing", "order.awaited", "es")
    assert of_outcome("nothing", "later.release", "en") == "No rule gave anything"


def test_no_code_is_said_that_is_not_named() -> None:
    outcomes = set(re.findall(r'"((?:program|event|channel|integration|member|order|refund)\.[a-z_]+)"', SOURCES))
    said = {*re.findall(r'return (?:known|)"([a-z]+\.[a-z_]+)"', SOURCES)}
    said |= {f"program.{phase}" for phase in get_args(PhaseName) if phase != "live"}
    reasons = set(re.findall(r'Reason\([^,()]+, "([a-z_]+)"', SOURCES))

    assert said <= OUTCOME_CODES
    assert outcomes >= OUTCOME_CODES - {f"program.{phase}" for phase in get_args(PhaseName)}
    assert reasons <= REASON_CODES


def test_an_award_says_what_for() -> None:
    assert why({}, 1999) == ("19 points earned.", {"purchases": "purchases: 19 points for €19.99."})
    assert why({}, 199, "es") == ("Se suman 1 punto.", {"purchases": "purchases: 1 punto por 1,99\xa0€."})
    assert why({}, 123456700, "es-ES")[0] == "Se suman 1.234.567 puntos."


def test_a_condition_that_was_not_met_says_what_was_found() -> None:
    """A14."""
    rule = {"id": "big", "label": {"en": "Big basket", "es": "Cesta grande"}, "on": "purchase",
            "when": {"order.net": {"at_least": "20.00 EUR"}, "member.country": "DE"},
            "award": {"wallet": "points", "points": 5}}  # fmt: skip

    summary, english = why({"earning": [rule]}, 1500)
    _, spanish = why({"earning": [rule]}, 1500, "es")

    assert summary == "Nothing was earned."
    assert english["big"].startswith("Big basket: It takes that ")
    for part in ("at least €20.00", "this was €15.00", "Germany", "this was Spain"):
        assert part in english["big"]
    for part in ("Cesta grande: Hace falta que", "al menos 20,00\xa0€", "aquí era 15,00\xa0€", "Alemania"):
        assert part in spanish["big"]


@pytest.mark.parametrize(
    ("filters", "english", "spanish"),
    [
        (
            {"except_lines": {"line.category": "fuel"}},
            "coffee: left out (the category is fuel)",
            "coffee: queda fuera (la categoría es fuel)",
        ),
        (
            {"only_lines": {"line.category": "hats"}},
            "coffee: it would count if the category is hats; this was fuel",
            "coffee: contaría si la categoría es hats; aquí era fuel",
        ),
    ],
)
def test_an_order_none_of_whose_lines_counts_says_what_leaves_each_out(
    filters: dict[str, Any], english: str, spanish: str
) -> None:
    program = {"earning": [BASE_RULE | filters]}
    bought: dict[str, Any] = {"product": ["coffee"], "category": ["fuel"]}

    assert why(program, 1000, **bought)[1]["purchases"] == f"purchases: No line of the order counts for it: {english}."
    said = why(program, 1000, "es", **bought)[1]["purchases"]
    assert said == f"purchases: Ninguna línea del pedido cuenta para ella: {spanish}."


def test_a_gift_card_alone_says_when_it_earns() -> None:
    said = why({}, 1000, gift_card=[True])[1]["purchases"]
    assert said.endswith("counts for it: 1: gift cards earn when they are spent.")


def test_schedules_and_audiences() -> None:
    monday = {"id": "monday", "label": {"en": "Double Monday", "es": "Lunes doble"}, "on": "purchase",
              "during": {"rrule": "FREQ=WEEKLY;BYDAY=MO"}, "multiply": {"times": 2}}  # fmt: skip
    germans = BASE_RULE | {"id": "de", "audience": {"any": ["germans"]}}
    program = {
        "segments": {"germans": {"when": {"member.country": "DE"}, "label": {"en": "Germans", "es": "Alemanes"}}},
        "earning": [BASE_RULE, monday, germans],
    }

    assert why(program, 1000)[1] == {
        "purchases": "purchases: 10 points for €10.00.",
        "monday": "Double Monday: Not at this time: it runs on Mondays.",
        "de": "de: It is for Germans.",
    }
    assert why(program, 1000, "es")[1]["monday"] == "Lunes doble: No en ese momento: rige los lunes."
    assert why(program, 1000, day="2026-03-02", country="DE")[1]["monday"] == "Double Monday: 20 points for 20 points."


@pytest.mark.parametrize(
    ("sections", "sentence"),
    [
        ({"earning": [BASE_RULE | {"limit": {"points": 5, "per": "month"}}]},
         "5 points of 10 points for €10.00: a member gets it at most 5 points a month."),
        ({"earning": [BASE_RULE | {"budget": {"points": 7}}]},
         "7 points of 10 points for €10.00: it comes with a budget of 7 points in all."),
        ({"budget": {"points": 7}},
         "7 points of 10 points for €10.00: the program comes with a budget of 7 points in all."),
        ({"limits": {"all": {"points": 6, "per": "day", "rules": ["purchases"]}}},
         "6 points of 10 points for €10.00: a member gets it at most 6 points a day."),
        ({"wallets": {"points": {"kind": "points", "limits": {"balance": 3}}}},
         "3 points of 10 points for €10.00: nobody has more in 'points'."),
        ({"wallets": {"points": {"kind": "points", "limits": {"earn": {"points": 4}}}}},
         "4 points of 10 points for €10.00: nobody earns more in 'points' for now."),
    ],
)  # fmt: skip
def test_what_cut_an_award(sections: dict[str, Any], sentence: str) -> None:
    assert why(sections, 1000)[1] == {"purchases": f"purchases: {sentence}"}


def test_money_wallets_speak_money() -> None:
    """X35."""
    rule = {"id": "back", "on": "purchase", "award": {"wallet": "money", "rate": "5%"}}
    sections = {"wallets": {"money": {"kind": "money", "currency": "EUR"}}, "earning": [rule]}

    assert why(sections, 1999) == ("€0.99 earned.", {"back": "back: €0.99 for €19.99."})
    half_up = rule | {"award": {"wallet": "money", "rate": "5%", "rounding": "half_up"}}
    assert why(sections | {"earning": [half_up]}, 1999)[0] == "€1.00 earned."


@pytest.mark.parametrize("locale", ["en", "es", "fr", "pt-BR"])
@pytest.mark.parametrize("code", sorted(OUTCOME_CODES))
def test_every_outcome_can_be_told(code: str, locale: str) -> None:
    event = Event("e", "visit", "shop", at("2026-03-03"))
    summary = explain(a_program(), event, Outcome("nothing", code), locale).summary
    assert summary.endswith(".")
    assert "{" not in summary
    assert code not in summary


@pytest.mark.parametrize("locale", ["en", "es"])
@pytest.mark.parametrize("rule", ["purchases", "refund", "gift:c:silver:points", "gone"])
@pytest.mark.parametrize("code", sorted(REASON_CODES))
def test_every_reason_can_be_told(code: str, rule: str, locale: str) -> None:
    silver = {"id": "silver", "from": "1.00 EUR", "name": {"en": "Silver", "es": "Plata"}}
    ladder = {"id": "c", "measure": {"spend": "order.net"}, "tiers": [{"id": "base"}, silver]}
    event = Event("e", "visit", "shop", at("2026-03-03"))
    for reason in ((rule, code), (rule, code, "x"), (rule, code, 3, 0, 100), (rule, code, 3, 0, 100, 9, "rule:x")):
        (told_why,) = explain(a_program(ladders=[ladder]), event, Outcome("nothing", None, [reason]), locale).rules
        assert told_why.sentence.endswith(".")
        assert "{" not in told_why.sentence
        if rule.startswith("gift"):
            assert told_why.label == ("Regalo de Plata" if locale == "es" else "Gift of Silver")


def test_refunds_are_told() -> None:
    anna = Player(a_program(wallets={"points": {"kind": "points", "label": LABELS}}))
    anna.buy(*lines(1000), id="A")
    event = Event("r", "order.refunded", "shop", at("2026-03-04"), order_id="A")

    explanation = told(anna, anna.play(event), event, "en")

    assert explanation.summary == "10 points taken back."
    assert [each.sentence for each in explanation.rules] == ["10 points taken back."]
