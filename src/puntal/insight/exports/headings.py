"""Files in words, for people who open them in a spreadsheet: columns, names, amounts and local times. Pure.

Machines take the fields of the API as they are; see `sources`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from puntal.engine.model import Compiled
from puntal.insight.exports import sources
from puntal.insight.exports.model import Kind, Language
from puntal.insight.exports.values import VALUES
from puntal.insight.naming import Names
from puntal.kit.money import digits
from puntal.programs.catalogue import labels_of

WORDS: Mapping[str, tuple[str, str]] = {
    "action": ("Action", "Acción"),
    "actor": ("By", "Por"),
    "amount": ("Amount", "Cantidad"),
    "at": ("When", "Cuándo"),
    "available": ("available", "disponible"),
    "batch_id": ("Batch", "Lote"),
    "birthday": ("Birthday", "Cumpleaños"),
    "body": ("As it was sent", "Como se envió"),
    "card": ("Card", "Tarjeta"),
    "channel": ("Channel", "Canal"),
    "code": ("Code", "Código"),
    "committed_at": ("Redeemed", "Canjeada"),
    "country": ("Country", "País"),
    "created_at": ("First seen", "Primera vez"),
    "currency": ("Currency", "Moneda"),
    "day": ("Day", "Día"),
    "debt": ("owed", "deuda"),
    "detail": ("Details", "Detalles"),
    "discount_minor": ("Discount", "Descuento"),
    "effective_at": ("When", "Cuándo"),
    "email": ("E-mail", "Correo"),
    "ended_at": ("Ended", "Terminó"),
    "ended_because": ("Why it ended", "Por qué terminó"),
    "ends_at": ("Valid until", "Válido hasta"),
    "enrolled_at": ("Enrolled", "Fecha de alta"),
    "event_id": ("Event", "Evento"),
    "from": ("From", "Desde"),
    "fulfilment": ("Delivery", "Entrega"),
    "held": ("Set aside", "Reservado"),
    "held_at": ("Asked for", "Pedida"),
    "id": ("Id", "Id"),
    "issued_at": ("Issued", "Emitido"),
    "kind": ("Kind", "Clase"),
    "locale": ("Language", "Idioma"),
    "member_id": ("Member", "Miembro"),
    "name": ("Name", "Nombre"),
    "net_minor": ("Net amount", "Importe neto"),
    "occurred_at": ("When", "Cuándo"),
    "order": ("Order", "Pedido"),
    "order_id": ("Order", "Pedido"),
    "origin": ("Origin", "Origen"),
    "pending": ("pending", "pendiente"),
    "phone": ("Phone", "Teléfono"),
    "recorded_at": ("Recorded", "Registrado"),
    "refunded_minor": ("Refunded", "Devuelto"),
    "remaining": ("Left", "Queda"),
    "returned": ("Given back", "Reembolsado"),
    "revision": ("Revision", "Revisión"),
    "reward": ("Reward", "Recompensa"),
    "rule": ("Rule", "Regla"),
    "source": ("Source", "Origen"),
    "state": ("State", "Estado"),
    "status": ("Status", "Estado"),
    "store": ("Store", "Tienda"),
    "subject": ("About", "Sobre"),
    "tier": ("Tier", "Nivel"),
    "to": ("To", "A"),
    "total_minor": ("Total", "Total"),
    "type": ("Type", "Tipo"),
    "units": ("Cost", "Coste"),
    "valid_from": ("Valid from", "Válido desde"),
    "wallet": ("Wallet", "Monedero"),
    "zone": ("Time zone", "Zona horaria"),
}
_OF_MEMBER = "member."
_attributes = msgspec.json.Decoder(dict[str, Any]).decode


class Worded:
    """The columns of a kind of file and its rows, in a language."""

    def __init__(self, kind: Kind, program: Compiled, language: Language) -> None:
        self._kind = kind
        self._program = program
        self._language = language
        self._names = Names(program.document, language)
        self._plain = sources.SOURCES[kind].columns
        self._own = {
            name.removeprefix(_OF_MEMBER): field
            for name, field in program.document.fields.items()
            if name.startswith(_OF_MEMBER)
        }

    @property
    def columns(self) -> tuple[str, ...]:
        """Return what the columns are called."""
        if self._kind != "members":
            return tuple(self._word(name) for name in self._plain)
        own = [labels_of(field.label).get(self._language, name) for name, field in self._own.items()]
        wallets = [
            f"{self._names.wallet(terms.id)}: {self._word(part)}"
            for terms in self._program.terms
            for part in ("available", "pending", "debt")
        ]
        climbs = self._program.climbs
        tiers = [self._word("tier") if len(climbs) == 1 else f"{self._word('tier')}: {climb.id}" for climb in climbs]
        return (*(self._word(name) for name in self._plain if name != "attributes"), *own, *wallets, *tiers)

    def cells(self, row: Sequence[Any], tiers: Mapping[str, str]) -> list[Any]:
        """Return a row that came as `sources.cells` takes it."""
        cells = sources.cells(self._kind, self._program, row, tiers)
        known = dict(zip(self._plain, cells, strict=False))
        told = [self._told(name, value, known) for name, value in known.items() if name != "attributes"]
        if self._kind != "members":
            return told
        own = _attributes(known["attributes"] or "{}")
        told += [self._own_value(name, own.get(name)) for name in self._own]
        rest = iter(cells[len(self._plain) :])
        for terms in self._program.terms:
            told += [_scaled(next(rest), terms.scale) for _ in range(3)]
        return [*told, *(self._tier(climb.id, str(next(rest))) for climb in self._program.climbs)]

    def _told(self, name: str, value: object, row: Mapping[str, Any]) -> object:
        if value is None:
            return None
        if isinstance(value, datetime):
            return value.astimezone(self._program.zone).replace(microsecond=0)
        if name.endswith("_minor") and isinstance(value, int):
            return _scaled(value, digits(row["currency"] or self._program.document.currency))
        if (self._kind, name) in VALUES:
            return VALUES[self._kind, name].get(str(value), {}).get(self._language, value)
        called: Mapping[str, Callable[[str], str]] = {
            "wallet": self._names.wallet,
            "reward": self._names.reward,
            "rule": self._names.rule,
        }
        return called[name](str(value)) if name in called else value

    def _own_value(self, name: str, value: object) -> object:
        if isinstance(value, list):
            # As the import of members takes it.
            return " | ".join(str(each) for each in value)
        if self._own[name].type == "money" and isinstance(value, int):
            return _scaled(value, digits(self._program.document.currency))
        return value

    def _tier(self, ladder: str, tier: str) -> str:
        found = next(each for each in self._program.document.ladders if each.id == ladder)
        label = next((each.name for each in found.tiers if each.id == tier), None)
        return labels_of(label).get(self._language, tier)

    def _word(self, name: str) -> str:
        return WORDS[name][self._language == "es"]


def _scaled(value: int, scale: int) -> Decimal | int:
    return Decimal(value).scaleb(-scale) if scale else value
