"""The field catalogue: the only source for saving, the builder, the evaluator's inputs and the SQL."""

from __future__ import annotations

import dataclasses
import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from puntal.kit.money import digits
from puntal.kit.words import Words
from puntal.rules.errors import Fault, fault
from puntal.rules.fields import member_fields, order_fields, order_labels, tier_fields, wallet_fields
from puntal.rules.model import (
    LINES,
    CustomField,
    FactValue,
    Field,
    Json,
    Labels,
    MetricRead,
    Scope,
    Type,
    WalletField,
)
from puntal.rules.windows import LIFETIME, parse_window

# Names reach SQL text, so nothing that means something there may be in them.
IDENTIFIER = re.compile(r"[a-z][a-z0-9_-]{0,62}")
DIMENSIONS = ("category", "product", "channel", "store", "brand")
# Which row and column of `activity` holds a metric.
STORED_AS: Mapping[str, tuple[str, str]] = {
    "spend": ("spend", "amount"),
    "orders": ("orders", "count"),
    "items": ("items", "count"),
}
_METRIC_LABELS = {
    "spend": {"es": "gasto", "en": "spend"},
    "orders": {"es": "pedidos", "en": "orders"},
    "items": {"es": "artículos comprados", "en": "items bought"},
    "events": {"es": "veces", "en": "times"},
}
_ONE_OF_METRIC = {
    "orders": {"es": "pedido", "en": "order"},
    "items": {"es": "artículo comprado", "en": "item bought"},
    "events": {"es": "vez", "en": "time"},
}
_WINDOW_LABELS = {
    "this_month": {"es": "este mes", "en": "this month"},
    "last_month": {"es": "el mes pasado", "en": "the last month"},
    "this_quarter": {"es": "este trimestre", "en": "this quarter"},
    "last_quarter": {"es": "el trimestre pasado", "en": "the last quarter"},
    "this_calendar_year": {"es": "este año natural", "en": "this calendar year"},
    "last_calendar_year": {"es": "el último año natural", "en": "the last calendar year"},
    "lifetime": {"es": "toda la vida", "en": "all time"},
}
_DIMENSION_LABELS = {
    "category": {"es": "en la categoría", "en": "in category"},
    "product": {"es": "del producto", "en": "on product"},
    "channel": {"es": "en el canal", "en": "in channel"},
    "store": {"es": "en la tienda", "en": "in store"},
    "brand": {"es": "de la marca", "en": "on brand"},
}
# The metric `events` also counts what is built in.
BUILT_IN_EVENTS = ("visit", "order.paid", "reward.redeemed", "referral.completed")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every field of one program revision; build it with `Catalogue.build`.

    Attributes:
        fields: By name, without the windowed metrics, which are made on demand.
        event_fields: Per event type, by name.
        scopes: Which scopes a condition may use here; see `at`.
        event: Whose `event.*` fields may be used; None means those all declaring events agree on.
        event_labels: What events are called, where they are counted.
    """

    fields: Mapping[str, Field]
    event_fields: Mapping[str, Mapping[str, Field]]
    currency: str
    scopes: frozenset[Scope] = frozenset(Scope)
    event: str | None = None
    event_labels: Mapping[str, Labels] = dataclasses.field(default_factory=dict)

    @classmethod
    def build(
        cls,
        *,
        currency: str,
        custom: Mapping[str, CustomField] | None = None,
        events: Mapping[str, Mapping[str, CustomField]] | None = None,
        wallets: Mapping[str, WalletField] | None = None,
        ladders: Mapping[str, Sequence[str]] | None = None,
        named: Mapping[str, Mapping[str, Labels]] | None = None,
        event_labels: Mapping[str, Labels] | None = None,
    ) -> Catalogue:
        """Return the catalogue of a program.

        Args:
            currency: The program's, for all money fields but those of money wallets.
            custom: By full name: `member.X`, `order.X`, `line.X` or `context.X`.
            events: Per event type its declared fields, by bare name.
            wallets: By id.
            ladders: Per ladder its tier ids, lowest first; `member.tier` is that of the first.
            named: Per field what its values are called: tiers, segments.
            event_labels: Per event type what it is called.

        Raises:
            ValueError: A name is not an identifier; the document is checked before, so this is our bug.
        """
        scale = digits(currency)
        money = {w.currency: digits(w.currency) for w in (wallets or {}).values() if w.currency}
        for name in (
            *(wallets or {}),
            *(ladders or {}),
            *(tier for tiers in (ladders or {}).values() for tier in tiers),
        ):
            _require_identifier(name)
        built_in = [
            *member_fields(currency, scale),
            *tier_fields({ladder: ids for ladder, ids in (ladders or {}).items() if ids}),
            *wallet_fields(wallets or {}, money),
            *order_fields(currency, scale),
        ]
        own = [_custom(name, declared, currency, scale) for name, declared in (custom or {}).items()]
        return cls(
            fields={
                field.name: replace(field, named=said) if (said := (named or {}).get(field.name)) else field
                for field in (*built_in, *own)
            },
            event_fields={
                event: {
                    f"event.{name}": _custom(f"event.{name}", declared, currency, scale)
                    for name, declared in declared_fields.items()
                }
                for event, declared_fields in (events or {}).items()
            },
            currency=currency,
            event_labels=event_labels or {},
        )

    def at(self, *, scopes: Iterable[Scope] | None = None, event: str | None = None) -> Catalogue:
        """Return the catalogue as seen where only these scopes, and this event's fields, make sense."""
        return replace(self, scopes=self.scopes if scopes is None else frozenset(scopes), event=event)

    def find(self, name: str, *, path: str = "") -> Field | Fault:
        """Return the field of that name, or a fault with the nearest name."""
        found = self.fields.get(name) or self._event_field(name) or self._metric(name)
        if found is None:
            nearest = difflib.get_close_matches(name, self.names(), n=1, cutoff=0.5)
            reason = Words(f"there is no field {name}", f"no existe el campo {name}")
            return fault(path, "unknown_field", reason, nearest[0] if nearest else None)
        if found.scope not in self.scopes:
            allowed = ", ".join(f"{scope}.*" for scope in Scope if scope in self.scopes)
            reason = Words(f"{name} is not known here, only {allowed}", f"{name} no se conoce aquí, solo {allowed}")
            return fault(path, "scope", reason)
        return found

    def get(self, name: str) -> Field:
        """Return the field of a name that was checked before.

        Raises:
            KeyError: There is no such field.
        """
        found = self.find(name)
        if isinstance(found, Fault):
            raise KeyError(name)
        return found

    def names(self) -> list[str]:
        """Return every name usable here, with a few windows as examples of the metrics."""
        metrics = [
            f"member.{metric}.{window}"
            for metric in STORED_AS
            for window in ("last_30_days", "last_90_days", "last_365_days", *_WINDOW_LABELS)
            if window != LIFETIME
        ]
        counted = [f"member.events.{event}.last_30_days" for event in self._events()]
        names = [*self.fields, *self._visible_event_fields(), *metrics, *counted]
        return [name for name in names if Scope(name.split(".", maxsplit=1)[0]) in self.scopes]

    def listing(self) -> list[Field]:
        """Return the fields for the visual builder, metrics with their usual windows included."""
        return [field for name in self.names() if isinstance(field := self.find(name), Field)]

    def _event_field(self, name: str) -> Field | None:
        return self._visible_event_fields().get(name) if name.startswith("event.") else None

    def _visible_event_fields(self) -> Mapping[str, Field]:
        if self.event is not None:
            return self.event_fields.get(self.event, {})
        agreed: dict[str, Field | None] = {}
        for declared in self.event_fields.values():
            for name, field in declared.items():
                same = name not in agreed or agreed[name] == field
                agreed[name] = field if same else None
        return {name: field for name, field in agreed.items() if field is not None}

    def _events(self) -> list[str]:
        return [*self.event_fields, *(event for event in BUILT_IN_EVENTS if event not in self.event_fields)]

    def _metric(self, name: str) -> Field | None:
        """Read `member.<metric>[.<dimension>.<value>].<window>` or `member.events.<type>.<window>`."""
        scope, _, rest = name.partition(".")
        kind, _, rest = rest.partition(".")
        middle, _, last = rest.rpartition(".")
        window = parse_window(last)
        if scope != Scope.MEMBER or window is None:
            return None
        key, of = "", dict.fromkeys(("es", "en"), "")
        labels, one = _METRIC_LABELS.get(kind, {}), _ONE_OF_METRIC.get(kind, {})
        if kind == "events":
            if middle not in self._events():
                return None
            metric, column = f"events.{middle}", "count"
            called = self.event_labels.get(middle, {})
            of = {locale: f" “{called.get(locale, middle)}”" for locale in labels}
        elif kind in STORED_AS:
            metric, column = STORED_AS[kind]
            if middle:
                dimension, _, value = middle.partition(".")
                if dimension not in DIMENSIONS or not value:
                    return None
                key = f"{dimension}:{value}"
                of = {locale: f" {_DIMENSION_LABELS[dimension][locale]} {value}" for locale in labels}
            elif window.name == LIFETIME:
                return None  # that is member.spend
        else:
            return None
        money = kind == "spend"
        es = "el" if money else "las" if kind == "events" else "los"
        tail = {locale: f"{of[locale]} {_window_words(window.name, window.days, locale)}" for locale in labels}
        return Field(
            name=name,
            type=Type.MONEY if money else Type.NUMBER,
            scope=Scope.MEMBER,
            labels={locale: label + tail[locale] for locale, label in labels.items()},
            subject={"es": f"{es} {labels['es']}{tail['es']}", "en": f"the {labels['en']}{tail['en']}"},
            plural=not money,
            one={locale: word + tail[locale] for locale, word in one.items()},
            summed={locale: label + of[locale] for locale, label in labels.items()},
            empty=0,
            metric=MetricRead(name, metric, key, column, window),
            currency=self.currency if money else None,
            scale=digits(self.currency) if money else 0,
            example=f"100 {self.currency}" if money else "3",
        )


def _window_words(name: str, days: int, locale: str) -> str:
    if days:
        return f"en los últimos {days} días" if locale == "es" else f"in the last {days} days"
    shown = _WINDOW_LABELS[name][locale]
    return f"en {shown}" if locale == "es" else f"in {shown}"


def _custom(name: str, declared: CustomField, currency: str, scale: int) -> Field:
    scope, _, bare = name.partition(".")
    _require_identifier(bare)
    money = declared.type is Type.MONEY
    return Field(
        name=name,
        type=declared.type,
        scope=Scope(scope),
        labels=order_labels(declared.labels, bare),
        sql=_attribute_sql(bare, declared.type) if scope == Scope.MEMBER else None,
        choices=declared.choices,
        currency=currency if money else None,
        scale=scale if money else declared.scale,
    )


def _attribute_sql(bare: str, type_: Type) -> str:
    """Return the typed value of a custom attribute; NULL when what is stored has another type."""
    kind, value = {
        Type.NUMBER: ("number", f"(m.attributes->>'{bare}')::numeric"),
        Type.MONEY: ("number", f"(m.attributes->>'{bare}')::numeric"),
        Type.FLAG: ("boolean", f"(m.attributes->>'{bare}')::boolean"),
        Type.LIST: ("array", f"m.attributes->'{bare}'"),
    }.get(type_, ("string", f"(m.attributes->>'{bare}')"))
    return f"(CASE WHEN jsonb_typeof(m.attributes->'{bare}') = '{kind}' THEN {value} END)"


def _require_identifier(name: str) -> None:
    if IDENTIFIER.fullmatch(name) is None:
        raise ValueError(f"{name!r} is not an identifier")


def fields_read(logic: Json) -> set[str]:
    """Return the names of all fields that a condition or formula reads."""
    found: set[str] = set()
    waiting: list[Json] = [logic]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Mapping):
            if len(node) == 1 and isinstance(name := node.get("var"), str):
                found.add(name)
            waiting.extend(node.values())
        elif isinstance(node, Sequence) and not isinstance(node, str):
            waiting.extend(node)
    return found - {LINES}


def metrics_read(logic: Json, catalogue: Catalogue) -> list[MetricRead]:
    """Return the windowed sums that a condition or formula needs, each once, sorted by name."""
    fields = (catalogue.find(name) for name in sorted(fields_read(logic)))
    return [field.metric for field in fields if isinstance(field, Field) and field.metric is not None]


def empty_facts(names: Iterable[str], catalogue: Catalogue) -> dict[str, FactValue]:
    """Return the facts of somebody of whom nothing is known: 0 for what is counted, null for the rest."""
    return {name: catalogue.get(name).empty for name in names}
