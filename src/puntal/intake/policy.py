"""Reading what was said: from bytes to a checked event, or every fault at once. Pure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any

import msgspec

from puntal.engine.model import Event
from puntal.intake.errors import EventFaulty
from puntal.intake.model import INTERNAL, Item, Said, SaidOrder
from puntal.kit.errors import Fault
from puntal.kit.ids import derived
from puntal.kit.words import Words
from puntal.members.errors import NotValid
from puntal.members.identities import home_of, normalise
from puntal.orders.model import Refund, RefundLine
from puntal.programs.document.builtin import BUILT_IN_EVENTS
from puntal.programs.document.program import EventType, Program
from puntal.rules.values import LARGEST

ORDER_CARRYING = frozenset({"order.created", "order.paid", "order.updated"})
ORDER_NAMING = frozenset({"order.fulfilled", "order.delivered", "order.cancelled"})
REFUNDS = frozenset({"order.refunded", "order.refund_withdrawn"})
AHEAD = timedelta(minutes=10)
"""How far a caller's clock may run ahead of ours."""
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
MOST_DEPTH = 8
MOST_KEYS = 200
MOST_TEXT = 4000

_decode = msgspec.json.Decoder(Said).decode
_PATH = re.compile(r" - at `\$(.*)`$")
_encoder = msgspec.json.Encoder(order="deterministic")
_UNREADABLE = tuple(
    (re.compile(shape, re.DOTALL), spanish)
    for shape, spanish in (
        (r"JSON is malformed: .*\(byte (\d+)\)$", r"El JSON no está bien escrito (byte \1)"),
        (r"Input data was truncated$", "El JSON no está completo"),
        (r"'utf-8' codec .*", "El texto no está en UTF-8"),
        (r"Object missing required field (`.*`)$", r"Falta el campo \1"),
        (r"Object contains unknown field (`.*`)$", r"El campo \1 no se admite aquí"),
        (r"Expected (`[^`]*`), got (`[^`]*`)$", r"Se esperaba \1, no \2"),
        (r"Expected (`[^`]*`) (>=|<=) (-?\d+)$", r"Se esperaba \1 \2 \3"),
        (r"Expected (`[^`]*`) of length (>=|<=) (\d+)$", r"Se esperaba \1 de longitud \2 \3"),
        (r"Invalid RFC3339 encoded datetime$", "Se esperaba un instante como 2026-03-02T12:00:00Z"),
        (r"Expected `datetime` with a timezone component$", "Falta el desfase horario del instante"),
        (r"Invalid UUID$", "Esto no es un UUID"),
    )
)
_NUL = Words("texts must not hold the character NUL", "los textos no pueden llevar el carácter NUL")


def parse(raw: bytes | msgspec.Raw) -> Said:
    """Return the event that these bytes say.

    Raises:
        EventFaulty: The first fault of structure; `intake.api` lists all of them for a caller.
    """
    try:
        return _decode(raw)
    except (msgspec.ValidationError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
        raise EventFaulty([_structure(str(wrong))]) from wrong


def _structure(message: str) -> Fault:
    found = _PATH.search(message)
    if found is None:
        return _fault("", "event.malformed", unreadable(message), None)
    path = "".join(f"/{part}" for part in re.findall(r"\w+", found[1]))
    return _fault(path, "event.invalid", unreadable(message[: found.start()]), None)


def unreadable(message: str) -> Words:
    """Return what msgspec says of a body that it cannot read, in both languages."""
    for shape, spanish in _UNREADABLE:
        if shape.match(message):
            return Words(message, shape.sub(spanish, message))
    return Words(message, "Este valor no es válido")


def item(said: Said, document: Program, now: datetime, *, trusted: bool = False, dry_run: bool = False) -> Item:
    """Return the event ready to be decided.

    Args:
        said: As parsed.
        document: The program that will decide it; its currency, fields and events are checked against.
        now: Program time of writing.
        trusted: Replay, imports and the platform itself: old, internal and future events are allowed.
        dry_run: Decide, write nothing.

    Raises:
        EventFaulty: With every fault.
    """
    faults = _faults(said, document, now, trusted=trusted)
    if faults:
        raise EventFaulty(faults)
    body = _encoder.encode(said)
    return Item(said, event_of(said, late_allowed=trusted), body, fingerprint(body), now, dry_run)


def _fault(path: str, code: str, reason: Words, suggestion: str | None) -> Fault:
    return Fault(path=path, code=code, reason=reason, suggestion=suggestion)


def fingerprint(body: bytes) -> str:
    """Return what tells the same words from others."""
    return blake2b(body, digest_size=16).hexdigest()


def event_of(said: Said, *, late_allowed: bool = False, cause: str | None = None, depth: int = 0) -> Event:
    """Return the event the engine decides."""
    order_id = said.order_id
    if said.order is not None:
        order_id = said.order.id
    elif said.refund is not None:
        order_id = said.refund.order
    refund = None
    if said.refund is not None:
        refund = Refund(
            said.refund.order,
            said.refund.id,
            tuple(RefundLine(line.id, line.amount_minor) for line in said.refund.lines),
            said.refund.amount_minor,
        )
    return Event(
        said.id,
        said.type,
        said.source,
        said.occurred_at.astimezone(UTC),
        said.channel,
        said.store,
        said.order,
        order_id,
        refund,
        said.data,
        said.context,
        cause,
        depth,
        late_allowed,
    )


def _faults(said: Said, document: Program, now: datetime, *, trusted: bool) -> list[Fault]:
    faults = []
    declared = document.events.get(said.type)
    if not trusted and (said.type in INTERNAL or (said.type not in BUILT_IN_EVENTS and declared is None)):
        suggestion = _nearest(said.type, {*document.events, *BUILT_IN_EVENTS.keys()} - INTERNAL)
        suggestion = suggestion or ", ".join(sorted(document.events)) or None
        reason = Words(f"{said.type} is not an event of this program", f"{said.type} no es un evento de este programa")
        faults.append(_fault("/type", "event.unknown_type", reason, suggestion))
    if not trusted and said.occurred_at > now + AHEAD:
        reason = Words("this time has not come yet", "este momento aún no ha llegado")
        faults.append(_fault("/occurred_at", "event.in_future", reason, now.isoformat()))
    if said.occurred_at < EARLIEST:
        reason = Words("this is before any shop we know", "esto es anterior a cualquier tienda que conozcamos")
        faults.append(_fault("/occurred_at", "event.too_early", reason, None))
    faults += _needed(said)
    faults += _member_faults(said, document)
    if said.order is not None:
        faults += _order_faults(said.order)
    if declared is not None:
        faults += _data_faults(said.data, declared)
    for path, free in _free(said):
        _walk(free, path, 1, faults)
    if "\x00" in f"{said.id}{said.source}{said.channel}{said.store}":
        faults.append(_fault("", "event.nul", _NUL, None))
    return faults


def _free(said: Said) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what callers fill as they like, by its path."""
    if said.data:
        yield "/data", said.data
    if said.context:
        yield "/context", said.context
    if said.order is not None:
        if said.order.attributes:
            yield "/order/attributes", said.order.attributes
        for index, line in enumerate(said.order.lines):
            if line.attributes:
                yield f"/order/lines/{index}/attributes", line.attributes


def _nearest(name: str, known: Iterable[str]) -> str | None:
    close = difflib.get_close_matches(name, sorted(known), n=1)
    return close[0] if close else None


def _needed(said: Said) -> list[Fault]:
    if said.type in ORDER_CARRYING and said.order is None:
        reason = Words(f"{said.type} carries its order", f"{said.type} lleva su pedido")
        return [_fault("/order", "event.missing", reason, None)]
    if said.type in REFUNDS and said.refund is None:
        reason = Words(f"{said.type} says what was refunded", f"{said.type} dice qué se devolvió")
        return [_fault("/refund", "event.missing", reason, None)]
    if said.type in ORDER_NAMING and said.order is None and said.order_id is None:
        reason = Words(f"{said.type} names its order", f"{said.type} nombra su pedido")
        return [_fault("/order_id", "event.missing", reason, None)]
    return []


def _order_faults(order: SaidOrder) -> list[Fault]:
    faults = []
    seen = set()
    goods = 0
    for index, line in enumerate(order.lines):
        id, path = line.id, "/order/lines/%d/%s"
        if id in seen or id == "shipping":
            reason = Words(f"line id {id} is used twice", f"el id de línea {id} está dos veces")
            faults.append(_fault(path % (index, "id"), "event.duplicate_line", reason, None))
        seen.add(id)
        if line.discount_minor > line.amount_minor:
            reason = Words("more than the line's amount", "más que el importe de la línea")
            faults.append(_fault(path % (index, "discount_minor"), "event.discount_too_large", reason, None))
        goods += line.amount_minor - line.discount_minor
        if "\x00" in id:
            faults.append(_fault(path % (index, "id"), "event.nul", _NUL, None))
    if order.discount_minor > max(goods, 0):
        reason = Words("more than the lines amount to", "más que lo que suman las líneas")
        faults.append(_fault("/order/discount_minor", "event.discount_too_large", reason, str(goods)))
    return faults


def _member_faults(said: Said, document: Program) -> list[Fault]:
    if said.member is None:
        return []
    try:
        normalise(said.member, region=home_of(document), path="/member")
    except NotValid as refusal:
        return refusal.faults
    return []


_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "text": str,
    "choice": str,
    "date": str,
    "number": int,
    "money": int,
    "flag": bool,
    "list": list,
}
_KINDS_ES: Mapping[str, str] = {
    "text": "un texto",
    "choice": "una opción, escrita como texto",
    "date": "una fecha",
    "number": "un número entero",
    "money": "un importe",
    "flag": "true o false",
    "list": "una lista",
}


def _data_faults(data: Mapping[str, Any], declared: EventType) -> list[Fault]:
    faults = []
    for name, value in data.items():
        kind = declared.fields.get(name)
        if kind is None:
            suggestion = _nearest(name, declared.fields) or ", ".join(sorted(declared.fields)) or None
            reason = Words(f"{name} is not a field of it", f"{name} no es un campo suyo")
            faults.append(_fault(f"/data/{name}", "event.unknown_field", reason, suggestion))
            continue
        fits = isinstance(value, _TYPES[kind]) and not (kind in ("number", "money") and isinstance(value, bool))
        if not fits:
            reason = Words(f"{name} is a {kind}", f"{name} es {_KINDS_ES[kind]}")
            faults.append(_fault(f"/data/{name}", "event.wrong_type", reason, None))
    if declared.once_per is not None and data.get(declared.once_per) is None:
        reason = Words(f"it counts once per {declared.once_per}", f"cuenta una vez por {declared.once_per}")
        faults.append(_fault(f"/data/{declared.once_per}", "event.missing", reason, None))
    return faults


def _walk(value: Any, path: str, depth: int, faults: list[Fault]) -> None:  # noqa: ANN401, C901 - any JSON value; one branch per kind of it
    if depth > MOST_DEPTH:
        reason = Words(f"nested more than {MOST_DEPTH} deep", f"más de {MOST_DEPTH} niveles de profundidad")
        faults.append(_fault(path, "event.too_deep", reason, None))
    elif isinstance(value, dict):
        if len(value) > MOST_KEYS:
            reason = Words(f"more than {MOST_KEYS} fields", f"más de {MOST_KEYS} campos")
            faults.append(_fault(path, "event.too_many_fields", reason, None))
            return
        for key, inner in value.items():
            if "\x00" in key:
                faults.append(_fault(path, "event.nul", _NUL, None))
            _walk(inner, f"{path}/{key}", depth + 1, faults)
    elif isinstance(value, list):
        for index, inner in enumerate(value[: MOST_KEYS + 1]):
            _walk(inner, f"{path}/{index}", depth + 1, faults)
        if len(value) > MOST_KEYS:
            reason = Words(f"more than {MOST_KEYS} items", f"más de {MOST_KEYS} elementos")
            faults.append(_fault(path, "event.too_many_items", reason, None))
    elif isinstance(value, str):
        if len(value) > MOST_TEXT:
            reason = Words(f"longer than {MOST_TEXT} characters", f"más de {MOST_TEXT} caracteres")
            faults.append(_fault(path, "event.too_long", reason, None))
        if "\x00" in value:
            faults.append(_fault(path, "event.nul", _NUL, None))
    elif isinstance(value, int) and abs(value) > LARGEST:
        faults.append(
            _fault(path, "event.number_too_large", Words(f"beyond {LARGEST}", f"más allá de {LARGEST}"), None)
        )


def caused_id(cause: str, kind: str) -> str:
    """Return the id of an event that another one causes: the same every time."""
    return str(derived(cause, kind))
