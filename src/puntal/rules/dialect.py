"""Between what people write and strict JSONLogic: checks every word on the way in, loses nothing on the way out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from puntal.kit.errors import pointer
from puntal.kit.words import Words
from puntal.rules.catalogue import Catalogue
from puntal.rules.errors import Fault, FaultyRule, a_type, fault
from puntal.rules.logic import OF_QUANTIFIER, QUANTIFIERS, Question, read_question, write_question
from puntal.rules.model import LINES, OPERATORS, Field, Json, Logic, Operator, Scope, Type
from puntal.rules.values import Stored, compared_with_nothing, read_value, write_value

MAX_DEPTH = 32
_GROUPS = {"all": "and", "any": "or"}
# A key that is not a field; everything with a dot is one.
_WORDS = ("all", "any", "not", *QUANTIFIERS)
_JSONLOGIC = ("and", "or", "!", "===", "!==", "<", "<=", ">", ">=", "in", "starts_with", "ends_with", "some", "none")
_INSTEAD = {
    "==": "===",
    "!=": "!==",
    "!!": "!==",
    "startsWith": "starts_with",
    "endsWith": "ends_with",
    "contains": "in",
}

Written = object
"""The short form or JSONLogic, as read from JSON or YAML, with Decimal for numbers that have decimals."""


def expand(written: Written, catalogue: Catalogue, *, line: bool = False) -> Logic:
    """Return a condition, in short form or JSONLogic, as checked strict JSONLogic in smallest units.

    Args:
        written: As read from JSON or YAML.
        catalogue: Narrowed with `at` to the scopes that make sense where the condition stands.
        line: The condition is asked of one order line at a time, so `line.*` may be used directly.

    Raises:
        FaultyRule: With every fault, paths relative to the condition.
    """
    reader = _Reader(catalogue)
    logic = reader.condition(written, "", 1, line=line)
    if reader.faults or logic is None:
        raise FaultyRule(reader.faults)
    return logic


def faults_of(written: Written, catalogue: Catalogue, *, line: bool = False) -> list[Fault]:
    """Return every fault of a condition; none means `expand` accepts it."""
    try:
        expand(written, catalogue, line=line)
    except FaultyRule as refusal:
        return refusal.faults
    return []


def contract(logic: Logic, catalogue: Catalogue) -> dict[str, object]:
    """Return the short form of a stored condition; expanding it gives the same condition again."""
    ((operator, raw),) = logic.items()
    if operator in ("and", "or"):
        return _group(operator, _items(raw), catalogue)
    if operator in OF_QUANTIFIER and _is_lines(_items(raw)[0]):
        return {OF_QUANTIFIER[operator]: contract(_node(_items(raw)[1]), catalogue)}
    question = read_question(logic)
    if question is None:
        return {"not": contract(_node(_items(raw)[0]), catalogue)}
    field = catalogue.get(question.field)
    value = _written_operand(question, field)
    if question.operator is Operator.IS and not isinstance(value, Mapping):
        return {field.name: value}
    return {field.name: {question.operator.value: value}}


def to_builder(logic: Logic, catalogue: Catalogue) -> dict[str, object]:
    """Return stored JSONLogic with amounts as people write them, as `expand` reads it."""
    ((operator, raw),) = logic.items()
    items = _items(raw)
    if operator in ("and", "or"):
        return {operator: [to_builder(_node(item), catalogue) for item in items]}
    if operator in OF_QUANTIFIER and _is_lines(items[0]):
        return {operator: [items[0], to_builder(_node(items[1]), catalogue)]}
    question = read_question(logic)
    if question is None:
        return {"!": [to_builder(_node(items[0]), catalogue)]}
    field = catalogue.get(question.field)

    def shown(value: Json) -> object:
        return value if _field_named(value) is not None or value is None else write_value(field, _stored(value))

    operand = question.operand
    if isinstance(operand, Sequence) and not isinstance(operand, str):
        return dict(write_question(question.field, question.operator, [shown(item) for item in operand]))
    if question.operator is Operator.EXISTS:
        return dict(logic)
    return dict(write_question(question.field, question.operator, shown(operand)))


def _group(operator: str, items: Sequence[Json], catalogue: Catalogue) -> dict[str, object]:
    parts = [contract(_node(item), catalogue) for item in items]
    if operator == "or":
        return {"any": parts}
    if len(parts) > 1 and (merged := _several_questions(items, catalogue) or _several_keys(parts)):
        return merged
    return {"all": parts}


def _several_keys(parts: Sequence[Mapping[str, object]]) -> dict[str, object] | None:
    merged = {key: value for part in parts if len(part) == 1 for key, value in part.items()}
    return merged if len(merged) == len(parts) else None


def _several_questions(items: Sequence[Json], catalogue: Catalogue) -> dict[str, object] | None:
    """Write `{field: {over: 1, under: 5}}` when all ask the same field different things."""
    questions = [read_question(_node(item)) for item in items]
    asked = {question.operator.value: question for question in questions if question is not None}
    fields = {question.field for question in asked.values()}
    if len(asked) != len(items) or len(fields) != 1:
        return None
    field = catalogue.get(fields.pop())
    return {field.name: {name: _written_operand(question, field) for name, question in asked.items()}}


def _written_operand(question: Question, field: Field) -> object:
    if question.operator is Operator.EXISTS:
        return question.operand
    operand = question.operand
    if isinstance(operand, Sequence) and not isinstance(operand, str):
        return [write_value(field, _stored(value)) for value in operand]
    other = _field_named(operand)
    return {"field": other} if other is not None else write_value(field, _stored(operand))


class _Reader:
    """Collects the faults of one condition while reading it; lives for one call of `expand`."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.faults: list[Fault] = []

    def condition(  # noqa: PLR0911 - each refusal ends the reading
        self, written: object, path: str, depth: int, *, line: bool
    ) -> Logic | None:
        if depth > MAX_DEPTH:
            reason = Words(
                f"conditions nest at most {MAX_DEPTH} deep",
                f"las condiciones se anidan en {MAX_DEPTH} capas como máximo",
            )
            return self._refuse(path, "too_deep", reason, None)
        if not isinstance(written, Mapping):
            reason = Words("a condition is a mapping", "una condición va de un campo a un valor")
            return self._refuse(path, "not_a_condition", reason, "{member.country: DE}")
        if not written:
            reason = Words("an empty condition says nothing", "una condición vacía no dice nada")
            return self._refuse(path, "empty", reason, Words("leave it out", "quítala"))
        if len(written) == 1 and (operator := str(next(iter(written)))) not in _WORDS and "." not in operator:
            return self._logic(operator, written[operator], path, depth, line=line)
        if len(written) == 1 and "all" in written and self._is_quantifier(written["all"]):
            return self._logic("all", written["all"], path, depth, line=line)
        parts = [
            self._entry(str(key), value, f"{path}{pointer(str(key))}", depth, line=line)
            for key, value in written.items()
        ]
        read = [part for part in parts if part is not None]
        if len(read) < len(parts):
            return None
        return read[0] if len(read) == 1 else {"and": read}

    def _entry(  # noqa: PLR0911 - one return per kind of key
        self, key: str, value: object, path: str, depth: int, *, line: bool
    ) -> Logic | None:
        if key in _GROUPS:
            return self._members(_GROUPS[key], value, path, depth, line=line)
        if key == "not":
            inner = self.condition(value, path, depth + 1, line=line)
            return None if inner is None else {"!": [inner]}
        if key in QUANTIFIERS:
            return self._lines(QUANTIFIERS[key], value, path, depth, line=line)
        field = self._field(key, path, line=line)
        if field is None:
            return None
        if not isinstance(value, Mapping):
            if isinstance(value, list):
                return self._question(field, "in", value, path, line=line)
            return self._question(field, "is", value, path, line=line)
        if not value:
            reason = Words(f"{key} is asked nothing", f"a {key} no se le pregunta nada")
            return self._refuse(path, "empty", reason, f"{{{key}: {{exists: true}}}}")
        parts = [
            self._question(field, str(name), operand, f"{path}{pointer(str(name))}", line=line)
            for name, operand in value.items()
        ]
        read = [part for part in parts if part is not None]
        if len(read) < len(parts):
            return None
        return read[0] if len(read) == 1 else {"and": read}

    def _members(self, operator: str, value: object, path: str, depth: int, *, line: bool) -> Logic | None:
        if not isinstance(value, list) or not value:
            reason = Words("a group is a list of at least one condition", "un grupo es una lista con alguna condición")
            return self._refuse(path, "empty_group", reason, None)
        parts = [self.condition(item, f"{path}/{index}", depth + 1, line=line) for index, item in enumerate(value)]
        read = [part for part in parts if part is not None]
        return {operator: read} if len(read) == len(parts) else None

    def _lines(self, operator: str, value: object, path: str, depth: int, *, line: bool) -> Logic | None:
        if line:
            reason = Words("this is already asked of one line", "esto ya se le pregunta a una sola línea")
            return self._refuse(path, "nested_lines", reason, None)
        if Scope.LINE not in self.catalogue.scopes:
            reason = Words("there are no order lines here", "aquí no hay líneas de pedido")
            return self._refuse(path, "scope", reason, None)
        inner = self.condition(value, path, depth + 1, line=True)
        return None if inner is None else {operator: [{"var": LINES}, inner]}

    def _field(self, name: str, path: str, *, line: bool) -> Field | None:
        found = self.catalogue.find(name, path=path)
        if isinstance(found, Fault):
            self.faults.append(found)
            return None
        if found.scope is Scope.LINE and not line:
            reason = Words(f"{name} is asked of one line", f"por {name} se le pregunta a una línea")
            self._refuse(path, "line_field", reason, f"{{some_line: {{{name}: ...}}}}")
            return None
        return found

    def _question(self, field: Field, name: str, operand: object, path: str, *, line: bool) -> Logic | None:
        allowed = OPERATORS[field.type]
        if name not in allowed:
            known = name in tuple(Operator)
            a = a_type(field.type)
            reason = Words(
                f"{field.name} is {a.en} and cannot be asked {name}", f"{field.name} es {a.es} y no admite {name}"
            )
            shown = ", ".join(operator.value for operator in allowed)
            code = "operator_for_type" if known else "unknown_operator"
            return self._refuse(path, code, reason, shown)
        operator = Operator(name)
        if operator is Operator.EXISTS:
            if not isinstance(operand, bool):
                return self._refuse(
                    path, "wrong_type", Words("exists is true or false", "exists es true o false"), "true"
                )
            return write_question(field.name, operator, operand)
        if operator in (Operator.IN, Operator.NOT_IN, Operator.BETWEEN):
            values = self._values(field, operator, operand, path)
            return None if values is None else write_question(field.name, operator, values)
        other = operand.get("field") if isinstance(operand, Mapping) and len(operand) == 1 else None
        if isinstance(other, str):
            return self._against_field(field, operator, other, f"{path}/field", line=line)
        value = self._value(field, operand, path)
        return None if value is None else write_question(field.name, operator, value)

    def _values(self, field: Field, operator: Operator, operand: object, path: str) -> list[Stored] | None:
        if not isinstance(operand, list) or not operand:
            reason = Words(f"{operator.value} takes a list of values", f"{operator.value} lleva una lista de valores")
            self._refuse(path, "wrong_type", reason, None)
            return None
        if operator is Operator.BETWEEN and len(operand) != 2:  # noqa: PLR2004 - two ends
            reason = Words(
                "between takes the lowest and the highest value", "between lleva el valor más bajo y el más alto"
            )
            self._refuse(path, "wrong_type", reason, None)
            return None
        values = [self._value(field, value, f"{path}/{index}") for index, value in enumerate(operand)]
        read = [value for value in values if value is not None]
        if len(read) < len(values):
            return None
        if operator is Operator.BETWEEN and _is_above(read[0], read[1]):
            self._refuse(
                path, "empty_range", Words("the lowest value comes first", "primero va el valor más bajo"), None
            )
            return None
        return read

    def _value(self, field: Field, written: object, path: str) -> Stored | None:
        if written is None:
            self._refuse(path, "wrong_type", compared_with_nothing(field), "exists: false")
            return None
        value = read_value(field, written, path)
        if isinstance(value, Fault):
            self.faults.append(value)
            return None
        return value

    def _against_field(self, field: Field, operator: Operator, name: str, path: str, *, line: bool) -> Logic | None:
        other = self._field(name, path, line=line)
        if other is None:
            return None
        if operator in (Operator.STARTS_WITH, Operator.ENDS_WITH, Operator.CONTAINS):
            reason = Words(
                f"{operator.value} takes a value, not a field", f"{operator.value} lleva un valor, no un campo"
            )
            return self._refuse(path, "wrong_type", reason, None)
        texts = {Type.TEXT, Type.CHOICE}
        same = field.type == other.type or {field.type, other.type} <= texts
        if not same or field.currency != other.currency or field.scale != other.scale:
            one, two = a_type(field.type), a_type(other.type)
            reason = Words(
                f"{field.name} is {one.en} and {name} is {two.en}", f"{field.name} es {one.es} y {name} es {two.es}"
            )
            return self._refuse(path, "wrong_type", reason, None)
        return write_question(field.name, operator, {"var": name})

    def _logic(  # noqa: PLR0911 - one return per kind of operator
        self, operator: str, raw: object, path: str, depth: int, *, line: bool
    ) -> Logic | None:
        at = f"{path}{pointer(operator)}"
        if operator not in (*_JSONLOGIC, "all"):
            nearest: str | Words | None = _INSTEAD.get(operator)
            if nearest is None and isinstance(found := self.catalogue.find(operator), Fault):
                nearest = found.suggestion
            reason = Words(
                f"{operator} is neither a field nor an operator", f"{operator} no es ni un campo ni un operador"
            )
            return self._refuse(at, "unknown_operator", reason, nearest)
        items = raw if isinstance(raw, list) else [raw]
        if operator in ("and", "or"):
            return self._members(operator, items, at, depth, line=line)
        if operator == "!" and len(items) == 1:
            inner = self.condition(items[0], f"{at}/0" if items is raw else at, depth + 1, line=line)
            return None if inner is None else {"!": [inner]}
        if operator in OF_QUANTIFIER and len(items) == 2:  # noqa: PLR2004 - the lines and the condition
            if not _is_lines(items[0]):
                reason = Words(f"{operator} is asked of lines", f"con {operator} se les pregunta a las líneas")
                return self._refuse(f"{at}/0", "wrong_type", reason, '{"var": "lines"}')
            return self._lines(operator, items[1], f"{at}/1", depth, line=line)
        question = read_question({operator: items})
        if question is None:
            reason = Words(f"{operator} compares a field with a value", f"{operator} compara un campo con un valor")
            return self._refuse(at, "shape", reason, f'{{"{operator}": [{{"var": "field"}}, ...]}}')
        field = self._field(question.field, at, line=line)
        if field is None:
            return None
        operand: object = question.operand
        if (other := _field_named(operand)) is not None:
            operand = {"field": other}
        return self._question(field, question.operator.value, operand, at, line=line)

    def _is_quantifier(self, value: object) -> bool:
        return isinstance(value, list) and len(value) > 0 and _is_lines(value[0])

    def _refuse(self, path: str, code: str, reason: Words, suggestion: str | Words | None) -> Logic | None:
        self.faults.append(fault(path, code, reason, suggestion))
        return None


def _is_above(low: Stored, high: Stored) -> bool:
    if isinstance(low, str) and isinstance(high, str):
        return low > high
    return isinstance(low, int) and isinstance(high, int) and low > high


def _is_lines(node: object) -> bool:
    return isinstance(node, Mapping) and dict(node) == {"var": LINES}


def _field_named(value: object) -> str | None:
    name = value.get("var") if isinstance(value, Mapping) and len(value) == 1 else None
    return name if isinstance(name, str) else None


def _items(raw: Json) -> Sequence[Json]:
    assert isinstance(raw, Sequence)
    assert not isinstance(raw, str)
    return raw


def _node(item: Json) -> Logic:
    assert isinstance(item, Mapping)
    return item


def _stored(value: object) -> Stored:
    assert isinstance(value, (bool, int, str))
    return value
