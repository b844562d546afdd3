"""Reading what is said about a person against the program's document: everything wrong with it at once. Pure."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Collection, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from babel import Locale
from msgspec import structs

from puntal.kit.calendar import local_day
from puntal.kit.errors import Fault, pointer
from puntal.kit.words import Words
from puntal.members.identities import home_of
from puntal.members.model import Consent, MatchKind
from puntal.programs.document.program import JoiningEmail, Program
from puntal.programs.document.values import Span
from puntal.programs.document.wallets import Pool
from puntal.rules.catalogue import Catalogue
from puntal.rules.model import CustomField, Field, Type
from puntal.rules.values import read_value

LONGEST_NAME = 200
LONGEST_TEXT = 2000
MOST_LISTED = 100
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
_OLDEST = date(1900, 1, 1)
_LOCALE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_EXPECTED = {
    Type.TEXT: Words("text", "un texto"),
    Type.NUMBER: Words("a whole number", "un número entero"),
    Type.MONEY: Words("an amount with its currency", "un importe con su moneda"),
    Type.FLAG: Words("true or false", "true o false"),
    Type.DATE: Words("a day written year-month-day", "un día escrito año-mes-día"),
    Type.CHOICE: Words("one of its choices", "una de sus opciones"),
    Type.LIST: Words("a list of texts", "una lista de textos"),
}


if TYPE_CHECKING:
    from puntal.kit.db import Transaction

    MayJoin = Callable[[Transaction, Collection[UUID], datetime], Awaitable[AbstractSet[UUID]]]
    """Told of people as if they had joined: which of them the program is open to at that time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """What a program's document says about members; make it once per revision with `Membership.of`.

    Attributes:
        region: Where phone numbers without a country code belong.
        required: Purposes that must be agreed to on joining.
        purposes: Every declared purpose and its channels.
        fields: The member's typed fields by bare name.
        restricted: Not everyone may join; `may_join` tells who.
        emails: Which addresses people may join with.
        may_join: Given by whoever puts the slices together: segments stand above members.
    """

    zone: ZoneInfo
    region: str | None
    match_order: tuple[MatchKind, ...]
    claim_within: Span
    required: tuple[str, ...]
    purposes: Mapping[str, tuple[str, ...]]
    fields: Mapping[str, Field]
    birthday_set_before: Span
    merge_undo: Span
    pools: Mapping[str, Pool]
    restricted: bool
    emails: JoiningEmail
    may_join: MayJoin | None = None

    @property
    def selective(self) -> bool:
        """Whether somebody who says everything may still be turned away."""
        return self.restricted or self.emails.refuses

    @classmethod
    def of(cls, document: Program, *, may_join: MayJoin | None = None) -> Membership:
        """Return what the document says about members; without `may_join` nobody can join a restricted program."""
        catalogue = Catalogue.build(
            currency=document.currency,
            custom={
                name: CustomField(type=Type(declared.type), choices=declared.choices)
                for name, declared in document.fields.items()
                if name.startswith("member.")
            },
        )
        return cls(
            zone=ZoneInfo(document.timezone),
            region=home_of(document),
            match_order=document.joining.match,
            claim_within=document.joining.claim_within,
            required=document.joining.consents,
            purposes={consent.id: consent.channels for consent in document.consents},
            fields={
                name.removeprefix("member."): catalogue.get(name)
                for name in document.fields
                if name.startswith("member.")
            },
            birthday_set_before=document.policies.birthday_set_before,
            merge_undo=document.policies.merge_undo,
            pools=document.pools,
            restricted=document.joining.restricted is not None,
            emails=document.joining.email,
            may_join=may_join,
        )


def details_faults(said: Mapping[str, Any], now: datetime, membership: Membership, path: str = "") -> list[Fault]:
    """Return what is wrong with name, locale, country, zone and birthday; keys not said are not looked at."""
    faults = []

    def check(key: str, reason: Words, *, fits: bool) -> None:
        if said.get(key) is not None and not fits:
            faults.append(Fault(path=path + pointer(key), code=f"members.{key}", reason=reason))

    name, locale, country, zone, birthday = (said.get(key) for key in ("name", "locale", "country", "zone", "birthday"))
    check(
        "name",
        Words(
            f"a name has 1 to {LONGEST_NAME} visible characters",
            f"un nombre tiene de 1 a {LONGEST_NAME} caracteres visibles",
        ),
        fits=name is not None and len(name.strip()) >= 1 and len(name) <= LONGEST_NAME and not _CONTROL.search(name),
    )
    check(
        "locale",
        Words("write the language like es or es-MX", "escribe el idioma como es o es-MX"),
        fits=locale is not None and bool(_LOCALE.fullmatch(locale)),
    )
    check(
        "country",
        Words("write the country as two capital letters", "escribe el país con dos letras mayúsculas"),
        fits=country in _countries(),
    )
    check(
        "zone",
        Words("this is not a time zone like Europe/Madrid", "esto no es una zona horaria como Europe/Madrid"),
        fits=zone is not None and _is_zone(zone),
    )
    check(
        "birthday",
        Words("a birthday lies between 1900 and today", "un cumpleaños está entre 1900 y hoy"),
        fits=birthday is not None and _OLDEST <= birthday <= local_day(membership.zone, now) + timedelta(days=1),
    )
    return faults


def read_attributes(
    said: Mapping[str, object], membership: Membership, path: str = "/attributes"
) -> tuple[dict[str, object], list[Fault]]:
    """Return the attributes as facts hold them, and everything wrong with them; None takes one away."""
    stored: dict[str, object] = {}
    faults: list[Fault] = []
    for name, written in said.items():
        at = path + pointer(name)
        declared = membership.fields.get(name)
        if declared is None:
            known = ", ".join(membership.fields)
            reason = Words(
                f"the program declares no field member.{name}; it knows {known or 'none'}",
                f"el programa no declara el campo member.{name}; {f'conoce {known}' if known else 'no conoce ninguno'}",
            )
            faults.append(Fault(path=at, code="members.unknown_attribute", reason=reason))
        elif written is None:
            stored[name] = None
        else:
            value = _read(declared, written, at)
            if isinstance(value, Fault):
                faults.append(value)
            else:
                stored[name] = value
    return stored, faults


def expand_consents(
    said: tuple[Consent, ...], now: datetime, membership: Membership, path: str = "/consents"
) -> tuple[list[Consent], list[Fault]]:
    """Return one consent per purpose and channel, and what is wrong; without a channel, all of the purpose's."""
    expanded: list[Consent] = []
    faults: list[Fault] = []
    for at, consent in enumerate(said):
        channels = membership.purposes.get(consent.purpose)
        if channels is None:
            known = ", ".join(membership.purposes)
            reason = Words(
                f"the program has no purpose {consent.purpose}; it knows {known or 'none'}",
                f"el programa no tiene la finalidad {consent.purpose}; "
                f"{f'conoce {known}' if known else 'no conoce ninguna'}",
            )
            faults.append(Fault(path=path + pointer(at, "purpose"), code="members.unknown_purpose", reason=reason))
        elif consent.channel and consent.channel not in channels:
            reason = Words(
                f"{consent.purpose} has no channel {consent.channel}",
                f"{consent.purpose} no tiene el canal {consent.channel}",
            )
            faults.append(Fault(path=path + pointer(at, "channel"), code="members.unknown_channel", reason=reason))
        elif consent.at is not None and not EARLIEST <= consent.at <= now + timedelta(minutes=5):
            reason = Words("a consent was given between 1900 and now", "un consentimiento se dio entre 1900 y ahora")
            faults.append(Fault(path=path + pointer(at, "at"), code="members.consent_time", reason=reason))
        else:
            said_at = min(consent.at or now, now)
            chosen = (consent.channel,) if consent.channel or not channels else channels
            expanded += [structs.replace(consent, channel=channel, at=said_at) for channel in chosen]
    return expanded, faults


def missing_consents(consents: list[Consent], membership: Membership) -> list[str]:
    """Return the purposes that joining needs and nobody agreed to."""
    given = {consent.purpose for consent in consents if consent.given}
    return [purpose for purpose in membership.required if purpose not in given]


def _read(declared: Field, written: object, path: str) -> object | Fault:
    if isinstance(written, float):
        # JSON over HTTP has only binary numbers; their shortest text is what was written.
        written = Decimal(repr(written))
    if declared.type is Type.LIST:
        if isinstance(written, (list, tuple)) and len(written) <= MOST_LISTED:
            values = [read_value(declared, value, path) for value in written]
            wrong = next((value for value in values if isinstance(value, Fault)), None)
            return _fault(declared, path, wrong) if wrong else values
        return _fault(declared, path, None)
    value = read_value(declared, written, path)
    if isinstance(value, Fault):
        return _fault(declared, path, value)
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        return _fault(declared, path, None)
    return value


def _fault(declared: Field, path: str, cause: Fault | None) -> Fault:
    wanted = _EXPECTED[declared.type]
    if declared.type is Type.CHOICE:
        choices = ", ".join(declared.choices)
        wanted = Words(f"one of {choices}", f"uno de estos valores: {choices}")
    return Fault(
        path=path,
        code="members.attribute",
        reason=Words(f"{declared.name} is {wanted.en}", f"{declared.name} es {wanted.es}"),
        suggestion=cause.suggestion if cause else None,
    )


@lru_cache(maxsize=1)
def _countries() -> frozenset[str]:
    not_countries = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}
    names = set(Locale("en").territories) - not_countries
    return frozenset(code for code in names if len(code) == 2 and code.isalpha())  # noqa: PLR2004 - ISO 3166


@lru_cache(maxsize=1024)
def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True
