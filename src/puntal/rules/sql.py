"""Conditions over sets of members: JSONLogic to boolean SQL.

The text stands after `WHERE` in a statement over `member m LEFT JOIN holder h ON h.program_id = m.program_id AND
h.id = m.id`. It is two-valued like the evaluator: comparisons are plain, so NULL is no match, `is_not` is `IS
DISTINCT FROM`, negation is `IS NOT TRUE`; `coalesce` around a comparison would keep indexes from being used.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo

from puntal.kit.words import Words
from puntal.rules.catalogue import Catalogue
from puntal.rules.derived import month_day
from puntal.rules.errors import Fault, FaultyRule, fault
from puntal.rules.logic import Question, read_question
from puntal.rules.model import Field, Json, Logic, Operator, Scope, Type
from puntal.rules.windows import window_bounds

Parameter = int | str | bool | date | list[int] | list[str]
_COMPARE = {
    Operator.IS: "=",
    Operator.IS_NOT: "IS DISTINCT FROM",
    Operator.OVER: ">",
    Operator.AT_LEAST: ">=",
    Operator.UNDER: "<",
    Operator.AT_MOST: "<=",
}
_CAST = {Type.NUMBER: "bigint", Type.MONEY: "bigint", Type.FLAG: "boolean"}
METRIC = """(SELECT coalesce(sum(a.{column}), 0) FROM activity a
 WHERE a.program_id = m.program_id AND a.member_id = m.id
 AND a.metric = {metric} AND a.key = {key} AND a.day >= {since} AND a.day < {until})"""


class Compiled(NamedTuple):
    """Boolean SQL over the aliases `m` and `h`.

    Attributes:
        params: Named, all beginning with `rule_` but `today`, `today_month_day` and `zone`.
    """

    text: str
    params: dict[str, Parameter]


def compile_sql(logic: Logic, catalogue: Catalogue, *, today: date, zone: ZoneInfo, prefix: str = "rule") -> Compiled:
    """Return the condition as SQL.

    Args:
        logic: From `dialect.expand`.
        catalogue: Of the same program.
        today: The program-local day that windows, ages and days-since count from.
        zone: The program's, for the local day of instants.
        prefix: Begins the parameter names; give two conditions of one statement different ones.

    Raises:
        FaultyRule: It asks something that only an event knows.
    """
    compiler = _Compiler(catalogue, today, prefix)
    text = compiler.condition(logic, "")
    if compiler.faults:
        raise FaultyRule(compiler.faults)
    shared: dict[str, Parameter] = {"today": today, "today_month_day": month_day(today), "zone": zone.key}
    used = {name: value for name, value in shared.items() if f"%({name})s" in text}
    return Compiled(text, {**compiler.params, **used})


class _Compiler:
    """Walks one condition, numbering its parameters."""

    def __init__(self, catalogue: Catalogue, today: date, prefix: str) -> None:
        self.catalogue = catalogue
        self.today = today
        self.prefix = prefix
        self.params: dict[str, Parameter] = {}
        self.faults: list[Fault] = []

    def condition(self, logic: Logic, path: str) -> str:
        question = read_question(logic)
        if question is not None:
            return self._question(question, path)
        ((operator, items),) = logic.items()
        assert isinstance(items, Sequence)
        assert not isinstance(items, str)
        if operator in ("and", "or"):
            parts = [self._inner(item, f"{path}/{operator}/{index}") for index, item in enumerate(items)]
            return f"({f' {operator.upper()} '.join(parts)})"
        if operator == "!":
            return f"({self._inner(items[0], f'{path}/!/0')} IS NOT TRUE)"
        return self._refuse(
            path, Words(f"{operator} asks about order lines", f"{operator} pregunta por líneas de pedido")
        )

    def _inner(self, item: Json, path: str) -> str:
        assert isinstance(item, Mapping)
        return self.condition(item, path)

    def _question(self, question: Question, path: str) -> str:  # noqa: PLR0911 - one case per operator
        field = self.catalogue.find(question.field, path=path)
        if isinstance(field, Fault):
            self.faults.append(field)
            return "false"
        operator, operand = question.operator, question.operand
        if field.name == "member.segments":
            return self._segments(field, operator, operand)
        value = self._expression(field, path)
        match operator:
            case Operator.EXISTS:
                return f"({value} IS {'NOT ' if operand else ''}NULL)"
            case Operator.IN:
                return f"({value} = ANY({self._bind(operand, field)}))"
            case Operator.NOT_IN:
                return f"(({value} = ANY({self._bind(operand, field)})) IS NOT TRUE)"
            case Operator.BETWEEN:
                assert isinstance(operand, Sequence)
                low, high = (self._bind(end, field) for end in operand)
                return f"({value} BETWEEN {low} AND {high})"
            case Operator.CONTAINS if field.type is Type.LIST:
                return f"({value} @> to_jsonb({self._bind(operand, field)}))"
            case Operator.CONTAINS:
                return f"(position({self._bind(operand, field)} IN {value}) > 0)"
            case Operator.STARTS_WITH:
                return f"starts_with({value}, {self._bind(operand, field)})"
            case Operator.ENDS_WITH:
                end = self._bind(operand, field)
                return f"(right({value}, length({end})) = {end})"
            case _:
                return self._comparison(value, operator, operand, field, path)

    def _comparison(self, value: str, operator: Operator, operand: Json, field: Field, path: str) -> str:
        if not isinstance(operand, Mapping):
            return f"({value} {_COMPARE[operator]} {self._bind(operand, field)})"
        other = self.catalogue.find(str(operand["var"]), path=path)
        if isinstance(other, Fault):
            self.faults.append(other)
            return "false"
        # Two unknown values are equal to the evaluator, as null === null is.
        compare = "IS NOT DISTINCT FROM" if operator is Operator.IS else _COMPARE[operator]
        return f"({value} {compare} {self._expression(other, path)})"

    def _expression(self, field: Field, path: str) -> str:
        if field.metric is not None:
            since, until = window_bounds(field.metric.window, self.today)
            return METRIC.format(
                column=field.metric.column,
                metric=self._parameter(field.metric.metric, "text"),
                key=self._parameter(field.metric.key, "text"),
                since=self._parameter(since, "date"),
                until=self._parameter(until, "date"),
            )
        if field.sql is None or field.scope is not Scope.MEMBER:
            reason = Words(
                f"{field.name} is known of an event, not of a member",
                f"{field.name} se conoce de un evento, no de un miembro",
            )
            return self._refuse(path, reason)
        # Days are texts that have an order: by code point as in the evaluator, whatever the database's collation.
        # Other texts are only compared for equality, and a collation would keep their indexes from being used.
        return f'({field.sql} COLLATE "C")' if field.type is Type.DATE else field.sql

    def _segments(self, field: Field, operator: Operator, operand: Json) -> str:
        if operator is Operator.EXISTS:
            return "true" if operand else "false"
        assert field.sql is not None
        return field.sql.format(self._bind(operand, field))

    def _bind(self, operand: Json, field: Field) -> str:
        cast = _CAST.get(field.type, "text")
        if isinstance(operand, Sequence) and not isinstance(operand, str):
            return self._parameter(list(operand), f"{cast}[]")
        return self._parameter(operand, cast)

    def _parameter(self, value: object, cast: str) -> str:
        assert isinstance(value, (bool, int, str, date, list))
        name = f"{self.prefix}_{len(self.params)}"
        self.params[name] = value
        return f"%({name})s::{cast}"

    def _refuse(self, path: str, reason: Words) -> str:
        self.faults.append(fault(path, "scope", reason, None))
        return "false"
