"""Faults of what holds for the whole program: zone, currency, phases, joining, fields, events, segments. Pure."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Collection
from datetime import datetime, time
from functools import cache

from babel.numbers import is_currency, list_currencies
from phonenumbers import SUPPORTED_REGIONS

from puntal.kit.words import Words
from puntal.programs.document.builtin import BUILT_IN_EVENTS
from puntal.programs.document.program import PhaseName, Program
from puntal.programs.document.values import LocalDay, People
from puntal.programs.policy.collector import Place
from puntal.programs.policy.phrases import did_you_mean
from puntal.programs.policy.structure import nearest

_PHASES: tuple[PhaseName, ...] = ("draft", "live", "spend_only", "closed")
_REMOVE_ONE = Words("remove one of them", "quita uno de los dos")
_FIELD = re.compile(r"(member|order|line|context)\.[a-z][a-z0-9_]{0,62}")


@cache
def _zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def check_header(program: Program, root: Place) -> None:
    """Collect the faults of zone, currency, phases and joining."""
    zones = _zones()
    if program.timezone not in zones:
        close = nearest(program.timezone, zones) or "Europe/Madrid"
        (root / "timezone").fault(
            "unknown_timezone",
            Words(f"there is no time zone '{program.timezone}'", f"no existe la zona horaria '{program.timezone}'"),
            did_you_mean(f"'{close}'"),
        )
    check_currency(program.currency, root / "currency")
    for name, wallet in program.wallets.items():
        if wallet.currency is not None:
            check_currency(wallet.currency, root / "wallets" / name / "currency")
    if len(set(program.locales)) < len(program.locales):
        (root / "locales").fault("duplicate_id", Words("a language stands twice", "hay un idioma repetido"), None)
    if not program.locales:
        reason = Words("a program speaks at least one language", "un programa habla al menos un idioma")
        (root / "locales").fault("one_needed", reason, "[en]")
    if program.country is not None and program.country not in SUPPORTED_REGIONS:
        reason = Words(f"there is no country {program.country}", f"no existe el país {program.country}")
        hint = Words("two letters like 'ES'", "dos letras como 'ES'")
        (root / "country").fault("unknown_country", reason, hint)
    _phases(program, root / "phase")
    joining, place = program.joining, root / "joining"
    if isinstance(joining.who, People):
        check_people(joining.who, program, place / "who")
    _by_itself(program, place)
    purposes = [consent.id for consent in program.consents]
    for index, consent in enumerate(joining.consents):
        (place / "consents" / index).known(consent, purposes, "consent")
    if not joining.match:
        reason = Words(
            "callers are recognised by at least one kind of identity",
            "hace falta al menos un tipo de identidad para reconocer a quien llama",
        )
        (place / "match").fault("one_needed", reason, "[email]")
    places = root / "consents"
    root.unique([(consent.id, places / i / "id") for i, consent in enumerate(program.consents)], "consent")


def _by_itself(program: Program, place: Place) -> None:
    """Collect what contradicts joining without being asked."""
    joining = program.joining
    if joining.auto and joining.unknown_customer == "ignore":
        reason = Words(
            "who is ignored does not become a member automatically",
            "a quien no se tiene en cuenta no se le puede dar de alta automáticamente",
        )
        (place / "unknown_customer").fault("contradiction", reason, "unknown_customer: guest")
    if joining.unknown_customer == "enrol" and not joining.enrols_strangers:
        reason = (
            Words("an unknown customer has agreed to nothing yet", "un cliente desconocido aún no ha aceptado nada")
            if joining.restricted is None
            else Words(
                "an unknown customer has said nothing that leads into a segment yet",
                "un cliente desconocido aún no ha dicho nada que lo lleve a un segmento",
            )
        )
        (place / "unknown_customer").fault("stranger_cannot_join", reason, "unknown_customer: guest, auto: true")
    for index, domain in enumerate(joining.email.trusted_domains):
        if domain in joining.email.refused_domains:
            there = place / "email" / "trusted_domains" / index
            reason = Words(
                f"'{domain}' is both trusted and refused", f"'{domain}' es a la vez de confianza y rechazado"
            )
            there.fault("contradiction", reason, _REMOVE_ONE)


def check_currency(currency: str, place: Place) -> None:
    """Collect a fault unless ISO 4217 knows the currency."""
    if not is_currency(currency):
        close = nearest(currency, list_currencies()) or "EUR"
        reason = Words(f"there is no currency {currency}", f"no existe la moneda {currency}")
        place.fault("unknown_currency", reason, did_you_mean(close))


def _phases(program: Program, place: Place) -> None:
    if isinstance(program.phase, str):
        return
    if not program.phase:
        reason = Words("say in which phase the program is", "di en qué fase está el programa")
        place.fault("one_needed", reason, "live")
    last: tuple[datetime, str] | None = None
    for name in (name for name in _PHASES if name in program.phase):
        at = moment(program.phase[name], end=False)
        if last is not None and at <= last[0]:
            reason = Words(f"'{name}' comes after '{last[1]}'", f"'{name}' va después de '{last[1]}'")
            (place / name).fault("phases_in_order", reason, Words("a later day", "un día posterior"))
        last = (at, name)


def moment(day: LocalDay, *, end: bool) -> datetime:
    """Return a local bound without its zone, for comparing with another one."""
    if isinstance(day, datetime):
        return day.replace(tzinfo=None)
    return datetime.combine(day, time.max if end else time.min)


def check_dates(from_: LocalDay | None, through: LocalDay | None, place: Place) -> None:
    """Collect a fault when the end is before the beginning."""
    if from_ is not None and through is not None and moment(from_, end=False) > moment(through, end=True):
        (place / "through").fault(
            "ends_before_it_begins",
            Words(f"it begins {from_} and ends {through}", f"empieza el {from_} y termina el {through}"),
            Words(f"from {from_} on", f"a partir del {from_}"),
        )


def check_people(people: People, program: Program, place: Place) -> None:
    """Collect the faults of a list of people: unknown segments, and those both meant and not meant."""
    for key, segments in (("any", people.any), ("none", people.none)):
        for index, segment in enumerate(segments):
            there = place / key / index
            there.known(segment, program.segments, "segment")
            if key == "none" and segment in people.any:
                reason = Words(
                    f"'{segment}' is both meant and not meant", f"'{segment}' está a la vez incluido y excluido"
                )
                there.fault("contradiction", reason, _REMOVE_ONE)


def check_declarations(program: Program, known_fields: Collection[str], root: Place) -> None:
    """Collect the faults of custom fields, custom events and segments; `known_fields` are the built-in ones."""
    for name, field in program.fields.items():
        place = root / "fields" / name
        if _FIELD.fullmatch(name) is None:
            bare = re.sub(r"[^a-z0-9_]", "_", name.rpartition(".")[2].lower()).strip("_") or "field"
            place.fault(
                "bad_field_name",
                Words(
                    "a field is member., order., line. or context. and a name of small letters, digits and underscores",
                    "un campo es member., order., line. o context. y un nombre en minúsculas sin acento, cifras "
                    "y guiones bajos",
                ),
                f"member.{bare}",
            )
        elif name in known_fields:
            place.fault("built_in", Words(f"{name} is built in", f"{name} ya viene incluido"), f"{name}_own")
        if (field.type == "choice") != bool(field.choices):
            reason = (
                Words("a choice needs its 'choices'", "un campo de tipo 'choice' necesita sus 'choices'")
                if field.type == "choice"
                else Words("only a choice has 'choices'", "solo un campo de tipo 'choice' tiene 'choices'")
            )
            (place / "choices").fault("choices", reason, "[pickup, home]" if field.type == "choice" else "type: choice")
        if len(set(field.choices)) < len(field.choices):
            (place / "choices").fault("duplicate_id", Words("a choice stands twice", "hay una opción repetida"), None)
    _events(program, root)
    for name, segment in program.segments.items():
        given = {"when": segment.when is not None, "list": segment.list is not None}
        (root / "segments" / name).exactly_one(given, "a segment")


def _events(program: Program, root: Place) -> None:
    for name, event in program.events.items():
        place = root / "events" / name
        if name in BUILT_IN_EVENTS:
            reason = Words(f"the event '{name}' is built in", f"el evento '{name}' ya viene incluido")
            place.fault("built_in", reason, f"my_{name}")
        if event.once_per is not None:
            (place / "once_per").known(event.once_per, event.fields, "field")
        for key, kind in event.fields.items():
            if kind == "choice":
                reason = Words("the fields of events have no choices", "los campos de los eventos no tienen opciones")
                (place / "fields" / key).fault("choices", reason, "text")
