from __future__ import annotations

import pickle
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from puntal.kit import problem
from puntal.kit.errors import Conflict, Fault, Faulty, Refusal, TooMany, pointer


class Short(Conflict):
    code = "points.short"
    messages: ClassVar[dict[str, str]] = {"en": "{by} points short", "es": "Faltan {by} puntos"}


@pytest.mark.parametrize(
    ("locale", "title"),
    [("en", "3 points short"), ("es", "Faltan 3 puntos"), ("es-MX", "Faltan 3 puntos"), ("de", "3 points short")],
)
def test_a_refusal_has_a_sentence_for_every_reader(locale: str, title: str) -> None:
    assert Short(by=3).title(locale) == title


def test_a_refusal_survives_a_trip_to_another_process() -> None:
    short = pickle.loads(pickle.dumps(Short(by=3)))
    faulty = pickle.loads(pickle.dumps(Faulty([Fault(path="/a", code="c", reason="r")])))

    assert (type(short), short.numbers, str(short)) == (Short, {"by": 3}, "3 points short")
    assert [fault.path for fault in faulty.faults] == ["/a"]


def all_refusals(kind: type[Refusal] = Refusal) -> list[type[Refusal]]:
    return [kind, *(each for below in kind.__subclasses__() for each in all_refusals(below))]


def test_every_refusal_has_both_languages_and_a_code_of_its_own() -> None:
    ours = [kind for kind in all_refusals() if kind.__module__.startswith("puntal.")]

    assert [kind for kind in ours if not {"en", "es"} <= set(kind.messages)] == []
    assert len({kind.code for kind in ours}) == len(ours)


def test_a_number_cannot_pose_as_the_status() -> None:
    said = problem.of_refusal(TooMany(status=200, type="x"), "en")

    assert (said["status"], said["type"]) == (429, "request.too_many")


def test_pointers_escape_what_would_split_them() -> None:
    assert pointer("a/b", 0, "c~d") == "/a~1b/0/c~0d"
    assert pointer() == ""


@given(header=st.text(max_size=200))
def test_any_accept_language_yields_one_of_our_languages(header: str) -> None:
    assert problem.locale_of(header, "en") in problem.LOCALES
