"""Faults of conditions and formulas, read by `rules`. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from puntal.kit.words import Words
from puntal.programs.catalogue import of_event, of_lines, of_segment
from puntal.programs.document.builtin import ORDER_EVENTS
from puntal.programs.document.earning import Award
from puntal.programs.document.program import Program
from puntal.programs.policy.collector import Place
from puntal.rules.catalogue import Catalogue, fields_read
from puntal.rules.dialect import expand
from puntal.rules.errors import FaultyRule
from puntal.rules.formula import compile_formula
from puntal.rules.model import Logic

_SEGMENTS = "member.segments"


class Conditions:
    """Reads every condition of one document against its catalogue."""

    def __init__(self, program: Program, catalogue: Catalogue) -> None:
        self._program = program
        self._catalogue = catalogue

    def of_rule(self, written: Mapping[str, Any] | None, event: str, place: Place) -> None:
        """Collect the faults of a rule's `when`."""
        self._read(written, of_event(self._catalogue, event), place)

    def of_lines(self, written: Mapping[str, Any] | None, place: Place) -> None:
        """Collect the faults of a filter of lines."""
        self._read(written, of_lines(self._catalogue), place, line=True)

    def of_card_lines(self, written: Mapping[str, Any] | None, place: Place) -> None:
        """Collect the faults of what says which lines are gift cards: that can depend on nothing but the line."""
        logic = self._read(written, of_lines(self._catalogue), place, line=True)
        for field in sorted(fields_read(logic)) if logic is not None else []:
            if not field.startswith("line."):
                reason = Words(
                    f"whether a line is a gift card cannot depend on {field}",
                    f"que una línea sea una tarjeta regalo no puede depender de {field}",
                )
                place.fault("only_of_lines", reason, "line.product")

    def of_segments(self, root: Place) -> None:
        """Collect the faults of every segment, and segments that are made of themselves."""
        made_of: dict[str, set[str]] = {}
        for name, segment in self._program.segments.items():
            place = root / "segments" / name / "when"
            logic = self._read(segment.when, of_segment(self._catalogue), place)
            made_of[name] = _segments_in(logic)
            for field in sorted(fields_read(logic)) if logic is not None else []:
                found = self._catalogue.get(field)
                if found.sql is None and found.metric is None:
                    reason = Words(
                        f"members cannot be counted by {field}", f"no se puede contar a los miembros por {field}"
                    )
                    place.fault("not_countable", reason, None)
        for name in made_of:
            if _reaches(name, name, made_of):
                (root / "segments" / name / "when").fault(
                    "circular",
                    Words(f"'{name}' is made of itself", f"'{name}' se define a partir de sí mismo"),
                    Words("write the condition out", "escribe la condición entera"),
                )

    def of_formula(self, award: Award, event: str, place: Place) -> None:
        """Collect the faults of a formula; it needs a fallback, for when a field it reads has no value."""
        if award.fallback is None:
            reason = Words(
                "a formula needs what to give when a value is missing",
                "una fórmula tiene que decir qué dar cuando falta un valor",
            )
            (place / "fallback").fault("missing", reason, "fallback: 0")
        try:
            compile_formula(award.formula, of_event(self._catalogue, event), line=event in ORDER_EVENTS)
        except FaultyRule as refusal:
            (place / "formula").adopt(refusal.faults)

    def _read(
        self, written: Mapping[str, Any] | None, catalogue: Catalogue, place: Place, *, line: bool = False
    ) -> Logic | None:
        if written is None:
            return None
        try:
            logic = expand(written, catalogue, line=line)
        except FaultyRule as refusal:
            place.adopt(refusal.faults)
            return None
        for segment in sorted(_segments_in(logic)):
            place.known(segment, self._program.segments, "segment")
        return logic


def _segments_in(logic: object) -> set[str]:
    """Return the segments a condition asks the member to be in."""
    if isinstance(logic, Mapping):
        pair = logic.get("in")
        if isinstance(pair, Sequence) and len(pair) == 2 and pair[1] == {"var": _SEGMENTS}:  # noqa: PLR2004 - value and list
            return {str(pair[0])}
        return set().union(*(_segments_in(inner) for inner in logic.values()))
    if isinstance(logic, Sequence) and not isinstance(logic, str):
        return set().union(*(_segments_in(inner) for inner in logic))
    return set()


def _reaches(start: str, goal: str, made_of: Mapping[str, set[str]]) -> bool:
    seen: set[str] = set()
    waiting = list(made_of.get(start, ()))
    while waiting:
        name = waiting.pop()
        if name == goal:
            return True
        if name not in seen:
            seen.add(name)
            waiting.extend(made_of.get(name, ()))
    return False
