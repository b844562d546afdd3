"""Exact formulas: a closed subset of JSONLogic run on fractions, because the JSONLogic engine counts in floats.

Formulas speak the units people write: 19.99 EUR is 19.99 and 1.5 points are 1.5, whatever the smallest unit is.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import ClassVar

from puntal.kit.errors import Fault, pointer
from puntal.kit.words import Words
from puntal.rules.catalogue import Catalogue
from puntal.rules.errors import FaultyRule, a_type, fault
from puntal.rules.model import Facts, Field, Scope, Type
from puntal.rules.values import read_value

MAX_DEPTH = 32
MAX_NODES = 500
_NUMERIC = (Type.NUMBER, Type.MONEY)
# Few digits, because a number is multiplied as often as a formula is long.
_CONSTANT = re.compile(r"-?\d{1,18}(?:\.\d{1,12})?")
_MONEY = re.compile(r"(-?\d{1,18}(?:\.\d{1,12})?) ?([A-Z]{3})")
_PAIR = 2
_TOO_DEEP = Words(
    f"formulas nest at most {MAX_DEPTH} deep in {MAX_NODES} parts",
    f"las fórmulas se anidan en {MAX_DEPTH} capas y tienen {MAX_NODES} partes como máximo",
)

Amount = Callable[[Facts], Fraction]
Test = Callable[[Facts], bool]
_COMPARE: Mapping[str, Callable[[Fraction, Fraction], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "===": operator.eq,
    "!==": operator.ne,
}


class _UnknownError(Exception):
    """A field has no value here, or a division is by zero."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A compiled formula; may be shared between threads.

    Attributes:
        reads: The fields it needs, for the loader of facts.
    """

    reads: frozenset[str]
    run: Amount

    def value(self, facts: Facts) -> Fraction | None:
        """Return the exact value; None, when a field it came to is missing or it divided by zero.

        The caller then uses the formula's mandatory fallback. A branch of `if` that is not taken needs no fields.
        """
        try:
            return self.run(facts)
        except _UnknownError:
            return None


def compile_formula(node: object, catalogue: Catalogue, *, line: bool = False) -> Formula:
    """Return the formula ready to run.

    Written like JSONLogic: `{"*": [{"var": "order.net"}, "0.29"]}` with `+ - * / min max if`, comparisons, `and`,
    `or`, `!`; constants are integers, decimals, or texts such as `"0.29"` and `"5.00 EUR"`.

    Args:
        node: As read from JSON or YAML.
        catalogue: Narrowed with `at` to the scopes that make sense where the formula stands.
        line: `line.*` may be used; the caller then adds the line's facts under their full names.

    Raises:
        FaultyRule: With every fault, paths relative to the formula.
    """
    reader = _Reader(catalogue, line=line)
    run = reader.amount(node, "", 1)
    if reader.faults or run is None:
        raise FaultyRule(reader.faults)
    return Formula(frozenset(reader.reads), run)


class _Reader:
    """Collects the faults and the fields of one formula while turning it into functions."""

    _ARITHMETIC: ClassVar[Mapping[str, Callable[[Sequence[Fraction]], Fraction]]] = {
        "+": lambda values: sum(values, Fraction(0)),
        "-": lambda values: -values[0] if len(values) == 1 else values[0] - values[1],
        "*": lambda values: math.prod(values, start=Fraction(1)),
        "/": lambda values: _quotient(*values),
        "min": min,
        "max": max,
    }
    _COUNTS: ClassVar[Mapping[str, tuple[int, int]]] = {"-": (1, 2), "/": (2, 2)}

    def __init__(self, catalogue: Catalogue, *, line: bool) -> None:
        self.catalogue = catalogue
        self.line = line
        self.faults: list[Fault] = []
        self.reads: set[str] = set()
        self.nodes = 0

    def amount(  # noqa: PLR0911 - each refusal ends the reading
        self, node: object, path: str, depth: int
    ) -> Amount | None:
        self.nodes += 1
        if depth > MAX_DEPTH or self.nodes > MAX_NODES:
            self._refuse(path, "too_deep", _TOO_DEEP)
            return None
        if not isinstance(node, Mapping):
            return self._constant(node, path)
        if len(node) != 1:
            reason = Words("a step of a formula has one operator", "un paso de una fórmula tiene un solo operador")
            self._refuse(path, "shape", reason, '{"+": [1, 2]}')
            return None
        ((name, raw),) = node.items()
        if name == "var":
            return self._variable(raw, path)
        items = raw if isinstance(raw, list) else [raw]
        here = f"{path}{pointer(str(name))}"
        if name == "if":
            return self._choice(items, here, depth)
        if name not in self._ARITHMETIC:
            reason = Words(f"a formula has no {name}", f"las fórmulas no conocen {name}")
            self._refuse(here, "unknown_operator", reason, ", ".join((*self._ARITHMETIC, "if")))
            return None
        lowest, highest = self._COUNTS.get(name, (1, MAX_NODES))
        if not lowest <= len(items) <= highest:
            values = "valor" if len(items) == 1 else "valores"
            reason = Words(f"{name} does not take {len(items)} values", f"{name} no admite {len(items)} {values}")
            self._refuse(here, "shape", reason)
            return None
        parts = [self.amount(item, f"{here}/{index}", depth + 1) for index, item in enumerate(items)]
        known = [part for part in parts if part is not None]
        if len(known) < len(parts):
            return None
        combine = self._ARITHMETIC[name]
        return lambda facts: combine([part(facts) for part in known])

    def test(self, node: object, path: str, depth: int) -> Test | None:
        self.nodes += 1
        if depth > MAX_DEPTH or self.nodes > MAX_NODES:
            self._refuse(path, "too_deep", _TOO_DEEP)
            return None
        if not isinstance(node, Mapping) or len(node) != 1:
            reason = Words("the first part of if is a comparison", "la primera parte de if es una comparación")
            self._refuse(path, "shape", reason, '{">": [..., 0]}')
            return None
        ((name, raw),) = node.items()
        items = raw if isinstance(raw, list) else [raw]
        here = f"{path}{pointer(str(name))}"
        if name in ("and", "or", "!"):
            return self._group(str(name), items, here, depth)
        if name not in _COMPARE or len(items) != _PAIR:
            reason = Words(f"{name} compares nothing", f"{name} no compara nada")
            self._refuse(here, "unknown_operator", reason, ", ".join((*_COMPARE, "and", "or", "!")))
            return None
        return self._comparison(str(name), items, here, depth)

    def _group(self, name: str, items: list[object], path: str, depth: int) -> Test | None:
        if not items or (name == "!" and len(items) != 1):
            reason = Words(
                f"{name} does not take {len(items)} comparisons", f"{name} no admite {len(items)} comparaciones"
            )
            self._refuse(path, "shape", reason)
            return None
        parts = [self.test(item, f"{path}/{index}", depth + 1) for index, item in enumerate(items)]
        known = [part for part in parts if part is not None]
        if len(known) < len(parts):
            return None
        if name == "!":
            inner = known[0]
            return lambda facts: not inner(facts)
        decide = all if name == "and" else any
        return lambda facts: decide(part(facts) for part in known)

    def _comparison(self, name: str, items: list[object], path: str, depth: int) -> Test | None:
        field = self._field_of(items[0])
        if field is not None and field.type not in _NUMERIC:
            return self._word(name, field, items[1], path)
        if field is not None and field.type is Type.MONEY and isinstance(items[1], (int, Decimal)):
            refused = read_value(field, items[1], f"{path}/1")
            if isinstance(refused, Fault):
                self.faults.append(refused)
                return None
        left, right = (self.amount(item, f"{path}/{index}", depth + 1) for index, item in enumerate(items))
        if left is None or right is None:
            return None
        compare = _COMPARE[name]

        def test(facts: Facts) -> bool:
            try:
                return compare(left(facts), right(facts))
            except _UnknownError:
                # As in conditions: the unknown is equal to nothing and different from everything.
                return name == "!=="

        return test

    def _word(self, name: str, field: Field, written: object, path: str) -> Test | None:
        """Compare a text, choice, date or flag with a constant."""
        if name not in ("===", "!=="):
            a = a_type(field.type)
            reason = Words(f"{field.name} is {a.en}", f"{field.name} es {a.es}")
            self._refuse(path, "operator_for_type", reason, "===, !==")
            return None
        found = self._variable_field(field.name, f"{path}/0")
        value = read_value(field, written, f"{path}/1")
        if isinstance(value, Fault):
            self.faults.append(value)
            return None
        if found is None:
            return None
        equal, key = name == "===", field.name
        return lambda facts: (facts.get(key) == value) is equal

    def _choice(self, items: list[object], path: str, depth: int) -> Amount | None:
        if len(items) < _PAIR + 1 or len(items) % 2 == 0:
            reason = Words(
                "if takes comparisons with values and a last value otherwise",
                "if lleva comparaciones con sus valores y, al final, un valor para los demás casos",
            )
            self._refuse(path, "shape", reason)
            return None
        arms: list[tuple[Test, Amount]] = []
        for index in range(0, len(items) - 1, 2):
            test = self.test(items[index], f"{path}/{index}", depth + 1)
            then = self.amount(items[index + 1], f"{path}/{index + 1}", depth + 1)
            if test is not None and then is not None:
                arms.append((test, then))
        otherwise = self.amount(items[-1], f"{path}/{len(items) - 1}", depth + 1)
        if otherwise is None:
            return None

        def choose(facts: Facts) -> Fraction:
            for test, then in arms:
                if test(facts):
                    return then(facts)
            return otherwise(facts)

        return choose

    def _constant(self, node: object, path: str) -> Amount | None:
        text = str(node) if isinstance(node, (int, Decimal, str)) and not isinstance(node, bool) else ""
        money = _MONEY.fullmatch(text)
        if money is not None and money[2] != self.catalogue.currency:
            self._refuse(
                path,
                "currency",
                Words(
                    f"this program counts in {self.catalogue.currency}, not {money[2]}",
                    f"este programa cuenta en {self.catalogue.currency}, no en {money[2]}",
                ),
                f"{money[1]} {self.catalogue.currency}",
            )
            return None
        number = money[1] if money is not None else text
        if _CONSTANT.fullmatch(number) is None:
            self._refuse(path, "wrong_type", Words("a constant is a number", "una constante es un número"), '"0.29"')
            return None
        value = Fraction(number)
        return lambda _facts: value

    def _variable(self, raw: object, path: str) -> Amount | None:
        field = self._variable_field(raw, path)
        if field is None:
            return None
        if field.type not in _NUMERIC:
            a = a_type(field.type)
            reason = Words(f"{field.name} is {a.en}, not a number", f"{field.name} es {a.es}, no un número")
            self._refuse(path, "wrong_type", reason)
            return None
        name, unit = field.name, 10**field.scale

        def read(facts: Facts) -> Fraction:
            value = facts.get(name)
            if not isinstance(value, int):
                raise _UnknownError
            return Fraction(value, unit)

        return read

    def _variable_field(self, raw: object, path: str) -> Field | None:
        found = self.catalogue.find(str(raw), path=path)
        if isinstance(found, Fault):
            self.faults.append(found)
            return None
        if found.scope is Scope.LINE and not self.line:
            reason = Words(
                f"{found.name} is known of one line, not of an order",
                f"{found.name} se conoce de una línea, no de un pedido",
            )
            self._refuse(path, "line_field", reason)
            return None
        self.reads.add(found.name)
        return found

    def _field_of(self, node: object) -> Field | None:
        name = node.get("var") if isinstance(node, Mapping) and len(node) == 1 else None
        found = self.catalogue.find(name) if isinstance(name, str) else None
        return found if isinstance(found, Field) else None

    def _refuse(self, path: str, code: str, reason: Words, suggestion: str | Words | None = None) -> None:
        self.faults.append(fault(path, code, reason, suggestion))


def _quotient(dividend: Fraction, divisor: Fraction) -> Fraction:
    if divisor == 0:
        raise _UnknownError
    return dividend / divisor
