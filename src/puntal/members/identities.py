"""How what a caller sends becomes identities: one spelling per person's address. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import lru_cache

import phonenumbers
from babel.core import get_global
from disposable_email_domains import blocklist

from puntal.kit.errors import Fault, pointer
from puntal.kit.words import Words
from puntal.members.errors import NotValid
from puntal.members.model import Identity, Ids
from puntal.programs.document.program import JoiningEmail, Program

LONGEST = 254
"""Characters of any identity; the longest an e-mail address may be."""

_EMAIL = re.compile(
    r"[^\s@\"(),:;<>\[\\\]\x00-\x1f]{1,64}@(?:[^\s@.\x00-\x2c/:-@\[-`{-\x7f]+\.)+[^\s@.\x00-\x40\[-`{-\x7f]{2,63}"
)
_SOURCE = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_DOTLESS = frozenset({"gmail.com", "googlemail.com"})
"""Mail providers that deliver `a.nna@` and `anna@` to the same person."""


def region_of(zone: str) -> str | None:
    """Return the country of a time zone, where its national phone numbers belong; None when it has none."""
    territory = get_global("zone_territories").get(zone)
    # ZZ and 001 stand for nowhere and everywhere.
    return None if territory in {None, "ZZ", "001"} else str(territory)


def home_of(document: Program) -> str | None:
    """Return the country of a program's national phone numbers: the one it names, else that of its time zone."""
    return document.country or region_of(document.timezone)


def normalise(ids: Ids, *, region: str | None, path: str = "") -> tuple[Identity, ...]:
    """Return the identities a caller sent, each in its one spelling; the member id is not among them.

    Args:
        ids: As sent.
        region: Country of phone numbers written without a country code.
        path: JSON pointer of `ids` in what was sent, for the faults.

    Raises:
        NotValid: Naming every value that cannot be an identity.
    """
    found: list[Identity] = []
    faults: list[Fault] = []

    def read(kind: str, steps: tuple[str, ...], value: str | None, reason: Words) -> None:
        if value is not None:
            found.append((kind, value))
        else:
            faults.append(Fault(path=path + pointer(*steps), code=f"members.{steps[0]}", reason=reason))

    if ids.email is not None:
        reason = Words("this is not an e-mail address", "esto no es una dirección de correo")
        read("email", ("email",), email(ids.email), reason)
    if ids.phone is not None:
        reason = Words(
            "this is not a phone number; if it is of another country, write its code (+34 ...)",
            "esto no es un número de teléfono; si es de otro país, escribe su prefijo (+34 ...)",
        )
        read("phone", ("phone",), phone(ids.phone, region), reason)
    if ids.card is not None:
        reason = Words(
            "a card number has 1 to 64 visible characters", "un número de tarjeta tiene de 1 a 64 caracteres visibles"
        )
        read("card", ("card",), card(ids.card), reason)
    if ids.device is not None:
        reason = Words(
            "a device id has 1 to 254 visible characters", "un id de dispositivo tiene de 1 a 254 caracteres visibles"
        )
        read("device", ("device",), plain(ids.device), reason)
    for source, value in ids.external.items():
        fits = plain(value) if _SOURCE.fullmatch(source) else None
        reason = Words(
            "an external id needs a source (a-z) and a value", "un id externo necesita un origen (a-z) y un valor"
        )
        read(f"external:{source}", ("external", source), fits, reason)
    if faults:
        raise NotValid(faults)
    return tuple(found)


def email(written: str) -> str | None:
    """Return the address as one spelling (trimmed, NFKC, case-folded), or None when it is none.

    The part after a plus sign stays: `mailbox` tells whether two addresses reach the same person.
    """
    folded = _folded(written.strip())
    return folded if len(folded) <= LONGEST and _EMAIL.fullmatch(folded) else None


def mailbox(address: str) -> str:
    """Return the address that a normalised one delivers to: without a plus part, without Gmail's dots."""
    local, _, domain = address.rpartition("@")
    kept = local.split("+", maxsplit=1)[0] or local
    if domain in _DOTLESS:
        kept = kept.replace(".", "") or kept
        domain = "gmail.com"
    return f"{kept}@{domain}"


def is_disposable(address: str, trusted: Collection[str] = ()) -> bool:
    """Tell whether a normalised address belongs to a service for throw-away mail that the program does not trust."""
    return _is_at(address, blocklist) and not _is_at(address, trusted)


def refused_domain(address: str, policy: JoiningEmail) -> str | None:
    """Return the domain of a normalised address with which nobody may join; None where it may be."""
    throw_away = policy.disposable == "refuse" and is_disposable(address, policy.trusted_domains)
    return address.rpartition("@")[2] if throw_away or _is_at(address, policy.refused_domains) else None


def _is_at(address: str, domains: Collection[str]) -> bool:
    labels = address.rpartition("@")[2].split(".")
    return any(".".join(labels[start:]) in domains for start in range(len(labels) - 1))


@lru_cache(maxsize=65536)
def phone(written: str, region: str | None) -> str | None:
    """Return the number in E.164, or None when it cannot be one."""
    if len(written) > LONGEST:
        return None
    try:
        number = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def card(written: str) -> str | None:
    """Return the card number without blanks or dashes, in capitals: what scanners and people write differs so."""
    kept = written
    # What a dash kept apart may compose once it is gone.
    while (folded := "".join(_folded_up(kept).replace("-", "").split())) != kept:
        kept = folded
    return kept if 1 <= len(kept) <= 64 and not _CONTROL.search(kept) else None  # noqa: PLR2004 - said in the fault


def plain(written: str) -> str | None:
    """Return an id of another system, trimmed; its case is that system's business."""
    kept = unicodedata.normalize("NFC", written).strip()
    return kept if 1 <= len(kept) <= LONGEST and not _CONTROL.search(kept) else None


def _folded(text: str) -> str:
    if text.isascii():
        return text.lower()
    # Folding can leave something to compose and composing something to fold: go on until nothing changes.
    while (folded := unicodedata.normalize("NFKC", text).casefold().strip()) != text:
        text = folded
    return text


def _folded_up(text: str) -> str:
    while (folded := unicodedata.normalize("NFKC", text).upper().strip()) != text:
        text = folded
    return text
