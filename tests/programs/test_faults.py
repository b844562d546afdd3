"""Every fault a document can have: where it is, what it is called, what to write instead."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from documents import a_document, with_ladder, with_rule, with_wallet

from puntal.programs.document.program import Program
from puntal.programs.model import Held, RegisteredWallet
from puntal.programs.policy import advice, check
from puntal.programs.templates import load_template

POINTS = {"wallet": "points", "points": 5}
PER_EURO = {"wallet": "points", "points": 1, "per": "1.00 EUR"}


def found(document: dict[str, Any], **beside: Any) -> dict[str, tuple[str, str | None]]:
    """Code and suggestion by path."""
    return {fault.path: fault.told("en")[1::2] for fault in check(document, **beside)[1]}


def test_a_program_without_faults_is_returned() -> None:
    program, faults = check(a_document())

    assert faults == []
    assert isinstance(program, Program)


def test_all_faults_are_told_at_once() -> None:
    document = a_document(timezone="Europe/Madird", currency="EUR", locales=["en", "en"])
    document["earning"][0]["on"] = "purchse"
    document["ladders"][0]["measure"] = {"earned": "statu"}

    assert set(found(document)) == {"/timezone", "/locales", "/earning/0/on", "/ladders/0/measure/earned"}


OF_SHAPE = [
    pytest.param(a_document(timezon=1), "/timezon", "unknown_key", "did you mean 'timezone'?", id="a typo in a key"),
    pytest.param(a_document(currency="eur"), "/currency", "bad_currency", "'EUR'", id="small letters"),
    pytest.param(a_document(phase="alive"), "/phase", "unknown_choice", "did you mean 'live'?", id="a phase"),
    pytest.param(a_document(locales="en"), "/locales", "wrong_type", None, id="a text for a list"),
    pytest.param(a_document(puntal=2), "/puntal", "unknown_choice", "one of: 1", id="another format"),
    pytest.param(
        with_wallet(worth=Decimal("0.01")), "/wallets/third/worth", "bare_number", '"0.01 EUR"', id="a bare number"
    ),
    pytest.param(
        with_wallet(available={"after": "14 dias"}),
        "/wallets/third/available/after",
        "bad_span",
        "for example '14 days'",
        id="a span",
    ),
    pytest.param(with_rule(award={"points": 1}), "/earning/1/award/wallet", "missing", "add 'wallet'", id="missing"),
    pytest.param(
        with_rule(award={"wallt": "points", "points": 1}),
        "/earning/1/award/wallet",
        "missing",
        "rename 'wallt' to 'wallet'",
        id="missing beside its typo",
    ),
    pytest.param(
        with_rule(award=POINTS, **{"from": 20260301}),
        "/earning/1/from",
        "wrong_value",
        None,
        id="a number for a day",
    ),
    pytest.param(
        with_rule(award={"wallet": "points", "points": -1}),
        "/earning/1/award/points",
        "out_of_range",
        None,
        id="minus",
    ),
    pytest.param(
        with_rule(award=POINTS, during={"hours": "17-19"}),
        "/earning/1/during/hours",
        "bad_hours",
        "for example '17:00-19:00'",
        id="hours",
    ),
]


@pytest.mark.parametrize(("document", "path", "code", "suggestion"), OF_SHAPE)
def test_tells_faults_of_shape(document: dict[str, Any], path: str, code: str, suggestion: str | None) -> None:
    assert found(document).get(path) == (f"programs.{code}", suggestion)


OF_MEANING = [
    pytest.param(a_document(timezone="Mars/Base"), "/timezone", "unknown_timezone", id="time zone"),
    pytest.param(a_document(currency="EUU"), "/currency", "unknown_currency", id="currency"),
    pytest.param(a_document(phase={}), "/phase", "one_needed", id="no phase"),
    pytest.param(
        a_document(phase={"live": "2026-03-01", "closed": "2026-02-01"}),
        "/phase/closed",
        "phases_in_order",
        id="phases",
    ),
    pytest.param(a_document(joining={"who": {"any": ["x"]}}), "/joining/who/any/0", "unknown_segment", id="joining"),
    pytest.param(a_document(joining={"consents": ["x"]}), "/joining/consents/0", "unknown_consent", id="consent"),
    pytest.param(a_document(fields={"member.Shop": {"type": "text"}}), "/fields/member.Shop", "bad_field_name", id="f"),
    pytest.param(
        a_document(fields={"member.country": {"type": "text"}}), "/fields/member.country", "built_in", id="built in"
    ),
    pytest.param(
        a_document(fields={"order.how": {"type": "choice"}}), "/fields/order.how/choices", "choices", id="choices"
    ),
    pytest.param(a_document(events={"purchase": {}}), "/events/purchase", "built_in", id="event built in"),
    pytest.param(
        a_document(events={"review": {"fields": {"stars": "number"}, "once_per": "star"}}),
        "/events/review/once_per",
        "unknown_field",
        id="once per",
    ),
    pytest.param(a_document(segments={"a": {}}), "/segments/a", "one_needed", id="an empty segment"),
    pytest.param(
        a_document(segments={"a": {"when": {"member.segments": {"contains": "a"}}}}),
        "/segments/a/when",
        "circular",
        id="a segment of itself",
    ),
    pytest.param(with_wallet(kind="money"), "/wallets/third", "currency_needed", id="money without currency"),
    pytest.param(
        with_wallet(kind="money", currency="EUR", scale=0), "/wallets/third/scale", "scale_of_currency", id="scale"
    ),
    pytest.param(with_wallet(currency="EUR"), "/wallets/third/currency", "only_for_money", id="currency of points"),
    pytest.param(with_wallet(card={"size": 9}), "/wallets/third/card", "only_for_stamps", id="card of points"),
    pytest.param(with_wallet(kind="stamps", scale=1), "/wallets/third/scale", "whole_stamps", id="half a stamp"),
    pytest.param(
        with_wallet(kind="qualifying", transferable=True), "/wallets/third/transferable", "not_spendable", id="q"
    ),
    pytest.param(
        with_wallet(kind="money", currency="EUR", expiry={"after": "1 year"}),
        "/wallets/third/expiry",
        "paid_in_never_expires",
        id="money that ends",
    ),
    pytest.param(
        with_wallet(convert=[{"to": "third", "take": 1, "give": 1}]),
        "/wallets/third/convert/0/to",
        "converts_to_itself",
        id="converts to itself",
    ),
    pytest.param(
        with_wallet(expiry={"after": "1 year", "never": True}),
        "/wallets/third/expiry",
        "only_one",
        id="two expiries",
    ),
    pytest.param(with_wallet(expiry={"on": ["31 Feb"]}), "/wallets/third/expiry/on/0", "bad_date", id="31 Feb"),
    pytest.param(with_wallet(expiry={"after": "3 hours"}), "/wallets/third/expiry/after", "whole_days", id="hours"),
    pytest.param(
        with_wallet(expiry={"after": "99999 years"}), "/wallets/third/expiry/after", "span_too_long", id="for ever"
    ),
    pytest.param(
        with_wallet(available={"on": "order.delivered"}), "/wallets/third/available", "missing", id="how long"
    ),
    pytest.param(
        with_wallet(worth={"value": "0.00 EUR"}), "/wallets/third/worth/value", "must_be_positive", id="worthless"
    ),
    pytest.param(
        with_wallet(liability={"expected_redemption": "120%"}),
        "/wallets/third/liability/expected_redemption",
        "share_too_large",
        id="120 %",
    ),
    pytest.param(with_ladder(keep={"months": 12}), "/ladders/0/keep", "months_need_a_rolling_window", id="X31"),
    pytest.param(with_ladder(window="lifetime"), "/ladders/0/keep", "no_periods", id="keep of a lifetime"),
    pytest.param(with_ladder(measure={}), "/ladders/0/measure", "one_needed", id="no measure"),
    pytest.param(
        with_ladder(tiers=[{"id": "a"}, {"id": "b", "from": 5}, {"id": "c", "from": 5}]),
        "/ladders/0/tiers/2/from",
        "lines_ascend",
        id="equal lines",
    ),
    pytest.param(
        with_ladder(tiers=[{"id": "a", "from": 5}]), "/ladders/0/tiers/0/from", "first_has_no_line", id="first"
    ),
    pytest.param(
        with_ladder(tiers=[{"id": "a"}, {"id": "a", "from": 5}]),
        "/ladders/0/tiers/1/id",
        "duplicate_id",
        id="twice",
    ),
    pytest.param(
        with_ladder(tiers=[{"id": "a"}, {"id": "b", "from": "5.00 EUR"}]),
        "/ladders/0/tiers/1/from",
        "money_without_spend",
        id="money without spend",
    ),
    pytest.param(
        with_ladder(measure={"spend": "order.net"}),
        "/ladders/0/tiers/1/from",
        "bare_number",
        id="spend without money",
    ),
    pytest.param(with_rule(), "/earning/1", "one_needed", id="a rule that does nothing"),
    pytest.param(with_rule(award=POINTS, multiply={"times": 2}), "/earning/1", "only_one", id="two effects"),
    pytest.param(
        with_rule(award={"wallet": "points", "points": 1, "rate": "5%"}), "/earning/1/award", "only_one", id="award"
    ),
    pytest.param(
        with_rule(award={"wallet": "points", "rate": "5%"}), "/earning/1/award/rate", "only_for_money", id="rate"
    ),
    pytest.param(
        with_rule(award={"wallet": "points", "points": Decimal("1.5")}),
        "/earning/1/award/points",
        "too_precise",
        id="half a point",
    ),
    pytest.param(
        with_rule(award={"wallet": "points", "points": 1, "per": "1.001 EUR"}),
        "/earning/1/award/per",
        "too_precise",
        id="a tenth of a cent",
    ),
    pytest.param(
        with_rule(award={"wallet": "points", "points": 1, "per": "1.00 USD"}),
        "/earning/1/award/per",
        "wrong_currency",
        id="another currency",
    ),
    pytest.param(
        with_rule(award={"wallet": "points", "formula": {"+": [1, 2]}}),
        "/earning/1/award/fallback",
        "missing",
        id="no",
    ),
    pytest.param(
        with_rule(award=PER_EURO, on="member.birthday"), "/earning/1/award/per", "only_for_orders", id="per what"
    ),
    pytest.param(
        with_rule(award={"wallet": "points", "points": 5, "full_only": True}),
        "/earning/1/award/full_only",
        "only_with_amount",
        id="complete what",
    ),
    pytest.param(
        with_rule(branches=[{"when": {"order.items": 1}, "award": POINTS}]),
        "/earning/1/branches/0",
        "otherwise_needed",
        id="no otherwise",
    ),
    pytest.param(
        with_rule(multiply={"times": 2, "rules": ["purchase"]}),
        "/earning/1/multiply/rules/0",
        "unknown_rule",
        id="mr",
    ),
    pytest.param(
        with_rule(multiply={"times": 2}, on="member.birthday"), "/earning/1/multiply", "only_for_orders", id="m"
    ),
    pytest.param(with_rule(award=POINTS, id="purchases"), "/earning/1/id", "duplicate_id", id="rule twice"),
    pytest.param(with_rule(award=POINTS, exclusive=True), "/earning/1/exclusive", "only_for_multipliers", id="ex"),
    pytest.param(
        with_rule(award=PER_EURO, by_tier={"gold": {"points": 2}}),
        "/earning/1/by_tier/gold",
        "unknown_tier",
        id="an unknown tier",
    ),
    pytest.param(
        with_rule(award=POINTS, **{"from": "2026-03-02", "through": "2026-03-01"}),
        "/earning/1/through",
        "ends_before_it_begins",
        id="backwards",
    ),
    pytest.param(
        with_rule(award=POINTS, **{"from": "2026-03-02T10:00:00+02:00"}),
        "/earning/1/from",
        "time_with_offset",
        id="an offset",
    ),
    pytest.param(
        with_rule(award=POINTS, during={"rrule": "FREQ=HOURLY"}),
        "/earning/1/during/rrule",
        "bad_recurrence",
        id="hourly",
    ),
    pytest.param(
        with_rule(award=POINTS, during={"rrule": "FREQ=WEEKLY;BYDAY=XX"}),
        "/earning/1/during/rrule",
        "bad_recurrence",
        id="a day XX",
    ),
    pytest.param(with_rule(award=POINTS, limit={}), "/earning/1/limit", "one_needed", id="an empty limit"),
    pytest.param(with_rule(award=POINTS, budget={}), "/earning/1/budget", "one_needed", id="an empty budget"),
    pytest.param(
        with_rule(award=POINTS, on="member.birthday", limit={"value": "5.00 EUR"}),
        "/earning/1/limit/value",
        "only_for_orders",
        id="value of no order",
    ),
    pytest.param(
        with_rule(award=POINTS, audience={"any": ["vip"]}), "/earning/1/audience/any/0", "unknown_segment", id="vip"
    ),
    pytest.param(
        a_document(limits={"social": {"points": 5, "rules": ["like"]}}),
        "/limits/social/rules/0",
        "unknown_rule",
        id="a shared limit",
    ),
    pytest.param(
        a_document(campaigns=[{"id": "c", "holdout": "60%"}]),
        "/campaigns/0/holdout",
        "share_too_large",
        id="holdout",
    ),
    pytest.param(a_document(pools={"home": {"wallets": ["gold"]}}), "/pools/home/wallets/0", "unknown_wallet", id="p"),
]


@pytest.mark.parametrize(("document", "path", "code"), OF_MEANING)
def test_tells_faults_of_meaning(document: dict[str, Any], path: str, code: str) -> None:
    """X31 among them."""
    assert found(document).get(path, ("", None))[0] == f"programs.{code}"


def test_faults_of_conditions_keep_their_place() -> None:
    document = with_rule(
        award=POINTS,
        when={"any": [{"order.nett": {"over": "5.00 EUR"}}, {"order.net": {"over": 5}}]},
        only_lines={"line.categry": "x"},
    )

    told = found(document)

    assert told["/earning/1/when/any/0/order.nett"] == ("rules.unknown_field", "order.net")
    assert told["/earning/1/when/any/1/order.net/over"] == ("rules.bare_money", "5.00 EUR")
    assert told["/earning/1/only_lines/line.categry"] == ("rules.unknown_field", "line.category")


def test_what_balances_were_kept_in_never_changes() -> None:
    previous, _ = check(a_document())
    registered = [RegisteredWallet(ordinal=0, id="points", kind="points", scale=0, currency=None)]
    changed = a_document()
    changed["wallets"]["points"] = {"kind": "stamps"}

    told = found(changed | {"timezone": "UTC"}, previous=previous, held=Held(registered=registered, zone_fixed=True))

    assert told["/wallets/points/kind"][0] == "programs.never_changes"
    assert told["/timezone"] == ("programs.timezone_fixed", "Europe/Madrid")


def test_what_members_hold_is_retired_and_not_dropped() -> None:
    previous, _ = check(with_wallet())
    held = Held(wallets=frozenset({"third"}), tiers=frozenset({("club", "gold")}))

    told = found(a_document(), previous=previous, held=held)

    assert told["/wallets/third"] == ("programs.still_held", "keep it with 'retired: true'")
    assert told["/ladders"][0] == "programs.still_held"


def test_a_text_missing_in_a_language_is_advice() -> None:
    program, faults = check(a_document(locales=["es", "en"], name={"es": "Club"}))

    assert faults == []
    assert program is not None
    assert [(a.path, a.told("en").reason) for a in advice(program)] == [("/name", "there is no text in en")]


def test_a_base_rate_above_the_rates_of_tiers_is_advice() -> None:
    """Raising the base alone would let Gold earn less than everybody: allowed, and told."""
    document = load_template("supermarket")
    program, faults = check(document)
    assert program is not None
    assert advice(program) == []
    document["earning"][0]["award"]["points"] = 2
    program, faults = check(document)

    assert faults == []
    assert program is not None
    silver, gold = (each.told("es") for each in advice(program))
    assert (silver.code, silver.path) == ("programs.tier_earns_less", "/earning/0/by_tier/silver")
    assert "1,25" in silver.reason
    assert "con 2" in gold.reason
    assert "would earn 1.5, less than" in advice(program)[1].told("en").reason
