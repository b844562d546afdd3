# ruff: noqa: ANN401 - a document is read before its types are known
"""Faults of shape: what the structures refuse, told in plain words with the nearest known key. Pure.

A value that may be written in several forms fails each of them. Only the faults of the form that was meant are
told: the one whose shape fits what was written.
"""

from __future__ import annotations

import difflib
import types
import typing
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Literal, Union, cast, get_args, get_origin

from pydantic import BaseModel, RootModel, ValidationError

from puntal.kit.errors import Fault, pointer
from puntal.kit.words import Words
from puntal.programs.document import values
from puntal.programs.document.program import Program
from puntal.programs.policy.phrases import (
    FORMS,
    LIST,
    MAPPING,
    NO_PATTERN,
    NOT_VALID,
    NOTHING,
    PATTERNS,
    PLAIN_TYPES,
    RANGES,
    REFUSED,
    WRONG_SHAPE,
    both_said,
    did_you_mean,
)

Step = str | int


def _patterns_by_regex() -> dict[str, str]:
    """Return the name of each pattern by its regular expression, read from the structures themselves."""
    named: dict[str, Any] = {
        "identifier": values.Identifier,
        "event": values.EventName,
        "locale": values.Locale,
        "currency": values.Currency,
        "country": values.Country,
        "domain": values.Domain,
        "money": values.MoneyText.model_fields["root"],
        "percent": values.Percent.model_fields["root"],
        "span": values.Span.model_fields["root"],
    }
    found: dict[str, str] = {}
    for name, holder in named.items():
        metadata = holder.metadata if hasattr(holder, "metadata") else get_args(holder)[1:]
        for constraint in _flat_metadata(metadata):
            regex = getattr(constraint, "pattern", None)
            if regex is not None:
                found[str(regex)] = name
    return found


def _flat_metadata(metadata: Iterable[Any]) -> Iterable[Any]:
    for item in metadata:
        yield item
        if hasattr(item, "__iter__") and not isinstance(item, (str, bytes)):
            yield from item


_PATTERN_NAMES = _patterns_by_regex()
_HOURS_START = r"^([01]\d"


@dataclass(frozen=True, slots=True)
class _Problem:
    """One complaint of the validator, its location split into data steps and the forms tried on the way."""

    steps: tuple[Step, ...]
    forms: tuple[tuple[int, str], ...]
    kind: str
    context: Mapping[str, Any]
    message: str
    value: Any


def parse(data: Mapping[str, Any]) -> tuple[Program | None, list[Fault]]:
    """Return the program, or every fault of its shape."""
    try:
        return Program.model_validate(data), []
    except ValidationError as error:
        problems = [_problem(dict(detail), data) for detail in error.errors(include_url=False)]
        faults = [_fault(problem, data) for problem in _meant(problems, data)]
        return None, list(dict.fromkeys(faults))


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word most like this one; None when nothing is."""
    found = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return found[0] if found else None


def _problem(detail: Mapping[str, Any], data: Any) -> _Problem:
    steps: list[Step] = []
    forms: list[tuple[int, str]] = []
    value: Any = data
    location: Sequence[Step] = detail["loc"]
    last = len(location) - 1
    for index, step in enumerate(location):
        if step == "[key]":
            value = steps[-1]
            continue
        if (isinstance(value, Mapping) and step in value) or (
            isinstance(value, (list, tuple)) and isinstance(step, int) and step < len(value)
        ):
            value = cast("Any", value)[step]
            steps.append(step)
        elif index == last and detail["type"] == "missing":
            steps.append(step)
        else:
            forms.append((len(steps), str(step)))
    return _Problem(tuple(steps), tuple(forms), detail["type"], detail.get("ctx", {}), detail["msg"], value)


def _meant(problems: list[_Problem], data: Any) -> list[_Problem]:
    """Keep, wherever several forms were tried on one value, only the form that was meant."""
    kept = problems
    for position in sorted({problem.steps[:depth] for problem in problems for depth, _ in problem.forms}, key=len):
        tried: dict[str, list[_Problem]] = {}
        for problem in kept:
            form = _form_at(problem, position)
            if form is not None:
                tried.setdefault(form, []).append(problem)
        if len(tried) < 2:  # noqa: PLR2004 - one form is no choice
            continue
        fitting = {form: found for form, found in tried.items() if not any(_unfit(p, position) for p in found)}
        if fitting:
            chosen = min(fitting, key=lambda form: (_unknown_keys(fitting[form]), len(fitting[form])))
            kept = [p for p in kept if _form_at(p, position) in {None, chosen}]
        else:
            first = next(p for p in kept if _form_at(p, position) is not None)
            merged = _Problem(position, (), "no_form", {"forms": list(tried)}, "", _at(data, position))
            kept = [merged if p is first else p for p in kept if p is first or _form_at(p, position) is None]
    return kept


def _form_at(problem: _Problem, position: tuple[Step, ...]) -> str | None:
    depth = len(position)
    if problem.steps[:depth] != position:
        return None
    return next((form for at, form in problem.forms if at == depth), None)


def _unfit(problem: _Problem, position: tuple[Step, ...]) -> bool:
    return problem.steps == position and problem.kind in WRONG_SHAPE


def _unknown_keys(problems: list[_Problem]) -> int:
    return sum(problem.kind in {"extra_forbidden", "missing"} for problem in problems)


def _at(data: Any, steps: Iterable[Step]) -> Any:
    for step in steps:
        data = data[step]
    return data


def _fault(problem: _Problem, data: Any) -> Fault:  # noqa: PLR0911 - one return per kind of fault
    path = pointer(*problem.steps)
    candidates = _types_at(problem.steps)
    kind, context = problem.kind, problem.context
    if kind == "missing":
        name = str(problem.steps[-1])
        written = _at(data, problem.steps[:-1])
        close = nearest(name, written) if isinstance(written, Mapping) else None
        hint = (
            Words(f"rename '{close}' to '{name}'", f"cambia '{close}' por '{name}'")
            if close
            else Words(f"add '{name}'", f"añade '{name}'")
        )
        return _of("missing", path, Words(f"'{name}' is required here", f"aquí hace falta '{name}'"), hint)
    if kind == "extra_forbidden":
        name = str(problem.steps[-1])
        known = _keys(_types_at(problem.steps[:-1]))
        reason = Words(f"there is no '{name}' here", f"aquí no hay ningún '{name}'")
        return _of("unknown_key", path, reason, _instead(name, known, Words("known here: ", "aquí se admiten: ")))
    if kind == "literal_error" or (kind == "no_form" and _choices(candidates) and isinstance(problem.value, str)):
        hint = _instead(str(problem.value), _choices(candidates), Words("one of: ", "uno de: "))
        reason = both_said("{} is not a choice here", "{} no es una opción aquí", _shown(problem.value))
        return _of("unknown_choice", path, reason, hint)
    if _accepts(candidates, values.MoneyText) and _is_number(problem.value):
        reason = Words(
            "money is written with its currency; a bare number could be cents or euros",
            "el dinero se escribe con su moneda; un número suelto podría ser céntimos o euros",
        )
        return _of("bare_number", path, reason, f'"{problem.value} {_currency(data)}"')
    if kind == "string_pattern_mismatch":
        return _pattern_fault(path, str(context.get("pattern", "")), problem.value)
    if kind in RANGES:
        return _of("out_of_range", path, _range(kind, context))
    if kind in {"too_short", "too_long", "string_too_long", "string_too_short"}:
        least, most = context.get("min_length"), context.get("max_length")
        reason = (
            Words(f"at least {least} belongs here", f"aquí hace falta al menos {least}")
            if least
            else Words(f"at most {most} fit here", f"aquí caben como máximo {most}")
        )
        return _of("wrong_length", path, reason)
    if kind == "no_form":
        return _no_form(path, candidates, problem.value)
    if kind in PLAIN_TYPES:
        return _of("wrong_type", path, both_said("{}, not {}", "{}, no {}", PLAIN_TYPES[kind], _shown(problem.value)))
    message = problem.message.removeprefix("Value error, ")
    return _of("wrong_value", path, Words(message, REFUSED.get(message, NOT_VALID)))


def _of(code: str, path: str, reason: Words, suggestion: str | Words | None = None) -> Fault:
    return Fault(path=path, code=f"programs.{code}", reason=reason, suggestion=suggestion)


def _instead(word: str, known: Sequence[str], among: Words) -> Words:
    close = nearest(word, known)
    return did_you_mean(f"'{close}'") if close else both_said("{}{}", "{}{}", among, ", ".join(known))


def _pattern_fault(path: str, regex: str, value: Any) -> Fault:
    name = _PATTERN_NAMES.get(regex, "hours" if regex.startswith(_HOURS_START) else "")
    code, reason, example = PATTERNS.get(name, (*NO_PATTERN, ""))
    shown = both_said("{}; {} is not", "{}; {} no es así", reason, _shown(value)) if name else reason
    hint = Words(f"for example '{example}'", f"por ejemplo '{example}'") if example else None
    return Fault(path=path, code=code, reason=shown, suggestion=_corrected(name, value) or hint)


def _corrected(name: str, value: Any) -> str | None:
    text = str(value)
    if name in {"identifier", "event"}:
        allowed = "." if name == "event" else ""
        fixed = "".join(c if c.isascii() and (c.isalnum() or c in allowed) else "_" for c in text.lower()).strip("_")
        if fixed and fixed[0].isalpha() and fixed != text:
            return f"'{fixed}'"
    if (name, len(text)) in {("currency", 3), ("country", 2)} and text.isalpha():
        return f"'{text.upper()}'"
    return None


def _no_form(path: str, candidates: frozenset[Any], value: Any) -> Fault:
    forms = sorted({form for form in map(_form_in_words, candidates) if form is not None})
    hint = Words("write " + " or ".join(form.en for form in forms), "escribe " + " o ".join(form.es for form in forms))
    reason = both_said("{} is not understood here", "{} no se entiende aquí", _shown(value))
    return _of("wrong_type", path, reason, hint if forms else None)


def _form_in_words(candidate: Any) -> Words | None:
    if candidate in FORMS:
        return FORMS[candidate]
    if get_origin(candidate) is Literal:
        choices = ", ".join(f"'{choice}'" for choice in get_args(candidate))
        return Words(choices, choices)
    if isinstance(candidate, type) and issubclass(candidate, BaseModel):
        return both_said("{} with {}", "{} con {}", MAPPING, ", ".join(_keys(frozenset({candidate}))))
    if get_origin(candidate) in {tuple, list}:
        return LIST
    return MAPPING if get_origin(candidate) is dict else None


def _range(kind: str, context: Mapping[str, Any]) -> Words:
    key, phrase = RANGES[kind]
    return both_said("the number must be {} {}", "el número debe ser {} {}", phrase, str(context.get(key)))


def _types_at(steps: Sequence[Step]) -> frozenset[Any]:
    """Return the types a value may have at a place of the document."""
    candidates = frozenset({Program})
    for step in steps:
        following: set[Any] = set()
        for candidate in candidates:
            following |= _inner(candidate, step)
        candidates = frozenset(following)
    return candidates


def _inner(candidate: Any, step: Step) -> frozenset[Any]:
    if isinstance(candidate, type) and issubclass(candidate, BaseModel):
        return next(
            (
                _expanded(field.annotation)
                for name, field in candidate.model_fields.items()
                if (field.alias or name) == step
            ),
            frozenset(),
        )
    origin, arguments = get_origin(candidate), get_args(candidate)
    if origin is dict and len(arguments) == 2:  # noqa: PLR2004 - key and value
        return _expanded(arguments[1])
    if origin in {tuple, list} and isinstance(step, int):
        return _expanded(arguments[0])
    return frozenset()


def _expanded(annotation: Any) -> frozenset[Any]:
    origin = get_origin(annotation)
    if origin in {Union, types.UnionType}:
        return frozenset().union(*(_expanded(inner) for inner in get_args(annotation)))
    if origin is Annotated:
        return _expanded(get_args(annotation)[0])
    return frozenset() if annotation is type(None) else frozenset({annotation})


def _keys(candidates: frozenset[Any]) -> list[str]:
    return sorted(
        {
            field.alias or name
            for candidate in candidates
            if isinstance(candidate, type) and issubclass(candidate, BaseModel) and not issubclass(candidate, RootModel)
            for name, field in candidate.model_fields.items()
        }
    )


def _choices(candidates: frozenset[Any]) -> list[str]:
    return [
        str(choice)
        for candidate in candidates
        if get_origin(candidate) is typing.Literal
        for choice in get_args(candidate)
    ]


def _accepts(candidates: frozenset[Any], wanted: Any) -> bool:
    return wanted in candidates


def _is_number(value: Any) -> bool:
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return True
    return isinstance(value, str) and value.replace(".", "", 1).isdigit()


def _currency(data: Any) -> str:
    currency = data.get("currency") if isinstance(data, Mapping) else None
    return currency.upper() if isinstance(currency, str) else "EUR"


def _shown(value: Any) -> str | Words:
    if isinstance(value, str):
        return f"'{value[:60]}'"
    if isinstance(value, Mapping):
        return MAPPING
    if isinstance(value, (list, tuple)):
        return LIST
    if value is None:
        return NOTHING
    return str(value).lower() if isinstance(value, bool) else str(value)
