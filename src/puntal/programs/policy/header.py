"""Faults of what holds for the whole program: zone, currency, phases, joining, fields, events, segments. Pure."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Collection
from datetime import datetime, time
from functools import cache

from babel.numbers import is_currency, list_currencies
from phonenumbers import SUPPORTED_REGIONS

from puntal.programs.document.builtin import BUILT_IN_EVENTS
from puntal.programs.document.program import PhaseName, Program
from puntal.programs.document.values import LocalDay, People
from puntal.programs.policy.collector import Place
from puntal.programs.policy.structure import nearest

_PHASES: tuple[PhaseName, ...] = ("draft", "live", "spend_only", "closed")
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
            "unknown_timezone", f"there is no time zone '{program.timezone}'", f"did you mean '{close}'?"
        )
    check_currency(program.currency, root / "currency")
    for name, wallet in program.wallets.items():
        if wallet.currency is not None:
            check_currency(wallet.currency, root / "wallets" / name / "currency")
    if len(set(program.locales)) < len(program.locales):
        (root / "locales").fault("duplicate_id", "a language stands twice", None)
    if not program.locales:
        (root / "locales").fault("one_needed", "a program speaks at least one language", "[en]")
    if program.country is not None and program.country not in SUPPORTED_REGIONS:
        (root / "country").fault("unknown_country", f"there is no country {program.country}", "two letters like 'ES'")
    _phases(program, root / "phase")
    joining, place = program.joining, root / "joining"
    if isinstance(joining.who, People):
        check_people(joining.who, program, place / "who")
    _by_itself(program, place)
    purposes = [consent.id for consent in program.consents]
    for index, consent in enumerate(joining.consents):
        (place / "consents" / index).known(consent, purposes, "consent")
    if not joining.match:
        (place / "match").fault("one_needed", "callers are recognised by at least one kind of identity", "[email]")
    places = root / "consents"
    root.unique([(consent.id, places / i / "id") for i, consent in enumerate(program.consents)], "consent")


def _by_itself(program: Program, place: Place) -> None:
    """Collect what contradicts joining without being asked."""
    joining = program.joining
    if joining.auto and joining.unknown_customer == "ignore":
        reason = "who is ignored does not become a member automatically"
        (place / "unknown_customer").fault("contradiction", reason, "unknown_customer: guest")
    if joining.unknown_customer == "enrol" and not joining.enrols_strangers:
        what = "agreed to nothing" if joining.restricted is None else "said nothing that leads into a segment"
        (place / "unknown_customer").fault(
            "stranger_cannot_join", f"an unknown customer has {what} yet", "unknown_customer: guest, auto: true"
        )
    for index, domain in enumerate(joining.email.trusted_domains):
        if domain in joining.email.refused_domains:
            there = place / "email" / "trusted_domains" / index
            there.fault("contradiction", f"'{domain}' is both trusted and refused", "remove one of them")


def check_currency(currency: str, place: Place) -> None:
    """Collect a fault unless ISO 4217 knows the currency."""
    if not is_currency(currency):
        close = nearest(currency, list_currencies()) or "EUR"
        place.fault("unknown_currency", f"there is no currency {currency}", f"did you mean {close}?")


def _phases(program: Program, place: Place) -> None:
    if isinstance(program.phase, str):
        return
    if not program.phase:
        place.fault("one_needed", "say in which phase the program is", "live")
    last: tuple[datetime, str] | None = None
    for name in (name for name in _PHASES if name in program.phase):
        at = moment(program.phase[name], end=False)
        if last is not None and at <= last[0]:
            (place / name).fault("phases_in_order", f"'{name}' comes after '{last[1]}'", "a later day")
        last = (at, name)


def moment(day: LocalDay, *, end: bool) -> datetime:
    """Return a local bound without its zone, for comparing with another one."""
    if isinstance(day, datetime):
        return day.replace(tzinfo=None)
    return datetime.combine(day, time.max if end else time.min)


def check_dates(from_: LocalDay | None, through: LocalDay | None, place: Place) -> None:
    """Collect a fault when the end is before the beginning."""
    if from_ is not None and through is not None and moment(from_, end=False) > moment(through, end=True):
        (place / "through").fault("ends_before_it_begins", f"it begins {from_} and ends {through}", f"from {from_} on")


def check_people(people: People, program: Program, place: Place) -> None:
    """Collect the faults of a list of people: unknown segments, and those both meant and not meant."""
    for key, segments in (("any", people.any), ("none", people.none)):
        for index, segment in enumerate(segments):
            there = place / key / index
            there.known(segment, program.segments, "segment")
            if key == "none" and segment in people.any:
                there.fault("contradiction", f"'{segment}' is both meant and not meant", "remove one of them")


def check_declarations(program: Program, known_fields: Collection[str], root: Place) -> None:
    """Collect the faults of custom fields, custom events and segments; `known_fields` are the built-in ones."""
    for name, field in program.fields.items():
        place = root / "fields" / name
        if _FIELD.fullmatch(name) is None:
            bare = re.sub(r"[^a-z0-9_]", "_", name.rpartition(".")[2].lower()).strip("_") or "field"
            place.fault(
                "bad_field_name",
                "a field is member., order., line. or context. and a name of small letters, digits and underscores",
                f"member.{bare}",
            )
        elif name in known_fields:
            place.fault("built_in", f"{name} is built in", f"{name}_own")
        if (field.type == "choice") != bool(field.choices):
            reason = "a choice needs its 'choices'" if field.type == "choice" else "only a choice has 'choices'"
            (place / "choices").fault("choices", reason, "[pickup, home]" if field.type == "choice" else "type: choice")
        if len(set(field.choices)) < len(field.choices):
            (place / "choices").fault("duplicate_id", "a choice stands twice", None)
    _events(program, root)
    for name, segment in program.segments.items():
        given = {"when": segment.when is not None, "list": segment.list is not None}
        (root / "segments" / name).exactly_one(given, "a segment")


def _events(program: Program, root: Place) -> None:
    for name, event in program.events.items():
        place = root / "events" / name
        if name in BUILT_IN_EVENTS:
            place.fault("built_in", f"the event '{name}' is built in", f"my_{name}")
        if event.once_per is not None:
            (place / "once_per").known(event.once_per, event.fields, "field")
        for key, kind in event.fields.items():
            if kind == "choice":
                (place / "fields" / key).fault("choices", "the fields of events have no choices", "text")
