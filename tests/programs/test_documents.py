"""Reading, writing, comparing and telling documents; the ready-made ones."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from documents import a_document
from hypothesis import given
from hypothesis import strategies as st

from puntal.programs import schema, source
from puntal.programs.diff import diff, yaml_diff
from puntal.programs.document.program import Program
from puntal.programs.errors import DocumentUnreadable, TemplateNotFound
from puntal.programs.phases import phase_at
from puntal.programs.policy import advice, check
from puntal.programs.sentences import Speaker
from puntal.programs.templates import list_templates, load_template

TEMPLATES = [template.id for template in list_templates()]

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
numbers = st.integers(-(2**62), 2**62) | st.decimals(
    allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=4
)
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=12,
)


@given(data=st.dictionaries(texts, values, max_size=5))
def test_plain_data_survives_yaml_and_json(data: dict[str, Any]) -> None:
    assert source.load_yaml(source.dump_yaml(data)) == data
    assert source.load_json(source.dump_json(data)) == data


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_program_survives_yaml_and_json(template: str) -> None:
    program = Program.model_validate(load_template(template))

    for again in (source.load_yaml(source.dump_yaml(program)), source.load_json(source.dump_json(program))):
        assert Program.model_validate(again) == program
        assert source.digest(Program.model_validate(again)) == source.digest(program)


def test_numbers_are_read_from_their_text() -> None:
    assert source.load_yaml("a: 0.29\nb: 1.50\nc: 7")["a"] == Decimal("0.29")
    assert source.load_json('{"a": 0.1}')["a"] == Decimal("0.1")


def test_yaml_is_1_2() -> None:
    assert source.load_yaml("on: NO\nhour: 22:00\nday: 2026-03-01") == {
        "on": "NO",
        "hour": "22:00",
        "day": "2026-03-01",
    }


@pytest.mark.parametrize(
    "text",
    [
        "a: 1\na: 2",
        "[1]",
        "a: [",
        "1: 2",
        "a: &x [*x]",
        "a: .nan",
        "a: " + "[" * 5000,
        "a: !!python/object:os.system x",
        "a: !!binary aGk=",
        "a: \x00",
        "a: 99999999999999999999",
        # Small on paper, 8 to the 7th values when read.
        "a0: [1,1,1,1,1,1,1,1]\n".replace("[", "&a0 [")
        + "\n".join(f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 8)}]" for n in range(1, 7)),
    ],
)
def test_refuses_yaml_that_is_no_document(text: str) -> None:
    with pytest.raises(DocumentUnreadable):
        source.load_yaml(text)


@pytest.mark.parametrize(
    "text",
    ['{"a":1,"a":2}', '{"a":NaN}', '{"a":1e99999}', '{"a":' + "[" * 100000, '{"a":"\\ud800"}', b"\xff", "[]", "{"],
)
def test_refuses_json_that_is_no_document(text: str | bytes) -> None:
    with pytest.raises(DocumentUnreadable):
        source.load_json(text)


@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize(
    ("currency", "timezone"), [("EUR", "Europe/Madrid"), ("USD", "America/New_York"), ("JPY", "UTC")]
)
def test_every_template_can_be_published(template: str, currency: str, timezone: str) -> None:
    program, faults = check(load_template(template, currency=currency, timezone=timezone, name="Club Aurora"))

    assert faults == []
    assert program is not None
    assert (program.currency, program.timezone, program.name) == (currency, timezone, "Club Aurora")
    assert advice(program) == []


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_template_is_told_in_both_languages(template: str) -> None:
    program = Program.model_validate(load_template(template))

    for locale in ("es", "en"):
        speaker = Speaker(program, locale)
        told = [speaker.rule(rule) for rule in program.earning]
        told += [speaker.wallet(name, wallet) for name, wallet in program.wallets.items()]
        told += [speaker.tier(ladder, tier) for ladder in program.ladders for tier in ladder.tiers]
        assert all(sentence.endswith(".") for sentence in told)
        assert not any(speaker.say("unreadable") in sentence for sentence in told)


def test_there_is_no_template_of_another_name() -> None:
    with pytest.raises(TemplateNotFound):
        load_template("bank")


def test_a_rule_is_told_as_a_marketer_would() -> None:
    program = Program.model_validate(load_template("supermarket"))

    assert Speaker(program, "en").rule(program.earning[0]) == (
        "For a purchase: 1 point per €1.00 of the order; in Silver 1.25 points, in Gold 1.5 points; not for lines "
        "where the category is fuel, tobacco, giftcard, coupon or charitable cont."
    )
    assert Speaker(program, "es").rule(program.earning[2]) == (
        "Por una compra: 2 veces lo que da 'Tus compras', solo para líneas en que la categoría es produce o salad bar; "
        "los miércoles."
    )


def test_rates_of_tiers_are_told_as_rates() -> None:
    """Also where the document multiplies."""
    firms = load_template("b2b")
    rule = firms["earning"][0]
    (rate, names) = (rule["award"]["points"], list(rule["by_tier"]))
    told = Speaker(Program.model_validate(firms), "en").rule(Program.model_validate(firms).earning[0])

    assert (rate, names) == (1, ["preferred", "strategic"])
    assert "in Preferred 1.25 points, in Strategic 1.5 points" in told
    assert "×" not in told  # noqa: RUF001 - the sign of multiplication


def test_a_new_campaign_is_told_with_dates_audience_budget_and_control_group() -> None:
    document = load_template("supermarket")
    before = Program.model_validate(document)
    rule = {"id": "double", "on": "purchase", "multiply": {"times": 2}}
    after = document | {
        "segments": {"families": {"label": "Families", "when": {"member.orders.last_30_days": {"at_least": 2}}}},
        "campaigns": [
            {
                "id": "weekend",
                "from": "2026-01-06",
                "through": "2026-01-07",
                "audience": {"any": ["families"]},
                "holdout": "10%",
                "budget": {"points": 50000},
                "earning": [rule],
            }
        ],
        "limits": {"few": {"rules": ["purchases"], "times": 3, "per": "week"}},
    }

    words = {change.id: change.words for change in diff(before, Program.model_validate(after)).of("added")}
    assert words["weekend"]["en"] == (
        "Campaign 'weekend' is new: From January 6, 2026 through January 7, 2026; for Families; with a budget of "
        "50,000 points in all; 10% of them get nothing, as a control group. For a purchase: 2 times what every rule "
        "gives."
    )
    assert "para Families" in words["weekend"]["es"]
    assert "3 times" in words["few"]["en"]


def test_a_changed_rate_is_told_with_both_rates() -> None:
    before = Program.model_validate(load_template("supermarket"))
    changed = load_template("supermarket")
    changed["earning"][0]["award"]["points"] = 2

    (change,) = diff(before, Program.model_validate(changed)).changes

    assert (change.kind, change.path, change.id) == ("changed", "/earning/0/award", "purchases")
    assert change.words["en"] == (
        "The award of rule 'Your shopping' changes from “1 point per €1.00 of the order” to “2 points per €1.00 of "
        "the order”."
    )


def test_what_is_new_and_what_is_gone_is_grouped() -> None:
    before = Program.model_validate(load_template("cafe"))
    changed = load_template("cafe")
    gone = changed["earning"].pop(3)
    changed["wallets"]["status"] = {"kind": "qualifying"}

    found = diff(before, Program.model_validate(changed))

    assert [(c.section, c.id) for c in found.of("removed")] == [("earning", gone["id"])]
    assert [(c.section, c.path) for c in found.of("added")] == [("wallets", "/wallets/status")]
    assert "+  status:" in found.yaml


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_program_differs_in_nothing_from_itself(template: str) -> None:
    program = Program.model_validate(load_template(template))
    again = Program.model_validate(source.load_yaml(source.dump_yaml(program)))

    assert diff(program, again).changes == []
    assert yaml_diff(program, again) == ""


@pytest.mark.parametrize("one", TEMPLATES)
@pytest.mark.parametrize("other", TEMPLATES)
def test_any_two_programs_can_be_compared(one: str, other: str) -> None:
    before, after = (Program.model_validate(load_template(name)) for name in (one, other))

    found = diff(before, after)

    assert (one == other) == (not found.changes)
    assert all(change.words["es"] and change.words["en"] for change in found.changes)


def test_writing_a_default_out_changes_nothing_for_members() -> None:
    document = a_document()
    written = copy.deepcopy(document)
    written["earning"][0]["award"]["rounding"] = "floor"

    found = diff(Program.model_validate(document), Program.model_validate(written))

    assert found.changes == []
    assert found.yaml


def test_phases_begin_at_midnight_where_the_program_lives() -> None:
    program = Program.model_validate(a_document(phase={"live": "2026-03-01", "spend_only": "2026-06-01"}))

    assert phase_at(program, datetime(2026, 2, 28, 22, 59, tzinfo=UTC)) == "draft"
    assert phase_at(program, datetime(2026, 2, 28, 23, 0, tzinfo=UTC)) == "live"
    assert phase_at(program, datetime(2026, 5, 31, 22, 0, tzinfo=UTC)) == "spend_only"
    assert phase_at(Program.model_validate(a_document()), datetime(2020, 1, 1, tzinfo=UTC)) == "live"


def test_the_schema_in_docs_is_that_of_the_structures() -> None:
    assert schema.FILE.read_text(encoding="utf-8") == schema.text()
