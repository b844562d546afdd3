"""The field catalogue of a program's document. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from puntal.programs.document.builtin import BUILT_IN_EVENTS, ORDER_EVENTS
from puntal.programs.document.program import CustomField as WrittenField
from puntal.programs.document.program import Program
from puntal.programs.document.values import Plural, Text
from puntal.rules.catalogue import Catalogue
from puntal.rules.model import CustomField, Labels, Scope, Type, WalletField

_PAY = {"en": "Pay with {units}", "es": "Pagar con {units}"}
OF_SEGMENT = frozenset({Scope.MEMBER})
OF_LINE = frozenset({Scope.LINE})
OF_ORDER_RULE = frozenset({Scope.MEMBER, Scope.ORDER, Scope.LINE, Scope.CONTEXT})
OF_OTHER_RULE = frozenset({Scope.MEMBER, Scope.EVENT, Scope.CONTEXT})


def catalogue_of(program: Program, ordinals: Mapping[str, int] | None = None) -> Catalogue:
    """Return every field that conditions of this program may use.

    Without `ordinals` wallets count in document order: right for checking and for sentences, not for SQL.
    """
    places = ordinals or {wallet: place for place, wallet in enumerate(program.wallets)}
    return Catalogue.build(
        currency=program.currency,
        custom={name: _custom(field) for name, field in program.fields.items()},
        events={
            name: {key: CustomField(type=Type(kind)) for key, kind in declared.fields.items()}
            for name, declared in program.events.items()
        },
        wallets={
            name: WalletField(
                ordinal=places[name],
                kind=wallet.kind,
                scale=wallet.scale,
                currency=wallet.currency,
                labels=labels_of(wallet.label),
                shared=any(name in pool.wallets for pool in program.pools.values()),
            )
            for name, wallet in program.wallets.items()
        },
        ladders={ladder.id: [tier.id for tier in ladder.tiers] for ladder in program.ladders},
        named=_named(program),
        event_labels={
            **BUILT_IN_EVENTS,
            **{name: labels_of(declared.label) for name, declared in program.events.items() if declared.label},
        },
    )


def of_event(catalogue: Catalogue, event: str) -> Catalogue:
    """Return the catalogue as the condition of a rule on this event sees it."""
    if event in ORDER_EVENTS:
        return catalogue.at(scopes=OF_ORDER_RULE)
    return catalogue.at(scopes=OF_OTHER_RULE, event=event)


def of_lines(catalogue: Catalogue) -> Catalogue:
    """Return the catalogue as a filter of lines sees it; read conditions with `line=True`."""
    return catalogue.at(scopes=OF_LINE)


def of_segment(catalogue: Catalogue) -> Catalogue:
    """Return the catalogue as a segment sees it."""
    return catalogue.at(scopes=OF_SEGMENT)


def pay_labels(program: Program, wallet: str) -> Text:
    """Return what paying with a wallet is called among rewards, by language; nothing where there is no such wallet."""
    if wallet not in program.wallets:
        return {}
    called = labels_of(program.wallets[wallet].label)
    any_language = next(iter(called.values()), wallet)
    return {language: text.format(units=called.get(language, any_language)) for language, text in _PAY.items()}


def labels_of(text: Text | None, *, one: bool = False) -> dict[str, str]:
    """Return a text per language, plural where there is one, or for `one`; one text for all is English and Spanish."""
    if text is None:
        return {}
    if isinstance(text, str):
        return {"en": text, "es": text}
    return {
        locale: word if not isinstance(word, Plural) else word.one if one else word.other
        for locale, word in text.items()
    }


def _named(program: Program) -> dict[str, dict[str, Labels]]:
    """Return what tiers and segments are called, by the fields whose values they are."""
    tiers: dict[str, dict[str, Labels]] = {
        f"member.tiers.{ladder.id}": {tier.id: labels_of(tier.name) for tier in ladder.tiers}
        for ladder in program.ladders
    }
    of_first = {"member.tier": next(iter(tiers.values()))} if tiers else {}
    segments: dict[str, Labels] = {id: labels_of(segment.label) for id, segment in program.segments.items()}
    return {**tiers, **of_first, "member.segments": segments}


def _custom(field: WrittenField) -> CustomField:
    return CustomField(type=Type(field.type), labels=labels_of(field.label), choices=field.choices)
