"""Deciding what is sent, when again, and where never. Pure.

The schedule: 12 attempts. After a failure the next one comes 10 s, 1 min, 5 min, 20 min, 1 h, 3 h, 6 h, 10 h, 14 h,
18 h and 20 h later, each give or take a tenth: about three days in all. Then the delivery is parked.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from msgspec.structs import replace

from puntal.kit.errors import Fault, pointer
from puntal.kit.words import Words
from puntal.outbox.model import Happening, matches
from puntal.webhooks.model import INTERNAL_KINDS, Due, Endpoint, Outcome, PayloadShape, Secret

PAUSES_SECONDS = (10, 60, 300, 1_200, 3_600, 10_800, 21_600, 36_000, 50_400, 64_800, 72_000)
MOST_ATTEMPTS = len(PAUSES_SECONDS) + 1
MOST_ENDPOINTS = 50
MOST_SECRETS = 5
_JITTER_PERCENT = 10
_MOST_RETRY_AFTER_SECONDS = 24 * 3600
_KIND = re.compile(r"\*|[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*(\.\*)?")
_LONGEST_KIND = 100
_IDS = frozenset({"id", "event"})
_LONGEST_URL = 2000

_NEVER = tuple(
    ipaddress.ip_network(network)
    for network in (
        "168.63.129.16/32",  # the host of virtual machines at Azure: a public address with private answers
        "2001::/32",  # Teredo: what is behind it is somebody's private machine
    )
)
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
_EMBEDS_IPV4 = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def wants(patterns: Iterable[str], kind: str) -> bool:
    """Tell whether any of the patterns asks for a kind; what the platform tells itself is for none."""
    return kind not in INTERNAL_KINDS and any(matches(pattern, kind) for pattern in patterns)


def body(happening: Happening, shape: PayloadShape, program: str) -> dict[str, Any]:
    """Return what an endpoint is told: the envelope, and in `data` all of the payload or its ids only.

    Args:
        happening: What happened.
        shape: How much the endpoint wants.
        program: The slug; one endpoint may serve several programs.
    """
    said: Mapping[str, Any] = happening.payload
    if shape is PayloadShape.THIN:
        said = {name: value for name, value in said.items() if name in _IDS or name.endswith("_id")}
    return {
        "id": happening.id,
        "type": happening.kind,
        "timestamp": happening.effective_at,
        "program": program,
        "data": {**said, "member_id": happening.member_id},
    }


def after_failure(due: Due, outcome: Outcome, now: datetime) -> datetime | None:
    """Return when to try again, or None to park.

    The jitter comes from the delivery's id, so that a thousand deliveries that failed together do not return
    together, and a test can tell when.
    """
    if outcome.final or due.attempts >= MOST_ATTEMPTS:
        return None
    pause = timedelta(seconds=PAUSES_SECONDS[due.attempts - 1])
    asked = timedelta(seconds=min(outcome.retry_after_seconds or 0, _MOST_RETRY_AFTER_SECONDS))
    return now + max(pause * (100 + _jitter_percent(due.id, due.attempts)) / 100, asked)


def _jitter_percent(id: UUID, attempt: int) -> int:
    return (id.int // 7 + attempt * 13) % (2 * _JITTER_PERCENT + 1) - _JITTER_PERCENT


def signing(secrets: Sequence[Secret], now: datetime) -> tuple[Secret, ...]:
    """Return the secrets that sign at an instant, newest first."""
    return tuple(secret for secret in secrets if secret.until is None or now < secret.until)


def rotated(secrets: Sequence[Secret], fresh: Secret, *, now: datetime, overlap: timedelta) -> tuple[Secret, ...]:
    """Return the secrets with a new one in front; older ones go on signing for `overlap` at most.

    An overlap of nothing ends them at once, as after a leak.
    """
    until = now + overlap
    older = [
        replace(secret, until=until if secret.until is None else min(secret.until, until))
        for secret in signing(secrets, now)
    ]
    return (fresh, *signing(older, now)[: MOST_SECRETS - 1])


def public(address: Address) -> bool:
    """Tell whether an address is one the whole internet can reach, looking into addresses that wrap another."""
    inner = _wrapped(address)
    if inner is not None:
        return public(inner)
    if isinstance(address, ipaddress.IPv6Address) and address not in _GLOBAL_UNICAST:
        return False
    if address.is_multicast or address.is_reserved or any(address in network for network in _NEVER):
        return False
    return address.is_global


def _wrapped(address: Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address an IPv6 one leads to, if it does."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if any(address in network for network in _EMBEDS_IPV4):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if int(address) >> 32 == 0 and int(address) > 1:
        # `::a.b.c.d`, an old way to write IPv4.
        return ipaddress.IPv4Address(int(address))
    return address.ipv4_mapped or address.sixtofour


def endpoint_faults(url: str, kinds: Sequence[str], *, allow_private: bool) -> list[Fault]:
    """Return everything that is wrong with an endpoint. Names are not resolved here but at each sending."""
    return [*url_faults(url, allow_private=allow_private), *kind_faults(kinds)]


def url_faults(url: str, *, allow_private: bool) -> list[Fault]:  # noqa: PLR0911 - one return per fault
    """Return what is wrong with an address."""

    def fault(code: str, en: str, es: str, suggestion: Words | None = None) -> list[Fault]:
        return [Fault(path="/url", code=f"webhooks.{code}", reason=Words(en, es), suggestion=suggestion)]

    if len(url) > _LONGEST_URL or any(ord(letter) <= ord(" ") or ord(letter) == 127 for letter in url):  # noqa: PLR2004 - DEL
        return fault(
            "url_invalid",
            f"An address has at most {_LONGEST_URL} characters and no spaces",
            f"Una dirección tiene como máximo {_LONGEST_URL} caracteres y ningún espacio",
        )
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return fault("url_invalid", "This is not an address", "Esto no es una dirección")
    if parts.scheme not in {"https", "http"} or not host or port == 0:
        return fault(
            "url_invalid",
            "An address begins with https:// and names a host",
            "Una dirección empieza por https:// y nombra un servidor",
        )
    if parts.username is not None or parts.password is not None:
        return fault(
            "url_credentials",
            "An address must not hold a user or a password; the signature is the proof",
            "Una dirección no puede llevar usuario ni contraseña; la prueba es la firma",
        )
    if allow_private:
        return []
    if parts.scheme == "http":
        safe = f"https{url[len('http') :]}"
        return fault(
            "url_insecure",
            "Webhooks go over https only",
            "Los webhooks solo van por https",
            Words(f"Did you mean “{safe}”?", f"¿Querías decir «{safe}»?"),
        )
    try:
        literal = ipaddress.ip_address(host)
    except ValueError:
        private = host == "localhost" or host.endswith((".localhost", ".local", ".internal"))
    else:
        private = not public(literal)
    if not private:
        return []
    return fault(
        "address_refused",
        "Webhooks go to public addresses only",
        "Los webhooks solo van a direcciones públicas",
    )


def kind_faults(kinds: Sequence[str]) -> list[Fault]:
    """Return what is wrong with the kinds asked for."""
    if not kinds:
        reason = Words("Name at least one kind; `*` is all of them", "Nombra al menos una clase; `*` son todas")
        return [Fault(path="/kinds", code="webhooks.kinds_missing", reason=reason, suggestion="*")]
    return [
        Fault(
            path=pointer("kinds", at),
            code="webhooks.kind_invalid",
            reason=Words(
                "A kind is `*`, `member.*` or dotted words such as `member.enrolled`",
                "Una clase es `*`, `member.*` o palabras con puntos como `member.enrolled`",
            ),
        )
        for at, kind in enumerate(kinds)
        if len(kind) > _LONGEST_KIND or not _KIND.fullmatch(kind)
    ]


def retry_after_seconds(header: str | None, now: datetime) -> int | None:
    """Return what a `Retry-After` header asks for: seconds, or an HTTP date; None when it cannot be read."""
    if header is None:
        return None
    if header.strip().isdigit():
        return int(header.strip()[:9])
    try:
        at = datetime.strptime(header.strip(), "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=UTC)
    except ValueError:
        return None
    return max(int((at - now).total_seconds()), 0)


def subscribers(endpoints: Iterable[Endpoint], kind: str) -> list[Endpoint]:
    """Return the endpoints that are told of a kind."""
    return [endpoint for endpoint in endpoints if endpoint.disabled_at is None and wants(endpoint.kinds, kind)]
